"""The report run: for each organisation, execute the report notebook on its own data and export the files.

The notebook is run by papermill in a kernel of its own. It is handed a folder that holds one organisation's
responses and nothing of any other; names and other user text reach it as values, never as code.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Literal

import nbformat

from cxassess import __version__
from cxassess.errors import CxassessError
from cxassess.instrument import list_shipped
from cxassess.report.manifest import Manifest, ReportEntry, ReportFailure, describe_files, write_whole
from cxassess.report.tasks import ReportFormat, ReportTask
from cxassess.resources import resource_path
from cxassess.responses import write_responses

LONGEST_SOCKET_FOLDER: Final = 90  # a socket's whole path has 107 bytes at most
FAILED_FOLDER: Final = "failed"


def run_reports(
    tasks: Sequence[ReportTask],
    out: Path,
    *,
    formats: Sequence[ReportFormat] = ("pdf",),
    notebook: Path | None = None,
    on_done: Callable[[ReportEntry], None] | None = None,
) -> Manifest:
    """Make reports and write them, with ``manifest.json``, into a folder.

    One report that fails does not stop the others: its executed notebook is kept under ``failed/`` and the manifest
    names the cell and the error.

    Parameters
    ----------
    tasks : sequence of ReportTask
        As ``plan_reports`` returns them.
    out : Path
        Output folder; made if it does not exist.
    formats : sequence of {"pdf", "html"}
        Files to write per report.
    notebook : Path, optional
        A report notebook of one's own, with the same parameters; the project's otherwise.
    on_done : callable, optional
        Called with each finished entry, e.g. to move a progress bar.

    Returns
    -------
    Manifest
        What was written; the same is in ``manifest.json``.
    """
    template = _read_notebook(notebook or resource_path("notebooks/report.ipynb"))
    out.mkdir(parents=True, exist_ok=True)
    entries = []
    for task in tasks:
        entry = _make_report(task, out, formats, template)
        entries.append(entry)
        if on_done:
            on_done(entry)
    source = asdict(tasks[0].responses.source) if tasks else {}
    reference = tasks[0].responses.instrument.reference if tasks else ""
    manifest = Manifest(__version__, reference, source, tuple(entries))
    manifest.write(out)
    return manifest


def _read_notebook(path: Path) -> nbformat.NotebookNode:
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except (ValueError, TypeError, AttributeError, nbformat.ValidationError) as error:
        remedy = "Give a notebook (.ipynb) that JupyterLab opens; begin with a copy of notebooks/report.ipynb."
        raise CxassessError.single(str(path), "this is not a notebook", remedy) from error
    if not any("parameters" in cell.metadata.get("tags", ()) for cell in notebook.cells):
        remedy = "Tag the cell that sets the parameters, as in notebooks/report.ipynb."
        raise CxassessError.single(str(path), "no cell has the tag parameters", remedy)
    return notebook


def _make_report(
    task: ReportTask, out: Path, formats: Sequence[ReportFormat], template: nbformat.NotebookNode
) -> ReportEntry:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="cxassess-") as name:
        folder = Path(name)
        executed = folder / "report.ipynb"
        try:
            done = _execute(template, executed, _hand_over(task, folder), folder)
            files = [(f"{task.name}.{kind}", _export(done, kind)) for kind in formats]
            for file_name, content in files:
                write_whole(out / file_name, content)
        except Exception as error:  # whatever goes wrong in one report must not stop the others
            failure = _keep_failure(error, executed, task, out)
            return _entry(task, begun, "failed", failure=failure)
    return _entry(task, begun, "written", files=describe_files(files))


def _entry(task: ReportTask, begun: float, status: Literal["written", "failed"], **more: Any) -> ReportEntry:
    seconds = round(time.perf_counter() - begun, 2)
    return ReportEntry(task.organisation, task.wave, task.language, status, seconds, **more)


def _hand_over(task: ReportTask, folder: Path) -> dict[str, Any]:
    """Write what the notebook reads, and return its parameters."""
    write_responses(task.responses, folder / "responses.csv")
    parameters: dict[str, Any] = {
        "responses": str(folder / "responses.csv"),
        "organisation": task.organisation,
        "wave": task.wave,
        "language": task.language,
        "instrument": task.instrument if task.instrument in list_shipped() else str(Path(task.instrument).resolve()),
        "brand": str(Path(task.brand).resolve()) if task.brand else "",
        "source": asdict(task.responses.source),
    }
    if task.context is not None:
        path = folder / "context.json"
        known = {task.organisation: task.context.model_dump(mode="json", exclude_defaults=True)}
        path.write_text(json.dumps(known), encoding="utf-8")
        parameters["context"] = str(path)
    if task.benchmark is not None:
        task.benchmark.scores.to_csv(folder / "benchmark.csv", index=False)
        parameters["benchmark"] = str(folder / "benchmark.csv")
    return parameters


def _execute(
    template: nbformat.NotebookNode, executed: Path, parameters: dict[str, Any], folder: Path
) -> nbformat.NotebookNode:
    import papermill  # noqa: PLC0415  (slow to import, and only the run needs it)

    done: nbformat.NotebookNode = papermill.execute_notebook(
        nbformat.from_dict(template),  # type: ignore[no-untyped-call]
        str(executed),
        parameters=parameters,
        progress_bar=False,
        request_save_on_cell_execute=False,
        cwd=str(folder),
        **_private_transport(folder),
    )
    return done


def _private_transport(folder: Path) -> dict[str, Any]:
    """Let the kernel talk over sockets in its own folder, which no other user can open, where there are such sockets.

    Papermill's default is loopback TCP, which is not encrypted.
    """
    if sys.platform == "win32" or len(str(folder)) > LONGEST_SOCKET_FOLDER:
        return {}
    from traitlets.config import Config  # noqa: PLC0415  (comes with papermill)

    return {"config": Config(KernelManager={"transport": "ipc", "ip": str(folder / "k")})}


def _export(notebook: nbformat.NotebookNode, kind: ReportFormat) -> bytes:
    from cxassess.report.exporter import HtmlExporter, PdfExporter  # noqa: PLC0415  (typst and vl-convert are slow)

    exporter = (PdfExporter if kind == "pdf" else HtmlExporter)()
    content, _ = exporter.from_notebook_node(notebook)
    return content if isinstance(content, bytes) else content.encode()


def _keep_failure(error: Exception, executed: Path, task: ReportTask, out: Path) -> ReportFailure:
    kept = ""
    if executed.exists():
        folder = out / FAILED_FOLDER
        folder.mkdir(exist_ok=True)
        kept = f"{FAILED_FOLDER}/{task.name}.ipynb"
        write_whole(out / kept, executed.read_bytes())
    cell = getattr(error, "exec_count", None)
    name = getattr(error, "ename", type(error).__name__)
    message = str(getattr(error, "evalue", error))
    return ReportFailure(cell, name, message, kept)
