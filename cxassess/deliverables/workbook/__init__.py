"""The workbook: tidy sheets with the report's own figures, native charts, and a sheet of actions to work with."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter import Workbook

from cxassess.deliverables.figures import Figures, build_figures
from cxassess.deliverables.workbook.actions import write_actions
from cxassess.deliverables.workbook.charts import ChartSheet
from cxassess.deliverables.workbook.front import Front
from cxassess.deliverables.workbook.look import Look
from cxassess.deliverables.workbook.readme import write_readme
from cxassess.deliverables.workbook.tidy import write_tidy
from cxassess.document import Brand
from cxassess.engagement.whole import write_new
from cxassess.report.brand import load_brand

if TYPE_CHECKING:
    from cxassess.assessment import Assessment

LISTS_SHEET: Final = "cx_lists"
CHARTS_SHEET: Final = "cx_charts"
_EPOCH: Final = 1_767_225_600
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_workbook(assessment: Assessment, path: str | Path, *, brand: str | Path = "") -> None:
    """Write the workbook of an assessment, in its language; a file that is there is replaced, whole or not at all.

    Parameters
    ----------
    assessment : Assessment
        What is handed over.
    path : str or Path
        Where to write (.xlsx).
    brand : str or Path
        Path of a brand file.

    Raises
    ------
    CxassessError
        If the brand file can't be used, or the file can't be written.
    """
    content = render_workbook(build_figures(assessment), load_brand(brand) if brand else Brand())
    with write_new(Path(path), replace=True) as part:
        part.write_bytes(content)


def render_workbook(figures: Figures, brand: Brand | None = None) -> bytes:
    """Return the workbook's bytes; the same figures give the same bytes.

    Parameters
    ----------
    figures : Figures
        What is shown.
    brand : Brand, optional
        The project's own if not given.
    """
    brand = brand or Brand()
    stream = io.BytesIO()
    book = Workbook(stream, dict(_OPTIONS))
    _describe(book, figures, brand)
    look = Look(book, brand, figures.view.language)
    titles = {table.name: figures.view.language.text(f"deliverables.sheets.{table.name}") for table in figures.tables}
    sheets = {name: book.add_worksheet(title) for name, title in titles.items()}
    readme = book.add_worksheet(figures.view.language.text("deliverables.sheets.readme"))
    charts = book.add_worksheet(CHARTS_SHEET)
    lists = book.add_worksheet(LISTS_SHEET)
    for table in figures.tables:
        if table.name not in {"summary", "actions"}:
            write_tidy(sheets[table.name], table, look)
    Front(sheets["summary"], figures, look).write(ChartSheet(charts, figures, look))
    write_actions(sheets["actions"], lists, figures, look)
    write_readme(readme, figures, titles, look)
    charts.hide()
    lists.very_hidden()
    for sheet in (*sheets.values(), readme):
        _set_page(sheet, figures)
    sheets["summary"].set_tab_color(brand.accent)
    sheets["actions"].set_tab_color(brand.accent)
    sheets["summary"].activate()
    book.close()
    return stream.getvalue()


def _describe(book: Any, figures: Figures, brand: Brand) -> None:
    view = figures.view
    made = view.report_date
    day = datetime.combine(made, time()) if made else _moment()
    book.set_properties(
        {
            "title": view.text("cover.title", name=view.name),
            "subject": f"{view.organisation}, {view.wave_name}",
            "author": brand.name,
            "company": brand.name,
            "comments": f"{view.instrument.reference}, cxassess",
            "keywords": "cxassess",
            "created": day,
        }
    )


def _moment() -> datetime:
    """Return a fixed moment, so that the same workbook has the same bytes; ``SOURCE_DATE_EPOCH`` is honoured."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch) if epoch.isdecimal() else _EPOCH, UTC).replace(tzinfo=None)


def _set_page(sheet: Any, figures: Figures) -> None:
    """Print every sheet one page wide, with its head on each page."""
    view = figures.view
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.7, 0.7)
    name = f"{view.name}, {view.wave_name}"[:100].replace("&", "&&")
    sheet.set_footer(f"&L&8 {name} · &A&R&8&P / &N")  # without the space, a digit in front is read as part of the size
    sheet.repeat_rows(0)
