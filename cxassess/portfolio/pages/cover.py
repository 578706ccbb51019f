"""The cover: how many organisations, and their common profile as the picture."""

from __future__ import annotations

from cxassess.document import Cover, CoverDot, Page, Rich, Run
from cxassess.portfolio.bands import band_of
from cxassess.portfolio.pages.view import PortfolioView


def build_cover(view: PortfolioView) -> Page:
    """Build the cover page; without five organisations there is no common profile."""
    means = {element.id: band.mean for element in view.instrument.elements if (band := band_of(view.shown, element.id))}
    lowest = min(means, key=lambda element: means[element], default="")
    dots = [
        CoverDot(
            element.name,
            means.get(element.id),
            view.number(means[element.id]) if element.id in means else "",
            marked=element.id == lowest,
        )
        for element in view.instrument.elements
    ]
    seen = "; ".join(f"{dot.name} {dot.score_text}" for dot in dots if dot.score is not None)
    period = view.period()
    cover = Cover(
        kicker=view.instrument.name,
        title=view.counted("cover.title", len(view.portfolio.members)),
        subtitle=view.text("cover.subtitle", elements=view.elements()),
        organisation=view.name,
        wave=period,
        date="",
        lines=_lines(view),
        dots=dots,
        levels=view.scale.levels,
        caption=view.text("cover.caption", top=view.instrument.level_count) if means else "",
        note="",
        alt=view.text("cover.alt", profile=seen) if seen else view.text("cover.alt_none"),
    )
    return Page(id="cover", blocks=(cover,))


def _lines(view: PortfolioView) -> list[Rich]:
    lines: list[Rich] = [view.counted_digits("cover.people", view.people)] if view.shown else []
    if view.hidden_count:
        lines.append(view.counted("cover.hidden", view.hidden_count, sentence=True))
    lines.append((Run(view.shared("meta.confidential"), "strong"),))
    return lines
