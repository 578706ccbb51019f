"""Who gave numbers to which items, not which numbers: what the privacy gate must know where sums don't tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.instrument.model import Instrument
from cxassess.responses.codes import Labels
from cxassess.responses.model import COMMENT_COLUMNS, ID_COLUMNS, KEYS, REASON_COLUMNS, Responses, Source
from cxassess.scoring.coding import Coded
from cxassess.scoring.design import Design, Ints

Wave = tuple[str, str]


@dataclass(frozen=True)
class Given:
    """The respondents of a chunk, a few bytes each.

    Parameters
    ----------
    cells : DataFrame
        organisation, wave, role (number).
    cell, unit : ndarray
        Each row's cell, and unit by number in ``units``.
    units : tuple of str
        Names; blank for none.
    bits : ndarray
        Row × item, packed: whether there is a number.
    """

    cells: pd.DataFrame
    cell: npt.NDArray[np.int32]
    unit: npt.NDArray[np.int32]
    units: tuple[str, ...]
    bits: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, coded: Coded, unit: Labels) -> Given:
        """Keep what is needed of a chunk."""
        bits = np.packbits(coded.answers > 0, axis=1)
        return cls(coded.cells, coded.cell.astype(np.int32), unit.codes.astype(np.int32), tuple(unit.names), bits)

    def rows(self, waves: Collection[Wave], instrument: Instrument) -> pd.DataFrame:
        """Return the respondents of some waves: organisation, wave, role, unit, and 1 or NA for each item."""
        pairs = zip(self.cells["organisation"].tolist(), self.cells["wave"].tolist(), strict=True)
        chosen: Ints = np.flatnonzero(np.array([pair in waves for pair in pairs], dtype=np.bool_)[self.cell])
        cells = self.cells.iloc[self.cell[chosen]]
        roles = np.array([role.id for role in instrument.roles], dtype=object)
        units = np.array([name or None for name in self.units], dtype=object)
        frame = cells[["organisation", "wave"]].reset_index(drop=True)
        frame["role"] = roles[cells["role"].to_numpy(dtype=np.intp)]
        frame["unit"] = units[self.unit[chosen]]
        given = np.unpackbits(self.bits[chosen], axis=1, count=len(instrument.items)).astype(np.int8)
        items = {
            item: pd.arrays.IntegerArray(given[:, n], given[:, n] == 0) for n, item in enumerate(instrument.item_ids)
        }
        return pd.concat([frame, pd.DataFrame(items)], axis=1)


def stand_in(rows: pd.DataFrame, design: Design) -> Responses:
    """Return responses in which all who gave a number gave a 1: the privacy gate hides the same of them.

    Parameters
    ----------
    rows : DataFrame
        From `Given.rows`; at least one.
    design : Design
        With the waves on the pulse form: the others get a *don’t know* outside it, which may be all they told there.
    """
    instrument = design.instrument
    answers = rows.assign(
        respondent=[str(number) for number in range(len(rows))],
        answered_at=np.full(len(rows), "NaT", dtype="datetime64[us]"),
        seconds=pd.array([pd.NA] * len(rows), dtype="Int64"),
    ).astype(dict.fromkeys((*KEYS, "role", "unit"), "str"))[[*ID_COLUMNS, *instrument.item_ids]]
    outside = [item.id for item in instrument.items if not item.pulse]
    first = answers.drop_duplicates(["organisation", "wave"])[list(KEYS)]
    full = [pair not in design.pulse_waves for pair in zip(first["organisation"], first["wave"], strict=True)]
    reasons = first[full].assign(item=outside[0] if outside else "", reason="dont_know") if outside else first[:0]
    source = Source("stand-in", "", "wide", len(rows))
    return Responses(
        instrument,
        answers,
        reasons.reindex(columns=list(REASON_COLUMNS)).astype("str").reset_index(drop=True),
        pd.DataFrame(columns=list(COMMENT_COLUMNS), dtype="str"),
        source,
    )


def gather(parts: Sequence[Given], waves: Collection[Wave], instrument: Instrument) -> pd.DataFrame:
    """Return the respondents of some waves from all chunks, sorted by organisation."""
    found = [part.rows(waves, instrument) for part in parts] if waves else [parts[0].rows((), instrument)]
    return pd.concat(found, ignore_index=True).sort_values("organisation", kind="stable", ignore_index=True)
