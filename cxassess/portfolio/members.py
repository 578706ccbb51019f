"""The organisations of a portfolio: what may be shown of each one's newest wave, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from cxassess.context import OrganisationContext
from cxassess.instrument.model import LEVEL_RULES
from cxassess.scoring import ShownScores
from cxassess.scoring.model import ALL, OVERALL
from cxassess.scoring.rows import Row, first, matching, read_rows

SCORED: Final = "scored"


@dataclass(frozen=True)
class MemberScore:
    """An organisation's score on an element, or overall; None where it may not be shown, and why."""

    score: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Member:
    """One organisation of the portfolio, in its newest wave.

    Parameters
    ----------
    organisation, wave : str
        As in the responses.
    wave_name : str
        As printed.
    answered_on : date or None
        Day of the last answer.
    industry, country : str
        As in its context; empty if it says nothing.
    respondents, invited : int or None
        How many answered, and of how many; None where it may not be shown or is not known.
    scores : mapping
        Element, or ``overall``, → its score.
    levels : mapping
        Rule → the level that the organisation has by it, or None.
    chances : mapping
        Level → its probability by the instrument's own rule; empty where there is none.
    systematic : bool or None
        Whether it counts as systematic, if that is known.
    chance_systematic : float or None
        How likely that is.
    missing : tuple of str
        Deciding elements that are below the systematic level.
    """

    organisation: str
    wave: str
    wave_name: str
    answered_on: date | None
    industry: str
    country: str
    respondents: int | None
    invited: int | None
    scores: Mapping[str, MemberScore]
    levels: Mapping[str, int | None]
    chances: Mapping[int, float]
    systematic: bool | None
    chance_systematic: float | None
    missing: tuple[str, ...] = ()

    @property
    def overall(self) -> MemberScore:
        """The overall score."""
        return self.scores[OVERALL]

    @property
    def shown(self) -> bool:
        """Whether the overall score may be shown."""
        return self.overall.score is not None

    def known(self, element: str) -> float | None:
        """Return the score on an element, or None."""
        return self.scores[element].score


def list_members(shown: ShownScores, contexts: Mapping[str, OrganisationContext]) -> tuple[Member, ...]:
    """Return every organisation of the scores by name, each in its newest wave.

    Parameters
    ----------
    shown : ShownScores
        Scores behind the privacy gate; no figure comes from anywhere else.
    contexts : mapping
        Organisation → what is known besides.
    """
    frames = ("scores", "levels", "systematic", "responses_by_role", "waves")
    members = []
    for name, own in sorted(shown.split().items()):
        rows = {frame: read_rows(getattr(own, frame), name) for frame in frames}
        wave = str(max(rows["waves"], key=lambda row: int(row["order"]))["wave"])
        here = {frame: matching(found, wave=wave) for frame, found in rows.items()}
        members.append(_member(name, wave, here, shown, contexts.get(name, OrganisationContext())))
    return tuple(members)


def _member(
    name: str, wave: str, rows: Mapping[str, list[Row]], shown: ShownScores, context: OrganisationContext
) -> Member:
    everyone = matching(rows["scores"], group=ALL)
    elements = [*(element.id for element in shown.instrument.elements), OVERALL]
    scores = {element: _score(first(matching(everyone, element=element))) for element in elements}
    answered = first(matching(rows["responses_by_role"], group=ALL))
    open_count = answered is not None and answered["status"] != "suppressed"
    reached = {rule: first(matching(rows["levels"], element=OVERALL, rule=rule, reached=True)) for rule in LEVEL_RULES}
    by_rule = matching(rows["levels"], element=OVERALL, rule=shown.instrument.headline_rule)
    flag = first(rows["systematic"])
    seen = scores[OVERALL].score is not None
    return Member(
        organisation=name,
        wave=wave,
        wave_name=context.wave_names.get(wave, wave),
        answered_on=answered["last_answer"] if answered else None,
        industry=context.industry.strip(),
        country=context.country.strip(),
        respondents=_whole(answered, "n_respondents") if open_count else None,
        invited=_whole(answered, "n_invited"),
        scores=scores,
        levels={rule: int(row["level"]) if row and seen else None for rule, row in reached.items()},
        chances={int(row["level"]): row["probability"] for row in by_rule if row["probability"] is not None},
        systematic=None if flag is None or flag["systematic"] is None else bool(flag["systematic"]),
        chance_systematic=flag["probability"] if flag else None,
        missing=tuple(part for part in str(flag["missing"] or "").split(",") if part) if flag else (),
    )


def _score(row: Row | None) -> MemberScore:
    if row is None:
        return MemberScore(None, reason="no_answers")
    if row["status"] != SCORED or row["score"] is None:
        return MemberScore(None, reason=str(row["reason"] or "no_answers"))
    return MemberScore(row["score"], row["low"], row["high"])


def _whole(row: Row | None, column: str) -> int | None:
    return None if row is None or row[column] is None else int(row[column])
