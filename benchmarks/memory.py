"""Peak memory: of this process, and of a process with all its descendants."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

PROC: Final = Path("/proc")
#: Seconds between two looks at least; more where a look takes long, so that it doesn't slow down what it looks at.
INTERVAL: Final = 0.05
_REST: Final = 9


def own_peak() -> float:
    """Return the most memory in MiB that this process has held (resident set).

    Linux: VmHWM, as ``ru_maxrss`` there begins with what the parent held.
    """
    with contextlib.suppress(OSError):
        for line in (PROC / "self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource  # noqa: PLC0415  (not on Windows)

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


class TreeMemory:
    """Watches processes and all their descendants, and keeps the highest sum of their memory.

    The sum is of PSS, which counts memory shared by several processes once. Linux only: elsewhere ``peak`` is None.

    Parameters
    ----------
    roots : iterable of int
        Process ids.
    """

    def __init__(self, roots: Iterable[int]) -> None:
        self._known = set(roots)
        self._highest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def peak(self) -> float | None:
        """The highest sum in MiB."""
        return self._highest or None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        wait = INTERVAL
        while not self._stop.wait(wait):
            begun = time.thread_time()
            parents = dict(_parents())
            # Once seen, a process is watched to its end, even if its parent is gone.
            self._known = {pid for pid in parents if _descends(pid, parents, self._known)}
            self._highest = max(self._highest, sum(_pss(pid) for pid in self._known))
            wait = max(INTERVAL, _REST * (time.thread_time() - begun))


def _parents() -> Iterator[tuple[int, int]]:
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The second field, the name in brackets, may itself hold blanks and brackets.
            fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            yield int(entry.name), int(fields[1])


def _descends(pid: int, parents: dict[int, int], roots: set[int]) -> bool:
    while pid in parents:
        if pid in roots:
            return True
        pid = parents[pid]
    return False


def _pss(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
