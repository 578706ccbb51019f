"""What can be wrong with actions, one by one and as a whole plan."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, get_args

from cxassess.context import PlannedAction
from cxassess.engagement.invitations import email_key
from cxassess.engagement.model import MAX_TEXT
from cxassess.engagement.store import Store
from cxassess.engagement.text import name_key
from cxassess.engagement.waves import waves
from cxassess.engagement.workshop_model import MOST_ACTIONS, MOST_MONTHS
from cxassess.errors import Problem

#: Field → how long it may be.
_MOST: Final = {"title": 200, "owner": 100, "metric": 200, "note": MAX_TEXT}
_CHOICES: Final = {name: get_args(PlannedAction.model_fields[name].annotation) for name in ("kind", "state")}


def check_action(store: Store, action: PlannedAction, where: str) -> list[Problem]:
    """Return everything that is wrong with one action by itself; its texts are clean."""
    problems = []
    known = [one.name for one in waves(store)]
    if action.wave not in known:
        remedy = f"Use one of: {', '.join(known)}." if known else "Add a wave first."
        problems.append(Problem(where, f"There is no wave {action.wave!r}.", remedy))
    elements = [one.id for one in store.instrument().elements]
    if action.element and action.element not in elements:
        remedy = f"Use one of {', '.join(elements)}, or leave it blank."
        problems.append(Problem(where, f"There is no element {action.element!r}.", remedy))
    if not action.title:
        problems.append(Problem(where, "It does not say what is to be done.", "Write it in a few words."))
    for name, most in _MOST.items():
        if len(getattr(action, name)) > most:
            problems.append(Problem(where, f"The {name} is longer than {most:,} characters.", "Shorten it."))
    for name, choices in _CHOICES.items():
        if getattr(action, name) not in choices:
            what = f"There is no {name} {getattr(action, name)!r}."
            problems.append(Problem(where, what, f"Use one of {', '.join(choices)}."))
    return problems


def find_twice(actions: Sequence[PlannedAction], stored: Mapping[str, PlannedAction]) -> list[Problem]:
    """Return the new actions that are in the plan already, by their wave and title: a sheet was read before."""
    known = {(one.wave, name_key(one.title)) for one in stored.values()}
    return [
        Problem(
            f"action {number} (“{action.title[:60]}”)",
            "It has no id, but an action with this title is in the plan.",
            "Export again and change that sheet, or give it another title if it is another action.",
        )
        for number, action in enumerate(actions, 1)
        if not action.id and (action.wave, name_key(action.title)) in known
    ]


def check_plan(store: Store, actions: Sequence[PlannedAction], stored: Mapping[str, PlannedAction]) -> list[Problem]:
    """Return everything that is wrong with actions that are to take the place of those that are stored."""
    problems: list[Problem] = []
    count = Counter(one.id for one in actions if one.id)
    for number, action in enumerate(actions, 1):
        where = f"action {number}{f' (“{action.title[:60]}”)' if action.title else ''}"
        problems += check_action(store, action, where)
        before = stored.get(action.id)
        if not action.id:
            continue
        if before is None:
            remedy = "Leave the id blank if it is new; an action that was removed can’t be changed."
            problems.append(Problem(where, f"No action has the id {action.id[:40]!r}.", remedy))
        elif action.revision != before.revision and not _is_same(action, before):
            what = "It was changed in the engagement after the sheet was made."
            problems.append(Problem(where, what, "Make a new sheet, and change that."))
        if count[action.id] > 1:
            problems.append(
                Problem(where, f"{count[action.id]} actions have its id.", "Leave the id of the new blank.")
            )
    decided = Counter(one.wave for one in actions if one.kind == "start" and one.state != "dropped")
    before_count = Counter(one.wave for one in stored.values() if one.kind == "start" and one.state != "dropped")
    for wave, number in decided.items():
        if number > max(MOST_ACTIONS, before_count[wave]):
            remedy = f"Keep the {MOST_ACTIONS} that matter most; the others may be dropped."
            problems.append(Problem(f"wave {wave}", f"It has {number} actions.", remedy))
    return problems


def find_owner(store: Store, owner: str) -> str | None:
    """Return the pseudonym of the one person whom an action's owner means: by name or e-mail address."""
    if not owner:
        return None
    people = store.rows("SELECT pseudonym, name, email_key FROM person")
    for read in (lambda row: row[2] == email_key(owner), lambda row: name_key(str(row[1])) == name_key(owner)):
        found = [str(row[0]) for row in people if read(row)]
        if len(found) == 1:
            return found[0]
    return None


def latest_day(today: date) -> date:
    """Return the last day for which a target may be set."""
    month = today.month - 1 + MOST_MONTHS
    year, month = today.year + month // 12, month % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _is_same(one: PlannedAction, other: PlannedAction) -> bool:
    return one.model_copy(update={"revision": other.revision}) == other
