"""A finding, an action, and what is found for one organisation and wave: data first, words later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cxassess.scoring.model import OVERALL

Kind = Literal[
    "overall_level",
    "weakest_link",
    "systematic",
    "not_systematic",
    "role_gap",
    "role_agreement",
    "setback",
    "change_up",
    "change_down",
    "change_none",
    "best_so_far",
    "root_cause",
    "strength",
    "coherence",
    "benchmark_ahead",
    "benchmark_behind",
    "disagreement",
    "consistency",
    "element_level",
    "unknown",
    "careless",
]

KINDS: Final[tuple[Kind, ...]] = Kind.__args__  # type: ignore[attr-defined]
MAIN_KINDS: Final[tuple[Kind, ...]] = (
    "weakest_link",
    "role_gap",
    "setback",
    "change_up",
    "root_cause",
    "benchmark_behind",
    "coherence",
    "strength",
    "disagreement",
    "role_agreement",
    "change_none",
    "unknown",
)

Value = float | int | str


@dataclass(frozen=True)
class Finding:
    """One thing that the scores say.

    Parameters
    ----------
    kind : Kind
        What sort of finding it is; one of ``KINDS``.
    element : str
        The element it is about, ``"overall"``, or an empty string (then ``numbers`` or ``evidence`` say about what).
    numbers : mapping of str to number or str
        The figures behind it; a figure that is unknown or hidden is left out, never NaN.
    evidence : tuple of str
        Ids of the items it rests on.
    strength : float
        How much it matters among findings of its kind; for a root cause the strength of the evidence, 0–3.
    """

    kind: Kind
    element: str
    numbers: Mapping[str, Value]
    evidence: tuple[str, ...] = ()
    strength: float = 0.0

    def number(self, key: str) -> float | None:
        """Return a figure, or None where it is not known."""
        value = self.numbers.get(key)
        return float(value) if isinstance(value, (int, float)) else None

    def word(self, key: str) -> str:
        """Return an id or a word among the figures, or an empty string."""
        value = self.numbers.get(key, "")
        return value if isinstance(value, str) else str(value)


@dataclass(frozen=True)
class Action:
    """A next step chosen for the plan, with its place in it.

    Parameters
    ----------
    number : int
        Place in the plan, from 1.
    element : str
        The element it lifts.
    from_level, to_level : int
        The level the element is at, and the next one.
    title, action, who, after_90_days : str
        The texts of the instrument's next step.
    effort, impact : int
        1–5, from the instrument.
    quick_win : bool
        Little effort, and people can see it within about four weeks.
    weeks : tuple of int
        First and last week in the 90-day plan.
    milestones : tuple of int
        Weeks in which something is shown.
    priority : float
        Gap × weight × impact ÷ effort (see ``cxassess.findings.priorities``).
    now : bool
        Begins now; the others wait.
    """

    number: int
    element: str
    from_level: int
    to_level: int
    title: str
    action: str
    who: str
    after_90_days: str
    effort: int
    impact: int
    quick_win: bool
    weeks: tuple[int, int]
    milestones: tuple[int, ...]
    priority: float
    now: bool


@dataclass(frozen=True)
class Findings:
    """Everything found for one organisation and wave.

    Parameters
    ----------
    findings : tuple of Finding
        By kind in the order of ``KINDS``, then by strength.
    actions : tuple of Action
        In the order of the plan.
    waves : int
        How many waves there are, up to and including this one.
    """

    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    waves: int = 1

    def of(self, *kinds: Kind) -> tuple[Finding, ...]:
        """Return the findings of these kinds, in order."""
        return tuple(finding for finding in self.findings if finding.kind in kinds)

    def about(self, element: str, *kinds: Kind) -> tuple[Finding, ...]:
        """Return the findings about one element (or ``"overall"``), of these kinds if any are named."""
        return tuple(
            finding for finding in self.findings if finding.element == element and (not kinds or finding.kind in kinds)
        )

    def first(self, *kinds: Kind, element: str | None = None) -> Finding | None:
        """Return the first finding of these kinds (about an element, if one is named), or None."""
        found = self.of(*kinds) if element is None else self.about(element, *kinds)
        return found[0] if found else None

    def main(self, count: int = 3) -> tuple[Finding, ...]:
        """Return the findings for a one-page summary: the most telling, each of another kind.

        A root cause is taken from a strength of 2, a coherence finding where elements lie a level apart; an agreement
        between roles or an unchanged total comes in only where there is nothing stronger to say.
        """
        chosen: list[Finding] = []
        for kind in MAIN_KINDS:
            fitting = [finding for finding in self.of(kind) if _tells(finding)]
            if fitting and len(chosen) < count:
                chosen.append(fitting[0])
        return tuple(chosen)


def _tells(finding: Finding) -> bool:
    if finding.kind == "root_cause":
        return finding.strength >= 2
    if finding.kind == "coherence":
        return finding.strength >= 1
    if finding.kind in ("role_gap", "role_agreement", "change_up", "change_none"):
        return finding.element == OVERALL
    return True
