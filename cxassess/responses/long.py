"""Long files: one row per answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.responses.collect import always
from cxassess.responses.dates import read_dates, read_seconds
from cxassess.responses.draft import Draft, asked_items, pulse_items
from cxassess.responses.headers import is_pulse_form
from cxassess.responses.reading import Reading
from cxassess.responses.table import Codes, Column, Mask, shorten
from cxassess.responses.values import Wrong, decimal_marks, read_answers, read_comments, read_words
from cxassess.responses.who import check_asked, read_forms, read_keys, read_roles, read_units
from cxassess.responses.words import did_you_mean


def read_long(reading: Reading) -> tuple[Draft, set[str]]:
    """Understand a long table.

    Rows of the same answer twice are one; a contradiction is fatal. ``answered_at`` is a respondent's last.

    Parameters
    ----------
    reading : Reading
        The table and its columns.

    Returns
    -------
    draft : Draft
        One entry per respondent × wave; only to be used if nothing fatal was found.
    marks : set of str
        Decimal marks in the answers.
    """
    keys = read_keys(reading)
    groups, first = keys.group()
    people = _People(reading, groups, first)
    roles = _read_roles(people)
    items = _read_items(reading)
    pulse = _read_pulse(people, items)
    codes = _read_answers(people, items, roles, pulse)
    answers = _pivot(people, codes, items)
    silent = np.zeros(len(groups), dtype=np.bool_)
    silent[first[~(answers != 0).any(axis=1)]] = True
    what, remedy = "The respondent has no answer to any item.", "Delete the rows, or fill in what was answered."
    reading.problems.add_rows(reading.table, silent, what, remedy, droppable=True)
    names = {
        "organisation": keys.organisation.values[keys.organisation.codes[first]],
        "wave": keys.wave.values[keys.wave.codes[first]],
        "respondent": keys.respondent.values[keys.respondent.codes[first]],
        "unit": _read_units(people),
    }
    draft = Draft(names, roles, answers, pulse, _read_last_moment(people), *_read_seconds(people))
    _read_comments(people, items, draft)
    return draft, decimal_marks(reading.layout.fields["answer"])


class _People:
    """The rows of a long table, by the respondent they belong to."""

    def __init__(self, reading: Reading, groups: Codes, first: Codes) -> None:
        self.reading = reading
        self.groups = groups
        self.first = first

    def agree(self, codes: Codes, column: Column) -> Codes:
        """Return the value that each respondent's rows agree on, −1 if there is none; negative codes are blank."""
        result = np.full(len(self.first), -1, dtype=np.intp)
        rows = np.flatnonzero(codes >= 0)[::-1]
        result[self.groups[rows]] = codes[rows]
        clash = (codes >= 0) & (codes != result[self.groups])

        def wrong(row: int) -> Wrong:
            start = self.reading.table.rows[self.first[self.groups[row]]]
            return (
                f"The {column.name} “{shorten(column.cell(row))}” differs from the respondent’s other rows "
                f"(from row {start} on).",
                f"Write one {column.name} in all rows of a respondent, or tell two people apart by their ids.",
            )

        for row in np.flatnonzero(clash).tolist():
            what, remedy = wrong(row)
            self.reading.problems.add(self.reading.table.place(row, column), what, remedy, row=row, column=column.index)
        return result


def _read_roles(people: _People) -> Codes:
    reading = people.reading
    before = reading.problems.fatal
    roles = people.agree(read_roles(reading), reading.layout.fields["role"])
    if reading.problems.fatal == before:
        mask = np.zeros(len(people.groups), dtype=np.bool_)
        mask[people.first[roles < 0]] = True
        remedy = "Fill in the role in the respondent’s rows."
        reading.problems.add_rows(reading.table, mask, "The respondent has no role.", remedy, droppable=False)
    return roles


def _read_units(people: _People) -> NDArray[np.object_]:
    units = read_units(people.reading)
    if units is None:
        return np.full(len(people.first), "", dtype=object)
    codes = np.where(units.values[units.codes] == "", -1, units.codes)
    chosen = people.agree(codes, people.reading.layout.fields["unit"])
    return np.append(units.values, "")[chosen].astype(object)


def _read_items(reading: Reading) -> Codes:
    """Return each row's item by its position; −1 where the item is blank or unknown."""
    positions = {item_id: position for position, item_id in enumerate(reading.instrument.item_ids)}

    def wrong(text: str) -> Wrong:
        remedy = f"{did_you_mean(text, positions)}Use the ids of {reading.instrument.reference}."
        return f"“{shorten(text)}” is not an item.", remedy

    column = reading.layout.fields["item"]
    found = read_words(reading.table, column, reading.header.item_id, wrong, reading.problems)
    return np.array([positions.get(item, -1) for item in found], dtype=np.intp)[column.codes]


