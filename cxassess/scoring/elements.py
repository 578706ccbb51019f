"""The frames about elements: scores, levels, the weakest element, the systematic flag."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxassess.scoring import levels as rules
from cxassess.scoring.agreement import MINIMUM_FOR_AGREEMENT, r_wg_j
from cxassess.scoring.estimate import Estimate
from cxassess.scoring.group_scores import GroupScores, cutoffs_of
from cxassess.scoring.groups import WaveGroups
from cxassess.scoring.intervals import clip_interval, t_interval
from cxassess.scoring.model import OVERALL

Row = tuple[Any, ...]
NAN: Final = float("nan")


def score_rows(wave: WaveGroups, scored: Sequence[GroupScores]) -> list[Row]:
    """Return the rows of ``scores`` of one wave."""
    rows: list[Row] = []
    for one in scored:
        instrument = one.instrument
        for column, element in enumerate(instrument.elements):
            rows.append((instrument.reference, *wave.key, element.id, one.group, *_element_row(one, column)))
        rows.append((instrument.reference, *wave.key, OVERALL, one.group, *_overall_row(one)))
    return rows


def _element_row(one: GroupScores, column: int) -> Row:
    asked, given = one.by_element[column]
    coverage = given / asked if asked else NAN
    score = one.found.scores[column]
    if score is None:
        return _no_score(0, one.invited, coverage, given)
    count, value, top = one.found.counts[column], float(one.found.values[column]), one.instrument.level_count
    low, high = clip_interval(t_interval(value, one.found.variance(column), float(one.found.degrees[column])), 1, top)
    level = rules.nearest_level(score, cutoffs_of(one.instrument))
    agreement = _agreement(one, one.design.members[column], count)
    return (value, low, high, level, count, one.invited, coverage, agreement, "scored", "")


def _overall_row(one: GroupScores) -> Row:
    asked, given = (sum(counts) for counts in zip(*one.by_element, strict=True))
    coverage = given / asked if asked else NAN
    if one.found.overall is None:
        return _no_score(one.people, one.invited, coverage, given)
    score, top = float(one.found.overall), one.instrument.level_count
    low, high = clip_interval(t_interval(score, one.found.overall_variance, one.found.overall_degrees), 1, top)
    level = one.overall_level(one.instrument.headline_rule)
    agreement = _agreement(one, np.ones(len(one.instrument.items), dtype=np.bool_), one.people)
    return (score, low, high, level, one.people, one.invited, coverage, agreement, "scored", "")


def _no_score(people: int, invited: int | None, coverage: float, given: int) -> Row:
    reason = "low_coverage" if given else "no_answers"
    return (NAN, NAN, NAN, None, people, invited, coverage, NAN, "insufficient", reason)


def _agreement(one: GroupScores, inside: npt.NDArray[np.bool_], count: int) -> float:
    """r_wg(j) over the items that at least eight people answered; too few to say otherwise."""
    if count < MINIMUM_FOR_AGREEMENT:
        return NAN
    enough = inside & (one.mixed.n >= MINIMUM_FOR_AGREEMENT)
    return r_wg_j(one.mixed.variance[enough], one.instrument.level_count)


def level_rows(wave: WaveGroups, everyone: GroupScores) -> list[Row]:
    """Return the rows of ``levels`` of one wave: every level with its probability, by every rule, for everybody."""
    instrument, found = everyone.instrument, everyone.found
    cutoffs = [float(cutoff) for cutoff in instrument.cutoffs]
    rows: list[Row] = []
    for column, element in enumerate(instrument.elements):
        score, shares = found.scores[column], everyone.shares[column]
        reached = None if score is None else rules.nearest_level(score, cutoffs_of(instrument))
        variance = found.variance(column)
        chance = rules.nearest_probabilities(
            float(found.values[column]), variance, float(found.degrees[column]), cutoffs
        )
        rows += _levels(wave, element.id, "nearest", reached, chance)
        gated = None if shares is None else rules.gated_level(shares)
        rows += _levels(wave, element.id, "gated", gated, _gated_chance(shares, variance, len(cutoffs) + 1))
    overall = NAN if found.overall is None else float(found.overall)
    chance = rules.nearest_probabilities(overall, found.overall_variance, found.overall_degrees, cutoffs)
    rows += _levels(wave, OVERALL, "nearest", everyone.overall_level("nearest"), chance)
    inside = np.array(found.enters, dtype=np.bool_)
    chance = rules.staged_probabilities(
        found.values[inside], known_covariance(found, inside), found.overall_degrees, cutoffs
    )
    rows += _levels(wave, OVERALL, "staged", everyone.overall_level("staged"), chance)
    chance = _gated_chance(everyone.overall_shares, found.overall_variance, len(cutoffs) + 1)
    return rows + _levels(wave, OVERALL, "gated", everyone.overall_level("gated"), chance)


def known_covariance(found: Estimate, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return the covariance of some elements' scores; NaN if none of their variances is known."""
    covariance = found.covariance[np.ix_(inside, inside)]
    return covariance if found.known[inside].any() else np.full_like(covariance, NAN)


def _gated_chance(shares: tuple[Fraction, ...] | None, variance: float, count: int) -> npt.NDArray[np.float64]:
    if shares is None:
        return np.full(count, NAN)
    above = np.array([float(share) for share in shares] + [0.0])
    return rules.gated_probabilities(above[:-1] - above[1:], variance)


def _levels(
    wave: WaveGroups, element: str, rule: str, reached: int | None, chance: npt.NDArray[np.float64]
) -> list[Row]:
    return [
        (*wave.key, element, rule, level, None if reached is None else level == reached, probability)
        for level, probability in enumerate(chance.tolist(), start=1)
    ]


def weakest_row(wave: WaveGroups, everyone: GroupScores) -> Row:
    """Return the row of ``weakest``: the element with the lowest score, the earlier one in a tie."""
    known = [
        (score, column)
        for column, (score, enters) in enumerate(zip(everyone.found.scores, everyone.found.enters, strict=True))
        if score is not None and enters
    ]
    if not known:
        return (*wave.key, None, NAN)
    score, column = min(known)
    return (*wave.key, everyone.instrument.elements[column].id, float(score))


def systematic_row(wave: WaveGroups, everyone: GroupScores) -> Row | None:
    """Return the row of ``systematic``: whether all the named elements are at the named level, exactly.

    None if the instrument has no such rule; NA if one of the elements has no score.
    """
    instrument = everyone.instrument
    rule = instrument.systematic
    if rule is None:
        return None
    cutoff = cutoffs_of(instrument)[rule.level - 2] if rule.level > 1 else Fraction(1)
    named = np.array([element.id in rule.elements for element in instrument.elements])
    found = everyone.found
    scores = [found.scores[column] for column in np.flatnonzero(named)]
    missing = [
        instrument.elements[column].id
        for column, score in zip(np.flatnonzero(named), scores, strict=True)
        if score is not None and score < cutoff
    ]
    state = None if any(score is None for score in scores) and not missing else not missing
    chance = rules.all_above_probability(
        found.values[named], known_covariance(found, named), found.overall_degrees, float(cutoff)
    )
    return (*wave.key, state, chance, ",".join(missing))
