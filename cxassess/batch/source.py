"""What a command is given: response files, folders of them, and engagements; in memory, or put by on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cxassess.batch.scratch import scratch_folder
from cxassess.batch.tasks import InMemory, ResponsesSource
from cxassess.context import OrganisationContext
from cxassess.engagement import is_engagement
from cxassess.engagement.reading import FrozenEngagement, join_contexts, read_engagement
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import Instrument, list_shipped, load_instrument
from cxassess.responses import Responses, combine_responses, describe, read_many, spool_responses, write_responses
from cxassess.responses.describe import describe_spool
from cxassess.responses.read import SUFFIXES
from cxassess.responses.waves import find_unordered_waves

#: Files of more than this, together, are put by on disk and read part by part.
LARGE: Final = 100_000_000
DEFAULT_INSTRUMENT: Final = "eight_elements"
_SUFFIX: Final = ".cxa"


@dataclass(frozen=True)
class Inputs:
    """Everything that was given.

    Parameters
    ----------
    files : tuple of Path
        Response files and folders.
    frozen : tuple of Responses
        What is frozen in the engagements.
    instrument : Instrument
        What was answered.
    instrument_source : str
        Shipped id or path of it.
    contexts : mapping
        Organisation → what is known about it besides.
    """

    files: tuple[Path, ...]
    frozen: tuple[Responses, ...]
    instrument: Instrument
    instrument_source: str
    contexts: Mapping[str, OrganisationContext]

    def read(self, *, lenient: bool = False) -> Responses:
        """Read everything into memory."""
        if not self.frozen:
            return read_many(self.files, self.instrument, lenient=lenient)
        files = [read_many(self.files, self.instrument, lenient=lenient)] if self.files else []
        together = combine_responses([*files, *self.frozen])
        unordered = find_unordered_waves(together.answers, together.source.name)
        if unordered:
            raise CxassessError(unordered)
        return together

    @contextmanager
    def as_files(self) -> Iterator[list[Path]]:
        """Return files to be read part by part: engagements as private CSV files of the same names, for as long."""
        with ExitStack() as stack:
            paths = list(self.files)
            for number, responses in enumerate(self.frozen):
                folder = stack.enter_context(scratch_folder()) / str(number)
                folder.mkdir()
                path = folder / responses.source.name
                write_responses(responses, path)
                paths.append(path)
            yield paths


@contextmanager
def open_inputs(
    paths: Iterable[Path],
    *,
    instrument: str = "",
    language: str = "",
    contexts: Mapping[str, OrganisationContext] | None = None,
) -> Iterator[Inputs]:
    """Tell engagements from response files, and find out what was answered.

    Parameters
    ----------
    paths : iterable of Path
        Files and folders.
    instrument : str
        Shipped id or path; if empty, what the engagements were asked with, or else the instrument of the house.
    language : str
        Of the instrument's texts; if empty, the engagement's, or else English.
    contexts : mapping, optional
        From a file; how many were invited to an engagement's waves is added where it says nothing.

    Raises
    ------
    CxassessError
        With every problem of the engagements.
    """
    files, engagements = _sort_out(paths)
    found: list[FrozenEngagement] = []
    problems: list[Problem] = []
    for path in engagements:
        try:
            found.append(read_engagement(path, instrument=instrument, language=language))
        except CxassessError as error:
            problems += error.problems
    if problems:
        raise CxassessError(problems)
    known = dict(contexts or {})
    for one in found:
        known = join_contexts(known, one.contexts)
    frozen = tuple(one.responses for one in found)
    with ExitStack() as stack:
        if not frozen:
            source = instrument or DEFAULT_INSTRUMENT
            asked = load_instrument(source, language or "en")
        elif _is_shipped(asked := frozen[0].instrument):
            source = asked.id
        else:
            source = str(folder := stack.enter_context(scratch_folder()))
            for name, content in found[0].instrument_files.items():
                (folder / name).write_bytes(content)
        yield Inputs(tuple(files), frozen, asked, source, known)


@contextmanager
def open_responses(
    inputs: Inputs, *, lenient: bool = False, large: int = LARGE
) -> Iterator[tuple[ResponsesSource, str]]:
    """Read responses of any size, and say what was understood.

    Parameters
    ----------
    inputs : Inputs
        From `open_inputs`.
    lenient : bool
        Leave bad answers out instead of refusing the files.
    large : int
        Bytes from which on they are not kept in memory.

    Raises
    ------
    CxassessError
        With every problem of all files.
    """
    if sum(map(_size, inputs.files)) <= large:
        responses = inputs.read(lenient=lenient)
        yield InMemory(responses), describe(responses)
        return
    with (
        inputs.as_files() as paths,
        scratch_folder() as folder,
        spool_responses(paths, inputs.instrument, folder, lenient=lenient) as spool,
    ):
        yield spool, describe_spool(spool)


def _sort_out(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Return response files and folders, and engagements; those in folders, too, by name."""
    files: list[Path] = []
    engagements: list[Path] = []
    for path in paths:
        if not path.is_dir():
            (engagements if is_engagement(path) else files).append(path)
            continue
        inside = sorted(path.iterdir())
        own = [one for one in inside if one.suffix.lower() == _SUFFIX and is_engagement(one)]
        engagements += own
        if not own or any(one.suffix.lower() in SUFFIXES and not one.name.startswith(".") for one in inside):
            files.append(path)
    return files, engagements


def _is_shipped(instrument: Instrument) -> bool:
    """Whether an engagement's instrument is, to the letter, the shipped one of that name."""
    shipped = instrument.id in list_shipped()
    return shipped and instrument == load_instrument(instrument.id, instrument.language)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(_size(inner) for inner in path.iterdir() if inner.is_file())
    return path.stat().st_size if path.exists() else 0
