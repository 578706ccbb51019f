"""Marks on the scale of the levels beside the rows of a table: the profile, the roles and the items share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.geometry import CONTENT, Box
from cxassess.deliverables.slides.measure import measure
from cxassess.deliverables.slides.paragraphs import Para, fit, height_of, para
from cxassess.deliverables.slides.scatter import Lines, Range, Series, Stretch, add_scatter
from cxassess.document import ScoreScale

_MOST_NOTE: Final = 40.0


@dataclass(frozen=True)
class Strip:
    """The scale beside the rows of a table.

    Parameters
    ----------
    scale : ScoreScale
        Levels and cut-offs.
    left, width : float
        Where it stands.
    rows : sequence of Box
        The rows of the table.
    """

    scale: ScoreScale
    left: float
    width: float
    rows: Sequence[Box]

    @property
    def axis(self) -> Range:
        """The first and the last value, a little outside the levels."""
        levels = [level.level for level in self.scale.levels]
        room = max(0.2, 0.05 * (max(levels) - min(levels)))
        return Range(min(levels) - room, max(levels) + room)

    @property
    def unit(self) -> float:
        """Mean height of a row, which is the unit of the upright axis."""
        return sum(row.height for row in self.rows) / len(self.rows)

    @property
    def height(self) -> float:
        """Height of all rows."""
        return self.rows[-1].bottom - self.rows[0].top

    def y(self, row: int) -> float:
        """Return the place of a row on the upright axis: its middle, counted in rows from below."""
        box = self.rows[row]
        return round((self.rows[-1].bottom - (box.top + box.height / 2)) / self.unit, 4)

    def x(self, value: float) -> float:
        """Return where a value stands on the slide."""
        return self.left + self.width * (value - self.axis.low) / (self.axis.high - self.axis.low)

    def cut_offs(self, name: str) -> Lines:
        """Return the light lines where the next level begins."""
        top = round(self.height / self.unit, 4)
        lines = [Stretch(cut, 0, cut, top, self.level_at(cut)) for cut in self.scale.cutoffs]
        return Lines(name, lines, "rule", 0.75)

    def level_at(self, cut: float) -> str:
        """Return the name of the level that begins at a cut-off."""
        level = self.scale.levels[list(self.scale.cutoffs).index(cut) + 1]
        return f"{level.level} {level.name}"

    def interval(self, row: int, low: float, high: float, name: str) -> Stretch:
        """Return an interval as a line in its row."""
        return Stretch(low, self.y(row), high, self.y(row), name)

    def draw(self, canvas: Canvas, series: Sequence[Series], *, ground: Sequence[Series], name: str, alt: str) -> None:
        """Put the chart over the rows, on another one for what lies under the marks.

        Two charts, as programs don't agree on which series of one chart lies on top.
        """
        box = Box(self.left, self.rows[0].top, self.width, self.height)
        up = Range(0, round(self.height / self.unit, 4))
        words = "; ".join(one.name for one in ground if one.name)
        add_scatter(canvas, box, ground, self.axis, up, name=f"{name}, ground", alt=words)
        if any(one.lines if isinstance(one, Lines) else one.marks for one in series):
            add_scatter(canvas, box, series, self.axis, up, name=name, alt=alt)

    def draw_heads(self, canvas: Canvas, head: float) -> None:
        """Name the levels above the rows; where the names don't fit, number them."""
        edges = [self.axis.low, *self.scale.cutoffs, self.axis.high]
        widths = [self.x(high) - self.x(low) for low, high in pairwise(edges)]
        named = [(str(level.level), level.name) for level in self.scale.levels]
        fits = all(
            measure(f"{number} ", 10, bold=True) + measure(name, 10) + 4 <= width
            for (number, name), width in zip(named, widths, strict=True)
        )
        for (number, name), low, width in zip(named, edges, widths, strict=False):
            box = Box(self.x(low), self.rows[0].top - head, width, head - 5)
            words = para(name if fits else "", 10, lead=number, colour="text2", align="center")
            canvas.text(box, [words], name=f"Level {number}", anchor="bottom")


def note_height(lines: Sequence[str]) -> float:
    """Return the height to leave at the foot of a slide for how it is read."""
    return height_of(_note(lines), CONTENT.width) + 8


def draw_note(canvas: Canvas, lines: Sequence[str]) -> None:
    """Say at the foot of a slide how it is read."""
    words = _note(lines)
    height = height_of(words, CONTENT.width)
    box = Box(CONTENT.left, CONTENT.bottom - height + 2, CONTENT.width, height + 1)
    canvas.text(box, words, name="How to read", least=9)


def _note(lines: Sequence[str]) -> tuple[Para, ...]:
    return fit([para(line, 10, colour="text2") for line in lines], CONTENT.width, _MOST_NOTE, least=9)
