"""Which reports in a folder are to be made again once respondents were erased."""

from __future__ import annotations

import html
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cxassess.batch.manifest import MANIFEST_NAME, ReportEntry
from cxassess.errors import CxassessError

#: Their text is compressed; which of them are concerned, the manifest tells.
_PACKED: Final = frozenset({".pdf", ".xlsx", ".pptx", ".png", ".zip", ".parquet"})
#: Reports cut long comments; this much of the beginning is enough to tell one.
_ENOUGH: Final = 80
_FEWEST: Final = 8


@dataclass(frozen=True)
class Outdated:
    """Files that hold what was erased, or were computed from it.

    Parameters
    ----------
    reports : tuple of str
        Files of reports of the waves concerned, by the manifest: with figures, and perhaps quotations, from before.
    quoting : tuple of str
        Files, of any kind that can be read as text, in which words of those who were erased stand.
    """

    reports: tuple[str, ...]
    quoting: tuple[str, ...]


def find_outdated(folder: Path, organisation: str, waves: Collection[str], texts: Sequence[str]) -> Outdated:
    """Look through a folder of reports.

    Parameters
    ----------
    folder : Path
        Where reports were written to.
    organisation : str
        The client.
    waves : collection of str
        The waves whose snapshots have changed, and those after them: their reports compare with them.
    texts : sequence of str
        What the respondents have written, and their names, addresses and pseudonyms.

    Raises
    ------
    CxassessError
        If there is no such folder, or its manifest can't be read.
    """
    if not folder.is_dir():
        raise CxassessError.single(str(folder), "There is no such folder.", "Name the folder that holds the reports.")
    made = [entry for entry in _read_manifest(folder) if entry.organisation == organisation and entry.wave in waves]
    reports = sorted({file.name for entry in made for file in entry.files})
    needles = {_flatten(text)[:_ENOUGH] for text in texts}
    needles = {needle for needle in needles if len(needle) >= _FEWEST}
    quoting = [
        str(path.relative_to(folder)) for path, text in _read_texts(folder) if any(one in text for one in needles)
    ]
    return Outdated(tuple(reports), tuple(quoting))


def _read_manifest(folder: Path) -> list[ReportEntry]:
    path = folder / MANIFEST_NAME
    if not path.exists():
        return []
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        return [ReportEntry.from_dict(entry) for entry in found["reports"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = "The manifest can’t be read, so that nobody knows which reports are concerned."
        raise CxassessError.single(str(path), what, "Make all reports in the folder again.") from error


def _read_texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.casefold() not in _PACKED:
            content = path.read_bytes().decode("utf-8", errors="replace")
            yield path, _flatten(html.unescape(content.replace("\\n", " ")))


def _flatten(text: str) -> str:
    return " ".join(text.split())
