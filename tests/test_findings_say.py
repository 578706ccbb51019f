"""Findings in words: true in every branch, and whole sentences in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders_findings import (
    KEY,
    ORGANISATION,
    SCORES,
    WAVE,
    Rows,
    add_gap,
    add_gaps,
    add_systematic,
    add_waves,
    hide,
    make_rows,
    to_shown,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxassess.findings import KINDS, Finding, Findings, Said, action_line, find, headline, row_comments, say
from cxassess.findings.headlines import PAGES
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.language import LANGUAGES

OTHER = Path(__file__).parent / "fixtures" / "instruments" / "self_service"
INSTRUMENTS = {code: load_instrument("eight_elements", code) for code in LANGUAGES}
ENGLISH = INSTRUMENTS["en"]
NAME = "Nordvand"


def found_in(rows: Rows) -> Findings:
    return find(to_shown(ENGLISH, rows), organisation=ORGANISATION, wave=WAVE)


def head(page: str, rows: Rows, language: str = "en", element: str = "") -> Said:
    return headline(page, found_in(rows), INSTRUMENTS[language], language, name=NAME, element=element)


def everything(rows: Rows, instruments: dict[str, Instrument]) -> list[tuple[str, Said]]:
    """Say all that can be said of these rows, in every language of the instrument."""
    shown = to_shown(next(iter(instruments.values())), rows)
    findings = find(shown, organisation=ORGANISATION, wave=WAVE)
    said: list[tuple[str, Said]] = []
    for code, instrument in instruments.items():
        said += [(finding.kind, say(finding, instrument, code, name=NAME)) for finding in findings.findings]
        said += [(page, headline(page, findings, instrument, code, name=NAME)) for page in PAGES]
        for element in instrument.elements:
            said.append((element.id, headline("element", findings, instrument, code, name=NAME, element=element.id)))
            comment = row_comments(shown, ORGANISATION, WAVE, instrument, code)[element.id]
            said.append(("row", Said(comment.rstrip("."), comment)))
        for action in findings.actions:
            said.append(("action", Said("An action", action_line(action, instrument, code))))
    return said


def check(kind: str, said: Said) -> None:
    for text in (said.title, said.text):
        assert not re.search(r"\b(nan|None|inf)\b|[{}]|  |\.\.| [.,;:]", text), f"{kind}: {text!r}"
        assert "−0.00" not in text, text
        assert "−0,00" not in text, text
    assert said.title, kind
    assert not said.title.endswith((".", ":", ";")), said.title
    assert said.title[0].upper() == said.title[0], said.title
    assert not said.text or said.text.endswith("."), f"{kind}: {said.text!r}"


def full_rows() -> Rows:
    rows = make_rows(ENGLISH)
    add_systematic(rows)
    add_gaps(rows)
    add_waves(rows)
    add_gap(rows, "back_office", 0.62, 0.3, 0.9, ("back_office", "front_line"))
    rows["items"][5] |= {"r_wg": 0.2, "n_dont_know": 30}
    rows["careless"].append(
        {**KEY, "n_flagged": 1, "n_long_run": 1, "n_fast": 0, "score_all": 2.9, "score_without": 2.8}
    )
    for element, icc in {"overall": 0.08, "back_office": 0.18}.items():
        rows["units"].append({**KEY, "element": element, "n_units": 7, "icc1": icc, "between_sd": 0.2})
    for element, (low, high) in {"leadership_cadence": (4, 25), "customer_strategy": (70, 91)}.items():
        figures = {"n": 41, "q25": 2.6, "median": 2.9, "q75": 3.2, "percentile": (low + high) / 2}
        rows["benchmarks"].append({**KEY, "element": element, **figures, "low": low, "high": high})
    return rows


def test_every_kind_is_said_in_every_language() -> None:
    rows = full_rows()
    findings = found_in(rows)
    assert {finding.kind for finding in findings.findings} == set(KINDS) - {"systematic"}
    for kind, said in everything(rows, INSTRUMENTS):
        check(kind, said)


def test_titles_fit_a_headline() -> None:
    too_long = [said.title for _, said in everything(full_rows(), INSTRUMENTS) if len(said.title) > 110]
    assert not too_long


# ---------------------------------------------------------------- level and certainty


def test_summary_names_what_holds_the_average_back() -> None:
    said = head("summary", make_rows(ENGLISH))
    assert said.title == "Systematic on average; the weakest link, leadership cadence, holds it back"
    assert "Nordvand scores 2.92 (95% interval 2.80–3.04) on the scale of 1 to 5." in said.text
    assert "with a probability of 84%" in said.text
    danish = head("summary", make_rows(ENGLISH), "da")
    assert danish.title == "Systematisk i gennemsnit, men det svageste led, den ledelsesmæssige kadence, trækker ned"
    assert "2,92 (95\u00a0%-interval 2,80–3,04)" in danish.text


def test_summary_without_a_weaker_level() -> None:
    rows = make_rows(ENGLISH, {element: 3.0 + place / 100 for place, element in enumerate(SCORES)})
    assert head("summary", rows).title == "Systematic on average, with no element at a lower level"


def test_an_unshown_element_might_be_lower() -> None:
    rows = make_rows(ENGLISH, {element: 3.0 + place / 100 for place, element in enumerate(SCORES)})
    hide(next(row for row in rows["scores"] if (row["element"], row["group"]) == ("persistence", "all")))
    assert head("summary", rows).title == "Systematic on average"


def test_an_open_level_is_said_to_be_open() -> None:
    rows = make_rows(ENGLISH)
    for row in rows["levels"]:
        if row["element"] == "overall" and row["rule"] == "nearest":
            row["probability"] = {2: 0.45, 3: 0.55}.get(row["level"], 0.0)
    assert head("summary", rows).title == "Nordvand stands between level 2 and level 3"
    assert "Level 2 is possible too (45%)." in head("summary", rows).text
    assert head("certainty", rows).title.startswith("The level is open")


@pytest.mark.parametrize(
    ("rule", "title"),
    [
        ("staged", "Under way: no further than the weakest link, leadership cadence"),
        ("gated", "Under way: the highest level that is met in full"),
    ],
)
def test_other_headline_rules(rule: str, title: str) -> None:
    instrument = ENGLISH.model_copy(update={"headline_rule": rule})
    rows = make_rows(instrument)
    for row in rows["scores"]:
        if row["element"] == "overall":
            row["level"] = 2
    findings = find(to_shown(instrument, rows), organisation=ORGANISATION, wave=WAVE)
    said = headline("summary", findings, instrument, "en", name=NAME)
    assert said.title == title
    assert "level 2 (Under way)" in said.text or "level is 2 (Under way)" in said.text


@pytest.mark.parametrize(
    ("chance", "start"),
    [
        (0.995, "The level is as good as"),
        (0.8, "The level is fairly"),
        (0.6, "The level is likely"),
        (None, "How certain"),
    ],
)
def test_certainty_follows_the_probability(chance: float | None, start: str) -> None:
    rows = make_rows(ENGLISH)
    for row in rows["levels"]:
        if row["reached"] and row["rule"] == "nearest":
            row["probability"] = chance
    assert head("certainty", rows).title.startswith(start)


def test_certainty_says_whether_the_rules_agree() -> None:
    assert head("certainty", make_rows(ENGLISH)).title == "The level is fairly certain, but it depends on the rule"
    same = make_rows(ENGLISH, dict.fromkeys(SCORES, 3.0))
    assert head("certainty", same).title == "The level is fairly certain, and all three rules give the same level"
    assert "64 of 90 people invited (71%)" in head("certainty", same).text


def test_a_probability_is_never_written_as_certain() -> None:
    rows = make_rows(ENGLISH)
    for row in rows["levels"]:
        row["probability"] = 1.0 if row["reached"] else 0.0
    assert "more than 99%" in head("certainty", rows).text
    assert "100%" not in head("certainty", rows).text


# ---------------------------------------------------------------- roles


def test_role_gaps_headline_in_every_branch() -> None:
    rows = make_rows(ENGLISH)
    assert head("role_gaps", rows).title == "Too few answers to compare the roles"
    add_gaps(rows)
    said = head("role_gaps", rows)
    assert said.title == "Top management and front line see five of seven elements differently"
    assert "top management 3.10, front line 2.00, a difference of 1.10 (95% interval 0.74 to 1.46)" in said.text
    assert "Each time the higher score comes from top management." in said.text
    danish = head("role_gaps", rows, "da")
    assert danish.title == "Topledelsen og frontlinjen ser forskelligt på fem af syv elementer"

    doubtful = make_rows(ENGLISH)
    add_gaps(doubtful, {"persistence": (0.4, -0.1, 0.9), "back_office": (0.1, -0.2, 0.4)})
    assert head("role_gaps", doubtful).title == "No clear gaps between top management and front line"
    assert "does not prove that they agree" in head("role_gaps", doubtful).text

    alike = make_rows(ENGLISH)
    add_gaps(alike, {"persistence": (0.1, -0.3, 0.5), "back_office": (0.1, -0.2, 0.4)})
    assert head("role_gaps", alike).title == "Top management and front line see much the same"

    every = make_rows(ENGLISH)
    add_gaps(every, {"persistence": (-0.8, -1.0, -0.6), "back_office": (-0.7, -1.0, -0.4)})
    said = head("role_gaps", every)
    assert said.title == "Front line and top management see every element differently"
    assert "Each time the higher score comes from front line." in said.text

    single = make_rows(ENGLISH)
    add_gaps(single, {"persistence": (0.8, 0.6, 1.0)})
    assert "the one element compared" in head("role_gaps", single).title

    mixed = make_rows(ENGLISH)
    add_gaps(
        mixed, {"persistence": (-0.8, -1.0, -0.6), "back_office": (0.7, 0.4, 1.0), "customer_strategy": (0, -1, 1)}
    )
    assert "Each time" not in head("role_gaps", mixed).text


def test_row_comments() -> None:
    def comment(rows: Rows, language: str = "en") -> str:
        said = row_comments(to_shown(ENGLISH, rows), ORGANISATION, WAVE, INSTRUMENTS[language], language)
        return said["persistence"]

    rows = make_rows(ENGLISH)
    assert comment(rows) == "Top management and front line cannot be compared."
    add_gaps(rows, {"persistence": (0.8, 0.6, 1.0)})
    assert comment(rows) == "Top management 0.8 above front line; the others lie between."
    assert comment(rows, "da") == "Topledelsen 0,8 over frontlinjen; de øvrige ligger imellem."
    assert comment(rows, "sv") == "Högsta ledningen 0,8 över frontlinjen; de övriga ligger däremellan."
    for row in rows["scores"]:
        if (row["element"], row["group"]) == ("persistence", "role:back_office"):
            row["score"] = 4.2
    assert comment(rows) == "Top management 0.8 above front line; highest: back office, 4.2."
    turned = make_rows(ENGLISH)
    add_gaps(turned, {"persistence": (-0.8, -1.0, -0.6)})
    assert comment(turned).startswith("Front line 0.8 above top management")
    same = make_rows(ENGLISH)
    add_gaps(same, {"persistence": (0.1, -0.2, 0.4)})
    assert comment(same) == "Top management and front line see much the same."


# ---------------------------------------------------------------- elements, causes, waves, plan


def test_element_headlines_take_what_stands_out() -> None:
    rows = full_rows()

    def title(element: str, language: str = "en") -> str:
        return head("element", rows, language, element).title

    assert title("leadership_cadence") == "The weakest link: level 2, and lowest on “Customers at management meetings”"
    assert title("middle_managers") == "A setback: from 3.04 to 2.66 since 2025"
    assert title("customer_strategy") == "Up by 0.80 since 2024, now at level 3"
    assert title("persistence") == "Top management 3.4, front line 2.6: two views of the same thing"
    assert title("middle_managers", "sv") == "Ett bakslag: från 3,04 till 2,66 sedan 2025"
    plain = make_rows(ENGLISH)
    assert head("element", plain, element="customer_strategy").title.startswith("A definite strength at level 3")
    assert head("element", plain, element="back_office").title.startswith("Level 3, Systematic; lowest on “")
    plain["items"][16] |= {"r_wg": 0.1}
    assert "the answers are split on" in head("element", plain, element="back_office").title
    hide(next(row for row in plain["scores"] if (row["element"], row["group"]) == ("back_office", "all")))
    said = head("element", plain, element="back_office")
    assert said.title == "Too few answers to report this element"
    assert "Fewer than five people" in said.text


def test_root_cause_headlines() -> None:
    def causes(*strengths: int) -> str:
        found = tuple(
            Finding("root_cause", "", {"cause": cause.id, "n_items": 8, "n_shown": 8, "judged": 1, "mean": 2.5}, (), s)
            for cause, s in zip(ENGLISH.root_causes, strengths, strict=True)
        )
        return headline("root_causes", Findings(found, ()), ENGLISH, "en", name=NAME).title

    assert causes(0, 0, 0) == causes(1, 1, 0) == "No root cause stands out"
    assert causes(3, 0, 0) == causes(3, 1, 0) == "One root cause stands out: too far from the customers"
    assert causes(2, 0, 2) == (
        "Two root causes stand out: too far from the customers and missing ownership in management"
    )
    assert causes(2, 2, 2) == "There is evidence of all three root causes"


def test_wave_headlines_in_every_branch() -> None:
    rows = make_rows(ENGLISH)
    assert head("waves", rows).title == "The first measurement: there is nothing to compare with yet"
    add_waves(rows)
    said = head("waves", rows)
    assert said.title == "Four elements have risen since 2024; one has fallen since 2025"
    assert "from 2.62 to 2.92, a change of +0.30" in said.text
    for row in rows["changes"]:
        if row["wave_from"] == "2024" and row["element"] in {"back_office", "persistence"}:
            row["verdict"] = "down"
    assert head("waves", rows).title.endswith("; one has fallen since 2025")  # the latest fall comes first
    for row in rows["changes"]:
        row["verdict"] = "cannot_tell"
    assert head("waves", rows).title == "No certain change since 2024"
    assert "That may be chance." in head("waves", rows).text
    for row in rows["changes"]:
        if row["element"] == "overall":
            row["verdict"] = "down"
    assert head("waves", rows).title == "The overall score has fallen since 2024, though no single element for certain"
    for row in rows["changes"]:
        hide(row)
    assert head("waves", rows).title == "The waves cannot be compared"


def test_scores_beside_a_change_add_up_or_are_left_out() -> None:
    rows = make_rows(ENGLISH)
    add_waves(rows)
    for row in rows["changes"]:
        row["change"] += 0.03
    for finding in found_in(rows).of("change_up", "change_down", "change_none"):
        assert "from_score" not in finding.numbers
        assert "those who answered both times" in say(finding, ENGLISH, "en", name=NAME).text


def test_plan_headlines() -> None:
    said = head("plan", make_rows(ENGLISH))
    assert re.match(r"Begin with “.+”$", said.title)
    assert said.text.startswith("Five actions begin now. Two wait until these are under way.")
    assert head("plan", make_rows(ENGLISH, dict.fromkeys(SCORES, 5.0))).title == "No next step to propose"


def test_everything_hidden_is_said_plainly() -> None:
    rows = make_rows(ENGLISH)
    for name in ("scores", "items", "distributions"):
        for row in rows[name]:
            hide(row)
    rows["levels"].clear()
    rows["weakest"].clear()
    assert head("summary", rows).title == "Too few answers to report a level for Nordvand"
    assert head("certainty", rows).title == "Too few answers to say anything for certain"
    assert head("role_gaps", rows).title == "Too few answers to compare the roles"
    assert head("root_causes", rows).title == "Too few answers to judge the root causes"
    assert head("plan", rows).title == "Too few answers to propose actions"
    for kind, said in everything(rows, INSTRUMENTS):
        check(kind, said)
        assert not re.search(r"\d[.,]\d", said.text), f"{kind}: a figure in {said.text!r}"


def test_the_name_is_left_as_it_is_written() -> None:
    findings = found_in(make_rows(ENGLISH))
    assert headline("summary", findings, ENGLISH, "en", name="eBay {n}").text.startswith("eBay {n} scores 2.92")


# ---------------------------------------------------------------- any input


@st.composite
def any_rows(draw: st.DrawFn) -> Rows:
    """Draw rows in which scores, intervals, verdicts and what is hidden are anything at all."""
    scores = {element: draw(st.floats(1, 5)) for element in SCORES}
    rows = make_rows(ENGLISH, scores)
    add_systematic(rows, draw(st.sampled_from(["", "customer_strategy", "customer_strategy,leadership_cadence"])))
    for element in draw(st.sets(st.sampled_from(sorted(SCORES)))):
        gap = draw(st.floats(-4, 4))
        add_gap(
            rows,
            element,
            gap,
            gap - draw(st.floats(0, 2)),
            gap + draw(st.floats(0, 2)),
            ("top_management", "front_line"),
        )
    verdicts = st.tuples(st.sampled_from(["up", "down", "cannot_tell"]), st.floats(-2, 2))
    moved = draw(
        st.dictionaries(
            st.sampled_from(["overall", *SCORES]), st.fixed_dictionaries({"2024": verdicts, "2025": verdicts})
        )
    )
    if moved:
        add_waves(rows, moved)
    flagged = {
        "n_flagged": draw(st.integers(0, 9)),
        "n_long_run": 1,
        "n_fast": 1,
        "score_all": 2.9,
        "score_without": 2.8,
    }
    rows["careless"].append({**KEY, **flagged})
    rows["units"].append(
        {**KEY, "element": "overall", "n_units": 3, "icc1": draw(st.floats(-0.3, 1)), "between_sd": 0.1}
    )
    for row in rows["items"]:
        row |= {"r_wg": draw(st.sampled_from([-0.4, 0.2, 0.7, None])), "n_dont_know": draw(st.integers(0, 60))}
    for row in rows["levels"]:
        row["probability"] = draw(st.sampled_from([0.0, 0.004, 0.5, 0.997, 1.0, None]))
    shares = draw(st.sampled_from([0, 0, 3, 10]))
    for name in ("scores", "items", "gaps", "changes", "distributions"):
        for row in rows[name]:
            fate = draw(st.integers(0, 11)) if shares else 11
            if fate < shares // 2:
                hide(row, draw(st.sampled_from(["too_few", "withheld", "no_answers", "low_coverage"])))
            elif fate < shares and "low" in row:
                row |= {"low": None, "high": None}
    return rows


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_rows())
def test_any_scores_give_whole_sentences(rows: Rows) -> None:
    for kind, said in everything(rows, INSTRUMENTS):
        check(kind, said)


def test_another_instrument_with_seven_levels() -> None:
    instruments = {code: load_instrument(OTHER, code) for code in ("en", "da")}
    instrument = instruments["en"]
    scores = {element.id: 2.2 + 1.3 * place for place, element in enumerate(instrument.elements)}
    rows = make_rows(instrument, scores)
    roles = [role.id for role in instrument.roles]
    for element in instrument.elements:
        add_gap(rows, element.id, 0.9, 0.5, 1.3, (roles[0], roles[-1]))
    for kind, said in everything(rows, instruments):
        check(kind, said)
