"""The report's pages: complete for any data, in each language, and never a hidden figure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from builders_report import (
    BASE,
    INVITED,
    ORGANISATION,
    REMARKS,
    ROLES,
    SOURCE,
    WavePlan,
    blocks_of,
    full_context,
    make_responses,
    report_of,
    score,
    three_waves,
    walk,
)

import cxassess.language
from cxassess.document import (
    Brand,
    Callout,
    Chart,
    Cover,
    Distributions,
    Dumbbell,
    Facts,
    Ladder,
    LevelNumeral,
    Numbered,
    Panel,
    Plan,
    Probabilities,
    Profile,
    Quotes,
    Table,
    Trends,
    WhoAnswered,
)
from cxassess.errors import CxassessError
from cxassess.findings import find
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.language import get_language
from cxassess.report.build import Report, build_report
from cxassess.report.pages.quotes import shorten
from cxassess.report.pages.summary import keep_first_sentences
from cxassess.scoring import Benchmark, Scores, ShownScores

SECOND = Path(__file__).parent / "fixtures" / "instruments" / "self_service"
LANGUAGES = ("en", "da", "sv")
PROSE = ("title", "text", "lead", "alt", "name", "label", "note", "value", "kicker", "by", "step", "visible", "who")


@cache
def instrument(language: str = "en") -> Instrument:
    return load_instrument("eight_elements", language)


def compared() -> Benchmark:
    rng = np.random.default_rng(3)
    rows = []
    for place, element in enumerate([*instrument().elements, None]):
        name, middle = (element.id, BASE[place]) if element else ("overall", 2.8)
        rows += [(name, value) for value in rng.normal(middle, 0.4, 41).clip(1, 5)]
    return Benchmark("41 utilities", pd.DataFrame(rows, columns=["element", "score"]))


@cache
def full_scores() -> tuple[Scores, ShownScores]:
    return score(make_responses(instrument(), three_waves()), full_context(instrument()), compared())


@cache
def full_report(language: str = "en") -> Report:
    context = full_context(instrument())
    return report_of(full_scores()[1], instrument(language), context=context, source=SOURCE)


@cache
def minimal_report(language: str = "en") -> Report:
    """Return the report with nothing known but one wave's answers, without dates or comments."""
    roles = dict.fromkeys(INVITED, 6)
    responses = make_responses(instrument(), [WavePlan("x", None, roles)], comments=False)
    return report_of(score(responses)[1], instrument(language), wave="x")


@cache
def hidden_scores() -> tuple[Scores, ShownScores]:
    """Return scores with three top managers, so that they and one group more are hidden."""
    roles = {"top_management": 3, "middle_management": 9, "front_line": 12, "back_office": 7}
    return score(make_responses(instrument(), [WavePlan("2026", None, roles)]))


@cache
def tiny_report(language: str = "en") -> Report:
    responses = make_responses(instrument(), [WavePlan("2026", None, {"top_management": 2, "front_line": 2})])
    return report_of(score(responses)[1], instrument(language))


@cache
def second_report(language: str = "en") -> Report:
    other = load_instrument(SECOND, language)
    roles = {"service_owner": 8, "agent": 20, "user": 40}
    waves = [WavePlan("2025", None, roles, -0.5), WavePlan("2026", None, roles)]
    return report_of(score(make_responses(other, waves))[1], other)


def as_json(report: Report) -> Any:
    return json.loads(json.dumps(report.document.to_dict(), allow_nan=False))


def texts_of(report: Report) -> Iterator[tuple[str, str]]:
    for path, value in walk(as_json(report)["pages"]):
        if isinstance(value, str) and ".spec" not in path:
            yield path, value


EVERY = [
    *((full_report, language) for language in LANGUAGES),
    *((minimal_report, language) for language in LANGUAGES),
    *((tiny_report, language) for language in LANGUAGES),
    *((second_report, language) for language in ("en", "da")),
]


# ---------------------------------------------------------------- every report, every language


