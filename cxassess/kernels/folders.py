"""The private folder in which a process's kernels have their sockets; nobody but its owner's user can enter it."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "cxk-"
LOCK: Final = "lock"
LONGEST: Final = 70  # a socket's path has 107 bytes at most, with the kernel's name in it
GRACE: Final = 60.0  # seconds in which a new folder may still be without a lock


@dataclass(frozen=True)
class PrivateFolder:
    """A folder and the descriptor of its lock, which is held by all processes that need the folder.

    The system lets go of the lock when the last of them ends, in whatever way: a folder whose lock is free is nobody's.
    """

    path: Path
    lock: int

    def remove(self) -> None:
        """Remove the folder with everything in it, and let go of the lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def make_folder() -> PrivateFolder:
    """Make a private folder, after removing those that killed processes left behind."""
    parent = _parent()
    remove_abandoned(parent)
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (path / LOCK).stat()
        except OSError:  # another process took it for an abandoned one, in the moment before it was locked
            os.close(lock)
            continue
        return PrivateFolder(path, lock)


def _parent() -> Path:
    chosen = Path(tempfile.gettempdir())
    return chosen if len(os.fsencode(chosen)) <= LONGEST - len(PREFIX) - 9 else Path("/tmp")  # noqa: S108


def remove_abandoned(parent: Path) -> list[Path]:
    """Remove private folders of this user whose processes have all ended.

    Returns
    -------
    list of Path
        The folders removed.
    """
    return [path for path in parent.glob(f"{PREFIX}*") if _remove_if_abandoned(path)]


def _remove_if_abandoned(path: Path) -> bool:
    try:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            return False
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return _remove_if_never_locked(path)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _remove_if_never_locked(path: Path) -> bool:
    try:
        if time.time() - path.stat().st_mtime < GRACE:
            return False
        shutil.rmtree(path, ignore_errors=True)
    except OSError:
        return False
    return True
