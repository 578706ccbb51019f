"""A document in several formats at once, previews that can be left out, and what stays in memory."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders_render as builders
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cxassess import document as d
from cxassess.charts import chart_block, impact_map
from cxassess.report import display, prepare
from cxassess.report.files import render_files, warm_renderers
from cxassess.report.html import render_html, render_page_html
from cxassess.report.pdf import PdfRenderer, render_pdf

TEXTS = {"x": "Effort", "y": "Impact", "low_x": "little", "high_x": "much", "low_y": "small", "high_y": "large"}
ACTIONS = pd.DataFrame({"number": [1], "label": ["An action"], "effort": [2.0], "impact": [4.0], "now": [True]})


def make_chart() -> d.Chart:
    return chart_block(impact_map(ACTIONS, texts=TEXTS), "What first", "One action.")


def make_document() -> dict[str, Any]:
    columns = d.Columns((d.Column(8, (make_chart(),)), d.Column(4, (d.Text("beside"),))))
    picture = d.Image(
        "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI4IiBoZWlnaHQ9IjgiLz4=", "svg", "A", 9
    )
    page = d.Page("p", (picture, columns, d.Section("More", (make_chart(),))), "Kicker", "Title", "Lead")
    return d.Document(builders.META, (page,)).to_dict()


def test_charts_are_drawn_once_for_all_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    document = make_document()
    alone = {"pdf": render_pdf(document), "html": render_html(document).encode()}
    drawn = []
    draw = prepare.chart_svg
    monkeypatch.setattr(prepare, "chart_svg", lambda *given: drawn.append(given) or draw(*given))
    assert render_files(document, ("pdf", "html")) == alone
    assert len(drawn) == 2
    assert list(render_files(document, ("html",))) == ["html"]


def test_pictures_stand_where_they_belong() -> None:
    document = make_document()
    svgs = prepare.draw_pictures(document)
    assert ["An" in svg for svg in svgs] == [False, True, True]
    prepared = prepare.prepare(document, pictures=["a", "b", "c"])
    picture, columns, section = prepared.document["pages"][0]["blocks"]
    places = [picture, columns["columns"][0]["blocks"][0], section["blocks"][0]]
    assert [prepared.pictures[block["key"]] for block in places] == ["a", "b", "c"]


def test_renderers_can_be_made_ready() -> None:
    warm_renderers()
    assert render_pdf(make_document()).startswith(b"%PDF-")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_rendered_documents_do_not_stay_in_memory() -> None:
    renderer = PdfRenderer()

    def grown_after(first: int, count: int) -> float:
        for number in range(first, first + count):
            meta = replace(builders.META, organisation=f"Organisation {number}")
            pages = tuple(replace(page, lead=f"Lead {number}") for page in (builders.element(), builders.roles()))
            renderer.render(d.Document(meta, pages).to_dict())
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

    before = grown_after(0, 4)
    assert grown_after(4, 10) - before < 40


def outputs_of(*bundles: dict[str, Any]) -> Any:
    outputs = [new_output("display_data", data=bundle) for bundle in bundles]
    return new_notebook(cells=[new_code_cell("show(report)", outputs=outputs)])


def test_previews_can_be_left_out_and_added_later(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = impact_map(ACTIONS, texts=TEXTS).to_dict()

    def bundles() -> tuple[dict[str, Any], ...]:
        page = display.page_bundle(builders.roles(), builders.META)
        return display.meta_bundle(builders.META), page, display.chart_bundle(spec, builders.META.language)

    seen = outputs_of(*bundles())
    monkeypatch.setenv("CXASSESS_PREVIEW", "off")
    plain = outputs_of(*bundles())
    _, page, chart = (output["data"] for output in plain.cells[0].outputs)
    assert set(page) == {d.PAGE_MIME, "text/plain"}
    assert set(chart) == {display.CHART_MIME, "text/plain"}
    added = display.add_previews(plain)
    assert [output["data"] for output in added.cells[0].outputs] == [output["data"] for output in seen.cells[0].outputs]
    assert (
        render_page_html(page[d.PAGE_MIME], builders.META.to_dict()) == added.cells[0].outputs[1]["data"]["text/html"]
    )
    assert set(page) == {d.PAGE_MIME, "text/plain"}, "the notebook given is not changed"
    assert display.add_previews(added) == added


def test_showing_pages_without_previews_loads_no_renderer() -> None:
    heavy = ("vl_convert", "typst", "jinja2", "papermill", "nbconvert", "nbformat", "altair", "mistune")
    code = (
        "import sys, cxassess.report.show, builders_render as b\n"
        "from cxassess.report.display import page_bundle\n"
        "page_bundle(b.roles(), b.META)\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    environment = {"CXASSESS_PREVIEW": "off", "PYTHONPATH": str(Path(__file__).parent), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "[]\n"
