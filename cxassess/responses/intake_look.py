"""How the intake workbook looks: one accent colour, few kinds of cells."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from xlsxwriter import Workbook

ACCENT: Final = "#B8461A"
INK: Final = "#1E272D"
_QUIET: Final = "#5E6A72"
_LINE: Final = "#C9CFD3"
_BAND: Final = "#F1F3F4"
_INPUT: Final = "#FDF3EC"
_EDGE: Final = "#E3B49C"
_CHOSEN: Final = "#F6D9C8"
_UNASKED: Final = "#E3E6E8"
_LINE_HEIGHT: Final = 13.0


@dataclass(frozen=True)
class Look:
    """The formats of a workbook."""

    title: Any
    lead: Any
    heading: Any
    text: Any
    quiet: Any
    step: Any
    head: Any
    head_input: Any
    band: Any
    item: Any
    anchor: Any
    label: Any
    hint: Any
    entry: Any
    date: Any
    answer: Any
    comment: Any
    hidden: Any
    chosen: Any
    unasked: Any


def make_look(book: Workbook) -> Look:
    """Add the formats to a workbook."""
    base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top", "text_wrap": True}

    def look(**values: object) -> Any:
        return book.add_format({**base, **values})

    box = {"border": 1, "border_color": _LINE}
    fill_in = {"locked": False, "bg_color": _INPUT, "border": 1, "border_color": _EDGE, "num_format": "@"}
    return Look(
        title=look(font_name="Georgia", font_size=22, text_wrap=False),
        lead=look(font_size=12, font_color=_QUIET),
        heading=look(font_name="Georgia", font_size=14, font_color=ACCENT, valign="bottom"),
        text=look(font_size=11),
        quiet=look(font_size=9, font_color=_QUIET, text_wrap=False),
        step=look(font_name="Georgia", font_size=16, font_color=ACCENT, align="right", valign="top", text_wrap=False),
        head=look(bold=True, font_color="#FFFFFF", bg_color=INK, valign="vcenter", indent=0),
        head_input=look(bold=True, font_color="#FFFFFF", bg_color=ACCENT, valign="vcenter"),
        band=look(font_name="Georgia", font_size=12, bg_color=_BAND, valign="vcenter", bottom=2, bottom_color=ACCENT),
        item=look(bold=True, **box),
        anchor=look(**box),
        label=look(bold=True, valign="vcenter", **box),
        hint=look(font_color=_QUIET, valign="vcenter", **box),
        entry=look(valign="vcenter", **fill_in),
        date=look(valign="vcenter", align="left", **{**fill_in, "num_format": "yyyy-mm-dd"}),
        answer=look(bold=True, align="center", valign="vcenter", **{**fill_in, "num_format": "General"}),
        comment=look(**fill_in),
        hidden=look(font_size=8, font_color="#FFFFFF", text_wrap=False),
        chosen=book.add_format({"bg_color": _CHOSEN, "font_color": INK}),
        unasked=book.add_format({"bg_color": _UNASKED, "font_color": "#8B949A"}),
    )


def height(texts: Iterable[tuple[str, float]], *, size: float = 10, least: int = 1) -> float:
    """Return the row height in points that wrapped texts need.

    Parameters
    ----------
    texts : iterable of (str, float)
        Each text and the width of its column in characters.
    size : float
        Font size in points.
    least : int
        Fewest lines.
    """
    lines = max(
        (
            sum(len(textwrap.wrap(part, max(int(width * 1.2 * 10 / size), 4))) or 1 for part in text.split("\n"))
            for text, width in texts
        ),
        default=1,
    )
    return min(max(lines, least) * _LINE_HEIGHT * size / 10 + 6, 400.0)
