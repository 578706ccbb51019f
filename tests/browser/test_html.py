"""The HTML report as a reader sees it: nothing hidden, nothing cut off, nothing fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxassess import assess, render_html, sample_path

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("watched", [(390, 844), (1440, 900)], indirect=True, ids=["phone", "desktop"])
@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_every_level_of_every_ladder_can_be_read(watched, language: str, tmp_path: Path) -> None:
    context = sample_path("nordvand.context.yaml")
    assessment = assess(sample_path("nordvand.csv"), context=context, language=language)
    document = assessment.report().document.to_dict()
    path = tmp_path / "report.html"
    path.write_text(render_html(document), encoding="utf-8")
    page = watched.page
    page.goto(path.as_uri())
    blocks = [block for found in document["pages"] for block in found["blocks"]]
    columns = [column for block in blocks if block["kind"] == "columns" for column in block["columns"]]
    ladders = [block for column in columns for block in column["blocks"] if block["kind"] == "ladder"]
    assert len(ladders) == len(assessment.instrument.elements)
    shown = page.locator("body").inner_text()
    for ladder in ladders:
        for rung in ladder["rungs"]:
            assert rung["text"] in shown
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert (watched.outside, watched.errors) == ([], [])
