"""Reading an edited sheet of actions back, whichever program saved it and whatever was moved in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from openpyxl.utils import get_column_letter

from cxassess.context import PlannedAction
from cxassess.deliverables.action_words import fold, known_elements, known_kinds, known_states, read_day
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import list_shipped, load_instrument
from cxassess.instrument.model import Instrument
from cxassess.responses.files import read_file
from cxassess.responses.table import Cell, Fault
from cxassess.responses.xlsx_sheet import Sheet, read_workbook

#: Column of the sheet → field of an action, for those that are plain texts.
_TEXTS: Final = {"id": "id", "wave": "wave", "action": "title", "owner": "owner", "measure": "metric", "note": "note"}
_COLUMNS: Final = (*_TEXTS, "kind", "element", "element_name", "due_on", "status", "revision")
_NEEDED: Final = ("action", "status")
_FIRST_ROWS: Final = 30
_MOST_ROWS: Final = 10_000


def read_actions(
    path: str | Path, instrument: Instrument, *, others: Sequence[Instrument] = ()
) -> tuple[PlannedAction, ...]:
    """Read the actions of a workbook that ``write_workbook`` made and people have changed.

    Rows and columns may have been moved, added, hidden, filtered or deleted, and the sheet renamed or copied into
    another workbook: it is found by the names of its columns. A row without an id is a new action.

    Parameters
    ----------
    path : str or Path
        The workbook (.xlsx), as Excel or LibreOffice saves it.
    instrument : Instrument
        Whose elements the actions lift; the names of a shipped instrument are known in all its languages.
    others : sequence of Instrument
        The same instrument in other languages, whose names are to be known as well.

    Returns
    -------
    tuple of PlannedAction
        In the order of the rows.

    Raises
    ------
    CxassessError
        With every problem, each with sheet, row and column, and what to do.
    """
    file = read_file(path)
    if file.kind != "zip":
        raise CxassessError.single(file.name, "This is no workbook.", "Save the sheet as an Excel workbook (.xlsx).")
    found = _find_sheet(file.name, read_workbook(file))
    reader = _Reader(file.name, found, known_elements(_in_all_languages(instrument, others)))
    actions = [action for row in found.rows if (action := reader.read(row)) is not None]
    reader.check_ids()
    if reader.problems:
        raise CxassessError(reader.problems)
    return tuple(PlannedAction.model_validate(values) for values in reader.settle_waves(actions))


def _in_all_languages(instrument: Instrument, others: Sequence[Instrument]) -> tuple[Instrument, ...]:
    shipped: tuple[Instrument, ...] = ()
    if instrument.id in list_shipped():
        shipped = tuple(load_instrument(instrument.id, code) for code in instrument.languages)
    return (instrument, *others, *shipped)


@dataclass(frozen=True)
class _Found:
    """The sheet of actions: which columns stand where, and the rows below their names."""

    sheet: Sheet
    columns: Mapping[str, int]
    rows: tuple[int, ...]


def _find_sheet(file: str, sheets: Sequence[Sheet]) -> _Found:
    """Return the sheet with the columns of actions; if there are several, the visible one."""
    found = [one for sheet in sheets if (one := _find_heads(file, sheet)) is not None]
    visible = [one for one in found if one.sheet.visible]
    chosen = visible or found
    if not chosen:
        what = f"No sheet has the columns {' and '.join(_NEEDED)}."
        remedy = "Read in the workbook that `cxassess export` made, with its sheet of actions; keep the column names."
        raise CxassessError.single(file, what, remedy)
    if len(chosen) > 1:
        names = ", ".join(f"“{one.sheet.name}”" for one in chosen)
        remedy = "Keep one of them, and delete or hide the others."
        raise CxassessError.single(file, f"{len(chosen)} sheets hold actions: {names}.", remedy)
    return chosen[0]


def _find_heads(file: str, sheet: Sheet) -> _Found | None:
    for row in sorted(sheet.rows)[:_FIRST_ROWS]:
        cells = {column: fold(str(cell)) for column, cell in sheet.rows[row].items()}
        if not set(_NEEDED) <= set(cells.values()):
            continue
        twice = [name for name, count in Counter(cells.values()).items() if count > 1 and name in _COLUMNS]
        if twice:
            what = f"The column {twice[0]} is there twice."
            raise CxassessError.single(f"{file}, sheet {sheet.name}, row {row}", what, "Delete one of them.")
        below = tuple(number for number in sorted(sheet.rows) if number > row)
        if len(below) > _MOST_ROWS:
            what = f"The sheet has {len(below):,} rows, far more than a plan has actions."
            raise CxassessError.single(f"{file}, sheet {sheet.name}", what, "Delete the rows without actions.")
        return _Found(sheet, {name: column for column, name in sorted(cells.items()) if name in _COLUMNS}, below)
    return None


@dataclass
class _Reader:
    """Reads row by row, and collects what is wrong."""

    file: str
    found: _Found
    elements: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, list[int]] = field(default_factory=dict)
    waves: dict[str, None] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def read(self, row: int) -> dict[str, Any] | None:
        """Return the fields of an action, or None for a row in which nothing is said."""
        if not any(self._text(row, name) for name in self.found.columns if name not in {"kind", "status", "wave"}):
            return None
        values: dict[str, Any] = {name: self._text(row, column) for column, name in _TEXTS.items()}
        if not values["title"].strip():
            self._say(
                row, "action", "It does not say what is to be done.", "Write it in a few words, or clear the row."
            )
        values["kind"] = self._choice(row, "kind", known_kinds(), "start")
        values["state"] = self._choice(row, "status", known_states(), "planned")
        values["element"] = self._element(row)
        values["due_on"] = self._day(row)
        values["revision"] = self._revision(row)
        if values["id"]:
            self.ids.setdefault(values["id"], []).append(row)
        if values["wave"]:
            self.waves[values["wave"]] = None
        self.places.append(self._place(row, "wave"))
        return values

    def check_ids(self) -> None:
        """Say which ids stand in several rows."""
        for key, rows in self.ids.items():
            if len(rows) > 1:
                listed = ", ".join(str(row) for row in rows)
                what = f"The id “{key[:40]}” stands in rows {listed}."
                self._say(rows[1], "id", what, "Clear the id in the rows that are new.")

    def settle_waves(self, actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the actions, those without a wave in the only one that the others have.

        Raises
        ------
        CxassessError
            Where it is not clear which wave is meant.
        """
        if len(self.waves) == 1:
            return [{**values, "wave": values["wave"] or next(iter(self.waves))} for values in actions]
        remedy = f"Write the wave there: {', '.join(self.waves)}." if self.waves else "Write the wave there: 2026-10."
        blank = [
            Problem(place, "It is not clear in which wave this was decided.", remedy)
            for place, values in zip(self.places, actions, strict=True)
            if not values["wave"]
        ]
        if blank:
            raise CxassessError(blank)
        return list(actions)

    # ------------------------------------------------------------ cells

    def _cell(self, row: int, name: str) -> Cell:
        column = self.found.columns.get(name)
        return "" if column is None else self.found.sheet.rows[row].get(column, "")

    def _text(self, row: int, name: str) -> str:
        cell = self._cell(row, name)
        if isinstance(cell, Fault):
            if name in _TEXTS:
                self._say(row, name, cell.what, cell.remedy)
            return cell.shown
        text = str(cell)
        return text if name in {"action", "owner", "measure", "note"} and text.strip() else text.strip()

    def _choice(self, row: int, name: str, known: Mapping[str, str], blank: str) -> str:
        text = self._text(row, name)
        if text and fold(text) not in known:
            offered = ", ".join(dict.fromkeys(known.values()))
            self._say(row, name, f"There is no {name} “{text[:40]}”.", f"Choose from the list, or use: {offered}.")
        return known.get(fold(text), blank)

    def _element(self, row: int) -> str:
        """Return the element's id: by its name, which is what people see, or by the id where there is no name."""
        named, by_id = (self._known_element(row, name) for name in ("element_name", "element"))
        if named and by_id and named != by_id:
            what = f"The element is {by_id}, but its name is that of {named}."
            self._say(row, "element_name", what, "Correct one of them, or clear it.")
        return named or by_id

    def _known_element(self, row: int, name: str) -> str:
        text = self._text(row, name)
        if text and fold(text) not in self.elements:
            offered = ", ".join(dict.fromkeys(self.elements.values()))
            self._say(row, name, f"There is no element “{text[:60]}”.", f"Choose from the list, or use: {offered}.")
        return self.elements.get(fold(text), "")

    def _day(self, row: int) -> date | None:
        day = read_day(self._cell(row, "due_on"))
        if isinstance(day, tuple):
            self._say(row, "due_on", *day)
            return None
        return day

    def _revision(self, row: int) -> int:
        text = self._text(row, "revision")
        if text and not (text.isdecimal() and len(text) < 10):
            self._say(row, "revision", f"“{text[:40]}” is no whole number.", "Leave it as it was; blank in a new row.")
            return 0
        return int(text or 0)

    def _place(self, row: int, name: str) -> str:
        where = f"{self.file}, sheet {self.found.sheet.name}"
        column = self.found.columns.get(name)
        if column is None:
            return f"{where}, row {row} ({name})"
        return f"{where}, cell {get_column_letter(column + 1)}{row} ({name})"

    def _say(self, row: int, name: str, what: str, remedy: str) -> None:
        problem = Problem(self._place(row, name), what, remedy)
        if problem not in self.problems:
            self.problems.append(problem)
