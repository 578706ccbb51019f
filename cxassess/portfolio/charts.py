"""Charts of a portfolio: shares with their intervals, and every organisation's outcome in two rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cxassess.charts.theme import ACCENT, BAND, INK, MARK, NOTE_SIZE, TEXT2, Canvas
from cxassess.fonts import wrap_text

WIDTH: Final = 490.0
_NAMES: Final = 132.0
_FIGURES: Final = 84.0
_HEAD: Final = 14.0
_ROW: Final = 30.0
_STRIP: Final = 52.0


@dataclass(frozen=True)
class ShareRow:
    """A share 0–1 with its interval; ``own`` in the accent, others as context with an open dot."""

    name: str
    share: float
    low: float
    high: float
    text: str
    note: str
    own: bool = False


def share_chart(rows: Sequence[ShareRow], ticks: Sequence[tuple[float, str]], description: str) -> Canvas:
    """Draw shares under each other on one axis.

    Parameters
    ----------
    rows : sequence of ShareRow
        From the top down.
    ticks : sequence of (float, str)
        Places on the axis, 0–1, and their finished labels.
    description : str
        What the chart shows.
    """
    height = _HEAD + _ROW * len(rows) + 4
    canvas = Canvas(WIDTH, height)
    right = WIDTH - _FIGURES - 14

    def x(share: float) -> float:
        return _NAMES + share * (right - _NAMES)

    canvas.rules([(x(at), _HEAD, x(at), height) for at, _ in ticks], BAND, 0.6)
    for at, label in ticks:
        canvas.text([label], x(at), 6, color=TEXT2, fontSize=NOTE_SIZE)
    for place, row in enumerate(rows):
        y = _HEAD + _ROW * (place + 0.5)
        colour = ACCENT if row.own else INK
        lines = wrap_text(row.name, _NAMES - 12, 8.5)
        canvas.text(lines[:2], 0, y, align="left", fontWeight="bold" if row.own else "normal")
        canvas.rules([(x(row.low), y, x(row.high), y)], colour if row.own else MARK, 2.4)
        fill = colour if row.own else "white"
        canvas.points([(x(row.share), y)], fill=fill, stroke=colour, size=52, shape="circle", strokeWidth=1.2)
        canvas.text([row.text], WIDTH - _FIGURES, y - 5, align="left", fontWeight="bold")
        canvas.text([row.note], WIDTH - _FIGURES, y + 6, align="left", color=TEXT2, fontSize=NOTE_SIZE)
    canvas.description = description
    return canvas


@dataclass(frozen=True)
class StripRow:
    """Every organisation's value, with their mean and its interval where there is one."""

    name: str
    values: Sequence[float]
    mean: float | None
    low: float | None
    high: float | None
    text: str
    own: bool = False


def strip_chart(rows: Sequence[StripRow], ticks: Sequence[tuple[float, str]], description: str) -> Canvas:
    """Draw values as dots in rows, on an axis from the first tick to the last, the means below them.

    Parameters
    ----------
    rows : sequence of StripRow
        From the top down.
    ticks : sequence of (float, str)
        At least two places on the axis, and their finished labels.
    description : str
        What the chart shows.
    """
    height = _HEAD + _STRIP * len(rows) + 4
    canvas = Canvas(WIDTH, height)
    right = WIDTH - 14
    least, most = ticks[0][0], ticks[-1][0]

    def x(value: float) -> float:
        return _NAMES + (value - least) / (most - least) * (right - _NAMES)

    canvas.rules([(x(at), _HEAD, x(at), height) for at, _ in ticks], BAND, 0.6)
    for at, label in ticks:
        canvas.text([label], x(at), 6, color=TEXT2, fontSize=NOTE_SIZE)
    for place, row in enumerate(rows):
        y = _HEAD + _STRIP * place + 14
        colour = ACCENT if row.own else INK
        canvas.text([*wrap_text(row.name, _NAMES - 12, 8.5)[:2]], 0, y, align="left")
        canvas.points(_stacked([x(value) for value in row.values], y), fill="white", stroke=colour, size=26)
        if row.mean is not None:
            if row.low is not None and row.high is not None:
                canvas.rules([(max(x(row.low), _NAMES), y + 15, min(x(row.high), right), y + 15)], colour, 2.4)
            canvas.points([(x(row.mean), y + 15)], fill=colour, stroke=colour, size=52)
            canvas.text([row.text], x(row.mean), y + 26, halo=True, fontWeight="bold")
    canvas.description = description
    return canvas


def _stacked(places: Sequence[float], y: float) -> list[tuple[float, float]]:
    """Return points beside each other; those that would meet stand above one another, two high at most."""
    points: list[tuple[float, float]] = []
    for x in sorted(places):
        level = 0
        while level < 2 and any(abs(x - other) < 6 and at == y - 6 * level for other, at in points):
            level += 1
        points.append((x, y - 6 * level))
    return points
