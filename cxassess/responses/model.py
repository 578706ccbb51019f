"""The responses frame and what stands beside it: the contract between reading and scoring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from cxassess.instrument.model import Instrument
from cxassess.responses.waves import order_waves

KEYS: Final = ("organisation", "wave", "respondent")
ID_COLUMNS: Final = (*KEYS, "role", "unit", "answered_at", "seconds")
REASON_COLUMNS: Final = (*KEYS, "item", "reason")
COMMENT_COLUMNS: Final = (*KEYS, "item", "text")

Shape = Literal["wide", "long", "forms", "mixed"]


@dataclass(frozen=True)
class Source:
    """Where responses came from and what was understood of the file.

    Parameters
    ----------
    name : str
        File name without its folder.
    sha256 : str
        Hash of the file's bytes, in hex.
    shape : {"wide", "long", "forms", "mixed"}
        One row per respondent, one row per answer, filled-in forms of the intake workbook, or several files of
        different shapes.
    rows : int
        Data rows in the file; for forms their number.
    encoding, delimiter, decimal : str
        As understood; empty for workbooks.
    dropped : int
        Answers left out because of ``lenient`` reading.
    notes : str
        What else was understood or taken for granted, in English, one note a line.
    """

    name: str
    sha256: str
    shape: Shape
    rows: int
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    dropped: int = 0
    notes: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Responses:
    """Checked responses of one or more organisations and waves.

    Parameters
    ----------
    instrument : Instrument
        The instrument that was answered.
    answers : DataFrame
        One row per respondent × wave: the columns ``ID_COLUMNS``, then one nullable ``Int8`` column per item of the
        instrument (1 to the number of levels, or ``<NA>``). ``organisation``, ``wave``, ``respondent``, ``role`` and
        ``unit`` are strings (``unit`` may be ``<NA>``), ``answered_at`` is a datetime or ``NaT``, ``seconds``
        (time spent on the whole form) a nullable ``Int64``. (organisation, wave, respondent) is unique.
    reasons : DataFrame
        ``REASON_COLUMNS``: why an item that the role is asked has no number: ``not_applicable``, ``dont_know`` or
        ``missing``. An item that the role is not asked has neither a number nor a reason.
    comments : DataFrame
        ``COMMENT_COLUMNS``: free text as it was written; ``item`` is an item id or an empty string.
    source : Source
        The file and what was understood of it.
    """

    instrument: Instrument
    answers: pd.DataFrame
    reasons: pd.DataFrame
    comments: pd.DataFrame
    source: Source

    @property
    def organisations(self) -> tuple[str, ...]:
        """Names of the organisations, in order of first appearance."""
        return tuple(self.answers["organisation"].unique())

    def __repr__(self) -> str:
        return f"<Responses {self.source.name}: {len(self.answers)} to {self.instrument.reference}>"

    def equals(self, other: Responses) -> bool:
        """Whether the other holds the same responses to the same instrument, in the same order."""
        return (
            self.instrument.reference == other.instrument.reference
            and self.answers.equals(other.answers)
            and self.reasons.equals(other.reasons)
            and self.comments.equals(other.comments)
        )

    def until(self, wave: str) -> Responses:
        """Return the responses of a wave and of all waves before it."""
        waves = order_waves(self.answers)
        return self._keep(lambda frame: frame["wave"].isin(waves[: waves.index(wave) + 1]))

    def select(self, organisation: str, wave: str | None = None) -> Responses:
        """Return the responses of one organisation, and of one wave if given; KeyError if there are none."""
        chosen = self._keep(
            lambda frame: (frame["organisation"] == organisation) & (True if wave is None else frame["wave"] == wave)
        )
        if chosen.answers.empty:
            raise KeyError(organisation if wave is None else (organisation, wave))
        return chosen

    def _keep(self, rows: Callable[[pd.DataFrame], pd.Series[bool]]) -> Responses:
        answers, reasons, comments = (
            frame[rows(frame)].reset_index(drop=True) for frame in (self.answers, self.reasons, self.comments)
        )
        return Responses(self.instrument, answers, reasons, comments, self.source)
