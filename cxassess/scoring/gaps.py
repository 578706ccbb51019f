"""Differences between roles, on the items that both were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import isnan, sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from cxassess.instrument.model import Instrument
from cxassess.scoring.coding import Coded
from cxassess.scoring.comparisons import ALPHA, holm, holm_alphas
from cxassess.scoring.design import Design
from cxassess.scoring.estimate import Estimate, estimate_groups
from cxassess.scoring.groups import WaveGroups
from cxassess.scoring.intervals import clip_interval, t_interval
from cxassess.scoring.model import MINIMUM_GROUP, OVERALL, ROLE
from cxassess.scoring.partials import Sums, role_sums
from cxassess.scoring.strata import Stratum, equal_spread

Row = tuple[Any, ...]
Floats = npt.NDArray[np.float64]
EqualSpread = tuple[list[Floats], Floats]
NAN: Final = float("nan")


@dataclass(frozen=True)
class Difference:
    """An estimated difference, before any correction for several comparisons.

    Parameters
    ----------
    value, variance, degrees : float
        In levels; variance NaN where it is not known. Welch's: each group has its own spread.
    pooled : tuple of float
        Variance and degrees of freedom if the groups are equally spread.
    """

    value: float
    variance: float
    degrees: float
    pooled: tuple[float, float] = (NAN, NAN)

    @property
    def _spreads(self) -> list[tuple[float, float]]:
        own = (self.variance, self.degrees)
        return [own] if isnan(self.pooled[0]) else [own, self.pooled]

    @cached_property
    def p(self) -> float:
        """Two-sided p-value: the greater of Welch's and the pooled t test's; NaN where the variance is not known."""
        if isnan(self.value) or isnan(self.variance):
            return NAN
        return max(self._p_value(variance, degrees) for variance, degrees in self._spreads)

    def _p_value(self, variance: float, degrees: float) -> float:
        if variance == 0:
            return 0.0 if self.value else 1.0
        return float(2 * special.stdtr(degrees, -abs(self.value) / sqrt(variance)))

    def interval(self, alpha: float, span: float) -> tuple[float, float]:
        """Return the interval of confidence 1 − alpha, within ± span: the wider of the two tests' intervals."""
        if isnan(alpha):
            return (NAN, NAN)
        ends = [t_interval(self.value, *spread, confidence=1 - alpha) for spread in self._spreads]
        return clip_interval((min(low for low, _ in ends), max(high for _, high in ends)), -span, span)


def compare_means(
    first: float,
    second: float,
    variances: tuple[float, float],
    degrees: tuple[float, float],
    pooled: tuple[float, float] = (NAN, NAN),
) -> Difference:
    """Return first minus second with the variance and degrees of freedom of Welch's t test.

    Formula: V = V₁ + V₂; ν = V²/(V₁²/ν₁ + V₂²/ν₂). The variances may hold a finite-population correction. A variance
    of 0 on one side only is taken as it stands. ``pooled`` is the variance of the difference, and its degrees of
    freedom, if both groups are equally spread (Student's two-sample t test); the more cautious of the two counts:
    with five people against forty, Welch's test alone finds a difference in 8–19 of 100 families of eight elements
    without one, as a few answers may happen to lie close together.

    Sources: Welch (1947), Biometrika 34, 28–35; Student (1908), Biometrika 6, 1–25.
    """
    used = [(v, d) for v, d in zip(variances, degrees, strict=True) if v > 0 and d > 0]
    total = variances[0] + variances[1]
    if np.isnan(total) or not used:
        return Difference(first - second, total, NAN, pooled)
    return Difference(first - second, total, total**2 / sum(v**2 / d for v, d in used), pooled)


def pairs_of_roles(instrument: Instrument) -> list[tuple[int, int]]:
    """Return the pairs (high, low) of roles by number: the instrument's own first, then every other in its order."""
    numbers = {role.id: number for number, role in enumerate(instrument.roles)}
    pairs = list(combinations(range(len(instrument.roles)), 2))
    if instrument.role_gap is None:
        return pairs
    own = (numbers[instrument.role_gap.high], numbers[instrument.role_gap.low])
    return [own, *(pair for pair in pairs if set(pair) != set(own))]


