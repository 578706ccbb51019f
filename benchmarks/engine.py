"""The same scores by the project's engine: whole-number sums of each chunk, which are added up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.plain import WAVE, Summary
from cxassess.responses.codes import AnswerCodes
from cxassess.scoring.coding import assign_cells, encode
from cxassess.scoring.design import Design
from cxassess.scoring.partials import Partials, combine, partials

Frames = tuple[pd.DataFrame, pd.DataFrame]


def add_up(chunk: AnswerCodes, design: Design) -> Partials:
    """Return the sums of one chunk of arrays, as reading a file makes them."""
    return partials(assign_cells(chunk), design)


def add_up_frames(chunk: Frames, design: Design) -> Partials:
    """Return the sums of one chunk of frames: answers and reasons."""
    return partials(encode(*chunk, design.instrument), design)


def finish_plainly(parts: Sequence[Partials], design: Design) -> Summary:
    """Return what the plain groupby finds: means, deviations and counts by organisation and wave."""
    whole = combine(parts)
    key = np.column_stack([whole.cells[name].to_numpy(dtype=object) for name in WAVE])
    starts = np.flatnonzero(np.append(True, (key[1:] != key[:-1]).any(axis=1)))
    pairs, sums, products = (
        np.add.reduceat(np.diagonal(table, axis1=1, axis2=2), starts, axis=0)
        for table in (whole.pairs, whole.sums, whole.products)
    )
    counts = np.add.reduceat(whole.answers, starts, axis=0)
    scale = design.unit_of_score
    squares = pairs * products - sums * sums  # whole numbers: nothing cancels
    return Summary(pairs, sums / pairs / scale, np.sqrt(squares / (pairs * (pairs - 1))) / scale, counts)
