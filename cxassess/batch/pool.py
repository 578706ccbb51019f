"""A pool of worker processes that outlives them: one that dies, or takes too long, costs its own call only."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar, cast

from cxassess.batch.worker import read_message, write_message

Item = TypeVar("Item")
Result = TypeVar("Result")
_MOST_FAILED_STARTS: Final = 3


@dataclass(frozen=True)
class CallFault:
    """Why a call has no result: an error inside it, or the end of its process."""

    error: str
    message: str


@dataclass(frozen=True)
class Outcome(Generic[Item, Result]):
    """What became of a call: its result, or the fault."""

    item: Item
    result: Result | None = None
    fault: CallFault | None = None


@dataclass(eq=False)
class _Worker:
    process: subprocess.Popen[bytes]
    ready: bool = False
    item: Any = None
    busy: bool = False
    deadline: float = float("inf")
    killed_for: str = ""
    calls: int = 0


@dataclass
class WorkerPool:
    """Worker processes, started when it is entered and gone when it is left.

    Parameters
    ----------
    workers : int
        How many, at least one.
    modules : sequence of str
        Modules for each to load first.
    """

    workers: int
    modules: Sequence[str] = ()
    _first: list[tuple[Callable[[Any], Any], Any]] = field(default_factory=list, init=False)
    _team: list[_Worker] = field(default_factory=list, init=False)
    _events: queue.SimpleQueue[tuple[_Worker, Any]] = field(default_factory=queue.SimpleQueue, init=False)
    _failed_starts: int = field(default=0, init=False)

    def __enter__(self) -> Self:
        self._team = [self._hire() for _ in range(self.workers)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._team:
            worker.process.kill() if worker.busy else _hang_up(worker)
        for worker in self._team:
            try:
                worker.process.wait(5)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            _hang_up(worker)
        self._team = []

    def prepare(self, function: Callable[[Item], object], item: Item) -> None:
        """Have every worker call a function before its next call, those that are started later as well."""
        self._first.append((function, item))
        for worker in self._team:
            _send(worker, function, item, wanted=False)

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item], *, timeout: float = float("inf")
    ) -> Iterator[Outcome[Item, Result]]:
        """Call a function for each item, in whichever order the workers come round to it.

        Parameters
        ----------
        function : callable
            Of one argument, that can be imported by its name.
        items : iterable
            Taken one by one, when a worker is free.
        timeout : float
            Seconds that one call may take before its process is killed.

        Returns
        -------
        iterator of Outcome
            As they come in. A process that ends in a call, whether of itself or because of the timeout, gives a
            fault, and a new one takes its place.

        Raises
        ------
        RuntimeError
            If processes end before they can take a call, several times in a row.
        """
        waiting = iter(items)
        exhausted = False
        while True:
            for worker in self._team:
                if exhausted or worker.busy or worker.killed_for or not worker.ready:
                    continue
                try:
                    item = next(waiting)
                except StopIteration:
                    exhausted = True
                    break
                self._give(worker, function, item, timeout)
            if exhausted and not any(worker.busy for worker in self._team):
                return
            outcome = self._hear()
            if outcome is not None:
                yield cast(Outcome[Item, Result], outcome)

    def _give(self, worker: _Worker, function: Callable[[Item], Result], item: Item, timeout: float) -> None:
        worker.item, worker.busy, worker.deadline = item, True, time.monotonic() + timeout
        worker.calls += 1
        _send(worker, function, item, wanted=True)

    def _hear(self) -> Outcome[Any, Any] | None:
        """Wait for the next event; the first outcome that it brings, if any."""
        patience = min(worker.deadline for worker in self._team) - time.monotonic()
        try:
            worker, message = self._events.get(timeout=None if patience == float("inf") else max(patience, 0.0))
        except queue.Empty:
            self._kill_late()
            return None
        if message is None:
            return self._replace(worker)
        if message[0] == "ready":
            worker.ready, self._failed_starts = True, 0
            return None
        item, worker.item, worker.busy, worker.deadline = worker.item, None, False, float("inf")
        if message[0] == "value":
            return Outcome(item, result=message[1])
        return Outcome(item, fault=CallFault(message[1], message[2]))

    def _kill_late(self) -> None:
        now = time.monotonic()
        for worker in self._team:
            if worker.deadline <= now:
                worker.killed_for, worker.deadline = "it took too long", float("inf")
                worker.process.kill()

    def _replace(self, worker: _Worker) -> Outcome[Any, Any] | None:
        """Put a new process in the place of one that has ended; return the fault of the call it was in."""
        code = worker.process.wait()
        _hang_up(worker)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _MOST_FAILED_STARTS:
                raise RuntimeError(f"worker processes end before they can start work ({describe_exit(code)})")
        if worker not in self._team:
            return None
        self._team[self._team.index(worker)] = self._hire()
        if not worker.busy:
            return None
        why = worker.killed_for or f"its process ended: {describe_exit(code)}"
        return Outcome(worker.item, fault=CallFault("Timeout" if worker.killed_for else "ProcessEnded", why))

    def _hire(self) -> _Worker:
        threads = str(max(1, count_cores() // self.workers))  # more than there are cores only get in each other's way
        process = subprocess.Popen(  # noqa: S603  (this program itself)
            [sys.executable, "-m", "cxassess.batch.worker", *self.modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"RAYON_NUM_THREADS": threads, **os.environ},
        )
        worker = _Worker(process)
        for function, item in self._first:
            _send(worker, function, item, wanted=False)
        threading.Thread(target=_listen, args=(worker, self._events), daemon=True).start()
        return worker


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _listen(worker: _Worker, events: queue.SimpleQueue[tuple[_Worker, Any]]) -> None:
    stream = cast(Any, worker.process.stdout)
    with contextlib.suppress(EOFError, OSError, ValueError):
        while True:
            events.put((worker, read_message(stream)))
    stream.close()
    events.put((worker, None))


def _send(worker: _Worker, function: Callable[[Any], Any], item: Any, *, wanted: bool) -> None:
    with contextlib.suppress(OSError):  # a process that has just ended is heard of in a moment
        write_message(cast(Any, worker.process.stdin), (function, item, wanted))


def _hang_up(worker: _Worker) -> None:
    with contextlib.suppress(OSError):
        cast(Any, worker.process.stdin).close()


def describe_exit(code: int) -> str:
    """Return an exit code in words; a signal by its name."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
