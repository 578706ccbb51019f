"""How sure a shown score is: the variance behind its interval, found again from what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from cxassess.report.pages.view import View
from cxassess.scoring import nearest_probabilities
from cxassess.scoring.rows import Row

CONFIDENCE: Final = 0.975
_DEGREES: Final = (*range(1, 31), 40, 60, 120, inf)


@dataclass(frozen=True)
class Spread:
    """Variance and degrees of freedom of a score; NaN where its interval is not shown."""

    variance: float
    degrees: float


UNKNOWN: Final = Spread(nan, nan)


def find_spread(view: View, row: Row) -> Spread:
    """Return the spread of a shown score, from its interval and from the chances of its levels.

    The interval gives ``t(ν) · se``; of the degrees of freedom ν those are taken with which
    ``cxassess.scoring.nearest_probabilities`` comes closest to the chances that are shown. Where the end of the scale
    cuts the interval on one side, the other side counts. Only shown figures are used, so that nothing can be tried out
    here that the privacy gate has not let through.

    Parameters
    ----------
    view : View
        One organisation and wave.
    row : mapping
        A row of ``scores`` for everybody, shown.
    """
    score, low, high = row["score"], row["low"], row["high"]
    if low is None or high is None:
        return UNKNOWN
    half = max(score - low, high - score)
    if half == 0:
        return Spread(0.0, inf)
    shown = [level["probability"] for level in view.levels(row["element"], "nearest")]
    if not shown or None in shown:
        return _spread(half, inf)
    cutoffs = view.instrument.cutoffs
    return min((_spread(half, free) for free in _DEGREES), key=lambda one: _distance(one, score, cutoffs, shown))


def _spread(half: float, degrees: float) -> Spread:
    reach = float(special.ndtri(CONFIDENCE) if degrees == inf else special.stdtrit(degrees, CONFIDENCE))
    return Spread((half / reach) ** 2, degrees)


def _distance(one: Spread, score: float, cutoffs: Sequence[float], shown: Sequence[float]) -> float:
    found = nearest_probabilities(score, one.variance, _finite(one.degrees), cutoffs)
    return float(((found - np.array(shown)) ** 2).sum())


def _finite(degrees: float) -> float:
    """Return degrees of freedom that every function takes; a million are as good as endless."""
    return min(degrees, 1e6)


def chances(score: float, spread: Spread, cutoffs: Sequence[float]) -> list[float] | None:
    """Return the chance of each level around a score, or None without a spread."""
    found = nearest_probabilities(score, spread.variance, _finite(spread.degrees), cutoffs)
    return None if np.isnan(found).any() else [float(chance) for chance in found]


def joint_covariance(spreads: Sequence[Spread], weights: Sequence[float], total: Spread) -> npt.NDArray[np.float64]:
    """Return a covariance of several scores that gives their weighted mean the variance it has.

    All pairs get the same correlation ρ, from ``Var Σ a s = Σ a² σ² + ρ Σ a_e a_f σ_e σ_f``, held within 0 and 1. NaN
    where one of the variances is not known.
    """
    deviations = np.array([sqrt(one.variance) if one.variance >= 0 else nan for one in spreads])
    parts = np.array(weights) * deviations
    alone = float((parts**2).sum())
    together = float(parts.sum() ** 2) - alone
    rho = min(1.0, max(0.0, (total.variance - alone) / together)) if together > 0 else 0.0
    pattern = np.full((parts.size, parts.size), rho)
    np.fill_diagonal(pattern, 1.0)
    return np.asarray(pattern * np.outer(deviations, deviations), dtype=np.float64)
