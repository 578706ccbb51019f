"""What the slides say: the figures of the report, in charts, tables and words, and nothing that is hidden."""

from __future__ import annotations

from typing import Any

import builders_slides as builders
import pytest
from test_slides_deck import C, deck_of, leaves

from cxassess import document as d
from cxassess.deliverables.slides.material import every, first
from cxassess.findings import word_actions
from cxassess.language import LANGUAGES
from cxassess.report.pages.history import wave_labels
from cxassess.report.pages.waves import score_in
from cxassess.scoring.model import OVERALL

EVERY = pytest.mark.parametrize("case", builders.CASES)


def slide_with(case: str, title: str) -> Any:
    """Return the slide whose title begins so."""
    found = [slide for slide in deck_of(case).slides if slide.shapes.title.text_frame.text.startswith(title)]
    assert found, title
    return found[0]


def chart_on(slide: Any) -> Any:
    """Return the chart with the marks; one below it may hold the grounds."""
    return next(shape.chart for shape in slide.shapes if shape.has_chart and not shape.name.endswith(", ground"))


def points(chart: Any, name: str) -> list[tuple[float, float | None]]:
    """Return the points of all series of this name in a scatter chart, gaps left out."""
    found: list[tuple[float, float | None]] = []
    for series in chart.plots[0].series:
        if series.name != name:
            continue
        cells = {
            key: {
                int(one.get("idx")): float(one.find(f"{C}v").text)
                for one in series._element.find(f"{C}{key}").iter(f"{C}pt")
            }
            for key in ("xVal", "yVal")
        }
        found += [(x, cells["yVal"].get(place)) for place, x in cells["xVal"].items() if place in cells["yVal"]]
    return found


def names_in(case: str, name: str) -> list[Any]:
    """Return the shapes of this name in a deck."""
    return [shape for slide in deck_of(case).slides for shape in slide.shapes if shape.name == name]


def words_on(slide: Any) -> str:
    parts = []
    for shape in leaves(slide.shapes):
        if shape.has_text_frame:
            parts.append(shape.text_frame.text)
        if shape.has_table:
            parts += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(parts)


# ---------------------------------------------------------------- figures


@EVERY
def test_the_profile_shows_each_score_with_interval_and_target(case: str) -> None:
    report = builders.CASES[case]().report()
    if report.certainty is None:
        assert not names_in(case, "Profile, chart")
        return
    profile = first(report.summary, d.Profile)
    slide = next(
        slide for slide in deck_of(case).slides if any(shape.name == "Profile, chart" for shape in slide.shapes)
    )
    chart = chart_on(slide)
    marked = [row for row in profile.rows if row.marked]
    plain = [row for row in profile.rows if row.score is not None and not row.marked]
    weakest = ", ".join([profile.score_head, marked[0].tag]) if marked else ""
    assert [x for x, _ in points(chart, profile.score_head)] == pytest.approx(
        [row.score for row in sorted(plain, key=lambda row: row.low is None)]
    )
    assert [x for x, _ in points(chart, weakest)] == pytest.approx([row.score for row in marked])
    intervals = points(chart, profile.interval_head)
    ends = [(row.low, row.high) for row in plain if row.low is not None]
    assert [x for x, _ in intervals] == pytest.approx([end for pair in ends for end in pair])
    bands = next(shape.chart for shape in slide.shapes if shape.name == "Profile, chart, ground")
    ends = [(*row.band,) for row in profile.rows if row.band is not None]
    assert [x for x, _ in points(bands, profile.band_label)] == pytest.approx([end for pair in ends for end in pair])
    targets = [row.target for row in profile.rows if row.target is not None and row.score is not None]
    assert [x for x, _ in points(chart, profile.target_label)] == pytest.approx(targets)
    said = words_on(slide)
    for row in profile.rows:
        assert (row.score_text if row.score is not None else row.hidden_text) in said
        assert row.interval_text in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_levels_chart_holds_the_probabilities(language: str) -> None:
    report = builders.complete(language).report()
    sure = first(report.summary, d.Probabilities)
    slide = slide_with(f"complete, {language}", report.certainty.title)
    chart = chart_on(slide)
    assert list(chart.plots[0].categories) == [f"{row.level} {row.name}" for row in sure.rows]
    assert list(chart.plots[0].series[0].values) == pytest.approx([row.share for row in sure.rows])
    rules = first(report.summary, d.Table)
    said = words_on(slide)
    assert all(text in said for row in rules.rows for text in row)
    facts = first(report.certainty, d.Facts).facts
    assert all(fact.value in said for fact in facts)


