"""The same scores by the project's engine: whole-number sums of each chunk, which are added up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.plain import Summary
from cxassess import Instrument
from cxassess.scoring.coding import Design, encode
from cxassess.scoring.partials import Partials, combine, partials

Chunk = tuple[pd.DataFrame, pd.DataFrame]


def add_up(chunk: Chunk, instrument: Instrument, design: Design) -> Partials:
    """Return the sums of one chunk (answers, reasons)."""
    return partials(encode(*chunk, instrument), design)


def finish_plainly(parts: Sequence[Partials], design: Design) -> Summary:
    """Return what the plain groupby finds: means, deviations and counts by organisation and wave."""
    whole = combine(parts)
    cells = whole.cells
    key = cells["organisation"] + "|" + cells["wave"]
    starts = np.flatnonzero(np.append(True, (key != key.shift())[1:]))
    pairs, sums, products = (
        np.add.reduceat(np.diagonal(table, axis1=1, axis2=2), starts, axis=0)
        for table in (whole.pairs, whole.sums, whole.products)
    )
    counts = np.add.reduceat(whole.answers, starts, axis=0)
    scale = design.unit_of_score
    squares = pairs * products - sums * sums  # whole numbers: nothing cancels
    return Summary(pairs, sums / pairs / scale, np.sqrt(squares / (pairs * (pairs - 1))) / scale, counts)
