"""What is measured: samples of a time, with the memory that it took."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of a table.

    Parameters
    ----------
    key : str
        Short name, the same in every table: ``A``, ``pandas`` …
    what : str
        The way of doing it, in words.
    seconds : sequence of float
        Samples of the time of one unit of work (a report, a scoring); empty where it could not be measured.
    memory : float or None
        Peak memory in MiB.
    phases : dict
        Median seconds by phase, where the time goes.
    note : str
        What a reader must know, e.g. why it was left out.
    """

    key: str
    what: str
    seconds: Sequence[float] = ()
    memory: float | None = None
    phases: dict[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def median(self) -> float | None:
        """The middle of the samples."""
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """A quarter of the samples are below the first, a quarter above the second."""
        if len(self.seconds) < 2:
            return None
        low, _, high = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return low, high

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {**asdict(self), "seconds": list(self.seconds), "median": self.median, "quartiles": self.quartiles}


@dataclass(frozen=True)
class Table:
    """Figures that may be compared: the same work, in the same run.

    Parameters
    ----------
    name : str
        Short name: ``portfolio``, ``long``, ``1e6`` …
    title : str
        The work, in words.
    figures : tuple of Figure
        The first is what the others are compared with.
    facts : dict
        What else is known of the work: pages, organisations, answers.
    """

    name: str
    title: str
    figures: tuple[Figure, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    def find(self, key: str) -> Figure | None:
        """Return the figure of a key, if there is one."""
        return next((figure for figure in self.figures if figure.key == key), None)

    def ratio(self, figure: Figure, base: str = "") -> float | None:
        """Return how many times faster a figure is than another, the table's first if not named."""
        other = self.find(base) if base else self.figures[0]
        if other is None or not other.median or not figure.median:
            return None
        return other.median / figure.median

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        figures = [{**figure.to_dict(), "ratio": self.ratio(figure)} for figure in self.figures]
        return {"name": self.name, "title": self.title, "facts": self.facts, "figures": figures}


def median_phases(samples: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the median of each phase over several samples, in the order of the first."""
    names = dict.fromkeys(name for sample in samples for name in sample)
    return {name: statistics.median(sample.get(name, 0.0) for sample in samples) for name in names}
