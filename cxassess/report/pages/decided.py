"""What was decided: actions with an owner and a date, what is stopped, and where the organisation wants to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cxassess.context import PlannedAction, Target
from cxassess.document import Block, BulletList, Column, Columns, Page, Rich, Run, Section, Table, TableColumn
from cxassess.report.pages.exhibits import target_of
from cxassess.report.pages.view import View
from cxassess.scoring.model import OVERALL

MOST_LETTERS = 2_200


def build_decided(view: View) -> Page | None:
    """Build the page on what was decided in this wave's workshop; None where nothing was."""
    actions = [action for action in view.context.actions if action.wave == view.wave]
    if not actions:
        return None
    start = [action for action in actions if action.kind == "start"]
    stop = [action for action in actions if action.kind == "stop"]
    blocks: list[Block] = [_table(view, start)] if start else []
    below: list[Section] = []
    if stop:
        items = [_stopped(view, action) for action in stop]
        below.append(Section(view.text("decided.stop"), (BulletList(items),), accent=True))
    below += _targets(view)
    spans = {1: (12,), 2: (5, 7)}.get(len(below), ())
    if below:
        blocks.append(Columns(tuple(Column(span, (one,)) for span, one in zip(spans, below, strict=True))))
    letters = sum(len(action.title) + len(action.metric) for action in actions)
    kicker, lead = view.text("decided.kicker"), view.text("decided.lead")
    return Page("decided", blocks, kicker, _title(view, start, stop), lead, flow=letters > MOST_LETTERS)


def _due(view: View, day: date | None) -> str:
    """Write by when something is to be done, also if nobody has said."""
    return view.long_date(day) if day else view.text("decided.no_date")


def _owner(view: View, action: PlannedAction) -> Rich:
    """Write who sees to an action, also if nobody does."""
    return action.owner or (Run(view.text("decided.no_owner"), "accent"),)


def action_text(view: View, action: PlannedAction) -> Rich:
    """Write what is to be done, and for which element."""
    runs = [Run(action.title, "strong")]
    if action.element in [element.id for element in view.instrument.elements]:
        runs.append(Run(f" · {view.instrument.element(action.element).name}", "muted"))
    return tuple(runs)


def state_text(view: View, action: PlannedAction) -> str:
    """Write what has become of an action: in other words for what is to be stopped."""
    return view.text(f"state.{action.kind}_{action.state}")


def _title(view: View, start: Sequence[PlannedAction], stop: Sequence[PlannedAction]) -> str:
    if not start:
        return view.counted("decided.title_stop", len(stop), sentence=True)
    lacking = sum(not action.owner for action in start)
    said = view.counted("decided.title", len(start), sentence=True)
    if len(start) == 1:
        more = view.text("decided.title_lacks" if lacking else "decided.title_owned")
    elif lacking:
        more = view.counted("decided.titles_lack", lacking)
    else:
        more = view.text("decided.titles_owned")
    return view.text("decided.title_two", first=said, second=more)


def _table(view: View, actions: Sequence[PlannedAction]) -> Table:
    moved = any(action.state != "planned" for action in actions)
    columns = [
        TableColumn(view.text("head.number")),
        TableColumn(view.text("plan.head_title"), width=6),
        TableColumn(view.text("plan.who"), width=3),
        TableColumn(view.text("decided.head_due"), width=3),
        TableColumn(view.text("decided.head_metric"), width=5),
        *([TableColumn(view.text("followed.head_state"), width=2)] if moved else []),
    ]
    rows: list[tuple[Rich, ...]] = [
        (
            str(number),
            action_text(view, action),
            _owner(view, action),
            _due(view, action.due_on),
            action.metric or "–",
            *([state_text(view, action)] if moved else []),
        )
        for number, action in enumerate(actions, 1)
    ]
    return Table(columns, rows)


def _stopped(view: View, action: PlannedAction) -> Rich:
    more = [text for text in (action.owner, _due(view, action.due_on) if action.due_on else "") if text]
    return (Run(action.title, "strong"), *([Run(f" {', '.join(more)}", "muted")] if more else []))


def _targets(view: View) -> list[Section]:
    """Build the table of targets: what is aimed at, by when, and how far it is."""
    target = view.context.target
    if target is None:
        return []
    rows = [_target_row(view, target, element.id, element.name) for element in view.instrument.elements]
    rows.append(_target_row(view, target, OVERALL, view.text("decided.overall")))
    shown = [row for row in rows if row]
    columns = (
        TableColumn(view.text("head.element"), width=6),
        TableColumn(view.text("decided.head_today"), "right"),
        TableColumn(view.text("decided.head_left"), "right"),
        TableColumn(view.text("decided.head_target"), "right"),
        TableColumn(view.text("decided.head_due"), width=4),
    )
    return [Section(view.text("decided.targets"), (Table(columns, shown),))] if shown else []


def _target_row(view: View, target: Target, element: str, name: str) -> tuple[Rich, ...]:
    aim = target.overall if element == OVERALL else target_of(view, element)
    if aim is None:
        return ()
    row = view.score(element)
    today = view.number(row["score"]) if row else "–"
    left = view.number(max(0.0, aim - row["score"])) if row else "–"
    return name, today, left, view.number(aim), view.long_date(target.date_of(element))
