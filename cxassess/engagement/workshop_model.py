"""What a workshop hands out: plain frozen values, without the store behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Step = Literal["check_in", "vote", "reveal", "discuss", "consensus", "priorities", "actions", "close"]
NotYetCode = Literal[
    "reveal_first",
    "too_few_votes",
    "too_few_dots",
    "frozen",
    "revealed_already",
    "unknown",
    "too_many_actions",
    "nothing_to_undo",
]

STEPS: Final[tuple[Step, ...]] = (
    "check_in",
    "vote",
    "reveal",
    "discuss",
    "consensus",
    "priorities",
    "actions",
    "close",
)
#: Steps that show the votes.
SHOWING: Final[frozenset[Step]] = frozenset({"reveal", "discuss", "consensus"})
#: Fewer votes than this are never shown, nor is their mean.
MINIMUM_VOTES: Final = 8
#: How many dots everybody may give.
DOTS: Final = 3
#: How many things one wave may decide to do: more are wishes.
MOST_ACTIONS: Final = 7
#: How far ahead a target may lie.
MOST_MONTHS: Final = 36
MOST_SECONDS: Final = 24 * 60 * 60
#: Ratings of impact and effort go from 1 to this.
MOST_RATING: Final = 5


class NotYet(Exception):  # noqa: N818  (an outcome, with a code for each reason)
    """Something out of its order; nothing of it was stored.

    Parameters
    ----------
    code : str
        One of ``NotYetCode``.
    """

    def __init__(self, code: NotYetCode) -> None:
        super().__init__(code)
        self.code: NotYetCode = code


@dataclass(frozen=True)
class Timer:
    """The clock of a step.

    Parameters
    ----------
    seconds_left : int
        As of now.
    ends_at : str or None
        When it runs out (ISO, UTC); None while it stands still.
    """

    seconds_left: int = 0
    ends_at: str | None = None


@dataclass(frozen=True)
class WorkshopState:
    """Where a workshop is.

    Parameters
    ----------
    step : str
        One of ``STEPS``.
    item : str
        The item on the board.
    revealed : bool
        Whether the votes are open; from then on they stay as they are.
    dots_shown : bool
        Whether the dots' sums are shown; from then on no more are taken.
    timer : Timer
        The clock.
    revision : int
        Counts what was done on the board.
    began : bool
        Whether anything was.
    """

    step: Step
    item: str
    revealed: bool
    dots_shown: bool
    timer: Timer
    revision: int
    began: bool


@dataclass(frozen=True)
class RoomCounts:
    """How far the people in the room have come: how many, and never who.

    Parameters
    ----------
    here : int
        Who joined with the code for the room, or have begun to answer.
    voted : mapping
        Item → who have answered it.
    finished : int
        Who have handed in.
    dots : int
        Who have given dots.
    """

    here: int
    voted: Mapping[str, int]
    finished: int
    dots: int


@dataclass(frozen=True)
class Votes:
    """How a group answered an item.

    Parameters
    ----------
    levels : tuple of int
        How many chose each level, from the first.
    dont_know, not_applicable : int
        How many said so.
    """

    levels: tuple[int, ...]
    dont_know: int = 0
    not_applicable: int = 0


@dataclass(frozen=True)
class Rating:
    """What the room thinks of an element: 1 (little) to 5 (much)."""

    impact: int
    effort: int


@dataclass(frozen=True)
class TargetSet:
    """A score to be reached by a date."""

    level: float
    due_on: date
