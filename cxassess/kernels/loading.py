"""What a zygote imports before it forks, and what it must be like then."""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

from cxassess.kernels import linux
from cxassess.kernels.watch import WatchedFiles

# What an ipykernel imports while it starts or runs its first cell; left out if a version doesn't have it.
KERNEL_MODULES: Final = (
    "asyncio",
    "comm",
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "multiprocessing.process",
    "pdb",
    "psutil",
    "tornado.platform.asyncio",
)


class CannotForkError(Exception):
    """The zygote is not in a state in which forking is safe."""


@dataclass(frozen=True)
class Loaded:
    """What preparing has led to: files to watch, and environment variables that modules set when they are imported."""

    files: WatchedFiles
    environment: dict[str, str]


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let modules that look at ``get_ipython()`` when they are imported see that they are in a kernel.

    pandas does, and would otherwise fit tables to the width of a terminal for good.
    """
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]


def load_everything(preload: list[str], warm_up: str) -> Loaded:
    """Import everything, and refuse to go on if that has started a thread."""
    before = dict(os.environ)
    for name in KERNEL_MODULES:
        with suppress(ImportError):
            importlib.import_module(name)
    with _as_in_a_kernel():
        for name in preload:
            importlib.import_module(name)
        if warm_up:
            module, _, function = warm_up.partition(":")
            getattr(importlib.import_module(module), function)()
    threads = linux.count_threads()
    if threads != 1:
        what = f"the modules to preload have started {threads - 1} thread(s), which a forked process would not have"
        raise CannotForkError(what)
    environment = {name: value for name, value in os.environ.items() if before.get(name) != value}
    watched = WatchedFiles.of_loaded_modules()
    for loaded in list(sys.modules.values()):  # what was warned of here must be warned of again in the first kernel
        getattr(loaded, "__warningregistry__", {}).clear()
    gc.collect()
    gc.freeze()  # what is frozen isn't touched by collections, so its memory stays shared
    gc.disable()
    return Loaded(watched, environment)
