"""The cells of an Excel workbook, each with its own kind: text, number, date, or something that can't be used."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from openpyxl.utils import column_index_from_string

from cxassess.errors import CxassessError
from cxassess.responses.files import RawFile
from cxassess.responses.table import MAX_COLUMNS, Cell, Fault, Stamp
from cxassess.responses.xlsx_package import DateStyles, Package, PartHandler, SharedStrings

MAX_ROWS: Final = 1_048_576
_EPOCH_1900: Final = datetime(1899, 12, 30)
_EPOCH_1904: Final = datetime(1904, 1, 1)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RETYPE: Final = "Type the value itself into the cell."


@dataclass
class Sheet:
    """A worksheet: its name, whether people see it, and its cells by row (from 1) and column (from 0)."""

    name: str
    visible: bool
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)

    def text(self, row: int, column: int) -> str:
        """Return a cell as text; blank if there is none."""
        return str(self.rows.get(row, {}).get(column, ""))


def read_workbook(file: RawFile) -> list[Sheet]:
    """Read all worksheets of a workbook; only stored values, never a formula's text.

    Raises
    ------
    CxassessError
        If the workbook is damaged, protected or of another kind, or a cell stands far outside any table.
    """
    package = Package(file)
    main = next((path for kind, path in package.relations("").values() if kind == "officeDocument"), "xl/workbook.xml")
    book = _Book()
    package.parse(main, book)
    relations = package.relations(main)
    strings, styles = SharedStrings(), DateStyles()
    for kind, path in relations.values():
        if kind == "sharedStrings":
            package.parse(path, strings)
        elif kind == "styles":
            package.parse(path, styles)
    texts = [_unescape(text) for text in strings.texts]
    sheets = []
    for name, relation, visible in book.sheets:
        kind, path = relations.get(relation, ("", ""))
        if kind == "worksheet":
            sheet = Sheet(name, visible)
            epoch = _EPOCH_1904 if book.from_1904 else _EPOCH_1900
            package.parse(path, _Cells(package, sheet, texts, styles.dates, epoch))
            sheets.append(sheet)
    return sheets


class _Book(PartHandler):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            visible = attributes.get("state", "visible") == "visible"
            relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), relation, visible))
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in {"1", "true"}


class _Cells(PartHandler):
    """Collects the cells of one sheet; nothing is kept of empty ones."""

    def __init__(self, package: Package, sheet: Sheet, texts: list[str], dates: list[bool], epoch: datetime) -> None:
        self._package = package
        self._sheet = sheet
        self._texts = texts
        self._dates = dates
        self._epoch = epoch
        self._row = 0
        self._column = -1
        self._attributes: Mapping[str, str] = {}
        self._formula = False
        self._phonetic = False
        self._taking = False
        self._in_cell = False
        self._pieces: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif not self._in_cell:
            if tag == "row":
                number = attributes.get("r", "")
                self._row = int(number) if number.isdecimal() and len(number) < 9 else self._row + 1
                self._column = -1
        elif tag == "v" or (tag == "t" and not self._phonetic):
            self._taking = True
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True

    def data(self, text: str) -> None:
        if self._taking:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._taking = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "c":
            self._in_cell = False
            cell = self._cell("".join(self._pieces))
            if cell != "":
                self._keep(cell)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes
        self._pieces = []
        self._formula = False
        self._in_cell = True
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
            return
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise self._package.damaged(f"sheet {self._sheet.name}: there is no cell {reference[:20]}")
        letters, row = match.groups()
        self._column = column_index_from_string(letters) - 1
        self._row = int(row)

    def _keep(self, cell: Cell) -> None:
        if self._column >= MAX_COLUMNS or not 1 <= self._row <= MAX_ROWS:
            raise CxassessError.single(
                f"{self._package.name}, sheet {self._sheet.name}, cell {self._attributes.get('r', self._row)}",
                f"A cell stands far outside the table; at most {MAX_COLUMNS:,} columns are read.",
                "Delete what stands there, or copy the responses into a new workbook.",
            )
        cells = self._sheet.rows.setdefault(self._row, {})
        if self._column in cells:
            raise self._package.damaged(f"sheet {self._sheet.name}: a cell of row {self._row} is there twice")
        cells[self._column] = cell

    def _cell(self, text: str) -> Cell:
        kind = self._attributes.get("t", "n")
        if self._formula and not text:
            what = "A formula without a stored value."
            return Fault("(formula)", what, "Open the workbook in Excel and save it, or type the value itself.")
        if kind == "s":
            if not text.isdecimal() or int(text) >= len(self._texts):
                raise self._package.damaged(f"sheet {self._sheet.name}, row {self._row}: text {text[:20]} is missing")
            return self._texts[int(text)]
        if kind in {"inlineStr", "str"} or not text:
            return _unescape(text)
        return _SPECIAL[kind](text) if kind in _SPECIAL else self._number(text)

    def _number(self, text: str) -> Cell:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self._package.damaged(f"sheet {self._sheet.name}, row {self._row}: {text[:20]} is no number")
        style = self._attributes.get("s", "0")
        index = int(style) if style.isdecimal() else 0
        if index < len(self._dates) and self._dates[index]:
            return _date(value, self._epoch, text)
        if abs(value) >= 1e15:
            what = "A number of more than 15 digits, of which Excel keeps only the first 15."
            return Fault(text, what, "Format the column as text before the values are entered.")
        return str(int(value)) if value.is_integer() else repr(value)


def _date(value: float, epoch: datetime, text: str) -> Cell:
    if epoch == _EPOCH_1900 and value < 60:
        value += 1
    try:
        moment = epoch + timedelta(milliseconds=round(value * 86_400_000))
    except (OverflowError, ValueError):
        return Fault(text, "A number that is formatted as a date, but is none.", _RETYPE)
    return Stamp(moment)


def _logical(text: str) -> Cell:
    return Fault("TRUE" if text == "1" else "FALSE", "A logical value, not text or a number.", _RETYPE)


def _error(text: str) -> Cell:
    return Fault(text, f"Excel’s error value {text}.", "Mend the formula, or type the value itself.")


def _iso_date(text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return Fault(text, "A date that can’t be read.", "Write dates as 2026-10-31.")
    return Stamp(moment.replace(tzinfo=None))


_SPECIAL: Final[Mapping[str, Callable[[str], Cell]]] = {"b": _logical, "e": _error, "d": _iso_date}


def _unescape(text: str) -> str:
    """Undo the way in which workbooks write characters that XML would lose: ``_x000D_``; others stay as they are."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return chr(code) if chr(code) in "\t\n\r_" else match.group()
