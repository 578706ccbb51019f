"""A notebook presented by Voilà, as `cxassess present` does, from a folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cxassess.lab import plan_presentation
from cxassess.resources import resource_path


@contextmanager
def presented(name: str, root: Path) -> Iterator[str]:
    """Copy a notebook and the project's template to a folder, serve it there, and give its address."""
    shutil.copytree(resource_path("templates/voila"), root / "share" / "voila" / "templates" / "cxassess")
    shutil.copy(resource_path(f"notebooks/{name}"), root)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    known = os.environ | {"JUPYTER_PATH": str(root / "share"), "JUPYTER_CONFIG_DIR": str(root / "config")}
    call = plan_presentation(root / name, port=port, browser=False, environment=known)
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
