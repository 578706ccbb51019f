"""Responses as arrays of whole numbers, and which items each role is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import lcm
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.instrument.model import Instrument

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Up to this number of answered items a person's mean is exact; beyond it, it is rounded to 1/27,720 of a level.
_EXACT_ITEMS: Final = 12
NO_NUMBER: Final = ("dont_know", "not_applicable")


@dataclass(frozen=True)
class Design:
    """Which items count for whom: the instrument as arrays.

    Parameters
    ----------
    instrument : Instrument
        The instrument.
    asked : ndarray
        Role × item: whether the role is asked the item, and it counts here.
    pulse_waves : frozenset
        (organisation, wave) pairs answered on the pulse form.
    """

    instrument: Instrument
    asked: Bools
    pulse_waves: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, instrument: Instrument, pulse_waves: frozenset[tuple[str, str]] = frozenset()) -> Design:
        """Return the design in which every item counts for every role that is asked it."""
        asked = np.array([[role.id in item.roles for item in instrument.items] for role in instrument.roles])
        return cls(instrument, asked, pulse_waves)

    def only(self, items: Bools) -> Design:
        """Return the design in which only some items count."""
        return replace(self, asked=self.asked & items)

    @cached_property
    def pulse(self) -> Bools:
        """Whether each item is in the pulse form."""
        return np.array([item.pulse for item in self.instrument.items])

    @cached_property
    def membership(self) -> Ints:
        """Item × element: 1 where the item belongs to the element."""
        index = {element.id: column for column, element in enumerate(self.instrument.elements)}
        table = np.zeros((len(self.instrument.items), len(index)), dtype=np.int64)
        for row, item in enumerate(self.instrument.items):
            table[row, index[item.element]] = 1
        return table

    def role_weights(self, people: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return each role's share in everybody's score, from the number of people in it."""
        weighting = self.instrument.weighting
        raw = {
            "roles": np.ones(people.size),
            "respondents": people.astype(np.float64),
            "weights": np.array([weighting.weights.get(role.id, 1.0) for role in self.instrument.roles]),
        }[weighting.scheme] * (people > 0)
        return np.asarray(raw / max(float(raw.sum()), 1e-300), dtype=np.float64)

    @cached_property
    def unit_of_score(self) -> int:
        """L, the whole number by which a person's score is multiplied so that it stays a whole number."""
        most = max(len(element.items) for element in self.instrument.elements)
        return lcm(*range(1, min(most, _EXACT_ITEMS) + 1))


@dataclass(frozen=True)
class Coded:
    """Responses (or a chunk of them) as whole numbers, one row per respondent × wave.

    Parameters
    ----------
    cells : DataFrame
        The cells that occur: organisation, wave, role (its number in the instrument), unit ("" if none).
    cell : ndarray
        Each row's cell.
    role : ndarray
        Each row's role, by its number in the instrument.
    numbers : ndarray
        Row × item: the answer, 0 where there is none.
    no_number : ndarray
        Row × item × reason of ``NO_NUMBER``.
    respondent : ndarray
        Each row's respondent id.
    """

    cells: pd.DataFrame
    cell: Ints
    role: Ints
    numbers: npt.NDArray[np.int8]
    no_number: npt.NDArray[np.bool_]
    respondent: npt.NDArray[np.object_]

    def take(self, rows: npt.NDArray[np.bool_] | Ints) -> Coded:
        """Return some of the rows."""
        return replace(
            self,
            cell=self.cell[rows],
            role=self.role[rows],
            numbers=self.numbers[rows],
            no_number=self.no_number[rows],
            respondent=self.respondent[rows],
        )