@pytest.mark.parametrize(("make", "language"), EVERY)
def test_texts_are_finished(make: Any, language: str) -> None:
    for path, text in texts_of(make(language)):
        for wrong in ("nan", "NaN", "None", "{", "}", "<NA>", "NaT", "  "):
            assert not re.search(rf"(?<![A-Za-zÀ-ž]){re.escape(wrong)}(?![A-Za-zÀ-ž])", text), (path, text)
        assert text == text.strip() or re.search(r"text\[\d+\]\.text$", path), (path, text)


@pytest.mark.parametrize(("make", "language"), EVERY)
def test_alt_texts_and_names_are_there(make: Any, language: str) -> None:
    document = as_json(make(language))
    alts = [value for path, value in walk(document["pages"]) if path.endswith(".alt")]
    assert alts
    assert all(len(alt) > 20 for alt in alts)
    ids = [page["id"] for page in document["pages"]]
    assert len(set(ids)) == len(ids)
    assert all(page["title"] and page["kicker"] for page in document["pages"] if page["id"] != "cover")


@pytest.mark.parametrize(("make", "language"), EVERY)
def test_titles_are_short(make: Any, language: str) -> None:
    report = make(language)
    assert all(len(page.title) <= 100 for page in report.pages)
    titles = [value for path, value in walk(as_json(report)["pages"]) if re.search(r"blocks\[\d+\]\.title$", path)]
    assert all(len(title) <= 110 for title in titles), titles


@pytest.mark.parametrize("language", LANGUAGES)
def test_full_report_is_complete(language: str) -> None:
    report = full_report(language)
    assert [page.id for page in report.pages] == [
        "cover",
        "summary",
        "certainty",
        "roles",
        *(f"element-{element.id}" for element in instrument().elements),
        "causes",
        "waves",
        "priorities",
        "plan",
        "method",
    ]
    assert blocks_of(report.cover, Cover)
    for kind in (LevelNumeral, Probabilities, Table, Profile, Numbered, WhoAnswered):
        assert blocks_of(report.summary, kind), kind
    assert report.certainty is not None
    assert len(blocks_of(report.certainty, Probabilities)) == 3
    assert report.roles is not None
    assert len(blocks_of(report.roles, Dumbbell)[0].rows) == 8
    for page in report.elements:
        for kind in (Facts, Ladder, Panel, Distributions):
            assert blocks_of(page, kind), kind
    assert report.waves is not None
    assert blocks_of(report.waves, Chart)
    assert blocks_of(report.waves, Trends)
    assert blocks_of(report.waves, Callout)
    assert 1 <= len(blocks_of(report.plan[-1], Plan)[0].rows) <= 5
    assert report.meta.language == language
    assert report.meta.iso_date == "2026-11-12"


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_do_not_mix(language: str) -> None:
    words = {"en": "How to read", "da": "Sådan læses det", "sv": "Så läser du"}
    texts = " ".join(text for _, text in texts_of(full_report(language)))
    assert [code for code, word in words.items() if word in texts] == [language]
    assert instrument(language).elements[0].name in texts


def test_verdict_words_are_short() -> None:
    for language in LANGUAGES:
        words = get_language(language).raw("report.verdict")
        assert all(len(word) <= 12 for word in words.values())


# ---------------------------------------------------------------- figures come from the shown scores


def test_figures_are_those_of_the_scores() -> None:
    _, shown = full_scores()
    report = full_report()
    own = shown.scores[(shown.scores["wave"] == "2026") & (shown.scores["group"] == "all")].set_index("element")
    rows = blocks_of(report.summary, Profile)[0].rows
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    for element in instrument().elements:
        row = next(row for row in rows if row.name == element.name)
        assert row.score == own.loc[element.id, "score"]
        assert row.score_text == f"{own.loc[element.id, 'score']:.2f}"
        assert (row.low, row.high) == (own.loc[element.id, "low"], own.loc[element.id, "high"])
    level = own.loc["overall", "level"]
    assert blocks_of(report.summary, LevelNumeral)[0].level == str(level)
    marked = [bar for bar in blocks_of(report.summary, Probabilities)[0].rows if bar.marked]
    assert [bar.level for bar in marked] == [level]


