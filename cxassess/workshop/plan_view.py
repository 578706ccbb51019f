"""What the room has decided, as the board shows it: priorities, targets, actions, and how it all ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cxassess.context import Agreement, PlannedAction
from cxassess.engagement import Engagement
from cxassess.engagement.workshop import Workshop
from cxassess.engagement.workshop_model import DOTS, MOST_ACTIONS
from cxassess.instrument import Element, Instrument

#: An element whose impact is at least this, at no more than this effort, is a quick win.
QUICK_IMPACT: Final = 4
QUICK_EFFORT: Final = 2
#: Dots are shown once so many people have given theirs.
LEAST_DOTTERS: Final = 5


def show_priorities(
    engagement: Engagement, workshop: Workshop, instruments: Mapping[str, Instrument]
) -> dict[str, Any]:
    """Return the elements with impact, effort, dots and target.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    workshop : Workshop
        Of the wave.
    instruments : Mapping
        Language → the instrument.
    """
    ratings, dots, targets = workshop.ratings(), workshop.dots(), engagement.plan.targets()
    agreements, first = workshop.agreements(), next(iter(instruments.values()))
    rows = []
    for element in workshop.elements():
        rating, target = ratings.get(element), targets.get(element)
        quick = rating is not None and rating.impact >= QUICK_IMPACT and rating.effort <= QUICK_EFFORT
        rows.append(
            {
                "id": element,
                "name": {code: spoken.element(element).name for code, spoken in instruments.items()},
                "now": _find_agreed(agreements, first.element(element)),
                "impact": rating.impact if rating else None,
                "effort": rating.effort if rating else None,
                "quick": quick,
                "dots": dots.get(element, 0) if dots else None,
                "target": None if target is None else {"level": target.level, "due_on": target.due_on.isoformat()},
            }
        )
    return {
        "elements": rows,
        "most_dots": DOTS,
        "given": workshop.counts().dots,
        "dots_shown": workshop.state().dots_shown,
        "least": LEAST_DOTTERS,
        "quick": {"impact": QUICK_IMPACT, "effort": QUICK_EFFORT},
    }


def show_actions(engagement: Engagement, wave: str, instruments: Mapping[str, Instrument]) -> dict[str, Any]:
    """Return what is started and stopped, and for each element and level the instrument's own first step.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    wave : str
        Whose actions.
    instruments : Mapping
        Language → the instrument.
    """
    planned, agreements = engagement.plan.actions(wave), engagement.workshop(wave).agreements()
    first = next(iter(instruments.values()))
    return {
        "start": [_show_action(action) for action in planned if action.kind == "start"],
        "stop": [_show_action(action) for action in planned if action.kind == "stop"],
        "most": MOST_ACTIONS,
        "elements": [
            {
                "id": element.id,
                "name": {code: spoken.element(element.id).name for code, spoken in instruments.items()},
                "step": _show_step(element, _find_agreed(agreements, element), instruments),
            }
            for element in first.elements
        ],
    }


def show_closing(engagement: Engagement, wave: str) -> dict[str, Any]:
    """Return what happens next in the consultant's own words, language → list of texts; empty if none were written."""
    written = engagement.texts(wave).get("next", [])
    return {"next": [text if isinstance(text, Mapping) else {"": text} for text in written]}


def _show_action(action: PlannedAction) -> dict[str, Any]:
    return {
        "id": action.id,
        "kind": action.kind,
        "element": action.element,
        "title": action.title,
        "owner": action.owner,
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "metric": action.metric,
        "revision": action.revision,
    }


def _find_agreed(agreements: Mapping[str, Agreement], element: Element) -> int | None:
    """Return the lowest level that was agreed on an item of an element; None if none was."""
    agreed = [agreements[item.id].level for item in element.items if item.id in agreements]
    return min((level for level in agreed if level is not None), default=None)


def _show_step(element: Element, level: int | None, instruments: Mapping[str, Instrument]) -> dict[str, Any] | None:
    """Return the instrument's step from a level; None without a level, and from the highest."""
    if level is None or element.step_from(level) is None:
        return None
    spoken = {code: instrument.element(element.id).step_from(level) for code, instrument in instruments.items()}
    return {
        part: {code: getattr(step, part) for code, step in spoken.items()} for part in ("title", "who", "after_90_days")
    }
