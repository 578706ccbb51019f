"""The look of the charts: colours, type, layers, and where labels may stand without hitting each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cxassess.fonts import printable, text_width

if TYPE_CHECKING:
    import altair as alt

INK: Final = "#1E272D"
TEXT2: Final = "#566069"
MARK: Final = "#8C959B"
RULE: Final = "#C9CED2"
BAND: Final = "#E4E7E9"
WASH: Final = "#F4F5F6"
ACCENT: Final = "#B8461A"
FONT: Final = "Source Sans Pro"
LABEL_SIZE: Final = 8.5
NOTE_SIZE: Final = 8.0
LINE_HEIGHT: Final = 10.0
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.4.1.json"  # as altair writes it

_AXIS: Final = {
    "labelFont": FONT,
    "titleFont": FONT,
    "labelFontSize": LABEL_SIZE,
    "titleFontSize": NOTE_SIZE,
    "labelColor": TEXT2,
    "titleColor": TEXT2,
    "titleFontWeight": "normal",
    "gridColor": BAND,
    "gridWidth": 0.6,
    "domainColor": MARK,
    "tickColor": MARK,
    "domainWidth": 0.6,
    "tickWidth": 0.6,
    "tickSize": 3,
}
CONFIG: Final[dict[str, Any]] = {
    "font": FONT,
    "background": "transparent",
    "padding": 2,
    "view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": None},
    "axis": _AXIS,
    "text": {"font": FONT, "fontSize": LABEL_SIZE, "color": INK},
    "aria": False,
}


@dataclass(frozen=True)
class Box:
    """A rectangle on the chart in points, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def hits(self, other: Box) -> bool:
        """Tell whether two boxes overlap."""
        beside = self.right <= other.left or self.left >= other.right
        return not (beside or self.bottom <= other.top or self.top >= other.bottom)

    def outside(self, width: float, height: float) -> bool:
        """Tell whether the box leaves a chart of this size."""
        return self.left < 0 or self.top < 0 or self.right > width or self.bottom > height


def text_box(lines: Sequence[str], x: float, y: float, align: str, size: float = LABEL_SIZE) -> Box:
    """Return the room that a label takes; ``y`` is its middle, ``align`` the side of it that stands at ``x``."""
    width = max(text_width(line, size) for line in lines) + 2
    height = len(lines) * LINE_HEIGHT
    left = {"left": x, "right": x - width, "center": x - width / 2}[align]
    return Box(left, y - height / 2, left + width, y + height / 2)


def free_choice(candidates: Sequence[Box], taken: Iterable[Box], width: float, height: float) -> int:
    """Return which candidate hits the fewest boxes; earlier ones win, and leaving the chart counts most."""
    obstacles = list(taken)
    costs = [sum(box.hits(other) for other in obstacles) + 10 * box.outside(width, height) for box in candidates]
    return costs.index(min(costs))


class Canvas:
    """Layers of a chart whose marks are placed in points from the top left corner.

    The layers are written as plain Vega-Lite: altair's classes take twenty times as long, and a report needs no more
    than the specification. ``altair`` gives the same chart to those who want to change it.

    Parameters
    ----------
    width, height : float
        Size of the plot in points.

    Attributes
    ----------
    description : str
        What the chart shows, in a few words.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.description = ""
        self._layers: list[tuple[list[Any], dict[str, Any], dict[str, Any]]] = []
        self._x: dict[str, Any] = {"scale": {"domain": [0, width], "nice": False}, "axis": None, "type": "quantitative"}
        self._y: dict[str, Any] = {**self._x, "scale": {"domain": [height, 0], "nice": False, "zero": False}}

    def _add(self, rows: Sequence[Mapping[str, Any]], mark: Mapping[str, Any], **channels: Any) -> None:
        if rows:
            encoding = {"x": {"field": "x", **self._x}, "y": {"field": "y", **self._y}, **channels}
            self._layers.append((list(rows), dict(mark), encoding))

    def rules(self, rows: Iterable[tuple[float, float, float, float]], color: str, width: float, **more: Any) -> None:
        """Draw straight lines, each from (x, y) to (x2, y2)."""
        values = [{"x": x, "y": y, "x2": x2, "y2": y2} for x, y, x2, y2 in rows]
        mark = {"type": "rule", "color": color, "strokeWidth": width, **more}
        self._add(values, mark, x2={"field": "x2"}, y2={"field": "y2"})

    def rectangle(self, box: Box, color: str) -> None:
        """Fill a rectangle."""
        values = [{"x": box.left, "y": box.top, "x2": box.right, "y2": box.bottom}]
        self._add(values, {"type": "rect", "color": color, "opacity": 1}, x2={"field": "x2"}, y2={"field": "y2"})

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float, **more: Any) -> None:
        """Draw a line through points."""
        if len(points) > 1:
            values = [{"x": x, "y": y} for x, y in points]
            self._add(values, {"type": "line", "color": color, "strokeWidth": width, **more})

    def points(self, points: Iterable[tuple[float, float]], *, fill: str, stroke: str, **more: Any) -> None:
        """Draw a mark at each point."""
        values = [{"x": x, "y": y} for x, y in points]
        self._add(values, {"type": "point", "fill": fill, "stroke": stroke, "opacity": 1, **more})

    def text(
        self, lines: Sequence[str], x: float, y: float, *, align: str = "center", halo: bool = False, **more: Any
    ) -> None:
        """Set a label; ``y`` is its middle. A halo keeps lines behind it from running through it."""
        values = [{"x": x, "y": y - (len(lines) - 1) * LINE_HEIGHT / 2}]
        look = {"align": align, "baseline": "middle", "fontSize": LABEL_SIZE, "lineHeight": LINE_HEIGHT, **more}
        edges: list[dict[str, Any]] = [{"stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}] if halo else []
        for edge in (*edges, {}):
            self._add(values, {"type": "text", "text": [printable(line) for line in lines], **look, **edge})

    def to_dict(self) -> dict[str, Any]:
        """Return the chart as a Vega-Lite specification in the theme, equal to what altair makes of it."""
        datasets = {}
        layers = []
        for rows, mark, encoding in self._layers:
            name = _dataset_name(rows)
            datasets[name] = rows
            layers.append({"data": {"name": name}, "mark": mark, "encoding": encoding})
        return {
            "$schema": SCHEMA,
            "config": CONFIG,
            "datasets": datasets,
            "description": self.description,
            "height": self.height,
            "layer": layers,
            "width": self.width,
        }

    def altair(self) -> alt.LayerChart:
        """Return the chart as an altair object."""
        import altair as alt  # noqa: PLC0415  (slow to import, and not needed to print a chart)
        from altair.utils.schemapi import debug_mode  # noqa: PLC0415

        with debug_mode(False):  # what is written above is checked by the tests, not again for each mark
            layers = [
                alt.Chart(
                    alt.InlineData(values=rows), mark=alt.MarkDef(**mark), encoding=alt.FacetedEncoding(**encoding)
                )
                for rows, mark, encoding in self._layers
            ]
            chart = alt.LayerChart(layer=layers, config=alt.Config(**CONFIG))
        return chart.properties(width=self.width, height=self.height, description=self.description)


def _dataset_name(rows: list[Any]) -> str:
    """Return the name that altair gives to these rows."""
    return "data-" + hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:32]
