"""Responses as whole numbers: all that adding them up needs, without frames of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxassess.instrument.model import Instrument
from cxassess.responses.draft import REASONS, Draft
from cxassess.responses.model import KEYS

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Labels:
    """A column of texts.

    Parameters
    ----------
    codes : ndarray of int
        For each row the position of its text in ``names``.
    names : ndarray of str
        The distinct texts, each of which occurs.
    """

    codes: Codes
    names: NDArray[np.object_]

    @classmethod
    def of(cls, texts: NDArray[np.object_] | pd.Series[Any]) -> Labels:
        """Tell a column's texts apart; none may be missing."""
        codes, names = pd.factorize(texts)
        return cls(codes.astype(np.intp, copy=False), np.asarray(names, dtype=object))

    def sort(self) -> Labels:
        """Return the same column with its names sorted."""
        order = np.argsort(self.names, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return Labels(place[self.codes], self.names[order])


@dataclass(frozen=True)
class AnswerCodes:
    """Responses (or a chunk of them) as arrays, one row per respondent × wave.

    Parameters
    ----------
    organisation, wave, unit : Labels
        Texts of the rows; the unit is blank where there is none.
    respondent : ndarray of str
        Ids.
    role : ndarray of int
        Position in the instrument's roles.
    answers : ndarray of int8
        Row × item: the level; otherwise ``DONT_KNOW`` or ``NOT_APPLICABLE`` of `words`, or 0 for nothing.
    answered_at : ndarray of datetime64
        When, or ``NaT``.
    """

    organisation: Labels
    wave: Labels
    unit: Labels
    respondent: NDArray[np.object_]
    role: Codes
    answers: NDArray[np.int8]
    answered_at: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.role)


def code_draft(draft: Draft) -> AnswerCodes:
    """Return a part as it was understood when it was read."""
    organisation, wave, unit = (Labels.of(draft.names[name]) for name in ("organisation", "wave", "unit"))
    answers = np.where(draft.answers < min(REASONS), np.int8(0), draft.answers)
    return AnswerCodes(organisation, wave, unit, draft.names["respondent"], draft.roles, answers, draft.answered_at)


def code_frames(answers: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument) -> AnswerCodes:
    """Return the answers and reasons of `Responses`, or some of their rows; rows in the order of the answers."""
    roles = {role.id: number for number, role in enumerate(instrument.roles)}
    return AnswerCodes(
        Labels.of(answers["organisation"].astype("str")),
        Labels.of(answers["wave"].astype("str")),
        Labels.of(answers["unit"].astype("str").fillna("")),
        answers["respondent"].astype("str").to_numpy(dtype=object),
        _look_up(answers["role"], roles),
        _code_answers(answers, reasons, instrument),
        answers["answered_at"].to_numpy(dtype="datetime64[us]"),
    )


def _look_up(column: pd.Series[Any], numbers: Mapping[str, int]) -> Codes:
    codes, names = pd.factorize(column)
    return np.array([numbers[str(name)] for name in names], dtype=np.intp)[codes]


def _code_answers(answers: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument) -> NDArray[np.int8]:
    table = np.empty((len(answers), len(instrument.items)), dtype=np.int8)
    for number, item in enumerate(instrument.item_ids):
        table[:, number] = answers[item].to_numpy(dtype=np.int8, na_value=0)
    codes = {reason: code for code, reason in REASONS.items()}
    told = reasons[reasons["reason"].isin(list(codes))]
    if told.empty or answers.empty:
        return table
    row, known = _find_rows(answers, told)
    asked = _look_up(told["item"], {item: number for number, item in enumerate(instrument.item_ids)})
    code = _look_up(told["reason"], codes)
    place = (row[known], asked[known])
    table[place] = np.where(table[place] > 0, table[place], code[known])
    return table


def _find_rows(answers: pd.DataFrame, told: pd.DataFrame) -> tuple[Codes, NDArray[np.bool_]]:
    """Return the row of the answers that each reason belongs to, and whether there is one."""
    code = np.zeros(len(answers) + len(told), dtype=np.int64)
    for name in KEYS:
        codes, names = pd.factorize(pd.concat([answers[name], told[name]], ignore_index=True).astype("str"))
        code = code * len(names) + codes
    own, wanted = code[: len(answers)], code[len(answers) :]
    order = np.argsort(own, kind="stable")
    row = order[np.minimum(np.searchsorted(own[order], wanted), len(own) - 1)]
    return row, own[row] == wanted
