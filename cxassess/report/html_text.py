"""What can be read in HTML that a cell printed: its tables, or its text. Nothing of it is ever shown as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from cxassess.document import Table, TableColumn

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "svg", "math", "head"})
_BREAKS: Final = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_NUMBER: Final = re.compile(r"[-+−]?[\d.,\s\u00a0\u202f]*\d\s?%?")
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")


class _Reader(HTMLParser):
    """Collects the text, and the cells of the outermost tables with how many columns each spans."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tables: list[list[list[tuple[str, int, bool]]]] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._head = False
        self._silent = 0
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif tag == "tr" and self._depth == 1:
            self._close_cell()
            self.tables[-1].append([])
        elif tag in {"td", "th"} and self._depth == 1 and self.tables[-1]:
            self._close_cell()
            span = dict(attrs).get("colspan") or "1"
            self._cell, self._head = [], tag == "th"
            self._span = int(span) if span.isdecimal() and 0 < int(span) < 100 else 1
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"td", "th", "tr"} and self._depth == 1:
            self._close_cell()
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self._close_cell()
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif not self._depth:
            self.words.append(data)

    def _close_cell(self) -> None:
        if self._cell is not None:
            self.tables[-1][-1].append((_tidy("".join(self._cell)), self._span, self._head))
            self._cell = None


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def html_text(html: str) -> str:
    """Return the text of an HTML fragment, without tags, scripts, styles and tables."""
    lines = [_tidy(line) for line in "".join(_read(html).words).split("\n")]
    return "\n".join(line for line in lines if line)


def html_tables(html: str) -> list[Table]:
    """Return the tables of an HTML fragment; columns of numbers are set to the right."""
    return [table for rows in _read(html).tables if (table := _table(rows)) is not None]


def _table(rows: list[list[tuple[str, int, bool]]]) -> Table | None:
    rows = [row for row in rows if row]
    if not rows:
        return None
    flat = [[text if i == 0 else "" for text, span, _ in row for i in range(span)] for row in rows]
    width = max(len(row) for row in flat)
    flat = [row + [""] * (width - len(row)) for row in flat]
    heads = max(1, sum(1 for row in rows if all(head for *_, head in row)))
    titles = [" ".join(part for part in (flat[i][column] for i in range(heads)) if part) for column in range(width)]
    body = flat[heads:]
    numeric = [bool(body) and all(not row[i] or _NUMBER.fullmatch(row[i]) for row in body) for i in range(width)]
    columns = [
        TableColumn(title, "right" if is_number else "left") for title, is_number in zip(titles, numeric, strict=True)
    ]
    return Table(columns, body)
