"""Drivers of an outcome: how much of its variance each element explains."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_MOST_DRIVERS: Final = 15


def lmg_shares(drivers: npt.ArrayLike, outcome: npt.ArrayLike) -> Floats:
    """Return each driver's share of R², averaged over all orders in which drivers can enter a regression.

    Formula: LMG, the Shapley value of R²:
    ``Σ over S without k of |S|!(p − |S| − 1)!/p! · (R²(S ∪ k) − R²(S))``; the shares sum to R².

    Parameters
    ----------
    drivers : array_like
        One row an observation, one column a driver; no gaps.
    outcome : array_like
        One value an observation.

    Returns
    -------
    ndarray
        One share a driver, 0 or more.

    Raises
    ------
    ValueError
        For more than 15 drivers, or too few observations.

    Notes
    -----
    Source: Lindeman, Merenda and Gold (1980); Grömping (2006), Journal of Statistical Software 17(1), R relaimpo
    (swiss: .0571 .1712 .2601 .1056 .1128).
    """
    x = np.asarray(drivers, dtype=np.float64)
    y = np.asarray(outcome, dtype=np.float64)
    n, p = x.shape
    if p > _MOST_DRIVERS or n <= p + 1:
        raise ValueError(f"LMG needs at most {_MOST_DRIVERS} drivers and more observations than drivers + 1")
    joint = np.cov(np.column_stack([x, y]), rowvar=False)
    explained: dict[tuple[int, ...], float] = {(): 0.0}
    shares = np.zeros(p)
    for size in range(1, p + 1):
        for chosen in combinations(range(p), size):
            explained[chosen] = _r_squared(joint, chosen)
            weight = factorial(size - 1) * factorial(p - size) / factorial(p)
            for k in chosen:
                rest = tuple(j for j in chosen if j != k)
                shares[k] += weight * (explained[chosen] - explained[rest])
    return shares


def _r_squared(joint: Floats, chosen: tuple[int, ...]) -> float:
    index = list(chosen)
    toward = joint[index, -1]
    slopes = np.linalg.lstsq(joint[np.ix_(index, index)], toward, rcond=None)[0]
    return float(toward @ slopes / joint[-1, -1])
