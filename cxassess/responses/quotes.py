"""Quotation marks in a CSV text: each is the edge of a field or doubled within one, or the file is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final, TextIO

from cxassess.errors import CxassessError
from cxassess.responses.table import shorten

_BLOCK: Final = 1 << 20
_LONGEST_RECORD: Final = 1 << 23
_AROUND: Final = 15


def check_quotes(name: str, text: str, delimiter: str) -> None:
    """Refuse a quotation mark that neither opens nor closes a field nor is doubled within one."""
    stray = _find_stray(text, _quoted(delimiter))
    if stray >= 0:
        around = text[max(stray - _AROUND, 0) : stray + _AROUND]
        _refuse(name, text.count("\n", 0, stray) + 1, around)


def checked_lines(name: str, stream: TextIO, delimiter: str) -> Iterator[str]:
    """Return the lines of a text whose quotation marks are checked block by block, with bounded memory.

    A block ends with a line, and outside of quoted fields: what is found in it alone is what would be found in the
    whole text.

    Parameters
    ----------
    name : str
        Of the file.
    stream : TextIO
        The text, opened with ``newline=""``.
    delimiter : str
        Between fields.

    Raises
    ------
    CxassessError
        At the first stray quotation mark, and if a record is longer than eight million characters.
    """
    quoted = _quoted(delimiter)
    before, rows, rest = "", 1, ""
    while True:
        block = stream.read(_BLOCK)
        rest += block
        end = _last_break(rest) if block else len(rest)
        if len(rest) - end > _LONGEST_RECORD:
            end = len(rest)
        part = rest[:end]
        stray = _find_stray(part, quoted)
        if stray >= 0:
            ahead = rest + (stream.read(_AROUND) if block else "")
            around = before[max(len(before) + stray - _AROUND, 0) :] if stray < _AROUND else ""
            _refuse(name, rows + part.count("\n", 0, stray), around + ahead[max(stray - _AROUND, 0) : stray + _AROUND])
        if end > _LONGEST_RECORD and not part.endswith(("\n", "\r")):
            remedy = "Look for a quotation mark that is opened and never closed."
            raise CxassessError.single(f"{name}, about line {rows}", "A line is far too long.", remedy)
        yield from io.StringIO(part, newline="")
        if not block:
            return
        rows += part.count("\n")
        before = (before + part)[-_AROUND:]
        rest = rest[end:]


def _quoted(delimiter: str) -> re.Pattern[str]:
    end = re.escape(delimiter)
    return re.compile(rf'(?:(?<=[{end}\r\n])|\A)"(?:[^"]|"")*+"(?=[{end}\r\n]|\Z)')


def _find_stray(text: str, quoted: re.Pattern[str]) -> int:
    """Return the position of the first stray quotation mark, −1 if there is none."""
    if '"' not in text:
        return -1
    position = 0
    for match in quoted.finditer(text):
        stray = text.find('"', position, match.start())
        if stray >= 0:
            return stray
        position = match.end()
    return text.find('"', position)


def _refuse(name: str, row: int, around: str) -> None:
    raise CxassessError.single(
        f"{name}, about line {row}",
        f"A quotation mark stands where it can be neither text nor the edge of a field: “{shorten(around, 40)}”.",
        "Put such a field in quotation marks and double those within it; most programs do so on export.",
    )


def _last_break(text: str) -> int:
    """Return where the last line ends that leaves no quotation mark open; 0 if there is none."""
    mark = "\n" if "\n" in text else "\r"
    # A carriage return at the very end may be half of a line break.
    place = text.rfind(mark, 0, len(text) if mark == "\n" else len(text) - 1)
    marks = text.count('"', 0, place + 1)
    while place >= 0 and marks % 2:
        earlier = text.rfind(mark, 0, place)
        marks -= text.count('"', max(earlier, 0), place)
        place = earlier
    return place + 1
