"""The same scores under another level rule, with another target, or of one group of people only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import pandas as pd

from cxassess.context import OrganisationContext, Target
from cxassess.scoring.model import ALL, OVERALL, ROLE, ShownScores
from cxassess.scoring.rows import first, matching, read_rows

NO_TARGET: Final = "none"
YEARS: Final = 3
_OF_EVERYBODY: Final = (
    "levels",
    "weakest",
    "systematic",
    "distributions",
    "gaps",
    "role_scores_common",
    "changes",
    "benchmarks",
    "reliability",
    "careless",
    "units",
)


def decide_by(shown: ShownScores, rule: str) -> ShownScores:
    """Return the scores with everybody's overall level by another rule, as scoring has found it for each wave.

    By which rule an instrument decides changes nothing else in its scores. The overall level of single roles and units
    is left out: it is known by the instrument's own rule only.
    """
    instrument = shown.instrument.model_copy(update={"headline_rule": rule})
    reached = shown.levels[(shown.levels["rule"] == rule) & (shown.levels["element"] == OVERALL)]
    reached = reached[reached["reached"].fillna(False).astype(bool)]
    by_wave = dict(zip(zip(reached["organisation"], reached["wave"], strict=True), reached["level"], strict=True))
    scores = shown.scores.copy()
    total = scores["element"] == OVERALL
    everybody = total & (scores["group"] == ALL)
    scores.loc[total, "level"] = pd.NA
    keys = zip(scores.loc[everybody, "organisation"], scores.loc[everybody, "wave"], strict=True)
    scores.loc[everybody, "level"] = pd.array([by_wave.get(key, pd.NA) for key in keys], dtype="Int64")
    return replace(shown, instrument=instrument, scores=scores)


def aim(
    context: OrganisationContext | None, target: str, shown: ShownScores, organisation: str, wave: str
) -> OrganisationContext:
    """Return the context with no target, or with a level that every element is to reach.

    By the day of the organisation's own target, or else three years after the last answer.
    """
    known = context or OrganisationContext()
    if target == NO_TARGET:
        return known.model_copy(update={"target": None})
    day = known.target.date if known.target else _in_three_years(known, shown, organisation, wave)
    level = float(target)
    elements = {element.id: level for element in shown.instrument.elements}
    return known.model_copy(update={"target": Target(date=day, elements=elements, overall=level)})


def _in_three_years(known: OrganisationContext, shown: ShownScores, organisation: str, wave: str) -> date:
    row = first(matching(read_rows(shown.responses_by_role, organisation), wave=wave, group=ALL))
    begun = known.report_date or (row["last_answer"] if row else None) or date.today()
    return date(begun.year + YEARS, begun.month, min(begun.day, 28))


def until(shown: ShownScores, waves: Sequence[str], wave: str) -> ShownScores:
    """Return the scores of a wave and those before it, as they are without the later ones.

    Exact for the first two waves, which later waves don't change: only a newest wave is compared with every earlier
    one, and of the first two each has no more than one before it.
    """
    kept = set(waves[: waves.index(wave) + 1])
    frames = {}
    for name, frame in shown.frames.items():
        wave_of = frame["wave_to" if name == "changes" else "wave"]
        frames[name] = frame[wave_of.isin(kept)].reset_index(drop=True)
    return ShownScores(shown.instrument, **{**shown.frames, **frames})


def narrow(shown: ShownScores, group: str) -> ShownScores:
    """Return the scores of one role or unit in place of everybody's; what is known of everybody only is left out.

    Nothing is calculated: these are the group's own rows, as they came through the privacy gate.
    """
    frames = {name: frame.iloc[:0] for name, frame in shown.frames.items() if name in _OF_EVERYBODY}
    for name in ("scores", "items"):
        frame = getattr(shown, name)
        frames[name] = frame[frame["group"] == group].assign(group=ALL).reset_index(drop=True)
    said = shown.comments
    role = group.removeprefix(ROLE) if group.startswith(ROLE) else ""
    frames["comments"] = said[said["role"] == role].reset_index(drop=True) if role else said.iloc[:0]
    return ShownScores(shown.instrument, **{**shown.frames, **frames})
