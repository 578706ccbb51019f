"""Small groups: whose spread is used, when a difference is claimed, and what a census is."""

import numpy as np
import pandas as pd
import pytest
from builders_scoring import frames_to_responses, join_responses, make_instrument, make_responses
from scipy import stats

from cxassess.context import OrganisationContext
from cxassess.scoring import score_responses
from cxassess.scoring.gaps import Difference, compare_means


def rows_of(role, answers, prefix, wave="1"):
    return [("O", wave, f"{prefix}{n}", role, None, pd.NaT, None, *one) for n, one in enumerate(answers)]


def everybody(frame, **keys):
    chosen = frame[frame["group"] == "all"]
    for name, value in keys.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_small_roles_take_the_pooled_spread_and_count_as_one():
    small = make_instrument(items=(1,), roles=("top", "middle", "front"))
    answers = {"top": [3, 3, 4], "middle": [2, 4], "front": [1, 2, 3, 3, 4, 5, 2, 3]}
    rows = [row for role, given in answers.items() for row in rows_of(role, [(x,) for x in given], role)]
    scores = score_responses(frames_to_responses(small, rows))
    spread = {role: np.var(given, ddof=1) for role, given in answers.items()}
    free = {role: len(given) - 1 for role, given in answers.items()}
    pooled = sum(spread[role] * free[role] for role in answers) / sum(free.values())
    lent, own = pooled * (1 / 3 + 1 / 2) / 9, spread["front"] / 8 / 9
    degrees = (lent + own) ** 2 / (lent**2 / sum(free.values()) + own**2 / free["front"])
    half = stats.t.ppf(0.975, degrees) * (lent + own) ** 0.5
    for frame, key in ((scores.scores, {"element": "element_0"}), (scores.items, {"item": "A1"})):
        found = everybody(frame, **key)
        middle = found["score" if "score" in found else "mean"]
        assert (found["high"] - middle, middle - found["low"]) == pytest.approx((half, half))


def test_the_more_cautious_of_two_t_tests_counts():
    close, wide = [3.0, 3.0, 3.0, 3.0, 3.25], [1.0, 2, 3, 4, 5, 2, 3, 1, 2, 2, 3, 1, 4, 2, 1]
    variances = (np.var(close, ddof=1) / 5, np.var(wide, ddof=1) / 15)
    s2 = (np.var(close, ddof=1) * 4 + np.var(wide, ddof=1) * 14) / 18
    found = compare_means(np.mean(close), np.mean(wide), variances, (4.0, 14.0), pooled=(s2 * (1 / 5 + 1 / 15), 18.0))
    tests = [stats.ttest_ind(close, wide, equal_var=equal) for equal in (True, False)]
    assert found.p == pytest.approx(max(test.pvalue for test in tests))
    limits = [test.confidence_interval(0.95) for test in tests]
    assert found.interval(0.05, 4) == pytest.approx((min(one.low for one in limits), max(one.high for one in limits)))
    assert found.interval(found.p * 1.01, 4)[0] > 0
    assert found.interval(found.p * 0.99, 4)[0] < 0
    assert Difference(1.0, 0.04, 10.0).p == pytest.approx(2 * stats.t.sf(5, 10))


@pytest.mark.parametrize("frame", ["gaps", "changes"])
def test_five_people_who_happen_to_agree_do_not_make_a_difference_certain(frame):
    # Welch's test alone takes the agreement of a few for certainty
    small = make_instrument(items=(2,), roles=("top", "middle", "front"))
    few, many = [(4, 4)] * 4 + [(4, 5)], [(n % 5 + 1, (n * 2) % 5 + 1) for n in range(40)]
    second = ("top", "1") if frame == "gaps" else ("front", "2")
    responses = frames_to_responses(small, [*rows_of("front", many, "m"), *rows_of(second[0], few, "f", second[1])])
    found = getattr(score_responses(responses), frame)
    one = found[found["element"] == "element_0"].iloc[0]
    few_means, many_means = ([np.mean(x) for x in part] for part in (few, many))
    assert stats.ttest_ind(few_means, many_means, equal_var=False).pvalue < 0.05 / 8
    assert one["p"] == pytest.approx(stats.ttest_ind(few_means, many_means).pvalue)


def test_a_census_beside_a_unanimous_sample_is_not_certain():
    small = make_instrument(items=(1, 1), roles=("top", "middle", "front"))
    rows = [*rows_of("top", [(4, 4)] * 6, "t"), *rows_of("front", [(3, 3)] * 6, "f")]
    context = OrganisationContext(invited={"1": {"top": 6, "front": 90}})
    gaps = score_responses(frames_to_responses(small, rows), contexts={"O": context}).gaps
    assert gaps["gap"].tolist() == [1, 1, 1]
    assert gaps["p"].isna().all()
    assert set(gaps["verdict"]) == {"cannot_tell"}
    both = OrganisationContext(invited={"1": {"top": 6, "front": 6}})
    gaps = score_responses(frames_to_responses(small, rows), contexts={"O": both}).gaps
    assert set(gaps["verdict"]) == {"real"}


def test_an_invited_role_without_answers_is_part_of_the_population():
    small = make_instrument(items=(2,), roles=("top", "front"), scheme="respondents")
    responses = make_responses(small, {"top": 8}, organisation="O", gaps=0)
    context = OrganisationContext(invited={"1": {"top": 8, "front": 50}})
    found = everybody(score_responses(responses, contexts={"O": context}).scores, element="element_0")
    assert found["n_invited"] == 58
    assert found["low"] < found["score"] < found["high"]


@pytest.mark.parametrize("people", [{"top": 1, "front": 1}, {"top": 2, "middle": 3, "front": 9, "back": 1}])
@pytest.mark.parametrize("levels", [2, 10])
@pytest.mark.parametrize("scheme", ["roles", "respondents", "weights"])
def test_points_lie_in_their_intervals_and_verdicts_agree(people, levels, scheme):
    small = make_instrument(items=(1, 3), levels=levels, scheme=scheme)
    parts = [make_responses(small, people, wave=wave, seed=int(wave), gaps=0.4) for wave in ("1", "2")]
    scores = score_responses(join_responses(*parts))
    for name, point in (("scores", "score"), ("items", "mean"), ("gaps", "gap"), ("changes", "change")):
        known = getattr(scores, name).dropna(subset=["low"])
        assert (known["low"] <= known[point] + 1e-9).all(), name
        assert (known["high"] >= known[point] - 1e-9).all(), name
    for frame in (scores.gaps, scores.changes):
        claimed = frame["verdict"] != "cannot_tell"
        assert (((frame["low"] > 0) | (frame["high"] < 0)) == claimed).all()
