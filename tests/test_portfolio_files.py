"""What a portfolio is read from: files, engagements, outcomes, benchmark tables; the command and the screen."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import builders_portfolio as builders
import nbformat
import pytest
from builders_responses import save_csv, wide_rows
from builders_workshop import make_workshop
from click.testing import CliRunner
from traitlets import TraitError

from cxassess import sample_path
from cxassess.cli import main
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import load_instrument
from cxassess.portfolio import assess_portfolio
from cxassess.portfolio.bands import read_benchmark_table
from cxassess.portfolio.outcomes import read_outcomes
from cxassess.report.notebook import notebook_document
from cxassess.resources import resource_path
from cxassess.scoring import apply_privacy, score_responses
from cxassess.scoring.model import OVERALL

INSTRUMENT = load_instrument("eight_elements")
NAMES = ("Berg AB", "Dal A/S", "Å 1")


def problems(error: pytest.ExceptionInfo[CxassessError]) -> tuple[Problem, ...]:
    found = error.value.problems
    assert all(problem.where and problem.what and problem.remedy for problem in found)
    return found


# ---------------------------------------------------------------- outcomes


@pytest.mark.parametrize(
    "content",
    [
        "organisation,outcome\nBerg AB,3.5\nDal A/S,-2\nÅ 1,\n".encode(),
        "\ufefforganisation;outcome\r\nBerg AB;3,5\r\nDal A/S;−2\r\n\r\nÅ 1;\r\n".encode(),
        "Outcome\tOrganisation\n3,5\tBerg AB\n-2\tDal A/S\n".encode("utf-16"),
        "organisation;outcome\nBerg AB;3,5\nDal A/S;-2\nÅ 1;\n".encode("cp1252"),
        b'organisation,note,outcome\nBerg AB,"a, b",3.5\nDal A/S,x,-2\n',
    ],
)
def test_outcomes_are_read_as_spreadsheets_write_them(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(content)
    found = read_outcomes(path, NAMES)
    assert found.values == {"Berg AB": 3.5, "Dal A/S": -2.0}
    assert found.label == ""
    assert not found.binary


def test_the_only_other_column_gives_the_outcome_its_name(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("organisation,Loyalty {index}\nBerg AB,1\nDal A/S,0\n", encoding="utf-8")
    found = read_outcomes(path, NAMES)
    assert found.label == "Loyalty {index}"
    assert found.binary


def test_every_problem_of_an_outcome_file_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("organisation;outcome\nBerg;1\nDal A/S;1.234,5\nDal A/S;2\nÅ 1;inf\n", encoding="utf-8")
    with pytest.raises(CxassessError) as error:
        read_outcomes(path, NAMES)
    assert [problem.where for problem in problems(error)] == [
        "o.csv, row 2, column organisation",
        "o.csv, row 3, column outcome",
        "o.csv, row 4, column organisation",
        "o.csv, row 5, column outcome",
    ]


@pytest.mark.parametrize(
    "content", ["", "name,outcome\na,1\n", "organisation,a,b\nBerg AB,1,2\n", "organisation\nBerg AB\n"]
)
def test_a_file_that_is_no_outcome_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CxassessError) as error:
        read_outcomes(path, NAMES)
    assert problems(error)
    with pytest.raises(CxassessError):
        read_outcomes(tmp_path / "absent.csv", NAMES)


# ---------------------------------------------------------------- benchmark tables


def test_a_benchmark_table_may_name_industries_and_countries(tmp_path: Path) -> None:
    path = tmp_path / "others.csv"
    rows = [f"{OVERALL};{2 + i / 10:.1f};Energy;DK".replace(".", ",") for i in range(12)]
    path.write_text("element;score;industry;country\n" + "\n".join(rows) + "\n", encoding="utf-8")
    table = read_benchmark_table(path, INSTRUMENT)
    assert table.name == "others"
    band = table.band(OVERALL, "industry", ("energy",))
    assert band is not None
    assert (band.n, band.median) == (12, pytest.approx(2.55))
    assert table.band(OVERALL, "country", ("SE",)) is None
    plain = tmp_path / "plain.csv"
    plain.write_text("element,score\n" + f"{OVERALL},3.1\n" * 10, encoding="utf-8")
    assert read_benchmark_table(plain, INSTRUMENT).band(OVERALL) is not None


def test_every_problem_of_a_benchmark_table_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text(f"element,score\nnonsense,3\n{OVERALL},6\n{OVERALL},x\n", encoding="utf-8")
    with pytest.raises(CxassessError) as error:
        read_benchmark_table(path, INSTRUMENT)
    assert [problem.where for problem in problems(error)] == [
        "b.csv, row 2, column element",
        "b.csv, row 3, column score",
        "b.csv, row 4, column score",
    ]
    path.write_text("element,score\n" + f"{OVERALL},3.1\n" * 9, encoding="utf-8")
    with pytest.raises(CxassessError, match="too few"):
        read_benchmark_table(path, INSTRUMENT)


def test_an_imported_table_gives_the_bands(tmp_path: Path) -> None:
    path = tmp_path / "others.csv"
    ids = [*(element.id for element in INSTRUMENT.elements), OVERALL]
    rows = [f"{element},{1 + i / 10:.1f}" for element in ids for i in range(12)]
    path.write_text("element,score\n" + "\n".join(rows) + "\n", encoding="utf-8")
    responses = save_csv(tmp_path, [row for n in range(6) for row in wide_rows(24, organisation=f"Org {n}")])
    portfolio = assess_portfolio(responses, benchmark=path)
    (page,) = portfolio.report().bands
    (profile,) = [block for block in page.blocks if block.kind == "profile"]
    assert len(profile.rows) == 9  # type: ignore[attr-defined]
    assert all(row.band == (1.27, 1.83) or row.band == pytest.approx((1.275, 1.825)) for row in profile.rows)  # type: ignore[attr-defined]


# ---------------------------------------------------------------- files, folders, engagements


def test_files_folders_and_engagements_make_one_portfolio(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    save_csv(folder, wide_rows(24, organisation="One"), "one.csv")
    engagement, wave, _ = make_workshop(folder / "room.cxa")
    engagement.workshop(wave).reveal()
    engagement.close_wave(wave)
    own = engagement.organisation if isinstance(engagement.organisation, str) else engagement.organisation().name
    engagement.close()
    alone = save_csv(tmp_path, wide_rows(24, organisation="Two"), "two.csv")
    portfolio = assess_portfolio([folder, alone])
    assert [member.organisation for member in portfolio.members] == sorted(["One", "Two", own])
    assert all(member.shown for member in portfolio.members)


def test_the_problems_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    rows = wide_rows(6)
    save_csv(tmp_path, [{**rows[0], "LO1": "9"}, *rows[1:]], "bad.csv")
    (tmp_path / "worse.csv").write_text("nothing\n1\n", encoding="utf-8")
    with pytest.raises(CxassessError) as error:
        assess_portfolio(tmp_path)
    assert {problem.where.split(",")[0] for problem in problems(error)} == {"bad.csv", "worse.csv"}
    with pytest.raises(CxassessError):
        assess_portfolio(tmp_path / "absent")


def test_the_scores_are_those_of_each_organisations_own_report() -> None:
    from cxassess.context import read_contexts
    from cxassess.responses import read_responses

    everything = read_responses(sample_path("portfolio.csv"), INSTRUMENT)
    contexts = read_contexts(sample_path("portfolio.context.yaml"))
    own = everything.select("Nyfiber A/S")
    alone = apply_privacy(score_responses(own, contexts=contexts), own)
    (score,) = alone.scores.query("group == 'all' and element == 'overall'")["score"]
    league = builders.sample().frames["league"].set_index("organisation")
    assert league.loc["Nyfiber A/S", "own_score"] == score


# ---------------------------------------------------------------- the command


def test_the_command_writes_a_whole_pdf_or_nothing(tmp_path: Path) -> None:
    out = tmp_path / "portfolio.pdf"
    save_csv(tmp_path, [row for n in range(6) for row in wide_rows(24, organisation=f"Org {n}")])
    files = [str(tmp_path / "responses.csv")]
    (tmp_path / "o.csv").write_text("organisation,outcome\n" + "".join(f"Org {n},{n}\n" for n in range(6)))
    done = CliRunner().invoke(
        main,
        [
            "portfolio",
            *files,
            "--out",
            str(out),
            "--language",
            "sv",
            "--outcome",
            str(tmp_path / "o.csv"),
            "--title",
            "X",
        ],
    )
    assert done.exit_code == 0, done.output
    assert "6 organisations written" in done.output
    assert out.read_bytes().startswith(b"%PDF")
    html = tmp_path / "portfolio.html"
    assert CliRunner().invoke(main, ["portfolio", *files, "--out", str(html)]).exit_code == 0
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    before = sorted(tmp_path.iterdir())
    bad = CliRunner().invoke(main, ["portfolio", *files, "--out", str(tmp_path / "x.docx")])
    worse = CliRunner().invoke(
        main, ["portfolio", *files, "--out", str(out), "--outcome", str(tmp_path / "responses.csv")]
    )
    nowhere = CliRunner().invoke(main, ["portfolio", *files, "--out", str(tmp_path / "no" / "x.pdf")])
    assert (bad.exit_code, worse.exit_code, nowhere.exit_code) == (2, 2, 2)
    assert sorted(tmp_path.iterdir()) == before


# ---------------------------------------------------------------- on the screen


def test_choices_change_what_is_shown_and_nothing_hidden_gets_there() -> None:
    from cxassess.portfolio.screen import PortfolioScreen

    screen = PortfolioScreen(builders.sample())
    assert screen.league.value.count('<th scope="row"') == 40
    overall = screen.league.value
    screen.element = "customer_strategy"
    assert screen.league.value != overall
    assert "League table: A clear customer strategy" in screen.league.value
    screen.industry = "energy"
    assert screen.league.value.count('<th scope="row"') == 5
    before = screen.heat.value
    bar = screen.children[0]
    bar.children[2].value = "country"
    assert screen.order == "country"
    assert screen.heat.value != before
    assert 'scope="rowgroup"' in screen.heat.value
    for name, wrong in (("element", "nonsense"), ("industry", "<b>"), ("order", "x")):
        with pytest.raises(TraitError):
            setattr(screen, name, wrong)
    screen.close_all()


# ---------------------------------------------------------------- the sample


def test_the_sample_outcome_is_made_by_the_generator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sample_path("generate.py").parent
    monkeypatch.syspath_prepend(str(folder))
    spec = importlib.util.spec_from_file_location("generate_samples", folder / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "generate_samples", generate)
    spec.loader.exec_module(generate)
    import numpy as np

    generate.write_outcomes(tmp_path / "o.csv", generate.portfolio(np.random.default_rng(generate.SEED)))
    assert (tmp_path / "o.csv").read_bytes() == sample_path("portfolio.outcome.csv").read_bytes()
    outcomes = builders.sample().outcomes
    assert outcomes is not None
    assert len(outcomes.values) == 38


@pytest.mark.slow
def test_the_notebook_prints_what_the_report_holds_and_no_widgets(tmp_path: Path) -> None:
    import papermill

    done = tmp_path / "done.ipynb"
    source = str(resource_path("notebooks/04_portfolio.ipynb"))
    papermill.execute_notebook(
        source,
        str(done),
        {"language": "sv", "title": "Alla"},
        kernel_name="cxassess",
        cwd=str(tmp_path),
        progress_bar=False,
    )
    printed = notebook_document(nbformat.read(done, as_version=4))
    report = builders.in_language(builders.sample(), "sv").report(title="Alla").document.to_dict()
    assert printed == json.loads(json.dumps(report))
