"""What may stand in a sheet of actions: names of columns, choices and elements in every language, and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

from cxassess.instrument.model import Instrument
from cxassess.language import LANGUAGES, Language, get_language
from cxassess.responses.table import Cell, Fault, Stamp

Kind = Literal["start", "stop"]
State = Literal["planned", "started", "done", "dropped"]
Wrong = tuple[str, str]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
STATES: Final[tuple[State, ...]] = get_args(State)

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_EUROPEAN: Final = re.compile(r"(\d{1,2})\s*([-./])\s*(\d{1,2})\s*\2\s*(\d{4})", re.ASCII)
_SERIAL: Final = re.compile(r"\d{5}", re.ASCII)
_EPOCH: Final = date(1899, 12, 30)
_YEARS: Final = range(2000, 2101)
_REMEDY: Final = "Write it as 2026-10-31, or as a date of the spreadsheet."


def fold(text: str) -> str:
    """Return a text as it is compared: without case, and with single spaces."""
    return " ".join(text.split()).casefold()


def state_words(language: Language) -> dict[State, str]:
    """Return the states that an action can be in, in the words of the report."""
    return {state: language.text(f"report.state.start_{state}") for state in STATES}


def kind_words(language: Language) -> dict[Kind, str]:
    """Return the kinds of actions in words."""
    return {kind: language.text(f"deliverables.kinds.{kind}") for kind in KINDS}


def known_states() -> dict[str, State]:
    """Return folded word → state, in every language; what the report says of things to be stopped, and ids, too."""
    words: dict[str, State] = {}
    for language in map(get_language, LANGUAGES):
        for state, word in state_words(language).items():
            stopping = language.text(f"report.state.stop_{state}")
            words |= {fold(state): state, fold(word): state, fold(stopping): state}
    return words


def known_kinds() -> dict[str, Kind]:
    """Return folded word → kind, in every language; the ids themselves, too."""
    words: dict[str, Kind] = {}
    for language in map(get_language, LANGUAGES):
        for kind, word in kind_words(language).items():
            words |= {fold(kind): kind, fold(word): kind}
    return words


def known_elements(instruments: Iterable[Instrument]) -> dict[str, str]:
    """Return folded name → id of the elements in every language given; the ids themselves, too."""
    known: dict[str, str] = {}
    for instrument in instruments:
        for element in instrument.elements:
            known[fold(element.id)] = element.id
            known[fold(element.name)] = element.id
    return known


def read_day(cell: Cell) -> date | Wrong | None:
    """Return the day in a cell, None if it is blank, or what is wrong with it and what to do.

    A date of the spreadsheet, ``2026-10-31``, ``31.10.2026``, ``31-10-2026``, the number behind a date that has lost
    its format, or ``31/10/2026`` where day and month can't be mixed up.
    """
    if isinstance(cell, Fault):
        return cell.what, cell.remedy
    if isinstance(cell, Stamp):
        return _in_time(cell.value.date())
    text = cell.strip()
    if not text:
        return None
    try:
        day = _read_text(text)
    except (ValueError, OverflowError):
        return f"“{text[:40]}” is no day of the calendar.", _REMEDY
    if day is None:
        return f"“{text[:40]}” is not a date.", _REMEDY
    return day if isinstance(day, tuple) else _in_time(day)


def _read_text(text: str) -> date | Wrong | None:
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(text))
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return datetime(year, month, day).date()
    if match := _EUROPEAN.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] == "/" and day <= 12 and month <= 12 and day != month:
            return f"Day and month can’t be told apart in “{text}”.", _REMEDY
        return datetime(year, month, day).date()
    return None


def _in_time(day: date) -> date | Wrong:
    return day if day.year in _YEARS else (f"The year {day.year} can’t be right.", _REMEDY)
