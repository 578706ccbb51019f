"""A report as data: pages of blocks, built once and rendered many times (notebook, PDF, HTML).

Blocks hold final words, already in the report's language, beside the numbers that say where marks go. Renderers
place and draw; they never compute a score, format a number or translate. A block is a frozen dataclass whose
``kind`` is its name in JSON; all fields are plain JSON values, so that a notebook output can carry a page.

Text that came from people (names, comments) is an ordinary string here, and no renderer reads a string as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Final, Literal

PAGE_MIME: Final = "application/vnd.cxassess.page+json"
META_MIME: Final = "application/vnd.cxassess.meta+json"

RunStyle = Literal["", "strong", "muted", "accent", "emph", "code"]


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style; ``href`` makes it a link (``https:``, ``http:`` and ``mailto:`` only)."""

    text: str
    style: RunStyle = ""
    href: str = ""


Rich = str | Sequence[Run]
"""Text of a block: a plain string, or runs in several styles."""


@dataclass(frozen=True)
class Block:
    """Base of all blocks."""

    kind: ClassVar[str]


# ---------------------------------------------------------------- running text


@dataclass(frozen=True)
class Heading(Block):
    """A heading within a page (level 2 and below; the page's title is level 1)."""

    kind = "heading"
    text: str
    level: int = 2


@dataclass(frozen=True)
class Text(Block):
    """A paragraph."""

    kind = "text"
    text: Rich
    size: Literal["body", "small", "note"] = "body"


@dataclass(frozen=True)
class HowTo(Block):
    """One line that says how an exhibit is read; follows the exhibit closely."""

    kind = "howto"
    label: str
    text: Rich


@dataclass(frozen=True)
class BulletList(Block):
    """A list of short texts; numbered if ``ordered``, with tick boxes if ``checkboxes``.

    ``depths``: how deep each item stands in a list of lists, 0 for the outermost; empty if none is nested.
    """

    kind = "bullets"
    items: Sequence[Rich]
    ordered: bool = False
    checkboxes: bool = False
    depths: Sequence[int] = ()


@dataclass(frozen=True)
class Dated(Block):
    """Rows of a short label (often a date) and a text."""

    kind = "dated"
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Quote:
    """A comment and who (which group) gave it, about what."""

    text: str
    by: str


@dataclass(frozen=True)
class Quotes(Block):
    """Comments, in two columns where there is room."""

    kind = "quotes"
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class Callout(Block):
    """A tinted box across the page: title at the left, text at the right."""

    kind = "callout"
    title: str
    text: Rich


@dataclass(frozen=True)
class Column:
    """A column of a ``Columns`` block, ``span`` of 12 wide."""

    span: int
    blocks: Sequence[Block]
    tinted: bool = False


@dataclass(frozen=True)
class Columns(Block):
    """Blocks side by side on the 12-column grid."""

    kind = "columns"
    columns: Sequence[Column]


@dataclass(frozen=True)
class Section(Block):
    """A rule, a heading, and blocks under it."""

    kind = "section"
    title: str
    blocks: Sequence[Block]
    accent: bool = False


@dataclass(frozen=True)
class Bottom(Block):
    """What follows stands on the bottom margin of the page."""

    kind = "bottom"


@dataclass(frozen=True)
class Labelled:
    """A small label above a text."""

    label: str
    text: Rich


@dataclass(frozen=True)
class Panel(Block):
    """A heading and labelled texts, e.g. the next step of an element (tint comes from the column)."""

    kind = "panel"
    title: str
    parts: Sequence[Labelled]


@dataclass(frozen=True)
class NumberedEntry:
    """An entry of a numbered list: strong title, running text, then labelled lines (``Who: …``)."""

    title: str
    text: str = ""
    parts: Sequence[Labelled] = ()


@dataclass(frozen=True)
class Numbered(Block):
    """Entries with large serif numerals: findings (ink) or actions (accent)."""

    kind = "numbered"
    entries: Sequence[NumberedEntry]
    accent: bool = False


# ---------------------------------------------------------------- tables and facts


@dataclass(frozen=True)
class Fact:
    """One figure with a label above and a note below."""

    label: str
    value: str
    note: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Facts(Block):
    """Figures side by side."""

    kind = "facts"
    facts: Sequence[Fact]


