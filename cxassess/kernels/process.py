"""The owner's view of one forked kernel, with the methods of ``subprocess.Popen`` that Jupyter uses."""

from __future__ import annotations

import asyncio
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

LONGEST_PACKET: Final = 1024


class ForkedProcess:
    """A kernel that is a child of the zygote; the zygote reports what becomes of it, and passes signals on.

    A signal reaches the process group of the kernel. The zygote knows of each process until it has been waited for, so
    it can't be one that has the same number by now.

    Parameters
    ----------
    reports : socket.socket
        Where the zygote reports.
    """

    stdin = stdout = stderr = None

    def __init__(self, reports: socket.socket) -> None:
        reports.setblocking(False)
        self._reports = reports
        self.pid: int | None = None
        self.ready = False
        self.returncode: int | None = None
        self.problem = ""

    def poll(self) -> int | None:
        """Return the exit code, as ``subprocess`` has it, or None while the kernel runs."""
        while self.returncode is None:
            try:
                message = self._reports.recv(LONGEST_PACKET)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                message = b""
            self._note(message.decode())
        return self.returncode

    def _note(self, message: str) -> None:
        verb, _, rest = message.partition(" ")
        if verb == "pid":
            self.pid = int(rest)
        elif verb == "ready":
            self.ready = True
        elif verb == "exit":
            self.returncode = int(rest)
        else:  # a reason why there is no kernel; or nothing at all: the zygote was killed, and its kernels with it
            self.problem = message or "the zygote has ended"
            self.returncode = -signal.SIGKILL
        if self.returncode is not None:
            self._reports.close()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end.

        Raises
        ------
        subprocess.TimeoutExpired
            If it doesn't end in time.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = None if end is None else end - time.monotonic()
            if timeout is not None and left is not None and left <= 0:
                raise subprocess.TimeoutExpired("kernel", timeout)
            poller = select.poll()
            poller.register(self._reports, select.POLLIN)
            poller.poll(None if left is None else left * 1000)
        return code

    async def wait_started(self, seconds: float) -> None:
        """Wait until the kernel listens, or has ended."""
        await self._wait_until(lambda: self.ready, seconds)

    async def wait_ended(self, seconds: float | None = None) -> None:
        """Wait until the kernel has ended, without looking every now and then."""
        await self._wait_until(lambda: False, seconds)

    async def _wait_until(self, done: Callable[[], bool], seconds: float | None) -> None:
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while self.poll() is None and not done():
            news = asyncio.Event()
            with self._reports.dup() as own:  # a loop watches a descriptor for one waiter only
                loop.add_reader(own, news.set)
                try:
                    await asyncio.wait_for(news.wait(), None if end is None else max(end - loop.time(), 0))
                except TimeoutError:
                    return
                finally:
                    loop.remove_reader(own)

    def send_signal(self, number: int) -> None:
        """Have the zygote signal the kernel's process group."""
        if self.poll() is None:
            with suppress(OSError):
                self._reports.send(str(int(number)).encode())

    def kill(self) -> None:
        """Kill the kernel's process group."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel's process group to end."""
        self.send_signal(signal.SIGTERM)
