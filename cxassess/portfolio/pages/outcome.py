"""The outcome: what separates systematic organisations from the rest, and which elements go with it."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np

from cxassess.charts import chart_block
from cxassess.document import Block, Bottom, BulletList, Callout, Fact, Facts, HowTo, Page, Section, Table, TableColumn
from cxassess.portfolio.charts import StripRow, strip_chart
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.portfolio.separation import LEAST_CORRELATED, LEAST_HALF, WANTED_PER_DRIVER, Driver, Separation, varies
from cxassess.scoring import mean_interval
from cxassess.scoring.comparisons import ALPHA


def build_outcome(view: PortfolioView) -> Page | None:
    """Build the page of the outcome; None where there is none."""
    found = view.portfolio.separation
    if found is None:
        return None
    blocks: list[Block] = [
        Facts(_facts(view, found)),
        *_strip(view, found),
        _table(view, found),
        HowTo(view.shared("how.label"), _how_to(view, found)),
        *_enough(view, found),
        Bottom(),
        Section(view.text("outcome.not_said"), (BulletList(_not_said(view, found)),)),
    ]
    lead = view.text("outcome.lead", outcome=_name(view, found))
    return Page("outcome", blocks, view.text("outcome.kicker"), _title(view, found), lead)


def _name(view: PortfolioView, found: Separation) -> str:
    return found.label or view.text("outcome.name")


def _title(view: PortfolioView, found: Separation) -> str:
    if found.difference is None:
        return view.text("outcome.title_unknown")
    if not _is_real(found):
        return view.text("outcome.title_unsure", outcome=_name(view, found))
    key = "higher" if found.difference > 0 else "lower"
    return view.text(f"outcome.title_{key}", outcome=_name(view, found))


def _figure(view: PortfolioView, found: Separation, value: float | None) -> str:
    if value is None:
        return "–"
    return view.percent(value) if found.binary else view.figure(value)


def _facts(view: PortfolioView, found: Separation) -> list[Fact]:
    if found.difference is None:
        note = view.text("outcome.too_few", least=LEAST_HALF)
        difference, interval = "–", note
    elif found.binary:
        difference = view.text("points", points=view.points(found.difference))
        interval = view.named(view.shared("interval.signed", low=view.points(found.low), high=view.points(found.high)))
    else:
        difference = view.signed(found.difference)
        ends = (found.low, found.high)
        interval = view.shared("interval.none") if None in ends else view.named(
            view.shared("interval.signed", low=view.figure(found.low), high=view.figure(found.high))
        )  # fmt: skip
    return [
        Fact(
            view.text("outcome.systematic"),
            _figure(view, found, found.systematic),
            view.counted_digits("bands.count", found.n_systematic),
        ),
        Fact(
            view.text("outcome.rest"),
            _figure(view, found, found.rest),
            view.counted_digits("bands.count", found.n_rest),
        ),
        Fact(view.text("outcome.difference"), difference, interval, marked=_is_real(found)),
        Fact(
            view.text("outcome.explained"),
            view.percent(found.explained),
            view.text("outcome.explained_note") if found.explained is not None else "",
        ),
    ]


def _is_real(found: Separation) -> bool:
    return found.low is not None and found.high is not None and not found.low <= 0 <= found.high


def _strip(view: PortfolioView, found: Separation) -> list[Block]:
    """Return every organisation's outcome as a dot, if there are enough to compare and more than zeros and ones."""
    values = [value for half in found.values for value in half]
    if found.difference is None or found.binary or not varies(np.array(values)):
        return []
    rows = []
    for half, key in zip(found.values, ("systematic", "rest"), strict=True):
        low, high = mean_interval(half)
        mean = sum(half) / len(half)
        rows.append(
            StripRow(view.text(f"outcome.{key}"), half, mean, low, high, view.figure(mean), key == "systematic")
        )
    places = find_ticks(min(values), max(values))
    whole = all(at == round(at) for at in places)
    ticks = [(at, view.digits(at) if whole else view.figure(at)) for at in places]
    said = "; ".join(f"{row.name} {row.text}" for row in rows)
    title = view.text("outcome.strip", outcome=_name(view, found))
    chart = chart_block(strip_chart(rows, ticks, said), title, said)
    return [chart, HowTo(view.shared("how.label"), view.text("outcome.how_strip"))]


def find_ticks(least: float, most: float) -> list[float]:
    """Return four to nine round places from below the least to above the most of some values."""
    step = 10.0 ** floor(log10((most - least) / 4))
    factor = next(factor for factor in (1, 2, 5, 10) if (most - least) / (step * factor) <= 7)
    step *= factor
    first, last = floor(least / step), ceil(most / step)
    return [round(place * step, 10) for place in range(first, last + 1)]


def _table(view: PortfolioView, found: Separation) -> Table:
    shares = found.explained is not None
    columns = [
        TableColumn(view.shared("head.number")),
        TableColumn(view.shared("head.element"), width=6),
        TableColumn(view.text("outcome.n"), "right", width=2),
        TableColumn(view.text("outcome.correlation"), "right", width=5),
        TableColumn(view.text("outcome.verdict"), width=3),
    ]
    if shares:
        columns.append(TableColumn(view.text("outcome.share"), "right", width=5))
    drivers = sorted(
        found.drivers,
        key=lambda one: (one.correlation is None, -abs(one.correlation or 0), view.number_of(one.element)),
    )
    rows = [_driver(view, one, shares=shares) for one in drivers]
    return Table(columns, rows, title=view.text("outcome.table"))


def _driver(view: PortfolioView, one: Driver, *, shares: bool) -> tuple[str, ...]:
    cells = [str(view.number_of(one.element)), view.element_name(one.element), view.digits(one.n)]
    if one.correlation is None:
        few = one.n < LEAST_CORRELATED
        cells += ["–", view.text("outcome.too_few_short") if few else view.shared("verdict.cannot_tell")]
    else:
        cells.append(f"{view.number(one.correlation)} ({view.signed_interval(one.low, one.high)})")
        real = one.p_screened is not None and one.p_screened <= ALPHA
        cells.append(view.shared("verdict.real" if real else "verdict.cannot_tell"))
    if shares:
        bounds = view.percent_interval(one.share_low, one.share_high) if one.share_low is not None else ""
        cells.append(f"{view.percent(one.share)} ({bounds})" if bounds else view.percent(one.share))
    return tuple(cells)


def _how_to(view: PortfolioView, found: Separation) -> str:
    shares = view.text("outcome.how_shares") if found.explained is not None else ""
    return view.sentences(view.text("outcome.how"), shares)


def _enough(view: PortfolioView, found: Separation) -> list[Callout]:
    """Say whether there are enough organisations for shares; nothing where something else is missing."""
    if found.explained is None and found.n_complete >= found.n_least:
        return []
    values = {
        "n": view.digits(found.n_complete),
        "wanted": view.digits(found.n_wanted),
        "least": view.digits(found.n_least),
        "each": WANTED_PER_DRIVER,
    }
    key = "none" if found.explained is None else "few" if found.n_complete < found.n_wanted else "enough"
    return [Callout(view.text("outcome.needed"), view.text(f"outcome.needed_{key}", **values))]


def _not_said(view: PortfolioView, found: Separation) -> list[str]:
    texts = [view.text("outcome.not_cause"), view.text("outcome.not_both_ways")]
    missing = len(view.portfolio.members) - found.n_systematic - found.n_rest
    if missing:
        texts.append(view.counted("outcome.missing", missing, sentence=True))
    return texts