def encode(answers: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument) -> Coded:
    """Turn answers and reasons into arrays.

    Parameters
    ----------
    answers, reasons : DataFrame
        The frames of `Responses`, or a chunk of their rows.
    instrument : Instrument
        The instrument that was answered.

    Returns
    -------
    Coded
        Cells sorted by organisation, wave, role and unit; rows in the order given.
    """
    roles = {role.id: number for number, role in enumerate(instrument.roles)}
    key = pd.DataFrame(
        {
            "organisation": answers["organisation"].astype("str"),
            "wave": answers["wave"].astype("str"),
            "role": answers["role"].map(roles).astype("int64"),
            "unit": answers["unit"].astype("str").fillna("") if "unit" in answers else "",
        }
    ).reset_index(drop=True)
    grouped = key.groupby(list(key.columns), sort=True)
    cell = grouped.ngroup().to_numpy(dtype=np.int64)
    cells = key.iloc[np.unique(cell, return_index=True)[1]].reset_index(drop=True)
    columns = [answers[item].to_numpy(dtype=np.int8, na_value=0) for item in instrument.item_ids]
    return Coded(
        cells=cells,
        cell=cell.astype(np.int64),
        role=key["role"].to_numpy(dtype=np.int64),
        numbers=np.column_stack(columns) if columns else np.zeros((len(key), 0), dtype=np.int8),
        no_number=_encode_reasons(answers, reasons, instrument),
        respondent=answers["respondent"].astype("str").to_numpy(dtype=object),
    )


def _encode_reasons(answers: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument) -> npt.NDArray[np.bool_]:
    keys = ["organisation", "wave", "respondent"]
    table = np.zeros((len(answers), len(instrument.items), len(NO_NUMBER)), dtype=np.bool_)
    told = reasons[reasons["reason"].isin(NO_NUMBER)]
    if told.empty or answers.empty:
        return table
    rows = pd.Series(np.arange(len(answers)), index=pd.MultiIndex.from_frame(answers[keys].astype("str")))
    row = rows.reindex(pd.MultiIndex.from_frame(told[keys].astype("str"))).to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(row)
    items = {item: number for number, item in enumerate(instrument.item_ids)}
    item = told["item"].map(items).to_numpy(dtype=np.int64)[known]
    reason = told["reason"].map({reason: number for number, reason in enumerate(NO_NUMBER)}).to_numpy(dtype=np.int64)
    table[row[known].astype(np.int64), item, reason[known]] = True
    return table


def find_pulse_waves(coded: Coded, design: Design) -> frozenset[tuple[str, str]]:
    """Return the (organisation, wave) pairs in which nobody answered anything outside the pulse form.

    Those respondents were asked the pulse items only, so the others don't count as left out.
    """
    if design.pulse.all() or not design.pulse.any():
        return frozenset()
    used = (coded.numbers > 0) | coded.no_number.any(axis=2)
    outside = used[:, ~design.pulse].any(axis=1)
    state = pd.DataFrame(
        {"cell": coded.cell, "outside": outside, "inside": used[:, design.pulse].any(axis=1)},
    ).merge(coded.cells[["organisation", "wave"]], left_on="cell", right_index=True)
    waves = state.groupby(["organisation", "wave"])[["outside", "inside"]].any()
    pulse = waves[waves["inside"] & ~waves["outside"]]
    return frozenset((str(organisation), str(wave)) for organisation, wave in pulse.index)


def asked_rows(coded: Coded, design: Design) -> Bools:
    """Return row × item: whether the respondent was asked the item, and it counts."""
    asked: Bools = design.asked[coded.role]
    if design.pulse_waves:
        pairs = zip(coded.cells["organisation"], coded.cells["wave"], strict=True)
        pulse_cell = np.array([pair in design.pulse_waves for pair in pairs], dtype=np.bool_)
        asked = asked & (~pulse_cell[coded.cell][:, None] | design.pulse)
    return asked


def person_scores(coded: Coded, design: Design) -> tuple[Ints, Bools]:
    """Return each person's score of each element, times L, and whether there is one.

    The score is the mean of the answered items, if at least half of the asked items are answered (the half rule; Ware
    et al. 1993, SF-36 Health Survey: Manual). ``L · sum / answered`` is a whole number for up to twelve items an
    element; beyond that it is rounded to the nearest whole number (half up).
    """
    asked = asked_rows(coded, design)
    numbers = (coded.numbers * asked).astype(np.float32)
    table = design.membership.astype(np.float32)
    total = (numbers @ table).astype(np.int64)
    answered = ((numbers > 0).astype(np.float32) @ table).astype(np.int64)
    wanted = (asked.astype(np.float32) @ table).astype(np.int64)
    scored = (answered > 0) & (2 * answered >= wanted)
    divisor = np.maximum(answered, 1)
    scaled = (2 * total * design.unit_of_score + divisor) // (2 * divisor)
    return np.where(scored, scaled, 0), scored
