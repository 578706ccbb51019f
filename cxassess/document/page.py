"""Pages, the cover, the brand, and the whole document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from cxassess.document.base import Block, Rich, block_to_dict
from cxassess.document.exhibits import ScaleLevel


@dataclass(frozen=True)
class CoverDot:
    """An element on the cover's picture."""

    name: str
    score: float | None
    score_text: str
    marked: bool = False


@dataclass(frozen=True)
class Cover(Block):
    """The first page: title, the profile as a picture, the organisation, who answered."""

    kind = "cover"
    kicker: str
    title: str
    subtitle: str
    organisation: str
    wave: str
    date: str
    lines: Sequence[Rich]
    dots: Sequence[CoverDot]
    levels: Sequence[ScaleLevel]
    caption: str
    note: str
    alt: str


@dataclass(frozen=True)
class Page:
    """A page of the report.

    Parameters
    ----------
    id : str
        Stable name, e.g. ``summary`` or ``element-leadership_cadence``.
    blocks : sequence of Block
        In reading order. A cover page holds one ``Cover`` and nothing else.
    kicker, title, lead : str
        Small line, title (the finding), and lead paragraph; all empty on the cover.
    flow : bool
        Text page whose blocks may run over several sheets; otherwise the page is fitted to one sheet.
    spacing : tuple of float
        Factors of the spacing, the roomiest first and at most three: a fitted page takes the first at which it holds.
    """

    id: str
    blocks: Sequence[Block]
    kicker: str = ""
    title: str = ""
    lead: str = ""
    flow: bool = False
    spacing: tuple[float, ...] = (1.1, 0.88, 0.7)

    def to_dict(self) -> dict[str, Any]:
        """Return the page as plain JSON values, each block with its ``kind``."""
        return {
            "id": self.id,
            "kicker": self.kicker,
            "title": self.title,
            "lead": self.lead,
            "flow": self.flow,
            "spacing": list(self.spacing),
            "blocks": [block_to_dict(block) for block in self.blocks],
        }


@dataclass(frozen=True)
class Brand:
    """How the sender looks: name, accent colour, dark ground, logo and footer."""

    name: str = "cxassess"
    accent: str = "#B8461A"
    ink: str = "#1E272D"
    logo: str = ""
    logo_kind: Literal["", "svg", "png"] = ""
    footer: str = ""


@dataclass(frozen=True)
class Meta:
    """What the whole document needs to know: language, names for header, footer and metadata, brand.

    ``page_of`` is the word in *2 of 6*; ``logo`` in the brand is the file's bytes in base64. ``iso_date`` is the
    report's date as ``YYYY-MM-DD``, for the file's own metadata.
    """

    title: str
    organisation: str
    wave: str
    language: str
    date: str
    confidential: str
    page_of: str
    brand: Brand = field(default_factory=Brand)
    contents_title: str = ""
    iso_date: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Document:
    """A whole report: its metadata and its pages in order."""

    meta: Meta
    pages: Sequence[Page]

    def to_dict(self) -> dict[str, Any]:
        """Return the document as plain JSON values: ``{"meta": …, "pages": […]}``."""
        return {"meta": self.meta.to_dict(), "pages": [page.to_dict() for page in self.pages]}
