"""The engine: whole-number sums per cell of a chunk of responses, which add up to the same bits however it is split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.scoring.coding import NO_NUMBER, Bools, Coded, Design, Ints, asked_rows, person_scores

CELL = ["organisation", "wave", "role", "unit"]


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
    order = np.argsort(coded.cell, kind="stable")
    sorted_rows = coded.take(order)
    present, starts = np.unique(sorted_rows.cell, return_index=True)
    scaled, scored = person_scores(sorted_rows, design)
    elements = scaled.shape[1]
    shape = (present.size, elements, elements)
    pairs, sums, products = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    if present.size:
        flags = scored.astype(np.int64)
        for e in range(elements):
            pairs[:, e] = np.add.reduceat(flags * flags[:, [e]], starts, axis=0)
            sums[:, e] = np.add.reduceat(flags * scaled[:, [e]], starts, axis=0)
            products[:, e] = np.add.reduceat(scaled * scaled[:, [e]], starts, axis=0)
    cells = coded.cells.iloc[present].reset_index(drop=True)
    people = np.diff(np.append(starts, sorted_rows.cell.size)).astype(np.int64)
    return Partials(cells, people, pairs, sums, products, *_item_sums(sorted_rows, starts, design, with_items))


def _item_sums(coded: Coded, starts: Ints, design: Design, with_items: bool) -> tuple[Ints, Ints, Ints]:
    levels, items = design.instrument.level_count, coded.numbers.shape[1]
    if not with_items:
        empty = (np.zeros((starts.size, items, size), dtype=np.int64) for size in (levels, 1, len(NO_NUMBER)))
        answers, asked_sums, no_number = empty
        return answers, asked_sums[:, :, 0], no_number
    asked = asked_rows(coded, design)
    without = coded.no_number & (asked & (coded.numbers == 0))[:, :, None]
    return _count_answers(coded, asked, starts, levels), _add_up(asked, starts), _add_up(without, starts)


def _add_up(flags: npt.NDArray[np.bool_], starts: Ints) -> Ints:
    if not starts.size:
        return np.zeros((0, *flags.shape[1:]), dtype=np.int64)
    counted: Ints = np.add.reduceat(flags, starts, axis=0, dtype=np.int64)
    return counted


def _count_answers(coded: Coded, asked: Bools, starts: Ints, levels: int) -> Ints:
    group = np.zeros(coded.cell.size, dtype=np.int64)
    group[starts[1:]] = 1
    group = np.cumsum(group)
    items = coded.numbers.shape[1]
    index = (group[:, None] * items + np.arange(items)) * levels + coded.numbers - 1
    given = asked & (coded.numbers > 0)
    counted = np.bincount(index[given], minlength=starts.size * items * levels)
    return counted.reshape(starts.size, items, levels).astype(np.int64)


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
    cells = pd.concat([part.cells for part in parts], ignore_index=True)
    code = cells.groupby(CELL, sort=True).ngroup().to_numpy(dtype=np.int64)
    kept, first = np.unique(code, return_index=True)
    added = []
    for arrays in zip(*(part.arrays for part in parts), strict=True):
        stacked = np.concatenate(arrays)
        total = np.zeros((kept.size, *stacked.shape[1:]), dtype=np.int64)
        np.add.at(total, code, stacked)
        added.append(total)
    return Partials(cells.iloc[first].reset_index(drop=True), *added)


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


def add_cells(parts: Partials, rows: Sequence[int] | Ints) -> Sums:
    """Add up some of the cells."""
    index = np.asarray(rows, dtype=np.int64)
    people, *rest = (array[index].sum(axis=0) for array in parts.arrays)
    return Sums(int(people), *rest)


def cells_by_wave(parts: Partials) -> dict[tuple[str, str], Ints]:
    """Return the rows of each (organisation, wave)."""
    rows: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(parts.cells["organisation"], parts.cells["wave"], strict=True)):
        rows.setdefault(key, []).append(row)
    return {key: np.array(rows[key], dtype=np.int64) for key in sorted(rows)}
