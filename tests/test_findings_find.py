"""What is found in the scores: the right kinds, with the right figures, in the right order."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest
from builders_findings import (
    GAPS,
    KEY,
    NAN,
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

from cxassess.context import OrganisationContext
from cxassess.errors import CxassessError
from cxassess.findings import KINDS, Finding, Findings, find, say
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument("eight_elements", "en")


@pytest.fixture
def rows(instrument: Instrument) -> Rows:
    return make_rows(instrument)


def found_in(instrument: Instrument, rows: Rows, context: OrganisationContext | None = None) -> Findings:
    return find(to_shown(instrument, rows), organisation=ORGANISATION, wave=WAVE, context=context)


def one(findings: Findings, kind: Any, element: str | None = None) -> Finding:
    found = findings.first(kind, element=element)
    assert found is not None, f"{kind} of {element} not found"
    return found


# ---------------------------------------------------------------- level and profile


def test_overall_level_names_the_weakest_link(instrument: Instrument, rows: Rows) -> None:
    overall = one(found_in(instrument, rows), "overall_level")
    assert overall.numbers["level"] == 3
    assert overall.numbers["probability"] == pytest.approx(0.84)
    assert overall.numbers["second_level"] == 2
    assert overall.word("weakest") == "leadership_cadence"
    assert overall.numbers["weakest_level"] == 2
    assert overall.numbers["weakest_clear"] == 1
    assert (overall.numbers["level_staged"], overall.numbers["level_gated"]) == (2, 2)
    assert overall.evidence[0] == "LC1"


@pytest.mark.parametrize(("second", "clear"), [(2.50, 0), (2.60, 0), (2.62, 1), (2.70, 1)])
def test_weakest_link_is_told_from_the_next_only_where_it_can_be(
    instrument: Instrument, second: float, clear: int
) -> None:
    rows = make_rows(instrument, {**SCORES, "middle_managers": second})
    weakest = one(found_in(instrument, rows), "weakest_link")
    assert weakest.element == "leadership_cadence"
    assert weakest.word("second") == "middle_managers"
    assert weakest.numbers["clear"] == clear  # 0.12 · √2 = 0.17


@pytest.mark.parametrize(("second", "clear"), [(2.50, 0), (2.60, 1)])
def test_a_difference_of_less_than_a_tenth_is_never_clear(instrument: Instrument, second: float, clear: int) -> None:
    rows = make_rows(instrument, {**SCORES, "middle_managers": second})
    for row in rows["scores"]:  # as where everybody answered
        row["low"] = row["high"] = row["score"]
    assert one(found_in(instrument, rows), "weakest_link").numbers["clear"] == clear


def test_strengths_lie_clearly_above_the_overall_score(instrument: Instrument, rows: Rows) -> None:
    strengths = found_in(instrument, rows).of("strength")
    assert [finding.element for finding in strengths] == [
        "customer_strategy",
        "employee_enablement",
        "leadership_ownership",
    ]
    assert all(finding.numbers["clear"] == 1 for finding in strengths)


def test_without_a_clear_strength_the_highest_is_named_as_such(instrument: Instrument) -> None:
    rows = make_rows(instrument, {element: 3.0 + place / 100 for place, element in enumerate(SCORES)})
    (strength,) = found_in(instrument, rows).of("strength")
    assert (strength.element, strength.numbers["clear"]) == ("persistence", 0)


@pytest.mark.parametrize(("low", "strength"), [(3.2, 0), (2.8, 1), (2.3, 2)])
def test_coherence_is_the_spread_between_the_elements(instrument: Instrument, low: float, strength: int) -> None:
    scores = {**dict.fromkeys(SCORES, 3.2), "customer_strategy": 3.4, "back_office": low}
    coherence = one(found_in(instrument, make_rows(instrument, scores)), "coherence", "overall")
    assert coherence.strength == strength
    assert coherence.numbers["spread"] == pytest.approx(3.4 - low)


def test_a_strategy_far_ahead_of_the_rest_is_named(instrument: Instrument, rows: Rows) -> None:
    ahead = one(found_in(instrument, rows), "coherence", "customer_strategy")
    others = [score for element, score in SCORES.items() if element != "customer_strategy"]
    assert ahead.numbers["others"] == pytest.approx(sum(others) / 7)


@pytest.mark.parametrize(("missing", "kind"), [("", "systematic"), ("leadership_cadence", "not_systematic")])
def test_systematic_or_not(instrument: Instrument, rows: Rows, missing: str, kind: str) -> None:
    add_systematic(rows, missing)
    finding = one(found_in(instrument, rows), kind)
    assert finding.word("missing") == missing
    assert finding.numbers["count"] == 3
    assert {item[:2] for item in finding.evidence} == ({"LC"} if missing else {"LO", "CS", "LC"})


# ---------------------------------------------------------------- roles


def test_role_gaps_real_same_and_cannot_tell(instrument: Instrument, rows: Rows) -> None:
    add_gaps(rows)
    findings = found_in(instrument, rows)
    verdicts = {
        finding.element: finding.word("verdict")
        for finding in findings.of("role_gap", "role_agreement")
        if finding.element != "overall"
    }
    real = dict.fromkeys(list(GAPS)[:5], "real")
    assert verdicts == {**real, "data_transparency": "cannot_tell", "middle_managers": "same"}
    summary = one(findings, "role_gap")
    assert summary.element == "overall"
    assert (summary.numbers["n_real"], summary.numbers["n_compared"]) == (5, 7)
    assert summary.word("widest") == "leadership_cadence"
    assert one(findings, "unknown", "employee_enablement").word("what") == "gap"


def test_gap_rows_the_other_way_round_are_turned(instrument: Instrument, rows: Rows) -> None:
    add_gap(rows, "back_office", -0.6, -0.9, -0.3, ("front_line", "top_management"))
    gap = one(found_in(instrument, rows), "role_gap", "back_office")
    assert (gap.word("high_group"), gap.word("low_group")) == ("top_management", "front_line")
    assert (gap.numbers["gap"], gap.numbers["low"], gap.numbers["high"]) == (0.6, 0.3, 0.9)


def test_scores_beside_a_gap_must_add_up(instrument: Instrument, rows: Rows) -> None:
    add_gaps(rows, {"back_office": (0.5, 0.1, 0.9)})
    assert "high_score" in one(found_in(instrument, rows), "role_gap", "back_office").numbers
    rows["gaps"][0]["gap"] = 0.53
    assert "high_score" not in one(found_in(instrument, rows), "role_gap", "back_office").numbers


def test_common_items_are_used_where_every_role_has_them(instrument: Instrument, rows: Rows) -> None:
    add_gaps(rows, {"back_office": (0.5, 0.1, 0.9)})
    for place, role in enumerate(instrument.roles):
        common = {"element": "back_office", "group": f"role:{role.id}", "score": 3.0 - place / 4}
        rows["role_scores_common"].append({**KEY, **common})
    gap = one(found_in(instrument, rows), "role_gap", "back_office")
    assert (gap.numbers["high_score"], gap.numbers["low_score"]) == (3.0, 2.5)
    rows["role_scores_common"][-1]["score"] = NAN
    assert one(found_in(instrument, rows), "role_gap", "back_office").numbers["high_score"] == pytest.approx(3.13)


def test_no_comparable_roles_is_said(instrument: Instrument, rows: Rows) -> None:
    unknown = found_in(instrument, rows).about("overall", "unknown")
    assert [finding.word("what") for finding in unknown] == ["gaps"]


# ---------------------------------------------------------------- waves


def test_changes_since_the_first_and_the_previous_wave(instrument: Instrument, rows: Rows) -> None:
    add_waves(rows)
    findings = found_in(instrument, rows)
    assert findings.waves == 3
    up = {(finding.element, finding.word("since")) for finding in findings.of("change_up")}
    assert ("data_transparency", "previous") in up
    assert ("customer_strategy", "first") in up
    assert ("customer_strategy", "previous") not in up
    overall = one(findings, "change_up", "overall")
    assert (overall.numbers["n_up"], overall.numbers["n_down"], overall.numbers["n_none"]) == (4, 0, 4)
    assert overall.numbers["wave_from_form"] == "year"


def test_setback_knows_the_best_score_so_far_and_the_first_wave(instrument: Instrument, rows: Rows) -> None:
    add_waves(rows)
    setback = one(found_in(instrument, rows), "setback")
    assert setback.element == "middle_managers"
    assert setback.numbers["best"] == pytest.approx(3.04)
    assert setback.word("best_wave") == "2025"
    assert setback.word("since_first") == "cannot_tell"


def test_best_so_far_only_where_it_is(instrument: Instrument, rows: Rows) -> None:
    add_waves(rows)
    best = {finding.element: finding.numbers["certain"] for finding in found_in(instrument, rows).of("best_so_far")}
    assert "middle_managers" not in best
    assert best["customer_strategy"] == 1
    assert best["back_office"] == 0


def test_an_earlier_wave_is_compared_only_with_those_before_it(instrument: Instrument, rows: Rows) -> None:
    add_waves(rows)
    shown = to_shown(instrument, rows)
    first = find(shown, organisation=ORGANISATION, wave="2024")
    assert first.waves == 1
    assert not first.of("change_up", "change_none", "best_so_far")


def test_waves_in_one_year_are_called_by_month_and_undated_ones_by_name(instrument: Instrument, rows: Rows) -> None:
    add_waves(rows)
    for month, wave in zip((2, 5, 9), rows["waves"], strict=True):
        wave["date"] = datetime(2026, month, 3)
    change = one(found_in(instrument, rows), "change_none")
    assert change.numbers["wave_from_form"] == "month"
    rows["waves"][0]["date"] = None
    context = OrganisationContext(wave_names={"2024": "the pilot"})
    change = one(found_in(instrument, rows, context), "change_up", "overall")
    assert (change.numbers["wave_from_form"], change.numbers["wave_from_name"]) == ("label", "the pilot")


# ---------------------------------------------------------------- comparisons, certainty


@pytest.mark.parametrize(
    ("low", "high", "kind"), [(60, 90, "benchmark_ahead"), (4, 25, "benchmark_behind"), (30, 80, "")]
)
def test_benchmark_is_spoken_of_only_when_its_interval_leaves_out_the_middle(
    instrument: Instrument, rows: Rows, low: float, high: float, kind: str
) -> None:
    figures = {"n": 41, "q25": 2.6, "median": 2.9, "q75": 3.2, "percentile": (low + high) / 2, "low": low, "high": high}
    rows["benchmarks"].append({**KEY, "element": "back_office", **figures})
    assert [finding.kind for finding in found_in(instrument, rows).of("benchmark_ahead", "benchmark_behind")] == (
        [kind] if kind else []
    )


@pytest.mark.parametrize(
    ("r_wg", "n", "split"), [(0.29, 8, True), (0.30, 8, False), (0.10, 7, False), (NAN, 60, False)]
)
def test_disagreement_needs_eight_answers_and_low_agreement(
    instrument: Instrument, rows: Rows, r_wg: float, n: int, split: bool
) -> None:
    rows["items"][5] |= {"r_wg": r_wg, "n": n}
    found = found_in(instrument, rows).of("disagreement")
    assert [finding.evidence for finding in found] == ([(rows["items"][5]["item"],)] if split else [])
    if split:
        assert found[0].numbers["low_share"] == pytest.approx(0.4)


@pytest.mark.parametrize(("unknowing", "known"), [(19, False), (20, True)])
def test_many_who_do_not_know_are_a_finding(instrument: Instrument, rows: Rows, unknowing: int, known: bool) -> None:
    rows["items"][0] |= {"n": 60, "n_dont_know": unknowing}
    found = [finding for finding in found_in(instrument, rows).of("unknown") if finding.word("what") == "dont_know"]
    assert bool(found) is known
    if known:
        assert found[0].numbers["share"] == 0.25


def test_hidden_groups_and_thin_answers_are_unknown(instrument: Instrument, rows: Rows) -> None:
    by_key = {(row["element"], row["group"]): row for row in rows["scores"]}
    hide(by_key["overall", "role:top_management"])
    hide(by_key["persistence", "all"], "low_coverage")
    by_key["back_office", "all"]["coverage"] = 0.5
    findings = found_in(instrument, rows)
    said = {(finding.word("what"), finding.word("role") or finding.element) for finding in findings.of("unknown")}
    assert {("role", "top_management"), ("element", "persistence"), ("coverage", "back_office")} <= said
    assert not findings.about("persistence", "element_level", "strength", "weakest_link")


def test_careless_and_units(instrument: Instrument, rows: Rows) -> None:
    figures = {"n_flagged": 6, "n_long_run": 4, "n_fast": 3, "score_all": 2.92, "score_without": 2.90}
    rows["careless"].append({**KEY, **figures})
    for element, icc in {"overall": 0.02, "back_office": 0.18, "persistence": 0.05}.items():
        rows["units"].append({**KEY, "element": element, "n_units": 7, "icc1": icc, "between_sd": 0.2})
    findings = found_in(instrument, rows)
    assert one(findings, "careless").numbers["n_flagged"] == 6
    assert [finding.element for finding in findings.of("consistency")] == ["overall", "back_office"]
    rows["careless"][0] |= dict.fromkeys(figures)
    assert not found_in(instrument, rows).of("careless")


# ---------------------------------------------------------------- as a whole


def test_findings_are_in_order_and_hold_no_nan(instrument: Instrument, rows: Rows) -> None:
    add_gaps(rows)
    add_waves(rows)
    findings = found_in(instrument, rows)
    kinds = [KINDS.index(finding.kind) for finding in findings.findings]
    assert kinds == sorted(kinds)
    for finding in findings.findings:
        for key, value in finding.numbers.items():
            assert isinstance(value, int | float | str), key
            assert not (isinstance(value, float) and math.isnan(value)), key
        assert set(finding.evidence) <= set(instrument.item_ids)
    assert [finding.kind for finding in findings.main()] == ["weakest_link", "role_gap", "setback"]


def test_everything_hidden_finds_only_what_is_unknown(instrument: Instrument, rows: Rows) -> None:
    for name in ("scores", "items", "distributions"):
        for row in rows[name]:
            hide(row)
    for row in rows["levels"]:
        row |= {"reached": None, "probability": None}
    rows["weakest"].clear()
    findings = found_in(instrument, rows)
    assert {finding.kind for finding in findings.findings} == {"unknown", "root_cause"}
    assert all(finding.numbers["judged"] == 0 for finding in findings.of("root_cause"))
    assert not findings.actions


def test_another_organisation_is_refused_by_name(instrument: Instrument, rows: Rows) -> None:
    with pytest.raises(CxassessError, match="Sydvand, 2026"):
        find(to_shown(instrument, rows), organisation="Sydvand", wave=WAVE)


def test_rows_of_others_do_not_matter(instrument: Instrument, rows: Rows) -> None:
    add_gaps(rows)
    alone = found_in(instrument, rows)
    for name, given in rows.items():
        given += [{**row, "organisation": "Sydvand"} for row in list(given) if name != "comments"]
    assert found_in(instrument, rows) == alone


@pytest.mark.parametrize("status", ["suppressed", "insufficient"])
def test_a_figure_left_in_an_unshown_row_is_not_used(instrument: Instrument, rows: Rows, status: str) -> None:
    add_gaps(rows)
    for name in ("scores", "items", "gaps"):
        for row in rows[name]:
            if row["element"] in {"leadership_cadence", "overall"}:
                row["status"] = status
    findings = found_in(instrument, rows)
    about = {finding.kind for finding in findings.about("leadership_cadence")}
    assert about == {"unknown"}
    assert not findings.of("overall_level")
    assert all(finding.word("widest") != "leadership_cadence" for finding in findings.findings)
    assert "leadership_cadence" not in {action.element for action in findings.actions}


def test_an_unclear_weakest_link_is_not_said_to_hold_anything_back(instrument: Instrument) -> None:
    rows = make_rows(instrument, {**SCORES, "middle_managers": 2.46})
    findings = found_in(instrument, rows)
    assert findings.first("weakest_link").numbers["clear"] == 0
    said = say(findings.first("overall_level"), instrument, "en", name="Acme")
    assert "holds" not in said.title
