"""Files that are refused: each with its place, what is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_responses import (
    INSTRUMENT,
    ITEMS,
    csv_bytes,
    long_rows,
    only,
    read,
    refusal,
    save_csv,
    save_xlsx,
    usable,
    wide_rows,
)

from cxassess.responses import check_responses

UNASKED = next(item.id for item in INSTRUMENT.items if "front_line" not in item.roles)


def drop(rows: list[dict], *names: str) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("0", "not an answer from 1 to 5"),
        ("6", "not an answer from 1 to 5"),
        ("-1", "not an answer from 1 to 5"),
        ("3.5", "nothing is rounded"),
        ("3,5", "nothing is rounded"),
        ("3.000", "nothing is rounded"),
        ("03", "not an answer"),
        ("NA", "may mean"),
        ("#N/A", "is not an answer"),
        ("Systematic", "is not an answer"),
        ("３", "is not an answer"),
        ("3 4", "is not an answer"),
        ("1e0", "nothing is rounded"),
        ("dont no", "is not an answer"),
    ],
)
def test_bad_answers(tmp_path: Path, value: str, what: str) -> None:
    rows = wide_rows()
    rows[4]["LO1"] = value
    path = save_csv(tmp_path, rows)
    problem = only(refusal(path))
    assert problem.where == "responses.csv, row 6, column G (LO1)"
    assert what in problem.what
    assert value in problem.what
    lenient = read(path, lenient=True)
    assert lenient.source.dropped == 1
    assert lenient.reasons.to_numpy().tolist() == [["Nordvand A/S", "2026-10", "r4", "LO1", "missing"]]
    rows[4]["LO1"] = ""
    assert lenient.equals(read(save_csv(tmp_path, rows)))


def test_a_near_miss_gets_a_suggestion(tmp_path: Path) -> None:
    rows = wide_rows()
    rows[0]["LO1"] = "dont kno"
    assert "Did you mean" in only(refusal(save_csv(tmp_path, rows))).remedy


def test_an_item_that_the_role_is_not_asked(tmp_path: Path) -> None:
    for make in (list, long_rows):
        rows = wide_rows()
        rows[2][UNASKED] = "3"
        path = save_csv(tmp_path, make(rows))
        assert f"{UNASKED} isn’t asked of front_line" in only(refusal(path)).what
        lenient = read(path, lenient=True)
        assert lenient.source.dropped == 1
        rows[2][UNASKED] = ""
        assert lenient.equals(read(save_csv(tmp_path, make(rows))))


@pytest.mark.parametrize("value", ["don't know", "n/a"])
def test_no_number_for_what_is_not_asked_is_nothing(tmp_path: Path, value: str) -> None:
    rows = wide_rows()
    expected = read(save_csv(tmp_path, rows))
    rows[2][UNASKED] = value
    assert read(save_csv(tmp_path, rows)).equals(expected)


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = wide_rows()
    rows[5]["LO1"] = "9"
    rows[1]["role"] = "boss"
    rows[1]["CS4"] = "x"
    rows[3]["respondent"] = "r1"
    rows[6]["answered_at"] = "soon"
    rows = [{**row, "untit": "x"} for row in rows]
    problems = refusal(save_csv(tmp_path, rows))
    places = [problem.where.split(", ")[1] for problem in problems]
    assert places == ["column AM (untit)", "row 3", "row 3", "row 5", "row 7", "row 8"]


def test_problems_are_capped_but_counted(tmp_path: Path) -> None:
    rows = wide_rows(60)
    for row in rows:
        row.update(dict.fromkeys(ITEMS, "9"))
    responses, problems = check_responses(save_csv(tmp_path, rows), INSTRUMENT)
    assert responses is None
    assert len(problems) == 1001
    assert problems[-1].what == f"{60 * 32 + 1 - 1000:,} more problems are not listed."


def test_respondents_without_an_answer(tmp_path: Path) -> None:
    for make in (list, long_rows):
        rows = wide_rows()
        if make is list:
            rows[2].update(dict.fromkeys(ITEMS, ""))
            data = rows
        else:
            data = long_rows(rows)
            data = [row for row in data if row["respondent"] != "r2"] + [
                {**row, "answer": ""} for row in data if row["respondent"] == "r2"
            ]
        path = save_csv(tmp_path, data)
        assert "no answer to any item" in only(refusal(path)).what
        lenient = read(path, lenient=True)
        assert "r2" not in set(lenient.answers["respondent"])
        assert "r2" not in set(lenient.reasons["respondent"])
        assert "left out because no answer is left: 1" in lenient.source.notes


def test_leaving_out_respondents_keeps_the_others_comments(tmp_path: Path) -> None:
    rows = [{**row, "comment": f"said by {row['respondent']}"} for row in wide_rows()]
    rows[2].update(dict.fromkeys(ITEMS, "9"))
    comments = read(save_csv(tmp_path, rows), lenient=True).comments
    assert comments["respondent"].tolist() == [f"r{person}" for person in (0, 1, 3, 4, 5, 6, 7)]
    assert all(text == f"said by {name}" for name, text in zip(comments["respondent"], comments["text"], strict=True))


def test_duplicate_respondents(tmp_path: Path) -> None:
    rows = wide_rows()
    problem = only(refusal(save_csv(tmp_path, [*rows, rows[2]]), lenient=True))
    assert problem.where == "responses.csv, row 10"
    assert "“r2” is there twice" in problem.what
    assert "row 4" in problem.what
    other = [{**row, "wave": "2025-10"} for row in rows]
    assert len(read(save_csv(tmp_path, [*rows, *other])).answers) == 16


def test_contradictions_in_a_long_file(tmp_path: Path) -> None:
    rows = long_rows(wide_rows(4))
    rows = [*rows, {**rows[0], "answer": str(int(rows[0]["answer"]) % 5 + 1)}]
    problem = only(refusal(save_csv(tmp_path, rows), lenient=True))
    assert "contradicts" in problem.what
    assert f"row {len(rows) + 1}" in problem.where
    for column, value in (("role", "back_office"), ("unit", "Salg")):
        rows = long_rows(wide_rows(4))
        rows[1][column] = value
        assert f"The {column} “{value}” differs" in refusal(save_csv(tmp_path, rows), lenient=True)[0].what


def test_two_comments_on_one_item_in_a_long_file(tmp_path: Path) -> None:
    rows = long_rows(wide_rows(4))
    rows[0]["comment"] = "one"
    rows = [*rows, {**rows[0], "comment": "two"}]
    assert "second, different comment" in only(refusal(save_csv(tmp_path, rows))).what


def test_unknown_roles_items_and_columns_get_suggestions(tmp_path: Path) -> None:
    rows = wide_rows()
    rows[0]["role"] = "front lime"
    problem = only(refusal(save_csv(tmp_path, rows), lenient=True))
    assert "Did you mean Front line?" in problem.remedy
    assert "top_management" in problem.remedy
    rows = long_rows(wide_rows(4))
    rows[0]["item"] = "L01"
    problem = only(refusal(save_csv(tmp_path, rows), lenient=True))
    assert "“L01” is not an item" in problem.what
    assert "LO1" in problem.remedy
    rows = [{**row, "oganisation": "x"} for row in wide_rows()]
    problem = only(refusal(save_csv(tmp_path, rows), lenient=True))
    assert "Did you mean organisation?" in problem.remedy
    assert "x_" in problem.remedy


@pytest.mark.parametrize("column", ["organisation", "role", "LO3", "PP4"])
def test_missing_columns(tmp_path: Path, column: str) -> None:
    problem = only(refusal(save_csv(tmp_path, drop(wide_rows(), column)), lenient=True))
    assert column in problem.what
    assert "missing" in problem.what


@pytest.mark.parametrize("column", ["organisation", "role", "respondent", "item", "answer"])
def test_missing_columns_of_a_long_file(tmp_path: Path, column: str) -> None:
    assert refusal(save_csv(tmp_path, drop(long_rows(wide_rows()), column)), lenient=True)


def test_two_columns_that_mean_the_same(tmp_path: Path) -> None:
    rows = [{**row, "Virksomhed": "x"} for row in wide_rows()]
    problem = only(refusal(save_csv(tmp_path, rows)))
    assert "Means the same as column A (organisation)" in problem.what
    path = tmp_path / "twice.csv"
    data = csv_bytes(wide_rows()).decode().replace("LO2", "lo1")
    path.write_bytes(data.encode())
    assert any("Means the same" in problem.what for problem in refusal(path))


def test_both_shapes_at_once(tmp_path: Path) -> None:
    rows = [{**row, "item": "LO1", "answer": "1"} for row in wide_rows()]
    assert "both shapes" in only(refusal(save_csv(tmp_path, rows))).what


@pytest.mark.parametrize("column", ["organisation", "wave", "respondent", "role"])
def test_blank_names(tmp_path: Path, column: str) -> None:
    rows = wide_rows()
    rows[3][column] = "  "
    problem = only(refusal(save_csv(tmp_path, rows), lenient=True))
    assert "blank" in problem.what
    assert "row 5" in problem.where


@pytest.mark.parametrize("column", ["organisation", "wave", "unit"])
def test_names_that_differ_only_in_capitals_or_spaces(tmp_path: Path, column: str) -> None:
    rows = wide_rows()
    for row in rows:
        row[column] = "Nord Vand"
    rows[3][column] = "nord  vand"
    problem = only(refusal(save_csv(tmp_path, rows), lenient=True))
    assert "capitals or spaces" in problem.what
    assert "row 5" in problem.where


def test_names_that_excel_has_spoilt(tmp_path: Path) -> None:
    rows = wide_rows()
    rows[0]["respondent"] = "1,23457E+18"
    assert "shortened" in only(refusal(save_csv(tmp_path, rows))).what
    rows[0]["respondent"] = "two\nlines"
    assert "line break" in only(refusal(save_csv(tmp_path, rows))).what


@pytest.mark.parametrize("value", ["2026-13-01", "2026-02-30", "1826-10-01", "45935", "2026", "10/2026", "soon"])
def test_bad_dates(tmp_path: Path, value: str) -> None:
    rows = wide_rows()
    rows[0]["answered_at"] = value
    path = save_csv(tmp_path, rows)
    assert "answered_at" in only(refusal(path)).where
    assert read(path, lenient=True).answers["answered_at"].isna().tolist() == [True] + [False] * 7


@pytest.mark.parametrize("value", ["12.5", "-3", "2:10"])
def test_bad_seconds(tmp_path: Path, value: str) -> None:
    rows = [{**row, "seconds": "300"} for row in wide_rows()]
    rows[0]["seconds"] = value
    path = save_csv(tmp_path, rows)
    assert "seconds" in only(refusal(path)).what
    assert read(path, lenient=True).answers["seconds"].isna().tolist() == [True] + [False] * 7


def test_rows_that_are_too_short_or_too_long(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = csv_bytes(wide_rows()).decode().splitlines()
    for row in (lines[3] + ",5", lines[3].rpartition(",")[0]):
        path.write_text("\n".join([*lines[:3], row, *lines[4:]]))
        problem = only(refusal(path, lenient=True))
        assert problem.where == "a.csv, row 4"
        assert "fields" in problem.what


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (csv_bytes(wide_rows()).split(b"\r\n")[0], "no responses"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 rubbish", "damaged"),
        (bytes(range(256)) * 4, "isn’t text"),
        (csv_bytes(wide_rows(), encoding="utf-16-le"), "UTF-16 without"),
        (csv_bytes(wide_rows(), encoding="utf-32"), "UTF-32"),
        (b"a;b;c\n1;2;3\n", "no known column names"),
        (b"just some text\n", "no known column names"),
        (b"organisation,wave;role\n1,2;3\n", "no known column names"),
        (csv_bytes(wide_rows()).replace(b"r3", b"r\x003"), "isn’t text"),
        (csv_bytes(wide_rows()).replace(b"r3", b"r\x013"), "control character"),
        (csv_bytes(wide_rows()).replace(b"r3", b'r"3'), "quotation mark"),
        (csv_bytes(wide_rows()).replace(b"r3", b'"r3'), "quotation mark"),
        (csv_bytes(wide_rows(organisation="Å"), encoding="mac_roman"), "encoding"),
        (csv_bytes(wide_rows(organisation="hjælp"), encoding="cp850"), "encoding"),
        (csv_bytes(wide_rows(organisation="får"), encoding="mac_roman"), "encoding"),
        (csv_bytes(wide_rows(organisation="får"), encoding="cp850"), "encoding"),
        (csv_bytes(wide_rows(organisation="Łódź"), encoding="cp1250"), "encoding"),
        (csv_bytes(wide_rows(organisation="blåbær")).replace("æ".encode(), b"\xc3"), "encoding"),
        (csv_bytes([{**row, "comment": "y" * 10_001} for row in wide_rows()]), "longer than"),
        (csv_bytes(wide_rows()).replace(b"organisation,wave", b"organisation;wave"), "38 fields"),
    ],
)
def test_files_that_are_no_responses(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "responses.csv"
    path.write_bytes(data)
    assert any(what in problem.what for problem in refusal(path, lenient=True))


def test_a_folder_a_missing_file_and_an_unreadable_name(tmp_path: Path) -> None:
    assert "folder" in only(refusal(tmp_path)).what
    assert "no such file" in only(refusal(tmp_path / "none.csv")).what
    assert "can’t be read" in only(refusal(tmp_path / ("x" * 300 + ".csv"))).what
    assert "can’t be read" in only(refusal(tmp_path / "a\0.csv")).what


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxassess.responses.files.MAX_BYTES", 100)
    assert "at most" in only(refusal(save_csv(tmp_path, wide_rows()))).what


def test_checking_gives_what_can_be_used_beside_the_problems(tmp_path: Path) -> None:
    rows = wide_rows()
    rows[0]["LO1"] = "9"
    responses, problems = usable(save_csv(tmp_path, rows))
    assert len(problems) == 1
    assert len(responses.answers) == 8
    responses, problems = usable(save_xlsx(tmp_path, wide_rows()))
    assert problems == []


def test_encodings_that_were_mixed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    data = csv_bytes(wide_rows(organisation="NAME"))
    path.write_bytes(data.replace(b"NAME", b"Sm\xf6r \x96 f\xf6r alla \x93v\xe4nner\x94"))
    assert read(path).organisations == ("Smör – för alla “vänner”",)
    path.write_bytes(data.replace(b"NAME", b"Sm\xf6r h\x94g"))
    assert "within words" in only(refusal(path)).what


def test_a_header_that_can_be_divided_in_two_ways(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("organisation;wave;role,LO1,LO2\n1;2;3,4,5\n")
    assert "can be divided by comma and semicolon" in only(refusal(path)).what


def test_the_column_form_tells_who_was_asked_what(tmp_path: Path) -> None:
    item = next(item.id for item in INSTRUMENT.items_for("front_line") if not item.pulse)
    for make in (list, long_rows):
        rows = [{**row, "form": "Fuldt skema"} for row in wide_rows()]
        rows[2]["form"] = "PULS"
        data = [{**row, "form": "pulse" if row["respondent"] == "r2" else "full"} for row in make(rows)]
        path = save_csv(tmp_path, data if make is long_rows else rows)
        problems = refusal(path)
        surplus = [item for item in INSTRUMENT.items_for("front_line") if not item.pulse]
        assert len(problems) == len(surplus)
        assert all("pulse form" in problem.what for problem in problems)
        lenient = read(path, lenient=True)
        assert lenient.answers[item].isna().tolist() == [row["respondent"] == "r2" or not row[item] for row in rows]
        assert "r2" not in set(lenient.reasons["respondent"])
    rows[2]["form"] = "half"
    assert "“half” is not a form" in refusal(save_csv(tmp_path, rows))[0].what
