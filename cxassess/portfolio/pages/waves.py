"""Waves: what has changed from the first to the newest, together and in each organisation."""

from __future__ import annotations

from collections import Counter

from cxassess.document import Block, Change, Fact, Facts, HowTo, Page, Run, Table, TableColumn, Text, TrendPanel, Trends
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.portfolio.trends import LEAST_TOGETHER, MeanChange, OwnChange, PortfolioTrends
from cxassess.scoring.model import OVERALL


def build_waves(view: PortfolioView) -> Page | None:
    """Build the page of the waves; None where every organisation has only one."""
    found = view.portfolio.trends
    if found is None:
        return None
    blocks: list[Block] = []
    if found.means:
        blocks += [
            *_overall(view, found),
            _trends(view, found),
            HowTo(view.shared("how.label"), view.text("waves.how")),
        ]
    else:
        blocks.append(Text(view.text("waves.too_few", least=LEAST_TOGETHER), "small"))
    blocks += [_table(view, found), HowTo(view.shared("how.label"), view.text("waves.how_table"))]
    return Page("waves", blocks, view.text("waves.kicker"), _title(view, found), view.text("waves.lead"), flow=True)


def _title(view: PortfolioView, found: PortfolioTrends) -> str:
    verdicts = Counter(one.verdict for one in found.own if one.change is not None)
    values = {name: view.digits(verdicts[name]) for name in ("up", "down", "cannot_tell")}
    return view.text("waves.title", **values)


def _elements(found: PortfolioTrends) -> list[MeanChange]:
    return [one for one in found.means if one.element != OVERALL]


def _overall(view: PortfolioView, found: PortfolioTrends) -> list[Facts]:
    """Return the overall means and their change, where there are enough organisations."""
    one = next((mean for mean in found.means if mean.element == OVERALL), None)
    if one is None:
        return []
    before, after = (
        view.interval(*ends) for ends in ((one.before_low, one.before_high), (one.after_low, one.after_high))
    )
    change = view.sentences(view.named(view.signed_interval(one.low, one.high)) + ":", _verdict(view, one.verdict))
    facts = (
        Fact(view.text("summary.organisations"), view.digits(one.n), view.text("waves.twice")),
        Fact(view.text("waves.mean_first"), view.number(one.before), view.named(before)),
        Fact(view.text("waves.mean_newest"), view.number(one.after), view.named(after)),
        Fact(view.text("waves.change"), view.signed_score(one.change), change, marked=one.verdict != "cannot_tell"),
    )
    return [Facts(facts)]


def _trends(view: PortfolioView, found: PortfolioTrends) -> Trends:
    return Trends(
        title=view.text("waves.together"),
        labels=(view.text("waves.first"), view.text("waves.newest")),
        panels=[_panel(view, one) for one in _elements(found)],
        step=view.middle,
        alt=" ".join(
            view.text(
                "waves.alt", name=view.element_name(one.element), before=view.number(one.before),
                after=view.number(one.after),
            )
            for one in _elements(found)
        ),
    )  # fmt: skip


def _panel(view: PortfolioView, one: MeanChange) -> TrendPanel:
    top = float(view.instrument.level_count)
    return TrendPanel(
        number=view.number_of(one.element),
        name=view.element_name(one.element),
        values=(one.before, one.after),
        lows=tuple(max(1.0, low) for low in (one.before_low, one.after_low)),
        highs=tuple(min(top, high) for high in (one.before_high, one.after_high)),
        value_texts=(view.number(one.before), view.number(one.after)),
        changes=(Change(view.counted_digits("bands.count", one.n), one.verdict, _verdict(view, one.verdict),
                        view.signed_score(one.change)),),
        marked=one.verdict == "down",
    )  # fmt: skip


def _verdict(view: PortfolioView, verdict: str) -> str:
    return view.shared(f"verdict.{verdict}")


def _table(view: PortfolioView, found: PortfolioTrends) -> Table:
    columns = (
        TableColumn(view.text("head.organisation"), width=6),
        TableColumn(view.text("waves.from_to"), width=5),
        TableColumn(view.text("waves.before"), "right", width=2),
        TableColumn(view.text("waves.after"), "right", width=2),
        TableColumn(view.text("waves.change"), "right", width=2),
        TableColumn(view.shared("head.interval"), "right", width=4),
        TableColumn(view.text("outcome.verdict"), width=3),
    )
    return Table(columns, [_row(view, one) for one in found.own], title=view.text("waves.each"))


def _row(view: PortfolioView, one: OwnChange) -> tuple[str | tuple[Run, ...], ...]:
    waves = view.text("waves.pair", first=one.first_name, last=one.member.wave_name)
    if one.change is None:
        return (one.member.organisation, waves, "–", "–", "–", "–", view.hidden(one.reason))
    mark = {"up": "▲ ", "down": "▼ "}.get(one.verdict, "")
    verdict = (Run(mark + _verdict(view, one.verdict), "strong" if mark else "muted"),)
    interval = view.signed_interval(one.low, one.high)
    scores = (view.number(one.before), view.number(one.after))
    return (one.member.organisation, waves, *scores, view.signed_score(one.change), interval, verdict)
