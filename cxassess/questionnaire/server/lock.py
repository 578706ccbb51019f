"""One server a file: a lock beside it, which ends with the process that holds it, however that ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cxassess.errors import CxassessError

_SUFFIX = ".serving"


class FileLock:
    """The right to serve a file, held until ``release``.

    Parameters
    ----------
    path : Path
        The file; the lock is a file beside it.

    Raises
    ------
    CxassessError
        If somebody else holds it, or nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + _SUFFIX)
        try:
            self._held = self._take()
        except BlockingIOError:
            what = "another server has this engagement open"
            raise CxassessError.single(str(path), what, "Stop that one first, or serve the file there only.") from None
        except OSError as error:
            what = f"the file can’t be locked: {error.strerror}"
            raise CxassessError.single(
                str(path), what, "Check the rights of its folder, and the free space."
            ) from error

    def release(self) -> None:
        """Give the right back."""
        self.path.unlink(missing_ok=True)  # before it is let go: whoever takes it next makes a file of their own
        os.close(self._held)

    def _take(self) -> int:
        while True:
            held = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                _lock(held)
                if self._is_there(held):
                    return held
            except BaseException:
                os.close(held)
                raise
            os.close(held)  # its holder took the file away in between

    def _is_there(self, held: int) -> bool:
        try:
            return os.path.samestat(os.fstat(held), self.path.stat())
        except FileNotFoundError:
            return False


if sys.platform == "win32":
    import msvcrt

    def _lock(held: int) -> None:
        try:
            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
else:
    import fcntl

    def _lock(held: int) -> None:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
