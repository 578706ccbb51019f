"""Which rows of one organisation and wave are hidden, and why: the decisions of the privacy gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from cxassess.scoring.audit import Floats, Margins, ShownRow, hide_thin, withhold_groups, withhold_rows
from cxassess.scoring.design import Bools, Design
from cxassess.scoring.element_audit import ElementFigures
from cxassess.scoring.hidden import TOO_FEW, WITHHELD, Hidden, WaveCounts
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import ALL, MINIMUM_DISTRIBUTION, MINIMUM_GROUP, OVERALL, ROLE, UNIT

__all__ = ["SMALL", "TOO_FEW", "WITHHELD", "decide"]

#: Of fewer people, two decimals give the sums of answers behind a score and its items' means exactly.
SMALL: Final = 12


def decide(counts: WaveCounts, design: Design) -> Hidden:
    """Decide what to hide.

    1. Fewer than five respondents in all: everything.
    2. Groups with fewer than five, and further groups by `withhold_groups`: whole, in every element and item.
    3. In each element, groups of which fewer than five have a score, with further ones so that at least two groups and
       five people are hidden together; items that fewer than five of a role answered.
    4. In each element, further rows by `withhold_rows`, until no hidden figure is a combination of the shown ones, nor,
       where fewer than twelve were asked, the answers of one to four people who left out the same items. (In a role of
       fewer than twelve among others, the roles' means of items go.)
    5. The overall score of a group that lost an element to subtraction; overall gaps and scores on common items
       likewise. An overall score is the weighted mean of the elements' scores, so it tells nothing beyond them.
    6. What shows how answers to an item spread, where trying out whole numbers would give single answers.
    """
    hidden = Hidden(everything=counts.people.get(ALL, 0) < MINIMUM_GROUP)
    if hidden.everything:
        return hidden
    sizes = {group: n for group, n in counts.people.items() if group != ALL}
    small = [group for group, n in sizes.items() if n < MINIMUM_GROUP]
    hidden.groups = dict.fromkeys(small, TOO_FEW)
    margins = _margins(counts, design)
    hidden.groups |= dict.fromkeys(withhold_groups(margins, sizes, small), WITHHELD)
    elements = [element.id for element in design.instrument.elements]
    asked = counts.presence.asked
    of_items = dict(zip(design.instrument.item_ids, _find_asked(margins, asked), strict=True))
    of_elements = _find_asked(margins, np.asarray(asked @ design.membership > 0, dtype=np.bool_))
    for number, (element, concerned) in enumerate(zip(design.instrument.elements, of_elements, strict=True)):
        _hide_small_elements(element.id, counts, concerned, hidden)
        for item in element.items:
            _hide_small_items(element.id, item.id, counts, of_items[item.id], hidden)
        _hide_differences(element.id, counts, hidden)
        _hide_solvable(number, counts, concerned, design, hidden)
    for group in counts.people:
        scored = [element for element in elements if counts.scored.get((element, group))]
        lost = any(hidden.elements.get((element, group)) == WITHHELD for element in scored)
        if group in hidden.groups or lost:
            hidden.elements[(OVERALL, group)] = hidden.groups.get(group, WITHHELD)
    _hide_overall_differences(elements, counts, hidden)
    for item_id in design.instrument.item_ids:
        _hide_spread(item_id, counts, design, hidden)
    for number, element_id in enumerate(elements):
        _hide_spread_of_element(number, element_id, counts, design, hidden)
    return hidden


def _margins(counts: WaveCounts, design: Design) -> Margins:
    presence, roles = counts.presence, design.instrument.roles
    table = presence.count(len(roles))
    weights = design.role_weights(table.sum(axis=1))
    return Margins(tuple(ROLE + role.id for role in roles), tuple(UNIT + u for u in presence.units), table, weights)


def _find_asked(margins: Margins, asked: Bools) -> list[dict[str, int]]:
    """Return for each column of role × item, group → people who were asked: even that they gave no number is hidden."""
    of_role = asked.T.astype(np.int64)
    groups = (ALL, *margins.roles, *margins.units)
    roles, units = margins.counts.sum(axis=1), margins.counts[:, :-1]
    people = np.column_stack([of_role @ roles, of_role * roles, of_role @ units])
    return [{group: n for group, n in zip(groups, row, strict=True) if n} for row in people.tolist()]


def _hide_small_elements(element: str, counts: WaveCounts, concerned: Mapping[str, int], hidden: Hidden) -> None:
    sizes = {group: counts.scored.get((element, group), 0) for group in counts.people if group != ALL}
    for group, n in sizes.items():
        if group in hidden.groups:
            hidden.elements[(element, group)] = hidden.groups[group]
        elif 0 < n < MINIMUM_GROUP:
            hidden.elements[(element, group)] = TOO_FEW
    if 0 < counts.scored.get((element, ALL), 0) < MINIMUM_GROUP or 0 < concerned.get(ALL, 0) < MINIMUM_GROUP:
        hidden.elements[(element, ALL)] = TOO_FEW
    there = {group: n for group, n in sizes.items() if n or group in concerned}
    gone = [group for group in there if (element, group) in hidden.elements]
    for kind in (ROLE, UNIT):
        for group in hide_thin([group for group in there if group.startswith(kind)], there, gone):
            hidden.elements[(element, group)] = WITHHELD


def _hide_small_items(
    element: str, item: str, counts: WaveCounts, concerned: Mapping[str, int], hidden: Hidden
) -> None:
    for group in counts.people:
        if group.startswith(UNIT):
            continue
        reason = hidden.elements.get((element, group), "") if group != ALL else ""
        if not reason and 0 < counts.answered.get((item, group), 0) < MINIMUM_GROUP:
            reason = TOO_FEW
        if reason:
            hidden.items[(item, group)] = reason
    if 0 < concerned.get(ALL, 0) < MINIMUM_GROUP:
        hidden.items[(item, ALL)] = TOO_FEW
    there = [group for group in concerned if group.startswith(ROLE)]
    gone = [group for group in there if (item, group) in hidden.items]
    for group in hide_thin(there, concerned, gone):
        hidden.items[(item, group)] = WITHHELD


def _hide_differences(element: str, counts: WaveCounts, hidden: Hidden) -> None:
    """Hide the gaps and common scores of roles that are hidden in the element, or too small there."""
    for (gap_element, high, low), n in counts.gaps.items():
        if gap_element == element:
            reasons = [hidden.elements.get((element, group), "") for group in (high, low)]
            if 0 < n < MINIMUM_GROUP:
                reasons.append(TOO_FEW)
            if any(reasons):
                hidden.gaps[(element, high, low)] = TOO_FEW if TOO_FEW in reasons else WITHHELD
    for common_element, group in counts.common:
        if common_element == element and (element, group) in hidden.elements:
            hidden.common[(element, group)] = hidden.elements[(element, group)]


def _hide_solvable(
    number: int, counts: WaveCounts, concerned: Mapping[str, int], design: Design, hidden: Hidden
) -> None:
    element = design.instrument.elements[number]
    named = {(element.id, group) for group in counts.people} | {
        (item.id, group) for item in element.items for group in counts.people
    }
    figures = ElementFigures.of(counts.presence, number, design)
    few = figures.few_alike(SMALL)
    if few and concerned[ALL] >= SMALL:
        hidden.means |= {(item, role): WITHHELD for item in figures.items for role in figures.role_keys}
        few = []
    if not few and named.isdisjoint(hidden.elements) and named.isdisjoint(hidden.items):
        return
    rows = _all_rows(element.id, figures, counts)
    reasons = {"item": hidden.items, "element": hidden.elements, "gap": hidden.gaps, "common": hidden.common}
    gone = [one for one in rows if one.key[1:] in reasons[one.key[0]]]
    shown = [one for one in rows if one.key[1:] not in reasons[one.key[0]]]
    protected = [one.row for one in gone if one.sensitive]
    withheld = withhold_rows(shown, protected)
    left = [replace(one, sensitive=False) for one in shown if all(one is not other for other in withheld)]
    for one in (*withheld, *withhold_rows(left, few)):
        reasons[one.key[0]][one.key[1:]] = WITHHELD


def _all_rows(element: str, figures: ElementFigures, counts: WaveCounts) -> list[ShownRow]:
    """Return every figure of the element as a combination of the unknowns.

    Rank: role items go first (smallest group first), then scores on common items, units, gaps, the items of everybody
    and last the scores of roles and of everybody.
    """
    rows: list[ShownRow] = []

    def add(key: tuple[str, ...], row: Floats, rank: tuple[int, ...], *, sensitive: bool = True) -> None:
        if row.any():
            rows.append(ShownRow(key, row, rank, sensitive))

    for place, item in enumerate(figures.items):
        for number, role in enumerate(figures.role_keys):
            n = counts.answered.get((item, role), 0)
            add(("item", item, role), figures.item(item, role), (0, n, number, place))
        add(("item", item, ALL), figures.item_of_all(item), (4, counts.answered.get((item, ALL), 0), place))
    groups = (*figures.role_keys, *figures.unit_keys)
    for number, (group, row) in enumerate(zip(groups, figures.scores(groups), strict=True)):
        rank = (2 if group in figures.unit_keys else 5, counts.scored.get((element, group), 0), number)
        add(("element", element, group), row, rank)
    add(("element", element, ALL), figures.score_of_all(), (6,))
    for number, (gap_element, high, low) in enumerate(counts.gaps):
        if gap_element == element:
            add(("gap", element, high, low), figures.gap(high, low), (3, number), sensitive=False)
    present = [role for role in figures.role_keys if counts.people.get(role, 0)]
    comparable = [role for role in present if counts.people[role] >= MINIMUM_GROUP]
    common = figures.common(comparable if len(comparable) > 1 else present)
    told = [(number, role) for number, (common_element, role) in enumerate(counts.common) if common_element == element]
    for (number, role), row in zip(told, figures.scores([role for _, role in told], common), strict=True):
        add(("common", element, role), row, (1, number), sensitive=False)
    return rows


def _hide_overall_differences(elements: list[str], counts: WaveCounts, hidden: Hidden) -> None:
    """Hide an overall gap where an element's gap is hidden, or a role is; likewise the score on common items."""
    for element, high, low in counts.gaps:
        if element != OVERALL:
            continue
        roles = [hidden.groups.get(group, "") for group in (high, low)]
        lost = [hidden.gaps.get((one, high, low), "") for one in elements]
        if any((*roles, *lost)):
            hidden.gaps[(element, high, low)] = TOO_FEW if TOO_FEW in roles else WITHHELD
    for element, group in counts.common:
        lost = [hidden.common.get((one, group), "") for one in elements]
        if element == OVERALL and (group in hidden.groups or any(lost)):
            hidden.common[(element, group)] = hidden.groups.get(group, WITHHELD)


def _hide_spread(item: str, counts: WaveCounts, design: Design, hidden: Hidden) -> None:
    """Hide an item's interval, agreement and distribution where they would give single answers.

    A mean and its interval all but list the answers of fewer than eight people. Where roles are weighed, a role of n
    people enters everybody's shares in steps of its weight / n: steps of different size give each role's own counts,
    exactly, and so does the mean to two decimals. With steps of one size the hidden roles only show together, and the
    interval alone goes: with the shares, it gives the difference between them.
    """
    answered = {ROLE + role.id: counts.answered.get((item, ROLE + role.id), 0) for role in design.instrument.roles}
    for group, n in ((ALL, counts.answered.get((item, ALL), 0)), *answered.items()):
        if 0 < n < MINIMUM_DISTRIBUTION:
            hidden.intervals[(item, group)] = hidden.spreads[(item, group)] = TOO_FEW
    weighting = design.instrument.weighting
    gone = [role for role, n in answered.items() if n and hidden.item(item, role)]
    if weighting.scheme == "respondents" or not gone:
        return
    steps = {as_fraction(weighting.weights.get(role.removeprefix(ROLE), 1)) / answered[role] for role in gone}
    hidden.intervals.setdefault((item, ALL), WITHHELD)
    if len(steps) > 1:
        hidden.spreads.setdefault((item, ALL), WITHHELD)
        hidden.coarse.add(item)


def _hide_spread_of_element(number: int, element: str, counts: WaveCounts, design: Design, hidden: Hidden) -> None:
    """Treat an element like its item where only one was asked, as on the pulse form."""
    inside = (design.membership[:, number] == 1) & counts.presence.asked.any(axis=0)
    if inside.sum() != 1:
        return
    item = design.instrument.items[int(np.flatnonzero(inside)[0])].id
    for reasons in (hidden.intervals, hidden.spreads):
        reasons |= {(element, group): reason for (one, group), reason in reasons.items() if one == item}
    hidden.coarse |= {element} if item in hidden.coarse else set()
