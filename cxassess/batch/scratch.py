"""A private folder for a run's own files, which is gone when the run is, however it ended."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PREFIX: Final = "cxassess-run-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that only this user can open, and remove it at the end.

    What killed runs left behind is removed first: they had no chance to do it themselves, and it is people's answers.
    """
    _remove_stale()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_stale() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdecimal() and not _is_alive(int(owner)) and _is_ours(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True  # Windows: the temporary folder itself is the user's own
    try:
        return folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def _is_alive(process: int) -> bool:
    import psutil  # noqa: PLC0415  (only where something was left)

    return bool(psutil.pid_exists(process))
