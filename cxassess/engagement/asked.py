"""What a wave asks: of its form, of the elements chosen for it, and of a role."""

from __future__ import annotations

from cxassess.engagement.model import Wave
from cxassess.instrument import Instrument, Item


def list_asked(instrument: Instrument, wave: Wave, role: str = "") -> tuple[Item, ...]:
    """Return the items that a wave asks, in the instrument's order.

    Parameters
    ----------
    instrument : Instrument
        The wave's.
    wave : Wave
        Its form and its elements count.
    role : str
        Those that this role is asked; if empty, those that anybody is.
    """
    roles = {role} if role else {one.id for one in instrument.roles}
    return tuple(
        item
        for element in instrument.elements
        if not wave.elements or element.id in wave.elements
        for item in element.items
        if (item.pulse or wave.form != "pulse") and roles & set(item.roles)
    )


def list_asked_elements(instrument: Instrument, wave: Wave) -> tuple[str, ...]:
    """Return the ids of the elements about which a wave asks anything, in the instrument's order."""
    asked = {item.id for item in list_asked(instrument, wave)}
    return tuple(element.id for element in instrument.elements if any(item.id in asked for item in element.items))
