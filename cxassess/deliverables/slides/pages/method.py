"""How the figures were made: what a reader has to know on the slide, the whole of it in the notes."""

from __future__ import annotations

from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, split
from cxassess.deliverables.slides.material import Material, walk
from cxassess.deliverables.slides.paragraphs import Para, para, plain
from cxassess.document import Heading, Page, Text

_COLUMNS = (("measured", "scores"), ("levels", "certain"), ("compared", "privacy"))


def add_method(deck: Deck, material: Material) -> None:
    """Add the slide on the method."""
    page = material.report.method
    parts = _parts(page)
    notes = [page.lead]
    for head, texts in parts.items():
        notes += [head, *texts]
    canvas = deck.add(page.kicker, page.title, notes)
    for box, keys in zip(split(CONTENT, 1, 1, 1), _COLUMNS, strict=True):
        words: list[Para] = []
        for key in keys:
            head = material.view.text(f"method.head.{key}")
            if head in parts:
                words.append(para(head, 15, bold=True, before=14))
                words += [para(text, 13, before=4) for text in parts[head]]
        canvas.text(box, words, name=material.view.text(f"method.head.{keys[0]}"), least=9)


def _parts(page: Page) -> dict[str, list[str]]:
    """Return the texts of the method by their headings."""
    parts: dict[str, list[str]] = {}
    head = ""
    for block in walk(page.blocks):
        if isinstance(block, Heading):
            head = block.text
        elif isinstance(block, Text):
            parts.setdefault(head, []).append(plain(block.text))
    return parts
