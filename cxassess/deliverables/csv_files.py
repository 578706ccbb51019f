"""The tables as CSV files that spreadsheets open without asking: UTF-8 with a mark, and nothing that is calculated."""

from __future__ import annotations

import csv
import io
from typing import Final, Literal

from cxassess.deliverables.cells import Cell, Table
from cxassess.language import LANGUAGES
from cxassess.spreadsheets import guard_text

Locale = Literal["da", "sv", "en"]
#: Language → what stands between columns, and before decimals.
_MARKS: Final = {"en": (",", "."), "da": (";", ","), "sv": (";", ",")}
_FLAGS: Final = {True: "1", False: "0"}


def format_csv(table: Table, locale: str = "en") -> bytes:
    """Return a table as a CSV file.

    UTF-8 with a byte order mark, CRLF; dates as 2026-10-31, yes and no as 1 and 0, and nothing where there is no
    figure: the columns ``status`` and ``reason`` say why. Texts that a spreadsheet would calculate get an apostrophe.

    Parameters
    ----------
    table : Table
        One of ``Figures``.
    locale : {"en", "da", "sv"}
        Whose spreadsheet is to open it: comma and decimal point, or semicolon and decimal comma.

    Raises
    ------
    ValueError
        If there is no such locale.
    """
    if locale not in _MARKS:
        raise ValueError(f"locale {locale!r} is not one of {', '.join(LANGUAGES)}")
    delimiter, mark = _MARKS[locale]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table:
        writer.writerow([_write(row[name], mark) for name in table.columns])
    return text.getvalue().encode("utf-8-sig")


def _write(cell: Cell, mark: str) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return _FLAGS[value]
    if isinstance(value, float):
        digits = 3 if cell.kind == "p" else 2
        return f"{value:.{digits}f}".replace(".", mark)
    return guard_text(value) if isinstance(value, str) else str(value)
