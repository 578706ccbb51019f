"""What to do first: one next step for each element that lags, ordered by what it gives for the effort."""

from __future__ import annotations

from dataclasses import replace

from cxassess.context import OrganisationContext
from cxassess.findings.levels import weakest_element
from cxassess.findings.model import Action
from cxassess.findings.view import View
from cxassess.instrument.model import Instrument

MOST_ACTIONS = 7
BEGIN_NOW = 5
WEAKEST_BY = 3


def choose_actions(view: View, context: OrganisationContext) -> tuple[Action, ...]:
    """Choose at most seven actions, one an element, and put them in order.

    Priority = gap × weight × impact ÷ effort, where

    - gap = max(0, goal − score) + max(0, mean of the other elements − score), in levels;
    - goal = the organisation's own target for the element, or else the level after the one that its overall score is
      nearest to (the element's own next level where the overall score is not shown), the top level at most;
    - weight = the element's weight in the overall score;
    - impact and effort (1–5) stand in the instrument, with the next step from the element's present level.

    Hidden elements, elements at the top and elements without any gap get no action. The seven with the highest
    priority stay, and the weakest link's in any case; quick wins come first, then the rest, each by priority, ties in
    the instrument's order. If the weakest link's action would come later than third, it takes the third place. The
    first five begin now, the others wait.
    """
    ranked = sorted(
        (action for action in (_action(view, element, context) for element in view.elements) if action is not None),
        key=lambda action: (-action.priority, view.order(action.element)),
    )
    weakest = weakest_element(view)
    chosen = ranked[:MOST_ACTIONS]
    late = next((action for action in ranked[MOST_ACTIONS:] if action.element == weakest), None)
    if late is not None:
        chosen[-1] = late
    ordered = sorted(chosen, key=lambda action: (not action.quick_win, -action.priority, view.order(action.element)))
    place = next((place for place, action in enumerate(ordered) if action.element == weakest), 0)
    if place >= WEAKEST_BY:
        ordered.insert(WEAKEST_BY - 1, ordered.pop(place))
    return tuple(
        replace(action, number=number, now=number <= BEGIN_NOW) for number, action in enumerate(ordered, start=1)
    )


def word_actions(actions: tuple[Action, ...], instrument: Instrument) -> tuple[Action, ...]:
    """Return the actions with the texts of another language of the same instrument."""
    worded = []
    for action in actions:
        step = instrument.element(action.element).step_from(action.from_level)
        if step is not None:
            action = replace(
                action, title=step.title, action=step.action, who=step.who, after_90_days=step.after_90_days
            )
        worded.append(action)
    return tuple(worded)


def _action(view: View, element: str, context: OrganisationContext) -> Action | None:
    row = view.elements[element]
    part = view.instrument.element(element)
    level = row["level"]
    step = part.step_from(int(level)) if level is not None else None
    if step is None:
        return None
    score = float(row["score"])
    others = [float(other["score"]) for name, other in view.elements.items() if name != element]
    gap = max(0.0, _goal(view, element, int(level), context) - score)
    gap += max(0.0, sum(others) / len(others) - score) if others else 0.0
    # Rounded, so that the order doesn't hang on the last bit of a float.
    priority = round(gap * part.weight * step.impact / step.effort, 6)
    if priority <= 0:
        return None
    return Action(
        number=0,
        element=element,
        from_level=int(level),
        to_level=int(level) + 1,
        title=step.title,
        action=step.action,
        who=step.who,
        after_90_days=step.after_90_days,
        effort=step.effort,
        impact=step.impact,
        quick_win=step.quick_win,
        weeks=step.weeks,
        milestones=step.milestones,
        priority=priority,
        now=False,
    )


def _goal(view: View, element: str, level: int, context: OrganisationContext) -> float:
    if context.target is not None and element in context.target.elements:
        return context.target.elements[element]
    total = view.total
    if total is not None:
        level = 1 + sum(float(total["score"]) >= cutoff for cutoff in view.instrument.cutoffs)
    return float(min(level + 1, view.instrument.level_count))
