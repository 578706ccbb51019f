"""One end of a connection to a zygote: start it, or connect to one of another process, and have it fork."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cxassess.kernels.process import LONGEST_PACKET, ForkedProcess
from cxassess.kernels.settings import ZygoteSettings

if TYPE_CHECKING:
    from cxassess.kernels.folders import PrivateFolder

SECONDS_TO_START: Final = 120.0
SECONDS_TO_END: Final = 5.0
LINES_OF_LOG: Final = 3


class ZygoteError(Exception):
    """A zygote could not be started or reached; the message says why."""


@dataclass(frozen=True)
class KernelRequest:
    """A kernel as its manager wants it.

    Parameters
    ----------
    name : str
        What the kernel's sockets in the private folder begin with.
    argv : list of str
        The launcher's arguments.
    env : dict
        Its environment.
    cwd : str
        Its working folder.
    restart : bool
        Whether there was one before, whose clients will connect to this one.
    """

    name: str
    argv: list[str]
    env: dict[str, str]
    cwd: str
    restart: bool = False


@dataclass(frozen=True)
class ZygoteHandle:
    """A connection to a zygote.

    Parameters
    ----------
    settings : ZygoteSettings
        What it was started with.
    connection : socket.socket
        To the zygote; its end is the end of the kernels that were asked for through it.
    folder : Path
        Where the kernels have their sockets.
    address : str
        Where other processes connect.
    program : subprocess.Popen, optional
        The zygote itself, if it is this process's own.
    """

    settings: ZygoteSettings
    connection: socket.socket
    folder: Path
    address: str
    program: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, settings: ZygoteSettings, folder: PrivateFolder) -> ZygoteHandle:
        """Start a zygote and wait until it can fork.

        Raises
        ------
        ZygoteError
            If it can't.
        """
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {"preload": settings.preload, "warm_up": settings.warm_up, "folder": str(folder.path)}
        descriptors = (theirs.fileno(), folder.lock)
        command = [settings.executable, "-m", f"{__package__}.zygote", *map(str, descriptors), json.dumps(options)]
        log = folder.path / "zygote.log"
        with theirs, log.open("ab") as err:
            program = subprocess.Popen(  # noqa: S603  (this interpreter, this package)
                command,
                pass_fds=descriptors,
                env=settings.environment(os.environ),
                cwd=folder.path,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=err,
                start_new_session=True,
            )
        mine.settimeout(SECONDS_TO_START)
        try:
            verb, _, rest = mine.recv(LONGEST_PACKET).decode().partition(" ")
        except OSError:
            verb, rest = "", f"it was not ready after {SECONDS_TO_START:.0f} seconds"
        mine.settimeout(None)
        handle = cls(settings, mine, folder.path, rest, program)
        if verb != "ready":
            handle.close()
            raise ZygoteError(rest or _last_lines(log) or f"it ended with code {program.returncode}")
        return handle

    @classmethod
    def connect(cls, settings: ZygoteSettings, address: str) -> ZygoteHandle:
        """Connect to the zygote of another process.

        Raises
        ------
        ZygoteError
            If there is none at that address.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            raise ZygoteError(f"the shared zygote has ended ({error})") from error
        return cls(settings, connection, Path(address).parent, address)

    @property
    def alive(self) -> bool:
        """Whether the zygote runs."""
        if self.program is not None and self.program.poll() is not None:
            return False
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def fork(self, kernel: KernelRequest, out: int, err: int) -> ForkedProcess:
        """Ask for a kernel.

        Parameters
        ----------
        kernel : KernelRequest
            What it is to be.
        out, err : int
            Descriptors for its standard output and error.

        Raises
        ------
        ZygoteError
            If the zygote has ended.
        """
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory = os.memfd_create("kernel-request")
        try:
            with os.fdopen(os.dup(memory), "wb") as file:
                file.write(json.dumps(asdict(kernel)).encode())
            os.lseek(memory, 0, os.SEEK_SET)
            socket.send_fds(self.connection, [f"fork {kernel.name}".encode()], [theirs.fileno(), memory, out, err])
        except OSError as error:
            mine.close()
            raise ZygoteError(f"the zygote has ended ({error})") from error
        finally:
            theirs.close()
            os.close(memory)
        return ForkedProcess(mine)

    def retire(self) -> None:
        """Let the zygote's kernels go on, and the zygote end after them."""
        with suppress(OSError):
            self.connection.send(b"retire")

    def close(self) -> None:
        """End the zygote, if it is this process's own, and the kernels that were asked for through this connection."""
        self.connection.close()
        if self.program is None:
            return
        try:
            self.program.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()

    def forget(self) -> None:
        """Close this process's copy of the connection, in a child of the owner: it must not keep the zygote alive."""
        self.connection.close()
        if self.program is not None:
            self.program.returncode = 0  # not this process's child: nothing to wait for


def _last_lines(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return " / ".join(line.strip() for line in lines[-LINES_OF_LOG:])
