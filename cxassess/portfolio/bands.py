"""Benchmark bands: the middle half of the organisations of an industry or a country, never of fewer than five."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.model import Instrument
from cxassess.portfolio.files import read_table
from cxassess.portfolio.members import Member
from cxassess.scoring import mean_interval
from cxassess.scoring.benchmark import check_size
from cxassess.scoring.comparisons import ALPHA
from cxassess.scoring.gaps import compare_means
from cxassess.scoring.model import OVERALL

Dimension = Literal["industry", "country"]
DIMENSIONS: Final[tuple[Dimension, ...]] = ("industry", "country")
#: Organisations that a group must have to be shown.
MINIMUM_GROUP: Final = 5
_REMEDY: Final = "Give a CSV file with the columns element and score, and industry and country if they are known."


@dataclass(frozen=True)
class Band:
    """The organisations of a group on one element, or overall: how many, their mean, and their middle half."""

    n: int
    mean: float
    low: float | None
    high: float | None
    q25: float
    median: float
    q75: float


@dataclass(frozen=True)
class BandGroup:
    """Organisations of one industry or country, or of several small ones together.

    Parameters
    ----------
    names : tuple of str
        Industries or countries; an empty name stands for those of which it is not known.
    joined : bool
        Whether these are what is left: small groups put together, and those of which it is not known.
    members : tuple of Member
        The organisations that may be shown.
    bands : mapping
        Element, or ``overall``, → its band, where at least five have a score.
    reference : mapping
        The same from the imported table: of the same group where it has five, else of all of it.
    own_reference : bool
        Whether the reference is of the same group.
    """

    names: tuple[str, ...]
    joined: bool
    members: tuple[Member, ...]
    bands: Mapping[str, Band]
    reference: Mapping[str, Band]
    own_reference: bool = False


@dataclass(frozen=True)
class BenchmarkTable:
    """An imported table of scores without names: element → (score, industry, country) of other organisations."""

    name: str
    rows: Mapping[str, tuple[tuple[float, str, str], ...]]

    def band(self, element: str, dimension: Dimension | None = None, names: Sequence[str] = ()) -> Band | None:
        """Return an element's band, of some industries or countries only, or None of fewer than five."""
        place = {"industry": 1, "country": 2}.get(dimension or "", 0)
        wanted = {name.casefold() for name in names}
        return make_band(
            [row[0] for row in self.rows.get(element, ()) if not place or str(row[place]).casefold() in wanted]
        )


def read_benchmark_table(path: str | Path, instrument: Instrument) -> BenchmarkTable:
    """Read a CSV file of other organisations' scores: element, score, and perhaps industry and country.

    Parameters
    ----------
    path : str or Path
        The file; ``overall`` is an element, too.
    instrument : Instrument
        Whose elements and levels they are.

    Raises
    ------
    CxassessError
        With every problem, or if it holds fewer than ten organisations.
    """
    table = read_table(path, ("element", "score"), _REMEDY)
    known = {OVERALL, *(element.id for element in instrument.elements)}
    places = {name: table.columns.index(name) for name in ("element", "score", *DIMENSIONS) if name in table.columns}
    rows: dict[str, list[tuple[float, str, str]]] = {}
    problems: list[Problem] = []
    for number, cells in table.rows:
        element = cells[places["element"]]
        score = table.number(number, "score", cells[places["score"]])
        industry, country = (cells[places[name]] if name in places else "" for name in DIMENSIONS)
        if element not in known:
            what = f"{element!r} is no element of {instrument.reference}"
            problems.append(Problem(table.place(number, "element"), what, f"Use one of {', '.join(sorted(known))}."))
        if isinstance(score, Problem):
            problems.append(score)
        elif not 1 <= score <= instrument.level_count:
            what = f"{score} is not a score of 1 to {instrument.level_count}"
            problems.append(Problem(table.place(number, "score"), what, "Write a score in levels, such as 3.2."))
        else:
            rows.setdefault(element, []).append((score, industry, country))
    if problems:
        raise CxassessError(problems)
    check_size(max(map(len, rows.values()), default=0), table.name)
    return BenchmarkTable(Path(path).stem, {element: tuple(sorted(found)) for element, found in rows.items()})


