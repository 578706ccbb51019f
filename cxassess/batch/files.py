"""Files that are whole or not there, in a local folder."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

_PART: Final = ".part"
#: What the system says when nothing more can be written to a folder, whichever file it is.
_FOLDER_FAULTS: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EIO}
)


class FolderError(Exception):
    """The output folder takes no more files: full, read-only, or gone. The run can't go on.

    Parameters
    ----------
    folder, reason : str
        Which folder, and what the system says.
    """

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder, self.reason = folder, reason

    def __str__(self) -> str:
        return f"{self.folder}: {self.reason}"


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file so that nobody ever sees half of it: a part file beside it, then one atomic rename.

    Raises
    ------
    FolderError
        If the folder is full, read-only or gone; nothing is left of the file then.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    try:
        _write(part, content)
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return path


def _write(part: Path, content: bytes) -> None:
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        if error.errno in _FOLDER_FAULTS:
            raise FolderError(str(part.parent), error.strerror or str(error)) from error
        raise


def remove_parts(folder: Path) -> None:
    """Remove the part files that a killed run left."""
    for part in folder.glob(f".*{_PART}"):
        part.unlink(missing_ok=True)
