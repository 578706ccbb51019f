"""The instrument's root causes, each with the strength of the evidence for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cxassess.findings.model import Finding, Value
from cxassess.findings.view import View
from cxassess.instrument.model import Instrument, RootCause

CLEARLY_LOWER = 0.10


def find_root_causes(view: View, role_gaps: Iterable[Finding]) -> Iterator[Finding]:
    """Yield one finding for each root cause of the instrument, with its strength of evidence.

    The items that speak to a cause are averaged (each item's mean for all respondents, items alike). One point each:

    1. their mean lies below the systematic level (the middle level, if the instrument doesn't name one);
    2. it lies even below the cut-off where that level begins;
    3. it lies 0.10 or more below the mean of the items that do not speak to the cause;
    4. on half or more of the cause's elements that can be compared, the role gap is real with the instrument's high
       role above its low role: those who decide think better of it than those who meet the customers.

    The strength is the number of points, 3 at most: 0 no sign, 1 some, 2 clear, 3 strong evidence. It is 1 at most
    where the mean is at the cut-off of the level after the systematic one, or above. With fewer than two items shown,
    or fewer than half of the cause's items, ``judged`` is 0 and the strength 0. The points are a rule of thumb, not a
    test.
    """
    real = {
        finding.element: finding.kind == "role_gap" and (finding.number("gap") or 0) > 0
        for finding in role_gaps
        if finding.number("main") == 1 and finding.kind in ("role_gap", "role_agreement")
    }
    if view.instrument.role_gap is None:
        real = {}
    for cause in view.instrument.root_causes:
        yield _judge(view, cause, real)


def _judge(view: View, cause: RootCause, real: dict[str, bool]) -> Finding:
    items = [item for item in view.instrument.items if cause.id in item.root_causes]
    means = {item.id: float(view.items[item.id]["mean"]) for item in items if item.id in view.items}
    rest = [float(row["mean"]) for item, row in view.items.items() if item not in {item.id for item in items}]
    numbers: dict[str, Value] = {"cause": cause.id, "n_items": len(items), "n_shown": len(means)}
    if len(means) < 2 or 2 * len(means) < len(items):
        return Finding("root_cause", "", {**numbers, "judged": 0, "points": 0})
    mean = sum(means.values()) / len(means)
    elements = {item.element for item in items}
    compared = [element for element in elements if element in real]
    n_real = sum(real[element] for element in compared)
    level, step, after = _steps(view.instrument)
    points = (mean < level) + (mean < step)
    numbers |= {"judged": 1, "mean": mean, "level": level, "n_compared": len(compared), "n_real": n_real}
    if rest:
        numbers["rest"] = sum(rest) / len(rest)
        points += sum(rest) / len(rest) - mean >= CLEARLY_LOWER
    points += bool(compared) and 2 * n_real >= len(compared)
    points = min(points, 1 if mean >= after else 3)
    evidence = tuple(sorted(means, key=lambda item: means[item]))
    numbers |= {"lowest_item": evidence[0], "lowest_item_mean": means[evidence[0]], "points": int(points)}
    return Finding("root_cause", "", numbers, evidence, float(points))


def _steps(instrument: Instrument) -> tuple[int, float, float]:
    level = instrument.systematic.level if instrument.systematic else (instrument.level_count + 1) // 2
    level = max(2, level)
    after = instrument.cutoffs[level - 1] if level <= len(instrument.cutoffs) else float(instrument.level_count)
    return level, instrument.cutoffs[level - 2], after
