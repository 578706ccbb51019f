"""The order of waves: by the days of the answers, else by labels that leave no doubt."""

from __future__ import annotations

import pandas as pd
import pytest

from cxassess.responses.waves import find_unordered_waves, order_waves


def answers(labels: list[str], days: list[str] | None = None) -> pd.DataFrame:
    dates = pd.to_datetime(pd.Series(days if days else [None] * len(labels)))
    return pd.DataFrame({"organisation": "Acme", "wave": labels, "answered_at": dates})


@pytest.mark.parametrize(
    "labels",
    [
        ["2025-10", "2026-04"],
        ["2024", "2025"],
        ["1", "2", "10"],
        ["Wave 2", "wave 10"],
        ["2025 Q4", "2026 Q1"],
        ["only"],
    ],
)
def test_labels_that_leave_no_doubt(labels: list[str]) -> None:
    assert find_unordered_waves(answers(labels), "a.csv") == []
    assert list(order_waves(answers(labels[::-1]))) == labels


@pytest.mark.parametrize(
    "labels",
    [
        ["Q4 2025", "Q1 2026"],
        ["15-11-2025", "01-03-2026"],
        ["oktober 2025", "april 2026"],
        ["10/2025", "03/2026"],
        ["before", "after"],
        ["2026-10", "okt 2026"],
    ],
)
def test_labels_that_leave_doubt_are_refused(labels: list[str]) -> None:
    (problem,) = find_unordered_waves(answers(labels), "a.csv")
    assert problem.where == "a.csv"
    assert all(label in problem.what for label in labels)
    assert "answered_at" in problem.remedy


def test_days_settle_the_order_whatever_the_labels() -> None:
    frame = answers(["after", "before"], ["2026-03-01", "2025-11-15"])
    assert find_unordered_waves(frame, "a.csv") == []
    assert order_waves(frame) == ("before", "after")
