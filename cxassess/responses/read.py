"""Reading responses: a file, several files, or a folder of them, in; checked responses, or every problem, out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.load import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.instrument.sources import list_shipped
from cxassess.responses.collect import Collector
from cxassess.responses.combine import combine_responses
from cxassess.responses.csv_file import read_csv_table
from cxassess.responses.draft import build_frames, drop_unanswered
from cxassess.responses.files import RawFile, read_file
from cxassess.responses.headers import Header, read_layout
from cxassess.responses.intake_read import is_intake, read_intake_table
from cxassess.responses.long import read_long
from cxassess.responses.model import Responses, Source
from cxassess.responses.reading import Reading
from cxassess.responses.table import Table
from cxassess.responses.values import check_lengths
from cxassess.responses.waves import find_unordered_waves
from cxassess.responses.wide import read_wide
from cxassess.responses.words import WordTable, word_table
from cxassess.responses.xlsx_file import read_sheet_table
from cxassess.responses.xlsx_sheet import read_workbook

SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


def read_responses(path: str | Path, instrument: Instrument, *, lenient: bool = False) -> Responses:
    """Read a file of responses, wide or long, CSV or XLSX, or a filled-in intake workbook.

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
    try:
        file = read_file(path)
        problems = Collector(file.name)
        table, words = _read_table(file, instrument, problems)
        return _understand(file, table, words, instrument, problems), problems.problems()
    except CxassessError as error:
        return None, list(error.problems)


def read_many(paths: str | Path | Iterable[str | Path], instrument: Instrument, *, lenient: bool = False) -> Responses:
    """Read several files, or all CSV and XLSX files of folders, as one set of responses.

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
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    problems: list[Problem] = []
    parts: list[Responses] = []
    for path in _list_files(given, problems):
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


def _list_files(paths: Iterable[str | Path], problems: list[Problem]) -> list[Path]:
    files: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            files.append(path)
            continue
        found = sorted(
            inner
            for inner in path.iterdir()
            if inner.suffix.lower() in SUFFIXES and not inner.name.startswith((".", "~$")) and inner.is_file()
        )
        if not found:
            remedy = "Put the response files (.csv, .xlsx) there, or name them one by one."
            problems.append(Problem(str(path), "The folder holds no response files.", remedy))
        files += found
    if not files and not problems:
        problems.append(Problem("responses", "No file is named.", "Name a file or a folder."))
    return files


def _read_table(file: RawFile, instrument: Instrument, problems: Collector) -> tuple[Table, WordTable]:
    others = _other_languages(instrument)
    words = word_table(instrument, others)
    if file.kind == "text":
        return read_csv_table(file, Header(instrument, words), problems), words
    sheets = read_workbook(file)
    if is_intake(sheets):
        table, roles, answers = read_intake_table(file.name, sheets, instrument)
        return table, word_table(instrument, others, roles, answers)
    return read_sheet_table(file.name, sheets, Header(instrument, words)), words


def _understand(
    file: RawFile, table: Table, words: WordTable, instrument: Instrument, problems: Collector
) -> Responses | None:
    check_lengths(table, problems)
    layout = read_layout(table, Header(instrument, words), problems)
    if layout is None:
        return None
    reading = Reading(table, layout, instrument, words, problems)
    draft, marks = read_wide(reading) if layout.shape == "wide" else read_long(reading)
    if problems.fatal:
        return None
    draft = drop_unanswered(draft, problems)
    if not len(draft.roles):
        remedy = "Mend the answers; there would be none left."
        problems.add(table.name, "No respondent has an answer that can be used.", remedy)
        return None
    responses = Responses(instrument, *build_frames(instrument, draft), _source(file, reading, marks))
    unordered = find_unordered_waves(responses.answers, file.name)
    for problem in unordered:
        problems.add(problem.where, problem.what, problem.remedy)
    return None if unordered else responses


def _source(file: RawFile, reading: Reading, marks: set[str]) -> Source:
    table, problems = reading.table, reading.problems
    return Source(
        name=file.name,
        sha256=file.sha256,
        shape="forms" if table.places else reading.layout.shape,
        rows=len(table.rows),
        encoding=table.encoding,
        delimiter=table.delimiter,
        decimal=" and ".join(sorted(marks)),
        dropped=problems.dropped,
        notes="\n".join((*table.notes, *problems.notes)),
    )


def _other_languages(instrument: Instrument) -> list[Instrument]:
    if instrument.id not in list_shipped():
        return []
    others = [load_instrument(instrument.id, code) for code in instrument.languages if code != instrument.language]
    return [other for other in others if other.reference == instrument.reference]
