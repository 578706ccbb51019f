"""The list of many organisations' scores: one row each, from files of any size."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.instrument.model import Instrument
from cxassess.responses.codes import AnswerCodes
from cxassess.responses.stream import CHUNK_ROWS, ResponseStream
from cxassess.scoring.chunks import Map, ResponseSums, check_chunks, sum_chunks
from cxassess.scoring.elements import score_rows
from cxassess.scoring.finish import sort_groups
from cxassess.scoring.frames import build_frame
from cxassess.scoring.given import gather
from cxassess.scoring.group_scores import score_groups
from cxassess.scoring.groups import Contexts, collect_groups
from cxassess.scoring.sums_gate import find_doubtful, gate_everybody
from cxassess.spreadsheets import guard_text

Block = tuple[ResponseSums, pd.DataFrame]

LIST_COLUMNS: Final = (
    "instrument",
    "organisation",
    "wave",
    "element",
    "score",
    "low",
    "high",
    "level",
    "n_respondents",
    "coverage",
    "status",
    "reason",
)
#: Organisations finished at a time.
_BLOCK: Final = 100


def list_scores(
    paths: str | Path | Iterable[str | Path],
    instrument: Instrument,
    *,
    contexts: Contexts | None = None,
    lenient: bool = False,
    chunk_rows: int = CHUNK_ROWS,
    on_chunk: Callable[[int], object] | None = None,
    on_organisations: Callable[[int, int], object] | None = None,
    map: Map = map,  # noqa: A002
) -> pd.DataFrame:
    """List the scores of all respondents of every organisation and wave, as they may be shown.

    The files are read once, chunk by chunk; memory is bounded by the chunk, by the sums of each organisation, wave and
    role, and by about 60 bytes a respondent. Scores are hidden and rounded as in the reports (`gate_everybody`).

    Parameters
    ----------
    paths, lenient, chunk_rows
        As for `stream_responses`.
    instrument : Instrument
        What was answered.
    contexts : mapping, optional
        Organisation → what is known about it; the numbers invited narrow the intervals.
    on_chunk : callable, optional
        Called with the number of respondents read so far.
    on_organisations : callable, optional
        Called with the number of organisations scored so far, and of all.
    map : callable, optional
        As for `sum_chunks`; runs the chunks, and then blocks of organisations.

    Returns
    -------
    DataFrame
        ``LIST_COLUMNS``, sorted by organisation, then by wave, oldest first, then by element with ``overall`` last.

    Raises
    ------
    CxassessError
        With every problem of the files and contexts.
    """
    stream = ResponseStream(paths, instrument, lenient=lenient, chunk_rows=chunk_rows)
    sums = sum_chunks(_count(stream.codes(), on_chunk), instrument, map=map)
    check_chunks(sums, contexts or {})
    frames = []
    done = 0
    for frame in map(partial(_list_block, contexts=contexts or {}), _blocks(sums)):
        frames.append(frame)
        done += frame["organisation"].nunique()
        if on_organisations is not None:
            on_organisations(done, len(sums.order))
    return pd.concat(frames, ignore_index=True)


def format_scores(frame: pd.DataFrame) -> bytes:
    """Return the list as a CSV file: UTF-8, comma, CRLF; texts that a spreadsheet would calculate get an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows(zip(*(_texts(frame[name]) for name in frame.columns), strict=True))
    return text.getvalue().encode("utf-8")


def _count(chunks: Iterable[AnswerCodes], on_chunk: Callable[[int], object] | None) -> Iterable[AnswerCodes]:
    rows = 0
    for chunk in chunks:
        yield chunk
        rows += len(chunk)
        if on_chunk is not None:
            on_chunk(rows)


def _blocks(sums: ResponseSums) -> Iterator[Block]:
    """Return some organisations' sums at a time, with the respondents of the waves that are in doubt."""
    doubtful = gather(sums.given, find_doubtful(sums), sums.design.instrument)
    names = doubtful["organisation"].to_numpy(dtype=object)
    for block in sums.blocks(_BLOCK):
        first, *_, last = (*block.order, *block.order)
        begin, end = np.searchsorted(names, first, "left"), np.searchsorted(names, last, "right")
        yield block, doubtful.iloc[begin:end].reset_index(drop=True)


def _list_block(block: Block, contexts: Contexts) -> pd.DataFrame:
    sums, doubtful = block
    own = {name: contexts[name] for name in sums.order if name in contexts}
    waves = sort_groups(collect_groups(sums.sums.parts, sums.design.instrument, own), sums.order)
    grouped = score_groups(waves, sums.design, only_all=True)
    rows = [row for wave in waves for row in score_rows(wave, grouped[wave.key])]
    return gate_everybody(build_frame("scores", rows), sums, doubtful)[list(LIST_COLUMNS)]


def _texts(column: pd.Series[Any]) -> list[str]:
    if column.dtype == "str":
        return [guard_text(text) for text in column.fillna("").tolist()]
    return ["" if pd.isna(value) else str(value) for value in column.tolist()]
