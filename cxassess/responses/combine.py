"""Several sets of responses as one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd

from cxassess.errors import CxassessError, Problem
from cxassess.responses.model import KEYS, Responses, Source
from cxassess.responses.table import shorten
from cxassess.responses.words import normal_word


def combine_responses(parts: Sequence[Responses]) -> Responses:
    """Put responses from several files together, in the order given.

    Parameters
    ----------
    parts : sequence of Responses
        At least one; all to the same version of the same instrument.

    Returns
    -------
    Responses
        The hash of their source is that of the files' sorted hashes, so that it doesn't depend on the order.

    Raises
    ------
    CxassessError
        If they answer different instruments, a respondent is in two files in the same wave, or an organisation's or a
        wave's name differs between files only in capitals or spaces.
    """
    if not parts:
        raise CxassessError.single("responses", "There is nothing to combine.", "Give at least one file.")
    if len(parts) == 1:
        return parts[0]
    problems = _check_instruments(parts)
    if not problems:
        for column in ("organisation", "wave"):
            problems += check_names(column, [(part.source.name, part.answers[column].unique()) for part in parts])
        problems += check_keys([(part.source.name, part.answers[list(KEYS)]) for part in parts])
    if problems:
        raise CxassessError(problems)
    answers, reasons, comments = (
        pd.concat([getattr(part, frame) for part in parts], ignore_index=True)
        for frame in ("answers", "reasons", "comments")
    )
    return Responses(parts[0].instrument, answers, reasons, comments, combine_sources([part.source for part in parts]))


def _check_instruments(parts: Sequence[Responses]) -> list[Problem]:
    first = parts[0]
    return [
        Problem(
            part.source.name,
            f"It answers {part.instrument.reference}, but {first.source.name} answers {first.instrument.reference}.",
            "Combine only responses to the same version of the same instrument.",
        )
        for part in parts[1:]
        if part.instrument.reference != first.instrument.reference
    ]


def check_names(column: str, parts: Iterable[tuple[str, Iterable[str]]]) -> list[Problem]:
    """Return the names of a column that differ between files only in capitals or spaces.

    Parameters
    ----------
    column : str
        ``organisation`` or ``wave``.
    parts : iterable of (str, iterable of str)
        File and its distinct names, in the order of the files.
    """
    problems = []
    seen: dict[str, tuple[str, str]] = {}
    for file, names in parts:
        for name in names:
            known, first = seen.setdefault(normal_word(name), (name, file))
            if known != name:
                both = f"“{shorten(name)}” differs from “{shorten(known)}” in {first}"
                what = f"The {column} {both} only in capitals or spaces."
                remedy = "Write both alike if they are the same; otherwise make them differ in more."
                problems.append(Problem(file, what, remedy))
    return problems


def check_keys(parts: Sequence[tuple[str, pd.DataFrame]]) -> list[Problem]:
    """Return the respondents that are in two files in the same wave.

    Parameters
    ----------
    parts : sequence of (str, DataFrame)
        File and its keys, ``KEYS``, in the order of the files.
    """
    keys = pd.concat([frame for _, frame in parts], ignore_index=True)
    files = [file for file, frame in parts for _ in range(len(frame))]
    doubled = keys.duplicated()
    if not doubled.any():
        return []
    known = keys[keys.duplicated(keep=False) & ~doubled]
    first = {tuple(key): files[row] for row, key in zip(known.index, known.to_numpy().tolist(), strict=True)}
    again = keys[doubled]
    return [
        Problem(
            files[row],
            f"Respondent “{shorten(key[2])}” of {shorten(key[0])}, wave {shorten(key[1])}, "
            f"is also in {first[tuple(key)]}.",
            "Keep one of the two, or give each person an id of their own.",
        )
        for row, key in zip(again.index, again.to_numpy().tolist(), strict=True)
    ]


def combine_sources(sources: Sequence[Source]) -> Source:
    """Return what was understood of several files as one; a single one as it is."""
    if len(sources) == 1:
        return sources[0]
    shapes = {source.shape for source in sources}
    joined = "".join(sorted(source.sha256 for source in sources))
    return Source(
        name=f"{len(sources)} files",
        sha256=hashlib.sha256(joined.encode("ascii")).hexdigest(),
        shape=shapes.pop() if len(shapes) == 1 else "mixed",
        rows=sum(source.rows for source in sources),
        encoding=_shared(source.encoding for source in sources),
        delimiter=_shared(source.delimiter for source in sources),
        decimal=_shared(source.decimal for source in sources),
        dropped=sum(source.dropped for source in sources),
        notes="\n".join(f"{source.name}: {note}" for source in sources for note in source.notes.splitlines()),
    )


def _shared(values: Iterable[str]) -> str:
    return " and ".join(sorted({value for value in values if value}))
