"""Responses as arrays of whole numbers, and which items each role is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.instrument.model import Instrument
from cxassess.responses.codes import AnswerCodes, Labels, code_frames
from cxassess.scoring.design import Bools, Design, Ints
from cxassess.scoring.half_rule import score_rows

#: (organisation, wave) → whether something outside, and inside, the pulse form was told.
PulseUse = Mapping[tuple[str, str], tuple[bool, bool]]

NO_NUMBER: Final = ("dont_know", "not_applicable")


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
    answers : ndarray
        Row × item: the level; where there is none, minus the place (from 1) of the reason in ``NO_NUMBER``, or 0.
    respondent : ndarray
        Each row's respondent id.
    """

    cells: pd.DataFrame
    cell: Ints
    role: Ints
    answers: npt.NDArray[np.int8]
    respondent: npt.NDArray[np.object_]

    @cached_property
    def numbers(self) -> npt.NDArray[np.int8]:
        """Row × item: the level, 0 where there is none."""
        return np.maximum(self.answers, 0)

    @cached_property
    def waves(self) -> dict[tuple[str, str], Ints]:
        """Organisation and wave → its rows, sorted by organisation and wave."""
        keys: dict[tuple[str, str], int] = {}
        cells = zip(self.cells["organisation"].tolist(), self.cells["wave"].tolist(), strict=True)
        of_cell = np.array([keys.setdefault(key, len(keys)) for key in cells], dtype=np.int64)
        wave = of_cell[self.cell]
        order = np.argsort(wave, kind="stable")
        present, starts = np.unique(wave[order], return_index=True)
        names = list(keys)
        rows = np.split(order, starts[1:])
        return {names[number]: own for number, own in zip(present.tolist(), rows, strict=True)}

    def by_role(self) -> Coded:
        """Return the same rows in cells of a role each, whatever the unit."""
        names = ("organisation", "wave", "role")
        keys: dict[tuple[str, str, int], int] = {}
        own = zip(*(self.cells[name].tolist() for name in names), strict=True)
        of_cell = np.array([keys.setdefault(key, len(keys)) for key in own], dtype=np.int64)
        cells = pd.DataFrame([(*key, "") for key in keys], columns=[*names, "unit"])
        return replace(self, cells=cells, cell=of_cell[self.cell])

    def take(self, rows: npt.NDArray[np.bool_] | Ints) -> Coded:
        """Return some of the rows."""
        return replace(
            self,
            cell=self.cell[rows],
            role=self.role[rows],
            answers=self.answers[rows],
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
    return assign_cells(code_frames(answers, reasons, instrument), by_unit=True)


def assign_cells(codes: AnswerCodes, *, by_unit: bool = False) -> Coded:
    """Tell the cells apart: organisation, wave and role, and the unit if wanted.

    Cells are sorted by organisation, wave, role and unit; rows stay in the order given.
    """
    none = Labels(np.zeros(len(codes), dtype=np.intp), np.array([""], dtype=object))
    columns = [codes.organisation.sort(), codes.wave.sort(), codes.unit.sort() if by_unit else none]
    (organisations, waves, units), names = ([getattr(one, part) for one in columns] for part in ("codes", "names"))
    roles = int(codes.role.max(initial=-1)) + 1
    code = ((organisations * len(names[1]) + waves) * roles + codes.role) * len(names[2]) + units
    first, cell = _number(code, len(names[0]) * len(names[1]) * roles * len(names[2]))
    cells = pd.DataFrame(
        {
            "organisation": pd.array(names[0], dtype="str").take(organisations[first]),
            "wave": pd.array(names[1], dtype="str").take(waves[first]),
            "role": codes.role[first].astype(np.int64),
            "unit": pd.array(names[2], dtype="str").take(units[first]),
        }
    )
    return Coded(cells, cell, codes.role.astype(np.int64, copy=False), codes.answers, codes.respondent)


def _number(code: Ints, size: int) -> tuple[Ints, Ints]:
    """Return a row of each code that occurs, all being smaller than a size, and the number of each row’s code."""
    if size > 4 * code.size + 1_000:
        _, first, number = np.unique(code, return_index=True, return_inverse=True)
        return first, number.astype(np.int64)
    row = np.full(size, -1, dtype=np.int64)
    row[code] = np.arange(code.size)
    there = row >= 0
    return row[there], (np.cumsum(there) - 1)[code]


def find_pulse_waves(coded: Coded, design: Design) -> frozenset[tuple[str, str]]:
    """Return the (organisation, wave) pairs in which nobody answered anything outside the pulse form.

    Those respondents were asked the pulse items only, so the others don't count as left out.
    """
    return combine_pulse([pulse_use(coded, design)])


def pulse_use(coded: Coded, design: Design) -> PulseUse:
    """Return, for each organisation and wave of a chunk, whether something outside and inside the pulse form was told.

    `combine_pulse` makes the pulse waves of it. Empty where the instrument has no pulse form.
    """
    if design.pulse.all() or not design.pulse.any():
        return {}
    used = coded.answers != 0
    outside, inside, there = (
        np.bincount(coded.cell[rows], minlength=len(coded.cells)) > 0
        for rows in ((used & ~design.pulse).any(axis=1), (used & design.pulse).any(axis=1), slice(None))
    )
    use: dict[tuple[str, str], tuple[bool, bool]] = {}
    keys = list(zip(coded.cells["organisation"].tolist(), coded.cells["wave"].tolist(), strict=True))
    for cell in np.flatnonzero(there).tolist():
        before = use.get(keys[cell], (False, False))
        use[keys[cell]] = (before[0] or bool(outside[cell]), before[1] or bool(inside[cell]))
    return use


def combine_pulse(uses: Iterable[PulseUse]) -> frozenset[tuple[str, str]]:
    """Return the pulse waves of all chunks together, from each chunk's `pulse_use`, in any order."""
    outside: set[tuple[str, str]] = set()
    inside: set[tuple[str, str]] = set()
    for use in uses:
        outside.update(key for key, (told, _) in use.items() if told)
        inside.update(key for key, (_, told) in use.items() if told)
    return frozenset(inside - outside)


def asked_cells(coded: Coded, design: Design) -> Bools:
    """Return cell × item: whether its respondents were asked the item, and it counts."""
    asked: Bools = design.asked[coded.cells["role"].to_numpy(dtype=np.int64)]
    if design.pulse_waves:
        pairs = zip(coded.cells["organisation"].tolist(), coded.cells["wave"].tolist(), strict=True)
        pulse = np.array([pair in design.pulse_waves for pair in pairs], dtype=np.bool_)
        asked = asked & (~pulse[:, None] | design.pulse)
    return asked


def asked_rows(coded: Coded, design: Design) -> Bools:
    """Return row × item: whether the respondent was asked the item, and it counts."""
    asked: Bools = asked_cells(coded, design)[coded.cell]
    return asked


def person_scores(coded: Coded, design: Design) -> tuple[Ints, Bools]:
    """Return each person's score of each element, times L, and whether there is one.

    The score is the mean of the answered items, if at least half of the asked items are answered (the half rule; Ware
    et al. 1993, SF-36 Health Survey: Manual). ``L · sum / answered`` is a whole number for up to twelve items an
    element; beyond that it is rounded to the nearest whole number (half up).
    """
    asked = asked_cells(coded, design)
    counted = coded.answers & np.take(-asked.view(np.int8), coded.cell, axis=0)  # all bits of those that count
    return score_rows(counted, coded.cell, asked, design)
