"""The report run and the command line: files that are whole, a manifest that is true, exit codes that are honest."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cxassess.cli import main
from cxassess.report.names import report_name, slugify
from cxassess.resources import resource_path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data_samples"
SECOND = ROOT / "tests" / "fixtures" / "instruments"
HOSTILE = [
    "<script>alert(1)</script>",
    '#eval("1+1")',
    "*bold* _it_ $x$",
    "=cmd|' /C calc'!A0",
    "Æbler 🍏🚀 & Øl",
    "ש\u05dcום עולם",
    "مرحبا",
    "../../etc/passwd",
    "{braces} {0}",
    "W" * 300,
]


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def read_manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def pdf_text(path: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    return subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with three organisations of the portfolio."""
    table = pd.read_csv(SAMPLES / "portfolio.csv", dtype=str, keep_default_na=False)
    names = list(table["organisation"].unique())[:3]
    path = tmp_path_factory.mktemp("few") / "few.csv"
    table[table["organisation"].isin(names)].to_csv(path, index=False)
    return path


def test_slugs_are_safe() -> None:
    assert slugify("Nordvand Forsyning A/S") == "nordvand-forsyning-a-s"
    assert slugify("Østjyske Blåbær & Ål") == "oestjyske-blaabaer-aal"
    assert slugify("../..") == "x"
    assert slugify("漢字") == "x"
    for name in HOSTILE:
        slug = slugify(name)
        assert slug.isascii()
        assert len(slug) <= 40
        assert all(letter.isalnum() or letter == "-" for letter in slug)


def test_organisations_that_share_a_slug_get_different_files() -> None:
    assert report_name("A/B", "1", "da") != report_name("A B", "1", "da")
    assert report_name("A", "B1", "da") != report_name("AB", "1", "da")


def test_report_writes_what_the_manifest_says(few: Path, tmp_path: Path) -> None:
    result = call("report", few, "--language", "da", "--format", "pdf,html", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    manifest = read_manifest(tmp_path)
    assert [entry["status"] for entry in manifest["reports"]] == ["written"] * 3
    assert manifest["source"]["sha256"] == hashlib.sha256(few.read_bytes()).hexdigest()
    listed = {file["name"]: file for entry in manifest["reports"] for file in entry["files"]}
    assert {path.name for path in tmp_path.iterdir()} == set(listed) | {"manifest.json"}
    assert len(listed) == 6
    for name, file in listed.items():
        content = (tmp_path / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["bytes"]


def test_reports_are_the_same_bytes_when_run_again(few: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert call("report", few, "--out", tmp_path / name, "--format", "pdf,html").exit_code == 0
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.[ph]*")} for name in ("one", "two")
    )
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name] and name != "manifest.json"] == []


def test_one_bad_organisation_does_not_stop_the_others(few: Path, tmp_path: Path) -> None:
    table = pd.read_csv(few, dtype=str, keep_default_na=False)
    bad = table["organisation"].unique()[1]
    notebook = nbformat.read(resource_path("notebooks/report.ipynb"), as_version=4)
    position = next(n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])) + 1
    trap = nbformat.v4.new_code_cell(f"if organisation == {bad!r}:\n    raise RuntimeError('the meter is broken')")
    notebook.cells.insert(position, trap)
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    out = tmp_path / "out"
    result = call("report", few, "--out", out, "--notebook", tmp_path / "mine.ipynb")
    assert result.exit_code == 1
    assert "the meter is broken" in result.output
    assert "2 of 3 reports written" in result.output
    entries = {entry["organisation"]: entry for entry in read_manifest(out)["reports"]}
    assert entries[bad]["status"] == "failed"
    failure = entries[bad]["failure"]
    assert (failure["error"], failure["message"]) == ("RuntimeError", "the meter is broken")
    kept = nbformat.read(out / failure["notebook"], as_version=4)
    failed_cell = next(cell for cell in kept.cells if cell.get("execution_count") == failure["cell"])
    assert "meter" in failed_cell.source
    assert sorted(entry["status"] for entry in entries.values()) == ["failed", "written", "written"]
    assert len(list(out.glob("*.pdf"))) == 2


