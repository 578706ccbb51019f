"""Reading an Excel workbook into a table: an ordinary sheet, or the filled-in forms of the intake workbook."""

from __future__ import annotations

import numpy as np

from cxassess.errors import CxassessError
from cxassess.responses.headers import Header
from cxassess.responses.table import Cell, Table, make_column
from cxassess.responses.xlsx_sheet import Sheet


def read_sheet_table(file: str, sheets: list[Sheet], header: Header) -> Table:
    """Find the sheet that holds the responses, and read it.

    Parameters
    ----------
    file : str
        Name of the file.
    sheets : list of Sheet
        All worksheets.
    header : Header
        Tells which sheet's first row names columns.

    Raises
    ------
    CxassessError
        If no sheet or more than one could be meant, or if there are no data rows.
    """
    sheet = _choose(file, sheets, header)
    numbers = sorted(row for row, cells in sheet.rows.items() if any(_shown(cell) for cell in cells.values()))
    first = sheet.rows[numbers[0]]
    width = max(max(sheet.rows[number]) for number in numbers) + 1
    names = [str(first.get(column, "")).strip() for column in range(width)]
    data = [sheet.rows[number] for number in numbers[1:]]
    if not data:
        where = f"{file}, sheet {sheet.name}"
        raise CxassessError.single(where, "There are column names, but no responses.", "Export the responses again.")
    return Table(
        file,
        [
            make_column(index, name, [cells.get(index, "") for cells in data])
            for index, name in enumerate(names)
            if name or any(index in cells for cells in data)
        ],
        np.array(numbers[1:], dtype=np.int64),
        sheet=sheet.name,
    )


def _shown(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _choose(file: str, sheets: list[Sheet], header: Header) -> Sheet:
    filled = [
        sheet
        for sheet in sheets
        if sheet.visible and any(_shown(cell) for cells in sheet.rows.values() for cell in cells.values())
    ]
    if not filled:
        raise CxassessError.single(file, "The workbook is empty.", "Export the responses again.")
    if len(filled) == 1:
        return filled[0]
    fitting = [sheet for sheet in filled if header.known(_first_row(sheet)) > 1]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(sheet.name for sheet in fitting or filled)
    what = f"{len(fitting)} sheets hold responses: {names}." if fitting else f"No sheet names columns: {names}."
    remedy = "Keep the responses in one sheet whose first row names the columns, and hide or delete the others."
    raise CxassessError.single(file, what, remedy)


def _first_row(sheet: Sheet) -> list[str]:
    number = min(row for row, cells in sheet.rows.items() if any(_shown(cell) for cell in cells.values()))
    return [str(cell) for cell in sheet.rows[number].values()]
