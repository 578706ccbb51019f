"""The fonts of the reports: where their files are, which characters they hold, how wide a text is.

Source Sans Pro and Source Serif Pro set the report; Noto fonts stand in for scripts and signs that those lack. All come
from packages under the SIL Open Font License, so that a report looks the same on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

FALLBACKS: Final = (
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Armenian",
    "Noto Sans Georgian",
    "Noto Sans Bengali",
    "Noto Sans Ethiopic",
    "Noto Sans Tamil",
    "Noto Emoji",
    "Noto Sans Symbols",
)
SANS: Final = ("Source Sans Pro", *FALLBACKS)
SERIF: Final = ("Source Serif Pro", *FALLBACKS)
MONO: Final = ("DejaVu Sans Mono", *FALLBACKS)
PLACEHOLDER: Final = "□"
LONGEST_UNBROKEN: Final = 24
_PACKAGES: Final = (("font_source_sans_pro", "files"), ("font_source_serif_pro", "files"), ("manimgx_fonts", ""))
_BREAK: Final = "\u200b"
_REGULAR: Final = "SourceSansPro-Regular.ttf"
_UNKNOWN_ADVANCE: Final = 0.6
_JOINERS: Final = frozenset("\u200b\u200c\u200d\ufe0f\u00ad\u2060")
_KEPT: Final = _JOINERS | frozenset("\n\t")
_TOO_LONG: Final = re.compile(rf"[^ \n\-–{_BREAK}]{{{LONGEST_UNBROKEN + 1}}}")


@cache
def font_directories() -> tuple[Path, ...]:
    """Return the folders of the font files, found through the packages that hold them."""
    folders = []
    for package, below in _PACKAGES:
        spec = find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            folders.append(Path(spec.submodule_search_locations[0]) / below)
    return tuple(folders)


def _font_file(name: str) -> Path:
    for folder in font_directories():
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name}: the font packages of cxassess are not installed")


@cache
def _advances(name: str) -> dict[int, float]:
    """Return how wide each character of a font is, in units of its size."""
    with TTFont(_font_file(name), lazy=True) as font:
        units = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        return {character: metrics[glyph][0] / units for character, glyph in font.getBestCmap().items()}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in points when it is set in Source Sans Pro.

    Parameters
    ----------
    text : str
        The text, on one line.
    size : float
        Size of the type in points.
    bold : bool
        Measure the semibold face.
    """
    advances = _advances("SourceSansPro-Semibold.ttf" if bold else _REGULAR)
    return size * sum(advances.get(ord(character), _UNKNOWN_ADVANCE) for character in text)


def wrap_text(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines no wider than ``width`` points: at spaces, and within a word that is wider."""
    lines = [""]
    for word in _fitting_words(text, width, size):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitting_words(text: str, width: float, size: float) -> list[str]:
    words = []
    for word in text.split():
        while text_width(word, size) > width and len(word) > 1:
            most = max((i for i in range(1, len(word)) if text_width(word[:i], size) <= width), default=1)
            words.append(word[:most])
            word = word[most:]
        words.append(word)
    return words


@cache
def _covered() -> frozenset[int]:
    """Return the characters for which some font of the report has a glyph."""
    found: set[int] = set(_advances(_REGULAR))
    for folder in font_directories():
        for path in sorted(folder.glob("Noto*.ttf")):
            with TTFont(path, lazy=True) as font:
                found.update(font.getBestCmap())
    return frozenset(found)


def printable(text: str) -> str:
    """Return a text that the fonts of the report can show and break.

    Line ends stay; other control characters go. A character without a glyph becomes a visible box, so that it is
    missed rather than lost. Words longer than any column get places where they may break.
    """
    if not text.isascii() or not text.isprintable():
        text = text.translate(_shown_characters())
    if not _TOO_LONG.search(text):
        return text
    return " ".join(_breakable(word) for word in text.split(" "))


class _Shown(dict[int, str]):
    """What stands for each character met so far."""

    def __missing__(self, code: int) -> str:
        self[code] = _printable_character(chr(code))
        return self[code]


@cache
def _shown_characters() -> _Shown:
    return _Shown()


def _printable_character(character: str) -> str:
    category = unicodedata.category(character)
    if character in _KEPT or (ord(character) in _advances(_REGULAR) and category != "Cc"):
        return character
    if category in {"Cc", "Cf"}:
        return ""
    return character if category not in {"Cs", "Co", "Cn"} and ord(character) in _covered() else PLACEHOLDER


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_UNBROKEN or any(mark in word for mark in "\n-–\u200b"):
        return word
    step = LONGEST_UNBROKEN // 2
    return _BREAK.join(_safe_cuts(word, step))


def _safe_cuts(word: str, step: int) -> list[str]:
    """Cut a word every few characters, never before a mark that belongs to the character before it."""
    pieces, start = [], 0
    for place in range(1, len(word)):
        belongs = unicodedata.category(word[place])[0] == "M" or _JOINERS & {word[place], word[place - 1]}
        if place - start >= step and not belongs:
            pieces.append(word[start:place])
            start = place
    return [*pieces, word[start:]]
