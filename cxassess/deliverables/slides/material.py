"""What the slides are made of: the report's own pages and blocks, found by kind, and how its figures are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cxassess.assessment import Assessment
from cxassess.context import OrganisationContext
from cxassess.document import Block, Brand, Columns, Cover, HowTo, Page, Section
from cxassess.language import get_language
from cxassess.report.build import Report
from cxassess.report.pages.view import View

Kind = TypeVar("Kind", bound=Block)


@dataclass(frozen=True)
class Material:
    """The report of an assessment and the view it was built on: same blocks, same words, same figures."""

    assessment: Assessment
    report: Report
    view: View
    brand: Brand

    @property
    def cover(self) -> Cover:
        """The report's cover."""
        return first(self.report.cover, Cover)

    def text(self, key: str, /, **values: object) -> str:
        """Return a message of the slides' own texts."""
        return self.view.language.text(f"slides.{key}", **values)

    def counted(self, key: str, number: int, **values: object) -> str:
        """Return a message with plural forms, its number as a word, beginning with a capital."""
        text = self.text(key, n=number, count=self.view.count(number), **values)
        return text[:1].upper() + text[1:]


def gather(assessment: Assessment, brand: Brand) -> Material:
    """Build the report of an assessment, and return what the slides take from it."""
    view = View(
        shown=assessment.shown,
        findings=assessment.findings,
        instrument=assessment.instrument,
        language=get_language(assessment.instrument.language),
        organisation=assessment.organisation,
        wave=assessment.wave,
        context=assessment.context or OrganisationContext(),
        source=assessment.source,
    )
    return Material(assessment, assessment.report(), view, brand)


def walk(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield blocks and those within them, in reading order."""
    for block in blocks:
        yield block
        if isinstance(block, Columns):
            for column in block.columns:
                yield from walk(column.blocks)
        elif isinstance(block, Section):
            yield from walk(block.blocks)


def every(page: Page | None, kind: type[Kind]) -> list[Kind]:
    """Return the blocks of a kind on a page, wherever they stand."""
    return [block for block in walk(page.blocks) if isinstance(block, kind)] if page else []


def first(page: Page | None, kind: type[Kind]) -> Kind:
    """Return the first block of a kind on a page; LookupError if there is none."""
    found = every(page, kind)
    if not found:
        raise LookupError(f"the page {page.id if page else ''} has no {kind.kind}")
    return found[0]


def how_to_read(page: Page | None) -> list[str]:
    """Return how the exhibits of a page are read, for the speaker's notes."""
    return [f"{block.label}: {block.text}" for block in every(page, HowTo)]
