"""The wave of a workshop: planned and opened if need be, or the one that it was left with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cxassess.engagement import Engagement, Wave
from cxassess.engagement.model import Form
from cxassess.errors import CxassessError, Problem


@dataclass(frozen=True)
class WavePlan:
    """What the consultant asked for.

    Parameters
    ----------
    name : str
        Of the wave; empty for the workshop that goes on, or else a new one of today.
    form : {"pulse", "full"} or None
        What is asked; None for what the wave has, or the pulse.
    elements : sequence of str
        The elements that are asked; empty for what the wave has, or all.
    today : date, optional
        Name of a new wave; today's date if left out.
    """

    name: str = ""
    form: Form | None = None
    elements: Sequence[str] = ()
    today: date | None = None


@dataclass(frozen=True)
class Opened:
    """A workshop that people can join.

    Parameters
    ----------
    organisation, wave : str
        The client, and the wave.
    code : str
        For everybody in the room; new each time.
    items : int
        How many are voted on.
    is_new : bool
        Whether the wave was planned just now.
    """

    organisation: str
    wave: str
    code: str
    items: int
    is_new: bool


def open_workshop(engagement: Engagement, plan: WavePlan) -> Opened:
    """Open the wave of a workshop, plan it before if there is none, and make a code for the room.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    plan : WavePlan
        What is wanted.

    Raises
    ------
    CxassessError
        If the wave is closed, is another than asked for, or can't be planned.
    """
    with engagement.transaction():
        found = _find(engagement, plan)
        wave = found or _add(engagement, plan)
        problems = _compare(wave, plan) if found else []
        if wave.state == "closed":
            remedy = f"Name a new one with --wave, or open it again: cxassess engagement wave open FILE {wave.name}"
            problems.append(Problem(f"wave {wave.name}", "it is closed, and its answers are frozen", remedy))
        if problems:
            raise CxassessError(problems)
        engagement.open_wave(wave.name)
        workshop = engagement.workshop(wave.name)
        if not workshop.state().began:
            workshop.set_timer(0, running=False)  # begins it: from now on this is the workshop that goes on
        code = engagement.join_code(wave.name)
        return Opened(engagement.organisation, wave.name, code, len(workshop.items()), is_new=found is None)


def _find(engagement: Engagement, plan: WavePlan) -> Wave | None:
    """Return the wave that is meant: by its name; else the last workshop that is not over, or what today has."""
    waves = engagement.waves()
    name = plan.name or _name_of_today(plan)
    named = next((wave for wave in waves if wave.name == name), None)
    if plan.name:
        return named
    going_on = [wave for wave in waves if wave.state == "open" and engagement.workshop(wave.name).state().began]
    return going_on[-1] if going_on else named


def _add(engagement: Engagement, plan: WavePlan) -> Wave:
    """Plan a wave without names: whoever joins in a room has none."""
    name = plan.name or _name_of_today(plan)
    return engagement.add_wave(name, form=plan.form or "pulse", anonymous=True, elements=tuple(plan.elements))


def _compare(wave: Wave, plan: WavePlan) -> list[Problem]:
    """Return in what an existing wave is another than asked for: what it asks is settled."""
    where, remedy = f"wave {wave.name}", "Leave the option out, or name a new wave with --wave."
    problems = []
    if plan.form and plan.form != wave.form:
        problems.append(Problem(where, f"it has the {wave.form} form, not {plan.form}", remedy))
    if plan.elements and set(plan.elements) != set(wave.elements):
        asked = ", ".join(wave.elements) or "all elements"
        problems.append(Problem(where, f"it asks about {asked}", remedy))
    return problems


def _name_of_today(plan: WavePlan) -> str:
    return (plan.today or date.today()).isoformat()
