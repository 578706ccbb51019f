"""The answers to an element as shares of the levels, and the same answers moved up or down the scale."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from cxassess.instrument.model import Element
from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.model import ALL

Shares = npt.NDArray[np.float64]
_HALVINGS: Final = 40


def pool_shares(view: View, element: Element) -> Shares | None:
    """Return the share of an element's answers at each level, or None where one of its items' spreads is hidden."""
    levels = view.instrument.level_count
    whole, count = np.zeros(levels), 0.0
    for item in element.items:
        rows = view.rows("distributions", item=item.id, group=ALL)
        answered = view.row("items", item=item.id, group=ALL)
        if not rows or answered is None or answered["n"] == 0:
            continue
        shares = {int(row["level"]): row["share"] for row in rows if row["status"] == SCORED}
        if len(shares) != levels or None in shares.values() or answered["n"] is None:
            return None
        whole += answered["n"] * np.array([shares[level] for level in range(1, levels + 1)])
        count += answered["n"]
    return whole / whole.sum() if count else None


def move_shares(shares: Shares, by: float) -> Shares:
    """Return the shares after moving all answers alike until their mean has moved by so many levels.

    Answers at the end of the scale stay there, so the others move further; a move between two whole levels takes that
    part of each level's answers to the next. Where the scale ends before the mean has moved so far, all are at the end.
    """
    if by == 0:
        return shares
    levels = np.arange(1, shares.size + 1)
    wanted = float(shares @ levels) + by
    near, far = 0.0, float(np.sign(by)) * (shares.size - 1)
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        beyond = float(_shift(shares, middle) @ levels) - wanted
        near, far = (near, middle) if beyond * np.sign(by) > 0 else (middle, far)
    return _shift(shares, (near + far) / 2)


def _shift(shares: Shares, by: float) -> Shares:
    whole = int(np.floor(by))
    part = by - whole
    places = np.arange(shares.size)
    moved = np.zeros_like(shares)
    np.add.at(moved, np.clip(places + whole, 0, shares.size - 1), shares * (1 - part))
    np.add.at(moved, np.clip(places + whole + 1, 0, shares.size - 1), shares * part)
    return moved
