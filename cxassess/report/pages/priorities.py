"""Priorities: which actions give most for the effort, what each lifts, and what management is asked to decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cxassess.charts import chart_block, impact_map
from cxassess.document import (
    Block,
    Bottom,
    BulletList,
    Chart,
    Column,
    Columns,
    HowTo,
    Labelled,
    Page,
    Panel,
    Rich,
    Section,
    Table,
    TableColumn,
    Text,
)
from cxassess.findings import headline, word_actions
from cxassess.report.pages.view import View

if TYPE_CHECKING:
    from cxassess.findings import Action

MOST_DECISIONS = FEW_ACTIONS = 3


def build_priorities(view: View) -> Page | None:
    """Build the page on priorities; None where the few actions, or none, fit on the page of the plan."""
    actions = word_actions(view.findings.actions, view.instrument)
    if len(actions) <= FEW_ACTIONS:
        return None
    said = headline("plan", view.findings, view.instrument, view.language, name=view.name)
    chosen = Section(view.text("plan.chosen"), (Text(view.text("plan.chosen_text")),))
    blocks: list[Block] = [
        build_order(view, actions),
        _table(view, actions),
        Bottom(),
        Columns((Column(6, (build_decisions(view, actions),)), Column(6, (chosen,)))),
    ]
    return Page("priorities", blocks, view.text("plan.kicker"), said.title, said.text)


def build_order(view: View, actions: Sequence[Action]) -> Columns:
    """Build the map of effort and impact, with the order in which to begin beside it."""
    left = (_map(view, actions), HowTo(view.text("how.label"), view.text("plan.map_how")))
    return Columns((Column(8, left), Column(4, (_order(view, actions),))))


def _map(view: View, actions: Sequence[Action]) -> Chart:
    frame = pd.DataFrame(
        {
            "number": [action.number for action in actions],
            "label": [action.title for action in actions],
            "effort": [float(action.effort) for action in actions],
            "impact": [float(action.impact) for action in actions],
            "now": [action.now for action in actions],
        }
    )
    texts = {key: view.text(f"plan.map_{key}") for key in ("x", "y", "low_x", "high_x", "low_y", "high_y")}
    alt = "; ".join(
        view.text("plan.map_alt", number=action.number, title=action.title, effort=action.effort, impact=action.impact)
        for action in actions
    )
    chart = impact_map(frame, texts=texts)
    return chart_block(chart, view.text("plan.map_title"), f"{alt}.")


def _order(view: View, actions: Sequence[Action]) -> Panel:
    now = [action.number for action in actions if action.now]
    later = [action.number for action in actions if not action.now]
    quick = [action.number for action in actions if action.quick_win]
    parts = []
    if now:
        text = view.counted("plan.now_text", len(now), sentence=True)
        parts.append(Labelled(view.text("plan.now", numbers=_numbers(view, now)), text))
    if quick:
        label = view.text("plan.quick", numbers=_numbers(view, quick))
        parts.append(Labelled(label, view.text("plan.quick_text")))
    if later:
        parts.append(Labelled(view.text("plan.later", numbers=_numbers(view, later)), view.text("plan.later_text")))
    return Panel(view.text("plan.order"), parts)


def _numbers(view: View, numbers: list[int]) -> str:
    """Write action numbers: an unbroken run of three and more as a range, others as a list."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return view.text("interval.signed", low=numbers[0], high=numbers[-1])
    return view.language.join([str(number) for number in numbers])


def _table(view: View, actions: Sequence[Action]) -> Table:
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(view.text("plan.head_title"), width=5),
        TableColumn(view.text("plan.head_lifts"), width=4),
        TableColumn(view.text("head.level"), width=2),
        TableColumn(view.text("plan.map_x"), "right"),
        TableColumn(view.text("plan.map_y"), "right"),
    )
    return Table(columns, [_row(view, action) for action in actions], title=view.text("plan.lifts"))


def _row(view: View, action: Action) -> tuple[str, ...]:
    return (
        str(action.number),
        action.title,
        view.instrument.element(action.element).name,
        view.text("plan.from_to", low=action.from_level, high=action.to_level),
        str(action.effort),
        str(action.impact),
    )


def build_decisions(view: View, actions: Sequence[Action]) -> Section:
    """Build the list of what management is asked to decide."""
    now = [action for action in actions if action.now][:MOST_DECISIONS]
    items: list[Rich] = [view.text("plan.decision", title=action.title, who=action.who) for action in now]
    items.append(view.text("plan.decision_wave"))
    return Section(view.text("plan.decide"), (BulletList(items, checkboxes=True),), accent=True)
