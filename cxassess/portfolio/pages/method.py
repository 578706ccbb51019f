"""Method and sources of a portfolio's report."""

from __future__ import annotations

from cxassess.document import Block, Column, Columns, Heading, Page, Rich, Run, Text
from cxassess.portfolio.bands import MINIMUM_GROUP as LEAST_BAND
from cxassess.portfolio.league import CERTAIN
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.scoring.model import MINIMUM_GROUP


def build_method(view: PortfolioView) -> Page:
    """Build the page on method, data and sources."""
    left = [
        *_part(view, "data", _data(view), _shown(view)),
        *_part(view, "scores", view.text("method.scores")),
        *_part(view, "shrunken", view.text("method.shrunken")),
        *_part(view, "places", view.text("method.places", certain=view.language.percent(CERTAIN, 1))),
        *_part(view, "levels", view.text("method.levels")),
    ]
    trends = view.text("method.waves") if view.portfolio.trends else ""
    outcome = view.text("method.outcome") if view.portfolio.separation else ""
    rule = view.instrument.systematic
    share = view.text("method.systematic") if rule else ""
    study = view.shared("method.quoted_study", level=rule.level) if rule else ""
    right = [
        *_part(view, "systematic", share, study),
        *_part(view, "bands", view.text("method.bands", minimum=LEAST_BAND)),
        *_part(view, "outcome", outcome),
        *_part(view, "waves", trends),
        *_part(view, "privacy", view.text("method.privacy", minimum=MINIMUM_GROUP)),
        *_part(view, "sources", view.text("method.sources")),
    ]
    blocks = (Columns((Column(6, left), Column(6, right))),)
    return Page("method", blocks, view.shared("method.kicker"), view.shared("method.title"), view.text("method.lead"))


def _part(view: PortfolioView, key: str, *paragraphs: Rich) -> list[Block]:
    texts = [paragraph for paragraph in paragraphs if paragraph]
    if not texts:
        return []
    return [Heading(view.text(f"method.head.{key}")), *(Text(text, "small") for text in texts)]


def _data(view: PortfolioView) -> list[Run]:
    """Return which file it was; not how many rows, which would tell how few answered where it may not be shown."""
    source = view.portfolio.source
    digest = source.sha256
    spaced = " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
    runs = [Run(view.text("method.file", name=source.name) + " "), Run(spaced, "code")]
    if source.dropped:
        dropped = view.shared("method.dropped", n=source.dropped, count=view.digits(source.dropped))
        runs.append(Run(f" {dropped}", "strong"))
    return runs


def _shown(view: PortfolioView) -> str:
    return view.text(
        "method.shown",
        total=view.digits(len(view.portfolio.members)),
        shown=view.digits(len(view.shown)),
        instrument=view.instrument.name,
        reference=view.instrument.reference,
    )
