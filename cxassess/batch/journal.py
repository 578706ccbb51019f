"""The run's memory: each finished report is a line on disk at once, so that a kill loses none of them.

While a run goes on, the folder holds ``manifest.journal``; at its end, however it ends, the journal becomes
``manifest.json``. After a kill −9 the journal is still there, and the next run reads it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from cxassess.batch.destination import Destination
from cxassess.batch.files import FolderError, remove_parts
from cxassess.batch.manifest import MANIFEST_NAME, Manifest, ReportEntry
from cxassess.errors import CxassessError

JOURNAL_NAME: Final = "manifest.journal"
_RESERVE_NAME: Final = ".manifest.reserve"
_BYTES_PER_REPORT: Final = 1_500
_SECONDS_BETWEEN: Final = 10

Key = tuple[str, str, str]


class Journal:
    """The journal of one run in one folder, which nobody else may write to meanwhile.

    A file is kept in reserve beside it, so that a manifest can be written even when the disk is full.

    Parameters
    ----------
    folder : Path
        The output folder; must exist.
    reports : int
        How many there will be at most.
    keep : bool
        Go on with the journal that a killed run left; begin anew otherwise.

    Raises
    ------
    CxassessError
        If another run is writing to the folder.
    FolderError
        If nothing can be written there.
    """

    def __init__(self, folder: Path, reports: int, *, keep: bool = False) -> None:
        self._folder = folder
        path = folder / JOURNAL_NAME
        try:
            self._stream = path.open("ab")
            _lock(self._stream, folder)
            if keep:
                self._stream.write(b"\n")  # the last line may have been cut short
            else:
                self._stream.truncate(0)
                (folder / MANIFEST_NAME).unlink(missing_ok=True)
            with (folder / _RESERVE_NAME).open("wb") as reserve:
                reserve.write(os.urandom(_BYTES_PER_REPORT * (reports + 20)))
        except OSError as error:
            raise FolderError(str(folder), error.strerror or str(error)) from error
        remove_parts(folder)

    def __enter__(self) -> Self:
        return self

    def add(self, entry: ReportEntry) -> None:
        """Write one finished report, so that it survives whatever happens next."""
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        try:
            self._stream.write(line.encode())
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise FolderError(str(self._folder), error.strerror or str(error)) from error

    def close(self, manifest: Manifest) -> None:
        """Replace the journal by the manifest."""
        (self._folder / _RESERVE_NAME).unlink(missing_ok=True)
        manifest.write(self._folder)
        (self._folder / JOURNAL_NAME).unlink(missing_ok=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # a full disk may refuse the last buffered line once more
            self._stream.close()
        (self._folder / _RESERVE_NAME).unlink(missing_ok=True)


def _lock(stream: IO[bytes], folder: Path) -> None:
    """Take the journal for this process; the system gives it back when the process ends, however that happens."""
    try:
        import fcntl  # noqa: PLC0415  (not on Windows, where an open file can't be replaced by another run anyway)
    except ImportError:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        stream.close()
        remedy = "Wait until it has ended, or write to another folder."
        raise CxassessError.single(str(folder), "another run is writing to this folder", remedy) from error


class RemoteJournal:
    """The journal of a run that writes to a URL, where nothing can be added to a file: a manifest every few seconds.

    Parameters
    ----------
    destination : Destination
        Where the reports go.
    draft : callable
        Returns the manifest as it is now.
    """

    def __init__(self, destination: Destination, draft: Callable[[], Manifest]) -> None:
        self._destination, self._draft = destination, draft
        self._written = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def add(self, entry: ReportEntry) -> None:
        """Take note of one finished report."""
        if time.monotonic() - self._written > _SECONDS_BETWEEN:
            self.close(self._draft())

    def close(self, manifest: Manifest) -> None:
        """Write the manifest."""
        self._destination.write(MANIFEST_NAME, manifest.to_bytes())
        self._written = time.monotonic()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""


def read_entries(folder: Destination) -> dict[Key, ReportEntry]:
    """Return what earlier runs wrote down about a folder: the manifest's entries and, over them, the journal's.

    What can't be read, as the last line of a run that was killed while writing it, counts as not there.
    """
    entries: list[ReportEntry] = []
    with contextlib.suppress(ValueError, TypeError, KeyError):
        manifest = json.loads(folder.read(MANIFEST_NAME) or b"{}")
        entries += [ReportEntry.from_dict(values) for values in manifest["reports"]]
    for line in (folder.read(JOURNAL_NAME) or b"").splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            entries.append(ReportEntry.from_dict(json.loads(line)))
    return {entry.key: entry for entry in entries}


def find_valid(folder: Destination, inputs: Mapping[Key, str], kinds: Sequence[str]) -> dict[Key, ReportEntry]:
    """Return the reports of earlier runs that need not be made again.

    A report is valid if it was made from the same inputs, and each of its files is there as it was written.

    Parameters
    ----------
    folder : Destination
        Where the reports are.
    inputs : mapping
        Report → hash of what would go into it now.
    kinds : sequence of str
        The formats wanted: a report without one of them is made again.
    """
    valid = {}
    for key, entry in read_entries(folder).items():
        wanted = inputs.get(key)
        suffixes = {file.name.rpartition(".")[2] for file in entry.files}
        same = entry.status == "written" and entry.inputs == wanted and suffixes >= set(kinds)
        if same and all(_is_intact(folder.read(file.name), file.sha256) for file in entry.files):
            valid[key] = entry
    return valid


def _is_intact(content: bytes | None, sha256: str) -> bool:
    return content is not None and hashlib.sha256(content).hexdigest() == sha256
