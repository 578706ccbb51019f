"""Opening a response file: what it is, judged by its bytes and not by its name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal

from cxassess.errors import CxassessError, Problem

MAX_BYTES: Final = 200_000_000
_SAVE_AS: Final = "Save it as CSV UTF-8 or as an Excel workbook (.xlsx) and read that."
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")

_BLOCK: Final = 1 << 20
_WIDE: Final = "a CSV or Parquet file with one row per respondent and wave, and a column for each item (LO1 …)"

Kind = Literal["text", "zip", "parquet"]


@dataclass(frozen=True)
class FoundFile:
    """A file that is there and may be read, before it is.

    Parameters
    ----------
    path : Path
        Where it is.
    name : str
        File name without its folder.
    size : int
        In bytes.
    kind : {"text", "zip", "parquet"}
        A workbook is a ZIP archive; all else but Parquet is tried as text.
    changed : int
        When it was last written, in ns.
    """

    path: Path
    name: str
    size: int
    kind: Kind
    changed: int

    def say_changed(self) -> Problem:
        """Return the problem that the file isn't the same any more."""
        remedy = "Wait until it is written, and read it again."
        return Problem(self.name, "The file was changed while it was being read.", remedy)

    def blocks(self) -> Iterator[bytes]:
        """Return the bytes, a block at a time."""
        with self.opened() as stream:
            while block := stream.read(_BLOCK):
                yield block

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the file; CxassessError if it was written to since it was found."""
        with _explain(self.path, OSError), self.path.open("rb") as stream:
            state = os.fstat(stream.fileno())
            if (state.st_size, state.st_mtime_ns) != (self.size, self.changed):
                raise CxassessError([self.say_changed()])
            yield stream

    def sha256(self) -> str:
        """Return the hash of the bytes, in hex."""
        total = hashlib.sha256()
        for block in self.blocks():
            total.update(block)
        return total.hexdigest()


@dataclass(frozen=True)
class RawFile:
    """A file's bytes.

    Parameters
    ----------
    name : str
        File name without its folder.
    data : bytes
        All of it.
    kind : {"text", "zip", "parquet"}
        A workbook is a ZIP archive; all else but Parquet is tried as text.
    """

    name: str
    data: bytes
    kind: Kind

    @property
    def sha256(self) -> str:
        """Hash of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def find_file(path: str | Path) -> FoundFile:
    """Look at a file and its first bytes.

    Raises
    ------
    CxassessError
        If there is no such file, if it is a folder, empty, unreadable, or of a kind that isn't read.
    """
    path = Path(path)
    name = path.name or str(path)
    with _explain(path, OSError, ValueError):
        if path.is_dir():
            raise CxassessError.single(str(path), "This is a folder, not a file.", "Give the response file itself.")
        state = path.stat()
        with path.open("rb") as stream:
            head = stream.read(_BLOCK)
            if head.startswith(_OLE):
                head += stream.read(MAX_BYTES)
    if len(head) == state.st_size:
        _refuse_empty(name, head)
    _refuse_other_kinds(name, head)
    kind: Kind = "zip" if head[:2] == b"PK" else "parquet" if head[:4] == b"PAR1" else "text"
    return FoundFile(path, name, state.st_size, kind, state.st_mtime_ns)


def read_file(path: str | Path) -> RawFile:
    """Read a file into memory.

    Raises
    ------
    CxassessError
        If there is no such file, if it is a folder, empty, too large, unreadable, or of a kind that isn't read.
    """
    return load_file(find_file(path))


def load_file(file: FoundFile) -> RawFile:
    """Read a file that was found into memory; CxassessError if it is too large."""
    if file.size > MAX_BYTES:
        what = f"The file has {file.size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read at once."
        remedy = f"Split it, or make {_WIDE} of it: `cxassess scores` and `cxassess report` read those in any size."
        raise CxassessError.single(file.name, what, remedy)
    with file.opened() as stream:
        data = stream.read()
    _refuse_empty(file.name, data)
    return RawFile(file.name, data, file.kind)


def refuse_large(file: FoundFile, what: str) -> None:
    """Refuse a file that is read as a whole, and therefore only up to a size; say how to make it one of any size."""
    if file.size > MAX_BYTES:
        most = f"at most {MAX_BYTES / 1e6:,.0f} MB of {what} are read"
        what = f"The file has {file.size / 1e6:,.0f} MB; {most}."
        raise CxassessError.single(file.name, what, f"Make {_WIDE} of it.")


@contextmanager
def _explain(path: Path, *errors: type[Exception]) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise CxassessError.single(str(path), "There is no such file.", "Check the name and the folder.") from None
    except errors as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "Check that you may read it, and close it elsewhere."
        raise CxassessError.single(str(path), f"The file can’t be read: {reason}.", remedy) from error


def _refuse_empty(name: str, data: bytes) -> None:
    if not data.strip():
        raise CxassessError.single(name, "The file is empty.", "Export the responses again.")


def _refuse_other_kinds(name: str, data: bytes) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            remedy = "Open it in Excel, remove the password (File, Info, Protect workbook), save it, and read that."
            raise CxassessError.single(name, "The workbook is protected by a password.", remedy)
        raise CxassessError.single(name, "This is an old Excel workbook (.xls) or another Office file.", _SAVE_AS)
    kinds = {
        b"%PDF": "a PDF",
        b"\x1f\x8b": "a gzip archive",
        b"7z\xbc\xaf": "a 7-Zip archive",
        b"{\\rtf": "an RTF text",
    }
    for start, kind in kinds.items():
        if data.startswith(start):
            raise CxassessError.single(name, f"This is {kind}, not a table of responses.", _SAVE_AS)
