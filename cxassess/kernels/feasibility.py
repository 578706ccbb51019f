"""Which kernels can be forked here, and what they inherit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

LAUNCHERS: Final = (["-m", "ipykernel_launcher"], ["-m", "ipykernel"])
OPTIONS: Final = frozenset({"env", "cwd", "stdin", "stdout", "stderr", "extra_arguments", "kernel_id"})
SYSTEM_CALLS: Final = ("fork", "memfd_create", "waitid")


def find_obstacle(argv: Sequence[str], options: Mapping[str, Any]) -> str:
    """Tell why a kernel cannot be forked.

    Parameters
    ----------
    argv : sequence of str
        The kernelspec's.
    options : mapping
        What its manager was asked to start it with.

    Returns
    -------
    str
        The reason; empty if it can.
    """
    if sys.platform != "linux" or not all(hasattr(os, name) for name in SYSTEM_CALLS):
        return f"this system ({sys.platform}) is not Linux"
    if not Path("/proc/self/task").is_dir():
        return "/proc cannot be read"
    if not is_this_interpreter(argv[0]) or list(argv[1:3]) not in LAUNCHERS:
        return f"{' '.join(argv[:3])} is not an ipykernel of this interpreter ({sys.executable})"
    return _find_odd_option(options)


def _find_odd_option(options: Mapping[str, Any]) -> str:
    unknown = sorted(set(options) - OPTIONS)
    if unknown:
        return f"a forked kernel has no option {', '.join(unknown)}"
    if subprocess.PIPE in {options.get("stdout"), options.get("stderr")}:
        return "its output goes to a pipe"
    return "" if options.get("stdin") in {None, subprocess.DEVNULL} else "it reads standard input"


def is_this_interpreter(command: str) -> bool:
    """Tell whether a kernelspec's command is the interpreter that runs this; environments differ by their folder."""
    path = Path(command)
    return path.name.startswith("python") and (command == path.name or path.parent == Path(sys.executable).parent)


@contextmanager
def open_outputs(options: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Return descriptors for a kernel's standard output and error, as ``subprocess`` understands these options."""
    with ExitStack() as stack:
        out = _descriptor(options.get("stdout"), 1, stack)
        same = options.get("stderr") == subprocess.STDOUT
        yield out, out if same else _descriptor(options.get("stderr"), 2, stack)


def _descriptor(wanted: Any, inherited: int, stack: ExitStack) -> int:
    if wanted == subprocess.DEVNULL:
        return stack.enter_context(Path(os.devnull).open("wb")).fileno()
    found = inherited if wanted is None else wanted if isinstance(wanted, int) else wanted.fileno()
    try:
        os.fstat(found)
    except OSError:  # closed, as in a daemon
        return stack.enter_context(Path(os.devnull).open("wb")).fileno()
    return int(found)
