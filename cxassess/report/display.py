"""Show a report's pages in a notebook, and leave them in its outputs for the exporters.

Each output holds three forms: the page as data, which the exporters print; the page as HTML, which JupyterLab shows;
and its title as plain text. The data is the one that counts, so what is printed is what was shown.
"""

from __future__ import annotations

from typing import Any

from IPython.display import display

from cxassess.document import META_MIME, PAGE_MIME, Meta, Page
from cxassess.report.html import page_text, render_page_html


def page_bundle(page: Page, meta: Meta) -> dict[str, Any]:
    """Return a page as a MIME bundle: data, HTML, and plain text."""
    values = page.to_dict()
    return {
        PAGE_MIME: values,
        "text/html": render_page_html(values, meta.to_dict()),
        "text/plain": page_text(values),
    }


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
