"""People's own scores of the elements: the mean of the answered items, if at least half are answered."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from cxassess.scoring.design import Bools, Design, Ints

#: Multiplications in a product that BLAS works out in one thread.
_SMALL_PRODUCT: Final = 2**18


def score_rows(answers: npt.NDArray[np.int8], cell: Ints, asked: Bools, design: Design) -> tuple[Ints, Bools]:
    """Return what `person_scores` does, of answers that are 0 where they don't count.

    Parameters
    ----------
    answers : ndarray
        Row × item, as in `Coded`.
    cell : ndarray
        Each row's cell.
    asked : ndarray
        Cell × item: whether its respondents were asked the item, and it counts.
    design : Design
        Which items belong to which element.
    """
    base = design.instrument.level_count * design.most_items + 1
    # One product gives the sum of the answers and their number together, as sum + base · number.
    packed = answers.astype(np.int16)
    packed += np.int16(base)
    packed *= answers > 0
    membership = design.membership.astype(np.float32)
    code = _multiply(packed.astype(np.float32), membership).astype(np.intp)
    answered, total = np.divmod(np.arange(base * (design.most_items + 1), dtype=np.int64), base)
    divisor = np.maximum(answered, 1)
    scaled = (2 * total * design.unit_of_score + divisor) // (2 * divisor)
    wanted = _multiply(asked.astype(np.float32), membership).astype(np.int16)
    scored = np.take((2 * answered).astype(np.int16), code) >= np.take(wanted, cell, axis=0)
    scored &= code > 0
    return np.take(scaled, code) * scored, scored


def _multiply(left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a product, some rows at a time: so small ones stay in the cache, and in one thread."""
    product = np.empty((len(left), right.shape[1]), dtype=np.float32)
    step = max(1, _SMALL_PRODUCT // max(right.size, 1))
    for begin in range(0, len(left), step):
        np.matmul(left[begin : begin + step], right, out=product[begin : begin + step])
    return product
