"""Strata as arrays: how widely the scores within each spread, for many groups of strata at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import lcm
from typing import Final

import numpy as np
import numpy.typing as npt

from cxassess.scoring.partials import Sums

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

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


Group = Sequence[Stratum]


@dataclass(frozen=True)
class Stack:
    """Groups of strata as arrays: group × stratum × element, filled up with empty strata.

    Parameters
    ----------
    n, totals : ndarray
        Scored respondents, and the sum of their scores times L.
    deviations : ndarray
        Group × stratum × element × element: Σ (x_e − x̄_e)(x_f − x̄_f) over the people who have both, in squared levels.
    open_share : ndarray
        Share of the population that did not answer; 1 where its size is not known.
    """

    n: Ints
    totals: Ints
    deviations: Floats
    open_share: Floats

    @classmethod
    def of(cls, groups: Sequence[Group], elements: int, unit_of_score: int) -> Stack:
        """Stack groups; a group may be empty."""
        deepest = max([1, *(len(group) for group in groups)])
        shape = (len(groups), deepest, elements)
        n, totals = (np.zeros(shape, dtype=np.int64) for _ in range(2))
        deviations, open_share = np.zeros((*shape, elements)), np.ones(shape)
        strata = [stratum for group in groups for stratum in group]
        if strata:
            at = np.array([(g, r) for g, group in enumerate(groups) for r in range(len(group))]).T
            pairs, sums, products = (
                np.array([getattr(stratum.sums, name) for stratum in strata]) for name in ("pairs", "sums", "products")
            )
            counts = np.diagonal(pairs, axis1=1, axis2=2)
            n[*at] = counts
            totals[*at] = np.diagonal(sums, axis1=1, axis2=2)
            deviations[*at] = _deviation_products(pairs, sums, products, unit_of_score)
            invited = np.array([stratum.invited or 0 for stratum in strata])[:, None]
            known = invited > 0
            open_share[*at] = np.where(known, np.maximum(0.0, (invited - counts) / np.where(known, invited, 1)), 1.0)
        return cls(n, totals, deviations, open_share)

    @property
    def is_census(self) -> Bools:
        """Group × element: whether everybody who was invited has a score."""
        everybody = ((self.n == 0) | (self.open_share == 0)).all(axis=1)
        return np.asarray(everybody & (self.n.sum(axis=1) > 0), dtype=np.bool_)

    def spread(self, own_from: float = OWN_SPREAD_FROM) -> Spread:
        """Return each stratum's covariance of element means, by the estimator of `estimate`.

        Strata of fewer than ``own_from`` people take the pooled spread of their group's strata.
        """
        n = self.n
        spare = np.maximum(n - 1, 0).astype(np.float64)
        pooled_free = spare.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            pooled = self.deviations.sum(axis=1) / np.sqrt(pooled_free[:, :, None] * pooled_free[:, None, :])
            scale = np.where(n > 1, np.sqrt(self.open_share * n / np.maximum(spare, 1)) / np.maximum(n, 1), 0.0)
            own = self.deviations * scale[..., :, None] * scale[..., None, :]
            small = (n > 0) & (n < own_from) & (self.open_share > 0)
            both = small[..., :, None] & small[..., None, :]
            reach = np.sqrt(self.open_share / np.maximum(n, 1))
            lent = pooled[:, None] * reach[..., :, None] * reach[..., None, :]
        parts = np.where(both, lent, own)
        return Spread(parts, np.where(small, pooled_free[:, None, :], spare), small)


@dataclass(frozen=True)
class Spread:
    """The spread within strata: group × stratum × element.

    Parameters
    ----------
    parts : ndarray
        Group × stratum × element × element: covariance of the element means.
    free : ndarray
        Degrees of freedom.
    borrowed : ndarray
        Whether the stratum takes the spread of others.
    """

    parts: Floats
    free: Floats
    borrowed: Bools

    def weigh(self, shares: Floats) -> Floats:
        """Return the parts' shares in the covariance of the strata together."""
        return np.asarray(shares[..., :, None] * shares[..., None, :] * self.parts, dtype=np.float64)


