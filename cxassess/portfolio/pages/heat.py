"""The heat map: every organisation on every element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cxassess.document import HeatGroup, HeatMap, HeatRow, HowTo, Page
from cxassess.portfolio.bands import band_of
from cxassess.portfolio.members import Member
from cxassess.portfolio.pages.league import ONE_SHEET
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.scoring.model import OVERALL

ORDERS: Final = ("score", "name", "industry", "country")
#: From so many organisations on, the map is grouped by industry where industries are known.
GROUPED_FROM: Final = 60


def build_heat_page(view: PortfolioView, order: str = "") -> Page:
    """Build the page of the heat map, by score, by name, or by industry or country and score."""
    chosen = order or default_order(view)
    how = view.sentences(view.text("heat.how", cut=view.number(view.middle, 1)), view.text("heat.how_hidden"))
    long = len(view.portfolio.members) > ONE_SHEET
    exhibit, note = build_heat_map(view, chosen), HowTo(view.shared("how.label"), how)
    blocks = (note, exhibit) if long else (exhibit, note)
    return Page("heat", blocks, view.text("heat.kicker"), _title(view), view.text("heat.lead"), flow=long)


def default_order(view: PortfolioView) -> str:
    """Return how the map is ordered: by score, or by industry where there are many organisations."""
    industries = {member.industry for member in view.shown}
    return "industry" if len(view.shown) >= GROUPED_FROM and len(industries - {""}) > 1 else "score"


def build_heat_map(view: PortfolioView, order: str) -> HeatMap:
    """Build the map itself; an element whose score may not be shown has a dash and no colour."""
    groups = [
        HeatGroup(name, [*_summary(view, members, name), *(_row(view, member) for member in members)])
        for name, members in _groups(view, order)
    ]
    numbered = [f"{view.number_of(element)} {element.name}" for element in view.instrument.elements]
    return HeatMap(
        title="",
        row_head=view.text("head.organisation"),
        columns=[*numbered, view.text("head.overall")],
        groups=groups,
        key=view.heat_key(),
        alt=view.text("heat.alt"),
    )


def _groups(view: PortfolioView, order: str) -> list[tuple[str, Sequence[Member]]]:
    by_score = sorted(
        view.portfolio.members, key=lambda one: (not one.shown, -(one.overall.score or 0), one.organisation)
    )
    if order == "score":
        return [("", by_score)]
    if order == "name":
        return [("", view.portfolio.members)]
    names = sorted({getattr(member, order) for member in by_score}, key=lambda name: (not name, name.casefold()))
    return [
        (name or view.text(f"bands.unknown_{order}"), [one for one in by_score if getattr(one, order) == name])
        for name in names
    ]


def _row(view: PortfolioView, member: Member) -> HeatRow:
    elements = [*(element.id for element in view.instrument.elements), OVERALL]
    return HeatRow(member.organisation, [view.heat(member.known(element)) for element in elements])


def _summary(view: PortfolioView, members: Sequence[Member], name: str) -> list[HeatRow]:
    """Return the row of a group's medians, where five of its organisations have a score."""
    elements = [*(element.id for element in view.instrument.elements), OVERALL]
    bands = [band_of([member for member in members if member.shown], element) for element in elements]
    if not any(bands):
        return []
    cells = [view.heat(band.median if band else None) for band in bands]
    return [HeatRow(view.text("heat.median" if name else "heat.median_all"), cells, strong=True)]


def _title(view: PortfolioView) -> str:
    """Say how many organisations have no element below the middle, and how many have every one."""
    clear = sum(
        all(
            (score := member.known(element.id)) is not None and score >= view.middle
            for element in view.instrument.elements
        )
        for member in view.shown
    )
    if not view.shown:
        return view.text("heat.title_none")
    cut = view.number(view.middle, 1)
    if len(view.shown) == 1:
        return view.counted_digits("heat.title_of_one", clear, total=view.digits(1), cut=cut)
    return view.counted("heat.title", clear, sentence=True, total=view.digits(len(view.shown)), cut=cut)
