"""Small tables of numbers beside a portfolio, as Excel or a program writes them: any problem, and its remedy."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final

from cxassess.errors import CxassessError, Problem
from cxassess.responses.encoding import decode

_DELIMITERS: Final = (",", ";", "\t")
_LARGEST: Final = 20_000_000


@dataclass(frozen=True)
class SmallTable:
    """A CSV file's columns by lower-case name, as they are written, its rows, and where they stand in it."""

    name: str
    columns: tuple[str, ...]
    written: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    comma: bool

    def place(self, row: int, column: str) -> str:
        """Return where a cell is, as a person counts."""
        return f"{self.name}, row {row}, column {column}"

    def number(self, row: int, column: str, cell: str) -> float | Problem:
        """Return a cell as a number; a decimal comma counts where commas don't divide the columns."""
        text = cell.replace(",", ".") if self.comma and cell.count(",") == 1 and "." not in cell else cell
        text = text.replace("−", "-")
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if isfinite(value) and text.strip("+-0123456789.eE") == "":
            return value
        return Problem(self.place(row, column), f"{cell!r} is not a number", "Write a number such as 3.2.")


def read_table(path: str | Path, required: Sequence[str], remedy: str) -> SmallTable:
    """Read a CSV file: comma, semicolon or tab; UTF-8, or what Excel writes.

    Parameters
    ----------
    path : str or Path
        The file.
    required : sequence of str
        Columns that there must be, in lower case.
    remedy : str
        What the file should look like.

    Raises
    ------
    CxassessError
        If it can't be read, or lacks a column.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST:
            raise CxassessError.single(file.name, "the file is larger than 20 MB", remedy)
        data = file.read_bytes()
    except OSError as fault:
        raise CxassessError.single(file.name, f"it can't be read: {fault.strerror}", "Check the path.") from fault
    text, _ = decode(file.name, data)
    fitting = [found for mark in _DELIMITERS if (found := _read(file.name, text.removeprefix("\ufeff"), mark))]
    for found in fitting:
        if set(required) <= set(found.columns):
            return found
    raise CxassessError.single(file.name, f"the columns {' and '.join(required)} are not both there", remedy)


def _read(name: str, text: str, delimiter: str) -> SmallTable | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    columns: tuple[str, ...] = ()
    try:
        for number, cells in enumerate(reader, 1):
            stripped = tuple(cell.strip() for cell in cells)
            if not any(stripped):
                continue
            if not columns:
                columns = tuple(_unguarded(cell) for cell in stripped)
            else:
                padded = (*map(_unguarded, stripped), *("",) * len(columns))
                rows.append((number, padded[: len(columns)]))
    except csv.Error:
        return None
    lower = tuple(column.lower() for column in columns)
    return SmallTable(name, lower, columns, tuple(rows), delimiter != ",") if columns else None


def _unguarded(cell: str) -> str:
    """Return a text without the apostrophe that keeps a spreadsheet from calculating it."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell
