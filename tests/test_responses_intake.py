"""The blank workbook: what it offers, what it locks, and that filling it in loses nothing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from builders_responses import INSTRUMENT, SECOND, only, read, refusal
from openpyxl.worksheet.worksheet import Worksheet

from cxassess.errors import CxassessError
from cxassess.instrument import Instrument, load_instrument
from cxassess.responses import check_responses, combine_responses, describe, read_responses, write_intake

FOLDER = Path(__file__).parent / "fixtures" / "instruments" / "self_service"


def rows_of(sheet: Worksheet) -> dict[str, int]:
    return {str(sheet.cell(row, 1).value): row for row in range(sheet.max_row, 0, -1) if sheet.cell(row, 1).value}


def fill(path: Path, sheet: int, values: Mapping[str, object], comments: Mapping[str, str] | None = None) -> None:
    """Fill in a form as a person would: in the cells beside the keys."""
    book = openpyxl.load_workbook(path)
    form = book.worksheets[sheet]
    column, rows = int(form.cell(1, 2).value) + 1, rows_of(form)
    for key, value in values.items():
        form.cell(rows[key], column).value = value
    for key, text in (comments or {}).items():
        form.cell(rows[key], column + 1).value = text
    book.save(path)


def offered(sheet: Worksheet, cell: str) -> list[object]:
    """Return what the drop-down list of a cell offers."""
    rule = next(rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref)
    name, _, area = rule.formula1.partition("!")
    return [row[0].value for row in sheet.parent[name][area.replace("$", "")]]


@pytest.mark.parametrize("name", ["3F-skema", "A & B", "&" * 90])
def test_a_name_in_the_footer_is_neither_a_size_nor_a_code(tmp_path: Path, name: str) -> None:
    path = tmp_path / "intake.xlsx"
    write_intake(INSTRUMENT.model_copy(update={"name": name}), path, organisation="X", wave="1")
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(one).decode() for one in archive.namelist() if one.startswith("xl/worksheets/sheet")]
    footers = [unescape(found) for sheet in sheets for found in re.findall("<oddFooter>(.*?)<", sheet)]
    assert footers
    for footer in footers:
        assert footer.startswith(f"&L&8 {name[:50].replace('&', '&&')}")
        assert re.fullmatch(r"&L&8 (?:[^&]|&&)+&R&8 [^&]*&P[^&]*&N[^&]*", footer), footer


@pytest.mark.parametrize("code", ["en", "da", "sv"])
def test_filling_in_and_reading_back(tmp_path: Path, code: str) -> None:
    own = load_instrument("eight_elements", code)
    path = tmp_path / f"{code}.xlsx"
    write_intake(own, path, organisation="=Ærø & Söner", wave="2026-10")
    role = own.roles[2]
    asked = own.items_for(role.id)
    cycle = [1, 2, 3, 4, 5, own.scale.dont_know, own.scale.not_applicable, None]
    values: dict[str, object] = {item.id: cycle[position % 8] for position, item in enumerate(asked)}
    person = {"respondent": "r 1", "role": role.name, "unit": "Lager", "answered_at": datetime(2026, 10, 31)}
    text = "  'citat'\n<b>🍏 שלום "
    fill(path, 1, {**person, **values, "comment": "@alle"}, {asked[0].id: text})
    responses = read(path)
    row = responses.answers.iloc[0]
    assert row["organisation"] == "=Ærø & Söner"
    assert (row["wave"], row["respondent"], row["role"], row["unit"]) == ("2026-10", "r 1", role.id, "Lager")
    assert row["answered_at"] == pd.Timestamp(2026, 10, 31)
    words = {None: "missing", own.scale.dont_know: "dont_know", own.scale.not_applicable: "not_applicable"}
    found = dict(zip(responses.reasons["item"], responses.reasons["reason"], strict=True))
    for item in own.items:
        value = values.get(item.id)
        if isinstance(value, int):
            assert row[item.id] == value
        else:
            assert pd.isna(row[item.id])
            assert found.get(item.id) == (words[value] if item.id in values else None)  # type: ignore[index]
    assert responses.comments[["item", "text"]].to_numpy().tolist() == [["", "@alle"], [asked[0].id, text]]
    assert "filled-in forms" in describe(responses)


def test_any_instrument_and_any_number_of_forms(tmp_path: Path) -> None:
    danish = load_instrument(FOLDER, "da")
    path = tmp_path / "a.xlsx"
    write_intake(danish, path, respondents=4, organisation="X", wave="1")
    for number in (1, 3):
        role = danish.roles[number % len(danish.roles)]
        item = danish.items_for(role.id)[0]
        fill(path, number, {"respondent": f"p{number}", "role": role.name, item.id: danish.level_count})
        other = danish.items_for(role.id)[1]
        fill(path, number, {other.id: danish.scale.dont_know})
    responses = read_responses(path, SECOND)
    assert responses.answers["respondent"].tolist() == ["p1", "p3"]
    assert (responses.answers[list(SECOND.item_ids)].sum(axis=1) == SECOND.level_count).all()
    assert (responses.reasons["reason"] == "dont_know").sum() == 2
    assert "Forms left blank: 2" in describe(responses)


def test_the_pulse_form(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_intake(INSTRUMENT, path, pulse=True, organisation="X", wave="1")
    item = INSTRUMENT.items_for("front_line", pulse=True)[0]
    fill(path, 1, {"respondent": "a", "role": "Front line", item.id: 4})
    responses = read(path)
    pulse = {item.id for item in INSTRUMENT.items_for("front_line", pulse=True)}
    assert set(responses.reasons["item"]) == pulse - {item.id}


def test_lists_offer_levels_and_words(tmp_path: Path) -> None:
    for instrument in (load_instrument("eight_elements", "sv"), SECOND):
        path = tmp_path / "a.xlsx"
        write_intake(instrument, path)
        form = openpyxl.load_workbook(path).worksheets[1]
        column, rows = int(form.cell(1, 2).value) + 1, rows_of(form)
        words = [instrument.scale.dont_know, instrument.scale.not_applicable]
        item = form.cell(rows[instrument.item_ids[0]], column).coordinate
        assert offered(form, item) == [*range(1, instrument.level_count + 1), *words]
        role = form.cell(rows["role"], column).coordinate
        assert offered(form, role) == [role.name for role in instrument.roles]


def test_only_the_cells_to_fill_in_are_unlocked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_intake(INSTRUMENT, path)
    book = openpyxl.load_workbook(path)
    form = book.worksheets[1]
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets)
    column = int(form.cell(1, 2).value) + 1
    unlocked = {cell.coordinate for row in form.iter_rows() for cell in row if not cell.protection.locked}
    rows = rows_of(form)
    expected = {form.cell(rows[item], column + offset).coordinate for item in INSTRUMENT.item_ids for offset in (0, 1)}
    fields = ("organisation", "wave", "respondent", "role", "unit", "answered_at", "comment")
    expected |= {form.cell(rows[field], column + offset).coordinate for field in fields for offset in (0, 1)}
    assert unlocked == expected
    assert form.column_dimensions["A"].hidden
    assert form.freeze_panes == "D2"
    assert form.print_title_rows == "$1:$1"
    assert book["cxassess"].sheet_state == "veryHidden"


def test_every_anchor_stands_beside_its_item(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_intake(SECOND, path)
    form = openpyxl.load_workbook(path).worksheets[1]
    rows = rows_of(form)
    for item in SECOND.items:
        texts = [form.cell(rows[item.id], 3 + level).value for level in range(SECOND.level_count + 1)]
        assert texts == [item.name, *(anchor.text for anchor in item.anchors)]
    assert [form.cell(1, 4 + level).value for level in range(SECOND.level_count)] == [
        f"{level.level}  {level.name}" for level in SECOND.levels
    ]


def test_the_same_workbook_twice_is_the_same_file(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_intake(INSTRUMENT, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_problems_name_the_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_intake(INSTRUMENT, path, organisation="X", wave="1")
    fill(path, 1, {"respondent": "a", "role": "Front line", "LO1": 9, "LO4": 4})
    problem = only(refusal(path))
    assert problem.where.startswith("a.xlsx, sheet Answers, cell I")
    assert problem.where.endswith("(LO1)")
    fill(path, 1, {"LO1": 3, "role": None, "respondent": None})
    assert {problem.where.split("(")[-1] for problem in refusal(path)} >= {"respondent)"}


def test_blank_foreign_and_damaged_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_intake(INSTRUMENT, path, organisation="X", wave="1")
    assert "Nothing is filled in" in only(refusal(path)).what
    _, problems = check_responses(path, SECOND)
    assert "made for eight_elements@1.0" in only(problems).what
    book = openpyxl.load_workbook(path)
    form = book.worksheets[1]
    form.cell(rows_of(form)["LO1"], 1).value = None
    book.save(path)
    assert "damaged: LO1" in only(refusal(path)).what
    write_intake(INSTRUMENT, path, organisation="X", wave="1")
    book = openpyxl.load_workbook(path)
    book.worksheets[1].cell(1, 2).value = 99_999
    book.save(path)
    assert "damaged: its first row" in only(refusal(path)).what


def test_workbooks_of_several_people_go_together(tmp_path: Path) -> None:
    parts = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.xlsx"
        write_intake(INSTRUMENT, path, organisation="X", wave="1")
        fill(path, 1, {"respondent": name, "role": "Front line", "LO1": 4})
        parts.append(read(path))
    assert combine_responses(parts).answers["respondent"].tolist() == ["a", "b"]
    with pytest.raises(CxassessError, match=r"a\.xlsx"):
        combine_responses([*parts, parts[0]])


def test_what_can_not_be_written(tmp_path: Path) -> None:
    with pytest.raises(CxassessError, match="1 to 200"):
        write_intake(INSTRUMENT, tmp_path / "a.xlsx", respondents=0)
    with pytest.raises(CxassessError, match="can’t be written"):
        write_intake(INSTRUMENT, tmp_path / "none" / "a.xlsx")


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    values = INSTRUMENT.model_dump()
    values["name"] = "=1+1 &D <b>"
    values["roles"][0]["name"] = '=cmd|"x"~*?'
    values["elements"][0]["items"][0]["name"] = "https://example.org"
    hostile = Instrument.model_validate(values)
    path = tmp_path / "a.xlsx"
    write_intake(hostile, path, organisation="=1", wave="1")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    fill(path, 1, {"respondent": "a", "role": '=cmd|"x"~*?', "LO1": 4})
