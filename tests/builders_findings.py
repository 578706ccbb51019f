"""Shown scores made by hand after the frames' contract, to find things in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from cxassess.instrument.model import Instrument
from cxassess.scoring.model import COLUMNS, ShownScores

ORGANISATION = "Nordvand Forsyning A/S"
WAVE = "2026"
HALF = 0.12
NAN = float("nan")

Rows = dict[str, list[dict[str, Any]]]

SCORED = {"status": "scored", "reason": ""}
KEY = {"organisation": ORGANISATION, "wave": WAVE}

SCORES = {
    "leadership_ownership": 3.12,
    "customer_strategy": 3.41,
    "data_transparency": 2.71,
    "leadership_cadence": 2.44,
    "back_office": 2.83,
    "employee_enablement": 3.26,
    "middle_managers": 2.66,
    "persistence": 2.95,
}
GAPS = {
    "leadership_cadence": (1.10, 0.74, 1.46),
    "leadership_ownership": (1.05, 0.70, 1.40),
    "customer_strategy": (0.90, 0.55, 1.25),
    "persistence": (0.80, 0.43, 1.17),
    "back_office": (0.50, 0.11, 0.89),
    "data_transparency": (0.40, -0.04, 0.84),
    "middle_managers": (0.0, -0.42, 0.42),
}
CHANGES = {
    "overall": {"2024": ("up", 0.30), "2025": ("cannot_tell", 0.08)},
    "leadership_ownership": {"2024": ("up", 0.54), "2025": ("cannot_tell", 0.17)},
    "customer_strategy": {"2024": ("up", 0.80), "2025": ("cannot_tell", 0.19)},
    "data_transparency": {"2024": ("up", 0.40), "2025": ("up", 0.27)},
    "leadership_cadence": {"2024": ("cannot_tell", 0.15), "2025": ("cannot_tell", 0.03)},
    "back_office": {"2024": ("cannot_tell", 0.21), "2025": ("cannot_tell", 0.06)},
    "employee_enablement": {"2024": ("up", 0.28), "2025": ("cannot_tell", 0.18)},
    "middle_managers": {"2024": ("cannot_tell", -0.05), "2025": ("down", -0.38)},
    "persistence": {"2024": ("cannot_tell", 0.07), "2025": ("cannot_tell", 0.16)},
}


def level_of(instrument: Instrument, score: float) -> int:
    return 1 + sum(score >= cutoff for cutoff in instrument.cutoffs)


def score_row(instrument: Instrument, element: str, score: float, group: str = "all", n: int = 64) -> dict[str, Any]:
    return {
        **KEY,
        "instrument": instrument.reference,
        "element": element,
        "group": group,
        "score": score,
        "low": max(1.0, score - HALF),
        "high": min(float(instrument.level_count), score + HALF),
        "level": level_of(instrument, score),
        "n_respondents": n,
        "n_invited": 90,
        "coverage": 0.94,
        "agreement": 0.72,
        **SCORED,
    }


def item_row(item: Any, mean: float, group: str = "all") -> dict[str, Any]:
    counts = {"n": 60, "n_dont_know": 4, "n_not_applicable": 0, "n_missing": 0}
    spread = {"r_wg": 0.62, "a_wg": 0.6, "ad": 0.6, "agreement": "moderate"}
    where = {"group": group, "item": item.id, "element": item.element}
    return {**KEY, **where, "mean": mean, "low": mean - HALF, "high": mean + HALF, **counts, **spread, **SCORED}


def make_rows(instrument: Instrument, scores: Mapping[str, float] = SCORES) -> Rows:
    """Return the rows of one organisation and wave without comparisons: scores, levels, items, distributions."""
    rows: Rows = {name: [] for name in COLUMNS}
    total = sum(scores.values()) / len(scores)
    for element, score in {**scores, "overall": total}.items():
        rows["scores"].append(score_row(instrument, element, score))
        rows["scores"] += [score_row(instrument, element, score, f"role:{role.id}", 16) for role in instrument.roles]
        level = level_of(instrument, score)
        rules = ("nearest", "staged", "gated") if element == "overall" else ("nearest", "gated")
        for rule in rules:
            at = level_of(instrument, min(scores.values())) if rule != "nearest" and element == "overall" else level
            for number in range(1, instrument.level_count + 1):
                chance = 0.84 if number == at else 0.16 if number == at + (1 if at == 1 else -1) else 0.0
                given = {"rule": rule, "level": number, "reached": number == at, "probability": chance}
                rows["levels"].append({**KEY, "element": element, **given})
    weakest = min(scores, key=lambda element: scores[element])
    rows["weakest"].append({**KEY, "element": weakest, "score": scores[weakest]})
    for element in instrument.elements:
        for place, item in enumerate(element.items):
            if element.id in scores:
                rows["items"].append(item_row(item, scores[element.id] + 0.1 * place - 0.15))
                shares = [1 / instrument.level_count] * instrument.level_count
                for number, share in enumerate(shares, start=1):
                    at = {"group": "all", "item": item.id, "level": number, "n": 60, "share": share}
                    rows["distributions"].append({**KEY, **at, **SCORED})
    rows["waves"].append({**KEY, "date": datetime(2026, 10, 15), "order": 0})
    return rows


def add_systematic(rows: Rows, missing: str = "leadership_cadence") -> None:
    rows["systematic"].append({**KEY, "systematic": not missing, "probability": 0.16, "missing": missing})


def add_gap(rows: Rows, element: str, gap: float, low: float, high: float, pair: tuple[str, str]) -> None:
    """Add a gap with its verdict, and move the two roles' scores apart by it."""
    verdict = "real" if low > 0 or high < 0 else "cannot_tell"
    groups = {"high_group": f"role:{pair[0]}", "low_group": f"role:{pair[1]}"}
    figures = {"gap": gap, "low": low, "high": high, "p": 0.01, "p_holm": 0.02, "verdict": verdict}
    counts = {"n_high": 7, "n_low": 26, "items": 3}
    rows["gaps"].append({**KEY, "element": element, **groups, **figures, **counts, **SCORED})
    for row in rows["scores"]:
        if row["element"] == element and row["group"] in groups.values():
            row["score"] += gap * 0.6 if row["group"] == groups["high_group"] else -gap * 0.4


