"""The tables that are handed over: the report's own figures and words, hidden ones with their reason."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from builders_deliverables import NORDVAND, SMALL_TEAM, assessed, make_actions, with_context

from cxassess.assessment import assess
from cxassess.deliverables.action_words import kind_words, state_words
from cxassess.deliverables.cells import Cell, Table, Writer, make_table
from cxassess.deliverables.figures import TABLES, Figures, build_figures
from cxassess.document import Table as PrintedTable
from cxassess.language import LANGUAGES, get_language
from cxassess.report.pages.exhibits import build_profile
from cxassess.resources import sample_path
from cxassess.scoring.model import ALL, OVERALL


@cache
def figures(language: str, sample: str = NORDVAND) -> Figures:
    return build_figures(assessed(sample, language))


def shown(table: Table) -> list[Cell]:
    return [cell for row in table for cell in row.values() if not cell.hidden]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_there_and_has_rows(language: str) -> None:
    found = figures(language)
    assert [table.name for table in found.tables] == list(TABLES)
    assert {table.name for table in found.tables if not len(table)} == {"agreements"}
    for table in found.tables:
        assert all(tuple(row) == table.columns for row in table)


@pytest.mark.parametrize("language", LANGUAGES)
def test_scores_are_those_of_the_shown_frames(language: str) -> None:
    found = figures(language)
    assessment = assessed(NORDVAND, language)
    frame = assessment.shown.scores
    frame = frame[(frame["wave"] == assessment.wave) & (frame["status"] == "scored")]
    assert len(found.scores.find(status="scored")) == len(frame)
    for row in frame.to_dict("records"):
        cells = found.scores.find(element=row["element"], group=row["group"])[0]
        for name in ("score", "low", "high"):
            if row[name] == row[name]:
                assert cells[name].value == row[name]
                assert cells[name].text == get_language(language).number(row[name])
        assert cells["n_respondents"].value == row["n_respondents"]
        assert cells["level"].value == row["level"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_those_of_the_report(language: str) -> None:
    found = figures(language)
    for row in build_profile(found.view, "").rows:
        element = found.view.instrument.elements[row.number - 1].id
        cells = found.scores.find(element=element, group=ALL)[0]
        assert (cells["score"].text, cells["interval"].text) == (row.score_text, row.interval_text)
        assert cells["element_name"].text == row.name
    overall = found.scores.find(element=OVERALL, group=ALL)[0]
    assert found.summary.find(key="score")[0]["value"] == overall["score"]


def test_what_is_hidden_has_no_value_and_says_why() -> None:
    found = figures("en", SMALL_TEAM)
    roles = [row for row in found.scores if str(row["group"].value).startswith("role:")]
    assert roles
    for row in roles:
        assert row["status"].value == "suppressed"
        for name in ("score", "low", "high", "level", "n_respondents", "coverage", "agreement"):
            assert row[name] == Cell(None, row["reason"].text, row[name].kind, hidden=True)
    assert {row["reason"].text for row in roles} == {"too few answers (n < 5)"}
    assert all(row["share"].hidden and row["n"].hidden for row in found.distributions)
    assert {row["n_respondents"].hidden for row in found.respondents} == {False, True}


def test_nothing_is_shown_that_the_gate_hides() -> None:
    """The table of a hidden group holds no number at all."""
    for sample in (NORDVAND, SMALL_TEAM):
        for table in figures("en", sample).tables:
            if "status" not in table.columns or table.name == "actions":
                continue
            for row in table:
                if row["status"].value != "scored":
                    assert not [name for name, cell in row.items() if isinstance(cell.value, float)], table.name


def test_no_figure_has_more_decimals_than_are_printed() -> None:
    for table in figures("en").tables:
        for cell in shown(table):
            if isinstance(cell.value, float):
                assert round(cell.value, 3 if cell.kind == "p" else 2) == cell.value
            if cell.kind in {"score", "signed"} and cell.value is not None:
                assert float(cell.text.replace("−", "-").replace("+", "")) == cell.value
            if cell.kind == "share" and cell.value is not None:
                assert cell.text == f"{round(float(cell.value) * 100)}%"


def test_a_half_is_rounded_as_the_report_rounds_it() -> None:
    writer = Writer(figures("en").view)
    assert (writer.share(0.125).value, writer.share(0.125).text) == (0.12, "12%")
    assert (writer.share(0.375).value, writer.share(0.375).text) == (0.38, "38%")
    assert writer.signed(-0.001) == Cell(0.0, "0.00", "signed")


def test_findings_begin_with_those_of_the_summary_page() -> None:
    found = figures("en")
    main = found.view.findings.main()
    assert [row["finding"].value for row in found.findings][: len(main)] == [finding.kind for finding in main]
    assert len(found.findings) == len(found.view.findings.findings)


def test_the_plan_is_proposed_where_nothing_was_decided() -> None:
    found = figures("en")
    now = [action for action in found.view.findings.actions if action.now]
    assert [row["action"].text for row in found.actions] == [action.title for action in now]
    assert {row["id"].value for row in found.actions} == {None}
    assert {row["status"].value for row in found.actions} == {"not begun"}


def test_the_plan_of_all_waves_is_there_as_the_sheet_takes_its_place() -> None:
    actions = (*make_actions("2024-10")[:2], *make_actions("2027-10")[2:4])
    found = build_figures(with_context(assessed(NORDVAND), actions=actions))
    assert [row["id"].value for row in found.actions] == [action.id for action in actions]


@pytest.mark.parametrize("language", LANGUAGES)
def test_proposals_fit_into_an_engagement(language: str) -> None:
    """Their texts are no longer than a plan takes, for every step of the instrument."""
    instrument = figures(language).view.instrument
    for element in instrument.elements:
        for step in element.steps:
            assert len(step.title) <= 200
            assert len(step.after_90_days) <= 200
            assert len(step.who) <= 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_explained(language: str) -> None:
    texts: dict[str, Any] = get_language(language).messages["deliverables"]
    for table in figures(language).tables:
        for column in table.columns:
            own = texts["action_columns"] if table.name == "actions" else texts["columns"]
            assert own.get(column) or texts["columns"][column]
        assert texts["sheets"][table.name]
        assert texts["about"][table.name]
    used = {column for table in figures(language).tables if table.name != "actions" for column in table.columns}
    assert set(texts["columns"]) == used
    assert set(texts["action_columns"]) == set(figures(language).actions.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheet_titles_are_titles_that_excel_takes(language: str) -> None:
    titles = get_language(language).raw("deliverables.sheets")
    for title in titles.values():
        assert len(title) <= 31
        assert not re.search(r"[\[\]:*?/\\']", title)
    assert len({title.casefold() for title in titles.values()}) == len(titles)


def test_a_row_with_other_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="are not the columns"):
        make_table("scores", ("a", "b"), [{"a": Cell(1, "1")}])


def test_choices_are_told_apart_in_every_language() -> None:
    """No word means one thing in one language and another in the next."""
    for words in (kind_words, state_words):
        pairs = {(word.casefold(), key) for code in LANGUAGES for key, word in words(get_language(code)).items()}
        assert len({word for word, _ in pairs}) == len(pairs)


def test_the_documented_columns_are_the_real_ones() -> None:
    text = (Path(__file__).parents[1] / "docs" / "handover.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (`.*`) \|$", text, flags=re.MULTILINE)
    documented = {name: tuple(re.findall(r"`(\w+)`", columns)) for name, columns in rows}
    assert documented == {table.name: table.columns for table in figures("en").tables}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_place_among_others_is_as_the_report_prints_it(language: str, tmp_path: Path) -> None:
    elements = [element.id for element in figures(language).view.instrument.elements]
    rows = [f"{element},{1.5 + 0.11 * place + 0.3 * (place % 4):.2f}" for element in elements for place in range(18)]
    path = tmp_path / "benchmark.csv"
    path.write_text("\n".join(["element,score", *rows]), encoding="utf-8")
    assessment = assess(sample_path("nordvand.csv"), language=language, benchmark=path)
    found = build_figures(assessment)
    page = assessment.report().certainty
    assert page is not None
    text = get_language(language).text("report.certainty.table")
    table = next(block for block in page.blocks if isinstance(block, PrintedTable) and block.title == text)
    printed = {row[1]: row[-1] for row in table.rows}
    for row in found.certainty:
        if row["element"].value == OVERALL:
            continue
        low, high = (round(float(row[f"percentile_{end}"].value) * 100) for end in ("low", "high"))
        assert printed[row["element_name"].text] == f"{row['percentile'].text} ({low}–{high})"
        assert row["benchmark_n"].value == 18
