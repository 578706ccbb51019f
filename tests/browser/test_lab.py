"""The notebooks as a consultant sees them: in JupyterLab, offline, run from top to bottom."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxassess.lab import START, make_folder, plan_lab
from cxassess.resources import resource_path

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("lab")]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a client's working folder."""
    return make_folder(tmp_path_factory.mktemp("lab") / "client")


@pytest.fixture(scope="module")
def address(lab: Path) -> Iterator[str]:
    """Start JupyterLab in the folder and return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    home = {name: str(lab.parent / name.lower()) for name in names}
    options = ["--allow-root", "--IdentityProvider.token=", "--ServerApp.password="]
    call = plan_lab(lab, port=port, browser=False, options=options, environment=os.environ | home)
    log = (lab.parent / "lab.log").open("w")
    server = subprocess.Popen(call.arguments, env=dict(call.environment), stdout=log, stderr=subprocess.STDOUT)
    served = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{served}/api", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail((lab.parent / "lab.log").read_text())
        yield served
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def test_lab_opens_at_the_start_notebook_and_asks_nothing(lab: Path, address: str, watched) -> None:
    page = watched.page
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    page.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=90_000)
    assert page.url.endswith(f"/notebooks/{START}")
    page.wait_for_timeout(2_000)
    assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    assert watched.outside == []


@pytest.mark.parametrize("name", sorted(path.name for path in resource_path("notebooks").glob("*.ipynb")))
def test_notebook_runs_in_jupyterlab_offline(lab: Path, address: str, watched, name: str, tmp_path: Path) -> None:
    page = watched.page
    page.goto(f"{address}/lab/tree/notebooks/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    page.get_by_text(re.compile(r"\| Idle")).wait_for(timeout=90_000)
    page.wait_for_timeout(2_000)  # JupyterLab drops what is run before its kernel has answered once
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
