"""Processes that stay, so that what is timed in them is not their start."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from benchmarks.memory import TreeMemory

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Without these, the libraries of arrays use every core.
_ONE_THREAD: Final = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Team:
    """Some processes that call one function; what they and their children print goes to a file.

    Parameters
    ----------
    size : int
        How many.
    log : Path
        Where their standard error goes.
    """

    def __init__(self, size: int, log: Path) -> None:
        # One executor a process, so that each process gets the same share and its id is known.
        self._members = [
            ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_print_to, initargs=(str(log),))
            for _ in range(size)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for member in self._members:
            member.shutdown(cancel_futures=True)

    def run(self, function: Callable[[Item], Result], items: Sequence[Item]) -> tuple[float, list[Result]]:
        """Call the function for each item, dealt out in turn; return the seconds it took in all, and the results."""
        begun = time.perf_counter()
        futures = [self._members[place % len(self._members)].submit(function, item) for place, item in enumerate(items)]
        results = [future.result() for future in futures]
        return time.perf_counter() - begun, results

    def watch(self, function: Callable[[Item], Result], items: Sequence[Item]) -> tuple[float | None, list[Result]]:
        """Do the same, and return the peak memory of all processes in MiB instead of the time."""
        roots = [member.submit(os.getpid).result() for member in self._members]
        with TreeMemory(roots) as tree:
            _, results = self.run(function, items)
        return tree.peak, results


def _print_to(path: str) -> None:
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def call_alone(function: Callable[[Item], Result], item: Item, log: Path) -> Result:
    """Call a function in a new process, which uses one thread and ends afterwards."""
    kept = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)  # libraries read them when they are loaded, so they must be there from the start
    try:
        with Team(1, log) as team:
            return team.run(function, [item])[1][0]
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
