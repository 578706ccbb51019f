"""Responses of any number put by on disk, organisation by organisation, so that each part fits into memory."""

from __future__ import annotations

import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.errors import CxassessError
from cxassess.instrument.model import Instrument
from cxassess.responses.draft import Draft, build_frames, join_drafts
from cxassess.responses.model import Responses, Source
from cxassess.responses.stream import CHUNK_ROWS, ResponseStream
from cxassess.responses.waves import sort_waves

#: Bytes of text that make a bucket: about as many respondents as a chunk.
_BUCKET: Final = 8_000_000
_MOST_BUCKETS: Final = 1_000
#: How much larger the text of a compressed file is, roughly.
_EXPANSION: Final = 8
_TEXT: Final = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True)
class SpooledOrganisation:
    """Where an organisation's responses are put by.

    Parameters
    ----------
    bucket : int
        Number of the bucket.
    rows : int
        Respondents, of all waves.
    waves : tuple of str
        Oldest first.
    """

    bucket: int
    rows: int
    waves: tuple[str, ...]


@dataclass(frozen=True)
class Spool:
    """Checked responses on disk, in buckets: all of an organisation in one.

    Can be pickled and used in other processes of the same user. Leaving it as a context removes the files.

    Parameters
    ----------
    folder : Path
        Holds the buckets; readable by this user only.
    instrument : Instrument
        What was answered.
    source : Source
        As `read_many` gives it.
    organisations : mapping
        Name → where it is, in order of first appearance.
    """

    folder: Path
    instrument: Instrument
    source: Source
    organisations: Mapping[str, SpooledOrganisation]

    @property
    def buckets(self) -> tuple[int, ...]:
        """Numbers of the buckets."""
        return tuple(sorted({place.bucket for place in self.organisations.values()}))

    def read(self, bucket: int) -> Responses:
        """Return the responses of a bucket, in the order of the files."""
        with _bucket_path(self.folder, bucket).open("rb") as stream:
            drafts = list(_unpack(stream))
        return Responses(self.instrument, *build_frames(self.instrument, join_drafts(drafts)), self.source)

    def select(self, organisation: str) -> Responses:
        """Return the responses of one organisation; KeyError if there are none."""
        return self.read(self.organisations[organisation].bucket).select(organisation)

    def parts(self) -> Iterator[Responses]:
        """Return the responses bucket by bucket."""
        yield from map(self.read, self.buckets)

    def remove(self) -> None:
        """Delete the files; the spool is of no use afterwards."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def spool_responses(
    paths: str | Path | Iterable[str | Path],
    instrument: Instrument,
    folder: str | Path,
    *,
    lenient: bool = False,
    buckets: int | None = None,
    chunk_rows: int = CHUNK_ROWS,
    on_chunk: Callable[[int], object] | None = None,
) -> Spool:
    """Read files of any size once, and put the responses by on disk, organisation by organisation.

    Parameters
    ----------
    paths, instrument, lenient, chunk_rows
        As for `stream_responses`.
    folder : path
        Made if it isn't there; the buckets stand in a new folder within it that only this user may read.
    buckets : int, optional
        How many buckets, at most; by the size of the files if not given, so that one holds about a chunk.
    on_chunk : callable, optional
        Called after each chunk with the number of respondents so far.

    Returns
    -------
    Spool
        To be removed by the caller.

    Raises
    ------
    CxassessError
        With every problem of all files; nothing is left on disk then.
    """
    stream = ResponseStream(paths, instrument, lenient=lenient, chunk_rows=chunk_rows)
    count = min(buckets or -(-_text_size(stream.files) // _BUCKET), _MOST_BUCKETS)
    own = _make_folder(Path(folder))
    try:
        writer = _Writer(own, max(count, 1))
        for draft, _ in stream.drafts():
            writer.add(draft)
            if on_chunk is not None:
                on_chunk(writer.rows)
        organisations = {
            name: SpooledOrganisation(
                writer.bucket[name],
                sum(rows for rows, _ in waves.values()),
                sort_waves({wave: day for wave, (_, day) in waves.items()}),
            )
            for name, waves in stream.days.summary().items()
        }
        return Spool(own, instrument, stream.source, organisations)
    except BaseException:
        shutil.rmtree(own, ignore_errors=True)
        raise


class _Writer:
    """Sorts respondents into buckets; an organisation goes, for good, into the one that is least full."""

    def __init__(self, folder: Path, buckets: int) -> None:
        self.bucket: dict[str, int] = {}
        self.rows = 0
        self._folder = folder
        self._filled = [0] * buckets

    def add(self, draft: Draft) -> None:
        self.rows += len(draft.roles)
        codes, names = pd.factorize(draft.names["organisation"])
        sizes = np.bincount(codes, minlength=len(names)).tolist()
        for name, size in zip(names, sizes, strict=True):
            if name not in self.bucket:
                self.bucket[name] = self._filled.index(min(self._filled))
            self._filled[self.bucket[name]] += size
        places = np.array([self.bucket[name] for name in names], dtype=np.intp)
        used = np.unique(places).tolist()
        for bucket in used:
            own = draft if len(used) == 1 else draft.keep(places[codes] == bucket)
            with _bucket_path(self._folder, bucket).open("ab") as stream:
                pickle.dump(_pack(own), stream, protocol=5)


def _pack(draft: Draft) -> tuple[Any, ...]:
    """Return a draft as arrays of numbers and each name once."""
    names = {name: pd.factorize(values) for name, values in draft.names.items()}
    packed = {name: (codes.astype(np.int32), list(values)) for name, (codes, values) in names.items()}
    times = (draft.answered_at.astype("datetime64[us]").astype(np.int64), draft.seconds, draft.no_seconds)
    return packed, draft.roles.astype(np.int16), draft.answers, draft.pulse, *times, draft.comments


def _unpack(stream: Any) -> Iterator[Draft]:
    while stream.peek(1):
        # The folder is new, and only this user can write to it: the content is our own.
        packed, roles, answers, pulse, moments, seconds, no_seconds, comments = pickle.load(stream)  # noqa: S301
        names = {name: _objects(values)[codes] for name, (codes, values) in packed.items()}
        days = moments.astype("datetime64[us]")
        yield Draft(names, roles.astype(np.intp), answers, pulse, days, seconds, no_seconds, comments)


def _objects(values: list[str]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _bucket_path(folder: Path, bucket: int) -> Path:
    return folder / f"bucket-{bucket:04d}.pickle"


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="responses-", dir=folder))
    except OSError as error:
        what = f"The folder can’t be used: {error.strerror or error}."
        raise CxassessError.single(str(folder), what, "Name another folder, with free space.") from error


def _text_size(files: Iterable[Path]) -> int:
    sizes = ((path.suffix.lower() in _TEXT, path.stat().st_size) for path in files if path.is_file())
    return sum(size if text else size * _EXPANSION for text, size in sizes)