def gap_rows(by_role: Coded, design: Design, waves: Sequence[WaveGroups]) -> list[Row]:
    """Return the rows of ``gaps``: each element and overall, for each pair of roles.

    Gap = score of the first role minus score of the second, both on the items that both are asked; t test with
    finite-population correction (`compare_means`). Holm's correction runs over the elements of a pair; the overall gap
    stands by itself. Each interval has the confidence that Holm's procedure held that element's p-value against, so
    that it leaves out 0 exactly when the verdict is ``real``. Takes the responses as of `Coded.by_role`.
    """
    instrument = design.instrument
    rows: dict[tuple[str, str], list[Row]] = {wave.key: [] for wave in waves}
    for pair in pairs_of_roles(instrument):
        common = design.only(design.asked[pair[0]] & design.asked[pair[1]])
        sums = role_sums(by_role.take(np.isin(by_role.role, pair)), common)
        both = [wave for wave in waves if all(role in wave.roles for role in pair)]
        strata = [[[_role_stratum(wave, role, sums[wave.key][role])] for role in pair] for wave in both]
        found = estimate_groups([group for case in strata for group in case], instrument, common.unit_of_score)
        spreads = equal_spread(strata, len(instrument.elements), common.unit_of_score)
        for wave, first, second, spread in zip(both, found[::2], found[1::2], spreads, strict=True):
            rows[wave.key] += _pair_rows(wave, pair, common, (first, second), spread)
    return [row for wave in waves for row in rows[wave.key]]


def _pair_rows(
    wave: WaveGroups, pair: tuple[int, int], common: Design, found: tuple[Estimate, Estimate], spread: EqualSpread
) -> list[Row]:
    instrument = common.instrument
    first, second = found
    counts = _common_items(wave, pair, common)
    differences = [_element_gap(first, second, column, spread) for column in range(len(instrument.elements))]
    p_values = np.array([difference.p for difference in differences])
    adjusted, alphas = holm(p_values).tolist(), holm_alphas(p_values).tolist()
    groups = [ROLE + instrument.roles[role].id for role in pair]
    span = instrument.level_count - 1
    rows: list[Row] = []
    for column, (element, gap) in enumerate(zip(instrument.elements, differences, strict=True)):
        n = (first.counts[column], second.counts[column])
        key = (*wave.key, element.id, *groups)
        if isnan(gap.value):
            rows.append((*key, *_no_gap(n, counts[column])))
            continue
        state = (gap.value, *gap.interval(alphas[column], span), gap.p, adjusted[column])
        rows.append((*key, *state, _verdict(gap.p, adjusted[column]), *n, counts[column], "scored", ""))
    overall = _overall_gap(first, second, instrument, spread)
    n = (wave.roles[pair[0]].people, wave.roles[pair[1]].people)
    key = (*wave.key, OVERALL, *groups)
    if isnan(overall.value):
        return [*rows, (*key, *_no_gap(n, sum(counts)))]
    interval = overall.interval(NAN if isnan(overall.p) else ALPHA, span)
    state = (overall.value, *interval, overall.p, overall.p)
    return [*rows, (*key, *state, _verdict(overall.p, overall.p), *n, sum(counts), "scored", "")]


def _no_gap(n: tuple[int, int], items: int) -> Row:
    reason = "no_answers" if not items or not min(n) else "low_coverage"
    return (NAN, NAN, NAN, NAN, NAN, "cannot_tell", *n, items, "insufficient", reason)


def _verdict(p: float, adjusted: float) -> str:
    return "real" if not isnan(p) and adjusted <= ALPHA else "cannot_tell"


def _role_stratum(wave: WaveGroups, role: int, sums: Sums) -> Stratum:
    return Stratum(sums, Fraction(1), wave.invited.get(role))


def _common_items(wave: WaveGroups, pair: tuple[int, int], common: Design) -> list[int]:
    asked = common.asked[pair[0]] & common.asked[pair[1]]
    if wave.key in common.pulse_waves:
        asked = asked & common.pulse
    counts: list[int] = (asked.astype(np.int64) @ common.membership).tolist()
    return counts


