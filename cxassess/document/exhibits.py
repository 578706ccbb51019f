"""Blocks that draw: on the scale of the levels, over the waves, free charts and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cxassess.document.base import Block


@dataclass(frozen=True)
class ScaleLevel:
    """Number and name of a level, for the head of a scale."""

    level: int
    name: str


@dataclass(frozen=True)
class ScoreScale:
    """The axis of all score exhibits: levels 1 to K and the cut-offs between them."""

    levels: Sequence[ScaleLevel]
    cutoffs: Sequence[float]


@dataclass(frozen=True)
class ProfileRow:
    """An element on the scale. ``score`` None: not shown, and ``hidden_text`` says why.

    ``low``/``high`` None: no interval (open dot). ``band``: the benchmark's middle half. ``tag``: a word under the
    name, e.g. *Weakest link*.
    """

    number: int
    name: str
    score: float | None
    low: float | None
    high: float | None
    score_text: str
    interval_text: str
    band: tuple[float, float] | None = None
    target: float | None = None
    tag: str = ""
    marked: bool = False
    hidden_text: str = ""


@dataclass(frozen=True)
class Profile(Block):
    """Elements sorted by score: dot and interval over the benchmark band, diamond for the target."""

    kind = "profile"
    title: str
    scale: ScoreScale
    rows: Sequence[ProfileRow]
    score_head: str
    interval_head: str
    alt: str
    band_label: str = ""
    target_label: str = ""


@dataclass(frozen=True)
class GroupKey:
    """A group (role or unit) in the dumbbell's key. ``place``: ``high`` and ``low`` are joined by the bar."""

    id: str
    letter: str
    name: str
    note: str
    place: Literal["high", "low", "other"] = "other"


@dataclass(frozen=True)
class GroupScore:
    """A group's score in one row."""

    group: str
    score: float


@dataclass(frozen=True)
class DumbbellRow:
    """An element with its groups' scores; ``hidden`` holds (group letter, reason) for those not shown."""

    number: int
    name: str
    text: str
    points: Sequence[GroupScore]
    gap_text: str
    interval_text: str
    verdict_text: str
    real: bool
    marked: bool = False
    hidden: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Dumbbell(Block):
    """Groups as letters on the scale, the high and the low group joined, widest gap first."""

    kind = "dumbbell"
    title: str
    scale: ScoreScale
    groups: Sequence[GroupKey]
    rows: Sequence[DumbbellRow]
    gap_head: str
    alt: str


@dataclass(frozen=True)
class Rung:
    """A level of the ladder with its anchor's text."""

    level: int
    name: str
    text: str
    state: Literal["below", "current", "next", "above"]
    tag: str = ""


@dataclass(frozen=True)
class Ladder(Block):
    """The levels of an element or item, highest on top, with the score as a point on its axis."""

    kind = "ladder"
    title: str
    rungs: Sequence[Rung]
    score: float | None
    low: float | None
    high: float | None
    score_text: str
    alt: str


@dataclass(frozen=True)
class DistributionRow:
    """An item: shares of answers per level (None: hidden, see ``hidden_text``), mean, interval, agreement."""

    number: str
    name: str
    detail: str
    shares: Sequence[float] | None
    share_texts: Sequence[str]
    mean: float | None
    low: float | None
    high: float | None
    mean_text: str
    interval_text: str
    agreement_text: str
    agreement_word: str
    split: bool = False
    marked: bool = False
    hidden_text: str = ""


@dataclass(frozen=True)
class Distributions(Block):
    """Items with small columns of their answers, mean and interval below on the same scale."""

    kind = "distributions"
    title: str
    levels: int
    rows: Sequence[DistributionRow]
    level_head: str
    mean_head: str
    agreement_head: str
    alt: str


@dataclass(frozen=True)
class Change:
    """A change since an earlier wave: verdict for the mark, words and figure for the reader."""

    since: str
    verdict: Literal["up", "down", "cannot_tell"]
    verdict_text: str
    change_text: str


@dataclass(frozen=True)
class TrendPanel:
    """An element over the waves (None where a wave has no score or no interval)."""

    number: int
    name: str
    values: Sequence[float | None]
    lows: Sequence[float | None]
    highs: Sequence[float | None]
    value_texts: Sequence[str]
    changes: Sequence[Change]
    note: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Trends(Block):
    """Small multiples on one scale, with what can and cannot be said."""

    kind = "trends"
    title: str
    labels: Sequence[str]
    panels: Sequence[TrendPanel]
    step: float
    alt: str


@dataclass(frozen=True)
class Chart(Block):
    """A Vega-Lite chart of this theme: 1 px = 1 pt; drawn as vectors by the renderer."""

    kind = "chart"
    title: str
    spec: Mapping[str, Any]
    alt: str
    width: float
    height: float


@dataclass(frozen=True)
class Image(Block):
    """A picture: ``data`` is the file's bytes in base64, ``width`` its width in points."""

    kind = "image"
    data: str
    format: Literal["svg", "png", "jpeg"]
    alt: str
    width: float
    title: str = ""


@dataclass(frozen=True)
class Code(Block):
    """Lines in a fixed-width face: a program's text or output; ``error`` marks a failure."""

    kind = "code"
    text: str
    error: bool = False


@dataclass(frozen=True)
class PlanRow:
    """An action of the 90-day plan; ``weeks`` first and last of 13, ``milestones`` when something is shown."""

    number: int
    action: str
    step: str
    who: str
    weeks: tuple[int, int]
    milestones: Sequence[int]
    visible: str
    quick_text: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Plan(Block):
    """A table with week bars. ``heads``: number, action, who, first week, visible."""

    kind = "plan"
    title: str
    heads: tuple[str, str, str, str, str]
    rows: Sequence[PlanRow]
    weeks_word: str
