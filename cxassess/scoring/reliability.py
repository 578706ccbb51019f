"""Reliability of a scale and consistency across units: Cronbach's alpha and intraclass correlation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

NAN = float("nan")

#: Units whose means differ by less than floats can tell do not differ.
_NO_SPREAD = 1e-12


def alpha_from_covariance(covariance: npt.ArrayLike) -> float:
    """Return Cronbach's alpha from the items' covariance matrix; NaN for one item or without variance."""
    c = np.asarray(covariance, dtype=np.float64)
    k = c.shape[0]
    total = float(c.sum())
    if k < 2 or not total > 0:
        return NAN
    return float(k / (k - 1) * (1 - float(np.trace(c)) / total))


def feldt_interval(alpha: float, n: int, k: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return Feldt's interval for Cronbach's alpha.

    Formula: ``1 − (1 − α)·F(1 − c/2)`` to ``1 − (1 − α)·F(c/2)``, F with n − 1 and (n − 1)(k − 1) degrees of freedom.

    Parameters
    ----------
    alpha : float
        Cronbach's alpha.
    n, k : int
        Respondents and items.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    tuple of float
        Low and high; NaN for fewer than two respondents or items.

    Notes
    -----
    Source: Feldt (1965), Psychometrika 30, 357–370. Agrees with R psych::alpha.ci.
    """
    if n < 2 or k < 2 or np.isnan(alpha):
        return (NAN, NAN)
    tail = (1 - confidence) / 2
    high_f, low_f = (float(special.fdtri(n - 1, (n - 1) * (k - 1), at)) for at in (1 - tail, tail))
    return (1 - (1 - alpha) * high_f, 1 - (1 - alpha) * low_f)


def cronbach_alpha(answers: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return Cronbach's alpha with Feldt's interval, from the respondents who answered every item.

    Formula: ``k/(k − 1) · (1 − Σ s²ᵢ / s²_total)``.

    Parameters
    ----------
    answers : array_like
        One row a respondent, one column an item; NaN where there is no number.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    tuple of float
        Alpha (1 at most), low and high; NaN for fewer than two items or complete respondents, or without variance.

    Notes
    -----
    Source: Cronbach (1951), Psychometrika 16, 297–334; Feldt (1965). lq2002's eleven leadership items:
    .9022 (.8958–.9084).
    """
    x = np.asarray(answers, dtype=np.float64)
    x = x[~np.isnan(x).any(axis=1)]
    n, k = x.shape
    if n < 2 or k < 2:
        return (NAN, NAN, NAN)
    alpha = alpha_from_covariance(np.cov(x, rowvar=False))
    return (alpha, *feldt_interval(alpha, n, k, confidence=confidence))


@dataclass(frozen=True)
class Consistency:
    """How far units differ: ICC(1), ICC(2) and the standard deviation between units, in levels."""

    icc1: float
    icc2: float
    between_sd: float
    n_units: int


def icc_from_sums(counts: npt.ArrayLike, totals: npt.ArrayLike, squares: npt.ArrayLike) -> Consistency:
    """Return `icc` from each unit's number of values, their sum and their sum of squares."""
    n, total, square = (np.asarray(part, dtype=np.float64) for part in (counts, totals, squares))
    groups, people = n.size, float(n.sum())
    if groups < 2 or people <= groups:
        return Consistency(NAN, NAN, NAN, groups)
    k = people / groups
    between = float((total**2 / n).sum() - total.sum() ** 2 / people) / (groups - 1)
    within = float((square - total**2 / n).sum()) / (people - groups)
    between = 0.0 if between < _NO_SPREAD * float(square.sum()) else between
    if between + (k - 1) * within <= 0:
        return Consistency(NAN, NAN, 0.0, groups)
    return Consistency(
        (between - within) / (between + (k - 1) * within),
        (between - within) / between if between else NAN,
        float(np.sqrt(max(0.0, between - within) / k)),
        groups,
    )


def icc(values: npt.ArrayLike, units: npt.ArrayLike) -> Consistency:
    """Return intraclass correlations from a one-way analysis of variance.

    Formula: ICC(1) = (MSB − MSW)/(MSB + (k − 1)MSW), ICC(2) = (MSB − MSW)/MSB, with k the mean size of a unit; the
    standard deviation between units is √((MSB − MSW)/k), 0 where that is negative.

    Parameters
    ----------
    values : array_like
        One value a respondent.
    units : array_like
        The unit of each.

    Returns
    -------
    Consistency
        NaN for fewer than two units or units of one.

    Notes
    -----
    Source: Bliese (2000), in Klein and Kozlowski (eds), Multilevel Theory. Agrees with R multilevel::ICC1 and ICC2
    (bh1996, HRS: .1331, .9197).
    """
    x = np.asarray(values, dtype=np.float64)
    _, code = np.unique(np.asarray(units), return_inverse=True)
    groups = int(code.max()) + 1 if code.size else 0
    return icc_from_sums(
        np.bincount(code, minlength=groups),
        np.bincount(code, weights=x, minlength=groups),
        np.bincount(code, weights=x * x, minlength=groups),
    )
