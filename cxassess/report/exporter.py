"""Exporters for nbconvert: an executed notebook as a PDF or as one HTML file.

Registered as ``cxassess-pdf`` and ``cxassess-html``, so that ``jupyter nbconvert --to cxassess-pdf`` and JupyterLab's
*Save and Export Notebook As* know them. Cells are not executed here, and no HTML of theirs is passed on.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool, Unicode, default

from cxassess.report.html import render_html
from cxassess.report.notebook import notebook_document
from cxassess.report.pdf import render_pdf


class _ReportExporter(Exporter):
    """What both exporters share: how the notebook becomes a document."""

    show_code = Bool(False, help="Print the code of the cells, too.").tag(config=True)
    title = Unicode("", help="Title of a notebook without a report's metadata.").tag(config=True)
    language = Unicode("en", help="Language of such a notebook: en, da or sv.").tag(config=True)

    def _document(
        self, notebook: NotebookNode, resources: dict[str, Any] | None, **options: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        cells, known = super().from_notebook_node(notebook, resources, **options)
        name = str(known.get("metadata", {}).get("name", "")).replace("_", " ")
        document = notebook_document(
            cells, title=self.title, name=name, language=self.language, show_code=self.show_code
        )
        return document, known


class PdfExporter(_ReportExporter):
    """Exports a notebook as an accessible PDF (PDF/UA-1), without a browser or LaTeX."""

    export_from_notebook = "Report (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the notebook as PDF bytes, and nbconvert's resources."""
        document, known = self._document(nb, resources, **kw)
        return render_pdf(document), known


class HtmlExporter(_ReportExporter):
    """Exports a notebook as one HTML file that needs no network and runs no script."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook as HTML text, and nbconvert's resources."""
        document, known = self._document(nb, resources, **kw)
        return render_html(document), known
