"""Places in a distribution: percentile in a benchmark, and shrinkage of small groups towards their common mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
_TAU_POINTS = 2000
_VALUE_POINTS = 2000


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
    top = 4 * max(float(y.std(ddof=1)), float(s.mean()))
    tau = (np.arange(_TAU_POINTS) + 0.5) * top / _TAU_POINTS
    v = 1 / (s**2 + tau[:, None] ** 2)
    spread = 1 / v.sum(axis=1)
    centre = spread * (v * y).sum(axis=1)
    log_density = 0.5 * np.log(spread) + 0.5 * (np.log(v) - v * (y - centre[:, None]) ** 2).sum(axis=1)
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    pull = s**2 * v
    mean = pull * centre[:, None] + (1 - pull) * y
    sd = np.sqrt((1 - pull) * s**2 + pull**2 * spread[:, None])
    tail = (1 - confidence) / 2
    quantiles = np.array(
        [_mixture_quantiles(weight, mean[:, j], sd[:, j], (0.5, tail, 1 - tail)) for j in range(y.size)]
    )
    middle = float(np.interp(0.5, np.cumsum(weight), tau))
    return Shrunken(quantiles[:, 0], quantiles[:, 1], quantiles[:, 2], middle)


def _mixture_quantiles(weight: Floats, mean: Floats, sd: Floats, at: tuple[float, ...]) -> Floats:
    grid = np.linspace(float((mean - 5 * sd).min()), float((mean + 5 * sd).max()), _VALUE_POINTS)
    keep = weight > 1e-9
    cumulative = weight[keep] @ special.ndtr((grid - mean[keep, None]) / sd[keep, None])
    found: Floats = np.interp(at, cumulative, grid)
    return found
