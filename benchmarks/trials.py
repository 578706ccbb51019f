"""Single trials of scoring, each to be called in a process of its own: time, and the memory that it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from benchmarks import answers, engine, plain
from benchmarks.memory import own_peak
from cxassess import Instrument, load_instrument
from cxassess.batch.pool import count_cores
from cxassess.responses.codes import AnswerCodes
from cxassess.scoring.design import Design
from cxassess.scoring.finish import finish
from cxassess.scoring.partials import combine

Found = TypeVar("Found")


@dataclass(frozen=True)
class Work:
    """What to score: about so many answers, so many times; where to leave what was found."""

    answers: int
    repeats: int
    result: Path


@dataclass(frozen=True)
class Trial:
    """What a trial took.

    Parameters
    ----------
    seconds : list of float
        One a repetition; making the answers is not in it.
    memory, before : float
        Peak memory of the process in MiB, and before the first repetition, with the answers made.
    """

    seconds: list[float]
    memory: float
    before: float


def _timed(work: Work, call: Callable[[], Found], summarise: Callable[[Found], plain.Summary]) -> Trial:
    """Repeat a call; what it found last is summarised and saved for comparison, untimed."""
    before = own_peak()
    seconds = []
    for _ in range(work.repeats):
        begun = time.perf_counter()
        found = call()
        seconds.append(time.perf_counter() - begun)
    memory = own_peak()
    summarise(found).save(work.result)
    return Trial(seconds, memory, before)


def by_pandas(work: Work) -> Trial:
    """Score by plain pandas, all texts as categories beforehand."""
    return _group_by(work, _long_frame(work))


def by_pandas_with_texts(work: Work) -> Trial:
    """Score by plain pandas on texts, as they come from a file."""
    long = _long_frame(work)
    texts = long.select_dtypes("category").columns
    return _group_by(work, long.astype(dict.fromkeys(texts, "str")))


def _long_frame(work: Work) -> pd.DataFrame:
    instrument = _instrument()
    sizes = answers.count_chunks(work.answers, instrument)
    parts = [
        answers.as_long(answers.draw(number, size, instrument), instrument, sum(sizes))
        for number, size in enumerate(sizes)
    ]
    return pd.concat(parts, ignore_index=True)


def _group_by(work: Work, long: pd.DataFrame) -> Trial:
    instrument = _instrument()
    elements = [element.id for element in instrument.elements]

    def summarise(found: tuple[pd.DataFrame, pd.Series[int]]) -> plain.Summary:
        return plain.summarise(*found, elements, instrument.item_ids, instrument.level_count)

    return _timed(work, lambda: plain.group_by(long), summarise)


def by_engine(work: Work) -> Trial:
    """Score by the engine, all answers in memory, in chunks of arrays, as reading a file makes them."""
    design = Design.of(_instrument())
    chunks = list(_chunks(work, design.instrument))

    def call() -> plain.Summary:
        return engine.finish_plainly([engine.add_up(chunk, design) for chunk in chunks], design)

    return _timed(work, call, _as_it_is)


def by_engine_from_frames(work: Work) -> Trial:
    """Score by the engine, all answers in memory, in chunks of frames with texts."""
    design = Design.of(_instrument())
    sizes = answers.count_chunks(work.answers, design.instrument)
    drawn = (answers.draw(number, size, design.instrument) for number, size in enumerate(sizes))
    chunks = [answers.as_frames(one, design.instrument) for one in drawn]

    def call() -> plain.Summary:
        return engine.finish_plainly([engine.add_up_frames(chunk, design) for chunk in chunks], design)

    return _timed(work, call, _as_it_is)


def by_engine_streamed(work: Work) -> Trial:
    """Score by the engine, with no more than one chunk in memory at a time; making the chunks is not timed."""
    design = Design.of(_instrument())
    before = own_peak()
    seconds = []
    for _ in range(work.repeats):
        parts, spent = [], 0.0
        for chunk in _chunks(work, design.instrument):
            begun = time.perf_counter()
            parts.append(engine.add_up(chunk, design))
            spent += time.perf_counter() - begun
        begun = time.perf_counter()
        found = engine.finish_plainly(parts, design)
        seconds.append(spent + time.perf_counter() - begun)
    memory = own_peak()
    found.save(work.result)
    return Trial(seconds, memory, before)


def by_engine_with_all_frames(work: Work) -> Trial:
    """Score by the engine, with all frames that follow from the sums: intervals, agreement, levels, every role."""
    design = Design.of(_instrument())
    chunks = list(_chunks(work, design.instrument))

    def call() -> plain.Summary:
        parts = [engine.add_up(chunk, design) for chunk in chunks]
        finish(combine(parts), design, {})
        return engine.finish_plainly(parts, design)

    return _timed(work, call, _as_it_is)


def by_dask(work: Work) -> Trial:
    """Score by the engine on a cluster of processes on this machine, whose memory holds the chunks."""
    from distributed import Client, LocalCluster, wait  # noqa: PLC0415  (an extra)

    instrument, design = _instrument(), Design.of(_instrument())
    sizes = answers.count_chunks(work.answers, instrument)
    options: dict[str, Any] = {"dashboard_address": None, "silence_logs": 50}
    with (
        LocalCluster(count_cores(), threads_per_worker=1, processes=True, **options) as cluster,  # type: ignore[no-untyped-call]
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        chunks = client.map(_make_chunk, range(len(sizes)), sizes, instrument=instrument)
        wait(chunks)  # type: ignore[no-untyped-call]

        def call() -> plain.Summary:
            parts = client.map(engine.add_up, chunks, design=design, pure=False)
            return engine.finish_plainly(client.gather(parts), design)

        def peak() -> float:
            return float(own_peak() + sum(client.run(own_peak).values()))

        before = peak()
        trial = _timed(work, call, _as_it_is)
        return Trial(trial.seconds, peak(), before)


def _as_it_is(found: plain.Summary) -> plain.Summary:
    return found


def _chunks(work: Work, instrument: Instrument) -> Iterator[AnswerCodes]:
    for number, size in enumerate(answers.count_chunks(work.answers, instrument)):
        yield _make_chunk(number, size, instrument)


def _make_chunk(number: int, size: int, instrument: Instrument) -> AnswerCodes:
    return answers.as_codes(answers.draw(number, size, instrument), instrument)


def _instrument() -> Instrument:
    return load_instrument("eight_elements", "en")
