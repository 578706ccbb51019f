"""The summary: what the portfolio says on one page."""

from __future__ import annotations

from collections import Counter

from cxassess.document import Block, Fact, Facts, HowTo, Numbered, NumberedEntry, Page, Profile, ProfileRow, Text
from cxassess.portfolio.bands import MINIMUM_GROUP, Band, band_of
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.scoring.model import OVERALL


def build_summary(view: PortfolioView) -> Page:
    """Build the page with the main figures, the elements over all organisations, and what stands out."""
    bands = {element.id: band for element in view.instrument.elements if (band := band_of(view.shown, element.id))}
    blocks: list[Block] = [Facts(_facts(view))]
    if bands:
        blocks += [_profile(view, bands), HowTo(view.shared("how.label"), _how_to(view))]
    else:
        blocks.append(Text(view.text("summary.too_few", least=MINIMUM_GROUP)))
    entries = _findings(view, bands)
    if entries:
        blocks.append(Numbered(entries))
    return Page("summary", blocks, view.text("summary.kicker"), _title(view), _lead(view))


def _title(view: PortfolioView) -> str:
    share = view.portfolio.systematic
    if share is not None:
        key = "summary.title_systematic_of_one" if share.known == 1 else "summary.title_systematic"
        return view.counted_digits(key, share.count, known=view.digits(share.known))
    return view.counted("summary.title", len(view.shown), sentence=True)


def _lead(view: PortfolioView) -> str:
    left_out = view.counted("summary.hidden", view.hidden_count, sentence=True) if view.hidden_count else ""
    return view.sentences(view.text("summary.lead"), left_out)


def _facts(view: PortfolioView) -> list[Fact]:
    total = view.digits(len(view.portfolio.members))
    facts = [
        Fact(
            view.text("summary.organisations"),
            view.digits(len(view.shown)),
            view.text("summary.organisations_of", total=total) if view.hidden_count else "",
        ),
    ]
    if view.shown:
        facts.append(Fact(view.text("summary.people"), view.digits(view.people)))
    overall = band_of(view.shown, OVERALL)
    if overall:
        interval = view.interval(*view.within(overall))
        facts.append(Fact(view.text("summary.mean"), view.number(overall.mean), view.named(interval)))
    share = view.portfolio.systematic
    if share:
        interval = view.percent_interval(share.low, share.high)
        facts.append(Fact(view.text("summary.systematic"), view.percent(share.share), view.named(interval)))
    league = view.portfolio.league
    if league.pairs:
        note = view.text("summary.apart_note", pairs=view.digits(league.pairs))
        facts.append(Fact(view.text("summary.apart"), view.percent(league.apart / league.pairs), note))
    return facts


def _profile(view: PortfolioView, bands: dict[str, Band]) -> Profile:
    lowest = min(bands, key=lambda element: bands[element].mean)
    rows = []
    for element, band in bands.items():
        low, high = view.within(band)
        rows.append(
            ProfileRow(
                number=view.number_of(element),
                name=view.element_name(element),
                score=band.mean,
                low=low,
                high=high,
                score_text=view.number(band.mean),
                interval_text=view.interval(low, high),
                band=(band.q25, band.q75),
                marked=element == lowest,
            )
        )
    rows.sort(key=lambda row: (-(row.score or 0.0), row.number))
    return Profile(
        title=view.text("summary.profile"),
        scale=view.scale,
        rows=rows,
        score_head=view.text("head.mean"),
        interval_head=view.shared("head.interval"),
        alt=" ".join(
            view.shared("alt.score", name=row.name, score=row.score_text, interval=row.interval_text) for row in rows
        ),
        band_label=view.text("summary.band"),
    )


def _how_to(view: PortfolioView) -> str:
    return view.text("summary.how")


def _findings(view: PortfolioView, bands: dict[str, Band]) -> list[NumberedEntry]:
    found = []
    if bands:
        lowest, highest = (chosen(bands, key=lambda element: bands[element].mean) for chosen in (min, max))
        text = view.text(
            "summary.range_text",
            high=view.in_sentence(highest),
            high_score=view.number(bands[highest].mean),
            low_score=view.number(bands[lowest].mean),
        )
        title = view.text("summary.range_title", low=view.in_sentence(lowest))
        found.append(NumberedEntry(title, text))
        wide = max(bands, key=lambda element: bands[element].q75 - bands[element].q25)
        text = view.text("summary.spread_text", low=view.number(bands[wide].q25), high=view.number(bands[wide].q75))
        found.append(NumberedEntry(view.text("summary.spread_title", element=view.in_sentence(wide)), text))
    weakest = _weakest(view)
    if weakest is not None:
        element, count = weakest
        values = {"element": view.in_sentence(element), "total": view.digits(len(view.shown))}
        found.append(
            NumberedEntry(
                view.counted("summary.weakest_title", count, sentence=True, **values), view.text("summary.weakest_text")
            )
        )
    return found


def _weakest(view: PortfolioView) -> tuple[str, int] | None:
    """Return the element that is the lowest in more organisations than any other, and in how many."""
    lowest = []
    for member in view.shown:
        known = {
            element.id: score for element in view.instrument.elements if (score := member.known(element.id)) is not None
        }
        if known:
            lowest.append(min(known, key=lambda element: known[element]))
    found = [*Counter(lowest).most_common(2), ("", 0), ("", 0)]
    (best, count), (_, next_count) = found[:2]
    return (best, count) if count > max(1, next_count) else None
