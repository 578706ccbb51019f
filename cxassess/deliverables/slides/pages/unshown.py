"""In place of results, where too few answered: why there are no figures, and how to go on without them."""

from __future__ import annotations

from cxassess.deliverables.slides.block_tables import add_table_slides
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, split
from cxassess.deliverables.slides.material import Material, every, first
from cxassess.deliverables.slides.paragraphs import para, plain
from cxassess.document import BulletList, Section, Table, Text, WhoAnswered


def add_unshown(deck: Deck, material: Material) -> None:
    """Add why there are no results and what to do, then questions to begin with."""
    page = material.report.summary
    why, doing, who = first(page, Text), first(page, Section), first(page, WhoAnswered)
    steps = [plain(item) for block in doing.blocks if isinstance(block, BulletList) for item in block.items]
    answered = [f"{role.name}: {role.text}" for role in who.roles]
    notes = [page.lead, plain(why.text), doing.title, *steps, who.title, *answered]
    canvas = deck.add(page.kicker, page.title, notes)
    left, right = split(CONTENT, 4, 6)
    words = [para(page.lead, 16), para(plain(why.text), 14, colour="text2", before=10)]
    words += [
        para(who.title, 12, bold=True, before=22),
        *(para(line, 12, colour="text2", before=2) for line in answered),
    ]
    canvas.text(left, words, name="Why")
    canvas.line((right.left, right.top), (right.right, right.top), "accent", weight=1.25)
    told = [
        para(doing.title, 14, bold=True),
        *(para(step, 15, before=12, mark=str(n)) for n, step in enumerate(steps, 1)),
    ]
    canvas.text(right.below(10), told, name=doing.title)
    for table in every(page, Table):
        add_table_slides(
            deck, material, table, kicker=page.kicker, title=table.title, notes=[page.lead], name=table.title
        )
