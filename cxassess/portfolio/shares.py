"""How many organisations have each level, and what share is systematic, beside the study of 2014."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cxassess.instrument.model import LEVEL_RULES, Instrument
from cxassess.portfolio.members import Member
from cxassess.scoring import newcombe_difference, wilson_interval


@dataclass(frozen=True)
class Study:
    """A published share to stand beside: its year, about how many firms, and how many of a hundred."""

    year: int
    firms: int
    share: float


#: What is less likely than this, or more likely than its complement, can be said.
UNSURE: Final = 0.05
#: About 100 Danish firms, half of them systematic; as reported by Hildebrandt & Brandi, the data were not seen.
STUDY: Final = Study(2014, 100, 0.5)


@dataclass(frozen=True)
class LevelShare:
    """How many organisations have a level by each rule, and how many are to be expected from the probabilities."""

    level: int
    count: int
    share: float
    low: float
    high: float
    expected: float
    by_rule: Mapping[str, int]


@dataclass(frozen=True)
class SystematicShare:
    """The organisations that count as systematic.

    Parameters
    ----------
    count, known : int
        Systematic ones, and those of which it is known.
    share, low, high : float
        Their share with Wilson's 95 % interval.
    expected : float or None
        How many are to be expected from each organisation's own probability; None without any.
    unsure : int
        Organisations of which it is neither 95 % likely nor 95 % unlikely.
    study_low, study_high : float
        Wilson's interval of the study, had it been a random sample of its size.
    difference : tuple of float
        Portfolio minus study, with Newcombe's interval.
    """

    count: int
    known: int
    share: float
    low: float
    high: float
    expected: float | None
    unsure: int
    study_low: float
    study_high: float
    difference: tuple[float, float, float]


def count_levels(members: Sequence[Member], instrument: Instrument) -> tuple[LevelShare, ...]:
    """Count the levels of the organisations that may be shown; empty if there are none.

    The intervals are Wilson's (Newcombe 1998, method 3), as of a random sample of organisations.
    """
    rule = instrument.headline_rule
    levelled = [member for member in members if member.levels[rule] is not None]
    if not levelled:
        return ()
    rows = []
    for level in (known.level for known in instrument.levels):
        counts: dict[str, int] = {
            name: sum(member.levels[name] == level for member in levelled) for name in LEVEL_RULES
        }
        expected = sum(
            member.chances.get(level, 0.0) if member.chances else float(member.levels[rule] == level)
            for member in levelled
        )
        low, high = wilson_interval(counts[rule], len(levelled))
        rows.append(LevelShare(level, counts[rule], counts[rule] / len(levelled), low, high, expected, counts))
    return tuple(rows)


def share_systematic(members: Sequence[Member], study: Study = STUDY) -> SystematicShare | None:
    """Return the share of systematic organisations; None where it is known of none."""
    known = [member for member in members if member.systematic is not None]
    if not known:
        return None
    count = sum(bool(member.systematic) for member in known)
    chances = [member.chance_systematic for member in known if member.chance_systematic is not None]
    low, high = wilson_interval(count, len(known))
    half = round(study.share * study.firms)
    apart = newcombe_difference(count, len(known), half, study.firms)
    return SystematicShare(
        count,
        len(known),
        count / len(known),
        low,
        high,
        sum(chances) * len(known) / len(chances) if chances else None,
        len(list_unsure(known)),
        *wilson_interval(half, study.firms),
        (count / len(known) - study.share, *apart),
    )


def list_unsure(members: Sequence[Member]) -> list[Member]:
    """Return the organisations of which it can't be said whether they are systematic, the likeliest first.

    The chance is neither under 5 % nor over 95 %.
    """
    found = [member for member in members if member.systematic is not None and _is_unsure(member.chance_systematic)]
    return sorted(found, key=lambda member: (-(member.chance_systematic or 0.0), member.organisation))


def _is_unsure(chance: float | None) -> bool:
    return chance is not None and UNSURE < chance < 1 - UNSURE
