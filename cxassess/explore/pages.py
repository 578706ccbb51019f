"""What stands on the screen: the report's own pages, an item's ladder among them, and pages of one role or unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cxassess.document import (
    Block,
    Callout,
    Columns,
    Distributions,
    Fact,
    Facts,
    HowTo,
    Labelled,
    Ladder,
    Page,
    Panel,
    Quote,
    Quotes,
    Section,
)
from cxassess.instrument.model import Element
from cxassess.language import Language
from cxassess.report.build import Report
from cxassess.report.pages.elements import build_element, build_ladder, holding_back
from cxassess.report.pages.exhibits import build_profile
from cxassess.report.pages.items import build_distributions
from cxassess.report.pages.quotes import Chosen, quotes_title
from cxassess.report.pages.view import View
from cxassess.scoring.model import OVERALL, ROLE, UNIT

VIEWS: Final = ("overview", "elements", "roles", "certainty", "causes", "waves", "plan", "workshop", "trial")
BY_GROUP: Final = ("overview", "elements")
MOST_COMMENTS: Final = 12


def list_views(report: Report) -> tuple[str, ...]:
    """Return the views that this report has something for."""
    there = {
        "overview": True,
        "elements": bool(report.elements),
        "roles": report.roles is not None,
        "certainty": report.certainty is not None,
        "causes": report.causes is not None,
        "waves": report.waves is not None,
        "plan": bool(report.plan),
        "workshop": bool(_of_workshop(report)),
        "trial": bool(report.elements),
    }
    return tuple(view for view in VIEWS if there[view])


def report_pages(report: Report, view: str, element: str = "") -> tuple[Page, ...]:
    """Return the report's pages that a view shows; of ``elements`` the one named."""
    if view == "overview":
        return (report.summary,)
    if view == "elements":
        return tuple(page for page in report.elements if page.id == f"element-{element}")
    if view == "plan":
        return report.plan
    if view == "workshop":
        return _of_workshop(report)
    page: Page | None = getattr(report, view)
    return (page,) if page else ()


def _of_workshop(report: Report) -> tuple[Page, ...]:
    """Return what became of earlier actions, what was agreed, and what was decided."""
    return tuple(page for page in (report.followed, report.agreed, report.decided) if page)


def item_page(page: Page, view: View, item_id: str, words: Language) -> Page:
    """Return an element's page with the ladder of one of its items, what to ask to be shown, and all its comments."""
    item = view.instrument.item(item_id)
    element = view.instrument.element(item.element)
    said = build_comments(view, item_id, words)
    ask = Section(words.text("explore.item.ask"), (Panel("", (Labelled("", item.evidence),)),))
    lowest = item_id == holding_back(view, element).id
    changed: list[Block] = []
    for block in page.blocks:
        if isinstance(block, Distributions):
            rows = build_distributions(view, element, marked=item_id)
            changed.append(rows if lowest else replace(rows, title=view.text("items.title_plain")))
        elif isinstance(block, Section) and any(isinstance(part, Quotes) for part in block.blocks):
            continue
        elif isinstance(block, Columns):
            ladder = build_ladder(view, item)
            if not lowest:
                title = view.text("ladder.title_plain", number=view.item_number(item_id), item=item.name)
                ladder = replace(ladder, title=title)
            columns = [
                replace(one, blocks=[ladder if isinstance(part, Ladder) else part for part in one.blocks])
                for one in block.columns
            ]
            changed.append(Columns(columns))
        else:
            changed.append(block)
    return replace(page, blocks=[*changed, ask, said])


def build_comments(view: View, item_id: str, words: Language) -> Section:
    """Return the comments on an item that may be shown, or that there are none."""
    rows = [row for row in view.rows("comments", item=item_id) if row["text"].strip()]
    rows.sort(key=lambda row: (row["role"] or "", row["text"]))
    quotes = [
        Quote(" ".join(row["text"].split()), view.instrument.role(row["role"]).name if row["role"] else "")
        for row in rows[:MOST_COMMENTS]
    ]
    if not quotes:
        return Section(words.text("explore.item.no_comments"), ())
    return Section(quotes_title(view, Chosen(tuple(quotes), len(rows))), (Quotes(quotes),))


# ---------------------------------------------------------------- one role or unit


def group_overview(view: View, name: str, words: Language) -> Page:
    """Return the profile of one role or unit; ``view`` holds its scores only."""
    row = view.score(OVERALL)
    facts: list[Fact] = []
    if row is not None:
        label, interval = (
            view.text("fact.score", top=view.instrument.level_count),
            view.interval(row["low"], row["high"]),
        )
        facts.append(Fact(label, view.number(row["score"]), interval))
        facts.append(Fact(view.text("fact.answers"), view.answered(row)))
    how = view.sentences(view.text("profile.how", name=name), view.text("profile.how_steps"))
    blocks: list[Block] = [
        *([Facts(facts)] if facts else []),
        build_profile(view, view.text("profile.title")),
        HowTo(view.text("how.label"), how),
    ]
    title = words.text("explore.group.title", group=name)
    return Page("group", blocks, words.text("explore.group.kicker"), title, words.text("explore.group.lead"))


def group_element(view: View, element: Element, words: Language, *, group: str, name: str, item_id: str = "") -> Page:
    """Return an element's page for one role or unit; units have scores, but no items of their own."""
    page = build_element(view, element)
    title = words.text("explore.group.element", group=name, element=element.name)
    if group.startswith(UNIT):
        facts = [block for block in page.blocks if isinstance(block, Facts)]
        note = Callout("", words.text("explore.group.no_items"))
        return replace(page, blocks=[*facts, note], title=title, lead="")
    if item_id:
        page = item_page(page, view, item_id, words)
    page = replace(page, lead="")
    return replace(
        page, blocks=[_means_alone(block, view, element, group, words) for block in page.blocks], title=title
    )


def _means_alone(block: Block, view: View, element: Element, group: str, words: Language) -> Block:
    """Return the exhibit of items saying why a role has no spread of its own, and which items it was not asked."""
    if not isinstance(block, Distributions):
        return block
    role = group.removeprefix(ROLE)
    unasked = {view.item_number(item.id) for item in element.items if role not in item.roles}
    no_spread, not_asked = (words.text(f"explore.group.{key}") for key in ("no_spread", "not_asked"))
    rows = [
        replace(row, hidden_text=not_asked)
        if row.number in unasked
        else row
        if row.mean is None
        else replace(row, hidden_text=no_spread)
        for row in block.rows
    ]
    return replace(block, rows=rows, alt="")
