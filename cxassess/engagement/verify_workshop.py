"""Checking what workshops have left in an engagement's file: that it could have been stored by this program."""

from __future__ import annotations

from collections.abc import Iterator

from cxassess.engagement.asked import list_asked, list_asked_elements
from cxassess.engagement.model import Wave
from cxassess.engagement.plan import Plan
from cxassess.engagement.plan_check import check_action
from cxassess.engagement.store import Store
from cxassess.engagement.waves import waves
from cxassess.engagement.workshop_model import DOTS, MOST_RATING, STEPS
from cxassess.errors import CxassessError


def check_workshops(store: Store) -> Iterator[str]:
    """Return what is wrong with workshops, agreements, dots, actions and targets."""
    if store.version < 4:
        return
    events = {str(wave) for (wave,) in store.rows("SELECT wave FROM audit WHERE event = 'votes revealed'")}
    for wave in waves(store):
        try:
            store.instrument(wave.instrument)
        except CxassessError:
            continue  # said by another check
        yield from _check_wave(store, wave, wave.name in events)
    yield from _check_plan(store)


def _check_wave(store: Store, wave: Wave, was_revealed: bool) -> Iterator[str]:
    instrument = store.instrument(wave.instrument)
    items = {item.id for item in list_asked(instrument, wave)}
    known = {element.id for element in instrument.elements}
    for step, item, revealed in store.rows("SELECT step, item, revealed FROM workshop WHERE wave = ?", wave.name):
        if step not in STEPS or item not in items:
            yield f"The workshop of the wave {wave.name} is at no step, or at no item."
        if bool(revealed) != was_revealed:
            yield f"In the wave {wave.name}, the votes are revealed or not against the audit trail."
    select = "SELECT item, level, votes, total, dissent FROM consensus WHERE wave = ?"
    for item, level, votes, total, dissent in store.rows(select, wave.name):
        count, top = int(votes or 0), instrument.level_count
        good = item in items and (level is None or 1 <= int(level) <= top) and int(dissent or 0) >= 0
        if not good or (total is not None and not count <= int(total) <= top * count):
            yield f"In the wave {wave.name}, what was agreed about {item} is nothing that could have been."
    for element, impact, effort in store.rows("SELECT element, impact, effort FROM rating WHERE wave = ?", wave.name):
        if element not in known or not all(1 <= int(one or 0) <= MOST_RATING for one in (impact, effort)):
            yield f"In the wave {wave.name}, a rating of {element} is none."
    asked = list_asked_elements(instrument, wave)
    given: dict[str, int] = {}
    for key, element, dots in store.rows("SELECT pseudonym, element, dots FROM dot WHERE wave = ?", wave.name):
        given[str(key)] = given.get(str(key), 0) + (int(dots or 0) if element in asked else DOTS + 1)
    if any(not 0 < one <= DOTS for one in given.values()):
        yield f"In the wave {wave.name}, dots were given that nobody has."


def _check_plan(store: Store) -> Iterator[str]:
    try:
        actions = Plan(store).actions()
    except ValueError:  # what is stored is no action
        yield "An action is none that this program stores."
        return
    for action in actions:
        for problem in check_action(store, action, action.id):
            yield f"The action {action.id}: {problem.what}"
    known = {*(element.id for element in store.instrument().elements), "overall"}
    top = 100 * store.instrument().level_count
    for element, hundredths in store.rows("SELECT element, hundredths FROM target"):
        if element not in known or not 100 <= int(hundredths or 0) <= top:
            yield f"The target for {element} is none."
