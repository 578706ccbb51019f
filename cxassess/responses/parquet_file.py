"""Reading a Parquet file into tables of texts: the same checks as for any other file, a batch of rows at a time."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.errors import CxassessError
from cxassess.responses.encoding import CONTROL
from cxassess.responses.files import FoundFile, RawFile
from cxassess.responses.table import MAX_COLUMNS, Cell, Codes, Column, Fault, Stamp, Table

MAX_ROWS: Final = 5_000_000
_RETYPE: Final = "Write it as a text or a number."
_EXPORT: Final = "Export the responses again, or save them as CSV UTF-8."


def read_parquet_table(file: RawFile) -> Table:
    """Read a Parquet file as a whole; CxassessError if it has more than five million rows, or can't be read."""
    with _explain(file.name) as (pyarrow, parquet):
        rows = parquet.ParquetFile(io.BytesIO(file.data)).metadata.num_rows
        if rows > MAX_ROWS:
            what = f"{rows:,} rows; at most {MAX_ROWS:,} are read at once."
            raise CxassessError.single(file.name, what, "Split it, or write one row per respondent and wave.")
        (table,) = _read_tables(file.name, pyarrow, parquet, io.BytesIO(file.data), MAX_ROWS)
    return table


def read_parquet_parts(file: FoundFile, rows: int) -> Iterator[Table]:
    """Read a Parquet file of any size part by part.

    Rows are numbered as if the column names stood in row 1.

    Parameters
    ----------
    file : FoundFile
        The file.
    rows : int
        Data rows of a part, at most.

    Raises
    ------
    CxassessError
        If pyarrow isn't installed, or the file can't be read.
    """
    with _explain(file.name) as (pyarrow, parquet), file.opened() as stream:
        yield from _read_tables(file.name, pyarrow, parquet, stream, rows)


@contextmanager
def _explain(name: str) -> Iterator[tuple[ModuleType, ModuleType]]:
    """Import pyarrow, which is an extra, and turn its errors into problems."""
    try:
        import pyarrow  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        what = "Reading Parquet needs pyarrow, which isn’t installed."
        raise CxassessError.single(name, what, 'Install it: pip install "cxassess[parquet]"') from None
    try:
        yield pyarrow, parquet
    except (pyarrow.ArrowException, OSError) as error:
        what = f"The Parquet file can’t be read: {' '.join(str(error).split())[:200]}"
        raise CxassessError.single(name, what, _EXPORT) from error


def _read_tables(name: str, pyarrow: ModuleType, parquet: ModuleType, stream: Any, rows: int) -> Iterator[Table]:
    schema = parquet.ParquetFile(stream).schema_arrow
    if len(schema) > MAX_COLUMNS:
        what = f"{len(schema):,} columns; at most {MAX_COLUMNS:,} are read."
        raise CxassessError.single(f"{name}, row 1", what, "Keep the columns that hold responses.")
    stream.seek(0)
    texts = [field.name for field in schema if str(field.type) in {"string", "large_string"}]
    file = parquet.ParquetFile(stream, read_dictionary=texts)
    before, found = 0, False
    for batches in _gather(file.iter_batches(batch_size=rows, use_threads=False), rows):
        data = pyarrow.Table.from_batches(batches).unify_dictionaries().combine_chunks()
        made = [_read_column(index, field.name.strip(), data.column(index)) for index, field in enumerate(schema)]
        filled = np.zeros(data.num_rows, dtype=np.bool_)
        for column in made:
            filled |= column.mask(value != "" for value in column.values)
        numbers = np.arange(before, before + data.num_rows, dtype=np.int64) + 2
        before += data.num_rows
        if filled.any():
            found = True
            kept = made if filled.all() else [_compact(column, column.codes[filled]) for column in made]
            yield Table(name, kept, numbers[filled])
    if not found:
        raise CxassessError.single(name, "There are column names, but no responses.", "Export the responses again.")


def _gather(batches: Iterable[Any], rows: int) -> Iterator[list[Any]]:
    """Put batches together, which end with the file's row groups, up to a number of rows."""
    waiting: list[Any] = []
    for batch in batches:
        if waiting and sum(one.num_rows for one in waiting) + batch.num_rows > rows:
            yield waiting
            waiting = []
        waiting.append(batch)
    if waiting:
        yield waiting


def _read_column(index: int, name: str, array: Any) -> Column:
    """Factorise a column; the distinct values become cells."""
    array = array.chunk(0)
    if not hasattr(array, "dictionary"):
        if array.type.num_fields:
            shown = Fault("(nested)", "A list or a record, not text or a number.", _RETYPE)
            codes = np.where(np.asarray(array.is_null()), 1, 0).astype(np.intp)
            return _compact(Column(index, name, codes, (shown, "")), codes)
        array = array.dictionary_encode()
    codes = np.asarray(array.indices.fill_null(-1)).astype(np.intp)
    cells = [_read_cell(value) for value in array.dictionary]
    return _compact(Column(index, name, codes, (*cells, "")), codes)


def _compact(column: Column, codes: Codes) -> Column:
    """Return a column of some codes with just the values that occur, by first appearance, each once."""
    used, places = pd.factorize(codes)
    cells = np.empty(len(places), dtype=object)
    cells[:] = [column.values[place] for place in places]
    joined, values = pd.factorize(cells)
    return Column(column.index, column.name, joined.astype(np.intp)[used], tuple(values))


def _read_cell(scalar: Any) -> Cell:
    """Return what a value would be in a text file: ``3.0`` is 3, a missing value is blank."""
    try:
        value = scalar.as_py()
    except (ValueError, OverflowError):
        return Fault(str(scalar)[:60], "A date that can’t be right.", "Write dates as 2026-10-31.")
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, date):
        return _read_day(value)
    return _read_number(value)


def _read_text(text: str) -> Cell:
    found = CONTROL.search(text)
    if found:
        what = f"The text holds a control character (U+{ord(found.group()):04X})."
        return Fault(text, what, "Take it out of the text.")
    return text


def _read_day(value: date) -> Cell:
    if isinstance(value, datetime):
        return Stamp(pd.Timestamp(value).floor("us").to_pydatetime(warn=False))
    return Stamp(datetime(value.year, value.month, value.day))


def _read_number(value: Any) -> Cell:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return Fault(str(value).upper(), "A logical value, not text or a number.", _RETYPE)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal) and math.isfinite(value):
        return str(int(value)) if value == int(value) else str(value)
    return Fault(str(value)[:60], "Neither text nor a number nor a date.", _RETYPE)
