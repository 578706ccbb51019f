"""Native tables: measured before they are set, so that rows stand where they are meant to and nothing runs over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.util import Pt

from cxassess.deliverables.slides.canvas import Canvas, describe
from cxassess.deliverables.slides.geometry import Box
from cxassess.deliverables.slides.measure import measure
from cxassess.deliverables.slides.paragraphs import Para, clean, height_of, para, shorten
from cxassess.deliverables.slides.theme import COLOURS, SCHEME

SIZE: Final = 12.0
LEAST: Final = 9.5
_HEAD: Final = 10.0
_MARGIN: Final = 5.0
_SIDE: Final = 6.0
_MOST_LINES: Final = 6
_MOST_HEAD: Final = 0.34  # of the table's width, for the longest word of a heading
_PLAIN_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_DRAWING: Final = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'

Cell = Sequence[Para]
Row = Sequence[Cell]


@dataclass(frozen=True)
class Column:
    """A column: its heading, its share of the width, and where its text stands."""

    title: str
    share: float
    align: Literal["left", "right", "center"] = "left"


@dataclass(frozen=True)
class Layout:
    """A table as it will stand: widths of its columns, height of its head and of its rows, and the rows themselves."""

    widths: tuple[float, ...]
    head: float
    heights: tuple[float, ...]
    rows: tuple[tuple[tuple[Para, ...], ...], ...]
    margin: float

    @property
    def height(self) -> float:
        """Height of the whole table."""
        return self.head + sum(self.heights)


def cell(text: str, column: Column, *, bold: bool = False, colour: str = "ink", size: float = SIZE) -> tuple[Para, ...]:
    """Make a cell of one paragraph, aligned as its column."""
    return (para(text, size, bold=bold, colour=colour, align=column.align),) if text else ()


def lay_out(
    columns: Sequence[Column], rows: Sequence[Row], box: Box, *, most: float = 46.0, margin: float = _MARGIN
) -> Layout:
    """Measure a table: the type as large as fits the box, long cells cut where even the smallest does not.

    Parameters
    ----------
    columns : sequence of Column
        From left to right.
    rows : sequence of Row
        Cells of paragraphs.
    box : Box
        Where the table stands; it is as wide, and no higher.
    most : float
        Rows grow up to this height where there is room.
    margin : float
        Above and below the text of a cell.
    """
    widths = _share_out(columns, box.width)
    head = _head_height(columns, widths)
    frozen = tuple(tuple(tuple(given) for given in row) for row in rows)
    largest = max((one.size for row in frozen for given in row for one in given), default=SIZE)
    scale, lines = 1.0, _MOST_LINES
    while True:
        shown = tuple(tuple(_set(given, scale, width, lines) for given, width in _pairs(row, widths)) for row in frozen)
        heights = [max(_cell_height(given, width, margin) for given, width in _pairs(row, widths)) for row in shown]
        if head + sum(heights) <= box.height or (lines == 1 and scale * largest <= LEAST):
            break
        if scale * largest > LEAST:
            scale = max(LEAST / largest, scale - 0.04)
        else:
            lines -= 1
    spare = box.height - head - sum(heights)
    return Layout(widths, head, _grow(heights, spare, most), shown, margin)


def paginate(columns: Sequence[Column], rows: Sequence[Row], box: Box, *, least_lines: int = 2) -> list[list[Row]]:
    """Part rows into as many tables as are needed for each cell to keep some lines at a size that can be read."""
    widths = _share_out(columns, box.width)
    pages: list[list[Row]] = [[]]
    used = _head_height(columns, widths)
    for row in rows:
        shown = [_set(given, 0.9, width, least_lines) for given, width in _pairs(row, widths)]
        height = max(_cell_height(given, width, _MARGIN) for given, width in zip(shown, widths, strict=True))
        if pages[-1] and used + height > box.height:
            pages.append([])
            used = _head_height(columns, widths)
        pages[-1].append(row)
        used += height
    return pages


def _share_out(columns: Sequence[Column], width: float) -> tuple[float, ...]:
    """Return the widths of columns: by their shares, but none narrower than the longest word of its heading."""
    least = [min(_MOST_HEAD * width, _word_width(column.title)) for column in columns]
    fixed: set[int] = set()
    while True:
        rest = width - sum(least[place] for place in fixed)
        shares = sum(column.share for place, column in enumerate(columns) if place not in fixed)
        widths = [
            least[place] if place in fixed else rest * column.share / shares for place, column in enumerate(columns)
        ]
        narrow = {place for place, one in enumerate(widths) if one < least[place] - 0.01}
        if not narrow or len(narrow | fixed) == len(columns):
            return tuple(widths)
        fixed |= narrow


def _word_width(title: str) -> float:
    return max((measure(word, _HEAD) / 0.97 for word in clean(title).split()), default=0.0) + 2 * _SIDE


def _pairs(row: Sequence[Any], widths: Sequence[float]) -> list[tuple[Any, float]]:
    return list(zip(row, widths, strict=True))


def _set(given: Cell, scale: float, width: float, lines: int) -> tuple[Para, ...]:
    scaled = (replace(one, size=max(min(LEAST, one.size), round(2 * one.size * scale) / 2)) for one in given)
    return tuple(shorten(one, width - 2 * _SIDE, lines) for one in scaled)


def _cell_height(given: Cell, width: float, margin: float) -> float:
    return height_of(given, width - 2 * _SIDE) + 2 * margin


def _head_height(columns: Sequence[Column], widths: Sequence[float]) -> float:
    heads = [para(column.title, _HEAD) for column in columns]
    return max(height_of([one], width - 2 * _SIDE) for one, width in zip(heads, widths, strict=True)) + _MARGIN + 2


def _grow(heights: Sequence[float], spare: float, most: float) -> tuple[float, ...]:
    """Share out spare height: rows grow towards ``most``, the lowest first."""
    grown = list(heights)
    while spare > 0.5 and grown and min(grown) < most:
        lowest = min(grown)
        low = [place for place, height in enumerate(grown) if height - lowest < 0.01]
        above = min([most, *(height for height in grown if height - lowest >= 0.01)])
        step = min(spare / len(low), above - lowest)
        for place in low:
            grown[place] += step
        spare -= step * len(low)
    return tuple(grown)


def add_table(
    canvas: Canvas,
    box: Box,
    columns: Sequence[Column],
    layout: Layout,
    *,
    name: str,
    alt: str,
    tinted: Sequence[int] = (),
    anchor: Literal["top", "middle"] = "middle",
) -> list[Box]:
    """Set a measured table; return where each row stands.

    Parameters
    ----------
    canvas : Canvas
        The slide.
    box : Box
        Its left and upper edge are taken.
    columns, layout
        What was measured.
    name, alt : str
        For the list of shapes, and for those who can't see it.
    tinted : sequence of int
        Rows on the tint of the accent.
    anchor : {"top", "middle"}
        Where texts stand in their cells.
    """
    count = len(layout.rows)
    frame = canvas.shapes.add_table(
        count + 1, len(columns), Pt(box.left), Pt(box.top), Pt(sum(layout.widths)), Pt(layout.height)
    )
    describe(frame, name, alt)
    table = frame.table
    table._tbl.tblPr.find(f"{{{table._tbl.nsmap['a']}}}tableStyleId").text = _PLAIN_STYLE
    table.horz_banding = False
    table.rows[0].height = Pt(layout.head)
    for place, width in enumerate(layout.widths):
        table.columns[place].width = Pt(width)
        column = columns[place]
        head = table.cell(0, place)
        title = [para(column.title, _HEAD, colour="text2", align=column.align)]
        _fill_cell(canvas, head, title, anchor="bottom", line="ink", margin=3)
    top, places = box.top + layout.head, []
    for number, (row, height) in enumerate(zip(layout.rows, layout.heights, strict=True)):
        table.rows[number + 1].height = Pt(height)
        ground = "tint" if number in tinted else ""
        for place, given in enumerate(row):
            target = table.cell(number + 1, place)
            _fill_cell(canvas, target, given, anchor=anchor, line="rule", margin=layout.margin - 1, ground=ground)
        places.append(Box(box.left, top, sum(layout.widths), height))
        top += height
    return places


def _fill_cell(
    canvas: Canvas, target: Any, paragraphs: Cell, *, anchor: str, line: str, margin: float, ground: str = ""
) -> None:
    target.margin_left = target.margin_right = Pt(_SIDE)
    target.margin_top = target.margin_bottom = Pt(margin)
    target.vertical_anchor = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}[anchor]
    target.text_frame.word_wrap = True
    if paragraphs:
        canvas.write(target.text_frame, paragraphs)
    else:
        target.text_frame.paragraphs[0]._p.append(parse_xml(f'<a:endParaRPr {_DRAWING} sz="800"/>'))
    properties = target._tc.get_or_add_tcPr()
    for place, side in enumerate(("lnL", "lnR", "lnT", "lnB")):
        properties.insert(place, _border(side, SCHEME[line] if side == "lnB" else "", 0.75 if line == "ink" else 0.5))
    if ground:
        target.fill.solid()
        target.fill.fore_color.theme_color = COLOURS[ground]
    else:
        target.fill.background()


def _border(side: str, colour: str, weight: float) -> Any:
    inner = f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>' if colour else "<a:noFill/>"
    return parse_xml(f'<a:{side} {_DRAWING} w="{round(12700 * weight)}">{inner}</a:{side}>')
