"""The engine: whole-number sums per cell of a chunk of responses, which add up to the same bits however it is split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import lt
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.scoring.by_cell import CellRows, sort_by_cell
from cxassess.scoring.coding import NO_NUMBER, Coded
from cxassess.scoring.design import Design, Ints

CELL = ["organisation", "wave", "role", "unit"]
#: Kinds of floats, whose products are faster, and the size to which they hold whole numbers exactly.
_EXACT: Final[dict[Any, int]] = {np.float32: 2**24, np.float64: 2**53}
#: Rows whose answers are counted at once: what is made of them stays in the cache.
_ROWS_AT_ONCE: Final = 4_096


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
    return add_up(coded, sort_by_cell(coded, design), design, with_items=with_items)


def add_up(coded: Coded, rows: CellRows, design: Design, *, with_items: bool = True) -> Partials:
    """Add up a chunk as `partials` does, its rows sorted by cell beforehand."""
    elements = rows.scaled.shape[1]
    crossed = _cross(rows, design)
    return Partials(
        coded.cells.take(rows.present).reset_index(drop=True),
        rows.sizes,
        crossed[:, :elements, :elements],
        crossed[:, elements:, :elements],
        crossed[:, elements:, elements:],
        *(_item_sums(rows, design) if with_items else _no_items(rows.present.size, design)),
    )


def _cross(rows: CellRows, design: Design) -> Ints:
    """Return each cell's sums of the products of its rows' values, two and two; exact."""
    people, elements = rows.scaled.shape
    largest = int(rows.sizes.max(initial=0)) * (design.instrument.level_count * design.unit_of_score) ** 2
    kind = next((kind for kind, limit in _EXACT.items() if largest < limit), np.int64)
    values = np.zeros((people + 1, 2 * elements), dtype=kind)
    values[:-1, :elements], values[:-1, elements:] = rows.scored, rows.scaled
    crossed = np.empty((rows.sizes.size, 2 * elements, 2 * elements), dtype=np.int64)
    starts = rows.starts
    for lot in rows.alike():
        place = np.arange(rows.sizes[lot].max())
        index = np.where(place < rows.sizes[lot, None], starts[lot, None] + place, people)  # filled up with zeros
        filled = np.take(values, index, axis=0)
        crossed[lot] = np.matmul(filled.transpose(0, 2, 1), filled)
    return crossed


def _no_items(cells: int, design: Design) -> tuple[Ints, Ints, Ints]:
    items = len(design.instrument.items)
    shapes = ((cells, items, design.instrument.level_count), (cells, items), (cells, items, len(NO_NUMBER)))
    answers, asked, no_number = (np.zeros(shape, dtype=np.int64) for shape in shapes)
    return answers, asked, no_number


def _item_sums(rows: CellRows, design: Design) -> tuple[Ints, Ints, Ints]:
    cells, items = rows.asked.shape
    reasons = len(NO_NUMBER)
    kinds = reasons + 1 + design.instrument.level_count
    # What is told of each item, as one number: the reasons from the last, nothing, then the levels.
    first = np.arange(reasons, items * kinds, kinds, dtype=np.int16 if items * kinds < 2**15 else np.int64)
    counted = np.empty((cells, items, kinds), dtype=np.int64)
    ends = np.cumsum(rows.sizes)
    begin = 0
    while begin < cells:
        before = int(ends[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(ends, before + _ROWS_AT_ONCE, "right")), begin + 1)
        own = slice(before, int(ends[end - 1]))
        index = ((rows.place[own] - begin) * (items * kinds))[:, None] + (rows.answers[own] + first)
        found = np.bincount(index.ravel(), minlength=(end - begin) * items * kinds)
        counted[begin:end] = found.reshape(-1, items, kinds)
        begin = end
    return counted[:, :, reasons + 1 :], rows.asked * rows.sizes[:, None], counted[:, :, reasons - 1 :: -1]


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
    stacked = (np.concatenate(arrays) for arrays in zip(*(part.arrays for part in parts), strict=True))
    if _are_sorted(cells):
        return Partials(cells, *stacked)
    code = number_cells(cells, CELL)
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    added = [np.add.reduceat(array[order], starts, axis=0) for array in stacked]
    return Partials(cells.iloc[order[starts]].reset_index(drop=True), *added)


def _are_sorted(cells: pd.DataFrame) -> bool:
    """Return whether the cells are in order, and each is there once."""
    keys = list(zip(*(cells[name].tolist() for name in CELL), strict=True))
    return all(map(lt, keys, keys[1:]))


def number_cells(cells: pd.DataFrame, names: Sequence[str]) -> Ints:
    """Return a number for each row: the same for the same cell, and rising with the columns named, in turn."""
    code = np.zeros(len(cells), dtype=np.int64)
    for name in names:
        own, known = pd.factorize(cells[name].to_numpy(), sort=True)
        # Numbered anew each time, so that no product of the columns' sizes is too large.
        code = pd.factorize(code * max(len(known), 1) + own, sort=True)[0].astype(np.int64)
    return code


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
