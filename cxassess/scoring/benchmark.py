"""Benchmarks: the scores of other organisations, and a place among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.errors import CxassessError, Problem
from cxassess.scoring.model import ALL, Scores, ShownScores
from cxassess.scoring.ranking import percentile_rank

Row = tuple[Any, ...]
MINIMUM_ORGANISATIONS: Final = 10
_COLUMNS: Final = ("element", "score")


@dataclass(frozen=True)
class Benchmark:
    """Scores of other organisations, without their names.

    Parameters
    ----------
    name : str
        What it is, as printed: ``41 utilities``.
    scores : DataFrame
        Columns element (an element id or ``overall``) and score (in levels): one row an organisation and element.
    """

    name: str
    scores: pd.DataFrame

    def values(self, element: str) -> list[float]:
        """Return the scores of an element."""
        found = self.scores.loc[self.scores["element"] == element, "score"]
        return [float(score) for score in found]


def benchmark_from_scores(scores: Scores | ShownScores, *, leave_out: str | None = None, name: str) -> Benchmark:
    """Make a benchmark of the newest scores of each organisation.

    Parameters
    ----------
    scores : Scores or ShownScores
        Scores of many organisations.
    leave_out : str, optional
        The organisation that is to be compared with the others.
    name : str
        Name to print.

    Returns
    -------
    Benchmark
        Scores sorted by element and size, so that no organisation can be followed from row to row.

    Raises
    ------
    CxassessError
        If fewer than ten organisations are left.
    """
    kept = newest_scores(scores)
    return _checked(name, kept.loc[kept["organisation"] != leave_out, list(_COLUMNS)], where="benchmark")


def newest_scores(scores: Scores | ShownScores) -> pd.DataFrame:
    """Return the rows of ``scores`` of everybody in each organisation's newest wave that hold a score."""
    newest = scores.waves.sort_values("order").groupby("organisation").tail(1)[["organisation", "wave"]]
    frame = scores.scores
    kept = frame[(frame["group"] == ALL) & (frame["status"] == "scored") & frame["score"].notna()]
    return kept.merge(newest, on=["organisation", "wave"])


def read_benchmark(path: str | Path, *, name: str | None = None) -> Benchmark:
    """Read a benchmark from a CSV file with the columns element and score.

    Parameters
    ----------
    path : str or Path
        UTF-8 CSV, comma-separated, decimal point.
    name : str, optional
        Name to print; the file's name without its ending if not given.

    Returns
    -------
    Benchmark
        As in the file.

    Raises
    ------
    CxassessError
        If the file can't be read, lacks a column, holds something that is no number, or holds fewer than ten
        organisations.
    """
    file = Path(path)
    try:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as fault:
        raise CxassessError.single(
            file.name,
            f"the benchmark can't be read: {fault}",
            "Give a CSV file in UTF-8 with the columns element, score.",
        ) from fault
    absent = [column for column in _COLUMNS if column not in frame.columns]
    if absent:
        raise CxassessError.single(
            file.name, f"the column {absent[0]} is missing", "Give the columns element and score, separated by commas."
        )
    scores = pd.to_numeric(frame["score"], errors="coerce")
    wrong = [
        Problem(
            f"{file.name}, row {row + 2}, column score",
            f"{frame['score'].iloc[row]!r} is not a score of 1 or more",
            "Write a number with a decimal point, such as 3.2.",
        )
        for row in np.flatnonzero(~(scores >= 1) | ~np.isfinite(scores))
    ]
    if wrong:
        raise CxassessError(wrong)
    return _checked(name or file.stem, pd.DataFrame({"element": frame["element"], "score": scores}), where=file.name)


def _checked(name: str, frame: pd.DataFrame, *, where: str) -> Benchmark:
    counts = frame["element"].value_counts()
    check_size(int(counts.max()) if len(counts) else 0, where)
    enough = frame["element"].map(counts) >= MINIMUM_ORGANISATIONS
    ordered = frame[enough].sort_values(["element", "score"]).reset_index(drop=True)
    return Benchmark(name, ordered.astype({"element": "str", "score": "float64"}))


def check_size(organisations: int, where: str) -> None:
    """Raise CxassessError for fewer than ten organisations."""
    if organisations < MINIMUM_ORGANISATIONS:
        raise CxassessError.single(
            where,
            f"{organisations} organisations are too few for a benchmark",
            f"Use scores of at least {MINIMUM_ORGANISATIONS} organisations, or report without a benchmark.",
        )


def benchmark_rows(key: tuple[str, str], scores: Sequence[tuple[str, float]], benchmark: Benchmark) -> list[Row]:
    """Return the rows of ``benchmarks`` for one organisation and wave: the place of each score among the others."""
    rows: list[Row] = []
    for element, score in scores:
        others = benchmark.values(element)
        if not others or np.isnan(score):
            continue
        quartiles = [float(q) for q in np.quantile(others, [0.25, 0.5, 0.75])]
        rows.append((*key, element, len(others), *quartiles, *percentile_rank(score, others)))
    return rows
