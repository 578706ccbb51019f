"""Copies of an engagement: made while others write to it, and put back without bringing back who was erased."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cxassess.engagement.address import refuse_address
from cxassess.engagement.database import SqliteDatabase
from cxassess.engagement.erasure import apply_ledger, read_applied
from cxassess.engagement.files import open_file
from cxassess.engagement.ledger import add_to_ledger, find_ledger, read_ledger
from cxassess.engagement.store import Clock, Store, read_clock
from cxassess.engagement.verify import Verification, verify_engagement
from cxassess.engagement.whole import write_new
from cxassess.errors import CxassessError, Problem

#: Seconds for which a backup waits for whoever writes: it may run at night, with nobody there to try again.
_PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Restoration:
    """What came of putting a backup back.

    Parameters
    ----------
    verification : Verification
        Of the file as it is now.
    erased_again : int
        People who were in the backup, and had been erased since.
    ledger : bool
        Whether there was a ledger to tell.
    kept : Path or None
        Where the file that was there is now.
    """

    verification: Verification
    erased_again: int
    ledger: bool
    kept: Path | None = None


def back_up(file: str | Path, out: str | Path, *, clock: Clock = read_clock) -> Verification:
    """Copy an engagement as it is at one moment, also while it is served, into a new file; and verify the copy.

    Parameters
    ----------
    file : str or Path
        The engagement.
    out : str or Path
        Where to write, for this user only; an existing file is refused.
    clock : callable, optional
        Returns the time, in UTC.

    Returns
    -------
    Verification
        Of the copy; without problems.

    Raises
    ------
    CxassessError
        If the copy can't be made, or would not be whole.
    """
    refuse_address(file)
    file, out = Path(file), Path(out)
    store = open_file(file, clock=clock, patience=_PATIENCE)
    try:
        applied = read_applied(store)
        if applied:
            add_to_ledger(find_ledger(file), applied)
        with write_new(out) as part:
            with closing(SqliteDatabase(file, _PATIENCE)) as source:
                source.copy_to(part)
            verification = verify_engagement(part, ledger=find_ledger(file))
            if verification.problems:
                raise CxassessError(Problem(str(file), one.what, one.remedy) for one in verification.problems)
    finally:
        store.database.close()
    return verification


def restore(
    backup: str | Path,
    file: str | Path,
    *,
    replace: bool = False,
    ledgers: Sequence[Path] = (),
    clock: Clock = read_clock,
) -> Restoration:
    """Put a backup in an engagement's place. Whoever was erased since the backup was made is erased from it first.

    Parameters
    ----------
    backup : str or Path
        As `back_up` made it; it stays as it is.
    file : str or Path
        Where the engagement shall be. Nobody else may have it open.
    replace : bool
        If there is a file, keep it beside, under another name; otherwise that is refused.
    ledgers : sequence of Path
        Ledgers of erasures besides the one beside ``file``.
    clock : callable, optional
        Returns the time, in UTC.

    Raises
    ------
    CxassessError
        If the backup can't be used, it is of another engagement, or there is a file.
    """
    refuse_address(file)
    backup, file = Path(backup), Path(file)
    if file.exists() and not replace:
        what, remedy = "The file is there already.", "Name another, or keep this one under another name: --replace."
        raise CxassessError.single(str(file), what, remedy)
    missing = [one for one in ledgers if not one.is_file()]
    if missing:
        raise CxassessError(Problem(str(one), "There is no such file.", "Name the ledger.") for one in missing)
    before = verify_engagement(backup)
    if before.problems:
        raise CxassessError(before.problems)
    known = [*ledgers, find_ledger(backup), find_ledger(file)]
    keys = frozenset[str]().union(*map(read_ledger, known), _read_replaced(file, before.id))
    with write_new(file, replace=True) as part:
        with closing(SqliteDatabase(backup)) as source:
            source.copy_to(part)
        again = _catch_up(part, file, keys, clock)
        verification = verify_engagement(part, ledger=find_ledger(file))
        if verification.problems:
            raise CxassessError(verification.problems)
        kept = _set_aside(file) if file.exists() else None
    return Restoration(verification, again, bool(keys), kept)


def _catch_up(part: Path, file: Path, keys: frozenset[str], clock: Clock) -> int:
    """Bring a copy up to date before it is in its place: its version, and who was erased since."""
    store = open_file(part, clock=clock, keep_copy=False)
    with closing(store.database):
        if keys:
            add_to_ledger(find_ledger(file), keys | read_applied(store))
        store.ledger = find_ledger(file)
        again = apply_ledger(store)
        store.record("restored from a backup")
    return again


def _read_replaced(file: Path, identity: str) -> frozenset[str]:
    """Return who was erased from the file that is to be replaced; CxassessError if it is another engagement."""
    if not file.exists():
        return frozenset()
    own, erased = "", frozenset[str]()
    with (
        suppress(CxassessError, sqlite3.Error),
        closing(SqliteDatabase(file)) as database,
    ):  # damaged: why it is replaced
        store = Store(database, file.name)
        own = store.setting("id")
        erased = read_applied(store)
    if own not in ("", identity):
        what = "The backup is of another engagement than this file."
        raise CxassessError.single(str(file), what, "Name the file that the backup was made of, or a new one.")
    return erased


def _set_aside(file: Path) -> Path:
    """Give a file another name besides, so that its own can be given to the one that comes in its place."""
    number = 1
    while (kept := file.with_name(f"{file.name}.replaced-{number}")).exists():
        number += 1
    journal = file.with_name(f"{file.name}-journal")
    if journal.exists():  # of a damaged file; it must never be taken for the journal of what comes here
        journal.rename(kept.with_name(f"{kept.name}-journal"))
    try:
        os.link(file, kept)
    except OSError:  # a file system without links
        file.rename(kept)
    return kept
