"""A chunk's rows sorted by cell, with what counts of them: what every sum by cell starts from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxassess.scoring.coding import Coded, asked_cells
from cxassess.scoring.design import Bools, Design, Ints
from cxassess.scoring.half_rule import score_rows


@dataclass(frozen=True)
class CellRows:
    """The rows of the cells in which there are any.

    Parameters
    ----------
    present, sizes : ndarray
        The cells, by their number in the chunk, and how many rows each has.
    order : ndarray
        The rows, cell by cell.
    place : ndarray
        For each of them the place of its cell in ``present``.
    asked : ndarray
        Cell × item: whether its respondents were asked the item, and it counts.
    answers : ndarray
        Row × item, as in `Coded`; 0 where the item doesn't count.
    scaled, scored : ndarray
        Row × element: the person's score times L, and whether there is one.
    """

    present: Ints
    sizes: Ints
    order: Ints
    place: Ints
    asked: Bools
    answers: npt.NDArray[np.int8]
    scaled: Ints
    scored: Bools

    @property
    def starts(self) -> Ints:
        """Where the rows of each cell begin."""
        return np.cumsum(self.sizes) - self.sizes

    def alike(self) -> Iterator[Ints]:
        """Return the places of cells of like sizes: in each lot the largest is less than 1.5 times the smallest."""
        power = np.frexp(self.sizes**2)[1]
        for one in np.unique(power).tolist():
            yield np.flatnonzero(power == one)


def sort_by_cell(coded: Coded, design: Design) -> CellRows:
    """Sort a chunk's rows by cell, rows of a cell in the order given, and score them."""
    sizes = np.bincount(coded.cell, minlength=len(coded.cells))
    present = np.flatnonzero(sizes)
    narrow = coded.cell.astype(np.min_scalar_type(len(sizes)))  # 16 bits are sorted by their digits
    order = np.argsort(narrow, kind="stable")
    sizes = sizes[present]
    place = np.repeat(np.arange(present.size), sizes)
    asked = asked_cells(coded, design)[present]
    answers = np.take(coded.answers, order, axis=0)
    answers &= np.take(-asked.view(np.int8), place, axis=0)  # all bits of those that count
    return CellRows(present, sizes, order, place, asked, answers, *score_rows(answers, place, asked, design))
