"""The files that are handed over: CSV that spreadsheets open, names, formats, and the commands around them."""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path

import pytest
from builders_deliverables import HOSTILE, NORDVAND, SMALL_TEAM, assessed, make_actions, with_context
from builders_engagement import StillClock
from builders_workshop import make_workshop
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from cxassess.assessment import assess
from cxassess.cli import main
from cxassess.context import PlannedAction
from cxassess.deliverables import FORMATS, build_figures, export_assessment
from cxassess.deliverables.csv_files import format_csv
from cxassess.deliverables.figures import TABLES, Figures
from cxassess.engagement import open_engagement
from cxassess.errors import CxassessError
from cxassess.resources import sample_path

RESPONSES = str(sample_path("nordvand.csv"))
CONTEXT = ("--context", str(sample_path("nordvand.context.yaml")))
STEM = "nordvand-forsyning-a-s_2026-10_en_"


@cache
def figures() -> Figures:
    return build_figures(with_context(assessed(NORDVAND), actions=make_actions()))


def read_csv(content: bytes, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize(("locale", "delimiter", "mark"), [("en", ",", "."), ("da", ";", ","), ("sv", ";", ",")])
def test_csv_is_written_as_the_locale_writes(locale: str, delimiter: str, mark: str) -> None:
    for table in figures().tables:
        content = format_csv(table, locale)
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        rows = read_csv(content, delimiter)
        assert len(rows) == len(table)
        for cells, row in zip(table, rows, strict=True):
            assert list(row) == list(table.columns)
            for name, cell in cells.items():
                if isinstance(cell.value, float):
                    assert row[name] == f"{cell.value:.{3 if cell.kind == 'p' else 2}f}".replace(".", mark)
                elif isinstance(cell.value, bool):
                    assert row[name] == str(int(cell.value))
                elif cell.value is None:
                    assert not row[name]
                elif not isinstance(cell.value, str):
                    assert row[name] == str(cell.value)


def test_csv_is_never_calculated() -> None:
    rows = read_csv(format_csv(figures().actions), ",")
    for row, text in zip(rows, HOSTILE, strict=True):
        assert not row["action"].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row["action"].removeprefix("'") == text or row["action"] == text


def test_csv_says_why_a_figure_is_not_there() -> None:
    rows = read_csv(format_csv(build_figures(assessed(SMALL_TEAM)).scores), ",")
    hidden = [row for row in rows if row["status"] == "suppressed"]
    assert hidden
    assert {(row["score"], row["n_respondents"], row["reason"]) for row in hidden} == {
        ("", "", "too few answers (n < 5)")
    }


def test_another_locale_is_refused() -> None:
    with pytest.raises(ValueError, match="'no' is not one of"):
        format_csv(figures().scores, "no")


# ---------------------------------------------------------------- the library's call


def test_export_writes_what_is_asked_and_replaces_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    written = export_assessment(assessed(NORDVAND), folder, ("xlsx", "csv", "xlsx"))
    assert {path.parent.name.startswith(STEM) or path.name.startswith(STEM) for path in written} == {True}
    assert [path.name for path in written][1:] == [f"{name}.csv" for name in TABLES]
    before = {path: path.read_bytes() for path in written}
    written[0].write_bytes(b"old")
    assert {
        path: path.read_bytes() for path in export_assessment(assessed(NORDVAND), folder, ("csv", "xlsx"))
    } == before
    assert not list(folder.rglob("*.part"))


def test_export_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(CxassessError) as caught:
        export_assessment(assessed(NORDVAND), tmp_path / "out", ("docx",), locale="no")
    assert [problem.where for problem in caught.value.problems] == ["formats", "locale"]
    with pytest.raises(CxassessError, match="None is named"):
        export_assessment(assessed(NORDVAND), tmp_path / "out", ())
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CxassessError, match="folder can’t be made"):
        export_assessment(assessed(NORDVAND), tmp_path / "file" / "out", ("csv",))


# ---------------------------------------------------------------- the commands


