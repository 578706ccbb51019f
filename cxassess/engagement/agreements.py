"""What rooms agreed on, as it is stored."""

from __future__ import annotations

from datetime import date
from typing import Final

from cxassess.context import Agreement
from cxassess.engagement.database import Row
from cxassess.engagement.store import Store
from cxassess.engagement.waves import wave

AGREED: Final = "wave, item, level, votes, total, dissent, reason, agreed_on"


def read_agreements(store: Store, name: str) -> tuple[Agreement, ...]:
    """Return what was agreed in the workshop of a wave, in the instrument's order."""
    rows = store.rows(f"SELECT {AGREED} FROM consensus WHERE wave = ?", name)  # noqa: S608  (constants)
    order = store.instrument(wave(store, name).instrument).item_ids
    return tuple(sorted(map(_agreement, rows), key=lambda one: order.index(one.item)))


def _agreement(row: Row) -> Agreement:
    name, item, level, votes, total, dissent, reason, agreed_on = row
    count = int(votes or 0)
    return Agreement(
        wave=str(name),
        item=str(item),
        level=None if level is None else int(level),
        mean=None if total is None or not count else int(total) / count,
        votes=count,
        dissent=int(dissent or 0),
        reason=str(reason),
        agreed_on=date.fromisoformat(str(agreed_on)),
    )
