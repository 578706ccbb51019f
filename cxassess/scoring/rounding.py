"""How many decimals of a shown figure leave the privacy gate: as many as are printed."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from cxassess.scoring.frames import change_columns
from cxassess.scoring.model import COLUMNS

DECIMALS: Final = 2
_OTHER_DECIMALS: Final = {"p": 3, "p_holm": 3}
_WHOLE: Final = frozenset({"coverage", "percentile"})


def round_shown(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its figures rounded.

    Every figure is a fraction of whole numbers. With all of its decimals, a score and the means of its items give the
    answers of the one person who left an item out, and the shares of everybody's answers give each role's own counts
    where roles are weighed; with two, they do not.

    Parameters
    ----------
    name : str
        The frame's name in ``COLUMNS``.
    frame : DataFrame
        The frame; not changed.

    Returns
    -------
    DataFrame
        Scores, intervals, shares and probabilities to two decimals, p-values to three. Percentiles, which are ranks,
        and coverage, which counts what was answered, stay as they are.
    """
    inside = "benchmarks" if name == "benchmarks" else ""
    columns = {
        column: np.round(frame[column].to_numpy(), _OTHER_DECIMALS.get(column, DECIMALS)) + 0.0
        for column, kind in COLUMNS[name].items()
        if kind == "float64" and column not in _WHOLE and not (inside and column in {"low", "high"})
    }
    return change_columns(frame, columns)
