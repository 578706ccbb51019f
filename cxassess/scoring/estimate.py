"""From whole-number sums to scores with variances: the stratified estimator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cxassess.instrument.model import Instrument
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import MINIMUM_GROUP
from cxassess.scoring.partials import Sums

Floats = npt.NDArray[np.float64]
NAN: Final = float("nan")

#: In smaller strata the spread of the answers says too little by itself.
OWN_SPREAD_FROM: Final = 5
_EXACT_FLOATS: Final = 2**53


@dataclass(frozen=True)
class Stratum:
    """People who are drawn from one population, with the weight they get together.

    Parameters
    ----------
    sums : Sums
        Their sums.
    weight : Fraction
        Weight against the other strata; only the proportions count.
    invited : int or None
        How many were invited, if known.
    """

    sums: Sums
    weight: Fraction
    invited: int | None


@dataclass(frozen=True)
class Estimate:
    """Scores of the elements and overall, with their sampling variance, for one group of people.

    Parameters
    ----------
    scores : tuple of Fraction or None
        One an element, exact; None without a scored respondent.
    counts : tuple of int
        Scored respondents, one an element.
    covariance : ndarray
        Covariance of the elements' scores; NaN where there is nothing to estimate it from.
    known : ndarray
        Whether each element's variance is known: not where it is NaN, nor where the answers happen to be all the same.
    degrees : ndarray
        Degrees of freedom, one an element.
    overall : Fraction or None
        Weighted mean of the elements that enter it.
    overall_count : int
        Respondents with a score in at least one element that enters.
    overall_variance, overall_degrees : float
        Its variance and degrees of freedom.
    enters : tuple of bool
        Whether each element enters the overall score.
    """

    scores: tuple[Fraction | None, ...]
    counts: tuple[int, ...]
    covariance: Floats
    known: npt.NDArray[np.bool_]
    degrees: Floats
    overall: Fraction | None
    overall_variance: float
    overall_degrees: float
    enters: tuple[bool, ...]

    @property
    def values(self) -> Floats:
        """The elements' scores as floats, NaN where there is none."""
        return np.array([NAN if score is None else float(score) for score in self.scores])

    def variance(self, element: int) -> float:
        """Return the variance of an element's score; NaN where it is not known."""
        return float(self.covariance[element, element]) if self.known[element] else NAN


def estimate(strata: Sequence[Stratum], instrument: Instrument, unit_of_score: int) -> Estimate:
    """Estimate scores and variances from strata.

    Score of element e: ``Σ_r W_re x̄_re`` over the strata with a scored respondent, W proportional to the strata's
    weights. Overall: ``Σ_e w_e score_e / Σ_e w_e`` over the elements that at least five respondents (or all, in a
    smaller group) have a score in.

    Covariance of two elements within stratum r: ``g_e g_f Σ(x_ie − x̄_e)(x_if − x̄_f) / (n_e n_f)`` over the people
    who have both, with ``g_e = √((1 − n_e/N_r) n_e/(n_e − 1))``: for e = f this is ``(1 − n/N) s²/n``, the stratified
    estimator with finite-population correction (Cochran 1977, chapter 5). The overall variance is
    ``Σ_r aᵀ C_r a`` with a = W·w: the variance of each person's weighted mean of elements, linearised for people who
    lack some, so that the covariance between elements counts. Degrees of freedom after Satterthwaite (1946),
    Biometrics Bulletin 2, 110–114: ``(Σ V_r)² / Σ V_r²/(n_r − 1)``.

    A stratum with fewer than five scored respondents takes the pooled within-stratum covariance of all strata instead
    of its own (as collapsed strata do); such strata count as one in the degrees of freedom. Where there is none to
    take, or every answer within the strata is the same without its being a census, the variance is not known (NaN). A
    census has variance 0.

    Parameters
    ----------
    strata : sequence of Stratum
        The groups that are weighed together.
    instrument : Instrument
        For the elements' weights.
    unit_of_score : int
        L of the design.

    Returns
    -------
    Estimate
        In levels.
    """
    n = np.array([np.diagonal(stratum.sums.pairs) for stratum in strata]).reshape(len(strata), -1)
    totals = [[int(stratum.sums.sums[e, e]) for e in range(n.shape[1])] for stratum in strata]
    shares = _shares(strata, n)
    scores = tuple(_score(shares[e], totals, n, e, unit_of_score) for e in range(n.shape[1]))
    parts, freedom = _within(strata, n, unit_of_score)
    pieces = _weigh(shares, parts)
    covariance = pieces.sum(axis=0)
    census = _is_census(strata, n)
    nobody = n.sum(axis=0) == 0
    unknown = nobody | np.isnan(np.diagonal(covariance)) | ((np.diagonal(covariance) <= 0) & ~census)
    covariance = np.where(nobody[:, None] | nobody[None, :], NAN, covariance)
    diagonal = np.diagonal(pieces, axis1=1, axis2=2)
    degrees = np.array(
        [_satterthwaite(diagonal[:, e], freedom.free[:, e], freedom.borrowed[:, e]) for e in range(n.shape[1])]
    )
    people = sum(stratum.sums.people for stratum in strata)
    counts = tuple(int(count) for count in n.sum(axis=0))
    enters = tuple(count >= max(1, min(MINIMUM_GROUP, people)) for count in counts)
    overall, variance, overall_degrees = _overall(
        scores, _overall_weights(scores, enters, instrument), pieces, freedom, unknown
    )
    return Estimate(scores, counts, covariance, ~unknown, degrees, overall, variance, overall_degrees, enters)


