"""``papermill --engine forked``: the same notebook, in a forked kernel, saved once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill
import pytest
from builders_kernels import ARGV, LINUX, PRELOAD, install_kernels, make_notebook, texts, write_kernelspec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from cxassess.kernels import engine
from cxassess.kernels.manager import PromptManager

pytestmark = LINUX
PARENT = "print(open(f'/proc/{__import__(\"os\").getppid()}/cmdline').read())"
PYTHON3 = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@pytest.fixture(scope="module", autouse=True)
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with install_kernels(tmp_path_factory.mktemp("jupyter")) as data:
        write_kernelspec(data, "cxassess", preload=PRELOAD)
        write_kernelspec(data, "python3")
        yield data


def execute(folder: Path, *cells: str, **options: object) -> nbformat.NotebookNode:
    notebook = make_notebook(*cells)
    notebook.metadata.update(PYTHON3)
    nbformat.write(notebook, folder / "in.ipynb")
    return papermill.execute_notebook(
        str(folder / "in.ipynb"), str(folder / "out.ipynb"), engine_name="forked", progress_bar=False, **options
    )


def test_notebook_of_python3_is_forked(tmp_path: Path) -> None:
    done = execute(tmp_path, "import os", PARENT, "os.environ['CX_ASKED']", env={**os.environ, "CX_ASKED": "yes"})
    assert "kernels.zygote" in texts(done)[1]
    assert texts(done)[2] == "'yes'"
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4).metadata.kernelspec.name == "python3"


def test_result_is_the_same_as_of_papermills_own_engine(tmp_path: Path) -> None:
    notebook = make_notebook("x = 1", "print(x)\nx + 1", "{'a': x}")
    notebook.metadata.update(PYTHON3)
    notebook.cells[0].metadata["tags"] = ["parameters"]
    results = []
    for name in ("forked", None):
        done = papermill.execute_notebook(
            nbformat.from_dict(notebook), None, {"x": 5}, engine_name=name, progress_bar=False
        )
        for cell in done.cells:
            for key in ("start_time", "end_time", "duration"):
                cell.metadata.papermill.pop(key)
            cell.pop("id")
            cell.metadata.pop("execution", None)
        for key in ("start_time", "end_time", "duration"):
            done.metadata.papermill.pop(key)
        results.append(done)
    assert results[0] == results[1]


def test_nothing_is_saved_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr("papermill.engines.write_ipynb", lambda *_: written.append("engine"))
    done = execute(tmp_path, "1", "import os\nos.path.exists('out.ipynb')", autosave_cell_every=1, cwd=str(tmp_path))
    assert texts(done)[1] == "False"
    assert written == []
    assert (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("source", "error", "options"),
    [
        ("1 / 0", PapermillExecutionError, {}),
        ("import os\nos._exit(1)", DeadKernelError, {}),
        ("import time\ntime.sleep(60)", CellTimeoutError, {"execution_timeout": 1}),
    ],
    ids=["error", "death", "timeout"],
)
def test_failed_notebook_is_written_too(source: str, error: type, options: dict, tmp_path: Path) -> None:
    with pytest.raises(error):
        execute(tmp_path, "print('reached')", source, "print('never')", **options)
    kept = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert "reached\n" in texts(kept)
    assert "never\n" not in texts(kept)


def test_shell(tmp_path: Path) -> None:
    nbformat.write(make_notebook(PARENT), tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "--engine", "forked", "-k", "python3", "in.ipynb", "out.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert "kernels.zygote" in texts(nbformat.read(tmp_path / "out.ipynb", as_version=4))[0]


def test_managers_methods_are_wrapped_as_expected() -> None:
    """Otherwise notebooks would still be executed, but each would wait 20 ms for nothing."""
    for name in ("start_kernel", "shutdown_kernel"):
        assert getattr(PromptManager, name) is getattr(AsyncKernelManager, f"_async_{name}").__wrapped__


def test_which_kernel(kernels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.choose_kernel("python3") == "cxassess"
    assert engine.choose_kernel("cxassess") == "cxassess"
    assert engine.choose_kernel("ir") == "ir"
    write_kernelspec(tmp_path, "python3", argv=["/somewhere/else/bin/python", *ARGV[1:]])
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path}{os.pathsep}{kernels}")
    assert engine.choose_kernel("python3") == "python3"
    monkeypatch.setattr(engine, "FORKED", "not-installed")
    assert engine.choose_kernel("python3") == "python3"


def test_shipped_kernelspec_is_what_its_code_expects() -> None:
    path = Path(engine.__file__).parent / "kernelspec" / "kernel.json"
    spec = json.loads(path.read_text(encoding="utf-8"))
    stanza = spec["metadata"]["kernel_provisioner"]
    assert stanza["provisioner_name"] == "cxassess-fork"
    assert set(stanza["config"]) == {"preload", "warm_up"}
    assert spec["argv"][1:] == ARGV[1:]
