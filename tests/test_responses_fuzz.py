"""Five hundred broken response files: each is read rightly, or refused with a message; never silently changed.

A damaged file may by chance be another file that is just as good: a digit that has become another digit, a letter in a
comment. Such a file is provably right, and the reference below says exactly what it holds: the mutated bytes, decoded
as the file was encoded, divided by the standard library. Whatever is read must be that, cell by cell.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders_responses import INSTRUMENT, ITEMS, ROLES, Row, as_numbers, csv_bytes, long_rows, save_xlsx, wide_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxassess.responses import Responses, check_responses, read_responses

QUIET = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
CODECS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with byte-order mark",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
}
NOT_A_NUMBER = {"don't know": "dont_know", "dont know": "dont_know", "n/a": "not_applicable"}
Cells = dict[tuple[str, str, str], dict[str, Any]]


def make_rows() -> list[Row]:
    rows = wide_rows(7, organisation="Ærø Færge")
    for row in rows:
        row["comment_LO1"] = row["comment"] = ""
    rows[0]["comment_LO1"] = 'Vi siger "ja", altid; prøv selv'
    rows[3]["comment_LO1"] = "två\nrader, för er"
    rows[2]["comment"] = "Godt"
    rows[1]["LO1"], rows[1]["LO2"], rows[5]["LO1"] = "don't know", "n/a", ""
    return rows


ROWS = make_rows()


def name_of(header: str) -> str:
    """Return a column name as the reference understands it."""
    text = header.strip().casefold()
    if text.startswith("comment") and len(text) > 7:
        return "comment_" + text[8:].strip().upper()
    return text.upper() if text.upper() in ITEMS else re.sub(r"[\s_-]", "", text).replace("answeredat", "answered_at")


def value_of(name: str, text: str) -> Any:
    """Return what a cell holds, in the simplest way that is right."""
    if name.startswith("comment"):
        return text if text.strip() else None
    text = text.strip()
    if name in ITEMS:
        word = re.sub(r"[’‘`´]", "'", " ".join(text.casefold().split()))
        return int(text) if text in set("12345") else NOT_A_NUMBER.get(word, None if not text else f"bad {text}")
    if name == "answered_at":
        return date.fromisoformat(text) if text else None
    if name == "role":
        short = re.sub(r"[\s_-]", "", text.casefold())
        return next(role for role in ROLES if role.replace("_", "") == short)
    return text or None


def reference(data: bytes, codec: str, delimiter: str) -> tuple[Cells, list[list[str]]]:
    """Read a wide file with nothing but the standard library."""
    grid = [row for row in csv.reader(io.StringIO(data.decode(codec), newline=""), delimiter=delimiter) if any(row)]
    names = [name_of(name) for name in grid[0]]
    cells = {}
    for row in grid[1:]:
        assert len(row) == len(names)
        values = {name: value_of(name, text) for name, text in zip(names, row, strict=True)}
        key = tuple(values.pop(name) for name in ("organisation", "wave", "respondent"))
        assert key not in cells
        cells[key] = values
    return cells, grid


def contents(responses: Responses) -> Cells:
    """Return what was read in the reference's form."""
    cells: Cells = {}
    for row in responses.answers.to_dict("records"):
        key = (row["organisation"], row["wave"], row["respondent"])
        values = {item: None if pd.isna(row[item]) else int(row[item]) for item in ITEMS}
        unit = None if pd.isna(row["unit"]) else row["unit"]
        moment = None if pd.isna(row["answered_at"]) else row["answered_at"].date()
        cells[key] = {**values, "role": row["role"], "unit": unit, "answered_at": moment}
    for *key, item, reason in responses.reasons.itertuples(index=False):
        cells[tuple(key)][item] = None if reason == "missing" else reason
    for *key, item, text in responses.comments.itertuples(index=False):
        cells[tuple(key)][f"comment_{item}" if item else "comment"] = text
    return cells


def filled(cells: Cells) -> Cells:
    """Leave out what is blank, and words for what a role isn't asked."""
    asked = {role: {item.id for item in INSTRUMENT.items_for(role)} for role in ROLES}
    return {
        key: {
            name: value
            for name, value in values.items()
            if value is not None and (name not in ITEMS or isinstance(value, int) or name in asked[values["role"]])
        }
        for key, values in cells.items()
    }


def attempt(folder: Path, data: bytes, name: str = "fuzz.csv") -> Responses | None:
    """Read a file; None if it is refused. Anything but problems with a place and a remedy fails the test."""
    path = folder / name
    path.write_bytes(data)
    responses, problems = check_responses(path, INSTRUMENT)
    assert all(problem.where and problem.what and problem.remedy for problem in problems)
    assert problems or responses is not None
    return None if problems else responses


def flip_bits(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def replace_bytes(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2])):
        changed[rng.randrange(len(changed))] = rng.choice([rng.randrange(256), *b'",;\n\r5 3\t'])
    return bytes(changed)


def truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def cut_out(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice([1, 1, 2, 5, 80]) :]


