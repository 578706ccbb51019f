"""Reading in chunks: what is read, and what is refused, is what reading at once gives, wherever the chunks end."""

from __future__ import annotations

import os
import pickle
import random
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders_responses import INSTRUMENT, ITEMS, Row, as_numbers, csv_bytes, long_rows, save_csv, save_xlsx, wide_rows

from cxassess.errors import CxassessError, Problem
from cxassess.responses import read_many, spool_responses, stream_responses
from cxassess.responses.codes import AnswerCodes, code_frames
from cxassess.responses.encoding import find_encoding
from cxassess.responses.stream import ResponseStream

FRAMES = ("answers", "reasons", "comments")


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let blocks of bytes and characters end everywhere."""
    monkeypatch.setattr("cxassess.responses.quotes._BLOCK", 61)
    monkeypatch.setattr("cxassess.responses.files._BLOCK", 67)


def attempt(read: Callable[[], list[Any]]) -> tuple[list[Any], tuple[Problem, ...]]:
    try:
        return read(), ()
    except CxassessError as error:
        return [], error.problems


def compare(paths: Path | Sequence[Path], rows: int, *, lenient: bool = False) -> tuple[Problem, ...]:
    """Read at once and in chunks; both must give the same responses or the same problems, which are returned."""
    whole, problems = attempt(lambda: [read_many(paths, INSTRUMENT, lenient=lenient)])
    chunks, found = attempt(lambda: list(stream_responses(paths, INSTRUMENT, lenient=lenient, chunk_rows=rows)))
    assert found == problems
    if whole:
        for name in FRAMES:
            together = pd.concat([getattr(chunk, name) for chunk in chunks], ignore_index=True)
            pd.testing.assert_frame_equal(together, getattr(whole[0], name), check_exact=True)
        assert sum(chunk.source.dropped for chunk in chunks) == whole[0].source.dropped
        stream = ResponseStream(paths, INSTRUMENT, lenient=lenient, chunk_rows=rows)
        compare_codes(list(stream.codes()), code_frames(whole[0].answers, whole[0].reasons, INSTRUMENT))
    return problems


def compare_codes(chunks: Sequence[AnswerCodes], whole: AnswerCodes) -> None:
    """Compare arrays that reading gave with those that come of frames."""
    for name in ("organisation", "wave", "unit"):
        labels = [getattr(one, name) for one in (*chunks, whole)]
        assert all(sorted(set(one.codes.tolist())) == list(range(len(one.names))) for one in labels)
        *read, expected = (one.names[one.codes].tolist() for one in labels)
        assert [text for texts in read for text in texts] == expected
    for name in ("respondent", "role", "answers", "answered_at"):
        np.testing.assert_array_equal(np.concatenate([getattr(one, name) for one in chunks]), getattr(whole, name))


def spoil(rows: list[Row], rng: random.Random) -> None:
    """Put one kind of fault, or of oddity, somewhere into good rows."""
    row, other = rng.choice(rows), rng.choice(rows)
    kind = rng.randrange(14)
    item = rng.choice(ITEMS)
    values = {0: "9", 1: "don't know", 2: "n/a", 3: "3,0", 4: "2.5", 5: "NA", 6: "", 7: "’"}
    if kind in values:
        row[item] = values[kind]
    elif kind == 8:
        row.update({name: other[name] for name in ("organisation", "wave", "respondent")})
    elif kind == 9:
        row["organisation"] = rng.choice([row["organisation"].upper(), " nordvand  a/s", "Anden A/S"])
    elif kind == 10:
        row["answered_at"] = rng.choice(
            [
                "03-04-2026",
                "13-04-2026",
                "04-13-2026",
                "31-02-2026",
                "2026-10-03T10:00:00Z",
                "2026-10-03T10:00",
                "",
                "x",
            ]
        )
    elif kind == 11:
        row["role"] = rng.choice(["", "boss", "FRONTLINE"])
    elif kind == 12:
        row["wave"] = rng.choice(["Q4 2025", "2025-10", "10", "q4 2025"])
    else:
        row.update(dict.fromkeys(ITEMS, ""))


def make_file(rng: random.Random) -> bytes:
    rows = wide_rows(rng.randrange(3, 25), organisation=rng.choice(["Nordvand A/S", "Ærø Færge"]))
    for row in rows:
        row["comment"] = rng.choice(["", "", 'Vi siger "ja"; altid, ja', "två\nrader", "=1+1"])
        if rng.random() < 0.2:
            row["organisation"] = "Sydvand"
    faults = rng.choice([0, 0, 1, 2, 6])
    for _ in range(faults):
        spoil(rows, rng)
    if rng.random() < 0.1:
        rows = [{name: value for name, value in row.items() if name != rng.choice(list(rows[0]))} for row in rows]
        rows = [{name: row.get(name, "") for name in rows[0]} for row in rows]
    codec = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"])
    data = csv_bytes(rows, delimiter=rng.choice(",;\t"), encoding=codec, end=rng.choice(["\r\n", "\n", "\r"]))
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        place = rng.randrange(len(data))
        piece = rng.choice(
            [b"", b",", b'"', b"\n", b"\r", b"\x00", b"\xc3", b"\x93", b"3", bytes([rng.randrange(256)])]
        )
        data = data[:place] + piece + data[place + rng.choice([0, 1]) :]
    return data


@pytest.mark.parametrize("block", range(10))
@pytest.mark.usefixtures("small_blocks")
def test_any_file_in_any_chunks(block: int, tmp_path: Path) -> None:
    refused = 0
    for seed in range(block * 20, block * 20 + 20):
        rng = random.Random(seed)
        path = tmp_path / "fuzz.csv"
        path.write_bytes(make_file(rng))
        refused += bool(compare(path, rng.choice([1, 2, 3, 5, 8]), lenient=seed % 2 == 0))
    assert 0 < refused < 20


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfabcdefg\xc3(",
        b"\xef\xbb\xbfabc\ndefg\xe2\x82",
        b"\xff\xfea\x00b\x00c\x00d\x00\x00\xd8e\x00",
        b"abcdef\n\xe2\x82g\x81h",
        b"abcdef\nghij\xe6kl \x93ord\x94 m\xe5l",
        b"abcdef\nghij\xe6kl o\x93rd \x94m\xe5l",
        b"abcdefgh\nijk\xff\xaf",
        b"abcdef\x00\xff",
        "abcdefg\nhæij\x07".encode(),
        "æøå€𝄞 blåbær".encode(),
    ],
)
def test_the_encoding_is_the_same_wherever_blocks_end(data: bytes) -> None:
    whole, problems = attempt(lambda: [find_encoding("a.csv", lambda: [data])])
    for size in range(4, len(data)):
        blocks = [data[place : place + size] for place in range(0, len(data), size)]
        assert attempt(lambda blocks=blocks: [find_encoding("a.csv", lambda: blocks)]) == (whole, problems)


def test_small_files_come_as_one_chunk_by_the_same_reader(tmp_path: Path) -> None:
    for path in (save_csv(tmp_path, wide_rows()), save_xlsx(tmp_path, as_numbers(wide_rows()))):
        (chunk,) = stream_responses(path, INSTRUMENT)
        assert chunk.equals(read_many(path, INSTRUMENT))
        assert chunk.source == read_many(path, INSTRUMENT).source


def test_what_only_the_whole_file_tells(tmp_path: Path) -> None:
    rows = wide_rows(12)
    rows[11]["respondent"] = rows[0]["respondent"]
    (problem,) = compare(save_csv(tmp_path, rows), 3)
    assert "row 13" in problem.where
    assert "row 2" in problem.what
    rows = wide_rows(12)
    rows[10]["unit"] = "KUNDESERVICE"
    (problem,) = compare(save_csv(tmp_path, rows), 3)
    assert "row 12" in problem.where
    rows = wide_rows(12)
    for place, row in enumerate(rows):
        row["answered_at"] = "" if place < 6 else "03-04-2026"
        row["wave"] = "Q4 2025" if place < 6 else "Q1 2026"
    assert "Day and month" in compare(save_csv(tmp_path, rows), 3)[0].what
    rows[11]["answered_at"] = "23-04-2026"
    (problem,) = compare(save_csv(tmp_path, rows), 3)
    assert "is the older" in problem.what


def test_a_day_of_no_calendar_is_said_only_if_the_order_is_certain(tmp_path: Path) -> None:
    rows = wide_rows(9)
    for row in rows:
        row["answered_at"] = "13-04-2026"
    rows[1]["answered_at"] = "31-02-2026"
    (problem,) = compare(save_csv(tmp_path, rows), 2)
    assert "calendar" in problem.what
    assert not compare(save_csv(tmp_path, rows), 2, lenient=True)
    rows[8]["answered_at"] = "04-13-2026"
    (problem,) = compare(save_csv(tmp_path, rows), 2)
    assert "told apart" in problem.what


def test_nothing_is_returned_before_everything_is_checked(tmp_path: Path) -> None:
    rows = wide_rows(12)
    rows[11]["LO1"] = "7"
    with pytest.raises(CxassessError):
        next(stream_responses(save_csv(tmp_path, rows), INSTRUMENT, chunk_rows=3))
    stream = ResponseStream(save_csv(tmp_path, rows), INSTRUMENT, chunk_rows=3)
    chunks = stream.chunks()
    assert len(next(chunks).answers) == 3
    with pytest.raises(RuntimeError, match="not read to its end"):
        _ = stream.source
    with pytest.raises(CxassessError):
        list(chunks)


def test_problems_up_to_the_cap_and_how_many_more(tmp_path: Path) -> None:
    rows = wide_rows(60)
    for row in rows:
        row.update(dict.fromkeys(ITEMS, "6"))
    path = save_csv(tmp_path, rows)
    with pytest.raises(CxassessError) as whole:
        read_many(path, INSTRUMENT)
    with pytest.raises(CxassessError) as parts:
        list(stream_responses(path, INSTRUMENT, chunk_rows=7))
    assert len(parts.value.problems) == 1_001
    assert parts.value.problems[-1] == whole.value.problems[-1]
    assert parts.value.problems[0] == whole.value.problems[0]


def test_several_files(tmp_path: Path) -> None:
    one = save_csv(tmp_path, wide_rows(12), "a.csv")
    two = save_csv(tmp_path, wide_rows(9, organisation="Sydvand"), "b.csv")
    assert not compare([one, two], 3)
    assert not compare(tmp_path, 3)
    save_csv(tmp_path, long_rows(wide_rows(9, wave="2027-10")), "c.csv")
    assert not compare(tmp_path, 4)
    save_csv(tmp_path, wide_rows(2, organisation="nordvand a/s"), "d.csv")
    assert "capitals" in compare(tmp_path, 4)[0].what
    (tmp_path / "d.csv").unlink()
    save_csv(tmp_path, [*wide_rows(1), *wide_rows(5, wave="2028-10")], "e.csv")
    (problem,) = compare(tmp_path, 4)
    assert "is also in a.csv" in problem.what
    (tmp_path / "empty").mkdir()
    assert "holds no response files" in compare([one, tmp_path / "empty"], 4)[0].what
    (tmp_path / "f.csv").write_text("nothing")
    assert len(compare([tmp_path / "f.csv", tmp_path / "g.csv"], 4)) == 2


def test_waves_of_two_files_in_doubt(tmp_path: Path) -> None:
    rows = [
        {name: value for name, value in row.items() if name != "answered_at"} for row in wide_rows(9, wave="Q4 2025")
    ]
    one = save_csv(tmp_path, rows, "a.csv")
    two = save_csv(tmp_path, [{**row, "wave": "Q1 2026"} for row in rows], "b.csv")
    (problem,) = compare([one, two], 3)
    assert problem.where == "2 files"


def test_large_files_are_read_unless_their_shape_forbids_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide, long = save_csv(tmp_path, wide_rows(12), "w.csv"), save_csv(tmp_path, long_rows(wide_rows(12)), "l.csv")
    book = save_xlsx(tmp_path, as_numbers(wide_rows(12)))
    monkeypatch.setattr("cxassess.responses.files.MAX_BYTES", 500)
    assert sum(len(chunk.answers) for chunk in stream_responses(wide, INSTRUMENT, chunk_rows=4)) == 12
    for path, what in ((long, "one row per answer"), (book, "read at once")):
        with pytest.raises(CxassessError) as caught:
            list(stream_responses(path, INSTRUMENT, chunk_rows=4))
        (problem,) = caught.value.problems
        assert what in problem.what
        assert "one row per respondent" in problem.remedy


@pytest.mark.parametrize("passes", [1, 2])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, passes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_csv(tmp_path, wide_rows(12))
    stream = ResponseStream(path, INSTRUMENT, chunk_rows=4)
    if passes == 2:
        list(stream.chunks())
        os.utime(path, ns=(1, 1))
    else:
        from cxassess.responses import csv_file

        original = csv_file.read_csv_parts
        monkeypatch.setattr(
            "cxassess.responses.file_reader.read_csv_parts",
            lambda *args: (os.utime(path, ns=(1, 1)), original(*args))[1],
        )
    with pytest.raises(CxassessError, match="changed while it was being read"):
        next(stream.chunks())


# ---------------------------------------------------------------- spool


def portfolio(count: int = 40) -> list[Row]:
    return [
        {**row, "respondent": f"p{person}", "comment": "" if person % 3 else f"Comment {person}"}
        for person in range(count)
        for row in wide_rows(1, organisation=f"Firm {person % 7}", wave=f"2026-0{1 + person % 2}")
    ]


@pytest.mark.parametrize("buckets", [None, 1, 3, 20])
def test_a_spool_holds_what_was_read(tmp_path: Path, buckets: int | None) -> None:
    path = save_csv(tmp_path, portfolio())
    whole = read_many(path, INSTRUMENT)
    seen: list[int] = []
    with spool_responses(
        path, INSTRUMENT, tmp_path / "s", buckets=buckets, chunk_rows=6, on_chunk=seen.append
    ) as spool:
        assert seen[-1] == 40
        assert spool.source == whole.source
        assert tuple(spool.organisations) == whole.organisations
        assert len(spool.buckets) == {None: 1, 1: 1, 3: 3, 20: 7}[buckets]
        copy = pickle.loads(pickle.dumps(spool))
        for name, place in spool.organisations.items():
            own = whole.select(name)
            assert copy.read(place.bucket).select(name).equals(own)
            assert spool.select(name).equals(own)
            assert (place.rows, place.waves) == (len(own.answers), ("2026-01", "2026-02"))
        assert sum(len(part.answers) for part in spool.parts()) == 40
        assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700
    assert not spool.folder.exists()


def test_a_spool_of_several_files_and_shapes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    save_csv(tmp_path / "in", portfolio(), "a.csv")
    save_csv(tmp_path / "in", long_rows(wide_rows(9, organisation="Firm 2", wave="2027-01")), "b.csv")
    save_xlsx(tmp_path / "in", as_numbers(wide_rows(9, organisation="New")), "c.xlsx")
    whole = read_many(tmp_path / "in", INSTRUMENT)
    with spool_responses(tmp_path / "in", INSTRUMENT, tmp_path / "out", buckets=2, chunk_rows=5) as spool:
        assert spool.source == whole.source
        assert all(spool.select(name).equals(whole.select(name)) for name in whole.organisations)
        assert spool.organisations["Firm 2"].waves[-1] == "2027-01"


def test_a_spool_of_bad_files_leaves_nothing(tmp_path: Path) -> None:
    rows = portfolio()
    rows[-1]["LO1"] = rows[0]["LO2"] = "7"
    path = save_csv(tmp_path, rows)
    with pytest.raises(CxassessError) as caught:
        spool_responses(path, INSTRUMENT, tmp_path / "s", chunk_rows=6)
    assert len(caught.value.problems) == 2
    assert list((tmp_path / "s").iterdir()) == []
    with spool_responses(path, INSTRUMENT, tmp_path / "s", chunk_rows=6, lenient=True) as spool:
        assert spool.source.dropped == 2
    with pytest.raises(CxassessError, match="folder"):
        spool_responses(path, INSTRUMENT, path / "s", lenient=True)


# ---------------------------------------------------------------- Parquet


@pytest.fixture
def parquet() -> Iterator[Callable[..., Path]]:
    pyarrow = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    from pyarrow import parquet

    def save(path: Path, columns: dict[str, object], **options: object) -> Path:
        parquet.write_table(pyarrow.table(columns), path, **options)
        return path

    return save


def columns_of(rows: Sequence[Row]) -> dict[str, list]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) or None for row in rows] for name in names}


@pytest.mark.parametrize("rows", [4, 5, 100])
@pytest.mark.parametrize("kind", [str, int, float])
def test_parquet_is_read_like_text(tmp_path: Path, parquet: Callable[..., Path], rows: int, kind: type) -> None:
    people = wide_rows(12)
    expected = read_many(save_csv(tmp_path, people), INSTRUMENT)
    typed = columns_of(people)
    for item in ITEMS:
        typed[item] = [None if value is None else kind(value) for value in typed[item]]
    typed["answered_at"] = [date.fromisoformat(value) for value in typed["answered_at"]]
    path = parquet(tmp_path / "a.parquet", typed, row_group_size=3)
    assert read_many(path, INSTRUMENT).equals(expected)
    assert not compare(path, rows)
    chunks = list(stream_responses(path, INSTRUMENT, chunk_rows=rows))
    assert len(chunks) == (1 if rows == 100 else 3)
    assert chunks[0].source.shape == "wide"


def test_long_parquet(tmp_path: Path, parquet: Callable[..., Path]) -> None:
    people = wide_rows(6)
    path = parquet(tmp_path / "a.parquet", columns_of(long_rows(people)))
    assert read_many(path, INSTRUMENT).equals(read_many(save_csv(tmp_path, long_rows(people)), INSTRUMENT))
    assert not compare(path, 3)


@pytest.mark.parametrize(
    ("name", "values", "what"),
    [
        ("LO1", [True, False], "logical"),
        ("LO1", [3.5, 3.0], "3.5"),
        ("LO1", [[1], [2]], "list"),
        ("LO1", [b"3", b"3"], "Neither"),
        ("LO1", [float("inf"), 3.0], "Neither"),
        ("LO1", [date(2026, 1, 2), None], "date"),
        ("wave", [datetime(2026, 1, 2), datetime(2026, 1, 2)], "date"),
        ("organisation", ["a\x00b", "a"], "control"),
        ("answered_at", [datetime(1890, 1, 1), None], "1890"),
    ],
)
def test_parquet_values_that_mean_nothing(
    tmp_path: Path, parquet: Callable[..., Path], name: str, values: list, what: str
) -> None:
    columns = columns_of(wide_rows(8)) | {name: values * 4}
    problems = compare(parquet(tmp_path / "a.parquet", columns), 3)
    assert what in problems[0].what
    assert "row 2" in problems[0].where


def test_parquet_blanks_repeats_and_dictionaries(tmp_path: Path, parquet: Callable[..., Path]) -> None:
    import pyarrow

    people = [*wide_rows(9), {}]
    columns: dict = columns_of(people)
    columns["role"] = pyarrow.array(columns["role"]).dictionary_encode()
    columns["LO1"] = pyarrow.array([float("nan"), *[3.0] * 8, None])
    columns["x_notes"] = pyarrow.nulls(10)
    path = parquet(tmp_path / "a.parquet", columns)
    assert not compare(path, 3)
    responses = read_many(path, INSTRUMENT)
    assert len(responses.answers) == 9
    assert responses.answers["LO1"].isna().tolist() == [True] + [False] * 8
    columns["respondent"] = ["r0"] * 9 + [None]
    assert len(compare(parquet(tmp_path / "b.parquet", columns), 3)) == 8


def test_parquet_that_is_broken_or_has_no_rows(tmp_path: Path, parquet: Callable[..., Path]) -> None:
    path = parquet(tmp_path / "a.parquet", columns_of(wide_rows(9)))
    path.write_bytes(path.read_bytes()[:-9])
    assert "can’t be read" in compare(path, 3)[0].what
    assert "can’t be read" in compare(path, 3_000)[0].what
    path = parquet(tmp_path / "a.parquet", {name: [] for name in columns_of(wide_rows(1))})
    assert "no responses" in compare(path, 3)[0].what


def test_parquet_without_the_extra(
    tmp_path: Path, parquet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parquet(tmp_path / "a.parquet", columns_of(wide_rows(9)))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for rows in (3, 3_000):
        (problem,) = compare(path, rows)
        assert 'pip install "cxassess[parquet]"' in problem.remedy
