"""The sheet of actions comes back as it was, whatever happened to it on the way, or with every problem at once."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from builders_deliverables import HOSTILE, NORDVAND, assessed, make_actions, with_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxassess.context import PlannedAction
from cxassess.deliverables import build_figures, read_actions
from cxassess.deliverables.action_words import read_day
from cxassess.deliverables.workbook import render_workbook
from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument
from cxassess.language import LANGUAGES, get_language
from cxassess.responses.table import Fault, Stamp

needs_office = pytest.mark.skipif(shutil.which("libreoffice") is None, reason="LibreOffice is not installed")
Change = Callable[[Any], object]


@cache
def sheet_of(language: str = "en", actions: tuple[PlannedAction, ...] | None = None) -> bytes:
    assessment = with_context(assessed(NORDVAND, language), actions=make_actions() if actions is None else actions)
    return render_workbook(build_figures(assessment))


def edited(folder: Path, change: Change, *, language: str = "en") -> Path:
    """Return a workbook whose sheet of actions was changed, and saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(sheet_of(language)))
    change(book[get_language(language).text("deliverables.sheets.actions")])
    path = folder / "edited.xlsx"
    book.save(path)
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(CxassessError) as caught:
        read_actions(path, load_instrument())
    return [str(problem) for problem in caught.value.problems]


def column(sheet: Any, name: str) -> int:
    return int(next(cell.column for cell in sheet[1] if cell.value == name))


# ---------------------------------------------------------------- nothing is lost


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", LANGUAGES)
def test_what_was_written_is_read(tmp_path: Path, language: str, reader: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet_of(language))
    assert read_actions(path, load_instrument("eight_elements", reader)) == make_actions()


@needs_office
@pytest.mark.slow
def test_what_libreoffice_saves_is_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xlsx").write_bytes(sheet_of("da"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["libreoffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", "out", "in/a.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    assert read_actions(tmp_path / "out" / "a.xlsx", load_instrument()) == make_actions()


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=60,
)

TEXTS = st.lists(st.tuples(TEXT.filter(str.strip), TEXT), min_size=1, max_size=8)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS, day=st.dates(date(2001, 1, 1), date(2099, 1, 1)))
def test_any_text_comes_back(tmp_path: Path, texts: list[tuple[str, str]], day: date) -> None:
    actions = tuple(
        PlannedAction(id=f"i{place}", wave="2026-10", title=title, note=note if note.strip() else "", due_on=day)
        for place, (title, note) in enumerate(texts)
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet_of.__wrapped__("sv", actions))
    assert read_actions(path, load_instrument()) == actions


def test_proposals_are_new_actions(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet_of("sv", ()))
    read = read_actions(path, load_instrument())
    assert len(read) == 5
    assert {(action.id, action.wave, action.state, action.revision) for action in read} == {
        ("", "2026-10", "planned", 0)
    }
    assert all(action.element and action.owner and action.due_on and action.metric for action in read)


# ---------------------------------------------------------------- what people do to a sheet


