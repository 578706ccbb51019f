"""Which items count for whom: the instrument as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import lcm
from typing import Final

import numpy as np
import numpy.typing as npt

from cxassess.instrument.model import Instrument

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Up to this number of answered items a person's mean is exact; beyond it, it is rounded to 1/27,720 of a level.
_EXACT_ITEMS: Final = 12


@dataclass(frozen=True)
class Design:
    """Which items count for whom: the instrument as arrays.

    Parameters
    ----------
    instrument : Instrument
        The instrument.
    asked : ndarray
        Role × item: whether the role is asked the item, and it counts here.
    pulse_waves : frozenset
        (organisation, wave) pairs answered on the pulse form.
    """

    instrument: Instrument
    asked: Bools
    pulse_waves: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, instrument: Instrument, pulse_waves: frozenset[tuple[str, str]] = frozenset()) -> Design:
        """Return the design in which every item counts for every role that is asked it."""
        asked = np.array([[role.id in item.roles for item in instrument.items] for role in instrument.roles])
        return cls(instrument, asked, pulse_waves)

    def only(self, items: Bools) -> Design:
        """Return the design in which only some items count."""
        return replace(self, asked=self.asked & items)

    @cached_property
    def pulse(self) -> Bools:
        """Whether each item is in the pulse form."""
        return np.array([item.pulse for item in self.instrument.items])

    @cached_property
    def membership(self) -> Ints:
        """Item × element: 1 where the item belongs to the element."""
        index = {element.id: column for column, element in enumerate(self.instrument.elements)}
        table = np.zeros((len(self.instrument.items), len(index)), dtype=np.int64)
        for row, item in enumerate(self.instrument.items):
            table[row, index[item.element]] = 1
        return table

    @cached_property
    def members(self) -> list[Bools]:
        """For each element, whether each item belongs to it."""
        return list(self.membership.T == 1)

    def role_weights(self, people: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return each role's share in everybody's score, from the number of people in it."""
        weighting = self.instrument.weighting
        raw = {
            "roles": np.ones(people.size),
            "respondents": people.astype(np.float64),
            "weights": np.array([weighting.weights.get(role.id, 1.0) for role in self.instrument.roles]),
        }[weighting.scheme] * (people > 0)
        return np.asarray(raw / max(float(raw.sum()), 1e-300), dtype=np.float64)

    @cached_property
    def most_items(self) -> int:
        """The greatest number of items that an element has."""
        return max(len(element.items) for element in self.instrument.elements)

    @cached_property
    def unit_of_score(self) -> int:
        """L, the whole number by which a person's score is multiplied so that it stays a whole number."""
        return lcm(*range(1, min(self.most_items, _EXACT_ITEMS) + 1))
