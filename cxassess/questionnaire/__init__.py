"""The questionnaire that respondents fill in: one browser component, its words, and its notebook widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxassess.questionnaire.form import build_form, count_items, estimate_minutes
from cxassess.questionnaire.page import build_page
from cxassess.questionnaire.words import build_refusal, build_words, read_static

if TYPE_CHECKING:
    from cxassess.questionnaire.widget import Preview, Questionnaire

__all__ = [
    "Preview",
    "Questionnaire",
    "build_form",
    "build_page",
    "build_refusal",
    "build_words",
    "count_items",
    "estimate_minutes",
    "read_static",
]


def __getattr__(name: str) -> Any:
    """Load the widgets only when one is asked for: a server has no use for anywidget."""
    if name in ("Preview", "Questionnaire"):
        from cxassess.questionnaire import widget  # noqa: PLC0415

        return getattr(widget, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
