"""Lists for mail merge: everybody with their link, or whom to remind; files that are whole, private, and never lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from cxassess.engagement.engagement import Engagement
from cxassess.engagement.model import Person
from cxassess.engagement.people import COLUMNS, read_people
from cxassess.engagement.whole import write_new
from cxassess.errors import CxassessError, Problem
from cxassess.spreadsheets import guard_formula


def invite_file(
    engagement: Engagement,
    people: str | Path,
    wave: str,
    *,
    base_url: str,
    out: str | Path,
    expires_on: date | None = None,
    force: bool = False,
) -> int:
    """Invite the people in a file, and write a list with a link for each of them.

    The list is the only place where the links are. It is written before anything is stored: if it can't be written,
    nobody is invited.

    Parameters
    ----------
    engagement : Engagement
        Open.
    people : str or Path
        CSV or XLSX, as `read_people` takes it.
    wave : str
        Planned or open.
    base_url : str
        Where respondents reach the questionnaire, e.g. ``https://answer.example.com``.
    out : str or Path
        CSV file to write, for this user only; an existing one is refused.
    expires_on, force
        As for ``Engagement.invite``.

    Returns
    -------
    int
        How many were invited.

    Raises
    ------
    CxassessError
        With everything that is wrong, each with file and row; then nobody is invited and nothing is written.
    """
    out = Path(out)
    found, problems = read_people(people, engagement.instrument(reference=engagement.wave(wave).instrument))
    problems += _check_url(base_url) + _check_out(out)
    written = False
    try:
        with engagement.transaction():
            try:
                invited = engagement.invite(found, wave, expires_on=expires_on, force=force)
            except CxassessError as error:
                raise CxassessError([*problems, *error.problems]) from error
            if problems:
                raise CxassessError(problems)
            links = [f"{base_url.rstrip('/')}/i/{one.token}" for one in invited]
            write_people(out, [one.person for one in invited], engagement.language, links)
            written = True
    except BaseException:
        if written:  # and not stored: the links lead nowhere
            out.unlink(missing_ok=True)
        raise
    return len(invited)


def write_people(out: str | Path, people: Sequence[Person], language: str, links: Sequence[str] = ()) -> None:
    """Write people, and their links, to a new CSV file that only this user may read; it is whole or not there.

    Parameters
    ----------
    out : str or Path
        An existing file is refused.
    people : sequence of Person
        One row each.
    language : str
        For those who have none of their own.
    links : sequence of str
        In the same order; none for a list without links.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(["link"] if links else [])])
    for number, person in enumerate(people):
        row = [person.name, person.email, person.role, person.unit, person.language or language]
        writer.writerow([*map(guard_formula, row), *links[number : number + 1]])
    out = Path(out)
    problems = _check_out(out)
    if problems:
        raise CxassessError(problems)
    with write_new(out) as part:
        part.write_bytes(stream.getvalue().encode("utf-8-sig"))


def _check_url(base_url: str) -> list[Problem]:
    try:
        parts = urlsplit(base_url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        good = good and not any(character.isspace() for character in base_url)
    except ValueError:
        good = False
    if good:
        return []
    remedy = "Give the address of the questionnaire, e.g. https://answer.example.com."
    return [Problem("--base-url", f"“{base_url}” is no web address.", remedy)]


def _check_out(out: Path) -> list[Problem]:
    if out.exists():
        return [_exists(out)]
    if not out.parent.is_dir():
        return [Problem(str(out), "There is no such folder.", "Make it first, or name another.")]
    return []


def _exists(out: Path) -> Problem:
    return Problem(str(out), "The file is there already.", "Name another; links that were sent are never overwritten.")
