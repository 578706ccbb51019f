"""The engine: whole-number sums per cell of a chunk of responses, which add up to the same bits however it is split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from cxassess.scoring.coding import NO_NUMBER, Coded, Design, Ints, asked_cells, person_scores

CELL = ["organisation", "wave", "role", "unit"]
_EXACT_FLOATS: Final = 2**53


@dataclass(frozen=True)
class Partials:
    """Whole-number sums, one row per cell (organisation, wave, role, unit).

    Write x for a person's score of an element times L, and δ for whether there is one.

    Parameters
    ----------
    cells : DataFrame
        organisation, wave, role (number), unit.
    people : ndarray
        Respondents, one a cell.
    pairs, sums, products : ndarray
        Cell × element e × element f: Σ δₑδ_f, Σ xₑδ_f and Σ xₑx_f. On the diagonal: n, Σx and Σx².
    answers : ndarray
        Cell × item × level: how often each level was given.
    asked : ndarray
        Cell × item: respondents who were asked.
    no_number : ndarray
        Cell × item × reason (don't know, not applicable).
    """

    cells: pd.DataFrame
    people: Ints
    pairs: Ints
    sums: Ints
    products: Ints
    answers: Ints
    asked: Ints
    no_number: Ints

    @property
    def arrays(self) -> tuple[Ints, ...]:
        """The sums, in the order of the fields."""
        return (self.people, self.pairs, self.sums, self.products, self.answers, self.asked, self.no_number)


def partials(coded: Coded, design: Design, *, with_items: bool = True) -> Partials:
    """Add up a chunk of responses by cell.

    Parameters
    ----------
    coded : Coded
        A chunk, from `encode`.
    design : Design
        Which items count for whom.
    with_items : bool
        Whether to count the answers to single items too; without, these sums are zero.

    Returns
    -------
    Partials
        Whole numbers only: `combine` gives the same result for any split into chunks, in any order.
    """
    rows = coded.take(np.argsort(coded.cell, kind="stable"))
    present, starts = np.unique(rows.cell, return_index=True)
    scaled, scored = person_scores(rows, design)
    elements = scaled.shape[1]
    crossed = _cross(np.column_stack([scored, scaled]), starts, design)
    return Partials(
        coded.cells.iloc[present].reset_index(drop=True),
        np.diff(starts, append=rows.cell.size).astype(np.int64),
        crossed[:, :elements, :elements],
        crossed[:, elements:, :elements],
        crossed[:, elements:, elements:],
        *(_item_sums(rows, present, starts, design) if with_items else _no_items(present.size, design)),
    )


def _cross(values: Ints, starts: Ints, design: Design) -> Ints:
    """Return each cell's sums of the products of its rows' values, two and two; exact."""
    highest = design.instrument.level_count * design.unit_of_score
    kind = np.float64 if len(values) * highest**2 < _EXACT_FLOATS else np.int64  # floats have the faster product
    rows = values.astype(kind)
    crossed = np.empty((starts.size, values.shape[1], values.shape[1]), dtype=kind)
    for cell, (begin, end) in enumerate(pairwise([*starts.tolist(), len(rows)])):
        part = rows[begin:end]
        np.matmul(part.T, part, out=crossed[cell])
    return crossed.astype(np.int64)


def _no_items(cells: int, design: Design) -> tuple[Ints, Ints, Ints]:
    items = len(design.instrument.items)
    shapes = ((cells, items, design.instrument.level_count), (cells, items), (cells, items, len(NO_NUMBER)))
    answers, asked, no_number = (np.zeros(shape, dtype=np.int64) for shape in shapes)
    return answers, asked, no_number


def _item_sums(rows: Coded, present: Ints, starts: Ints, design: Design) -> tuple[Ints, Ints, Ints]:
    cells, items, levels = starts.size, rows.numbers.shape[1], design.instrument.level_count
    asked = asked_cells(rows, design)
    place = np.zeros(rows.cell.size, dtype=np.int64)
    place[starts[1:]] = 1
    place = np.cumsum(place)
    numbers = rows.numbers * asked[rows.cell]
    index = (place * items * (levels + 1))[:, None] + (np.arange(items) * (levels + 1) + numbers)
    counted = np.bincount(index.ravel(), minlength=cells * items * (levels + 1)).reshape(cells, items, levels + 1)
    told = np.flatnonzero(rows.no_number.reshape(len(numbers), items * len(NO_NUMBER)).any(axis=1))
    row, item, reason = np.nonzero(rows.no_number[told] & (asked[rows.cell[told]] & (numbers[told] == 0))[:, :, None])
    no_number = np.zeros((cells, items, len(NO_NUMBER)), dtype=np.int64)
    np.add.at(no_number, (place[told][row], item, reason), 1)
    people = np.diff(starts, append=rows.cell.size)
    asked_sums = asked[present].astype(np.int64) * people[:, None]
    return counted[:, :, 1:].astype(np.int64), asked_sums, no_number


def combine(parts: Sequence[Partials]) -> Partials:
    """Add partial sums together.

    Parameters
    ----------
    parts : sequence of Partials
        At least one, all of the same design.

    Returns
    -------
    Partials
        Cells sorted by organisation, wave, role and unit.
    """
    if len(parts) == 1:
        return parts[0]
    cells = pd.concat([part.cells for part in parts], ignore_index=True)
    code = cells.groupby(CELL, sort=True).ngroup().to_numpy(dtype=np.int64)
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    stacked = (np.concatenate(arrays)[order] for arrays in zip(*(part.arrays for part in parts), strict=True))
    added = [np.add.reduceat(array, starts, axis=0) if starts.size else array for array in stacked]
    return Partials(cells.iloc[order[starts]].reset_index(drop=True), *added)


@dataclass(frozen=True)
class Sums:
    """The sums of one group of people, e.g. one role of one organisation in one wave; fields as in `Partials`."""

    people: int
    pairs: Ints
    sums: Ints
    products: Ints
    answers: Ints
    asked: Ints
    no_number: Ints


def role_sums(by_role: Coded, design: Design) -> dict[tuple[str, str], dict[int, Sums]]:
    """Return for each organisation and wave its roles' sums, without those of items, from `Coded.by_role`."""
    parts = partials(by_role, design, with_items=False)
    found: dict[tuple[str, str], dict[int, Sums]] = {}
    keys = zip(*(parts.cells[name].tolist() for name in ("organisation", "wave", "role")), strict=True)
    for (organisation, wave, role), people, *sums in zip(keys, *parts.arrays, strict=True):
        found.setdefault((organisation, wave), {})[role] = Sums(int(people), *sums)
    return found


def add_groups(parts: Partials, groups: Sequence[Sequence[int]]) -> list[Sums]:
    """Add up the cells of each group of rows; no group is empty."""
    if not groups:
        return []
    rows = np.array([row for group in groups for row in group], dtype=np.int64)
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    people, *rest = (np.add.reduceat(array[rows], starts, axis=0) for array in parts.arrays)
    return [Sums(int(n), *sums) for n, *sums in zip(people, *rest, strict=True)]
