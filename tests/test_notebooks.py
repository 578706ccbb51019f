"""The notebooks run from top to bottom, from any folder, and leave no error behind."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from cxassess.resources import resource_path

NOTEBOOKS = sorted(resource_path("notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_runs_to_its_end(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    quiet = Config(KernelManager={"transport": "ipc", "ip": str(tmp_path / "k")} if sys.platform != "win32" else {})
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(tmp_path)}}, config=quiet).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert [output for output in outputs if "data" in output]