def _shares(strata: Sequence[Stratum], n: npt.NDArray[np.int64]) -> list[list[Fraction]]:
    columns = []
    for e in range(n.shape[1]):
        raw = [stratum.weight if n[r, e] else Fraction(0) for r, stratum in enumerate(strata)]
        whole = sum(raw, Fraction(0))
        columns.append([part / whole if whole else part for part in raw])
    return columns


def _weigh(shares: list[list[Fraction]], parts: Floats) -> Floats:
    weights = np.array([[float(share) for share in column] for column in shares]).T.reshape(parts.shape[:2])
    return np.asarray(weights[:, :, None] * weights[:, None, :] * parts, dtype=np.float64)


def _score(
    share: Sequence[Fraction], totals: list[list[int]], n: npt.NDArray[np.int64], e: int, unit: int
) -> Fraction | None:
    if not n[:, e].any():
        return None
    return sum(
        (share[r] * Fraction(totals[r][e], int(n[r, e]) * unit) for r in range(len(share)) if n[r, e]), Fraction(0)
    )


class _Freedom(NamedTuple):
    """Degrees of freedom by stratum and element, and whether the stratum borrows its spread there."""

    free: Floats
    borrowed: npt.NDArray[np.bool_]


def _within(
    strata: Sequence[Stratum], n: npt.NDArray[np.int64], unit: int, own_from: float = OWN_SPREAD_FROM
) -> tuple[Floats, _Freedom]:
    """Return each stratum's covariance matrix of element means, and their degrees of freedom."""
    elements = n.shape[1]
    deviations = np.array([_deviation_products(stratum.sums, unit) for stratum in strata]).reshape(
        -1, elements, elements
    )
    spare = np.maximum(n - 1, 0).astype(np.float64)
    pooled_free = spare.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = deviations.sum(axis=0) / np.sqrt(pooled_free[:, None] * pooled_free[None, :])
        open_share = np.array([_open_share(stratum.invited, n[r]) for r, stratum in enumerate(strata)]).reshape(n.shape)
        scale = np.where(n > 1, np.sqrt(open_share * n / np.maximum(spare, 1)) / np.maximum(n, 1), 0.0)
        own = deviations * scale[:, :, None] * scale[:, None, :]
        small = (n > 0) & (n < own_from) & (open_share > 0)
        both = small[:, :, None] & small[:, None, :]
        reach = np.sqrt(open_share / np.maximum(n, 1))
        lent = pooled[None] * reach[:, :, None] * reach[:, None, :]
    parts = np.where(both, lent, own)
    free = np.where(small, pooled_free[None, :], spare)
    return parts, _Freedom(free, small)


