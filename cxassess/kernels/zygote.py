"""The zygote: a program with everything imported and a single thread, which forks a kernel for each request.

``python -m cxassess.kernels.zygote CONTROL LOCK SETTINGS``. It lives as long as the process at the other end of the
socket CONTROL, its owner, and ends all its kernels when that one has gone. Other processes connect to a socket in the
private folder; their kernels end with them.

A request is one packet, ``fork NAME``, with four file descriptors: the socket to report to, the request itself, the
kernel's standard output and standard error. Reports are ``pid N``, ``ready`` (from the kernel), ``exit CODE``,
``stale`` (a preloaded file has changed) or ``failed REASON``; what comes back on that socket is a signal's number.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from cxassess.kernels import linux
from cxassess.kernels.child import ForkOrder, become_kernel
from cxassess.kernels.loading import Loaded, load_everything

LONGEST_PACKET: Final = 1024


@dataclass(frozen=True)
class Kernel:
    """A kernel that runs: where its sockets are, where to report, and the client that asked for it."""

    name: str
    reports: socket.socket
    client: socket.socket


class Zygote:
    """The zygote's state, and its answers to everything that can happen."""

    def __init__(self, owner: socket.socket, lock: int, folder: Path, loaded: Loaded) -> None:
        self.owner = owner
        self.lock = lock
        self.folder = folder
        self.watched = loaded.files
        self.imported = loaded.environment
        self.pid = os.getpid()
        self.retired = False
        self.clients = {owner}
        self.kernels: dict[int, Kernel] = {}
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.address = folder / f"zygote-{self.pid}"
        self.listener.bind(os.fspath(self.address))
        self.listener.listen()
        self.wake, self.woken = socket.socketpair()
        self.wake.setblocking(False)
        self.woken.setblocking(False)
        signal.set_wakeup_fd(self.wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.selector.register(self.woken, selectors.EVENT_READ, self._reap)
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.selector.register(owner, selectors.EVENT_READ, partial(self._hear_client, owner))
        known = {self.wake, self.woken, self.listener, owner}
        own = {lock, self.selector.fileno(), *(one.fileno() for one in known)}
        self.foreign = frozenset(linux.open_descriptors() - own - {0, 1, 2})

    def serve(self) -> ForkOrder:
        """Answer requests for ever; returns in a forked child only."""
        while True:
            for key, _ in self.selector.select():
                order = key.data()
                if order is not None:
                    return order  # type: ignore[no-any-return]

    def _accept(self) -> None:
        client, _ = self.listener.accept()
        self.clients.add(client)
        self.selector.register(client, selectors.EVENT_READ, partial(self._hear_client, client))

    def _hear_client(self, client: socket.socket) -> ForkOrder | None:
        if client not in self.clients:  # dropped by an earlier event of the same round
            return None
        try:
            message, descriptors, _, _ = socket.recv_fds(client, LONGEST_PACKET, 4)
        except OSError:
            message, descriptors = b"", []
        verb, _, name = message.decode().partition(" ")
        if verb == "fork" and len(descriptors) == 4:
            return self._fork(client, name, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if verb == "retire" and client is self.owner:
            self._retire()
        elif not message and client is self.owner:
            self._end()
        else:
            self._drop(client)
        return None

    def _fork(self, client: socket.socket, name: str, descriptors: list[int]) -> ForkOrder | None:
        told, request, out, err = descriptors
        reports = socket.socket(fileno=told)
        reports.setblocking(False)
        problem = "stale" if self.retired or self.watched.changed() else ""
        pid = -1
        if not problem:
            try:
                pid = os.fork()
            except OSError as error:
                problem = f"failed {error}"
        if pid == 0:
            self._forget()
            return ForkOrder(reports, request, out, err, self.pid, self.foreign, self.imported)
        for descriptor in (request, out, err):
            os.close(descriptor)
        if problem:
            _report(reports, problem)
            reports.close()
            return None
        self.kernels[pid] = Kernel(name, reports, client)
        self.selector.register(reports, selectors.EVENT_READ, partial(self._hear_kernel_owner, pid))
        _report(reports, f"pid {pid}")
        return None

    def _hear_kernel_owner(self, pid: int) -> None:
        kernel = self.kernels.get(pid)
        if kernel is None:
            return
        try:
            message = kernel.reports.recv(LONGEST_PACKET)
        except BlockingIOError:
            return
        except OSError:
            message = b""
        if message:
            _signal_group(pid, int(message))
        else:  # nobody looks at this kernel any more; as with an ordinary process, it goes on
            self.selector.unregister(kernel.reports)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            self.woken.recv(4096)
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if found is None:
                break
            self._bury(found.si_pid)
        if self.retired and not self.kernels:
            self._leave()

    def _bury(self, pid: int) -> None:
        """End what a kernel left running, remove its sockets, and report its exit code.

        Its process group is killed before its process is waited for: until then no other can get the same number.
        """
        kernel = self.kernels.pop(pid, None)
        if kernel is not None:
            _signal_group(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if kernel is None:
            return
        for left in self.folder.glob(f"{kernel.name}-*"):
            left.unlink(missing_ok=True)
        _report(kernel.reports, f"exit {os.waitstatus_to_exitcode(status)}")
        with suppress(KeyError):
            self.selector.unregister(kernel.reports)
        kernel.reports.close()

    def _drop(self, client: socket.socket) -> None:
        """End the kernels of a client that has gone."""
        for pid, kernel in self.kernels.items():
            if kernel.client is client:
                _signal_group(pid, signal.SIGKILL)
        self.clients.discard(client)
        self.selector.unregister(client)
        client.close()

    def _retire(self) -> None:
        """Fork no more, and end with the last kernel: another zygote has taken over."""
        self.retired = True
        if not self.kernels:
            self._leave()

    def _leave(self) -> None:
        self.address.unlink(missing_ok=True)
        os._exit(0)

    def _end(self) -> None:
        """End with all kernels: the owner has gone."""
        for pid in self.kernels:
            _signal_group(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)

    def _forget(self) -> None:
        """Close, in a forked child, every socket of the zygote's own, other kernels' included."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.selector.close()
        for one in (self.listener, self.wake, self.woken, *self.clients):
            one.close()
        for kernel in self.kernels.values():
            kernel.reports.close()
        os.close(self.lock)
        self.clients.clear()
        self.kernels.clear()


def _report(reports: socket.socket, text: str) -> None:
    with suppress(OSError):  # nobody listens any more, or not fast enough
        reports.send(text.encode()[:LONGEST_PACKET])


def _signal_group(pid: int, number: int) -> None:
    """Signal a kernel and its children; it may not have come so far as to have a group of its own."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def main() -> None:
    """Run the zygote; a forked child goes on as a kernel."""
    owner, lock, settings = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), json.loads(sys.argv[3])
    del sys.path[0]  # where -m was called
    try:
        zygote = Zygote(
            owner, lock, Path(settings["folder"]), load_everything(settings["preload"], settings["warm_up"])
        )
        owner.send(f"ready {zygote.address}".encode())
    except Exception as error:
        _report(owner, f"failed {type(error).__name__}: {error}")
        raise
    become_kernel(zygote.serve())


if __name__ == "__main__":
    main()
