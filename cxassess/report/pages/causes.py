"""Root causes: how strong the evidence for each is, the items behind it, and what to ask to be shown."""

from __future__ import annotations

from collections.abc import Sequence

from cxassess.document import Block, Bottom, Evidence, HowTo, Page, Quotes, RootCauses, Section, Table, TableColumn
from cxassess.findings import Finding, headline, say
from cxassess.report.pages.quotes import choose_quotes
from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.model import ALL

ITEM_ROWS, WITH_QUOTES = 15, 12


def build_causes(view: View) -> Page | None:
    """Build the page on root causes; None for an instrument without any."""
    quotes = choose_quotes(view, "")
    blocks = cause_blocks(view, WITH_QUOTES if quotes.shown else ITEM_ROWS)
    if not blocks:
        return None
    said = headline("root_causes", view.findings, view.instrument, view.language, name=view.name)
    if quotes.shown:
        blocks += [Bottom(), Section(view.text("quotes.title_whole"), (Quotes(quotes.shown),))]
    return Page("causes", blocks, view.text("causes.kicker"), said.title, said.text)


def cause_blocks(view: View, rows: int) -> list[Block]:
    """Return the root causes and the items behind each, about ``rows`` in all; empty where there are no causes."""
    found = view.findings.of("root_cause")
    if not found:
        return []
    evidence = RootCauses([_evidence(view, finding) for finding in found])
    return [evidence, *_tables(view, found, rows), HowTo(view.text("how.label"), view.text("causes.how"))]


def cause_of(finding: Finding) -> str:
    """Return the id of the root cause that a finding is about."""
    return str(finding.numbers["cause"])


def _cause_name(view: View, finding: Finding) -> str:
    return next((cause.name for cause in view.instrument.root_causes if cause.id == cause_of(finding)), "")


def _evidence(view: View, finding: Finding) -> Evidence:
    strength = int(finding.numbers["points"])
    words = say(finding, view.instrument, view.language, name=view.name)
    return Evidence(_cause_name(view, finding), strength, view.text(f"causes.strength_{strength}"), words.text)


def _tables(view: View, found: Sequence[Finding], rows: int) -> list[Table]:
    behind = [finding for finding in found if finding.evidence]
    each = max(2, rows // max(1, len(behind)))
    return [_table(view, finding, each) for finding in behind]


def _table(view: View, finding: Finding, most: int) -> Table:
    rows = [_row(view, item_id) for item_id in finding.evidence[:most]]
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(view.text("causes.item"), width=5),
        TableColumn(view.text("head.mean"), width=3),
        TableColumn(view.text("causes.ask"), width=8),
    )
    return Table(columns, rows, title=view.text("causes.behind", cause=_cause_name(view, finding)))


def _row(view: View, item_id: str) -> tuple[str, ...]:
    item = view.instrument.item(item_id)
    row = view.row("items", item=item_id, group=ALL)
    mean = view.hidden(row)
    if row and row["status"] == SCORED and row["mean"] is not None:
        mean = f"{view.number(row['mean'])} ({view.interval(row['low'], row['high'])})"
    return (view.item_number(item_id), item.short, mean, item.evidence)
