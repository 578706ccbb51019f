"""Everything that a portfolio's report prints, as tidy frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from cxassess.portfolio.bands import Band, band_of
from cxassess.scoring.model import OVERALL

if TYPE_CHECKING:
    from cxassess.portfolio.assessment import PortfolioAssessment

_BAND: Final = ("n", "mean", "low", "high", "q25", "median", "q75")
_WHOLE: Final = frozenset({"n", "place", "best_place", "worst_place", "level"})
_TEXTS: Final = frozenset(
    {"organisation", "wave", "industry", "country", "reason", "element", "rule", "dimension", "group", "source"}
    | {"wave_from", "wave_to", "verdict"}
)
#: The frames and their columns.
FRAME_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "league": (
        *("place", "organisation", "wave", "industry", "country", "n_respondents", "n_invited"),
        *("own_score", "own_low", "own_high", "score", "low", "high", "best_place", "worst_place"),
        *("n_ahead_of", "n_behind", "level", "systematic", "p_systematic", "outcome", "reason"),
    ),
    "elements": ("organisation", "element", "score", "low", "high", "reason"),
    "levels": ("level", "rule", "n", "share", "low", "high", "expected"),
    "systematic": ("n_systematic", "n", "share", "low", "high", "expected", "n_unsure"),
    "bands": ("dimension", "group", "element", "source", *_BAND),
    "separation": ("n_systematic", "n_rest", "mean_systematic", "mean_rest", "difference", "low", "high", "r_squared"),
    "drivers": ("element", "n", "r", "low", "high", "p", "p_bh", "share", "share_low", "share_high"),
    "changes": ("organisation", "wave_from", "wave_to", "before", "after", "change", "low", "high", "verdict"),
    "mean_changes": ("element", "n", "before", "after", "change", "low", "high", "verdict"),
}


def build_frames(portfolio: PortfolioAssessment) -> dict[str, pd.DataFrame]:
    """Return the frames of ``FRAME_COLUMNS``; a frame without anything to tell is empty.

    ``league`` holds the shrunken overall score beside the organisation's own; ``bands`` names the source of a band,
    ``portfolio`` or ``benchmark``, and joined groups with `` + `` between them; shares and probabilities are 0–1.
    """
    rows: dict[str, Iterable[Sequence[Any]]] = {
        "league": _league(portfolio),
        "elements": _elements(portfolio),
        "levels": _levels(portfolio),
        "systematic": _systematic(portfolio),
        "bands": _bands(portfolio),
        "separation": _separation(portfolio),
        "drivers": _drivers(portfolio),
        "changes": _changes(portfolio),
        "mean_changes": _mean_changes(portfolio),
    }
    return {name: _make_frame(FRAME_COLUMNS[name], found) for name, found in rows.items()}


def _make_frame(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    return frame.astype({name: _dtype(name) for name in columns})


def _dtype(column: str) -> str:
    if column in _TEXTS:
        return "str"
    if column == "systematic":
        return "boolean"
    return "Int64" if column.startswith("n_") or column in _WHOLE else "float64"


def _league(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    rule = portfolio.instrument.headline_rule
    outcomes = portfolio.outcomes.values if portfolio.outcomes else {}
    for one in portfolio.league.standings:
        member, own = one.member, one.member.overall
        yield (
            *(one.place, member.organisation, member.wave, member.industry, member.country),
            *(member.respondents, member.invited, own.score, own.low, own.high),
            *(one.score, *one.within(portfolio.instrument.level_count)),
            *(one.best, one.worst, one.ahead if one.place else None, one.behind if one.place else None),
            *(member.levels[rule], member.systematic, member.chance_systematic),
            *(outcomes.get(member.organisation), own.reason),
        )


def _elements(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    for member in portfolio.members:
        for element, own in member.scores.items():
            yield member.organisation, element, own.score, own.low, own.high, own.reason


def _levels(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    headline = portfolio.instrument.headline_rule
    total = sum(row.count for row in portfolio.levels)
    for row in portfolio.levels:
        for rule, count in row.by_rule.items():
            more = (row.low, row.high, row.expected) if rule == headline else (None, None, None)
            yield row.level, rule, count, count / total, *more


def _systematic(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    found = portfolio.systematic
    if found:
        yield found.count, found.known, found.share, found.low, found.high, found.expected, found.unsure


def _bands(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    for element in (*(one.id for one in portfolio.instrument.elements), OVERALL):
        if band := band_of([member for member in portfolio.members if member.shown], element):
            yield "all", "", element, "portfolio", *_band(band)
        if portfolio.table and (band := portfolio.table.band(element)):
            yield "all", "", element, "benchmark", *_band(band)
    for dimension, groups in portfolio.bands.items():
        for group in groups:
            name = " + ".join(group.names)
            for element, band in group.bands.items():
                yield dimension, name, element, "portfolio", *_band(band)
            for element, band in group.reference.items():
                if group.own_reference:
                    yield dimension, name, element, "benchmark", *_band(band)


def _band(band: Band) -> tuple[Any, ...]:
    return tuple(getattr(band, name) for name in _BAND)


def _separation(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    found = portfolio.separation
    if found:
        values = (found.systematic, found.rest, found.difference, found.low, found.high, found.explained)
        yield found.n_systematic, found.n_rest, *values


def _drivers(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    for one in portfolio.separation.drivers if portfolio.separation else ():
        correlation = (one.correlation, one.low, one.high, one.p, one.p_screened)
        yield one.element, one.n, *correlation, one.share, one.share_low, one.share_high


def _changes(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    for one in portfolio.trends.own if portfolio.trends else ():
        values = (one.before, one.after, one.change, one.low, one.high, one.verdict)
        yield one.member.organisation, one.first_wave, one.member.wave, *values


def _mean_changes(portfolio: PortfolioAssessment) -> Iterator[Sequence[Any]]:
    for one in portfolio.trends.means if portfolio.trends else ():
        yield one.element, one.n, one.before, one.after, one.change, one.low, one.high, one.verdict
