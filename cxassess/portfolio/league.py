"""The league table: scores drawn towards their common mean, and the places that cannot be ruled out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from cxassess.portfolio.members import Member
from cxassess.scoring import shrink
from cxassess.scoring.model import OVERALL
from cxassess.scoring.ranking import tau_posterior

Floats = npt.NDArray[np.float64]

#: Two organisations can be told apart when one is the higher with at least this probability.
CERTAIN: Final = 0.975
#: Fewer organisations than this tell nothing about how far organisations lie apart.
LEAST_TO_SHRINK: Final = 3
#: Half the rounding of a printed interval: no score is surer than that.
LEAST_ERROR: Final = 0.005
_NORMAL: Final = 1.959963984540054
#: Values of τ that a chance is averaged over; more would not change its third decimal.
_TAU_POINTS: Final = 400


@dataclass(frozen=True)
class Standing:
    """One organisation in the league table.

    Parameters
    ----------
    member : Member
        The organisation.
    place : int or None
        Place by the shrunken score, 1 the highest; None where there is no score, or no interval to judge it by.
    score, low, high : float or None
        The shrunken score with its 95 % interval, which may run past the scale (see `within`); the organisation's own
        where nothing could be shrunk.
    best, worst : int or None
        The places that cannot be ruled out.
    ahead, behind : int
        How many others it is certainly ahead of, and behind.
    """

    member: Member
    place: int | None
    score: float | None
    low: float | None
    high: float | None
    best: int | None = None
    worst: int | None = None
    ahead: int = 0
    behind: int = 0

    def within(self, top: float) -> tuple[float, float] | tuple[None, None]:
        """Return the interval cut off at the ends of the scale, from 1 to ``top``, as it is shown."""
        if self.low is None or self.high is None:
            return (None, None)
        return (max(self.low, 1.0), min(self.high, float(top)))


@dataclass(frozen=True)
class League:
    """All organisations by score on one element, or overall.

    Parameters
    ----------
    element : str
        Element id or ``overall``.
    standings : tuple of Standing
        Ranked ones first, then those without an interval, then those that may not be shown; each in order.
    shrunken : bool
        Whether the scores are drawn towards their mean; not with fewer than three organisations.
    pairs, apart : int
        Pairs of ranked organisations, and those that can be told apart.
    tau : float or None
        Standard deviation between organisations, without the error of measurement.
    """

    element: str
    standings: tuple[Standing, ...]
    shrunken: bool
    pairs: int
    apart: int
    tau: float | None

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """The organisations that have a place."""
        return tuple(standing for standing in self.standings if standing.place is not None)


def build_league(members: Sequence[Member], element: str = OVERALL) -> League:
    """Rank the organisations by their score on an element, or overall.

    The standard error of a score is the wider half of its printed 95 % interval divided by 1.96, so that nothing but
    what may be shown is used. The scores are shrunk by `shrink` (normal–normal, full Bayes over τ, Rubin 1981), and
    the place is by the shrunken score.

    A place is as sure as the comparisons it rests on: of two organisations, one is certainly ahead if its score is
    the higher with a probability of at least 97.5 % in the same model, which holds for all pairs at once, as the
    model has drawn the scores together. An organisation that is certainly behind b others and ahead of a others, of n,
    can have the places b + 1 to n − a.

    Sources: Gelman, Hill and Yajima (2012), Journal of Research on Educational Effectiveness 5, 189–211, on
    comparisons within such a model; Klein, Wright and Wieczorek (2020), Journal of the Royal Statistical Society A
    183, 589–606, on intervals of places from comparisons.
    """
    ordered = sorted(members, key=lambda member: member.organisation)
    sure = [member for member in ordered if member.scores[element].low is not None]
    rest = [member for member in ordered if member.scores[element].low is None]
    ranked, pairs, apart, tau = _rank(sure, element)
    rest.sort(key=lambda member: (member.known(element) is None, -(member.known(element) or 0.0)))
    unranked = (Standing(member, None, member.known(element), None, None) for member in rest)
    shrunken = len(sure) >= LEAST_TO_SHRINK
    return League(element, (*ranked, *unranked), shrunken, pairs, apart, tau)


def _rank(sure: Sequence[Member], element: str) -> tuple[list[Standing], int, int, float | None]:
    if not sure:
        return [], 0, 0, None
    values = np.array([member.known(element) for member in sure], dtype=np.float64)
    errors = np.array([standard_error(member, element) for member in sure])
    tau = None
    if len(sure) >= LEAST_TO_SHRINK:
        found = shrink(values, errors)
        score, low, high, tau = found.median, found.low, found.high, found.tau
    else:
        score, low, high = values, values - _NORMAL * errors, values + _NORMAL * errors
    higher = chance_higher(values, errors)
    certain = higher >= CERTAIN
    ahead, behind = certain.sum(axis=1), certain.sum(axis=0)
    order = np.argsort(-score, kind="stable")
    standings = [
        Standing(
            member=sure[i],
            place=place,
            score=float(score[i]),
            low=float(low[i]),
            high=float(high[i]),
            best=int(behind[i]) + 1,
            worst=len(sure) - int(ahead[i]),
            ahead=int(ahead[i]),
            behind=int(behind[i]),
        )
        for place, i in enumerate(order.tolist(), 1)
    ]
    return standings, len(sure) * (len(sure) - 1) // 2, int(certain.sum()), tau


def standard_error(member: Member, element: str) -> float:
    """Return the standard error that a printed 95 % interval stands for: its wider half divided by 1.96.

    The wider half, because an interval is cut off at the ends of the scale.
    """
    own = member.scores[element]
    if own.score is None or own.low is None or own.high is None:
        raise ValueError(f"{member.organisation} has no interval on {element}")
    return max(own.score - own.low, own.high - own.score, LEAST_ERROR) / _NORMAL


def chance_higher(values: npt.ArrayLike, errors: npt.ArrayLike) -> Floats:
    """Return for each pair of groups the probability that the first one's true value is the higher.

    The model of `shrink`: given τ, θᵢ − θⱼ is normal with mean ``mᵢ − mⱼ`` and variance
    ``vᵢ + vⱼ + (bᵢ − bⱼ)²/ΣV``, where ``bᵢ = σᵢ²/(σᵢ² + τ²)``, ``vᵢ = (1 − bᵢ)σᵢ²`` and ``V = 1/(σ² + τ²)``; averaged
    over the posterior of τ. With fewer than three groups τ is not known, and the values stand for themselves.

    Parameters
    ----------
    values, errors : array_like
        Estimates and their standard errors, all above 0.

    Returns
    -------
    ndarray
        Row is higher than column; 0 on the diagonal.
    """
    y, s = np.asarray(values, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    weights, taus = tau_posterior(y, s) if y.size >= LEAST_TO_SHRINK else (np.ones(1), np.array([np.inf]))
    step = max(1, taus.size // _TAU_POINTS)
    thin = slice(step // 2, None, step)
    weights, taus = weights[thin] / weights[thin].sum(), taus[thin]
    chance = np.zeros((y.size, y.size))
    for weight, tau in zip(weights, taus, strict=True):
        precision = 1 / (s**2 + tau**2)
        pull = s**2 * precision
        total = float(precision.sum())
        centre = float((precision * y).sum()) / total if total else 0.0
        mean = pull * centre + (1 - pull) * y
        own = (1 - pull) * s**2
        shared = (pull[:, None] - pull) ** 2 / total if total else 0.0
        spread = np.sqrt(np.maximum(own[:, None] + own + shared, 1e-12))
        chance += weight * special.ndtr((mean[:, None] - mean) / spread)
    np.fill_diagonal(chance, 0.0)
    return chance
