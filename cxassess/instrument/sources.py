"""Where an instrument's files are: shipped with the package, or in a folder of the consultant's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.files import LANGUAGE_PATTERN, STRUCTURE_FILE
from cxassess.instrument.strict_yaml import MAX_BYTES

SUFFIX: Final = ".yaml"


@dataclass(frozen=True)
class InstrumentSource:
    """The files of one instrument.

    Parameters
    ----------
    structure : Traversable
        The structure file.
    texts : mapping of str to Traversable
        Language code → file of texts, for every such file that lies beside the structure.
    """

    structure: Traversable
    texts: Mapping[str, Traversable]


def list_shipped() -> tuple[str, ...]:
    """Return the ids of the instruments that come with the package, sorted."""
    root = files("cxassess.instrument")
    return tuple(sorted(folder.name for folder in root.iterdir() if folder.joinpath(STRUCTURE_FILE).is_file()))


def find_source(source: str | Path) -> InstrumentSource:
    """Find the files of an instrument.

    Parameters
    ----------
    source : str or Path
        A shipped id, a folder that holds an ``instrument.yaml``, or the path of the structure file itself. A string
        that is a shipped id means the shipped one; write ``./name`` for a folder of that name.

    Raises
    ------
    CxassessError
        If there is no such instrument.
    """
    if isinstance(source, str) and source in list_shipped():
        folder = files("cxassess.instrument").joinpath(source)
        return InstrumentSource(folder.joinpath(STRUCTURE_FILE), _find_texts(folder, STRUCTURE_FILE))
    path = Path(source)
    try:
        if path.is_dir():
            path = path / STRUCTURE_FILE
        found = path.is_file()
    except (OSError, ValueError) as error:
        raise CxassessError.single(str(source), f"the path cannot be read: {error}", "Check the path.") from error
    if not found:
        shipped = ", ".join(list_shipped())
        what = f"there is no file {path.name}" if path.name == STRUCTURE_FILE else "there is no such instrument"
        remedy = f"Give a shipped instrument ({shipped}), a folder with an {STRUCTURE_FILE}, or that file's path."
        raise CxassessError.single(str(source), what, remedy)
    return InstrumentSource(path, _find_texts(path.parent, path.name))


def _find_texts(folder: Traversable, structure_name: str) -> dict[str, Traversable]:
    found = {}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        code = path.name.removesuffix(SUFFIX)
        is_text = path.name.endswith(SUFFIX) and path.name != structure_name and path.is_file()
        if is_text and re.fullmatch(LANGUAGE_PATTERN, code):
            found[code] = path
    return found


def read_bytes(path: Traversable) -> bytes | Problem:
    """Read a file, but no more of it than shows that it is too large; a Problem if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Problem(path.name, f"the file cannot be read: {error.strerror}", "Check its name and permissions.")
