"""One report, in a worker: hand the notebook its scores, run it in a kernel of its own, write the files."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import nbformat

from cxassess.batch.destination import Destination, open_destination
from cxassess.batch.files import FolderError
from cxassess.batch.handover import SCORES_NAME
from cxassess.batch.manifest import ReportEntry, ReportFailure, describe_files
from cxassess.batch.tasks import ReportFormat
from cxassess.scoring.benchmark import Row
from cxassess.scoring.stored import put_benchmarks

FAILED_FOLDER: Final = "failed"
ENGINE: Final = "forked"


@dataclass(frozen=True)
class ReportJob:
    """Everything that one report needs, and nothing of any other.

    Parameters
    ----------
    entry : ReportEntry
        The report, not yet run.
    name : str
        Name of its files, without suffix.
    files : mapping
        Path in the notebook's folder → content of the files that it reads.
    parameters : mapping
        Values for the notebook.
    places : list or None
        The organisation's places among the others of the run: rows of ``benchmarks``, for its scores.
    formats : tuple of {"pdf", "html"}
        What to write.
    out : str
        Folder to write to.
    scratch : str
        Folder for the notebook's own folder; the system's temporary one if empty.
    notebook : mapping
        The report notebook.
    timeout : int
        Seconds that a cell may take.
    memory : int
        MiB that the kernel may take; 0 for no limit.
    """

    entry: ReportEntry
    name: str
    files: Mapping[str, bytes]
    parameters: Mapping[str, Any]
    places: list[Row] | None
    formats: tuple[ReportFormat, ...]
    out: str
    scratch: str
    notebook: Mapping[str, Any]
    timeout: int
    memory: int


@dataclass
class _Clock:
    """Seconds by phase."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - begun, 4)


def get_ready(formats: tuple[ReportFormat, ...]) -> None:
    """Load in a worker what makes the files, so that its first report is as quick as the others."""
    import papermill  # noqa: F401, PLC0415  (slow to load)

    from cxassess.report.files import warm_renderers  # noqa: PLC0415

    warm_renderers(formats)


def make_report(job: ReportJob) -> ReportEntry:
    """Make one report and write its files.

    Returns
    -------
    ReportEntry
        Written or failed: whatever goes wrong in a report is said there.

    Raises
    ------
    FolderError
        If the output folder takes no more files; no other report could be written either.
    """
    clock = _Clock()
    out = open_destination(job.out)
    with tempfile.TemporaryDirectory(dir=job.scratch or None, prefix="r-", ignore_cleanup_errors=True) as name:
        executed = Path(name) / "report.ipynb"
        try:
            with clock.phase("notebook"):
                notebook = _execute(job, executed, Path(name))
            with clock.phase("export"):
                files = _export(notebook, job)
            with clock.phase("write"):
                for file_name, content in files:
                    out.write(file_name, content)
        except FolderError:
            raise
        except Exception as error:  # whatever goes wrong in one report must not stop the others
            failure = _keep_failure(error, executed, job.name, out)
            return _finish(job.entry, clock, status="failed", failure=failure)
    return _finish(job.entry, clock, status="written", files=describe_files(files))


def _finish(entry: ReportEntry, clock: _Clock, **more: Any) -> ReportEntry:
    return replace(entry, seconds=round(sum(clock.seconds.values()), 3), timing=clock.seconds, **more)


def _execute(job: ReportJob, executed: Path, folder: Path) -> nbformat.NotebookNode:
    """Run the notebook as ``papermill.execute_notebook`` does, but save it only if it failed: saving takes longer."""
    from papermill.execute import raise_for_execution_errors  # noqa: PLC0415  (slow to import)
    from papermill.parameterize import parameterize_notebook  # noqa: PLC0415

    from cxassess.kernels.engine import ForkedEngine  # noqa: PLC0415

    (folder / "tmp").mkdir()
    for name, content in _own_files(job).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    environment = {
        **os.environ,
        "CXASSESS_PREVIEW": "off",
        "KERNEL_MEMORY_LIMIT": str(job.memory),
        "TMPDIR": str(folder / "tmp"),
    }
    notebook = _fresh_copy(job.notebook)
    done = ForkedEngine.execute_notebook(
        parameterize_notebook(notebook, dict(job.parameters), engine_name=ENGINE),
        ForkedEngine.nb_kernel_name(notebook),
        str(executed),  # written by the engine if the kernel dies
        progress_bar=False,
        execution_timeout=job.timeout,
        env=environment,
        resources={"metadata": {"path": str(folder)}},
    )
    raise_for_execution_errors(done, str(executed))  # writes the notebook before it raises
    return done


def _fresh_copy(template: Mapping[str, Any]) -> nbformat.NotebookNode:
    """Return a notebook of its own, with the places where papermill writes."""
    notebook: nbformat.NotebookNode = nbformat.from_dict(dict(template))  # type: ignore[no-untyped-call]
    notebook.metadata.setdefault("papermill", {})
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata.setdefault("papermill", {})
    return notebook


def _own_files(job: ReportJob) -> Mapping[str, bytes]:
    if job.places is None:
        return job.files
    return {**job.files, SCORES_NAME: put_benchmarks(job.files[SCORES_NAME], job.places)}


def _export(notebook: nbformat.NotebookNode, job: ReportJob) -> list[tuple[str, bytes]]:
    # the engines of charts and PDF are slow to load, and their threads must not be in a process that forks
    from cxassess.report.files import render_files  # noqa: PLC0415
    from cxassess.report.notebook import notebook_document  # noqa: PLC0415

    document = notebook_document(notebook, name=job.name, language=job.entry.language)
    return [(f"{job.name}.{kind}", content) for kind, content in render_files(document, job.formats).items()]


def _keep_failure(error: Exception, executed: Path, name: str, out: Destination) -> ReportFailure:
    """Keep the notebook of a failed report, as far as it came, with its pages to be seen in any viewer."""
    cell, kept = getattr(error, "exec_count", None), ""
    if executed.exists():
        from cxassess.report.display import add_previews  # noqa: PLC0415

        notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        cell = cell or _stopped_at(notebook)
        kept = f"{FAILED_FOLDER}/{name}.ipynb"
        out.write(kept, nbformat.writes(add_previews(notebook)).encode())  # type: ignore[no-untyped-call]
    message = str(getattr(error, "evalue", error)).strip()
    return ReportFailure(cell, getattr(error, "ename", type(error).__name__), message, kept)


def _stopped_at(notebook: nbformat.NotebookNode) -> int | None:
    """Return the number of the code cell that was running when its kernel ended."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ran = [cell for cell in code if cell.metadata.get("papermill", {}).get("start_time")]
    return len(ran) or None
