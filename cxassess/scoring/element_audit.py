"""One element's figures as combinations of what is behind them, for the privacy gate.

People of one role and unit who answered the same items of the element form a class. Every figure of the element (the
score of a role, a unit or everybody, the mean of an item, a gap, a score on common items) is a known combination of the
classes' sums of answers: nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from cxassess.instrument.model import Instrument
from cxassess.scoring.coding import Bools, Coded, Design, Ints, asked_rows
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import MINIMUM_GROUP, ROLE, UNIT

Floats = npt.NDArray[np.float64]


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


def find_presence(coded: Coded, design: Design) -> dict[tuple[str, str], Presence]:
    """Return the presence of every organisation and wave."""
    cells = coded.cells
    given = (coded.numbers > 0) & asked_rows(coded, design)
    found = {}
    keys = cells.groupby(["organisation", "wave"], sort=True).ngroup().to_numpy(dtype=np.int64)
    for number in np.unique(keys):
        inside = keys == number
        first = cells[inside].iloc[0]
        key = (str(first["organisation"]), str(first["wave"]))
        units = tuple(sorted({str(unit) for unit in cells.loc[inside, "unit"]} - {""}))
        place = {unit: code for code, unit in enumerate(units)} | {"": -1}
        unit_of_cell = np.array([place.get(str(unit), -1) for unit in cells["unit"]], dtype=np.int64)
        rows = inside[coded.cell]
        asked = design.asked & design.pulse if key in design.pulse_waves else design.asked
        found[key] = Presence(coded.role[rows], unit_of_cell[coded.cell[rows]], units, asked, given[rows])
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
    weights : tuple of Fraction, or None
        Each role's weight in the figure of everybody; None where respondents count equally.
    """

    role: Ints
    unit: Ints
    size: Ints
    given: Bools
    asked: Bools
    items: tuple[str, ...]
    role_keys: tuple[str, ...]
    unit_keys: tuple[str, ...]
    weights: tuple[Fraction, ...] | None

    @classmethod
    def of(cls, presence: Presence, element: int, design: Design) -> ElementFigures:
        """Sort the people into classes."""
        instrument = design.instrument
        inside = design.membership[:, element] == 1
        table = np.column_stack([presence.role, presence.unit, presence.given[:, inside]])
        classes, size = np.unique(table, axis=0, return_counts=True)
        return cls(
            classes[:, 0],
            classes[:, 1],
            size.astype(np.int64),
            classes[:, 2:].astype(np.bool_),
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
            patterns, of_class = np.unique(self.given[self.role == role], axis=0, return_inverse=True)
            size = self.size[self.role == role]
            people = np.bincount(of_class.ravel(), weights=size)
            if len(patterns) < 2 or size.sum() >= most:
                continue
            for pattern in patterns[(people < MINIMUM_GROUP) & patterns.any(axis=1)]:
                alike = (self.role == role) & (self.given == pattern).all(axis=1)
                rows.append(np.where(alike[:, None] & pattern, 1.0, 0.0).ravel())
        return rows

    def score(self, group: str, common: Bools | None = None) -> Floats:
        """Return the row of a role's or unit's score, on some of the items if given."""
        return self._mean_score(self.members(group), common)[0].ravel()

    def score_of_all(self) -> Floats:
        """Return the row of everybody's score."""
        return self._everybody([self._mean_score(self.role == role, None) for role in range(len(self.role_keys))])

    def item(self, item: str, group: str) -> Floats:
        """Return the row of a role's mean of an item."""
        return self._mean_item(self.members(group), self.items.index(item))[0].ravel()

    def item_of_all(self, item: str) -> Floats:
        """Return the row of everybody's mean of an item."""
        place = self.items.index(item)
        return self._everybody([self._mean_item(self.role == role, place) for role in range(len(self.role_keys))])

    def gap(self, high: str, low: str) -> Floats:
        """Return the row of the difference of two roles on the items that both are asked."""
        common = self.common([high, low])
        return self.score(high, common) - self.score(low, common)

    def common(self, roles: Sequence[str]) -> Bools:
        """Return the items that all of the roles are asked, of those roles that are asked any."""
        asked = self.asked[[self.role_keys.index(role) for role in roles]]
        concerned = asked[asked.any(axis=1)]
        return np.asarray(concerned.all(axis=0), dtype=np.bool_)

    def _mean_score(self, members: Bools, common: Bools | None) -> tuple[Floats, int]:
        asked = self.asked[self.role] if common is None else self.asked[self.role] & common
        given = self.given & asked
        answered = given.sum(axis=1)
        scored = members & (answered > 0) & (2 * answered >= asked.sum(axis=1))
        n = int(self.size[scored].sum())
        return np.where(scored[:, None] & given, 1 / np.maximum(answered[:, None] * n, 1), 0.0), n

    def _mean_item(self, members: Bools, place: int) -> tuple[Floats, int]:
        inside = members & self.given[:, place]
        n = int(self.size[inside].sum())
        row = np.zeros(self.given.shape)
        row[inside, place] = 1 / max(n, 1)
        return row, n

    def _everybody(self, parts: Sequence[tuple[Floats, int]]) -> Floats:
        raw = [
            Fraction(n) if self.weights is None else self.weights[role] * (n > 0) for role, (_, n) in enumerate(parts)
        ]
        whole = sum(raw, Fraction(0)) or Fraction(1)
        total = sum((float(share / whole) * row for share, (row, _) in zip(raw, parts, strict=True)), np.zeros(1))
        return np.asarray(total, dtype=np.float64).ravel()


def _role_weights(instrument: Instrument) -> tuple[Fraction, ...] | None:
    weighting = instrument.weighting
    if weighting.scheme == "respondents":
        return None
    if weighting.scheme == "weights":
        return tuple(as_fraction(weighting.weights[role.id]) for role in instrument.roles)
    return (Fraction(1),) * len(instrument.roles)
