"""Blocks of figures: facts, tables, levels, who answered, root causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cxassess.document.base import Block, Rich


@dataclass(frozen=True)
class Fact:
    """One figure with a label above and a note below."""

    label: str
    value: str
    note: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Facts(Block):
    """Figures side by side."""

    kind = "facts"
    facts: Sequence[Fact]


@dataclass(frozen=True)
class TableColumn:
    """Heading, alignment and relative width (0: as wide as its content) of a table's column."""

    title: str
    align: Literal["left", "right", "center"] = "left"
    width: float = 0


@dataclass(frozen=True)
class Table(Block):
    """A table with a header row; cells are finished text. ``marked`` rows are set strong."""

    kind = "table"
    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Rich]]
    title: str = ""
    marked: Sequence[int] = ()


@dataclass(frozen=True)
class LevelNumeral(Block):
    """The level as a large numeral, its name, and what to know about it."""

    kind = "level"
    level: str
    name: str
    text: str


@dataclass(frozen=True)
class Probability:
    """How likely one level is; ``share`` 0–1 draws the bar, ``share_text`` is printed."""

    level: int
    name: str
    share: float
    share_text: str
    marked: bool = False


@dataclass(frozen=True)
class Probabilities(Block):
    """Labelled bars: how sure the level is."""

    kind = "probabilities"
    title: str
    rows: Sequence[Probability]
    alt: str


@dataclass(frozen=True)
class RoleAnswered:
    """How many of those invited answered; ``invited`` 0 when unknown (no bar then)."""

    name: str
    answered: int
    invited: int
    text: str


@dataclass(frozen=True)
class WhoAnswered(Block):
    """Response by role, one thin bar each."""

    kind = "who_answered"
    title: str
    roles: Sequence[RoleAnswered]


@dataclass(frozen=True)
class Evidence:
    """A root cause with strength 0–3 (filled dots), the word for it, and a text."""

    name: str
    strength: int
    word: str
    text: str


@dataclass(frozen=True)
class RootCauses(Block):
    """Root causes side by side (three a row)."""

    kind = "root_causes"
    causes: Sequence[Evidence]
