"""Wide files: one row per respondent × wave, one column per item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxassess.instrument.model import Item
from cxassess.responses.collect import always
from cxassess.responses.dates import read_dates, read_seconds
from cxassess.responses.draft import Draft, asked_items, pulse_items
from cxassess.responses.headers import is_pulse_form
from cxassess.responses.reading import Reading
from cxassess.responses.table import Codes, Mask
from cxassess.responses.values import decimal_marks, read_answers, read_comments
from cxassess.responses.who import Keys, check_asked, read_forms, read_keys, read_roles, read_units


def read_wide(reading: Reading) -> tuple[Draft, set[str]]:
    """Understand a wide table, or a part of one.

    Parameters
    ----------
    reading : Reading
        The table and its columns.

    Returns
    -------
    draft : Draft
        One entry per row; only to be used if nothing fatal was found.
    marks : set of str
        Decimal marks in the answers.
    """
    table, layout, problems = reading.table, reading.layout, reading.problems
    count = len(table.rows)
    keys = read_keys(reading)
    if reading.so_far.in_parts:
        reading.so_far.hashes.append(keys.hashes())
    else:
        _check_duplicates(reading, keys)
    units = read_units(reading)
    roles = read_roles(reading)
    blank = ~layout.fields["role"].filled()
    problems.add_rows(table, blank, "The role is blank.", "Fill in the role, in every row.", droppable=False)
    pulse = _read_pulse(reading)
    answers = np.zeros((count, len(reading.instrument.items)), dtype=np.int8)
    for position, item in enumerate(reading.instrument.items):
        answers[:, position] = _read_item(reading, item, roles, pulse)
    silent = ~(answers != 0).any(axis=1)
    what, remedy = "The respondent has no answer to any item.", "Delete the row, or fill in what was answered."
    problems.add_rows(table, silent, what, remedy, droppable=True)
    seconds, no_seconds = np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.bool_)
    if "seconds" in layout.fields:
        seconds, no_seconds = read_seconds(table, layout.fields["seconds"], problems)
    moments = np.full(count, "NaT", dtype="datetime64[us]")
    if "answered_at" in layout.fields:
        moments = read_dates(table, layout.fields["answered_at"], reading.so_far.dates, problems)
    names = {
        "organisation": keys.organisation.values[keys.organisation.codes],
        "wave": keys.wave.values[keys.wave.codes],
        "respondent": keys.respondent.values[keys.respondent.codes],
        "unit": units.values[units.codes] if units else np.full(count, "", dtype=object),
    }
    draft = Draft(names, roles, answers, pulse, moments, seconds, no_seconds)
    _read_comments(reading, draft)
    marks = [decimal_marks(column) for column in layout.items.values()]
    return draft, set().union(*marks)


def _read_item(reading: Reading, item: Item, roles: Codes, pulse: Mask) -> NDArray[np.int8]:
    """Return the codes of an item's answers; nothing where it isn't asked."""
    column = reading.layout.items.get(item.id)
    if column is None:
        return np.zeros(len(roles), dtype=np.int8)
    codes = read_answers(reading.table, column, reading.instrument.level_count, reading.words, reading.problems)
    position = reading.instrument.item_ids.index(item.id)
    unasked = (roles >= 0) & ~asked_items(reading.instrument)[roles, position]
    check_asked(reading, column, (codes > 0) & unasked, item.id, roles)
    if not pulse_items(reading.instrument)[position]:
        surplus = (codes > 0) & ~unasked & pulse
        words = always(f"{item.id} isn’t in the pulse form.", "Leave the cell blank, or write full as the form.")
        reading.problems.add_cells(reading.table, column, surplus, words, droppable=True)
        unasked |= pulse
    codes[unasked] = 0
    return codes


def _read_pulse(reading: Reading) -> Mask:
    pulse = read_forms(reading)
    count = len(reading.table.rows)
    if is_pulse_form(reading.instrument, reading.layout.items):
        reading.problems.note("Only the items of the pulse form")
        return np.ones(count, dtype=np.bool_)
    return np.zeros(count, dtype=np.bool_) if pulse is None else pulse


def _check_duplicates(reading: Reading, keys: Keys) -> None:
    groups, first = keys.group()
    again = first[groups] != np.arange(len(groups))
    for row in np.flatnonzero(again).tolist():
        say_duplicate(reading, row, keys.at(row)[2], reading.table.place(int(first[groups[row]])))


def say_duplicate(reading: Reading, row: int, name: str, earlier: str) -> None:
    """Report a row whose respondent was there earlier."""
    if "wave" in reading.layout.fields:
        what = f"Respondent “{name}” is there twice in the same organisation and wave (also {earlier})."
        remedy = "Keep one of the rows, or give each person an id of their own."
    else:
        what = f"Respondent “{name}” is there twice (also {earlier}), and there is no column wave."
        remedy = "Add a column wave, e.g. 2026-10, that tells the measurements apart."
    reading.problems.add(reading.table.place(row), what, remedy, row=row)


def _read_comments(reading: Reading, draft: Draft) -> None:
    positions = {item_id: position for position, item_id in enumerate(reading.instrument.item_ids)} | {"": -1}
    for item_id, column in reading.layout.comments.items():
        texts = read_comments(reading.table, column, reading.problems)
        rows: Codes = np.flatnonzero(column.mask(bool(text) for text in texts))
        draft.comments.append((rows, positions[item_id], [texts[code] for code in column.codes[rows]]))
