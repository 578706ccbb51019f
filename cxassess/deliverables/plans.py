"""The tables of what comes next: the order of the steps, what the workshop agreed on, and the actions to follow up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cxassess.context import Agreement, PlannedAction
from cxassess.deliverables.action_words import kind_words, state_words
from cxassess.deliverables.cells import Row, Table, Writer, make_table
from cxassess.deliverables.scores import element_cells, item_cells, key_cells
from cxassess.findings import word_actions
from cxassess.report.pages.plan import start_of
from cxassess.scoring.model import ALL, MINIMUM_GROUP
from cxassess.scoring.rows import first

if TYPE_CHECKING:
    from cxassess.findings import Action
    from cxassess.report.pages.view import View

PRIORITIES = (
    "organisation",
    "wave",
    "number",
    "element",
    "element_name",
    "action",
    "first_step",
    "who",
    "visible_after_90_days",
    "from_level",
    "to_level",
    "effort",
    "impact",
    "priority",
    "quick_win",
    "begin_now",
    "first_week",
    "last_week",
)
AGREEMENTS = (
    "organisation",
    "wave",
    "element",
    "element_name",
    "item",
    "item_number",
    "item_name",
    "mean_before",
    "level_agreed",
    "level_name",
    "difference",
    "n_votes",
    "n_dissent",
    "why",
    "agreed_on",
)
ACTIONS = (
    "id",
    "wave",
    "kind",
    "element",
    "element_name",
    "action",
    "owner",
    "due_on",
    "measure",
    "status",
    "note",
    "revision",
)


def build_priorities(writer: Writer) -> Table:
    """Build the next steps in the order of the plan."""
    view = writer.view
    actions = word_actions(view.findings.actions, view.instrument)
    return make_table("priorities", PRIORITIES, [_priority(writer, action) for action in actions])


def _priority(writer: Writer, action: Action) -> Row:
    return {
        **key_cells(writer, writer.view.wave),
        "number": writer.count(action.number),
        **element_cells(writer, action.element),
        "action": writer.text(action.title),
        "first_step": writer.text(action.action, long=True),
        "who": writer.text(action.who),
        "visible_after_90_days": writer.text(action.after_90_days, long=True),
        "from_level": writer.count(action.from_level),
        "to_level": writer.count(action.to_level),
        "effort": writer.count(action.effort),
        "impact": writer.count(action.impact),
        "priority": writer.score(action.priority),
        "quick_win": writer.flag(action.quick_win),
        "begin_now": writer.flag(action.now),
        "first_week": writer.count(action.weeks[0]),
        "last_week": writer.count(action.weeks[1]),
    }


def build_agreements(writer: Writer) -> Table:
    """Build what the workshops up to this wave agreed on, without items that the instrument no longer has."""
    view = writer.view
    waves = [row["wave"] for row in view.waves]
    known = set(view.instrument.item_ids)
    found = [one for one in view.context.agreements if one.wave in waves and one.item in known]
    found.sort(key=lambda one: (waves.index(one.wave), view.instrument.item_ids.index(one.item)))
    return make_table("agreements", AGREEMENTS, [_agreement(writer, one) for one in found])


def _agreement(writer: Writer, agreed: Agreement) -> Row:
    view = writer.view
    left_open = view.text("agreed.open")
    level = writer.hidden("count", left_open) if agreed.level is None else writer.count(agreed.level)
    mean = writer.score(agreed.mean)
    if agreed.mean is None:
        row = first(view.rows_over_time("items", wave=agreed.wave, item=agreed.item, group=ALL))
        mean = writer.hidden("score", view.hidden(row))
    both = agreed.level is not None and agreed.mean is not None
    return {
        **key_cells(writer, agreed.wave),
        **item_cells(writer, view.instrument.item(agreed.item)),
        "mean_before": mean,
        "level_agreed": level,
        "level_name": writer.text("" if agreed.level is None else view.level_name(agreed.level)),
        "difference": writer.signed((agreed.level or 0) - (agreed.mean or 0.0) if both else None),
        "n_votes": (
            writer.count(agreed.votes)
            if agreed.votes >= MINIMUM_GROUP
            else writer.hidden("count", view.text("answered.few"))
        ),
        "n_dissent": writer.count(agreed.dissent),
        "why": writer.text(agreed.reason, long=True),
        "agreed_on": writer.date(agreed.agreed_on),
    }


def build_actions(writer: Writer) -> Table:
    """Build the actions to follow up: the whole plan, or else what the 90-day plan proposes.

    The plan is that of all waves, also of later ones: read back, the sheet takes its place.
    """
    actions = writer.view.context.actions or propose_actions(writer.view)
    return make_table("actions", ACTIONS, [_action(writer, action) for action in actions])


def propose_actions(view: View) -> tuple[PlannedAction, ...]:
    """Return the steps of the 90-day plan that begin now, as actions that nobody has decided on yet.

    Each is due at the end of its last week; without an id, as they are new to any plan.
    """
    begins = start_of(view)
    return tuple(
        PlannedAction(
            id="",
            wave=view.wave,
            element=action.element,
            title=action.title,
            owner=action.who,
            due_on=begins + timedelta(weeks=action.weeks[1], days=-3) if begins else None,
            metric=action.after_90_days,
            note=action.action,
        )
        for action in word_actions(view.findings.actions, view.instrument)
        if action.now
    )


def _action(writer: Writer, action: PlannedAction) -> Row:
    language = writer.view.language
    return {
        "id": writer.text(action.id),
        "wave": writer.text(action.wave),
        "kind": writer.text(kind_words(language)[action.kind]),
        **(
            element_cells(writer, action.element)
            if action.element
            else {"element": writer.text(""), "element_name": writer.text("")}
        ),
        "action": writer.text(action.title, long=True),
        "owner": writer.text(action.owner),
        "due_on": writer.date(action.due_on),
        "measure": writer.text(action.metric, long=True),
        "status": writer.text(state_words(language)[action.state]),
        "note": writer.text(action.note, long=True),
        "revision": writer.count(action.revision),
    }
