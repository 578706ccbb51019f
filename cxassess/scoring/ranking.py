"""Places in a distribution: percentile in a benchmark, and shrinkage of small groups towards their common mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
_TAU_POINTS = 2000
_UNLIKELY = 1e-9
_HALVINGS = 45


def percentile_rank(value: float, others: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the percentile of a value among others, with an interval for its place in the population of others.

    Formula: ``100(b + ½e)/n`` with b of n below and e equal; the interval holds the quantiles of
    Beta(b + ½e + ½, n − b − ½e + ½), and reaches to 0 or 100 where the percentile is that.

    Parameters
    ----------
    value : float
        The value to place.
    others : array_like
        The benchmark's values.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    tuple of float
        Percentile, low and high, 0–100; NaN without others.

    Notes
    -----
    Source: Crawford, Garthwaite and Slick (2009), The Clinical Neuropsychologist 23, 1173–1195.
    """
    x = np.asarray(others, dtype=np.float64)
    x = x[~np.isnan(x)]
    if not x.size or np.isnan(value):
        return (float("nan"), float("nan"), float("nan"))
    return place_among(float((x < value).sum()) + 0.5 * float((x == value).sum()), x.size, confidence=confidence)


def place_among(below: float, n: int, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return `percentile_rank` from the number of others below (an equal one counts half) and of others in all."""
    tail = (1 - confidence) / 2
    low, high = (float(special.betaincinv(below + 0.5, n - below + 0.5, at)) for at in (tail, 1 - tail))
    low, high = (0.0 if below == 0 else low, 1.0 if below == n else high)
    return (100 * below / n, 100 * low, 100 * high)


@dataclass(frozen=True)
class Shrunken:
    """Groups' values drawn towards their common mean.

    Parameters
    ----------
    median, low, high : ndarray
        Posterior median and interval of each group.
    tau : float
        Posterior median of the standard deviation between groups.
    """

    median: Floats
    low: Floats
    high: Floats
    tau: float


def shrink(estimates: npt.ArrayLike, standard_errors: npt.ArrayLike, *, confidence: float = 0.95) -> Shrunken:
    """Shrink groups' estimates towards their common mean by a normal–normal model, over all likely values of τ.

    Formula: ``yⱼ ~ N(θⱼ, σⱼ²)``, ``θⱼ ~ N(μ, τ²)``, flat priors on μ and τ. With Vⱼ = 1/(σⱼ² + τ²),
    p(τ | y) ∝ (Σ Vⱼ)^−½ Π Vⱼ^½ exp(−½ Vⱼ (yⱼ − μ̂)²); given τ each θⱼ is normal. The mixture over a grid of τ is
    inverted for the quantiles: a single plugged-in τ gives intervals that are too narrow.

    Parameters
    ----------
    estimates, standard_errors : array_like
        yⱼ and σⱼ > 0 of at least three groups.
    confidence : float
        Probability of the interval.

    Returns
    -------
    Shrunken
        In the units of the estimates.

    Raises
    ------
    ValueError
        If there are fewer than three groups or a standard error is not positive.

    Notes
    -----
    Source: Rubin (1981), Journal of Educational Statistics 6, 377–401; Gelman et al., Bayesian Data Analysis, 3rd
    edition, 5.4 (eight schools, medians 10 8 7 8 5 6 10 8).
    """
    y = np.asarray(estimates, dtype=np.float64)
    s = np.asarray(standard_errors, dtype=np.float64)
    if y.size < 3 or not (s > 0).all():
        raise ValueError("shrinkage needs at least three groups with positive standard errors")
    weight, tau = tau_posterior(y, s)
    v = 1 / (s**2 + tau[:, None] ** 2)
    spread = 1 / v.sum(axis=1)
    centre = spread * (v * y).sum(axis=1)
    pull = s**2 * v
    mean = pull * centre[:, None] + (1 - pull) * y
    sd = np.sqrt((1 - pull) * s**2 + pull**2 * spread[:, None])
    tail = (1 - confidence) / 2
    median, low, high = (_mixture_quantile(weight, mean, sd, at) for at in (0.5, tail, 1 - tail))
    middle = float(np.interp(0.5, np.cumsum(weight), tau))
    return Shrunken(median, low, high, middle)


def tau_posterior(estimates: Floats, standard_errors: Floats) -> tuple[Floats, Floats]:
    """Return how likely each value of τ is in the model of `shrink`, and the values; unlikely ones are left out.

    Parameters
    ----------
    estimates, standard_errors : ndarray
        As for `shrink`.

    Returns
    -------
    tuple of ndarray
        Weights that sum to 1, and τ, ascending.
    """
    top = 4 * max(float(estimates.std(ddof=1)), float(standard_errors.mean()))
    tau = (np.arange(_TAU_POINTS) + 0.5) * top / _TAU_POINTS
    v = 1 / (standard_errors**2 + tau[:, None] ** 2)
    spread = 1 / v.sum(axis=1)
    centre = spread * (v * estimates).sum(axis=1)
    log_density = 0.5 * np.log(spread) + 0.5 * (np.log(v) - v * (estimates - centre[:, None]) ** 2).sum(axis=1)
    weight = np.exp(log_density - log_density.max())
    kept = weight > _UNLIKELY * weight.sum()
    return weight[kept] / weight[kept].sum(), tau[kept]


def _mixture_quantile(weight: Floats, mean: Floats, sd: Floats, at: float) -> Floats:
    """Return a quantile of each column's mixture of normals, by halving the interval that holds it."""
    low, high = (mean - 10 * sd).min(axis=0), (mean + 10 * sd).max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = weight @ special.ndtr((middle - mean) / sd) < at
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found: Floats = (low + high) / 2
    return found
