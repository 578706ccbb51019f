"""What separates the systematic organisations from the rest in an outcome, and which elements go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from cxassess.instrument.model import Instrument
from cxassess.portfolio.members import Member
from cxassess.portfolio.outcomes import Outcomes
from cxassess.scoring import benjamini_hochberg, lmg_shares, newcombe_difference
from cxassess.scoring.gaps import compare_means

Floats = npt.NDArray[np.float64]
#: Organisations that each half must have.
LEAST_HALF: Final = 5
#: Organisations an element that shares of R² take: below the first they are noise, from the second they settle.
LEAST_PER_DRIVER: Final = 3
WANTED_PER_DRIVER: Final = 10
#: Organisations that a correlation needs.
LEAST_CORRELATED: Final = 8
_NORMAL: Final = 1.959963984540054
_ROUNDING: Final = 1e-9
_DRAWS: Final = 200
_SEED: Final = 2014
_MOST_DRAWN: Final = 10  # elements; 1,023 regressions a draw


@dataclass(frozen=True)
class Driver:
    """An element beside the outcome.

    Parameters
    ----------
    element : str
        Its id.
    n : int
        Organisations with a score and an outcome.
    correlation, low, high : float or None
        Pearson's r with Fisher's 95 % interval.
    p, p_screened : float or None
        Its p-value, and the same after Benjamini and Hochberg over the elements.
    share, share_low, share_high : float or None
        Share of R² (LMG), with the interval of a bootstrap over organisations; None with too few of them.
    """

    element: str
    n: int
    correlation: float | None
    low: float | None
    high: float | None
    p: float | None
    p_screened: float | None = None
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None


@dataclass(frozen=True)
class Separation:
    """The systematic organisations against the rest in an outcome.

    Parameters
    ----------
    label : str
        The outcome's name; empty if it has none.
    binary : bool
        Whether the outcome is a share of ones.
    n_systematic, n_rest : int
        Organisations with an outcome in each half.
    systematic, rest : float or None
        Their means, or shares.
    difference, low, high : float or None
        Systematic minus rest, with a 95 % interval; None where a half has fewer than five.
    drivers : tuple of Driver
        One an element.
    explained : float or None
        R² of all elements together; None with too few organisations.
    values : tuple
        The outcomes of the systematic organisations, and of the rest.
    n_complete, n_least, n_wanted : int
        Organisations with an outcome and all elements; how many shares of R² need at least, and to be steady.
    """

    label: str
    binary: bool
    n_systematic: int
    n_rest: int
    systematic: float | None
    rest: float | None
    difference: float | None
    low: float | None
    high: float | None
    drivers: tuple[Driver, ...]
    explained: float | None
    values: tuple[tuple[float, ...], tuple[float, ...]]
    n_complete: int
    n_least: int
    n_wanted: int


def separate(members: Sequence[Member], outcomes: Outcomes, instrument: Instrument) -> Separation:
    """Compare the outcome of systematic organisations with that of the others, and with each element.

    The difference of means is Welch's, or the pooled one where that is more cautious (`compare_means`); of shares,
    Newcombe's method 10. Correlations have Fisher's interval, ``tanh(artanh r ± 1.96/√(n − 3))``, and are screened over
    the elements by Benjamini and Hochberg. Shares of R² are LMG (Grömping 2006).
    """
    known = [member for member in members if member.organisation in outcomes.values]
    halves = [
        np.array([outcomes.values[member.organisation] for member in known if member.systematic is side])
        for side in (True, False)
    ]
    n_systematic, n_rest = (int(half.size) for half in halves)
    systematic, rest = (float(half.mean()) if half.size else None for half in halves)
    difference, low, high = _difference(halves, binary=outcomes.binary)
    drivers, explained, complete = _drivers(known, outcomes, instrument)
    count = len(instrument.elements)
    return Separation(
        outcomes.label,
        outcomes.binary,
        n_systematic,
        n_rest,
        systematic,
        rest,
        difference,
        low,
        high,
        drivers,
        explained,
        (tuple(halves[0].tolist()), tuple(halves[1].tolist())),
        complete,
        LEAST_PER_DRIVER * count,
        WANTED_PER_DRIVER * count,
    )


def varies(values: Floats) -> bool:
    """Say whether values differ by more than rounding: thirty times 0.1 has a standard deviation above zero."""
    return bool(values.size and np.ptp(values) > _ROUNDING * max(1.0, float(np.abs(values).max())))


def _all_vary(scores: Floats, outcome: Floats) -> bool:
    return varies(outcome) and all(map(varies, scores.T))


def _difference(halves: Sequence[Floats], *, binary: bool) -> tuple[float | None, float | None, float | None]:
    first, second = halves
    if min(first.size, second.size) < LEAST_HALF:
        return None, None, None
    value = float(first.mean() - second.mean())
    if binary:
        low, high = newcombe_difference(int(first.sum()), first.size, int(second.sum()), second.size)
        return value, low, high
    spread = [float(half.var(ddof=1)) for half in halves]
    free = [half.size - 1 for half in halves]
    pooled = (spread[0] * free[0] + spread[1] * free[1]) / sum(free)
    found = compare_means(
        float(first.mean()),
        float(second.mean()),
        (spread[0] / first.size, spread[1] / second.size),
        (float(free[0]), float(free[1])),
        (pooled * (1 / first.size + 1 / second.size), float(sum(free))),
    )
    if not any(map(varies, halves)):
        return value, None, None
    low, high = found.interval(0.05, float("inf"))
    return value, low, high


def _drivers(
    members: Sequence[Member], outcomes: Outcomes, instrument: Instrument
) -> tuple[tuple[Driver, ...], float | None, int]:
    elements = [element.id for element in instrument.elements]
    scores = np.array([[member.known(element) for element in elements] for member in members], dtype=np.float64)
    scores = scores.reshape(len(members), len(elements))
    outcome = np.array([outcomes.values[member.organisation] for member in members], dtype=np.float64)
    found = [_correlate(element, scores[:, column], outcome) for column, element in enumerate(elements)]
    screened = benjamini_hochberg([np.nan if one.p is None else one.p for one in found])
    whole = ~np.isnan(scores).any(axis=1)
    complete = int(whole.sum())
    shares, low, high, explained = _shares(scores[whole], outcome[whole])
    drivers = tuple(
        Driver(
            one.element,
            one.n,
            one.correlation,
            one.low,
            one.high,
            one.p,
            None if np.isnan(p) else float(p),
            *((float(part[i]) for part in (shares, low, high)) if explained is not None else (None, None, None)),
        )
        for i, (one, p) in enumerate(zip(found, screened, strict=True))
    )
    return drivers, explained, complete


def _correlate(element: str, scores: Floats, outcome: Floats) -> Driver:
    there = ~np.isnan(scores)
    x, y = scores[there], outcome[there]
    if x.size < LEAST_CORRELATED or not varies(x) or not varies(y):
        return Driver(element, int(x.size), None, None, None, None)
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    turned, half = float(np.arctanh(np.clip(r, -0.999999, 0.999999))), _NORMAL / sqrt(x.size - 3)
    t = r * sqrt((x.size - 2) / max(1 - r * r, 1e-12))
    p = float(2 * special.stdtr(x.size - 2, -abs(t)))
    return Driver(element, int(x.size), r, float(np.tanh(turned - half)), float(np.tanh(turned + half)), p)


def _shares(scores: Floats, outcome: Floats) -> tuple[Floats, Floats, Floats, float | None]:
    """Return shares of R² with the middle 95 % of seeded bootstrap draws, and R²; none with too few organisations."""
    n, count = scores.shape
    empty = np.full(count, np.nan)
    if n < max(LEAST_PER_DRIVER * count, count + 2) or not _all_vary(scores, outcome) or count > 15:
        return empty, empty, empty, None
    shares = lmg_shares(scores, outcome)
    rng = np.random.default_rng(_SEED)
    drawn = [rng.integers(0, n, n) for _ in range(_DRAWS if count <= _MOST_DRAWN else 0)]
    usable = [rows for rows in drawn if np.unique(rows).size > count + 1 and _all_vary(scores[rows], outcome[rows])]
    if not usable:
        return shares, empty, empty, float(shares.sum())
    chosen = np.array(usable)
    low, high = np.quantile(many_shares(scores[chosen], outcome[chosen]), (0.025, 0.975), axis=0)
    return shares, low, high, float(shares.sum())


def many_shares(drivers: Floats, outcomes: Floats) -> Floats:
    """Return `lmg_shares` of many samples at once.

    Parameters
    ----------
    drivers : ndarray
        Sample × observation × driver.
    outcomes : ndarray
        Sample × observation.

    Returns
    -------
    ndarray
        Sample × driver.
    """
    samples, n, count = drivers.shape
    joint = np.concatenate([drivers, outcomes[:, :, None]], axis=2)
    joint = joint - joint.mean(axis=1, keepdims=True)
    spread = np.einsum("sni,snj->sij", joint, joint) / (n - 1)
    explained: dict[tuple[int, ...], Floats] = {(): np.zeros(samples)}
    shares = np.zeros((samples, count))
    for size in range(1, count + 1):
        weight = factorial(size - 1) * factorial(count - size) / factorial(count)
        for chosen in combinations(range(count), size):
            toward = spread[:, chosen, -1]
            within = spread[:, np.array(chosen)[:, None], np.array(chosen)]
            slopes = (np.linalg.pinv(within) @ toward[:, :, None])[:, :, 0]
            explained[chosen] = (toward * slopes).sum(axis=1) / spread[:, -1, -1]
            for k in chosen:
                shares[:, k] += weight * (explained[chosen] - explained[tuple(j for j in chosen if j != k)])
    return shares