@dataclass(frozen=True)
class TableColumn:
    """Heading, alignment and relative width (0: as wide as its content) of a table's column."""

    title: str
    align: Literal["left", "right", "center"] = "left"
    width: float = 0


@dataclass(frozen=True)
class Table(Block):
    """A table with a header row; cells are finished text. ``marked`` rows are set strong."""

    kind = "table"
    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Rich]]
    title: str = ""
    marked: Sequence[int] = ()


@dataclass(frozen=True)
class LevelNumeral(Block):
    """The level as a large numeral, its name, and what to know about it."""

    kind = "level"
    level: str
    name: str
    text: str


@dataclass(frozen=True)
class Probability:
    """How likely one level is; ``share`` 0–1 draws the bar, ``share_text`` is printed."""

    level: int
    name: str
    share: float
    share_text: str
    marked: bool = False


@dataclass(frozen=True)
class Probabilities(Block):
    """Labelled bars: how sure the level is."""

    kind = "probabilities"
    title: str
    rows: Sequence[Probability]
    alt: str


@dataclass(frozen=True)
class RoleAnswered:
    """How many of those invited answered; ``invited`` 0 when unknown (no bar then)."""

    name: str
    answered: int
    invited: int
    text: str


@dataclass(frozen=True)
class WhoAnswered(Block):
    """Response by role, one thin bar each."""

    kind = "who_answered"
    title: str
    roles: Sequence[RoleAnswered]


@dataclass(frozen=True)
class Evidence:
    """A root cause with strength 0–3 (filled dots), the word for it, and a text."""

    name: str
    strength: int
    word: str
    text: str


@dataclass(frozen=True)
class RootCauses(Block):
    """Root causes side by side (three a row)."""

    kind = "root_causes"
    causes: Sequence[Evidence]


# ---------------------------------------------------------------- exhibits on the scale


@dataclass(frozen=True)
class ScaleLevel:
    """Number and name of a level, for the head of a scale."""

    level: int
    name: str


@dataclass(frozen=True)
class ScoreScale:
    """The axis of all score exhibits: levels 1 to K and the cut-offs between them."""

    levels: Sequence[ScaleLevel]
    cutoffs: Sequence[float]


@dataclass(frozen=True)
class ProfileRow:
    """An element on the scale. ``score`` None: not shown, and ``hidden_text`` says why.

    ``low``/``high`` None: no interval (open dot). ``band``: the benchmark's middle half. ``tag``: a word under the
    name, e.g. *Weakest link*.
    """

    number: int
    name: str
    score: float | None
    low: float | None
    high: float | None
    score_text: str
    interval_text: str
    band: tuple[float, float] | None = None
    target: float | None = None
    tag: str = ""
    marked: bool = False
    hidden_text: str = ""


@dataclass(frozen=True)
class Profile(Block):
    """Elements sorted by score: dot and interval over the benchmark band, diamond for the target."""

    kind = "profile"
    title: str
    scale: ScoreScale
    rows: Sequence[ProfileRow]
    score_head: str
    interval_head: str
    alt: str
    band_label: str = ""
    target_label: str = ""


@dataclass(frozen=True)
class GroupKey:
    """A group (role or unit) in the dumbbell's key. ``place``: ``high`` and ``low`` are joined by the bar."""

    id: str
    letter: str
    name: str
    note: str
    place: Literal["high", "low", "other"] = "other"


@dataclass(frozen=True)
class GroupScore:
    """A group's score in one row."""

    group: str
    score: float


@dataclass(frozen=True)
class DumbbellRow:
    """An element with its groups' scores; ``hidden`` holds (group letter, reason) for those not shown."""

    number: int
    name: str
    text: str
    points: Sequence[GroupScore]
    gap_text: str
    interval_text: str
    verdict_text: str
    real: bool
    marked: bool = False
    hidden: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Dumbbell(Block):
    """Groups as letters on the scale, the high and the low group joined, widest gap first."""

    kind = "dumbbell"
    title: str
    scale: ScoreScale
    groups: Sequence[GroupKey]
    rows: Sequence[DumbbellRow]
    gap_head: str
    alt: str