@pytest.mark.slow
def test_all_four_if_none_is_named(tmp_path: Path) -> None:
    done = call("export", RESPONSES, *CONTEXT, "--out", tmp_path, "--language", "da")
    assert done.exit_code == 0, done.output
    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(list(folder.glob("*.csv"))) == len(TABLES)
    files = {path.suffix.removeprefix("."): path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert {*files, "csv"} == set(FORMATS)
    assert {kind: content[:2] for kind, content in files.items()} == {"xlsx": b"PK", "pptx": b"PK", "pdf": b"%P"}
    assert b";" in (folder / "scores.csv").read_bytes().splitlines()[0]
    assert done.output.count("written: ") == 4


def test_the_command_passes_on_what_it_is_told(tmp_path: Path) -> None:
    brand = tmp_path / "brand.yaml"
    brand.write_text('name: "Acme"\naccent: "#0B5CAD"\n', encoding="utf-8")
    options = ("--xlsx", "--csv", "--brand", brand, "--locale", "sv", "--wave", "2025-10")
    done = call("export", RESPONSES, "--out", tmp_path / "out", *options)
    assert done.exit_code == 0, done.output
    (path,) = (tmp_path / "out").glob("*.xlsx")
    assert path.name.startswith("nordvand-forsyning-a-s_2025-10_en_")
    assert load_workbook(path).properties.creator == "Acme"
    (table,) = (tmp_path / "out").glob("*/waves.csv")
    rows = read_csv(table.read_bytes(), ";")
    assert {row["wave"] for row in rows} == {"2024-10", "2025-10"}


def test_problems_are_said_and_nothing_is_written(tmp_path: Path) -> None:
    many = call("export", sample_path("portfolio.csv"), "--out", tmp_path / "out", "--csv")
    assert many.exit_code == 2
    assert "choose one of them by name" in many.stderr
    none = call("export", tmp_path / "none.csv", "--out", tmp_path / "out")
    assert none.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_actions_go_out_and_come_back(tmp_path: Path) -> None:
    """Decided in the workshop, handed over as a workbook, changed by people, read in again."""
    file = tmp_path / "acme.cxa"
    engagement, wave, _ = make_workshop(file, clock=StillClock())
    with engagement:
        engagement.workshop(wave).reveal()
        kept = engagement.plan.put(
            PlannedAction(id="", wave=wave, element="leadership_cadence", title="Customers first")
        )
        gone = engagement.plan.put(PlannedAction(id="", wave=wave, title="Nice to have"))
        engagement.close_wave(wave)
    assessment = assess(file, language="sv")
    assert assessment.context is not None
    assert [action.id for action in assessment.context.actions] == [kept.id, gone.id]
    (sheet,) = export_assessment(assessment, tmp_path / "out", ("xlsx",))
    book = load_workbook(sheet)
    actions = book["Åtgärder"]
    head = [cell.value for cell in actions[1]]
    actions.cell(2, head.index("status") + 1).value = "genomförd"
    actions.cell(2, head.index("note") + 1).value = "Klart i december"
    actions.delete_rows(3)
    actions.cell(3, head.index("action") + 1).value = "Ring tio kunder"
    book.save(sheet)
    assert call("export", file, "--xlsx", "--out", tmp_path / "out2", "--language", "sv").exit_code == 0
    assert (tmp_path / "out2" / sheet.name).read_bytes() != sheet.read_bytes()
    done = call("engagement", "actions", file, "--import", sheet, "--forget", "--list")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[:2] == [f"forgotten: {wave} · planned · Nice to have", f"2 actions in {file}"]
    with open_engagement(file) as found:
        first, second = found.plan.actions()
    assert (first.id, first.state, first.note, first.revision) == (kept.id, "done", "Klart i december", 2)
    assert (second.title, second.state, second.wave) == ("Ring tio kunder", "planned", wave)
    assert f"{wave} · done · Customers first · leadership_cadence" in done.output
    # The same sheet once more: what is new in it has come already.
    again = call("engagement", "actions", file, "--import", sheet)
    assert again.exit_code == 2
    assert "Ring tio kunder" in again.output
    with open_engagement(file) as found:
        assert found.plan.actions() == (first, second)


def test_a_wrong_sheet_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "acme.cxa"
    engagement, wave, _ = make_workshop(file, voters=4, clock=StillClock())
    with engagement:
        before = engagement.plan.put(PlannedAction(id="", wave=wave, title="Customers first"))
    (sheet,) = export_assessment(assessed(NORDVAND), tmp_path / "out", ("xlsx",))
    done = call("engagement", "actions", file, "--import", sheet)
    assert done.exit_code == 2
    assert "There is no wave '2026-10'" in done.stderr
    with open_engagement(file) as found:
        assert found.plan.actions() == (before,)
    assert call("engagement", "actions", file).exit_code == 2
