"""The three level rules and their probabilities."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxassess.scoring.levels import (
    all_above_probability,
    as_fraction,
    gated_level,
    gated_probabilities,
    nearest_level,
    nearest_probabilities,
    staged_level,
    staged_probabilities,
)

CUTOFFS = [1.5, 2.5, 3.5, 4.5]
EXACT = [as_fraction(cutoff) for cutoff in CUTOFFS]


@pytest.mark.parametrize(
    ("score", "level"), [(1, 1), ("1.4999", 1), ("1.5", 2), ("2.4999", 2), ("2.5", 3), ("4.5", 5), (5, 5)]
)
def test_nearest_level_at_the_cutoffs(score, level):
    assert nearest_level(Fraction(score), EXACT) == level


def test_a_cutoff_is_the_decimal_that_was_written():
    tenths = Fraction(1, 10) + Fraction(2, 10)
    assert nearest_level(tenths, [as_fraction(0.3)]) == 2
    assert nearest_level(0.1 + 0.2 - 1e-16, [0.3]) in {1, 2}, "floats can't tell"


def test_staged_is_the_weakest():
    assert staged_level([Fraction(4), Fraction("2.4"), Fraction(3)], EXACT) == 2


@pytest.mark.parametrize(
    ("shares", "level"),
    [
        ((1, 0, 0, 0, 0), 1),
        ((1, "0.5", 0, 0, 0), 1),
        ((1, "0.51", 0, 0, 0), 2),
        ((1, "0.85", "0.6", 0, 0), 2),
        ((1, "0.86", "0.6", "0.55", 0), 3),
        ((1, "0.86", "0.5", "0.4", 0), 2),
        ((1, 1, 1, 1, 1), 5),
        ((1, 1, 1, "0.9", "0.51"), 5),
    ],
)
def test_gated_level_after_iso_33020(shares, level):
    assert gated_level([Fraction(share) for share in shares]) == level


def test_nearest_probabilities_are_areas_under_t():
    chance = nearest_probabilities(2.6, 0.04, 12, CUTOFFS)
    expected = stats.t.cdf((3.5 - 2.6) / 0.2, 12) - stats.t.cdf((2.5 - 2.6) / 0.2, 12)
    assert chance[2] == pytest.approx(expected)
    assert chance.sum() == pytest.approx(1)
    assert nearest_probabilities(2.5, 0.0, 12, CUTOFFS).tolist() == [0, 0, 1, 0, 0]
    assert np.isnan(nearest_probabilities(2.5, float("nan"), 12, CUTOFFS)).all()


def test_staged_probabilities_agree_with_independent_elements():
    scores, covariance = np.array([2.6, 3.0, 2.4]), np.diag([0.04, 0.09, 0.02])
    chance = staged_probabilities(scores, covariance, np.inf, CUTOFFS)
    above = [np.prod(stats.norm.sf((cutoff - scores) / np.sqrt(np.diag(covariance)))) for cutoff in CUTOFFS]
    expected = -np.diff([1, *above, 0])
    assert chance == pytest.approx(expected, abs=0.005)


def test_staged_probabilities_use_the_covariance():
    scores = np.array([2.5, 2.5])
    together = staged_probabilities(scores, np.full((2, 2), 0.04), np.inf, CUTOFFS)
    apart = staged_probabilities(scores, np.eye(2) * 0.04, np.inf, CUTOFFS)
    assert together[2] == pytest.approx(0.5, abs=0.005)
    assert apart[2] == pytest.approx(0.25, abs=0.005)
    assert all_above_probability(scores, np.eye(2) * 0.04, np.inf, 2.5) == pytest.approx(0.25, abs=0.005)


def test_staged_probabilities_are_the_same_bits_each_time():
    scores, covariance = np.array([2.5, 3.1]), np.array([[0.04, 0.01], [0.01, 0.05]])
    first = staged_probabilities(scores, covariance, 9.3, CUTOFFS)
    assert first.tobytes() == staged_probabilities(scores, covariance, 9.3, CUTOFFS).tobytes()


def test_gated_probabilities_agree_with_simulation():
    p, variance = np.array([0.05, 0.1, 0.3, 0.4, 0.15]), 0.02
    levels = np.arange(1, 6)
    strength = p @ (levels - p @ levels) ** 2 / variance - 1
    draws = np.random.default_rng(1).dirichlet(strength * p + 0.2, size=40_000)
    above = np.cumsum(draws[:, ::-1], axis=1)[:, ::-1]
    counts = np.bincount([gated_level(list(row)) for row in above], minlength=6)[1:]
    assert gated_probabilities(p, variance) == pytest.approx(counts / len(draws), abs=0.01)


def test_gated_probability_of_a_census_is_certain():
    assert gated_probabilities([0, 0.1, 0.4, 0.5, 0], 0.0).tolist() == [0, 0, 1, 0, 0]


P = st.lists(st.integers(0, 30), min_size=4, max_size=7).filter(any)


@given(P, st.floats(0.001, 0.5))
def test_gated_probabilities_are_probabilities(counts, variance):
    p = np.array(counts) / sum(counts)
    chance = gated_probabilities(p, variance)
    assert chance.min() >= 0
    assert chance.sum() == pytest.approx(1, abs=1e-6)


@given(st.floats(1, 5), st.floats(1, 5), st.floats(0.001, 1), st.floats(1, 80))
def test_a_higher_score_never_makes_a_high_level_less_likely(first, second, variance, degrees):
    low, high = sorted((first, second))
    cumulated = [np.cumsum(nearest_probabilities(x, variance, degrees, CUTOFFS)) for x in (low, high)]
    assert (cumulated[1] <= cumulated[0] + 1e-12).all()
    assert nearest_level(high, CUTOFFS) >= nearest_level(low, CUTOFFS)


def test_a_certain_score_exactly_at_a_cutoff_stays_there():
    # the third element has no spread and stands at the cut-off; rounding in the square root must not move it
    for seed in range(30):
        covariance = np.cov(np.random.default_rng(seed).normal(size=(7, 5)), rowvar=False) / 7
        covariance[2] = covariance[:, 2] = 0
        scores = np.array([4.0, 4.0, 2.5, 4.0, 4.0])
        others = np.delete(np.arange(5), 2)
        expected = all_above_probability(scores[others], covariance[np.ix_(others, others)], 8.0, 2.5)
        assert all_above_probability(scores, covariance, 8.0, 2.5) == pytest.approx(expected, abs=0.03)
        assert staged_probabilities(scores, covariance, 8.0, CUTOFFS)[2] == pytest.approx(expected, abs=0.03)
