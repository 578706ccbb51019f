"""Checking that an engagement's file is whole, and that what is in it belongs together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cxassess.engagement.address import refuse_address
from cxassess.engagement.asked import list_asked
from cxassess.engagement.database import SqliteDatabase
from cxassess.engagement.files import is_engagement
from cxassess.engagement.frozen import compute_digest, list_snapshots, read_forms, read_invited
from cxassess.engagement.ledger import find_ledger, make_erasure_key, read_ledger
from cxassess.engagement.model import FLAGS
from cxassess.engagement.respondents import list_pseudonyms
from cxassess.engagement.schema import VERSION, read_version
from cxassess.engagement.store import Store
from cxassess.engagement.verify_workshop import check_workshops
from cxassess.engagement.waves import waves
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import Instrument

_RESTORE: Final = "Restore the file from a backup (`cxassess engagement restore`); keep this one."
_CHANGED: Final = "Something else than this program has written to the file: compare it with a backup."


@dataclass(frozen=True)
class Verification:
    """What is in a file, and what is wrong with it.

    Parameters
    ----------
    id, organisation : str
        Whose engagement it is; blank if that can't be read.
    version : int
        Of its tables.
    waves, people, answers, snapshots, erased : int
        How many there are.
    problems : tuple of Problem
        Everything that is wrong.
    remarks : tuple of Problem
        What is to be done about erasures; the file itself is whole.
    """

    id: str = ""
    organisation: str = ""
    version: int = 0
    waves: int = 0
    people: int = 0
    answers: int = 0
    snapshots: int = 0
    erased: int = 0
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def verify_engagement(file: str | Path, *, ledger: Path | None = None) -> Verification:
    """Check an engagement's file: as a file, and what is in it. Nothing is changed; it may be in use meanwhile.

    Parameters
    ----------
    file : str or Path
        The engagement, or a backup of one.
    ledger : Path, optional
        The ledger of erasures; the one beside the file if left out.

    Raises
    ------
    CxassessError
        If there is no such file, or it is something else.
    """
    refuse_address(file)
    file = Path(file)
    if not file.is_file():
        raise CxassessError.single(str(file), "There is no such file.", "Check the name and the folder.")
    if not is_engagement(file):
        remedy = "Name a file made by `cxassess engagement new`; if this was one, restore it from a backup."
        raise CxassessError.single(str(file), "This is not an engagement.", remedy)
    try:
        with closing(SqliteDatabase(file)) as database:
            database.execute("BEGIN")  # what is read from here on is of one moment
            return _verify(Store(database, file.name), read_ledger(ledger or find_ledger(file)))
    except (CxassessError, sqlite3.Error) as error:
        found = error.problems if isinstance(error, CxassessError) else (Problem(str(file), f"{error}.", _RESTORE),)
        return Verification(problems=found)


def _verify(store: Store, ledger: frozenset[str]) -> Verification:
    damage = [str(row[0]) for row in store.rows("PRAGMA integrity_check(5)")]
    broken = store.rows("PRAGMA foreign_key_check")
    if damage != ["ok"] or broken:
        what = "The file is damaged: " + "; ".join(damage if damage != ["ok"] else ["rows refer to rows that are gone"])
        return Verification(problems=(Problem(store.name, f"{what}.", _RESTORE),))
    version = read_version(store.database)
    if version > VERSION:
        what = f"The file has version {version}; this program knows versions up to {VERSION}."
        return Verification(version=version, problems=(Problem(store.name, what, "Install a newer cxassess."),))
    checks = (_check_settings, _check_waves, _check_answers, _check_snapshots, check_workshops)
    problems: list[Problem] = []
    for check in checks:
        problems += [Problem(store.name, what, _CHANGED) for what in check(store)]
        if problems and check is _check_settings:
            return Verification(version=version, problems=tuple(problems))  # the others rely on these
    has_erased = version >= 3
    erased = {str(row[0]) for row in store.rows("SELECT erasure_key FROM erased")} if has_erased else set()
    return Verification(
        id=store.setting("id"),
        organisation=store.setting("organisation"),
        version=version,
        waves=_count(store, "wave"),
        people=_count(store, "person"),
        answers=_count(store, "answer"),
        snapshots=_count(store, "snapshot"),
        erased=len(erased),
        problems=tuple(problems),
        remarks=tuple(_check_ledger(store, ledger, erased)) if version >= 2 else (),
    )


def _check_settings(store: Store) -> Iterator[str]:
    """Check settings, instruments, and the numbers of the audit trail."""
    names = {str(row[0]) for row in store.rows("SELECT name FROM setting")}
    for name in ("id", "organisation", "language", "instrument"):
        if name not in names:
            yield f"The setting {name} is missing."
    for (reference,) in store.rows("SELECT DISTINCT instrument FROM wave"):
        try:
            store.instrument(str(reference))
        except CxassessError as error:
            yield f"The instrument {reference} can’t be read: {error.problems[0].what}"
    numbers = [int(row[0] or 0) for row in store.rows("SELECT number FROM audit ORDER BY number")]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "Entries are missing from the audit trail."


def _check_waves(store: Store) -> Iterator[str]:
    """Check waves against the audit trail, and that nothing links anybody to an anonymous one."""
    events = {(str(event), str(wave)) for event, wave in store.rows("SELECT event, wave FROM audit")}
    for wave in waves(store):
        needed = {"planned": (), "open": ("wave opened",), "closed": ("wave closed",)}[wave.state]
        for event in ("wave added", *needed):
            if (event, wave.name) not in events:
                yield f"The wave {wave.name} is {wave.state}, but the audit trail has no “{event}”."
        if wave.anonymous and store.rows(
            "SELECT p.pseudonym FROM person p JOIN invitation i ON i.pseudonym = p.pseudonym WHERE i.wave = ?",
            wave.name,
        ):
            yield f"In the anonymous wave {wave.name}, somebody is linked to an invitation."


def _check_answers(store: Store) -> Iterator[str]:
    """Check every answer against the instrument, its invitation and its revision."""
    for wave in waves(store):
        try:
            instrument = store.instrument(wave.instrument)
        except CxassessError:
            continue  # said already
        asked = {role.id: {item.id for item in list_asked(instrument, wave, role.id)} for role in instrument.roles}
        rows = store.rows(
            "SELECT i.role, a.item, a.level, a.flag, a.revision FROM answer a "
            "JOIN invitation i ON i.wave = a.wave AND i.pseudonym = a.pseudonym WHERE a.wave = ?",
            wave.name,
        )
        strange = sum(
            str(item) not in asked.get(str(role), ()) or not _is_possible(level, flag, instrument)
            for role, item, level, flag, _ in rows
        )
        if strange:
            yield f"In the wave {wave.name}, {strange} answers are none that could have been given."
        if any(int(revision or 0) < 1 for *_, revision in rows):
            yield f"In the wave {wave.name}, an answer has no revision."


def _check_snapshots(store: Store) -> Iterator[str]:
    """Check snapshots against their digests, their counts and the audit trail."""
    frozen = [str(row[0]) for row in store.rows("SELECT wave FROM audit WHERE event = 'wave frozen'")]
    for wave in waves(store):
        snapshots = list_snapshots(store, wave.name)
        if [one.number for one in snapshots] != list(range(1, frozen.count(wave.name) + 1)):
            yield f"The snapshots of the wave {wave.name} are not those of the audit trail."
        for one in snapshots:
            forms = read_forms(store, one)
            if (
                len(forms) != one.respondents
                or compute_digest(wave.name, read_invited(store, one), forms) != one.digest
            ):
                yield f"Snapshot {one.number} of the wave {wave.name} is not as it was frozen."


def _check_ledger(store: Store, ledger: frozenset[str], erased: set[str]) -> Iterator[Problem]:
    identity = store.setting("id")
    back = sum(make_erasure_key(identity, one) in ledger | erased for one in list_pseudonyms(store))
    if back:
        what = f"{back} of those who were erased are in the file again."
        yield Problem(store.name, what, "Open it once, e.g. with `cxassess status`: they are erased again.")
    if erased - ledger:
        what = "The ledger of erasures is not beside the file, or not complete."
        remedy = (
            "Of the file in use: put it there, or make a backup (`cxassess engagement backup`), which writes it anew. "
            "A backup needs none of its own."
        )
        yield Problem(store.name, what, remedy)


def _is_possible(level: object, flag: object, instrument: Instrument) -> bool:
    if flag is not None:
        return flag in FLAGS and level is None
    return level is None or (isinstance(level, int) and 1 <= level <= instrument.level_count)


def _count(store: Store, table: str) -> int:
    return int(store.rows(f"SELECT COUNT(*) FROM {table}")[0][0] or 0)  # noqa: S608  (constants)
