"""The two stages of a run: scores of every organisation, batch by batch; then its report, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import nbformat

from cxassess.batch.files import FolderError
from cxassess.batch.handover import SCORES_NAME, own_files, parameters
from cxassess.batch.journal import Key
from cxassess.batch.manifest import ReportEntry, ReportFailure
from cxassess.batch.options import Executor, RunOptions
from cxassess.batch.pool import CallFault, Outcome, WorkerPool
from cxassess.batch.score import ScoreBatch, Scored, score_batch, split_batches
from cxassess.batch.scratch import scratch_folder
from cxassess.batch.tasks import ReportTask, RunPlan
from cxassess.batch.work import ReportJob, get_ready, make_report
from cxassess.kernels.sharing import adopt_zygote, share_zygote
from cxassess.scoring.benchmark import Row
from cxassess.scoring.portfolio import Portfolio

#: A worker that is late with everything is killed; the limit on a cell should have ended the report long before.
_GRACE: Final = 60
_MODULES: Final = ("cxassess.batch.score", "cxassess.batch.work")


@dataclass
class Stages:
    """A run in progress.

    Parameters
    ----------
    plan, out, options : RunPlan, str, RunOptions
        What to make, where, and how.
    template : NotebookNode
        The report notebook.
    files : mapping
        Files that all reports need.
    entries : mapping
        Every report of the run, not yet made.
    kept : mapping
        Reports that need not be made again.
    executor : context manager of Executor or None
        Who does it; a pool of processes otherwise.
    on_scored : callable or None
        Called with the number of organisations scored so far.
    """

    plan: RunPlan
    out: str
    options: RunOptions
    template: nbformat.NotebookNode
    files: Mapping[str, bytes]
    entries: Mapping[Key, ReportEntry]
    kept: Mapping[Key, ReportEntry]
    executor: AbstractContextManager[Executor] | None = None
    on_scored: Callable[[int], None] | None = None
    _scores: dict[str, Scored] = field(default_factory=dict, init=False)

    def run(self) -> Iterator[ReportEntry]:
        """Return the finished entries as they come in, those that are kept first.

        Raises
        ------
        FolderError
            If the output folder takes no more files.
        """
        yield from self.kept.values()
        todo = [task for task in self.plan.tasks if task.key not in self.kept]
        if not todo:
            return
        with ExitStack() as stack:
            scratch = stack.enter_context(scratch_folder())
            if self.executor is None:
                team: Executor = stack.enter_context(WorkerPool(self.options.count_workers(len(todo)), _MODULES))
                zygote = stack.enter_context(ThreadPoolExecutor(1)).submit(share_zygote)
            else:
                team = stack.enter_context(self.executor)
            scored: list[ReportTask] = []
            yield from self._score(todo, team, scratch, scored)
            if isinstance(team, WorkerPool):
                team.prepare(adopt_zygote, zygote.result())
                team.prepare(get_ready, self.options.formats)
            jobs = (self._job(task, scratch) for task in scored)
            for outcome in team.run(make_report, jobs, timeout=self.options.timeout * 2 + _GRACE):
                yield self._entry(outcome)

    def _score(
        self, todo: list[ReportTask], team: Executor, scratch: Path, scored: list[ReportTask]
    ) -> Iterator[ReportEntry]:
        """Score the organisations and keep the scores on disk; return entries of those that can't be scored."""
        compare = self.plan.benchmark == "portfolio"
        wanted = {task.key for task in todo}
        done = 0
        for outcome in team.run(score_batch, self._batches(self.plan.tasks if compare else todo), timeout=float("inf")):
            results = outcome.result or [_as_exception(outcome.fault)] * len(outcome.item.tasks)
            for task, result in zip(outcome.item.tasks, results, strict=True):
                if isinstance(result, Scored):
                    if compare:
                        self._scores[task.organisation] = replace(result, content=b"")
                    if task.key in wanted:
                        (scratch / f"{task.name}.json").write_bytes(result.content)
                elif task.key in wanted:
                    yield self._failed(task, result)
            done += len(results)
            if self.on_scored:
                self.on_scored(done)
        scored += [task for task in todo if (scratch / f"{task.name}.json").exists()]

    def _batches(self, tasks: tuple[ReportTask, ...] | list[ReportTask]) -> Iterator[ScoreBatch]:
        benchmark = None if self.plan.benchmark == "portfolio" else self.plan.benchmark
        for part in self.plan.responses.parts():
            there = set(part.organisations)
            own = [task for task in tasks if task.organisation in there]
            yield from split_batches(part, own, self.plan.contexts, benchmark)

    def _job(self, task: ReportTask, scratch: Path) -> ReportJob:
        path = scratch / f"{task.name}.json"
        own = {**self.files, **own_files(self.plan, task), SCORES_NAME: path.read_bytes()}
        path.unlink()
        return ReportJob(
            entry=self.entries[task.key],
            name=task.name,
            files=own,
            parameters=parameters(self.plan, task, own),
            places=self._places(task),
            formats=self.options.formats,
            out=self.out,
            scratch=str(scratch),
            notebook=self.template,
            timeout=self.options.timeout,
            memory=self.options.memory,
        )

    @cached_property
    def _portfolio(self) -> Portfolio:
        tasks = [task for task in self.plan.tasks if task.organisation in self._scores]
        return Portfolio.of({task.organisation: self._scores[task.organisation].of_wave(task.wave) for task in tasks})

    def _places(self, task: ReportTask) -> list[Row] | None:
        """Return an organisation's places among the others, in each of its waves."""
        if self.plan.benchmark != "portfolio":
            return None
        self._portfolio.check(task.organisation)
        return [
            row
            for wave, element, score in self._scores[task.organisation].scores
            for row in self._portfolio.rows(task.organisation, wave, [(element, score)])
        ]

    def _entry(self, outcome: Outcome[ReportJob, ReportEntry]) -> ReportEntry:
        if outcome.result is not None:
            return outcome.result
        fault = outcome.fault or CallFault("Error", "no result")
        if fault.error == FolderError.__name__:
            raise FolderError(self.out, fault.message.removeprefix(f"{self.out}: "))
        return replace(outcome.item.entry, status="failed", failure=ReportFailure(None, fault.error, fault.message))

    def _failed(self, task: ReportTask, error: Exception) -> ReportEntry:
        failure = ReportFailure(None, type(error).__name__, str(error))
        return replace(self.entries[task.key], status="failed", failure=failure)


def _as_exception(fault: CallFault | None) -> Exception:
    return RuntimeError(f"{fault.error}: {fault.message}" if fault else "no result")
