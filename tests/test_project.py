"""What the project promises about itself: its files agree with each other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = {canonicalize_name(Requirement(line).name): Requirement(line) for line in PROJECT["dependencies"]}
EXTRAS = {
    canonicalize_name(Requirement(line).name): Requirement(line)
    for lines in PROJECT["optional-dependencies"].values()
    for line in lines
    if not line.startswith("cxassess[")
}
PINS = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.M)
}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_constraints_satisfy_the_bounds() -> None:
    for name, requirement in (RUNTIME | EXTRAS).items():
        assert requirement.specifier.contains(PINS[name]), f"{requirement} against {PINS[name]}"


def test_conda_environment_has_the_same_bounds() -> None:
    from rattler import MatchSpec, Version, VersionSpec

    parts = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = next(part["pip"] for part in parts if isinstance(part, dict))
    specs = [MatchSpec(part) for part in parts if isinstance(part, str)]
    conda = {canonicalize_name(spec.name.normalized): spec.version for spec in specs}
    assert by_pip[-1] == "-e ."
    from_pip = {canonicalize_name(Requirement(line).name): Requirement(line) for line in by_pip[:-1]}
    assert set(conda) - {"python", "pip"} | set(from_pip) == set(RUNTIME)
    for name, requirement in from_pip.items():
        assert requirement.specifier == RUNTIME[name].specifier
    for name, version in conda.items():
        if name in RUNTIME:
            wanted = {f"{bound.operator}{bound.version}" for bound in RUNTIME[name].specifier}
            assert set(str(version).split(",")) == wanted, name
            assert VersionSpec(version).matches(Version(PINS[name])), name
    assert conda["python"] == PROJECT["requires-python"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_thin_and_clean(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            assert len(source.splitlines()) <= 10
            assert not re.search(r"^\s*(def|class) ", source, re.M)
    assert "widgets" not in notebook["metadata"]


def test_readme_maps_every_module() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    parts = [path for path in (ROOT / "cxassess").iterdir() if not path.name.startswith("_")]
    for path in parts:
        assert f"`{path.name}{'/' if path.is_dir() else ''}`" in readme, path.name


def test_readme_links_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "data_samples/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


def test_nothing_private_is_tracked() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    tracked = listed.stdout.splitlines()
    assert not [name for name in tracked if name.endswith((".pdf", ".cxa", ".sqlite"))]


@pytest.mark.slow
def test_wheel_works_in_an_empty_environment(tmp_path: Path) -> None:
    """Build the wheel, install it where nothing else is, and write a PDF with it from its own samples."""
    run = subprocess.run
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, ROOT], check=True)
    wheel = next(tmp_path.glob("cxassess-*.whl"))
    run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    constraints = ROOT / "constraints.txt"
    run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", constraints, wheel], check=True
    )
    code = (
        "import cxassess, pathlib, sys\n"
        "path = cxassess.sample_path('small_team.csv')\n"
        "report = cxassess.assess(path, language='sv').report()\n"
        "pathlib.Path('team.pdf').write_bytes(cxassess.render_pdf(report.document.to_dict()))\n"
    )
    run([python, "-c", code], cwd=tmp_path, check=True)
    assert (tmp_path / "team.pdf").read_bytes().startswith(b"%PDF-")
    program = python.parent / "cxassess"
    sample = run(
        [python, "-c", "import cxassess; print(cxassess.sample_path('small_team.csv'))"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    run([program, "report", sample, "--out", "out"], cwd=tmp_path, check=True)
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 1
