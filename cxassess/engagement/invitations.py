"""Invitations: whom to ask, who was asked too recently, and whom to remind."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from cxassess.engagement.admission import MAX_UNIT, add_invitation, adopt_unit, is_revealed, list_units
from cxassess.engagement.model import Invited, Person, Wave
from cxassess.engagement.store import Store
from cxassess.engagement.text import check_line, clean_line
from cxassess.engagement.tokens import make_pseudonym, make_token
from cxassess.engagement.waves import wave
from cxassess.errors import CxassessError, Problem
from cxassess.language import LANGUAGES

#: Days for which somebody who was asked is left in peace.
GUARD_DAYS: Final = {"full": 90, "pulse": 30}
GOOD_DAYS: Final = 60
MAX_SHOWN: Final = 80
_NO_ROLE: Final = "The role is blank."
_FORCE: Final = "Leave them out, wait, or invite them all the same: --force (force=True)."


def invite(
    store: Store,
    people: Sequence[Person],
    wave_name: str,
    *,
    expires_on: date | None = None,
    within_days: int | None = None,
    force: bool = False,
) -> list[Invited]:
    """Invite people to a wave, each with a token of their own.

    Whoever was invited to the wave before gets a new token in place of the old one, if ``force`` is given; what they
    have answered stays. In an anonymous wave nobody knows which the old one was, so that this is refused; and all of
    its tokens have the same last day, that of the newest.

    Parameters
    ----------
    store : Store
        The engagement.
    people : sequence of Person
        Each e-mail address once.
    wave_name : str
        Planned or open.
    expires_on : date, optional
        The last day (UTC) of the tokens; the wave's last day if left out, or 60 days from now.
    within_days : int, optional
        Refuse people who were asked in so many days before today; 90 for a full form and 30 for a pulse if left out.
    force : bool
        Invite them all the same.

    Returns
    -------
    list of Invited
        In the order of ``people``. The tokens are nowhere else: of each, its hash is stored.

    Raises
    ------
    CxassessError
        With everybody who can't be invited; then nobody is.
    """
    with store.transaction():
        found = wave(store, wave_name)
        today = store.today()
        last = expires_on or found.closes_on or today + timedelta(days=GOOD_DAYS)
        known = _known(store)
        clean, problems = _check_people(store, people, found)
        problems += _check_wave(store, found, last, bool(people))
        days = GUARD_DAYS[found.form] if within_days is None else within_days
        problems += _guard(store, clean, found, known, days, force=force)
        if problems:
            raise CxassessError(problems)
        invited = _with_tokens(store, clean, found, known)
        _store(store, invited, found, known, last)
        store.record("invited", wave_name, f"{len(invited)}{' (forced)' if force else ''}, tokens good until {last}")
    return invited


def withdraw(store: Store, emails: Sequence[str], wave_name: str) -> int:
    """Withdraw people's invitations to a wave, so that their tokens are good no more; return how many it were.

    Raises
    ------
    CxassessError
        If the wave is anonymous: nobody knows which invitation is whose.
    """
    with store.transaction():
        if wave(store, wave_name).anonymous:
            what = "Of an anonymous wave, nobody knows which invitation is whose."
            raise CxassessError.single(f"{store.name}, wave {wave_name}", what, "Close the wave instead.")
        known = _known(store)
        there = {str(row[0]) for row in store.rows("SELECT pseudonym FROM invitation WHERE wave = ?", wave_name)}
        gone = {known[email_key(email)] for email in emails if email_key(email) in known} & there
        for pseudonym in sorted(gone):
            update = "UPDATE invitation SET withdrawn = 1 WHERE wave = ? AND pseudonym = ?"
            store.run(update, wave_name, pseudonym)
        store.record("withdrawn", wave_name, str(len(gone)))
    return len(gone)


def list_reminders(store: Store, wave_name: str) -> tuple[Person, ...]:
    """Return who may be reminded of a wave, by name.

    Those who were invited and have not handed in their form; of an anonymous wave everybody who was asked, as nobody
    knows who has answered, and without role and unit.
    """
    if wave(store, wave_name).anonymous:
        rows = store.rows(
            "SELECT DISTINCT p.name, p.email, '', '', p.language FROM person p "
            "JOIN contact c ON c.pseudonym = p.pseudonym WHERE c.wave = ?",
            wave_name,
        )
    else:
        rows = store.rows(
            "SELECT p.name, p.email, i.role, i.unit, p.language FROM person p "
            "JOIN invitation i ON i.pseudonym = p.pseudonym "
            "LEFT JOIN response r ON r.wave = i.wave AND r.pseudonym = i.pseudonym "
            "WHERE i.wave = ? AND i.withdrawn = 0 AND i.expires_on >= ? AND r.submitted_at IS NULL",
            wave_name,
            store.today().isoformat(),
        )
    people = [Person(*map(str, row)) for row in rows]
    return tuple(sorted(people, key=lambda person: (person.name.casefold(), person.email.casefold())))


def email_key(email: str) -> str:
    """Return an e-mail address as it is compared."""
    return clean_line(email).casefold()


def _known(store: Store) -> dict[str, str]:
    return {str(key): str(pseudonym) for key, pseudonym in store.rows("SELECT email_key, pseudonym FROM person")}


def _check_people(store: Store, people: Sequence[Person], found: Wave) -> tuple[list[Person], list[Problem]]:
    """Return people with names and units on one line, and everything that is wrong with them."""
    from cxassess.responses.table import shorten  # noqa: PLC0415  (slow to load)
    from cxassess.responses.words import did_you_mean  # noqa: PLC0415

    roles = [role.id for role in store.instrument(found.instrument).roles]
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    clean = []
    for number, person in enumerate(people, 1):
        where = place_person(person, number)
        one = replace(
            person, name=clean_line(person.name), email=clean_line(person.email), unit=clean_line(person.unit)
        )
        clean.append(one)
        problems += check_line(where, "e-mail address", one.email)
        problems += check_line(where, "unit", one.unit, most=MAX_UNIT) if one.unit else []
        problems += check_line(where, "name", one.name) if one.name else []
        if one.email and not is_email(one.email):
            problems.append(Problem(where, f"“{shorten(one.email)}” is no e-mail address.", "Correct it."))
        if one.role not in roles:
            remedy = f"{did_you_mean(one.role, roles)}Use one of {', '.join(roles)}, or their names."
            problems.append(Problem(where, f"“{shorten(one.role)}” is no role." if one.role else _NO_ROLE, remedy))
        if one.language and one.language not in LANGUAGES:
            what = f"“{shorten(one.language)}” is no language."
            problems.append(Problem(where, what, f"Use one of {', '.join(LANGUAGES)}, or leave it blank."))
        first = seen.setdefault(email_key(one.email), number)
        if one.email and first != number:
            what = f"The same e-mail address as {place_person(people[first - 1], first)}."
            problems.append(Problem(where, what, "Keep one of them."))
    return clean, problems


def place_person(person: Person, number: int) -> str:
    """Say who is meant: the place in the list, and the e-mail address."""
    where = person.where or f"person {number}"
    return f"{where} ({person.email[:MAX_SHOWN]})" if person.email else where


def is_email(text: str) -> bool:
    """Whether a text can be an e-mail address."""
    name, at, domain = text.rpartition("@")
    plain = not any(char.isspace() or char in ',;<>"' for char in text) and text[:1] not in "=+-'"
    return bool(at and name and "." in domain.strip(".") and plain)


def _check_wave(store: Store, found: Wave, last: date, somebody: bool) -> list[Problem]:
    where = f"{store.name}, wave {found.name}"
    problems = []
    if not somebody:
        problems.append(Problem(where, "There is nobody to invite.", "Name at least one person."))
    if found.state == "closed":
        problems.append(Problem(where, "The wave is closed.", f"Open it: cxassess engagement wave open … {found.name}"))
    if is_revealed(store, found.name):
        what = "The wave’s votes were revealed in a workshop: nobody votes any more."
        problems.append(Problem(where, what, "Plan another wave."))
    if last < store.today():
        problems.append(Problem(where, f"The tokens would be good until {last} only.", "Give a later day."))
    return problems


def _guard(
    store: Store, people: Sequence[Person], found: Wave, known: dict[str, str], days: int, *, force: bool
) -> list[Problem]:
    """Return who was asked too recently, or is in the anonymous wave already."""
    asked: dict[str, tuple[str, str]] = {}
    there = set()
    for pseudonym, wave_name, day in store.rows("SELECT pseudonym, wave, asked_on FROM contact ORDER BY asked_on"):
        asked[str(pseudonym)] = (str(day), str(wave_name))
        if wave_name == found.name:
            there.add(str(pseudonym))
    since = (store.today() - timedelta(days=days)).isoformat()
    problems = []
    for number, person in enumerate(people, 1):
        where = place_person(person, number)
        pseudonym = known.get(email_key(person.email), "")
        day, wave_name = asked.get(pseudonym, ("", ""))
        if pseudonym in there and found.anonymous:
            what = f"Invited to the anonymous wave {found.name} already; with a second token they could answer twice."
            problems.append(Problem(where, what, "Leave them out, and remind them of the first."))
        elif pseudonym in there and not force:
            what = f"Invited to the wave {found.name} already."
            problems.append(Problem(where, what, "Leave them out, or give a new token to all: --force."))
        elif day > since and not force:
            problems.append(Problem(where, f"Asked on {day} (wave {wave_name}), within {days} days.", _FORCE))
    return problems


def _with_tokens(store: Store, people: Sequence[Person], found: Wave, known: dict[str, str]) -> list[Invited]:
    """Return everybody with a token; units as written before; whoever was invited before keeps role and unit."""
    select = "SELECT pseudonym, role, unit FROM invitation WHERE wave = ?"
    before = {str(row[0]): (str(row[1]), str(row[2])) for row in store.rows(select, found.name)}
    units = list_units(store)
    invited = []
    for person in people:
        role, unit = before.get(known.get(email_key(person.email), ""), (person.role, adopt_unit(person.unit, units)))
        if unit and unit not in units:
            units.append(unit)
        invited.append(Invited(replace(person, role=role, unit=unit), role, unit, make_token()))
    return invited


def _store(store: Store, invited: Sequence[Invited], found: Wave, known: dict[str, str], last: date) -> None:
    """Store people and invitations: of an anonymous wave in two orders, neither of them the list's."""
    shuffle = secrets.SystemRandom().shuffle
    people = list(invited)
    shuffle(people)
    pseudonyms = {}
    for one in people:
        person = one.person
        pseudonym = known.get(email_key(person.email)) or make_pseudonym()
        pseudonyms[one.token] = pseudonym
        store.run(
            "INSERT INTO person (pseudonym, name, email, email_key, language) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (pseudonym) DO UPDATE SET name = excluded.name, email = excluded.email, "
            "language = excluded.language",
            pseudonym,
            person.name,
            person.email,
            email_key(person.email),
            person.language or store.setting("language"),
        )
        insert = "INSERT INTO contact (pseudonym, wave, asked_on) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        store.run(insert, pseudonym, found.name, store.today().isoformat())
    shuffle(people)
    for one in people:
        pseudonym = make_pseudonym() if found.anonymous else pseudonyms[one.token]
        add_invitation(store, found.name, pseudonym, token=one.token, role=one.role, unit=one.unit, last=last)
    if found.anonymous:  # a last day of one's own would tell who was invited later than the others
        update = "UPDATE invitation SET expires_on = ? WHERE wave = ? AND joined = 0"
        store.run(update, last.isoformat(), found.name)
