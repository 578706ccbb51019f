"""The report on a portfolio: its pages, the same figures in PDF and HTML as in the frames, any size, any name."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

import builders_portfolio as builders
import builders_render
import pytest
from builders_report import walk
from test_render_pdf import document_of, faults, pdf_text, words_by_page

from cxassess import document as d
from cxassess.instrument import load_instrument
from cxassess.language import LANGUAGES, get_language
from cxassess.portfolio import PortfolioAssessment
from cxassess.portfolio.pages.heat import build_heat_map
from cxassess.portfolio.pages.league import build_league_page
from cxassess.portfolio.pages.outcome import find_ticks
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.report.html import render_html
from cxassess.report.pdf import render_pdf

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
DA = load_instrument("eight_elements", "da")
PAGES = ["cover", "summary", "league", "levels", "heat", "bands", "bands-elements", "outcome", "method"]


def blocks(page: d.Page, kind: type[d.Block]) -> list[Any]:
    def inside(found: Sequence[Any]) -> Iterator[Any]:
        for block in found:
            yield block
            yield from inside(
                [inner for column in getattr(block, "columns", ()) for inner in getattr(column, "blocks", ())]
            )
            yield from inside(getattr(block, "blocks", ()))

    return [block for block in inside(page.blocks) if isinstance(block, kind)]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", "").replace("\xa0", " ").replace("\u202f", " "))


def page_of(portfolio: PortfolioAssessment, name: str) -> d.Page:
    return next(page for page in portfolio.report().pages if page.id == name)


# ---------------------------------------------------------------- the figures


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blocks_hold_the_figures_of_the_frames(language: str) -> None:
    portfolio = builders.in_language(builders.sample(), language)
    words = get_language(language)
    league = portfolio.frames["league"]
    (standings,) = blocks(page_of(portfolio, "league"), d.Standings)
    assert [row.name for row in standings.rows] == league["organisation"].tolist()
    for row, known in zip(standings.rows, league.to_dict("records"), strict=True):
        if known["reason"]:
            assert row.score is row.own is None
            assert row.hidden_text
            continue
        assert (row.own, row.score, row.low, row.high) == (
            known["own_score"], known["score"], known["low"], known["high"],
        )  # fmt: skip
        places = {words.number(known[side], 0) for side in ("best_place", "worst_place")}
        assert row.texts[0] == words.number(known["n_respondents"], 0)
        assert row.texts[1] == words.number(known["score"])
        assert row.texts[2] == f"{words.number(known['low'])}–{words.number(known['high'])}"
        assert set(row.texts[3].split("–")) == places
        assert row.texts[4] == str(known["level"])
    (heat,) = blocks(page_of(portfolio, "heat"), d.HeatMap)
    elements = portfolio.frames["elements"].set_index(["organisation", "element"])["score"]
    order = [*(element.id for element in portfolio.instrument.elements), "overall"]
    rows = {row.name: row for row in heat.groups[0].rows[1:]}
    assert set(rows) == set(league["organisation"])
    for name, row in rows.items():
        expected = [elements[name, element] for element in order]
        assert [cell.text for cell in row.cells] == ["–" if v is None or v != v else words.number(v) for v in expected]
        assert all((cell.shade is None) == (cell.text == "–") for cell in row.cells)


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_and_html_say_what_the_blocks_say(language: str, tmp_path: Any) -> None:
    portfolio = builders.in_language(builders.sample(), language)
    report = portfolio.report(title="Forsyning & transport 2026")
    assert [page.id for page in report.pages] == PAGES
    document = report.document.to_dict()
    pdf = render_pdf(document)
    assert faults(pdf, tmp_path) == []
    assert len(words_by_page(pdf, tmp_path)) == len(PAGES), "each page is one sheet"
    printed, shown = plain(pdf_text(pdf, tmp_path)), plain(unescape(re.sub(r"<[^>]+>", " ", render_html(document))))
    for page in report.pages[1:]:
        for block in (
            *blocks(page, d.Standings),
            *blocks(page, d.Table),
            *blocks(page, d.Facts),
            *blocks(page, d.Profile),
        ):
            for path, value in walk(d.block_to_dict(block)):
                if isinstance(value, str) and re.search(r"\d", value) and not path.endswith((".alt", "kind")):
                    assert plain(value) in shown, (page.id, path, value)
                    if " " not in plain(value):
                        assert plain(value) in printed, (page.id, path, value)
        for heat in blocks(page, d.HeatMap):
            for row in (row for group in heat.groups for row in group.rows):
                assert f"{' '.join(cell.text for cell in row.cells)}" in printed, row.name
    assert "{" not in printed
    assert re.search(r"\b(nan|None)\b", printed + shown) is None


def test_texts_are_complete_in_every_language_for_every_state() -> None:
    """Every message is used with the fields that it needs, in small portfolios as in large ones."""
    sample = builders.sample()
    names = [member.organisation for member in sample.members]
    scores = {f"Org {i}": 1.6 + i * 0.25 for i in range(12)}
    binary = {name: float(i > 5) for i, name in enumerate(scores)}
    for language in LANGUAGES:
        own = builders.in_language(sample, language)
        instrument = load_instrument("eight_elements", language)
        states = [builders.rename(own, {name: name for name in names[:count]}) for count in (1, 2, 3, 7)]
        states.append(builders.rename(own, {builders.HIDDEN: builders.HIDDEN}))
        states += [
            builders.made_up(instrument, scores, waves=("2025", "2026"), step=step, outcomes=binary)
            for step in (0.0, 0.2, -0.1)
        ]
        low = builders.made_up(instrument, dict.fromkeys(scores, 2.0), outcomes=dict.fromkeys(scores, 5.0))
        for portfolio in (*states, low):
            for page in portfolio.report().pages:
                for path, value in walk(page.to_dict()):
                    if isinstance(value, str):
                        assert re.search(r"\{\w+\}|\bnan\b|\bNone\b", value) is None, (page.id, path, value)


# ---------------------------------------------------------------- sizes, names, states


@needs_poppler
@pytest.mark.slow
def test_three_hundred_organisations_go_on_over_pages_with_the_heads_repeated(tmp_path: Any) -> None:
    portfolio = builders.many(builders.in_language(builders.sample(), "da"), 8)
    document = portfolio.report().document.to_dict()
    assert json.dumps(document)
    pages = [page for page in document["pages"] if page["id"] in {"league", "heat"}]
    pdf = render_pdf({"meta": document["meta"], "pages": pages})
    assert faults(pdf, tmp_path) == []
    sheets = [" ".join(word[4] for word in sheet) for sheet in words_by_page(pdf, tmp_path)]
    league = [sheet for sheet in sheets if "Pladser" in sheet]
    heat = [sheet for sheet in sheets if "Samlet" in sheet]
    assert len(league) + len(heat) == len(sheets), "the head is on every sheet"
    assert len(league) >= 6
    together = " ".join(sheets)
    for member in portfolio.members:
        assert together.count(member.organisation) >= 2, member.organisation
    (block,) = blocks(page_of(portfolio, "heat"), d.HeatMap)
    assert len(block.groups) == 8, "many organisations stand by industry"
    assert all(group.rows[0].strong for group in block.groups)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ("Berglivs AB", "Dallivs AB", builders.HIDDEN),
            ["cover", "summary", "league", "levels", "heat", "outcome", "method"],
        ),
        (("Berglivs AB",), ["cover", "summary", "league", "levels", "heat", "outcome", "method"]),
        ((builders.HIDDEN,), ["cover", "summary", "league", "heat", "outcome", "method"]),
    ],
)
def test_small_portfolios_say_what_they_can(names: tuple[str, ...], expected: list[str]) -> None:
    report = builders.rename(builders.sample(), {name: name for name in names}).report()
    assert [page.id for page in report.pages] == expected
    assert not blocks(report.summary, d.Profile), "no mean over fewer than five organisations"
    assert all(dot.score is None for dot in report.cover.blocks[0].dots)
    assert render_pdf(report.document.to_dict()).startswith(b"%PDF")


@needs_poppler
def test_hostile_names_are_text_everywhere(tmp_path: Any) -> None:
    sample = builders.sample()
    names = dict(zip([member.organisation for member in sample.members], builders.HOSTILE, strict=False))
    portfolio = builders.rename(builders.in_language(sample, "da"), names)
    contexts = builders.contexts_of(builders.HOSTILE, ("<img src=x onerror=alert(1)>",), country="#panic()")
    portfolio = PortfolioAssessment(
        portfolio.instrument, portfolio.shown, contexts, portfolio.source, portfolio.outcomes
    )
    document = portfolio.report(title=builders.HOSTILE[0]).document.to_dict()
    pdf = render_pdf(document)
    assert faults(pdf, tmp_path) == []
    text = pdf_text(pdf, tmp_path).replace("\u200b", "")
    for piece in ("<script>alert(1)</script>", '#eval("1")', "*bold* _it_ $x$ @ref", "back\\slash {n} {name}"):
        assert piece in text
    html = render_html(document)
    assert "<script" not in html
    assert "<img src=x" not in html


def test_nothing_of_a_hidden_organisation_is_in_the_document() -> None:
    portfolio = builders.sample()
    document = portfolio.report().document.to_dict()
    for path, value in walk(document):
        if value == builders.HIDDEN:
            assert path.startswith((".pages[2]", ".pages[4]")), path
    (standings,) = blocks(page_of(portfolio, "league"), d.Standings)
    row = next(row for row in standings.rows if row.name == builders.HIDDEN)
    assert row.texts == ("fewer than 5", "–", "", "–", "–")
    facts = {fact.label: fact.value for fact in blocks(page_of(portfolio, "summary"), d.Facts)[0].facts}
    assert facts["People who answered"] == "1,791"
    assert "1,795" not in json.dumps(document), "the sum of all rows would tell how few answered"


def test_a_tie_is_not_called_the_weakest_link_of_most() -> None:
    one = builders.rename(builders.sample(), {"Berglivs AB": "Berglivs AB"})
    (page,) = [page for page in one.report().pages if page.id == "summary"]
    assert not blocks(page, d.Numbered)


def test_an_instrument_of_another_shape_is_reported_on_too() -> None:
    from builders_scoring import make_instrument

    instrument = make_instrument(items=(2, 3, 2), levels=7).model_copy(update={"systematic": None})
    scores = {f"Org {i}": 1.5 + i * 0.5 for i in range(9)}
    portfolio = builders.made_up(instrument, scores, contexts=builders.contexts_of(list(scores), ("a", "b")))
    report = portfolio.report()
    assert report.levels is not None
    assert not blocks(report.levels, d.Section), "no systematic share where the instrument knows none"
    assert render_pdf(report.document.to_dict()).startswith(b"%PDF")
    assert render_html(report.document.to_dict())


# ---------------------------------------------------------------- the two blocks


@needs_poppler
@pytest.mark.parametrize("rows", [2, 12, 46, 130])
def test_a_league_table_of_any_size_keeps_its_marks_and_figures(rows: int, tmp_path: Any) -> None:
    block = builders_render.standings(rows, builders.HOSTILE)
    pdf = render_pdf(document_of(block, flow=rows > 46))
    assert faults(pdf, tmp_path) == []
    text = plain(pdf_text(pdf, tmp_path))
    assert "too few answers (n < 5)" in text
    assert all(row.texts[1] in text for row in block.rows)
    assert text.count("Places") == len(words_by_page(pdf, tmp_path))


@needs_poppler
@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (6, 9), (120, 13)])
def test_a_heat_map_of_any_size_keeps_its_figures(rows: int, columns: int, tmp_path: Any) -> None:
    block = builders_render.heat_map(rows, builders.HOSTILE, columns)
    pdf = render_pdf(document_of(block, flow=rows > 46))
    assert faults(pdf, tmp_path) == []
    text = plain(pdf_text(pdf, tmp_path))
    for row in (row for group in block.groups for row in group.rows):
        assert " ".join(cell.text for cell in row.cells) in text


def test_the_blocks_are_tables_for_those_who_cannot_see_them() -> None:
    html = render_html(document_of(builders_render.standings(), builders_render.heat_map()))
    assert html.count('<th scope="row"') == 12 + 7
    assert html.count('scope="rowgroup"') == 1
    assert html.count('class="cxa-blank"') == 1
    assert "too few answers (n &lt; 5)" in html
    assert html.count("--part:40.0%") > 0


def test_colours_turn_at_the_systematic_level_and_reach_both_ends() -> None:
    view = PortfolioView(builders.sample(), get_language("en"))
    assert view.middle == 2.5
    shades = [view.heat(score).shade for score in (1.0, 2.0, 2.5, 3.75, 5.0)]
    assert shades == [-1.0, -0.333, 0.0, 0.5, 1.0]
    assert view.heat(None) == d.HeatCell("–")


@pytest.mark.parametrize("order", ["score", "name", "industry", "country"])
def test_the_map_has_every_organisation_once_in_any_order(order: str) -> None:
    view = PortfolioView(builders.sample(), get_language("en"))
    names = [row.name for group in build_heat_map(view, order).groups for row in group.rows if not row.strong]
    assert sorted(names) == sorted(member.organisation for member in builders.sample().members)


@pytest.mark.parametrize(("least", "most"), [(28.8, 59.6), (-0.4, 0.3), (0.001, 0.0011), (99_000, 1_234_567)])
def test_an_axis_has_few_round_ticks_around_its_values(least: float, most: float) -> None:
    ticks = find_ticks(least, most)
    assert 4 <= len(ticks) <= 10
    assert ticks[0] <= least < most <= ticks[-1]


@pytest.mark.parametrize(
    ("outcomes", "value", "written"),
    [
        ((0.001, 0.005), 0.0012, "0.00120"),
        ((-0.5, 0.2), 0.2, "0.200"),
        ((0.5, 6.0), 0.5, "0.50"),
        ((0.0, 60.0), 44.44, "44.4"),
        ((1.0, 2000.0), 12.5, "12"),
        ((0.5, 6.0), -0.001, "0.00"),
        ((0.0, 0.0), 0.0, "0.00"),
        ((0.0, 1e-300), 0.0, "0.0000000000"),
    ],
)
def test_outcomes_have_the_decimals_that_their_size_needs(
    outcomes: tuple[float, float], value: float, written: str
) -> None:
    portfolio = builders.made_up(
        load_instrument("eight_elements"), {"a": 3.0, "b": 2.0}, outcomes=dict(zip("ab", outcomes, strict=True))
    )
    view = PortfolioView(portfolio, get_language("en"))
    assert view.figure(value) == written
    assert view.signed(value) in {written, "+" + written}
    assert view.signed(-1e-20) == view.figure(0.0)


def test_no_interval_of_the_league_table_runs_past_the_scale() -> None:
    portfolio = builders.made_up(load_instrument("eight_elements"), {"a": 4.9, "b": 4.8, "c": 1.1}, half=0.6)
    (standings,) = blocks(page_of(portfolio, "league"), d.Standings)
    assert (max(row.high for row in standings.rows), min(row.low for row in standings.rows)) == (5, 1)
    assert standings.rows[0].texts[2].endswith("–5.00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_one_organisation_and_of_one_among_many(language: str) -> None:
    noun = {"en": ("organisation", "organisations"), "da": ("organisation", "organisationer")}.get(language)
    one, many = noun or ("organisation", "organisationer")
    instrument = load_instrument("eight_elements", language)
    for scores, systematic, heat in (
        ({"a": 3.0}, "1 {} 1 " + one, "1 {} 1 " + one),
        ({"a": 2.0}, "0 {} 1 " + one, "0 {} 1 " + one),
        ({"a": 3.0, "b": 2.0}, "1 {} 2 " + many, "{} 2 " + many),
        ({"a": 2.0, "b": 2.0}, "0 {} 2 " + many, "0 {} 2 " + many),
    ):
        portfolio = builders.made_up(instrument, scores)
        of = {"en": "of", "da": "af", "sv": "av"}[language]
        assert page_of(portfolio, "summary").title.startswith(systematic.format(of) + " ")
        assert heat.format(of) + " " in page_of(portfolio, "heat").title
    if language == "en":
        titles = [page_of(builders.made_up(instrument, scores), "summary").title for scores in
                  ({"a": 3.0}, {"a": 3.0, "b": 2.0}, {"a": 3.0, "b": 3.0})]  # fmt: skip
        assert [title.split()[4] for title in titles] == ["works", "works", "work"]


def test_an_outcome_that_is_the_same_everywhere_is_not_called_too_few() -> None:
    scores = {f"Org {i:02}": 1.6 + i * 0.08 for i in range(30)}
    portfolio = builders.made_up(
        load_instrument("eight_elements"), scores, outcomes={name: 0.1 + (name > "Org 15") * 1e-17 for name in scores}
    )
    page = page_of(portfolio, "outcome")
    assert page.title == "Whether systematic organisations differ on the outcome cannot be told"
    said = json.dumps(page.to_dict())
    assert "too few" not in said
    assert "fewer than" not in said


@pytest.mark.parametrize("element", ["overall", "customer_strategy"])
def test_every_figure_of_the_league_table_stands_under_its_head(element: str) -> None:
    portfolio = builders.sample()
    view = PortfolioView(portfolio, get_language("en"))
    (block,) = blocks(build_league_page(view, portfolio.league_of(element)), d.Standings)
    assert ("Level" in block.heads) == (element == "overall")
    assert {len(row.texts) for row in block.rows} == {len(block.heads)}
