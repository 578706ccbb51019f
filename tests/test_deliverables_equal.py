"""Every figure is the same in the report, on screen, in the workbook and on the slides: each is read back."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from builders_deliverables import NORDVAND, PORTFOLIO, SMALL_TEAM, assess_all, assessed
from readers_deliverables import (
    Facts,
    expect,
    is_there,
    read_slides,
    read_text,
    read_workbook,
    text_of_html,
    text_of_pdf,
)

from cxassess.assessment import Assessment
from cxassess.deliverables.figures import build_figures
from cxassess.deliverables.slides.write import build_slides
from cxassess.deliverables.workbook import render_workbook
from cxassess.language import LANGUAGES
from cxassess.report.files import render_files

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
SOME = slice(1, None, 6)
#: What stands on the slides, too.
TOLD = {"score", "level", "rule", "gap", "item", "changes"}


def differences(found: Facts, expected: Facts) -> list[str]:
    keys = sorted(found.keys() | expected.keys())
    return [
        f"{key}: {found.get(key)} instead of {expected.get(key)}" for key in keys if found.get(key) != expected.get(key)
    ]


def check(assessment: Assessment, folder: Path) -> int:
    """Read back everything that is handed over; return how many figures were compared."""
    expected = expect(assessment)
    files = render_files(assessment.report().document.to_dict(), ("pdf", "html"))
    figures = build_figures(assessment)
    on_paper, on_screen = text_of_pdf(files["pdf"], folder), text_of_html(files["html"].decode("utf-8"))
    found = {
        "pdf": read_text(on_paper, assessment),
        "html": read_text(on_screen, assessment),
        "xlsx": read_workbook(render_workbook(figures), assessment),
        "pptx": read_slides(build_slides(assessment), assessment),
    }
    if not is_there(assessment):
        assert {key[0] for key in found["xlsx"]} == {"score"}
        assert {len(texts) for texts in found.pop("xlsx").values()} == {1}  # the reason, and no figure
        assert not re.search(r"\b[1-5][.,]\d\d\b", re.sub(r"r_wg.*", "", on_screen.split("SHA-256")[0]))
    for kind in found.keys() - {"pptx"}:
        assert not differences(found[kind], expected), f"{assessment.organisation}, {kind}"
    told = {key: texts for key, texts in expected.items() if key[0] in TOLD}
    assert not differences(found["pptx"], told), f"{assessment.organisation}, pptx"
    return sum(len(one) for one in found.values())


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_three_waves_in_every_language(language: str, tmp_path: Path) -> None:
    assessment = assessed(NORDVAND, language)
    kinds = {"overall", "rule", "score", "n", "level", "gap", "item", "item_n", "waves", "changes"}
    assert {key[0] for key in expect(assessment)} == kinds
    assert check(assessment, tmp_path) > 350


@needs_poppler
def test_a_small_team_of_which_much_is_hidden(tmp_path: Path) -> None:
    assert check(assessed(SMALL_TEAM, "da"), tmp_path) > 100


@needs_poppler
def test_some_of_the_portfolio(tmp_path: Path) -> None:
    for assessment in assess_all(PORTFOLIO, "sv")[SOME]:
        check(assessment, tmp_path)


@needs_poppler
@pytest.mark.heavy
@pytest.mark.slow
def test_all_of_the_portfolio(tmp_path: Path) -> None:
    everything = assess_all(PORTFOLIO, "en")
    assert len(everything) == 40
    assert sum(not is_there(assessment) for assessment in everything) >= 1
    assert sum(check(assessment, tmp_path) for assessment in everything) > 10_000


def test_a_difference_is_found() -> None:
    """The readers read: another figure in the shown scores is another figure in all that is handed over."""
    assessment = assessed(NORDVAND)
    expected = expect(assessment)
    wrong = {**expected, ("score", "back_office"): ("2.74", "2.61–2.84")}
    found = read_workbook(render_workbook(build_figures(assessment)), assessment)
    assert differences(found, wrong) == [
        "('score', 'back_office'): ('2.73', '2.61–2.84') instead of ('2.74', '2.61–2.84')"
    ]
