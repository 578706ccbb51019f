"""The cells of a hand-over: a figure, and the very text that the report prints for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from cxassess.report.pages.view import View

Kind = Literal["text", "long", "count", "score", "signed", "chance", "share", "p", "flag", "date"]
Value = str | int | float | bool | date
Row = Mapping[str, "Cell"]

NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Parameters
    ----------
    value : str, int, float, bool, date or None
        What a spreadsheet can calculate with, with no more decimals than are printed; None where there is nothing.
    text : str
        What the report prints: the same figure in the language's own way, or the reason why there is none.
    kind : Kind
        How a figure is to be written; a ``share`` and a ``chance`` are 0–1.
    hidden : bool
        The privacy gate, or too few answers, keeps the figure back; ``text`` says why.
    """

    value: Value | None
    text: str
    kind: Kind = "text"
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """A tidy table.

    Parameters
    ----------
    name : str
        Stable English name.
    columns : tuple of str
        Stable English names, the same in every table that has them.
    rows : tuple of mapping
        Column → cell; every row has every column.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(default=())

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, **values: Value) -> list[Row]:
        """Return the rows in which these columns hold these values."""
        return [row for row in self.rows if all(row[name].value == value for name, value in values.items())]


def make_table(name: str, columns: Sequence[str], rows: Sequence[Row]) -> Table:
    """Make a table; ValueError if a row has other columns."""
    for row in rows:
        if tuple(row) != tuple(columns):
            raise ValueError(f"{name}: {', '.join(row)} are not the columns {', '.join(columns)}")
    return Table(name, tuple(columns), tuple(rows))


@dataclass(frozen=True)
class Writer:
    """Writes cells as the report's pages write their figures.

    Parameters
    ----------
    view : View
        The report's own: language, names and the reasons why something is hidden.
    """

    view: View

    def text(self, value: str | None, *, long: bool = False) -> Cell:
        """Write a text; nothing where there is none."""
        return Cell(value or None, value or "", "long" if long else "text")

    def count(self, value: int | None) -> Cell:
        """Write a whole number."""
        return Cell(None if value is None else int(value), self.view.number(value, 0), "count")

    def score(self, value: float | None) -> Cell:
        """Write a score, a mean or another figure with two decimals."""
        return Cell(_rounded(value, 2), self.view.number(value), "score")

    def signed(self, value: float | None) -> Cell:
        """Write a difference with its sign."""
        rounded = _rounded(value, 2)
        return Cell(rounded, NONE if rounded is None else self.view.language.signed(rounded), "signed")

    def share(self, value: float | None) -> Cell:
        """Write a share 0–1 in whole per cent."""
        text = NONE if value is None else self.view.language.percent(value)
        return Cell(_rounded(value, 2), text, "share")

    def chance(self, value: float | None) -> Cell:
        """Write a probability 0–1 in whole per cent, never as 0 or 100."""
        return Cell(_rounded(value, 2), self.view.chance(value), "chance")

    def p(self, value: float | None) -> Cell:
        """Write a p-value with three decimals."""
        return Cell(_rounded(value, 3), self.view.number(value, 3), "p")

    def flag(self, value: bool | None) -> Cell:
        """Write yes or no."""
        if value is None:
            return Cell(None, NONE, "flag")
        return Cell(bool(value), self.view.language.text(f"deliverables.flag_{'yes' if value else 'no'}"), "flag")

    def date(self, value: date | None) -> Cell:
        """Write a date."""
        return Cell(value, self.view.long_date(value) if value else "", "date")

    def interval(self, low: float | None, high: float | None) -> Cell:
        """Write an interval in words."""
        return self.text(self.view.interval(low, high))

    def signed_interval(self, low: float | None, high: float | None) -> Cell:
        """Write the interval of a difference in words."""
        return self.text(self.view.signed_interval(low, high))

    def hidden(self, kind: Kind, reason: str) -> Cell:
        """Write why a figure is not there."""
        return Cell(None, reason, kind, hidden=True)


def _rounded(value: float | None, digits: int) -> float | None:
    """Return a figure as it is printed: Babel rounds a half to the even neighbour, spreadsheets up."""
    if value is None:
        return None
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)) + 0.0
