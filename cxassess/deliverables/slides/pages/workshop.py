"""What the workshop agreed and decided, and what became of what was decided before."""

from __future__ import annotations

from cxassess.context import Agreement
from cxassess.deliverables.slides.block_tables import add_table_slides, draw_table, table_in_words
from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box, split
from cxassess.deliverables.slides.material import Material, every, how_to_read
from cxassess.deliverables.slides.paragraphs import para, plain
from cxassess.document import BulletList, Callout, Rich, Run, Section, Table, TableColumn
from cxassess.report.pages.view import View


def add_followed(deck: Deck, material: Material) -> None:
    """Add what was done with the last answers; nothing where nothing had been decided."""
    page = material.report.followed
    for table in every(page, Table):
        if page is not None:
            add_table_slides(
                deck, material, table, kicker=page.kicker, title=page.title, notes=[page.lead], name=page.title
            )


def add_agreed(deck: Deck, material: Material) -> None:
    """Add what the workshop agreed; nothing where there was none."""
    page = material.report.agreed
    if page is None:
        return
    view = material.view
    order = view.instrument.item_ids
    known = [one for one in view.context.agreements if one.wave == view.wave and one.item in order]
    known.sort(key=lambda one: order.index(one.item))
    heads = {key: view.text(f"agreed.head_{key}") for key in ("item", "mean", "level", "change", "dissent", "reason")}
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(heads["item"], width=5),
        TableColumn(heads["mean"], "right"),
        TableColumn(heads["level"], width=3),
        TableColumn(heads["change"], "right"),
        TableColumn(heads["dissent"], "right"),
        TableColumn(heads["reason"], width=6),
    )
    notes = [page.lead, *(f"{one.title}: {plain(one.text)}" for one in every(page, Callout)), *how_to_read(page)]
    table = Table(columns, [_agreement(view, one) for one in known])
    add_table_slides(deck, material, table, kicker=page.kicker, title=page.title, notes=notes, name=page.title)


def _agreement(view: View, agreed: Agreement) -> tuple[Rich, ...]:
    level: Rich = (Run(view.text("agreed.open"), "accent"),)
    change = "–"
    if agreed.level is not None:
        level = (Run(f"{agreed.level} {view.level_name(agreed.level)}", "strong"),)
        change = "–" if agreed.mean is None else view.language.signed(agreed.level - agreed.mean)
    return (
        view.item_number(agreed.item),
        view.instrument.item(agreed.item).name,
        view.number(agreed.mean),
        level,
        change,
        view.language.number(agreed.dissent, 0),
        agreed.reason,
    )


def add_decided(deck: Deck, material: Material) -> None:
    """Add the actions decided, then what is stopped and where one wants to be; nothing where nothing was decided."""
    page = material.report.decided
    if page is None:
        return
    sections = every(page, Section)
    inside = [block for section in sections for block in section.blocks]
    actions = [table for table in every(page, Table) if table not in inside]
    for table in actions:
        add_table_slides(
            deck, material, table, kicker=page.kicker, title=page.title, notes=[page.lead], name=page.title
        )
    if not sections:
        return
    title = sections[0].title if actions else page.title
    told = [line for block in inside if isinstance(block, Table) for line in table_in_words(block)]
    canvas = deck.add(page.kicker, title, [page.lead, *told], subject=page.kicker)
    shares = [7.0 if any(isinstance(block, Table) for block in section.blocks) else 5.0 for section in sections]
    for box, section in zip(split(CONTENT, *shares), sections, strict=True):
        _draw_section(canvas, box, section)


def _draw_section(canvas: Canvas, box: Box, section: Section) -> None:
    colour = "accent" if section.accent else "ink"
    canvas.line((box.left, box.top), (box.right, box.top), colour, weight=1.25)
    canvas.text(
        Box(box.left, box.top + 9, box.width, 20), [para(section.title, 14, bold=True)], name="Heading", least=9
    )
    room = box.below(36)
    for block in section.blocks:
        if isinstance(block, BulletList):
            words = [para(item, 14, before=10, mark="–") for item in block.items]
            canvas.text(room, words, name=section.title)
        elif isinstance(block, Table):
            draw_table(canvas, room, block, name=section.title, most=34)
