"""The project's own way: one command for many reports, ``cxassess report … --workers N``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import median_phases
from benchmarks.memory import TreeMemory
from benchmarks.workload import LANGUAGE, Workload


@dataclass(frozen=True)
class Run:
    """A whole run.

    Parameters
    ----------
    reports, seconds : int, float
        How many, and the time of the whole command, from its start to its end.
    hashes : dict
        Organisation → hash of its PDF.
    phases : dict
        Median seconds by phase of a report, as the manifest has them.
    memory : float or None
        Peak memory of the command and all its processes in MiB, where it was watched.
    """

    reports: int
    seconds: float
    hashes: dict[str, str]
    phases: dict[str, float]
    memory: float | None = None


def run_command(load: Workload, size: int, workers: int, *, watch: bool = False) -> Run:
    """Make the reports of the first organisations in one run.

    Parameters
    ----------
    load : Workload
        What to make.
    size : int
        How many; one of ``load.runs``.
    workers : int
        Worker processes.
    watch : bool
        Watch its memory; costs a little time.

    Raises
    ------
    RuntimeError
        If the command fails, with the end of what it said.
    """
    with tempfile.TemporaryDirectory(prefix="cxbench-") as folder:
        out, log = Path(folder) / "out", Path(folder) / "log"
        command = [sys.executable, "-c", "from cxassess.cli import main; main()", "report", str(load.runs[size])]
        command += ["--context", str(load.context), "--language", LANGUAGE, "--workers", str(workers)]
        begun = time.perf_counter()
        with (
            log.open("wb") as stream,
            subprocess.Popen([*command, "--out", str(out)], stdout=stream, stderr=subprocess.STDOUT) as process,
        ):
            memory = None
            if watch:
                with TreeMemory([process.pid]) as tree:
                    process.wait()
                memory = tree.peak
            code = process.wait()
        seconds = time.perf_counter() - begun
        if code:
            said = log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"cxassess report ended with exit code {code}:\n{said[-2000:]}")
        reports = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["reports"]
    hashes = {report["organisation"]: report["files"][0]["sha256"] for report in reports}
    return Run(len(reports), seconds, hashes, median_phases([report["timing"] for report in reports]), memory)
