"""From the first wave to the newest: each organisation by itself, and those together that were measured twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from cxassess.context import OrganisationContext
from cxassess.portfolio.members import SCORED, Member
from cxassess.scoring import ShownScores, benjamini_hochberg, holm, mean_interval
from cxassess.scoring.comparisons import ALPHA, SignFlips, holm_alphas
from cxassess.scoring.model import ALL, OVERALL
from cxassess.scoring.rows import Row, first, matching, read_rows

Verdict = Literal["up", "down", "cannot_tell"]
#: Organisations measured twice that a mean needs.
LEAST_TOGETHER: Final = 5


@dataclass(frozen=True)
class OwnChange:
    """An organisation's overall change from its first wave (and its printed name) to its newest; None where hidden.

    ``verdict`` holds after Benjamini and Hochberg over the organisations.
    """

    member: Member
    first_wave: str
    first_name: str
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class MeanChange:
    """An element, or overall, over the organisations measured twice: means with intervals, and their change."""

    element: str
    n: int
    before: float
    before_low: float
    before_high: float
    after: float
    after_low: float
    after_high: float
    change: float
    low: float
    high: float
    verdict: Verdict


@dataclass(frozen=True)
class PortfolioTrends:
    """Everything about several waves; ``own`` by change, ``means`` empty where fewer than five were measured twice."""

    own: tuple[OwnChange, ...]
    means: tuple[MeanChange, ...]


def find_trends(
    shown: ShownScores, members: Sequence[Member], contexts: Mapping[str, OrganisationContext]
) -> PortfolioTrends | None:
    """Compare first and newest waves; None where no organisation has two.

    An organisation's own change and its test are those of its report (`changes`); screened over the organisations by
    Benjamini and Hochberg. Means over organisations: sign-flip test of the organisations' differences, Holm over the
    elements; overall stands by itself.
    """
    firsts = _first_waves(shown)
    twice = [member for member in members if firsts[member.organisation] != member.wave]
    if not twice:
        return None
    parts = shown.split()
    own = _own_changes(parts, twice, firsts, contexts)
    elements = [*(element.id for element in shown.instrument.elements), OVERALL]
    return PortfolioTrends(tuple(own), tuple(_mean_changes(parts, twice, firsts, elements)))


def _first_waves(shown: ShownScores) -> dict[str, str]:
    ordered = shown.waves.sort_values("order")
    found: dict[str, str] = {}
    for organisation, wave in zip(ordered["organisation"].tolist(), ordered["wave"].tolist(), strict=True):
        found.setdefault(str(organisation), str(wave))
    return found


def _own_changes(
    parts: Mapping[str, ShownScores],
    members: Sequence[Member],
    firsts: Mapping[str, str],
    contexts: Mapping[str, OrganisationContext],
) -> list[OwnChange]:
    rows: list[tuple[Member, Row | None, str]] = []
    for member in members:
        begin = firsts[member.organisation]
        found = read_rows(parts[member.organisation].changes, member.organisation)
        row = first(matching(found, element=OVERALL, wave_from=begin, wave_to=member.wave))
        shown = row if row and row["status"] == SCORED else None
        rows.append((member, shown, str(row["reason"] or "") if row else member.overall.reason))
    screened = benjamini_hochberg([np.nan if row is None or row["p"] is None else row["p"] for _, row, _ in rows])
    changes = []
    for (member, row, reason), p in zip(rows, screened, strict=True):
        begin = firsts[member.organisation]
        context = contexts.get(member.organisation, OrganisationContext())
        name = context.wave_names.get(begin, begin)
        if row is None:
            changes.append(OwnChange(member, begin, name, None, None, None, None, None, "cannot_tell", reason))
            continue
        change = row["change"]
        sure = not np.isnan(p) and p <= ALPHA
        verdict: Verdict = "cannot_tell" if not sure else "up" if change > 0 else "down"
        scores = (_score(parts[member.organisation], member.organisation, begin), member.overall.score)
        changes.append(OwnChange(member, begin, name, *scores, change, row["low"], row["high"], verdict))
    changes.sort(key=lambda one: (one.change is None, -(one.change or 0.0), one.member.organisation))
    return changes


def _score(own: ShownScores, organisation: str, wave: str) -> float | None:
    rows = read_rows(own.scores, organisation)
    row = first(matching(rows, wave=wave, element=OVERALL, group=ALL, status=SCORED))
    return row["score"] if row else None


def _mean_changes(
    parts: Mapping[str, ShownScores], members: Sequence[Member], firsts: Mapping[str, str], elements: Sequence[str]
) -> list[MeanChange]:
    before: dict[str, dict[str, float]] = {}
    for member in members:
        rows = read_rows(parts[member.organisation].scores, member.organisation)
        begin = matching(rows, wave=firsts[member.organisation], group=ALL, status=SCORED)
        before[member.organisation] = {row["element"]: row["score"] for row in begin if row["score"] is not None}
    paired = {
        element: np.array(
            [
                (before[member.organisation][element], after)
                for member in members
                if element in before[member.organisation] and (after := member.known(element)) is not None
            ]
        ).reshape(-1, 2)
        for element in elements
    }
    kept = [element for element in elements if len(paired[element]) >= LEAST_TOGETHER]
    flips = {element: SignFlips.of(paired[element][:, 1] - paired[element][:, 0]) for element in kept}
    tested = [element for element in kept if element != OVERALL]
    p = np.array([flips[element].p_value() for element in tested])
    adjusted = dict(zip(tested, holm(p).tolist(), strict=True)) if tested else {}
    alphas = dict(zip(tested, holm_alphas(p).tolist(), strict=True)) if tested else {}
    changes = []
    for element in kept:
        held = adjusted.get(element, flips[element].p_value())
        change = flips[element].estimate
        low, high = flips[element].interval(alphas.get(element, ALPHA))
        sides = [(float(side.mean()), *mean_interval(side)) for side in paired[element].T]
        verdict: Verdict = "cannot_tell" if held > ALPHA else "up" if change > 0 else "down"
        changes.append(MeanChange(element, len(paired[element]), *sides[0], *sides[1], change, low, high, verdict))
    return changes
