"""Scoring responses of any number: whole-number sums of each chunk, added up, and finished once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.errors import CxassessError
from cxassess.instrument.model import Instrument
from cxassess.responses.codes import AnswerCodes, Labels, code_frames
from cxassess.responses.model import Responses
from cxassess.responses.so_far import WaveDays
from cxassess.responses.waves import sort_waves
from cxassess.scoring.by_cell import sort_by_cell
from cxassess.scoring.coding import Coded, PulseUse, assign_cells, combine_pulse, pulse_use
from cxassess.scoring.design import Design
from cxassess.scoring.finish import finish
from cxassess.scoring.given import Given
from cxassess.scoring.groups import Contexts, collect_groups
from cxassess.scoring.partials import Partials, add_up, combine
from cxassess.scoring.reach import Reach, combine_reach, find_reach
from cxassess.scoring.score import check_contexts

Chunk = Responses | AnswerCodes
#: Any callable with the shape of the builtin: a process pool's ``map``, or one that hands the chunks to Dask.
Map = Callable[..., Iterable[Any]]
#: Chunks are added up when so many times the cells of the sum wait.
_WAITING: Final = 2


@dataclass(frozen=True)
class Sums:
    """Sums and reach of the same cells: organisation × wave × role."""

    parts: Partials
    reach: Reach


@dataclass(frozen=True)
class ChunkSums:
    """What is kept of a chunk.

    Parameters
    ----------
    full : Sums
        Of everybody, as if asked the full form.
    pulse : Sums or None
        Of the waves that may turn out to be on the pulse form, as if they are; None if there are none.
    use : mapping
        Which waves told something outside and inside the pulse form.
    given : Given
        Who gave numbers to which items.
    """

    full: Sums
    pulse: Sums | None
    use: PulseUse
    given: Given


@dataclass(frozen=True)
class ResponseSums:
    """All responses as whole-number sums, by organisation, wave and role, and who gave numbers where.

    Parameters
    ----------
    sums : Sums
        Sums and reach.
    design : Design
        With the waves that are on the pulse form.
    order : mapping
        Organisation → its waves, oldest first.
    given : tuple of Given
        Who gave numbers to which items, chunk by chunk.
    """

    sums: Sums
    design: Design
    order: Mapping[str, tuple[str, ...]]
    given: tuple[Given, ...] = ()

    def blocks(self, organisations: int) -> Iterator[ResponseSums]:
        """Return the sums of so many organisations at a time, sorted by name."""
        names = self.sums.parts.cells["organisation"].to_numpy(dtype=object)
        starts = np.flatnonzero(np.append(True, names[1:] != names[:-1])) if len(names) else np.zeros(0, dtype=np.intp)
        edges = [*starts[::organisations].tolist(), len(names)]
        for begin, end in pairwise(edges):
            rows = np.arange(begin, end)
            order = {name: self.order[name] for name in dict.fromkeys(names[rows].tolist())}
            pairs = frozenset(pair for pair in self.design.pulse_waves if pair[0] in order)
            yield ResponseSums(_take(self.sums, rows), replace(self.design, pulse_waves=pairs), order)


def sum_chunks(chunks: Iterable[Chunk], instrument: Instrument, *, map: Map = map) -> ResponseSums:  # noqa: A002
    """Add up responses chunk by chunk: the same bits however they are split, in whatever order, wherever.

    Memory is bounded by the chunk, by the cells (organisation × wave × role) and by about 30 bytes a respondent (the
    day, which wave, and a bit for each item). Units are not told apart in the sums: their cells would be nearly as many
    as the respondents.

    Parameters
    ----------
    chunks : iterable of Responses or AnswerCodes
        From `stream_responses` or `ResponseStream`, or any other split of the respondents.
    instrument : Instrument
        What was answered.
    map : callable, optional
        Runs a function on each chunk, like the builtin, which it is by default. A pool's ``map`` may take all chunks
        at once; give it as many as fit into memory.

    Returns
    -------
    ResponseSums
    """
    days = WaveDays()
    full, pulse, use = _Adder(), _Adder(), dict[tuple[str, str], tuple[bool, bool]]()
    given: list[Given] = []
    for found in map(partial(sum_chunk, instrument=instrument), _code(chunks, instrument, days)):
        full.add(found.full)
        if found.pulse is not None:
            pulse.add(found.pulse)
        given.append(found.given)
        for key, (outside, inside) in found.use.items():
            before = use.get(key, (False, False))
            use[key] = (before[0] or outside, before[1] or inside)
    if not days.organisations:
        raise CxassessError.single("responses", "There is nothing to score.", "Give at least one chunk.")
    waves = combine_pulse([use])
    order = {name: sort_waves(medians) for name, medians in days.medians().items()}
    sums = _choose(full.total(), pulse, waves)
    return ResponseSums(sums, Design.of(instrument, waves), order, tuple(given))


def check_chunks(sums: ResponseSums, contexts: Contexts) -> None:
    """Raise CxassessError with everything in the contexts that doesn't fit the responses, as `score_responses` does."""
    cells = sums.sums.parts.cells
    rows = np.flatnonzero(cells["organisation"].isin(list(contexts)).to_numpy(dtype=np.bool_))
    known = _take(sums.sums, rows).parts
    check_contexts(contexts, collect_groups(known, sums.design.instrument, contexts), sums.design)


