"""Engagements in PostgreSQL, for teams that share a host: one schema each, through the same interface as a file."""

from __future__ import annotations

import hashlib
import re
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from cxassess.engagement.address import Address, read_address
from cxassess.engagement.database import BUSY_SECONDS, Row, StorageError, Value
from cxassess.engagement.erasure import apply_ledger
from cxassess.engagement.files import fill
from cxassess.engagement.schema import VERSION, apply_steps, read_version
from cxassess.engagement.store import Clock, Store, read_clock
from cxassess.engagement.text import check_line
from cxassess.errors import CxassessError, Problem

_SECONDS_TO_CONNECT: Final = 10
_WHOLE: Final = "Do it again as a whole: nothing of it is stored."
#: First letters of PostgreSQL's code for an error → what to say.
_FAULTS: Final = {
    "53": ("the server has no room left", "Make room on it. Nothing that was saved before is lost."),
    "55P03": ("the engagement is in use", "Try again; close what else writes to it."),
    "40": ("the engagement is in use", "Try again; close what else writes to it."),
    "25006": ("the server takes no changes", "Name the server that does, not a copy of it."),
    "25P02": ("an earlier fault has ended the transaction", _WHOLE),
    "42501": ("the user has no right to do this", "Have the user granted CREATE on the database."),
    "28": ("the server does not let the user in", "Check user and password (PGPASSWORD)."),
    "3D000": ("there is no such database", "Check its name, or have it made."),
    "57P": ("the server is stopping", "Try again when it is back."),
}


