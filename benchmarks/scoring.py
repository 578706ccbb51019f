"""Scoring: the engine beside a plain pandas groupby, on the same answers and with the same result."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from benchmarks import trials
from benchmarks.answers import ORGANISATIONS_IN_CHUNK, PEOPLE, WAVES, count_chunks
from benchmarks.figures import Figure, Table
from benchmarks.plain import Summary
from benchmarks.trials import Trial, Work
from benchmarks.warm import call_alone
from cxassess import load_instrument
from cxassess.batch.pool import count_cores

Say = Callable[[str], None]
Way = Callable[[Work], Trial]

WAYS: Final[dict[str, tuple[str, Way]]] = {
    "pandas": ("pandas groupby on a long frame, texts as categories", trials.by_pandas),
    "pandas, texts": ("pandas groupby on a long frame, texts as read from a file", trials.by_pandas_with_texts),
    "ours": ("cxassess, all in memory, as read from a file", trials.by_engine),
    "ours, frames": ("cxassess, all in memory as frames with texts", trials.by_engine_from_frames),
    "ours, streamed": ("cxassess, one chunk in memory at a time", trials.by_engine_streamed),
    "ours, Dask": ("cxassess on Dask, {cores} processes", trials.by_dask),
    "ours, all frames": (
        "cxassess with intervals, agreement and levels, for each role too",
        trials.by_engine_with_all_frames,
    ),
}


@dataclass(frozen=True)
class Effort:
    """How much is measured: about so many answers, so many processes for each way, so many repetitions in each."""

    name: str
    answers: int
    processes: int
    repeats: int
    ways: tuple[str, ...] = tuple(WAYS)


_LEAN: Final = tuple(key for key in WAYS if key not in {"ours, frames", "ours, all frames"})
FULL: Final = (Effort("1e6", 10**6, 3, 3), Effort("3e7", 3 * 10**7, 1, 2, _LEAN))
QUICK: Final = (Effort("1e6", 10**5, 1, 1), Effort("3e7", 3 * 10**5, 1, 1, _LEAN))


def measure_scoring(say: Say, *, quick: bool = False) -> Iterator[Table]:
    """Return the tables of scoring as they are ready: of a million answers, and of thirty million."""
    with tempfile.TemporaryDirectory(prefix="cxbench-") as name:
        for effort in QUICK if quick else FULL:
            yield _measure(effort, Path(name), say)


def _measure(effort: Effort, folder: Path, say: Say) -> Table:
    ways = [key for key in effort.ways if key != "ours, Dask" or find_spec("distributed")]
    results: dict[str, list[Trial]] = {key: [] for key in ways}
    first: Summary | None = None
    for number in range(effort.processes):
        for key in ways[number % len(ways) :] + ways[: number % len(ways)]:
            say(f"scoring {effort.answers:,} answers, round {number + 1} of {effort.processes}: {key}")
            work = Work(effort.answers, effort.repeats, folder / "result.npz")
            results[key].append(call_alone(WAYS[key][1], work, folder / "log"))
            found = Summary.load(work.result)
            first = first or found
            found.check_same(first)
    sizes = count_chunks(effort.answers, load_instrument("eight_elements", "en"))
    facts: dict[str, object] = {
        "answers": effort.answers,
        "respondents": sum(sizes) * PEOPLE * len(WAVES),
        "organisations": sum(sizes),
        "respondents_in_chunk": ORGANISATIONS_IN_CHUNK * PEOPLE * len(WAVES),
        "same_results": True,
    }
    figures = tuple(_figure(key, results.get(key, [])) for key in effort.ways)
    return Table(effort.name, f"{effort.answers:,} answers", figures, facts)


def _figure(key: str, found: list[Trial]) -> Figure:
    what = WAYS[key][0].format(cores=count_cores())
    if not found:
        return Figure(key, what, note="left out: distributed is not installed")
    seconds = tuple(second for trial in found for second in trial.seconds)
    memory = max(trial.memory for trial in found)
    held = max(trial.before for trial in found)
    return Figure(key, what, seconds, memory, note=f"{held:,.0f} MiB of it before scoring")
