"""Hiding rows of the score frames: keys stay, figures go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.scoring.frames import change_columns, plain_values, put_values
from cxassess.scoring.hidden import TOO_FEW, Hidden
from cxassess.scoring.model import ALL, COLUMNS, Scores

Key = tuple[str, str]
_KEYS: Final = frozenset(
    {
        "instrument",
        "organisation",
        "wave",
        "wave_from",
        "wave_to",
        "element",
        "group",
        "item",
        "rule",
        "high_group",
        "low_group",
        "n_invited",
        "items",
        "order",
    }
)
_NOTHING: Final = {"verdict": "cannot_tell", "agreement": TOO_FEW, "status": "suppressed", "missing": ""}


@dataclass(frozen=True)
class Gate:
    """Scores with what is to be hidden of each organisation and wave.

    Parameters
    ----------
    scores : Scores
        The scores.
    hidden : mapping
        (organisation, wave) → what is hidden.
    """

    scores: Scores
    hidden: Mapping[Key, Hidden]

    def values(self, frame: pd.DataFrame, names: Sequence[str]) -> list[list[Any]]:
        """Return the values of some columns."""
        return [plain_values(frame[name]) for name in names]

    def keys(self, frame: pd.DataFrame) -> list[Key]:
        """Return the organisation and wave of each row."""
        return list(zip(*self.values(frame, ("organisation", "wave")), strict=True))

    def waves(self, frame: pd.DataFrame) -> list[Hidden]:
        """Return what is hidden in the wave of each row."""
        return [self.hidden[key] for key in self.keys(frame)]

    def blank(
        self, name: str, columns: Sequence[str], why: Callable[..., str], *, keep: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Return a frame with the rows blanked for which there is a reason.

        ``why`` gives it, or an empty string, from what is hidden in the row's wave and the row's values of ``columns``.
        """
        frame: pd.DataFrame = getattr(self.scores, name)
        rows = zip(self.waves(frame), *self.values(frame, columns), strict=True)
        return blank_rows(frame, name, [why(*row) for row in rows], keep)

    def without_spread(self, frame: pd.DataFrame, key: str) -> pd.DataFrame:
        """Blank intervals and agreement, and make means coarse, where `hiding` says so; the means stay."""
        names, groups = self.values(frame, (key, "group"))
        states = list(zip(self.waves(frame), zip(names, groups, strict=True), strict=True))
        columns: dict[str, Any] = {}
        gone = np.array([pair in wave.intervals for wave, pair in states], dtype=np.bool_)
        if gone.any():
            columns |= {name: put_values(frame[name], gone, np.nan) for name in ("low", "high")}
        gone = np.array([pair in wave.spreads for wave, pair in states], dtype=np.bool_)
        for name in frame.columns.intersection(["r_wg", "a_wg", "ad", "agreement"]) if gone.any() else ():
            columns[name] = put_values(frame[name], gone, TOO_FEW if name == "agreement" and key == "item" else np.nan)
        coarse = np.array([_is_coarse(wave, *pair, key) for wave, pair in states], dtype=np.bool_)
        mean = "mean" if key == "item" else "score"
        columns[mean] = np.where(coarse, np.round(frame[mean].to_numpy(), 1), frame[mean].to_numpy())
        return change_columns(frame, columns)


def _is_coarse(wave: Hidden, name: str, group: str, key: str) -> bool:
    """Say whether a mean goes to one decimal, as all of a role's items: two give the one who left out one of two."""
    return name in wave.coarse if group == ALL else key == "item"


def blank_rows(frame: pd.DataFrame, name: str, reasons: Sequence[str], keep: Sequence[str] = ()) -> pd.DataFrame:
    """Return a frame without the figures of the rows that have a reason; their keys and the columns to keep stay."""
    rows = np.array([bool(reason) for reason in reasons], dtype=np.bool_)
    if not rows.any():
        return frame
    kept = {*keep, *_KEYS} - ({"element"} if name == "weakest" else set())
    columns: dict[str, Any] = {}
    for column, kind in COLUMNS[name].items():
        if column == "reason":
            columns[column] = put_values(frame[column], rows, [reason for reason in reasons if reason])
        elif column in _NOTHING and kind == "str":
            columns[column] = put_values(frame[column], rows, _NOTHING[column])
        elif column not in kept:
            columns[column] = put_values(frame[column], rows, _empty(kind))
    return change_columns(frame, columns)


def _empty(kind: str) -> Any:
    if kind in {"Int64", "boolean"}:
        return pd.NA
    return pd.NaT if kind.startswith("datetime") else np.nan
