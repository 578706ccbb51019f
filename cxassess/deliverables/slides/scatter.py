"""Native scatter charts: marks on a scale, with lines, that stand beside the rows of a table or alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.util import Pt

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.chart_parts import XY_DATA, Value, add_chart, place_plot, set_label
from cxassess.deliverables.slides.geometry import Box
from cxassess.deliverables.slides.paragraphs import clean
from cxassess.deliverables.slides.theme import COLOURS

_MARKS: Final = {"circle": XL_MARKER_STYLE.CIRCLE, "diamond": XL_MARKER_STYLE.DIAMOND}


@dataclass(frozen=True)
class Mark:
    """A point: its place, its name in the workbook, its label, and what sets it apart from its series.

    ``hollow``: in the lighter grey of what is less sure; ``beside``: the label stands at the right, not in the mark.
    """

    x: float
    y: float
    name: str = ""
    label: str = ""
    colour: str = ""
    hollow: bool = False
    beside: bool = False


@dataclass(frozen=True)
class Dots:
    """Points of one kind."""

    name: str
    marks: Sequence[Mark]
    shape: str = "circle"
    size: int = 9
    colour: str = "ink"
    label_size: float = 10


@dataclass(frozen=True)
class Stretch:
    """A straight line between two places, and its name in the workbook."""

    x1: float
    y1: float
    x2: float
    y2: float
    name: str = ""


@dataclass(frozen=True)
class Lines:
    """Straight lines of one kind, as one series with gaps between them."""

    name: str
    lines: Sequence[Stretch]
    colour: str = "ink"
    weight: float = 1.75


Series = Dots | Lines


@dataclass(frozen=True)
class Range:
    """First and last value of an axis."""

    low: float
    high: float


def add_scatter(canvas: Canvas, box: Box, series: Sequence[Series], x: Range, y: Range, *, name: str, alt: str) -> Any:
    """Put a scatter chart whose axes fill its frame and are not drawn.

    Parameters
    ----------
    canvas : Canvas
        The slide.
    box : Box
        The frame: ``x.low`` stands at its left edge, ``y.low`` at its lower edge.
    series : sequence of Series
        Drawn in this order.
    x, y : Range
        The axes.
    name, alt : str
        For the list of shapes, and for those who can't see it.
    """
    data = XY_DATA()
    cells: list[list[Value]] = []
    shown = [part for one in series for part in _by_colour(one) if _points(part)]
    longest = max((len(_points(one)) for one in shown), default=0)
    for place, one in enumerate(shown):
        added = data.add_series(clean(one.name))
        cells.append(["", clean(one.name)])
        points = _points(one)
        if place == 0:  # LibreOffice loses series that are followed by a longer one
            points += [(points[-1][0], None, "")] * (longest - len(points))
        for across, up, label in points:
            added.add_data_point(across, up)
            cells.append([across, up, clean(label)])
        cells.append([])
    chart = add_chart(canvas, XL_CHART_TYPE.XY_SCATTER, box, data, cells=cells, name=name, alt=alt)
    for axis, ends in ((chart.category_axis, x), (chart.value_axis, y)):
        axis.minimum_scale, axis.maximum_scale = ends.low, ends.high
        axis.has_major_gridlines = False
        axis.visible = False
    place_plot(chart, 0, 0, 1, 1)
    for one, drawn in zip(shown, chart.plots[0].series, strict=True):
        if isinstance(one, Lines):
            _format_lines(drawn, one)
        else:
            _format_dots(drawn, one)
    return chart


def _by_colour(one: Series) -> list[Series]:
    """Part a series whose marks differ in colour: not every program colours single points."""
    if isinstance(one, Lines):
        return [one]
    parts: dict[str, list[Mark]] = {}
    for mark in one.marks:
        parts.setdefault("mark" if mark.hollow else mark.colour or one.colour, []).append(mark)
    return [replace(one, marks=marks, colour=colour) for colour, marks in parts.items()]


def _points(one: Series) -> list[tuple[float, float | None, str]]:
    """Return the points of a series; between two lines stands a point without height, which is a gap."""
    if isinstance(one, Dots):
        return [(mark.x, mark.y, mark.name or mark.label) for mark in one.marks]
    points: list[tuple[float, float | None, str]] = []
    for line in one.lines:
        if points:
            points.append((line.x1, None, ""))
        points += [(line.x1, line.y1, line.name), (line.x2, line.y2, line.name)]
    return points


def _format_lines(drawn: Any, one: Lines) -> None:
    drawn.marker.style = XL_MARKER_STYLE.NONE
    drawn.smooth = False
    drawn.format.line.color.theme_color = COLOURS[one.colour]
    drawn.format.line.width = Pt(one.weight)
    drawn.format.line._ln.set("cap", "flat")


def _format_dots(drawn: Any, one: Dots) -> None:
    drawn.format.line.fill.background()
    drawn.marker.style, drawn.marker.size = _MARKS[one.shape], one.size
    _paint(drawn.marker.format, one.colour)
    for place, mark in enumerate(one.marks):
        if mark.label:
            position = XL_LABEL_POSITION.RIGHT if mark.beside else XL_LABEL_POSITION.CENTER
            label = drawn.points[place].data_label
            tone = "ink" if mark.beside else "white"
            set_label(label, mark.label, size=one.label_size, colour=tone, bold=True, position=position)


def _paint(form: Any, colour: str) -> None:
    form.fill.solid()
    form.fill.fore_color.theme_color = COLOURS[colour]
    form.line.color.theme_color = COLOURS[colour]
    form.line.width = Pt(0.75)
