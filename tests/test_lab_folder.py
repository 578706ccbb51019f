"""The client's working folder, and how JupyterLab is opened in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jupyterlab_server.settings_utils import _get_overrides

from cxassess.cli import main
from cxassess.engagement import open_engagement
from cxassess.errors import CxassessError
from cxassess.lab import START, find_start, make_folder, plan_lab, plan_presentation
from cxassess.lab.folder import set_parameters
from cxassess.language import LANGUAGES
from cxassess.report.brand import load_brand
from cxassess.resources import resource_path

NAMES = sorted(path.name for path in resource_path("notebooks").glob("*.ipynb"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def parameters(path: Path) -> str:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return "".join(
        "".join(cell["source"]) for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_has_all_that_an_engagement_needs(tmp_path: Path, language: str) -> None:
    made = make_folder(tmp_path / "client", organisation='Åse & "Co" A/S', language=language)
    folder = tmp_path / "client"
    assert made == folder / "aase-co-a-s.cxa"
    with open_engagement(made) as engagement:
        assert (engagement.organisation, engagement.language) == ('Åse & "Co" A/S', language)
    assert sorted(path.name for path in (folder / "notebooks").iterdir()) == NAMES
    assert 'file = "../aase-co-a-s.cxa"' in parameters(folder / "notebooks" / "01_questionnaire.ipynb")
    report = parameters(folder / "notebooks" / "report.ipynb")
    assert 'responses = "../aase-co-a-s.cxa"' in report
    assert f'language = "{language}"' in report
    assert 'brand = "../brand/brand.yaml"' in report
    assert load_brand(folder / "brand" / "brand.yaml") == load_brand(resource_path("templates/report/brand.yaml"))
    assert "`aase-co-a-s.cxa`" in (folder / "README.md").read_text(encoding="utf-8")
    assert (folder / "output").is_dir()
    assert names(tmp_path) == ["client"], "no part of it is left beside it"


def test_without_a_name_the_notebooks_open_the_samples(tmp_path: Path) -> None:
    (tmp_path / "client").mkdir()
    assert make_folder(tmp_path / "client") == tmp_path / "client"
    assert 'responses = ""' in parameters(tmp_path / "client" / "notebooks" / "report.ipynb")
    assert not list((tmp_path / "client").glob("*.cxa"))


def test_nothing_is_overwritten_and_nothing_half_laid_out(tmp_path: Path) -> None:
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "mine.txt").write_text("mine")
    with pytest.raises(CxassessError, match="something there already"):
        make_folder(tmp_path / "client")
    with pytest.raises(CxassessError, match=r"Make .* first"):
        make_folder(tmp_path / "a" / "b")
    with pytest.raises(CxassessError):
        make_folder(tmp_path / "other", organisation="Acme", instrument="no_such_instrument")
    assert names(tmp_path) == ["client"]
    assert names(tmp_path / "client") == ["mine.txt"]


def test_parameters_are_texts_whatever_is_in_them() -> None:
    source = ['file = "old"  # an engagement\n', "close = False\n", 'profile = ""']
    notebook = {"cells": [{"metadata": {"tags": ["parameters"]}, "source": source}]}
    changed = set_parameters(notebook, {"file": 'a"; import os #\\1', "close": "True", "unknown": "x"})
    text = "".join(changed["cells"][0]["source"])
    found: dict[str, object] = {}
    exec(text, found)
    assert (found["file"], found["close"], found["profile"]) == ('a"; import os #\\1', False, "")


def test_lab_opens_at_the_start_on_this_machine_only(tmp_path: Path) -> None:
    make_folder(tmp_path / "client")
    call = plan_lab(tmp_path / "client", port=9001, browser=False, options=["--debug"], environment={"A": "b"})
    assert call.environment["A"] == "b"
    assert "--ServerApp.ip=127.0.0.1" in call.arguments
    assert f"--LabApp.default_url=/lab/tree/notebooks/{START}" in call.arguments
    assert call.arguments[-2:] == ("--no-browser", "--debug")
    assert find_start(tmp_path / "client" / "notebooks") == Path(START)


def test_settings_come_beside_those_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """News off is our default; what the machine's owner set for other things stays."""
    make_folder(tmp_path / "client")
    own = tmp_path / "own" / "labconfig"
    own.mkdir(parents=True)
    kept = {"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}
    (own / "default_setting_overrides.json").write_text(json.dumps(kept))
    call = plan_lab(tmp_path / "client", environment={"JUPYTER_CONFIG_PATH": str(own.parent)})
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", call.environment["JUPYTER_CONFIG_PATH"])
    overrides, error = _get_overrides(str(tmp_path / "settings"))
    assert error == ""
    assert overrides["@jupyterlab/apputils-extension:notification"] == {"checkForUpdates": False, "fetchNews": "false"}
    assert overrides["@jupyterlab/apputils-extension:themes"] == {"theme": "JupyterLab Dark"}


def test_the_commands_say_what_is_wrong(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["lab", str(tmp_path), "--no-browser"])
    assert run.exit_code == 2
    assert "cxassess engagement start" in run.output
    run = CliRunner().invoke(main, ["engagement", "start", str(tmp_path / "client"), "--organisation", "Acme"])
    assert run.exit_code == 0, run.output
    assert "acme.cxa" in run.output
    run = CliRunner().invoke(main, ["engagement", "start", str(tmp_path / "client")])
    assert run.exit_code == 2


def test_presenting_is_for_this_machine_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = resource_path("notebooks") / "01_questionnaire.ipynb"
    call = plan_presentation(notebook, port=9002, browser=False, environment={"A": "b"})
    assert "--Voila.ip=127.0.0.1" in call.arguments
    assert "--VoilaConfiguration.allow_theme_override=NO" in call.arguments
    assert call.environment == {"A": "b"}
    with pytest.raises(CxassessError, match="no such notebook"):
        plan_presentation(tmp_path / "none.ipynb")
    monkeypatch.setattr("cxassess.lab.start.find_spec", lambda name: None)
    with pytest.raises(CxassessError, match=r"cxassess\[voila\]"):
        plan_presentation(notebook)
    assert CliRunner().invoke(main, ["present", str(notebook)]).exit_code == 2
