"""The board's own words in each language, and its two static files."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

from cxassess.language import LANGUAGES
from cxassess.questionnaire.words import speak

STATIC_FILES: Final = ("board.js", "board.css")


def build_board_words(languages: Iterable[str] = LANGUAGES) -> dict[str, dict[str, Any]]:
    """Return the words of the board: language → key → message, or a group of them.

    A message is a text with ``{fields}``, or a mapping of plural forms chosen by the field ``n``. A language of the
    instrument that this package does not speak gets English.
    """
    return {code: dict(speak(code).raw("workshop.board")) for code in languages}


def read_static(name: str) -> str:
    """Return the text of ``board.js`` or ``board.css``; FileNotFoundError for any other name."""
    if name not in STATIC_FILES:
        raise FileNotFoundError(f"{name}: the board consists of {' and '.join(STATIC_FILES)}")
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")
