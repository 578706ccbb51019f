"""One engagement, one file: made, opened, brought up to date."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from cxassess.engagement.address import is_address
from cxassess.engagement.database import BUSY_SECONDS, SqliteDatabase, StorageError
from cxassess.engagement.erasure import apply_ledger
from cxassess.engagement.ledger import find_ledger
from cxassess.engagement.schema import VERSION, apply_steps, read_version
from cxassess.engagement.store import Clock, Store, read_clock
from cxassess.engagement.text import check_line, clean_line
from cxassess.errors import CxassessError, Problem

#: Stands in the file's header, and tells an engagement from any other SQLite file: “CXA1”.
APPLICATION_ID: Final = 0x43584131


def is_engagement(path: str | Path) -> bool:
    """Whether a file is an engagement, judged by its head; also whether it is the address of one.

    It is read by SQLite, and as if nobody else had it: to open and close it in any other way would take from this
    process the locks of all its connections to the file, and let another write in the middle of their transactions.
    """
    if is_address(path):
        return True
    try:
        if not Path(path).is_file():
            return False
        uri = f"{Path(path).resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            found = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error as error:  # one that is cut off may have been one: it is for whoever opens it to say
        return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CORRUPT
    except (OSError, ValueError):
        return False
    return bool(found == (APPLICATION_ID,))


def create_file(path: str | Path, *, organisation: str, language: str, instrument: str | Path, clock: Clock) -> Store:
    """Make the file of a new engagement, which only this user may read.

    Raises
    ------
    CxassessError
        If the file exists, the organisation's name is no name, or the instrument can't be used.
    """
    path = Path(path)
    problems = check_line("organisation", "organisation’s name", organisation)
    if problems:
        raise CxassessError(problems)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        remedy = "Choose another name; an engagement is never overwritten."
        raise CxassessError.single(str(path), "The file is there already.", remedy) from None
    except OSError as error:
        remedy = "Check the folder, its rights and the free space."
        raise CxassessError.single(str(path), f"The file can’t be made: {error.strerror}.", remedy) from error
    try:
        database = SqliteDatabase(path)
        try:
            store = Store(database, path.name, clock, find_ledger(path))
            with database.transaction():
                database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                fill(store, organisation=organisation, language=language, instrument=instrument)
        except BaseException:
            database.close()
            raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return store


def fill(store: Store, *, organisation: str, language: str, instrument: str | Path) -> None:
    """Make the tables of a new engagement in an empty database, as part of a transaction."""
    apply_steps(store.database)
    reference = store.keep_instrument(instrument, language)
    settings = {
        "id": secrets.token_hex(16),
        "organisation": clean_line(organisation),
        "language": language,
        "instrument": reference,
        "created_on": store.today().isoformat(),
    }
    for name, value in settings.items():
        store.run("INSERT INTO setting (name, value) VALUES (?, ?)", name, value)
    store.instrument()
    store.record("engagement made", detail=reference)


def open_file(
    path: str | Path, *, clock: Clock = read_clock, keep_copy: bool = True, patience: float = BUSY_SECONDS
) -> Store:
    """Open the file of an engagement; one of an older version is brought up to date, and a copy kept beside it.

    Whoever was erased, by the ledger beside it, and is in the file nevertheless, is erased again.

    Raises
    ------
    CxassessError
        If there is no such file, or it is something else, damaged, or made by a newer version of the program.
    """
    path = Path(path)
    if not path.is_file():
        raise CxassessError.single(str(path), "There is no such file.", "Check the name and the folder.")
    if not is_engagement(path):
        remedy = "Name a file made by `cxassess engagement new`; if this was one, restore it from a backup."
        raise CxassessError.single(str(path), "This is not an engagement.", remedy)
    database = SqliteDatabase(path, patience)
    try:
        _refuse_damaged(database)
        version = read_version(database)
        if version > VERSION:
            what = f"The file has version {version}; this program knows versions up to {VERSION}."
            raise CxassessError.single(str(path), what, "Install a newer version of cxassess.")
        if version < VERSION:
            _migrate(database, version, keep_copy=keep_copy)
        store = Store(database, path.name, clock, find_ledger(path))
        apply_ledger(store)
    except BaseException:
        database.close()
        raise
    return store


def _refuse_damaged(database: SqliteDatabase) -> None:
    try:
        found = [str(row[0]) for row in database.execute("PRAGMA quick_check(3)")]
    except StorageError:
        found = ["unreadable"]
    if found != ["ok"]:
        remedy = "Restore it from a backup; keep the damaged file for whoever can look into it."
        raise CxassessError([Problem(str(database.path), "The file is damaged.", remedy)])


def _migrate(database: SqliteDatabase, version: int, *, keep_copy: bool) -> None:
    if keep_copy:
        _copy_beside(database.path, version)
    with database.transaction():
        apply_steps(database, read_version(database))


def _copy_beside(path: Path, version: int) -> Path:
    """Copy a file as it was, whole, for this user only."""
    number = 0
    while True:
        copy = path.with_name(f"{path.name}.version{version}{f'-{number}' if number else ''}")
        try:
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            break
        except FileExistsError:
            number += 1
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        what = f"The file is of an older version, and can’t be copied before it is changed: {error}."
        raise StorageError.single(str(path), what, "Make room beside it.") from error
    return copy
