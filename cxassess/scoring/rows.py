"""Rows of the score frames as plain values: what a page needs to read, with ``None`` where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cxassess.scoring.frames import plain_values
from cxassess.scoring.model import rows_of

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
        Column → plain Python value; NaN, NA and NaT are ``None``, times are dates.
    """
    own = rows_of(frame, organisation)
    columns = {str(name): _plain_values(column) for name, column in own.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def matching(rows: Iterable[Row], **equal: object) -> list[Row]:
    """Return the rows that have all the given values."""
    found = list(rows)
    for column, value in equal.items():
        found = [row for row in found if row[column] == value]
    return found


def first(rows: list[Row]) -> Row | None:
    """Return the first of some rows, or None if there are none."""
    return rows[0] if rows else None


def _plain_values(column: pd.Series[Any]) -> list[Any]:
    values = plain_values(column)
    if column.dtype.kind == "M":
        return [None if value is None else value.date() for value in values]
    return values
