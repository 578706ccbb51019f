"""The waves: the overall score and the weakest link over time, and what can be said of each element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box, split
from cxassess.deliverables.slides.lines import FOOT, Line, add_lines
from cxassess.deliverables.slides.material import Material, every, first, how_to_read
from cxassess.deliverables.slides.paragraphs import Para, height_of, para, plain
from cxassess.deliverables.slides.scatter import Range
from cxassess.deliverables.slides.tables import Column, Row, add_table, cell, lay_out
from cxassess.document import Callout, Change, Chart, TrendPanel, Trends
from cxassess.report.pages.history import wave_labels
from cxassess.report.pages.view import is_shown
from cxassess.report.pages.waves import reference_step, score_in
from cxassess.scoring.model import OVERALL

_NAMES, _LEAST_SPAN, _EVENTS = 104.0, 1.2, 34.0


def add_waves(deck: Deck, material: Material) -> None:
    """Add the slide on the waves; nothing without an earlier wave that may be shown."""
    page = material.report.waves
    if page is None:
        return
    chart, trends = first(page, Chart), first(page, Trends)
    notes = [page.lead, chart.title, chart.alt, trends.title, trends.alt, *how_to_read(page)]
    notes += [f"{callout.title}. {plain(callout.text)}" for callout in every(page, Callout)]
    canvas = deck.add(page.kicker, page.title, notes)
    left, right = split(CONTENT, 6.6, 5.4)
    canvas.text(Box(left.left, left.top, left.width, 18), [para(chart.title, 13, bold=True)], name="Heading", least=9)
    events = _events(material)
    plot = Box(left.left, left.top + 24, left.width - _NAMES, left.height - 24 - (_EVENTS if events else 0))
    _draw_lines(canvas, material, plot, chart)
    if events:
        below = Box(left.left, left.bottom - _EVENTS + 6, left.width, _EVENTS - 6)
        canvas.text(below, [para(events, 10.5, colour="text2")], name="Events", anchor="bottom", least=9)
    canvas.text(
        Box(right.left, right.top, right.width, 18), [para(trends.title, 13, bold=True)], name="Heading", least=9
    )
    _draw_changes(canvas, material, right.below(24), trends)


def _events(material: Material) -> str:
    view = material.view
    known = sorted(view.context.events, key=lambda event: event.date)
    return "   ·   ".join(f"{view.language.date(event.date, 'MMM yyyy')}: {event.label}" for event in known)


# ---------------------------------------------------------------- the lines


def _draw_lines(canvas: Canvas, material: Material, box: Box, chart: Chart) -> None:
    view, labels = material.view, wave_labels(material.view)
    names = list(labels.values())
    step, level = reference_step(view)
    lines = [_line(material, OVERALL, view.counted("waves.average", len(view.instrument.elements)), "ink", above=True)]
    if view.weakest:
        weakest = view.text("waves.weakest", element=view.instrument.element(view.weakest).in_sentence)
        lines.append(_line(material, view.weakest, weakest, "accent", above=False))
    target = view.context.target
    if target is not None and target.overall is not None:
        year = target.date_of(OVERALL).year
        title = view.text("waves.target", year=year)
        names.append(str(year))
        lines = [_longer(line) for line in lines]
        values = [None] * len(labels) + [target.overall]
        texts = [""] * len(labels) + [f"{title}: {view.number(target.overall)}"]
        lines.append(Line(title, values, texts, colour="mark", shape="diamond"))
    step_name = view.text("waves.step", level=level, step=view.level_number(step))
    lines.insert(0, Line(step_name, [step] * len(names), colour="mark", shape="", dashed=True))
    axis = _axis(lines, box.height - FOOT)
    add_lines(canvas, box, names, lines, axis, name=chart.title, alt=chart.alt)
    _name_lines(canvas, box, lines, axis)


def _line(material: Material, element: str, name: str, colour: str, *, above: bool) -> Line:
    rows = [score_in(material.view, wave, element) for wave in wave_labels(material.view)]
    shown = [row if row is not None and is_shown(row) else None for row in rows]
    return Line(
        name,
        [row["score"] if row else None for row in shown],
        [material.view.number(row["score"]) if row else "" for row in shown],
        [row["low"] if row else None for row in shown],
        [row["high"] if row else None for row in shown],
        colour,
        above=above,
        end_name=material.text("chart.upper_end" if above else "chart.lower_end", name=name),
    )


def _longer(line: Line) -> Line:
    """Return a line with an empty place at its end, over the target's year."""
    return replace(
        line,
        values=[*line.values, None],
        texts=[*line.texts, ""],
        lows=[*line.lows, None],
        highs=[*line.highs, None],
    )


