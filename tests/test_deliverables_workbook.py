"""The workbook: tidy, the same bytes each time, nothing calculated from a text, nothing hidden as a zero."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from builders_deliverables import (
    HOSTILE,
    NORDVAND,
    PORTFOLIO,
    SMALL_TEAM,
    assessed,
    make_actions,
    make_agreements,
    organisation_with_few,
    with_context,
)
from builders_report import make_responses, score, three_waves

from cxassess.assessment import Assessment
from cxassess.context import OrganisationContext
from cxassess.deliverables import read_actions, write_workbook
from cxassess.deliverables.figures import TABLES, build_figures
from cxassess.deliverables.workbook import CHARTS_SHEET, LISTS_SHEET, render_workbook
from cxassess.deliverables.workbook.actions import LEFT_OUT
from cxassess.document import Brand
from cxassess.errors import CxassessError
from cxassess.findings import find
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.language import LANGUAGES, get_language
from cxassess.responses.files import RawFile
from cxassess.responses.xlsx_sheet import read_workbook
from cxassess.scoring.model import OVERALL


@cache
def rendered(sample: str = NORDVAND, language: str = "en") -> bytes:
    return render_workbook(build_figures(assessed(sample, language)))


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(book: Any, name: str) -> list[dict[str, Any]]:
    """Return a table by the workbook's stable name for it."""
    area = book.defined_names[f"cx_{name}"]
    sheet, cells = next(iter(area.destinations))
    head, *rows = [[cell.value for cell in row] for row in book[sheet][cells.replace("$", "")]]
    return [dict(zip(head, row, strict=True)) for row in rows]


def parts(content: bytes, pattern: str) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if re.search(pattern, name)]
        return {name: archive.read(name).decode("utf-8") for name in names}


