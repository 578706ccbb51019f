"""Opening a response file: what it is, judged by its bytes and not by its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cxassess.errors import CxassessError

MAX_BYTES: Final = 200_000_000
_SAVE_AS: Final = "Save it as CSV UTF-8 or as an Excel workbook (.xlsx) and read that."
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")

Kind = Literal["text", "zip"]


@dataclass(frozen=True)
class RawFile:
    """A file's bytes.

    Parameters
    ----------
    name : str
        File name without its folder.
    data : bytes
        All of it.
    kind : {"text", "zip"}
        A workbook is a ZIP archive; all else is tried as text.
    """

    name: str
    data: bytes
    kind: Kind

    @property
    def sha256(self) -> str:
        """Hash of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def read_file(path: str | Path) -> RawFile:
    """Read a file into memory.

    Raises
    ------
    CxassessError
        If there is no such file, if it is a folder, empty, too large, unreadable, or of a kind that isn't read.
    """
    path = Path(path)
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise CxassessError.single(str(path), "This is a folder, not a file.", "Give the response file itself.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            what = f"The file has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read."
            raise CxassessError.single(name, what, "Split it, for instance by organisation.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise CxassessError.single(str(path), "There is no such file.", "Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "Check that you may read it, and close it elsewhere."
        raise CxassessError.single(str(path), f"The file can’t be read: {reason}.", remedy) from error
    _refuse_other_kinds(name, data)
    return RawFile(name, data, "zip" if data[:2] == b"PK" else "text")


def _refuse_other_kinds(name: str, data: bytes) -> None:
    if not data.strip():
        raise CxassessError.single(name, "The file is empty.", "Export the responses again.")
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