def _axis(lines: Sequence[Line], height: float) -> Range:
    """Return an axis on which small changes don't look large, with room for the figures above and below."""
    seen = [
        value
        for line in lines
        for values in (line.values, line.lows, line.highs)
        for value in values
        if value is not None
    ]
    spare = max(0.0, _LEAST_SPAN - (max(seen) - min(seen))) / 2
    low, high = min(seen) - spare, max(seen) + spare
    room = 26.0 * (high - low) / max(60.0, height - 52.0)
    return Range(round(low - room, 3), round(high + room, 3))


@dataclass(frozen=True)
class _Tag:
    """A line's name and where it stands."""

    top: float
    height: float
    words: Para


def _name_lines(canvas: Canvas, box: Box, lines: Sequence[Line], axis: Range) -> None:
    """Name each line beside its last value; names that would meet move apart."""
    height = box.height - FOOT
    tags: list[_Tag] = []
    for line in lines:
        known = [value for value in line.values if value is not None]
        if known and line.shape != "diamond":
            words = para(line.name, 10.5, bold=not line.dashed, colour="text2" if line.dashed else line.colour)
            tall = min(54.0, height_of([words], _NAMES - 8) + 2)
            y = box.top + height * (axis.high - known[-1]) / (axis.high - axis.low)
            tags.append(_Tag(y - tall / 2, tall, words))
    tags.sort(key=lambda tag: tag.top + tag.height / 2)
    edge, down = box.top, []
    for tag in tags:
        down.append(replace(tag, top=max(tag.top, edge)))
        edge = down[-1].top + tag.height + 2
    edge = box.bottom
    for tag in reversed(down):
        top = min(tag.top, edge - tag.height)
        edge = top - 2
        canvas.text(Box(box.right + 8, top, _NAMES - 8, tag.height), [tag.words], name="Name of a line", least=9)


# ---------------------------------------------------------------- each element


def _draw_changes(canvas: Canvas, material: Material, box: Box, trends: Trends) -> None:
    heads = [change.since for change in trends.panels[0].changes] if trends.panels else []
    columns = [
        Column(material.view.text("head.number"), 0.9),
        Column(material.view.text("head.element"), 4.6),
        *(Column(head, 2.6) for head in heads),
    ]
    rows = [_row(columns, panel) for panel in trends.panels]
    marked = [place for place, panel in enumerate(trends.panels) if panel.marked]
    layout = lay_out(columns, rows, box, most=40)
    add_table(canvas, box, columns, layout, name="Changes by element", alt=trends.alt, tinted=marked)


def _row(columns: Sequence[Column], panel: TrendPanel) -> Row:
    changes = [_change(change) for change in panel.changes]
    name = (*cell(panel.name, columns[1], size=12, bold=panel.marked),)
    if panel.note:
        name += (para(panel.note, 9.5, colour="text2"),)
    return (cell(str(panel.number), columns[0], size=11, colour="text2"), name, *changes)


def _change(change: Change) -> tuple[Para, ...]:
    """Write a change: a triangle and a bold figure only where it can be told from chance."""
    if change.verdict == "cannot_tell":
        return (para(f"{change.change_text} {change.verdict_text}", 11, colour="text2"),)
    mark = "▲" if change.verdict == "up" else "▼"
    lead = f"{mark} {change.change_text}"
    return (para(change.verdict_text, 11, lead=lead, colour="ink" if change.verdict == "up" else "accent"),)
