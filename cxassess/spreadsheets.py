"""Texts in files that spreadsheets open: a text stays a text, and is never calculated."""

from __future__ import annotations

from typing import Final

_CALCULATED: Final = ("=", "+", "-", "@", "\t", "\r")


def guard_formula(text: str) -> str:
    """Return a text with an apostrophe before it if a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_CALCULATED) else text


def guard_text(text: str) -> str:
    """Do the same so that it can be undone: a text that begins with an apostrophe gets another one."""
    return f"'{text}" if text.startswith((*_CALCULATED, "'")) else text
