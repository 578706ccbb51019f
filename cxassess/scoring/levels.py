"""The level reached, by three rules, and the probability of each level from the same uncertainty as the interval."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.stats import qmc

Floats = npt.NDArray[np.float64]

LARGELY: Final = Fraction(1, 2)
FULLY: Final = Fraction(85, 100)
_DRAWS_LOG2: Final = 11
_STEPS: Final = 32


@lru_cache(maxsize=1024)
def as_fraction(value: float) -> Fraction:
    """Return the decimal number as it was written (2.5, 0.1), exactly."""
    return Fraction(str(value))


def nearest_level(score: Fraction | float, cutoffs: Sequence[Fraction | float]) -> int:
    """Return the level whose band holds the score: 1 plus the number of cut-offs at or below it.

    Exact when the score and the cut-offs are fractions: a score that is exactly at a cut-off reaches the level above,
    whatever the order in which the answers were added up.

    Parameters
    ----------
    score : Fraction or float
        Score in levels.
    cutoffs : sequence of Fraction or float
        One fewer than there are levels, rising.

    Returns
    -------
    int
        Level, from 1.
    """
    if not isinstance(score, Fraction):
        return 1 + sum(1 for cutoff in cutoffs if score >= cutoff)
    above, below = score.as_integer_ratio()
    ratios = (cutoff.as_integer_ratio() for cutoff in cutoffs)  # much faster than comparing fractions
    return 1 + sum(above * whole >= part * below for part, whole in ratios)


def staged_level(scores: Sequence[Fraction | float], cutoffs: Sequence[Fraction | float]) -> int:
    """Return the weakest element's nearest level: a chain is as strong as its weakest link (CMMI's staged view)."""
    return min(nearest_level(score, cutoffs) for score in scores)


def gated_level(shares: Sequence[Fraction | float]) -> int:
    """Return the level after ISO/IEC 33020: reached when rated largely or fully, and every lower one fully.

    The achievement of level L is the share of ratings at L or above: not (≤ 15 %), partially (≤ 50 %), largely
    (≤ 85 %), fully achieved. Level 1 is the floor.

    Parameters
    ----------
    shares : sequence of Fraction or float
        Share of ratings at or above each level 1…K; the first is 1.

    Returns
    -------
    int
        Level, from 1.

    Notes
    -----
    Source: ISO/IEC 33020:2019, 5.3 and table of capability level ratings, with shares of ratings as achievement.
    """
    level = 1
    for candidate, share in enumerate(shares[1:], start=2):
        if share > LARGELY:
            level = candidate
        if share <= FULLY:
            break
    return level


def nearest_probabilities(score: float, variance: float, degrees: float, cutoffs: Sequence[float]) -> Floats:
    """Return the probability of each level under the t distribution around a score.

    Formula: ``P(L) = F((c_L − x)/se) − F((c_{L−1} − x)/se)``, F Student's t with the interval's degrees of freedom; the
    tails outside the scale belong to the lowest and highest level. A variance of 0 gives the level probability 1.

    Parameters
    ----------
    score, variance, degrees : float
        Score, its variance and degrees of freedom.
    cutoffs : sequence of float
        One fewer than there are levels, rising.

    Returns
    -------
    ndarray
        K probabilities; NaN where the variance is not known.
    """
    count = len(cutoffs) + 1
    if np.isnan(score) or np.isnan(variance):
        return np.full(count, np.nan)
    if variance == 0:
        return certain(nearest_level(score, cutoffs), count)
    bounds = special.stdtr(degrees, (np.asarray(cutoffs) - score) / np.sqrt(variance))
    probabilities: Floats = np.diff(np.concatenate([[0.0], bounds, [1.0]]))
    return probabilities


def certain(level: int, count: int) -> Floats:
    """Return probability 1 for a level and 0 for the others."""
    probabilities = np.zeros(count)
    probabilities[level - 1] = 1.0
    return probabilities


@lru_cache(maxsize=8)
def _draws(dimensions: int) -> tuple[Floats, Floats]:
    """Return normal points, one row a draw, and with each a point between 0 and 1."""
    sobol = qmc.Sobol(dimensions + 1, scramble=True, rng=np.random.default_rng(20260101))
    points: Floats = special.ndtri(sobol.random_base2(_DRAWS_LOG2))
    return points[:, :-1], special.ndtr(points[:, -1])


def joint_draws(scores: Floats, covariance: Floats, degrees: float) -> Floats:
    """Return quasi-random draws from the multivariate t around several scores: one row a draw, one column a score.

    2,048 scrambled Sobol points with a fixed seed, turned by a square root of the covariance (its eigenvectors, so that
    it may be singular) and divided by √(χ²/ν): the same numbers in every run.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    root[np.diagonal(covariance) == 0] = 0.0  # a certain score stays where it is, even exactly at a cut-off
    points, chances = _draws(scores.size)
    scale = np.sqrt(degrees / (2 * special.gammaincinv(degrees / 2, chances))) if np.isfinite(degrees) else 1.0
    return np.asarray(scores + (points @ root.T) * np.reshape(scale, (-1, 1)), dtype=np.float64)