def test_who_answered_counts_each_role() -> None:
    strip = blocks_of(full_report().summary, WhoAnswered)[0]
    assert [role.answered for role in strip.roles] == list(ROLES.values())
    assert [role.invited for role in strip.roles] == list(INVITED.values())
    assert strip.roles[0].text == "7 of 8"
    bare = blocks_of(minimal_report().summary, WhoAnswered)[0]
    assert [(role.answered, role.invited, role.text) for role in bare.roles] == [(6, 0, "6 answered")] * 4


def test_benchmark_and_target_are_drawn_only_when_known() -> None:
    rows = blocks_of(full_report().summary, Profile)[0].rows
    assert all(row.band is not None and row.target == 3.5 for row in rows)
    bare = blocks_of(minimal_report().summary, Profile)[0]
    assert all(row.band is None and row.target is None for row in bare.rows)
    assert (bare.band_label, bare.target_label) == ("", "")


def test_ladder_shows_the_item_that_holds_back_most() -> None:
    _, shown = full_scores()
    items = shown.items[(shown.items["wave"] == "2026") & (shown.items["group"] == "all")]
    for element, page in zip(instrument().elements, full_report().elements, strict=True):
        lowest = items[items["element"] == element.id].sort_values("mean").iloc[0]
        ladder = blocks_of(page, Ladder)[0]
        assert ladder.score == lowest["mean"]
        assert instrument().item(lowest["item"]).name in ladder.title
        current = [rung for rung in ladder.rungs if rung.state == "current"]
        assert [rung.level for rung in current] == [int(sum(cut <= lowest["mean"] for cut in instrument().cutoffs)) + 1]
        following = [rung.level for rung in ladder.rungs if rung.state == "next"]
        assert following == ([current[0].level + 1] if current[0].level < 5 else [])
        marked = [row for row in blocks_of(page, Distributions)[0].rows if row.marked]
        assert [row.mean for row in marked] == [lowest["mean"]]


def test_dumbbell_is_sorted_by_gap() -> None:
    assert full_report().roles is not None
    dumbbell = blocks_of(full_report().roles, Dumbbell)[0]  # type: ignore[arg-type]
    _, shown = full_scores()
    pair = {"high_group": "role:top_management", "low_group": "role:front_line", "wave": "2026"}
    gaps = shown.gaps
    for column, value in pair.items():
        gaps = gaps[gaps[column] == value]
    gaps = gaps[gaps["element"] != "overall"].assign(size=lambda frame: frame["gap"].abs())
    gaps = gaps.sort_values("size", ascending=False)
    names = [instrument().element(element).name for element in gaps["element"]]
    assert [row.name for row in dumbbell.rows] == names
    assert [row.real for row in dumbbell.rows] == [verdict == "real" for verdict in gaps["verdict"]]


def test_quotes_are_few_and_fit() -> None:
    for page in full_report().elements:
        for block in blocks_of(page, Quotes):
            assert 1 <= len(block.quotes) <= 2
            assert all(len(quote.text) <= 221 for quote in block.quotes)
    assert full_report().document.to_dict() == build_again().document.to_dict()


def build_again() -> Report:
    context = full_context(instrument())
    return report_of(full_scores()[1], instrument(), context=context, source=SOURCE)


def test_long_comments_are_cut_at_a_word() -> None:
    cut = shorten(REMARKS[3])
    assert len(cut) <= 221
    assert cut.endswith("…")
    assert cut[:-1] in REMARKS[3]
    assert REMARKS[3][len(cut) - 1] == " "
    assert shorten("two\n lines ") == "two lines"
    assert len(shorten("x" * 500)) <= 221


