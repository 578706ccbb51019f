"""Each statistic against published values, and what must hold for any data."""

import json
from math import comb, isnan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cxassess.scoring import (
    a_wg,
    average_deviation,
    benjamini_hochberg,
    cronbach_alpha,
    holm,
    icc,
    lmg_shares,
    mean_interval,
    net_promoter_score,
    newcombe_difference,
    percentile_rank,
    r_wg,
    r_wg_j,
    shrink,
    sign_flip_test,
    wilson_interval,
)
from cxassess.scoring.agreement import agreement_word
from cxassess.scoring.comparisons import SignFlips, holm_alphas
from cxassess.scoring.reliability import alpha_from_covariance, feldt_interval

REFERENCE = json.loads((Path(__file__).parent / "reference" / "scoring.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("group", REFERENCE["cohesion"]["groups"], ids=["first", "second"])
def test_agreement_matches_multilevel(group):
    n = group["n"]
    variances = np.array(group["scaled_variances"]) / (n * (n - 1))
    means = np.array(group["totals"]) / n
    assert r_wg_j(variances, 5) == pytest.approx(group["r_wg_j"], abs=5e-8)
    assert a_wg(means, variances, [n] * 5, 5).mean() == pytest.approx(group["a_wg"], abs=5e-8)


def test_r_wg_of_one_item_is_r_wg_j_of_one():
    assert r_wg([1.2], 5)[0] == pytest.approx(1 - 1.2 / 2)
    assert r_wg_j([1.2], 5) == pytest.approx(0.4)
    assert r_wg([2.5], 5)[0] == 0
    assert r_wg_j([2.5, 2.5], 5) == 0
    assert isnan(r_wg_j([float("nan")], 5))


def test_a_wg_says_nothing_outside_its_limits():
    assert np.isnan(a_wg([3.0], [1.0], [3], 5))[0], "fewer than A − 1"
    assert np.isnan(a_wg([1.1], [0.1], [6], 5))[0], "mean too near the end"
    assert a_wg([3.0], [0.0], [6], 5)[0] == 1
    n = 6
    most = ((5 + 1) * 3.0 - 9 - 5) * n / (n - 1)
    assert a_wg([3.0], [most], [n], 5)[0] == pytest.approx(-1)


def test_average_deviation_by_hand():
    # answers 2, 3, 3, 4, 5: mean 3.4, deviations 1.4 .4 .4 .6 1.6
    assert average_deviation([0, 0.2, 0.4, 0.2, 0.2]) == pytest.approx(4.4 / 5)
    assert average_deviation([[0, 0, 1, 0, 0]])[0] == 0


@pytest.mark.parametrize(
    ("value", "n", "word"),
    [
        (0.7, 8, "strong"),
        (0.69, 8, "moderate"),
        (0.5, 9, "moderate"),
        (0.49, 8, "weak"),
        (0.3, 8, "weak"),
        (0.29, 8, "split"),
        (0.9, 7, "too_few"),
        (float("nan"), 20, "too_few"),
    ],
)
def test_agreement_words(value, n, word):
    assert agreement_word(value, n) == word


def test_alpha_and_feldt_interval_match():
    known = REFERENCE["alpha"]
    low, high = feldt_interval(known["alpha"], known["n"], known["k"])
    assert low == pytest.approx(known["low"], abs=5e-7)
    assert high == pytest.approx(known["high"], abs=5e-7)


def test_alpha_of_a_covariance_matrix_by_hand():
    k, r = 4, 0.5
    matrix = np.full((k, k), r) + (1 - r) * np.eye(k)
    assert alpha_from_covariance(matrix) == pytest.approx(k * r / (1 + (k - 1) * r)), "Spearman and Brown"


def test_alpha_leaves_out_people_with_gaps():
    x = np.array([[1.0, 2], [2, 3], [3, 3], [5, 4], [4, np.nan]])
    assert cronbach_alpha(x) == cronbach_alpha(x[:4])
    assert all(isnan(value) for value in cronbach_alpha(x[:, :1]))


def test_icc_by_hand():
    # two units of three: means 2 and 4, MSB = 6, MSW = 1, k = 3
    found = icc([1, 2, 3, 3, 4, 5], ["a", "a", "a", "b", "b", "b"])
    assert found.icc1 == pytest.approx((6 - 1) / (6 + 2 * 1))
    assert found.icc2 == pytest.approx(5 / 6)
    assert found.between_sd == pytest.approx((5 / 3) ** 0.5)
    assert isnan(icc([1, 2], ["a", "b"]).icc1)


def test_mean_interval_with_finite_population():
    x = [2.0, 3, 4, 5]
    low, high = mean_interval(x)
    narrow = mean_interval(x, population=8)
    assert (narrow[1] - narrow[0]) == pytest.approx((high - low) * 0.5**0.5)
    assert high - 3.5 == pytest.approx(3.182446 * (5 / 3 / 4) ** 0.5, abs=1e-5)
    assert mean_interval(x, population=4) == (3.5, 3.5)
    assert all(isnan(end) for end in (*mean_interval([3.0]), *mean_interval([])))


def test_shares_match_newcombe():
    wilson, difference = REFERENCE["shares"]["wilson"], REFERENCE["shares"]["difference"]
    assert wilson_interval(wilson["successes"], wilson["n"]) == pytest.approx((wilson["low"], wilson["high"]), abs=5e-5)
    assert newcombe_difference(*difference["counts"]) == pytest.approx(
        (difference["low"], difference["high"]), abs=5e-5
    )
    assert all(isnan(end) for end in (*wilson_interval(0, 0), *newcombe_difference(0, 0, 1, 2)))


def test_net_promoter_score_matches_rocks():
    known = REFERENCE["net_promoter_score"]
    assert net_promoter_score(*known["counts"]) == pytest.approx(
        (known["score"], known["low"], known["high"]), abs=0.006
    )
    assert net_promoter_score(40, 0, 0)[2] <= 100


def test_sign_flips_match_fisher():
    known = REFERENCE["maize"]
    hits, ways = known["one_sided"]
    assert sign_flip_test(known["differences"]) == 2 * hits / ways


def test_sign_flips_are_seeded_beyond_enumeration():
    d = np.linspace(-1, 2, 30)
    assert sign_flip_test(d) == sign_flip_test(d)
    assert sign_flip_test(d) < 0.05
    assert sign_flip_test(d - d.mean()) > 0.5


def test_holm_and_benjamini_hochberg_match_the_paper():
    known = REFERENCE["benjamini_hochberg"]
    assert (benjamini_hochberg(known["p"]) <= 0.05).sum() == known["rejected_bh"]
    assert (holm(known["p"]) <= 0.05).sum() == known["rejected_holm"]
    assert holm([0.01, float("nan"), 0.04]).tolist()[::2] == [0.02, 0.04]


def test_shrinkage_matches_eight_schools():
    known = REFERENCE["eight_schools"]
    found = shrink(known["estimates"], known["standard_errors"])
    assert np.abs(found.median - known["medians"]).max() <= 1
    assert (found.low < found.median).all()
    assert (found.median < found.high).all()
    with pytest.raises(ValueError, match="at least three"):
        shrink([1, 2], [1, 1])


def test_lmg_matches_relaimpo():
    known = REFERENCE["swiss"]
    correlations = np.array(known["correlations"])
    # data with exactly these correlations
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(known["n"], 6))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    data = white @ np.linalg.cholesky(correlations).T
    assert lmg_shares(data[:, :5], data[:, 5]) == pytest.approx(known["shares"], abs=5e-7)
    with pytest.raises(ValueError, match="more observations"):
        lmg_shares(data[:5, :5], data[:5, 5])


def test_percentile_by_hand():
    assert percentile_rank(3, [1, 2, 3, 4])[0] == pytest.approx(100 * 2.5 / 4)
    percentile, low, high = percentile_rank(5, range(1, 11))
    assert low < percentile < high
    assert isnan(percentile_rank(3, [])[0])


P = st.lists(st.floats(0, 1), min_size=1, max_size=9)


@given(P)
def test_holm_never_lowers_a_p_value_and_intervals_follow_it(p):
    adjusted, alphas = holm(p), holm_alphas(p)
    assert (adjusted >= np.array(p) - 1e-12).all()
    assert (benjamini_hochberg(p) <= adjusted + 1e-12).all()
    near = np.isclose(adjusted, 0.05, atol=1e-9)
    assert ((np.array(p) <= alphas) == (adjusted <= 0.05))[~near].all()


@given(arrays(np.int64, st.integers(6, 9), elements=st.integers(-8, 8)), st.sampled_from([0.05, 0.1, 0.3]))
def test_sign_flip_interval_is_the_inverted_test(d, alpha):
    flips = SignFlips.of(d / 4)
    low, high = flips.interval(alpha)
    assert (low > 1e-9 or high < -1e-9) == (flips.p_value() <= alpha) or min(abs(low), abs(high)) < 1e-9
    if np.isfinite(low):
        assert flips.p_value(low - 1e-6) <= alpha
        assert flips.p_value((low + high) / 2) > alpha or high == low


@given(st.integers(0, 40), st.integers(1, 40))
def test_wilson_bounds(successes, extra):
    n = successes + extra
    low, high = wilson_interval(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    assert wilson_interval(successes, 4 * n)[0] <= low or successes == 0


@given(st.lists(st.integers(1, 7), min_size=2, max_size=40))
def test_agreement_bounds(answers):
    x = np.array(answers, dtype=float)
    value = r_wg(x.var(ddof=1), 7)
    assert 0 <= value <= 1
    wide = a_wg(x.mean(), x.var(ddof=1), x.size, 7)
    assert np.isnan(wide) or -1 - 1e-9 <= wide <= 1


@given(st.floats(1, 5), st.lists(st.floats(1, 5), min_size=10, max_size=30))
def test_percentile_bounds_and_rises(value, others):
    percentile, low, high = percentile_rank(value, others)
    assert 0 <= low <= high <= 100
    assert 0 <= percentile <= 100
    assert percentile_rank(value + 0.5, others)[0] >= percentile


def test_exact_enumeration_counts_every_flip():
    assert sign_flip_test([1, 1, 1, 1, 1]) == 2 / 2**5
    ways = sum(comb(6, k) for k in (0, 1, 5, 6))
    assert sign_flip_test([1, 1, 1, 1, 1, -1]) == ways / 2**6


def test_a_percentile_at_the_end_is_inside_its_interval():
    others = [2.0 + n / 10 for n in range(12)]
    assert percentile_rank(1.0, others)[:2] == (0, 0)
    assert percentile_rank(5.0, others)[::2] == (100, 100)
    assert percentile_rank(1.0, others)[2] < 40


def test_units_that_do_not_differ_have_the_lowest_icc():
    # equal means of .3 and no float that adds up exactly: MSB is 0, so ICC(1) = −1/(k − 1)
    found = icc([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], ["a", "a", "a", "b", "b", "b"])
    assert found.icc1 == pytest.approx(-0.5)
    assert isnan(found.icc2)
    assert found.between_sd == 0
