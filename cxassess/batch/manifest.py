"""What a report run did: one entry a report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from cxassess.batch.files import write_whole

MANIFEST_NAME: Final = "manifest.json"
Status = Literal["written", "failed", "not_run"]


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
    notebook: str = ""


@dataclass(frozen=True)
class ReportEntry:
    """One report of a run.

    Parameters
    ----------
    organisation, wave, language : str
        What it is about.
    status : {"written", "failed", "not_run"}
        ``not_run`` where the run was stopped before.
    inputs : str
        Hash of all that went into it; a run that resumes makes the report again if it has changed.
    seconds : float
        Time from the start of its notebook to the last of its files.
    files : tuple of ReportFile
        What was written.
    failure : ReportFailure or None
        Why it failed.
    timing : dict
        Seconds by phase: ``notebook``, ``export``, ``write``.
    """

    organisation: str
    wave: str
    language: str
    status: Status
    inputs: str = ""
    seconds: float = 0.0
    files: tuple[ReportFile, ...] = ()
    failure: ReportFailure | None = None
    timing: dict[str, float] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """Organisation, wave and language: what a folder holds one report of."""
        return (self.organisation, self.wave, self.language)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ReportEntry:
        """Return an entry from what ``asdict`` made of it; TypeError or KeyError if it is something else."""
        failure = values["failure"]
        return cls(
            **{
                **values,
                "files": tuple(ReportFile(**file) for file in values["files"]),
                "failure": ReportFailure(**failure) if failure else None,
            }
        )


@dataclass(frozen=True)
class Manifest:
    """A whole run.

    Parameters
    ----------
    version : str
        Of the program.
    instrument : str
        ``id@version``.
    source : dict
        The responses, as in ``Source``.
    reports : tuple of ReportEntry
        Every report of the run, in the order of the responses.
    stopped : str
        Why the run ended before it was done; empty if it was.
    """

    version: str
    instrument: str
    source: dict[str, Any]
    reports: tuple[ReportEntry, ...] = ()
    stopped: str = ""

    def with_status(self, status: Status) -> tuple[ReportEntry, ...]:
        """Return the reports of one status."""
        return tuple(entry for entry in self.reports if entry.status == status)

    @property
    def failed(self) -> tuple[ReportEntry, ...]:
        """The reports that could not be made."""
        return self.with_status("failed")

    def to_bytes(self) -> bytes:
        """Return the text of ``manifest.json``."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode()

    def write(self, folder: Path) -> Path:
        """Write ``manifest.json`` into a folder and return its path."""
        return write_whole(folder / MANIFEST_NAME, self.to_bytes())


def describe_files(files: Iterable[tuple[str, bytes]]) -> tuple[ReportFile, ...]:
    """Return name, hash and size of files given as (name, content)."""
    return tuple(ReportFile(name, hashlib.sha256(content).hexdigest(), len(content)) for name, content in files)
