"""What a report run did: one entry a report, written so that it is whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True)
class ReportFile:
    """A file that was written: its name in the output folder, SHA-256 in hex, and size in bytes."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class ReportFailure:
    """Why a report failed: the notebook cell (counted from 1, as Jupyter shows it), the error, the kept notebook."""

    cell: int | None
    error: str
    message: str
    notebook: str


@dataclass(frozen=True)
class ReportEntry:
    """One report of a run."""

    organisation: str
    wave: str
    language: str
    status: Literal["written", "failed"]
    seconds: float
    files: tuple[ReportFile, ...] = ()
    failure: ReportFailure | None = None


@dataclass(frozen=True)
class Manifest:
    """A whole run: what it was made of, and its reports."""

    version: str
    instrument: str
    source: dict[str, Any]
    reports: tuple[ReportEntry, ...] = field(default=())

    @property
    def failed(self) -> tuple[ReportEntry, ...]:
        """The reports that could not be written."""
        return tuple(entry for entry in self.reports if entry.status == "failed")

    def write(self, folder: Path) -> Path:
        """Write ``manifest.json`` into a folder and return its path."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        return write_whole(folder / MANIFEST_NAME, (text + "\n").encode())


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file so that nobody ever sees half of it: a part file beside it, then one atomic rename."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def describe_files(files: Iterable[tuple[str, bytes]]) -> tuple[ReportFile, ...]:
    """Return name, hash and size of files given as (name, content)."""
    return tuple(ReportFile(name, hashlib.sha256(content).hexdigest(), len(content)) for name, content in files)
