"""The few calls to Linux that the standard library has no function for."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1
FIRST_TO_GO: Final = 500  # of 1,000: when memory runs out, kernels end before the programs that own them

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Have this process killed at once when the thread that forked it ends."""
    if _libc is None or _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot tie the kernel's life to the zygote's")


def count_threads() -> int:
    """Return how many threads this process has; those of C libraries, which ``threading`` doesn't see, included."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def open_descriptors() -> set[int]:
    """Return the open file descriptors of this process."""
    found = set()
    for number in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):  # the one with which the folder was listed is closed by now
            os.fstat(number)
            found.add(number)
    return found


def volunteer_for_oom() -> None:
    """Let the kernel choose this process first when memory runs out; a container may forbid it."""
    try:
        Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO), encoding="ascii")
    except OSError:
        return


def limit_memory(mebibytes: int) -> None:
    """Allow this process that much memory on top of what it has; a cell that asks for more gets ``MemoryError``.

    The limit is on writable private memory (``RLIMIT_DATA``): the address space (``RLIMIT_AS``) also counts what
    libraries and threads reserve and never use.
    """
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + mebibytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
