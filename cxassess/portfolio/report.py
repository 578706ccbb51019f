"""The report on a portfolio: from its figures to pages of blocks, in the report's language."""

from __future__ import annotations

from dataclasses import dataclass

from cxassess.document import Brand, Document, Meta, Page
from cxassess.errors import CxassessError
from cxassess.language import get_language
from cxassess.portfolio.assessment import PortfolioAssessment
from cxassess.portfolio.pages.bands import build_bands
from cxassess.portfolio.pages.cover import build_cover
from cxassess.portfolio.pages.heat import build_heat_page
from cxassess.portfolio.pages.league import build_league_page
from cxassess.portfolio.pages.levels import build_levels
from cxassess.portfolio.pages.method import build_method
from cxassess.portfolio.pages.outcome import build_outcome
from cxassess.portfolio.pages.summary import build_summary
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.portfolio.pages.waves import build_waves


@dataclass(frozen=True)
class PortfolioReport:
    """The report's pages by name, so that each can be shown, left out or moved; see ``cxassess.show``.

    Parameters
    ----------
    meta : Meta
        Title, names and brand of the whole document.
    cover, summary, league, heat, method : Page
        Always there.
    levels, outcome, waves : Page or None
        None where there is nothing to show: no organisation that may be shown, no outcome, no second wave.
    bands : tuple of Page
        None without industries, countries and an imported benchmark.
    """

    meta: Meta
    cover: Page
    summary: Page
    league: Page
    heat: Page
    method: Page
    levels: Page | None = None
    bands: tuple[Page, ...] = ()
    outcome: Page | None = None
    waves: Page | None = None

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages in reading order."""
        found = (
            self.cover,
            self.summary,
            self.league,
            self.levels,
            self.heat,
            *self.bands,
            self.outcome,
            self.waves,
            self.method,
        )
        return tuple(page for page in found if page is not None)

    @property
    def document(self) -> Document:
        """The whole report as a document for the renderers."""
        return Document(self.meta, self.pages)


def build_portfolio_report(
    portfolio: PortfolioAssessment, *, title: str = "", brand: Brand | None = None
) -> PortfolioReport:
    """Build the report on a portfolio, in the language of its instrument.

    Parameters
    ----------
    portfolio : PortfolioAssessment
        The only source of figures.
    title : str
        Name of the portfolio.
    brand : Brand, optional
        How the sender looks.

    Raises
    ------
    CxassessError
        If the portfolio holds no organisation.
    """
    if not portfolio.members:
        raise CxassessError.single("portfolio", "it holds no organisation", "Give files with responses.")
    view = PortfolioView(portfolio, get_language(portfolio.instrument.language), title)
    return PortfolioReport(
        meta=_meta(view, brand or Brand()),
        cover=build_cover(view),
        summary=build_summary(view),
        league=build_league_page(view),
        levels=build_levels(view),
        heat=build_heat_page(view),
        bands=build_bands(view),
        outcome=build_outcome(view),
        waves=build_waves(view),
        method=build_method(view),
    )


def _meta(view: PortfolioView, brand: Brand) -> Meta:
    made = view.dates[1] if view.dates else None
    return Meta(
        title=view.text("meta.title"),
        organisation=view.name,
        wave=view.period(),
        language=view.language.code,
        date=view.language.date(made) if made else "",
        confidential=view.shared("meta.confidential"),
        page_of=view.shared("meta.page_of"),
        brand=brand,
        contents_title=view.shared("meta.contents"),
        iso_date=made.isoformat() if made else "",
    )
