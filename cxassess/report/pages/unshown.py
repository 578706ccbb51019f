"""The page in place of results, where too few answered for any of them to be shown."""

from __future__ import annotations

from cxassess.document import Block, Bottom, BulletList, Page, Rich, Section, Table, TableColumn, Text
from cxassess.report.pages.exhibits import build_who_answered
from cxassess.report.pages.view import View
from cxassess.scoring.model import ALL, OVERALL

REASONS = ("too_few", "withheld", "no_answers", "low_coverage")


def build_unshown(view: View) -> Page:
    """Build the page that says why there are no figures, and how to go on without them."""
    row = view.row("scores", element=OVERALL, group=ALL)
    reason = str(row["reason"]) if row and row["reason"] in REASONS else "no_answers"
    doing: list[Rich] = [view.text(f"unshown.do_{key}") for key in ("wait", "talk", "merge")]
    blocks: list[Block] = [
        Text(view.text(f"unshown.why_{reason}")),
        Section(view.text("unshown.do"), (BulletList(doing, ordered=True),), accent=True),
        _questions(view),
        Bottom(),
        build_who_answered(view),
    ]
    title = view.text("unshown.title", name=view.name)
    return Page("unshown", blocks, view.text("unshown.kicker"), title, view.text("unshown.lead"))


def _questions(view: View) -> Table:
    """Return one question an element to talk about: the one that says most, with what to ask to be shown."""
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(view.text("head.element"), width=3),
        TableColumn(view.text("causes.item"), width=5),
        TableColumn(view.text("causes.ask"), width=5),
    )
    rows = []
    for element in view.instrument.elements:
        item = next((item for item in element.items if item.pulse), element.items[0])
        rows.append((view.item_number(item.id), element.name, item.name, item.evidence))
    return Table(columns, rows, title=view.text("unshown.questions"))
