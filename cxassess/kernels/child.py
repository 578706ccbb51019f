"""What a process that was just forked does to become a kernel like any other."""

from __future__ import annotations

import atexit
import gc
import importlib.util
import json
import os
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from cxassess.kernels import linux

MEMORY_LIMIT: Final = "KERNEL_MEMORY_LIMIT"
SECONDS_TO_STOP: Final = 2.0
SECONDS_TO_RECONNECT: Final = 0.4


@dataclass(frozen=True)
class ForkOrder:
    """What the zygote hands to a child.

    ``request``, ``out`` and ``err`` are descriptors: a JSON object with ``argv``, ``env``, ``cwd`` and ``restart``, the
    kernel's standard output and its error. ``foreign`` are descriptors that preloaded modules have left open,
    ``imported`` environment variables that they set.
    """

    reports: socket.socket
    request: int
    out: int
    err: int
    zygote: int
    foreign: frozenset[int]
    imported: Mapping[str, str]


def become_kernel(order: ForkOrder) -> NoReturn:
    """Run a kernel in this process, and end with it."""
    code = 1
    try:
        linux.die_with_parent()
        if os.getppid() != order.zygote:  # it ended before it could take us with it
            os._exit(1)
        os.setsid()
        with os.fdopen(order.request, encoding="utf-8") as file:
            request = json.load(file)
        _replace_descriptors(order)
        _replace_environment({**order.imported, **request["env"]})
        os.chdir(request["cwd"])
        _separate_from_siblings()
        linux.volunteer_for_oom()
        code = _run_kernel(request, order.reports)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        _finish(code)


def _replace_descriptors(order: ForkOrder) -> None:
    """Leave only the standard three and the socket to the owner open.

    A descriptor that a preloaded module holds is turned to ``/dev/null``: closed, its number would be given away again,
    and the module might close that.
    """
    nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(nothing, 0)
    os.dup2(order.out, 1)
    os.dup2(order.err, 2)
    for descriptor in order.foreign:
        os.dup2(nothing, descriptor, inheritable=False)
    for descriptor in (nothing, order.out, order.err):
        os.close(descriptor)


def _replace_environment(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None  # may have been looked up in the zygote's environment


def _separate_from_siblings() -> None:
    """Renew what all children of one process would share; the standard library renews ``random`` itself."""
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "multiprocessing.process" in sys.modules:
        sys.modules["multiprocessing.process"].current_process().authkey = os.urandom(32)


def _memory_limit(environment: Mapping[str, str]) -> int | None:
    """Return the limit in MiB that a request asks for."""
    text = environment.get(MEMORY_LIMIT, "")
    return int(text) if text.isdecimal() and int(text) > 0 else None


def _run_kernel(request: Mapping[str, Any], reports: socket.socket) -> int:
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  (imported by the zygote, not by who only reads this)

    argv, limit = request["argv"], _memory_limit(request["env"])
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else "ipykernel_launcher"), *argv]
    gc.enable()
    # The kernel looks whether its parent still lives, once a second, unless that is process 1; we needn't.
    app: Any = IPKernelApp.instance(parent_handle=1)
    app.initialize(argv)
    if "ipywidgets" in sys.modules:  # when it was imported there was no kernel yet to register with
        sys.modules["ipywidgets"].register_comm_target()
    if limit is not None:
        linux.limit_memory(limit)
    if request.get("restart"):  # its clients look for it every 0.1 to 0.2 s, and would miss its first output
        time.sleep(SECONDS_TO_RECONNECT)
    reports.send(b"ready")  # the sockets are bound: who connects now needn't try twice
    reports.close()
    app.start()
    for name in ("control_thread", "shell_channel_thread"):  # else they may write to sockets that atexit closes: a hang
        thread = getattr(app, name, None)
        if thread is not None and thread.is_alive():
            thread.join(SECONDS_TO_STOP)
    return 0


def _finish(code: int) -> NoReturn:
    """End as an interpreter does: threads, then exit functions, then output; but without taking everything apart."""
    try:
        if threading.current_thread() is threading.main_thread():
            threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)
