"""Reports: the project's run beside what a user would do today, interleaved."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import pipelines, workload
from benchmarks.batch_runs import Run, run_command
from benchmarks.figures import Figure, Table, median_phases
from benchmarks.pipelines import Made, Pipeline
from benchmarks.warm import Team
from benchmarks.workload import Workload
from cxassess.batch.pool import count_cores

Say = Callable[[str], None]

ONE_BY_ONE: Final[dict[str, tuple[str, Pipeline]]] = {
    "A": ("papermill, then nbconvert through headless Chromium", pipelines.with_browser),
    "B": ("papermill, then our exporter", pipelines.with_exporter),
    "B+": ("papermill on a forked kernel, then our exporter", pipelines.with_forked_kernel),
    "E": ("no notebook: the floor", pipelines.without_notebook),
}
TOGETHER: Final = "A×"


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Parameters
    ----------
    rounds : int
        Each has a turn of every pipeline.
    sizes : tuple of int
        Reports in a small and in a large run.
    repeats : dict
        Pipeline → reports in one turn; one if not named.
    at_once : int
        Reports for each of the processes that run A side by side; 0 to leave that, and all cores, out.
    warm : bool
        Whether each pipeline first goes once untimed, its memory watched.
    """

    rounds: int
    sizes: tuple[int, int]
    repeats: dict[str, int] = field(default_factory=dict)
    at_once: int = 0
    warm: bool = True


FULL: Final = {
    "portfolio": Effort(3, (10, 40), {"A": 2, "B": 2, "B+": 5, "E": 5}, at_once=2),
    "long": Effort(2, (5, 20), {"B+": 3, "E": 3}),
}
QUICK: Final = {"portfolio": Effort(1, (1, 3), at_once=1), "long": Effort(1, (1, 2), warm=False)}


def measure_reports(say: Say, *, quick: bool = False) -> Iterator[Table]:
    """Return the tables of reports as they are ready: of usual organisations, and of a long one."""
    efforts = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="cxbench-") as name:
        for make in (workload.portfolio, workload.long):
            effort = efforts[make.__name__]
            load = make(Path(name), effort.sizes)
            with _Contest(load, effort, Path(name) / "log", say) as contest:
                yield contest.hold()


