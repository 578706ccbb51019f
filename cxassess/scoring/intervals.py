"""Intervals for means, shares, differences of shares and net promoter scores."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

NAN = float("nan")
Interval = tuple[float, float]


def t_quantile(confidence: float, degrees: float) -> float:
    """Return the two-sided quantile of Student's t; infinite degrees of freedom give the normal's."""
    upper = 0.5 + confidence / 2
    return float(special.ndtri(upper) if degrees == math.inf else special.stdtrit(degrees, upper))


def t_interval(estimate: float, variance: float, degrees: float, *, confidence: float = 0.95) -> Interval:
    """Return ``estimate ± t·√variance``; NaN where the variance is not known.

    A variance of exactly 0 (everybody who was invited answered) gives an interval of zero width.
    """
    if math.isnan(variance) or math.isnan(estimate):
        return (NAN, NAN)
    if variance == 0:
        return (estimate, estimate)
    half = t_quantile(confidence, degrees) * math.sqrt(variance)
    return (estimate - half, estimate + half)


def clip_interval(interval: Interval, lowest: float, highest: float) -> Interval:
    """Cut an interval off at the ends of the scale; NaN stays NaN."""
    low, high = (end if math.isnan(end) else min(max(end, lowest), highest) for end in interval)
    return (float(low), float(high))


def mean_interval(values: npt.ArrayLike, *, population: int | None = None, confidence: float = 0.95) -> Interval:
    """Return a t interval for the mean of the population that a simple random sample came from.

    Formula: ``x̄ ± t(n − 1) · √((1 − n/N) s²/n)``. With a census (n = N) its width is zero.

    Parameters
    ----------
    values : array_like
        The sample.
    population : int, optional
        Size N of the population; without it there is no finite-population correction.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    tuple of float
        Low and high, in the values' units; NaN for fewer than two values that are not the whole population.

    Notes
    -----
    Source: Cochran (1977), Sampling Techniques, chapter 2.
    """
    x = np.asarray(values, dtype=np.float64)
    n = x.size
    if not n:
        return (NAN, NAN)
    if population is not None and n >= population:
        return (float(x.mean()), float(x.mean()))
    if n < 2:
        return (NAN, NAN)
    correction = 1.0 if population is None else 1 - n / population
    return t_interval(float(x.mean()), correction * float(x.var(ddof=1)) / n, n - 1, confidence=confidence)


def wilson_interval(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval for a share.

    Formula: ``(2np + z² ± z√(z² + 4npq)) / (2(n + z²))``.

    Parameters
    ----------
    successes, n : int
        Number within the target, and number in all.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    tuple of float
        Low and high, 0–1; NaN without observations.

    Notes
    -----
    Source: Newcombe (1998), Statistics in Medicine 17, 857–872, method 3 (81 of 263: .2553–.3662).
    """
    if n <= 0:
        return (NAN, NAN)
    z = t_quantile(confidence, math.inf)
    p = successes / n
    middle = 2 * n * p + z * z
    spread = z * math.sqrt(z * z + 4 * n * p * (1 - p))
    return (max(0.0, (middle - spread) / (2 * (n + z * z))), min(1.0, (middle + spread) / (2 * (n + z * z))))


def newcombe_difference(first: int, n_first: int, second: int, n_second: int, *, confidence: float = 0.95) -> Interval:
    """Return an interval for the difference of two independent shares, first minus second.

    Formula: Newcombe's method 10: ``d − √((p₁ − l₁)² + (u₂ − p₂)²)`` to ``d + √((u₁ − p₁)² + (p₂ − l₂)²)`` with each
    share's Wilson limits l and u.

    Parameters
    ----------
    first, n_first, second, n_second : int
        Successes and observations of the two groups.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    tuple of float
        Low and high, −1 to 1.

    Notes
    -----
    Source: Newcombe (1998), Statistics in Medicine 17, 873–890 (56/70 − 48/80: .0524–.3339).
    """
    if n_first <= 0 or n_second <= 0:
        return (NAN, NAN)
    low_1, high_1 = wilson_interval(first, n_first, confidence=confidence)
    low_2, high_2 = wilson_interval(second, n_second, confidence=confidence)
    p_1, p_2 = first / n_first, second / n_second
    below = np.hypot(p_1 - low_1, high_2 - p_2)
    above = np.hypot(high_1 - p_1, p_2 - low_2)
    return (float(p_1 - p_2 - below), float(p_1 - p_2 + above))


def net_promoter_score(
    promoters: int, passives: int, detractors: int, *, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return a net promoter score with its adjusted Wald interval.

    Formula: NPS = 100(p − d); the interval takes p and d after adding ¾, 1½ and ¾ to the counts, with variance
    ``(p + d − (p − d)²)/n``, clipped to ±100.

    Parameters
    ----------
    promoters, passives, detractors : int
        Numbers of answers 9–10, 7–8 and 0–6.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    tuple of float
        Score, low and high, −100 to 100; NaN without answers.

    Notes
    -----
    Source: Rocks (2016), The American Statistician 70, 365–372 (15/9/12: 8.33, −19.03 to 34.41).
    """
    total = promoters + passives + detractors
    if total <= 0:
        return (NAN, NAN, NAN)
    n = total + 3
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    half = t_quantile(confidence, math.inf) * math.sqrt((p + d - (p - d) ** 2) / n)
    low, high = clip_interval((100 * (p - d - half), 100 * (p - d + half)), -100, 100)
    return (100 * (promoters - detractors) / total, low, high)