def test_a_report_sees_its_own_organisation_only(few: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(resource_path("notebooks/report.ipynb"), as_version=4)
    code = (
        "import pathlib\nfolder = pathlib.Path(responses).parent\n"
        "raise RuntimeError('|'.join(path.read_text() for path in sorted(folder.rglob('*')) if path.is_file()))"
    )
    position = next(n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])) + 1
    notebook.cells.insert(position, nbformat.v4.new_code_cell(code))
    nbformat.write(notebook, tmp_path / "peek.ipynb")
    out = tmp_path / "out"
    context = SAMPLES / "portfolio.context.yaml"
    assert call("report", few, "--out", out, "--notebook", tmp_path / "peek.ipynb", "--context", context).exit_code == 1
    entries = read_manifest(out)["reports"]
    for entry in entries:
        seen = entry["failure"]["message"]
        assert entry["organisation"] in seen
        assert not [other for other in entries if other != entry and other["organisation"] in seen]


def test_hostile_names_and_comments_are_printed_as_text(tmp_path: Path) -> None:
    table = pd.read_csv(SAMPLES / "nordvand.csv", dtype=str, keep_default_na=False)
    newest = table[table["wave"] == "2026-10"].copy()
    rows = []
    for number, name in enumerate(HOSTILE[:3] + HOSTILE[-2:]):
        part = newest.copy()
        part["organisation"] = f"{name} {number}"
        part["unit"] = name[:60]
        for column in [column for column in part.columns if column.startswith("comment")]:
            part[column] = HOSTILE[number % len(HOSTILE)] + " commented"
        rows.append(part)
    path = tmp_path / "hostile.csv"
    pd.concat(rows).to_csv(path, index=False)
    out = tmp_path / "out"
    result = call("report", path, "--out", out, "--format", "pdf,html")
    assert result.exit_code == 0, result.output
    entries = read_manifest(out)["reports"]
    for entry, name in zip(entries, HOSTILE[:3] + HOSTILE[-2:], strict=True):
        pdf, html = (out / file["name"] for file in entry["files"])
        squeezed = "".join(pdf_text(pdf).replace("\u200b", "").split())
        assert "".join(name.split())[:40] in squeezed
        page = html.read_text(encoding="utf-8")
        assert "<script" not in page
        assert page.count('http-equiv="Content-Security-Policy"') == 1


def test_a_quite_different_instrument_goes_from_file_to_report(tmp_path: Path) -> None:
    from cxassess.instrument import load_instrument

    folder = next(path for path in SECOND.iterdir() if path.is_dir())
    instrument = load_instrument(folder, "en")
    assert (instrument.level_count, len(instrument.elements)) == (7, 3)
    rows = []
    for number in range(24):
        role = instrument.roles[number % len(instrument.roles)]
        row = {"organisation": "Other", "wave": "1", "respondent": f"r{number}", "role": role.id}
        for place, item in enumerate(instrument.items_for(role.id)):
            row[item.id] = 1 + (number * number + place * 3) % instrument.level_count
        rows.append(row)
    pd.DataFrame(rows).convert_dtypes().to_csv(tmp_path / "other.csv", index=False)
    for language in ("en", "da"):
        result = call(
            "report",
            tmp_path / "other.csv",
            "--instrument",
            folder,
            "--language",
            language,
            "--out",
            tmp_path / language,
        )
        assert result.exit_code == 0, result.output
        loaded = load_instrument(folder, language)
        text = "".join(pdf_text(next((tmp_path / language).glob("*.pdf"))).split())
        for element in loaded.elements:
            assert "".join(element.name.split()) in text


