"""Jupyter's extension point: start a kernel by forking a zygote, or as usual where that can't be done."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.localinterfaces import localhost
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from cxassess.kernels.client import PromptClient
from cxassess.kernels.feasibility import find_obstacle, open_outputs
from cxassess.kernels.handle import KernelRequest, ZygoteError, ZygoteHandle
from cxassess.kernels.nursery import NURSERY
from cxassess.kernels.process import ForkedProcess
from cxassess.kernels.settings import ZygoteSettings

SECONDS_TO_START: Final = 60.0
SECONDS_TO_OBEY: Final = 0.25
SECONDS_TO_STOP: Final = 1.0
TRIES: Final = 3

_said: set[str] = set()


class ForkProvisioner(LocalProvisioner):
    """Start ipykernels of this interpreter by forking; everything else, and everywhere else, as ``LocalProvisioner``.

    The kernelspec's ``config`` sets the traits.
    """

    preload = List(Unicode(), help="Modules to import before forking.")
    warm_up = Unicode("", help="module:function to call after the imports.")
    _forks = False

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Let a kernel that will be forked talk over sockets in a private folder."""
        obstacle = find_obstacle(self.kernel_spec.argv, kwargs)
        self._forks = not obstacle
        if obstacle:
            self._say_once(logging.INFO, obstacle)
        elif self.parent is not None:
            try:
                self._prepare_manager(self.parent)
            except OSError as error:
                self._say_once(logging.WARNING, f"there is no private folder for their sockets ({error})")
                self._forks = False
        prepared: dict[str, Any] = await super().pre_launch(**kwargs)
        return prepared

    def _prepare_manager(self, manager: Any) -> None:
        """Set what a manager has no option for; a test watches that it still has these attributes."""
        if manager.transport == "tcp" and manager.ip == localhost() and not any(manager.ports):
            manager.transport = "ipc"
            manager.cache_ports = False
            manager.ip = f"{NURSERY.socket_folder()}/{self._name}"
            # The file holds the key to the kernel; there it is removed even if this process is killed.
            manager.connection_file = manager.connection_file or f"{manager.ip}.json"
        if manager.client_factory is AsyncKernelClient:
            manager.client_factory = PromptClient

    @property
    def _name(self) -> str:
        return str(self.kernel_id)[:13]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel, or start it as usual where that fails."""
        process = await self._fork(cmd, kwargs) if self._forks else None
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process  # type: ignore[assignment]  # it is enough of a Popen
        self.pid, self.pgid = process.pid, None  # without a group's number, signals go through the process object
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def _fork(self, cmd: list[str], kwargs: Mapping[str, Any]) -> ForkedProcess | None:
        cwd = os.fspath(kwargs.get("cwd") or Path.cwd())
        if not Path(cwd).is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), cwd)
        environment = {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())}
        settings = ZygoteSettings.for_kernel(self.preload, self.warm_up, environment)
        request = KernelRequest(self._name, cmd[3:], environment, cwd, restart=self.pid is not None)
        problem = ""
        for _ in range(TRIES):
            try:
                zygote = await _find_or_start(settings)
            except ZygoteError as error:
                problem = str(error)
                break
            try:
                with open_outputs(kwargs) as (out, err):
                    process = zygote.fork(request, out, err)
            except ZygoteError as error:
                problem = str(error)
                continue
            await process.wait_started(SECONDS_TO_START)
            if not process.problem:
                return process
            problem = process.problem
            if problem == "stale":
                NURSERY.retire(zygote)
        self._say_once(logging.WARNING, f"no kernel could be forked: {problem}")
        return None

    def _say_once(self, level: int, reason: str) -> None:
        """Log, once per process, why kernels start as usual."""
        if reason not in _said:
            _said.add(reason)
            self.log.log(level, "Kernels start in the ordinary way: %s", reason)

    async def wait(self) -> int | None:
        """Wait for the kernel's end, without looking every 0.1 s."""
        if isinstance(self.process, ForkedProcess):
            await self.process.wait_ended()
        code: int | None = await super().wait()
        return code

    async def send_signal(self, signum: int) -> None:
        """Send a signal; but not the interrupt with which a manager begins to shut a kernel down.

        An idle kernel needs none, and would complain if it has only just become idle.
        """
        ends = isinstance(self.process, ForkedProcess) and getattr(self.parent, "shutting_down", False)
        if signum != signal.SIGINT or not ends:
            await super().send_signal(signum)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Give the kernel time to stop, and interrupt its cell if it doesn't; the manager would look every 0.1 s."""
        if isinstance(self.process, ForkedProcess):
            await self.process.wait_ended(SECONDS_TO_OBEY)
            self.process.send_signal(signal.SIGINT)
            await self.process.wait_ended(SECONDS_TO_STOP)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see it go."""
        await super().kill(restart)
        if isinstance(self.process, ForkedProcess):
            await self.process.wait_ended(SECONDS_TO_STOP)


async def _find_or_start(settings: ZygoteSettings) -> ZygoteHandle:
    """Return this process's zygote; if it must be started, which takes seconds, let other tasks go on."""
    found = NURSERY.find(settings)
    return await asyncio.to_thread(NURSERY.get, settings) if found is None else found
