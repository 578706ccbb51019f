"""A page for each element: where it stands, what comes next, the items behind it, and people's own words."""

from __future__ import annotations

from bisect import bisect_right

from cxassess.document import (
    Block,
    Bottom,
    Column,
    Columns,
    Fact,
    Facts,
    HowTo,
    Labelled,
    Ladder,
    Page,
    Panel,
    Quotes,
    Rung,
    Section,
    Text,
)
from cxassess.findings import headline
from cxassess.instrument.model import Element, Item
from cxassess.report.pages.certainty import said_agreement
from cxassess.report.pages.exhibits import benchmark_label, benchmark_row, target_of, target_years
from cxassess.report.pages.history import shown_changes, wave_labels
from cxassess.report.pages.items import build_distributions, mean_of
from cxassess.report.pages.quotes import choose_quotes, quotes_title
from cxassess.report.pages.view import View
from cxassess.scoring.model import ALL
from cxassess.scoring.rows import Row

MOST_FACTS, FEW_ITEMS = 5, 2
_SPACING = (0.84, 0.77, 0.7)  # element pages are the fullest, and should look alike


def build_element(view: View, element: Element) -> Page:
    """Build an element's page; an element that may not be shown keeps its ladder and its meaning."""
    said = headline("element", view.findings, view.instrument, view.language, name=view.name, element=element.id)
    item = holding_back(view, element)
    blocks: list[Block] = [
        Facts(_facts(view, element)),
        Columns((Column(8, (build_ladder(view, item),)), Column(4, (_panel(view, element),), tinted=True))),
        build_distributions(view, element, marked=item.id if mean_of(view, item) else ""),
        HowTo(view.text("how.label"), view.text("element.how", top=view.instrument.level_count)),
        *_last(view, element, item),
    ]
    kicker = view.text(
        "element.kicker", number=view.number_of(element), count=len(view.instrument.elements), name=element.name
    )
    return Page(f"element-{element.id}", blocks, kicker, said.title, said.text, spacing=_SPACING)


def holding_back(view: View, element: Element) -> Item:
    """Return the item with the lowest mean shown; the pulse item where none is shown."""
    means = [(row["mean"], item) for item in element.items if (row := mean_of(view, item))]
    if means:
        return min(means, key=lambda pair: float(pair[0]))[1]
    return next((item for item in element.items if item.pulse), element.items[0])


def _last(view: View, element: Element, item: Item) -> list[Block]:
    """Return what stands at the foot: comments; what the element is about where there are none, or room for both."""
    quotes = choose_quotes(view, element.id, first=item.id)
    meaning = Section(view.text("element.meaning"), (Text(element.meaning, "small"),))
    if not quotes.shown:
        return [Bottom(), meaning]
    said = Section(quotes_title(view, quotes), (Quotes(quotes.shown),))
    return [meaning, Bottom(), said] if len(element.items) <= FEW_ITEMS else [Bottom(), said]


# ---------------------------------------------------------------- facts


def _facts(view: View, element: Element) -> list[Fact]:
    row = view.score(element.id)
    if row is None:
        hidden = view.hidden(view.row("scores", element=element.id, group=ALL))
        return [Fact(view.text("fact.score", top=view.instrument.level_count), "–", hidden)]
    facts = [
        _score(view, element, row),
        _level(view, element),
        _change(view, element),
        _benchmark(view, element),
        _target(view, element, row),
        _agreement(view, row),
        _answers(view, row),
    ]
    return [fact for fact in facts if fact is not None][:MOST_FACTS]


def _score(view: View, element: Element, row: Row) -> Fact:
    interval = view.text("interval.none")
    if row["low"] is not None and row["high"] is not None:
        interval = view.interval(row["low"], row["high"])
        if row["low"] != row["high"]:
            interval = view.text("interval.named", interval=interval)
    label = view.text("fact.score", top=view.instrument.level_count)
    return Fact(label, view.number(row["score"]), interval, marked=element.id == view.weakest)


def _level(view: View, element: Element) -> Fact | None:
    row = view.reached(element.id, "nearest")
    if row is None:
        return None
    level = int(row["level"])
    value = view.text("fact.level_value", level=level, name=view.level_name(level))
    likely = row["probability"]
    note = "" if likely is None else view.text("certainty.likely", chance=view.chance(likely))
    return Fact(view.text("fact.level"), value, note)


