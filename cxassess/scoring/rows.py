"""Rows of the score frames as plain values: what a page needs to read, with ``None`` where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

Row = dict[str, Any]


def read_rows(frame: pd.DataFrame, organisation: str) -> list[Row]:
    """Return an organisation's rows of a score frame, in the frame's order.

    Parameters
    ----------
    frame : DataFrame
        One of the score frames.
    organisation : str
        As in the column of that name.

    Returns
    -------
    list of dict
        Column → plain Python value; NaN, NA and NaT are ``None``.
    """
    own = frame[(frame["organisation"] == organisation).to_numpy(dtype=bool)]
    columns = [str(column) for column in own.columns]
    return [dict(zip(columns, map(_plain, values), strict=True)) for values in own.itertuples(index=False)]


def matching(rows: Iterable[Row], **equal: object) -> list[Row]:
    """Return the rows that have all the given values."""
    wanted = equal.items()
    return [row for row in rows if all(row[column] == value for column, value in wanted)]


def first(rows: list[Row]) -> Row | None:
    """Return the first of some rows, or None if there are none."""
    return rows[0] if rows else None


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(value)
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if isinstance(value, np.generic) else value
