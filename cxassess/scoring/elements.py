"""The frames about elements: scores, levels, the weakest element, the systematic flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cxassess.instrument.model import Instrument
from cxassess.scoring import levels as rules
from cxassess.scoring.agreement import MINIMUM_FOR_AGREEMENT, r_wg_j
from cxassess.scoring.coding import Design
from cxassess.scoring.estimate import Estimate, Stratum, estimate
from cxassess.scoring.groups import WaveGroups
from cxassess.scoring.intervals import clip_interval, t_interval
from cxassess.scoring.items import mix_answers
from cxassess.scoring.model import OVERALL

Row = tuple[Any, ...]
NAN: Final = float("nan")


@dataclass(frozen=True)
class GroupScores:
    """One group's estimate with what its levels need.

    Parameters
    ----------
    group : str
        ``all``, ``role:<id>`` or ``unit:<name>``.
    strata : list of Stratum
        Its people.
    invited : int or None
        How many were invited.
    found : Estimate
        Scores and variances.
    shares : list
        For each element the exact share of answers at or above each level, or None.
    """

    group: str
    strata: list[Stratum]
    invited: int | None
    found: Estimate
    shares: list[tuple[Fraction, ...] | None]


def score_groups(wave: WaveGroups, design: Design) -> list[GroupScores]:
    """Score every group of a wave that has respondents."""
    scored = []
    for group, strata, invited in wave.groups(design.instrument):
        if strata:
            found = estimate(strata, design.instrument, design.unit_of_score)
            scored.append(GroupScores(group, strata, invited, found, rating_shares(strata, design)))
        else:
            scored.append(GroupScores(group, strata, invited, _nobody(len(design.instrument.elements)), []))
    return scored


def _nobody(elements: int) -> Estimate:
    nothing = np.full((elements, elements), NAN)
    never = np.zeros(elements, dtype=np.bool_)
    return Estimate(
        (None,) * elements, (0,) * elements, nothing, never, nothing[0], None, NAN, NAN, (False,) * elements
    )


def rating_shares(strata: Sequence[Stratum], design: Design) -> list[tuple[Fraction, ...] | None]:
    """Return for each element the share of its answers at or above each level, strata weighed together exactly."""
    count = design.instrument.level_count
    shares: list[tuple[Fraction, ...] | None] = []
    for column in range(len(design.instrument.elements)):
        inside = design.membership[:, column] == 1
        above = [np.cumsum(stratum.sums.answers[inside].sum(axis=0)[::-1])[::-1] for stratum in strata]
        used = [(s.weight, cumulated) for s, cumulated in zip(strata, above, strict=True) if cumulated[0]]
        whole = sum((weight for weight, _ in used), Fraction(0))
        if not whole:
            shares.append(None)
            continue
        shares.append(
            tuple(
                sum((weight / whole * Fraction(int(c[level]), int(c[0])) for weight, c in used), Fraction(0))
                for level in range(count)
            )
        )
    return shares


def overall_shares(scored: GroupScores, instrument: Instrument) -> tuple[Fraction, ...] | None:
    """Return the share of answers at or above each level over the elements that enter the overall score."""
    parts = [
        (rules.as_fraction(element.weight), share)
        for element, share, enters in zip(instrument.elements, scored.shares, scored.found.enters, strict=True)
        if share is not None and enters
    ]
    whole = sum((weight for weight, _ in parts), Fraction(0))
    if not whole:
        return None
    return tuple(
        sum((weight / whole * share[level] for weight, share in parts), Fraction(0))
        for level in range(instrument.level_count)
    )


def cutoffs_of(instrument: Instrument) -> list[Fraction]:
    """Return the instrument's cut-offs as exact fractions."""
    return [rules.as_fraction(cutoff) for cutoff in instrument.cutoffs]


def overall_level(scored: GroupScores, instrument: Instrument, rule: str) -> int | None:
    """Return the overall level of a group by a rule, exactly; None without a score."""
    found, cutoffs = scored.found, cutoffs_of(instrument)
    if found.overall is None:
        return None
    if rule == "staged":
        return rules.staged_level(entering_scores(found), cutoffs)
    if rule == "gated":
        shares = overall_shares(scored, instrument)
        return rules.gated_level(shares) if shares else None
    return rules.nearest_level(found.overall, cutoffs)


def entering_scores(found: Estimate) -> list[Fraction]:
    """Return the scores of the elements that enter the overall score."""
    return [score for score, enters in zip(found.scores, found.enters, strict=True) if enters and score is not None]


def score_rows(wave: WaveGroups, scored: Sequence[GroupScores], design: Design) -> list[Row]:
    """Return the rows of ``scores`` of one wave."""
    instrument = design.instrument
    rows: list[Row] = []
    for one in scored:
        for column, element in enumerate(instrument.elements):
            rows.append((instrument.reference, *wave.key, element.id, one.group, *_element_row(one, column, design)))
        rows.append((instrument.reference, *wave.key, OVERALL, one.group, *_overall_row(one, design)))
    return rows


