"""Show a report, or a chart, in a notebook with one line."""

from __future__ import annotations

from typing import Any, Final

from IPython.display import display

from cxassess.charts import chart_svg
from cxassess.document import Page
from cxassess.report.build import Report
from cxassess.report.display import show_meta, show_page
from cxassess.report.html import FALLBACK_FONTS

CHART_MIME: Final = "application/vnd.vegalite.v6+json"


def show(report: Report, *names: str) -> None:
    """Show pages of a report in a notebook, from where the exporters print them.

    Parameters
    ----------
    report : Report
        The report.
    names : str
        Names of its pages: ``cover``, ``summary``, ``certainty``, ``roles``, ``elements``, ``causes``, ``waves``,
        ``plan``, ``method``. A page that this report does not have is passed over. Without names: all of them.
    """
    show_meta(report.meta)
    if not names:
        for page in report.document.pages:
            show_page(page, report.meta)
    for name in names:
        found: Page | tuple[Page, ...] | None = getattr(report, name)
        pages = found if isinstance(found, tuple) else (found,) if found else ()
        for page in pages:
            show_page(page, report.meta)


def show_chart(chart: Any, language: str = "en") -> None:
    """Show an Altair chart as vectors, without a browser script; its specification goes with it for the exporters."""
    spec = chart.to_dict()
    svg = chart_svg(spec, language).replace('font-family="Source Sans Pro"', f'font-family="{FALLBACK_FONTS}"')
    display({CHART_MIME: spec, "image/svg+xml": svg}, raw=True)  # type: ignore[no-untyped-call]
