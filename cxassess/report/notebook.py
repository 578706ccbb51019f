"""An executed notebook as a document: the report's own pages, and pages of whatever else its cells hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cxassess.document import META_MIME, PAGE_MIME, Block, Code, Heading, Meta, Page
from cxassess.language import Language, get_language
from cxassess.report.markdown import markdown_blocks
from cxassess.report.outputs import output_blocks

HIDING_TAGS: Final = frozenset({"remove-cell", "remove_cell", "hide", "hide-cell", "hide_cell"})
HIDING_OUTPUT_TAGS: Final = frozenset({"remove-output", "remove_output", "hide-output", "hide_output"})


@dataclass
class _Gathered:
    """Pages in order; blocks that belong to no page yet wait in ``loose``."""

    meta: dict[str, Any] | None = None
    pages: list[dict[str, Any]] = field(default_factory=list)
    loose: list[Block] = field(default_factory=list)

    def add_page(self, page: dict[str, Any]) -> None:
        self.close_loose()
        self.pages.append(page)

    def close_loose(self) -> None:
        if self.loose:
            self.pages.append(_flow_page(self.loose, len(self.pages)))
            self.loose = []


def notebook_document(
    notebook: Mapping[str, Any], *, title: str = "", name: str = "", language: str = "en", show_code: bool = False
) -> dict[str, Any]:
    """Return an executed notebook as a document.

    Pages and metadata that ``cxassess.report.display`` left in the outputs are taken as they are, in the order of the
    cells; everything else becomes text pages. Cells tagged ``remove-cell`` or ``hide`` are left out.

    Parameters
    ----------
    notebook : mapping
        Notebook of format 4, executed.
    title : str
        Title of a notebook without metadata of ours; its own title or first heading if not given.
    name : str
        Name of the file, for a notebook that has neither.
    language : str
        Language of such a notebook.
    show_code : bool
        Print the cells' code too.

    Returns
    -------
    dict
        As ``Document.to_dict`` gives it.
    """
    words = get_language(language)
    gathered = _Gathered()
    for cell in notebook["cells"]:
        tags = frozenset(cell.get("metadata", {}).get("tags", ()))
        if not tags & HIDING_TAGS:
            _add_cell(cell, tags, gathered, words, show_code=show_code)
    gathered.close_loose()
    pages = gathered.pages or [_flow_page([Heading(words.text("render.empty"), 1)], 0)]
    meta = gathered.meta or _own_meta(notebook, pages, title, name, words)
    return {"meta": meta, "pages": _with_first_title(pages, str(meta["title"]))}


def _add_cell(
    cell: Mapping[str, Any], tags: frozenset[str], gathered: _Gathered, words: Language, *, show_code: bool
) -> None:
    if cell["cell_type"] == "markdown":
        gathered.loose += markdown_blocks(str(cell["source"]))
    if cell["cell_type"] != "code":
        return
    if show_code and str(cell["source"]).strip():
        gathered.loose.append(Code(str(cell["source"])))
    if tags & HIDING_OUTPUT_TAGS or cell.get("metadata", {}).get("jupyter", {}).get("outputs_hidden"):
        return
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if META_MIME in data:
            gathered.meta = dict(data[META_MIME])
        elif PAGE_MIME in data:
            gathered.add_page(dict(data[PAGE_MIME]))
        else:
            gathered.loose += output_blocks(output, words)


def _flow_page(blocks: list[Block], number: int) -> dict[str, Any]:
    """Return a text page; a level-1 heading on top of it becomes its title, and no level is left out below."""
    title = ""
    first = blocks[0]
    if isinstance(first, Heading) and first.level == 1:
        title, blocks = first.text, blocks[1:]
    level = 1
    levelled: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            level = min(block.level, level + 1)
            block = replace(block, level=level)
        levelled.append(block)
    return Page(f"notebook-{number + 1}", levelled, title=title, flow=True).to_dict()


def _own_meta(
    notebook: Mapping[str, Any], pages: list[dict[str, Any]], title: str, name: str, words: Language
) -> dict[str, Any]:
    found = str(notebook.get("metadata", {}).get("title") or "") or next(
        (page["title"] for page in pages if page["title"]), ""
    )
    chosen = title or found or name or words.text("render.notebook")
    return Meta(chosen, "", "", words.code, "", "", words.text("render.page_of")).to_dict()


def _with_first_title(pages: list[dict[str, Any]], title: str) -> list[dict[str, Any]]:
    """Return the pages; the first that has headings but no title gets the document's, so that levels begin at 1."""
    for place, page in enumerate(pages):
        if any(block["kind"] == "cover" for block in page["blocks"]):
            continue
        if not page["title"]:
            return [*pages[:place], {**page, "title": title}, *pages[place + 1 :]]
        break
    return pages
