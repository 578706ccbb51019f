"""Responses of any number, so many at a time: memory is bounded by the part, not by the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.model import Instrument
from cxassess.responses.codes import AnswerCodes, code_draft
from cxassess.responses.combine import check_keys, check_names, combine_sources
from cxassess.responses.draft import Draft, build_frames
from cxassess.responses.file_reader import FileReader
from cxassess.responses.files import FoundFile
from cxassess.responses.model import KEYS, Responses, Source
from cxassess.responses.read import list_files
from cxassess.responses.so_far import WaveDays
from cxassess.responses.waves import say_unordered
from cxassess.responses.who import mix_hashes

CHUNK_ROWS: Final = 50_000


def stream_responses(
    paths: str | Path | Iterable[str | Path],
    instrument: Instrument,
    *,
    lenient: bool = False,
    chunk_rows: int = CHUNK_ROWS,
) -> Iterator[Responses]:
    """Read files of any size chunk by chunk: together the chunks are what `read_many` would return.

    All files are checked before the first chunk is returned; files of more than one chunk are read twice for that.
    CSV and Parquet files with one row per respondent may have any size. Workbooks, and files with one row per answer,
    are read as a whole and may have 200 MB. Memory is bounded by the chunk, or the largest of those, and by 32 bytes a
    respondent × wave to find who is there twice and which wave is the older.

    Parameters
    ----------
    paths : path or iterable of paths
        Files and folders, as for `read_many`.
    instrument : Instrument
        What was answered.
    lenient : bool
        As for `read_many`.
    chunk_rows : int
        Respondents a chunk, at most; a file that is read as a whole is one chunk.

    Returns
    -------
    iterator of Responses
        In the order of the files. The rows and dropped answers of a chunk's ``source`` are the chunk's own.

    Raises
    ------
    CxassessError
        With the problems of all files, before the first chunk.
    """
    stream = ResponseStream(paths, instrument, lenient=lenient, chunk_rows=chunk_rows)
    held: list[Responses] = []
    for number, chunk in enumerate(stream.chunks()):
        held = [chunk] if number == 0 else []
    yield from held or stream.chunks()


@dataclass(frozen=True)
class _ReadFile:
    """What is remembered of a file once it was read."""

    path: Path
    source: Source
    days: WaveDays
    hashes: NDArray[np.uint64]


class ResponseStream:
    """Files of any size, part by part, in one pass.

    For callers that keep what they make of the parts to themselves until the last one was taken: problems are raised
    only then. Each call of `chunks` or `drafts` is a new pass; the files must not have changed meanwhile.

    Parameters
    ----------
    paths, instrument, lenient, chunk_rows
        As for `stream_responses`.
    """

    def __init__(
        self,
        paths: str | Path | Iterable[str | Path],
        instrument: Instrument,
        *,
        lenient: bool = False,
        chunk_rows: int = CHUNK_ROWS,
    ) -> None:
        self.instrument = instrument
        self._lenient = lenient
        self._rows = max(chunk_rows, 1)
        self._files, self._problems = list_files(paths)
        self._days = WaveDays()
        self._source: Source | None = None
        self._found: dict[Path, FoundFile] = {}

    @property
    def source(self) -> Source:
        """The files and what was understood of them, as `read_many` says it; once the last part was taken."""
        if self._source is None:
            raise RuntimeError("the stream was not read to its end")
        return self._source

    @property
    def days(self) -> WaveDays:
        """Organisations and waves; complete once the last part was taken."""
        return self._days

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, those of folders included, in the order in which they are read."""
        return tuple(self._files)

    def chunks(self) -> Iterator[Responses]:
        """Return the responses, chunk by chunk; CxassessError with every problem after the last."""
        for draft, source in self.drafts():
            yield Responses(self.instrument, *build_frames(self.instrument, draft), source)

    def codes(self) -> Iterator[AnswerCodes]:
        """Return the responses, chunk by chunk, as arrays: quicker than frames; CxassessError after the last."""
        for draft, _ in self.drafts():
            yield code_draft(draft)

    def drafts(self) -> Iterator[tuple[Draft, Source]]:
        """Return the parts as they were understood, before frames are made of them, with each part's source."""
        self._days, self._source = WaveDays(), None
        read: list[_ReadFile] = []
        problems = list(self._problems)
        several = len(self._files) > 1
        for path in self._files:
            reader = FileReader(path, self.instrument, self._rows)
            hashes = [np.zeros(0, dtype=np.uint64)]
            for part in _parts(reader):
                if reader.found != self._found.get(path, reader.found):
                    break
                if several:
                    hashes.append(_hash_keys(part[0]))
                if not problems and (self._lenient or not reader.dropped):
                    yield part
            if reader.source is None or not self._lenient:
                problems += reader.problems
            if reader.found is not None and self._found.setdefault(path, reader.found) != reader.found:
                problems.append(reader.found.say_changed())
            if reader.source is not None:
                read.append(_ReadFile(path, reader.source, reader.so_far.days, np.concatenate(hashes)))
                self._days.join(reader.so_far.days)
        if not problems and several:
            problems = self._compare(read)
        if problems:
            raise CxassessError(problems)
        self._source = combine_sources([file.source for file in read])

    def _compare(self, read: list[_ReadFile]) -> list[Problem]:
        """Return what is wrong only with all files together."""
        problems = [
            *check_names("organisation", [(file.source.name, file.days.organisations) for file in read]),
            *check_names("wave", [(file.source.name, file.days.waves) for file in read]),
            *self._find_duplicates(read),
        ]
        return problems or say_unordered(self._days.medians(), f"{len(read)} files")

    def _find_duplicates(self, read: list[_ReadFile]) -> list[Problem]:
        """Find respondents who are in two files: candidates by their hashes, then exactly, in the files once more."""
        values, counts = np.unique(np.concatenate([file.hashes for file in read]), return_counts=True)
        wanted = values[counts > 1]
        if not wanted.size:
            return []
        suspects = []
        for file in read:
            keys = [pd.DataFrame(columns=list(KEYS), dtype=object)]
            if np.isin(file.hashes, wanted).any():
                for draft in FileReader(file.path, self.instrument, self._rows).drafts():
                    rows = np.isin(_hash_keys(draft), wanted)
                    keys.append(pd.DataFrame({name: draft.names[name][rows] for name in KEYS}))
            suspects.append((file.source.name, pd.concat(keys, ignore_index=True)))
        return check_keys(suspects)


def _parts(reader: FileReader) -> Iterator[tuple[Draft, Source]]:
    """Return a file's parts with their sources: a file read as a whole only when all of it is known to be right."""
    before = 0
    whole: list[Draft] = []
    for draft in reader.drafts():
        if reader.so_far.in_parts:
            yield draft, reader.part_source(len(draft.roles), reader.dropped - before)
            before = reader.dropped
        else:
            whole.append(draft)
    for draft in whole:
        if reader.source is not None:
            yield draft, reader.source


def _hash_keys(draft: Draft) -> NDArray[np.uint64]:
    total = np.zeros(len(draft.roles), dtype=np.uint64)
    for name in KEYS:
        total = mix_hashes(total, pd.util.hash_array(draft.names[name]))
    return total
