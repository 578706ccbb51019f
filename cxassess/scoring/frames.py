"""The columns of the score frames: made from plain values, and read back as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.scoring.model import COLUMNS

_STRING: Final = pd.StringDtype(na_value=np.nan)
_MASKED: Final = {
    "Int64": (np.int64, pd.arrays.IntegerArray),
    "boolean": (np.bool_, pd.arrays.BooleanArray),
}


def build_frame(name: str, rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Make one of the frames of ``COLUMNS`` from rows of values, with the right columns and types even when empty."""
    names = COLUMNS[name]
    values = list(zip(*rows, strict=True)) or [()] * len(names)
    return build_columns(name, dict(zip(names, values, strict=True)))


def build_columns(name: str, values: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Make one of the frames of ``COLUMNS`` from its columns' values; ``None`` where there is nothing."""
    columns = {column: _build_column(values[column], kind) for column, kind in COLUMNS[name].items()}
    return pd.DataFrame(columns, copy=False)


def _build_column(values: Sequence[Any], kind: str) -> Any:
    if kind == "float64":
        return np.array(values, dtype=np.float64)
    if kind in _MASKED:
        dtype, array = _MASKED[kind]
        if None not in values:
            return array(np.array(values, dtype=dtype), np.zeros(len(values), dtype=np.bool_))
        missing = np.array([value is None for value in values], dtype=np.bool_)
        return array(np.array([0 if value is None else value for value in values], dtype=dtype), missing)
    other: Any = _STRING if kind == "str" else kind
    return pd.array(list(values), dtype=other)


def plain_values(column: pd.Series[Any]) -> list[Any]:
    """Return a column's values as plain Python values; NaN, NA and NaT are ``None``, a time is its timestamp."""
    if column.dtype == np.float64:
        numbers: list[Any] = column.to_numpy().tolist()
        return [None if isnan(value) else value for value in numbers] if column.hasnans else numbers
    stored: Any = column.array
    values: list[Any] = stored.to_numpy(dtype=object, na_value=None).tolist()
    return [None if value is pd.NaT else value for value in values] if column.dtype.kind == "M" else values


def change_columns(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a frame with the arrays of some columns in the place of its own; the frame itself stays as it is."""
    return pd.DataFrame({str(name): columns.get(str(name), column.array) for name, column in frame.items()})


def put_values(column: pd.Series[Any], rows: npt.NDArray[np.bool_], values: Any) -> Any:
    """Return a column's values with others in some of the rows: one for all, or one for each."""
    changed: Any = column.array.copy()
    changed[rows] = values
    return changed
