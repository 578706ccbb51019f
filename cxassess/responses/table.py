"""A response file as a table of texts, before anything is understood: columns, cells, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from openpyxl.utils import get_column_letter

MAX_COLUMNS: Final = 2_000
MAX_CHARACTERS: Final = 10_000

Codes = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date cell of a workbook."""

    value: datetime

    def __str__(self) -> str:
        return self.value.isoformat(" ").removesuffix(" 00:00:00")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell of a workbook that can be neither text nor number nor date: an error value, a formula without a value."""

    shown: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return self.shown


Cell = str | Stamp | Fault


@dataclass(frozen=True)
class Column:
    """A column, factorised: everything is understood once per distinct value, however many rows there are.

    Parameters
    ----------
    index : int
        Position from 0.
    name : str
        The header as written, without surrounding space.
    codes : ndarray of int
        For each row the position in ``values``.
    values : tuple of Cell
        Distinct cells; a blank cell is an empty string.
    """

    index: int
    name: str
    codes: Codes
    values: tuple[Cell, ...]

    @property
    def label(self) -> str:
        """Letter as in a spreadsheet, and name: ``F (LO3)``."""
        letter = get_column_letter(self.index + 1)
        return f"{letter} ({shorten(self.name, 40)})" if self.name else letter

    def cell(self, row: int) -> Cell:
        """Return the cell of a data row, counted from 0."""
        return self.values[int(self.codes[row])]

    def mask(self, flags: Iterable[bool]) -> Mask:
        """Spread one flag per distinct value over the rows."""
        return np.fromiter(flags, dtype=np.bool_, count=len(self.values))[self.codes]

    def filled(self) -> Mask:
        """Return the rows where the cell is not blank."""
        return self.mask(not isinstance(value, str) or bool(value.strip()) for value in self.values)


@dataclass(frozen=True)
class Table:
    """The data rows of one file.

    Parameters
    ----------
    file : str
        Name of the file, without its folder.
    columns : sequence of Column
        In the file's order.
    rows : ndarray of int
        Row number of each data row as a person counts: the header is row 1.
    encoding, delimiter, sheet : str
        What was understood of the file; empty where it does not apply.
    places : mapping
        (data row, column) → place, for forms in which an answer does not stand in a row of a table.
    notes : tuple of str
        What else the reader of the file should know.
    """

    file: str
    columns: Sequence[Column]
    rows: NDArray[np.int64]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    places: Mapping[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """File, and the sheet of a workbook."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file

    def place(self, row: int, column: Column | None = None) -> str:
        """Say where a cell (or a whole data row) stands."""
        known = self.places.get((row, -1 if column is None else column.index))
        if known:
            return known
        where = f"{self.name}, row {self.rows[row]}"
        return where if column is None else f"{where}, column {column.label}"


def make_column(index: int, name: str, cells: Sequence[Cell]) -> Column:
    """Factorise the cells of a column."""
    if not cells:
        return Column(index, name, np.zeros(0, dtype=np.intp), ())
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    codes, values = pd.factorize(array)
    return Column(index, name, codes.astype(np.intp, copy=False), tuple(values))


def constant_column(index: int, name: str, value: str, rows: int) -> Column:
    """Make a column that holds the same text in every row."""
    return Column(index, name, np.zeros(rows, dtype=np.intp), (value,))


def shorten(text: object, length: int = 60) -> str:
    """Cut a value for a message, on one line."""
    line = " ".join(str(text).split())
    return line if len(line) <= length else line[: length - 1] + "…"
