"""Tables of the report's blocks on slides: over as many slides as they need to be read."""

from __future__ import annotations

from collections.abc import Sequence

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box
from cxassess.deliverables.slides.material import Material
from cxassess.deliverables.slides.measure import measure
from cxassess.deliverables.slides.paragraphs import clean, para, plain
from cxassess.deliverables.slides.tables import SIZE, Column, Row, add_table, lay_out, paginate
from cxassess.document import Table

_WIDEST = 0.3  # of the table, for a column as wide as its content
_PADDING = 15.0


def table_columns(table: Table, width: float) -> list[Column]:
    """Return the columns of a table in points: some as wide as their content, the others by their shares."""
    natural = [
        _natural_width(table, place, width) if not column.width else 0.0 for place, column in enumerate(table.columns)
    ]
    shares = sum(column.width for column in table.columns) or 1.0
    rest = max(width - sum(natural), 0.0)
    return [
        Column(column.title, taken or rest * column.width / shares, column.align)
        for column, taken in zip(table.columns, natural, strict=True)
    ]


def _natural_width(table: Table, place: int, width: float) -> float:
    widest = max((measure(clean(plain(row[place])), SIZE, bold=True) for row in table.rows), default=0.0)
    return min(max(widest, measure(clean(table.columns[place].title), 10)) + _PADDING, _WIDEST * width)


def table_rows(table: Table, columns: Sequence[Column], size: float = SIZE) -> list[Row]:
    """Return the rows of a table as cells."""
    return [
        tuple(
            (para(text, size, bold=number in table.marked, align=column.align),) if clean(plain(text)) else ()
            for text, column in zip(row, columns, strict=True)
        )
        for number, row in enumerate(table.rows)
    ]


def table_in_words(table: Table) -> list[str]:
    """Return each row as a sentence, for the speaker and for those who can't see the table."""
    heads = [column.title for column in table.columns]
    return [
        "; ".join(f"{head}: {plain(text)}" for head, text in zip(heads, row, strict=True)) + "." for row in table.rows
    ]


def draw_table(canvas: Canvas, box: Box, table: Table, *, name: str, most: float = 46.0) -> list[Box]:
    """Set a table that fits one box; return where its rows stand."""
    columns = table_columns(table, box.width)
    layout = lay_out(columns, table_rows(table, columns), box, most=most)
    return add_table(canvas, box, columns, layout, name=name, alt=" ".join(table_in_words(table)))


def add_table_slides(
    deck: Deck, material: Material, table: Table, *, kicker: str, title: str, notes: Sequence[str], name: str
) -> None:
    """Add a table, on several slides if one does not hold it; the title then says which part it is."""
    columns = table_columns(table, CONTENT.width)
    box = Box(CONTENT.left, CONTENT.top - 6, CONTENT.width, CONTENT.height + 4)
    pages = paginate(columns, table_rows(table, columns), box)
    spoken = table_in_words(table)
    begun = 0
    for part, rows in enumerate(pages, 1):
        words = spoken[begun : begun + len(rows)]
        begun += len(rows)
        said = title if len(pages) == 1 else material.text("deck.part", title=title, part=part, parts=len(pages))
        canvas = deck.add(kicker, said, [*notes, *words], subject=kicker)
        layout = lay_out(columns, rows, box, most=56)
        add_table(canvas, box, columns, layout, name=name, alt=" ".join(words))