def make_band(scores: Sequence[float]) -> Band | None:
    """Return the band of some organisations' scores, or None of fewer than five.

    The mean has a t interval, as of a random sample (`mean_interval`); quartiles as in `numpy.quantile`.
    """
    if len(scores) < MINIMUM_GROUP:
        return None
    values = np.asarray(scores, dtype=np.float64)
    low, high = mean_interval(values)
    q25, median, q75 = (float(value) for value in np.quantile(values, (0.25, 0.5, 0.75)))
    return Band(values.size, float(values.mean()), low, high, q25, median, q75)


def band_of(members: Sequence[Member], element: str) -> Band | None:
    """Return the band of the organisations that have a score on an element, or overall."""
    return make_band([score for member in members if (score := member.known(element)) is not None])


def group_members(
    members: Sequence[Member], dimension: Dimension, instrument: Instrument, table: BenchmarkTable | None = None
) -> tuple[BandGroup, ...]:
    """Return the groups of an industry or country; empty where there would be only one.

    Groups of fewer than five are put together; where they are still fewer than five, the next smallest joins them, so
    that no small group is shown, nor left over when the others are taken from all.
    """
    groups: dict[str, list[Member]] = {}
    for member in members:
        if member.shown:
            groups.setdefault(getattr(member, dimension), []).append(member)
    if not set(groups) - {""}:
        return ()
    kept, joined = _join_small(groups)
    if len(kept) + bool(joined) < 2:
        return ()
    found = [_make_group((name,), groups[name], dimension, instrument, table) for name in kept]
    found.sort(key=lambda group: (-group.bands[OVERALL].mean, group.names))
    if joined:
        together = [member for name in joined for member in groups[name]]
        found.append(_make_group(tuple(joined), together, dimension, instrument, table))
    return tuple(found)


def _join_small(groups: Mapping[str, Sequence[Member]]) -> tuple[list[str], list[str]]:
    """Return the groups that stand alone, and those that are put together."""
    by_size = sorted(groups, key=lambda name: (len(groups[name]), name))
    joined = [name for name in by_size if len(groups[name]) < MINIMUM_GROUP or not name]
    kept = [name for name in by_size if name not in joined]
    while joined and kept and sum(len(groups[name]) for name in joined) < MINIMUM_GROUP:
        joined.append(kept.pop(0))
    if joined and not kept and sum(len(groups[name]) for name in joined) < MINIMUM_GROUP:
        return [], []
    return kept, sorted(joined, key=lambda name: (not name, name))


def _make_group(
    names: tuple[str, ...],
    members: Sequence[Member],
    dimension: Dimension,
    instrument: Instrument,
    table: BenchmarkTable | None,
) -> BandGroup:
    elements = [OVERALL, *(element.id for element in instrument.elements)]
    bands = {element: band for element in elements if (band := band_of(members, element))}
    own = table.band(OVERALL, dimension, names) if table else None
    reference = {
        element: band
        for element in elements
        if table and (band := table.band(element, dimension, names) if own else table.band(element))
    }
    return BandGroup(names, len(names) > 1 or not names[0], tuple(members), bands, reference, own is not None)


def are_apart(groups: Sequence[BandGroup]) -> bool:
    """Say whether the first of some groups, ordered by mean, has a higher mean overall than the last.

    The more cautious of Welch's and the pooled t test (`compare_means`), with Bonferroni's correction over all pairs
    of groups, because the two furthest apart have been picked.
    """
    halves = [
        np.array([score for member in group.members if (score := member.known(OVERALL)) is not None])
        for group in (groups[0], groups[-1])
    ]
    pairs = len(groups) * (len(groups) - 1) // 2
    spread = [float(half.var(ddof=1)) for half in halves]
    free = [half.size - 1 for half in halves]
    pooled = (spread[0] * free[0] + spread[1] * free[1]) / sum(free)
    found = compare_means(
        float(halves[0].mean()),
        float(halves[1].mean()),
        (spread[0] / halves[0].size, spread[1] / halves[1].size),
        (float(free[0]), float(free[1])),
        (pooled * (1 / halves[0].size + 1 / halves[1].size), float(sum(free))),
    )
    return found.p * pairs <= ALPHA
