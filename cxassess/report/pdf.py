"""A document as PDF, through the static Typst template: tagged (PDF/UA-1), with bookmarks and embedded fonts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from cxassess.fonts import font_directories
from cxassess.report.prepare import prepare
from cxassess.resources import resource_path

STANDARDS: Final = ("ua-1",)
_GENERATIONS: Final = 11  # after as many compilations Typst drops what it kept and did not use


class PdfRenderer:
    """Renders documents with one compiler, which keeps fonts and template in memory between them.

    Compiler threads don't survive a fork: don't make one in a process that forks later.

    Parameters
    ----------
    template : Path, optional
        Folder with a ``report.typ`` of one's own; the project's otherwise.
    """

    def __init__(self, template: Path | None = None) -> None:
        folder = template or resource_path("templates/report")
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=True,
            font_paths=[str(path) for path in font_directories()],
        )
        self._compiler = typst.Compiler(str(folder / "report.typ"), root=str(folder), font_paths=fonts)
        self._nothing = typst.Compiler(font_paths=fonts)

    def render(self, document: Mapping[str, Any], pictures: Sequence[str] | None = None) -> bytes:
        """Return a document as PDF.

        The same document gives the same bytes; the date in the file is ``SOURCE_DATE_EPOCH``, or the report's own.

        Parameters
        ----------
        document : mapping
            As ``Document.to_dict`` returns it. All text in it is data to the template, never markup.
        pictures : sequence of str, optional
            The document's pictures, if ``draw_pictures`` has drawn them already.

        Raises
        ------
        typst.TypstError
            If the template meets a kind of block that it does not know; the message names it.
        """
        prepared = prepare(document, pictures=pictures)
        try:
            pdf = self._compiler.compile(
                format="pdf", sys_inputs=prepared.inputs(), pdf_standards=list(STANDARDS), timestamp=0
            )
        finally:
            self._forget()
        if not isinstance(pdf, bytes):
            raise TypeError("the Typst compiler returned no single file")
        return pdf

    def _forget(self) -> None:
        """Let Typst drop what it remembers of the document: over 100 MB each, and of no use to the next one."""
        for _ in range(_GENERATIONS):
            self._nothing.compile(b"", format="svg")


@cache
def _renderer() -> PdfRenderer:
    return PdfRenderer()


def render_pdf(document: Mapping[str, Any], pictures: Sequence[str] | None = None) -> bytes:
    """Return a document (as ``Document.to_dict`` gives it) as PDF; one compiler serves the whole process."""
    return _renderer().render(document, pictures)
