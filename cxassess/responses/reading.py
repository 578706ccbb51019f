"""What is at hand while a file is being understood."""

from __future__ import annotations

from dataclasses import dataclass

from cxassess.instrument.model import Instrument
from cxassess.responses.collect import Collector
from cxassess.responses.headers import Header, Layout
from cxassess.responses.so_far import SoFar
from cxassess.responses.table import Table
from cxassess.responses.words import WordTable


@dataclass(frozen=True)
class Reading:
    """A table, what its columns mean, and where problems go.

    Parameters
    ----------
    table : Table
        The file's cells.
    layout : Layout
        The columns by what they mean.
    instrument : Instrument
        What was answered.
    words : WordTable
        What may be written.
    problems : Collector
        Gets everything that is wrong.
    so_far : SoFar
        What earlier parts of the same file have told.
    """

    table: Table
    layout: Layout
    instrument: Instrument
    words: WordTable
    problems: Collector
    so_far: SoFar

    @property
    def header(self) -> Header:
        """What column names and item ids mean."""
        return Header(self.instrument, self.words)
