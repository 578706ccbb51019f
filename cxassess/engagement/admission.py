"""Letting respondents in, by a token or by the code for the room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from cxassess.engagement.asked import list_asked
from cxassess.engagement.model import Admission, FormState, Wave
from cxassess.engagement.store import Store
from cxassess.engagement.text import check_line, clean_line, name_key
from cxassess.engagement.tokens import code_key, make_code, make_pseudonym, make_token, token_key
from cxassess.engagement.waves import wave
from cxassess.errors import CxassessError

#: More people than this in one room are more likely to be somebody's program.
MOST_JOINED: Final = 500
MAX_UNIT: Final = 100
_CODE_DAYS: Final = 1


@dataclass(frozen=True)
class Place:
    """Everything about an invitation that a write must respect, read anew for each."""

    wave: Wave
    pseudonym: str
    role: str
    unit: str
    submitted_at: str | None
    saved_at: str | None
    seconds: int | None
    is_good: bool
    language: str
    is_revealed: bool = False

    def takes_answers(self, today: date) -> bool:
        """Whether answers may be given on a day: not once they were revealed in a workshop."""
        return self.wave.takes_answers(today) and not self.is_revealed

    def state(self, today: date) -> FormState:
        """Return whether the form can be filled in."""
        if not self.takes_answers(today):
            return "closed"
        return "submitted" if self.submitted_at else "open"


def find_place(store: Store, key: str) -> Place | None:
    """Return the invitation with a token's key; None if there is none."""
    rows = store.rows(
        "SELECT i.wave, i.pseudonym, i.role, i.unit, i.expires_on, i.withdrawn, "
        "r.submitted_at, r.saved_at, r.seconds, p.language, w.revealed "
        "FROM invitation i LEFT JOIN workshop w ON w.wave = i.wave "
        "LEFT JOIN response r ON r.wave = i.wave AND r.pseudonym = i.pseudonym "
        "LEFT JOIN person p ON p.pseudonym = i.pseudonym WHERE i.token_key = ?",
        key,
    )
    if not rows:
        return None
    name, pseudonym, role, unit, expires_on, withdrawn, submitted_at, saved_at, seconds, language, revealed = rows[0]
    return Place(
        wave=wave(store, str(name)),
        pseudonym=str(pseudonym),
        role=str(role),
        unit=str(unit),
        submitted_at=str(submitted_at) if submitted_at else None,
        saved_at=str(saved_at) if saved_at else None,
        seconds=None if seconds is None else int(seconds),
        is_good=not withdrawn and store.today().isoformat() <= str(expires_on),
        language=str(language or store.setting("language")),
        is_revealed=bool(revealed),
    )


def is_revealed(store: Store, wave_name: str) -> bool:
    """Whether the votes of a wave were revealed in a workshop; from then on they stay as they are."""
    return bool(store.rows("SELECT 1 FROM workshop WHERE wave = ? AND revealed = 1", wave_name))


def admit(store: Store, token: str) -> Admission | None:
    """Let a respondent in; None for a token that is unknown, expired or withdrawn, without a difference."""
    key = token_key(token)
    place = find_place(store, key) if key else None
    if key is None or place is None or not place.is_good:
        return None
    return Admission(
        wave=place.wave.name,
        role=place.role,
        unit=place.unit,
        respondent=place.pseudonym,
        state=place.state(store.today()),
        token_key=key,
        language=place.language,
    )


def make_join_code(store: Store, wave_name: str, *, expires_on: date | None = None) -> str:
    """Return a new code with which everybody in a room can join a wave; an earlier one is good no more.

    Parameters
    ----------
    store : Store
        The engagement.
    wave_name : str
        The wave.
    expires_on : date, optional
        Its last day (UTC); tomorrow if left out.
    """
    last = expires_on or store.today() + timedelta(days=_CODE_DAYS)
    code = make_code()
    with store.transaction():
        wave(store, wave_name)
        store.run(
            "INSERT INTO join_code (wave, code_key, expires_on, joined) VALUES (?, ?, ?, 0) ON CONFLICT (wave) "
            "DO UPDATE SET code_key = excluded.code_key, expires_on = excluded.expires_on, joined = 0",
            wave_name,
            code_key(code),
            last.isoformat(),
        )
        store.record("join code made", wave_name, f"good until {last}")
    return code


def join(store: Store, code: str, *, role: str, unit: str = "") -> str | None:
    """Make a token for somebody in the room; None if the code is unknown or expired, or the wave takes no answers.

    Raises
    ------
    CxassessError
        If there is no such role, or the unit is no name.
    """
    key = code_key(code)
    if key is None:
        return None
    with store.transaction():
        rows = store.rows("SELECT wave, expires_on, joined FROM join_code WHERE code_key = ?", key)
        if not rows or store.today().isoformat() > str(rows[0][1]) or int(rows[0][2] or 0) >= MOST_JOINED:
            return None
        found = wave(store, str(rows[0][0]))
        if not found.takes_answers(store.today()) or is_revealed(store, found.name):
            return None
        instrument = store.instrument(found.instrument)
        known = [one.id for one in instrument.roles if list_asked(instrument, found, one.id)]
        if role not in known:
            raise CxassessError.single(store.name, f"There is no role {role!r}.", f"Use one of {', '.join(known)}.")
        own = adopt_unit(clean_line(unit), list_units(store))
        problems = check_line(store.name, "unit", own, most=MAX_UNIT) if own else []
        if problems:
            raise CxassessError(problems)
        token = make_token()
        last = found.closes_on or date.fromisoformat(str(rows[0][1])) + timedelta(days=_CODE_DAYS)
        add_invitation(store, found.name, make_pseudonym(), token=token, role=role, unit=own, last=last, joined=True)
        store.run("UPDATE join_code SET joined = joined + 1 WHERE wave = ?", found.name)
    return token


def add_invitation(
    store: Store, wave_name: str, pseudonym: str, *, token: str, role: str, unit: str, last: date, joined: bool = False
) -> None:
    """Store an invitation, or a new token in place of one that was lost, as part of a transaction."""
    store.run(
        "INSERT INTO invitation (wave, pseudonym, token_key, role, unit, expires_on, withdrawn, joined) "
        "VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (wave, pseudonym) DO UPDATE SET token_key = excluded.token_key, "
        "expires_on = excluded.expires_on, withdrawn = 0",
        wave_name,
        pseudonym,
        token_key(token),
        role,
        unit,
        last.isoformat(),
        int(joined),
    )


def list_units(store: Store) -> list[str]:
    """Return the names of all units, in every wave."""
    return sorted(str(unit) for (unit,) in store.rows("SELECT DISTINCT unit FROM invitation") if unit)


def adopt_unit(unit: str, known: Iterable[str]) -> str:
    """Return a unit's name as it was written before, if it only differs in capitals or spaces."""
    return next((one for one in known if name_key(one) == name_key(unit)), unit)
