"""The level: how sure it is, and whether it depends on the rule."""

from __future__ import annotations

from collections.abc import Sequence

from cxassess.deliverables.slides.bars import add_bars
from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box, split
from cxassess.deliverables.slides.material import Material, every, first
from cxassess.deliverables.slides.pages.opening import draw_level
from cxassess.deliverables.slides.paragraphs import para, plain
from cxassess.deliverables.slides.tables import Column, add_table, cell, lay_out
from cxassess.document import BulletList, Fact, Facts, LevelNumeral, Probabilities, Table, Text

_FACTS_HEIGHT = 74


def add_levels(deck: Deck, material: Material) -> None:
    """Add the slide on the level and its probability; nothing where no page says how sure it is."""
    page = material.report.certainty
    if page is None:
        return
    summary = material.report.summary
    numeral, sure, rules = first(summary, LevelNumeral), first(summary, Probabilities), first(summary, Table)
    facts = every(page, Facts)[0].facts
    notes = [page.lead, sure.alt, *_rules_in_words(rules), *_facts_in_words(facts)]
    notes += [plain(text.text) for text in every(page, Text)]
    notes += [plain(item) for bullets in every(page, BulletList) for item in bullets.items]
    canvas = deck.add(page.kicker, page.title, notes)
    top = Box(CONTENT.left, CONTENT.top, CONTENT.width, CONTENT.height - _FACTS_HEIGHT - 24)
    level, chart, table = split(top, 2.3, 4.2, 4.2)
    draw_level(canvas, level, numeral)
    if sure.rows:
        canvas.text(
            Box(chart.left, chart.top, chart.width, 20), [para(sure.title, 14, bold=True)], name="Heading", least=10
        )
        low, high = material.view.chance(0.0), material.view.chance(1.0)
        space = "" if material.view.language.code == "en" else "\u00a0"
        add_bars(
            canvas,
            Box(chart.left - 6, chart.top + 26, chart.width, min(210, 42 * len(sure.rows))),
            [f"{row.level} {row.name}" for row in sure.rows],
            [row.share for row in sure.rows],
            series=sure.title,
            marked=[place for place, row in enumerate(sure.rows) if row.marked],
            number_format=f'[<0.01]"{low}";[>0.99]"{high}";0{space}%',
            alt=sure.alt,
        )
    _draw_rules(canvas, table, rules)
    draw_facts(canvas, Box(CONTENT.left, CONTENT.bottom - _FACTS_HEIGHT, CONTENT.width, _FACTS_HEIGHT), facts)


def _draw_rules(canvas: Canvas, box: Box, rules: Table) -> None:
    if not rules.rows:
        return
    canvas.text(Box(box.left, box.top, box.width, 20), [para(rules.title, 14, bold=True)], name="Heading", least=10)
    shares = (3.0, 1.0, 1.2)
    columns = [Column(column.title, share, column.align) for column, share in zip(rules.columns, shares, strict=False)]
    rows = [
        [
            cell(plain(text), column, bold=place in rules.marked, size=13)
            for text, column in zip(row, columns, strict=True)
        ]
        for place, row in enumerate(rules.rows)
    ]
    room = Box(box.left, box.top + 30, box.width, 180)
    add_table(
        canvas,
        room,
        columns,
        lay_out(columns, rows, room, most=38),
        name=rules.title,
        alt=" ".join(_rules_in_words(rules)),
    )


def _rules_in_words(rules: Table) -> list[str]:
    rows = [
        "; ".join(f"{column.title} {plain(text)}" for column, text in zip(rules.columns, row, strict=True))
        for row in rules.rows
    ]
    return [f"{rules.title}. {'. '.join(rows)}."] if rows else []


def _facts_in_words(facts: Sequence[Fact]) -> list[str]:
    return [f"{fact.label}: {fact.value}{f' ({fact.note})' if fact.note else ''}." for fact in facts]


def draw_facts(canvas: Canvas, box: Box, facts: Sequence[Fact], *, size: float = 18) -> None:
    """Put figures side by side, each with a label above and a note below."""
    if not facts:
        return
    for column, fact in zip(split(box, *[1.0] * len(facts), gutter=18), facts, strict=True):
        canvas.line((column.left, column.top), (column.right, column.top))
        words = [
            para(fact.label, 10.5, colour="text2"),
            para(fact.value, size, bold=True, colour="accent" if fact.marked else "ink", before=2),
            *([para(fact.note, 10.5, colour="text2", before=2)] if fact.note else []),
        ]
        canvas.text(column.below(7), words, name=fact.label, least=9)
