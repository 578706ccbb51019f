"""Priorities: each action by its effort and impact, and the order in which to begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box, split
from cxassess.deliverables.slides.material import Material, first
from cxassess.deliverables.slides.paragraphs import clean, para, plain
from cxassess.deliverables.slides.scatter import Dots, Mark, Range, Series, add_scatter
from cxassess.deliverables.slides.tables import Column, Row, add_table, cell, lay_out
from cxassess.document import Chart, Panel
from cxassess.findings import Action, action_line, word_actions

_EFFORT: Final = Range(0.5, 5.5)
_MIDDLE, _LOWEST, _HIGHEST = 3.0, 2.2, 5.5  # of the impact; as most actions have much, less is shown only if there is
_LEFT, _FOOT = 18.0, 22.0


def add_priorities(deck: Deck, material: Material) -> None:
    """Add the slide on priorities; nothing where there is nothing to do next."""
    view = material.view
    actions = word_actions(view.findings.actions, view.instrument)
    if not actions or not material.report.plan:
        return
    page = material.report.plan[0]
    chart, order = first(page, Chart), first(page, Panel)
    notes = [page.lead, chart.alt, *(f"{part.label}. {plain(part.text)}" for part in order.parts)]
    notes += [
        f"{action.number} {action.title}: {action_line(action, view.instrument, view.language)}" for action in actions
    ]
    canvas = deck.add(view.text("plan.kicker"), page.title, notes)
    left, right = split(CONTENT, 5.6, 6.4)
    canvas.text(Box(left.left, left.top, left.width, 18), [para(chart.title, 13, bold=True)], name="Heading", least=9)
    _draw_map(canvas, material, left.below(24), actions, chart)
    _draw_order(canvas, material, right, actions)


def _draw_map(canvas: Canvas, material: Material, box: Box, actions: Sequence[Action], chart: Chart) -> None:
    view = material.view
    plot = Box(box.left + _LEFT, box.top + 16, box.width - _LEFT, box.height - 16 - _FOOT - 24)
    words = {key: view.text(f"plan.map_{key}") for key in ("x", "y", "low_x", "high_x", "low_y", "high_y")}
    impact = Range(min([_LOWEST, *(action.impact - 0.4 for action in actions)]), _HIGHEST)
    upper = plot.height * (impact.high - _MIDDLE) / (impact.high - impact.low)
    canvas.rectangle(Box(plot.left, plot.top, plot.width / 2, upper), "wash", name="Much for little")
    canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), "mark", weight=1)
    canvas.line((plot.left, plot.top), (plot.left, plot.bottom), "mark", weight=1)
    high = [para(words["high_y"], 10.5, colour="text2", lead=f"{words['y']}:")]
    canvas.text(Box(plot.left, box.top - 1, plot.width, 15), high, name="Axis", least=9)
    canvas.text(
        Box(plot.left + 5, plot.bottom - 17, 110, 15),
        [para(words["low_y"], 10.5, colour="text2")],
        name="Axis",
        least=9,
    )
    below = Box(plot.left, plot.bottom + 4, plot.width, 15)
    thirds = split(below, 1, 1, 1, gutter=0)
    canvas.text(thirds[0], [para(words["low_x"], 10.5, colour="text2")], name="Axis", least=9)
    canvas.text(thirds[1], [para(words["x"], 10.5, bold=True, colour="text2", align="center")], name="Axis", least=9)
    canvas.text(thirds[2], [para(words["high_x"], 10.5, colour="text2", align="right")], name="Axis", least=9)
    add_scatter(canvas, plot, _series(material, actions), _EFFORT, impact, name=chart.title, alt=chart.alt)
    note = Box(box.left, box.bottom - 26, box.width, 26)
    canvas.text(
        note, [para(material.text("map.how"), 10, colour="text2")], name="How to read", anchor="bottom", least=9
    )


def _series(material: Material, actions: Sequence[Action]) -> list[Series]:
    """Return the actions at their exact places; those that share one are named together beside the first."""
    places: dict[tuple[int, int], list[int]] = {}
    for action in actions:
        places.setdefault((action.effort, action.impact), []).append(action.number)
    named: set[tuple[int, int]] = set()
    begun = {(action.effort, action.impact) for action in actions if action.now}
    marks: dict[bool, list[Mark]] = {True: [], False: []}
    for action in actions:
        place = (action.effort, action.impact)
        label = "" if place in named else ", ".join(str(number) for number in places[place])
        named.add(place)
        name = f"{action.number} {clean(action.title)}"
        colour = "accent" if place in begun else "mark"  # whichever lies on top
        marks[action.now].append(Mark(action.effort, action.impact, name, label, colour, beside=True))
    now, later = material.text("map.now"), material.text("map.later")
    return [
        Dots(later, marks[False], "circle", 12, "mark", 13),
        Dots(now, marks[True], "circle", 12, "accent", 13),
    ]


def _draw_order(canvas: Canvas, material: Material, box: Box, actions: Sequence[Action]) -> None:
    view = material.view
    columns = [
        Column(view.text("head.number"), 1.0),
        Column(view.text("plan.head_title"), 5.2),
        Column(view.text("plan.head_lifts"), 4.2),
        Column(view.text("head.level"), 1.6),
        Column(view.text("plan.map_x"), 1.4, "right"),
        Column(view.text("plan.map_y"), 1.4, "right"),
    ]
    rows = [_row(material, columns, action) for action in actions]
    said = [
        view.text("plan.map_alt", number=action.number, title=action.title, effort=action.effort, impact=action.impact)
        for action in actions
    ]
    layout = lay_out(columns, rows, box, most=46)
    add_table(canvas, box, columns, layout, name="Order of the actions", alt=". ".join(said))


def _row(material: Material, columns: Sequence[Column], action: Action) -> Row:
    view = material.view
    colour = "accent" if action.now else "text2"
    title = (*cell(action.title, columns[1], size=12.5, bold=action.now),)
    if action.quick_win:
        title += (para(view.text("plan.quick_mark").rstrip("."), 10, colour="accent"),)
    return (
        cell(str(action.number), columns[0], size=14, bold=True, colour=colour),
        title,
        cell(view.instrument.element(action.element).name, columns[2], size=11.5, colour="text2"),
        cell(
            view.text("plan.from_to", low=action.from_level, high=action.to_level),
            columns[3],
            size=11.5,
            colour="text2",
        ),
        cell(str(action.effort), columns[4], colour="text2"),
        cell(str(action.impact), columns[5], colour="text2"),
    )