def _change(view: View, element: Element) -> Fact | None:
    labels = wave_labels(view)
    rows = [row for row in shown_changes(view, element.id) if row["wave_from"] in labels]
    if not rows:
        return None
    first = min(rows, key=lambda row: list(labels).index(row["wave_from"]))
    label = view.text("waves.since_title", wave=labels[first["wave_from"]])
    return Fact(label, view.language.signed(first["change"]), view.text(f"verdict.{first['verdict']}"))


def _benchmark(view: View, element: Element) -> Fact | None:
    row = benchmark_row(view, element.id)
    if row is None:
        return None
    band = view.text("interval.plain", low=view.number(row["q25"], 1), high=view.number(row["q75"], 1))
    return Fact(view.text("fact.benchmark"), band, benchmark_label(view))


def _target(view: View, element: Element, row: Row) -> Fact | None:
    target = target_of(view, element.id)
    if target is None or view.context.target is None:
        return None
    label = view.text("fact.target", year=target_years(view, element.id))
    if row["score"] >= target:
        return Fact(label, view.number(target), view.text("fact.target_reached"))
    return Fact(label, view.number(target), view.text("fact.target_left", distance=view.number(target - row["score"])))


def _agreement(view: View, row: Row) -> Fact:
    return Fact(view.text("fact.agreement"), view.number(row["agreement"]), said_agreement(view, row))


def _answers(view: View, row: Row) -> Fact:
    coverage = row["coverage"]
    note = "" if coverage is None else view.text("fact.coverage", share=view.language.percent(coverage))
    return Fact(view.text("fact.answers"), view.number(row["n_respondents"], 0), note)


# ---------------------------------------------------------------- ladder and next step


def build_ladder(view: View, item: Item) -> Ladder:
    """Return an item's ladder: every level in words, with a mark where the organisation is and one on the next step."""
    row = mean_of(view, item)
    score = row["mean"] if row else None
    here = bisect_right(view.instrument.cutoffs, round(score, 9)) + 1 if score is not None else 0
    rungs = [_rung(view, item, level, here) for level in range(view.instrument.level_count, 0, -1)]
    several = row is not None and len(view.instrument.element(item.element).items) > 1
    title = view.text(
        "ladder.title" if several else "ladder.title_plain", number=view.item_number(item.id), item=item.name
    )
    if score is None:
        alt = view.text("ladder.alt_hidden", item=item.name)
    else:
        alt = view.text("ladder.alt", item=item.name, mean=view.number(score), level=here, name=view.level_name(here))
    return Ladder(
        title=title,
        rungs=rungs,
        score=score,
        low=row["low"] if row else None,
        high=row["high"] if row else None,
        score_text=view.number(score) if row else "",
        alt=view.sentences(alt, *(f"{rung.level} {rung.name}: {rung.text}" for rung in reversed(rungs))),
    )


def _rung(view: View, item: Item, level: int, here: int) -> Rung:
    anchor = next(anchor for anchor in item.anchors if anchor.level == level)
    name = view.level_name(level)
    if not here or level < here:
        return Rung(level, name, anchor.text, "below")
    if level == here:
        return Rung(level, name, anchor.text, "current", view.text("ladder.here", name=view.name))
    if level == here + 1:
        return Rung(level, name, anchor.text, "next", view.text("ladder.next"))
    return Rung(level, name, anchor.text, "above")


def _panel(view: View, element: Element) -> Panel:
    row = view.score(element.id)
    if row is None or row["level"] is None:
        parts = (Labelled(view.text("element.why"), view.hidden(view.row("scores", element=element.id))),)
        return Panel(
            view.text("element.no_step"),
            (*parts, Labelled(view.text("element.then"), view.text("element.more_answers"))),
        )
    level = int(row["level"])
    step = element.step_from(level)
    if step is None:
        top = view.instrument.level(level)
        text = view.text("element.stay_text")
        return Panel(
            view.text("element.stay", level=level, name=top.name),
            (Labelled(view.text("element.stay_meaning"), top.description), Labelled(view.text("element.then"), text)),
        )
    return Panel(
        view.text("element.step", low=level, high=level + 1),
        (
            Labelled(view.text("element.action"), step.action),
            Labelled(view.text("plan.who"), step.who),
            Labelled(view.text("plan.visible"), step.after_90_days),
        ),
    )
