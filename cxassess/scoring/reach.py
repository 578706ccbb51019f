"""Who stands behind the figures, as far as the privacy gate must know it and the sums don't tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.responses.codes import Labels
from cxassess.scoring.by_cell import CellRows
from cxassess.scoring.coding import Coded
from cxassess.scoring.design import Bools, Design, Ints
from cxassess.scoring.partials import number_cells

Hashes = npt.NDArray[np.uint64]
#: Stands for people without a unit.
NO_UNIT: Final = np.uint64(0)
_LARGEST: Final = np.iinfo(np.uint64).max
_CELL: Final = ["organisation", "wave", "role"]


@dataclass(frozen=True)
class Reach:
    """Per cell (organisation, wave, role): from one unit or several, and which items scored people answered.

    Parameters
    ----------
    cells : DataFrame
        organisation, wave, role (number).
    lowest, highest : ndarray
        Cell × (everybody, then those with a score of each element): smallest and largest hash of their units;
        the same where all are of one unit, and `NO_UNIT` where none is of any. Of nobody the smallest is the larger.
    items : ndarray
        Cell × item: whether somebody with a score of its element answered it.
    """

    cells: pd.DataFrame
    lowest: Hashes
    highest: Hashes
    items: Bools

    def take(self, rows: npt.NDArray[np.intp]) -> Reach:
        """Return some of the cells."""
        cells = self.cells.iloc[rows].reset_index(drop=True)
        return Reach(cells, self.lowest[rows], self.highest[rows], self.items[rows])


def find_reach(coded: Coded, rows: CellRows, unit: Labels, design: Design) -> Reach:
    """Return the reach of a chunk, its cells in the order of `partials`.

    Parameters
    ----------
    coded : Coded
        The chunk.
    rows : CellRows
        Its rows, sorted by cell.
    unit : Labels
        Each row's unit, in the order of the chunk; blank if there is none.
    design : Design
        Which item belongs to which element.
    """
    hashes = np.where(unit.names == "", NO_UNIT, pd.util.hash_array(unit.names, categorize=False))
    own = hashes[unit.codes][rows.order][:, None]
    people = np.column_stack([np.ones(len(own), dtype=np.bool_), rows.scored])
    answered = (rows.answers > 0) & np.take(rows.scored, design.membership.argmax(axis=1), axis=1)
    starts = rows.starts
    return Reach(
        coded.cells.take(rows.present)[_CELL].reset_index(drop=True),
        np.minimum.reduceat(np.where(people, own, _LARGEST), starts, axis=0),
        np.maximum.reduceat(np.where(people, own, NO_UNIT), starts, axis=0),
        np.logical_or.reduceat(answered, starts, axis=0),
    )


def combine_reach(parts: Sequence[Reach]) -> Reach:
    """Put reaches together, cells sorted by organisation, wave and role."""
    if len(parts) == 1:
        return parts[0]
    cells = pd.concat([part.cells for part in parts], ignore_index=True)
    code = number_cells(cells, _CELL)
    first: Ints = np.unique(code, return_index=True)[1].astype(np.int64)
    return Reach(
        cells.iloc[first].reset_index(drop=True),
        *(
            _fold(function, code, len(first), arrays)
            for function, arrays in (
                (np.minimum, [part.lowest for part in parts]),
                (np.maximum, [part.highest for part in parts]),
                (np.logical_or, [part.items for part in parts]),
            )
        ),
    )


def _fold(function: np.ufunc, code: Ints, count: int, arrays: Sequence[npt.NDArray[Any]]) -> Any:
    stacked = np.concatenate(arrays)
    order = np.argsort(code, kind="stable")
    return function.reduceat(stacked[order], np.searchsorted(code[order], np.arange(count)), axis=0)