@EVERY
def test_roles_stand_where_they_scored(case: str) -> None:
    report = builders.CASES[case]().report()
    if report.roles is None:
        assert not names_in(case, "Roles, chart")
        return
    dumbbell = first(report.roles, d.Dumbbell)
    slide = next(slide for slide in deck_of(case).slides if any(shape.name == "Roles, chart" for shape in slide.shapes))
    chart = chart_on(slide)
    for place, group in enumerate(dumbbell.groups):
        expected = [point.score for row in dumbbell.rows for point in row.points if point.group == group.id]
        names = {series.name for series in chart.plots[0].series}
        shown = [series for series in names if group.name[:20] in series]
        assert bool(shown) == bool(expected), place
        if shown:
            assert [x for x, _ in points(chart, shown[0])] == pytest.approx(expected)
    said = words_on(slide)
    for row in dumbbell.rows:
        for text in (row.gap_text, row.interval_text, row.verdict_text, *(reason for _, reason in row.hidden)):
            assert text in said


@pytest.mark.parametrize("case", ["complete, da", "small, sv", "other instrument"])
def test_elements_show_ladder_items_and_next_step(case: str) -> None:
    for page in builders.CASES[case]().report().elements:
        slide = next(slide for slide in deck_of(case).slides if page.kicker in words_on(slide))
        said = words_on(slide)
        ladder, panel, items = first(page, d.Ladder), first(page, d.Panel), first(page, d.Distributions)
        known = any(rung.state == "current" for rung in ladder.rungs)
        for rung in ladder.rungs:
            assert f"{rung.level}  {rung.name}" in said or f"{rung.level} {rung.name}" in said
            if rung.state in {"current", "next"} or not known:
                assert rung.text[:40] in said
        assert ladder.score_text in said
        assert panel.title in said
        chart = chart_on(slide)
        shown = [row for row in items.rows if row.mean is not None]
        means = [
            x
            for series in {one.name for one in chart.plots[0].series}
            if series.startswith(items.mean_head)
            for x, _ in points(chart, series)
        ]
        assert sorted(means) == pytest.approx(sorted(row.mean for row in shown))
        for row in items.rows:
            assert row.mean_text in said
            assert row.interval_text in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_over_the_waves_is_that_of_the_report(language: str) -> None:
    from cxassess.deliverables.slides.material import gather

    assessment = builders.complete(language)
    view = gather(assessment, d.Brand()).view
    report = assessment.report()
    slide = slide_with(f"complete, {language}", report.waves.title)
    plot = chart_on(slide).plots[0]
    labels = list(wave_labels(view).values())
    assert list(plot.categories) == [*labels, "2027"]
    lines = {series.name: list(series.values) for series in plot.series}
    for element, name in ((OVERALL, view.counted("waves.average", 8)), (view.weakest, "")):
        title = name or view.text("waves.weakest", element=view.instrument.element(element).in_sentence)
        scores = [score_in(view, wave, element)["score"] for wave in wave_labels(view)]
        assert lines[title] == [*scores, None]
    assert lines[view.text("waves.target", year=2027)][-1] == 3.4
    said = words_on(slide)
    for panel in first(report.waves, d.Trends).panels:
        assert all(change.change_text in said and change.verdict_text in said for change in panel.changes)
    bars = [series for series in plot.series if series._element.find(f"{C}errBars") is not None]
    assert len(bars) == 2


@EVERY
def test_actions_stand_at_their_effort_and_impact(case: str) -> None:
    assessment = builders.CASES[case]()
    actions = word_actions(assessment.findings.actions, assessment.instrument)
    slides = [
        slide for slide in deck_of(case).slides if any(shape.name == "Order of the actions" for shape in slide.shapes)
    ]
    assert bool(slides) == bool(actions)
    if actions:
        chart = chart_on(slides[0])
        drawn = [point for name in {series.name for series in chart.plots[0].series} for point in points(chart, name)]
        assert sorted(drawn) == sorted((float(action.effort), float(action.impact)) for action in actions)
        labels = " ".join(text.text for text in chart._chartSpace.xpath(".//c:dLbl//a:t")).replace(",", " ").split()
        assert sorted(map(int, labels)) == [action.number for action in actions]
        assert all(action.title in words_on(slides[0]) for action in actions)


