"""From whole-number sums to scores with variances: the stratified estimator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from cxassess.instrument.model import Instrument
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import MINIMUM_GROUP
from cxassess.scoring.strata import Bools, Floats, Group, Ints, Stack, Stratum, shares_of, whole_weights

NAN: Final = float("nan")
Ratio = tuple[int, int]


@dataclass(frozen=True)
class Estimate:
    """Scores of the elements and overall, with their sampling variance, for one group of people.

    Parameters
    ----------
    ratios : tuple
        One an element: the exact score as numerator and denominator; None without a scored respondent.
    counts : tuple of int
        Scored respondents, one an element.
    covariance : ndarray
        Covariance of the elements' scores; NaN where there is nothing to estimate it from.
    known : ndarray
        Whether each element's variance is known: not where it is NaN, nor where the answers happen to be all the same.
    degrees : ndarray
        Degrees of freedom, one an element.
    enters : tuple of bool
        Whether each element enters the overall score.
    weights : tuple of Fraction
        The elements' weights in the overall score.
    pieces, free, borrowed : ndarray
        By stratum: its part in the covariance, degrees of freedom, and whether it takes the spread of others.
    """

    ratios: tuple[Ratio | None, ...]
    counts: tuple[int, ...]
    covariance: Floats
    known: Bools
    degrees: Floats
    enters: tuple[bool, ...]
    weights: tuple[Fraction, ...]
    pieces: Floats
    free: Floats
    borrowed: Bools

    @cached_property
    def scores(self) -> tuple[Fraction | None, ...]:
        """The elements' exact scores, None where there is none."""
        return tuple(None if ratio is None else Fraction(*ratio) for ratio in self.ratios)

    @cached_property
    def values(self) -> Floats:
        """The elements' scores as floats, NaN where there is none."""
        return np.array([NAN if ratio is None else ratio[0] / ratio[1] for ratio in self.ratios])

    def variance(self, element: int) -> float:
        """Return the variance of an element's score; NaN where it is not known."""
        return float(self.covariance[element, element]) if self.known[element] else NAN

    @cached_property
    def overall_weights(self) -> tuple[Fraction, ...]:
        """The elements' shares of the overall score; all 0 if none enters it."""
        inside = (enters and ratio is not None for enters, ratio in zip(self.enters, self.ratios, strict=True))
        return _share_out(self.weights, tuple(inside))

    @cached_property
    def overall(self) -> Fraction | None:
        """The exact weighted mean of the elements that enter it, or None."""
        numerator, denominator = 0, 1
        for weight, ratio in zip(self.overall_weights, self.ratios, strict=True):
            if weight and ratio is not None:
                part, whole = weight.numerator * ratio[0], weight.denominator * ratio[1]
                numerator, denominator = numerator * whole + part * denominator, denominator * whole
        return Fraction(numerator, denominator) if any(self.overall_weights) else None

    @property
    def overall_variance(self) -> float:
        """Variance of the overall score; NaN where it is not known."""
        return self._overall_spread[0]

    @property
    def overall_degrees(self) -> float:
        """Degrees of freedom of the overall score."""
        return self._overall_spread[1]

    @cached_property
    def _overall_spread(self) -> tuple[float, float]:
        if not any(self.overall_weights):
            return NAN, NAN
        a = np.array([float(weight) for weight in self.overall_weights])
        used = a > 0
        variances = np.einsum("e,ref,f->r", a[used], self.pieces[:, used][:, :, used], a[used])
        total = float(variances.sum())
        no_spread = total <= 0 and bool((~self.known[used]).any())
        if np.isnan(total) or no_spread:
            return NAN, NAN
        free = self.free[:, used].max(axis=1).reshape(1, -1, 1)
        borrowed = np.asarray(self.borrowed[:, used].any(axis=1), dtype=np.bool_).reshape(1, -1, 1)
        degrees = _satterthwaite(variances.reshape(1, -1, 1), free, borrowed)
        return max(total, 0.0), float(degrees[0, 0])


