"""Erasing a respondent: everything kept under a pseudonym, in every wave and snapshot, for good.

The ledger is written before the erasure is committed. Whatever happens in between, the engagement is brought up to
date by the ledger when it is next opened: an erasure is finished, or has not begun. The same brings an older copy up
to date that was put in the engagement's place.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cxassess.engagement.database import StorageError
from cxassess.engagement.frozen import compute_digest, list_snapshots, read_forms, read_invited
from cxassess.engagement.ledger import add_to_ledger, make_erasure_key, read_ledger
from cxassess.engagement.model import Snapshot
from cxassess.engagement.respondents import (
    PSEUDONYM_TABLES,
    Respondent,
    find_respondent,
    list_pseudonyms,
    list_unlinked,
)
from cxassess.engagement.store import Store
from cxassess.engagement.votes import sum_levels
from cxassess.engagement.waves import wave as find_wave
from cxassess.engagement.waves import waves
from cxassess.engagement.workshop_model import MINIMUM_VOTES
from cxassess.errors import CxassessError, Problem

#: Set while deleted rows may have left something behind in the database's file.
_UNSCRUBBED: Final = "unscrubbed"
#: Where people write freely: table, what to call it, columns.
_WRITTEN: Final = (
    ("answer", "what another respondent wrote", "wave, why, comment"),
    ("snapshot_answer", "what another respondent wrote, as frozen", "wave, comment"),
    ("note", "a note", "wave, text"),
    ("action", "an action", "wave, title, owner, metric, note"),
    ("consensus", "a reason for a consensus", "wave, reason"),
    ("wave", "the texts of the pages", "name, texts"),
)


@dataclass(frozen=True)
class Erasure:
    """What was erased.

    Parameters
    ----------
    respondents : int
        How many people.
    waves : tuple of str
        Waves from which answers or invitations are gone.
    reported : tuple of str
        Waves of which a frozen snapshot has changed: their reports are to be made again.
    unlinked : tuple of str
        Anonymous waves in which they were asked: what they may have answered there can't be told from the others'.
    mentions : tuple of str
        Places where others have written a name or an e-mail address of theirs.
    removed : tuple of Path
        Copies beside the file that held them as well, and were deleted.
    scrubbed : bool
        Whether the file was written anew without a trace; if not, that is done when it is next opened.
    """

    respondents: int
    waves: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    removed: tuple[Path, ...] = ()
    scrubbed: bool = True


def erase_respondents(store: Store, wanted: Sequence[str]) -> Erasure:
    """Erase respondents: who they are, their invitations, answers and notes, also in frozen snapshots.

    Counts go down with them, and reports made from now on are without them, however few they are: erasing goes before
    the rule that a wave is not reported again for fewer than five.

    Parameters
    ----------
    store : Store
        The engagement; not within a transaction.
    wanted : sequence of str
        Each as for `respondents.find_respondent`.

    Raises
    ------
    CxassessError
        If anybody is not found; then nobody is erased.
    StorageError
        If it could not be finished. What is in the ledger by then is erased when the engagement is next opened.
    """
    with store.transaction():
        found = _find_all(store, wanted)
        pseudonyms = {one.pseudonym for one in found}
        unlinked = {wave for one in pseudonyms for wave in list_unlinked(store, one)}
        keys = {make_erasure_key(store.setting("id"), one) for one in pseudonyms}
        touched, reported = _erase(store, pseudonyms, keys)
        mentions = _find_mentions(store, found)
        store.record("respondents erased", detail=str(len(pseudonyms)))
        if store.ledger is not None:
            add_to_ledger(store.ledger, keys | read_applied(store))
    order = [one.name for one in waves(store)]
    return Erasure(
        respondents=len(pseudonyms),
        waves=tuple(sorted(touched, key=order.index)),
        reported=tuple(sorted(reported, key=order.index)),
        unlinked=tuple(sorted(unlinked, key=order.index)),
        mentions=mentions,
        removed=_remove_copies(store.ledger),
        scrubbed=_scrub(store),
    )


def apply_ledger(store: Store, ledgers: Iterable[Path] = ()) -> int:
    """Erase whoever is in the ledger, or in other ledgers, and still in the engagement; return how many.

    Also finishes an erasure that was interrupted.
    """
    applied = read_applied(store)
    keys = read_ledger(store.ledger).union(*map(read_ledger, ledgers))
    back: set[str] = set()
    if keys - applied:
        with store.transaction():
            identity = store.setting("id")
            back = {one for one in list_pseudonyms(store) if make_erasure_key(identity, one) in keys}
            _erase(store, back, keys)
            if back:
                store.record("erased again, by the ledger", detail=str(len(back)))
    if store.rows("SELECT value FROM setting WHERE name = ?", _UNSCRUBBED):
        _scrub(store)
    return len(back)


def read_applied(store: Store) -> frozenset[str]:
    """Return the entries of the ledger that the engagement knows of."""
    return frozenset(str(row[0]) for row in store.rows("SELECT erasure_key FROM erased"))


def list_copies(file: Path) -> list[Path]:
    """Return the copies of an engagement that the program itself has left beside it."""
    kinds = (f"{file.name}.version", f"{file.name}.replaced")
    return sorted(one for one in file.parent.iterdir() if one.name.startswith(kinds))


def _find_all(store: Store, wanted: Sequence[str]) -> list[Respondent]:
    found: list[Respondent] = []
    problems: list[Problem] = []
    for one in wanted:
        try:
            found.append(find_respondent(store, one))
        except CxassessError as error:
            problems += error.problems
    if problems or not found:
        nobody = Problem(store.name, "Nobody is named.", "Name at least one respondent.")
        raise CxassessError(problems or [nobody])
    return found


def _erase(store: Store, pseudonyms: set[str], keys: Iterable[str]) -> tuple[set[str], set[str]]:
    """Delete everything under the pseudonyms, as part of a transaction; return the waves, and those reported on."""
    touched: set[str] = set()
    changed: set[tuple[str, int]] = set()
    for pseudonym in sorted(pseudonyms):
        touched |= {str(row[0]) for row in store.rows("SELECT wave FROM invitation WHERE pseudonym = ?", pseudonym)}
        changed |= _count_out(store, pseudonym)
        store.run("UPDATE action SET owner = '', pseudonym = NULL WHERE pseudonym = ?", pseudonym)
        for table in PSEUDONYM_TABLES:
            if table != "action":
                store.run(f"DELETE FROM {table} WHERE pseudonym = ?", pseudonym)  # noqa: S608  (a constant)
    for reported, number in sorted(changed):
        _seal(store, reported, number)
    for name in sorted(touched):
        _count_votes_anew(store, name)
    for key in sorted(set(keys) - read_applied(store)):
        store.run("INSERT INTO erased (erasure_key) VALUES (?)", key)
    if pseudonyms:
        store.run("DELETE FROM undo")
        store.run("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", _UNSCRUBBED, "yes")
    return touched | {reported for reported, _ in changed}, {reported for reported, _ in changed}


def _count_out(store: Store, pseudonym: str) -> set[tuple[str, int]]:
    """Take somebody out of the counts of the snapshots that they are in: forms, and people invited."""
    select = "SELECT wave, number, role FROM snapshot_response WHERE pseudonym = ?"
    found = [(str(wave), int(number or 0), str(role)) for wave, number, role in store.rows(select, pseudonym)]
    for wave, number, role in found:
        rows = store.rows("SELECT invited FROM snapshot WHERE wave = ? AND number = ?", wave, number)
        invited: dict[str, int] = json.loads(str(rows[0][0]))
        if invited.get(role, 0) > 0:
            invited[role] -= 1
        update = "UPDATE snapshot SET respondents = respondents - 1, invited = ? WHERE wave = ? AND number = ?"
        store.run(update, json.dumps({one: count for one, count in invited.items() if count}), wave, number)
        store.run(
            "INSERT INTO snapshot_erased (wave, number, forms) VALUES (?, ?, 1) "
            "ON CONFLICT (wave, number) DO UPDATE SET forms = snapshot_erased.forms + 1",
            wave,
            number,
        )
    return {(wave, number) for wave, number, _ in found}


def _count_votes_anew(store: Store, name: str) -> None:
    """Take votes that are gone out of the means beside what was agreed: the difference would say what they were."""
    asked = find_wave(store, name)
    for (item,) in store.rows("SELECT item FROM consensus WHERE wave = ?", name):
        votes, total = sum_levels(store, asked, str(item))
        shown = total if votes >= MINIMUM_VOTES else None
        store.run("UPDATE consensus SET votes = ?, total = ? WHERE wave = ? AND item = ?", votes, shown, name, item)


def _seal(store: Store, wave: str, number: int) -> None:
    """Compute a snapshot's digest anew."""
    snapshot: Snapshot = next(one for one in list_snapshots(store, wave) if one.number == number)
    digest = compute_digest(wave, read_invited(store, snapshot), read_forms(store, snapshot))
    store.run("UPDATE snapshot SET digest = ? WHERE wave = ? AND number = ?", digest, wave, number)


def _find_mentions(store: Store, found: Sequence[Respondent]) -> tuple[str, ...]:
    """Return where others have written the name or address of somebody who was erased: their words are left alone."""
    names = [re.escape(text) for one in found for text in (one.name, one.email) if text]
    if not names:
        return ()
    named = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)
    places = set()
    for table, place, columns in _WRITTEN:
        for wave, *texts in store.rows(f"SELECT {columns} FROM {table}"):  # noqa: S608  (constants)
            if any(named.search(str(text)) for text in texts if text):
                places.add(f"{place} (wave {wave})")
    return tuple(sorted(places))


def _scrub(store: Store) -> bool:
    """Have the database written anew without what was deleted; if that is not possible now, it is tried again later."""
    with contextlib.suppress(StorageError):
        store.database.scrub()
        store.run("DELETE FROM setting WHERE name = ?", _UNSCRUBBED)
        return True
    return False


def _remove_copies(ledger: Path | None) -> tuple[Path, ...]:
    """Delete the copies that the program has left beside the file: they hold who was erased."""
    if ledger is None:
        return ()
    copies = list_copies(ledger.with_suffix(""))
    for copy in copies:
        copy.unlink(missing_ok=True)
    return tuple(copies)
