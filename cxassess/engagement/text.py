"""Texts that people write: made safe to keep, and otherwise left as they are."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cxassess.errors import Problem

MAX_NAME: Final = 200
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNKEPT: Final = frozenset({"Cc", "Cs"})
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘`´ʼ", "'"))
_NONCHARACTERS: Final = frozenset("\ufffe\uffff")


def clean_text(text: str) -> str:
    """Return a text of several lines without control characters; empty if only space is left."""
    lines = _BREAKS.sub("\n", text).replace("\t", " ")
    kept = "".join(character for character in lines if character == "\n" or not _is_unkept(character))
    return kept if kept.strip() else ""


def clean_line(text: str) -> str:
    """Return a text of one line: composed (NFC), single spaces, without control characters."""
    return " ".join(unicodedata.normalize("NFC", clean_text(text)).split())


def name_key(text: str) -> str:
    """Return a name as it is compared: as response files are read, but without loading what reads them."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold().split())


def check_line(where: str, what: str, text: str, *, most: int = MAX_NAME) -> list[Problem]:
    """Return what is wrong with a name that has to fit on a line."""
    if not text:
        return [Problem(where, f"The {what} is blank.", "Give one.")]
    if text != clean_line(text):
        return [Problem(where, f"The {what} holds surplus spaces, a line break or a control character.", "Retype it.")]
    if len(text) > most:
        return [Problem(where, f"The {what} is longer than {most} characters.", "Shorten it.")]
    return []


def _is_unkept(character: str) -> bool:
    return unicodedata.category(character) in _UNKEPT or character in _NONCHARACTERS