def _read_pulse(people: _People, items: Codes) -> Mask:
    reading = people.reading
    rows = read_forms(reading)
    if rows is not None:
        column = reading.layout.fields["form"]
        return np.asarray(
            people.agree(np.where(column.filled(), rows.astype(np.intp), -1), column) == 1, dtype=np.bool_
        )
    named = [reading.instrument.item_ids[item] for item in np.flatnonzero(np.bincount(items[items >= 0]))]
    only_pulse = is_pulse_form(reading.instrument, named)
    if only_pulse:
        reading.problems.note("Only the items of the pulse form")
    return np.full(len(people.first), only_pulse, dtype=np.bool_)


def _read_answers(people: _People, items: Codes, roles: Codes, pulse: Mask) -> NDArray[np.int8]:
    """Return each row's code; nothing where the item isn't asked."""
    reading, column = people.reading, people.reading.layout.fields["answer"]
    instrument, table, problems = reading.instrument, reading.table, reading.problems
    codes = read_answers(table, column, instrument.level_count, reading.words, problems)
    loose = column.filled() & ~reading.layout.fields["item"].filled()
    words = always("An answer without an item.", "Write the item’s id in the row.")
    problems.add_cells(table, column, loose, words, droppable=False)
    own_role, in_pulse = roles[people.groups], pulse[people.groups]
    known = (items >= 0) & (own_role >= 0)
    unasked = known & ~asked_items(instrument)[own_role, items]
    for position in np.unique(items[unasked & (codes > 0)]):
        rows = unasked & (codes > 0) & (items == position)
        check_asked(reading, column, rows, instrument.item_ids[position], own_role)
    surplus = known & ~unasked & in_pulse & ~pulse_items(instrument)[items]
    words = always("The item isn’t in the pulse form.", "Delete the row, or write full as the form.")
    problems.add_cells(table, column, surplus & (codes > 0), words, droppable=True)
    codes[unasked | surplus] = 0
    return codes


def _pivot(people: _People, codes: NDArray[np.int8], items: Codes) -> NDArray[np.int8]:
    """Return respondents × items; contradictions are fatal, and so is any repetition where waves may be mixed."""
    reading, column = people.reading, people.reading.layout.fields["answer"]
    count = len(reading.instrument.items)
    answers = np.zeros((len(people.first), count), dtype=np.int8)
    filled = np.flatnonzero((items >= 0) & (codes != 0))
    answers[people.groups[filled[::-1]], items[filled[::-1]]] = codes[filled[::-1]]
    clash = filled[answers[people.groups[filled], items[filled]] != codes[filled]]
    for row in clash.tolist():
        shown = shorten(column.cell(row))
        what = f"“{shown}” contradicts an earlier answer of the same respondent to the same item."
        remedy = "Keep one of the two rows, or tell two people apart by their ids."
        reading.problems.add(reading.table.place(row, column), what, remedy, row=row, column=column.index)
    repeated = len(filled) - np.count_nonzero(answers) - len(clash)
    if repeated and "wave" not in reading.layout.fields:
        what = f"Answers are repeated ({repeated}), and there is no column wave."
        remedy = "Add a column wave, e.g. 2026-10, that tells the measurements apart."
        reading.problems.add(reading.table.name, what, remedy)
    elif repeated:
        reading.problems.note(f"Rows that repeat an answer, counted once: {repeated}")
    return answers


def _read_last_moment(people: _People) -> NDArray[np.datetime64]:
    reading = people.reading
    column = reading.layout.fields.get("answered_at")
    result = np.full(len(people.first), "NaT", dtype="datetime64[us]")
    if column is not None:
        moments = read_dates(reading.table, column, reading.so_far.dates, reading.problems)
        given = ~np.isnat(moments)
        latest = pd.Series(moments[given]).groupby(people.groups[given]).max()
        result[latest.index.to_numpy()] = latest.to_numpy().astype("datetime64[us]")
    return result


def _read_seconds(people: _People) -> tuple[NDArray[np.int64], Mask]:
    reading = people.reading
    column = reading.layout.fields.get("seconds")
    if column is None:
        return np.zeros(len(people.first), dtype=np.int64), np.ones(len(people.first), dtype=np.bool_)
    seconds, blank = read_seconds(reading.table, column, reading.problems)
    one = people.agree(np.where(blank, -1, seconds).astype(np.intp), column)
    return np.where(one < 0, 0, one).astype(np.int64), one < 0


def _read_comments(people: _People, items: Codes, draft: Draft) -> None:
    reading = people.reading
    column = reading.layout.fields.get("comment")
    if column is None:
        return
    texts = read_comments(reading.table, column, reading.problems)
    said: dict[tuple[int, int], str] = {}
    for row in np.flatnonzero(column.mask(bool(text) for text in texts)).tolist():
        text = texts[column.codes[row]]
        if said.setdefault((int(people.groups[row]), int(items[row])), text) != text:
            what = "A second, different comment of the same respondent on the same item."
            remedy = "Put both into one cell."
            reading.problems.add(reading.table.place(row, column), what, remedy, row=row, column=column.index)
    for position in sorted({item for _, item in said}):
        chosen = [(person, text) for (person, item), text in said.items() if item == position]
        rows = np.array([person for person, _ in chosen], dtype=np.intp)
        draft.comments.append((rows, position, [text for _, text in chosen]))
