"""What to talk about first: where the room is divided on something that weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from cxassess.workshop.gate import Group

_APART: Final = 2  # levels between two peaks of one group that make it divided
_PEAK: Final = 4  # a peak holds at least one vote in four


@dataclass(frozen=True)
class Divide:
    """How far apart the groups of a room are on one item.

    Parameters
    ----------
    steps : int
        Between the middle votes of the two groups that are furthest apart; 0 if there is one group only.
    low, high : int
        Places of these two among the groups, the lower one first; the same where they don't differ.
    levels : tuple of int
        The levels that divide the room, from 1: those two middle votes, or the two peaks of a single group.
    """

    steps: int
    low: int
    high: int
    levels: tuple[int, ...]


def find_middle(levels: Sequence[int]) -> int:
    """Return the level of the middle vote, from 1.

    Of an even count's two middle votes the one nearer to the mean, or the lower one, so that it is always a level
    that somebody chose.

    Parameters
    ----------
    levels : sequence of int
        Votes on each level; at least one.
    """
    chosen = [level for level, count in enumerate(levels, 1) for _ in range(count)]
    low, high = chosen[(len(chosen) - 1) // 2], chosen[len(chosen) // 2]
    return high if 2 * sum(chosen) > (low + high) * len(chosen) else low


def measure_spread(levels: Sequence[int]) -> float:
    """Return how many steps two votes are apart on average (Gini's mean difference).

    Parameters
    ----------
    levels : sequence of int
        Votes on each level.
    """
    votes = sum(levels)
    if votes < 2:
        return 0.0
    pairs = combinations(enumerate(levels), 2)
    return sum((other - one) * here * there for (one, here), (other, there) in pairs) / (votes * (votes - 1) / 2)


def measure_disagreement(groups: Sequence[Group], weight: float) -> float:
    """Return by what an item is put in order: its spread over everybody, times the weight of its element.

    Parameters
    ----------
    groups : sequence of Group
        What may be shown of the item; nothing stands below everything.
    weight : float
        Of the element.
    """
    if not groups:
        return -1.0
    return measure_spread([sum(column) for column in zip(*(group.levels for group in groups), strict=True)]) * weight


def find_divide(groups: Sequence[Group]) -> Divide | None:
    """Return how far apart the groups are, and on which levels; None if nothing may be shown.

    Parameters
    ----------
    groups : sequence of Group
        What may be shown of the item.
    """
    if not groups:
        return None
    middles = [find_middle(group.levels) for group in groups]
    if len(groups) == 1:
        return Divide(0, 0, 0, _find_peaks(groups[0].levels) or (middles[0],))
    low, high = middles.index(min(middles)), middles.index(max(middles))
    return Divide(middles[high] - middles[low], low, high, tuple(sorted({middles[low], middles[high]})))


def _find_peaks(levels: Sequence[int]) -> tuple[int, ...]:
    """Return the two levels that most have chosen, where they lie apart and each holds a good part of the votes."""
    ranked = sorted(range(len(levels)), key=lambda place: (-levels[place], place))[:2]
    if len(ranked) < 2 or abs(ranked[0] - ranked[1]) < _APART or levels[ranked[1]] * _PEAK < sum(levels):
        return ()
    return tuple(sorted(place + 1 for place in ranked))