@lru_cache(maxsize=1024)
def _share_out(weights: tuple[Fraction, ...], inside: tuple[bool, ...]) -> tuple[Fraction, ...]:
    chosen = [weight if enters else Fraction(0) for weight, enters in zip(weights, inside, strict=True)]
    whole = sum(chosen, Fraction(0))
    return tuple(weight / whole for weight in chosen) if whole else tuple(chosen)


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
    return estimate_groups([strata], instrument, unit_of_score)[0]


def estimate_groups(groups: Sequence[Group], instrument: Instrument, unit_of_score: int) -> list[Estimate]:
    """Return the `estimate` of each of many groups; one without strata has no scores."""
    elements = len(instrument.elements)
    weights = tuple(as_fraction(element.weight) for element in instrument.elements)
    stack = Stack.of(groups, elements, unit_of_score)
    spread = stack.spread()
    proportions = [whole_weights(group) for group in groups]
    shares = np.zeros(stack.n.shape)
    for share, n, proportion in zip(shares, stack.n, proportions, strict=True):
        share[: len(proportion)] = shares_of(proportion, n[: len(proportion)])
    pieces = spread.weigh(shares)
    covariance = pieces.sum(axis=1)
    counts = stack.n.sum(axis=1)
    nobody = counts == 0
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    unknown = nobody | np.isnan(variance) | ((variance <= 0) & ~stack.is_census)
    covariance = np.where(nobody[:, :, None] | nobody[:, None, :], NAN, covariance)
    degrees = _satterthwaite(np.diagonal(pieces, axis1=2, axis2=3), spread.free, spread.borrowed)
    found = []
    for g, (group, proportion) in enumerate(zip(groups, proportions, strict=True)):
        strata = slice(len(group))
        people = sum(stratum.sums.people for stratum in group)
        found.append(
            Estimate(
                _ratios(proportion, stack.totals[g, strata], stack.n[g, strata], unit_of_score),
                tuple(counts[g].tolist()),
                covariance[g],
                ~unknown[g],
                degrees[g],
                tuple((counts[g] >= max(1, min(MINIMUM_GROUP, people))).tolist()),
                weights,
                pieces[g, strata],
                spread.free[g, strata],
                spread.borrowed[g, strata],
            )
        )
    return found


def _ratios(weights: Sequence[int], totals: Ints, n: Ints, unit: int) -> tuple[Ratio | None, ...]:
    """Return ``Σ W x̄ / Σ W`` of each element as a numerator and a denominator."""
    found: list[Ratio | None] = []
    for total, count in zip(totals.T.tolist(), n.T.tolist(), strict=True):
        numerator, denominator, whole = 0, 1, 0
        for weight, x, people in zip(weights, total, count, strict=True):
            if people:
                numerator, denominator = numerator * people + weight * x * denominator, denominator * people
                whole += weight
        found.append((numerator, denominator * whole * unit) if whole else None)
    return tuple(found)


def _satterthwaite(variances: Floats, free: Floats, borrowed: Bools) -> Floats:
    """Return the degrees of freedom of sums of variances over the strata, group × element.

    Strata that share a borrowed spread count as one.
    """
    used = ~borrowed & (variances > 0) & (free > 0)
    lent = np.where(borrowed, variances, 0.0).sum(axis=1)
    lent_free = np.where(borrowed, free, 0.0).max(axis=1)
    also = (lent > 0) & (lent_free > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(used, variances**2 / free, 0.0).sum(axis=1)
        squares += np.where(also, lent**2 / lent_free, 0.0)
    total = np.where(used, variances, 0.0).sum(axis=1) + np.where(also, lent, 0.0)
    # Python's power and numpy's differ in the last bit now and then: keep to one of them.
    flat = [
        whole**2 / part if part else NAN
        for whole, part in zip(total.ravel().tolist(), squares.ravel().tolist(), strict=True)
    ]
    return np.array(flat, dtype=np.float64).reshape(total.shape)
