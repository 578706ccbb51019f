"""What the privacy gate knows of one organisation and wave, and what it hides of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cxassess.scoring.element_audit import Presence

TOO_FEW: Final = "too_few"
WITHHELD: Final = "withheld"


@dataclass(frozen=True)
class WaveCounts:
    """How many people stand behind each figure of one organisation in one wave.

    Parameters
    ----------
    presence : Presence
        Who answered what.
    people : dict
        Group → respondents.
    scored : dict
        (element, group) → respondents with a score.
    answered : dict
        (item, group) → answers; groups all and roles.
    gaps : dict
        (element, high group, low group) → respondents behind the gap, the smaller of the two.
    common : tuple
        (element, role group) pairs with a score on common items.
    """

    presence: Presence
    people: Mapping[str, int]
    scored: Mapping[tuple[str, str], int]
    answered: Mapping[tuple[str, str], int]
    gaps: Mapping[tuple[str, str, str], int]
    common: tuple[tuple[str, str], ...]


@dataclass
class Hidden:
    """What is hidden of one organisation in one wave: key → reason.

    ``means`` are roles' means of items that go by themselves; no other figure needs them hidden. ``intervals`` and
    ``spreads`` (agreement, distribution) are those of shown means, by item or element and group;
    ``coarse`` names the items and elements of which everybody's mean is shown to one decimal only.
    """

    everything: bool = False
    groups: dict[str, str] = field(default_factory=dict)
    elements: dict[tuple[str, ...], str] = field(default_factory=dict)
    items: dict[tuple[str, ...], str] = field(default_factory=dict)
    gaps: dict[tuple[str, ...], str] = field(default_factory=dict)
    common: dict[tuple[str, ...], str] = field(default_factory=dict)
    intervals: dict[tuple[str, str], str] = field(default_factory=dict)
    spreads: dict[tuple[str, str], str] = field(default_factory=dict)
    means: dict[tuple[str, str], str] = field(default_factory=dict)
    coarse: set[str] = field(default_factory=set)

    def element(self, element: str, group: str) -> str:
        """Return why a group's score is hidden, or an empty string."""
        return TOO_FEW if self.everything else self.elements.get((element, group), "")

    def item(self, item: str, group: str) -> str:
        """Return why a group's mean of an item is hidden, or an empty string."""
        return TOO_FEW if self.everything else self.items.get((item, group), "")

    def group(self, group: str) -> str:
        """Return why a group is hidden as a whole, or an empty string."""
        return TOO_FEW if self.everything else self.groups.get(group, "")

    def gap(self, element: str, high: str, low: str) -> str:
        """Return why a gap is hidden, or an empty string."""
        return TOO_FEW if self.everything else self.gaps.get((element, high, low), "")

    def common_score(self, element: str, group: str) -> str:
        """Return why a role's score on common items is hidden, or an empty string."""
        return TOO_FEW if self.everything else self.common.get((element, group), "")
