"""Reading filled-in intake workbooks back."""

from __future__ import annotations

from typing import Final

import numpy as np
from openpyxl.utils import get_column_letter

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.model import Instrument
from cxassess.responses.table import MAX_COLUMNS, Cell, Table, make_column
from cxassess.responses.xlsx_sheet import Sheet

MARK: Final = "cxassess intake 1"
LISTS_SHEET: Final = "cxassess"
FORM_MARK: Final = "cxassess form"
FIELDS: Final = ("organisation", "wave", "respondent", "role", "unit", "answered_at")
_NO_NUMBER: Final = ("dont_know", "not_applicable")
PERSONAL: Final = ("respondent", "role", "unit", "answered_at")


def is_intake(sheets: list[Sheet]) -> bool:
    """Whether a workbook was made by ``write_intake``."""
    return any(sheet.name == LISTS_SHEET and sheet.text(1, 0) == MARK for sheet in sheets)


def read_intake_table(
    file: str, sheets: list[Sheet], instrument: Instrument
) -> tuple[Table, dict[str, str], dict[str, str]]:
    """Read the forms of an intake workbook as a wide table, one row a form.

    Forms in which nobody has filled in anything are left out.

    Returns
    -------
    table : Table
        With the places of the cells in their sheets.
    roles : dict
        Role name as the workbook shows it → role id.
    answers : dict
        Word as the workbook shows it → ``dont_know`` or ``not_applicable``.

    Raises
    ------
    CxassessError
        If the workbook belongs to another instrument, a form is damaged, or all are blank.
    """
    lists = next(sheet for sheet in sheets if sheet.name == LISTS_SHEET)
    reference = lists.text(2, 1)
    if reference != instrument.reference:
        what = f"The workbook was made for {reference}, not for {instrument.reference}."
        raise CxassessError.single(file, what, "Choose that instrument, or make a new workbook.")
    roles = {lists.text(row, 0): lists.text(row, 1) for row in lists.rows if row >= 4 and lists.text(row, 0)}
    answers = {lists.text(row, 3): lists.text(row, 4) for row in lists.rows if lists.text(row, 4) in _NO_NUMBER}
    pulse = lists.text(3, 2) == "pulse"
    items = tuple(item.id for item in instrument.items if item.pulse or not pulse)
    forms = [_Form(file, sheet, items) for sheet in sheets if sheet.text(1, 0) == FORM_MARK]
    problems = [problem for form in forms for problem in form.check()]
    if problems:
        raise CxassessError(problems)
    filled = [form for form in forms if form.is_filled()]
    if not filled:
        raise CxassessError.single(file, "Nothing is filled in.", "Fill in the coloured cells, and save the workbook.")
    blank = len(forms) - len(filled)
    notes = (f"Forms left blank: {blank}",) if blank else ()
    return _table(file, filled, items, notes), roles, answers


class _Form:
    """One sheet of an intake workbook: a key in the first column of each row, cells to fill in at the right."""

    def __init__(self, file: str, sheet: Sheet, items: tuple[str, ...]) -> None:
        self.file = file
        self.sheet = sheet
        self.items = items
        self.rows = {str(cells[0]): row for row, cells in sorted(sheet.rows.items(), reverse=True) if 0 in cells}
        self.answer = int(sheet.text(1, 1)) if sheet.text(1, 1).isdecimal() else 0

    @property
    def where(self) -> str:
        return f"{self.file}, sheet {self.sheet.name}"

    def check(self) -> list[Problem]:
        missing = [key for key in (*FIELDS, *self.items, "comment") if key not in self.rows]
        if not missing and 0 < self.answer < MAX_COLUMNS:
            return []
        what = f"The form is damaged: {', '.join(missing[:8]) or 'its first row'} can’t be found."
        return [Problem(self.where, what, "Copy the answers into a new intake workbook.")]

    def cell(self, key: str, offset: int = 0) -> Cell:
        return self.sheet.rows[self.rows[key]].get(self.answer + offset, "")

    def place(self, key: str, offset: int = 0) -> str:
        letter = get_column_letter(self.answer + offset + 1)
        return f"{self.where}, cell {letter}{self.rows[key]} ({key})"

    def is_filled(self) -> bool:
        cells = [self.cell(key) for key in (*PERSONAL, *self.items, "comment")]
        cells += [self.cell(item_id, 1) for item_id in self.items]
        return any(not isinstance(cell, str) or cell.strip() for cell in cells)


def _table(file: str, forms: list[_Form], items: tuple[str, ...], notes: tuple[str, ...]) -> Table:
    plan = [(key, key, 0) for key in (*FIELDS, *items, "comment")]
    plan += [(f"comment_{item_id}", item_id, 1) for item_id in items]
    columns, places = [], {}
    for index, (name, key, offset) in enumerate(plan):
        columns.append(make_column(index, name, [form.cell(key, offset) for form in forms]))
        places.update({(row, index): form.place(key, offset) for row, form in enumerate(forms)})
    places.update({(row, -1): form.where for row, form in enumerate(forms)})
    return Table(file, columns, np.arange(1, len(forms) + 1, dtype=np.int64), places=places, notes=notes)
