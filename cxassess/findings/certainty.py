"""What people disagree on, what can't be said, and how much the answers can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

from cxassess.findings.model import Finding, Kind, Value
from cxassess.findings.view import SHOWN, View, known
from cxassess.scoring.model import OVERALL

SPLIT = 0.30
ENOUGH = 8
MANY_UNKNOWING = 0.25
LOW_COVERAGE = 0.70
UNEVEN_UNITS = 0.10


def find_disagreements(view: View) -> Iterator[Finding]:
    """Yield the items on which people split: r_wg below .30 from at least 8 answers."""
    spread = {
        item: {
            int(row["level"]): float(row["share"])
            for row in view.rows(view.shown.distributions, item=item, group="all")
            if row["status"] == SHOWN and row["share"] is not None
        }
        for item, row in view.items.items()
        if _splits(row["r_wg"], row["n"])
    }
    for item, shares in spread.items():
        row = view.items[item]
        numbers: dict[str, Value] = known(r_wg=row["r_wg"], n=row["n"], mean=row["mean"]) | {"item": item}
        levels = view.instrument.level_count
        third = max(1, levels * 2 // 5)
        if len(shares) == levels:
            numbers |= {"low_share": sum(shares[level] for level in range(1, third + 1)), "low_level": third}
            top = range(levels - third + 1, levels + 1)
            numbers |= {"high_share": sum(shares[level] for level in top), "high_level": levels - third + 1}
        yield Finding("disagreement", row["element"], numbers, (item,), SPLIT - float(row["r_wg"]))


def _splits(r_wg: float | None, n: int | None) -> bool:
    return r_wg is not None and n is not None and n >= ENOUGH and r_wg < SPLIT


def find_unknowns(view: View) -> Iterator[Finding]:
    """Yield what can't be said, and items that many don't know: that is a finding too.

    ``what`` is ``overall`` · ``element`` · ``role`` (a role's overall score is hidden) · ``dont_know`` (a quarter or
    more of those who were asked an item answered that they don't know) · ``coverage`` (an element with fewer than
    70 % of its asked items answered with a number).
    """
    total = view.row(OVERALL)
    if view.total is None:
        reason = (total or {}).get("reason") or "too_few"
        yield Finding("unknown", OVERALL, {"what": "overall", "reason": reason}, (), 100.0)
    for element in view.instrument.elements:
        row = view.row(element.id)
        if element.id not in view.elements:
            numbers = {"what": "element", "reason": (row or {}).get("reason") or "no_answers"}
            yield Finding("unknown", element.id, numbers, (), 50.0)
        elif row and row["coverage"] is not None and row["coverage"] < LOW_COVERAGE:
            numbers = {"what": "coverage", "coverage": float(row["coverage"])}
            yield Finding("unknown", element.id, numbers, (), 10 - float(row["coverage"]))
    for role in view.instrument.roles:
        row = view.row(OVERALL, f"role:{role.id}")
        if row is not None and view.score(OVERALL, f"role:{role.id}") is None:
            yield Finding(
                "unknown", "", {"what": "role", "role": role.id, "reason": row["reason"] or "too_few"}, (), 20.0
            )
    yield from _dont_know(view)


def _dont_know(view: View) -> Iterator[Finding]:
    by_role = {
        (row["item"], str(row["group"]).removeprefix("role:")): _share_unknowing(row)
        for row in view.rows(view.shown.items, status=SHOWN)
        if row["group"] != "all"
    }
    for row in view.rows(view.shown.items, group="all", status=SHOWN):
        share = _share_unknowing(row)
        if share is None or share < MANY_UNKNOWING:
            continue
        asked = {role: by_role.get((row["item"], role)) for role in view.instrument.item(row["item"]).roles}
        shown = {role: part for role, part in asked.items() if part is not None}
        numbers: dict[str, Value] = {"what": "dont_know", "item": row["item"], "share": share}
        numbers |= {"n_dont_know": int(row["n_dont_know"])}
        if len(shown) > 1:
            most = max(shown, key=lambda role: shown[role])
            if shown[most] > share:
                numbers |= {"role": most, "role_share": shown[most]}
        yield Finding("unknown", row["element"], numbers, (row["item"],), share)


def _share_unknowing(row: dict[str, float | None]) -> float | None:
    answered, unknowing = row["n"], row["n_dont_know"]
    if answered is None or unknowing is None or answered + unknowing <= 0:
        return None
    return float(unknowing) / float(answered + unknowing)


def find_careless(view: View) -> Iterator[Finding]:
    """Yield how many forms look careless and what the overall score would be without them, if it may be shown."""
    for row in view.rows(view.shown.careless):
        if row["n_flagged"] is None:
            continue
        numbers = known(n_flagged=row["n_flagged"], n_long_run=row["n_long_run"], n_fast=row["n_fast"])
        numbers |= known(score_all=row["score_all"], score_without=row["score_without"])
        yield Finding("careless", OVERALL, numbers, (), float(row["n_flagged"]))


def find_consistency(view: View) -> Iterator[Finding]:
    """Yield how alike the units are: overall, and the elements where ICC(1) is .10 or more."""
    for row in view.rows(view.shown.units):
        if row["icc1"] is None:
            continue
        numbers = known(icc1=row["icc1"], n_units=row["n_units"], between_sd=row["between_sd"])
        if row["element"] == OVERALL or row["icc1"] >= UNEVEN_UNITS:
            strength = float(row["icc1"]) + (100 if row["element"] == OVERALL else 0)
            yield Finding("consistency", row["element"], numbers, (), strength)


def find_benchmarks(view: View) -> Iterator[Finding]:
    """Yield the elements (and the total) whose percentile interval lies wholly above or below the middle, 50."""
    for row in view.rows(view.shown.benchmarks):
        scored = view.score(row["element"])
        if scored is None or row["low"] is None or row["high"] is None or row["percentile"] is None:
            continue
        if not (row["low"] > 50 or row["high"] < 50):
            continue
        numbers = known(n=row["n"], percentile=row["percentile"], low=row["low"], high=row["high"])
        numbers |= known(median=row["median"], q25=row["q25"], q75=row["q75"], score=scored["score"])
        kind: Kind = "benchmark_ahead" if row["low"] > 50 else "benchmark_behind"
        strength = abs(float(row["percentile"]) - 50) + (100 if row["element"] == OVERALL else 0)
        yield Finding(kind, row["element"], numbers, (), strength)
