"""The pages as HTML: the shell around the component, and plain pages for the rest. All texts are escaped here."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Final

from cxassess.instrument import Role
from cxassess.questionnaire.server.assets import Assets
from cxassess.questionnaire.server.material import Material, embed_json
from cxassess.questionnaire.words import speak

_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_RAW: Final = -15  # deflate without a header
_LEVEL: Final = 6


@dataclass(frozen=True)
class Page:
    """A page as it is sent: plain, and compressed (gzip)."""

    content: bytes
    packed: bytes


@dataclass(frozen=True)
class Beside:
    """What another part of the program puts on a respondent's page.

    Parameters
    ----------
    name : str
        Of the block of data on the page, without its ``cx-``; and of the script and the style sheet that go with it.
    data : object
        JSON-able.
    """

    name: str
    data: Any


@dataclass(frozen=True)
class _Start:
    """The part of a page that many respondents share."""

    content: bytes
    packed: bytes
    checksum: int


def questionnaire_page(
    material: Material, person: Mapping[str, Any], language: str, assets: Assets, beside: Beside | None = None
) -> Page:
    """Return the page of one respondent: all that it needs to begin is in it.

    Parameters
    ----------
    material : Material
        What the respondent's role sees.
    person : Mapping
        What only this respondent sees, for ``host.js``.
    language : str
        To begin with.
    assets : Assets
        The files of the page.
    beside : Beside, optional
        What stands on it besides the questionnaire.
    """
    start = _start(material, language, tuple(sorted(assets.address.items())))
    own = f'<script type="application/json" id="cx-person">{embed_json(person)}</script>'
    end = f"{own}{_beside(beside, assets) if beside else ''}</body></html>".encode()
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    packed = packer.compress(end) + packer.flush()
    content = start.content + end
    size = struct.pack("<LL", zlib.crc32(end, start.checksum), len(content) & 0xFFFFFFFF)
    return Page(content, _GZIP_HEAD + start.packed + packed + size)


def _beside(beside: Beside, assets: Assets) -> str:
    """Return what calls for another part's files and holds its data; its script runs after the questionnaire's."""
    return (
        f'<link rel="stylesheet" href="{assets.address[f"{beside.name}.css"]}">'
        f'<script type="application/json" id="cx-{beside.name}">{embed_json(beside.data)}</script>'
        f'<script type="module" src="{assets.address[f"{beside.name}.js"]}"></script>'
    )


@lru_cache(maxsize=64)
def _start(material: Material, language: str, addresses: tuple[tuple[str, str], ...]) -> _Start:
    """Return all of a page but what is the respondent's own, compressed so that the rest can be put behind it."""
    address = dict(addresses)
    say = speak(language).text
    text = (
        html_head(language, dict(material.titles)[language], address)
        + f'<link rel="stylesheet" href="{address["component.css"]}">'
        f'<link rel="modulepreload" href="{address["component.js"]}">'
        f'<script type="module" src="{address["host.js"]}"></script></head>'
        f'<body><main id="app"><p class="cxs-wait" role="status">{escape(say("server.wait"))}</p>'
        f'<noscript><p class="cxs-wait">{escape(say("server.noscript"))}</p></noscript></main>'
        f'<script type="application/json" id="cx-form">{material.traits}</script>'
    )
    content = text.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW)
    packed = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
    return _Start(content, packed, zlib.crc32(content))


def message_page(language: str, key: str, assets: Assets) -> bytes:
    """Return a page that says one thing.

    Parameters
    ----------
    language : str
        In which to say it.
    key : str
        Which: a group of messages under ``server`` with ``title`` and ``text``.
    assets : Assets
        The files of the page.
    """
    say = speak(language).text
    title, text = say(f"server.{key}.title"), say(f"server.{key}.text")
    return plain_page(language, title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>", assets)


def code_page(language: str, assets: Assets, *, failed: bool = False) -> bytes:
    """Return the page that asks for the code of a room."""
    say = speak(language).text
    title = say("server.join.title")
    note = f'<p class="cxs-note" role="alert">{escape(say("server.join.failed"))}</p>' if failed else ""
    body = (
        f"<h1>{escape(title)}</h1>{note}"
        '<form method="post" action="/join">'
        f'<label for="code">{escape(say("server.join.code"))}</label>'
        '<input id="code" name="code" required maxlength="20" autocomplete="off" autocapitalize="characters" '
        'spellcheck="false">'
        f"<button>{escape(say('server.join.go'))}</button></form>"
    )
    return plain_page(language, title, body, assets)


def role_page(language: str, roles: Sequence[Role], code: str, assets: Assets, *, can_go_on: bool) -> bytes:
    """Return the page on which somebody in a room says what their role is.

    Parameters
    ----------
    language : str
        In which to ask.
    roles : sequence of Role
        To choose from.
    code : str
        The room's.
    assets : Assets
        The files of the page.
    can_go_on : bool
        Whether somebody has begun in this browser already.
    """
    say = speak(language).text
    title = say("server.join.title")
    choices = "".join(
        f'<label class="cxs-choice"><input type="radio" name="role" value="{escape(role.id)}" required>'
        f"<span>{escape(role.name)}</span></label>"
        for role in roles
    )
    hidden = f'<input type="hidden" name="code" value="{escape(code)}">'
    again = (
        f'<form method="post" action="/join">{hidden}<input type="hidden" name="again" value="1">'
        f"<p>{escape(say('server.join.begun'))}</p><button>{escape(say('server.join.continue'))}</button></form>"
        f"<h2>{escape(say('server.join.anew'))}</h2>"
        if can_go_on
        else ""
    )
    body = (
        f'<h1>{escape(title)}</h1>{again}<form method="post" action="/join">{hidden}'
        f"<fieldset><legend>{escape(say('server.join.role'))}</legend>{choices}</fieldset>"
        f"<p>{escape(say('server.join.note'))}</p>"
        f"<button>{escape(say('server.join.begin'))}</button></form>"
    )
    return plain_page(language, title, body, assets)


def plain_page(language: str, title: str, body: str, assets: Assets) -> bytes:
    """Return a page of text.

    Parameters
    ----------
    language : str
        Of the page.
    title : str
        Of the window.
    body : str
        What stands on the page, as HTML: all of it escaped already.
    assets : Assets
        The files of the page.
    """
    inside = f'</head><body><main class="cxs-plain">{body}</main></body></html>'
    return (html_head(language, title, assets.address) + inside).encode()


def html_head(language: str, title: str, address: Mapping[str, str]) -> str:
    """Return the beginning of any page, up to where its head may go on."""
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title>"
        f'<link rel="icon" href="{address["icon.svg"]}"><link rel="stylesheet" href="{address["page.css"]}">'
    )
