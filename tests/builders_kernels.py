"""Kernelspecs to test with, notebooks run in them, and what is left of outputs when chance is taken away."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient

from cxassess.kernels import provisioner
from cxassess.kernels.nursery import NURSERY

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
FORKED = "tested-forked"
ORDINARY = "tested-ordinary"
PRELOAD = ["numpy.random", "pandas", "ipywidgets", "IPython.display"]
ARGV = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]


def write_kernelspec(data: Path, name: str, *, argv: list[str] | None = None, **config: Any) -> None:
    """Write a kernelspec; with a ``preload`` its kernels are forked."""
    spec: dict[str, Any] = {"argv": argv or ARGV, "display_name": name, "language": "python"}
    if config:
        spec["metadata"] = {"kernel_provisioner": {"provisioner_name": "cxassess-fork", "config": config}}
    folder = data / "kernels" / name
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


@contextmanager
def install_kernels(data: Path) -> Iterator[Path]:
    """Install the two kernels, and end the zygotes that were started meanwhile."""
    write_kernelspec(data, FORKED, preload=PRELOAD)
    write_kernelspec(data, ORDINARY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(data))
        patch.setattr(provisioner, "_said", said := set())
        yield data
        NURSERY.close()
        assert not said, "kernels were not forked"


def kernel_environment() -> dict[str, str]:
    """Return this process's environment, without the variable at which ipykernel leaves output of children alone."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def make_notebook(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(cells)]
    )


def run(notebook: nbformat.NotebookNode, kernel: str, folder: Path, **options: Any) -> tuple[Any, str]:
    """Execute a notebook in a folder of its own; return it, and the error that nbclient raised."""
    client = NotebookClient(notebook, kernel_name=kernel, resources={"metadata": {"path": str(folder)}}, **options)
    try:
        client.execute(env=kernel_environment())
    except Exception as error:
        return notebook, f"{type(error).__name__}: {error}"
    return notebook, ""


def texts(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what each cell has printed or returned."""
    return [
        "".join(out.get("text", "") or out.get("data", {}).get("text/plain", "") for out in cell.get("outputs", []))
        for cell in notebook.cells
    ]


def run_cells(*cells: str, kernel: str = FORKED, folder: Path = Path("/"), **options: Any) -> list[str]:
    """Run code and return each cell's text; an error is raised."""
    notebook, error = run(make_notebook(*cells), kernel, folder, **options)
    assert not error, error
    return texts(notebook)


def comparable(notebook: nbformat.NotebookNode, error: str, folder: Path) -> dict[str, Any]:
    """Return what must be the same in any kernel: no ids, times, process numbers, addresses, or pieces of streams."""
    cells = [
        {"count": cell.get("execution_count"), "outputs": [_plain(out) for out in _joined(cell.get("outputs", []))]}
        for cell in notebook.cells
    ]
    widgets = list(notebook.metadata.get("widgets", {}).values())
    text = json.dumps({"cells": cells, "error": error, "widgets": widgets}, ensure_ascii=False)
    text = text.replace(str(folder), "FOLDER")
    text = re.sub(r"\\u001b\[[0-9;]*m", "", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    text = re.sub(r"ipykernel_\d+/\d+\.py", "CELL", text)
    text = re.sub(r"T_[0-9a-f]{5}", "STYLE", text)
    text = re.sub(r"(JPY_SESSION_NAME|COLUMNS|LINES)[^,]*,", "", text)
    for number, found in enumerate(dict.fromkeys(re.findall(r"[0-9a-f]{32}", text))):
        text = text.replace(found, f"ID-{number}")
    result: dict[str, Any] = json.loads(text)
    return result


def _joined(outputs: list[Any]) -> list[Any]:
    """Return outputs with pieces of one stream, as they happened to be sent, put together."""
    joined: list[Any] = []
    for out in outputs:
        if joined and out["output_type"] == "stream" == joined[-1]["output_type"] and out["name"] == joined[-1]["name"]:
            joined[-1] = {**joined[-1], "text": joined[-1]["text"] + out["text"]}
        else:
            joined.append(dict(out))
    return joined


def _plain(output: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in output.items() if name != "execution_count"}


def is_running(pid: int) -> bool:
    """Tell whether a process runs, and isn't only waiting for its parent to take note of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for(condition: Callable[[], object], seconds: float = 10) -> bool:
    """Wait until something is so; tell whether it came to be."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def started(kernel: str = FORKED, **options: Any) -> Iterator[tuple[KernelManager, Any]]:
    """Start a kernel, and end it."""
    manager, client = start_new_kernel(kernel_name=kernel, **{"env": kernel_environment(), **options})
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def ask(client: Any, expression: str) -> Any:
    """Evaluate an expression in a kernel; it must have a literal value."""
    reply = client.execute("", user_expressions={"it": expression}, stop_on_error=False, reply=True, timeout=30)
    answer = reply["content"]["user_expressions"]["it"]
    assert answer["status"] == "ok", answer
    return ast.literal_eval(answer["data"]["text/plain"])
