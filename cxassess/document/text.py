"""Blocks of running text, and those that put other blocks side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cxassess.document.base import Block, Rich


@dataclass(frozen=True)
class Heading(Block):
    """A heading within a page (level 2 and below; the page's title is level 1)."""

    kind = "heading"
    text: str
    level: int = 2


@dataclass(frozen=True)
class Text(Block):
    """A paragraph."""

    kind = "text"
    text: Rich
    size: Literal["body", "small", "note"] = "body"


@dataclass(frozen=True)
class HowTo(Block):
    """One line that says how an exhibit is read; follows the exhibit closely."""

    kind = "howto"
    label: str
    text: Rich


@dataclass(frozen=True)
class BulletList(Block):
    """A list of short texts; numbered if ``ordered``, with tick boxes if ``checkboxes``.

    ``depths``: how deep each item stands in a list of lists, 0 for the outermost; empty if none is nested.
    """

    kind = "bullets"
    items: Sequence[Rich]
    ordered: bool = False
    checkboxes: bool = False
    depths: Sequence[int] = ()


@dataclass(frozen=True)
class Dated(Block):
    """Rows of a short label (often a date) and a text."""

    kind = "dated"
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Quote:
    """A comment and who (which group) gave it, about what."""

    text: str
    by: str


@dataclass(frozen=True)
class Quotes(Block):
    """Comments, in two columns where there is room."""

    kind = "quotes"
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class Callout(Block):
    """A tinted box across the page: title at the left, text at the right."""

    kind = "callout"
    title: str
    text: Rich


@dataclass(frozen=True)
class Column:
    """A column of a ``Columns`` block, ``span`` of 12 wide."""

    span: int
    blocks: Sequence[Block]
    tinted: bool = False


@dataclass(frozen=True)
class Columns(Block):
    """Blocks side by side on the 12-column grid."""

    kind = "columns"
    columns: Sequence[Column]


@dataclass(frozen=True)
class Section(Block):
    """A rule, a heading, and blocks under it."""

    kind = "section"
    title: str
    blocks: Sequence[Block]
    accent: bool = False


@dataclass(frozen=True)
class Bottom(Block):
    """What follows stands on the bottom margin of the page."""

    kind = "bottom"


@dataclass(frozen=True)
class Labelled:
    """A small label above a text."""

    label: str
    text: Rich


@dataclass(frozen=True)
class Panel(Block):
    """A heading and labelled texts, e.g. the next step of an element (tint comes from the column)."""

    kind = "panel"
    title: str
    parts: Sequence[Labelled]


@dataclass(frozen=True)
class NumberedEntry:
    """An entry of a numbered list: strong title, running text, then labelled lines (``Who: …``)."""

    title: str
    text: str = ""
    parts: Sequence[Labelled] = ()


@dataclass(frozen=True)
class Numbered(Block):
    """Entries with large serif numerals: findings (ink) or actions (accent)."""

    kind = "numbered"
    entries: Sequence[NumberedEntry]
    accent: bool = False
