"""What single cells mean: answers, names, comments. Each distinct value is understood once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.responses.collect import Collector, always
from cxassess.responses.table import MAX_CHARACTERS, Cell, Codes, Column, Fault, Stamp, Table, shorten
from cxassess.responses.words import BAD, MISSING, WordTable, did_you_mean, normal_word

WHOLE = re.compile(r"(\d{1,9})(?:([.,])(0+))?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_SHORTENED = re.compile(r"\d[.,]\d+E\+\d+", re.ASCII)

Wrong = tuple[str, str]


@dataclass(frozen=True)
class Names:
    """A column of names: position of each row's name in ``values``, which are trimmed, composed (NFC) and distinct."""

    codes: Codes
    values: NDArray[np.object_]


class Spellings:
    """The names of a column so far, to tell those that differ only in case or spaces."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._known: set[str] = set()

    def find_twin(self, name: str) -> str | None:
        """Return the first spelling of a name that is new and spelled differently; None otherwise."""
        if not name or name in self._known:
            return None
        self._known.add(name)
        twin = self._first.setdefault(normal_word(name), name)
        return None if twin == name else twin


# ---------------------------------------------------------------- answers


def read_answer(cell: Cell, levels: int, words: WordTable) -> int | Wrong:
    """Return the code of an answer (a level, or why there is none), or what is wrong and the remedy.

    Parameters
    ----------
    cell : Cell
        As it stands in the file.
    levels : int
        Highest answer.
    words : WordTable
        Words for *don't know* and *not applicable*.
    """
    if isinstance(cell, Fault):
        return cell.what, cell.remedy
    if isinstance(cell, Stamp):
        return f"A date ({cell}) where an answer was meant.", f"Format the column as text and type 1 to {levels} again."
    text = cell.strip()
    return _read_text(text, levels, words) if text else MISSING


def _read_text(text: str, levels: int, words: WordTable) -> int | Wrong:
    allowed = f"Write a whole number from 1 to {levels}, “don’t know” or “not applicable”, or leave the cell blank."
    match = WHOLE.fullmatch(text)
    if match and len(match.group(3) or "") != 3:
        number = int(match.group(1))
        if 1 <= number <= levels and not (len(match.group(1)) > 1 and text.startswith("0")):
            return number
        return f"“{shorten(text)}” is not an answer from 1 to {levels}.", allowed
    word = normal_word(text)
    if word in words.answers:
        return words.answers[word]
    if word == "na":
        return "“NA” may mean not applicable or no answer.", "Write “n/a” for not applicable, or leave the cell blank."
    if _DECIMAL.fullmatch(text):
        return f"“{shorten(text)}” is not an answer from 1 to {levels}; nothing is rounded.", allowed
    return f"“{shorten(text)}” is not an answer.", f"{did_you_mean(word, words.answers)}{allowed}"


def read_answers(table: Table, column: Column, levels: int, words: WordTable, problems: Collector) -> NDArray[np.int8]:
    """Return the code of each row's answer; bad ones are ``BAD`` and reported."""
    codes = np.zeros(len(column.values), dtype=np.int8)
    wrong: dict[Cell, Wrong] = {}
    for position, value in enumerate(column.values):
        answer = read_answer(value, levels, words)
        if isinstance(answer, int):
            codes[position] = answer
        else:
            codes[position] = BAD
            wrong[value] = answer
    rows: NDArray[np.int8] = codes[column.codes]
    if wrong:
        problems.add_cells(table, column, rows == BAD, wrong.__getitem__, droppable=True)
    return rows


def decimal_marks(column: Column) -> set[str]:
    """Return the decimal marks in the whole numbers of a column (``3,0``)."""
    matches = (WHOLE.fullmatch(value.strip()) for value in column.values if isinstance(value, str))
    return {match.group(2) for match in matches if match and match.group(2)}


# ---------------------------------------------------------------- names


