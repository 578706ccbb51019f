"""The direction of the data holds the code together: nobody imports what comes after them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "cxassess"
LAYERS = [
    {"errors", "resources", "spreadsheets", "document", "fonts", "kernels"},
    {"language"},
    {"instrument"},
    {"responses", "context", "charts"},
    {"scoring"},
    {"findings", "engagement"},
    {"report"},
    {"assessment"},
    {"questionnaire", "deliverables", "explore", "portfolio"},
    {"workshop"},
    {"batch"},
    {"lab"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FILES = sorted(PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Return the parts of the package that a file imports, inside functions as well."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.append(node.module or "")
            if node.module == "cxassess":
                found += [f"cxassess.{alias.name}" for alias in node.names]
            assert all(alias.name != "*" for alias in node.names), f"{path}: star import"
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return [name.split(".")[1] for name in found if name.startswith("cxassess.") and name != "cxassess.__version__"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = part(path)
    if own == "__init__":
        return
    later = {name for name in imports(path) if name != own and LEVEL[name] >= LEVEL[own]}
    assert not later, f"{own} may not know {later}"


def test_every_part_has_a_place() -> None:
    assert {part(path) for path in FILES} - {"__init__"} == set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_importing_the_library_is_cheap() -> None:
    import subprocess
    import sys

    heavy = ("altair", "papermill", "ipywidgets", "typst", "vl_convert", "pandas", "nbconvert", "scipy")
    code = f"import cxassess, sys; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_public_names_exist() -> None:
    import cxassess

    for name in cxassess.__all__:
        assert getattr(cxassess, name) is not None
