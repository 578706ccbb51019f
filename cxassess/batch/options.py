"""How a run is done, and by whom; none of it changes a byte of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

from cxassess.batch.pool import Outcome, count_cores
from cxassess.batch.tasks import ReportFormat
from cxassess.resources import resource_path

Item = TypeVar("Item")
Result = TypeVar("Result")

DEFAULT_TIMEOUT: Final = 300
DEFAULT_MEMORY: Final = 4096


class Executor(Protocol):
    """Who does the work: processes of this machine, or a cluster."""

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item], *, timeout: float
    ) -> Iterator[Outcome[Item, Result]]:
        """Call a function for each item, and return what became of each, as it comes in."""


@dataclass(frozen=True)
class RunOptions:
    """How a run is done.

    Parameters
    ----------
    formats : tuple of {"pdf", "html"}
        Files to write per report.
    notebook : Path or None
        A report notebook of one's own, with the same parameters; the project's otherwise.
    workers : int
        Worker processes; 0 for one a core.
    resume : bool
        Keep what earlier runs wrote, where nothing that goes into it has changed.
    timeout : int
        Seconds that a cell of a notebook may take.
    memory : int
        MiB that a notebook's kernel may take; 0 for no limit. Holds on Linux.
    """

    formats: tuple[ReportFormat, ...] = ("pdf",)
    notebook: Path | None = None
    workers: int = 0
    resume: bool = False
    timeout: int = DEFAULT_TIMEOUT
    memory: int = DEFAULT_MEMORY

    @property
    def notebook_path(self) -> Path:
        """The notebook to run."""
        return self.notebook or resource_path("notebooks/report.ipynb")

    def count_workers(self, reports: int) -> int:
        """Return how many processes to start for some reports: as asked or one a core, and no more than reports."""
        return max(1, min(self.workers or count_cores(), reports))