def read_names(table: Table, column: Column, problems: Collector, *, required: bool) -> Names:
    """Return a column of names, as written apart from surrounding space; anything unusable is fatal."""
    wrong: dict[Cell, Wrong] = {}
    clean: list[str] = []
    for value in column.values:
        name, fault = _clean_name(value)
        clean.append(name)
        if fault:
            wrong[value] = fault
        elif required and not name:
            wrong[value] = (f"The {column.name} is blank.", "Fill it in, in every row.")
    if wrong:
        bad = column.mask(value in wrong for value in column.values)
        problems.add_cells(table, column, bad, wrong.__getitem__, droppable=False)
    array = np.empty(len(clean), dtype=object)
    array[:] = clean
    positions, names = pd.factorize(array)
    return Names(positions.astype(np.intp, copy=False)[column.codes], np.asarray(names, dtype=object))


def _clean_name(value: Cell) -> tuple[str, Wrong | None]:
    if isinstance(value, Fault):
        return "", (value.what, value.remedy)
    if isinstance(value, Stamp):
        remedy = "Format the column as text, and type the name again."
        return str(value), (
            f"A date ({value}) where a name was meant; Excel turns text such as 2026-10 into one.",
            remedy,
        )
    name = unicodedata.normalize("NFC", value.strip())
    if any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in name):
        return name, (f"“{shorten(name)}” holds a line break or a tab.", "Write the name on one line.")
    if _SHORTENED.fullmatch(name):
        return name, (f"“{name}” is a number that Excel has shortened.", "Format the column as text before exporting.")
    return name, None


def check_lookalikes(table: Table, column: Column, names: Names, spellings: Spellings, problems: Collector) -> None:
    """Refuse names that differ only in case or spaces: the same, or not? No one can tell."""
    for name in names.values:
        twin = spellings.find_twin(name)
        if twin is None:
            continue
        row = int(np.flatnonzero(names.values[names.codes] == name)[0])
        problems.add(
            table.place(row, column),
            f"“{shorten(name)}” differs from “{shorten(twin)}” only in capitals or spaces.",
            "Write both alike if they are the same; otherwise make them differ in more.",
            row=row,
            column=column.index,
        )


def read_words(
    table: Table, column: Column, known: Callable[[str], str | None], wrong: Callable[[str], Wrong], problems: Collector
) -> list[str]:
    """Return for each distinct value the id that it stands for, blank for a blank; unknown ones are fatal."""
    ids: list[str] = []
    faults: dict[Cell, Wrong] = {}
    for value in column.values:
        found: str | None = ""
        if isinstance(value, Fault):
            faults[value] = (value.what, value.remedy)
        elif isinstance(value, Stamp) or value.strip():
            found = known(str(value).strip())
            if found is None:
                faults[value] = wrong(str(value).strip())
        ids.append(found or "")
    if faults:
        bad = column.mask(value in faults for value in column.values)
        problems.add_cells(table, column, bad, faults.__getitem__, droppable=False)
    return ids


# ---------------------------------------------------------------- comments


def read_comments(table: Table, column: Column, problems: Collector) -> list[str]:
    """Return for each distinct value the comment exactly as written, or an empty string if it holds only space."""
    texts: list[str] = []
    wrong: dict[Cell, Wrong] = {}
    for value in column.values:
        if isinstance(value, str):
            texts.append(value if value.strip() else "")
        else:
            texts.append("")
            remedy = "Format the column as text, and type the comment again."
            wrong[value] = (
                (value.what, value.remedy) if isinstance(value, Fault) else ("A date, not a comment.", remedy)
            )
    if wrong:
        bad = column.mask(value in wrong for value in column.values)
        problems.add_cells(table, column, bad, wrong.__getitem__, droppable=True)
    return texts


def check_lengths(table: Table, problems: Collector) -> None:
    """Refuse cells that are longer than any answer or comment."""
    for column in table.columns:
        lengths = [len(value) if isinstance(value, str) else 0 for value in column.values]
        if lengths and max(lengths) > MAX_CHARACTERS:
            words = always(f"The text is longer than {MAX_CHARACTERS:,} characters.", "Shorten it.")
            bad = column.mask(length > MAX_CHARACTERS for length in lengths)
            problems.add_cells(table, column, bad, words, droppable=False)
