"""The workshop: what people had voted each for themselves, what they agreed on, and what stays open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cxassess.context import Agreement
from cxassess.document import (
    Block,
    Bottom,
    Callout,
    Dumbbell,
    DumbbellRow,
    GroupKey,
    GroupScore,
    HowTo,
    Page,
    Rich,
    Run,
    Table,
    TableColumn,
)
from cxassess.report.pages.view import View

#: With more letters of reasons, or more items, there is a table over several sheets in place of the exhibit.
MOST_LETTERS, MOST_ROWS = 1_300, 9
_VOTES: Final = "votes"
_LEVEL: Final = "agreed"


def build_agreed(view: View) -> Page | None:
    """Build the page on what a workshop agreed about this wave; None where there was none."""
    agreements = _agreements(view)
    if not agreements:
        return None
    days = [one.agreed_on for one in agreements]
    kicker = view.text("agreed.kicker", period=view.date_range(min(days), max(days)))
    flows = not _is_drawn(view, agreements)
    exhibit = _table(view, agreements) if flows else _dumbbell(view, agreements)
    how = HowTo(view.text("how.label"), _how_to(view, agreements))
    ground: list[Block] = [] if flows else [Bottom()]
    blocks: list[Block] = [exhibit, how, *ground, *_open(view, agreements)]
    return Page("agreed", blocks, kicker, _title(view, agreements), view.text("agreed.lead"), flow=flows)


def _agreements(view: View) -> list[Agreement]:
    """Return what was agreed about this wave, in the instrument's order."""
    order = view.instrument.item_ids
    known = [one for one in view.context.agreements if one.wave == view.wave and one.item in order]
    return sorted(known, key=lambda one: order.index(one.item))


def _is_drawn(view: View, agreements: Sequence[Agreement]) -> bool:
    """Say whether there is room to draw them: one item an element at most, and few words."""
    elements = {view.instrument.item(one.item).element for one in agreements}
    few = len(agreements) <= MOST_ROWS and sum(len(one.reason) for one in agreements) <= MOST_LETTERS
    return few and len(elements) == len(agreements)


def _title(view: View, agreements: Sequence[Agreement]) -> str:
    total, left = len(agreements), sum(one.level is None for one in agreements)
    if not left:
        return view.counted("agreed.title_all", total)
    if left == total:
        return view.counted("agreed.title_none", total, sentence=True)
    return view.counted("agreed.title_some", left, agreed=view.count(total - left), total=view.count(total))


def _how_to(view: View, agreements: Sequence[Agreement]) -> str:
    hidden = any(one.mean is None for one in agreements)
    mean = view.text(f"agreed.how_mean_{view.instrument.weighting.scheme}")
    return view.sentences(mean, view.text("agreed.how"), view.text("agreed.how_hidden") if hidden else "")


def _change(view: View, agreed: Agreement) -> str:
    if agreed.level is None or agreed.mean is None:
        return "–"
    return view.language.signed(agreed.level - agreed.mean)


# ---------------------------------------------------------------- drawn on the scale


def _dumbbell(view: View, agreements: Sequence[Agreement]) -> Dumbbell:
    keys = [
        GroupKey(_VOTES, view.text("agreed.letter_votes"), view.text("agreed.key_votes"), "", "low"),
        GroupKey(_LEVEL, view.text("agreed.letter_level"), view.text("agreed.key_level"), "", "high"),
    ]
    rows = [_drawn(view, one, keys) for one in agreements]
    alt = " ".join(_words(view, one) for one in agreements)
    return Dumbbell("", view.scale, keys, rows, view.text("agreed.head_change"), alt)


def _drawn(view: View, agreed: Agreement, keys: Sequence[GroupKey]) -> DumbbellRow:
    item = view.instrument.item(agreed.item)
    points = [] if agreed.mean is None else [GroupScore(_VOTES, agreed.mean)]
    if agreed.level is not None:
        points.append(GroupScore(_LEVEL, float(agreed.level)))
    left_open = view.text("agreed.open") if agreed.level is None else ""
    return DumbbellRow(
        number=view.number_of(item.element),
        name=item.name,
        text=agreed.reason,
        points=points,
        gap_text=_change(view, agreed),
        interval_text=_from_to(view, agreed),
        verdict_text=", ".join(part for part in (left_open, _dissent(view, agreed)) if part),
        real=agreed.level is not None,
        marked=agreed.level is None,
        hidden=[] if agreed.mean is not None else [(keys[0].letter, view.text("agreed.hidden"))],
    )


def _from_to(view: View, agreed: Agreement) -> str:
    mean = "–" if agreed.mean is None else view.number(agreed.mean)
    return mean if agreed.level is None else view.text("plan.from_to", low=mean, high=agreed.level)


def _dissent(view: View, agreed: Agreement) -> str:
    return view.counted_digits("agreed.dissent", agreed.dissent) if agreed.dissent else ""


def _level_text(view: View, level: int | None) -> str:
    return view.text("agreed.open") if level is None else f"{level} {view.level_name(level)}"


def _words(view: View, agreed: Agreement) -> str:
    mean = view.text("agreed.hidden") if agreed.mean is None else view.number(agreed.mean)
    parts = (f"{view.text('agreed.key_votes')} {mean}", _level_text(view, agreed.level), _dissent(view, agreed))
    return f"{view.instrument.item(agreed.item).name}: {', '.join(part for part in parts if part)}."


# ---------------------------------------------------------------- as a table


def _table(view: View, agreements: Sequence[Agreement]) -> Table:
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(view.text("agreed.head_item"), width=6),
        TableColumn(view.text("agreed.head_mean"), "right"),
        TableColumn(view.text("agreed.head_level"), width=3),
        TableColumn(view.text("agreed.head_change"), "right"),
        TableColumn(view.text("agreed.head_dissent"), "right"),
        TableColumn(view.text("agreed.head_reason"), width=7),
    )
    return Table(columns, [_row(view, one) for one in agreements])


def _row(view: View, agreed: Agreement) -> tuple[Rich, ...]:
    level: Rich = (Run(_level_text(view, agreed.level), "accent" if agreed.level is None else "strong"),)
    return (
        view.item_number(agreed.item),
        view.instrument.item(agreed.item).name,
        "–" if agreed.mean is None else view.number(agreed.mean),
        level,
        _change(view, agreed),
        view.language.number(agreed.dissent, 0),
        agreed.reason,
    )


# ---------------------------------------------------------------- what stays open


def _open(view: View, agreements: Sequence[Agreement]) -> list[Callout]:
    """Say plainly on what there is no agreement."""
    names = [view.instrument.item(one.item).name for one in agreements if one.level is None]
    if not names:
        return []
    quoted = [view.text("agreed.open_item", name=name) for name in names]
    return [Callout(view.text("agreed.open_title"), view.text("agreed.open_text", items=view.language.join(quoted)))]
