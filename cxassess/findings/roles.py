"""What the roles see differently."""

from __future__ import annotations

from collections.abc import Iterator

from cxassess.findings.model import Finding, Kind, Value
from cxassess.findings.view import SHOWN, View, adds_up, known
from cxassess.scoring.model import OVERALL
from cxassess.scoring.rows import Row

SAME = 0.5
"""Half a level: roles agree where the whole interval of their difference stays within it, on both sides."""


def find_role_gaps(view: View) -> Iterator[Finding]:
    """Yield a finding for each element on the instrument's role gap, a summary, and real gaps of other pairs.

    An element's finding is a ``role_gap`` where the gap is real (its interval, adjusted for all elements, leaves out
    zero), else a ``role_agreement``: ``verdict`` is then ``same`` where the whole interval lies within half a level,
    otherwise ``cannot_tell``. An element that can't be compared is an ``unknown``. The summary has the element
    ``overall`` and counts ``n_real`` of ``n_compared``. An instrument without a role gap gets, for each element, its
    widest real gap, or else its widest gap.
    """
    if len(view.instrument.roles) < 2:
        return
    rows = [_by_role(row) for row in view.rows(view.shown.gaps)]
    mains = [compare_roles(view, element.id) for element in view.instrument.elements]
    yield from _summary(view, rows, mains)
    yield from mains
    pair = view.instrument.role_gap
    for element in view.elements if pair else ():
        rest = [row for row in rows if row["element"] == element and _has_gap(row) and row["verdict"] == "real"]
        rest = [row for row in rest if pair and {row["high_group"], row["low_group"]} != {pair.high, pair.low}]
        if rest:
            yield _gap(view, max(rest, key=lambda row: abs(row["gap"])), main=False)


def compare_roles(view: View, element: str) -> Finding:
    """Return the main finding on the roles of one element: a role gap, an agreement, or an unknown."""
    main = _main_row(view, [row for row in map(_by_role, view.rows(view.shown.gaps, element=element)) if _has_gap(row)])
    if main is not None:
        return _gap(view, main, main=True)
    scores = {f"score.{role}": score for role, score in view.role_scores(element).items()}
    return Finding("unknown", element, {"what": "gap", **scores}, (), -1.0)


def _by_role(row: Row) -> Row:
    groups = {key: str(row[key]).removeprefix("role:") for key in ("high_group", "low_group")}
    return {**row, **groups}


def _has_gap(row: Row) -> bool:
    return row["status"] == SHOWN and row["gap"] is not None


def _main_row(view: View, shown: list[Row]) -> Row | None:
    pair = view.instrument.role_gap
    if pair is None:
        return max(shown, key=lambda row: (row["verdict"] == "real", abs(row["gap"])), default=None)
    for row in shown:
        if (row["high_group"], row["low_group"]) == (pair.high, pair.low):
            return row
        if (row["high_group"], row["low_group"]) == (pair.low, pair.high):
            return _turned(row)
    return None


def _turned(row: Row) -> Row:
    turned = {"high_group": row["low_group"], "low_group": row["high_group"], "gap": -row["gap"]}
    turned |= {
        "low": None if row["high"] is None else -row["high"],
        "high": None if row["low"] is None else -row["low"],
    }
    return {**row, **turned, "n_high": row["n_low"], "n_low": row["n_high"]}


def _verdict(row: Row) -> str:
    if row["verdict"] == "real":
        return "real"
    if row["low"] is not None and row["high"] is not None and row["low"] >= -SAME and row["high"] <= SAME:
        return "same"
    return "cannot_tell"


def _gap(view: View, row: Row, *, main: bool) -> Finding:
    scores = view.role_scores(row["element"])
    verdict = _verdict(row)
    numbers: dict[str, Value] = {"verdict": verdict, "main": int(main)}
    numbers |= known(gap=row["gap"], low=row["low"], high=row["high"], n_high=row["n_high"], n_low=row["n_low"])
    numbers |= {"high_group": row["high_group"], "low_group": row["low_group"]}
    high, low = scores.get(row["high_group"]), scores.get(row["low_group"])
    if high is not None and low is not None and adds_up(low, high, float(row["gap"])):
        numbers |= {"high_score": high, "low_score": low}
    numbers |= {f"score.{role}": score for role, score in scores.items()}
    kind: Kind = "role_gap" if verdict == "real" else "role_agreement"
    evidence = tuple(
        item.id
        for item in view.instrument.items
        if item.element == row["element"] and {row["high_group"], row["low_group"]} <= set(item.roles)
    )
    return Finding(kind, row["element"], numbers, evidence, abs(float(row["gap"])) - (0 if main else 100))


def _summary(view: View, rows: list[Row], mains: list[Finding]) -> Iterator[Finding]:
    pair = view.instrument.role_gap
    compared = [finding for finding in mains if finding.kind != "unknown"]
    numbers: dict[str, Value] = {"n_compared": len(compared), "n_elements": len(mains)}
    if pair is not None:
        numbers |= {"high_group": pair.high, "low_group": pair.low}
    if not compared:
        yield Finding("unknown", OVERALL, {"what": "gaps", **numbers})
        return
    real = [finding for finding in compared if finding.kind == "role_gap"]
    numbers |= {"n_real": len(real), "n_same": sum(finding.word("verdict") == "same" for finding in compared)}
    numbers["n_higher"] = sum((finding.number("gap") or 0) > 0 for finding in real)
    widest = max(real or compared, key=lambda finding: abs(finding.number("gap") or 0))
    copied = ("gap", "low", "high", "high_group", "low_group", "high_score", "low_score")
    numbers |= {f"widest_{key}": widest.numbers[key] for key in copied if key in widest.numbers}
    numbers["widest"] = widest.element
    total = _main_row(view, [row for row in rows if row["element"] == OVERALL and _has_gap(row)])
    if total is not None and pair is not None:
        numbers |= known(gap=total["gap"], low=total["low"], high=total["high"], verdict=_verdict(total))
    evidence = tuple(dict.fromkeys(item for finding in real for item in finding.evidence))
    yield Finding("role_gap" if real else "role_agreement", OVERALL, numbers, evidence, 100.0)
