"""Responses for a run: in memory, or put by on disk where there are too many for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cxassess.batch.scratch import scratch_folder
from cxassess.batch.tasks import InMemory, ResponsesSource
from cxassess.instrument.model import Instrument
from cxassess.responses import describe, read_many, spool_responses
from cxassess.responses.describe import describe_spool

#: Files of more than this, together, are put by on disk and read part by part.
LARGE: Final = 100_000_000


@contextmanager
def open_responses(
    paths: Iterable[Path], instrument: Instrument, *, lenient: bool = False, large: int = LARGE
) -> Iterator[tuple[ResponsesSource, str]]:
    """Read responses of any size, and say what was understood.

    Parameters
    ----------
    paths : iterable of Path
        Files and folders.
    instrument : Instrument
        What was answered.
    lenient : bool
        Leave bad answers out instead of refusing the files.
    large : int
        Bytes from which on they are not kept in memory.

    Raises
    ------
    CxassessError
        With every problem of all files.
    """
    given = list(paths)
    if sum(map(_size, given)) <= large:
        responses = read_many(given, instrument, lenient=lenient)
        yield InMemory(responses), describe(responses)
        return
    with scratch_folder() as folder, spool_responses(given, instrument, folder, lenient=lenient) as spool:
        yield spool, describe_spool(spool)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(_size(inner) for inner in path.iterdir() if inner.is_file())
    return path.stat().st_size if path.exists() else 0
