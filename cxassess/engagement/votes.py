"""Votes in a workshop: how many there are, how they fall, and the dots that come after them."""

from __future__ import annotations

from collections.abc import Mapping

from cxassess.engagement.admission import find_place
from cxassess.engagement.asked import list_asked, list_asked_elements
from cxassess.engagement.model import MINIMUM_GROUP, Admission, Refused, Wave
from cxassess.engagement.store import Store
from cxassess.engagement.workshop_model import DOTS, RoomCounts, Votes

_ANSWERED = "(a.level IS NOT NULL OR a.flag IS NOT NULL)"


def count_room(store: Store, wave: Wave) -> RoomCounts:
    """Return how far the people in the room have come."""
    here, finished = store.rows(
        "SELECT COUNT(*), COUNT(r.submitted_at) FROM invitation i "
        "LEFT JOIN response r ON r.wave = i.wave AND r.pseudonym = i.pseudonym "
        "WHERE i.wave = ? AND i.withdrawn = 0 AND (i.joined = 1 OR r.pseudonym IS NOT NULL)",
        wave.name,
    )[0]
    select = f"SELECT a.item, COUNT(*) FROM answer a WHERE a.wave = ? AND {_ANSWERED} GROUP BY a.item"  # noqa: S608  (constants)
    counted = {str(item): int(count or 0) for item, count in store.rows(select, wave.name)}
    asked = list_asked(store.instrument(wave.instrument), wave)
    select = "SELECT COUNT(DISTINCT pseudonym) FROM dot WHERE wave = ?"
    return RoomCounts(
        here=int(here or 0),
        voted={item.id: counted.get(item.id, 0) for item in asked},
        finished=int(finished or 0),
        dots=int(store.rows(select, wave.name)[0][0] or 0),
    )


def count_votes(store: Store, wave: Wave) -> dict[str, dict[str, Votes]]:
    """Return how each role answered each item that was asked; not fit to be shown as it is."""
    instrument = store.instrument(wave.instrument)
    rows = store.rows(
        "SELECT a.item, i.role, a.level, a.flag, COUNT(*) FROM answer a "
        "JOIN invitation i ON i.wave = a.wave AND i.pseudonym = a.pseudonym "
        "WHERE a.wave = ? AND (a.level IS NOT NULL OR a.flag IS NOT NULL) GROUP BY a.item, i.role, a.level, a.flag",
        wave.name,
    )
    counted = {(str(item), str(role), level or str(flag)): int(count or 0) for item, role, level, flag, count in rows}
    voters = {(item, role) for item, role, _ in counted}
    levels = range(1, instrument.level_count + 1)
    return {
        item.id: {
            role.id: Votes(
                levels=tuple(counted.get((item.id, role.id, level), 0) for level in levels),
                dont_know=counted.get((item.id, role.id, "dont_know"), 0),
                not_applicable=counted.get((item.id, role.id, "not_applicable"), 0),
            )
            for role in instrument.roles
            if (item.id, role.id) in voters
        }
        for item in list_asked(instrument, wave)
    }


def sum_levels(store: Store, wave: Wave, item: str) -> tuple[int, int]:
    """Return how many people chose a level of an item, and the sum of these."""
    select = "SELECT COUNT(level), COALESCE(SUM(level), 0) FROM answer WHERE wave = ? AND item = ?"
    votes, total = store.rows(select, wave.name, item)[0]
    return int(votes or 0), int(total or 0)


def give_dots(store: Store, admission: Admission, dots: Mapping[str, int]) -> None:
    """Store a respondent's dots, in place of those given before.

    Parameters
    ----------
    store : Store
        The engagement.
    admission : Admission
        Only its token is relied upon.
    dots : mapping
        Element → how many; ``DOTS`` in all at most.

    Raises
    ------
    Refused
        With the reason: ``not_admitted``, ``wave_closed`` (this is not the step for it, or the sums are shown),
        ``unknown_item`` (no such
        element) or ``out_of_range``.
    """
    with store.transaction():
        place = find_place(store, admission.token_key)
        if place is None or not place.is_good:
            raise Refused("not_admitted")
        wave = place.wave
        rows = store.rows("SELECT step, dots_shown FROM workshop WHERE wave = ?", wave.name)
        if not wave.takes_answers(store.today()) or not rows or rows[0][0] != "priorities" or rows[0][1]:
            raise Refused("wave_closed")
        known = list_asked_elements(store.instrument(wave.instrument), wave)
        for element, count in dots.items():
            if element not in known:
                raise Refused("unknown_item", str(element)[:100])
            if type(count) is not int or not 0 <= count <= DOTS:
                raise Refused("out_of_range", element)
        if sum(dots.values()) > DOTS:
            raise Refused("out_of_range")
        store.run("DELETE FROM dot WHERE wave = ? AND pseudonym = ?", wave.name, place.pseudonym)
        insert = "INSERT INTO dot (wave, pseudonym, element, dots) VALUES (?, ?, ?, ?)"
        for element, count in dots.items():
            if count:
                store.run(insert, wave.name, place.pseudonym, element, count)


def read_own_dots(store: Store, admission: Admission) -> dict[str, int]:
    """Return the dots that a respondent has given; none if the invitation is good no more."""
    rows = store.rows(
        "SELECT d.element, d.dots FROM dot d JOIN invitation i ON i.wave = d.wave AND i.pseudonym = d.pseudonym "
        "WHERE i.token_key = ? AND i.withdrawn = 0 AND i.expires_on >= ?",
        admission.token_key,
        store.today().isoformat(),
    )
    return {str(element): int(dots or 0) for element, dots in sorted(rows, key=str)}


def sum_dots(store: Store, wave: Wave) -> dict[str, int]:
    """Return all dots by element, in the instrument's order; nothing until five people have given theirs."""
    rows = store.rows("SELECT pseudonym, element, dots FROM dot WHERE wave = ?", wave.name)
    if len({row[0] for row in rows}) < MINIMUM_GROUP:
        return {}
    elements = list_asked_elements(store.instrument(wave.instrument), wave)
    return {one: sum(int(dots or 0) for _, element, dots in rows if element == one) for one in elements}
