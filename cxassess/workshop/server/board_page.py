"""The board's page as HTML, and what stands before it. All texts are escaped here."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from cxassess.questionnaire.server.assets import Assets
from cxassess.questionnaire.server.material import embed_json
from cxassess.questionnaire.server.pages import plain_page
from cxassess.questionnaire.words import speak


def board_page(traits: Mapping[str, Any], host: Mapping[str, str], assets: Assets) -> bytes:
    """Return the board's page.

    Parameters
    ----------
    traits : Mapping
        What the component begins with.
    host : Mapping
        How it reaches the server: ``path`` and ``write_key``.
    assets : Assets
        The files of the page.
    """
    address, language = assets.address, str(traits["lang"])
    say = speak(language).text
    board = traits["board"]
    titles = {code: speak(code).text("room.board.title", **_fields(board)) for code in traits["words"]}
    data = {"traits": traits, "host": dict(host), "titles": titles}
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(titles[language])}</title>"
        f'<link rel="icon" href="{address["icon.svg"]}"><link rel="stylesheet" href="{address["stage.css"]}">'
        f'<link rel="stylesheet" href="{address["board.css"]}">'
        f'<link rel="modulepreload" href="{address["board.js"]}">'
        f'<script type="module" src="{address["stage.js"]}"></script></head>'
        f'<body><div id="board"><noscript><p>{escape(say("server.noscript"))}</p></noscript></div>'
        f'<script type="application/json" id="cx-board">{embed_json(data)}</script></body></html>'
    ).encode()


def door_page(language: str, path: str, assets: Assets) -> bytes:
    """Return the page that goes on to the board by itself."""
    say = speak(language).text
    body = (
        f'<meta http-equiv="refresh" content="0;url={escape(path)}">'
        f'<p><a href="{escape(path)}">{escape(say("room.board.open"))}</a></p>'
    )
    return plain_page(language, say("room.board.open"), body, assets)


def no_key_page(language: str, assets: Assets) -> bytes:
    """Return the page for a browser on this machine that has no key."""
    say = speak(language).text
    title = say("room.board.no_key.title")
    body = f"<h1>{escape(title)}</h1><p>{escape(say('room.board.no_key.text'))}</p>"
    return plain_page(language, title, body, assets)


def _fields(board: Mapping[str, Any]) -> dict[str, str]:
    return {"organisation": str(board["organisation"]), "wave": str(board["wave"])}
