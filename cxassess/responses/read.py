"""Reading responses: a file, several files, or a folder of them, in; checked responses, or every problem, out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.model import Instrument
from cxassess.responses.combine import combine_responses
from cxassess.responses.draft import build_frames
from cxassess.responses.file_reader import FileReader
from cxassess.responses.model import Responses
from cxassess.responses.waves import find_unordered_waves

SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")


def read_responses(path: str | Path, instrument: Instrument, *, lenient: bool = False) -> Responses:
    """Read a file of responses, wide or long, CSV, XLSX or Parquet, or a filled-in intake workbook.

    Parameters
    ----------
    path : str or Path
        The file.
    instrument : Instrument
        What was answered; the language of its texts doesn't matter.
    lenient : bool
        Leave bad answers out instead of refusing the file, and count them in ``source.dropped``. What concerns the
        file as a whole or who answered is refused all the same.

    Returns
    -------
    Responses

    Raises
    ------
    CxassessError
        With every problem: file, row as a person counts (the header is row 1), column, value, and remedy.
    """
    responses, problems = check_responses(path, instrument)
    if responses is None or (problems and not lenient):
        raise CxassessError(problems)
    return responses


def check_responses(path: str | Path, instrument: Instrument) -> tuple[Responses | None, list[Problem]]:
    """Read a file of responses and return what is wrong beside what can be used.

    Returns
    -------
    responses : Responses or None
        The responses without the bad answers; None if the file as a whole can't be used.
    problems : list of Problem
        In the file's order; at most 1,000, and then one that says how many more there are.
    """
    reader = FileReader(path, instrument)
    drafts = list(reader.drafts())
    if reader.source is None:
        return None, reader.problems
    return Responses(instrument, *build_frames(instrument, drafts[0]), reader.source), reader.problems


def read_many(paths: str | Path | Iterable[str | Path], instrument: Instrument, *, lenient: bool = False) -> Responses:
    """Read several files, or all CSV, XLSX and Parquet files of folders, as one set of responses.

    Parameters
    ----------
    paths : path or iterable of paths
        Files and folders; the files of a folder are taken by name, hidden and temporary ones left out.
    instrument : Instrument
        What was answered.
    lenient : bool
        As for ``read_responses``.

    Raises
    ------
    CxassessError
        With the problems of all files, and respondents that are in more than one of them.
    """
    files, problems = list_files(paths)
    parts: list[Responses] = []
    for path in files:
        responses, found = check_responses(path, instrument)
        if responses is not None:
            parts.append(responses)
        if responses is None or not lenient:
            problems += found
    if problems:
        raise CxassessError(problems)
    together = combine_responses(parts)
    unordered = find_unordered_waves(together.answers, together.source.name) if len(parts) > 1 else []
    if unordered:
        raise CxassessError(unordered)
    return together


def list_files(paths: str | Path | Iterable[str | Path]) -> tuple[list[Path], list[Problem]]:
    """Return the files that are named, those of folders by name, and what is wrong with the folders."""
    files: list[Path] = []
    problems: list[Problem] = []
    for path in map(Path, [paths] if isinstance(paths, str | Path) else paths):
        if not path.is_dir():
            files.append(path)
            continue
        found = sorted(
            inner
            for inner in path.iterdir()
            if inner.suffix.lower() in SUFFIXES and not inner.name.startswith((".", "~$")) and inner.is_file()
        )
        if not found:
            remedy = "Put the response files (.csv, .xlsx, .parquet) there, or name them one by one."
            problems.append(Problem(str(path), "The folder holds no response files.", remedy))
        files += found
    if not files and not problems:
        problems.append(Problem("responses", "No file is named.", "Name a file or a folder."))
    return files, problems
