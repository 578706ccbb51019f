"""Events on a time line: which of them it shows, and where their labels hang."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd

from cxassess.charts.theme import LINE_HEIGHT, NOTE_SIZE, RULE, TEXT2, Canvas
from cxassess.fonts import text_width, wrap_text

WIDTH: Final = 488.0
LEFT: Final = 22.0  # room for the figures of the axis
_LABEL_WIDTH: Final = 92.0


def place_events(
    events: Sequence[tuple[date, str]], line: pd.DataFrame, places: list[float]
) -> list[tuple[float, list[str]]]:
    """Return the events that fall between the first wave and the chart's end: place and lines of the label."""
    first, last = (pd.Timestamp(line["date"].iloc[i]).toordinal() for i in (0, -1))
    if last == first:
        return []
    pitch = (places[-1] - places[0]) / (last - first)
    found = []
    for day, label in sorted(events):
        x = places[0] + (day.toordinal() - first) * pitch
        if LEFT + 8 < x < WIDTH - 10:
            found.append((x, wrap_text(label, _LABEL_WIDTH, NOTE_SIZE)[:3]))
    return found


def _event_box(x: float, lines: list[str]) -> tuple[float, float]:
    half = max(text_width(text, NOTE_SIZE) for text in lines) / 2
    centre = min(max(x, LEFT + half), WIDTH - half)
    return centre - half, centre + half


def choose_lanes(events: list[tuple[float, list[str]]]) -> list[int]:
    """Return for each event the lowest lane in which its label meets no other."""
    ends: list[float] = []
    chosen = []
    for x, lines in events:
        left, right = _event_box(x, lines)
        lane = next((i for i, end in enumerate(ends) if end + 8 < left), len(ends))
        if lane == len(ends):
            ends.append(right)
        ends[lane] = right
        chosen.append(lane)
    return chosen


def draw_events(
    canvas: Canvas, events: list[tuple[float, list[str]]], lanes: list[int], lane_height: float, floor: float
) -> None:
    """Draw the events: a line down to ``floor`` from each label, and the labels over all lines."""
    for (x, lines), lane in zip(events, lanes, strict=True):
        canvas.rules([(x, lane * lane_height + len(lines) * LINE_HEIGHT + 2, x, floor)], RULE, 0.7)
    for (x, lines), lane in zip(events, lanes, strict=True):
        left, right = _event_box(x, lines)
        middle = lane * lane_height + len(lines) * LINE_HEIGHT / 2
        canvas.text(lines, (left + right) / 2, middle, color=TEXT2, fontSize=NOTE_SIZE, halo=True)
