"""The privacy gate: the one way from scores to what may be shown."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.instrument.model import Systematic
from cxassess.responses.model import Responses
from cxassess.scoring.blank import Gate, blank_rows
from cxassess.scoring.coding import Coded, encode, find_pulse_waves
from cxassess.scoring.comment_gate import show_comments
from cxassess.scoring.design import Design
from cxassess.scoring.element_audit import Presence, find_presence
from cxassess.scoring.frames import change_columns, plain_values, put_values
from cxassess.scoring.hidden import TOO_FEW, WITHHELD, Hidden, WaveCounts
from cxassess.scoring.hiding import decide
from cxassess.scoring.model import (
    ALL,
    MINIMUM_DISTRIBUTION,
    MINIMUM_GROUP,
    OVERALL,
    ROLE,
    UNIT,
    Scores,
    ShownScores,
)
from cxassess.scoring.rounding import round_shown

Key = tuple[str, str]
_EACH_LEVEL: Final = ("level",)
_OTHERS: Final = ("n", "q25", "median", "q75")


def apply_privacy(scores: Scores, responses: Responses) -> ShownScores:
    """Hide everything from which a small group's answers could be read or worked out.

    Groups (roles, units) with fewer than five respondents are hidden, and further groups with them, so that no
    combination of shown figures gives a hidden group's mean: not by subtraction from everybody's score (whether roles
    or respondents count equally), nor through units, items, gaps or scores on common items (`hiding.decide`). The
    rule holds in each element and item for those who answered there. With fewer than five respondents in a wave,
    nothing of that wave is shown. Distributions need eight answers, counts of careless answers eight respondents; the
    score without careless answers is shown only if none, or at least five and no role is hidden. Intervals and
    agreement of items go where trying out whole numbers would give single answers (`hiding.decide`), and every figure
    is rounded to what is printed (`round_shown`). Hidden rows keep their keys and hold no figures, not even how many
    answered.

    Parameters
    ----------
    scores : Scores
        From `score_responses`.
    responses : Responses
        The same responses.

    Returns
    -------
    ShownScores
        The same frames and the comments that may be shown.
    """
    coded = encode(responses.answers, responses.reasons, scores.instrument)
    design = Design.of(scores.instrument)
    design = Design.of(scores.instrument, find_pulse_waves(coded, design))
    hidden = {key: decide(counts, design) for key, counts in _count(scores, coded, design).items()}
    gate = Gate(scores, hidden)
    frames = {
        "scores": gate.without_spread(gate.blank("scores", ("element", "group"), Hidden.element), "element"),
        "levels": gate.blank("levels", ("element",), _level, keep=_EACH_LEVEL),
        "weakest": gate.blank("weakest", (), lambda wave: wave.element(OVERALL, ALL)),
        "systematic": gate.blank("systematic", (), partial(_systematic, scores.instrument.systematic)),
        "items": gate.without_spread(gate.blank("items", ("item", "group"), _item), "item"),
        "distributions": _distributions(gate),
        "gaps": gate.blank("gaps", ("element", "high_group", "low_group"), Hidden.gap),
        "role_scores_common": gate.blank("role_scores_common", ("element", "group"), Hidden.common_score),
        "changes": _changes(gate),
        "benchmarks": gate.blank("benchmarks", ("element",), _everybody, keep=_OTHERS),
        "reliability": gate.blank("reliability", ("element", "n"), _reliability),
        "careless": _careless(gate),
        "units": gate.blank("units", ("element",), _units),
        "responses_by_role": _to_days(gate.blank("responses_by_role", ("group",), Hidden.group)),
        "waves": gate.blank("waves", (), lambda wave: TOO_FEW if wave.everything else ""),
    }
    rounded = {name: round_shown(name, frame) for name, frame in frames.items()}
    return ShownScores(instrument=scores.instrument, **rounded, comments=show_comments(responses, hidden))


def _count(scores: Scores, coded: Coded, design: Design) -> dict[Key, WaveCounts]:
    scored = _by_wave(scores.scores, ["element", "group"], "n_respondents")
    answered = _by_wave(scores.items, ["item", "group"], "n")
    high, low = (_by_wave(scores.gaps, ["element", "high_group", "low_group"], n) for n in ("n_high", "n_low"))
    common = _by_wave(scores.role_scores_common, ["element", "group"], "score")
    return {
        key: WaveCounts(
            presence=presence,
            people=_people(presence, design),
            scored=scored[key],
            answered=answered.get(key, {}),
            gaps={gap: min(n, low[key][gap]) for gap, n in high.get(key, {}).items()},
            common=tuple(place for place, score in common.get(key, {}).items() if score),
        )
        for key, presence in find_presence(coded, design).items()
    }


def _people(presence: Presence, design: Design) -> dict[str, int]:
    people = {ALL: presence.role.size}
    people |= {ROLE + role.id: int((presence.role == n).sum()) for n, role in enumerate(design.instrument.roles)}
    people |= {UNIT + unit: int((presence.unit == n).sum()) for n, unit in enumerate(presence.units)}
    return {group: n for group, n in people.items() if n}


def _by_wave(frame: pd.DataFrame, names: list[str], value: str) -> dict[Key, dict[Any, Any]]:
    """Return for each wave the values by the other columns; 0 where there is none."""
    found: dict[Key, dict[Any, Any]] = {}
    columns = [plain_values(frame[name]) for name in ("organisation", "wave", *names, value)]
    for organisation, wave, *key, n in zip(*columns, strict=True):
        found.setdefault((organisation, wave), {})[tuple(key)] = n or 0
    return found


def _everybody(wave: Hidden, element: str) -> str:
    return wave.element(element, ALL)


def _reliability(wave: Hidden, element: str, n: int) -> str:
    return wave.element(element, ALL) or (TOO_FEW if n < MINIMUM_GROUP else "")


def _level(wave: Hidden, element: str) -> str:
    return wave.element(element, ALL) or wave.intervals.get((element, ALL), "")


def _item(wave: Hidden, item: str, group: str) -> str:
    return wave.item(item, group) or wave.means.get((item, group), "")


def _systematic(rule: Systematic | None, wave: Hidden) -> str:
    reasons = [wave.element(element, ALL) for element in (rule.elements if rule else ())]
    return next((reason for reason in reasons if reason), "")


def _units(wave: Hidden, element: str) -> str:
    """With few units their spread gives a hidden one away, so it goes with any that is withheld."""
    gone = [reason for (one, group), reason in wave.elements.items() if one == element and group.startswith(UNIT)]
    return wave.element(element, ALL) or (WITHHELD if WITHHELD in gone else "")


def _changes(gate: Gate) -> pd.DataFrame:
    frame = gate.scores.changes
    names = ("organisation", "element", "wave_from", "wave_to", "n_from", "n_to", "status")
    reasons = []
    for organisation, element, *waves, n_from, n_to, status in zip(*gate.values(frame, names), strict=True):
        found = [gate.hidden[(organisation, wave)].element(element, ALL) for wave in waves]
        if min(n_from, n_to) < MINIMUM_GROUP and status == "scored":
            found.append(TOO_FEW)
        reasons.append(next((reason for reason in found if reason), ""))
    return blank_rows(frame, "changes", reasons)


def _distributions(gate: Gate) -> pd.DataFrame:
    frame = gate.scores.distributions
    totals = frame.groupby(["organisation", "wave", "item"])["n"].transform("sum").tolist()
    reasons = []
    for wave, item, n in zip(gate.waves(frame), plain_values(frame["item"]), totals, strict=True):
        reason = wave.item(item, ALL) or (TOO_FEW if 0 < n < MINIMUM_DISTRIBUTION else "")
        reasons.append(reason or wave.spreads.get((item, ALL), ""))
    return blank_rows(frame, "distributions", reasons, _EACH_LEVEL)


def _to_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Return who answered when by the day: the minute of the last answer is one person's."""
    return change_columns(frame, {name: frame[name].dt.normalize().array for name in ("first_answer", "last_answer")})


def _careless(gate: Gate) -> pd.DataFrame:
    frame = gate.scores.careless
    people = {
        key: found[(ALL,)] for key, found in _by_wave(gate.scores.responses_by_role, ["group"], "n_respondents").items()
    }
    few, alone, total = [], [], []
    for key, wave, flagged in zip(gate.keys(frame), gate.waves(frame), plain_values(frame["n_flagged"]), strict=True):
        n = people[key]
        few.append(n < MINIMUM_DISTRIBUTION)
        several = 0 < flagged < MINIMUM_GROUP or n - flagged < MINIMUM_GROUP
        alone.append(few[-1] or several or bool(flagged and any(group.startswith(ROLE) for group in wave.groups)))
        total.append(bool(wave.element(OVERALL, ALL)))
    rows = {name: np.array(flags, dtype=np.bool_) for name, flags in (("few", few), ("alone", alone), ("total", total))}
    columns = {name: put_values(frame[name], rows["few"], pd.NA) for name in ("n_flagged", "n_long_run", "n_fast")}
    columns["score_without"] = put_values(frame["score_without"], rows["alone"] | rows["total"], np.nan)
    columns["score_all"] = put_values(frame["score_all"], rows["total"], np.nan)
    return change_columns(frame, columns)
