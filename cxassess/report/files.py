"""A document as files, in all the formats that are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxassess.charts import chart_block
from cxassess.charts.theme import INK, Canvas
from cxassess.document import Document, Meta, Page, Text
from cxassess.report.html import render_html
from cxassess.report.pdf import render_pdf
from cxassess.report.prepare import draw_pictures


def render_files(document: Mapping[str, Any], kinds: Sequence[str]) -> dict[str, bytes]:
    """Return a document in each of some formats; its charts are drawn once for all of them.

    Parameters
    ----------
    document : mapping
        As ``Document.to_dict`` returns it.
    kinds : sequence of {"pdf", "html"}
        The formats.

    Returns
    -------
    dict
        Format → content of the file.
    """
    pictures = draw_pictures(document)
    return {
        kind: render_pdf(document, pictures) if kind == "pdf" else render_html(document, pictures).encode()
        for kind in kinds
    }


def warm_renderers(kinds: Sequence[str] = ("pdf", "html")) -> None:
    """Make the renderers of this process ready, on a page with a chart, so that the first report is as quick as others.

    Renderers start threads, which don't survive a fork: not in a process that forks later.
    """
    canvas = Canvas(20, 20)
    canvas.text(["1"], 10, 10, color=INK)
    blocks = (Text("1"), chart_block(canvas, "1", "1"))
    meta = Meta("1", "1", "1", "en", "", "", "1")
    render_files(Document(meta, (Page("warm", blocks, "1", "1", "1"),)).to_dict(), kinds)
