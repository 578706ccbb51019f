"""What became of what earlier waves led to: done, under way, and not done, each said plainly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cxassess.context import PlannedAction
from cxassess.document import Block, Fact, Facts, Page, Rich, Run, Table, TableColumn
from cxassess.document.base import RunStyle
from cxassess.report.pages.decided import action_text, state_text
from cxassess.report.pages.view import View

#: In the order in which they are told.
STATES = ("done", "started", "planned", "dropped")
MOST_LETTERS = 2_200
_STYLES: Final[dict[str, RunStyle]] = {"done": "strong", "started": "", "planned": "accent", "dropped": "accent"}


def build_followed(view: View) -> Page | None:
    """Build the page on the actions of earlier waves; None where there are none."""
    actions = _actions(view)
    if not actions:
        return None
    letters = sum(len(action.title) + len(action.note) for action in actions)
    kicker, lead = view.text("followed.kicker"), view.text("followed.lead")
    counts = _count(actions)
    facts = [Fact(view.text(f"followed.fact_{name}"), view.language.number(count, 0)) for name, count in counts.items()]
    blocks: list[Block] = [Facts(facts), _table(view, actions)]
    return Page("followed", blocks, kicker, _title(view, counts), lead, flow=letters > MOST_LETTERS)


def _actions(view: View) -> list[PlannedAction]:
    """Return the actions of the waves before this one, the done first."""
    earlier = [str(row["wave"]) for row in view.waves if row["wave"] != view.wave]
    found = [action for action in view.context.actions if action.wave in earlier]
    return sorted(found, key=lambda action: (STATES.index(action.state), earlier.index(action.wave)))


def _count(actions: Sequence[PlannedAction]) -> dict[str, int]:
    """Return how many are done, under way, and neither."""
    done = sum(action.state == "done" for action in actions)
    started = sum(action.state == "started" for action in actions)
    return {"done": done, "started": started, "not": len(actions) - done - started}


def _title(view: View, counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    only = next((name for name, count in counts.items() if count == total), "")
    if only:
        return view.counted(f"followed.title_{only}", total, sentence=True)
    parts = [view.counted(f"followed.part_{name}", count) for name, count in counts.items() if count]
    return view.text("followed.title", total=view.count(total), parts=view.language.join(parts))


def _table(view: View, actions: Sequence[PlannedAction]) -> Table:
    several = len({action.wave for action in actions}) > 1
    columns = [
        TableColumn(view.text("followed.head_what"), width=6),
        *([TableColumn(view.text("followed.head_wave"), width=2)] if several else []),
        TableColumn(view.text("followed.head_state"), width=3),
        TableColumn(view.text("plan.who"), width=3),
        TableColumn(view.text("decided.head_due"), width=3),
        TableColumn(view.text("followed.head_note"), width=6),
    ]
    rows: list[tuple[Rich, ...]] = [
        (
            action_text(view, action),
            *([view.context.wave_names.get(action.wave, action.wave)] if several else []),
            _state(view, action),
            action.owner or "–",
            view.long_date(action.due_on) if action.due_on else "–",
            action.note.replace("\n", " ") or "–",
        )
        for action in actions
    ]
    return Table(columns, rows)


def _state(view: View, action: PlannedAction) -> Rich:
    said = state_text(view, action)
    made = view.report_date
    if action.state in ("planned", "started") and made and action.due_on and action.due_on < made:
        said = view.text("followed.late", state=said)
    return (Run(said, _STYLES[action.state]),)
