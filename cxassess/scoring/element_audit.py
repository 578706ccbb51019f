"""One element's figures as combinations of what is behind them, for the privacy gate.

People of one role and unit who answered the same items of the element form a class. Every figure of the element (the
score of a role, a unit or everybody, the mean of an item, a gap, a score on common items) is a known combination of the
classes' sums of answers: nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Final

import numpy as np
import numpy.typing as npt

from cxassess.instrument.model import Instrument
from cxassess.scoring.coding import Coded, asked_rows
from cxassess.scoring.design import Bools, Design, Ints
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import MINIMUM_GROUP, ROLE, UNIT

Floats = npt.NDArray[np.float64]
_MOST: Final = 2**62


@dataclass(frozen=True)
class Presence:
    """Who of one organisation and wave was asked and answered what; never how.

    Parameters
    ----------
    role, unit : ndarray
        Each respondent's role, by number, and unit, by number in `units`; −1 without a unit.
    units : tuple of str
        Names of the units.
    asked : ndarray
        Role × item, for the form that was used.
    given : ndarray
        Respondent × item: whether there is a number.
    """

    role: Ints
    unit: Ints
    units: tuple[str, ...]
    asked: Bools
    given: Bools

    def count(self, roles: int) -> Ints:
        """Return role × (unit, no unit): number of people."""
        table = np.zeros((roles, len(self.units) + 1), dtype=np.int64)
        np.add.at(table, (self.role, self.unit), 1)  # unit −1, without a unit, is the last column
        return table


def find_presence(coded: Coded, design: Design) -> dict[tuple[str, str], Presence]:
    """Return the presence of every organisation and wave."""
    given = (coded.numbers > 0) & asked_rows(coded, design)
    unit_of_cell = coded.cells["unit"].to_numpy(dtype=object)
    found = {}
    for key, rows in coded.waves.items():
        names = unit_of_cell[coded.cell[rows]].tolist()
        units = tuple(sorted({*names} - {""}))
        place = {unit: code for code, unit in enumerate(units)} | {"": -1}
        unit = np.array([place[name] for name in names], dtype=np.int64)
        asked = design.asked & design.pulse if key in design.pulse_waves else design.asked
        found[key] = Presence(coded.role[rows], unit, units, asked, given[rows])
    return found


@dataclass(frozen=True)
class ElementFigures:
    """The classes of one element, and its figures as combinations of their sums.

    Parameters
    ----------
    role, unit, size : ndarray
        Each class's role, unit and number of people.
    given : ndarray
        Class × item of the element: whether the class answered it.
    asked : ndarray
        Role × item of the element.
    items : tuple of str
        The element's items.
    role_keys, unit_keys : tuple of str
        Group keys of all roles and units, by number.
    weights : tuple of int, or None
        Each role's weight in the figure of everybody, in whole numbers; None where respondents count equally.
    """

    role: Ints
    unit: Ints
    size: Ints
    given: Bools
    asked: Bools
    items: tuple[str, ...]
    role_keys: tuple[str, ...]
    unit_keys: tuple[str, ...]
    weights: tuple[int, ...] | None

    @classmethod
    def of(cls, presence: Presence, element: int, design: Design) -> ElementFigures:
        """Sort the people into classes."""
        instrument = design.instrument
        inside = design.membership[:, element] == 1
        given = presence.given[:, inside]
        _, first, size = np.unique(
            _rank([presence.role, presence.unit, *given.T]), return_index=True, return_counts=True
        )
        return cls(
            presence.role[first],
            presence.unit[first],
            size.astype(np.int64),
            given[first],
            presence.asked[:, inside],
            tuple(item.id for item in instrument.elements[element].items),
            tuple(ROLE + role.id for role in instrument.roles),
            tuple(UNIT + unit for unit in presence.units),
            _role_weights(instrument),
        )

    def members(self, group: str) -> Bools:
        """Return which classes belong to a role or a unit."""
        if group in self.role_keys:
            return np.asarray(self.role == self.role_keys.index(group), dtype=np.bool_)
        return np.asarray(self.unit == self.unit_keys.index(group), dtype=np.bool_)

    def few_alike(self, most: int) -> list[Floats]:
        """Return the rows of one to four people of a role who, unlike others in it, answered just the same items.

        Their answers' sum is what a score and its items' means differ by. Only in roles of fewer than ``most`` people:
        in larger ones, figures of two decimals do not tell it.
        """
        rows = []
        for role in np.unique(self.role):
            inside = np.flatnonzero(self.role == role)
            if self.size[inside].sum() >= most:
                continue
            given = self.given[inside]
            _, first, of_class = np.unique(_rank(list(given.T)), return_index=True, return_inverse=True)
            people = np.bincount(of_class, weights=self.size[inside])
            for number in np.flatnonzero((people < MINIMUM_GROUP) & given[first].any(axis=1)) if len(first) > 1 else ():
                row = np.zeros(self.given.shape)
                row[inside[of_class == number]] = given[first[number]]
                rows.append(row.ravel())
        return rows

    def scores(self, groups: Sequence[str], common: Bools | None = None) -> list[Floats]:
        """Return the rows of roles' or units' scores, on some of the items if given."""
        mean = self._means(common)
        return [mean(self.members(group))[0].ravel() for group in groups]

    def score_of_all(self) -> Floats:
        """Return the row of everybody's score."""
        mean = self._means(None)
        return self._everybody([mean(self.role == role) for role in range(len(self.role_keys))])

    def item(self, item: str, group: str) -> Floats:
        """Return the row of a role's mean of an item."""
        return self._mean_item(self.members(group), self.items.index(item))[0].ravel()

    def item_of_all(self, item: str) -> Floats:
        """Return the row of everybody's mean of an item."""
        place = self.items.index(item)
        return self._everybody([self._mean_item(self.role == role, place) for role in range(len(self.role_keys))])

    def gap(self, high: str, low: str) -> Floats:
        """Return the row of the difference of two roles on the items that both are asked."""
        first, second = self.scores([high, low], self.common([high, low]))
        return first - second

    def common(self, roles: Sequence[str]) -> Bools:
        """Return the items that all of the roles are asked, of those roles that are asked any."""
        asked = self.asked[[self.role_keys.index(role) for role in roles]]
        concerned = asked[asked.any(axis=1)]
        return np.asarray(concerned.all(axis=0), dtype=np.bool_)

    def _means(self, common: Bools | None) -> Callable[[Bools], tuple[Floats, int]]:
        """Return a function from members to the row of their score, on some of the items, and their number."""
        asked = self.asked[self.role] if common is None else (self.asked & common)[self.role]
        given = self.given & asked
        answered = given.sum(axis=1)
        enough = (answered > 0) & (2 * answered >= asked.sum(axis=1))

        def mean(members: Bools) -> tuple[Floats, int]:
            scored = members & enough
            n = int(self.size[scored].sum())
            return np.where(scored[:, None] & given, 1 / np.maximum(answered[:, None] * n, 1), 0.0), n

        return mean

    def _mean_item(self, members: Bools, place: int) -> tuple[Floats, int]:
        inside = members & self.given[:, place]
        n = int(self.size[inside].sum())
        row = np.zeros(self.given.shape)
        row[inside, place] = 1 / max(n, 1)
        return row, n

    def _everybody(self, parts: Sequence[tuple[Floats, int]]) -> Floats:
        weights = [n for _, n in parts] if self.weights is None else self.weights
        raw = [weight if n else 0 for weight, (_, n) in zip(weights, parts, strict=True)]
        whole = sum(raw) or 1
        total = np.zeros(self.given.shape)
        for share, (row, _) in zip(raw, parts, strict=True):
            total += share / whole * row
        return total.ravel()


def _rank(columns: Sequence[Ints | Bools]) -> Ints:
    """Return one number a row that orders the rows as their columns do, the first column first."""
    rank = np.zeros(columns[0].size, dtype=np.int64)
    for column in columns:
        low, high = (int(column.min()), int(column.max())) if column.size else (0, 0)
        if int(rank.max(initial=0)) > _MOST // (high - low + 1):
            rank = np.unique(rank, return_inverse=True)[1]
        rank = rank * (high - low + 1) + (column - low)
    return rank


def _role_weights(instrument: Instrument) -> tuple[int, ...] | None:
    """Return the roles' weights as whole numbers in the same proportions."""
    weighting = instrument.weighting
    if weighting.scheme == "respondents":
        return None
    if weighting.scheme == "roles":
        return (1,) * len(instrument.roles)
    weights = [as_fraction(weighting.weights[role.id]) for role in instrument.roles]
    denominator = lcm(*(weight.denominator for weight in weights))
    return tuple(int(weight * denominator) for weight in weights)
