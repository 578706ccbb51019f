"""Agreement within a group: r_wg, r_wg(j), a_wg and the average deviation, each with its rule of too few to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: From fewer people than this, agreement is not evidence.
MINIMUM_FOR_AGREEMENT: Final = 8
_WORDS: Final = ((0.70, "strong"), (0.50, "moderate"), (0.30, "weak"))


def r_wg(variances: npt.ArrayLike, levels: int) -> Floats:
    """Return within-group agreement on single items.

    Formula: ``1 − s²/σ²`` with σ² = (A² − 1)/12, the variance of a uniform ("no agreement") distribution over A
    levels; values below 0 are set to 0.

    Parameters
    ----------
    variances : array_like
        Sample variance s² (divisor n − 1) of each item's answers, in squared levels.
    levels : int
        Number of levels A.

    Returns
    -------
    ndarray
        Agreement 0–1.

    Notes
    -----
    Source: James, Demaree and Wolf (1984), Journal of Applied Psychology 69, 85–98. Agrees with R multilevel::rwg.
    """
    expected = (levels**2 - 1) / 12
    return np.maximum(0.0, 1.0 - np.asarray(variances, dtype=np.float64) / expected)


def r_wg_j(variances: Sequence[float] | Floats, levels: int) -> float:
    """Return within-group agreement on a scale of j items.

    Formula: ``J(1 − s̄²/σ²) / (J(1 − s̄²/σ²) + s̄²/σ²)`` with s̄² the mean of the items' variances and
    σ² = (A² − 1)/12; 0 where s̄² ≥ σ². With one item it is r_wg.

    Parameters
    ----------
    variances : sequence of float
        Sample variance (divisor n − 1) of each of the J items, in squared levels. NaN where there is none.
    levels : int
        Number of levels A.

    Returns
    -------
    float
        Agreement 0–1; NaN without a variance.

    Notes
    -----
    Source: James, Demaree and Wolf (1984). Agrees with R multilevel::rwg.j (cohesion data: .7565789, .8314732).
    """
    known = np.asarray(variances, dtype=np.float64)
    known = known[~np.isnan(known)]
    if not known.size:
        return float("nan")
    ratio = float(np.add.reduce(known)) / known.size / ((levels**2 - 1) / 12)  # as `mean`, which is slower
    if ratio >= 1:
        return 0.0
    return float(known.size * (1 - ratio) / (known.size * (1 - ratio) + ratio))


def a_wg(means: npt.ArrayLike, variances: npt.ArrayLike, counts: npt.ArrayLike, levels: int) -> Floats:
    """Return agreement relative to the greatest variance that is possible at the observed mean.

    Formula: ``1 − 2s² / [((H + L)M − M² − HL) · n/(n − 1)]`` with L = 1, H = A; too few to say (NaN) where n < A − 1 or
    the mean is outside [(L(n − 1) + H)/n, (H(n − 1) + L)/n].

    Parameters
    ----------
    means, variances : array_like
        Mean M and sample variance s² (divisor n − 1) of each item's answers.
    counts : array_like
        Number of answers n.
    levels : int
        Number of levels A.

    Returns
    -------
    ndarray
        Agreement −1 to 1, or NaN.

    Notes
    -----
    Source: Brown and Hauenstein (2005), Organizational Research Methods 8, 165–184. Agrees with R multilevel::awg
    (cohesion data: .51, .5691484).
    """
    mean = np.asarray(means, dtype=np.float64)
    variance = np.asarray(variances, dtype=np.float64)
    n = np.asarray(counts, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greatest = ((levels + 1) * mean - mean**2 - levels) * n / (n - 1)
        value = 1 - 2 * variance / greatest
        inside = (mean >= (n - 1 + levels) / n) & (mean <= (levels * (n - 1) + 1) / n)
    enough = (n >= max(levels - 1, 2)) & inside & (greatest > 0)
    return np.where(enough, value, np.nan)


def average_deviation(shares: npt.ArrayLike) -> Floats:
    """Return the average deviation from the mean, in levels.

    Formula: ``Σ p_l |l − M|``. Agreement is acceptable at A/6 or less.

    Parameters
    ----------
    shares : array_like
        Share of the answers at each level 1…A, along the last axis; each sums to 1.

    Returns
    -------
    ndarray
        Average deviation, 0 or more.

    Notes
    -----
    Source: Burke and Dunlap (2002), Organizational Research Methods 5, 159–172. Agrees with R multilevel::ad.m
    (cohesion data: .75, .7555556).
    """
    p = np.asarray(shares, dtype=np.float64)
    level = np.arange(1, p.shape[-1] + 1, dtype=np.float64)
    mean = (p * level).sum(axis=-1, keepdims=True)
    deviation: Floats = (p * np.abs(level - mean)).sum(axis=-1)
    return deviation


def agreement_word(value: float, n: int) -> str:
    """Return ``strong``, ``moderate``, ``weak``, ``split`` or ``too_few`` for an r_wg from n people.

    Limits .70, .50 and .30 (LeBreton and Senter 2008, Organizational Research Methods 11, 815–852); fewer than eight
    people on one item are no evidence of agreement, whatever the value.
    """
    if n < MINIMUM_FOR_AGREEMENT or np.isnan(value):
        return "too_few"
    return next((word for limit, word in _WORDS if value >= limit), "split")
