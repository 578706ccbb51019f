"""Blocks that show many organisations: a league table, and a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxassess.document.base import Block
from cxassess.document.exhibits import ScoreScale


@dataclass(frozen=True)
class StandingRow:
    """An organisation in a league table.

    ``own`` is its score as measured (a tick), ``score`` with ``low`` and ``high`` the one it is placed by (dot and
    interval); None: not shown, and ``hidden_text`` says why. ``texts`` stand under the table's ``heads``.
    """

    place: str
    name: str
    own: float | None
    score: float | None
    low: float | None
    high: float | None
    texts: Sequence[str]
    marked: bool = False
    hidden_text: str = ""


@dataclass(frozen=True)
class Standings(Block):
    """Organisations by place, on the scale of the levels; goes on over as many pages as it takes.

    ``heads``: over the first text, which stands before the scale, and over the others, which stand after it.
    ``own_label`` and ``score_label`` say what the marks are.
    """

    kind = "standings"
    title: str
    scale: ScoreScale
    name_head: str
    heads: Sequence[str]
    rows: Sequence[StandingRow]
    own_label: str
    score_label: str
    alt: str


@dataclass(frozen=True)
class HeatCell:
    """A figure and its colour: ``shade`` −1 (far below the middle) to 1 (far above); None: no figure, no colour."""

    text: str
    shade: float | None = None


@dataclass(frozen=True)
class HeatRow:
    """A name and its cells; ``strong`` rows sum up the others of their group."""

    name: str
    cells: Sequence[HeatCell]
    strong: bool = False


@dataclass(frozen=True)
class HeatGroup:
    """Rows under a heading; none if it is empty."""

    name: str
    rows: Sequence[HeatRow]


@dataclass(frozen=True)
class HeatMap(Block):
    """Figures on coloured ground, rows by groups, with the colours' key; goes on over as many pages as it takes."""

    kind = "heat_map"
    title: str
    row_head: str
    columns: Sequence[str]
    groups: Sequence[HeatGroup]
    key: Sequence[HeatCell]
    alt: str
