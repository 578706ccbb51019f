"""Show a report, or a chart, in a notebook with one line."""

from __future__ import annotations

from typing import Any

from IPython.display import display

from cxassess.document import Page
from cxassess.report.build import Report
from cxassess.report.display import chart_bundle, show_meta, show_page


def show(report: Report, *names: str) -> None:
    """Show pages of a report in a notebook, from where the exporters print them.

    Parameters
    ----------
    report : Report
        The report.
    names : str
        Names of its pages: ``cover``, ``summary``, ``certainty``, ``roles``, ``elements``, ``causes``, ``waves``,
        ``followed``, ``plan``, ``agreed``, ``decided``, ``method``. A page that this report does not have is passed
        over. Without names: all of them.
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
    display(chart_bundle(chart.to_dict(), language), raw=True)  # type: ignore[no-untyped-call]
