"""Native line charts: scores over the waves, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.chart_parts import (
    CATEGORY_DATA,
    Value,
    add_chart,
    add_error_bars,
    place_plot,
    set_label,
)
from cxassess.deliverables.slides.geometry import Box
from cxassess.deliverables.slides.paragraphs import clean
from cxassess.deliverables.slides.scatter import Range
from cxassess.deliverables.slides.theme import COLOURS

FOOT = 26.0  # room for the names of the waves under the plot


@dataclass(frozen=True)
class Line:
    """A line: its values, what is printed at each, and the ends of the intervals; None where nothing is shown.

    ``shape``: of its marks, empty for none; ``dashed``: a light, dashed line; ``above``: figures stand above it, at
    the ends of the intervals, a series named ``end_name``.
    """

    name: str
    values: Sequence[float | None]
    texts: Sequence[str] = ()
    lows: Sequence[float | None] = ()
    highs: Sequence[float | None] = ()
    colour: str = "ink"
    shape: str = "circle"
    dashed: bool = False
    above: bool = True
    end_name: str = ""
    drawn: bool = True


def add_lines(
    canvas: Canvas, box: Box, names: Sequence[str], lines: Sequence[Line], y: Range, *, name: str, alt: str
) -> Any:
    """Put a line chart: named places below, figures at the marks, no other axis.

    Parameters
    ----------
    canvas, box
        Where; the plot fills the box but for ``FOOT`` points below.
    names : sequence of str
        From left to right.
    lines : sequence of Line
        One value a name.
    y : Range
        Of the axis that is not drawn.
    name, alt : str
        For the list of shapes, and for those who can't see it.
    """
    shown = [clean(one) for one in names]
    data = CATEGORY_DATA()
    data.categories = shown
    columns: list[list[Value]] = [["", *shown]]
    series = [part for line in lines for part in (line, *_ends(line))]
    for line in series:
        data.add_series(clean(line.name), line.values)
        columns.append([clean(line.name), *line.values])
    bars = {}
    for place, line in enumerate(series):
        if line.lows:
            bars[place] = (_letter(len(columns)), _letter(len(columns) + 1))
            minus, plus = _lengths(line)
            columns += [[f"{clean(line.name)} −", *minus], [f"{clean(line.name)} +", *plus]]
    cells = [list(row) for row in zip(*columns, strict=True)]
    chart = add_chart(canvas, XL_CHART_TYPE.LINE_MARKERS, box, data, cells=cells, name=name, alt=alt)
    place_plot(chart, 0.0, 0.0, 1.0, (box.height - FOOT) / box.height)
    across, up = chart.category_axis, chart.value_axis
    across.major_tick_mark = XL_TICK_MARK.NONE
    across.format.line.color.theme_color = COLOURS["mark"]
    across.tick_labels.font.size = Pt(12)
    up.minimum_scale, up.maximum_scale = y.low, y.high
    up.has_major_gridlines = False
    up.visible = False
    for place, (line, drawn) in enumerate(zip(series, chart.plots[0].series, strict=True)):
        _format(drawn, line)
        if place in bars:
            minus, plus = _lengths(line)
            add_error_bars(drawn, "y", minus, plus, colour=line.colour, weight=1.25, columns=bars[place])
    return chart


def _ends(line: Line) -> list[Line]:
    """Return the ends of a line's intervals as a line that is not drawn: its figures stand there, clear of them."""
    ends = line.highs if line.above else line.lows
    if not ends or not any(end is not None for end in ends):
        return []
    texts = [text if end is not None else "" for text, end in zip(line.texts, ends, strict=True)]
    return [Line(line.end_name, list(ends), texts, colour=line.colour, shape="", above=line.above, drawn=False)]


def _lengths(line: Line) -> tuple[list[float | None], list[float | None]]:
    """Return how far the interval of each value reaches down and up."""
    minus: list[float | None] = []
    plus: list[float | None] = []
    for value, low, high in zip(line.values, line.lows, line.highs, strict=True):
        known = value is not None and low is not None and high is not None
        minus.append(round(value - low, 6) if known and value is not None and low is not None else None)
        plus.append(round(high - value, 6) if known and value is not None and high is not None else None)
    return minus, plus


def _letter(column: int) -> str:
    return chr(ord("A") + column)


def _format(drawn: Any, line: Line) -> None:
    drawn.smooth = False
    form = drawn.format.line
    if line.drawn:
        form.color.theme_color = COLOURS[line.colour]
        form.width = Pt(1 if line.dashed else 2.25)
    else:
        form.fill.background()
    if line.dashed:
        form.dash_style = MSO_LINE.DASH
    marker = drawn.marker
    if not line.shape:
        marker.style = XL_MARKER_STYLE.NONE
    else:
        marker.style = XL_MARKER_STYLE.DIAMOND if line.shape == "diamond" else XL_MARKER_STYLE.CIRCLE
        marker.size = 9
        marker.format.fill.solid()
        marker.format.fill.fore_color.theme_color = COLOURS[line.colour]
        marker.format.line.color.theme_color = COLOURS[line.colour]
    position = XL_LABEL_POSITION.ABOVE if line.above else XL_LABEL_POSITION.BELOW
    elsewhere = [place for end in _ends(line) for place, text in enumerate(end.texts) if text]
    for place, text in enumerate(line.texts):
        if text and place not in elsewhere:
            tone = "text2" if line.colour == "mark" else line.colour
            set_label(drawn.points[place].data_label, text, size=12, colour=tone, bold=True, position=position)
