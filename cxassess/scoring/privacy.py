"""The privacy gate: the one way from scores to what may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.responses.model import Responses
from cxassess.scoring.coding import Coded, Design, encode, find_pulse_waves
from cxassess.scoring.comment_gate import show_comments
from cxassess.scoring.element_audit import Presence, find_presence
from cxassess.scoring.hiding import TOO_FEW, WITHHELD, Hidden, WaveCounts, decide
from cxassess.scoring.model import (
    ALL,
    COLUMNS,
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
_KEYS: Final = frozenset(
    {
        "instrument",
        "organisation",
        "wave",
        "wave_from",
        "wave_to",
        "element",
        "group",
        "item",
        "rule",
        "high_group",
        "low_group",
        "n_invited",
        "items",
        "order",
    }
)
_NOTHING: Final = {"verdict": "cannot_tell", "agreement": TOO_FEW, "status": "suppressed", "missing": ""}
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
    frames = {
        "scores": _without_spread(
            _gate(scores, "scores", lambda row: _of(hidden, row).element(row["element"], row["group"])),
            "element",
            hidden,
        ),
        "levels": _gate(scores, "levels", lambda row: _level(_of(hidden, row), row), keep=_EACH_LEVEL),
        "weakest": _gate(scores, "weakest", lambda row: _of(hidden, row).element(OVERALL, ALL)),
        "systematic": _gate(scores, "systematic", lambda row: _systematic(_of(hidden, row), scores)),
        "items": _without_spread(_gate(scores, "items", lambda row: _item(_of(hidden, row), row)), "item", hidden),
        "distributions": _distributions(scores, hidden),
        "gaps": _gate(scores, "gaps", lambda row: _gap(_of(hidden, row), row)),
        "role_scores_common": _gate(scores, "role_scores_common", lambda row: _common(_of(hidden, row), row)),
        "changes": _gate(scores, "changes", lambda row: _change(hidden, row)),
        "benchmarks": _gate(
            scores, "benchmarks", lambda row: _of(hidden, row).element(row["element"], ALL), keep=_OTHERS
        ),
        "reliability": _gate(scores, "reliability", lambda row: _reliability(_of(hidden, row), row)),
        "careless": _careless(scores, hidden),
        "units": _gate(scores, "units", lambda row: _units(_of(hidden, row), row)),
        "responses_by_role": _gate(scores, "responses_by_role", lambda row: _group(_of(hidden, row), row["group"])),
        "waves": _gate(scores, "waves", lambda row: TOO_FEW if _of(hidden, row).everything else ""),
    }
    frames["responses_by_role"] = _to_days(frames["responses_by_role"])
    rounded = {name: round_shown(name, frame) for name, frame in frames.items()}
    return ShownScores(instrument=scores.instrument, **rounded, comments=show_comments(responses, hidden))


def _count(scores: Scores, coded: Coded, design: Design) -> dict[Key, WaveCounts]:
    scored = _by_wave(scores.scores, ["element", "group"], "n_respondents")
    answered = _by_wave(scores.items, ["item", "group"], "n")
    gaps = _by_wave(
        scores.gaps.assign(n=scores.gaps[["n_high", "n_low"]].min(axis=1)), ["element", "high_group", "low_group"], "n"
    )
    told = scores.role_scores_common[scores.role_scores_common["score"].notna()]
    common = _by_wave(told.assign(n=1), ["element", "group"], "n")
    return {
        key: WaveCounts(
            presence=presence,
            people=_people(presence, design),
            scored=scored[key],
            answered=answered.get(key, {}),
            gaps=gaps.get(key, {}),
            common=tuple(common.get(key, {})),
        )
        for key, presence in find_presence(coded, design).items()
    }


def _people(presence: Presence, design: Design) -> dict[str, int]:
    people = {ALL: presence.role.size}
    people |= {ROLE + role.id: int((presence.role == n).sum()) for n, role in enumerate(design.instrument.roles)}
    people |= {UNIT + unit: int((presence.unit == n).sum()) for n, unit in enumerate(presence.units)}
    return {group: n for group, n in people.items() if n}


def _by_wave(frame: pd.DataFrame, names: list[str], value: str) -> dict[Key, dict[Any, int]]:
    found: dict[Key, dict[Any, int]] = {}
    columns = [frame[name].tolist() for name in ("organisation", "wave", *names)]
    for *key, n in zip(*columns, frame[value].fillna(0).astype("int64").tolist(), strict=True):
        found.setdefault((key[0], key[1]), {})[tuple(key[2:])] = n
    return found


def _of(hidden: dict[Key, Hidden], row: dict[str, Any]) -> Hidden:
    return hidden[(row["organisation"], row["wave"])]


def _group(hidden: Hidden, group: str) -> str:
    return TOO_FEW if hidden.everything else hidden.groups.get(group, "")


def _gap(hidden: Hidden, row: dict[str, Any]) -> str:
    key = (row["element"], row["high_group"], row["low_group"])
    return TOO_FEW if hidden.everything else hidden.gaps.get(key, "")


def _common(hidden: Hidden, row: dict[str, Any]) -> str:
    return TOO_FEW if hidden.everything else hidden.common.get((row["element"], row["group"]), "")


def _reliability(hidden: Hidden, row: dict[str, Any]) -> str:
    return hidden.element(row["element"], ALL) or (TOO_FEW if row["n"] < MINIMUM_GROUP else "")


def _level(hidden: Hidden, row: dict[str, Any]) -> str:
    element = row["element"]
    return hidden.element(element, ALL) or hidden.intervals.get((element, ALL), "")


def _item(hidden: Hidden, row: dict[str, Any]) -> str:
    return hidden.item(row["item"], row["group"]) or hidden.means.get((row["item"], row["group"]), "")


def _systematic(hidden: Hidden, scores: Scores) -> str:
    rule = scores.instrument.systematic
    reasons = [hidden.element(element, ALL) for element in (rule.elements if rule else ())]
    return next((reason for reason in reasons if reason), "")


def _units(hidden: Hidden, row: dict[str, Any]) -> str:
    """With few units their spread gives a hidden one away, so it goes with any that is withheld."""
    gone = [reason for (element, group), reason in hidden.elements.items() if _is_unit(element, group, row["element"])]
    return hidden.element(row["element"], ALL) or (WITHHELD if WITHHELD in gone else "")


def _is_unit(element: str, group: str, wanted: str) -> bool:
    return element == wanted and group.startswith(UNIT)


def _change(hidden: dict[Key, Hidden], row: dict[str, Any]) -> str:
    waves = [hidden[(row["organisation"], row[name])] for name in ("wave_from", "wave_to")]
    reasons = [wave.element(row["element"], ALL) for wave in waves]
    if min(row["n_from"], row["n_to"]) < MINIMUM_GROUP and row["status"] == "scored":
        reasons.append(TOO_FEW)
    return next((reason for reason in reasons if reason), "")


def _gate(scores: Scores, name: str, why: Callable[[dict[str, Any]], str], *, keep: Sequence[str] = ()) -> pd.DataFrame:
    """Return a frame with the rows blanked for which there is a reason."""
    frame: pd.DataFrame = getattr(scores, name)
    return _blank(frame, name, [why(row) for row in _records(frame)], keep)


def _records(frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    names = list(frame.columns)
    return (dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None))


def _blank(frame: pd.DataFrame, name: str, reasons: Sequence[str], keep: Sequence[str] = ()) -> pd.DataFrame:
    blanked = frame.copy()
    rows = np.array([bool(reason) for reason in reasons], dtype=np.bool_)
    if not rows.any():
        return blanked
    kept = {*keep, *_KEYS} - ({"element"} if name == "weakest" else set())
    for column, kind in COLUMNS[name].items():
        if column == "reason":
            blanked.loc[rows, column] = [reason for reason in reasons if reason]
        elif column in _NOTHING and kind == "str":
            blanked.loc[rows, column] = _NOTHING[column]
        elif column not in kept:
            blanked.loc[rows, column] = _empty(kind)
    return blanked


def _empty(kind: str) -> Any:
    if kind in {"Int64", "boolean"}:
        return pd.NA
    return pd.NaT if kind.startswith("datetime") else np.nan


def _distributions(scores: Scores, hidden: dict[Key, Hidden]) -> pd.DataFrame:
    frame = scores.distributions
    totals = frame.groupby(["organisation", "wave", "item"])["n"].transform("sum").tolist()
    reasons = []
    for row, n in zip(_records(frame), totals, strict=True):
        reason = _of(hidden, row).item(row["item"], ALL)
        reason = reason or (TOO_FEW if 0 < n < MINIMUM_DISTRIBUTION else "")
        reasons.append(reason or _of(hidden, row).spreads.get((row["item"], ALL), ""))
    return _blank(frame, "distributions", reasons, _EACH_LEVEL)


def _without_spread(frame: pd.DataFrame, key: str, hidden: dict[Key, Hidden]) -> pd.DataFrame:
    """Blank intervals and agreement, and make means coarse, where `hiding` says so; the means stay."""
    states = [(_of(hidden, row), (row[key], row["group"])) for row in _records(frame)]
    gone = np.array([pair in state.intervals for state, pair in states], dtype=np.bool_)
    frame.loc[gone, ["low", "high"]] = np.nan
    gone = np.array([pair in state.spreads for state, pair in states], dtype=np.bool_)
    for column in frame.columns.intersection(["r_wg", "a_wg", "ad", "agreement"]):
        frame.loc[gone, column] = TOO_FEW if COLUMNS["items"][column] == "str" and key == "item" else np.nan
    coarse = np.array([_is_coarse(state, *pair, key) for state, pair in states], dtype=np.bool_)
    mean = "mean" if key == "item" else "score"
    frame.loc[coarse, mean] = frame.loc[coarse, mean].round(1)
    return frame


def _is_coarse(state: Hidden, name: str, group: str, key: str) -> bool:
    """Say whether a mean goes to one decimal, as all of a role's items: two give the one who left out one of two."""
    return name in state.coarse if group == ALL else key == "item"


def _to_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Return who answered when by the day: the minute of the last answer is one person's."""
    return frame.assign(**{name: frame[name].dt.normalize() for name in ("first_answer", "last_answer")})


def _careless(scores: Scores, hidden: dict[Key, Hidden]) -> pd.DataFrame:
    frame = scores.careless.copy()
    everybody = scores.responses_by_role[scores.responses_by_role["group"] == ALL]
    people = {(row["organisation"], row["wave"]): int(row["n_respondents"]) for row in _records(everybody)}
    for index, row in zip(frame.index, _records(scores.careless), strict=True):
        n, flagged = people[(row["organisation"], row["wave"])], int(row["n_flagged"])
        if n < MINIMUM_DISTRIBUTION:
            frame.loc[index, ["n_flagged", "n_long_run", "n_fast"]] = pd.NA
        few = n < MINIMUM_DISTRIBUTION or 0 < flagged < MINIMUM_GROUP or n - flagged < MINIMUM_GROUP
        if few or (flagged and any(group.startswith(ROLE) for group in _of(hidden, row).groups)):
            frame.loc[index, "score_without"] = np.nan
        if _of(hidden, row).element(OVERALL, ALL):
            frame.loc[index, ["score_all", "score_without"]] = np.nan
    return frame
