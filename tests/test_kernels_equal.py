"""A forked kernel does what an ordinary one does: the same outputs, errors and counts, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from builders_kernels import FORKED, LINUX, ORDINARY, comparable, install_kernels, run

from cxassess.resources import resource_path

pytestmark = LINUX
FAULTS = sorted((Path(__file__).parent / "fixtures" / "notebooks").glob("*.ipynb"))
HOUSE = sorted(resource_path("notebooks").glob("*.ipynb"))
#: These show each kind of output; the others run in forked kernels elsewhere, and twice only now and then.
KINDS = ("00_start_here", "01_questionnaire", "report")
PATIENCE = {"timeout": 1}


@pytest.fixture(scope="module", autouse=True)
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with install_kernels(tmp_path_factory.mktemp("jupyter")) as data:
        yield data


def outcome(path: Path, kernel: str, folder: Path, timeout: int) -> dict:
    folder = folder / "work"  # the same name for all, as notebooks may show it
    folder.mkdir(parents=True)
    notebook, error = run(nbformat.read(path, as_version=4), kernel, folder, timeout=timeout)
    return comparable(notebook, error, folder)


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_notebook_with_one_peculiarity(path: Path, tmp_path: Path) -> None:
    patience = PATIENCE.get(path.stem, 60)
    forked = outcome(path, FORKED, tmp_path / "one", patience)
    ordinary = outcome(path, ORDINARY, tmp_path / "two", patience)
    assert forked == ordinary


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=[] if path.stem in KINDS else [pytest.mark.heavy]) for path in HOUSE],
)
def test_house_notebook(path: Path, tmp_path: Path) -> None:
    forked = outcome(path, "cxassess", tmp_path / "one", 120)
    ordinary = outcome(path, ORDINARY, tmp_path / "two", 120)
    assert forked == ordinary
    assert not forked["error"]
