"""The notebook of the questionnaire in Voilà, with the project's own template: no code, and no other machine asked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from cxassess.lab import plan_presentation
from cxassess.resources import resource_path

pytest.importorskip("voila", reason="Voilà is not installed")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the notebook with Voilà from a folder of its own, and return its address."""
    root = tmp_path_factory.mktemp("voila")
    shutil.copytree(resource_path("templates/voila"), root / "share" / "voila" / "templates" / "cxassess")
    shutil.copy(resource_path("notebooks/01_questionnaire.ipynb"), root)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    known = os.environ | {"JUPYTER_PATH": str(root / "share"), "JUPYTER_CONFIG_DIR": str(root / "config")}
    call = plan_presentation(root / "01_questionnaire.ipynb", port=port, browser=False, environment=known)
    log = root / "voila.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            call.arguments, cwd=root, env=dict(call.environment), stdout=written, stderr=subprocess.STDOUT
        )
        try:
            for _ in range(120):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.5)
            else:
                pytest.fail(log.read_text())
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.mark.parametrize("watched", [(390, 844), (1440, 900)], indirect=True, ids=["phone", "desktop"])
def test_the_notebook_is_presentable_offline(watched: Any, address: str) -> None:
    page = watched.page
    page.goto(address)
    page.wait_for_selector(".cxq h1", timeout=90_000)
    assert page.locator(".jp-InputArea-editor:visible, .jp-InputPrompt:visible").count() == 0
    page.locator(".cxq-start .cxq-first").click()
    page.locator(".cxq input[type=radio]").nth(1).click()
    page.wait_for_selector('.cxq-save[data-kind="saved"]')
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.get_by_text("still open").wait_for(timeout=60_000)
    assert page.locator("table").count() >= 2
    assert (watched.outside, watched.errors) == ([], [])


def test_nothing_in_the_page_links_to_another_machine(address: str) -> None:
    with urllib.request.urlopen(address, timeout=120) as reply:
        text = reply.read().decode()
    assert "cdn." not in text
    assert '<link rel="stylesheet" href="http' not in text
    assert '<script src="http' not in text
