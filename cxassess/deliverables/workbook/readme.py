"""The last sheet for people: what the workbook holds, what each column means, and how the figures were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cxassess.deliverables.figures import Figures
from cxassess.deliverables.workbook.actions import sheet_columns
from cxassess.deliverables.workbook.look import LINE, Look
from cxassess.deliverables.workbook.tidy import describe, range_name
from cxassess.document import Block, Columns, Heading, Rich, Text
from cxassess.report.pages.method import build_method
from cxassess.responses.intake_look import height

_WIDTHS: Final = (28, 36, 90)
_TEXT_WIDTH: Final = 154
_MANY: Final = 4
_PARAGRAPHS: Final = ("figures", "hidden", "names")


def write_readme(sheet: Any, figures: Figures, titles: Mapping[str, str], look: Look) -> None:
    """Write the sheet; ``titles`` are the names of the other sheets by table."""
    page = _Page(sheet, look)
    words = figures.view.language
    sheet.hide_gridlines(2)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    page.line(words.text("deliverables.readme.title"), look.title, 34)
    for key in _PARAGRAPHS:
        page.prose(words.text(f"deliverables.readme.{key}"))
    page.prose(words.text("deliverables.readme.actions", sheet=titles["actions"]))
    if not figures.view.context.actions:
        page.prose(words.text("deliverables.readme.proposed"))
    _write_sheets(page, figures, titles)
    _write_columns(page, figures, titles)
    method = build_method(figures.view)
    page.heading(method.title)
    for block in _texts(method.blocks):
        if isinstance(block, Heading):
            page.line(_plain(block.text), look.strong, 22)
        elif isinstance(block, Text):
            page.prose(_plain(block.text))


def _write_sheets(page: _Page, figures: Figures, titles: Mapping[str, str]) -> None:
    words = figures.view.language
    page.heading(words.text("deliverables.readme.sheets"))
    page.head([words.text(f"deliverables.readme.{head}") for head in ("sheet", "area", "meaning")])
    for table in figures.tables:
        page.cells([titles[table.name], range_name(table.name), words.text(f"deliverables.about.{table.name}")])


def _write_columns(page: _Page, figures: Figures, titles: Mapping[str, str]) -> None:
    """Write what each column means: once, as the same name means the same in all sheets but that of the actions."""
    words = figures.view.language
    page.heading(words.text("deliverables.readme.columns"))
    heads = [words.text(f"deliverables.readme.{head}") for head in ("column", "sheet", "meaning")]
    page.head(heads)
    found: dict[str, list[str]] = {}
    for table in figures.tables:
        for column in table.columns if table.name != "actions" else ():
            found.setdefault(column, []).append(table.name)
    for column, tables in found.items():
        listed = (
            words.text("deliverables.everywhere") if len(tables) > _MANY else ", ".join(map(titles.__getitem__, tables))
        )
        page.cells([column, listed, describe(page.look, tables[0], column)])
    page.heading(words.text("deliverables.readme.action_columns", sheet=titles["actions"]))
    page.head(heads)
    for column in sheet_columns(figures.actions):
        page.cells([column, titles["actions"], describe(page.look, "actions", column)])


class _Page:
    """Writes line by line."""

    def __init__(self, sheet: Any, look: Look) -> None:
        self.sheet = sheet
        self.look = look
        self.row = 0

    def skip(self) -> None:
        self.row += 1

    def line(self, text: str, style: Any, points: float) -> None:
        self.sheet.set_row(self.row, points)
        self.sheet.write_string(self.row, 0, text, style)
        self.row += 1

    def prose(self, text: str) -> None:
        self.sheet.set_row(self.row, height([(text, _TEXT_WIDTH)], size=11))
        self.sheet.merge_range(self.row, 0, self.row, 2, "", self.look.prose)
        self.sheet.write_string(self.row, 0, text, self.look.prose)
        self.row += 1

    def heading(self, text: str) -> None:
        self.skip()
        self.line(text, self.look.heading, 32)

    def head(self, texts: list[str]) -> None:
        self._cells(texts, self.look.head)

    def cells(self, texts: list[str]) -> None:
        self._cells(texts, self.look.make(text_wrap=True, indent=1, align="left", bottom=1, bottom_color=LINE))

    def _cells(self, texts: list[str], style: Any) -> None:
        self.sheet.set_row(self.row, height(zip(texts, _WIDTHS, strict=True)))
        for column, text in enumerate(texts):
            self.sheet.write_string(self.row, column, text, style)
        self.row += 1


def _texts(blocks: Iterable[Block]) -> list[Block]:
    """Return the headings and texts of a page, column after column."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Columns):
            for column in block.columns:
                found += _texts(column.blocks)
        else:
            found.append(block)
    return found


def _plain(text: Rich) -> str:
    return text if isinstance(text, str) else "".join(run.text for run in text)
