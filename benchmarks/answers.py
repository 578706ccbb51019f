"""Invented answers, as many as wanted: the same for the same number, as responses and as the usual long frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess import Instrument
from cxassess.responses.codes import AnswerCodes, Labels
from cxassess.responses.words import DONT_KNOW, NOT_APPLICABLE

PEOPLE: Final = 125
WAVES: Final = ("2025-10", "2026-10")
ORGANISATIONS_IN_CHUNK: Final = 100
_NO_NUMBER: Final = ("dont_know", "not_applicable", "missing")
_SHARES: Final = (0.02, 0.01, 0.02)

Ints8 = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Drawn:
    """The answers of some organisations as numbers, one row per respondent and wave.

    Parameters
    ----------
    organisation, wave, role : ndarray
        Each row's, as numbers.
    numbers : ndarray
        Row × item: 1 to 5; 0 and below for an answer without a number (minus its place in the reasons); -9 where the
        role is not asked.
    """

    organisation: npt.NDArray[np.int64]
    wave: npt.NDArray[np.int64]
    role: npt.NDArray[np.int64]
    numbers: Ints8


def draw(chunk: int, organisations: int, instrument: Instrument) -> Drawn:
    """Return the answers of one chunk: some organisations of 125 people in two waves."""
    random = np.random.default_rng([2026, chunk])
    rows = organisations * len(WAVES) * PEOPLE
    place = np.arange(rows)
    organisation = place // (len(WAVES) * PEOPLE)
    wave = place // PEOPLE % len(WAVES)
    role = random.integers(len(instrument.roles), size=rows)
    mean = 3 + random.normal(0, 0.5, organisations)[organisation] + random.normal(0, 0.4, rows)
    noise = random.normal(0, 0.9, (rows, len(instrument.items)))
    numbers = np.clip(np.rint(mean[:, None] + noise), 1, 5).astype(np.int8)
    without = random.random(numbers.shape)
    for reason, share in enumerate(np.cumsum(_SHARES)[::-1]):
        numbers[without < share] = reason + 1 - len(_NO_NUMBER)
    asked = np.array([[kind.id in item.roles for item in instrument.items] for kind in instrument.roles])
    numbers[~asked[role]] = -9
    return Drawn(organisation + chunk * ORGANISATIONS_IN_CHUNK, wave, role, numbers)


def count_chunks(answers: int, instrument: Instrument) -> list[int]:
    """Return the organisations in each chunk, for about so many answers in all."""
    asked = sum(len(item.roles) for item in instrument.items) / len(instrument.roles)
    organisations = max(1, round(answers / asked / PEOPLE / len(WAVES)))
    whole, rest = divmod(organisations, ORGANISATIONS_IN_CHUNK)
    return [ORGANISATIONS_IN_CHUNK] * whole + ([rest] if rest else [])


def as_codes(drawn: Drawn, instrument: Instrument) -> AnswerCodes:
    """Return the answers as arrays, as reading a file makes them: texts once each, and where they stand."""
    people = len(drawn.organisation)
    organisations, own = np.unique(drawn.organisation, return_inverse=True)
    codes = {_NO_NUMBER.index("dont_know"): DONT_KNOW, _NO_NUMBER.index("not_applicable"): NOT_APPLICABLE}
    answers = np.maximum(drawn.numbers, 0)
    for place, code in codes.items():
        answers[drawn.numbers == -place] = code
    return AnswerCodes(
        Labels(own.astype(np.intp), np.array(_names(organisations), dtype=object)),
        Labels(drawn.wave.astype(np.intp), np.array(WAVES, dtype=object)),
        Labels(np.zeros(people, dtype=np.intp), np.array([""], dtype=object)),
        np.array(_respondents(people), dtype=object),
        drawn.role.astype(np.intp),
        answers,
        np.full(people, "NaT", dtype="datetime64[us]"),
    )


def as_frames(drawn: Drawn, instrument: Instrument) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the answers and reasons frames of responses, as reading a file makes them."""
    people = len(drawn.organisation)
    keys = pd.DataFrame(
        {
            "organisation": pd.Series(_names(drawn.organisation), dtype="str"),
            "wave": pd.Series(np.array(WAVES)[drawn.wave], dtype="str"),
            "respondent": pd.Series(_respondents(people), dtype="str"),
        }
    )
    roles = np.array([role.id for role in instrument.roles])
    fixed = {
        "role": pd.Series(roles[drawn.role], dtype="str"),
        "unit": pd.Series([None] * people, dtype="str"),
        "answered_at": pd.Series(pd.NaT, index=range(people), dtype="datetime64[us]"),
        "seconds": pd.Series(pd.NA, index=range(people), dtype="Int64"),
    }
    items = {
        item: pd.Series(pd.arrays.IntegerArray(np.maximum(column, 0), column <= 0))
        for item, column in zip(instrument.item_ids, np.ascontiguousarray(drawn.numbers.T), strict=True)
    }
    row, item = np.nonzero((drawn.numbers <= 0) & (drawn.numbers > -9))
    reasons = keys.iloc[row].reset_index(drop=True)
    reasons["item"] = pd.Series(np.array(instrument.item_ids)[item], dtype="str")
    reasons["reason"] = pd.Series(np.array(_NO_NUMBER)[-drawn.numbers[row, item].astype(np.int64)], dtype="str")
    return pd.concat([keys, pd.DataFrame({**fixed, **items})], axis=1), reasons


def as_long(drawn: Drawn, instrument: Instrument, organisations: int) -> pd.DataFrame:
    """Return one row per item that a person was asked, as an analyst would keep it: texts as categories."""
    row, item = np.nonzero(drawn.numbers > -9)
    value = drawn.numbers[row, item]
    elements = [element.id for element in instrument.elements]
    element = np.array([elements.index(one.element) for one in instrument.items])
    everyone = [f"Organisation {number:05d}" for number in range(organisations)]
    return pd.DataFrame(
        {
            "organisation": _category(drawn.organisation[row], everyone),
            "wave": _category(drawn.wave[row], list(WAVES)),
            "respondent": (row % PEOPLE).astype(np.int32),
            "role": _category(drawn.role[row], [role.id for role in instrument.roles]),
            "element": _category(element[item], elements),
            "item": _category(item, list(instrument.item_ids)),
            "value": np.where(value > 0, value, np.nan).astype(np.float64),
        }
    )


def _category(codes: npt.NDArray[Any], names: Sequence[str]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, pd.Index(names))


def _names(organisations: npt.NDArray[np.int64]) -> list[str]:
    return [f"Organisation {number:05d}" for number in organisations]


def _respondents(rows: int) -> list[str]:
    return [f"p{row % PEOPLE:03d}" for row in range(rows)]
