"""The sheet of actions: the one that people change, with lists to choose from, and that is read back."""

from __future__ import annotations

from typing import Any, Final

from cxassess.deliverables.action_words import kind_words, state_words
from cxassess.deliverables.cells import Cell, Table
from cxassess.deliverables.figures import Figures
from cxassess.deliverables.workbook.look import Look
from cxassess.deliverables.workbook.tidy import comment_size, define_range, describe, write_cell
from cxassess.responses.intake_look import height

SPARE_ROWS: Final = 100
#: What nobody needs to touch: the sheet is read back by it.
QUIET: Final = ("id", "wave", "revision")
LEFT_OUT: Final = ("element",)
_WIDTHS: Final = {
    "id": 12,
    "wave": 10,
    "kind": 9,
    "element_name": 26,
    "action": 44,
    "owner": 22,
    "due_on": 13,
    "measure": 40,
    "status": 13,
    "note": 50,
    "revision": 11,
}
_WRAPPED: Final = ("action", "measure", "note")


def write_actions(sheet: Any, lists: Any, figures: Figures, look: Look) -> None:
    """Write the actions, with spare rows to add more; ``lists`` is the sheet that takes what can be chosen."""
    table = figures.actions
    columns = sheet_columns(table)
    sheet.set_row(0, 22)
    for place, name in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[name])
        sheet.write_string(0, place, name, look.head if name in QUIET else look.head_entry)
        note = describe(look, table.name, name)
        sheet.write_comment(0, place, note, comment_size(note))
    for number in range(1, len(table) + SPARE_ROWS + 1):
        _write_line(sheet, number, columns, table, look)
    define_range(look, sheet, table.name, (0, 0, len(table), len(columns) - 1))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table) + SPARE_ROWS, len(columns) - 1)
    _offer_lists(sheet, lists, columns, len(table) + SPARE_ROWS, figures)


def sheet_columns(table: Table) -> list[str]:
    """Return the columns of the actions that stand on the sheet."""
    return [name for name in table.columns if name not in LEFT_OUT]


def _write_line(sheet: Any, number: int, columns: list[str], table: Table, look: Look) -> None:
    row = table.rows[number - 1] if number <= len(table) else None
    for place, name in enumerate(columns):
        kind = row[name].kind if row else "date" if name == "due_on" else "text"
        cell = row[name] if row else Cell(None, "", kind)
        write_cell(sheet, number, place, cell, look.entry(cell.kind, quiet=name in QUIET))
    if row:
        sheet.set_row(number, height([(row[name].text, _WIDTHS[name]) for name in _WRAPPED]))


def _offer_lists(sheet: Any, lists: Any, columns: list[str], last: int, figures: Figures) -> None:
    """Offer what can be chosen; other values are warned of, not refused, as reading says what is wrong with them."""
    words = figures.view.language
    offered = {
        "kind": list(kind_words(words).values()),
        "status": list(state_words(words).values()),
        "element_name": [element.name for element in figures.view.instrument.elements],
    }
    for place, (name, values) in enumerate(offered.items()):
        lists.write_column(0, place, values)
        letter = "ABC"[place]
        source = f"='{lists.get_name()}'!${letter}$1:${letter}${len(values)}"
        column = columns.index(name)
        sheet.data_validation(
            1,
            column,
            last,
            column,
            {"validate": "list", "source": source, "error_type": "warning", "ignore_blank": True},
        )