def test_sentences_are_left_out_from_the_end_of_the_longest() -> None:
    long = "The score is 2.41 (2.34–2.48). Å er med. Zwei. “Quoted” ends."
    assert keep_first_sentences([long, "One."], 999) == [long, "One."]
    assert keep_first_sentences([long, "One."], 50) == ["The score is 2.41 (2.34–2.48). Å er med.", "One."]
    assert keep_first_sentences([long, "One."], 1) == ["The score is 2.41 (2.34–2.48).", "One."]


# ---------------------------------------------------------------- what is hidden stays hidden


def test_no_hidden_figure_anywhere() -> None:
    scores, shown = hidden_scores()
    report = report_of(shown, instrument())
    merged = scores.scores.merge(shown.scores, on=["element", "group"], suffixes=("", "_shown"))
    hidden = merged[merged["status_shown"] == "suppressed"]
    assert {"role:top_management", "role:back_office"} <= set(hidden["group"])
    secret = {value for column in ("score", "low", "high") for value in hidden[column].dropna()}
    gaps = scores.gaps.merge(shown.gaps, on=["element", "high_group", "low_group"], suffixes=("", "_shown"))
    secret |= set(gaps[gaps["status_shown"] == "suppressed"]["low"].dropna())
    common = {value for frame in (shown.scores, shown.role_scores_common) for value in numbers_of(frame)}
    simple = {value for value in secret if round(value * 12, 9).is_integer()}
    secret -= common | simple
    assert len(secret) > 40
    figures = {value for _, value in walk(as_json(report)) if isinstance(value, float)}
    assert sorted(figures & secret) == []
    assert report.roles is not None
    for row in blocks_of(report.roles, Dumbbell)[0].rows:
        assert {point.group for point in row.points} <= {"middle_management", "front_line"}
        assert {letter for letter, _ in row.hidden} == {"T", "B"}
        assert row.gap_text == ""
    answered = {role.name: role for role in blocks_of(report.summary, WhoAnswered)[0].roles}
    assert answered["Top management"].text == "fewer than 5"
    assert (answered["Top management"].answered, answered["Top management"].invited) == (0, 0)


def numbers_of(frame: pd.DataFrame) -> Iterator[float]:
    for column in frame.select_dtypes("float"):
        yield from frame[column].dropna()