class _Contest(ExitStack):
    """All pipelines on one workload, round after round; the order moves on by one in each round."""

    def __init__(self, load: Workload, effort: Effort, log: Path, say: Say) -> None:
        super().__init__()
        self.load, self.effort, self.say = load, effort, say
        self.cores = count_cores()
        self.notes = pipelines.missing()
        self.keys = [key for key in ONE_BY_ONE if key not in self.notes]
        self.teams = {key: self.enter_context(Team(1, log)) for key in self.keys}
        self.together = effort.at_once > 0 and "A" in self.keys
        if self.together:
            self.teams[TOGETHER] = self.enter_context(Team(self.cores, log))
        self.workers = {"C": 1, **({"D": self.cores} if effort.at_once else {})}
        self.memory: dict[str, float | None] = {}
        self.made: dict[str, list[Made]] = {key: [] for key in self.keys}
        self.at_once: list[float] = []
        self.runs: dict[str, list[tuple[Run, Run]]] = {key: [] for key in self.workers}

    def hold(self) -> Table:
        if self.effort.warm:
            self._warm_up()
        turns: list[tuple[str, Callable[[int], None]]] = [(key, self._turn(key)) for key in self.keys]
        turns += [(TOGETHER, self._side_by_side)] if self.together else []
        turns += [(key, self._run(key)) for key in self.workers]
        for number in range(self.effort.rounds):
            shift = number % len(turns)
            for key, turn in turns[shift:] + turns[:shift]:
                self.say(f"{self.load.name}, round {number + 1} of {self.effort.rounds}: {key}")
                turn(number)
        return self._table()

    def _warm_up(self) -> None:
        """Let each pipeline go once without timing it, and watch its memory meanwhile.

        On the last organisations: Typst remembers what it has laid out, so a report made twice costs a tenth.
        """
        for key, team in self.teams.items():
            self.say(f"{self.load.name}, warming up: {key}")
            function, size = ONE_BY_ONE[key[0] if key == TOGETHER else key][1], self.cores if key == TOGETHER else 1
            self.memory[key], _ = team.watch(function, self._jobs(-size, size))
        for key, workers in self.workers.items():
            self.say(f"{self.load.name}, warming up: {key}")
            self.memory[key] = run_command(self.load, self.effort.sizes[0], workers, watch=True).memory

    def _jobs(self, first: int, count: int) -> list[workload.Job]:
        return [self.load.jobs[(first + place) % len(self.load.jobs)] for place in range(count)]

    def _turn(self, key: str) -> Callable[[int], None]:
        def turn(number: int) -> None:
            count = self.effort.repeats.get(key, 1)
            _, made = self.teams[key].run(ONE_BY_ONE[key][1], self._jobs(number * count, count))
            self.made[key] += made

        return turn

    def _side_by_side(self, number: int) -> None:
        count = self.effort.at_once * self.cores
        seconds, _ = self.teams[TOGETHER].run(ONE_BY_ONE["A"][1], self._jobs(number * count, count))
        self.at_once.append(seconds / count)

    def _run(self, key: str) -> Callable[[int], None]:
        def turn(_: int) -> None:
            small, large = (run_command(self.load, size, self.workers[key]) for size in self.effort.sizes)
            self.runs[key].append((small, large))

        return turn

    def _table(self) -> Table:
        figures = [
            self._single(key, what) if key in self.keys else Figure(key, what, note=self.notes[key])
            for key, (what, _) in ONE_BY_ONE.items()
        ]
        floor = figures.pop()
        if self.effort.at_once:
            note = "" if self.together else self.notes["A"]
            seconds = tuple(self.at_once)
            what = f"A in {self.cores} processes at once"
            figures.insert(1, Figure(TOGETHER, what, seconds, self.memory.get(TOGETHER), note=note))
        for key, workers in self.workers.items():
            figures += self._batch(key, workers)
        return Table(self.load.name, self.load.title, (*figures, floor), self._facts())

    def _single(self, key: str, what: str) -> Figure:
        made = self.made[key]
        phases = median_phases([one.phases for one in made])
        return Figure(key, what, tuple(one.seconds for one in made), self.memory.get(key), phases)

    def _batch(self, key: str, workers: int) -> list[Figure]:
        """Return two figures: of the whole command, and of one more report in it."""
        pairs = self.runs[key]
        each = "one worker" if workers == 1 else f"{workers} workers"
        whole = tuple(large.seconds / large.reports for _, large in pairs)
        steady = tuple((large.seconds - small.seconds) / (large.reports - small.reports) for small, large in pairs)
        phases = median_phases([large.phases for _, large in pairs])
        whole_what = f"cxassess report, {each}: the whole command for {pairs[0][1].reports} reports"
        return [
            Figure(key, whole_what, whole, self.memory.get(key)),
            Figure(f"{key}+", f"cxassess report, {each}: each further report", steady, self.memory.get(key), phases),
        ]

    def _facts(self) -> dict[str, object]:
        runs = [large for pairs in self.runs.values() for _, large in pairs]
        hashes: dict[str, set[str]] = {}
        for run in runs:
            for organisation, sha256 in run.hashes.items():
                hashes.setdefault(organisation, set()).add(sha256)
        for key in ("B", "B+", "E"):
            for job, made in zip(self._played(key), self.made.get(key, ()), strict=False):
                hashes.setdefault(job.organisation, set()).add(made.sha256)
        starts = {
            key: statistics.median(small.seconds - small.reports * _slope(small, large) for small, large in pairs)
            for key, pairs in self.runs.items()
        }
        return {
            "same_bytes": all(len(found) == 1 for found in hashes.values()),
            "reports_in_runs": self.effort.sizes,
            "rounds": self.effort.rounds,
            "seconds_to_start": starts,
            "workers": self.workers,
        }

    def _played(self, key: str) -> Sequence[workload.Job]:
        count = self.effort.repeats.get(key, 1)
        return self._jobs(0, count * self.effort.rounds)


def _slope(small: Run, large: Run) -> float:
    return (large.seconds - small.seconds) / (large.reports - small.reports)