class PostgresDatabase:
    """A schema of a PostgreSQL database, for one thread.

    Whoever writes holds the schema's lock until the transaction ends: two that write wait for one another, as with a
    file.

    Parameters
    ----------
    address : Address
        Where it is; the schema need not be there yet.
    """

    placeholder = "?"
    table_options = ""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._thread = threading.get_ident()
        self._depth = 0
        self._broken = False
        digest = hashlib.sha256(address.schema.encode()).digest()
        self._lock = int.from_bytes(digest[:8], "big", signed=True)
        self._connection = _connect(address)
        try:
            for statement in (
                f'SET search_path TO "{address.schema}"',
                f"SET lock_timeout TO {int(BUSY_SECONDS * 1000)}",
                "SET synchronous_commit TO on",
                "SET client_min_messages TO error",
            ):
                self.execute(statement)
        except BaseException:
            self.close()
            raise

    def execute(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement, with ``?`` for values, and return all its rows."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("a connection belongs to the thread that opened it: open the engagement again")
        numbers = iter(range(1, len(values) + 1))
        with self._explained():
            numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", statement)
            found = self._connection.execute_unnamed(numbered, vals=tuple(values))
        return [tuple(row) for row in found.rows or ()]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write alone from here on, and commit at the end; within another transaction, join it."""
        point = f"s{self._depth}"
        self.execute(f"SAVEPOINT {point}" if self._depth else "BEGIN")
        self._depth += 1
        try:
            if self._depth == 1:
                self.execute("SELECT pg_advisory_xact_lock(?)", (self._lock,))
            yield
            if self._broken:  # a commit would roll back, and say nothing
                raise StorageError.single(str(self.address), *_FAULTS["25P02"])
            self.execute("COMMIT" if self._depth == 1 else f"RELEASE {point}")
        except BaseException:
            with suppress(StorageError):  # without a connection there is nothing to roll back
                self._roll_back(point)
            raise
        finally:
            self._depth -= 1

    def version(self) -> int:
        """Return what stands for the transactions that are seen from now on."""
        seen = str(self.execute("SELECT CAST(txid_current_snapshot() AS TEXT)")[0][0])
        return int.from_bytes(hashlib.sha256(seen.encode()).digest()[:6], "big")

    def scrub(self) -> None:
        """Write every table anew, without what was deleted from it."""
        select = "SELECT tablename FROM pg_tables WHERE schemaname = ?"
        for (table,) in self.execute(select, (self.address.schema,)):
            self.execute(f'VACUUM (FULL) "{table}"')

    def close(self) -> None:
        """Close the connection."""
        with suppress(Exception):  # it may be gone already
            self._connection.close()

    def _roll_back(self, point: str) -> None:
        if self._depth == 1:
            self.execute("ROLLBACK")
        else:
            self.execute(f"ROLLBACK TO {point}")
        self._broken = False
        if self._depth > 1:
            self.execute(f"RELEASE {point}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        faults = import_module("pg8000.exceptions")
        try:
            yield
        except faults.DatabaseError as error:
            self._broken = self._depth > 0
            said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
            if str(said.get("C", "")).startswith("23"):
                raise  # a fault of the program, not of the database
            raise _explain(self.address, said) from error
        except (faults.InterfaceError, OSError) as error:
            what, remedy = "the connection to the server is gone", "Open the engagement again when the server is back."
            raise StorageError.single(str(self.address), what, remedy) from error


def create_schema(
    path: str | Path, *, organisation: str, language: str, instrument: str | Path, clock: Clock = read_clock
) -> Store:
    """Make a new engagement in PostgreSQL.

    Raises
    ------
    CxassessError
        If there is one of this name, the server can't be used, or as for a file.
    """
    address = read_address(path)
    problems = check_line("organisation", "organisation’s name", organisation)
    if problems:
        raise CxassessError(problems)
    database = PostgresDatabase(address)
    try:
        store = _make_store(database, clock)
        with database.transaction():
            if _is_there(database):
                remedy = "Choose another name; an engagement is never overwritten."
                raise CxassessError.single(str(address), "There is an engagement of this name already.", remedy)
            database.execute(f'CREATE SCHEMA "{address.schema}"')
            fill(store, organisation=organisation, language=language, instrument=instrument)
    except BaseException:
        database.close()
        raise
    return store


def open_schema(path: str | Path, *, clock: Clock = read_clock) -> Store:
    """Open an engagement in PostgreSQL; one of an older version is brought up to date.

    Raises
    ------
    CxassessError
        If there is none of this name, or it was made by a newer version of the program.
    """
    address = read_address(path)
    database = PostgresDatabase(address)
    try:
        if not _is_there(database):
            remedy = "Check the name, or make it: cxassess engagement new."
            raise CxassessError.single(str(address), "There is no engagement of this name.", remedy)
        version = read_version(database)
        if version > VERSION:
            what = f"It has version {version}; this program knows versions up to {VERSION}."
            raise CxassessError.single(str(address), what, "Install a newer version of cxassess.")
        if version < VERSION:
            with database.transaction():
                apply_steps(database, read_version(database))
        store = _make_store(database, clock)
        apply_ledger(store)
    except BaseException:
        database.close()
        raise
    return store


def _make_store(database: PostgresDatabase, clock: Clock) -> Store:
    address = database.address
    return Store(database, address.engagement, clock, Path(address.ledger) if address.ledger else None)


def _is_there(database: PostgresDatabase) -> bool:
    select = "SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = 'setting'"
    return bool(database.execute(select, (database.address.schema,)))


def _connect(address: Address) -> Any:
    try:
        native, faults = import_module("pg8000.native"), import_module("pg8000.exceptions")
    except ImportError:
        what = "The driver for PostgreSQL is not installed."
        raise CxassessError.single(str(address), what, "Install it: pip install 'cxassess[postgres]'.") from None
    socket = f"{address.host}/.s.PGSQL.{address.port}" if address.host.startswith("/") else None
    try:
        return native.Connection(
            address.user,
            host=address.host or "localhost",
            port=address.port,
            database=address.database,
            password=address.password or None,
            unix_sock=socket,
            timeout=_SECONDS_TO_CONNECT,
            application_name="cxassess",
            ssl_context=None if address.is_local else _make_context(address),
        )
    except faults.DatabaseError as error:
        said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        raise _explain(address, said) from None
    except (faults.InterfaceError, OSError):
        what = "The server can’t be reached, has no such database, or does not let the user in."
        remedy = "Check host, port and database; that it speaks TLS if it is another machine; user, and PGPASSWORD."
        raise StorageError.single(str(address), what, remedy) from None


def _make_context(address: Address) -> ssl.SSLContext:
    """Return what checks that the server on another machine is the right one."""
    return ssl.create_default_context(cafile=address.root_certificate or None)


def _explain(address: Address, said: dict[str, Any]) -> StorageError:
    code = str(said.get("C", ""))
    known = next((words for start, words in _FAULTS.items() if code.startswith(start)), None)
    what, remedy = known or (f"the server says: {said.get('M', 'nothing')} ({code})", "Ask whoever runs the server.")
    return StorageError([Problem(str(address), what, remedy)])
