"""Levels and the systematic share: how many organisations are where, and what that does and does not say."""

from __future__ import annotations

from cxassess.charts import chart_block
from cxassess.document import (
    Block,
    BulletList,
    Chart,
    Column,
    Columns,
    Heading,
    HowTo,
    Page,
    Probabilities,
    Probability,
    Section,
    Table,
    TableColumn,
)
from cxassess.instrument.model import LEVEL_RULES
from cxassess.portfolio.charts import ShareRow, share_chart
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.portfolio.shares import STUDY, SystematicShare, list_unsure

_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_UNSURE = 12


def build_levels(view: PortfolioView) -> Page | None:
    """Build the page of the levels and of the systematic share; None where no organisation may be shown."""
    if not view.portfolio.levels:
        return None
    blocks: list[Block] = [
        Columns((Column(6, (_distribution(view),)), Column(6, (_rules(view),)))),
        HowTo(view.shared("how.label"), _how_to(view)),
    ]
    share = view.portfolio.systematic
    if share is not None and view.instrument.systematic is not None:
        blocks.append(Section(view.text("systematic.title"), _systematic(view, share)))
    return Page("levels", blocks, view.text("levels.kicker"), _title(view), _lead(view))


def _distribution(view: PortfolioView) -> Probabilities:
    most = max(view.portfolio.levels, key=lambda row: row.count).level
    bars = [
        Probability(
            level=row.level,
            name=view.instrument.level(row.level).name,
            share=row.share,
            share_text=view.text("levels.count", n=view.digits(row.count), share=view.percent(row.share)),
            marked=row.level == most,
        )
        for row in view.portfolio.levels
    ]
    title = view.text("levels.distribution", rule=_rule(view, view.instrument.headline_rule))
    alt = ", ".join(f"{bar.level} {bar.name} {bar.share_text}" for bar in bars)
    return Probabilities(title, bars, alt=f"{title}: {alt}.")


def _rule(view: PortfolioView, rule: str) -> str:
    return view.shared(f"method.rule_name_{rule}")


def _rules(view: PortfolioView) -> Table:
    own = view.instrument.headline_rule
    order = (own, *(rule for rule in LEVEL_RULES if rule != own))
    columns = [
        TableColumn(view.shared("head.level")),
        *(TableColumn(_capital(_rule(view, rule)), "right", width=1) for rule in order),
        TableColumn(view.text("levels.expected"), "right", width=1),
    ]
    rows = [
        (
            f"{row.level} {view.instrument.level(row.level).name}",
            *(view.digits(row.by_rule[rule]) for rule in order),
            view.number(row.expected, 1),
        )
        for row in view.portfolio.levels
    ]
    return Table(columns, rows, title=view.text("levels.rules"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _how_to(view: PortfolioView) -> str:
    return view.text("levels.how")


def _title(view: PortfolioView) -> str:
    rows = view.portfolio.levels
    total = sum(row.count for row in rows)
    most = max(rows, key=lambda row: row.count)
    values = {"level": most.level, "name": view.instrument.level(most.level).name, "total": view.digits(total)}
    return view.counted("levels.title", most.count, sentence=True, **values)


def _lead(view: PortfolioView) -> str:
    rows = view.portfolio.levels
    total = sum(row.count for row in rows)
    same = sum(len(set(member.levels.values())) == 1 for member in view.shown if None not in member.levels.values())
    return view.counted("levels.lead", same, total=view.digits(total))


def _systematic(view: PortfolioView, share: SystematicShare) -> list[Block]:
    rule = view.instrument.systematic
    level = rule.level if rule else 0
    names = [view.in_sentence(element) for element in rule.elements] if rule else []
    does = [
        view.text("systematic.means", level=level, elements=view.language.join(names)),
        view.text("systematic.interval", low=view.percent(share.low), high=view.percent(share.high)),
    ]
    if share.expected is not None and not share.unsure:
        values = {"found": view.digits(share.count), "total": view.digits(share.known)}
        does.append(view.text("systematic.sure", **values))
    elif share.expected is not None:
        does.append(
            view.counted(
                "systematic.expected", share.unsure, expected=view.number(share.expected, 1),
                total=view.digits(share.known), found=view.digits(share.count),
            )
        )  # fmt: skip
    difference, low, high = share.difference
    verdict = "unsure" if low <= 0 <= high else "above" if difference > 0 else "below"
    does_not = [
        view.text(
            f"systematic.{verdict}", year=STUDY.year, low=view.points(low), high=view.points(high),
        ),
        view.text("systematic.study", year=STUDY.year, firms=STUDY.firms),
        view.text("systematic.sample"),
    ]  # fmt: skip
    return [
        _chart(view, share),
        Columns(
            (
                Column(6, (_list(view.text("systematic.does"), does))),
                Column(6, (_list(view.text("systematic.does_not"), does_not))),
            )
        ),
        *_unsure(view),
    ]


def _unsure(view: PortfolioView) -> list[Block]:
    """Return a table of the organisations that are too close to the limit to say."""
    members = list_unsure(view.portfolio.members)[:_MOST_UNSURE]
    if not members:
        return []
    columns = (
        TableColumn(view.text("head.organisation"), width=4),
        TableColumn(view.text("systematic.chance"), "right", width=3),
        TableColumn(view.text("systematic.weakest"), width=5),
    )
    rows = [
        (
            member.organisation,
            view.percent(member.chance_systematic),
            ", ".join(view.element_name(element) for element in member.missing) or "–",
        )
        for member in members
    ]
    return [Table(columns, rows, title=view.text("systematic.close"))]


def _list(title: str, texts: list[str]) -> tuple[Block, ...]:
    return (Heading(title, 3), BulletList(texts))


def _chart(view: PortfolioView, share: SystematicShare) -> Chart:
    rows = [
        ShareRow(
            view.counted("systematic.own", share.known),
            share.share,
            share.low,
            share.high,
            view.percent(share.share),
            view.percent_interval(share.low, share.high),
            own=True,
        ),
        ShareRow(
            view.text("systematic.study_name", year=STUDY.year, firms=STUDY.firms),
            STUDY.share,
            share.study_low,
            share.study_high,
            view.text("systematic.half", share=view.percent(STUDY.share)),
            view.percent_interval(share.study_low, share.study_high),
        ),
    ]
    said = "; ".join(f"{row.name}: {row.text} ({row.note})" for row in rows)
    ticks = [(at, view.percent(at)) for at in _TICKS]
    return chart_block(share_chart(rows, ticks, said), view.text("systematic.chart"), said)
