"""What the parts of a file that were read so far tell of the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.responses.codes import Labels
from cxassess.responses.collect import Collector
from cxassess.responses.dates import DateStyle
from cxassess.responses.values import Spellings


class SoFar:
    """What only the whole of a file can tell, gathered part by part.

    It grows by 24 bytes a respondent × wave (a hash of the key, the day, two codes) and with the distinct names of
    organisations, waves and units; never with the answers.

    Parameters
    ----------
    file : str
        Its name.
    in_parts : bool
        Whether more than one part may come: a respondent may then be there twice in parts far apart.
    """

    def __init__(self, file: str, *, in_parts: bool = False) -> None:
        self.in_parts = in_parts
        self.dates = DateStyle(Collector(file))
        self.days = WaveDays()
        self.hashes: list[NDArray[np.uint64]] = []
        self.marks: set[str] = set()
        self.unanswered = 0
        self._spellings: dict[str, Spellings] = {}

    def spellings(self, field: str) -> Spellings:
        """Return the names of a column so far."""
        return self._spellings.setdefault(field, Spellings())

    def settle(self, problems: Collector) -> None:
        """Say, after the last part, what only the whole file tells."""
        self.dates.settle(problems)
        if self.unanswered:
            problems.note(f"Respondents left out because no answer is left: {self.unanswered}")


class WaveDays:
    """Who answered when: how many of each organisation and wave, and their median day."""

    def __init__(self) -> None:
        self._organisations: dict[str, int] = {}
        self._waves: dict[str, int] = {}
        self._parts: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.datetime64]]] = []

    @property
    def organisations(self) -> tuple[str, ...]:
        """Names, in order of first appearance."""
        return tuple(self._organisations)

    @property
    def waves(self) -> tuple[str, ...]:
        """Labels, in order of first appearance."""
        return tuple(self._waves)

    def add(self, organisation: Labels, wave: Labels, answered_at: NDArray[np.datetime64]) -> None:
        """Take up the respondents of a part."""
        days = answered_at.astype("datetime64[us]")
        self._parts.append((_codes(self._organisations, organisation), _codes(self._waves, wave), days))

    def join(self, other: WaveDays) -> None:
        """Take up the respondents of another file."""
        organisations = [self._organisations.setdefault(n, len(self._organisations)) for n in other._organisations]
        waves = [self._waves.setdefault(name, len(self._waves)) for name in other._waves]
        translated = (np.array(organisations, dtype=np.int32), np.array(waves, dtype=np.int32))
        self._parts += [(translated[0][one], translated[1][two], days) for one, two, days in other._parts]

    def summary(self) -> dict[str, dict[str, tuple[int, pd.Timestamp]]]:
        """Return organisation → wave → respondents and median day (``NaT`` without one), by first appearance."""
        if not self._parts:
            return {}
        one, two, days = (np.concatenate(arrays) for arrays in zip(*self._parts, strict=True))
        frame = pd.DataFrame({"organisation": one, "wave": two, "day": days})
        grouped = frame.groupby(["organisation", "wave"], sort=False)["day"]
        names, labels = self.organisations, self.waves
        found: dict[str, dict[str, tuple[int, pd.Timestamp]]] = {}
        for (name, label), size, day in zip(grouped.size().index, grouped.size(), grouped.median(), strict=True):
            found.setdefault(names[name], {})[labels[label]] = (int(size), day)
        return found

    def medians(self) -> dict[str, dict[str, pd.Timestamp]]:
        """Return organisation → wave → median day, as `waves.median_days` does."""
        return {name: {wave: day for wave, (_, day) in waves.items()} for name, waves in self.summary().items()}


def _codes(known: dict[str, int], column: Labels) -> NDArray[np.int32]:
    numbers = np.array([known.setdefault(name, len(known)) for name in column.names], dtype=np.int32)
    return numbers[column.codes]
