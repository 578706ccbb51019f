"""Responses as arrays of whole numbers, and which items each role is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import lcm
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.instrument.model import Instrument

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
#: (organisation, wave) → whether something outside, and inside, the pulse form was told.
PulseUse = Mapping[tuple[str, str], tuple[bool, bool]]

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
    def most_items(self) -> int:
        """The greatest number of items that an element has."""
        return max(len(element.items) for element in self.instrument.elements)

    @cached_property
    def unit_of_score(self) -> int:
        """L, the whole number by which a person's score is multiplied so that it stays a whole number."""
        return lcm(*range(1, min(self.most_items, _EXACT_ITEMS) + 1))


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
    numbers = {role.id: number for number, role in enumerate(instrument.roles)}
    role = _look_up(answers["role"], numbers)
    unit = answers["unit"].fillna("") if "unit" in answers else pd.Series("", index=answers.index)
    columns = [_factorize(column) for column in (answers["organisation"], answers["wave"], unit)]
    (organisations, waves, units), names = ([part[at] for part in columns] for at in (0, 1))
    code = ((organisations * len(names[1]) + waves) * len(numbers) + role) * len(names[2]) + units
    _, first, cell = np.unique(code, return_index=True, return_inverse=True)
    cells = pd.DataFrame(
        {
            "organisation": names[0][organisations[first]],
            "wave": names[1][waves[first]],
            "role": role[first],
            "unit": names[2][units[first]],
        }
    )
    items = [answers[item].to_numpy(dtype=np.int8, na_value=0) for item in instrument.item_ids]
    return Coded(
        cells=cells,
        cell=cell.astype(np.int64),
        role=role,
        numbers=np.column_stack(items) if items else np.zeros((len(role), 0), dtype=np.int8),
        no_number=_encode_reasons(answers, reasons, instrument),
        respondent=answers["respondent"].astype("str").to_numpy(dtype=object),
    )


def _look_up(column: pd.Series[Any], numbers: Mapping[str, int]) -> Ints:
    codes, names = pd.factorize(column)
    return np.array([numbers[str(name)] for name in names], dtype=np.int64)[codes]


def _factorize(column: pd.Series[Any]) -> tuple[Ints, pd.Index[Any]]:
    codes, names = pd.factorize(column.astype("str"), sort=True)
    return codes.astype(np.int64), pd.Index(names)


def _encode_reasons(answers: pd.DataFrame, reasons: pd.DataFrame, instrument: Instrument) -> npt.NDArray[np.bool_]:
    table = np.zeros((len(answers), len(instrument.items), len(NO_NUMBER)), dtype=np.bool_)
    told = reasons[reasons["reason"].isin(NO_NUMBER)]
    if told.empty or answers.empty:
        return table
    code = np.zeros(len(answers) + len(told), dtype=np.int64)
    for name in ("organisation", "wave", "respondent"):
        codes, names = pd.factorize(pd.concat([answers[name], told[name]], ignore_index=True).astype("str"))
        code = code * len(names) + codes
    own, wanted = code[: len(answers)], code[len(answers) :]
    order = np.argsort(own, kind="stable")
    place = np.minimum(np.searchsorted(own[order], wanted), len(own) - 1)
    row = order[place]
    known = own[row] == wanted
    item = _look_up(told["item"], {item: number for number, item in enumerate(instrument.item_ids)})
    reason = _look_up(told["reason"], {reason: number for number, reason in enumerate(NO_NUMBER)})
    table[row[known], item[known], reason[known]] = True
    return table


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
    used = np.asarray((coded.numbers > 0) | coded.no_number.any(axis=2), dtype=np.bool_)
    outside, inside = (
        np.asarray(used[:, chosen].any(axis=1), dtype=np.bool_) for chosen in (~design.pulse, design.pulse)
    )
    return {key: (bool(outside[rows].any()), bool(inside[rows].any())) for key, rows in coded.waves.items()}


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
    numbers = coded.numbers * asked[coded.cell]
    base = design.instrument.level_count * design.most_items + 1
    # One product gives the sum of the answers and their number together, as sum + base · number.
    packed = numbers.astype(np.float32) + base * (numbers > 0).astype(np.float32)
    code = (packed @ design.membership.astype(np.float32)).astype(np.int64)
    answered, total = np.divmod(np.arange(base * (design.most_items + 1), dtype=np.int64), base)
    divisor = np.maximum(answered, 1)
    scaled = (2 * total * design.unit_of_score + divisor) // (2 * divisor)
    wanted = asked.astype(np.int64) @ design.membership
    scored = (code > 0) & (2 * answered[code] >= wanted[coded.cell])
    return np.where(scored, scaled[code], 0), scored