def test_a_context_may_leave_things_out(tmp_path: Path) -> None:
    """The context reaches the notebook as it is, also without a date, a target or events."""
    sample = SAMPLES / "small_team.csv"
    result = call("report", sample, "--context", SAMPLES / "small_team.context.yaml", "--out", tmp_path)
    assert result.exit_code == 0, result.output


def test_people_who_all_answer_alike_get_a_report(tmp_path: Path) -> None:
    table = pd.read_csv(SAMPLES / "small_team.csv", dtype=str, keep_default_na=False)
    items = [column for column in table.columns if len(column) == 3 and column[:2].isupper()]
    table[items] = table[items].where(~table[items].isin(list("12345")), "3")
    table.to_csv(tmp_path / "alike.csv", index=False)
    result = call("report", tmp_path / "alike.csv", "--out", tmp_path)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("report", "missing.csv", "--out", "x"), "missing.csv"),
        (("report", SAMPLES / "nordvand.csv", "--out", "x", "--organisation", "Nobody"), "Nordvand Forsyning A/S"),
        (("report", SAMPLES / "nordvand.csv", "--out", "x", "--wave", "1999"), "2026-10"),
        (("report", SAMPLES / "nordvand.csv", "--out", "x", "--format", "docx"), "docx"),
        (("report", SAMPLES / "nordvand.csv", "--out", "x", "--instrument", "nine"), "nine"),
        (("report", SAMPLES / "nordvand.csv", "--out", "x", "--context", SAMPLES / "README.md"), "README.md"),
        (("report", SAMPLES / "nordvand.csv", "--out", "x", "--context", "none.yaml"), "none.yaml"),
        (("check", SAMPLES / "README.md"), "README.md"),
        (("instrument", "check", "missing.yaml"), "missing.yaml"),
        (("instrument", "show", "--language", "fi"), "fi"),
    ],
)
def test_bad_calls_say_what_is_wrong(arguments: tuple, expected: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert expected in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"nbformat": 4}', "\x00", "no JSON"])
def test_what_is_no_notebook_is_refused(content: str, few: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.ipynb").write_text(content, encoding="utf-8")
    result = call("report", few, "--out", tmp_path / "x", "--notebook", tmp_path / "mine.ipynb")
    assert result.exit_code == 2, result.output
    assert "this is not a notebook" in result.output
    assert not (tmp_path / "x").exists()


def test_a_notebook_without_parameters_would_report_on_the_sample(few: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(resource_path("notebooks/report.ipynb"), as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    result = call("report", few, "--out", tmp_path / "x", "--notebook", tmp_path / "mine.ipynb")
    assert result.exit_code == 2, result.output
    assert "no cell has the tag parameters" in result.output


def test_a_folder_named_like_a_shipped_instrument_changes_nothing(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "eight_elements").mkdir()
    monkeypatch.chdir(tmp_path)
    result = call("report", SAMPLES / "small_team.csv", "--out", "out")
    assert result.exit_code == 0, result.output


def test_check_says_what_was_understood() -> None:
    result = call("check", SAMPLES / "nordvand.csv")
    assert result.exit_code == 0, result.output
    assert "Nordvand Forsyning A/S" in result.output


def test_intake_workbook_is_written_in_the_language(tmp_path: Path) -> None:
    result = call("intake", "workbook", tmp_path / "blank.xlsx", "--language", "sv")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "blank.xlsx").stat().st_size > 10_000


def test_the_instrument_is_shown_in_the_language() -> None:
    result = call("instrument", "show", "--language", "sv")
    assert result.exit_code == 0
    assert "Högsta ledningens ägarskap" in result.output


@pytest.mark.slow
def test_forty_organisations(tmp_path: Path) -> None:
    result = call(
        "report", SAMPLES / "portfolio.csv", "--context", SAMPLES / "portfolio.context.yaml",
        "--benchmark", "portfolio", "--language", "sv", "--out", tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    manifest = read_manifest(tmp_path)
    assert len(manifest["reports"]) == 40
    assert len(list(tmp_path.glob("*.pdf"))) == 40
    assert not manifest["source"]["dropped"]
