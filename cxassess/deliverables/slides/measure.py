"""How wide and high a text is in Arial, the one face that every office program has or replaces width for width."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

LEADING: Final = 1.2  # of a line, in sizes; office programs set Arial at 1.15 to 1.2
_UNKNOWN: Final = 0.72  # other alphabets are wider than the Latin
_WIDE: Final = 1.05
_SYMBOL: Final = 1.35

# Advances in thousandths of the size.
_REGULAR: Final[Mapping[int, str]] = {
    191: "'",
    222: "ijlł‘’",
    260: "|",
    278: " !,./:;I[\\]ft·\u00a0\u202f",
    333: "()-`r“”„‑",
    334: "{}",
    350: "•",
    355: '"',
    389: "*",
    400: "°",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopquđþ–«»§€£",
    584: "+<=>~−×",
    604: "●○",
    611: "FTZøß",
    667: "&ABEKPSVXYÞ",
    722: "CDHNRUw",
    778: "GOQØ",
    833: "Mm½",
    889: "%æ",
    944: "Wœ",
    1000: "ÆŒ—…",
    1015: "@",
}
_BOLD: Final[Mapping[int, str]] = {
    238: "'",
    278: " ,./I\\ijlł‘’·\u00a0\u202f",
    280: "|",
    333: "!()-:;[]`ft‑",
    350: "•",
    389: "*r{}",
    400: "°",
    474: '"',
    500: "z“”„",
    556: "#$0123456789J_aceksvxy–«»§€£",
    584: "+<=>^~−×",
    604: "●○",
    611: "?FLTZbdghnopquøßđþ",
    667: "EPSVXYÞ",
    722: "&ABCDHKNRU",
    778: "GOQwØ",
    833: "M½",
    889: "%mæ",
    944: "Wœ",
    975: "@",
    1000: "ÆŒ—…",
}


def _by_character(groups: Mapping[int, str]) -> dict[str, float]:
    return {character: width / 1000 for width, characters in groups.items() for character in characters}


_ADVANCES: Final = {False: _by_character(_REGULAR), True: _by_character(_BOLD)}


@cache
def _advance(character: str, bold: bool) -> float:
    known = _ADVANCES[bold].get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return 0.0
    base = unicodedata.normalize("NFD", character)[0]
    if base in _ADVANCES[bold]:
        return _ADVANCES[bold][base]
    if unicodedata.category(character) == "So":
        return _SYMBOL
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _UNKNOWN


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text on one line, in points.

    Parameters
    ----------
    text : str
        Any text; letters with marks are as wide as those without, and of other alphabets a generous width is taken.
    size : float
        Size of the type in points.
    bold : bool
        Measure the bold face.
    """
    return size * sum(_advance(character, bold) for character in text)


def break_word(word: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Cut a word into pieces that are no wider than ``width``, as office programs do."""
    pieces = [""]
    for character in word:
        if pieces[-1] and measure(pieces[-1] + character, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
