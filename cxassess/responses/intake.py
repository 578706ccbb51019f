"""The blank workbook that people fill in offline."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook

from cxassess.errors import CxassessError
from cxassess.instrument.model import Instrument
from cxassess.language import LANGUAGES, Language, get_language
from cxassess.responses.intake_form import FormSheet
from cxassess.responses.intake_look import Look, height, make_look
from cxassess.responses.intake_read import LISTS_SHEET, MARK

MAX_FORMS: Final = 200
_SECONDS_AN_ITEM: Final = 35
_START_WIDTH: Final = 96
_FIRST_ROLE: Final = 3


def write_intake(
    instrument: Instrument,
    path: str | Path,
    *,
    respondents: int = 1,
    organisation: str = "",
    wave: str = "",
    pulse: bool = False,
) -> None:
    """Write a blank workbook to fill in offline, in the instrument's language; ``read_responses`` reads it back.

    A first sheet says how; then one sheet a respondent, with the anchors beside each item, drop-down lists, and only
    the cells to fill in unlocked. Items that the chosen role isn't asked turn grey.

    Parameters
    ----------
    instrument : Instrument
        In the language of the people who answer.
    path : str or Path
        Where to write (.xlsx).
    respondents : int
        Number of forms in the workbook, 1 to 200.
    organisation, wave : str
        Filled in beforehand, if given.
    pulse : bool
        Only the items of the pulse form.

    Raises
    ------
    CxassessError
        If the number of forms is out of range or the file can't be written.
    """
    if not 1 <= respondents <= MAX_FORMS:
        what = f"{respondents} forms; a workbook holds 1 to {MAX_FORMS}."
        raise CxassessError.single("respondents", what, "Write several workbooks; they can be read together.")
    language = get_language(instrument.language if instrument.language in LANGUAGES else "en")
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(stream, options)
    book.set_properties({"title": instrument.name, "comments": instrument.reference, "created": _moment()})
    look = make_look(book)
    names = _form_names(language, respondents)
    _write_start(book, look, instrument, language, names[0], pulse=pulse)
    values = {"organisation": organisation, "wave": wave}
    for name in names:
        FormSheet(book, look, instrument, language, pulse=pulse).write(name, values)
    _write_lists(book, instrument, pulse=pulse)
    book.close()
    try:
        Path(path).write_bytes(stream.getvalue())
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = "Choose a folder that exists and that you may write to, and close the file elsewhere."
        raise CxassessError.single(str(path), f"The workbook can’t be written: {reason}.", remedy) from error


def _form_names(language: Language, count: int) -> list[str]:
    if count == 1:
        return [language.text("intake.sheets.form")]
    return [language.text("intake.sheets.form_number", number=number) for number in range(1, count + 1)]


def _moment() -> datetime:
    """Return a fixed moment, so that the same workbook has the same bytes; ``SOURCE_DATE_EPOCH`` is honoured."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch) if epoch.isdecimal() else 1_767_225_600, UTC).replace(tzinfo=None)


def _write_start(book: Any, look: Look, instrument: Instrument, language: Language, form: str, *, pulse: bool) -> None:
    sheet = book.add_worksheet(language.text("intake.sheets.start"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 5)
    sheet.set_column(2, 2, _START_WIDTH)
    asked = max(len(instrument.items_for(role.id, pulse=pulse)) for role in instrument.roles)
    minutes = max(5, 5 * round(asked * _SECONDS_AN_ITEM / 300))
    row = _Rows(sheet, look)
    row.skip(14)
    row.text(language.text("intake.start.title", instrument=instrument.name), look.title, 34)
    row.text(language.text("intake.start.lead", minutes=minutes), look.lead, 22)
    row.text(language.text("intake.start.steps_title"), look.heading, 32)
    words = {
        "sheet": form,
        "levels": instrument.level_count,
        "answer": language.text("intake.form.answer"),
        "dont_know": instrument.scale.dont_know,
        "not_applicable": instrument.scale.not_applicable,
    }
    for number in range(1, 6):
        row.entry(str(number), language.text(f"intake.start.step_{number}", **words))
    row.text(language.text("intake.start.levels_title"), look.heading, 32)
    for level in instrument.levels:
        row.entry(str(level.level), f"{level.name}. {level.description}")
    row.text(language.text("intake.start.privacy_title"), look.heading, 32)
    row.text(language.text("intake.start.privacy"), look.text)
    row.skip(10)
    row.text(language.text("intake.start.version", reference=instrument.reference), look.quiet, 16)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})


class _Rows:
    """Writes the first sheet line by line."""

    def __init__(self, sheet: Any, look: Look) -> None:
        self.sheet = sheet
        self.look = look
        self.row = 0

    def skip(self, points: float) -> None:
        self.sheet.set_row(self.row, points)
        self.row += 1

    def text(self, text: str, look: Any, points: float | None = None) -> None:
        self.sheet.set_row(self.row, points or height([(text, _START_WIDTH + 5)], size=11))
        self.sheet.merge_range(self.row, 1, self.row, 2, "", look)
        self.sheet.write_string(self.row, 1, text, look)
        self.row += 1

    def entry(self, number: str, text: str) -> None:
        self.sheet.set_row(self.row, max(height([(text, _START_WIDTH)], size=11), 24))
        self.sheet.write_string(self.row, 1, number, self.look.step)
        self.sheet.write_string(self.row, 2, text, self.look.text)
        self.row += 1


def _write_lists(book: Any, instrument: Instrument, *, pulse: bool) -> None:
    """Write what the lists offer and what reading needs, on a sheet that people don't see."""
    sheet = book.add_worksheet(LISTS_SHEET)
    sheet.write_string(0, 0, MARK)
    sheet.write_string(1, 0, "instrument")
    sheet.write_string(1, 1, instrument.reference)
    sheet.write_string(2, 0, "language")
    sheet.write_string(2, 1, instrument.language)
    sheet.write_string(2, 2, "pulse" if pulse else "full")
    for position, role in enumerate(instrument.roles):
        sheet.write_string(_FIRST_ROLE + position, 0, role.name)
        sheet.write_string(_FIRST_ROLE + position, 1, role.id)
    for position in range(instrument.level_count):
        sheet.write_number(_FIRST_ROLE + position, 3, position + 1)
    sheet.write_string(_FIRST_ROLE + instrument.level_count, 3, instrument.scale.dont_know)
    sheet.write_string(_FIRST_ROLE + instrument.level_count, 4, "dont_know")
    sheet.write_string(_FIRST_ROLE + instrument.level_count + 1, 3, instrument.scale.not_applicable)
    sheet.write_string(_FIRST_ROLE + instrument.level_count + 1, 4, "not_applicable")
    sheet.protect()
    sheet.very_hidden()
