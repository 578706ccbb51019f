"""The map of effort and impact: numbered actions, filled if they begin now, labels where they hit nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cxassess.charts.theme import ACCENT, INK, LINE_HEIGHT, MARK, NOTE_SIZE, TEXT2, WASH, Box, Canvas, text_box
from cxassess.fonts import wrap_text

WIDTH: Final = 318.0
HEIGHT: Final = 226.0
_RADIUS: Final = 7.5
_TOP: Final = 16.0
_FOOT: Final = 16.0
_LABEL_WIDTH: Final = 118.0


@dataclass(frozen=True)
class _Scale:
    """From effort (1 to ``most``) and impact (``least`` to ``most``) to points within the plot."""

    plot: Box
    most: float
    least: float

    def x(self, effort: float) -> float:
        return self.plot.left + 20 + (effort - 1) / (self.most - 1) * (self.plot.right - 40)

    def y(self, impact: float) -> float:
        height = self.plot.bottom - self.plot.top - 32
        return self.plot.bottom - 16 - (impact - self.least) / (self.most - self.least) * height


def impact_map(actions: pd.DataFrame, *, texts: Mapping[str, str]) -> Canvas:
    """Draw actions by effort and impact.

    Parameters
    ----------
    actions : DataFrame
        One row per action: ``number`` (1 is the first to do), ``label``, ``effort`` and ``impact`` (1 to 5, whole or
        not), ``now`` (bool: begins now). Actions at the same place stand beside each other.
    texts : mapping
        Words at the axes: ``x``, ``y`` (names), ``low_x``, ``high_x``, ``low_y``, ``high_y`` (ends).

    Returns
    -------
    Canvas
        The chart in the theme of the reports; ``altair()`` makes it an altair object.
    """
    canvas = Canvas(WIDTH, HEIGHT)
    plot = Box(0, _TOP, WIDTH, HEIGHT - _FOOT)
    efforts = [float(value) for value in actions["effort"].to_list()]
    impacts = [float(value) for value in actions["impact"].to_list()]
    most = max([5.0, *efforts, *impacts])
    least = min([2.2, *(impact - 0.2 for impact in impacts)])
    scale = _Scale(plot, most, least)
    middle = (1 + most) / 2
    canvas.rectangle(Box(plot.left, plot.top, scale.x(middle), min(scale.y(middle), plot.bottom)), WASH)
    canvas.rules([(0, plot.bottom, WIDTH, plot.bottom), (0, plot.top, 0, plot.bottom)], MARK, 0.8)
    _draw_words(canvas, plot, texts)
    places = _apart([(scale.x(effort), scale.y(impact)) for effort, impact in zip(efforts, impacts, strict=True)], plot)
    boxes = [Box(x - _RADIUS - 2, y - _RADIUS - 2, x + _RADIUS + 2, y + _RADIUS + 2) for x, y in places]
    words = [
        text_box([texts["low_y"]], 4, plot.bottom - 8, "left", NOTE_SIZE),
        text_box([f"{texts['y']}: {texts['high_y']}"], 0, plot.top - 9, "left", NOTE_SIZE + 1),
    ]
    for i, (row, (x, y)) in enumerate(zip(actions.itertuples(), places, strict=True)):
        taken = [box for j, box in enumerate(boxes) if j != i] + words
        boxes += _draw_label(canvas, str(row.label), (x, y), taken, plot)
    for row, (x, y) in zip(actions.itertuples(), places, strict=True):
        _draw_number(canvas, int(str(row.number)), x, y, now=bool(row.now))
    canvas.description = f"{texts['x']} · {texts['y']}"
    return canvas


def _draw_words(canvas: Canvas, plot: Box, texts: Mapping[str, str]) -> None:
    under = plot.bottom + 9
    canvas.text([texts["low_x"]], 0, under, align="left", color=TEXT2, fontSize=NOTE_SIZE)
    canvas.text([texts["x"]], WIDTH / 2, under, color=TEXT2, fontSize=NOTE_SIZE, fontWeight="bold")
    canvas.text([texts["high_x"]], WIDTH, under, align="right", color=TEXT2, fontSize=NOTE_SIZE)
    above = f"{texts['y']}: {texts['high_y']}"
    canvas.text([above], 0, plot.top - 9, align="left", color=TEXT2, fontSize=NOTE_SIZE, fontWeight="bold")
    canvas.text([texts["low_y"]], 4, plot.bottom - 8, align="left", color=TEXT2, fontSize=NOTE_SIZE)


def _apart(points: list[tuple[float, float]], plot: Box) -> list[tuple[float, float]]:
    """Return the points, each moved as little as needed so that no two marks overlap; rather up or down than aside."""
    pitch = 2 * _RADIUS + 6
    steps = [(i * pitch, j * pitch) for i in range(-6, 7) for j in range(-8, 9)]
    steps.sort(key=lambda move: (3 * abs(move[0]) + abs(move[1]), -move[1]))
    placed: list[tuple[float, float]] = []
    for x, y in points:
        places = [(x + dx, y + dy) for dx, dy in steps if _inside(x + dx, y + dy, plot)]
        free = (place for place in places if all(_distance(place, other) >= pitch - 0.5 for other in placed))
        placed.append(next(free, (x, y)))
    return placed


def _inside(x: float, y: float, plot: Box) -> bool:
    return plot.left + _RADIUS < x < plot.right - _RADIUS and plot.top + _RADIUS < y < plot.bottom - _RADIUS


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.hypot(one[0] - other[0], one[1] - other[1])


def _label_places(x: float, y: float, half: float) -> list[tuple[float, float, str]]:
    """Return where a label may stand, best first: beside its mark, then aside, above and below."""
    away, up = _RADIUS + 3.5, _RADIUS + 2.5 + half
    near = max(half - 5, 0)
    beside = [
        (x + side * away, y + dy, align) for dy in (0, near, -near) for side, align in ((1, "left"), (-1, "right"))
    ]
    over = [
        (x + dx, y + dy, align)
        for dy in (-up, up)
        for dx, align in ((0, "center"), (-_RADIUS, "left"), (_RADIUS, "right"))
    ]
    return beside + over


def _draw_label(canvas: Canvas, label: str, mark: tuple[float, float], taken: list[Box], plot: Box) -> list[Box]:
    """Set an action's label where it hits nothing; without such a place the number alone leads to the plan."""
    for width in (_LABEL_WIDTH, 0.72 * _LABEL_WIDTH):
        lines = wrap_text(label, width, 8.5)[:4]
        places = _label_places(*mark, len(lines) * LINE_HEIGHT / 2)
        for px, py, align in places:
            box = text_box(lines, px, py, align)
            if not box.outside(WIDTH + 2, plot.bottom) and not any(box.hits(other) for other in taken):
                canvas.text(lines, px, py, align=align, color=INK)
                return [box]
    return []


def _draw_number(canvas: Canvas, number: int, x: float, y: float, *, now: bool) -> None:
    color = ACCENT if number == 1 else INK
    fill = color if now else "white"
    canvas.points([(x, y)], fill=fill, stroke=color, shape="circle", size=210, strokeWidth=1)
    canvas.text([str(number)], x, y + 0.5, color="white" if now else color, fontWeight="bold")
