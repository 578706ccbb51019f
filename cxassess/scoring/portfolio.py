"""Every organisation of a portfolio among all the others: a benchmark for each, from scores sorted once for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.scoring.benchmark import MINIMUM_ORGANISATIONS, Row, check_size, newest_scores
from cxassess.scoring.frames import build_frame
from cxassess.scoring.model import ALL, ShownScores
from cxassess.scoring.ranking import place_among
from cxassess.scoring.rounding import round_shown

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Portfolio:
    """The newest scores of many organisations.

    Parameters
    ----------
    values : mapping
        Element (or ``overall``) → the scores of all organisations, sorted.
    own : mapping
        Organisation → element → its score.
    """

    values: Mapping[str, Floats]
    own: Mapping[str, Mapping[str, float]]

    @classmethod
    def of(cls, scores: Mapping[str, Mapping[str, float]]) -> Portfolio:
        """Sort the organisations' scores, given as organisation → element → score."""
        found: dict[str, list[float]] = {}
        for own in scores.values():
            for element, score in own.items():
                found.setdefault(element, []).append(score)
        return cls({element: np.sort(values) for element, values in found.items()}, scores)

    def check(self, organisation: str) -> None:
        """Raise CxassessError if an organisation has fewer than ten others to be compared with."""
        own = self.own.get(organisation, {})
        sizes = (values.size - (element in own) for element, values in self.values.items())
        check_size(max(sizes, default=0), organisation)

    def rows(self, organisation: str, wave: str, scores: Iterable[tuple[str, float]]) -> list[Row]:
        """Return the rows of ``benchmarks`` of one wave: the place of each score among the other organisations'.

        As `benchmark_rows` gives with `benchmark_from_scores` without the organisation.
        """
        own = self.own.get(organisation, {})
        return [
            (organisation, wave, element, *place)
            for element, score in scores
            if element in self.values and not isnan(score)
            if (place := _find_place(score, self.values[element], own.get(element)))
        ]


def portfolio_benchmarks(shown: ShownScores) -> dict[str, pd.DataFrame]:
    """Return for each organisation the frame ``benchmarks``: its place among all the others, in each of its waves.

    The same as `benchmark_from_scores` without the organisation and `benchmark_rows` give, but the others are sorted
    once for all: n organisations take n log n steps.

    Parameters
    ----------
    shown : ShownScores
        Scores of all organisations.

    Returns
    -------
    dict of str to DataFrame
        Organisation → its rows, rounded as they are shown.

    Raises
    ------
    CxassessError
        If an organisation has fewer than ten others to be compared with.
    """
    newest = newest_scores(shown)
    own: dict[str, dict[str, float]] = {str(name): {} for name in shown.waves["organisation"].unique()}
    columns = (newest[name].tolist() for name in ("organisation", "element", "score"))
    for organisation, element, score in zip(*columns, strict=True):
        own[organisation][element] = score
    portfolio = Portfolio.of(own)
    rows: dict[str, list[Row]] = {}
    for organisation in own:
        portfolio.check(organisation)
        rows[organisation] = []
    everyone = shown.scores[shown.scores["group"] == ALL]
    columns = (everyone[name].tolist() for name in ("organisation", "wave", "element", "score"))
    for organisation, wave, element, score in zip(*columns, strict=True):
        rows[organisation] += portfolio.rows(organisation, wave, [(element, score)])
    return {name: round_shown("benchmarks", build_frame("benchmarks", found)) for name, found in rows.items()}


def _find_place(score: float, values: Floats, own: float | None) -> Row | None:
    """Return the figures of a row for a score among sorted values, one of which may be the organisation's own."""
    n = values.size - (own is not None)
    if n < MINIMUM_ORGANISATIONS:
        return None
    left_out = values.size if own is None else int(np.searchsorted(values, own))
    begin, end = (int(np.searchsorted(values, score, side=side)) for side in ("left", "right"))
    below = begin - (own is not None and own < score)
    equal = end - begin - (own == score)
    quartiles = [_quantile(values, left_out, (n - 1) * q) for q in (0.25, 0.5, 0.75)]
    return (n, *quartiles, *place_among(below + 0.5 * equal, n))


def _quantile(values: Floats, left_out: int, at: float) -> float:
    """Return a quantile of sorted values without one of them, in the very steps of `numpy.quantile`."""
    place = int(at)
    low, high = (float(values[i + (i >= left_out)]) for i in (place, place + 1))
    part = at - place
    return high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part
