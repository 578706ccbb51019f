"""Answers: every write is checked here, against the instrument, the invitation and what is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cxassess.engagement.admission import Place, find_place
from cxassess.engagement.asked import list_asked
from cxassess.engagement.database import Row
from cxassess.engagement.model import FLAGS, MAX_TEXT, Admission, Change, Refused, Saved, SavedAnswer, Wave
from cxassess.engagement.store import Store
from cxassess.engagement.text import clean_text
from cxassess.instrument import Instrument, Item

#: A pause longer than this was no time spent on the form.
MAX_GAP: Final = 120
_FIRST: Final = SavedAnswer()


def read_answers(store: Store, admission: Admission) -> dict[str, SavedAnswer]:
    """Return what a respondent has saved: item → answer. An invitation that is good no more has none."""
    rows = store.rows(
        "SELECT a.item, a.level, a.flag, a.why, a.comment, a.revision FROM answer a "
        "JOIN invitation i ON i.wave = a.wave AND i.pseudonym = a.pseudonym "
        "WHERE i.token_key = ? AND i.withdrawn = 0 AND i.expires_on >= ?",
        admission.token_key,
        store.today().isoformat(),
    )
    return {str(item): _answer(rest) for item, *rest in sorted(rows, key=lambda row: str(row[0]))}


def save(store: Store, admission: Admission, change: Change) -> Saved:
    """Store one change, and return its revision once it is committed.

    A change whose content is stored already is acknowledged whatever its revision: the acknowledgement of an earlier
    message was lost. Anything else must carry the stored revision.

    Parameters
    ----------
    store : Store
        The engagement.
    admission : Admission
        Only its token is relied upon; everything else is read anew.
    change : Change
        What to store.

    Raises
    ------
    Refused
        With the reason; then nothing is stored.
    """
    with store.transaction():
        place = _open_place(store, admission, change.item)
        wanted = _check(change, place, store.instrument(place.wave.instrument))
        key = (place.wave.name, place.pseudonym)
        rows = store.rows(
            "SELECT level, flag, why, comment, revision FROM answer WHERE wave = ? AND pseudonym = ? AND item = ?",
            *key,
            change.item,
        )
        stored = _answer(rows[0]) if rows else _FIRST
        if _same(stored, wanted):
            return Saved(change.item, stored.revision)
        if change.revision != stored.revision:
            raise Refused("conflict", change.item, stored)
        _touch(store, place)
        revision = stored.revision + 1
        store.run(
            "INSERT INTO answer (wave, pseudonym, item, level, flag, why, comment, revision) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (wave, pseudonym, item) DO UPDATE SET "
            "level = excluded.level, flag = excluded.flag, why = excluded.why, comment = excluded.comment, "
            "revision = excluded.revision",
            *key,
            change.item,
            wanted.level,
            wanted.flag,
            wanted.why,
            wanted.comment,
            revision,
        )
    return Saved(change.item, revision)


def submit(store: Store, admission: Admission) -> None:
    """Hand the form in; a second time changes nothing.

    Raises
    ------
    Refused
        If the wave takes no answers, or the invitation is good no more.
    """
    with store.transaction():
        place = _place(store, admission)
        if place.submitted_at is None:
            _touch(store, place)
            _set_submitted(store, place, _moment(store, place.wave))


def submit_all(store: Store, wave: Wave) -> None:
    """Hand in every form of a wave that was begun, as part of a transaction: nobody changes an answer any more."""
    update = "UPDATE response SET submitted_at = ? WHERE wave = ? AND submitted_at IS NULL"
    store.run(update, _moment(store, wave), wave.name)


def reopen(store: Store, admission: Admission) -> None:
    """Take the form back to change an answer; it counts again when it is handed in again.

    Raises
    ------
    Refused
        If the wave takes no answers, or the invitation is good no more.
    """
    with store.transaction():
        place = _place(store, admission)
        if place.submitted_at is not None:
            _set_submitted(store, place, None)


def _moment(store: Store, wave: Wave) -> str:
    return store.today().isoformat() if wave.anonymous else store.now()


def _set_submitted(store: Store, place: Place, moment: str | None) -> None:
    update = "UPDATE response SET submitted_at = ? WHERE wave = ? AND pseudonym = ?"
    store.run(update, moment, place.wave.name, place.pseudonym)


def _place(store: Store, admission: Admission, item: str = "") -> Place:
    place = find_place(store, admission.token_key)
    if place is None or not place.is_good:
        raise Refused("not_admitted", item)
    if not place.takes_answers(store.today()):
        raise Refused("wave_closed", item)
    return place


def _open_place(store: Store, admission: Admission, item: str) -> Place:
    place = _place(store, admission, item)
    if place.submitted_at is not None:
        raise Refused("submitted", item)
    return place


def _check(change: Change, place: Place, instrument: Instrument) -> SavedAnswer:
    """Return what would be stored; Refused if it may not be."""
    item = _find_item(change.item, instrument)
    if item not in list_asked(instrument, place.wave, place.role):
        raise Refused("not_asked", change.item)
    level, flag = change.level, change.flag
    if level is not None and (type(level) is not int or not 1 <= level <= instrument.level_count):
        raise Refused("out_of_range", change.item)
    if (flag is not None and flag not in FLAGS) or (flag is not None and level is not None):
        raise Refused("out_of_range", change.item)
    texts = []
    for text in (change.why, change.comment):
        if not isinstance(text, str):
            raise Refused("out_of_range", change.item)
        if len(text) > MAX_TEXT:
            raise Refused("too_long", change.item)
        texts.append(clean_text(text))
    return SavedAnswer(level, flag, why=texts[0], comment=texts[1])


def _find_item(item_id: str, instrument: Instrument) -> Item:
    if isinstance(item_id, str) and item_id in instrument.item_ids:
        return instrument.item(item_id)
    raise Refused("unknown_item", str(item_id)[:100])


def _same(stored: SavedAnswer, wanted: SavedAnswer) -> bool:
    return (stored.level, stored.flag, stored.why, stored.comment) == (
        wanted.level,
        wanted.flag,
        wanted.why,
        wanted.comment,
    )


def _touch(store: Store, place: Place) -> None:
    """Note that the respondent is at work. Of an anonymous wave, no times are kept."""
    now = None if place.wave.anonymous else store.now()
    seconds = None if now is None else (place.seconds or 0) + _gap(place.saved_at, now)
    store.run(
        "INSERT INTO response (wave, pseudonym, saved_at, seconds) VALUES (?, ?, ?, ?) ON CONFLICT (wave, pseudonym) "
        "DO UPDATE SET saved_at = excluded.saved_at, seconds = excluded.seconds",
        place.wave.name,
        place.pseudonym,
        now,
        seconds,
    )


def _gap(before: str | None, now: str) -> int:
    if before is None:
        return 0
    gap = (datetime.fromisoformat(now) - datetime.fromisoformat(before)).total_seconds()
    return int(min(max(gap, 0), MAX_GAP))


def _answer(row: Row | list[str | int | None]) -> SavedAnswer:
    level, flag, why, comment, revision = row
    return SavedAnswer(
        level=None if level is None else int(level),
        flag="dont_know" if flag == "dont_know" else "not_applicable" if flag == "not_applicable" else None,
        why=str(why),
        comment=str(comment),
        revision=int(revision or 0),
    )
