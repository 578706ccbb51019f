"""The 90-day plan: who does what and when, how it is followed up, and what those who answered will hear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cxassess.document import (
    Block,
    Bottom,
    BulletList,
    Column,
    Columns,
    Dated,
    HowTo,
    Page,
    Plan,
    PlanRow,
    Section,
    Table,
    TableColumn,
)
from cxassess.findings import headline, word_actions
from cxassess.report.pages.priorities import FEW_ACTIONS, build_decisions, build_order
from cxassess.report.pages.view import View

if TYPE_CHECKING:
    from cxassess.findings import Action

WEEKS = 13
RESULTS_WEEK, HALF_WAY_WEEK = 2, 8
HABITS = ("often", "open", "end")


def build_plan(view: View) -> Page | None:
    """Build the page with the 90-day plan; None where there is nothing to do next.

    Few actions leave room for the priorities on the same page.
    """
    actions = word_actions(view.findings.actions, view.instrument)
    if not actions:
        return None
    hear = Section(view.text("plan.hear"), (_hear(view),))
    plan: list[Block] = [_table(view, actions), HowTo(view.text("how.label"), view.text("plan.table_how"))]
    if len(actions) <= FEW_ACTIONS:
        said = headline("plan", view.findings, view.instrument, view.language, name=view.name)
        foot = Columns((Column(6, (build_decisions(view, actions),)), Column(6, (hear,))))
        return Page("plan", [build_order(view, actions), *plan, Bottom(), foot], _kicker(view), said.title, said.text)
    habits = BulletList([view.text(f"plan.habit_{habit}") for habit in HABITS])
    foot = Columns((Column(6, (Section(view.text("plan.habits"), (habits,)),)), Column(6, (hear,))))
    title = view.counted("plan.title", len(_begun(actions)), sentence=True)
    blocks = [*plan, *_waiting(view, actions), Bottom(), foot]
    return Page("plan", blocks, _kicker(view), title, view.text("plan.lead"))


def start_of(view: View) -> date | None:
    """Return the first day of the plan: the Monday after the report's date, or None without one."""
    made = view.report_date
    return made + timedelta(days=7 - made.weekday()) if made else None


def _begun(actions: Sequence[Action]) -> list[Action]:
    return [action for action in actions if action.now] or list(actions)


def _kicker(view: View) -> str:
    start = start_of(view)
    if start is None:
        return view.text("plan.kicker_plan")
    period = view.date_range(start, start + timedelta(weeks=WEEKS, days=-3))
    return view.text("plan.kicker_dated", period=period)


def _table(view: View, actions: Sequence[Action]) -> Plan:
    keys = ("head.number", "plan.head_action", "plan.who", "plan.head_week", "plan.visible")
    words = tuple(view.text(key) for key in keys)
    return Plan(
        title=view.text("plan.table"),
        heads=(words[0], words[1], words[2], words[3], words[4]),
        rows=[_row(view, action) for action in _begun(actions)],
        weeks_word=view.text("plan.weeks"),
    )


def _row(view: View, action: Action) -> PlanRow:
    return PlanRow(
        number=action.number,
        action=action.title,
        step=action.action,
        who=action.who,
        weeks=action.weeks,
        milestones=action.milestones,
        visible=action.after_90_days,
        quick_text=view.text("plan.quick_mark") if action.quick_win else "",
        marked=action.number == 1,
    )


def _waiting(view: View, actions: Sequence[Action]) -> list[Table]:
    rows = [
        (str(action.number), action.title, action.action, action.who)
        for action in actions
        if action not in _begun(actions)
    ]
    if not rows:
        return []
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(view.text("plan.head_title"), width=4),
        TableColumn(view.text("plan.head_step"), width=6),
        TableColumn(view.text("plan.who"), width=3),
    )
    return [Table(columns, rows, title=view.text("plan.waiting"))]


def _hear(view: View) -> Dated:
    pulse = sum(item.pulse for item in view.instrument.items)
    texts = {
        RESULTS_WEEK: view.text("plan.hear_results"),
        HALF_WAY_WEEK: view.text("plan.hear_half_way"),
        WEEKS: view.counted("plan.hear_pulse", pulse),
    }
    return Dated([(_week(view, week), text) for week, text in texts.items()])


def _week(view: View, week: int) -> str:
    start = start_of(view)
    if start is None:
        return view.text("plan.week", week=week)
    return view.language.date(start + timedelta(weeks=week, days=-3), view.text("date.day_month"))
