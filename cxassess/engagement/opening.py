"""Making and opening engagements, whatever keeps them."""

from __future__ import annotations

from pathlib import Path

from cxassess.engagement import files, postgres
from cxassess.engagement.address import is_address
from cxassess.engagement.engagement import Engagement
from cxassess.engagement.store import Clock, read_clock


def create_engagement(
    path: str | Path,
    *,
    organisation: str,
    language: str = "en",
    instrument: str | Path = "eight_elements",
    clock: Clock = read_clock,
) -> Engagement:
    """Make the file of a new engagement.

    Parameters
    ----------
    path : str or Path
        Where; usually ``….cxa``. An existing file is refused. Or ``postgresql://user@host/database?engagement=name``.
    organisation : str
        The client, as in reports.
    language : str
        To begin with; one of the instrument's.
    instrument : str or Path
        A shipped instrument, or the path of one. Its texts are kept in the file: what is asked never changes.
    clock : callable, optional
        Returns the time, in UTC.

    Raises
    ------
    CxassessError
        With everything that is wrong.
    """
    create = postgres.create_schema if is_address(path) else files.create_file
    store = create(path, organisation=organisation, language=language, instrument=instrument, clock=clock)
    return Engagement(Path(store.name if is_address(path) else path), store)


def open_engagement(path: str | Path, *, clock: Clock = read_clock) -> Engagement:
    """Open the file of an engagement.

    A file of an older version is brought up to date; a copy of it as it was stays beside it.

    Raises
    ------
    CxassessError
        If there is no such file, or it is something else, damaged, or made by a newer version of the program.
    """
    if is_address(path):
        store = postgres.open_schema(path, clock=clock)
        return Engagement(Path(store.name), store)
    return Engagement(Path(path), files.open_file(path, clock=clock))
