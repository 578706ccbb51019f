"""The facilitator's board: one browser component that shows a workshop and steers it, on the engagement's file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxassess.workshop.commands import obey
from cxassess.workshop.joining import describe_join
from cxassess.workshop.view import build_board
from cxassess.workshop.words import build_board_words, read_static

if TYPE_CHECKING:
    from cxassess.workshop.widget import Board

__all__ = ["Board", "build_board", "build_board_words", "describe_join", "obey", "read_static"]


def __getattr__(name: str) -> Any:
    """Load the widget only when it is asked for: a server has no use for anywidget."""
    if name == "Board":
        from cxassess.workshop.widget import Board  # noqa: PLC0415

        return Board
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