def _element_row(one: GroupScores, column: int, design: Design) -> Row:
    inside = design.membership[:, column] == 1
    asked, given = _asked_and_given(one.strata, inside)
    coverage = given / asked if asked else NAN
    score = one.found.scores[column] if one.strata else None
    if score is None:
        reason = "low_coverage" if given else "no_answers"
        return (NAN, NAN, NAN, None, 0, one.invited, coverage, NAN, "insufficient", reason)
    count = one.found.counts[column]
    low, high = clip_interval(
        t_interval(float(score), one.found.variance(column), float(one.found.degrees[column])),
        1,
        design.instrument.level_count,
    )
    level = rules.nearest_level(score, cutoffs_of(design.instrument))
    agreement = _agreement(one.strata, inside, count, design.instrument.level_count)
    return (float(score), low, high, level, count, one.invited, coverage, agreement, "scored", "")


def _overall_row(one: GroupScores, design: Design) -> Row:
    every = np.ones(len(design.instrument.items), dtype=np.bool_)
    asked, given = _asked_and_given(one.strata, every)
    coverage = given / asked if asked else NAN
    people = sum(stratum.sums.people for stratum in one.strata)
    if one.found.overall is None:
        reason = "low_coverage" if given else "no_answers"
        return (NAN, NAN, NAN, None, people, one.invited, coverage, NAN, "insufficient", reason)
    score = float(one.found.overall)
    low, high = clip_interval(
        t_interval(score, one.found.overall_variance, one.found.overall_degrees), 1, design.instrument.level_count
    )
    level = overall_level(one, design.instrument, design.instrument.headline_rule)
    agreement = _agreement(one.strata, every, people, design.instrument.level_count)
    return (score, low, high, level, people, one.invited, coverage, agreement, "scored", "")


def _asked_and_given(strata: Sequence[Stratum], inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
    asked = sum(int(stratum.sums.asked[inside].sum()) for stratum in strata)
    given = sum(int(stratum.sums.answers[inside].sum()) for stratum in strata)
    return asked, given


def _agreement(strata: Sequence[Stratum], inside: npt.NDArray[np.bool_], count: int, levels: int) -> float:
    """r_wg(j) over the items that at least eight people answered; too few to say otherwise."""
    if count < MINIMUM_FOR_AGREEMENT:
        return NAN
    mixed = mix_answers(strata, levels)
    enough = inside & (mixed.n >= MINIMUM_FOR_AGREEMENT)
    return r_wg_j(mixed.variance[enough], levels)


def level_rows(wave: WaveGroups, everyone: GroupScores, design: Design) -> list[Row]:
    """Return the rows of ``levels`` of one wave: every level with its probability, by every rule, for everybody."""
    instrument, found = design.instrument, everyone.found
    cutoffs = [float(cutoff) for cutoff in instrument.cutoffs]
    rows: list[Row] = []
    for column, element in enumerate(instrument.elements):
        score, shares = found.scores[column], everyone.shares[column]
        reached = None if score is None else rules.nearest_level(score, cutoffs_of(instrument))
        value = NAN if score is None else float(score)
        variance = found.variance(column)
        chance = rules.nearest_probabilities(value, variance, float(found.degrees[column]), cutoffs)
        rows += _levels(wave, element.id, "nearest", reached, chance)
        gated = None if shares is None else rules.gated_level(shares)
        rows += _levels(wave, element.id, "gated", gated, _gated_chance(shares, variance, len(cutoffs) + 1))
    overall = NAN if found.overall is None else float(found.overall)
    chance = rules.nearest_probabilities(overall, found.overall_variance, found.overall_degrees, cutoffs)
    rows += _levels(wave, OVERALL, "nearest", overall_level(everyone, instrument, "nearest"), chance)
    inside = np.array(found.enters, dtype=np.bool_)
    chance = rules.staged_probabilities(
        found.values[inside], known_covariance(found, inside), found.overall_degrees, cutoffs
    )
    rows += _levels(wave, OVERALL, "staged", overall_level(everyone, instrument, "staged"), chance)
    shares = overall_shares(everyone, instrument)
    chance = _gated_chance(shares, found.overall_variance, len(cutoffs) + 1)
    return rows + _levels(wave, OVERALL, "gated", overall_level(everyone, instrument, "gated"), chance)


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
        (*wave.key, element, rule, level, None if reached is None else level == reached, float(probability))
        for level, probability in enumerate(chance, start=1)
    ]


def weakest_row(wave: WaveGroups, everyone: GroupScores, instrument: Instrument) -> Row:
    """Return the row of ``weakest``: the element with the lowest score, the earlier one in a tie."""
    known = [
        (score, column)
        for column, (score, enters) in enumerate(zip(everyone.found.scores, everyone.found.enters, strict=True))
        if score is not None and enters
    ]
    if not known:
        return (*wave.key, None, NAN)
    score, column = min(known)
    return (*wave.key, instrument.elements[column].id, float(score))


def systematic_row(wave: WaveGroups, everyone: GroupScores, instrument: Instrument) -> Row | None:
    """Return the row of ``systematic``: whether all the named elements are at the named level, exactly.

    None if the instrument has no such rule; NA if one of the elements has no score.
    """
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
