"""The 90-day plan as a table, and what management is asked to decide."""

from __future__ import annotations

from cxassess.deliverables.slides.block_tables import add_table_slides
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.material import Material, every
from cxassess.deliverables.slides.paragraphs import plain
from cxassess.document import BulletList, Dated, Page, Plan, PlanRow, Rich, Run, Section, Table, TableColumn


def add_plan(deck: Deck, material: Material) -> None:
    """Add the plan; nothing where there is nothing to do next."""
    view = material.view
    for page in material.report.plan:
        for plan in every(page, Plan):
            columns = (
                TableColumn(plan.heads[0]),
                TableColumn(plan.heads[1], width=6),
                TableColumn(plan.heads[2], width=2.6),
                TableColumn(plan.weeks_word, "right"),
                TableColumn(plan.heads[4], width=5),
            )
            table = Table(columns, [_row(row) for row in plan.rows], title=plan.title)
            title = view.counted("plan.title", len(plan.rows), sentence=True)
            notes = [view.text("plan.lead"), *_around(page), *_around(material.report.plan[0])]
            add_table_slides(
                deck,
                material,
                table,
                kicker=page.kicker,
                title=title,
                notes=list(dict.fromkeys(notes)),
                name=plan.title,
            )


def _row(row: PlanRow) -> tuple[Rich, ...]:
    quick = (Run(f" {row.quick_text}", "accent"),) if row.quick_text else ()
    action = (
        Run(f"{row.action}. " if row.action[-1:] not in ".!?" else f"{row.action} ", "strong"),
        Run(row.step),
        *quick,
    )
    return str(row.number), action, row.who, f"{row.weeks[0]}–{row.weeks[1]}", row.visible


def _around(page: Page) -> list[str]:
    """Return what stands about the plan, for the speaker: what to decide, what people will hear."""
    words = []
    for section in every(page, Section):
        said = [plain(item) for block in section.blocks if isinstance(block, BulletList) for item in block.items]
        said += [f"{when}: {text}" for block in section.blocks if isinstance(block, Dated) for when, text in block.rows]
        if said:
            words += [section.title, *said]
    return words
