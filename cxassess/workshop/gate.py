"""Which groups of a room may be shown: none of fewer than eight votes, and none that subtraction would reveal.

What is shown of an item is a partition of all its votes: no vote is in two groups and none is left over, so that
nothing can be found by taking one shown figure from another. Roles with fewer than eight votes are joined with the
next smallest until they have eight; under sixteen votes in all no roles are shown, under eight nothing is.

Who is joined with whom is settled once for the whole workshop, so that a mark means the same on every item; an item
on which fewer have voted joins further.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

#: Fewer votes than this are never shown as a group.
SMALLEST_GROUP: Final = 8
#: Fewer votes than this in all are shown as one group.
SMALLEST_SPLIT: Final = 2 * SMALLEST_GROUP


class RoleVotes(Protocol):
    """How one role voted on one item, as the engagement counts it."""

    @property
    def levels(self) -> tuple[int, ...]:
        """Votes on each level, the first level first."""

    @property
    def dont_know(self) -> int:
        """Votes that are no level."""


@dataclass(frozen=True)
class Group:
    """Votes that may be shown together.

    Parameters
    ----------
    roles : tuple of str
        Whose votes, in the order of the instrument; empty for everybody.
    levels : tuple of int
        Votes on each level, the first level first.
    dont_know : int
        How many said that they don't know.
    """

    roles: tuple[str, ...]
    levels: tuple[int, ...]
    dont_know: int

    @property
    def votes(self) -> int:
        """How many chose a level."""
        return sum(self.levels)


def join_roles(votes: Mapping[str, Mapping[str, RoleVotes]], roles: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return which roles are shown together throughout a workshop.

    Parameters
    ----------
    votes : Mapping
        Item → role → its votes.
    roles : sequence of str
        All roles, in the order of the instrument.

    Returns
    -------
    tuple of tuple of str
        Every role in one group, joined by how many of it voted on the item where most of it did.
    """
    most = {role: max((sum(cast[role].levels) for cast in votes.values() if role in cast), default=0) for role in roles}
    cast = [Group((role,), (most[role],), 0) for role in roles]
    return tuple(group.roles for group in _join_small(cast, roles))


def show_groups(
    votes: Mapping[str, RoleVotes], roles: Sequence[str], joined: Sequence[Sequence[str]] = ()
) -> tuple[Group, ...]:
    """Join the votes on one item until every group may be shown.

    Only votes on a level count towards the eight: a group is never shown whose levels are those of fewer.

    Parameters
    ----------
    votes : Mapping
        Role → its votes on the item.
    roles : sequence of str
        All roles, in the order of the instrument.
    joined : sequence of sequence of str, optional
        Roles that are shown together throughout: see `join_roles`.

    Returns
    -------
    tuple of Group
        In the order of the instrument; one without roles for everybody; none if too few have voted.
    """
    together = joined or [(role,) for role in roles]
    cast = [
        _join([Group((role,), tuple(votes[role].levels), votes[role].dont_know) for role in group if role in votes])
        for group in together
        if any(role in votes for role in group)
    ]
    cast = [group for group in cast if group.votes or group.dont_know]
    total = sum(group.votes for group in cast)
    if total < SMALLEST_GROUP:
        return ()
    shown = [_join(cast)] if total < SMALLEST_SPLIT else _join_small(cast, roles)
    return (replace(shown[0], roles=()),) if len(shown) == 1 else tuple(shown)


def _join_small(cast: Sequence[Group], roles: Sequence[str]) -> list[Group]:
    """Join the smallest group with the next smallest until none is too small, or one is left."""
    rank = {role: place for place, role in enumerate(roles)}
    groups = sorted(cast, key=lambda group: rank[group.roles[0]])
    while len(groups) > 1:
        groups.sort(key=lambda group: (group.votes, rank[group.roles[0]]))
        if groups[0].votes >= SMALLEST_GROUP:
            break
        joined = _join(groups[:2])
        groups[:2] = [replace(joined, roles=tuple(sorted(joined.roles, key=rank.__getitem__)))]
    return sorted(groups, key=lambda group: rank[group.roles[0]])


def _join(groups: Sequence[Group]) -> Group:
    levels = tuple(map(sum, zip(*(group.levels for group in groups), strict=True)))
    roles = tuple(role for group in groups for role in group.roles)
    return Group(roles, levels, sum(group.dont_know for group in groups))
