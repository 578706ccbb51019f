"""Where the organisation and its elements stand: level, weakest link, strengths, coherence, systematic or not."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cxassess.findings.model import Finding, Value
from cxassess.findings.view import SHOWN, View, known
from cxassess.scoring.model import OVERALL
from cxassess.scoring.rows import Row

STRENGTHS = 3
UNEVEN, VERY_UNEVEN = 0.5, 1.0
LEAST_DIFFERENCE = 0.1


def find_levels(view: View) -> Iterator[Finding]:
    """Yield the overall level, the weakest link, and whether the organisation counts as systematic."""
    yield from _overall_level(view)
    yield from _weakest_link(view)
    yield from _systematic(view)


def find_profile(view: View, targets: dict[str, float]) -> Iterator[Finding]:
    """Yield strengths, coherence, and one ``element_level`` for each element that is shown.

    A strength is an element whose interval lies wholly above the overall score; where there is none, the highest
    element is given with ``clear`` 0. Coherence has strength 0, 1 or 2: the highest and the lowest element less than
    half a level, half to a whole level, or a level and more apart. An element that lies half a level or more above
    the mean of all the others, and whose interval leaves that mean out, gives a coherence finding of its own.
    """
    yield from _strengths(view)
    yield from _coherence(view)
    for element, row in view.elements.items():
        yield _element_level(view, element, row, targets.get(element))


def lowest_elements(view: View) -> list[Row]:
    """Return the shown elements' rows from the lowest score up; ties in the instrument's order."""
    return sorted(view.elements.values(), key=lambda row: (row["score"], view.order(row["element"])))


def weakest_element(view: View) -> str:
    """Return the id of the weakest shown element, or an empty string."""
    named = [row["element"] for row in view.rows(view.shown.weakest)]
    if named and named[0] in view.elements:
        return str(named[0])
    rows = lowest_elements(view)
    return str(rows[0]["element"]) if rows else ""


def _overall_level(view: View) -> Iterator[Finding]:
    row = view.total
    if row is None or row["level"] is None:
        return
    instrument = view.instrument
    level = int(row["level"])
    numbers: dict[str, Value] = {"rule": instrument.headline_rule, "of": instrument.level_count}
    numbers |= known(score=row["score"], low=row["low"], high=row["high"], level=level)
    numbers |= known(n=row["n_respondents"], invited=row["n_invited"], coverage=row["coverage"])
    chances: list[tuple[float, int]] = []
    for given in view.rows(view.shown.levels, element=OVERALL):
        rule, at, chance = given["rule"], int(given["level"]), given["probability"]
        if given["reached"]:
            numbers |= known(**{f"level_{rule}": at, f"probability_{rule}": chance})
        if rule == instrument.headline_rule and chance is not None:
            chances.append((float(chance), at))
            if at == level:
                numbers["probability"] = float(chance)
    others = sorted((chance, -at) for chance, at in chances if at != level)
    if others and others[-1][0] > 0:
        numbers |= {"second_probability": others[-1][0], "second_level": -others[-1][1]}
    levels = [int(part["level"]) for part in view.elements.values() if part["level"] is not None]
    numbers |= {"elements": len(instrument.elements), "elements_shown": len(view.elements)}
    numbers["elements_there"] = sum(part >= level for part in levels)
    weakest = weakest_element(view)
    if weakest:
        lowest = view.elements[weakest]
        numbers |= known(weakest=weakest, weakest_score=lowest["score"], weakest_level=lowest["level"])
        second = next((part for part in lowest_elements(view) if part["element"] != weakest), None)
        numbers["weakest_clear"] = int(second is not None and _lies_below(lowest, second))
    evidence = _items_from_lowest(view, weakest) if weakest else ()
    yield Finding("overall_level", OVERALL, numbers, evidence, float(numbers.get("probability", 0.0)))


def _weakest_link(view: View) -> Iterator[Finding]:
    weakest = weakest_element(view)
    if not weakest or len(view.elements) < 2:
        return
    row = view.elements[weakest]
    second = next(part for part in lowest_elements(view) if part["element"] != weakest)
    apart = _lies_below(row, second)
    numbers = known(score=row["score"], low=row["low"], high=row["high"], level=row["level"])
    numbers |= known(second=second["element"], second_score=second["score"], clear=int(apart))
    evidence = _items_from_lowest(view, weakest)
    if evidence:
        numbers |= {"lowest_item": evidence[0], "lowest_item_mean": float(view.items[evidence[0]]["mean"])}
    yield Finding("weakest_link", weakest, numbers, evidence, float(second["score"] - row["score"]))


def _lies_below(row: Row, second: Row) -> bool:
    """Tell two scores apart if they differ by more than their half-widths together (root of the sum of squares).

    They must also differ by a tenth of a level: where everybody answered, intervals have no width, and yet a
    difference smaller than that is nothing to build on.
    """
    if row["high"] is None or second["low"] is None or second["score"] - row["score"] < LEAST_DIFFERENCE:
        return False
    above, below = float(row["high"] - row["score"]), float(second["score"] - second["low"])
    return float(second["score"] - row["score"]) > math.hypot(above, below)


def _systematic(view: View) -> Iterator[Finding]:
    rule = view.instrument.systematic
    for row in view.rows(view.shown.systematic):
        if rule is None or row["systematic"] is None:
            continue
        missing = [element for element in str(row["missing"] or "").split(",") if element]
        numbers = known(level=rule.level, elements=",".join(rule.elements), count=len(rule.elements))
        numbers |= known(missing=",".join(missing), probability=row["probability"])
        evidence = tuple(item.id for item in view.instrument.items if item.element in (missing or rule.elements))
        yield Finding("systematic" if row["systematic"] else "not_systematic", OVERALL, numbers, evidence)


def _strengths(view: View) -> Iterator[Finding]:
    highest = lowest_elements(view)[::-1]
    if len(highest) < 2:
        return
    total = view.total
    clear = [row for row in highest if total and row["low"] is not None and row["low"] > total["score"]][:STRENGTHS]
    for row in clear or highest[:1]:
        numbers = known(score=row["score"], low=row["low"], high=row["high"], level=row["level"])
        numbers |= known(overall=total["score"] if total else None, clear=int(bool(clear)))
        evidence = _items_from_lowest(view, row["element"])[::-1]
        yield Finding("strength", row["element"], numbers, evidence, float(row["score"]))


def _coherence(view: View) -> Iterator[Finding]:
    rows = lowest_elements(view)
    if len(rows) < 2:
        return
    low, high = rows[0], rows[-1]
    spread = float(high["score"] - low["score"])
    numbers: dict[str, Value] = {"spread": spread, "highest": high["element"], "highest_score": high["score"]}
    numbers |= {"lowest": low["element"], "lowest_score": low["score"], "elements": len(rows)}
    strength = float((spread >= UNEVEN) + (spread >= VERY_UNEVEN))
    yield Finding("coherence", OVERALL, numbers, (), strength)
    for row in rows[::-1]:
        others = [other["score"] for other in rows if other is not row]
        mean = sum(others) / len(others)
        if row["low"] is not None and row["low"] > mean and row["score"] - mean >= UNEVEN:
            ahead = {"score": row["score"], "others": mean, "lowest": low["element"], "lowest_score": low["score"]}
            yield Finding("coherence", row["element"], ahead, (), strength)


def _element_level(view: View, element: str, row: Row, target: float | None) -> Finding:
    instrument = view.instrument
    numbers = known(score=row["score"], low=row["low"], high=row["high"], level=row["level"])
    numbers |= known(n=row["n_respondents"], target=target, agreement=row["agreement"])
    level = row["level"]
    if level is not None and level < instrument.level_count:
        numbers["to_next"] = max(0.0, instrument.cutoffs[int(level) - 1] - float(row["score"]))
    for given in view.rows(view.shown.levels, element=element, rule="nearest"):
        if given["level"] == level and given["probability"] is not None:
            numbers["probability"] = float(given["probability"])
    items = _items_from_lowest(view, element)
    numbers["items"] = len(instrument.element(element).items)
    if items:
        numbers |= {"lowest_item": items[0], "lowest_item_mean": float(view.items[items[0]]["mean"])}
        numbers |= {"highest_item": items[-1], "highest_item_mean": float(view.items[items[-1]]["mean"])}
    return Finding("element_level", element, numbers, items, float(-view.order(element)))


def _items_from_lowest(view: View, element: str) -> tuple[str, ...]:
    items = [item for item, row in view.items.items() if row["element"] == element and row["status"] == SHOWN]
    return tuple(sorted(items, key=lambda item: float(view.items[item]["mean"])))
