"""Scores before and after the privacy gate: two dataclasses with the same tidy frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.instrument.model import Instrument

OVERALL: Final = "overall"
ALL: Final = "all"
ROLE: Final = "role:"
UNIT: Final = "unit:"

MINIMUM_GROUP: Final = 5
MINIMUM_DISTRIBUTION: Final = 8

_KEY = {"organisation": "str", "wave": "str"}
_STATE = {"status": "str", "reason": "str"}
_INTERVAL = {"low": "float64", "high": "float64"}

COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "scores": {
        "instrument": "str",
        **_KEY,
        "element": "str",
        "group": "str",
        "score": "float64",
        **_INTERVAL,
        "level": "Int64",
        "n_respondents": "Int64",
        "n_invited": "Int64",
        "coverage": "float64",
        "agreement": "float64",
        **_STATE,
    },
    "levels": {
        **_KEY,
        "element": "str",
        "rule": "str",
        "level": "Int64",
        "reached": "boolean",
        "probability": "float64",
    },
    "weakest": {**_KEY, "element": "str", "score": "float64"},
    "systematic": {**_KEY, "systematic": "boolean", "probability": "float64", "missing": "str"},
    "items": {
        **_KEY,
        "group": "str",
        "item": "str",
        "element": "str",
        "mean": "float64",
        **_INTERVAL,
        "n": "Int64",
        "n_dont_know": "Int64",
        "n_not_applicable": "Int64",
        "n_missing": "Int64",
        "r_wg": "float64",
        "a_wg": "float64",
        "ad": "float64",
        "agreement": "str",
        **_STATE,
    },
    "distributions": {
        **_KEY,
        "group": "str",
        "item": "str",
        "level": "Int64",
        "n": "Int64",
        "share": "float64",
        **_STATE,
    },
    "gaps": {
        **_KEY,
        "element": "str",
        "high_group": "str",
        "low_group": "str",
        "gap": "float64",
        **_INTERVAL,
        "p": "float64",
        "p_holm": "float64",
        "verdict": "str",
        "n_high": "Int64",
        "n_low": "Int64",
        "items": "Int64",
        **_STATE,
    },
    "role_scores_common": {**_KEY, "element": "str", "group": "str", "score": "float64"},
    "changes": {
        "organisation": "str",
        "element": "str",
        "wave_from": "str",
        "wave_to": "str",
        "change": "float64",
        **_INTERVAL,
        "p": "float64",
        "p_holm": "float64",
        "verdict": "str",
        "matched": "boolean",
        "n_from": "Int64",
        "n_to": "Int64",
        **_STATE,
    },
    "benchmarks": {
        **_KEY,
        "element": "str",
        "n": "Int64",
        "q25": "float64",
        "median": "float64",
        "q75": "float64",
        "percentile": "float64",
        **_INTERVAL,
    },
    "reliability": {**_KEY, "element": "str", "alpha": "float64", **_INTERVAL, "n": "Int64", "status": "str"},
    "careless": {
        **_KEY,
        "n_flagged": "Int64",
        "n_long_run": "Int64",
        "n_fast": "Int64",
        "score_all": "float64",
        "score_without": "float64",
    },
    "units": {**_KEY, "element": "str", "n_units": "Int64", "icc1": "float64", "between_sd": "float64"},
    "responses_by_role": {
        **_KEY,
        "group": "str",
        "n_respondents": "Int64",
        "n_invited": "Int64",
        "first_answer": "datetime64[us]",
        "last_answer": "datetime64[us]",
        "status": "str",
    },
    "waves": {**_KEY, "date": "datetime64[us]", "order": "Int64"},
    "comments": {**_KEY, "item": "str", "element": "str", "role": "str", "text": "str"},
}


@dataclass(frozen=True)
class Scores:
    """Scores of one or more organisations and waves, as calculated: not yet fit to be shown.

    Every frame is tidy, sorted by organisation, wave and the instrument's own order, so that the order of the rows in
    the file plays no part. ``element`` is an element id or ``overall``; ``group`` is ``all``, ``role:<id>`` or
    ``unit:<name>``; scores and intervals are in levels (1 to K), shares and probabilities 0–1, percentiles 0–100.

    Parameters
    ----------
    instrument : Instrument
        The instrument that was answered.
    scores, levels, weakest, systematic, items, distributions, gaps, role_scores_common, changes, benchmarks,
    reliability, careless, units, responses_by_role, waves : DataFrame
        Columns as in ``COLUMNS``.
    """

    instrument: Instrument
    scores: pd.DataFrame
    levels: pd.DataFrame
    weakest: pd.DataFrame
    systematic: pd.DataFrame
    items: pd.DataFrame
    distributions: pd.DataFrame
    gaps: pd.DataFrame
    role_scores_common: pd.DataFrame
    changes: pd.DataFrame
    benchmarks: pd.DataFrame
    reliability: pd.DataFrame
    careless: pd.DataFrame
    units: pd.DataFrame
    responses_by_role: pd.DataFrame
    waves: pd.DataFrame


@dataclass(frozen=True)
class ShownScores:
    """Scores that have passed the privacy gate: the only ones that findings, reports and charts take.

    The frames are those of `Scores`; a hidden row keeps its keys, has status ``suppressed`` with the reason, and holds
    NaN or NA instead of figures.

    Parameters
    ----------
    instrument : Instrument
        The instrument that was answered.
    scores, levels, weakest, systematic, items, distributions, gaps, role_scores_common, changes, benchmarks,
    reliability, careless, units, responses_by_role, waves : DataFrame
        As in `Scores`.
    comments : DataFrame
        organisation, wave, item, element, role, text: comments that may be shown, without the respondent.
    """

    instrument: Instrument
    scores: pd.DataFrame
    levels: pd.DataFrame
    weakest: pd.DataFrame
    systematic: pd.DataFrame
    items: pd.DataFrame
    distributions: pd.DataFrame
    gaps: pd.DataFrame
    role_scores_common: pd.DataFrame
    changes: pd.DataFrame
    benchmarks: pd.DataFrame
    reliability: pd.DataFrame
    careless: pd.DataFrame
    units: pd.DataFrame
    responses_by_role: pd.DataFrame
    waves: pd.DataFrame
    comments: pd.DataFrame

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames by name, in the order of ``COLUMNS``."""
        return {name: getattr(self, name) for name in COLUMNS}

    def select(self, organisation: str) -> ShownScores:
        """Return the scores of one organisation; KeyError if there are none."""
        frames = {name: rows_of(frame, organisation) for name, frame in self.frames.items()}
        if frames["waves"].empty:
            raise KeyError(organisation)
        return ShownScores(self.instrument, **frames)

    def split(self) -> dict[str, ShownScores]:
        """Return the scores of each organisation, in the order of the frames."""
        rows = {name: frame.groupby("organisation").indices for name, frame in self.frames.items()}
        return {
            str(organisation): ShownScores(
                self.instrument,
                **{
                    name: _take(frame, np.asarray(rows[name].get(organisation, ()), dtype=np.int64))
                    for name, frame in self.frames.items()
                },
            )
            for organisation in self.waves["organisation"].unique()
        }


def rows_of(frame: pd.DataFrame, organisation: str) -> pd.DataFrame:
    """Return an organisation's rows of a score frame, in the frame's order; the frame itself if it has no others."""
    own = np.flatnonzero((frame["organisation"] == organisation).to_numpy(dtype=np.bool_))
    return frame if own.size == len(frame) else _take(frame, own)


def _take(frame: pd.DataFrame, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return rows, given in order, as a frame of its own; without copying where they follow each other."""
    together = not rows.size or rows[-1] - rows[0] + 1 == rows.size
    begin = int(rows[0]) if rows.size else 0
    own = frame.iloc[begin : begin + rows.size] if together else frame.iloc[rows]
    own.index = pd.RangeIndex(rows.size)
    return own
