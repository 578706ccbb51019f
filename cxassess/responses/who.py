"""Who answered: organisation, wave, respondent, role, unit, and which form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.responses.reading import Reading
from cxassess.responses.table import Cell, Codes, Column, Mask, constant_column, shorten
from cxassess.responses.values import Names, Wrong, check_lookalikes, read_names, read_words
from cxassess.responses.words import did_you_mean, normal_word

ONLY_WAVE: Final = "1"
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Keys:
    """Who answered, row by row of the file."""

    organisation: Names
    wave: Names
    respondent: Names

    def group(self) -> tuple[Codes, Codes]:
        """Return each row's group of the same key, numbered by first appearance, and each group's first row."""
        code = self.organisation.codes.astype(np.int64)
        for names in (self.wave, self.respondent):
            code = code * max(len(names.values), 1) + names.codes
        groups, first = pd.factorize(code)
        positions = np.zeros(len(first), dtype=np.intp)
        positions[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)
        return groups.astype(np.intp, copy=False), positions

    def hashes(self) -> NDArray[np.uint64]:
        """Return a hash of each row's key: the same for the same key in every part of every file."""
        total = np.zeros(len(self.organisation.codes), dtype=np.uint64)
        for names in (self.organisation, self.wave, self.respondent):
            total = mix_hashes(total, pd.util.hash_array(names.values, categorize=False)[names.codes])
        return total

    def at(self, row: int) -> tuple[str, str, str]:
        """Return organisation, wave and respondent of a row."""
        organisation, wave, respondent = (
            str(names.values[names.codes[row]]) for names in (self.organisation, self.wave, self.respondent)
        )
        return organisation, wave, respondent


def mix_hashes(total: NDArray[np.uint64], own: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the hashes of keys with one more part: the order of the parts matters."""
    return total * _FACTOR + own


def read_keys(reading: Reading) -> Keys:
    """Read organisation, wave and respondent; a missing wave is taken as 1 only if nobody answered twice."""
    table, layout, problems = reading.table, reading.layout, reading.problems
    organisation = read_names(table, layout.fields["organisation"], problems, required=True)
    column = layout.fields["organisation"]
    check_lookalikes(table, column, organisation, reading.so_far.spellings("organisation"), problems)
    count = len(table.rows)
    if "respondent" in layout.fields:
        respondent = read_names(table, layout.fields["respondent"], problems, required=True)
    else:
        values = np.array([f"row {number}" for number in table.rows], dtype=object)
        respondent = Names(np.arange(count, dtype=np.intp), values)
        problems.note("No column respondent: each row is a respondent of its own, called by its row number")
    if "wave" in layout.fields:
        wave = read_names(table, layout.fields["wave"], problems, required=True)
        check_lookalikes(table, layout.fields["wave"], wave, reading.so_far.spellings("wave"), problems)
    else:
        column = constant_column(len(table.columns), "wave", ONLY_WAVE, count)
        wave = Names(column.codes, np.array([ONLY_WAVE], dtype=object))
        problems.note(f"No column wave: everything is taken as wave {ONLY_WAVE}")
    return Keys(organisation, wave, respondent)


def read_units(reading: Reading) -> Names | None:
    """Read the units, blank where there is none; None without such a column."""
    column = reading.layout.fields.get("unit")
    if column is None:
        return None
    units = read_names(reading.table, column, reading.problems, required=False)
    check_lookalikes(reading.table, column, units, reading.so_far.spellings("unit"), reading.problems)
    return units


def read_roles(reading: Reading) -> Codes:
    """Return each row's role by its position in the instrument; −1 where it is blank or unknown."""
    instrument, words, column = reading.instrument, reading.words, reading.layout.fields["role"]
    ids = [role.id for role in instrument.roles]
    names = [role.name for role in instrument.roles]

    def wrong(text: str) -> Wrong:
        near = did_you_mean(text, (*ids, *names)) or did_you_mean(text, words.roles)
        remedy = f"{near}Roles are {', '.join(ids)}, or their names."
        return f"“{shorten(text)}” is not a role of {instrument.reference}.", remedy

    found = read_words(reading.table, column, lambda text: words.roles.get(normal_word(text)), wrong, reading.problems)
    positions = [ids.index(role) if role else -1 for role in found]
    return np.array(positions, dtype=np.intp)[column.codes]


def read_forms(reading: Reading) -> Mask | None:
    """Return the rows that say they are of the pulse form; None without such a column."""
    words, column = reading.words, reading.layout.fields.get("form")
    if column is None:
        return None

    def wrong(text: str) -> Wrong:
        return f"“{shorten(text)}” is not a form.", "Write full or pulse."

    found = read_words(reading.table, column, lambda text: words.forms.get(normal_word(text)), wrong, reading.problems)
    return column.mask(form == "pulse" for form in found)


def check_asked(reading: Reading, column: Column, rows: Mask, item: str, roles: Codes) -> None:
    """Report numbers for an item that the role isn't asked (``rows``: where they stand)."""
    for position in np.unique(roles[rows]):
        what = f"{item} isn’t asked of {reading.instrument.roles[position].id}"

        def wrong(value: Cell, what: str = what) -> Wrong:
            return f"{what}, but the answer is “{shorten(value)}”.", "Leave the cell blank, or correct the role."

        reading.problems.add_cells(reading.table, column, rows & (roles == position), wrong, droppable=True)
