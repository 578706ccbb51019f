"""The league table: where organisations stand, and which places cannot be ruled out."""

from __future__ import annotations

from typing import Final

from cxassess.document import Block, HowTo, Page, StandingRow, Standings, Text
from cxassess.portfolio.league import League, Standing
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.scoring.model import OVERALL

#: Over the figures of a row; an organisation has one level, overall.
HEADS: Final = ("answered", "score", "interval", "places", "level")
#: Organisations that one sheet holds; with more, the table goes on over several, and how to read it stands above.
ONE_SHEET: Final = 45


def build_league_page(view: PortfolioView, league: League | None = None) -> Page:
    """Build the page of the league table, of the overall score or of one element."""
    table = league or view.portfolio.league
    long = len(table.standings) > ONE_SHEET
    exhibit, how = build_standings(view, table), HowTo(view.shared("how.label"), _how_to(view, table))
    blocks: list[Block] = [how, exhibit] if long else [exhibit, how]
    if not table.shrunken and table.ranked:
        blocks.append(Text(view.text("league.not_shrunken"), "small"))
    kicker = view.text("league.kicker")
    if table.element != OVERALL:
        kicker = view.text("league.kicker_element", element=view.element_name(table.element))
    return Page("league", blocks, kicker, _title(view, table), _lead(view, table), flow=long)


def build_standings(view: PortfolioView, league: League) -> Standings:
    """Build the table itself."""
    heads = HEADS if league.element == OVERALL else HEADS[:-1]
    rows = [_row(view, league, standing) for standing in league.standings]
    return Standings(
        title="",
        scale=view.scale,
        name_head=view.text("head.organisation"),
        heads=[view.text(f"head.{head}") for head in heads],
        rows=rows,
        own_label=view.text("league.own") if league.shrunken else "",
        score_label=view.text("league.shrunken" if league.shrunken else "league.score"),
        alt=view.text("league.alt", n=len(rows)),
    )


def _row(view: PortfolioView, league: League, standing: Standing) -> StandingRow:
    member = standing.member
    own = member.scores[league.element]
    answered = view.shared("answered.few") if member.respondents is None else view.digits(member.respondents)
    name = member.organisation
    whole = league.element == OVERALL
    if own.score is None:
        texts = (answered, "–", "", "–", *(("–",) if whole else ()))
        return StandingRow("–", name, None, None, None, None, texts, hidden_text=view.hidden(own.reason))
    level = member.levels[view.instrument.headline_rule]
    low, high = standing.within(view.instrument.level_count)
    figures = (view.number(standing.score), view.interval(low, high), places(view, standing))
    texts = (answered, *figures, *(("–" if level is None else str(level),) if whole else ()))
    place = "–" if standing.place is None else view.digits(standing.place)
    return StandingRow(place, name, own.score, standing.score, low, high, texts)


def places(view: PortfolioView, standing: Standing) -> str:
    """Write the places that cannot be ruled out."""
    if standing.best is None or standing.worst is None:
        return "–"
    if standing.best == standing.worst:
        return view.digits(standing.best)
    return view.shared("interval.plain", low=view.digits(standing.best), high=view.digits(standing.worst))


def _title(view: PortfolioView, league: League) -> str:
    if not league.pairs:
        return view.text("league.title_none")
    values = {"apart": view.digits(league.apart), "pairs": view.digits(league.pairs)}
    return view.text("league.title", share=view.percent(league.apart / league.pairs), **values, n=league.pairs)


def _lead(view: PortfolioView, league: League) -> str:
    first = next(iter(league.ranked), None)
    if first is None or not league.pairs:
        return view.text("league.lead_none")
    if all(standing.best == standing.worst for standing in league.ranked):
        return view.text("league.lead_certain")
    if first.worst == 1:
        return view.text("league.lead_alone", name=first.member.organisation)
    return view.counted("league.lead", first.worst or 1, name=first.member.organisation)


def _how_to(view: PortfolioView, league: League) -> str:
    shrunken = view.text("league.how_shrunken") if league.shrunken else ""
    return view.sentences(view.text("league.how"), shrunken, view.text("league.how_places"))
