"""What all parts of an engagement share: its database, its clock, its settings, its instrument."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from cxassess.engagement.database import Database, Row, Value
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import Instrument, load_instrument
from cxassess.instrument.files import STRUCTURE_FILE
from cxassess.instrument.sources import find_source, read_bytes

Clock = Callable[[], datetime]


def read_clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@dataclass
class Store:
    """An engagement's database with what is needed to work on it.

    Parameters
    ----------
    database : Database
        Open; for one thread.
    name : str
        What to call the engagement in messages: its file's name.
    clock : callable
        Returns the time, in UTC.
    ledger : Path or None
        The file that remembers who was erased, outside of the database.
    """

    database: Database
    name: str
    clock: Clock = read_clock
    ledger: Path | None = None
    _settings: dict[str, str] = field(default_factory=dict, init=False)
    _instruments: dict[tuple[str, str], Instrument] = field(default_factory=dict, init=False)

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """Run a statement and return its rows."""
        return self.database.execute(statement, values)

    def run(self, statement: str, *values: Value) -> None:
        """Run a statement that has no rows."""
        self.database.execute(statement, values)

    def transaction(self) -> AbstractContextManager[None]:
        """Write alone, and commit at the end."""
        return self.database.transaction()

    def now(self) -> str:
        """Return the time as it is stored: UTC, to the second."""
        return self.clock().strftime("%Y-%m-%dT%H:%M:%S")

    def today(self) -> date:
        """Return the day (UTC)."""
        return self.clock().date()

    def setting(self, name: str) -> str:
        """Return a setting, which never changes once the engagement is made."""
        if name not in self._settings:
            self._settings[name] = str(self.rows("SELECT value FROM setting WHERE name = ?", name)[0][0])
        return self._settings[name]

    @property
    def version(self) -> int:
        """Version of the tables; an older one only of a file that is looked at and not opened to be used."""
        return int(self.setting("schema"))

    def instrument(self, reference: str = "", language: str = "") -> Instrument:
        """Return an instrument of the engagement, read from the texts that it keeps.

        Parameters
        ----------
        reference : str
            ``id@version``; the engagement's own if empty.
        language : str
            One of the instrument's; the engagement's if empty.
        """
        key = (reference or self.setting("instrument"), language or self.setting("language"))
        if key not in self._instruments:
            found = self.rows("SELECT name, content FROM instrument_file WHERE instrument = ?", key[0])
            if not found:
                remedy = f"It uses {self.setting('instrument')}."
                raise CxassessError.single(self.name, f"There is no instrument {key[0]} in it.", remedy)
            files = tuple(sorted((str(name), str(content)) for name, content in found))
            try:
                self._instruments[key] = _load(files, key[1])
            except CxassessError as error:
                raise CxassessError([Problem(self.name, one.what, one.remedy) for one in error.problems]) from error
        return self._instruments[key]

    def instrument_files(self, reference: str = "") -> dict[str, bytes]:
        """Return the files of an instrument as they are kept, by name."""
        key = reference or self.setting("instrument")
        found = self.rows("SELECT name, content FROM instrument_file WHERE instrument = ?", key)
        return {str(name): str(content).encode() for name, content in sorted(found)}

    def keep_instrument(self, source: str | Path, language: str) -> str:
        """Put an instrument's files into the database, word for word, and return its reference."""
        reference = load_instrument(source, language).reference
        found = find_source(source)
        files = {STRUCTURE_FILE: found.structure, **{f"{code}.yaml": path for code, path in found.texts.items()}}
        for name, path in files.items():
            content = read_bytes(path)
            if not isinstance(content, bytes):
                raise CxassessError([content])
            insert = "INSERT INTO instrument_file (instrument, name, content) VALUES (?, ?, ?)"
            self.run(insert, reference, name, content.decode())
        return reference

    def record(self, event: str, wave: str = "", detail: str = "") -> None:
        """Write down that something was done; never who answered, and no personal data."""
        number = self.rows("SELECT COALESCE(MAX(number), 0) + 1 FROM audit")[0][0]
        insert = "INSERT INTO audit (number, at, event, wave, detail) VALUES (?, ?, ?, ?, ?)"
        self.run(insert, number, self.now(), event, wave, detail)


@lru_cache(maxsize=16)
def _load(files: tuple[tuple[str, str], ...], language: str) -> Instrument:
    """Load an instrument from its files' contents; the same contents are only read once."""
    with tempfile.TemporaryDirectory(prefix="cxassess-instrument-") as folder:
        for name, content in files:
            (Path(folder) / name).write_bytes(content.encode())
        return load_instrument(Path(folder), language)
