"""Writing and reading back: nothing is lost, and nothing is calculated by a spreadsheet."""

from __future__ import annotations

import csv
import time
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders_responses import INSTRUMENT, ITEMS, ROLES, long_rows, read, save_csv, wide_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxassess.errors import CxassessError
from cxassess.responses import (
    COMMENT_COLUMNS,
    ID_COLUMNS,
    KEYS,
    REASON_COLUMNS,
    Responses,
    Source,
    read_responses,
    write_responses,
)

SHORT = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
TRICKY = [
    "=1+1",
    "'",
    "''x",
    "+46 70",
    "-",
    "@home",
    '"',
    '""',
    ",;\t|",
    "\r\n",
    "a\rb\nc",
    "שלום",
    "مرحبا",
    "👩‍👩‍👧 🍏",
    "\u200fx",
    "{n}",
]
characters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"))
comments = st.one_of(
    st.sampled_from(TRICKY), st.text(st.one_of(characters, st.sampled_from("\n\r\t \"'=,;")), max_size=40)
).map(lambda text: text if text.strip() else f"  {text}x ")
names = (
    st.text(characters, min_size=1, max_size=12)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(lambda text: text and not any(char in text for char in "\u2028\u2029\x85"))
)


@st.composite
def responses(draw: st.DrawFn) -> Responses:
    """Draw any responses that reading could have given."""
    people = draw(st.integers(1, 5))
    tag = draw(st.sampled_from(["Ålborg ", "=1 ", "'", "-", "בית ", "x "]))
    rows, reasons, said = [], [], []
    for person in range(people):
        key = (f"{tag}{person // 3}", f"{tag}wave", f"{draw(names)} {person}")
        role = draw(st.sampled_from(ROLES))
        pulse = draw(st.booleans())
        moment = draw(
            st.none() | st.datetimes(pd.Timestamp(2000, 1, 1).to_pydatetime(), pd.Timestamp(2099, 1, 1).to_pydatetime())
        )
        seconds = draw(st.none() | st.integers(0, 99_999))
        row = [*key, role, draw(st.none() | st.just(f"{tag}unit")), moment, seconds]
        asked = [item for item in INSTRUMENT.items if role in item.roles and (item.pulse or not pulse)]
        values = {item.id: draw(st.integers(-2, 5)) for item in asked}
        values[asked[0].id] = values[asked[0].id] or -1
        rows.append([*row, *(values.get(item) if values.get(item, 0) > 0 else None for item in ITEMS)])
        words = {0: "missing", -1: "dont_know", -2: "not_applicable"}
        reasons += [[*key, item, words[value]] for item, value in values.items() if value <= 0]
        chosen = draw(st.lists(st.sampled_from(["", *ITEMS[:3]]), unique=True, max_size=3))
        said += [[*key, item, draw(comments)] for item in sorted(chosen, key=("", *ITEMS).index)]
    answers = pd.DataFrame(rows, columns=[*ID_COLUMNS, *ITEMS])
    types = dict.fromkeys((*KEYS, "role", "unit"), "str") | {"answered_at": "datetime64[us]", "seconds": "Int64"}
    answers = answers.astype(types | dict.fromkeys(ITEMS, "Int8"))
    return Responses(
        INSTRUMENT,
        answers,
        pd.DataFrame(reasons, columns=list(REASON_COLUMNS)).astype("str"),
        pd.DataFrame(said, columns=list(COMMENT_COLUMNS)).astype("str"),
        Source("drawn", "", "wide", people),
    )


@SHORT
@given(drawn=responses())
def test_what_is_written_is_read_back(drawn: Responses, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("written") / "written.csv"
    write_responses(drawn, path)
    again = read_responses(path, INSTRUMENT)
    pd.testing.assert_frame_equal(again.answers, drawn.answers)
    pd.testing.assert_frame_equal(again.reasons, drawn.reasons)
    pd.testing.assert_frame_equal(again.comments, drawn.comments)
    assert again.equals(drawn)
    with path.open(encoding="utf-8", newline="") as stream:
        for record in csv.reader(stream):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in record)


def test_a_foreign_file_keeps_its_apostrophes(tmp_path: Path) -> None:
    rows = [{**row, "comment": "'twas =fine"} for row in wide_rows(2)]
    assert read(save_csv(tmp_path, rows)).comments["text"].tolist() == ["'twas =fine"] * 2


def test_writing_is_the_same_twice_and_forgets_nothing_of_long_files(tmp_path: Path) -> None:
    original = read(save_csv(tmp_path, long_rows(wide_rows())))
    for name in ("a.csv", "b.csv"):
        write_responses(original, tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    again = read(tmp_path / "a.csv")
    assert again.equals(original)
    assert again.source.sha256 != original.source.sha256


def test_control_characters_are_refused(tmp_path: Path) -> None:
    original = read(save_csv(tmp_path, [{**row, "comment": "x"} for row in wide_rows(2)]))
    original.comments.loc[1, "text"] = "a\x00b"
    with pytest.raises(CxassessError, match=r"row 3, column comment"):
        write_responses(original, tmp_path / "out.csv")


def test_equals_sees_every_difference(tmp_path: Path) -> None:
    rows = [{**row, "comment": "x"} for row in wide_rows(3)]
    rows[0]["LO1"] = "n/a"
    original = read(save_csv(tmp_path, rows))
    changes = {
        "answers": ("LO1", 1, 4),
        "reasons": ("reason", 0, "missing"),
        "comments": ("text", 0, "y"),
    }
    for frame, (column, row, value) in changes.items():
        other = read(save_csv(tmp_path, rows))
        assert other.equals(original)
        getattr(other, frame).loc[row, column] = value
        assert not other.equals(original)


def test_many_answers_are_read_in_seconds(tmp_path: Path) -> None:
    """A hundred thousand answers, long, the slower shape; ten times as many take about ten times as long."""
    people = 100_000 // 8
    items = [item.id for item in INSTRUMENT.items_for("front_line")][:8]
    numbers = np.random.default_rng(1).integers(1, 6, size=(people, 8))
    lines = ["organisation;wave;respondent;role;item;answer"]
    lines += [f"A;1;{p};front_line;{item};{numbers[p, i]}" for p in range(people) for i, item in enumerate(items)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(lines))
    start = time.process_time()
    found = read(path)
    assert time.process_time() - start < 10
    assert (found.answers[items].to_numpy(dtype=int) == numbers).all()
