"""Responses on the way: what wide and long files have in common once their cells are understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.instrument.model import Instrument
from cxassess.responses.model import COMMENT_COLUMNS, ID_COLUMNS, KEYS, REASON_COLUMNS
from cxassess.responses.table import Codes, Mask
from cxassess.responses.words import BAD, DONT_KNOW, NOT_APPLICABLE

REASONS: Final = {DONT_KNOW: "dont_know", NOT_APPLICABLE: "not_applicable"}


@dataclass
class Draft:
    """One entry per respondent × wave.

    Parameters
    ----------
    names : dict
        organisation, wave, respondent and unit → an array of texts.
    roles : ndarray of int
        Position in the instrument's roles; −1 if unknown.
    answers : ndarray of int8
        Respondents × items: a level, or one of the codes of ``words``.
    pulse : ndarray of bool
        Who was asked the pulse form only.
    comments : list
        (respondents, item position or −1, texts) for each column of comments.
    """

    names: dict[str, NDArray[np.object_]]
    roles: Codes
    answers: NDArray[np.int8]
    pulse: Mask
    answered_at: NDArray[np.datetime64]
    seconds: NDArray[np.int64]
    no_seconds: Mask
    comments: list[tuple[Codes, int, Sequence[str]]] = field(default_factory=list)

    def keep(self, mask: Mask) -> Draft:
        """Return the respondents where ``mask`` holds."""
        positions = np.cumsum(mask) - 1
        comments: list[tuple[Codes, int, Sequence[str]]] = []
        for rows, item, texts in self.comments:
            stays = mask[rows]
            comments.append(
                (positions[rows[stays]], item, [text for text, kept in zip(texts, stays, strict=True) if kept])
            )
        return Draft(
            {name: values[mask] for name, values in self.names.items()},
            self.roles[mask],
            self.answers[mask],
            self.pulse[mask],
            self.answered_at[mask],
            self.seconds[mask],
            self.no_seconds[mask],
            comments,
        )


def asked_items(instrument: Instrument) -> NDArray[np.bool_]:
    """Return roles × items: who is asked what."""
    return np.array([[role.id in item.roles for item in instrument.items] for role in instrument.roles], dtype=np.bool_)


def pulse_items(instrument: Instrument) -> Mask:
    """Return which items belong to the pulse form."""
    return np.array([item.pulse for item in instrument.items], dtype=np.bool_)


def build_frames(instrument: Instrument, draft: Draft) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Make the frames answers, reasons and comments of a draft."""
    role_ids = np.array([role.id for role in instrument.roles], dtype=object)
    known = np.where(draft.answers > 0, draft.answers, 0)
    columns: dict[str, Any] = {name: pd.array(draft.names[name], dtype="str") for name in KEYS}
    columns["role"] = pd.array(role_ids[draft.roles], dtype="str")
    units = draft.names["unit"].copy()
    units[units == ""] = None
    columns["unit"] = pd.array(units, dtype="str")
    columns["answered_at"] = draft.answered_at.astype("datetime64[us]")
    columns["seconds"] = pd.arrays.IntegerArray(draft.seconds.copy(), draft.no_seconds.copy())
    for position, item_id in enumerate(instrument.item_ids):
        column = known[:, position].astype(np.int8)
        columns[item_id] = pd.arrays.IntegerArray(column, column == 0)
    answers = pd.DataFrame(columns, columns=[*ID_COLUMNS, *instrument.item_ids])
    return answers, _reasons(instrument, draft, answers), _comments(instrument, draft, answers)


def _reasons(instrument: Instrument, draft: Draft, answers: pd.DataFrame) -> pd.DataFrame:
    asked = asked_items(instrument)[draft.roles] & (pulse_items(instrument) | ~draft.pulse[:, None])
    rows, items = np.nonzero(asked & (draft.answers <= 0))
    codes = draft.answers[rows, items]
    reasons = np.full(len(rows), "missing", dtype=object)
    for code, reason in REASONS.items():
        reasons[codes == code] = reason
    ids = np.array(instrument.item_ids, dtype=object)
    frame = answers[list(KEYS)].iloc[rows].reset_index(drop=True)
    frame["item"] = pd.array(ids[items], dtype="str")
    frame["reason"] = pd.array(reasons, dtype="str")
    return frame[list(REASON_COLUMNS)]


def _comments(instrument: Instrument, draft: Draft, answers: pd.DataFrame) -> pd.DataFrame:
    parts = [
        (rows[position], item, text)
        for rows, item, texts in draft.comments
        for position, text in enumerate(texts)
        if text
    ]
    parts.sort(key=lambda part: (part[0], part[1]))
    ids = (*instrument.item_ids, "")
    frame = answers[list(KEYS)].iloc[[part[0] for part in parts]].reset_index(drop=True)
    frame["item"] = pd.array([ids[part[1]] for part in parts], dtype="str")
    frame["text"] = pd.array([part[2] for part in parts], dtype="str")
    return frame[list(COMMENT_COLUMNS)]


def drop_unanswered(draft: Draft) -> tuple[Draft, int]:
    """Leave out respondents for whom no answer is left (reading leniently); return how many, too."""
    answered = ((draft.answers != 0) & (draft.answers != BAD)).any(axis=1)
    count = int((~answered).sum())
    return (draft.keep(answered) if count else draft), count


def join_drafts(drafts: Sequence[Draft]) -> Draft:
    """Put parts together, in the order given; at least one."""
    if len(drafts) == 1:
        return drafts[0]
    comments: list[tuple[Codes, int, Sequence[str]]] = []
    before = 0
    for draft in drafts:
        comments += [(rows + before, item, texts) for rows, item, texts in draft.comments]
        before += len(draft.roles)
    return Draft(
        {name: np.concatenate([draft.names[name] for draft in drafts]) for name in drafts[0].names},
        np.concatenate([draft.roles for draft in drafts]),
        np.concatenate([draft.answers for draft in drafts]),
        np.concatenate([draft.pulse for draft in drafts]),
        np.concatenate([draft.answered_at for draft in drafts]),
        np.concatenate([draft.seconds for draft in drafts]),
        np.concatenate([draft.no_seconds for draft in drafts]),
        comments,
    )
