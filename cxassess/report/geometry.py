"""Places of marks in the HTML report, in per cent of the width they have, so that exhibits follow any screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

NARROWEST: Final = 300.0  # pixels of a scale on a phone; marks must not meet even there
_PILL: Final = 20.0  # pixels across a group's letter


@dataclass(frozen=True)
class Axis:
    """A scale of levels from ``lowest`` to ``highest``, with a little room at both ends."""

    lowest: float
    highest: float
    cutoffs: tuple[float, ...]
    levels: tuple[Mapping[str, Any], ...]

    def at(self, value: float) -> float:
        """Return where a value stands, in per cent."""
        return round(100 * (value - self.lowest) / (self.highest - self.lowest), 2)

    def centres(self) -> list[float]:
        """Return the middle of each level's stretch, in per cent."""
        edges = [self.lowest, *self.cutoffs, self.highest]
        return [round((self.at(left) + self.at(right)) / 2, 2) for left, right in pairwise(edges)]


def make_axis(scale: Mapping[str, Any]) -> Axis:
    """Return the axis of a ``ScoreScale``."""
    levels = [level["level"] for level in scale["levels"]]
    room = max(0.2, 0.05 * (max(levels) - min(levels)))
    return Axis(min(levels) - room, max(levels) + room, tuple(scale["cutoffs"]), tuple(scale["levels"]))


def place_groups(
    row: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], axis: Axis
) -> tuple[list[dict[str, Any]], int]:
    """Return the groups of a dumbbell's row with place and lane, and how many lanes there are.

    The joined groups keep the first lane where they can; others move to another where letters would meet.
    """
    known = {group["id"]: group for group in groups}
    order = {"high": 0, "low": 1}
    points = sorted(row["points"], key=lambda point: order.get(known[point["group"]]["place"], 2))
    placed: list[dict[str, Any]] = []
    least = 100 * _PILL / NARROWEST
    for point in points:
        x = axis.at(point["score"])
        lane = 0
        while any(other["lane"] == lane and abs(other["x"] - x) < least for other in placed):
            lane += 1
        placed.append({**known[point["group"]], "x": x, "lane": lane})
    return placed, 1 + max((point["lane"] for point in placed), default=0)


def place_rungs(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a ladder's rungs, highest first, each with the parts of score and interval that fall on it.

    Places are in per cent of the rung's height from its top: a level's own value stands in the middle.
    """
    rungs = sorted(block["rungs"], key=lambda rung: -rung["level"])
    top, bottom = (rungs[0]["level"], rungs[-1]["level"]) if rungs else (0, 0)
    placed = []
    for rung in rungs:
        level = rung["level"]
        ends: tuple[float | None, float | None] = (None, None)
        if block["low"] is not None and block["high"] is not None:
            low, high = max(block["low"], level - 0.5), min(block["high"], level + 0.5)
            ends = (_down(high, level), _down(low, level)) if low <= high else (None, None)
        score = block["score"]
        here = score is not None and (level - 0.5 <= score < level + 0.5 or (level == top and score >= level + 0.5))
        dot = _down(score, level) if here and score is not None else None
        axis = (50 if level == top else 0, 50 if level == bottom else 100)
        placed.append({**rung, "axis": axis, "interval": ends, "dot": dot})
    return placed


def _down(value: float, level: float) -> float:
    return round(50 - 100 * (value - level), 1)


def place_panels(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the panels of a ``Trends`` block with places in per cent, all on one scale."""
    seen = [value for panel in block["panels"] for key in ("values", "lows", "highs") for value in panel[key]]
    known = [value for value in seen if value is not None] + [block["step"]]
    low = min(known) - 0.15
    high = max(known) + max(0.2, 0.24 * (max(known) - low))

    def down(value: float | None) -> float | None:
        return None if value is None else round(100 * (high - value) / (high - low), 2)

    count = len(block["labels"])
    across = [50.0] if count == 1 else [round(10 + 80 * i / (count - 1), 2) for i in range(count)]
    panels = []
    for panel in block["panels"]:
        columns = (across, panel["values"], panel["lows"], panel["highs"], panel["value_texts"])
        dots = [
            {"x": x, "y": down(value), "low": down(lo), "high": down(hi), "text": text, "wave": wave}
            for wave, (x, value, lo, hi, text) in enumerate(zip(*columns, strict=True))
            if value is not None
        ]
        panels.append({**panel, "dots": dots, "lines": list(pairwise(dots))})
    every = max(1, -(-count // 4))
    named = [i for i in range(count) if (count - 1 - i) % every == 0 or count <= 4]
    return {"panels": panels, "step": down(block["step"]), "across": across, "named": named}


def place_bars(row: Mapping[str, Any], block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of a distribution's row: left edge, width and height in per cent."""
    shares = [share for other in block["rows"] for share in other["shares"] or ()]
    most = max([0.5, *shares])
    pitch = 100 / block["levels"]
    return [
        {
            "x": round(pitch * (i + 0.18), 2),
            "centre": round(pitch * (i + 0.5), 2),
            "width": round(pitch * 0.64, 2),
            "height": round(100 * share / most, 1),
            "text": text,
        }
        for i, (share, text) in enumerate(zip(row["shares"] or (), row["share_texts"], strict=False))
    ]
