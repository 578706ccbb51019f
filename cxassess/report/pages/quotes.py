"""Which comments are quoted: few, readable ones, always the same for the same data."""

from __future__ import annotations

from dataclasses import dataclass

from cxassess.document import Quote
from cxassess.report.pages.view import View
from cxassess.scoring.rows import Row

MOST = 2
FITTING, SHORT, CUT = 1, 2, 3
SHORTEST, BEST, LONGEST = 40, 160, 220


@dataclass(frozen=True)
class Chosen:
    """The comments to show, and how many there are in all."""

    shown: tuple[Quote, ...]
    total: int


def choose_quotes(view: View, element: str, *, first: str = "") -> Chosen:
    """Choose at most two comments on an element (or on the whole, for an empty id).

    Comments of 40 to 160 characters come first, then those up to 220, then shorter ones, then longer ones cut at a
    word; among those, the item ``first`` comes first. The second comment is of another role or another item where
    there is one; a cut one stands alone.
    """
    rows = [row for row in view.rows("comments") if (row["element"] or "") == element and row["text"].strip()]
    rows.sort(key=lambda row: (_fit(row["text"]), row["item"] != first, row["item"] or "", row["text"]))
    if not rows:
        return Chosen((), 0)
    picked = rows[:1]
    others = [row for row in rows[1:] if _fit(row["text"]) <= max(_fit(rows[0]["text"]), FITTING) < CUT]
    differs = [row for row in others if (row["role"], row["item"]) != (rows[0]["role"], rows[0]["item"])]
    picked += (differs or others)[: MOST - 1]
    return Chosen(tuple(_quote(view, row) for row in picked), len(rows))


def quotes_title(view: View, quotes: Chosen) -> str:
    """Return the heading over comments: how many of how many, where not all are shown."""
    if quotes.total == len(quotes.shown):
        return view.text("quotes.title")
    return view.text("quotes.title_some", shown=len(quotes.shown), total=quotes.total)


def _fit(text: str) -> int:
    length = len(text.strip())
    if length > LONGEST:
        return CUT
    if length < SHORTEST:
        return SHORT
    return FITTING if length > BEST else 0


def _quote(view: View, row: Row) -> Quote:
    role = view.instrument.role(row["role"]).name if row["role"] else ""
    item = view.text("quotes.item", number=view.item_number(row["item"])) if row["item"] else ""
    parts = [part for part in (role, item) if part]
    return Quote(shorten(row["text"]), ", ".join(parts))


def shorten(text: str) -> str:
    """Return a comment on one line; one of more than 220 characters is cut at a word and ends in an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    cut = line[: LONGEST - 1]
    head, _, _ = cut.rpartition(" ")
    return (head or cut).rstrip(" ,;:.–-") + "…"
