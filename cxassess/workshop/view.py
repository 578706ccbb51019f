"""Everything that the board shows of a workshop, as plain values in every language of the instrument.

Nothing in it goes beyond what may be seen in the room: before the reveal only how many have voted, afterwards only
groups that have passed the gate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale, UnknownLocaleError

from cxassess.engagement import Engagement
from cxassess.engagement.workshop import Workshop
from cxassess.engagement.workshop_model import STEPS, Timer
from cxassess.instrument import Instrument
from cxassess.workshop.gate import SMALLEST_GROUP, Group, join_roles, show_groups
from cxassess.workshop.order import find_divide, measure_disagreement
from cxassess.workshop.plan_view import show_actions, show_closing, show_priorities
from cxassess.workshop.shown import Marks, show_agreement, show_item

#: Step → minutes that it is given; from the reveal to the consensus these are for each item.
MINUTES: Final[Mapping[str, int]] = {
    "check_in": 5, "vote": 10, "reveal": 2, "discuss": 6, "consensus": 4, "priorities": 15, "actions": 20, "close": 5,
}  # fmt: skip


@dataclass(frozen=True)
class Room:
    """A workshop as it is opened for a view or a command.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    wave : str
        Name of the wave.
    workshop : Workshop
        Of this wave.
    instruments : Mapping
        Language → the instrument, in the instrument's order of languages.
    """

    engagement: Engagement
    wave: str
    workshop: Workshop
    instruments: Mapping[str, Instrument]

    @property
    def instrument(self) -> Instrument:
        """In the instrument's first language; for what is the same in all."""
        return next(iter(self.instruments.values()))

    @property
    def roles(self) -> tuple[str, ...]:
        """Ids of all roles, in order."""
        return tuple(role.id for role in self.instrument.roles)

    def groups(self) -> dict[str, tuple[Group, ...]]:
        """Return what may be shown of each item; nothing of any before the reveal."""
        if not self.workshop.state().revealed:
            return {}
        votes = self.workshop.votes()
        joined = join_roles(votes, self.roles)
        return {item: show_groups(votes.get(item, {}), self.roles, joined) for item in self.workshop.items()}

    def agenda(self, groups: Mapping[str, Sequence[Group]]) -> tuple[str, ...]:
        """Return the items in the order in which they are shown: as asked, or after the reveal furthest apart first.

        Parameters
        ----------
        groups : Mapping
            Item → what may be shown of it; empty before the reveal.
        """
        asked = self.workshop.items()
        if not groups:
            return asked

        def rank(item: str) -> tuple[float, int]:
            divide = find_divide(groups[item])
            weight = self.instrument.element(self.instrument.item(item).element).weight
            return -measure_disagreement(groups[item], weight), -divide.steps if divide else 0

        return tuple(sorted(asked, key=rank))


def enter_room(engagement: Engagement, wave: str) -> Room:
    """Open the workshop of a wave.

    Raises
    ------
    CxassessError
        If there is no such wave.
    """
    asked = engagement.wave(wave)
    languages = engagement.instrument(reference=asked.instrument).languages
    instruments = {code: engagement.instrument(language=code, reference=asked.instrument) for code in languages}
    return Room(engagement, wave, engagement.workshop(wave), instruments)


def build_board(engagement: Engagement, wave: str, language: str = "") -> dict[str, Any]:
    """Return the board of a workshop as it stands.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    wave : str
        Name of the wave.
    language : str
        To begin with; the engagement's if empty or unknown. Texts come in every language, so that the board changes
        it by itself.

    Returns
    -------
    dict
        JSON-able, and the same as long as nothing in the file changes.

    Raises
    ------
    CxassessError
        If there is no such wave.
    """
    room = enter_room(engagement, wave)
    state, counts = room.workshop.state(), room.workshop.counts()
    groups, agreements = room.groups(), room.workshop.agreements()
    agenda = room.agenda(groups)
    marks = Marks(room.instruments)
    item = state.item if state.item in agenda else next(iter(agenda), "")
    codes = tuple(room.instruments)
    begin = language if language in codes else engagement.language
    return {
        "organisation": engagement.organisation,
        "wave": wave,
        "language": begin if begin in codes else codes[0],
        "languages": [{"code": code, "name": _name_language(code)} for code in codes],
        "levels": {code: [level.name for level in spoken.levels] for code, spoken in room.instruments.items()},
        "dont_know": {code: spoken.scale.dont_know for code, spoken in room.instruments.items()},
        "roles": marks.describe_roles(),
        "steps": list(STEPS),
        "step": state.step,
        "minutes": MINUTES[state.step],
        "timer": show_timer(state.timer),
        "least": SMALLEST_GROUP,
        "revealed": state.revealed,
        "here": counts.here,
        "finished": counts.finished,
        "item": item,
        "items": [
            {
                "id": asked,
                "short": {code: spoken.item(asked).short for code, spoken in room.instruments.items()},
                "voted": counts.voted.get(asked, 0),
                "apart": marks.describe_divide(groups.get(asked, ())) if state.revealed else None,
                "agreement": show_agreement(agreements.get(asked)),
            }
            for asked in agenda
        ],
        "shown": show_item(room.instruments, item, groups.get(item, ()), marks) if item else None,
        "voted": counts.voted.get(item, 0),
        "can_reveal": not state.revealed and room.workshop.can_reveal(),
        "priorities": show_priorities(engagement, room.workshop, room.instruments),
        "actions": show_actions(engagement, wave, room.instruments),
        "closing": show_closing(engagement, wave),
    }


def show_timer(timer: Timer) -> dict[str, Any]:
    """Return the clock: when it runs out while it runs, else what is left; so that it stays the same by itself."""
    return {"seconds_left": None if timer.ends_at else timer.seconds_left, "ends_at": timer.ends_at}


def _name_language(code: str) -> str:
    """Return a language's name for itself."""
    try:
        name = Locale.parse(code).get_display_name()
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code