def score_chunks(
    chunks: Iterable[Chunk],
    instrument: Instrument,
    contexts: Contexts | None = None,
    *,
    map: Map = map,  # noqa: A002
) -> dict[str, pd.DataFrame]:
    """Score responses chunk by chunk.

    Parameters
    ----------
    chunks, instrument, map
        As for `sum_chunks`.
    contexts : mapping, optional
        Organisation → what is known about it.

    Returns
    -------
    dict
        The frames scores, levels, weakest, systematic, items and distributions of `score_responses`, bit by bit, for
        all respondents and for the roles: as calculated, not yet fit to be shown.

    Raises
    ------
    CxassessError
        If a context doesn't fit, as for `score_responses`.
    """
    summed = sum_chunks(chunks, instrument, map=map)
    check_chunks(summed, contexts or {})
    return finish(summed.sums.parts, summed.design, contexts or {}, summed.order)


def sum_chunk(codes: AnswerCodes, instrument: Instrument) -> ChunkSums:
    """Add up one chunk: units are not told apart in cells, but reached by hash."""
    coded = assign_cells(codes)
    design = Design.of(instrument)
    use = pulse_use(coded, design)
    open_waves = frozenset(key for key, (outside, _) in use.items() if not outside)
    pairs = zip(coded.cells["organisation"].tolist(), coded.cells["wave"].tolist(), strict=True)
    rows = np.flatnonzero(np.array([pair in open_waves for pair in pairs], dtype=np.bool_)[coded.cell])
    pulse = None
    if rows.size:
        unit = Labels(codes.unit.codes[rows], codes.unit.names)
        pulse = _add_up(coded.take(rows), unit, replace(design, pulse_waves=open_waves))
    return ChunkSums(_add_up(coded, codes.unit, design), pulse, use, Given.of(coded, codes.unit))


def _add_up(coded: Coded, unit: Labels, design: Design) -> Sums:
    rows = sort_by_cell(coded, design)
    return Sums(add_up(coded, rows, design), find_reach(coded, rows, unit, design))


def _code(chunks: Iterable[Chunk], instrument: Instrument, days: WaveDays) -> Iterator[AnswerCodes]:
    for chunk in chunks:
        codes = chunk if isinstance(chunk, AnswerCodes) else code_frames(chunk.answers, chunk.reasons, instrument)
        days.add(codes.organisation, codes.wave, codes.answered_at)
        yield codes


class _Adder:
    """Adds sums up, several at a time, in memory bounded by the cells."""

    def __init__(self) -> None:
        self._total: list[Sums] = []
        self._waiting = 0

    def add(self, sums: Sums) -> None:
        self._total.append(sums)
        self._waiting += len(sums.parts.people)
        if self._waiting > _WAITING * len(self._total[0].parts.people):
            self._total = [self.total()]
            self._waiting = 0

    def total(self) -> Sums:
        return _combine(self._total)


def _combine(sums: Sequence[Sums]) -> Sums:
    return Sums(combine([one.parts for one in sums]), combine_reach([one.reach for one in sums]))


def _choose(full: Sums, pulse: _Adder, waves: frozenset[tuple[str, str]]) -> Sums:
    """Return the sums of the form that each wave is on."""
    if not waves:
        return full
    chosen = [_of_waves(full, waves, inside=False), _of_waves(pulse.total(), waves, inside=True)]
    return _combine([sums for sums in chosen if len(sums.parts.people)])


def _of_waves(sums: Sums, waves: frozenset[tuple[str, str]], *, inside: bool) -> Sums:
    cells = sums.parts.cells
    pairs = zip(cells["organisation"].tolist(), cells["wave"].tolist(), strict=True)
    return _take(sums, np.flatnonzero(np.array([(pair in waves) == inside for pair in pairs], dtype=np.bool_)))


def _take(sums: Sums, rows: npt.NDArray[np.intp]) -> Sums:
    parts = sums.parts
    cells = parts.cells.iloc[rows].reset_index(drop=True)
    return Sums(Partials(cells, *(array[rows] for array in parts.arrays)), sums.reach.take(rows))
