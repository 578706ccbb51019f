"""The order of waves in time."""

from __future__ import annotations

import re

import pandas as pd


def natural_key(label: str) -> list[tuple[int, int, str]]:
    """Return a sort key in which ``wave 10`` comes after ``wave 9``."""
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"(\d+)", label) if part]


def order_waves(answers: pd.DataFrame) -> tuple[str, ...]:
    """Return the labels of the waves, oldest first.

    By the median of ``answered_at`` where every wave has one, otherwise by the labels in natural order.

    Parameters
    ----------
    answers : DataFrame
        With the columns ``wave`` and ``answered_at``, usually of one organisation.
    """
    medians = answers.groupby("wave", sort=False)["answered_at"].median()
    if medians.notna().all():
        return tuple(sorted(medians.index, key=lambda wave: (medians[wave], natural_key(wave))))
    return tuple(sorted(medians.index, key=natural_key))