def staged_probabilities(scores: Floats, covariance: Floats, degrees: float, cutoffs: Sequence[float]) -> Floats:
    """Return the probability of each level by the weakest element, from the elements' joint t distribution.

    Elements vary together (the same people answer), so the draws come from `joint_draws` with the estimated covariance.

    Parameters
    ----------
    scores : ndarray
        Scores of the elements.
    covariance : ndarray
        Covariance of these scores.
    degrees : float
        Degrees of freedom.
    cutoffs : sequence of float
        One fewer than there are levels, rising.

    Returns
    -------
    ndarray
        K probabilities; NaN where a variance is not known.
    """
    count = len(cutoffs) + 1
    if not scores.size or np.isnan(scores).any() or np.isnan(covariance).any():
        return np.full(count, np.nan)
    if not covariance.any():
        return certain(nearest_level(float(scores.min()), cutoffs), count)
    weakest = joint_draws(scores, covariance, degrees).min(axis=1)
    level = np.searchsorted(np.asarray(cutoffs, dtype=np.float64), weakest, side="right")
    probabilities: Floats = np.bincount(level, minlength=count) / weakest.size
    return probabilities


def all_above_probability(scores: Floats, covariance: Floats, degrees: float, cutoff: float) -> float:
    """Return the probability that every score is at or above a cut-off, from their joint t distribution."""
    if not scores.size or np.isnan(scores).any() or np.isnan(covariance).any():
        return float("nan")
    if not covariance.any():
        return float((scores >= cutoff).all())
    return float((joint_draws(scores, covariance, degrees) >= cutoff).all(axis=1).mean())


def gated_probabilities(shares: npt.ArrayLike, variance: float) -> Floats:
    """Return the probability of each level by the gated rule, from a Dirichlet distribution over the answers.

    The shares of answers at each level, p, are given a Dirichlet distribution with parameters ``m·p_l + 1/K``. The
    number of answers it stands for, m, is chosen so that the mean of the answers has the variance that the score's
    interval is based on: ``m = Σ p_l (l − x̄)² / variance − 1``; answers of one person are thus not counted as if they
    were of many. Level L or more is reached when the share at L − 1 or above exceeds .85 and the share at L or above
    exceeds .50; that probability is a one-dimensional integral of Beta distributions, taken with 32 points.

    Parameters
    ----------
    shares : array_like
        Share of the answers at each level 1…K, summing to 1.
    variance : float
        Variance of the score; 0 for a census.

    Returns
    -------
    ndarray
        K probabilities; NaN where the variance is not known.
    """
    p = np.asarray(shares, dtype=np.float64)
    count = p.size
    if np.isnan(variance) or np.isnan(p).any():
        return np.full(count, np.nan)
    if variance == 0:
        above = np.cumsum(p[::-1])[::-1]
        return certain(gated_level([float(share) for share in np.round(above, 12)]), count)
    levels = np.arange(1, count + 1)
    mean = float(p @ levels)
    strength = max(1.0, float(p @ (levels - mean) ** 2) / variance - 1)
    a = strength * p + 1 / count
    at_least = np.ones(count + 1)
    at_least[count] = 0.0
    for level in range(2, count + 1):
        at_least[level - 1] = _passes(float(a[: level - 2].sum()), float(a[level - 2]), float(a[level - 1 :].sum()))
    return np.maximum(0.0, at_least[:-1] - at_least[1:])


def _passes(below: float, next_below: float, above: float) -> float:
    """P(share below < 1 − FULLY and share above > LARGELY) for Dirichlet(below, next_below, above)."""
    largely, limit = float(LARGELY), float(1 - FULLY)
    if below == 0:
        return float(special.betaincc(above, next_below, largely))
    reach = float(special.betainc(below, next_below + above, limit))
    if reach == 0:
        return 0.0
    u = (np.arange(_STEPS) + 0.5) / _STEPS * reach
    x = special.betaincinv(below, next_below + above, u)
    return reach * float(special.betaincc(above, next_below, np.minimum(1.0, largely / (1 - x))).mean())
