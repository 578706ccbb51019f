"""Where reports go: a folder of this machine (or one that all machines share), or an fsspec URL."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any, Final, Protocol

from cxassess.batch.files import FolderError, write_whole
from cxassess.errors import CxassessError

#: Stores that show a new file when all of it is there, or not at all.
_WHOLE_BY_NATURE: Final = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "memory"})


class Destination(Protocol):
    """A folder that takes whole files."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all; FolderError if the folder takes no more files."""

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None if there is no such file."""


class LocalFolder:
    """A folder in the file system."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        path = self.path / name
        if path.parent != self.path:
            path.parent.mkdir(exist_ok=True)
        write_whole(path, content)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None if it can't be read."""
        try:
            return (self.path / name).read_bytes()
        except OSError:
            return None


class RemoteFolder:
    """A folder behind an fsspec URL, such as ``s3://bucket/reports`` or ``sftp://host/reports``."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415  (comes with the extra "dask")

            self._system, self._root = url_to_fs(url)
        except ImportError as error:
            remedy = 'Install what it needs: pip install "cxassess[dask]", and the package for this kind of URL.'
            raise CxassessError.single(url, f"this URL can't be written to: {error}", remedy) from error
        except ValueError as error:
            raise CxassessError.single(url, f"this is no URL of a folder: {error}", "Check how it begins.") from error
        self._url = url

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        path = posixpath.join(self._root, name)
        try:
            if _protocols(self._system) & _WHOLE_BY_NATURE:
                self._system.pipe_file(path, content)
                return
            self._system.makedirs(posixpath.dirname(path), exist_ok=True)
            part = posixpath.join(posixpath.dirname(path), f".{posixpath.basename(path)}.part")
            self._system.pipe_file(part, content)
            self._system.mv(part, path)
        except OSError as error:
            raise FolderError(self._url, str(error)) from error

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None if it can't be read."""
        try:
            content = self._system.cat_file(posixpath.join(self._root, name))
        except OSError:
            return None
        return bytes(content)


def _protocols(system: Any) -> set[str]:
    given = system.protocol
    return {given} if isinstance(given, str) else set(given)


def is_url(out: str | Path) -> bool:
    """Return whether an output folder is given as a URL."""
    return "://" in str(out)


def open_destination(out: str | Path) -> LocalFolder | RemoteFolder:
    """Return the destination that a path or URL names."""
    return RemoteFolder(str(out)) if is_url(out) else LocalFolder(Path(out))
