"""Reading a CSV file into a table, strictly: nothing is guessed, shifted or filled up."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np

from cxassess.errors import CxassessError
from cxassess.responses.collect import Collector
from cxassess.responses.encoding import decode
from cxassess.responses.files import RawFile
from cxassess.responses.headers import Header
from cxassess.responses.table import MAX_COLUMNS, Table, make_column, shorten

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
_CHUNK: Final = 1_000
_SEP_LINE = re.compile(r"sep=(.)\r?\n")


def read_csv_table(file: RawFile, header: Header, problems: Collector) -> Table:
    """Read a CSV file.

    Parameters
    ----------
    file : RawFile
        The bytes.
    header : Header
        Knows column names; the delimiter is the one that yields them.
    problems : Collector
        Gets rows with too few or too many fields.

    Raises
    ------
    CxassessError
        If encoding, delimiter or quoting are in doubt, or there are no data rows.
    """
    text, encoding = decode(file.name, file.data)
    sep_line = _SEP_LINE.match(text)
    start = 1 if sep_line else 0
    if sep_line:
        text = text[sep_line.end() :]
    delimiter = _find_delimiter(file.name, _first_record(file.name, text), header)
    if sep_line and sep_line.group(1) != delimiter:
        what = f"The first line says “sep={sep_line.group(1)}”, but the columns are divided by {DELIMITERS[delimiter]}."
        raise CxassessError.single(f"{file.name}, row 1", what, "Delete the first line.")
    _check_quotes(file.name, text, delimiter)
    records = _Records(file.name, text, delimiter, start)
    names = records.header()
    if len(names) > MAX_COLUMNS:
        what = f"{len(names):,} columns; at most {MAX_COLUMNS:,} are read."
        raise CxassessError.single(f"{file.name}, row {records.row}", what, "Keep the columns that hold responses.")
    columns, rows = _gather(file.name, names, records, problems)
    if not rows:
        problems.refuse()
        raise CxassessError.single(
            file.name, "There are column names, but no responses.", "Export the responses again."
        )
    return Table(
        file.name,
        [make_column(index, name, columns[index]) for index, name in enumerate(names)],
        np.array(rows, dtype=np.int64),
        encoding,
        delimiter,
    )


def _first_record(name: str, text: str) -> str:
    """Return the first line that isn't blank, with the following ones while a quotation mark is open."""
    record = ""
    for line in islice(io.StringIO(text[:1_000_000], newline=""), 1_000):
        if record or line.strip(" \t\r\n,;"):
            record += line
            if record.count('"') % 2 == 0:
                break
    if not record:
        raise CxassessError.single(name, "The file is empty.", "Export the responses again.")
    return record


def _find_delimiter(name: str, first: str, header: Header) -> str:
    fitting = []
    for delimiter in DELIMITERS:
        try:
            fields = next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            continue
        if len(fields) > 1 and header.known(fields) > 1:
            fitting.append(delimiter)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise CxassessError.single(
            f"{name}, row 1",
            f"The first row holds no known column names divided by comma, semicolon or tab: “{shorten(first, 80)}”.",
            "The first row must name the columns: organisation, wave, respondent, role, and the item ids "
            f"({', '.join(header.instrument.item_ids[:3])} …), or item and answer.",
        )
    found = " and ".join(DELIMITERS[delimiter] for delimiter in fitting)
    what = f"The first row can be divided by {found}."
    raise CxassessError.single(f"{name}, row 1", what, "Use one delimiter throughout, and no other in column names.")


def _check_quotes(name: str, text: str, delimiter: str) -> None:
    """Refuse a quotation mark that neither opens nor closes a field nor is doubled within one."""
    if '"' not in text:
        return
    end = re.escape(delimiter)
    quoted = re.compile(rf'(?:(?<=[{end}\r\n])|\A)"(?:[^"]|"")*+"(?=[{end}\r\n]|\Z)')
    position = 0
    for match in quoted.finditer(text):
        stray = text.find('"', position, match.start())
        if stray >= 0:
            _refuse_quote(name, text, stray)
        position = match.end()
    stray = text.find('"', position)
    if stray >= 0:
        _refuse_quote(name, text, stray)


def _refuse_quote(name: str, text: str, position: int) -> None:
    row = text.count("\n", 0, position) + 1
    around = shorten(text[max(position - 15, 0) : position + 15], 40)
    raise CxassessError.single(
        f"{name}, about line {row}",
        f"A quotation mark stands where it can be neither text nor the edge of a field: “{around}”.",
        "Put such a field in quotation marks and double those within it; most programs do so on export.",
    )


class _Records:
    """The records of a CSV text in chunks, with the row that each chunk starts on."""

    def __init__(self, name: str, text: str, delimiter: str, start: int) -> None:
        self._name = name
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self.row = start

    def header(self) -> list[str]:
        """Return the first record that isn't blank."""
        while chunk := self.take(1):
            if any(field.strip() for field in chunk[0]):
                return [field.strip() for field in chunk[0]]
        return []

    def take(self, count: int) -> list[list[str]]:
        """Return the next records; ``row`` is then the row of the last."""
        chunk: list[list[str]] = []
        try:
            chunk.extend(islice(self._reader, count))
        except csv.Error as error:
            large = "field larger" in str(error)
            what = "A cell is far too long, or" if large else f"The row can’t be divided into fields ({error}), as"
            where = f"{self._name}, row {self.row + len(chunk) + 1}"
            remedy = "Look for a quotation mark that is opened and never closed."
            raise CxassessError.single(where, f"{what} a quotation mark isn’t closed.", remedy) from None
        self.row += len(chunk)
        return chunk


def _gather(
    name: str, names: Sequence[str], records: _Records, problems: Collector
) -> tuple[list[list[str]], list[int]]:
    columns: list[list[str]] = [[] for _ in names]
    same: list[dict[str, str]] = [{} for _ in names]
    rows: list[int] = []
    width = len(names)
    while chunk := records.take(_CHUNK):
        numbers = range(records.row - len(chunk) + 1, records.row + 1)
        if set(map(len, chunk)) == {width} and all(map(any, chunk)):
            rows.extend(numbers)
        else:
            whole = _take_whole(name, width, dict(zip(numbers, chunk, strict=True)), problems)
            rows.extend(whole)
            chunk = list(whole.values())
        if chunk:
            for store, seen, cells in zip(columns, same, zip(*chunk, strict=True), strict=True):
                store.extend(map(seen.setdefault, cells, cells))
    return columns, rows


def _take_whole(name: str, width: int, records: Mapping[int, list[str]], problems: Collector) -> dict[int, list[str]]:
    """Return the records of the right width by row; blank ones are left out, others reported."""
    kept = {}
    for row, record in records.items():
        if not any(record):
            continue
        if len(record) == width:
            kept[row] = record
        else:
            what = f"The row has {len(record)} fields, but the first row names {width} columns."
            remedy = "Look for a missing or a surplus delimiter, or for a cut-off row."
            problems.add(f"{name}, row {row}", what, remedy, row=row)
    return kept
