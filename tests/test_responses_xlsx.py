"""Workbooks: Excel's own traps, and files that would fill the memory."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from builders_responses import ITEMS, as_numbers, only, read, refusal, save_csv, save_xlsx, wide_rows

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def make_package(path: Path, sheet: str | bytes, **parts: str) -> Path:
    """Write a workbook by hand."""
    files = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": sheet,
        **parts,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def save_shared(path: Path, rows: list[dict], *, formula: bool = False) -> Path:
    """Write a workbook with shared strings, as Excel does."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(rows[0]):
            sheet.write_string(0, column, name)
            for position, row in enumerate(rows, start=1):
                sheet.write_string(position, column, row[name])
        if formula:
            sheet.write_formula(1, 6, "=1+2", None, 3)
    return path


def change(path: Path, cell: str, value: object, number_format: str = "General") -> Path:
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet[cell] = value
    sheet[cell].number_format = number_format
    book.save(path)
    return path


def test_numbers_text_and_floats_are_the_same_answers(tmp_path: Path) -> None:
    rows = wide_rows()
    expected = read(save_csv(tmp_path, rows))
    floats = [{name: float(value) if name in ITEMS and value else value for name, value in row.items()} for row in rows]
    dates = [{**row, "answered_at": date.fromisoformat(row["answered_at"])} for row in as_numbers(rows)]
    for position, variant in enumerate((rows, as_numbers(rows), floats, dates)):
        assert read(save_xlsx(tmp_path, variant, f"{position}.xlsx")).equals(expected)


@pytest.mark.parametrize(
    ("value", "number_format", "what"),
    [
        (datetime(1900, 1, 3), "yyyy-mm-dd", "A date"),
        (3, "d/m/yyyy", "A date"),
        (3.5, "0", "nothing is rounded"),
        (2.9999999, "0", "nothing is rounded"),
        (True, "General", "logical value"),
        ("#N/A", "General", "error value #N/A"),
        ("=1+2", "General", "formula without a stored value"),
    ],
)
def test_traps_in_answers(tmp_path: Path, value: object, number_format: str, what: str) -> None:
    path = change(save_xlsx(tmp_path, as_numbers(wide_rows())), "G2", value, number_format)
    problem = only(refusal(path))
    assert problem.where == "responses.xlsx, sheet Sheet, row 2, column G (LO1)"
    assert what in problem.what
    assert read(path, lenient=True).source.dropped == 1


def test_the_stored_value_of_a_formula_is_read(tmp_path: Path) -> None:
    rows = wide_rows(3)
    path = save_shared(tmp_path / "a.xlsx", rows, formula=True)
    rows[0]["LO1"] = "3"
    assert read(path).equals(read(save_csv(tmp_path, rows)))


def test_a_date_for_a_wave_and_a_number_for_a_date(tmp_path: Path) -> None:
    path = change(save_xlsx(tmp_path, wide_rows()), "B2", datetime(2026, 10, 1), "yyyy-mm")
    assert "Excel turns text such as 2026-10 into one" in only(refusal(path)).what
    path = change(save_xlsx(tmp_path, wide_rows()), "F2", 46000)
    assert "“46000” is not a date" in only(refusal(path)).what


def test_numbers_as_names(tmp_path: Path) -> None:
    rows = [{**row, "respondent": position + 1001, "wave": 2026} for position, row in enumerate(wide_rows())]
    answers = read(save_xlsx(tmp_path, rows)).answers
    assert answers["respondent"].tolist()[:2] == ["1001", "1002"]
    assert set(answers["wave"]) == {"2026"}
    rows[0]["respondent"] = 12345678901234567
    assert "more than 15 digits" in only(refusal(save_xlsx(tmp_path, rows))).what


def test_text_as_excel_writes_it(tmp_path: Path) -> None:
    text = " =SUM(A1)\nline two\r_x000D_ 🍏 <b>&amp; "
    rows = [{**row, "comment": text} for row in wide_rows(2)]
    path = save_shared(tmp_path / "a.xlsx", rows)
    assert read(path).comments["text"].tolist() == [text, text]


def test_the_sheet_is_found_or_the_reader_asked(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path, wide_rows())
    expected = read(path)
    book = openpyxl.load_workbook(path)
    book.create_sheet("Notes")["A1"] = "hello"
    book.create_sheet("Old").append(list(wide_rows()[0]))
    book["Old"].sheet_state = "hidden"
    book.save(path)
    assert read(path).equals(expected)
    book["Old"].sheet_state = "visible"
    book.save(path)
    assert "2 sheets hold responses: Sheet, Old" in only(refusal(path)).what


def test_empty_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    assert "empty" in only(refusal(path)).what
    book = openpyxl.load_workbook(path)
    book.active.append(list(wide_rows()[0]))
    book.save(path)
    assert "no responses" in only(refusal(path)).what


def test_a_cell_at_the_far_end_costs_nothing(tmp_path: Path) -> None:
    cell = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    far = f'<worksheet xmlns="{MAIN}"><sheetData>{cell}</sheetData></worksheet>'
    assert "far outside" in only(refusal(make_package(tmp_path / "a.xlsx", far))).what
    path = change(save_xlsx(tmp_path, wide_rows()), "XFD1048576", None)
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF0000")
    book.save(path)
    assert len(read(path).answers) == 8


def test_bombs_are_refused_before_they_unpack(tmp_path: Path) -> None:
    path = make_package(tmp_path / "a.xlsx", b"<worksheet>" + b" " * 40_000_000)
    assert path.stat().st_size < 100_000
    assert "unpacks to" in only(refusal(path)).what


def test_document_types_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    sheet = f'{bomb}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    assert "document type" in only(refusal(make_package(tmp_path / "a.xlsx", sheet))).what


def test_deep_nesting_is_no_trouble(tmp_path: Path) -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    sheet = f'<worksheet xmlns="{MAIN}">{deep}</worksheet>'
    assert "empty" in only(refusal(make_package(tmp_path / "a.xlsx", sheet))).what


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_damaged_parts(tmp_path: Path, part: str) -> None:
    whole = save_shared(tmp_path / "whole.xlsx", wide_rows())
    for content in (None, b"<broken", b"\xff\xfe\x00"):
        path = tmp_path / "damaged.xlsx"
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                if name != part:
                    target.writestr(name, source.read(name))
                elif content is not None:
                    target.writestr(name, content)
        assert "damaged" in only(refusal(path)).what


def test_other_archives(tmp_path: Path) -> None:
    for names, what in (
        (["mimetype", "content.xml"], "OpenDocument"),
        (["a.txt"], "not an Excel workbook"),
        (["[Content_Types].xml", "xl/workbook.bin"], "binary workbook"),
    ):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        path = tmp_path / "a.xlsx"
        path.write_bytes(stream.getvalue())
        assert what in only(refusal(path)).what


def test_a_workbook_by_another_name_is_still_a_workbook(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path, wide_rows())
    assert read(path.rename(tmp_path / "a.csv")).equals(read(save_csv(tmp_path, wide_rows())))
