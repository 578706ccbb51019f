"""Reading response files that are right: every shape, encoding and language gives the same responses."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from builders_responses import (
    INSTRUMENT,
    ITEMS,
    SECOND,
    as_numbers,
    csv_bytes,
    long_rows,
    only,
    read,
    refusal,
    save_csv,
    save_xlsx,
    wide_rows,
)

from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument
from cxassess.responses import ID_COLUMNS, combine_responses, describe, read_many, read_responses


def test_the_frames_are_what_the_contract_says(tmp_path: Path) -> None:
    rows = wide_rows()
    rows[0]["LO1"] = "don’t know"
    rows[1]["LO2"] = "n/a"
    rows[2]["LO1"] = ""
    rows[0]["comment_LO1"] = " Vi har aldrig prøvet det \n"
    rows[1]["comment"] = "Hej"
    for row in rows[2:]:
        row["comment_LO1"] = row["comment"] = ""
    rows[0] = {**rows[0], "comment": ""}
    responses = read(save_csv(tmp_path, rows))
    answers = responses.answers
    assert list(answers.columns) == [*ID_COLUMNS, *ITEMS]
    assert {str(answers[item].dtype) for item in ITEMS} == {"Int8"}
    assert str(answers["answered_at"].dtype) == "datetime64[us]"
    assert str(answers["seconds"].dtype) == "Int64"
    assert answers["seconds"].isna().all()
    assert answers.loc[1, "MM1"] == int(rows[1]["MM1"])
    assert responses.reasons.to_numpy().tolist() == [
        ["Nordvand A/S", "2026-10", "r0", "LO1", "dont_know"],
        ["Nordvand A/S", "2026-10", "r1", "LO2", "not_applicable"],
        ["Nordvand A/S", "2026-10", "r2", "LO1", "missing"],
    ]
    assert responses.comments["item"].tolist() == ["LO1", ""]
    assert responses.comments["text"].tolist() == [" Vi har aldrig prøvet det \n", "Hej"]


def test_what_a_role_is_not_asked_has_neither_number_nor_reason(tmp_path: Path) -> None:
    responses = read(save_csv(tmp_path, wide_rows()))
    assert responses.reasons.empty
    for row in responses.answers.to_dict("records"):
        for item in INSTRUMENT.items:
            assert pd.isna(row[item.id]) == (row["role"] not in item.roles)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_delimiters_make_no_difference(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    rows = wide_rows(organisation="Ærø Færge, Åbo & Söner")
    expected = read(save_csv(tmp_path, rows, "plain.csv"))
    responses = read(save_csv(tmp_path, rows, delimiter=delimiter, encoding=encoding, end=end))
    assert responses.equals(expected)
    assert responses.source.delimiter == delimiter
    assert responses.source.encoding in {"UTF-8", "UTF-8 with byte-order mark", "UTF-16", "Windows-1252"}


def test_utf16_big_endian(tmp_path: Path) -> None:
    rows = wide_rows(organisation="Ærø")
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xfe\xff" + csv_bytes(rows, encoding="utf-16-be"))
    assert read(path).organisations == ("Ærø",)


@pytest.mark.parametrize("shape", ["long csv", "wide xlsx", "long xlsx", "wide xlsx numbers"])
def test_shapes_and_formats_make_no_difference(tmp_path: Path, shape: str) -> None:
    rows = wide_rows(9)
    expected = read(save_csv(tmp_path, rows))
    paths = {
        "long csv": lambda: save_csv(tmp_path, long_rows(rows), "long.csv"),
        "wide xlsx": lambda: save_xlsx(tmp_path, rows),
        "long xlsx": lambda: save_xlsx(tmp_path, long_rows(rows)),
        "wide xlsx numbers": lambda: save_xlsx(tmp_path, as_numbers(rows)),
    }
    responses = read(paths[shape]())
    assert responses.equals(expected)
    assert responses.source.shape == shape.split(maxsplit=1)[0]


def test_columns_and_words_in_danish_and_swedish(tmp_path: Path) -> None:
    rows = wide_rows(4)
    expected = read(save_csv(tmp_path, rows))
    names = {
        "da": ("Virksomhed", "BØLGE", "Respondent-ID", "Rolle", "Afdeling", "Besvaret den"),
        "sv": ("Företag", "Våg", "respondent id", " roll ", "avdelning", "Datum"),
    }
    for code, columns in names.items():
        own = load_instrument("eight_elements", code)
        translated = [
            {
                **dict(zip(columns, (row[name] for name in list(row)[:6]), strict=True)),
                **{item.lower(): row[item] for item in ITEMS},
            }
            for row in rows
        ]
        for row in translated:
            row[columns[3]] = own.role(row[columns[3]]).name.upper()
        assert read(save_csv(tmp_path, translated, f"{code}.csv", delimiter=";")).equals(expected)


def test_no_number_in_three_languages(tmp_path: Path) -> None:
    words = ["Ved ikke", "VET EJ", "vet  inte", "don't know", "Don’t know", "dk"]
    others = ["Ikke relevant", "ej tillämpligt", "N/A", "not applicable", "Inte relevant", "ikke aktuelt"]
    rows = wide_rows(len(words) + len(others))
    for row, word in zip(rows, [*words, *others], strict=True):
        item = next(item for item in INSTRUMENT.items if row["role"] in item.roles)
        row[item.id] = word
    reasons = read(save_csv(tmp_path, rows)).reasons["reason"].tolist()
    assert reasons == ["dont_know"] * len(words) + ["not_applicable"] * len(others)


@pytest.mark.parametrize(("mark", "shown"), [(",", "decimal comma"), (".", "decimal point")])
def test_whole_numbers_with_decimals(tmp_path: Path, mark: str, shown: str) -> None:
    rows = wide_rows()
    expected = read(save_csv(tmp_path, rows))
    for row in rows:
        for item in ITEMS:
            row[item] = row[item] and f"{row[item]}{mark}0"
    responses = read(save_csv(tmp_path, rows, delimiter=";"))
    assert responses.equals(expected)
    assert shown in describe(responses)


def test_only_the_pulse_form(tmp_path: Path) -> None:
    pulse = {item.id for item in INSTRUMENT.items if item.pulse}
    rows = [{name: value for name, value in row.items() if name not in set(ITEMS) - pulse} for row in wide_rows()]
    rows[0][next(iter(pulse))] = ""
    responses = read(save_csv(tmp_path, rows))
    assert set(responses.reasons["item"]) <= pulse
    assert responses.answers[sorted(set(ITEMS) - pulse)].isna().all().all()
    assert "pulse" in describe(responses)
    long = read(save_csv(tmp_path, [row for row in long_rows(wide_rows()) if row["item"] in pulse], "long.csv"))
    assert long.reasons.empty


def test_ignored_columns_are_said(tmp_path: Path) -> None:
    rows = [{**row, "x_note": "hm", "X_mere": 1} for row in wide_rows()]
    assert "Ignored columns: x_note, X_mere" in describe(read(save_csv(tmp_path, rows)))


def test_without_respondents_rows_get_ids(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != "respondent"} for row in wide_rows(3)]
    responses = read(save_csv(tmp_path, rows))
    assert responses.answers["respondent"].tolist() == ["row 2", "row 3", "row 4"]
    assert "called by its row number" in describe(responses)


def test_without_wave_it_is_one_if_nobody_answered_twice(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != "wave"} for row in wide_rows(3)]
    responses = read(save_csv(tmp_path, rows))
    assert set(responses.answers["wave"]) == {"1"}
    assert "wave 1" in describe(responses)
    twice = [*rows, rows[0]]
    assert "no column wave" in only(refusal(save_csv(tmp_path, twice))).what
    nobody = [{name: value for name, value in row.items() if name != "respondent"} for row in rows]
    assert "column wave is missing" in only(refusal(save_csv(tmp_path, nobody))).what


def test_a_long_file_without_wave_may_not_repeat_answers(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != "wave"} for row in long_rows(wide_rows(4))]
    assert set(read(save_csv(tmp_path, rows)).answers["wave"]) == {"1"}
    assert "no column wave" in only(refusal(save_csv(tmp_path, [*rows, rows[3]]))).what


def test_repeated_answers_in_a_long_file_count_once_and_are_said(tmp_path: Path) -> None:
    rows = long_rows(wide_rows(4))
    expected = read(save_csv(tmp_path, rows))
    responses = read(save_csv(tmp_path, [*rows, rows[3]]))
    assert responses.equals(expected)
    assert "counted once: 1" in describe(responses)


def test_rows_of_a_long_file_may_stand_in_any_order(tmp_path: Path) -> None:
    rows = long_rows(wide_rows(6))
    expected = read(save_csv(tmp_path, rows)).answers.set_index("respondent").sort_index()
    shuffled = read(save_csv(tmp_path, rows[::-1])).answers.set_index("respondent").sort_index()
    pd.testing.assert_frame_equal(expected, shuffled)


def test_blank_rows_and_columns_are_nothing(tmp_path: Path) -> None:
    rows = wide_rows(3)
    data = csv_bytes([{**row, "": ""} for row in rows])
    path = tmp_path / "a.csv"
    path.write_bytes(data + b"\r\n" + b"," * (len(rows[0])) + b"\r\n\r\n")
    assert read(path).equals(read(save_csv(tmp_path, rows, "b.csv")))


def test_the_line_that_excel_writes_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"sep=;\r\n" + csv_bytes(wide_rows(), delimiter=";"))
    assert len(read(path).answers) == 8
    path.write_bytes(b"sep=,\r\n" + csv_bytes(wide_rows(), delimiter=";"))
    assert "sep=," in only(refusal(path)).what


def test_names_are_trimmed_and_composed(tmp_path: Path) -> None:
    rows = wide_rows(3, organisation="  A\u030abo \u00a0")
    assert read(save_csv(tmp_path, rows)).organisations == ("Åbo",)


def test_dates_with_the_day_first_where_there_is_no_doubt(tmp_path: Path) -> None:
    rows = wide_rows(4)
    expected = read(save_csv(tmp_path, rows))
    for separator in "-./":
        for row, day in zip(rows, (1, 2, 3, 4), strict=True):
            row["answered_at"] = f"{day:02d}{separator}10{separator}2026"
        assert "told apart" in only(refusal(save_csv(tmp_path, rows))).what
        rows[3]["answered_at"] = f"31{separator}10{separator}2026"
        read_back = read(save_csv(tmp_path, rows)).answers["answered_at"]
        assert read_back[:3].equals(expected.answers["answered_at"][:3])
        assert read_back[3] == pd.Timestamp(2026, 10, 31)
        rows[2]["answered_at"] = f"10{separator}31{separator}2026"
        assert "told apart" in only(refusal(save_csv(tmp_path, rows))).what


def test_times_keep_their_hours_and_offsets_become_utc(tmp_path: Path) -> None:
    rows = wide_rows(2)
    rows[0]["answered_at"], rows[1]["answered_at"] = "2026-10-01T08:30:15", "2026-10-01 09:00"
    moments = read(save_csv(tmp_path, rows)).answers["answered_at"]
    assert moments.tolist() == [pd.Timestamp(2026, 10, 1, 8, 30, 15), pd.Timestamp(2026, 10, 1, 9)]
    rows[0]["answered_at"], rows[1]["answered_at"] = "2026-10-01T08:30:15+02:00", "2026-10-01T09:00:00Z"
    responses = read(save_csv(tmp_path, rows))
    assert responses.answers["answered_at"].tolist()[0] == pd.Timestamp(2026, 10, 1, 6, 30, 15)
    assert "UTC" in describe(responses)
    rows[1]["answered_at"] = "2026-10-01 09:00"
    assert "offset" in only(refusal(save_csv(tmp_path, rows))).what


def test_several_files_and_folders(tmp_path: Path) -> None:
    save_csv(tmp_path, wide_rows(4, wave="2025-10"), "a.csv")
    save_xlsx(tmp_path, wide_rows(4, wave="2026-10"), "b.xlsx")
    (tmp_path / "~$b.xlsx").write_bytes(b"lock")
    (tmp_path / "notes.md").write_text("no")
    responses = read_many(tmp_path, INSTRUMENT)
    assert responses.answers["wave"].tolist() == ["2025-10"] * 4 + ["2026-10"] * 4
    assert responses.source.name == "2 files"
    assert read_many([tmp_path / "b.xlsx", tmp_path / "a.csv"], INSTRUMENT).source.sha256 == responses.source.sha256
    with pytest.raises(CxassessError, match="is also in"):
        read_many([tmp_path, tmp_path / "a.csv"], INSTRUMENT)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CxassessError, match="no response files"):
        read_many(tmp_path / "empty", INSTRUMENT)


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        rows = wide_rows(2, wave=name)
        rows[0]["LO1"] = "9"
        save_csv(tmp_path, rows, name)
    with pytest.raises(CxassessError) as caught:
        read_many(tmp_path, INSTRUMENT)
    assert [problem.where[:5] for problem in caught.value.problems] == ["a.csv", "b.csv"]
    assert read_many(tmp_path, INSTRUMENT, lenient=True).source.dropped == 2


def test_files_that_do_not_go_together(tmp_path: Path) -> None:
    first = read(save_csv(tmp_path, wide_rows(2), "a.csv"))
    other = read(save_csv(tmp_path, wide_rows(2, organisation="NORDVAND A/S"), "b.csv"))
    with pytest.raises(CxassessError, match="capitals"):
        combine_responses([first, other])
    rows = [
        {"organisation": "X", "wave": "1", "respondent": "a", "role": SECOND.roles[0].id}
        | {item.id: 7 if SECOND.roles[0].id in item.roles else "" for item in SECOND.items}
    ]
    second = read_responses(save_csv(tmp_path, rows, "c.csv"), SECOND)
    assert second.answers.loc[0, SECOND.items_for(SECOND.roles[0].id)[0].id] == 7
    with pytest.raises(CxassessError, match="answers self_service"):
        combine_responses([first, second])


def test_describe_says_what_was_understood(tmp_path: Path) -> None:
    rows = wide_rows(6)
    rows[0]["LO1"] = "9"
    responses = read(save_csv(tmp_path, rows, delimiter=";", encoding="utf-16"), lenient=True)
    text = describe(responses)
    for part in ("responses.csv", "6 rows", "UTF-16", "semicolon", "1 organisation,", "6 respondents", "2026-10 (6)"):
        assert part in text
    assert "Left out because they can’t be used: 1 answer" in text
    assert "1 missing" in text
