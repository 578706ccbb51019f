"""An element on one slide: its figures, the ladder with where one is and what comes next, its items, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box, split
from cxassess.deliverables.slides.material import Material, every, first
from cxassess.deliverables.slides.pages.ladder import draw_ladder
from cxassess.deliverables.slides.pages.levels import draw_facts
from cxassess.deliverables.slides.pages.scale import Strip
from cxassess.deliverables.slides.paragraphs import Para, height_of, para, plain
from cxassess.deliverables.slides.scatter import Dots, Lines, Mark, Series
from cxassess.deliverables.slides.tables import Column, Row, add_table, cell, lay_out
from cxassess.document import DistributionRow, Distributions, Facts, Ladder, Page, Panel, Quote, Quotes

FACTS_HEIGHT, PANEL_HEIGHT, MOST_HEADING = 52.0, 106.0, 36.0
_SCALE = 2  # the column under the chart
_TABLE_LEAST = 90.0


def add_elements(deck: Deck, material: Material) -> None:
    """Add a slide for each element, in the instrument's order."""
    for page in material.report.elements:
        _add_element(deck, material, page)


def _add_element(deck: Deck, material: Material, page: Page) -> None:
    facts, ladder, panel, items = (
        first(page, Facts),
        first(page, Ladder),
        first(page, Panel),
        first(page, Distributions),
    )
    notes = [
        page.lead,
        *(f"{fact.label}: {fact.value}{f' ({fact.note})' if fact.note else ''}." for fact in facts.facts),
        ladder.title,
        ladder.alt,
        items.alt,
        material.view.text("method.agreement"),
        panel.title,
        *(f"{part.label}: {plain(part.text)}" for part in panel.parts),
        *(_quoted(quote) for block in every(page, Quotes) for quote in block.quotes),
    ]
    canvas = deck.add(page.kicker, page.title, notes, subject=page.kicker)
    draw_facts(canvas, Box(CONTENT.left, CONTENT.top - 10, CONTENT.width, FACTS_HEIGHT), facts.facts, size=16)
    left, right = split(CONTENT.below(FACTS_HEIGHT + 4), 6.1, 5.9)
    heads = [para(ladder.title, 12, bold=True), para(items.title, 12, bold=True)]
    head = min(
        MOST_HEADING, max(height_of([words], box.width) for words, box in zip(heads, (left, right), strict=True)) + 6
    )
    canvas.text(Box(left.left, left.top, left.width, head - 4), heads[:1], name="Heading", anchor="bottom", least=9)
    draw_ladder(canvas, left.below(head), ladder)
    words = _step_words(panel)
    step = min(PANEL_HEIGHT, height_of(words, right.width - 24) + 18)
    rest = max(_TABLE_LEAST, right.height - head - step - 12)
    canvas.text(Box(right.left, right.top, right.width, head - 4), heads[1:], name="Heading", anchor="bottom", least=9)
    _draw_items(canvas, material, Box(right.left, right.top + head, right.width, rest), items)
    box = Box(right.left, right.bottom - step, right.width, step)
    canvas.rectangle(box, "tint")
    canvas.text(box.inset(12, 8), words, name=panel.title, least=9)


def _quoted(quote: Quote) -> str:
    return f"“{quote.text}” ({quote.by})" if quote.by else f"“{quote.text}”"


# ---------------------------------------------------------------- items


def _draw_items(canvas: Canvas, material: Material, box: Box, items: Distributions) -> None:
    columns = [
        Column(material.view.text("head.number"), 1.0),
        Column(material.view.text("causes.item"), 4.1),
        Column("", 2.4),
        Column(items.mean_head, 2.3, "right"),
        Column(items.agreement_head, 2.1),
    ]
    rows, left_out = _that_fit(items.rows, box)
    layout = lay_out(columns, [_row(columns, row) for row in rows], box, most=40, margin=3)
    marked = [place for place, row in enumerate(rows) if row.marked]
    places = add_table(canvas, box, columns, layout, name="Items, figures", alt=items.alt, tinted=marked)
    scale = material.view.scale
    strip = Strip(scale, box.left + sum(layout.widths[:_SCALE]), layout.widths[_SCALE], places)
    strip.draw_heads(canvas, layout.head)
    ground = [strip.cut_offs(material.text("chart.cut_offs"))]
    strip.draw(canvas, _series(material, items, rows, strip), ground=ground, name="Items, chart", alt=items.alt)
    if left_out:
        text = material.text("items.more", n=left_out, count=left_out)
        canvas.text(Box(box.left, places[-1].bottom + 2, box.width, 13), [para(text, 9.5, colour="text2")], least=9)


def _that_fit(rows: Sequence[DistributionRow], box: Box) -> tuple[Sequence[DistributionRow], int]:
    """Return as many items as there is room for, the marked one among them, and how many are left out."""
    most = int((box.height - 34) // 20)
    if len(rows) <= most:
        return rows, 0
    kept = sorted(range(len(rows)), key=lambda place: (not rows[place].marked, place))[:most]
    return [rows[place] for place in sorted(kept)], len(rows) - most


def _row(columns: Sequence[Column], row: DistributionRow) -> Row:
    colour = "accent" if row.marked else "ink"
    mean = (*cell(row.mean_text, columns[3], size=11.5, bold=True, colour=colour),)
    mean += cell(row.interval_text, columns[3], size=9.5, colour="text2")
    hidden = (para(row.hidden_text, 9.5, colour="text2"),) if row.mean is None and row.hidden_text else ()
    agreement = " ".join(part for part in (row.agreement_text, row.agreement_word) if part)
    return (
        cell(row.number, columns[0], size=10.5, colour="text2"),
        (*cell(row.name, columns[1], size=11, bold=row.marked, colour=colour), *hidden),
        (),
        mean,
        cell(agreement, columns[4], size=10.5, bold=row.split, colour="ink" if row.split else "text2"),
    )


def _series(material: Material, items: Distributions, rows: Sequence[DistributionRow], strip: Strip) -> list[Series]:
    series: list[Series] = []
    for marked in (False, True):
        shown = [(place, row) for place, row in enumerate(rows) if row.mean is not None and row.marked is marked]
        lines = [
            strip.interval(place, row.low, row.high, row.name)
            for place, row in shown
            if row.low is not None and row.high is not None
        ]
        dots = [
            Mark(row.mean, strip.y(place), row.name, hollow=row.low is None)
            for place, row in shown
            if row.mean is not None
        ]
        colour, which = ("accent", f", {shown[0][1].name}") if marked and shown else ("ink", "")
        interval = material.view.text("head.interval") + which
        series += [Lines(interval, lines, colour, 1.75), Dots(items.mean_head + which, dots, "circle", 8, colour)]
    return series


# ---------------------------------------------------------------- the next step


def _step_words(panel: Panel) -> list[Para]:
    parts = [replace(para(plain(part.text), 11, lead=f"{part.label}:"), before=3) for part in panel.parts]
    return [para(panel.title, 12.5, bold=True), *parts]