def add_gaps(rows: Rows, gaps: Mapping[str, tuple[float, float, float]] = GAPS) -> None:
    for element, (gap, low, high) in gaps.items():
        add_gap(rows, element, gap, low, high, ("top_management", "front_line"))


def add_waves(rows: Rows, changes: Mapping[str, Mapping[str, tuple[str, float]]] = CHANGES) -> None:
    """Add earlier waves with the scores that the changes imply."""
    rows["waves"].clear()
    for order, wave in enumerate(("2024", "2025", WAVE)):
        rows["waves"].append({**KEY, "wave": wave, "date": datetime(int(wave), 10, 15), "order": order})
    now = {row["element"]: row for row in rows["scores"] if row["group"] == "all"}
    for element, since in changes.items():
        for wave, (verdict, change) in since.items():
            rows["scores"].append({**now[element], "wave": wave, "score": now[element]["score"] - change})
            interval = (change - 0.2, change + 0.2) if verdict == "cannot_tell" else (change * 0.5, change * 1.5)
            figures = {"change": change, "low": min(interval), "high": max(interval), "p": 0.01, "p_holm": 0.02}
            at = {"element": element, "wave_from": wave, "wave_to": WAVE, "verdict": verdict, "matched": True}
            rows["changes"].append({"organisation": ORGANISATION, **at, **figures, "n_from": 58, "n_to": 64, **SCORED})


def to_shown(instrument: Instrument, rows: Rows) -> ShownScores:
    frames = {
        name: pd.DataFrame(rows[name], columns=list(columns)).astype(object).where(lambda frame: frame.notna(), None)
        for name, columns in COLUMNS.items()
    }
    return ShownScores(instrument, **{name: frame.astype(dict(COLUMNS[name])) for name, frame in frames.items()})


def hide(row: dict[str, Any], reason: str = "too_few") -> None:
    """Turn a row into a suppressed one, as the privacy gate does."""
    for key, value in row.items():
        if isinstance(value, float | int) and key != "order":
            row[key] = None
    row |= {"status": "suppressed", "reason": reason}
