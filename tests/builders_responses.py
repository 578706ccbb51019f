"""Response files for tests: written by hand, with the standard library, so that reading is tested against them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cxassess.errors import CxassessError, Problem
from cxassess.instrument import load_instrument
from cxassess.responses import Responses, check_responses, read_responses

INSTRUMENT = load_instrument("eight_elements", "en")
SECOND = load_instrument(Path(__file__).parent / "fixtures" / "instruments" / "self_service", "en")
ITEMS = INSTRUMENT.item_ids
ROLES = tuple(role.id for role in INSTRUMENT.roles)
IDS = ("organisation", "wave", "respondent", "role", "unit", "answered_at")
Row = dict[str, Any]


def answer(person: int, item: int) -> str:
    return str(1 + (person * 7 + item * 3) % 5)


def wide_rows(count: int = 8, *, organisation: str = "Nordvand A/S", wave: str = "2026-10") -> list[Row]:
    """Return rows of respondents who answered everything that their role is asked."""
    rows = []
    for person in range(count):
        role = ROLES[person % 4]
        row: Row = {
            "organisation": organisation,
            "wave": wave,
            "respondent": f"r{person}",
            "role": role,
            "unit": "Kundeservice",
            "answered_at": f"2026-10-{person % 28 + 1:02d}",
        }
        for position, item in enumerate(INSTRUMENT.items):
            row[item.id] = answer(person, position) if role in item.roles else ""
        rows.append(row)
    return rows


def long_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the same responses, one row an answer."""
    return [
        {**{name: row[name] for name in IDS if name in row}, "item": item, "answer": row[item], "comment": ""}
        for row in rows
        for item in ITEMS
        if str(row.get(item, "")) != ""
    ]


def csv_bytes(rows: Sequence[Row], *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    stream = io.StringIO()
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(rows[0])
    writer.writerows([row.get(name, "") for name in rows[0]] for row in rows)
    return stream.getvalue().encode(encoding)


def save_csv(folder: Path, rows: Sequence[Row], name: str = "responses.csv", **options: str) -> Path:
    path = folder / name
    path.write_bytes(csv_bytes(rows, **options))
    return path


def save_xlsx(folder: Path, rows: Sequence[Row], name: str = "responses.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([None if row.get(column, "") == "" else row[column] for column in rows[0]])
    path = folder / name
    book.save(path)
    return path


def as_numbers(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with numbers where a spreadsheet would have them."""
    return [
        {name: int(value) if name in ITEMS and str(value).isdecimal() else value for name, value in row.items()}
        for row in rows
    ]


def refusal(path: Path, *, lenient: bool = False) -> tuple[Problem, ...]:
    """Return the problems for which a file is refused; fail if it is read."""
    with pytest.raises(CxassessError) as caught:
        read_responses(path, INSTRUMENT, lenient=lenient)
    assert all(problem.where and problem.what and problem.remedy for problem in caught.value.problems)
    return caught.value.problems


def only(problems: Sequence[Problem]) -> Problem:
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def read(path: Path, *, lenient: bool = False) -> Responses:
    return read_responses(path, INSTRUMENT, lenient=lenient)


def usable(path: Path) -> tuple[Responses, list[Problem]]:
    responses, problems = check_responses(path, INSTRUMENT)
    assert responses is not None
    return responses, problems
