"""The workshop of a wave: where it is, what the room agreed on, and how to go back a step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from cxassess.context import Agreement
from cxassess.engagement.agreements import AGREED, read_agreements
from cxassess.engagement.answers import submit_all
from cxassess.engagement.asked import list_asked, list_asked_elements
from cxassess.engagement.frozen import would_expose
from cxassess.engagement.model import MINIMUM_GROUP, Refused, Wave
from cxassess.engagement.store import Store
from cxassess.engagement.text import clean_line
from cxassess.engagement.undo import forget_steps, undo_last, undoable
from cxassess.engagement.votes import count_room, count_votes, sum_dots, sum_levels
from cxassess.engagement.waves import wave
from cxassess.engagement.workshop_model import (
    MINIMUM_VOTES,
    MOST_RATING,
    MOST_SECONDS,
    SHOWING,
    STEPS,
    NotYet,
    Rating,
    RoomCounts,
    Step,
    Timer,
    Votes,
    WorkshopState,
)
from cxassess.errors import CxassessError

MAX_REASON: Final = 500


class Workshop:
    """The workshop of one wave. Everything is stored as it is done, so that any number of boards may show it.

    What is out of its order raises ``NotYet``.

    Parameters
    ----------
    store : Store
        The engagement.
    name : str
        The wave.
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._wave: Wave = wave(store, name)
        self._instrument = store.instrument(self._wave.instrument)

    @property
    def wave(self) -> str:
        """Name of the wave."""
        return self._wave.name

    def items(self) -> tuple[str, ...]:
        """Return the ids of the items that are voted on, in the instrument's order."""
        return tuple(item.id for item in list_asked(self._instrument, self._wave))

    def elements(self) -> tuple[str, ...]:
        """Return the ids of the elements they belong to."""
        return list_asked_elements(self._instrument, self._wave)

    def state(self) -> WorkshopState:
        """Return where the workshop is."""
        select = "SELECT step, item, revealed, dots_shown, seconds_left, ends_at, revision FROM workshop WHERE wave = ?"
        rows = self._store.rows(select, self.wave)
        if not rows:
            return WorkshopState(
                STEPS[0], self.items()[0], revealed=False, dots_shown=False, timer=Timer(), revision=0, began=False
            )
        step, item, revealed, dots_shown, seconds_left, ends_at, revision = rows[0]
        return WorkshopState(
            step=next(one for one in STEPS if one == step),
            item=str(item),
            revealed=bool(revealed),
            dots_shown=bool(dots_shown),
            timer=self._timer(int(seconds_left or 0), ends_at),
            revision=int(revision or 0),
            began=True,
        )

    def data_version(self) -> int:
        """Return a number that is another after everything that is stored, by whomever; cheap, for asking often."""
        return self._store.database.version()

    # ------------------------------------------------------------ on the board

    def go(self, step: Step) -> None:
        """Go to a step; those that show the votes come after the reveal."""
        if step not in STEPS:
            raise NotYet("unknown")
        with self._store.transaction():
            if step in SHOWING and not self.state().revealed:
                raise NotYet("reveal_first")
            self._set("go", step=step)

    def choose(self, item: str, step: Step | None = None) -> None:
        """Put an item on the board, and go to a step if one is named: all of it is one step to undo."""
        if item not in self.items() or step not in (None, *STEPS):
            raise NotYet("unknown")
        with self._store.transaction():
            if step in SHOWING and not self.state().revealed:
                raise NotYet("reveal_first")
            self._set("choose", item=item, **({"step": step} if step else {}))

    def set_timer(self, seconds_left: int, running: bool) -> None:
        """Set the clock, and let it run or stand still."""
        if type(seconds_left) is not int or not 0 <= seconds_left <= MOST_SECONDS:
            raise NotYet("unknown")
        ends_at = (self._store.clock() + timedelta(seconds=seconds_left)).strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._store.transaction():
            self._begin()
            update = "UPDATE workshop SET seconds_left = ?, ends_at = ?, revision = revision + 1 WHERE wave = ?"
            self._store.run(update, seconds_left, ends_at if running else None, self.wave)

    def undo(self) -> str:
        """Take back the last step, and return what it was; what was revealed stays so."""
        with self._store.transaction():
            code = undo_last(self._store, self.wave)
            self._store.run("UPDATE workshop SET revision = revision + 1 WHERE wave = ?", self.wave)
        return code

    # ------------------------------------------------------------ votes

    def counts(self) -> RoomCounts:
        """Return how many are here, have voted, and are done."""
        return count_room(self._store, self._wave)

    def can_reveal(self) -> bool:
        """Whether there is anything to show: an item on which eight people chose a level."""
        return any(sum_levels(self._store, self._wave, item)[0] >= MINIMUM_VOTES for item in self.items())

    def reveal(self) -> None:
        """Open the votes, and go to the reveal. From now on they stay as they are; this can't be undone.

        Forms that were begun are handed in. Where the wave was frozen before, and one to four forms are new or
        changed since, it is not opened (``frozen``): beside a report, the board would show whose answers those are.

        Raises
        ------
        Refused
            ``wave_closed``: what is not in its snapshot must not come out on the board.
        """
        with self._store.transaction():
            if self.state().revealed:
                raise NotYet("revealed_already")
            if not wave(self._store, self.wave).takes_answers(self._store.today()):
                raise Refused("wave_closed")
            if not self.can_reveal():
                raise NotYet("too_few_votes")
            self._begin()
            submit_all(self._store, self._wave)
            if would_expose(self._store, self.wave):
                raise NotYet("frozen")
            update = "UPDATE workshop SET revealed = 1, step = 'reveal', revision = revision + 1 WHERE wave = ?"
            self._store.run(update, self.wave)
            forget_steps(self._store, self.wave)
            self._store.record("votes revealed", self.wave)

    def votes(self) -> Mapping[str, Mapping[str, Votes]]:
        """Return item → role → how it voted. Not fit to be shown: groups are as small as they are."""
        if not self.state().revealed:
            raise NotYet("reveal_first")
        return count_votes(self._store, self._wave)

    def show_dots(self) -> None:
        """Show the dots' sums, and take no more: sums that grow would tell whose dots the last ones were."""
        with self._store.transaction():
            if self.counts().dots < MINIMUM_GROUP:
                raise NotYet("too_few_dots")
            self._store.run("UPDATE workshop SET dots_shown = 1 WHERE wave = ?", self.wave)
            self._touch()
            self._store.record("dots shown", self.wave)

    def dots(self) -> Mapping[str, int]:
        """Return all dots by element once they are shown; nothing before, or if fewer than five people gave any."""
        return sum_dots(self._store, self._wave) if self.state().dots_shown else {}

    # ------------------------------------------------------------ what comes of it

    def agree(self, item: str, level: int | None, *, dissent: int = 0, reason: str = "") -> Agreement:
        """Record what was agreed about an item, in place of what was before.

        Parameters
        ----------
        item : str
            Which.
        level : int or None
            The level; None to leave it open.
        dissent : int
            How many still disagree.
        reason : str
            Why, in a sentence.

        Returns
        -------
        Agreement
            With the individual votes' mean, unless fewer than eight voted.
        """
        levels = range(1, self._instrument.level_count + 1)
        if item not in self.items() or (level is not None and (type(level) is not int or level not in levels)):
            raise NotYet("unknown")
        if type(dissent) is not int or dissent < 0:
            raise NotYet("unknown")
        said = clean_line(reason)
        if len(said) > MAX_REASON:
            what = f"The reason is longer than {MAX_REASON} characters."
            raise CxassessError.single(f"item {item}", what, "Say it in a sentence.")
        with self._store.transaction():
            if not self.state().revealed:
                raise NotYet("reveal_first")
            votes, total = sum_levels(self._store, self._wave, item)
            shown = total if votes >= MINIMUM_VOTES else None
            with undoable(self._store, self.wave, "agree", [("consensus", (self.wave, item))]):
                self._store.run(
                    f"INSERT INTO consensus ({AGREED}, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) "  # noqa: S608  (constants)
                    "ON CONFLICT (wave, item) DO UPDATE SET level = excluded.level, votes = excluded.votes, "
                    "total = excluded.total, dissent = excluded.dissent, reason = excluded.reason, "
                    "agreed_on = excluded.agreed_on, revision = consensus.revision + 1",
                    *(self.wave, item, level, votes, shown, dissent, said, self._store.today().isoformat()),
                )
            self._touch()
        return self.agreements()[item]

    def agreements(self) -> Mapping[str, Agreement]:
        """Return what was agreed, by item, in the instrument's order."""
        return {one.item: one for one in read_agreements(self._store, self.wave)}

    def take_back(self, item: str) -> None:
        """Forget what was agreed about an item."""
        with self._store.transaction():
            if item not in self.agreements():
                raise NotYet("unknown")
            with undoable(self._store, self.wave, "take_back", [("consensus", (self.wave, item))]):
                self._store.run("DELETE FROM consensus WHERE wave = ? AND item = ?", self.wave, item)
            self._touch()

    def rate(self, element: str, impact: int, effort: int) -> None:
        """Record what the room thinks of an element: impact and effort, each from 1 to 5."""
        known = {one.id for one in self._instrument.elements}
        given = (impact, effort)
        if element not in known or any(type(one) is not int or not 1 <= one <= MOST_RATING for one in given):
            raise NotYet("unknown")
        with self._store.transaction():
            self._begin()
            with undoable(self._store, self.wave, "rate", [("rating", (self.wave, element))]):
                self._store.run(
                    "INSERT INTO rating (wave, element, impact, effort) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (wave, element) DO UPDATE SET impact = excluded.impact, effort = excluded.effort",
                    *(self.wave, element, *given),
                )
            self._touch()

    def ratings(self) -> Mapping[str, Rating]:
        """Return what the room thinks of the elements, in the instrument's order."""
        rows = self._store.rows("SELECT element, impact, effort FROM rating WHERE wave = ?", self.wave)
        found = {str(element): Rating(int(impact or 0), int(effort or 0)) for element, impact, effort in rows}
        return {one.id: found[one.id] for one in self._instrument.elements if one.id in found}

    # ------------------------------------------------------------ storing

    def _begin(self) -> None:
        """Make the workshop's row, if this is the first that is done; as part of a transaction."""
        if self.state().began:
            return
        insert = (
            "INSERT INTO workshop (wave, step, item, revealed, dots_shown, seconds_left, ends_at, revision) "
            "VALUES (?, ?, ?, 0, 0, 0, NULL, 0)"
        )
        self._store.run(insert, self.wave, STEPS[0], self.items()[0])
        forget_steps(self._store, self.wave)
        self._store.record("workshop begun", self.wave)

    def _set(self, code: str, **columns: str) -> None:
        self._begin()
        with undoable(self._store, self.wave, code, [("workshop", (self.wave,))]):
            for column, value in columns.items():
                self._store.run(f"UPDATE workshop SET {column} = ? WHERE wave = ?", value, self.wave)  # noqa: S608  (constants)
        self._touch()

    def _touch(self) -> None:
        self._store.run("UPDATE workshop SET revision = revision + 1 WHERE wave = ?", self.wave)

    def _timer(self, seconds_left: int, ends_at: object) -> Timer:
        if not ends_at:
            return Timer(seconds_left)
        left = datetime.fromisoformat(str(ends_at)) - self._store.clock().astimezone(UTC)
        return Timer(max(0, round(left.total_seconds())), str(ends_at))
