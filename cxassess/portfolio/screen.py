"""A portfolio on the screen: the report's own league table and heat map, of a chosen element, industry and order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ipywidgets import HTML, Dropdown, HBox, Layout, VBox
from traitlets import TraitError, Unicode, link, validate

from cxassess.document import Page
from cxassess.language import get_language
from cxassess.portfolio.assessment import PortfolioAssessment
from cxassess.portfolio.pages.heat import ORDERS, build_heat_page
from cxassess.portfolio.pages.league import build_league_page
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.report.html import render_page_html
from cxassess.scoring.model import OVERALL


class PortfolioScreen(VBox):  # type: ignore[misc]
    """The league table and the heat map, with three choices above them.

    What is shown are the pages that the report prints, so screen and print cannot differ.

    Parameters
    ----------
    portfolio : PortfolioAssessment
        What to show; nothing but its pages reaches the browser.
    title : str
        Name of the portfolio.

    Attributes
    ----------
    element : str
        Id of the element by which the league table is ordered, or ``overall``.
    industry : str
        The industry that the league table is of; empty for all.
    order : str
        Order of the heat map: ``score``, ``name``, ``industry`` or ``country``.
    """

    element = Unicode(OVERALL)
    industry = Unicode("")
    order = Unicode("score")

    def __init__(self, portfolio: PortfolioAssessment, *, title: str = "") -> None:
        self._portfolio = portfolio
        self._view = PortfolioView(portfolio, get_language(portfolio.instrument.language), title)
        self._meta = portfolio.report(title=title).meta
        self._industries = sorted({member.industry for member in portfolio.members} - {""}, key=str.casefold)
        self.league, self.heat = HTML(), HTML()
        super().__init__()
        bar = HBox([self._choice(name, options) for name, options in self._options().items()])
        bar.layout = Layout(flex_flow="row wrap", padding="0 0 8px 0")
        self.children = (bar, self.league, self.heat)
        self.observe(self._draw_league, ["element", "industry"])
        self.observe(self._draw_heat, "order")
        self._draw_league()
        self._draw_heat()

    def _options(self) -> dict[str, list[tuple[str, str]]]:
        text = self._view.text
        elements = [(element.name, element.id) for element in self._portfolio.instrument.elements]
        industries = [(text("screen.all_industries"), ""), *((name, name) for name in self._industries)]
        return {
            "element": [(text("screen.overall"), OVERALL), *elements],
            "industry": industries,
            "order": [(text(f"screen.order_{order}"), order) for order in ORDERS],
        }

    def _choice(self, name: str, options: list[tuple[str, str]]) -> Dropdown:
        shown = Dropdown(
            description=self._view.text(f"screen.{name}"),
            options=options,
            value=getattr(self, name),
            style={"description_width": "initial"},
            layout=Layout(width="auto", margin="0 16px 4px 0"),
        )
        link((self, name), (shown, "value"))
        return shown

    @validate("element", "industry", "order")
    def _known(self, proposal: dict[str, Any]) -> str:
        value: str = proposal["value"]
        name = proposal["trait"].name
        if value not in {known for _, known in self._options()[name]}:
            raise TraitError(f"there is no {name} {value!r}")
        return value

    def _draw_league(self, _: object = None) -> None:
        table = self._portfolio.league_of(self.element, self.industry)
        self.league.value = self._draw(build_league_page(self._view, table))

    def _draw_heat(self, _: object = None) -> None:
        self.heat.value = self._draw(build_heat_page(self._view, self.order))

    def _draw(self, page: Page) -> str:
        own = replace(page, id=f"screen-{page.id}")  # the same page may stand above, as it is printed
        return render_page_html(own.to_dict(), self._meta.to_dict())
