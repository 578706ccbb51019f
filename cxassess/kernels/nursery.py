"""The zygotes of this process: one for each kind of settings, started when first needed, ended with the process."""

from __future__ import annotations

import atexit
import os
import threading
import time
from typing import TYPE_CHECKING, Final

from cxassess.kernels.handle import ZygoteError, ZygoteHandle
from cxassess.kernels.settings import ZygoteSettings

if TYPE_CHECKING:
    from cxassess.kernels.folders import PrivateFolder

SECONDS_TO_RETRY: Final = 60.0  # what could not be started once isn't tried for each kernel


class Nursery:
    """Zygotes by their settings, and the folder for the sockets of the kernels that this process starts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._zygotes: dict[ZygoteSettings, ZygoteHandle] = {}
        self._retired: list[ZygoteHandle] = []
        self._failed: dict[ZygoteSettings, tuple[float, str]] = {}
        self._folder: PrivateFolder | None = None

    def find(self, settings: ZygoteSettings) -> ZygoteHandle | None:
        """Return a zygote that runs already."""
        zygote = self._zygotes.get(settings)
        return zygote if zygote is not None and zygote.alive else None

    def get(self, settings: ZygoteSettings) -> ZygoteHandle:
        """Return a zygote, started now if there is none.

        Raises
        ------
        ZygoteError
            If it cannot be started.
        """
        with self._lock:
            found = self.find(settings)
            if found is not None:
                return found
            since, problem = self._failed.get(settings, (-SECONDS_TO_RETRY, ""))
            if time.monotonic() - since < SECONDS_TO_RETRY:
                raise ZygoteError(problem)
            dead = self._zygotes.pop(settings, None)
            if dead is not None:
                dead.close()
            try:
                zygote = self._zygotes[settings] = ZygoteHandle.start(settings, self._make_folder())
            except (OSError, ZygoteError) as error:
                self._failed[settings] = time.monotonic(), str(error)
                raise ZygoteError(str(error)) from error
            return zygote

    def adopt(self, settings: ZygoteSettings, address: str) -> None:
        """Use the zygote of another process for these settings, instead of starting one.

        Raises
        ------
        ZygoteError
            If it has ended.
        """
        zygote = ZygoteHandle.connect(settings, address)
        with self._lock:
            former = self._zygotes.get(settings)
            self._zygotes[settings] = zygote
            if former is not None:
                self._retire(former)

    def retire(self, zygote: ZygoteHandle) -> None:
        """Start a new zygote when the next is needed; kernels of this one go on."""
        with self._lock:
            if self._zygotes.get(zygote.settings) is zygote:
                del self._zygotes[zygote.settings]
                self._retire(zygote)

    def _retire(self, zygote: ZygoteHandle) -> None:
        zygote.retire()
        self._retired.append(zygote)
        for old in [one for one in self._retired if not one.alive]:
            old.close()
            self._retired.remove(old)

    def socket_folder(self) -> str:
        """Return the private folder, made now if there is none."""
        with self._lock:
            return str(self._make_folder().path)

    def _make_folder(self) -> PrivateFolder:
        from cxassess.kernels.folders import make_folder  # noqa: PLC0415  (there is no fcntl on Windows)

        if self._folder is None or not self._folder.path.is_dir():
            self._folder = make_folder()
        return self._folder

    def close(self) -> None:
        """End all zygotes and their kernels; in a process that was forked from the one they belong to, do nothing."""
        if self._pid != os.getpid():
            return
        with self._lock:
            for zygote in (*self._zygotes.values(), *self._retired):
                zygote.close()
            self._zygotes.clear()
            self._retired.clear()
            if self._folder is not None:
                self._folder.remove()
                self._folder = None

    def forget(self) -> None:
        """Let go, in a process just forked, of what belongs to its parent, and begin anew."""
        for zygote in (*self._zygotes.values(), *self._retired):
            zygote.forget()
        if self._folder is not None:
            os.close(self._folder.lock)
        self.__init__()  # type: ignore[misc]


NURSERY = Nursery()
atexit.register(NURSERY.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=NURSERY.forget)
