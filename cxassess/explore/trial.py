"""What if: scores moved by hand, and what the level would be then. From shown figures only, by scoring's functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from cxassess.explore.answers import Shares, move_shares, pool_shares
from cxassess.explore.spread import Spread, chances, find_spread, joint_covariance
from cxassess.instrument.model import Element, Item
from cxassess.report.pages.items import mean_of
from cxassess.report.pages.view import View
from cxassess.scoring import (
    gated_level,
    gated_probabilities,
    nearest_level,
    staged_probabilities,
)
from cxassess.scoring.hidden import WITHHELD
from cxassess.scoring.model import ALL, OVERALL, ROLE
from cxassess.scoring.rows import Row

STEP: Final = 0.25


@dataclass(frozen=True)
class Standing:
    """A level by one rule and the chance of each level; None where it can't be said from what may be shown."""

    level: int | None
    chances: tuple[float, ...] | None

    @property
    def chance(self) -> float | None:
        """The chance of the level itself."""
        return self.chances[self.level - 1] if self.chances and self.level else None


class Trial:
    """A thought experiment: everybody's answers on some elements or items moved up or down alike.

    A moved element's score moves as far, within the scale. A moved item moves the score of its element by the item's
    part in it, as scoring weighs roles and items; the overall score moves by the element's weight. How sure the scores
    are stays as it is.

    Parameters
    ----------
    view : View
        What may be shown of one organisation and wave.
    moves : mapping
        Id of an element or item → levels to move it, e.g. 0.5 or −1.
    spreads : dict, optional
        What is known already of how sure the scores are; shared between trials on the same view.
    """

    def __init__(self, view: View, moves: Mapping[str, float], spreads: dict[str, Spread] | None = None) -> None:
        self._view = view
        self._moves = moves
        self._spreads = {} if spreads is None else spreads
        self._instrument = view.instrument
        self._cutoffs = list(view.instrument.cutoffs)

    # ------------------------------------------------------------ items and elements

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """The elements that can be moved: those with a score that is shown."""
        return tuple(element for element in self._instrument.elements if self._view.score(element.id))

    def items(self, element: Element) -> list[Item]:
        """Return the items of an element that can be moved: those with a mean that is shown."""
        return [item for item in element.items if mean_of(self._view, item)]

    def mean(self, item: Item) -> tuple[float, float]:
        """Return an item's mean now and then."""
        row = mean_of(self._view, item)
        now = float(row["mean"]) if row else 0.0
        return now, self._within(now + self._moves.get(item.id, 0.0))

    def score(self, element: str) -> tuple[float, float]:
        """Return an element's score, or the overall one, now and then."""
        return self._scores[element]

    @cached_property
    def _scores(self) -> dict[str, tuple[float, float]]:
        found = {}
        for element in self.elements:
            now = float(self._row(element.id)["score"])
            by_items = 0.0
            for item in self.items(element):
                before, after = self.mean(item)
                if after != before:
                    by_items += (after - before) * self._part(element, item)
            found[element.id] = (now, self._within(now + by_items + self._moves.get(element.id, 0.0)))
        total = float(self._row(OVERALL)["score"])
        moved = sum(self._weights[element] * (after - before) for element, (before, after) in found.items())
        return {**found, OVERALL: (total, self._within(total + moved))}

    def _row(self, element: str) -> Row:
        row = self._view.score(element)
        if row is None:
            raise KeyError(element)
        return row

    def _within(self, value: float) -> float:
        """Return a score held within the scale; rounded, so that moves that cancel out leave no trace."""
        return round(min(max(value, 1.0), float(self._instrument.level_count)), 9)

    def _part(self, element: Element, item: Item) -> float:
        """Return by how much of an item's move its element's score moves.

        Each role's score is the mean of the items it was asked, and the roles are weighed as in the score.
        """
        asked = [one for one in element.items if self._view.row("items", item=one.id, group=ALL)]
        weights = {
            role: weight
            for role, weight in self._role_weights.items()
            if weight and any(role in one.roles for one in asked)
        }
        parts = [
            weight / sum(role in one.roles for one in asked) for role, weight in weights.items() if role in item.roles
        ]
        return sum(parts) / sum(weights.values()) if weights else 1 / len(element.items)

    @cached_property
    def _role_weights(self) -> dict[str, float]:
        weighting = self._instrument.weighting
        rows = {role.id: self._view.row("responses_by_role", group=ROLE + role.id) for role in self._instrument.roles}
        there = [role for role, row in rows.items() if row and row["n_respondents"] != 0]
        if weighting.scheme == "weights":
            return {role: weighting.weights.get(role, 0.0) for role in there}
        if weighting.scheme == "roles":
            return dict.fromkeys(there, 1.0)
        known = {role: row["n_respondents"] for role, row in rows.items() if row and row["n_respondents"]}
        hidden = [role for role in there if role not in known]
        everybody = self._view.row("responses_by_role", group=ALL)
        rest = (everybody["n_respondents"] or 0) - sum(known.values()) if everybody else 0
        return {**known, **dict.fromkeys(hidden, max(rest, 0) / max(len(hidden), 1))}

    @cached_property
    def _weights(self) -> dict[str, float]:
        """Each element's part in the overall score; elements that are only withheld are in it too."""
        rows = {one.id: self._view.row("scores", element=one.id, group=ALL) for one in self._instrument.elements}
        inside = {
            one.id: one.weight
            for one in self._instrument.elements
            if (row := rows[one.id]) and (row["status"] == "scored" or row["reason"] == WITHHELD)
        }
        whole = sum(inside.values())
        return {element: inside.get(element, 0.0) / whole for element in rows} if whole else dict.fromkeys(rows, 0.0)

    # ------------------------------------------------------------ levels now

    def now(self, element: str, rule: str) -> Standing:
        """Return the level as it is shown."""
        rows = self._view.levels(element, rule)
        level = next((int(row["level"]) for row in rows if row["reached"]), None)
        shown = [row["probability"] for row in rows]
        return Standing(level, tuple(shown) if shown and None not in shown else None)

    # ------------------------------------------------------------ levels then

    def then(self, element: str, rule: str) -> Standing:
        """Return the level as it would be; as it is shown, where nothing has moved."""
        moved = [one for one, (now, after) in self._scores.items() if now != after]
        if not moved or (element != OVERALL and element not in moved):
            return self.now(element, rule)
        if rule == "staged":
            return self._staged()
        return self._gated() if rule == "gated" else self._nearest(element)

    def _nearest(self, element: str) -> Standing:
        score = self._scores[element][1]
        found = chances(score, self._spread(element), self._cutoffs)
        return Standing(nearest_level(score, self._cutoffs), tuple(found) if found else None)

    def _spread(self, element: str) -> Spread:
        if element not in self._spreads:
            self._spreads[element] = find_spread(self._view, self._row(element))
        return self._spreads[element]

    def _complete(self) -> bool:
        """Whether every element that enters the overall score is shown."""
        shown = {element.id for element in self.elements}
        return all(element in shown for element, weight in self._weights.items() if weight)

    def _staged(self) -> Standing:
        if not self._complete():
            return Standing(None, None)
        inside = [element.id for element in self.elements if self._weights[element.id]]
        levels = []
        for element in inside:
            now, after = self._scores[element]
            shown = self.now(element, "nearest").level
            levels.append(shown if now == after and shown else nearest_level(after, self._cutoffs))
        scores = np.array([self._scores[element][1] for element in inside])
        total = self._spread(OVERALL)
        weights = [self._weights[element] for element in inside]
        covariance = joint_covariance([self._spread(element) for element in inside], weights, total)
        found = staged_probabilities(scores, covariance, total.degrees, self._cutoffs)
        return Standing(min(levels), None if np.isnan(found).any() else tuple(found.tolist()))

    def _gated(self) -> Standing:
        now, then = self._overall_shares(moved=False), self._overall_shares(moved=True)
        if now is None or then is None or _gated_level(now) != self.now(OVERALL, "gated").level:
            return Standing(None, None)  # what is shown does not tell this rule's level closely enough
        found = gated_probabilities(then, self._spread(OVERALL).variance)
        return Standing(_gated_level(then), None if np.isnan(found).any() else tuple(found.tolist()))

    def _overall_shares(self, *, moved: bool) -> Shares | None:
        if not self._complete():
            return None
        whole = np.zeros(self._instrument.level_count)
        for element in self.elements:
            weight = self._weights[element.id]
            shares = pool_shares(self._view, element) if weight else None
            if weight and shares is None:
                return None
            if shares is not None:
                now, after = self._scores[element.id]
                whole += weight * (move_shares(shares, after - now) if moved else shares)
        return whole

    # ------------------------------------------------------------ the whole

    def moved(self, ids: Sequence[str]) -> bool:
        """Whether any of these elements or items is moved."""
        return any(self._moves.get(one) for one in ids)


def _gated_level(shares: Shares) -> int:
    above = np.cumsum(shares[::-1])[::-1]
    return gated_level([float(share) for share in np.round(above, 9)])
