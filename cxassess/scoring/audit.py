"""What can be worked out from what is shown: the linear algebra behind the privacy gate.

Every shown mean is a known combination of unknown means of smaller groups. A hidden figure can be worked out exactly
when it is itself a combination of the shown ones: when its row lies in the space that the shown rows span. People's
numbers and weights are taken as known to whoever tries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxassess.scoring.model import MINIMUM_GROUP

Floats = npt.NDArray[np.float64]
_TOLERANCE: Final = 1e-8


@dataclass(frozen=True)
class Margins:
    """Numbers of people by role and unit, and how roles are weighed together.

    Parameters
    ----------
    roles, units : tuple of str
        Groups' keys; the last column of `counts` holds the people without a unit.
    counts : ndarray
        Role × (unit, no unit): number of people.
    weights : ndarray
        Each role's weight in the score of everybody; summing to 1.
    """

    roles: tuple[str, ...]
    units: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    weights: Floats

    def row(self, group: str) -> Floats:
        """Return a group's total as a combination of the cells' totals."""
        table = np.zeros(self.counts.shape)
        if group in self.roles:
            table[self.roles.index(group)] = 1
        elif group in self.units:
            table[:, self.units.index(group)] = 1
        else:
            sizes = np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
            table[:] = self.weights[:, None] / sizes
        flat: Floats = np.where(self.counts > 0, table, 0.0).ravel()
        return flat

    def small_parts(self) -> list[Floats]:
        """Return the rows of the cells, and of the people without a unit, that hold one to four people."""
        rows = []
        for place in np.flatnonzero((self.counts.ravel() > 0) & (self.counts.ravel() < MINIMUM_GROUP)):
            row = np.zeros(self.counts.size)
            row[place] = 1
            rows.append(row)
        without = self.counts[:, -1]
        if 0 < without.sum() < MINIMUM_GROUP:
            table = np.zeros(self.counts.shape)
            table[:, -1] = without > 0
            rows.append(table.ravel())
        return rows


def solve_for(target: Floats, shown: Floats) -> Floats | None:
    """Return the combination of shown rows that gives the target, or None if there is none."""
    found = find_solvable([target], shown)
    return None if found is None else found[1]


def find_solvable(targets: Sequence[Floats], shown: Floats) -> tuple[int, Floats] | None:
    """Return the place of the first target that is a combination of shown rows, with the combination; None if none."""
    if not len(targets) or not len(shown):
        return None
    wanted = np.array(targets).T
    combinations = np.asarray(np.linalg.lstsq(shown.T, wanted, rcond=None)[0], dtype=np.float64)
    size = np.abs(wanted).max(axis=0)
    miss = np.abs(shown.T @ combinations - wanted).max(axis=0)
    solved = np.flatnonzero((size > 0) & (miss <= _TOLERANCE * size))
    return (int(solved[0]), combinations[:, solved[0]]) if solved.size else None


def withhold_groups(margins: Margins, sizes: Mapping[str, int], hidden: Collection[str]) -> list[str]:
    """Return the further groups to hide so that none of the hidden ones can be worked out by subtraction.

    Parameters
    ----------
    margins : Margins
        The groups' make-up.
    sizes : mapping
        Group → number of people behind its figure; groups that have none are left out.
    hidden : collection of str
        Groups that must be hidden, because they are small or were hidden already.

    Returns
    -------
    list of str
        Smallest first, in the order in which they were chosen: of each kind (roles, units) at least two groups with
        five people together, then groups until no hidden group, nor any part of one to four people, is a combination
        of what is shown.
    """
    gone = set(hidden)
    chosen: list[str] = []
    for kind in (margins.roles, margins.units):
        chosen += hide_thin([group for group in kind if group in sizes], sizes, gone)
    gone.update(chosen)
    while True:
        involved = _leak(margins, [group for group in sizes if group not in gone], [g for g in sizes if g in gone])
        left = [group for group in sizes if group not in gone]
        candidates = [group for group in involved or [] if group in left] or left
        if involved is None or not candidates:
            return chosen
        smallest = min(candidates, key=lambda group: (sizes[group], group))
        gone.add(smallest)
        chosen.append(smallest)


def hide_thin(kind: Collection[str], sizes: Mapping[str, int], hidden: Collection[str]) -> list[str]:
    """Return the groups of one kind to hide so that at least two with five people together are hidden, if any is.

    The shown ones could otherwise be subtracted from everybody's. Smallest first; a tie goes by name.
    """
    gone = [group for group in kind if group in hidden]
    chosen: list[str] = []
    for group in sorted((group for group in kind if group not in hidden), key=lambda group: (sizes[group], group)):
        together = [sizes[one] for one in (*gone, *chosen)]
        if not together or (len(together) > 1 and sum(together) >= MINIMUM_GROUP):
            break
        chosen.append(group)
    return chosen


def _leak(margins: Margins, shown: list[str], hidden: list[str]) -> list[str] | None:
    targets = [margins.row(group) for group in hidden] + margins.small_parts()
    if not targets:
        return None
    names = [*shown, ""]
    found = find_solvable(targets, np.array([margins.row(name) for name in names]))
    if found is None:
        return None
    return [name for name, part in zip(names, found[1], strict=True) if name and abs(part) > _TOLERANCE]


@dataclass(frozen=True)
class ShownRow:
    """A figure that could be shown, as a combination of unknown means.

    Parameters
    ----------
    key : tuple of str
        What it is.
    row : ndarray
        Its combination.
    rank : tuple
        Which row goes first when one has to go; the smallest first.
    sensitive : bool
        Whether the figure itself must not be worked out, once it is hidden.
    """

    key: tuple[str, ...]
    row: Floats
    rank: tuple[int, ...]
    sensitive: bool


def withhold_rows(shown: list[ShownRow], protected: list[Floats]) -> list[ShownRow]:
    """Return the rows to hide so that no protected figure is a combination of the rows that stay.

    A row that goes and is sensitive is protected from then on.
    """
    left, guarded, gone = list(shown), list(protected), list[ShownRow]()
    place = 0
    while left:
        found = find_solvable(guarded[place:], np.array([one.row for one in left]))
        if found is None:
            break
        place += found[0]
        involved = [one for one, part in zip(left, found[1], strict=True) if abs(part) > _TOLERANCE]
        victim = min(involved, key=lambda one: one.rank)
        left = [one for one in left if one is not victim]
        gone.append(victim)
        if victim.sensitive:
            guarded.append(victim.row)
    return gone
