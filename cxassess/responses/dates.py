"""When a form was answered, and how long it took."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cxassess.responses.collect import Collector
from cxassess.responses.table import Cell, Column, Fault, Mask, Stamp, Table, shorten
from cxassess.responses.values import WHOLE, Wrong

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_EUROPEAN = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})(?:,?[T ](\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?", re.ASCII)
_YEARS: Final = range(1990, 2101)
_ISO_REMEDY: Final = "Write dates as 2026-10-31."


@dataclass
class DateStyle:
    """How dates are written in a file, as far as it has been read.

    Parameters
    ----------
    held : Collector
        Gets what is wrong with dates such as 31-10-2026: it is only said where their order is certain in the end.
    """

    held: Collector
    day_first: bool = False
    month_first: bool = False
    where: str = ""
    column: int = -1
    shown: str = ""
    aware: set[bool] = field(default_factory=set)

    @property
    def in_doubt(self) -> bool:
        """Whether day and month can't be told apart in what was read so far."""
        return bool(self.shown) and not (self.day_first and not self.month_first)

    def settle(self, problems: Collector) -> None:
        """Say, after the last part of the file, what only the whole column tells."""
        if self.in_doubt:
            what = f"Day and month can’t be told apart for certain in dates such as “{self.shown}”."
            problems.add(self.where, what, _ISO_REMEDY, column=self.column)
        else:
            problems.absorb(self.held)
        if len(self.aware) > 1:
            what = "Some times name their offset from UTC, others don’t."
            problems.add(self.where, what, "Write all times in one way.")
        elif True in self.aware:
            problems.note("Times with an offset are kept in UTC")


def read_dates(table: Table, column: Column, style: DateStyle, problems: Collector) -> NDArray[np.datetime64]:
    """Return the moment of each row, ``NaT`` if blank.

    ISO dates and times, and day-month-year where the column leaves no doubt: a day after the 12th stands somewhere,
    and nothing contradicts (`DateStyle.settle`). Times with an offset are turned into UTC.
    """
    _look_for_order(table, column, style)
    wrong: dict[Cell, Wrong] = {}
    held: dict[Cell, Wrong] = {}
    moments = np.full(len(column.values), np.datetime64("NaT"), dtype="datetime64[us]")
    for position, value in enumerate(column.values):
        if isinstance(value, str) and not value.strip():
            continue
        moment = _read_date(value)
        if isinstance(moment, datetime):
            style.aware.add(moment.tzinfo is not None)
            moments[position] = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        elif isinstance(value, str) and _EUROPEAN.fullmatch(value.strip()):
            held[value] = moment
        else:
            wrong[value] = moment
    for faults, collector in ((wrong, problems), (held, style.held)):
        if faults:
            collector.offset = problems.offset
            bad = column.mask(value in faults for value in column.values)
            collector.add_cells(table, column, bad, faults.__getitem__, droppable=True)
    rows: NDArray[np.datetime64] = moments[column.codes]
    return rows


def _read_date(value: Cell) -> datetime | Wrong:
    """Return a moment, the day before the month where both are figures, or what is wrong."""
    if isinstance(value, Fault):
        return value.what, value.remedy
    if isinstance(value, Stamp):
        moment = value.value
    else:
        text = value.strip()
        european = _EUROPEAN.fullmatch(text)
        try:
            if european:
                day, _, month, year, *time = european.groups()
                hour, minute, second = (int(part or 0) for part in time)
                moment = datetime(int(year), int(month), int(day), hour, minute, second)
            elif _ISO.fullmatch(text):
                moment = datetime.fromisoformat(text.replace(",", "."))
            else:
                return f"“{shorten(text)}” is not a date.", _ISO_REMEDY
        except ValueError:
            return f"“{shorten(text)}” is no day of the calendar.", _ISO_REMEDY
    if moment.year not in _YEARS:
        return f"The year {moment.year} can’t be right.", _ISO_REMEDY
    return moment


def _look_for_order(table: Table, column: Column, style: DateStyle) -> None:
    texts = (value.strip() for value in column.values if isinstance(value, str))
    matches = [match for match in map(_EUROPEAN.fullmatch, texts) if match]
    style.where, style.column = f"{table.name}, column {column.label}", column.index
    if matches:
        style.shown = style.shown or matches[0].group()
        style.day_first |= any(int(match.group(1)) > 12 for match in matches)
        style.month_first |= any(int(match.group(3)) > 12 for match in matches)


def read_seconds(table: Table, column: Column, problems: Collector) -> tuple[NDArray[np.int64], Mask]:
    """Return seconds, and where there are none."""
    wrong: dict[Cell, Wrong] = {}
    seconds = np.zeros(len(column.values), dtype=np.int64)
    blank = np.ones(len(column.values), dtype=np.bool_)
    for position, value in enumerate(column.values):
        match = WHOLE.fullmatch(value.strip()) if isinstance(value, str) else None
        if match and len(match.group(3) or "") != 3:
            seconds[position] = int(match.group(1))
            blank[position] = False
        elif isinstance(value, Fault):
            wrong[value] = (value.what, value.remedy)
        elif isinstance(value, Stamp) or value.strip():
            wrong[value] = (
                f"“{shorten(value)}” is not a number of seconds.",
                "Write whole seconds, or leave it blank.",
            )
    if wrong:
        bad = column.mask(value in wrong for value in column.values)
        problems.add_cells(table, column, bad, wrong.__getitem__, droppable=True)
    return seconds[column.codes], blank[column.codes]
