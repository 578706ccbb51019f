"""The notebooks as a consultant sees them: in JupyterLab, offline, run from top to bottom."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxassess.resources import resource_path

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("lab")]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of the notebooks."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(resource_path("notebooks"), root / "notebooks")
    return root


@pytest.fixture(scope="module")
def address(lab: Path) -> Iterator[str]:
    """Start JupyterLab in the folder and return its address."""
    root = lab
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    home = {name: str(root / name.lower()) for name in names}
    arguments = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        f"--port={port}", "--ServerApp.ip=127.0.0.1",
        "--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={root}",
    ]  # fmt: skip
    log = (root / "lab.log").open("w")
    server = subprocess.Popen(arguments, env=os.environ | home, stdout=log, stderr=subprocess.STDOUT)
    served = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{served}/api", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail((root / "lab.log").read_text())
        yield served
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


@pytest.mark.parametrize("name", sorted(path.name for path in resource_path("notebooks").glob("*.ipynb")))
def test_notebook_runs_in_jupyterlab_offline(lab: Path, address: str, watched, name: str, tmp_path: Path) -> None:
    page = watched.page
    page.goto(f"{address}/lab/tree/notebooks/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    page.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=90_000)
    page.wait_for_timeout(2_000)  # JupyterLab drops what is run before its kernel has answered once
    decline = page.locator("button.jp-toast-button", has_text="No")
    if decline.count():
        decline.first.click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    saved = wait_until_run(page, lab / "notebooks" / name)
    page.screenshot(path=os.environ.get("CXASSESS_SHOTS", str(tmp_path)) + f"/lab-{name}.png")
    outputs = [output for cell in saved["cells"] for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]
    assert page.locator(".jp-OutputArea svg").count() > 0
    assert watched.outside == []


def wait_until_run(page, path: Path) -> dict:
    """Save the notebook until all of its code cells have been run, and return it."""
    for _ in range(90):
        page.wait_for_timeout(2_000)
        page.keyboard.press("Control+s")
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError:  # caught in the middle of being saved
            continue
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        failed = any(output["output_type"] == "error" for cell in code for output in cell["outputs"])
        if failed or all(cell["execution_count"] for cell in code):
            return notebook
    return pytest.fail(f"{path.name} did not run to its end")
