"""What an engagement hands out and takes in: plain frozen values, without the store behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

Form = Literal["full", "pulse"]
Flag = Literal["dont_know", "not_applicable"]
WaveState = Literal["planned", "open", "closed"]
FormState = Literal["open", "submitted", "closed"]
RefusalCode = Literal[
    "unknown_item",
    "not_asked",
    "out_of_range",
    "too_long",
    "wave_closed",
    "submitted",
    "not_admitted",
    "conflict",
]

FLAGS: Final[tuple[Flag, ...]] = ("dont_know", "not_applicable")
MAX_TEXT: Final = 4_000
#: Fewer people than this are never a group of their own.
MINIMUM_GROUP: Final = 5


@dataclass(frozen=True)
class Wave:
    """One round of asking.

    Parameters
    ----------
    name : str
        As it stands in the reports.
    form : {"full", "pulse"}
        Which items are asked.
    anonymous : bool
        Nothing links a person to their answers, and days are all that is kept of time.
    state : {"planned", "open", "closed"}
        Answers are taken while it is open.
    closes_on : date or None
        The last day (UTC) on which answers are taken.
    instrument : str
        ``id@version`` of what is asked.
    opened_on, closed_on : date or None
        When that was done last.
    elements : tuple of str
        The elements that are asked; empty for all of the form.
    """

    name: str
    form: Form
    anonymous: bool
    state: WaveState
    closes_on: date | None
    instrument: str
    opened_on: date | None = None
    closed_on: date | None = None
    elements: tuple[str, ...] = ()

    def takes_answers(self, today: date) -> bool:
        """Whether respondents may answer on a day."""
        return self.state == "open" and (self.closes_on is None or today <= self.closes_on)


@dataclass(frozen=True)
class Person:
    """Somebody to invite.

    Parameters
    ----------
    name, email : str
        As they stand in the list; the e-mail address tells people apart.
    role : str
        A role of the instrument, by its id.
    unit : str
        Part of the organisation; may be empty.
    language : str
        Of the invitation; empty for the engagement's own.
    where : str
        Where they stand in a list, for messages.
    """

    name: str
    email: str
    role: str
    unit: str = ""
    language: str = ""
    where: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Invited:
    """An invitation: whom it is for, and the token, which is nowhere else."""

    person: Person
    role: str
    unit: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Admission:
    """A respondent who came with a good token.

    Parameters
    ----------
    wave : str
        The wave that the token is for.
    role, unit : str
        Of the respondent.
    respondent : str
        Pseudonym; in an anonymous wave it stands for nobody.
    state : {"open", "submitted", "closed"}
        Whether the form can be filled in, has been handed in, or the wave takes no answers.
    token_key : str
        SHA-256 of the token, in hex.
    language : str
        To begin with.
    """

    wave: str
    role: str
    unit: str
    respondent: str
    state: FormState
    token_key: str = field(repr=False)
    language: str = ""


@dataclass(frozen=True)
class Change:
    """What a respondent wants to be saved about one item.

    Parameters
    ----------
    item : str
        Id of the item.
    level : int or None
        The level chosen.
    flag : {"dont_know", "not_applicable"} or None
        Why there is no level; with neither, the answer is taken back.
    why, comment : str
        In the respondent's own words.
    revision : int
        The revision that the respondent has seen; 0 if none.
    """

    item: str
    level: int | None = None
    flag: Flag | None = None
    why: str = ""
    comment: str = ""
    revision: int = 0


@dataclass(frozen=True)
class SavedAnswer:
    """What is stored about one item; ``revision`` counts the changes from 1."""

    level: int | None = None
    flag: Flag | None = None
    why: str = ""
    comment: str = ""
    revision: int = 0


@dataclass(frozen=True)
class Saved:
    """An acknowledgement: committed, under this revision."""

    item: str
    revision: int


class Refused(Exception):  # noqa: N818  (an outcome, with a code for each reason)
    """A write that was not allowed; nothing of it was stored.

    Parameters
    ----------
    code : str
        One of ``RefusalCode``.
    item : str
        The item concerned, if it is about one.
    stored : SavedAnswer, optional
        With ``conflict``: what is stored.
    """

    def __init__(self, code: RefusalCode, item: str = "", stored: SavedAnswer | None = None) -> None:
        super().__init__(code, item)
        self.code: RefusalCode = code
        self.item = item
        self.stored = stored


@dataclass(frozen=True)
class AuditEntry:
    """Something that was done to the engagement: never by whom it was answered, and without any personal data."""

    at: str
    event: str
    wave: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The responses of a wave as they stood when it was frozen.

    Parameters
    ----------
    wave : str
        Of which wave.
    number : int
        From 1.
    taken_on : date
        When.
    respondents : int
        How many forms are in it.
    digest : str
        SHA-256 of what is in it, in hex.
    """

    wave: str
    number: int
    taken_on: date
    respondents: int
    digest: str


@dataclass(frozen=True)
class Closing:
    """What became of a wave that was closed.

    Parameters
    ----------
    wave : Wave
        As it is now.
    snapshot : Snapshot or None
        What reports read; None if nobody has answered.
    left_out : int
        Respondents whose forms are not in it, or differ from it: from one to four, so that a new report would show
        what they answered.
    """

    wave: Wave
    snapshot: Snapshot | None
    left_out: int = 0
