"""Writing responses as the canonical file: wide, UTF-8, read back without loss."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.errors import CxassessError
from cxassess.responses.draft import REASONS, asked_items, pulse_items
from cxassess.responses.headers import GUARD_COLUMN
from cxassess.responses.model import ID_COLUMNS, KEYS, Responses
from cxassess.spreadsheets import guard_text

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def write_responses(responses: Responses, path: str | Path) -> None:
    """Write responses to a CSV file that ``read_responses`` reads back without loss.

    One row per respondent × wave; UTF-8, comma, CRLF (RFC 4180); words for *don't know* and *not applicable* in
    English, blank for a missing answer. Texts that a spreadsheet would calculate get a leading apostrophe, and the
    column ``x_text_guard`` says so; reading takes it away again.

    Parameters
    ----------
    responses : Responses
        As read; at least one respondent.
    path : str or Path
        Where to write; an existing file is replaced.

    Raises
    ------
    CxassessError
        If a text holds control characters, which no CSV file can carry safely.
    """
    answers = responses.answers
    columns: dict[str, list[str]] = {name: _texts(answers[name]) for name in ID_COLUMNS if name != "answered_at"}
    columns["answered_at"] = [_moment(value) for value in answers["answered_at"]]
    columns = {name: columns[name] for name in ID_COLUMNS}
    pulse = _pulse_rows(responses)
    if pulse.any():
        columns["form"] = ["pulse" if flag else "full" for flag in pulse]
    columns |= _item_columns(responses)
    columns |= _comment_columns(responses)
    columns[GUARD_COLUMN] = ["'"] * len(answers)
    _refuse_controls(columns, Path(path).name)
    with Path(path).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _item_columns(responses: Responses) -> dict[str, list[str]]:
    cells = {
        item_id: responses.answers[item_id].astype("object").map(lambda value: "" if value is pd.NA else str(value))
        for item_id in responses.instrument.item_ids
    }
    words = {"dont_know": "don't know", "not_applicable": "n/a"}
    reasons = responses.reasons[responses.reasons["reason"].isin(list(REASONS.values()))]
    rows = _positions(responses, reasons)
    columns = {item_id: column.tolist() for item_id, column in cells.items()}
    for row, item_id, reason in zip(rows, reasons["item"], reasons["reason"], strict=True):
        columns[item_id][row] = words[reason]
    return columns


def _comment_columns(responses: Responses) -> dict[str, list[str]]:
    comments = responses.comments
    order = (*responses.instrument.item_ids, "")
    used = set(comments["item"])
    count = len(responses.answers)
    columns: dict[str, list[str]] = {
        f"comment_{item_id}" if item_id else "comment": [""] * count for item_id in order if item_id in used
    }
    for row, item_id, text in zip(_positions(responses, comments), comments["item"], comments["text"], strict=True):
        columns[f"comment_{item_id}" if item_id else "comment"][row] = guard_text(text)
    return columns


def _positions(responses: Responses, frame: pd.DataFrame) -> list[int]:
    """Return for each row of a frame beside the answers the respondent's row in them."""
    index = pd.MultiIndex.from_frame(responses.answers[list(KEYS)])
    return [int(row) for row in index.get_indexer(pd.MultiIndex.from_frame(frame[list(KEYS)]))]


def _pulse_rows(responses: Responses) -> NDArray[np.bool_]:
    """Return who was asked the pulse form only: nothing is known of any other item that the role is asked."""
    instrument = responses.instrument
    roles = {role.id: position for position, role in enumerate(instrument.roles)}
    positions = responses.answers["role"].map(roles).to_numpy(dtype=np.intp)
    asked = asked_items(instrument)[positions] & ~pulse_items(instrument)
    known: NDArray[np.bool_] = responses.answers[list(instrument.item_ids)].notna().to_numpy(dtype=np.bool_)
    items = {item_id: position for position, item_id in enumerate(instrument.item_ids)}
    known[_positions(responses, responses.reasons), responses.reasons["item"].map(items).to_numpy(dtype=np.intp)] = True
    return np.asarray(asked.any(axis=1) & ~(known & asked).any(axis=1), dtype=np.bool_)


def _texts(column: pd.Series[Any]) -> list[str]:
    return ["" if pd.isna(value) else guard_text(str(value)) for value in column]


def _moment(value: Any) -> str:
    if pd.isna(value):
        return ""
    moment = pd.Timestamp(value)
    return moment.date().isoformat() if moment == moment.normalize() else moment.isoformat()


def _refuse_controls(columns: dict[str, list[str]], name: str) -> None:
    for column, texts in columns.items():
        for row, text in enumerate(texts, start=2):
            found = _CONTROL.search(text)
            if found:
                where = f"{name}, row {row}, column {column}"
                what = f"The text holds a control character (U+{ord(found.group()):04X})."
                raise CxassessError.single(where, what, "Take it out of the text.")
