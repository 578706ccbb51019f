"""Show a report's pages in a notebook, and leave them in its outputs for the exporters.

Each output holds three forms: the page as data, which the exporters print; the page as HTML, which JupyterLab shows;
and its title as plain text. The data is the one that counts, so what is printed is what was shown. A run over many
organisations, where nobody looks, has the HTML left out (``CXASSESS_PREVIEW=off``) and adds it to the notebooks that
it keeps.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from IPython.display import display

from cxassess.document import META_MIME, PAGE_MIME, Meta, Page

if TYPE_CHECKING:
    from nbformat import NotebookNode

CHART_MIME: Final = "application/vnd.vegalite.v6+json"
HTML_MIME: Final = "text/html"
SVG_MIME: Final = "image/svg+xml"
PREVIEW_VARIABLE: Final = "CXASSESS_PREVIEW"


def wants_preview() -> bool:
    """Return whether pages and charts are drawn when they are shown; not with ``CXASSESS_PREVIEW=off``."""
    return os.environ.get(PREVIEW_VARIABLE, "") != "off"


def page_bundle(page: Page, meta: Meta) -> dict[str, Any]:
    """Return a page as a MIME bundle: data, HTML if it is wanted, and plain text."""
    values = page.to_dict()
    bundle = {PAGE_MIME: values, "text/plain": page_text(values)}
    return {**bundle, HTML_MIME: _page_html(values, meta.to_dict())} if wants_preview() else bundle


def page_text(page: Mapping[str, Any]) -> str:
    """Return a page's title and lead as plain text."""
    return "\n".join(part for part in (page["kicker"], page["title"], page["lead"]) if part) or page["id"]


def chart_bundle(spec: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a chart as a MIME bundle: its specification, and as SVG if it is wanted."""
    bundle: dict[str, Any] = {CHART_MIME: spec, "text/plain": str(spec.get("description") or "chart")}
    return {**bundle, SVG_MIME: _chart_svg(spec, language)} if wants_preview() else bundle


def meta_bundle(meta: Meta) -> dict[str, Any]:
    """Return a document's metadata as a MIME bundle: data and a line of plain text."""
    line = " · ".join(part for part in (meta.title, meta.organisation, meta.wave, meta.date) if part)
    return {META_MIME: meta.to_dict(), "text/plain": line}


def show_page(page: Page, meta: Meta) -> None:
    """Display a page in the notebook; it is printed where it stands among the cells."""
    display(page_bundle(page, meta), raw=True)  # type: ignore[no-untyped-call]


def show_meta(meta: Meta) -> None:
    """Display what the whole document needs to know; the last one in a notebook counts."""
    display(meta_bundle(meta), raw=True)  # type: ignore[no-untyped-call]


def add_previews(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook whose pages and charts can be seen in any viewer.

    Parameters
    ----------
    notebook : NotebookNode
        Of format 4; it is not changed.

    Returns
    -------
    NotebookNode
        With HTML beside every page and SVG beside every chart that lacked it.
    """
    seen = deepcopy(notebook)
    meta: Mapping[str, Any] = {}
    for data in _outputs(seen):
        if META_MIME in data:
            meta = data[META_MIME]
        elif PAGE_MIME in data and HTML_MIME not in data and meta:
            data[HTML_MIME] = _page_html(data[PAGE_MIME], meta)
        elif CHART_MIME in data and SVG_MIME not in data:
            data[SVG_MIME] = _chart_svg(data[CHART_MIME], str(meta.get("language", "en")))
    return seen


def _outputs(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "data" in output:
                yield output["data"]


def _page_html(page: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    from cxassess.report.html import render_page_html  # noqa: PLC0415  (slow to load)

    return render_page_html(page, meta)


def _chart_svg(spec: Mapping[str, Any], language: str) -> str:
    from cxassess.charts import chart_svg  # noqa: PLC0415  (slow to load)
    from cxassess.report.html import FALLBACK_FONTS  # noqa: PLC0415

    return chart_svg(spec, language).replace('font-family="Source Sans Pro"', f'font-family="{FALLBACK_FONTS}"')
