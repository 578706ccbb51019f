"""The one small interface that the engagement needs of a database, and SQLite behind it.

Statements are written in the subset of SQL that SQLite and PostgreSQL share, with ``?`` for values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

from cxassess.errors import CxassessError, Problem

Value = str | int | None
Row = tuple[Value, ...]

BUSY_SECONDS: Final = 5.0
_MOST_VERSIONS: Final = 2**31


class StorageError(CxassessError):
    """The database can't do what was asked: full, locked, read-only or damaged. What was committed is still there."""


class Database(Protocol):
    """What the engagement needs of a database.

    Attributes
    ----------
    placeholder : str
        How the driver marks a value in a statement.
    table_options : str
        What follows ``CREATE TABLE … (…)`` so that rows are kept by their key, not in the order they came in.
    """

    placeholder: str
    table_options: str

    def execute(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement, with ``?`` for values, and return all its rows."""

    def transaction(self) -> AbstractContextManager[None]:
        """Begin to write, alone; commit at the end, or roll back if there was an exception.

        Within another transaction it joins that one: an exception takes back its own statements only.
        """

    def version(self) -> int:
        """Return a number that is another after every commit, whoever wrote: cheap, for asking often."""

    def scrub(self) -> None:
        """Write what is stored anew, without what deleted rows may have left behind; not within a transaction."""

    def close(self) -> None:
        """Give the connection back; what is not committed is lost."""


class SqliteDatabase:
    """A SQLite file, for one thread.

    A rollback journal, synchronised with the disk on every commit, and zeros over what is deleted. ``EXTRA`` also
    synchronises the folder once the journal is gone: without it, a power cut may bring the journal back, and take away
    what had been acknowledged.

    Parameters
    ----------
    path : Path
        An existing file.
    patience : float
        Seconds to wait for whoever else works on it.
    """

    placeholder = "?"
    table_options = "WITHOUT ROWID"
    _PRAGMAS: Final = (
        "journal_mode = DELETE",
        "synchronous = EXTRA",
        "secure_delete = ON",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
    )

    def __init__(self, path: Path, patience: float = BUSY_SECONDS) -> None:
        self.path = path
        self._depth = 0
        with self._explained():
            uri = f"{path.resolve().as_uri()}?mode=rw"
            self._connection = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None)
            try:
                for pragma in self._PRAGMAS:
                    self._connection.execute(f"PRAGMA {pragma}")
            except sqlite3.Error:
                self._connection.close()
                raise

    def execute(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement, and return all its rows."""
        if self._depth and not self._connection.in_transaction:
            what = "an earlier fault has ended the transaction"
            raise StorageError.single(str(self.path), what, "Nothing of it is stored: do it again as a whole.")
        with self._explained():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write alone from here on, and commit at the end; within another transaction, join it."""
        begin, end, undo = (
            ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
            if not self._depth
            else (f"SAVEPOINT s{self._depth}", f"RELEASE s{self._depth}", f"ROLLBACK TO s{self._depth}")
        )
        self.execute(begin)
        before = self._connection.total_changes
        self._depth += 1
        try:
            yield
            if self._depth == 1 and self._connection.total_changes != before:
                # in the file's header, which is written anyway; unlike SQLite's own counters, any connection can ask
                self.execute(f"PRAGMA user_version = {(self.version() + 1) % _MOST_VERSIONS}")
            self.execute(end)
        except BaseException:
            if self._connection.in_transaction:  # a full disk has ended it already
                self._connection.execute(undo)
                if self._depth > 1:
                    self._connection.execute(f"RELEASE s{self._depth - 1}")
            raise
        finally:
            self._depth -= 1

    def version(self) -> int:
        """Return the number of commits so far."""
        return int(self.execute("PRAGMA user_version")[0][0] or 0)

    def scrub(self) -> None:
        """Build the file anew from its rows."""
        self.execute("VACUUM")

    def copy_to(self, target: Path) -> None:
        """Copy the file as it is at one moment, whoever else writes to it, into an empty one."""
        with self._explained(), closing(sqlite3.connect(target, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            self._connection.backup(connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise  # a fault of the program, not of the file
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.ProgrammingError):
                raise
            raise _explain(self.path, error) from error


def _explain(path: Path, error: sqlite3.Error) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    what, remedy = {
        sqlite3.SQLITE_FULL: ("the disk is full", "Make room. Nothing that was saved before is lost."),
        sqlite3.SQLITE_BUSY: ("the file is in use", "Try again; close what else writes to it."),
        sqlite3.SQLITE_LOCKED: ("the file is in use", "Try again; close what else writes to it."),
        sqlite3.SQLITE_READONLY: ("the file can’t be written", "Check the rights of the file and of its folder."),
        sqlite3.SQLITE_CANTOPEN: ("the file can’t be opened", "Check that it is there, and its folder’s rights."),
        sqlite3.SQLITE_IOERR: (f"the disk reports a fault ({error})", "Check the disk and the space left on it."),
        sqlite3.SQLITE_NOTADB: ("this is not an engagement", "Name a file made by `cxassess engagement new`."),
        sqlite3.SQLITE_CORRUPT: ("the file is damaged", "Restore it from a backup; keep the damaged file."),
    }.get(code, (f"the database says: {error}", "Check the file with `cxassess engagement verify`."))
    return StorageError([Problem(str(path), what, remedy)])
