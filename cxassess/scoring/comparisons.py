"""Tests and corrections: sign-flip permutation, Holm, Benjamini–Hochberg, and intervals that agree with the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ALPHA: Final = 0.05
_EXACT_UP_TO: Final = 15
_RANDOM_FLIPS: Final = 9_999
_TIE: Final = 1e-12


def holm(p_values: npt.ArrayLike) -> Floats:
    """Return Holm's adjusted p-values; NaN stays NaN and does not count.

    Formula: with p sorted, ``max over j ≤ i of (m − j + 1)·p(j)``, at most 1. Controls the chance of any false claim.

    Parameters
    ----------
    p_values : array_like
        Unadjusted p-values of one family.

    Returns
    -------
    ndarray
        Adjusted p-values in the order given.

    Notes
    -----
    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65–70. Agrees with R p.adjust(method = "holm").
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = np.arange(order.size, 0, -1, dtype=np.float64)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p[order]))
    return adjusted


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Return Benjamini–Hochberg adjusted p-values; NaN stays NaN and does not count.

    Formula: with p sorted, ``min over j ≥ i of m·p(j)/j``, at most 1. Controls the share of false claims: for
    screening, not for claims.

    Parameters
    ----------
    p_values : array_like
        Unadjusted p-values of one family.

    Returns
    -------
    ndarray
        Adjusted p-values in the order given.

    Notes
    -----
    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300. Agrees with
    R p.adjust(method = "BH").
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = order.size * p[order] / np.arange(1, order.size + 1)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return adjusted


def holm_alphas(p_values: npt.ArrayLike, alpha: float = ALPHA) -> Floats:
    """Return for each p-value the level that Holm's procedure held it against, for intervals that agree with it.

    The i-th smallest of m p-values is held against α/(m − i + 1) as long as all before it were rejected; once one is
    not, the rest are held against the level that it failed. An interval of confidence 1 − that level leaves out 0
    exactly when Holm rejects. Source: Serlin (1993), Journal of Experimental Education 61, 350–360.

    Parameters
    ----------
    p_values : array_like
        Unadjusted p-values of one family; NaN does not count.
    alpha : float
        Level of the family.

    Returns
    -------
    ndarray
        Levels; NaN where the p-value is.
    """
    p = np.asarray(p_values, dtype=np.float64)
    levels = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = alpha / np.arange(order.size, 0, -1, dtype=np.float64)
    failed = np.flatnonzero(p[order] > steps)
    if failed.size:
        steps[failed[0] :] = steps[failed[0]]
    levels[order] = steps
    return levels


@lru_cache(maxsize=16)
def _all_flips(size: int) -> npt.NDArray[np.int8]:
    bits = np.arange(2**size, dtype=np.int64)[:, None] >> np.arange(size) & 1
    signs: npt.NDArray[np.int8] = 1 - 2 * bits.astype(np.int8)
    return signs


@lru_cache(maxsize=16)
def _drawn_flips(size: int, seed: int) -> npt.NDArray[np.int8]:
    signs = np.ones((1 + _RANDOM_FLIPS, size), dtype=np.int8)
    signs[1:] -= 2 * np.random.default_rng(seed).integers(0, 2, size=(_RANDOM_FLIPS, size), dtype=np.int8)
    return signs


@dataclass(frozen=True)
class SignFlips:
    """A sign-flip test of paired differences, kept so that p-values and intervals come from the same flips.

    Parameters
    ----------
    differences : ndarray
        Paired differences.
    weights : ndarray
        Weight of each difference in the estimate ``Σ weight · difference``; they sum to 1.
    signs : ndarray
        One row of −1 and 1 for each flip; every flip there is, or a seeded draw with the observed one first.
    """

    differences: Floats
    weights: Floats
    signs: Floats

    @classmethod
    def of(cls, differences: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, seed: int = 0) -> SignFlips:
        """Set up the flips: all 2^n for up to 15 differences, otherwise 9,999 seeded ones and the observed one."""
        d = np.asarray(differences, dtype=np.float64)
        w = np.full(d.size, 1 / max(d.size, 1)) if weights is None else np.asarray(weights, dtype=np.float64)
        signs = _all_flips(d.size) if d.size <= _EXACT_UP_TO else _drawn_flips(d.size, seed)
        return cls(d, w, signs.astype(np.float64))

    @property
    def estimate(self) -> float:
        """The weighted mean difference."""
        return float(self.weights @ self.differences)

    def p_value(self, shift: float = 0.0) -> float:
        """Return the two-sided p-value of the hypothesis that the differences are symmetric around a shift."""
        d = self.weights * (self.differences - shift)
        flipped = np.abs(self.signs @ d)
        return float(np.mean(flipped >= abs(d.sum()) - _TIE))

    def interval(self, alpha: float) -> tuple[float, float]:
        """Return the shifts that the test does not reject at a level (by inverting it); infinite where it cannot.

        Notes
        -----
        A flip set S ≠ all gives a value at least as extreme as the observed one until the shift reaches
        ``Σ_S w·d / Σ_S w`` or its complement's: so the limits are order statistics of the subset means, and the
        interval leaves out 0 exactly when ``p_value() ≤ alpha``.
        """
        flipped = (self.signs < 0).astype(np.float64)
        mass = flipped @ self.weights
        part = flipped @ (self.weights * self.differences)
        proper = (mass > _TIE) & (mass < 1 - _TIE)
        inside = part[proper] / mass[proper]
        outside = (self.estimate - part[proper]) / (1 - mass[proper])
        lower, upper = np.minimum(inside, outside), np.maximum(inside, outside)
        always = int((~proper).sum())
        total = self.signs.shape[0]
        # p(shift) ≥ (always + number of flips whose [lower, upper] holds the shift) / total
        return _limits(np.sort(lower), np.sort(upper)[::-1], always, total, alpha)


def _limits(lower: Floats, upper: Floats, always: int, total: int, alpha: float) -> tuple[float, float]:
    allowed = int(np.floor(alpha * total + 1e-9)) - always
    if allowed < 0 or allowed >= lower.size:
        return (float("-inf"), float("inf"))
    return (float(lower[allowed]), float(upper[allowed]))


def sign_flip_test(differences: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, seed: int = 0) -> float:
    """Return the two-sided p-value of a sign-flip permutation test of paired differences.

    Formula: the share of the 2^n ways to flip the signs of the differences for which |Σ w·d| is at least as great as
    observed. All ways are counted for up to 15 pairs; otherwise 9,999 seeded draws and the observed one.

    Parameters
    ----------
    differences : array_like
        Paired differences, in levels.
    weights : array_like, optional
        Weights of the differences; equal if not given.
    seed : int
        Seed of the draws.

    Returns
    -------
    float
        The p-value.

    Notes
    -----
    Source: Fisher (1935), The Design of Experiments, chapter 3 (maize data, one-sided 863/32,768).
    """
    return SignFlips.of(differences, weights, seed=seed).p_value()
