"""Root causes: side by side, each with how strong its evidence is and what to ask to be shown."""

from __future__ import annotations

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box, split
from cxassess.deliverables.slides.material import Material, every, how_to_read
from cxassess.deliverables.slides.paragraphs import para, plain
from cxassess.document import Evidence, RootCauses, Table
from cxassess.findings import headline

_DOTS, _IN_A_ROW, _SHOWN = 3, 3, 3


def add_causes(deck: Deck, material: Material) -> None:
    """Add the slide on root causes; nothing for an instrument without any."""
    view = material.view
    page = material.report.causes or material.report.roles
    found = every(page, RootCauses)
    if not found or page is None:
        return
    said = headline("root_causes", view.findings, view.instrument, view.language, name=view.name)
    tables = {table.title: table for table in every(page, Table)}
    causes = found[0].causes
    notes = [said.text]
    for cause in causes:
        notes.append(f"{cause.name} ({cause.word}): {cause.text}")
        table = tables.get(view.text("causes.behind", cause=cause.name))
        notes += [" · ".join(plain(text) for text in row) for row in (table.rows if table else ())]
    notes += how_to_read(material.report.causes)
    canvas = deck.add(view.text("causes.kicker"), said.title, notes)
    rows = -(-len(causes) // _IN_A_ROW)
    height = (CONTENT.height - 24 * (rows - 1)) / rows
    for place, cause in enumerate(causes):
        line, column = divmod(place, _IN_A_ROW)
        columns = split(CONTENT, *[1.0] * min(len(causes), _IN_A_ROW))
        box = Box(columns[column].left, CONTENT.top + line * (height + 24), columns[column].width, height)
        _draw_cause(canvas, material, box, cause, tables.get(view.text("causes.behind", cause=cause.name)))


def _draw_cause(canvas: Canvas, material: Material, box: Box, cause: Evidence, table: Table | None) -> None:
    strong = cause.strength >= 2
    canvas.line((box.left, box.top), (box.right, box.top), "accent" if strong else "mark", weight=2 if strong else 1)
    canvas.text(
        Box(box.left, box.top + 12, box.width, 46), [para(cause.name, 17, bold=True)], name="Root cause", least=11
    )
    with canvas.group("Evidence", f"{cause.name}: {cause.word}"):
        for place in range(_DOTS):
            filled = place < cause.strength
            fill = ("accent" if strong else "mark") if filled else ""
            canvas.dot(box.left + 7 + 17 * place, box.top + 72, 5.5, fill=fill, line="" if filled else "mark")
        word = Box(box.left + 62, box.top + 63, box.width - 62, 18)
        canvas.text(word, [para(cause.word, 12, colour="text2")], name="Evidence", anchor="middle")
    rest = Box(box.left, box.top + 94, box.width, box.height - 94)
    words = [para(cause.text, 15)]
    if table and cause.strength:
        words.append(para(table.columns[-1].title, 13, bold=True, colour="accent", before=14))
        words += [para(plain(row[-1]), 13, lead=plain(row[0]), before=4) for row in table.rows[:_SHOWN]]
    canvas.text(rest, words, name=cause.name)