def hostile() -> Assessment:
    """Return an assessment of an organisation, and of people, who write what they like."""
    base = assessed(NORDVAND)
    agreements = tuple(
        one.model_copy(update={"reason": text}) for one, text in zip(make_agreements() * 6, HOSTILE, strict=False)
    )
    return with_context(base, actions=make_actions(), agreements=agreements, wave_names={"2026-10": HOSTILE[0]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_stands_under_its_stable_name(language: str) -> None:
    figures = build_figures(assessed(NORDVAND, language))
    book = opened(rendered(NORDVAND, language))
    titles = [get_language(language).text(f"deliverables.sheets.{name}") for name in (*TABLES, "readme")]
    assert book.sheetnames == [*titles, CHARTS_SHEET, LISTS_SHEET]
    for table in figures.tables:
        rows = rows_of(book, table.name)
        assert len(rows) == len(table)
        if table.name not in {"summary", "actions"}:
            sheet = book[get_language(language).text(f"deliverables.sheets.{table.name}")]
            assert [cell.value for cell in sheet[1]] == list(table.columns)
            assert sheet.freeze_panes == "A2"
            assert sheet.auto_filter.ref


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_sheet_tells_the_columns_that_there_are(language: str) -> None:
    words = get_language(language)
    book = opened(rendered(NORDVAND, language))
    title = words.text("deliverables.sheets.actions")
    told = [row[0].value for row in book[words.text("deliverables.sheets.readme")] if row[1].value == title]
    head = [cell.value for cell in book[title][1]]
    assert told == head
    handover = (Path(__file__).parents[1] / "docs" / "handover.md").read_text(encoding="utf-8")
    (documented,) = re.findall(r"^\| `actions` \| (.*) \|$", handover, flags=re.MULTILINE)
    assert [name for name in re.findall(r"`(\w+)`", documented) if name not in LEFT_OUT] == head
    (left_out,) = re.findall(r"sheet of actions has all columns but ((?:`\w+`(?:, )?)+)", handover)
    assert tuple(re.findall(r"`(\w+)`", left_out)) == LEFT_OUT


@pytest.mark.parametrize("name", ["3F Fagforening", "A&B", "&" * 60, "x" + "&" * 60, "x" * 300])
def test_a_name_in_the_footer_is_neither_a_size_nor_a_code(name: str) -> None:
    assessment = with_context(assessed(NORDVAND), short_name=name)
    sheets = parts(render_workbook(build_figures(assessment)), r"worksheets/sheet1\.xml")
    (footer,) = (unescape(found) for sheet in sheets.values() for found in re.findall("<oddFooter>(.*?)<", sheet))
    assert re.match(r"&L&8 (?:[^&]|&&)+ · &A&R&8&P / &N$", footer), footer
    assert footer.startswith(f"&L&8 {name[:50].replace('&', '&&')}")
    assert len(footer) <= 255


@pytest.mark.parametrize("sample", [NORDVAND, SMALL_TEAM])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_is_the_figure_or_says_that_it_is_not_shown(sample: str, language: str) -> None:
    figures = build_figures(assessed(sample, language))
    book = opened(rendered(sample, language))
    hidden = get_language(language).text("deliverables.not_shown")
    for table in figures.tables:
        if table.name == "actions":
            continue
        for cells, row in zip(table, rows_of(book, table.name), strict=True):
            for name, cell in cells.items():
                value = row[name]
                if cell.hidden:
                    assert value == (hidden if "reason" in table.columns else cell.text)
                elif cell.kind == "date" and cell.value:
                    assert value.date() == cell.value
                elif isinstance(cell.value, bool):
                    assert value == int(cell.value)
                else:
                    assert value == cell.value, (table.name, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_formatted_as_they_are_printed(language: str) -> None:
    book = opened(rendered(NORDVAND, language))
    sheet = book[get_language(language).text("deliverables.sheets.levels")]
    chance = sheet.cell(2, 10).number_format
    under, over = get_language(language).percent(0.01), get_language(language).percent(0.99)
    assert chance.startswith(f'[<0.01]"<{under}";[>0.99]">{over}";')
    scores = book[get_language(language).text("deliverables.sheets.scores")]
    formats = {cell.value: scores.cell(2, cell.column).number_format for cell in scores[1]}
    assert formats["score"] == formats["low"] == formats["agreement"] == "0.00"
    assert formats["coverage"] == ("0%" if language == "en" else '0"\u00a0"%')
    assert formats["n_respondents"] == "#,##0"
    assert formats["target_date"] == "yyyy-mm-dd"


def test_the_same_figures_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert render_workbook(build_figures(assessed(NORDVAND))) == rendered(NORDVAND)
    created = parts(rendered(NORDVAND), r"docProps/core\.xml")["docProps/core.xml"]
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", created)) == {"2026-11-12T00:00:00Z"}


def test_nothing_is_calculated_or_linked_whatever_people_wrote() -> None:
    content = render_workbook(build_figures(replace(hostile(), organisation=assessed(NORDVAND).organisation)))
    for name, text in parts(content, r"\.(xml|rels)$").items():
        assert "<f>" not in text, name
        assert "<hyperlink" not in text, name
        assert 'TargetMode="External"' not in text, name
    sheet = next(one for one in read_workbook(RawFile("x.xlsx", content, "zip")) if one.name == "Agreements")
    written = {str(cells[13]) for number, cells in sheet.rows.items() if number > 1 and 13 in cells}
    assert written <= set(HOSTILE)
    assert len(written) == len(HOSTILE)
    quoted = parts(content, r"styles\.xml")["xl/styles.xml"]
    assert 'quotePrefix="1"' in quoted


def test_agreements_stand_beside_the_shown_means() -> None:
    figures = build_figures(with_context(assessed(NORDVAND), agreements=make_agreements()))
    means = {row["item"].value: row["mean"].value for row in figures.items.find(group="all")}
    rows = {row["item"]: row for row in rows_of(opened(render_workbook(figures)), "agreements")}
    assert list(rows) == ["LO1", "LC1", "BO2"]
    assert all(rows[item]["mean_before"] == means[item] for item in rows)
    assert (rows["LC1"]["level_agreed"], rows["LC1"]["difference"]) == (3, round(3 - means["LC1"], 2))
    assert (rows["BO2"]["level_agreed"], rows["BO2"]["difference"]) == ("left open", None)
    assert [row["n_dissent"] for row in rows.values()] == [0, 2, 0]


def test_an_agreement_on_a_hidden_item_says_why_there_is_no_mean() -> None:
    few = assessed(PORTFOLIO, "en", organisation_with_few())
    figures = build_figures(with_context(few, agreements=make_agreements()))
    rows = rows_of(opened(render_workbook(figures)), "agreements")
    assert {row["mean_before"] for row in rows} == {"too few answers (n < 5)"}
    assert {row["difference"] for row in rows} == {None}


def test_agreements_of_later_waves_and_unknown_items_are_left_out() -> None:
    base = assessed(NORDVAND)
    later = make_agreements()[0].model_copy(update={"wave": "2027-10"})
    unknown = make_agreements()[0].model_copy(update={"item": "ZZ9"})
    assert not len(build_figures(with_context(base, agreements=(later, unknown))).agreements)


# ---------------------------------------------------------------- charts


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_are_native_and_leave_out_what_is_hidden(language: str) -> None:
    assessment = assessed(NORDVAND, language)
    figures = build_figures(assessment)
    book = opened(render_workbook(figures))
    data = book[CHARTS_SHEET]
    rows = [row for row in figures.scores.find(group="all") if row["element"].value != "overall"]
    shown = sorted((row["score"].value for row in rows if row["score"].value is not None), reverse=True)
    assert [data.cell(number, 2).value for number in range(2, len(shown) + 2)] == shown
    charts = parts(rendered(NORDVAND, language), r"charts/chart\d+\.xml")
    assert len(charts) == 2
    profile = next(text for text in charts.values() if "errBars" in text and f"{CHARTS_SHEET}!$F$2" in text)
    assert f"{CHARTS_SHEET}!$B$2:$B${len(shown) + 1}" in profile
    waves = next(text for text in charts.values() if text is not profile)
    assert 'dispBlanksAs val="zero"' not in waves  # left out, it is a gap in every program
    drawing = "".join(parts(rendered(NORDVAND, language), r"drawings/drawing\d+\.xml").values())
    assert drawing.count("descr=") >= 2
    assert rows[0]["element_name"].text in drawing


def test_a_single_wave_has_no_chart_of_waves_and_hidden_elements_are_named() -> None:
    assert len(parts(rendered(SMALL_TEAM), r"charts/chart\d+\.xml")) == 1


def test_an_organisation_without_results_still_gets_a_workbook_that_says_so() -> None:
    content = render_workbook(build_figures(assessed(PORTFOLIO, "en", organisation_with_few())))
    assert not parts(content, r"charts/chart\d+\.xml")
    rows = {row["key"]: row["value"] for row in rows_of(opened(content), "summary")}
    assert rows["n_respondents"] == "fewer than 5"
    assert rows["score"] == "too few answers (n < 5)"
    scores = rows_of(opened(content), "scores")
    assert {row["score"] for row in scores} == {"not shown"}


def test_the_brand_colours_the_workbook() -> None:
    content = render_workbook(build_figures(assessed(NORDVAND)), Brand("Acme & Co", "#0B5CAD", "#102030"))
    styles = parts(content, r"styles\.xml")["xl/styles.xml"]
    assert "FF0B5CAD" in styles
    assert "FFB8461A" not in styles
    core = opened(content).properties
    assert core.creator == "Acme & Co"
    assert core.title == "Where Nordvand stands"


# ---------------------------------------------------------------- the file


def test_the_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"before")
    write_workbook(assessed(NORDVAND), path)
    assert path.read_bytes() == rendered(NORDVAND)
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]
    with pytest.raises(CxassessError, match="no such folder"):
        write_workbook(assessed(NORDVAND), tmp_path / "none" / "a.xlsx")


def test_what_stands_in_the_way_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"before")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    with pytest.raises(CxassessError, match="No space left"):
        write_workbook(assessed(NORDVAND), path)
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


