"""Changes from wave to wave: matched respondents where possible, independent samples otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxassess.instrument.model import Instrument
from cxassess.scoring.coding import Coded, person_scores
from cxassess.scoring.comparisons import ALPHA, SignFlips, holm, holm_alphas
from cxassess.scoring.design import Design
from cxassess.scoring.estimate import Estimate, estimate_groups
from cxassess.scoring.gaps import Difference, compare_means
from cxassess.scoring.groups import WaveGroups
from cxassess.scoring.model import MINIMUM_GROUP, OVERALL
from cxassess.scoring.strata import equal_spread

Row = tuple[Any, ...]
Floats = npt.NDArray[np.float64]
NAN: Final = float("nan")
_NEAR_ZERO: Final = 1e-9


@dataclass(frozen=True)
class WavePeople:
    """One organisation's respondents in one wave with their own scores: the elements, and overall in the last column.

    Parameters
    ----------
    groups : WaveGroups
        The wave's sums.
    found : Estimate
        The scores of all respondents.
    unit_of_score : int
        L of the design.
    respondents : ndarray
        Their ids, sorted.
    roles : ndarray
        Their roles, by number.
    scores : ndarray
        Respondent × (elements, overall), in levels; NaN where there is none.
    """

    groups: WaveGroups
    found: Estimate
    unit_of_score: int
    respondents: npt.NDArray[np.object_]
    roles: npt.NDArray[np.int64]
    scores: Floats


def gather_people(coded: Coded, design: Design, waves: Sequence[WaveGroups]) -> dict[tuple[str, str], WavePeople]:
    """Return every wave's respondents with their own scores, sorted by id."""
    scaled, scored = person_scores(coded, design)
    values = np.where(scored, scaled / design.unit_of_score, NAN)
    groups = [wave.strata(design.instrument) for wave in waves]
    people = {}
    for wave, found in zip(waves, estimate_groups(groups, design.instrument, design.unit_of_score), strict=True):
        index = coded.waves[wave.key]
        index = index[np.argsort(coded.respondent[index].astype("U"), kind="stable")]
        people[wave.key] = WavePeople(
            wave, found, design.unit_of_score, coded.respondent[index], coded.role[index], values[index]
        )
    return people


def change_rows(first: WavePeople, second: WavePeople, instrument: Instrument) -> list[Row]:
    """Return the rows of ``changes`` from one wave to a later one: each element, and overall.

    Matched (the same respondent id in both waves) when at least five, and at least half of the smaller wave, have a
    score in both: weighted mean of their differences, sign-flip permutation test. Otherwise a t test of the two
    waves' scores (`compare_means`). Holm's correction runs over the elements; the overall change stands by itself.
    Each interval has the confidence that Holm's procedure held its p-value against and comes from the same test, so
    that it leaves out 0 exactly when the verdict is ``up`` or ``down``.

    If one to four people have a score in only one of the waves, five matched people are set aside (by a hash of their
    id): otherwise the newcomers' own scores could be worked out from the change and the waves' scores, and with fewer
    than five, those of the people set aside from the changes over three waves.
    """
    tested = [_compare(first, second, column, instrument) for column in range(len(instrument.elements) + 1)]
    p_values = np.array([one.p for one in tested[:-1]])
    adjusted = np.append(holm(p_values), tested[-1].p)
    alphas = np.append(holm_alphas(p_values), NAN if np.isnan(tested[-1].p) else ALPHA)
    names = [*(element.id for element in instrument.elements), OVERALL]
    span = instrument.level_count - 1
    waves = (first.groups.wave, second.groups.wave)
    rows: list[Row] = []
    for name, one, p_holm, alpha in zip(names, tested, adjusted, alphas, strict=True):
        key = (first.groups.organisation, name, *waves)
        if np.isnan(one.change):
            empty = (NAN, NAN, NAN, NAN, NAN, "cannot_tell", False, one.n_from, one.n_to, "insufficient", "no_answers")
            rows.append((*key, *empty))
            continue
        low, high = one.interval(float(alpha), span)
        verdict = _verdict(one.change, float(p_holm))
        state = (one.change, low, high, one.p, float(p_holm), verdict, one.matched)
        rows.append((*key, *state, one.n_from, one.n_to, "scored", ""))
    return rows


def _verdict(change: float, p_holm: float) -> str:
    if np.isnan(p_holm) or p_holm > ALPHA:
        return "cannot_tell"
    return "up" if change > 0 else "down"


@dataclass(frozen=True)
class _Compared:
    test: SignFlips | Difference
    n_from: int
    n_to: int

    @property
    def matched(self) -> bool:
        return isinstance(self.test, SignFlips)

    @property
    def change(self) -> float:
        return self.test.estimate if isinstance(self.test, SignFlips) else self.test.value

    @cached_property
    def p(self) -> float:
        return self.test.p_value() if isinstance(self.test, SignFlips) else self.test.p

    def interval(self, alpha: float, span: float) -> tuple[float, float]:
        if isinstance(self.test, Difference):
            return self.test.interval(alpha, span)
        low, high = self.test.interval(alpha)
        low, high = (0.0 if abs(end) < _NEAR_ZERO else end for end in (low, high))
        return (max(low, -span), min(high, span))


