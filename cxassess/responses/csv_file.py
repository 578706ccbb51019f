"""Reading a CSV file into a table, strictly: nothing is guessed, shifted or filled up."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from cxassess.errors import CxassessError
from cxassess.responses.collect import Collector
from cxassess.responses.encoding import Encoding, decode
from cxassess.responses.files import FoundFile, RawFile
from cxassess.responses.headers import Header
from cxassess.responses.quotes import check_quotes, checked_lines
from cxassess.responses.table import MAX_COLUMNS, Column, Table, shorten

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
_CHUNK: Final = 1_000
_HEAD: Final = 1_000_000
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
    sep = _SEP_LINE.match(text)
    text = text[sep.end() :] if sep else text
    delimiter = _read_delimiter(file.name, text, sep, header)
    check_quotes(file.name, text, delimiter)
    records = _Records(file.name, io.StringIO(text, newline=""), delimiter, 1 if sep else 0)
    names = _read_names(file.name, records)
    columns, rows = _gather(file.name, names, records, problems)
    if not rows:
        _refuse_empty(file.name, problems)
    return Table(file.name, columns, np.array(rows, dtype=np.int64), encoding, delimiter)


def read_csv_parts(
    file: FoundFile, encoding: Encoding, header: Header, problems: Collector, rows: int
) -> Iterator[Table]:
    """Read a CSV file of any size part by part, as strictly as `read_csv_table`.

    Parameters
    ----------
    file : FoundFile
        The file.
    encoding : Encoding
        From `find_encoding`, which has gone through all bytes.
    header : Header
        Knows column names; the delimiter is the one that yields them.
    problems : Collector
        Gets rows with too few or too many fields.
    rows : int
        Data rows of a part.
    """
    with file.opened() as stream:
        stream.seek(encoding.mark)
        text = io.TextIOWrapper(stream, encoding.codec, newline="")
        start = text.read(_HEAD)
        sep = _SEP_LINE.match(start)
        delimiter = _read_delimiter(file.name, start[sep.end() :] if sep else start, sep, header)
        text.seek(encoding.mark)
        if sep:
            text.read(sep.end())
        records = _Records(file.name, checked_lines(file.name, text, delimiter), delimiter, 1 if sep else 0)
        names = _read_names(file.name, records)
        found = False
        while True:
            columns, numbers = _gather(file.name, names, records, problems, rows)
            if not numbers:
                break
            found = True
            rows_of_part = np.array(numbers, dtype=np.int64)
            yield Table(file.name, columns, rows_of_part, encoding.label, delimiter)
        text.detach()
    if not found:
        _refuse_empty(file.name, problems)


def _read_delimiter(name: str, text: str, sep: re.Match[str] | None, header: Header) -> str:
    delimiter = _find_delimiter(name, _first_record(name, text), header)
    if sep and sep.group(1) != delimiter:
        what = f"The first line says “sep={sep.group(1)}”, but the columns are divided by {DELIMITERS[delimiter]}."
        raise CxassessError.single(f"{name}, row 1", what, "Delete the first line.")
    return delimiter


def _read_names(name: str, records: _Records) -> list[str]:
    names = records.header()
    if len(names) > MAX_COLUMNS:
        records.drain()
        what = f"{len(names):,} columns; at most {MAX_COLUMNS:,} are read."
        raise CxassessError.single(f"{name}, row {records.row}", what, "Keep the columns that hold responses.")
    return names


def _refuse_empty(name: str, problems: Collector) -> NoReturn:
    problems.refuse()
    raise CxassessError.single(name, "There are column names, but no responses.", "Export the responses again.")


def _first_record(name: str, text: str) -> str:
    """Return the first line that isn't blank, with the following ones while a quotation mark is open."""
    record = ""
    for line in islice(io.StringIO(text[:_HEAD], newline=""), 1_000):
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


class _Records:
    """The records of a CSV text in chunks, with the row that each chunk starts on."""

    def __init__(self, name: str, lines: Iterable[str], delimiter: str, start: int) -> None:
        self._name = name
        self._lines = iter(lines)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
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
            self.drain()
            large = "field larger" in str(error)
            what = "A cell is far too long, or" if large else f"The row can’t be divided into fields ({error}), as"
            where = f"{self._name}, row {self.row + len(chunk) + 1}"
            remedy = "Look for a quotation mark that is opened and never closed."
            raise CxassessError.single(where, f"{what} a quotation mark isn’t closed.", remedy) from None
        self.row += len(chunk)
        return chunk

    def drain(self) -> None:
        """Go through the lines that are left: a stray quotation mark further on is the better explanation."""
        for _ in self._lines:
            pass


def _gather(
    name: str, names: Sequence[str], records: _Records, problems: Collector, most: int = sys.maxsize
) -> tuple[list[Column], list[int]]:
    """Return the columns, and the row numbers, of the next data rows."""
    codes: list[list[NDArray[np.intp]]] = [[np.zeros(0, dtype=np.intp)] for _ in names]
    places = [_Places() for _ in names]
    rows: list[int] = []
    width = len(names)
    while len(rows) < most and (chunk := records.take(min(_CHUNK, most - len(rows)))):
        numbers = range(records.row - len(chunk) + 1, records.row + 1)
        if set(map(len, chunk)) == {width} and all(map(any, chunk)):
            rows.extend(numbers)
        else:
            whole = _take_whole(name, width, dict(zip(numbers, chunk, strict=True)), problems)
            rows.extend(whole)
            chunk = list(whole.values())
        if chunk:
            for store, place, cells in zip(codes, places, zip(*chunk, strict=True), strict=True):
                store.append(np.fromiter(map(place.__getitem__, cells), dtype=np.intp, count=len(chunk)))
    columns = [
        Column(index, name, np.concatenate(codes[index]), tuple(places[index])) for index, name in enumerate(names)
    ]
    return columns, rows


class _Places(dict[str, int]):
    """The distinct cells of a column, numbered as they come."""

    def __missing__(self, cell: str) -> int:
        place = self[cell] = len(self)
        return place


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
