"""How far a wave has come: how many, of whom, and never who or what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxassess.engagement.model import MINIMUM_GROUP
from cxassess.engagement.store import Store
from cxassess.engagement.waves import wave


@dataclass(frozen=True)
class GroupStatus:
    """How far a group has come.

    Parameters
    ----------
    groups : tuple of str
        Role ids or units, more than one where small groups are counted together; a blank is *no unit*. Empty for
        everybody.
    invited : int
        People invited, or who joined with the code for the room.
    started, submitted : int or None
        Of these, who have begun (also those who are done), and who have handed in; None where too few were invited.
    """

    groups: tuple[str, ...]
    invited: int
    started: int | None
    submitted: int | None

    @property
    def rate(self) -> float | None:
        """Share that has handed in, 0–1; None where it is not shown."""
        return None if self.submitted is None or not self.invited else self.submitted / self.invited


@dataclass(frozen=True)
class Status:
    """How far a wave has come.

    Parameters
    ----------
    wave : str
        Which.
    total : GroupStatus
        Everybody.
    roles, units : tuple of GroupStatus
        No group of fewer than five people stands alone, and none can be found by subtraction.
    """

    wave: str
    total: GroupStatus
    roles: tuple[GroupStatus, ...]
    units: tuple[GroupStatus, ...]


@dataclass
class _Count:
    invited: int = 0
    started: int = 0
    submitted: int = 0

    def add(self, other: _Count) -> None:
        self.invited += other.invited
        self.started += other.started
        self.submitted += other.submitted


def read_status(store: Store, name: str) -> Status:
    """Return how many were invited, have begun and have handed in, in all, by role and by unit.

    Groups of fewer than five invited are counted together; where these are fewer than five still, with the smallest
    of the others, so that nothing is left to subtract. With fewer than five in all, only their number is told.

    Parameters
    ----------
    store : Store
        The engagement.
    name : str
        The wave.
    """
    from cxassess.responses.waves import natural_key  # noqa: PLC0415  (slow to load)

    found = wave(store, name)
    rows = store.rows(
        "SELECT i.role, i.unit, r.pseudonym, r.submitted_at FROM invitation i "
        "LEFT JOIN response r ON r.wave = i.wave AND r.pseudonym = i.pseudonym "
        "WHERE i.wave = ? AND (i.withdrawn = 0 OR r.submitted_at IS NOT NULL)",
        name,
    )
    everyone, roles, units = _Count(), dict[str, _Count](), dict[str, _Count]()
    for role, unit, started, submitted_at in rows:
        one = _Count(1, int(started is not None), int(submitted_at is not None))
        everyone.add(one)
        roles.setdefault(str(role), _Count()).add(one)
        units.setdefault(str(unit), _Count()).add(one)
    total = _shown((), everyone)
    if total.started is None:
        return Status(name, total, (), ())
    order = [role.id for role in store.instrument(found.instrument).roles]
    by_role = {role: roles[role] for role in order if role in roles}
    by_unit = {unit: units[unit] for unit in sorted(units, key=natural_key)} if set(units) - {""} else {}
    return Status(name, total, _join_small(by_role), _join_small(by_unit))


def _join_small(groups: Mapping[str, _Count]) -> tuple[GroupStatus, ...]:
    """Return the groups, the small ones counted together."""
    by_size = sorted(groups, key=lambda name: groups[name].invited)
    together: list[str] = []
    size = 0
    for name in by_size:
        if groups[name].invited < MINIMUM_GROUP or (together and size < MINIMUM_GROUP):
            together.append(name)
            size += groups[name].invited
    shown = [_shown((name,), count) for name, count in groups.items() if name not in together]
    if together:
        joined = _Count()
        for name in together:
            joined.add(groups[name])
        shown.append(_shown(tuple(name for name in groups if name in together), joined))
    return tuple(shown)


def _shown(names: tuple[str, ...], count: _Count) -> GroupStatus:
    if count.invited < MINIMUM_GROUP:
        return GroupStatus(names, count.invited, None, None)
    return GroupStatus(names, count.invited, count.started, count.submitted)
