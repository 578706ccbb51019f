"""What was understood of a file, for people to check."""

from __future__ import annotations

from typing import Final

from cxassess.responses.model import Responses, Source
from cxassess.responses.spool import Spool
from cxassess.responses.waves import order_waves

_SHAPES: Final = {
    "wide": "one row per respondent",
    "long": "one row per answer",
    "forms": "filled-in forms of the intake workbook",
    "mixed": "files of different shapes",
}
_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
_DECIMALS: Final = {",": "decimal comma", ".": "decimal point"}
_MOST: Final = 20


def describe(responses: Responses) -> str:
    """Say what was understood: file, shape, encoding, organisations, waves, answers, comments, and what was left out.

    Parameters
    ----------
    responses : Responses
        As read.

    Returns
    -------
    str
        A few lines of plain English text.
    """
    lines = [_describe_source(responses.source), _describe_people(responses)]
    organisations = responses.organisations
    lines += [f"  {_describe_organisation(responses, name)}" for name in organisations[:_MOST]]
    if len(organisations) > _MOST:
        lines.append(f"  … and {len(organisations) - _MOST} more")
    lines += [_describe_answers(responses), f"Comments: {len(responses.comments):,}"]
    if responses.source.dropped:
        lines.append(f"Left out because they can’t be used: {_count(responses.source.dropped, 'answer')}")
    lines += [f"Note: {note}" for note in responses.source.notes.splitlines()]
    return "\n".join(lines)


def describe_spool(spool: Spool) -> str:
    """Say what was understood of responses that are put by on disk: file, shape, organisations, what was left out."""
    source, places = spool.source, spool.organisations.values()
    lines = [_describe_source(source)]
    lines.append(f"{_count(len(places), 'organisation')}, {_count(sum(place.rows for place in places), 'form')}")
    if source.dropped:
        lines.append(f"Left out because they can’t be used: {_count(source.dropped, 'answer')}")
    lines += [f"Note: {note}" for note in source.notes.splitlines()]
    return "\n".join(lines)


def _describe_source(source: Source) -> str:
    rows = _count(source.rows, "form" if source.shape == "forms" else "row")
    parts = [_SHAPES[source.shape], rows]
    if source.encoding:
        parts.append(source.encoding)
    if source.delimiter:
        parts.append(
            "divided by " + " and ".join(_DELIMITERS.get(part, part) for part in source.delimiter.split(" and "))
        )
    parts += [_DECIMALS[mark] for mark in source.decimal.split(" and ") if mark]
    return f"{source.name}: {', '.join(parts)}"


def _describe_people(responses: Responses) -> str:
    answers = responses.answers
    people = len(answers[["organisation", "respondent"]].drop_duplicates())
    waves = answers["wave"].nunique()
    return (
        f"{_count(len(responses.organisations), 'organisation')}, {_count(waves, 'wave')}, "
        f"{_count(people, 'respondent')}, {_count(len(answers), 'form')} to {responses.instrument.reference}"
    )


def _describe_organisation(responses: Responses, name: str) -> str:
    own = responses.answers[responses.answers["organisation"] == name]
    counts = own["wave"].value_counts()
    return f"{name}: " + ", ".join(f"{wave} ({counts[wave]})" for wave in order_waves(own))


def _describe_answers(responses: Responses) -> str:
    numbers = int(responses.answers[list(responses.instrument.item_ids)].notna().to_numpy().sum())
    reasons = responses.reasons["reason"].value_counts()
    parts = [f"{numbers:,} from 1 to {responses.instrument.level_count}"]
    for reason, words in (("dont_know", "don’t know"), ("not_applicable", "not applicable"), ("missing", "missing")):
        parts.append(f"{int(reasons.get(reason, 0)):,} {words}")
    return f"Answers: {', '.join(parts)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
