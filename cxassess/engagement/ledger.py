"""The ledger of erasures: a file beside the engagement that outlives it, so that no older copy brings anybody back.

It holds hashes of random pseudonyms, one a line, and nothing else of anyone. An entry is in it, on the disk, before
what it stands for is gone from the engagement.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cxassess.engagement.database import StorageError
from cxassess.errors import CxassessError

_SUFFIX: Final = ".erased"
_HEAD: Final = (
    "# Who was erased from the engagement beside this file: hashes of random pseudonyms, which stand for nobody.\n"
    "# Keep it beside the engagement: an older copy that comes back is brought up to date by it.\n"
)
_ENTRY = re.compile(r"[0-9a-f]{64}")
_TORN = re.compile(r"[0-9a-f]{0,63}|#.*")
_MOST_BYTES: Final = 10_000_000


def find_ledger(file: Path) -> Path:
    """Return where the ledger of an engagement's file is, or would be."""
    return file.with_name(file.name + _SUFFIX)


def make_erasure_key(engagement_id: str, pseudonym: str) -> str:
    """Return what the ledger keeps of somebody who was erased."""
    return hashlib.sha256(f"erased:{engagement_id}:{pseudonym}".encode()).hexdigest()


def read_ledger(path: Path | None) -> frozenset[str]:
    """Return the entries of a ledger; none if there is no such file.

    A line that was cut off when the machine went down stands for an erasure that had not begun.

    Raises
    ------
    CxassessError
        If the file is something else.
    """
    if path is None or not path.exists():
        return frozenset()
    try:
        with path.open("rb") as stream:
            lines = stream.read(_MOST_BYTES).decode("ascii", errors="replace").splitlines()
    except OSError as error:
        what = f"The ledger of erasures can’t be read: {error.strerror}."
        raise CxassessError.single(str(path), what, "Check its rights: without it, nobody stays erased.") from error
    strange = [line for line in lines if not _ENTRY.fullmatch(line) and not _TORN.fullmatch(line)]
    if strange:
        what = "The ledger of erasures is damaged."
        raise CxassessError.single(str(path), what, "Put a good copy of it in its place: `restore` needs every line.")
    return frozenset(line for line in lines if _ENTRY.fullmatch(line))


def add_to_ledger(path: Path, keys: Iterable[str]) -> None:
    """Write the keys that a ledger lacks at its end, and wait until they are on the disk.

    Raises
    ------
    StorageError
        If that can't be done.
    """
    missing = sorted(set(keys) - read_ledger(path))
    if not missing:
        return
    try:
        made = not path.exists()
        held = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        try:
            size = os.fstat(held).st_size
            torn = size > 0 and os.pread(held, 1, size - 1) != b"\n" if hasattr(os, "pread") else size > 0
            start = _HEAD if not size else "\n" if torn else ""
            _write_all(held, (start + "".join(f"{key}\n" for key in missing)).encode("ascii"))
            os.fsync(held)
        finally:
            os.close(held)
        if made:
            sync_folder(path.parent)
    except OSError as error:
        what = f"The ledger of erasures can’t be written: {error.strerror}."
        remedy = "Make room, and check the rights of the file and its folder. Nothing was erased."
        raise StorageError.single(str(path), what, remedy) from error


def sync_folder(folder: Path) -> None:
    """Wait until the names of the files in a folder are on the disk, where the system can do that."""
    if os.name == "nt":
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _write_all(held: int, content: bytes) -> None:
    while content:
        content = content[os.write(held, content) :]
