"""cxassess: measure how mature a customer-experience transformation is, and what to do next.

The names below are the library's public face. They are loaded when they are first used, so that ``import cxassess``
is quick and needs neither Jupyter nor the PDF tools.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "1.0.0"

_PUBLIC = {
    "Assessment": "cxassess.assessment",
    "assess": "cxassess.assessment",
    "assess_portfolio": "cxassess.portfolio",
    "OrganisationContext": "cxassess.context",
    "read_contexts": "cxassess.context",
    "create_engagement": "cxassess.engagement",
    "open_engagement": "cxassess.engagement",
    "CxassessError": "cxassess.errors",
    "Problem": "cxassess.errors",
    "Explorer": "cxassess.explore.widget",
    "find": "cxassess.findings",
    "say": "cxassess.findings",
    "Instrument": "cxassess.instrument",
    "check_instrument": "cxassess.instrument",
    "load_instrument": "cxassess.instrument",
    "get_language": "cxassess.language",
    "Responses": "cxassess.responses",
    "check_responses": "cxassess.responses",
    "read_responses": "cxassess.responses",
    "write_intake": "cxassess.responses",
    "write_responses": "cxassess.responses",
    "apply_privacy": "cxassess.scoring",
    "score_responses": "cxassess.scoring",
    "show": "cxassess.report.show",
    "show_chart": "cxassess.report.show",
    "render_html": "cxassess.report.html",
    "render_pdf": "cxassess.report.pdf",
    "run_reports": "cxassess.batch.run",
    "sample_path": "cxassess.resources",
}

__all__ = ["__version__", *sorted(_PUBLIC)]  # noqa: PLE0604  (names, all of them strings)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'cxassess' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
