"""Waves: how each is labelled, and which changes since may be shown."""

from __future__ import annotations

from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.rows import Row


def wave_labels(view: View) -> dict[str, str]:
    """Return wave → short label, oldest first: the year, month and year, or the wave's own name where dates fail."""
    waves = view.waves
    dates = [row["date"] for row in waves]
    if any(date is None for date in dates):
        return {row["wave"]: row["wave"] for row in waves}
    for pattern in ("yyyy", "MMM yyyy"):
        labels = [view.language.date(date, pattern) for date in dates]
        if len(set(labels)) == len(labels):
            return {row["wave"]: label for row, label in zip(waves, labels, strict=True)}
    return {row["wave"]: row["wave"] for row in waves}


def shown_changes(view: View, element: str) -> list[Row]:
    """Return an element's changes up to this wave that may be shown, from the oldest wave on."""
    order = list(wave_labels(view))
    rows = view.rows_over_time("changes", element=element, wave_to=view.wave)
    rows = [row for row in rows if row["status"] == SCORED and row["change"] is not None and row["wave_from"] in order]
    return sorted(rows, key=lambda row: order.index(row["wave_from"]))
