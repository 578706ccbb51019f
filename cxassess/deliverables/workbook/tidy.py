"""One sheet a table: names of columns in the first row, then nothing but data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from cxassess.deliverables.cells import Cell, Row, Table
from cxassess.deliverables.workbook.look import Look
from cxassess.responses.intake_look import height

_NARROWEST: Final = 8.0
_WIDEST: Final = 34.0
_LONG: Final = 60.0
_MOST_CHARACTERS: Final = 32_767
_HEAD_HEIGHT: Final = 22
_FIGURE_WIDTH: Final = 10.0


def write_tidy(sheet: Any, table: Table, look: Look) -> None:
    """Write a table: frozen head with a note on each column, filter, widths, and why something is not shown.

    A table without rows says so by having none; its head stays, so that queries find their columns.
    """
    columns = table.columns
    sheet.set_row(0, _HEAD_HEIGHT)
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, look.head_figure if _is_figures(table, name) else look.head)
        note = describe(look, table.name, name)
        sheet.write_comment(0, place, note, comment_size(note))
        sheet.set_column(place, place, _width(table, name))
    shorten = shown_words(look, table)
    for number, row in enumerate(table.rows, start=1):
        write_row(sheet, number, [row[name] for name in columns], look, shorten=shorten)
        sheet.set_row(number, _height(row))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
    define_range(look, sheet, table.name, (0, 0, len(table), len(columns) - 1))


def write_row(sheet: Any, number: int, cells: Sequence[Cell], look: Look, *, shorten: Callable[[Cell], str]) -> None:
    """Write the cells of a row, from the first column on."""
    for place, cell in enumerate(cells):
        write_cell(sheet, number, place, cell, look.of(cell), text=shorten(cell) if cell.hidden else "")


def write_cell(sheet: Any, row: int, column: int, cell: Cell, style: Any, *, text: str = "") -> None:
    """Write one cell; ``text`` takes the place of a figure that is not there. A text is never calculated."""
    value = cell.value
    if cell.hidden:
        sheet.write_string(row, column, text or cell.text, style)
    elif value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:_MOST_CHARACTERS], style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    else:
        sheet.write_number(row, column, value, style)  # yes is 1, no is 0; the format says it in words


def describe(look: Look, table: str, column: str) -> str:
    """Return what a column means, in the workbook's language."""
    own = look.language.raw("deliverables.action_columns") if table == "actions" else {}
    group = "action_columns" if column in own else "columns"
    return look.language.text(f"deliverables.{group}.{column}")


def comment_size(text: str) -> dict[str, object]:
    """Return how large a note must be for its text, in a plain frame."""
    lines = len(text) // 34 + 1
    return {"width": 220, "height": 14 + 17 * lines, "font_size": 9, "color": "#FFFFFF", "author": ""}


def range_name(table: str) -> str:
    """Return the name that a table has in the workbook, the same in every language."""
    return f"cx_{table}"


def define_range(look: Look, sheet: Any, name: str, corners: tuple[int, int, int, int]) -> None:
    """Give a table a name that stays the same in every language."""
    top, left, bottom, right = corners
    first = xl_rowcol_to_cell(top, left, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(bottom, right, row_abs=True, col_abs=True)
    look.book.define_name(range_name(name), f"='{sheet.get_name()}'!{first}:{last}")


def shown_words(look: Look, table: Table) -> Callable[[Cell], str]:
    """Return what a hidden cell says: two words where the row has a column for the reason, else the reason."""
    short = look.language.text("deliverables.not_shown") if "reason" in table.columns else ""
    return lambda cell: short or cell.text


def _width(table: Table, name: str) -> float:
    cells = [row[name] for row in table.rows]
    head = len(name) + 4.0
    if any(cell.kind == "long" for cell in cells):
        return _LONG
    if _is_figures(table, name):
        return max(head, _FIGURE_WIDTH)
    longest = max((len(cell.text) for cell in cells), default=0)
    return max(head, min(longest + 2.0, _WIDEST), _NARROWEST)


def _is_figures(table: Table, name: str) -> bool:
    return bool(table.rows) and all(row[name].kind not in {"text", "long"} for row in table.rows)


def _height(row: Row) -> float:
    return height([(cell.text, _LONG) for cell in row.values() if cell.kind == "long"])