# ---------------------------------------------------------------- other instruments


SECOND = Path(__file__).parent / "fixtures" / "instruments" / "self_service"


def other_assessment(instrument: Instrument, *, context: OrganisationContext | None = None) -> Assessment:
    roles = {role.id: 12 for role in instrument.roles}
    responses = make_responses(instrument, three_waves(roles))
    shown = score(responses, context)[1]
    name, wave = responses.organisations[0], "2026"
    found = find(shown, organisation=name, wave=wave, context=context)
    return Assessment(instrument, name, wave, shown, found, context, responses.source)


@pytest.mark.parametrize("kind", ["second", "bare", "without_dates"])
def test_any_instrument_and_any_knowledge_make_a_workbook(kind: str, tmp_path: Path) -> None:
    instrument = load_instrument(SECOND if kind == "second" else "eight_elements")
    if kind == "bare":
        instrument = instrument.model_copy(update={"role_gap": None, "root_causes": (), "systematic": None})
    assessment = other_assessment(instrument)
    if kind == "without_dates":
        frames = assessment.shown
        by_role = frames.responses_by_role.assign(first_answer=pd.NaT, last_answer=pd.NaT)
        waves = frames.waves.assign(date=pd.NaT)
        assessment = replace(assessment, shown=replace(frames, responses_by_role=by_role, waves=waves))
    content = render_workbook(build_figures(assessment))
    scores = rows_of(opened(content), "scores")
    assert {row["element"] for row in scores} == {OVERALL, *(element.id for element in instrument.elements)}
    assert len({row["level"] for row in rows_of(opened(content), "levels")}) == instrument.level_count
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    expected = [action.element for action in assessment.findings.actions if action.now]
    assert [action.element for action in read_actions(path, instrument)] == expected
