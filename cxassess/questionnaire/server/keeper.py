"""The one thread that works on an engagement's file, so that the event loop never waits for a disk.

What waits is committed together: a synchronised commit costs the same for one change as for fifty.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from cxassess.engagement import Engagement, StorageError, open_engagement
from cxassess.questionnaire.server.material import Library

Result = TypeVar("Result")
Work = Callable[["Desk"], Result]
#: More than this at once are split over several commits.
MOST_TOGETHER: Final = 200
#: Whoever comes when so many wait is told to come again.
MOST_WAITING: Final = 2_000


class Busy(Exception):  # noqa: N818  (a state, not a fault)
    """Too much is waiting, or the thread has ended."""


@dataclass(frozen=True)
class Desk:
    """What work in the thread may use: the open engagement, and the pages made from it."""

    engagement: Engagement
    library: Library


@dataclass(frozen=True)
class _Job:
    work: Work[Any]
    writes: bool
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


@dataclass(frozen=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: Exception | None = None

    def deliver(self) -> None:
        """Hand the outcome to whoever waits for it, in their event loop."""
        if self.job.future.done():
            return  # nobody waits any longer
        if self.error is not None:
            self.job.future.set_exception(self.error)
        else:
            self.job.future.set_result(self.result)


class Keeper:
    """An engagement's thread.

    Parameters
    ----------
    path : Path
        The engagement's file.

    Raises
    ------
    CxassessError
        If the file can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name=f"keeper of {path.name}")
        self._thread.start()
        opened.result()

    async def read(self, work: Work[Result]) -> Result:
        """Have something read, and return it."""
        return await self._give(work, writes=False)

    async def write(self, work: Work[Result]) -> Result:
        """Have something written, and return what came of it once it is committed.

        Raises
        ------
        StorageError
            If nothing of it was stored.
        Busy
            If too much is waiting.
        """
        return await self._give(work, writes=True)

    def stop(self) -> None:
        """Finish what waits, close the file and end the thread."""
        self._queue.put(None)
        self._thread.join()

    async def _give(self, work: Work[Result], *, writes: bool) -> Result:
        if self._queue.qsize() >= MOST_WAITING or not self._thread.is_alive():
            raise Busy
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._queue.put(_Job(work, writes, loop, future))
        return await future

    def _run(self, opened: Future[None]) -> None:
        try:
            engagement = open_engagement(self.path)
        except BaseException as error:  # raised where the thread was started
            opened.set_exception(error)
            return
        opened.set_result(None)
        with engagement:
            desk = Desk(engagement, Library())
            going_on = True
            while going_on:
                jobs = self._collect()
                going_on = jobs[-1] is not None
                self._work_off(desk, [job for job in jobs if job is not None])

    def _collect(self) -> list[_Job | None]:
        """Wait for a job and return it with all that came meanwhile; None comes last, when the end was asked for."""
        jobs = [self._queue.get()]
        with suppress(Empty):
            while jobs[-1] is not None and len(jobs) < MOST_TOGETHER:
                jobs.append(self._queue.get_nowait())
        return jobs

    def _work_off(self, desk: Desk, jobs: list[_Job]) -> None:
        """Write first and read afterwards, so that nobody is shown what was not committed."""
        writing = [job for job in jobs if job.writes]
        if writing:
            _deliver(_commit(desk, writing))
        for job in jobs:
            if not job.writes:
                _deliver([_read(desk, job)])


def _commit(desk: Desk, jobs: list[_Job]) -> list[_Outcome]:
    """Do all of it in one transaction; what fails takes back itself only, unless the disk fails."""
    outcomes = []
    try:
        with desk.engagement.transaction():
            for job in jobs:
                try:
                    outcomes.append(_Outcome(job, job.work(desk)))
                except StorageError:
                    raise
                except Exception as error:  # raised where the job was given
                    outcomes.append(_Outcome(job, error=error))
    except Exception as error:
        return [_Outcome(job, error=error) for job in jobs]
    return outcomes


def _read(desk: Desk, job: _Job) -> _Outcome:
    try:
        return _Outcome(job, job.work(desk))
    except Exception as error:
        return _Outcome(job, error=error)


def _deliver(outcomes: list[_Outcome]) -> None:
    """Hand outcomes over to the event loop, all at once."""

    def hand_over() -> None:
        for outcome in outcomes:
            outcome.deliver()

    with suppress(RuntimeError):  # the loop has ended, and nobody waits
        outcomes[0].job.loop.call_soon_threadsafe(hand_over)
