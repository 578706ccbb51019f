"""New files that are whole or not there, never take another's place, and that only this user may read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxassess.engagement.ledger import sync_folder
from cxassess.errors import CxassessError


@contextmanager
def write_new(out: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give an empty part file to be filled; at the end it is on the disk, and in its place at once.

    Parameters
    ----------
    out : Path
        Where it shall be.
    replace : bool
        Take the place of a file that is there.

    Raises
    ------
    CxassessError
        If there is a file already, or none can be written there.
    """
    if not out.parent.is_dir():
        raise CxassessError.single(str(out), "There is no such folder.", "Make it first, or name another.")
    if out.exists() and not replace:
        raise _exists(out)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            yield part
            _sync(part)
            _put(part, out, replace=replace)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        what = f"The file can’t be written: {error.strerror}."
        raise CxassessError.single(str(out), what, "Make room, or name a folder that you may write to.") from error


def _sync(path: Path) -> None:
    held = os.open(path, os.O_RDWR)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _put(part: Path, out: Path, *, replace: bool) -> None:
    if replace:
        part.replace(out)
    else:
        try:
            os.link(part, out)
        except FileExistsError:
            raise _exists(out) from None
        except OSError:  # a file system without links
            if out.exists():
                raise _exists(out) from None
            part.rename(out)
    sync_folder(out.parent)


def _exists(out: Path) -> CxassessError:
    return CxassessError.single(str(out), "The file is there already.", "Name another; nothing is overwritten.")
