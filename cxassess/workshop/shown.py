"""One item on the board: its anchors, the groups that may be shown, and how far they are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final

from cxassess.context import Agreement
from cxassess.instrument import Instrument
from cxassess.questionnaire.words import speak
from cxassess.workshop.gate import Group
from cxassess.workshop.order import find_divide, find_middle

_EVERYBODY: Final = "all"


class Marks:
    """Which mark stands for which group: one for each role, others for roles that are shown together.

    A mark is ``all``, ``role0`` …, or ``pool0`` … in the order in which an item's groups come.

    Parameters
    ----------
    instruments : Mapping
        Language → the instrument.
    """

    def __init__(self, instruments: Mapping[str, Instrument]) -> None:
        self._instruments = instruments
        self._places = {role.id: place for place, role in enumerate(next(iter(instruments.values())).roles)}

    def describe_roles(self) -> list[dict[str, Any]]:
        """Return every role with its mark and names."""
        return [{"mark": f"role{place}", "name": self.name((role,))} for role, place in self._places.items()]

    def choose(self, groups: Sequence[Group]) -> list[str]:
        """Return the marks of an item's groups."""
        pools = count()
        return [
            _EVERYBODY if not group.roles
            else f"role{self._places[group.roles[0]]}" if len(group.roles) == 1
            else f"pool{next(pools)}"
            for group in groups
        ]  # fmt: skip

    def name(self, roles: Sequence[str]) -> dict[str, str]:
        """Return the names of a group, language → text."""
        if not roles:
            return {code: speak(code).text("workshop.board.everybody") for code in self._instruments}
        return {
            code: " + ".join(instrument.role(role).name for role in roles)
            for code, instrument in self._instruments.items()
        }

    def describe_divide(self, groups: Sequence[Group]) -> dict[str, Any] | None:
        """Return how far apart the room is on an item, for the agenda; None if nothing may be shown."""
        divide = find_divide(groups)
        if divide is None:
            return None
        ends, marks = (divide.low, divide.high), self.choose(groups)
        used = sum(1 for column in zip(*(group.levels for group in groups), strict=True) if sum(column))
        return {
            "steps": divide.steps,
            "groups": len(groups),
            "answers": used,
            "levels": list(divide.levels),
            "marks": [marks[place] for place in ends],
            "names": [self.name(groups[place].roles) for place in ends],
        }


def show_item(
    instruments: Mapping[str, Instrument], item: str, groups: Sequence[Group], marks: Marks
) -> dict[str, Any]:
    """Return an item as the board shows it.

    Parameters
    ----------
    instruments : Mapping
        Language → the instrument.
    item : str
        Id of the item.
    groups : sequence of Group
        What may be shown of its votes; empty before the reveal, and where too few have voted.
    marks : Marks
        The groups' marks and names.
    """
    spoken = {code: instrument.item(item) for code, instrument in instruments.items()}
    element = next(iter(spoken.values())).element
    return {
        "id": item,
        "element": {code: instrument.element(element).name for code, instrument in instruments.items()},
        "name": {code: told.name for code, told in spoken.items()},
        "evidence": {code: told.evidence for code, told in spoken.items()},
        "anchors": {code: [anchor.text for anchor in told.anchors] for code, told in spoken.items()},
        "groups": [
            {
                "mark": mark,
                "name": marks.name(group.roles),
                "pooled": len(group.roles) > 1,
                "votes": group.votes,
                "counts": list(group.levels),
                "dont_know": group.dont_know,
                "middle": find_middle(group.levels),
            }
            for group, mark in zip(groups, marks.choose(groups), strict=True)
        ],
    }


def show_agreement(agreement: Agreement | None) -> dict[str, Any] | None:
    """Return what was agreed on an item, with the mean of the votes beside it; None if nothing was."""
    if agreement is None:
        return None
    return {
        "level": agreement.level,
        "mean": agreement.mean,  # the board rounds it, once
        "votes": agreement.votes,
        "dissent": agreement.dissent,
        "reason": agreement.reason,
    }