def equal_spread(groups: Sequence[Sequence[Stratum]], elements: int, unit_of_score: int) -> tuple[list[Floats], Floats]:
    """Return the covariance of groups' element scores if the answers in all their strata are equally spread.

    As `estimate`, but every stratum takes the pooled within-stratum covariance of all the groups' strata.

    Returns
    -------
    tuple
        One covariance matrix a group, and the degrees of freedom of the pooled spread, one an element.
    """
    strata = [stratum for group in groups for stratum in group]
    n = np.array([np.diagonal(stratum.sums.pairs) for stratum in strata]).reshape(len(strata), elements)
    parts, _ = _within(strata, n, unit_of_score, np.inf)
    found = []
    for group, at in zip(groups, accumulate(map(len, groups)), strict=True):
        rows = slice(at - len(group), at)
        found.append(_weigh(_shares(group, n[rows]), parts[rows]).sum(axis=0))
    return found, np.maximum(n - 1, 0).sum(axis=0).astype(np.float64)


def _deviation_products(sums: Sums, unit: int) -> Floats:
    """Σ over people with both of (x_e − x̄_e)(x_f − x̄_f), from whole numbers, in squared levels.

    n_e n_f times the sum is a whole number: it is worked out in Python's unbounded integers, or in 64 bits where floats
    hold every step exactly, then divided once.
    """
    largest = int(sums.pairs.max()) ** 2 * max(int(sums.products.max()), unit**2)
    kind = np.int64 if 4 * largest < _EXACT_FLOATS else object
    product, one, both = (part.astype(kind) for part in (sums.products, sums.sums, sums.pairs))
    n, total = np.diagonal(both), np.diagonal(one)
    across = np.multiply.outer(n, n)
    whole = (
        across * product
        - np.multiply.outer(n, total) * one
        - np.multiply.outer(total, n) * one.T
        + np.multiply.outer(total, total) * both
    )
    divisor = np.maximum(across, 1) * unit**2
    return np.asarray(whole / divisor, dtype=np.float64)


def _open_share(invited: int | None, n: npt.NDArray[np.int64]) -> Floats:
    if invited is None or invited <= 0:
        return np.ones(n.size)
    return np.maximum(0.0, (invited - n) / invited)


def _is_census(strata: Sequence[Stratum], n: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    rows = [
        (n[r] == 0) | (n[r] >= stratum.invited if stratum.invited else np.zeros(n.shape[1], dtype=np.bool_))
        for r, stratum in enumerate(strata)
    ]
    return np.asarray(np.all(rows, axis=0) & (n.sum(axis=0) > 0), dtype=np.bool_)


def _satterthwaite(variances: Floats, free: Floats, borrowed: npt.NDArray[np.bool_]) -> float:
    """Return the degrees of freedom of a sum of variances; those that share a borrowed spread count as one."""
    v, f = variances, free
    if borrowed.any():
        v = np.append(v[~borrowed], v[borrowed].sum())
        f = np.append(f[~borrowed], f[borrowed].max())
    used = (v > 0) & (f > 0)
    return float(v[used].sum() ** 2 / (v[used] ** 2 / f[used]).sum()) if used.any() else NAN


def _overall_weights(
    scores: Sequence[Fraction | None], enters: Sequence[bool], instrument: Instrument
) -> list[Fraction]:
    """Return the elements' shares of the overall score; all 0 if none enters it."""
    weights = [
        as_fraction(element.weight) if inside and score is not None else Fraction(0)
        for element, inside, score in zip(instrument.elements, enters, scores, strict=True)
    ]
    whole = sum(weights, Fraction(0))
    return [weight / whole for weight in weights] if whole else weights


def _overall(
    scores: Sequence[Fraction | None],
    weights: Sequence[Fraction],
    pieces: Floats,
    freedom: _Freedom,
    unknown: npt.NDArray[np.bool_],
) -> tuple[Fraction | None, float, float]:
    if not any(weights):
        return None, NAN, NAN
    overall = sum((w * s for w, s in zip(weights, scores, strict=True) if s is not None), Fraction(0))
    a = np.array([float(weight) for weight in weights])
    used = a > 0
    variances = np.einsum("e,ref,f->r", a[used], pieces[:, used][:, :, used], a[used])
    total = float(variances.sum())
    no_spread = total <= 0 and bool(unknown[used].any())
    if np.isnan(total) or no_spread:
        return overall, NAN, NAN
    borrowed = np.asarray(freedom.borrowed[:, used].any(axis=1), dtype=np.bool_)
    return overall, max(total, 0.0), _satterthwaite(variances, freedom.free[:, used].max(axis=1), borrowed)
