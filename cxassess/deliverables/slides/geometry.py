"""Places on a slide, in points from its upper left corner, and the few measures that all slides share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WIDTH: Final = 960.0
HEIGHT: Final = 540.0
LEFT: Final = 48.0
RIGHT: Final = WIDTH - LEFT
TOP: Final = 128.0  # where what the slide shows begins
BOTTOM: Final = 490.0  # and ends
GUTTER: Final = 28.0


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def below(self, used: float) -> Box:
        """Return what is left of the box under its first ``used`` points."""
        return Box(self.left, self.top + used, self.width, max(1.0, self.height - used))

    def inset(self, x: float, y: float) -> Box:
        """Return the box less a margin at the sides, and above and below."""
        return Box(self.left + x, self.top + y, self.width - 2 * x, self.height - 2 * y)


KICKER: Final = Box(LEFT, 30, RIGHT - LEFT, 16)
TITLE: Final = Box(LEFT, 48, RIGHT - LEFT, 66)
CONTENT: Final = Box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP)


def split(box: Box, *shares: float, gutter: float = GUTTER) -> list[Box]:
    """Part a box into columns whose widths stand to each other as the shares."""
    room = box.width - gutter * (len(shares) - 1)
    columns, left = [], box.left
    for share in shares:
        width = room * share / sum(shares)
        columns.append(Box(left, box.top, width, box.height))
        left += width + gutter
    return columns