def insert(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return (
        data[:start]
        + rng.choice([b"3", b",", b";", b'"', b"\n", b"\r\n", b"\x00", b"\xc3", b"LO1", b" "])
        + data[start:]
    )


def swap_delimiters(data: bytes, rng: random.Random) -> bytes:
    one, other = rng.sample([b",", b";", b"\t"], 2)
    return data.replace(one, other)


BREAKS: list[Callable[[bytes, random.Random], bytes]] = [
    flip_bits,
    replace_bytes,
    truncate,
    cut_out,
    insert,
    swap_delimiters,
]


@settings(max_examples=280, **QUIET)
@given(
    broken=st.sampled_from(BREAKS),
    codec=st.sampled_from(list(CODECS)),
    delimiter=st.sampled_from(",;\t"),
    seed=st.integers(0, 10**6),
)
def test_broken_bytes(
    broken: Callable[[bytes, random.Random], bytes],
    codec: str,
    delimiter: str,
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = csv_bytes(ROWS, delimiter=delimiter, encoding=codec)
    changed = broken(data, random.Random(seed))
    found = attempt(tmp_path_factory.getbasetemp(), changed)
    if found is None:
        assert changed != data
        return
    understood = {label: name for name, label in CODECS.items()}[found.source.encoding]
    lost_mark = (codec, understood) == ("utf-8-sig", "utf-8")
    assert understood == codec or lost_mark or changed.isascii()
    cells, grid = reference(changed, understood, found.source.delimiter)
    assert filled(contents(found)) == filled(cells)
    if broken in {flip_bits, replace_bytes}:
        _, before = reference(data, codec, delimiter)
        differing = [
            (row, column)
            for row, (old, new) in enumerate(zip(before, grid, strict=True))
            for column, (old_text, new_text) in enumerate(zip(old, new, strict=True))
            if old_text != new_text
        ]
        assert len(differing) <= sum(old != new for old, new in zip(data, changed, strict=True))


def by_respondent(responses: Responses) -> pd.DataFrame:
    return responses.answers.set_index(["organisation", "wave", "respondent"]).sort_index()


@settings(max_examples=80, **QUIET)
@given(
    seed=st.integers(0, 10**6),
    codec=st.sampled_from(list(CODECS)),
    delimiter=st.sampled_from(",;\t"),
    long=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_changes_without_meaning(
    seed: int, codec: str, delimiter: str, long: bool, end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(seed)
    folder = tmp_path_factory.getbasetemp()
    rows = long_rows(ROWS) if long else [dict(row) for row in ROWS]
    original = attempt(folder, csv_bytes(rows))
    assert original is not None
    columns = list(rows[0])
    rng.shuffle(rows)
    rng.shuffle(columns)
    dressed = []
    for row in rows:
        new = {rng.choice([str.upper, str.lower, str.title])("a") and name: row[name] for name in columns}
        new["role"] = rng.choice([row["role"], INSTRUMENT.role(row["role"]).name.upper(), f" {row['role']} "])
        for name in columns:
            if name in ITEMS or name == "answer":
                value = row[name]
                new[name] = (
                    rng.choice([value, f"{value} ", f"{value}.0", f"{value},00"]) if value.isdecimal() else value
                )
        dressed.append(new)
    headers = {name: rng.choice([name, name.upper(), f" {name} "]) for name in columns}
    data = csv_bytes(
        [{headers[name]: row[name] for name in columns} for row in dressed],
        delimiter=delimiter,
        encoding=codec,
        end=end,
    )
    found = attempt(folder, data)
    assert found is not None
    pd.testing.assert_frame_equal(by_respondent(found), by_respondent(original))
    for frame in ("reasons", "comments"):
        assert sorted(getattr(found, frame).to_numpy().tolist()) == sorted(getattr(original, frame).to_numpy().tolist())


@settings(max_examples=60, **QUIET)
@given(dropped=st.sets(st.sampled_from(list(ROWS[0])), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_columns_dropped_and_rows_repeated(
    dropped: set[str], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(seed)
    rows = [{name: value for name, value in row.items() if name not in dropped} for row in ROWS]
    repeat = seed % 4 == 0
    rows = [*rows, rng.choice(rows)] if repeat else rows
    found = attempt(tmp_path_factory.getbasetemp(), csv_bytes(rows))
    optional = {"unit", "answered_at", "comment", "comment_LO1"}
    allowed = dropped <= optional | {"wave"} and not repeat
    allowed = allowed or ("respondent" in dropped and dropped <= optional | {"respondent"})
    assert (found is not None) == allowed
    if found is None:
        return
    assert len(found.answers) == len(rows)
    for position, row in enumerate(rows):
        for item in ITEMS:
            value = found.answers.loc[position, item]
            assert ("" if pd.isna(value) else str(value)) == (row[item] if row[item].isdecimal() else "")
    assert not set(found.comments["item"]) & {
        "" if name == "comment" else name[8:] for name in dropped if "comment" in name
    }


@settings(max_examples=80, **QUIET)
@given(broken=st.sampled_from([flip_bits, replace_bytes, truncate, cut_out, insert]), seed=st.integers(0, 10**6))
def test_broken_workbooks(
    broken: Callable[[bytes, random.Random], bytes], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = folder / "whole.xlsx"
    if not whole.exists():
        save_xlsx(folder, as_numbers(ROWS), "whole.xlsx")
    original = read_responses(whole, INSTRUMENT)
    found = attempt(folder, broken(whole.read_bytes(), random.Random(seed)), "broken.xlsx")
    assert found is None or found.equals(original)
