"""The engine against plain loops, and the same bits however the rows are split or ordered."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders_scoring import ROLES, frames_to_responses, join_responses, make_instrument, make_responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from cxassess.context import OrganisationContext, Target
from cxassess.errors import CxassessError
from cxassess.responses.model import Responses
from cxassess.scoring import mean_interval, score_responses
from cxassess.scoring.coding import encode
from cxassess.scoring.design import Design
from cxassess.scoring.estimate import Stratum, estimate
from cxassess.scoring.model import COLUMNS
from cxassess.scoring.partials import Sums, combine, partials

REFERENCE = json.loads((Path(__file__).parent / "reference" / "scoring.json").read_text(encoding="utf-8"))
FRAMES = [name for name in COLUMNS if name != "comments"]
PEOPLE = {"top": 6, "middle": 9, "front": 14, "back": 7}


def row_of(frame, **keys):
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def plain_scores(responses):
    """Person × element by the half rule, with plain loops."""
    rows = []
    for _, person in responses.answers.iterrows():
        for element in responses.instrument.elements:
            asked = [item.id for item in element.items if person["role"] in item.roles]
            given = [int(person[item]) for item in asked if person[item] is not pd.NA]
            if given and 2 * len(given) >= len(asked):
                rows.append((person["respondent"], person["role"], element.id, Fraction(sum(given), len(given))))
    return pd.DataFrame(rows, columns=["respondent", "role", "element", "score"])


@pytest.mark.parametrize("scheme", ["roles", "respondents", "weights"])
def test_scores_match_plain_loops(scheme):
    small = make_instrument(scheme=scheme, weights=(1.0, 2.0, 0.5), asked={"A1": ("top", "front"), "B3": ("back",)})
    responses = make_responses(small, PEOPLE, gaps=0.25)
    scores = score_responses(responses).scores
    own = plain_scores(responses)
    weight = {"roles": dict.fromkeys(ROLES, 1), "weights": {role: n + 1 for n, role in enumerate(ROLES)}}.get(scheme)
    overall = Fraction(0)
    for element in small.elements:
        inside = own[own["element"] == element.id]
        means = {role: sum(part["score"]) / len(part) for role, part in inside.groupby("role")}
        w = weight or {role: len(part) for role, part in inside.groupby("role")}
        expected = sum(w[role] * mean for role, mean in means.items()) / sum(w[role] for role in means)
        found = row_of(scores, element=element.id, group="all")
        assert found["score"] == float(expected)
        assert found["n_respondents"] == len(inside)
        for role, mean in means.items():
            assert row_of(scores, element=element.id, group=f"role:{role}")["score"] == float(mean)
        overall += Fraction(str(element.weight)) * expected
    assert row_of(scores, element="overall", group="all")["score"] == float(overall / Fraction("3.5"))


def test_stratified_estimator_matches_the_survey_package():
    known = REFERENCE["apistrat"]
    one = make_instrument(items=(1,))
    strata = [
        Stratum(
            Sums(n, *(np.array([[value]]) for value in (n, total, square)), *(np.zeros((1, 1)),) * 3),
            Fraction(population),
            population,
        )
        for n, population, total, square in known["strata"]
    ]
    found = estimate(strata, one, 1)
    assert float(found.scores[0]) == pytest.approx(known["mean"], abs=0.005)
    assert found.variance(0) ** 0.5 == pytest.approx(known["se"], abs=0.0005)
    assert found.overall_variance == pytest.approx(found.variance(0))


def test_role_interval_is_the_t_interval_with_finite_population():
    responses = make_responses(make_instrument(items=(2,)), {"top": 8, "front": 12}, gaps=0)
    context = OrganisationContext(invited={"1": {"top": 10, "front": 40}})
    scores = score_responses(responses, contexts={"Nordlys": context}).scores
    own = plain_scores(responses)
    found = row_of(scores, element="element_0", group="role:top")
    expected = mean_interval(own[own["role"] == "top"]["score"].astype(float), population=10)
    assert (found["low"], found["high"]) == pytest.approx(expected)
    assert found["n_invited"] == 10
    assert row_of(scores, element="overall", group="all")["n_invited"] == 50


def test_overall_interval_counts_the_covariance_between_elements():
    responses = make_responses(make_instrument(items=(2, 2, 2), roles=("front",)), {"front": 25}, gaps=0)
    scores = score_responses(responses).scores
    own = plain_scores(responses).groupby("respondent")["score"].mean().astype(float)
    found = row_of(scores, element="overall", group="all")
    assert (found["low"], found["high"]) == pytest.approx(mean_interval(own))


def test_a_census_has_no_sampling_error_and_unanimity_no_interval():
    small = make_instrument(items=(1, 1), roles=("top", "front"))
    rows = [("O", "1", f"p{n}", "top", None, pd.NaT, None, 3, 1 + n % 3) for n in range(6)]
    responses = frames_to_responses(small, rows)
    census = score_responses(responses, contexts={"O": OrganisationContext(invited={"1": {"top": 6}})})
    found = row_of(census.scores, element="element_1", group="all")
    assert found["low"] == found["score"] == found["high"]
    assert row_of(census.levels, element="overall", rule="staged", level=2)["probability"] == 1
    sample = score_responses(responses).scores
    assert np.isnan(row_of(sample, element="element_0", group="all")["low"]), "all the same is no information"
    assert not np.isnan(row_of(sample, element="element_1", group="all")["low"])


def test_a_role_of_one_borrows_the_spread_of_the_others():
    small = make_instrument(items=(2,))
    responses = make_responses(small, {"top": 1, "front": 20}, gaps=0)
    scores = score_responses(responses).scores
    own = plain_scores(responses)
    s2 = own[own["role"] == "front"]["score"].astype(float).var(ddof=1)
    found = row_of(scores, element="element_0", group="all")
    parts = np.array([0.25 * s2, 0.25 * s2 / 20])
    half = stats.t.ppf(0.975, parts.sum() ** 2 / (parts**2 / 19).sum()) * parts.sum() ** 0.5
    assert found["high"] - found["score"] == pytest.approx(half)
    assert np.isnan(row_of(scores, element="element_0", group="role:top")["low"])


def test_levels_at_a_cutoff_are_exact():
    small = make_instrument(items=(3,), roles=("front",))
    rows = [
        ("O", "1", f"p{n}", "front", None, pd.NaT, None, *values) for n, values in enumerate([(2, 2, 3), (2, 3, 3)] * 3)
    ]
    found = row_of(score_responses(frames_to_responses(small, rows)).scores, element="element_0", group="all")
    assert found["score"] == 2.5
    assert found["level"] == 3


def test_half_rule_and_the_kinds_of_no_number():
    small = make_instrument(items=(4,), roles=("front",))
    rows = [
        ("O", "1", "a", "front", None, pd.NaT, None, 4, 2, None, None),
        ("O", "1", "b", "front", None, pd.NaT, None, 5, None, None, None),
    ]
    reasons = [
        ("O", "1", "a", "A3", "dont_know"),
        ("O", "1", "a", "A4", "not_applicable"),
        ("O", "1", "b", "A3", "missing"),
    ]
    scores = score_responses(frames_to_responses(small, rows, reasons))
    found = row_of(scores.scores, element="element_0", group="all")
    assert (found["score"], found["n_respondents"], found["coverage"]) == (3, 1, 3 / 8)
    item = row_of(scores.items, item="A3", group="all")
    assert (item["n"], item["n_dont_know"], item["n_not_applicable"], item["n_missing"]) == (0, 1, 0, 1)
    assert (item["status"], item["reason"]) == ("insufficient", "no_answers")
    assert row_of(scores.items, item="A4", group="all")["n_not_applicable"] == 1


def test_nobody_passing_the_half_rule_is_low_coverage():
    small = make_instrument(items=(4, 1), roles=("front",))
    rows = [("O", "1", f"p{n}", "front", None, pd.NaT, None, None, 4, None, None, 3) for n in range(6)]
    found = row_of(score_responses(frames_to_responses(small, rows)).scores, element="element_0", group="all")
    assert (found["status"], found["reason"]) == ("insufficient", "low_coverage")


def test_a_pulse_wave_is_scored_on_the_pulse_items():
    small = make_instrument(items=(4, 3))
    responses = make_responses(small, PEOPLE, gaps=0)
    answers = responses.answers.copy()
    for item in small.items:
        if not item.pulse:
            answers[item.id] = pd.array([pd.NA] * len(answers), dtype="Int8")
    pulse = Responses(small, answers, responses.reasons, responses.comments, responses.source)
    scores = score_responses(pulse)
    found = row_of(scores.scores, element="element_0", group="all")
    assert (found["status"], found["coverage"]) == ("scored", 1)
    assert set(scores.items["item"]) == {"A1", "B1"}


def test_a_context_that_contradicts_the_responses_is_refused():
    responses = make_responses(make_instrument(), {"top": 6})
    context = OrganisationContext(invited={"1": {"top": 5, "janitor": 3}})
    with pytest.raises(CxassessError) as caught:
        score_responses(responses, contexts={"Nordlys": context})
    assert len(caught.value.problems) == 2


def test_a_target_that_the_instrument_does_not_know_is_refused():
    responses = make_responses(make_instrument(), {"top": 6})
    target = Target(date=date(2027, 1, 1), elements={"ownershp": 3.0, "element_0": 1.0}, overall=9)
    context = OrganisationContext(target=target)
    with pytest.raises(CxassessError) as caught:
        score_responses(responses, contexts={"Nordlys": context})
    assert [problem.where.split(", ")[1] for problem in caught.value.problems] == ["ownershp", "overall"]
    score_responses(responses, contexts={"Somebody else": context})


def same_bits(first, second):
    for name in FRAMES:
        a, b = getattr(first, name), getattr(second, name)
        assert a.equals(b), name
        for column in a.select_dtypes("float64"):
            assert a[column].to_numpy().tobytes() == b[column].to_numpy().tobytes(), (name, column)


def two_organisations(seed):
    small = make_instrument(items=(3, 2))
    return join_responses(
        make_responses(small, {"top": 5, "front": 18}, organisation="B", seed=seed, units=("N", "S"), gaps=0.2),
        make_responses(small, {"top": 6, "front": 17}, organisation="B", wave="2", seed=seed + 1, units=("N", "S")),
        make_responses(small, {"middle": 7}, organisation="A", seed=seed + 2),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_plays_no_part(seed):
    responses = two_organisations(seed)
    parts = [
        frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        for frame in (responses.answers, responses.reasons, responses.comments)
    ]
    same_bits(score_responses(responses), score_responses(Responses(responses.instrument, *parts, responses.source)))


def test_an_organisation_scores_the_same_alone():
    responses = two_organisations(5)
    together, alone = score_responses(responses), score_responses(responses.select("B"))
    for name in FRAMES:
        frame = getattr(together, name)
        part = frame[frame["organisation"] == "B"].reset_index(drop=True)
        assert part.equals(getattr(alone, name).reset_index(drop=True)), name


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 3), min_size=53, max_size=53), st.permutations(range(4)))
def test_partials_add_up_to_the_same_bits(chunk_of, order):
    responses = two_organisations(7)
    design = Design.of(responses.instrument)
    whole = partials(encode(responses.answers, responses.reasons, responses.instrument), design)
    chunk_of = np.array(chunk_of)[: len(responses.answers)]
    pieces = []
    for chunk in order:
        rows = responses.answers[chunk_of == chunk].reset_index(drop=True)
        pieces.append(partials(encode(rows, responses.reasons, responses.instrument), design))
    added = combine(pieces)
    assert added.cells.equals(combine([whole]).cells)
    for mine, theirs in zip(added.arrays, combine([whole]).arrays, strict=True):
        assert mine.dtype == theirs.dtype == np.int64
        assert (mine == theirs).all()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(2, 8), st.integers(0, 10**6), st.sampled_from(["roles", "respondents", "weights"]))
def test_bounds_and_monotonicity(levels, seed, scheme):
    small = make_instrument(items=(2, 1), levels=levels, scheme=scheme)
    responses = make_responses(small, {"top": 3, "front": 8}, seed=seed, gaps=0.1)
    before = score_responses(responses)
    scored = before.scores[before.scores["status"] == "scored"]
    assert scored["score"].between(1, levels).all()
    known = scored.dropna(subset=["low"])
    assert ((known["low"] >= 1) & (known["low"] <= known["score"]) & (known["score"] <= known["high"])).all()
    assert (known["high"] <= levels).all()
    assert scored["coverage"].between(0, 1).all()
    totals = before.levels.groupby(["element", "rule"])["probability"].sum(min_count=levels).dropna()
    assert np.allclose(totals, 1, atol=1e-6)
    raised = responses.answers.copy()
    lower = np.flatnonzero((raised["A1"] < levels).fillna(False))
    if lower.size:
        raised.loc[int(lower[0]), "A1"] += 1
        after = score_responses(Responses(small, raised, responses.reasons, responses.comments, responses.source))
        assert (after.scores["score"].fillna(0) >= before.scores["score"].fillna(0) - 1e-12).all()