def test_the_plan_holds_every_action_that_begins() -> None:
    report = builders.complete("en").report()
    plan = every(report.plan[-1], d.Plan)[0]
    slide = slide_with("complete, en", "Five actions in 90 days")
    said = words_on(slide)
    for row in plan.rows:
        assert row.who in said
        assert f"{row.weeks[0]}–{row.weeks[1]}" in said


def test_root_causes_have_as_many_dots_as_they_are_strong() -> None:
    report = builders.complete("en").report()
    slide = slide_with("complete, en", report.causes.title)
    causes = first(report.causes, d.RootCauses).causes
    groups = {
        shape._element.xpath("./p:nvGrpSpPr/p:cNvPr/@descr")[0]: shape
        for shape in slide.shapes
        if shape.name == "Evidence"
    }
    for cause in causes:
        group = groups[f"{cause.name}: {cause.word}"]
        dots = [shape for shape in group.shapes if shape.name == "Mark"]
        assert len(dots) == 3
        assert sum(shape.fill.type is not None and shape.fill.type == 1 for shape in dots) == cause.strength


# ---------------------------------------------------------------- the workshop


def test_agreements_decisions_and_their_follow_up_are_told() -> None:
    assessment = builders.complete("en")
    report = assessment.report()
    context = assessment.context
    agreed = words_on(slide_with("complete, en", report.agreed.title))
    for one in context.agreements:
        assert assessment.instrument.item(one.item).name in agreed
        assert one.reason in agreed
    decided = words_on(slide_with("complete, en", report.decided.title))
    now = [one for one in context.actions if one.wave == "2026"]
    assert all(one.title in decided for one in now if one.kind == "start")
    stopped = words_on(slide_with("complete, en", "What you stop doing"))
    assert all(one.title in stopped for one in now if one.kind == "stop")
    followed = words_on(slide_with("complete, en", report.followed.title))
    assert all(one.title in followed for one in context.actions if one.wave == "2025")
    assert "Held back by the move." in followed


def test_without_a_workshop_nothing_is_said_of_one() -> None:
    report = builders.one_wave().report()
    assert (report.agreed, report.decided, report.followed, report.waves) == (None, None, None, None)
    names = [shape.name for slide in deck_of("one wave").slides for shape in slide.shapes]
    assert not [name for name in names if name.startswith("Changes by element")]


# ---------------------------------------------------------------- what may not be shown


def test_too_few_answers_give_no_figure_but_a_way_on() -> None:
    report = builders.too_small("da").report()
    deck = deck_of("too small, da")
    assert not [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    said = words_on(deck.slides[1])
    assert report.summary.title in said
    assert "færre end 5" in said
    section = first(report.summary, d.Section)
    assert all(item in said for block in section.blocks if isinstance(block, d.BulletList) for item in block.items)


def test_hidden_roles_have_no_mark_and_say_why() -> None:
    report = builders.small("sv").report()
    notes = " ".join(slide.notes_slide.notes_text_frame.text for slide in deck_of("small, sv").slides)
    assert report.roles is None
    assert not [
        shape for slide in deck_of("small, sv").slides for shape in slide.shapes if shape.name == "Roles, chart"
    ]
    assert "färre än fem" in notes.lower() or "färre än 5" in notes.lower()


# ---------------------------------------------------------------- texts that bite


def test_hostile_texts_are_only_text() -> None:
    deck = deck_of("hostile")
    everything = "\n".join(words_on(slide) + slide.notes_slide.notes_text_frame.text for slide in deck.slides)
    assert "=1+2*cmd|' /C calc'!A0" in everything
    assert "&lt;script&gt;\"quoted\" 'single'" in everything
    assert not any(character in everything for character in "\x00\x07\x1b\u202e")
    assert "%(name)s" in everything
    chart = next(shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart)
    assert chart.plots[0].series[0].name