@dataclass(frozen=True)
class Rung:
    """A level of the ladder with its anchor's text."""

    level: int
    name: str
    text: str
    state: Literal["below", "current", "next", "above"]
    tag: str = ""


@dataclass(frozen=True)
class Ladder(Block):
    """The levels of an element or item, highest on top, with the score as a point on its axis."""

    kind = "ladder"
    title: str
    rungs: Sequence[Rung]
    score: float | None
    low: float | None
    high: float | None
    score_text: str
    alt: str


@dataclass(frozen=True)
class DistributionRow:
    """An item: shares of answers per level (None: hidden, see ``hidden_text``), mean, interval, agreement."""

    number: str
    name: str
    detail: str
    shares: Sequence[float] | None
    share_texts: Sequence[str]
    mean: float | None
    low: float | None
    high: float | None
    mean_text: str
    interval_text: str
    agreement_text: str
    agreement_word: str
    split: bool = False
    marked: bool = False
    hidden_text: str = ""


@dataclass(frozen=True)
class Distributions(Block):
    """Items with small columns of their answers, mean and interval below on the same scale."""

    kind = "distributions"
    title: str
    levels: int
    rows: Sequence[DistributionRow]
    level_head: str
    mean_head: str
    agreement_head: str
    alt: str


@dataclass(frozen=True)
class Change:
    """A change since an earlier wave: verdict for the mark, words and figure for the reader."""

    since: str
    verdict: Literal["up", "down", "cannot_tell"]
    verdict_text: str
    change_text: str


@dataclass(frozen=True)
class TrendPanel:
    """An element over the waves (None where a wave has no score or no interval)."""

    number: int
    name: str
    values: Sequence[float | None]
    lows: Sequence[float | None]
    highs: Sequence[float | None]
    value_texts: Sequence[str]
    changes: Sequence[Change]
    note: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Trends(Block):
    """Small multiples on one scale, with what can and cannot be said."""

    kind = "trends"
    title: str
    labels: Sequence[str]
    panels: Sequence[TrendPanel]
    step: float
    alt: str


@dataclass(frozen=True)
class Chart(Block):
    """A Vega-Lite chart of this theme: 1 px = 1 pt; drawn as vectors by the renderer."""

    kind = "chart"
    title: str
    spec: Mapping[str, Any]
    alt: str
    width: float
    height: float


@dataclass(frozen=True)
class Image(Block):
    """A picture: ``data`` is the file's bytes in base64, ``width`` its width in points."""

    kind = "image"
    data: str
    format: Literal["svg", "png", "jpeg"]
    alt: str
    width: float
    title: str = ""


@dataclass(frozen=True)
class Code(Block):
    """Lines in a fixed-width face: a program's text or output; ``error`` marks a failure."""

    kind = "code"
    text: str
    error: bool = False


@dataclass(frozen=True)
class PlanRow:
    """An action of the 90-day plan; ``weeks`` first and last of 13, ``milestones`` when something is shown."""

    number: int
    action: str
    step: str
    who: str
    weeks: tuple[int, int]
    milestones: Sequence[int]
    visible: str
    quick_text: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Plan(Block):
    """A table with week bars. ``heads``: number, action, who, first week, visible."""

    kind = "plan"
    title: str
    heads: tuple[str, str, str, str, str]
    rows: Sequence[PlanRow]
    weeks_word: str


# ---------------------------------------------------------------- pages


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
    """

    id: str
    blocks: Sequence[Block]
    kicker: str = ""
    title: str = ""
    lead: str = ""
    flow: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the page as plain JSON values, each block with its ``kind``."""
        return {
            "id": self.id,
            "kicker": self.kicker,
            "title": self.title,
            "lead": self.lead,
            "flow": self.flow,
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


def block_to_dict(block: Block) -> dict[str, Any]:
    """Return a block as plain JSON values with its ``kind``; nested blocks likewise."""
    values: dict[str, Any] = {"kind": block.kind}
    for name, value in vars(block).items():
        values[name] = _plain(value)
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Block):
        return block_to_dict(value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(inner) for name, inner in vars(value).items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