def _deviation_products(pairs: Ints, sums: Ints, products: Ints, unit: int) -> Floats:
    """Σ over people with both of (x_e − x̄_e)(x_f − x̄_f), from whole numbers, in squared levels.

    n_e n_f times the sum is a whole number: it is worked out in Python's unbounded integers, or in 64 bits where floats
    hold every step exactly, then divided once.
    """
    most = pairs.max(axis=(1, 2)).astype(np.float64)
    exact = 4 * most**2 * np.maximum(products.max(axis=(1, 2)).astype(np.float64), unit**2) < _EXACT_FLOATS
    found = np.empty(pairs.shape, dtype=np.float64)
    for rows, kind in ((exact, np.int64), (~exact, object)):
        if rows.any():
            product, one, both = (part[rows].astype(kind) for part in (products, sums, pairs))
            found[rows] = _divide_once(product, one, both, unit)
    return found


def _divide_once(product: Ints, one: Ints, both: Ints, unit: int) -> Floats:
    n, total = (np.diagonal(part, axis1=1, axis2=2) for part in (both, one))
    across = n[:, :, None] * n[:, None, :]
    whole = (
        across * product
        - n[:, :, None] * total[:, None, :] * one
        - total[:, :, None] * n[:, None, :] * one.transpose(0, 2, 1)
        + total[:, :, None] * total[:, None, :] * both
    )
    return np.asarray(whole / (np.maximum(across, 1) * unit**2), dtype=np.float64)


def whole_weights(group: Group) -> list[int]:
    """Return the strata's weights as whole numbers in the same proportions."""
    ratios = [stratum.weight.as_integer_ratio() for stratum in group]
    denominator = lcm(*(below for _, below in ratios))
    return [above * (denominator // below) for above, below in ratios]


def shares_of(weights: Sequence[int], n: Ints) -> Floats:
    """Return stratum × element: each stratum's share among those with a scored respondent, 0 elsewhere."""
    given = tuple(weights)
    return np.array([_share(given, tuple(there)) for there in (n > 0).T.tolist()], dtype=np.float64).T.reshape(n.shape)


@lru_cache(maxsize=4096)
def _share(weights: tuple[int, ...], there: tuple[bool, ...]) -> tuple[float, ...]:
    whole = sum(weight for weight, inside in zip(weights, there, strict=True) if inside)
    return tuple(weight / whole if inside and whole else 0.0 for weight, inside in zip(weights, there, strict=True))


def equal_spread(cases: Sequence[Sequence[Group]], elements: int, unit: int) -> list[tuple[list[Floats], Floats]]:
    """Return the covariance of groups' element scores if the answers in all their strata are equally spread.

    As `estimate`, but every stratum takes the pooled within-stratum covariance of all the groups' strata.

    Parameters
    ----------
    cases : sequence
        For each case the groups that are compared.
    elements, unit : int
        Number of elements, and L of the design.

    Returns
    -------
    list of tuple
        For each case one covariance matrix a group, and the degrees of freedom of the pooled spread, one an element.
    """
    stack = Stack.of([[stratum for group in case for stratum in group] for case in cases], elements, unit)
    spread = stack.spread(np.inf)
    shares = np.zeros(stack.n.shape)
    bounds = []
    for case, n, share in zip(cases, stack.n, shares, strict=True):
        ends = list(accumulate(map(len, case)))
        bounds.append([slice(end - len(group), end) for group, end in zip(case, ends, strict=True)])
        for group, rows in zip(case, bounds[-1], strict=True):
            share[rows] = shares_of(whole_weights(group), n[rows])
    pieces = spread.weigh(shares)
    free = np.maximum(stack.n - 1, 0).sum(axis=1).astype(np.float64)
    return [
        ([piece[rows].sum(axis=0) for rows in bound], f) for piece, bound, f in zip(pieces, bounds, free, strict=True)
    ]
