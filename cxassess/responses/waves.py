"""The order of waves in time."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from cxassess.errors import Problem


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
    return sort_waves(dict(zip(medians.index, medians, strict=True)))


def sort_waves(medians: Mapping[str, pd.Timestamp]) -> tuple[str, ...]:
    """Return the labels of waves, oldest first, from the median day of each (``NaT`` where there is none)."""
    labels = sorted(medians, key=natural_key)
    if not any(pd.isna(day) for day in medians.values()):
        labels.sort(key=lambda label: medians[label])
    return tuple(labels)


def find_unordered_waves(answers: pd.DataFrame, where: str) -> list[Problem]:
    """Return a problem for each organisation whose waves can't be put in order beyond doubt.

    Without the days of the answers the labels must tell: they are alike but for their figures, and these are one
    number, or begin with a year. So ``2025-10`` and ``2026-10`` do, and ``Q4 2025`` and ``Q1 2026`` do not.

    Parameters
    ----------
    answers : DataFrame
        With the columns ``organisation``, ``wave`` and ``answered_at``.
    where : str
        The file or files, for the problems.
    """
    return say_unordered(median_days(answers), where)


def median_days(answers: pd.DataFrame) -> dict[str, dict[str, pd.Timestamp]]:
    """Return organisation → wave → the median of ``answered_at``, ``NaT`` without one; by first appearance."""
    medians: dict[str, dict[str, pd.Timestamp]] = {}
    days = answers.groupby(["organisation", "wave"], sort=False)["answered_at"].median()
    for (organisation, wave), day in zip(days.index, days, strict=True):
        medians.setdefault(str(organisation), {})[str(wave)] = day
    return medians


def say_unordered(medians: Mapping[str, Mapping[str, pd.Timestamp]], where: str) -> list[Problem]:
    """Return the problems of `find_unordered_waves` from the median days."""
    problems = []
    for name, days in medians.items():
        labels = list(days)
        if len(labels) > 1 and any(pd.isna(day) for day in days.values()) and not _tell_their_order(labels):
            listed = ", ".join(labels[:6])
            what = f"{name}: which of the waves {listed} is the older can't be told from their names"
            remedy = (
                "Add the column answered_at with the day of each answer, or name the waves like 2025-10 and 2026-10."
            )
            problems.append(Problem(where, what, remedy))
    return problems


def _tell_their_order(labels: list[str]) -> bool:
    numbers = [re.findall(r"\d+", label) for label in labels]
    alike = len({re.sub(r"\d+", "#", label.casefold()) for label in labels}) == 1
    years = all(len(found) > 0 and len(found[0]) == 4 and found[0][:2] in ("19", "20") for found in numbers)
    return alike and (years or all(len(found) == 1 for found in numbers))
