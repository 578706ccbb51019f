"""The same run on a Dask cluster: a real scheduler, two worker processes, one of them killed on the way."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_batch import SMALL_CODE, write_notebook, write_organisations

pytest.importorskip("distributed", reason='the extra "dask" is not installed')

CLI = [sys.executable, "-c", "from cxassess.cli import main; main()", "report"]
REPORTS = 12


class Cluster:
    """A scheduler and two workers, each a process of its own as on three machines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._wait_for("scheduler", r"Scheduler at:\s+(tcp://\S+)")
        self.workers = [
            self._start(
                f"worker{number}", "distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny",
                "--local-directory", str(folder),
            )
            for number in range(2)
        ]  # fmt: skip
        for number in range(2):
            self._wait_for(f"worker{number}", r"(Registered to):")

    def _start(self, name: str, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [sys.executable, "-m", module, *arguments, "--no-dashboard"]
            process = subprocess.Popen(command, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def _wait_for(self, name: str, pattern: str) -> str:
        for _ in range(600):
            found = re.search(pattern, (self.folder / f"{name}.log").read_text(errors="replace"))
            if found:
                return found.group(1)
            time.sleep(0.1)
        raise AssertionError((self.folder / f"{name}.log").read_text(errors="replace"))

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    running = Cluster(tmp_path / "cluster")
    yield running
    running.close()


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, bytes]]:
    """Return responses, a notebook, and the reports as one process on this machine makes them."""
    folder = tmp_path_factory.mktemp("material")
    write_organisations(folder / "in.csv", REPORTS)
    notebook = write_notebook(folder / "small.ipynb", SMALL_CODE, "import time\ntime.sleep(0.3)")
    command = [
        *CLI,
        str(folder / "in.csv"),
        "--notebook",
        str(notebook),
        "--out",
        str(folder / "out"),
        "--workers",
        "1",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "in.csv", notebook, {path.name: path.read_bytes() for path in (folder / "out").glob("*.pdf")}


@pytest.mark.slow
@pytest.mark.parametrize("as_url", [False, True])
def test_a_worker_that_dies_costs_no_report(
    as_url: bool, cluster: Cluster, material: tuple[Path, Path, dict[str, bytes]], tmp_path: Path
) -> None:
    responses, notebook, expected = material
    out = tmp_path / "out"
    target = f"file://{out}" if as_url else str(out)
    command = [*CLI, str(responses), "--notebook", str(notebook), "--out", target, "--scheduler", cluster.address]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("[2/"):
                os.kill(cluster.workers[0].pid, signal.SIGKILL)
                break
        rest = process.stderr.read()
    assert process.returncode == 0, rest
    assert {path.name: path.read_bytes() for path in out.glob("*.pdf")} == expected
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["status"] for entry in manifest["reports"]] == ["written"] * REPORTS
    resumed = subprocess.run([*command, "--resume"], capture_output=True, text=True, check=False)
    assert resumed.returncode == 0, resumed.stderr
    assert f"{REPORTS} of {REPORTS} reports written" in resumed.stdout


def test_a_scheduler_that_does_not_answer_is_said(
    material: tuple[Path, Path, dict[str, bytes]], tmp_path: Path
) -> None:
    responses, notebook, _ = material
    command = [*CLI, str(responses), "--notebook", str(notebook), "--out", str(tmp_path / "out")]
    result = subprocess.run([*command, "--scheduler", "tcp://127.0.0.1:1"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "no scheduler answers" in result.stderr
    assert "Traceback" not in result.stderr
