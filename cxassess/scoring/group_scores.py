"""One group's estimate with what its rows in the frames need, each worked out once and only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np

from cxassess.instrument.model import Instrument
from cxassess.scoring import levels as rules
from cxassess.scoring.design import Design, Ints
from cxassess.scoring.estimate import Estimate, estimate_groups
from cxassess.scoring.groups import WaveGroups
from cxassess.scoring.mixed import MixedAnswers, mix_answers
from cxassess.scoring.strata import Stratum, whole_weights

Shares = tuple[Fraction, ...]


@dataclass(frozen=True)
class GroupScores:
    """One group's scores.

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
    design : Design
        Which items count for whom.
    """

    group: str
    strata: list[Stratum]
    invited: int | None
    found: Estimate
    design: Design

    @property
    def instrument(self) -> Instrument:
        """The instrument that was answered."""
        return self.design.instrument

    @property
    def people(self) -> int:
        """Number of respondents."""
        return sum(stratum.sums.people for stratum in self.strata)

    @cached_property
    def mixed(self) -> MixedAnswers:
        """The answers of all strata, weighed together."""
        return mix_answers(self.strata, self.instrument.level_count)

    @cached_property
    def answers(self) -> Ints:
        """Item × level: how often each level was given."""
        levels = self.instrument.level_count
        empty = np.zeros((len(self.instrument.items), levels), dtype=np.int64)
        return sum((stratum.sums.answers for stratum in self.strata), empty)

    @cached_property
    def asked(self) -> Ints:
        """Respondents who were asked each item."""
        return sum(
            (stratum.sums.asked for stratum in self.strata), np.zeros(len(self.instrument.items), dtype=np.int64)
        )

    @cached_property
    def by_element(self) -> list[tuple[int, int]]:
        """For each element the numbers of answers asked for and given, in all its items."""
        membership = self.design.membership
        given = self.answers.sum(axis=1)
        return list(zip((self.asked @ membership).tolist(), (given @ membership).tolist(), strict=True))

    @cached_property
    def shares(self) -> list[Shares | None]:
        """For each element the exact share of its answers at or above each level, or None without answers."""
        weights = whole_weights(self.strata)
        above = [np.cumsum(stratum.sums.answers[:, ::-1], axis=1)[:, ::-1] for stratum in self.strata]
        counts = [(self.design.membership.T @ cumulated).tolist() for cumulated in above]
        return [
            _mix([(weight, one[column]) for weight, one in zip(weights, counts, strict=True) if one[column][0]])
            for column in range(len(self.instrument.elements))
        ]

    @cached_property
    def overall_shares(self) -> Shares | None:
        """The exact share of answers at or above each level over the elements that enter the overall score."""
        parts = [
            (rules.as_fraction(element.weight), share)
            for element, share, enters in zip(self.instrument.elements, self.shares, self.found.enters, strict=True)
            if share is not None and enters
        ]
        whole = sum((weight for weight, _ in parts), Fraction(0))
        if not whole:
            return None
        return tuple(
            sum((weight * share[level] for weight, share in parts), Fraction(0)) / whole
            for level in range(self.instrument.level_count)
        )

    def overall_level(self, rule: str) -> int | None:
        """Return the overall level by a rule, exactly; None without a score."""
        found, cutoffs = self.found, cutoffs_of(self.instrument)
        if found.overall is None:
            return None
        if rule == "staged":
            entering = zip(found.scores, found.enters, strict=True)
            return rules.staged_level([score for score, enters in entering if enters and score is not None], cutoffs)
        if rule == "gated":
            return rules.gated_level(self.overall_shares) if self.overall_shares else None
        return rules.nearest_level(found.overall, cutoffs)


def _mix(parts: Sequence[tuple[int, Sequence[int]]]) -> Shares | None:
    """Return ``Σ W c_l / c_1 ÷ Σ W`` for each level l, from the strata's weights and cumulated counts c."""
    if not parts:
        return None
    sizes = [counts[0] for _, counts in parts]
    rest = [weight * prod(sizes[:place] + sizes[place + 1 :]) for place, (weight, _) in enumerate(parts)]
    denominator = sum(weight for weight, _ in parts) * prod(sizes)
    return tuple(
        Fraction(sum(factor * counts[level] for factor, (_, counts) in zip(rest, parts, strict=True)), denominator)
        for level in range(len(parts[0][1]))
    )


def cutoffs_of(instrument: Instrument) -> list[Fraction]:
    """Return the instrument's cut-offs as exact fractions."""
    return [rules.as_fraction(cutoff) for cutoff in instrument.cutoffs]


def score_groups(
    waves: Sequence[WaveGroups], design: Design, *, only_all: bool = False
) -> dict[tuple[str, str], list[GroupScores]]:
    """Score every group of each wave, or ``all`` only, which comes first; groups without respondents have no scores."""
    chosen = slice(1 if only_all else None)
    groups = [(wave.key, *group) for wave in waves for group in wave.groups(design.instrument)[chosen]]
    estimates = estimate_groups([strata for _, _, strata, _ in groups], design.instrument, design.unit_of_score)
    scored: dict[tuple[str, str], list[GroupScores]] = {wave.key: [] for wave in waves}
    for (key, group, strata, invited), found in zip(groups, estimates, strict=True):
        scored[key].append(GroupScores(group, strata, invited, found, design))
    return scored
