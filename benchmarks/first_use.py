"""``python -m benchmarks.first_use [--rounds 3]``: from the command to the first chart, in JupyterLab and a browser.

A new folder and new settings each time, as for somebody who opens it for the first time; the program itself is
installed, and after the first round the system has its files in memory.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from benchmarks.machine import describe_in_words, describe_machine
from benchmarks.serving import CLI
from cxassess.lab import START, make_folder

HOMES: Final = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
STEPS: Final = ("server answers", "notebook is shown", "kernel is ready", "first chart")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    asked = parser.parse_args()
    rounds = [measure(asked.browser) for _ in range(asked.rounds)]
    print(describe_in_words(describe_machine()))
    print(f"\n| seconds since `cxassess lab`, {asked.rounds} rounds | median | most |\n|---|---:|---:|")
    for number, step in enumerate(STEPS):
        times = [one[number] for one in rounds]
        print(f"| {step} | {statistics.median(times):.1f} | {max(times):.1f} |")


def measure(browser: str) -> list[float]:
    """Return the seconds to each step: a person who waits for the kernel, then runs all cells."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as root:
        page = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        make_folder(Path(root) / "client")
        began = time.perf_counter()
        times = []
        with opened(Path(root)) as address:
            for step in (_show, _wait_for_kernel, _run_all):
                times.append(time.perf_counter() - began)
                step(page, address)
            times.append(time.perf_counter() - began)
        return times


def _show(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)


def _wait_for_kernel(page: Any, _: str) -> None:
    page.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=120_000)


def _run_all(page: Any, _: str) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector(".jp-OutputArea svg", timeout=120_000)


@contextmanager
def opened(root: Path) -> Iterator[str]:
    """Start JupyterLab as the command does, and give the address of the start notebook once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    homes = {name: str(root / name.lower()) for name in HOMES}
    options = ["--allow-root", "--IdentityProvider.token=", "--ServerApp.password="]
    command = [*CLI, "lab", str(root / "client"), "--no-browser", "--port", str(port), *options]
    with (root / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | homes, stdout=log, stderr=log)
        try:
            while server.poll() is None:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/lab/tree/notebooks/{START}"
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
