"""Shown scores as a file: one organisation's frames as JSON, and back without the loss of a bit."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.errors import CxassessError
from cxassess.instrument.model import Instrument
from cxassess.scoring.benchmark import Row
from cxassess.scoring.frames import build_columns, build_frame, plain_values
from cxassess.scoring.model import COLUMNS, ShownScores
from cxassess.scoring.rounding import round_shown

FORMAT: Final = "cxassess shown scores"
VERSION: Final = 1
_REMEDY: Final = "Score the responses again."


def write_shown(shown: ShownScores, path: str | Path) -> None:
    """Write shown scores as JSON; see `read_shown`."""
    Path(path).write_bytes(dump_shown(shown))


def read_shown(path: str | Path, instrument: Instrument) -> ShownScores:
    """Read what `write_shown` wrote.

    Parameters
    ----------
    path : str or Path
        The file.
    instrument : Instrument
        The instrument of the scores, in any language.

    Returns
    -------
    ShownScores
        The same frames, to the bit.

    Raises
    ------
    CxassessError
        If the file can't be read, is of another format or version, or holds scores of another instrument.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise CxassessError.single(
            file.name, f"the scores can't be read: {fault.strerror or fault}", _REMEDY
        ) from fault
    return load_shown(content, instrument, where=file.name)


def dump_shown(shown: ShownScores) -> bytes:
    """Return shown scores as the bytes of a JSON file."""
    frames = {name: {column: _plain(frame[column]) for column in COLUMNS[name]} for name, frame in shown.frames.items()}
    stored = {"format": FORMAT, "version": VERSION, "instrument": shown.instrument.reference, "frames": frames}
    return json.dumps(stored, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def put_benchmarks(content: bytes, rows: Iterable[Row]) -> bytes:
    """Return stored scores with other rows of ``benchmarks``, rounded as they are shown."""
    stored = json.loads(content)
    frame = round_shown("benchmarks", build_frame("benchmarks", rows))
    stored["frames"]["benchmarks"] = {column: _plain(frame[column]) for column in COLUMNS["benchmarks"]}
    return json.dumps(stored, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def load_shown(content: bytes, instrument: Instrument, *, where: str = "scores") -> ShownScores:
    """Return the shown scores that `dump_shown` made bytes of; `where` names them in an error."""
    try:
        stored = json.loads(content)
    except ValueError as fault:
        raise CxassessError.single(where, "this is no file of scores: it is not JSON", _REMEDY) from fault
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise CxassessError.single(where, "this is no file of scores", _REMEDY)
    if stored.get("version") != VERSION:
        what = f"the scores are of format version {stored.get('version')}, this program reads version {VERSION}"
        raise CxassessError.single(where, what, _REMEDY)
    if stored.get("instrument") != instrument.reference:
        what = f"the scores are of the instrument {stored.get('instrument')}, not of {instrument.reference}"
        raise CxassessError.single(where, what, "Name the instrument that was answered.")
    try:
        frames = {name: build_columns(name, _values(name, stored["frames"][name])) for name in COLUMNS}
    except (KeyError, TypeError, ValueError, OverflowError) as fault:
        raise CxassessError.single(where, f"the scores are damaged: {fault}", _REMEDY) from fault
    return ShownScores(instrument, **frames)


def _plain(column: pd.Series[Any]) -> list[Any]:
    values = plain_values(column)
    if column.dtype.kind == "M":
        return [None if value is None else value.isoformat() for value in values]
    if column.dtype == np.float64 and np.isinf(column.to_numpy()).any():
        return [str(value) if value is not None and math.isinf(value) else value for value in values]
    return values


def _values(name: str, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the columns' values with infinities as numbers and times as timestamps."""
    found = {}
    for column, kind in COLUMNS[name].items():
        values = columns[column]
        if kind.startswith("datetime"):
            values = [None if value is None else pd.Timestamp(value) for value in values]
        found[column] = values
    return found
