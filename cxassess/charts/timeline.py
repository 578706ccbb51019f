"""The line over the waves: average and weakest link with their intervals, the step, events, the target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

import pandas as pd

from cxassess.charts.events import LEFT, WIDTH, choose_lanes, draw_events, place_events
from cxassess.charts.theme import (
    ACCENT,
    BAND,
    INK,
    LINE_HEIGHT,
    MARK,
    NOTE_SIZE,
    TEXT2,
    Box,
    Canvas,
    free_choice,
    text_box,
)
from cxassess.fonts import text_width, wrap_text
from cxassess.language import Language, get_language

HEIGHT: Final = 186.0
_FIRST: Final = 46.0  # where the first wave stands
_NAME_ROOM: Final = 150.0  # right of the last wave, for the names of the lines
_FOOT: Final = 26.0  # under the plot, for the names of the waves
_LANE: Final = 3 * LINE_HEIGHT + 4  # room of an event's label
_LEAST_SPAN: Final = 1.2  # scores between bottom and top, so that small changes don't look large


@dataclass(frozen=True)
class _Series:
    """One line: its points in points of the chart, and its figures."""

    name: str
    color: str
    up: int
    rows: tuple[tuple[float, float, float | None, float | None, str], ...] = ()


@dataclass(frozen=True)
class _Scale:
    """From scores to points: ``lowest`` stands at ``floor``, ``highest`` at ``ceiling``."""

    lowest: float
    highest: float
    ceiling: float
    floor: float

    def y(self, value: float) -> float:
        return self.floor - (value - self.lowest) / (self.highest - self.lowest) * (self.floor - self.ceiling)


@dataclass(frozen=True)
class _Drawing:
    """What every part of the chart is drawn with."""

    canvas: Canvas
    scale: _Scale
    words: Language


def timeline(
    line: pd.DataFrame,
    *,
    step: float,
    step_label: str,
    average_name: str,
    weakest_name: str,
    events: Sequence[tuple[date, str]] = (),
    target: tuple[date, float, str] | None = None,
    language: str = "en",
    levels: int = 5,
) -> Canvas:
    """Draw the average and the weakest link over the waves.

    Parameters
    ----------
    line : DataFrame
        One row per wave, in order: ``date`` (a date or missing), ``label`` (the wave's name), and scores ``average``,
        ``average_low``, ``average_high``, ``weakest``, ``weakest_low``, ``weakest_high`` (missing: not shown, or
        no interval). Without a date in every row the waves stand at equal distances, and events are left out.
    step, step_label : float, str
        Score at which the level of interest begins, and the words for it.
    average_name, weakest_name : str
        Names of the two lines.
    events : sequence of (date, str)
        What happened on the way.
    target : (date, float, str), optional
        When, which score, and its name.
    language : str
        For the figures.
    levels : int
        Highest level of the scale.

    Returns
    -------
    Canvas
        The chart in the theme of the reports; ``altair()`` makes it an altair object.
    """
    words = get_language(language)
    dated = bool(len(line)) and bool(line["date"].notna().all())
    places, after = _places(line, target[0] if target and dated else None)
    seen = line[[f"{name}{end}" for name in ("average", "weakest") for end in ("", "_low", "_high")]].astype(float)
    values = [float(value) for value in seen.to_numpy().ravel() if not math.isnan(value)]
    values += [step] + ([target[1]] if target else [])
    shown = place_events(events, line, places) if dated else []
    lanes = choose_lanes(shown)
    tallest = max((len(lines) for _, lines in shown), default=0) * LINE_HEIGHT + 4
    header = max((lane + 1 for lane in lanes), default=0) * tallest
    height = HEIGHT + max(0.0, header - _LANE)
    floor = height - _FOOT
    scale = _make_scale(values, header + 18, floor)
    canvas = Canvas(WIDTH, height)
    drawing = _Drawing(canvas, scale, words)
    _draw_grid(drawing, levels, step, header)
    draw_events(canvas, shown, lanes, tallest, floor)
    taken = [Box(LEFT, scale.y(step) - 1, WIDTH, scale.y(step) + 1)]
    if target and after is not None:
        taken += _draw_target(drawing, target, after, line, places)
    series = [
        _read_series(drawing, line, places, "average", _Series(average_name, INK, -1)),
        _read_series(drawing, line, places, "weakest", _Series(weakest_name, ACCENT, 1)),
    ]
    taken += _draw_series(canvas, [one for one in series if one.rows], taken)
    _draw_step_label(canvas, scale, step, step_label, taken)
    _draw_waves(canvas, list(line["label"]), places, floor)
    if target and after is not None and after - places[-1] > 60:
        canvas.rules([(after, floor, after, floor + 4)], MARK, 0.8)
        canvas.text([str(target[0].year)], after, floor + 11, color=TEXT2)
    canvas.description = f"{average_name}; {weakest_name}"
    return canvas


def _make_scale(values: Sequence[float], ceiling: float, floor: float) -> _Scale:
    """Return the scale on which the values fill the plot, with room under the lowest for its figure."""
    low, high = min(values), max(values)
    spare = max(0.0, _LEAST_SPAN - (high - low)) / 2
    low, high = low - spare, high + spare
    room = 16.0
    return _Scale(low - room * (high - low) / (floor - room - ceiling), high, ceiling, floor)


def _places(line: pd.DataFrame, end: date | None) -> tuple[list[float], float | None]:
    """Return where each wave stands, and the target's date, in points from the left."""
    count = len(line)
    last = WIDTH - _NAME_ROOM
    if count and line["date"].notna().all():
        days = [float(pd.Timestamp(day).toordinal()) for day in line["date"]]
    else:
        days = [float(place) for place in range(count)]
    span = days[-1] - days[0] if count > 1 else 0.0
    pitch = (last - _FIRST) / span if span else 0.0
    if end is None or not count:
        return [_FIRST + (day - days[0]) * pitch for day in days], None
    ahead = float(end.toordinal()) - days[0]
    if ahead <= span:
        return [_FIRST + (day - days[0]) * pitch for day in days], None
    whole = (WIDTH - 40 - _FIRST) / ahead
    pitch = min(pitch, whole) if span else whole
    return [_FIRST + (day - days[0]) * pitch for day in days], max(_FIRST + ahead * pitch, _FIRST + span * pitch + 60)


def _draw_grid(drawing: _Drawing, levels: int, step: float, header: float) -> None:
    canvas, scale, words = drawing.canvas, drawing.scale, drawing.words
    stride = 0.5 if scale.highest - scale.lowest <= 2.2 else 1.0
    ticks = [1 + i * stride for i in range(int((levels - 1) / stride) + 1)]
    ticks = [tick for tick in ticks if scale.lowest < tick and scale.y(tick) > header]
    canvas.rules([(LEFT, scale.y(tick), WIDTH, scale.y(tick)) for tick in ticks if tick != step], BAND, 0.7)
    canvas.rules([(LEFT, scale.floor, WIDTH, scale.floor)], MARK, 0.6)
    for tick in ticks:
        canvas.text([words.number(tick, 1)], LEFT - 4, scale.y(tick), align="right", color=TEXT2)
    y = scale.y(step)
    canvas.rules([(LEFT, y, WIDTH, y)], INK, 0.7, strokeDash=[3, 2])


def _draw_target(
    drawing: _Drawing, target: tuple[date, float, str], x: float, line: pd.DataFrame, places: list[float]
) -> list[Box]:
    canvas, scale, words = drawing.canvas, drawing.scale, drawing.words
    y = scale.y(target[1])
    known = [(place, float(value)) for place, value in zip(places, line["average"], strict=True) if pd.notna(value)]
    if known:
        canvas.line([(known[-1][0], scale.y(known[-1][1])), (x, y)], MARK, 0.9, strokeDash=[1.5, 2.5])
    canvas.points([(x, y)], fill="white", stroke=INK, shape="diamond", size=42, strokeWidth=1)
    label = f"{target[2]}: {words.number(target[1])}"
    box = text_box([label], min(x, WIDTH - text_width(label, 8.5) / 2 - 1), y - 12, "center")
    canvas.text([label], (box.left + box.right) / 2, y - 12, halo=True)
    return [box, Box(x - 5, y - 5, x + 5, y + 5)]


def _read_series(drawing: _Drawing, line: pd.DataFrame, places: list[float], column: str, series: _Series) -> _Series:
    scale = drawing.scale
    columns = (line[column], line[f"{column}_low"], line[f"{column}_high"])
    rows = []
    for x, value, low, high in zip(places, *columns, strict=True):
        if pd.notna(value):
            ends = (scale.y(float(low)), scale.y(float(high))) if pd.notna(low) and pd.notna(high) else (None, None)
            rows.append((x, scale.y(float(value)), *ends, drawing.words.number(float(value))))
    return replace(series, rows=tuple(rows))


def _draw_series(canvas: Canvas, series: list[_Series], taken: list[Box]) -> list[Box]:
    boxes: list[Box] = []
    for one in series:
        canvas.line([(x, y) for x, y, *_ in one.rows], one.color, 1.4)
        known = [(x, low, x, high) for x, _, low, high, _ in one.rows if low is not None and high is not None]
        canvas.rules(known, one.color, 1.2)
        for fill, open_dot in ((one.color, False), ("white", True)):
            dots = [(x, y) for x, y, low, *_ in one.rows if (low is None) is open_dot]
            canvas.points(dots, fill=fill, stroke=one.color, shape="circle", size=34, strokeWidth=1.1)
        pitch = min((b[0] - a[0] for a, b in pairwise(one.rows)), default=WIDTH)
        for i, (x, y, low, high, figure) in enumerate(one.rows):
            edge = (high if one.up < 0 else low) or y + 4 * one.up
            box = text_box([figure], x, edge + 8 * one.up, "center")
            boxes.append(Box(x - 4, min(y, high or y) - 3, x + 4, max(y, low or y) + 3))
            if pitch > box.right - box.left + 2 or i in {0, len(one.rows) - 1}:
                canvas.text([figure], x, edge + 8 * one.up, color=one.color, fontWeight="bold", halo=True)
                boxes.append(box)
    for one in series:
        boxes.append(_draw_name(canvas, one, [*taken, *boxes]))
    return boxes


def _draw_name(canvas: Canvas, one: _Series, taken: list[Box]) -> Box:
    """Set a line's name beside its last point, a little below, level, or above, where it hits nothing."""
    x, y, *_ = one.rows[-1]
    lines = wrap_text(one.name, _NAME_ROOM - 24, 8.5)[:4]
    half = len(lines) * LINE_HEIGHT / 2
    heights = (y + 6 + half, y, y - 6 - half, y + 16 + half, y - 16 - half)
    candidates = [text_box(lines, x + 11, height, "left") for height in heights]
    height = heights[free_choice(candidates, taken, WIDTH, canvas.height - _FOOT)]
    canvas.text(lines, x + 11, height, align="left", color=one.color, halo=True)
    return text_box(lines, x + 11, height, "left")


def _draw_step_label(canvas: Canvas, scale: _Scale, step: float, label: str, taken: list[Box]) -> None:
    y = scale.y(step)
    places = [(WIDTH, "right", -7), (WIDTH, "right", 7), (LEFT + 2, "left", -7), (LEFT + 2, "left", 7)]
    candidates = [text_box([label], x, y + dy, align, NOTE_SIZE) for x, align, dy in places]
    x, align, dy = places[free_choice(candidates, taken[1:], WIDTH + 1, canvas.height)]
    canvas.text([label], x, y + dy, align=align, color=INK, fontSize=NOTE_SIZE, halo=True)


def _draw_waves(canvas: Canvas, labels: list[str], places: list[float], floor: float) -> None:
    """Name the waves under the plot; where all names don't fit, the first, the last, and those between that do."""
    canvas.rules([(x, floor, x, floor + 4) for x in places], MARK, 0.8)
    pitch = min((b - a for a, b in pairwise(places)), default=_NAME_ROOM)
    end = -math.inf
    last_left = math.inf
    wrapped = [wrap_text(str(label), max(pitch - 6, 40), 8.5)[:2] for label in labels]
    boxes = [text_box(lines, max(x, _half(lines)), 0, "center") for lines, x in zip(wrapped, places, strict=True)]
    if boxes:
        last_left = boxes[-1].left
    for i, (lines, box) in enumerate(zip(wrapped, boxes, strict=True)):
        is_last = i == len(boxes) - 1
        if box.left > end + 3 and (is_last or box.right + 3 < last_left):
            middle = floor + 6 + len(lines) * LINE_HEIGHT / 2
            canvas.text(lines, (box.left + box.right) / 2, middle, color=INK)
            end = box.right


def _half(lines: list[str]) -> float:
    return max(text_width(text, 8.5) for text in lines) / 2 + 1
