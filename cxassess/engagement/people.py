"""Lists of people to invite, as files: CSV or XLSX, with column names in any of the languages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cxassess.engagement.model import Person
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import Instrument
from cxassess.language import LANGUAGES, get_language
from cxassess.responses.collect import Collector
from cxassess.responses.csv_file import read_csv_table
from cxassess.responses.files import RawFile, read_file
from cxassess.responses.headers import Header, Meaning
from cxassess.responses.table import Column, Table, shorten
from cxassess.responses.values import Names, read_names
from cxassess.responses.words import WordTable, normal_name, normal_word, word_table
from cxassess.responses.xlsx_file import read_sheet_table
from cxassess.responses.xlsx_sheet import read_workbook

COLUMNS: Final = ("name", "email", "role", "unit", "language")
_REQUIRED: Final = ("email", "role")
_REMEDY: Final = "The first row must name the columns: name, email, role, and, if you like, unit and language."


class _PeopleHeader(Header):
    """Tells what a column name means in a list of people."""

    def __init__(self, instrument: Instrument, words: WordTable) -> None:
        super().__init__(instrument, words)
        self._columns = {name: field for name, field in words.columns.items() if field in ("role", "unit")}
        for code in LANGUAGES:
            for field, names in get_language(code).raw("aliases.people").items():
                self._columns.update({normal_name(name): field for name in (field, *names)})

    def meanings(self, name: str) -> set[Meaning]:
        """Return the column that a name means; none if unknown."""
        found = self._columns.get(normal_name(name))
        return {("field", found)} if found else set()


def read_people(path: str | Path, instrument: Instrument) -> tuple[list[Person], list[Problem]]:
    """Read a list of people to invite.

    Parameters
    ----------
    path : str or Path
        CSV or XLSX, with the columns name, email, role, unit, language; other columns are left out.
    instrument : Instrument
        Its roles may be named by their ids or names, in every language that the program speaks.

    Returns
    -------
    people : list of Person
        In the order of the file. What their fields hold is checked when they are invited.
    problems : list of Problem
        Cells that can't be read.

    Raises
    ------
    CxassessError
        If the file as a whole can't be read.
    """
    words = word_table(instrument)
    header = _PeopleHeader(instrument, words)
    problems = Collector(Path(path).name)
    try:
        table = _read_table(read_file(path), header, problems)
    except CxassessError as error:
        raise CxassessError([_of_people(problem) for problem in error.problems]) from error
    columns = _find_columns(table, header)
    cells = {name: read_names(table, column, problems, required=False) for name, column in columns.items()}
    return [_person(table, cells, row, words) for row in range(len(table.rows))], problems.problems()


def _read_table(raw: RawFile, header: Header, problems: Collector) -> Table:
    if raw.kind == "text":
        return read_csv_table(raw, header, problems)
    if raw.kind == "zip":
        return read_sheet_table(raw.name, read_workbook(raw), header)
    raise CxassessError.single(raw.name, "A list of people is no Parquet file.", "Save it as CSV or as XLSX.")


def _of_people(problem: Problem) -> Problem:
    """Say of a list of people what the reader of responses says of those."""
    if "organisation, wave" in problem.remedy:
        return Problem(problem.where, problem.what, _REMEDY)
    if "no responses" in problem.what:
        return Problem(problem.where, "There are column names, but no people.", "Add a row for each person.")
    what, remedy = (text.replace("responses", "people") for text in (problem.what, problem.remedy))
    return Problem(problem.where, what, remedy)


def _find_columns(table: Table, header: Header) -> dict[str, Column]:
    found: dict[str, Column] = {}
    problems = []
    for column in table.columns:
        for _, name in header.meanings(column.name):
            if name in found:
                what = f"Means the same as column {found[name].label}: {name}."
                problems.append(Problem(f"{table.name}, column {column.label}", what, "Keep one of them."))
            found.setdefault(name, column)
    problems += [
        Problem(f"{table.name}, row 1", f"The column {name} is missing.", _REMEDY)
        for name in _REQUIRED
        if name not in found
    ]
    if problems:
        raise CxassessError(problems)
    return found


def _person(table: Table, cells: dict[str, Names], row: int, words: WordTable) -> Person:
    given = {name: str(names.values[names.codes[row]]) for name, names in cells.items()}
    role = given.get("role", "")
    language = given.get("language", "")
    return Person(
        name=given.get("name", ""),
        email=given.get("email", ""),
        role=words.roles.get(normal_word(role), shorten(role)),
        unit=given.get("unit", ""),
        language=language.casefold(),
        where=table.place(row),
    )