def put(cell: Any, value: Any) -> None:
    """Put a value into a cell as a spreadsheet moves it: a text stays one, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def move_columns(sheet: Any) -> None:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for row, values in zip(sheet.iter_rows(), rows, strict=True):
        for cell, value in zip(row, reversed(values), strict=True):
            put(cell, value)


def reverse_rows(sheet: Any) -> None:
    last = len(make_actions()) + 1
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=last)]
    for row, values in zip(sheet.iter_rows(min_row=2, max_row=last), reversed(rows), strict=True):
        for cell, value in zip(row, values, strict=True):
            put(cell, value)


def in_three_languages(sheet: Any) -> None:
    status, kind = column(sheet, "status"), column(sheet, "kind")
    for number, action in enumerate(make_actions()):
        words = get_language(LANGUAGES[number % 3])
        sheet.cell(number + 2, status).value = f" {words.text(f'report.state.{action.kind}_{action.state}').upper()} "
        sheet.cell(number + 2, kind).value = words.text(f"deliverables.kinds.{action.kind}").title()


def dates_as_texts(sheet: Any) -> None:
    due = column(sheet, "due_on")
    forms = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d 00:00:00")
    for number, action in enumerate(make_actions()):
        if action.due_on:
            cell = sheet.cell(number + 2, due)
            cell.number_format = "@"
            cell.value = action.due_on.strftime(forms[number % len(forms)])


def dates_without_format(sheet: Any) -> None:
    for number, action in enumerate(make_actions()):
        if action.due_on:
            cell = sheet.cell(number + 2, column(sheet, "due_on"))
            cell.number_format = "General"
            cell.value = (action.due_on - date(1899, 12, 30)).days


def more_columns_and_a_title(sheet: Any) -> None:
    sheet.insert_rows(1, 3)
    sheet.cell(1, 1).value = "Our plan"
    sheet.insert_cols(4)
    sheet.cell(4, 4).value = "cost"
    sheet.cell(5, 4).value = 120


def hidden_and_renamed(sheet: Any) -> None:
    sheet.title = "Min plan"
    for name in ("id", "revision"):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column(sheet, name))].hidden = True
    sheet.row_dimensions[3].hidden = True
    for cell in sheet[1]:
        cell.value = cell.value.upper()


UNCHANGED = (
    move_columns,
    in_three_languages,
    dates_as_texts,
    dates_without_format,
    more_columns_and_a_title,
    hidden_and_renamed,
)


@pytest.mark.parametrize("change", UNCHANGED, ids=lambda change: change.__name__)
def test_moving_and_dressing_changes_nothing(tmp_path: Path, change: Change) -> None:
    found = read_actions(edited(tmp_path, change), load_instrument())
    # openpyxl itself loses escaped texts, so that those are compared as they came out of it.
    expected = read_actions(edited(tmp_path, lambda sheet: None), load_instrument())
    assert found == expected
    assert len(found) == len(make_actions())


def test_order_of_the_rows_is_the_order_of_the_actions(tmp_path: Path) -> None:
    found = read_actions(edited(tmp_path, reverse_rows), load_instrument())
    assert [action.id for action in found] == [action.id for action in reversed(make_actions())]


def test_new_rows_are_new_actions_and_deleted_ones_are_gone(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.delete_rows(2, 3)
        row = sheet.max_row + 1
        values = {
            "action": "Call ten customers",
            "owner": 2027,
            "due_on": datetime(2027, 1, 31),
            "element_name": "Engageret bagland",
        }
        for name, value in values.items():
            sheet.cell(row + 4, column(sheet, name)).value = value

    found = read_actions(edited(tmp_path, change), load_instrument())
    assert [action.id for action in found] == [*(action.id for action in make_actions()[3:]), ""]
    assert found[-1] == PlannedAction(
        id="", wave="2026-10", element="back_office", title="Call ten customers", owner="2027", due_on=date(2027, 1, 31)
    )


def test_a_cleared_element_is_none_and_a_blank_status_is_planned(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        for name in ("element_name", "status", "kind", "due_on"):
            sheet.cell(2, column(sheet, name)).value = None

    first = read_actions(edited(tmp_path, change), load_instrument())[0]
    assert (first.element, first.state, first.kind, first.due_on) == ("", "planned", "start", None)


def with_ids(sheet: Any, names: dict[int, str | None], ids: dict[int, str]) -> None:
    """Put names and, in a column of their own, ids of elements into rows."""
    last = sheet.max_column + 1
    sheet.cell(1, last).value = "Element"
    for row, name in names.items():
        sheet.cell(row, column(sheet, "element_name")).value = name
    for row, key in ids.items():
        sheet.cell(row, last).value = key


def test_an_element_without_a_name_is_known_by_its_id(tmp_path: Path) -> None:
    names = {2: None, 3: load_instrument().element("back_office").name, 4: "  ", 5: None}
    ids = {2: "persistence", 3: "back_office", 4: " Back_Office "}
    found = read_actions(edited(tmp_path, lambda sheet: with_ids(sheet, names, ids)), load_instrument())
    assert [action.element for action in found[:4]] == ["persistence", "back_office", "back_office", ""]


def test_an_id_and_a_name_that_disagree_are_said(tmp_path: Path) -> None:
    names = {2: load_instrument().element("back_office").name, 3: None}
    said = problems(edited(tmp_path, lambda sheet: with_ids(sheet, names, {2: "persistence", 3: "sales"})))
    assert len(said) == 2
    assert "cell D2 (element_name): The element is persistence, but its name is that of back_office." in said[0]
    assert "(element): There is no element “sales”." in said[1]


# ---------------------------------------------------------------- what can't be read is said, all of it


def test_every_problem_is_said_with_its_cell(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        values = {
            (2, "status"): "perhaps",
            (3, "due_on"): "31-02-2027",
            (4, "due_on"): "03/04/2027",
            (5, "due_on"): "soon",
            (6, "element_name"): "Sales",
            (7, "action"): None,
            (8, "revision"): "two",
            (9, "kind"): "begin",
            (10, "id"): "id0",
            (11, "due_on"): "1.1.1926",
            (12, "owner"): "=1/0",
        }
        for (row, name), value in values.items():
            sheet.cell(row, column(sheet, name)).value = value

    said = problems(edited(tmp_path, change))
    expected = [
        "cell I2 (status): There is no status “perhaps”.",
        "cell G3 (due_on): “31-02-2027” is no day of the calendar.",
        "cell G4 (due_on): Day and month can’t be told apart in “03/04/2027”.",
        "cell G5 (due_on): “soon” is not a date.",
        "cell D6 (element_name): There is no element “Sales”.",
        "cell E7 (action): It does not say what is to be done.",
        "cell K8 (revision): “two” is no whole number.",
        "cell C9 (kind): There is no kind “begin”.",
        "cell G11 (due_on): The year 1926 can’t be right.",
        "cell F12 (owner): A formula without a stored value.",
        "cell A10 (id): The id “id0” stands in rows 2, 10.",
    ]
    assert len(said) == len(expected)
    for problem, what in zip(said, expected, strict=True):
        assert problem.startswith(f"edited.xlsx, sheet Actions, {what}")
        assert "→" in problem


def test_a_wave_that_is_not_clear_is_asked_for(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.cell(2, column(sheet, "wave")).value = "2025-10"
        sheet.cell(3, column(sheet, "wave")).value = None

    (said,) = problems(edited(tmp_path, change))
    assert "cell B3 (wave): It is not clear in which wave this was decided." in said
    assert "2025-10, 2026-10" in said


def test_a_sheet_without_its_columns_is_refused(tmp_path: Path) -> None:
    def rename(sheet: Any) -> None:
        sheet.cell(1, column(sheet, "action")).value = "what"

    assert "No sheet has the columns action and status." in problems(edited(tmp_path, rename))[0]

    def double(sheet: Any) -> None:
        sheet.cell(1, column(sheet, "note")).value = "status"

    assert "The column status is there twice." in problems(edited(tmp_path, double))[0]

    def copy(sheet: Any) -> None:
        sheet.parent.copy_worksheet(sheet).title = "Copy"

    assert "2 sheets hold actions" in problems(edited(tmp_path, copy))[0]
    other = tmp_path / "a.csv"
    other.write_text("action,status\n", encoding="utf-8")
    assert "This is no workbook." in problems(other)[0]


def test_an_emptied_sheet_is_a_plan_without_actions(tmp_path: Path) -> None:
    def clear(sheet: Any) -> None:
        sheet.delete_rows(2, sheet.max_row)

    assert read_actions(edited(tmp_path, clear), load_instrument()) == ()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", None),
        ("   ", None),
        ("2027-1-5", date(2027, 1, 5)),
        ("31/12/2026", date(2026, 12, 31)),
        ("05/05/2027", date(2027, 5, 5)),
        ("1. 2. 2027", date(2027, 2, 1)),
        ("46387", date(2026, 12, 31)),
        (Stamp(datetime(2026, 12, 31, 8, 0)), date(2026, 12, 31)),
    ],
)
def test_days(cell: Any, expected: date | None) -> None:
    assert read_day(cell) == expected


@pytest.mark.parametrize("cell", ["99999", "12/31/2026", "2026", "2026-13-01", Fault("#REF!", "what", "remedy")])
def test_what_is_no_day(cell: Any) -> None:
    assert isinstance(read_day(cell), tuple)


def test_hostile_texts_are_hostile() -> None:
    assert {text[0] for text in HOSTILE} >= {"=", "+", "@", "-", "\t", "'"}