def _element_gap(first: Estimate, second: Estimate, column: int, spread: EqualSpread) -> Difference:
    if first.ratios[column] is None or second.ratios[column] is None:
        return Difference(NAN, NAN, NAN)
    variances = [float(found.covariance[column, column]) for found in (first, second)]
    if not (first.known[column] and second.known[column]) and sum(variances) == 0:
        variances = [NAN, NAN]  # all the same on a side that is no census: no information, not certainty
    covariances, free = spread
    return compare_means(
        float(first.values[column]),
        float(second.values[column]),
        (variances[0], variances[1]),
        (float(first.degrees[column]), float(second.degrees[column])),
        (float(sum(one[column, column] for one in covariances)), float(free[column])),
    )


def _overall_gap(first: Estimate, second: Estimate, instrument: Instrument, spread: EqualSpread) -> Difference:
    weights = np.array([element.weight for element in instrument.elements]) * np.array(first.enters) * second.enters
    used = weights > 0
    if not used.any():
        return Difference(NAN, NAN, NAN)
    a = weights[used] / weights[used].sum()
    inside = np.ix_(used, used)
    variances = [float(a @ found.covariance[inside] @ a) for found in (first, second)]
    if not (first.known[used].all() and second.known[used].all()) and sum(variances) == 0:
        return Difference(float(a @ (first.values - second.values)[used]), NAN, NAN)
    degrees = [float(max(found.counts) - 1) for found in (first, second)]
    covariances, free = spread
    return compare_means(
        float(a @ first.values[used]),
        float(a @ second.values[used]),
        (variances[0], variances[1]),
        (degrees[0], degrees[1]),
        (float(sum(a @ one[inside] @ a for one in covariances)), float(free[used].max())),
    )


def common_rows(by_role: Coded, design: Design, waves: Sequence[WaveGroups]) -> list[Row]:
    """Return the rows of ``role_scores_common``: every role's score on the items that all of the roles were asked.

    NaN where fewer than five (or not all, in a smaller role) have a score on these items.

    *All of the roles* are those with at least five respondents in the wave, as only they can be shown; all that
    answered, where fewer than two have so many.
    """
    instrument = design.instrument
    by_roles: dict[tuple[int, ...], list[WaveGroups]] = {}
    for wave in waves:
        by_roles.setdefault(_comparable_roles(wave), []).append(wave)
    rows: dict[tuple[str, str], list[Row]] = {}
    for roles, members in by_roles.items():
        chosen = _asked_of_all(design, roles)
        inside = np.concatenate([by_role.waves[wave.key] for wave in members])
        sums = role_sums(by_role.take(inside), chosen)
        people = [(wave, role) for wave in members for role in wave.roles]
        strata = [[_role_stratum(wave, role, sums[wave.key][role])] for wave, role in people]
        estimates = estimate_groups(strata, instrument, chosen.unit_of_score)
        for (wave, role), found in zip(people, estimates, strict=True):
            rows.setdefault(wave.key, []).extend(_common_role_rows(wave.key, role, found, instrument))
    return [row for wave in waves for row in rows[wave.key]]


def _comparable_roles(wave: WaveGroups) -> tuple[int, ...]:
    enough = tuple(role for role, sums in wave.roles.items() if sums.people >= MINIMUM_GROUP)
    return enough if len(enough) > 1 else tuple(wave.roles)


def _asked_of_all(design: Design, roles: Sequence[int]) -> Design:
    """Items of an element that all roles asked anything about it are asked."""
    members = design.membership.astype(np.bool_)
    asked = design.asked[list(roles)]
    concerned = (asked.astype(np.int64) @ design.membership) > 0
    common = np.zeros(asked.shape[1], dtype=np.bool_)
    for column in range(members.shape[1]):
        about = asked[concerned[:, column]]
        common |= members[:, column] & about.all(axis=0)
    return design.only(common)


def _common_role_rows(key: tuple[str, str], role: int, found: Estimate, instrument: Instrument) -> list[Row]:
    group = ROLE + instrument.roles[role].id
    scores = zip(instrument.elements, found.values.tolist(), found.enters, strict=True)
    rows: list[Row] = [(*key, element.id, group, score if enough else NAN) for element, score, enough in scores]
    return [*rows, (*key, OVERALL, group, NAN if found.overall is None else float(found.overall))]
