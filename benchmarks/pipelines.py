"""Ways of making one report, each in a process that is warm: everything is imported, and one report was made."""

from __future__ import annotations

import functools
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from benchmarks.workload import Job

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True)
class Made:
    """One report: the seconds it took, by phase, and the hash of the PDF."""

    seconds: float
    sha256: str
    phases: dict[str, float] = field(default_factory=dict)


ENGINE: Final = "forked"

Pipeline = Callable[[Job], Made]


def missing() -> dict[str, str]:
    """Return which pipelines can't be used here, and why."""
    found = {}
    if find_spec("playwright") is None:
        found["A"] = "left out: Playwright is not installed"
    elif CHROMIUM is None:
        found["A"] = "left out: Chromium is not installed"
    if not entry_points(group="papermill.engine", name=ENGINE):
        found["B+"] = "left out: there is no such engine for papermill"
    return found


def with_browser(job: Job) -> Made:
    """Papermill with its defaults, then nbconvert's PDF through headless Chromium: what a user would do."""
    from nbconvert.exporters import WebPDFExporter  # noqa: PLC0415  (only where this pipeline runs)

    _use_installed_browser()
    # Chromium's sandbox can't be had as root, nor in most containers.
    return _from_notebook(job, WebPDFExporter(disable_sandbox=True, exclude_input=True))  # type: ignore[no-untyped-call]


def with_exporter(job: Job) -> Made:
    """Papermill with its defaults, then the project's own exporter in the same process."""
    from cxassess.report.exporter import PdfExporter  # noqa: PLC0415  (only where this pipeline runs)

    return _from_notebook(job, PdfExporter())  # type: ignore[no-untyped-call]


def with_forked_kernel(job: Job) -> Made:
    """Papermill with the project's engine, then the project's exporter: ``papermill --engine forked``."""
    from cxassess.report.exporter import PdfExporter  # noqa: PLC0415  (only where this pipeline runs)

    return _from_notebook(job, PdfExporter(), engine_name=ENGINE)  # type: ignore[no-untyped-call]


def _from_notebook(job: Job, exporter: Any, **options: str) -> Made:
    import papermill  # noqa: PLC0415  (only where these pipelines run)

    from cxassess.resources import resource_path  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="cxbench-") as folder:
        executed = Path(folder) / "report.ipynb"
        begun = time.perf_counter()
        notebook = papermill.execute_notebook(
            str(resource_path("notebooks/report.ipynb")),
            str(executed),
            parameters=job.parameters,
            kernel_name="python3",
            progress_bar=False,
            **options,
        )
        ran = time.perf_counter()
        content, _ = exporter.from_filename(str(executed))
        (Path(folder) / "report.pdf").write_bytes(content)
        ended = time.perf_counter()
    cells = sum(cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in notebook.cells)
    phases = {"kernel and saving": ran - begun - cells, "cells": cells, "PDF": ended - ran}
    return Made(ended - begun, _hash(content), phases)


def without_notebook(job: Job) -> Made:
    """No notebook: score, build the pages, make the PDF. Nothing that makes the same report can be faster."""
    from cxassess import assess, render_pdf  # noqa: PLC0415  (only where this pipeline runs)

    begun = time.perf_counter()
    assessment = assess(
        job.responses, organisation=job.organisation, context=job.context, language=job.language, source=job.source
    )
    scored = time.perf_counter()
    document = assessment.report().document.to_dict()
    built = time.perf_counter()
    content = render_pdf(document)
    with tempfile.TemporaryDirectory(prefix="cxbench-") as folder:
        (Path(folder) / "report.pdf").write_bytes(content)
    ended = time.perf_counter()
    return Made(
        ended - begun, _hash(content), {"scores": scored - begun, "pages": built - scored, "PDF": ended - built}
    )


def _hash(content: bytes) -> str:
    if not content.startswith(b"%PDF-"):
        raise ValueError("a pipeline made no PDF")
    return hashlib.sha256(content).hexdigest()


@functools.cache
def _use_installed_browser() -> None:
    """Let Playwright start the system's Chromium: nbconvert has no setting for it, and would download one."""
    from playwright.async_api import BrowserType  # noqa: PLC0415  (only where this pipeline runs)

    launch = BrowserType.launch

    async def launch_installed(self: Any, **options: Any) -> Any:
        return await launch(self, executable_path=CHROMIUM, **options)

    BrowserType.launch = launch_installed  # type: ignore[method-assign]
