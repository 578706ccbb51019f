"""Waves: planned, opened, closed, and what the consultant wrote for their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from cxassess.engagement.asked import list_asked
from cxassess.engagement.database import Row
from cxassess.engagement.model import Form, Wave
from cxassess.engagement.page_texts import check_texts
from cxassess.engagement.store import Store
from cxassess.engagement.text import check_line, name_key
from cxassess.errors import CxassessError, Problem

MAX_WAVE_NAME: Final = 60
_COLUMNS: Final = "name, form, anonymous, state, closes_on, instrument, opened_on, closed_on"
_FORMS: Final = ("full", "pulse")


def add_wave(
    store: Store,
    name: str,
    *,
    form: Form = "full",
    anonymous: bool = False,
    closes_on: date | None = None,
    texts: Mapping[str, Any] | None = None,
    elements: Sequence[str] = (),
) -> Wave:
    """Plan a wave.

    Parameters
    ----------
    store : Store
        The engagement.
    name : str
        As it shall stand in reports, e.g. ``2026-10``.
    form : {"full", "pulse"}
        Which items are asked.
    anonymous : bool
        Keep no link between a person and their answers.
    closes_on : date, optional
        The last day (UTC) on which answers are taken.
    texts : mapping, optional
        As for ``set_texts``.
    elements : sequence of str
        Ask about these elements only; about all of the form if empty.

    Raises
    ------
    CxassessError
        With everything that is wrong.
    """
    kept, problems = check_texts(store.name, texts or {})
    problems = check_line(f"wave {name!r}", "wave’s name", name, most=MAX_WAVE_NAME) + problems
    if form not in _FORMS:
        problems.append(Problem(f"wave {name!r}", f"There is no form {form!r}.", "Use full or pulse."))
    chosen = tuple(dict.fromkeys(elements))
    planned = Wave(name, form, anonymous, "planned", closes_on, store.setting("instrument"), elements=chosen)
    problems += _check_elements(store, planned)
    with store.transaction():
        known = waves(store)
        twin = next((wave.name for wave in known if name_key(wave.name) == name_key(name)), None)
        if twin is not None:
            problems.append(Problem(f"wave {name!r}", f"There is a wave {twin!r} already.", "Give it another name."))
        if problems:
            raise CxassessError(problems)
        insert = (
            "INSERT INTO wave (name, number, form, anonymous, state, instrument, closes_on, texts, elements) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        instrument, only = store.setting("instrument"), json.dumps(chosen) if chosen else None
        written = json.dumps(kept, ensure_ascii=False) if kept else None
        closes = closes_on.isoformat() if closes_on else None
        store.run(insert, name, len(known) + 1, form, int(anonymous), "planned", instrument, closes, written, only)
        detail = f"{form}{', anonymous' if anonymous else ''}{', elements: ' if chosen else ''}{', '.join(chosen)}"
        store.record("wave added", name, detail)
    return wave(store, name)


def waves(store: Store) -> tuple[Wave, ...]:
    """Return all waves, in the order in which they were planned."""
    return tuple(map(_wave, store.rows(f"SELECT {_columns(store)} FROM wave ORDER BY number")))  # noqa: S608  (constants)


def wave(store: Store, name: str) -> Wave:
    """Return a wave by its name; CxassessError names those that there are."""
    found = store.rows(f"SELECT {_columns(store)} FROM wave WHERE name = ?", name)  # noqa: S608  (constants)
    if not found:
        known = ", ".join(one.name for one in waves(store))
        remedy = f"Use one of: {known}." if known else "Add one first: `cxassess engagement wave add`."
        raise CxassessError.single(store.name, f"There is no wave {name!r}.", remedy)
    return _wave(found[0])


def open_wave(store: Store, name: str) -> Wave:
    """Take answers from now on; also again, after the wave was closed."""
    with store.transaction():
        found = wave(store, name)
        if found.closes_on is not None and found.closes_on < store.today():
            what = f"The wave’s last day was {found.closes_on}."
            raise CxassessError.single(f"{store.name}, wave {name}", what, "Plan another wave.")
        if found.state != "open":
            store.run("UPDATE wave SET state = 'open', opened_on = ? WHERE name = ?", store.today().isoformat(), name)
            store.record("wave opened", name)
    return wave(store, name)


def mark_closed(store: Store, name: str) -> None:
    """Take no more answers, as part of a transaction."""
    if wave(store, name).state != "closed":
        store.run("UPDATE wave SET state = 'closed', closed_on = ? WHERE name = ?", store.today().isoformat(), name)
        store.record("wave closed", name)


def read_texts(store: Store, name: str) -> dict[str, Any]:
    """Return what the consultant wrote for the pages of a wave; empty if nothing."""
    wave(store, name)
    written = store.rows("SELECT texts FROM wave WHERE name = ?", name)[0][0]
    found: dict[str, Any] = json.loads(str(written)) if written else {}
    return found


def set_texts(store: Store, name: str, texts: Mapping[str, Any]) -> None:
    """Keep what the consultant wrote for the pages of a wave, in place of what was there.

    Parameters
    ----------
    store : Store
        The engagement.
    name : str
        The wave.
    texts : mapping
        ``title``, ``lead``, ``contact`` (texts), ``next`` (a list of texts), and ``did``: ``title`` (may be left out)
        and ``list`` of mappings with the texts ``said``, ``state`` and ``done``. Each text is a string, or a mapping of
        language to string.

    Raises
    ------
    CxassessError
        With everything that is wrong in them.
    """
    kept, problems = check_texts(store.name, texts)
    if problems:
        raise CxassessError(problems)
    with store.transaction():
        wave(store, name)
        written = json.dumps(kept, ensure_ascii=False) if kept else None
        store.run("UPDATE wave SET texts = ? WHERE name = ?", written, name)
        store.record("texts set", name, ", ".join(kept))


def _columns(store: Store) -> str:
    return f"{_COLUMNS}, {'elements' if store.version >= 4 else 'NULL'}"


def _check_elements(store: Store, planned: Wave) -> list[Problem]:
    """Return what is wrong with the elements chosen for a wave."""
    if not planned.elements:
        return []
    where, instrument = f"wave {planned.name!r}", store.instrument(planned.instrument)
    known = [element.id for element in instrument.elements]
    unknown = [one for one in planned.elements if one not in known]
    if unknown:
        what = f"There is no element {', '.join(map(repr, unknown))}."
        return [Problem(where, what, f"Use some of {', '.join(known)}.")]
    if planned.form in _FORMS and not list_asked(instrument, planned):
        what = f"The {planned.form} form asks nothing about {', '.join(planned.elements)}."
        return [Problem(where, what, "Choose the full form, or other elements.")]
    return []


def _wave(row: Row) -> Wave:
    name, form, anonymous, state, closes_on, instrument, opened_on, closed_on, elements = row
    return Wave(
        name=str(name),
        form="pulse" if form == "pulse" else "full",
        anonymous=bool(anonymous),
        state="open" if state == "open" else "closed" if state == "closed" else "planned",
        closes_on=_day(closes_on),
        instrument=str(instrument),
        opened_on=_day(opened_on),
        closed_on=_day(closed_on),
        elements=tuple(json.loads(str(elements))) if elements else (),
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
