"""One respondent's sheet in the intake workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from cxassess.instrument.model import Instrument, Item
from cxassess.language import Language
from cxassess.responses.intake_look import Look, height
from cxassess.responses.intake_read import FIELDS, FORM_MARK, LISTS_SHEET

_KEY: Final = 0
_ROLES: Final = 1
_ITEM: Final = 2
_FIRST_ANCHOR: Final = 3
_ITEM_WIDTH: Final = 27
_ANSWER_WIDTH: Final = 14
_COMMENT_WIDTH: Final = 32
_ANCHORS_WIDTH: Final = 115
_FIRST_LIST_ROW: Final = 4


class FormSheet:
    """Writes the sheet that one respondent fills in.

    The first two columns are hidden: keys by which the sheet is read back, and the roles that an item is asked of.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        Where the sheet goes.
    look : Look
        The workbook's formats.
    instrument : Instrument
        In the language of the sheet.
    language : Language
        The words around it.
    pulse : bool
        Only the items of the pulse form.
    """

    def __init__(self, book: Any, look: Look, instrument: Instrument, language: Language, *, pulse: bool) -> None:
        self.book = book
        self.look = look
        self.instrument = instrument
        self.language = language
        self.pulse = pulse
        self.answer = _FIRST_ANCHOR + instrument.level_count
        self.comment = self.answer + 1
        self.anchor_width = max(_ANCHORS_WIDTH / instrument.level_count, 16)
        self.row = 0
        self.role_cell = ""

    def write(self, name: str, values: Mapping[str, str]) -> None:
        """Add the sheet; ``values`` are fields that are filled in beforehand."""
        sheet = self.sheet = self.book.add_worksheet(name)
        self._set_columns()
        self._write_head()
        self._write_fields(values)
        for element in self.instrument.elements:
            items = [item for item in element.items if item.pulse or not self.pulse]
            self._write_band(element.name)
            for item in items:
                self._write_item(item)
        self._write_general()
        sheet.freeze_panes(1, _FIRST_ANCHOR)
        sheet.set_zoom(90)
        sheet.hide_gridlines(2)
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        self._set_print(name)

    def _text(self, key: str, /, **values: object) -> str:
        return self.language.text(f"intake.{key}", **values)

    def _set_columns(self) -> None:
        sheet = self.sheet
        sheet.set_column(_KEY, _ROLES, None, None, {"hidden": True})
        sheet.set_column(_ITEM, _ITEM, _ITEM_WIDTH)
        sheet.set_column(_FIRST_ANCHOR, self.answer - 1, self.anchor_width)
        sheet.set_column(self.answer, self.answer, _ANSWER_WIDTH)
        sheet.set_column(self.comment, self.comment, _COMMENT_WIDTH)

    def _write_head(self) -> None:
        sheet, look = self.sheet, self.look
        sheet.write_string(0, _KEY, FORM_MARK, look.hidden)
        sheet.write_number(0, _ROLES, self.answer, look.hidden)
        sheet.write_string(0, _ITEM, self._text("form.item"), look.head)
        for level in self.instrument.levels:
            sheet.write_string(0, _FIRST_ANCHOR + level.level - 1, f"{level.level}  {level.name}", look.head)
        sheet.write_string(0, self.answer, self._text("form.answer"), look.head_input)
        sheet.write_string(0, self.comment, self._text("form.comment"), look.head_input)
        sheet.set_row(0, 26)
        self.row = 1

    def _write_band(self, text: str) -> None:
        self.sheet.set_row(self.row, 27)
        self.sheet.merge_range(self.row, _ITEM, self.row, self.comment, "", self.look.band)
        self.sheet.write_string(self.row, _ITEM, text, self.look.band)
        self.row += 1

    def _write_fields(self, values: Mapping[str, str]) -> None:
        self._write_band(self._text("fields.heading"))
        for field in FIELDS:
            look = self.look.date if field == "answered_at" else self.look.entry
            hint = self._text(f"fields.{field}_hint")
            self._write_entry(field, self._text(f"fields.{field}"), hint, look, 21)
            if values.get(field):
                self.sheet.write_string(self.row - 1, self.answer, values[field], look)
            if field == "role":
                self.role_cell = xl_rowcol_to_cell(self.row - 1, self.answer, row_abs=True, col_abs=True)
                self._limit_role(self.row - 1)
            elif field == "answered_at":
                self._limit_date(self.row - 1)

    def _write_entry(self, key: str, label: str, hint: str, look: Any, points: float) -> None:
        sheet = self.sheet
        sheet.set_row(self.row, points)
        sheet.write_string(self.row, _KEY, key, self.look.hidden)
        sheet.write_string(self.row, _ITEM, label, self.look.label)
        sheet.merge_range(self.row, _FIRST_ANCHOR, self.row, self.answer - 1, "", self.look.hint)
        sheet.write_string(self.row, _FIRST_ANCHOR, hint, self.look.hint)
        sheet.merge_range(self.row, self.answer, self.row, self.comment, "", look)
        self.row += 1

    def _write_item(self, item: Item) -> None:
        sheet, look, row = self.sheet, self.look, self.row
        texts = [(item.name, _ITEM_WIDTH * 0.92), *((anchor.text, self.anchor_width) for anchor in item.anchors)]
        sheet.set_row(row, height(texts, least=3))
        sheet.write_string(row, _KEY, item.id, look.hidden)
        names = [self.instrument.role(role).name for role in item.roles]
        sheet.write_string(row, _ROLES, "|" + "|".join(names) + "|", look.hidden)
        sheet.write_string(row, _ITEM, item.name, look.item)
        for anchor in item.anchors:
            sheet.write_string(row, _FIRST_ANCHOR + anchor.level - 1, anchor.text, look.anchor)
        sheet.write_blank(row, self.answer, None, look.answer)
        sheet.write_blank(row, self.comment, None, look.comment)
        self._limit_answer(row)
        self._colour(row)
        self.row += 1

    def _write_general(self) -> None:
        self._write_band(self._text("form.general"))
        hint = self._text("form.general_hint")
        self._write_entry("comment", self._text("form.comment"), hint, self.look.comment, 90)

    def _list(self, column: int, count: int) -> str:
        letter = xl_col_to_name(column)
        return f"={LISTS_SHEET}!${letter}${_FIRST_LIST_ROW}:${letter}${_FIRST_LIST_ROW + count - 1}"

    def _limit_answer(self, row: int) -> None:
        scale = self.instrument.scale
        words = self._text("checks.answer", dont_know=scale.dont_know, not_applicable=scale.not_applicable)
        self._limit(row, self._list(3, self.instrument.level_count + 2), words)

    def _limit_role(self, row: int) -> None:
        self._limit(row, self._list(0, len(self.instrument.roles)), self._text("checks.role"))

    def _limit(self, row: int, source: str, words: str) -> None:
        title = self._text("checks.answer_title")
        rule = {"validate": "list", "source": source, "error_title": title[:32], "error_message": words[:255]}
        self.sheet.data_validation(row, self.answer, row, self.answer, rule)

    def _limit_date(self, row: int) -> None:
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": date(2000, 1, 1),
            "maximum": date(2099, 12, 31),
            "error_title": self._text("fields.answered_at")[:32],
            "error_message": self._text("checks.date")[:255],
        }
        self.sheet.data_validation(row, self.answer, row, self.answer, rule)

    def _colour(self, row: int) -> None:
        """Grey what the chosen role isn't asked, and tint the anchor that was chosen."""
        roles = xl_rowcol_to_cell(row, _ROLES, col_abs=True)
        unasked = f'=AND({self.role_cell}<>"",ISERROR(FIND("|"&{self.role_cell}&"|",{roles})))'
        rule = {"type": "formula", "criteria": unasked, "format": self.look.unasked, "stop_if_true": True}
        self.sheet.conditional_format(row, _ITEM, row, self.comment, rule)
        for level in range(1, self.instrument.level_count + 1):
            column = _FIRST_ANCHOR + level - 1
            answer = xl_rowcol_to_cell(row, self.answer, col_abs=True)
            rule = {"type": "formula", "criteria": f"={answer}={level}", "format": self.look.chosen}
            self.sheet.conditional_format(row, column, row, column, rule)

    def _set_print(self, name: str) -> None:
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.print_area(0, _ITEM, self.row - 1, self.comment)
        page = self._text("form.page", page="&P", pages="&N")
        title = f"{self.instrument.name} · {name}"[:100].replace("&", "&&")
        sheet.set_footer(f"&L&8 {title}&R&8 {page}")  # without the space, a digit in front is read as part of the size
