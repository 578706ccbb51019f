"""Problems of a response file: all are gathered, none is shown twice, and a million of them do no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from cxassess.errors import CxassessError, Problem
from cxassess.responses.table import Cell, Column, Mask, Table

MAX_PROBLEMS: Final = 1_000
Words = tuple[str, str]


def always(what: str, remedy: str) -> Callable[[Cell], Words]:
    """Say the same of every value."""
    return lambda _: (what, remedy)


class Collector:
    """Gathers problems, and tells bad answers, which ``lenient`` leaves out, from what makes a file unusable.

    Parameters
    ----------
    file : str
        Name of the file, for the last line when there are too many problems.

    Notes
    -----
    A large file is understood part by part: ``offset`` is the number of data rows before the part, and every row that
    is named counts from there.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.offset = 0
        self.fatal = 0
        self.dropped = 0
        self.notes: list[str] = []
        self._kept: list[tuple[tuple[int, int], Problem]] = []
        self._once: set[Problem] = set()
        self._seen = 0

    def add(self, where: str, what: str, remedy: str, *, row: int = -1, column: int = -1) -> None:
        """Add something that makes the file unusable; ``row`` and ``column`` (from 0) only order the problems."""
        self.fatal += 1
        self._keep(where, what, remedy, row, column)

    def add_cells(
        self, table: Table, column: Column, mask: Mask, words: Callable[[Cell], Words], *, droppable: bool
    ) -> None:
        """Add every cell of a column where ``mask`` holds; ``words`` gives what and remedy for a value."""
        rows = np.flatnonzero(mask)
        if droppable:
            self.dropped += len(rows)
        else:
            self.fatal += len(rows)
        room = max(MAX_PROBLEMS - len(self._kept), 0)
        for row in rows[:room]:
            what, remedy = words(column.cell(row))
            self._keep(table.place(int(row), column), what, remedy, int(row), column.index)
        self._seen += max(len(rows) - room, 0)

    def add_rows(self, table: Table, mask: Mask, what: str, remedy: str, *, droppable: bool) -> None:
        """Add every data row where ``mask`` holds."""
        rows = np.flatnonzero(mask)
        if not droppable:
            self.fatal += len(rows)
        room = max(MAX_PROBLEMS - len(self._kept), 0)
        for row in rows[:room]:
            self._keep(table.place(int(row)), what, remedy, int(row), -1)
        self._seen += max(len(rows) - room, 0)

    def note(self, text: str) -> None:
        """Remember something that is no problem, but that the reader should know; the same thing once only."""
        if text not in self.notes:
            self.notes.append(text)

    def absorb(self, other: Collector, *, once: bool = False) -> None:
        """Take over what another collector of the same file has gathered.

        Parameters
        ----------
        other : Collector
            Not to be used afterwards.
        once : bool
            Leave out what was taken over before: what is said of the columns is the same in every part of a file.
        """
        for text in other.notes:
            self.note(text)
        if once:
            news = [kept for kept in other._kept if kept[1] not in self._once]
            self._once.update(problem for _, problem in news)
            self.fatal += len(news)
            self._seen += len(news)
        else:
            news = other._kept
            self.fatal += other.fatal
            self.dropped += other.dropped
            self._seen += other._seen
        self._kept += news[: max(MAX_PROBLEMS - len(self._kept), 0)]

    def add_unlisted(self, count: int) -> None:
        """Count further problems that make the file unusable and are too many to be listed."""
        self.fatal += count
        self._seen += count

    def problems(self) -> list[Problem]:
        """Return the problems in the file's order; after 1,000 a last one says how many more there are."""
        found = [problem for _, problem in sorted(self._kept, key=lambda kept: kept[0])]
        more = self._seen - len(self._kept)
        if more > 0:
            remedy = "Mend these first; the same cause is often behind many of them."
            found.append(Problem(self.file, f"{more:,} more problems are not listed.", remedy))
        return found

    def refuse(self) -> None:
        """Raise CxassessError if anything makes the file unusable."""
        if self.fatal:
            raise CxassessError(self.problems())

    def _keep(self, where: str, what: str, remedy: str, row: int, column: int) -> None:
        self._seen += 1
        if len(self._kept) < MAX_PROBLEMS:
            self._kept.append(((row if row < 0 else row + self.offset, column), Problem(where, what, remedy)))
