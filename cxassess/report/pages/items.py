"""The items of an element with the spread of their answers."""

from __future__ import annotations

from cxassess.document import DistributionRow, Distributions
from cxassess.instrument.model import Element, Item
from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.model import ALL
from cxassess.scoring.rows import Row

LONGEST_TITLE = 90


def mean_of(view: View, item: Item) -> Row | None:
    """Return an item's row for all roles together if its mean may be shown, or None."""
    row = view.row("items", item=item.id, group=ALL)
    return row if row and row["status"] == SCORED and row["mean"] is not None else None


def build_distributions(view: View, element: Element, *, marked: str) -> Distributions:
    """Build the exhibit of an element's items; ``marked`` is the id of the item to look at, or empty."""
    rows = [_row(view, item, marked=item.id == marked) for item in element.items]
    return Distributions(
        title=_title(view, element, marked),
        levels=view.instrument.level_count,
        rows=rows,
        level_head=view.text("head.level"),
        mean_head=view.text("head.mean"),
        agreement_head=view.text("head.agreement"),
        alt=" ".join(_words(view, row) for row in rows),
    )


def _title(view: View, element: Element, marked: str) -> str:
    if not marked or len(element.items) < 2:
        return view.text("items.title_plain")
    low = view.instrument.item(marked).short
    for item in element.items:
        row = mean_of(view, item)
        if row and row["agreement"] == "split":
            key = "items.title_low_split" if item.id == marked else "items.title_split"
            title = view.text(key, low=low, split=item.short)
            if len(title) <= LONGEST_TITLE:
                return title
    return view.text("items.title_low", low=low)


def _row(view: View, item: Item, *, marked: bool) -> DistributionRow:
    number = view.item_number(item.id)
    row = mean_of(view, item)
    if row is None:
        hidden = view.hidden(view.row("items", item=item.id, group=ALL))
        return DistributionRow(number, item.short, "", None, (), None, None, None, "–", "", "", "", hidden_text=hidden)
    shares = _shares(view, item)
    agreement = str(row["agreement"] or "too_few")
    figure = "" if row["r_wg"] is None or agreement == "too_few" else view.number(row["r_wg"])
    return DistributionRow(
        number=number,
        name=item.short,
        detail=_detail(view, row),
        shares=shares,
        share_texts=[view.language.number(100 * share, 0) for share in shares or ()],
        mean=row["mean"],
        low=row["low"],
        high=row["high"],
        mean_text=view.number(row["mean"]),
        interval_text=view.interval(row["low"], row["high"]),
        agreement_text=figure,
        agreement_word=view.text(f"agreement.{agreement}"),
        split=agreement == "split",
        marked=marked,
        hidden_text="" if shares else _why_no_spread(view, item),
    )


def _detail(view: View, row: Row) -> str:
    parts = [view.text("items.n", n=view.number(row["n"], 0))]
    if row["n_dont_know"]:
        parts.append(view.text("items.dont_know", count=row["n_dont_know"]))
    if row["n_not_applicable"]:
        parts.append(view.text("items.not_applicable", count=row["n_not_applicable"]))
    return ", ".join(parts)


def _why_no_spread(view: View, item: Item) -> str:
    row = view.row("distributions", item=item.id, group=ALL)
    withheld = row is not None and row["reason"] == "withheld"
    return view.text("hidden.withheld" if withheld else "hidden.distribution")


def _shares(view: View, item: Item) -> list[float] | None:
    rows = [row for row in view.rows("distributions", item=item.id, group=ALL) if row["status"] == SCORED]
    shares = {int(row["level"]): row["share"] for row in rows if row["share"] is not None}
    levels = range(1, view.instrument.level_count + 1)
    return [shares[level] for level in levels] if set(shares) == set(levels) else None


def _words(view: View, row: DistributionRow) -> str:
    if row.mean is None:
        return view.text("alt.hidden", name=f"{row.number} {row.name}", reason=row.hidden_text)
    name = f"{row.number} {row.name}"
    if not row.shares:
        return view.text("items.alt_spread", name=name, mean=row.mean_text, reason=row.hidden_text)
    return view.text("items.alt", name=name, mean=row.mean_text, shares=", ".join(row.share_texts))