def _compare(first: WavePeople, second: WavePeople, column: int, instrument: Instrument) -> _Compared:
    n_from, n_to = (int((~np.isnan(_own(people, column, instrument))).sum()) for people in (first, second))
    matched = _match(first, second, column, instrument)
    if matched is not None:
        differences, weights = matched
        return _Compared(SignFlips.of(differences, weights), differences.size, differences.size)
    return _Compared(_unmatched(first, second, column, instrument), n_from, n_to)


def _own(people: WavePeople, column: int, instrument: Instrument) -> Floats:
    """Return the respondents' own scores of an element, or (last column) their weighted mean of the elements."""
    if column < len(instrument.elements):
        scores: Floats = people.scores[:, column]
        return scores
    weights = np.array([element.weight for element in instrument.elements]) * np.array(people.found.enters)
    there = np.where(np.isnan(people.scores), 0.0, 1.0) * weights
    whole = there.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (there * np.nan_to_num(people.scores)).sum(axis=1) / whole
    return np.where(2 * whole >= weights.sum(), np.where(whole > 0, mean, NAN), NAN)


def _match(first: WavePeople, second: WavePeople, column: int, instrument: Instrument) -> tuple[Floats, Floats] | None:
    own_first, own_second = (_own(people, column, instrument) for people in (first, second))
    has_first, has_second = ~np.isnan(own_first), ~np.isnan(own_second)
    smaller = int(min(has_first.sum(), has_second.sum()))
    shared, at_first, at_second = np.intersect1d(
        first.respondents[has_first].astype("U"), second.respondents[has_second].astype("U"), return_indices=True
    )
    alone = int(has_first.sum() + has_second.sum()) - 2 * shared.size
    kept = _set_aside([str(name) for name in shared], alone)
    if kept.size < MINIMUM_GROUP or 2 * kept.size < smaller:
        return None
    before = np.flatnonzero(has_first)[at_first[kept]]
    after = np.flatnonzero(has_second)[at_second[kept]]
    if column < len(instrument.elements):
        differences = own_second[after] - own_first[before]
    else:
        differences = _overall_differences(first.scores[before], second.scores[after], first, second, instrument)
    inside = ~np.isnan(differences)
    if inside.sum() < kept.size:
        return None
    return differences, _person_weights(second.roles[after], second.groups, instrument)


def _overall_differences(
    before: Floats, after: Floats, first: WavePeople, second: WavePeople, instrument: Instrument
) -> Floats:
    """Return each person's weighted mean difference over the elements they have in both waves."""
    enters = np.array(first.found.enters) & np.array(second.found.enters)
    weights = np.array([element.weight for element in instrument.elements]) * enters
    change = after - before
    there = np.where(np.isnan(change), 0.0, 1.0) * weights
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Floats = (there * np.nan_to_num(change)).sum(axis=1) / there.sum(axis=1)
    return mean


def _set_aside(shared: Sequence[str], alone: int) -> npt.NDArray[np.int64]:
    spare = MINIMUM_GROUP if 0 < alone < MINIMUM_GROUP else 0
    order = sorted(range(len(shared)), key=lambda i: hashlib.sha256(shared[i].encode()).digest())
    return np.array(sorted(order[spare:]), dtype=np.int64)


def _person_weights(roles: npt.NDArray[np.int64], groups: WaveGroups, instrument: Instrument) -> Floats:
    if instrument.weighting.scheme == "respondents":
        return np.full(roles.size, 1 / roles.size)
    given = dict(zip(groups.roles, (float(stratum.weight) for stratum in groups.strata(instrument)), strict=True))
    present, position, counts = np.unique(roles, return_inverse=True, return_counts=True)
    share = np.array([given[int(role)] for role in present])
    weights: Floats = (share / share.sum() / counts)[position]
    return weights


def _unmatched(first: WavePeople, second: WavePeople, column: int, instrument: Instrument) -> Difference:
    before, after = first.found, second.found
    groups = [wave.groups.strata(instrument) for wave in (second, first)]
    ((spreads, free),) = equal_spread([groups], len(instrument.elements), first.unit_of_score)
    spread_after, spread_before = spreads
    if column < len(instrument.elements):
        scores = (after.scores[column], before.scores[column])
        if scores[0] is None or scores[1] is None:
            return Difference(NAN, NAN, NAN)
        return compare_means(
            float(scores[0]),
            float(scores[1]),
            (after.variance(column), before.variance(column)),
            (float(after.degrees[column]), float(before.degrees[column])),
            (float(spread_after[column, column] + spread_before[column, column]), float(free[column])),
        )
    if before.overall is None or after.overall is None:
        return Difference(NAN, NAN, NAN)
    pooled = _overall_spread(after, spread_after, instrument) + _overall_spread(before, spread_before, instrument)
    return compare_means(
        float(after.overall),
        float(before.overall),
        (after.overall_variance, before.overall_variance),
        (after.overall_degrees, before.overall_degrees),
        (pooled, float(free.max())),
    )


def _overall_spread(found: Estimate, covariance: Floats, instrument: Instrument) -> float:
    used = np.array(found.enters)
    weights = np.array([element.weight for element in instrument.elements])[used]
    share = weights / weights.sum()
    return float(share @ covariance[np.ix_(used, used)] @ share)