def test_hidden_element_keeps_its_page_without_figures() -> None:
    _, shown = full_scores()
    hide = "leadership_cadence"
    frames = {}
    for name in ("scores", "items", "distributions", "gaps", "changes"):
        frame = getattr(shown, name).copy()
        of = instrument().element(hide).items
        own = frame["element"] == hide if "element" in frame else frame["item"].isin([item.id for item in of])
        for column in frame.columns:
            if pd.api.types.is_numeric_dtype(frame[column]) and column != "level":
                frame.loc[own, column] = pd.NA if str(frame[column].dtype).startswith("Int") else np.nan
        frame.loc[own, ["status", "reason"]] = ["suppressed", "too_few"]
        if name == "scores":
            frame.loc[own, "level"] = pd.NA
        frames[name] = frame
    for name in ("levels", "weakest", "reliability", "benchmarks", "comments", "role_scores_common"):
        frame = getattr(shown, name)
        frames[name] = frame[frame["element"] != hide]
    report = report_of(replace(shown, **frames), instrument(), context=full_context(instrument()))
    last = blocks_of(report.summary, Profile)[0].rows[-1]
    assert (last.score, last.hidden_text) == (None, "too few answers (n < 5)")
    page = report.elements[3]
    ladder = blocks_of(page, Ladder)[0]
    assert ladder.score is None
    assert {rung.state for rung in ladder.rungs} == {"below"}
    assert all(row.mean is None and row.hidden_text for row in blocks_of(page, Distributions)[0].rows)
    assert [fact.value for fact in blocks_of(page, Facts)[0].facts] == ["–"]
    assert report.waves is not None
    panel = blocks_of(report.waves, Trends)[0].panels[3]
    assert set(panel.values) == {None}
    assert {change.change_text for change in panel.changes} == {"–"}
    json.dumps(report.document.to_dict(), allow_nan=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_few_answers_give_a_page_that_says_so(language: str) -> None:
    report = tiny_report(language)
    assert [page.id for page in report.pages] == ["cover", "unshown", "method"]
    assert all(dot.score is None for dot in blocks_of(report.cover, Cover)[0].dots)
    figures = [
        value
        for path, value in walk(as_json(report)["pages"])
        if isinstance(value, float) and "cutoffs" not in path and ".spacing" not in path
    ]
    assert figures == []


# ---------------------------------------------------------------- other data, other instruments


@pytest.mark.parametrize("language", LANGUAGES)
def test_minimal_report_leaves_out_what_is_unknown(language: str) -> None:
    report = minimal_report(language)
    assert report.waves is None
    assert report.meta.date == ""
    assert get_language(language).text("report.plan.week", week=2) in [
        value for path, value in walk(as_json(report)["pages"]) if "rows" in path
    ]
    assert not any(blocks_of(page, Quotes) for page in report.pages)


def test_second_instrument() -> None:
    report = second_report()
    assert [page.id for page in report.pages] == [
        "cover",
        "summary",
        "certainty",
        "roles",
        "element-finding_help",
        "element-solving_it_oneself",
        "element-learning",
        "waves",
        "plan",
        "method",
    ]
    assert len(blocks_of(report.elements[0], Ladder)[0].rungs) == 7
    assert blocks_of(report.elements[1], Distributions)[0].levels == 7
    quoted = get_language("en").text("report.method.head.quoted")
    assert quoted not in [text for _, text in texts_of(report)]
    assert quoted in [text for _, text in texts_of(full_report())]


def test_instrument_without_role_gap_and_causes() -> None:
    bare = instrument().model_copy(update={"role_gap": None, "root_causes": (), "systematic": None})
    responses = make_responses(bare, three_waves()[1:])
    shown = score(responses)[1]
    report = report_of(shown, bare)
    assert report.causes is None
    assert report.roles is not None
    dumbbell = blocks_of(report.roles, Dumbbell)[0]
    assert {key.place for key in dumbbell.groups} == {"other"}
    assert dumbbell.gap_head == ""
    assert all(row.points and not row.gap_text for row in dumbbell.rows)


def test_units_careless_and_reliability_are_said() -> None:
    assert full_report().certainty is not None
    text = json.dumps(full_report().certainty.to_dict())  # type: ignore[union-attr]
    labels = get_language("en").raw("report.certainty")
    for key in ("response", "coverage", "careless", "unsaid", "table"):
        assert labels[key] in text
    assert "71%" in text
    assert "Among 41 organisations" in text


def test_method_names_the_data() -> None:
    text = " ".join(text for path, text in texts_of(full_report()) if "blocks" in path)
    assert "eight_elements@1.0" in text
    assert "responses.csv, 183 rows" in text
    assert "01234567 89abcdef" in text
    assert "3 answers could not be read and were left out." in text
    assert "140%" in text
    assert "Kriss" in text


def test_a_file_of_a_few_rows_does_not_say_how_many() -> None:
    report = report_of(full_scores()[1], instrument(), source=replace(SOURCE, rows=4))
    text = " ".join(text for path, text in texts_of(report) if "blocks" in path)
    assert "responses.csv, fewer than 5" in text
    assert "4 rows" not in text


def test_a_withheld_distribution_says_why() -> None:
    shown = full_scores()[1]
    frame = shown.distributions.copy()
    mine = (frame["item"] == "LO1") & (frame["status"] == "scored")
    frame.loc[mine, ["n", "share"]] = None
    frame.loc[mine, ["status", "reason"]] = ["suppressed", "withheld"]
    report = report_of(replace(shown, distributions=frame), instrument(), source=SOURCE)
    rows = blocks_of(report.elements[0], Distributions)[0].rows
    assert rows[0].mean is not None
    assert rows[0].shares is None
    assert rows[0].hidden_text.startswith("withheld")


def test_notices_stand_on_cover_and_method() -> None:
    _, shown = full_scores()
    notice = "All figures are invented."
    report = report_of(shown, instrument(), source=SOURCE, notices=(notice,), brand=Brand(name="Consultants"))
    assert blocks_of(report.cover, Cover)[0].note == notice
    assert notice in json.dumps(report.method.to_dict())
    assert report.meta.brand.name == "Consultants"


def test_hostile_names_and_comments_are_only_text() -> None:
    name = "<b>#eval(1)</b> {name} *x* \u202eabc " + "W" * 260
    responses = make_responses(instrument(), [WavePlan("=cmd", None, dict.fromkeys(INVITED, 9))], organisation=name)
    remarks = responses.comments.assign(
        text="{count} <script>alert(1)</script> #import \\ $x$ @ref, and some more words"
    )
    shown = score(replace(responses, comments=remarks))[1]
    report = report_of(shown, instrument(), wave="=cmd", organisation=name)
    assert report.meta.organisation == name
    assert name in blocks_of(report.cover, Cover)[0].title
    quotes = [quote for page in report.elements for block in blocks_of(page, Quotes) for quote in block.quotes]
    assert quotes
    assert {quote.text for quote in quotes} == set(remarks["text"])


# ---------------------------------------------------------------- refusals and texts


def test_unknown_organisation_and_wrong_language_are_refused() -> None:
    _, shown = full_scores()
    found = find(shown, organisation=ORGANISATION, wave="2026")
    known = {"organisation": ORGANISATION, "wave": "2026"}
    with pytest.raises(CxassessError, match="no such organisation and wave"):
        build_report(shown, found, instrument=instrument(), organisation=ORGANISATION, wave="2031", language="en")
    with pytest.raises(CxassessError, match="the report is to be in 'da'"):
        build_report(shown, found, instrument=instrument(), language="da", **known)
    with pytest.raises(ValueError, match="language 'xx'"):
        build_report(shown, found, instrument=instrument(), language="xx", **known)


def messages(language: str) -> dict[str, str]:
    path = Path(cxassess.language.__file__).parent / language / "report.yaml"
    return {key: str(value) for key, value in walk(yaml.safe_load(path.read_text(encoding="utf-8")))}


@pytest.mark.parametrize("language", ["da", "sv"])
def test_texts_agree_across_languages(language: str) -> None:
    english, other = messages("en"), messages(language)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", other[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_used(language: str) -> None:
    pages = Path(cxassess.__file__).parent / "report"
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*pages.glob("pages/*.py"), pages / "build.py"])
    texts = messages(language)
    for key, text in texts.items():
        parts = [part for part in key.split(".") if part and part not in {"one", "other"}]
        name = ".".join(parts)
        stem = f"{'.'.join(parts[:-1])}.{parts[-1].rpartition('_')[0]}_{{"
        dynamic = [f'"{".".join(parts[:-1])}.{{', f'"{stem}', '"count.n{']
        assert f'"{name}"' in code or any(start in code for start in dynamic), name
        assert "'" not in text, name


@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_a_census_has_no_interval_to_show(language: str) -> None:
    """Where all who were invited answered, the interval has no width, and the report says why."""
    from cxassess import assess, get_language, sample_path

    team = assess(sample_path("small_team.csv"), context=sample_path("small_team.context.yaml"), language=language)
    text = json.dumps(team.report().document.to_dict(), ensure_ascii=False)
    words = get_language(language)
    assert words.text("report.interval.all_answered") in text
    assert words.text("report.certainty.unsaid_everybody") in text
    assert words.text("report.certainty.unsaid_silent") not in text
    row = team.shown.scores.query("group == 'all' and element == 'overall'").iloc[0]
    assert row["low"] == row["high"]
    written = words.number(row["low"])
    assert f"{written}–{written}" not in text
