"""The privacy gate where there are only sums: what may be shown of everybody's scores, and nothing else.

Of the scores of all respondents the gate of `privacy` hides few: those of fewer than five people, which the sums tell,
and those that give a hidden figure away because they are the same figure. That can only be where everybody with a score
is of one role or one unit, or answered one item only (`reach`), and where a group is small. These waves go through the
whole gate, on responses that stand in for theirs (`given`): what it hides follows from who answered what alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from cxassess.scoring.chunks import ResponseSums
from cxassess.scoring.design import Bools, Design, Ints
from cxassess.scoring.given import stand_in
from cxassess.scoring.hiding import TOO_FEW
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import ALL, MINIMUM_DISTRIBUTION, MINIMUM_GROUP, OVERALL, ROLE, ShownScores
from cxassess.scoring.privacy import apply_privacy
from cxassess.scoring.rounding import round_shown
from cxassess.scoring.score import score_responses

Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Waves:
    """The sums by wave: wave × role, and × item or × element."""

    keys: dict[tuple[str, str], int]
    people: Ints
    asked: Bools
    answered: Ints
    scored: Ints
    one_unit: Bools
    in_unit: Bools
    one_item: Bools


def find_doubtful(sums: ResponseSums) -> frozenset[tuple[str, str]]:
    """Return the waves of which the sums alone don't tell what is hidden."""
    waves = _by_wave(sums)
    membership = sums.design.membership == 1
    large = ((waves.people == 0) | (waves.people >= MINIMUM_GROUP)).all(axis=1) & waves.one_unit
    doubtful = np.zeros(len(waves.keys), dtype=np.bool_)
    for number in range(membership.shape[1]):
        scored, answered = waves.scored[:, :, number], waves.answered[:, :, membership[:, number]]
        groups = np.concatenate([scored, answered.reshape(len(scored), -1)], axis=1)
        safe = large & ((groups == 0) | (groups >= MINIMUM_GROUP)).all(axis=1)
        alone = ((scored > 0).sum(axis=1) == 1) | waves.in_unit[:, number] | waves.one_item[:, number]
        doubtful |= alone & ~safe & (answered.sum(axis=(1, 2)) > 0)
    doubtful &= waves.people.sum(axis=1) >= MINIMUM_GROUP
    return frozenset(key for key, number in waves.keys.items() if doubtful[number])


def gate_everybody(scores: pd.DataFrame, sums: ResponseSums, doubtful: pd.DataFrame) -> pd.DataFrame:
    """Return the rows about all respondents, hidden and rounded as `apply_privacy` does, or to a decimal less.

    Parameters
    ----------
    scores : DataFrame
        Rows of the frame ``scores``, as calculated.
    sums : ResponseSums
        What the scores were made of.
    doubtful : DataFrame
        The respondents of the waves of `find_doubtful`, from `given.gather`.

    Returns
    -------
    DataFrame
        Rows of the group ``all`` only; hidden ones keep their keys and hold no figures.
    """
    frame = scores[(scores["group"] == ALL).to_numpy(dtype=np.bool_)].reset_index(drop=True)
    reasons, bare, coarse = _from_sums(sums)
    if len(doubtful):
        told = _from_stand_in(doubtful, sums.design)
        reasons, bare, coarse = reasons | told[0], bare | told[1], told[2]
    keys = list(zip(*(frame[name].tolist() for name in ("organisation", "wave", "element")), strict=True))
    hidden = np.array([reasons.get(key, "") for key in keys], dtype=object)
    gone = hidden != ""
    frame.loc[np.array([key in bare for key in keys]), ["low", "high"]] = np.nan
    rough = np.array([key in coarse for key in keys])
    frame.loc[rough, "score"] = frame.loc[rough, "score"].round(1)
    frame.loc[rough, "agreement"] = np.nan
    frame.loc[gone, ["score", "low", "high", "coverage", "agreement"]] = np.nan
    frame.loc[gone, ["level", "n_respondents"]] = pd.NA
    frame.loc[gone, "status"] = "suppressed"
    frame.loc[gone, "reason"] = hidden[gone]
    return round_shown("scores", frame)


def _from_sums(sums: ResponseSums) -> tuple[dict[Key, str], set[Key], set[Key]]:
    """Return what is hidden of any wave: scores of fewer than five, intervals of single items of fewer than eight."""
    waves, elements = _by_wave(sums), [element.id for element in sums.design.instrument.elements]
    membership = sums.design.membership == 1
    few = np.zeros((len(waves.keys), len(elements) + 1), dtype=np.bool_)
    bare = np.zeros_like(few)
    for number in range(len(elements)):
        asked = waves.asked[:, :, membership[:, number]]
        concerned = np.where(asked.any(axis=2), waves.people, 0).sum(axis=1)
        total = waves.scored[:, :, number].sum(axis=1)
        given = waves.answered[:, :, membership[:, number]].sum(axis=(1, 2))
        few[:, number] = ((total > 0) & (total < MINIMUM_GROUP)) | ((concerned > 0) & (concerned < MINIMUM_GROUP))
        single = asked.any(axis=1).sum(axis=1) == 1
        bare[:, number] = single & (given > 0) & (given < MINIMUM_DISTRIBUTION)
    few[waves.people.sum(axis=1) < MINIMUM_GROUP] = True
    names, keys = [*elements, OVERALL], list(waves.keys)
    return (
        {(*keys[wave], names[number]): TOO_FEW for wave, number in np.argwhere(few).tolist()},
        {(*keys[wave], names[number]) for wave, number in np.argwhere(bare).tolist()},
        set(),
    )


def _from_stand_in(rows: pd.DataFrame, design: Design) -> tuple[dict[Key, str], set[Key], set[Key]]:
    """Return what the whole gate hides of some waves: reasons, missing intervals, and scores to one decimal only."""
    responses = stand_in(rows, design)
    calculated = score_responses(responses)
    shown = apply_privacy(calculated, responses)
    everybody = shown.scores[(shown.scores["group"] == ALL).to_numpy(dtype=np.bool_)]
    keys = zip(*(everybody[name].tolist() for name in ("organisation", "wave", "element")), strict=True)
    reasons = {
        key: reason
        for key, status, reason in zip(keys, everybody["status"], everybody["reason"], strict=True)
        if status == "suppressed"
    }
    return (reasons, *_find_spread(calculated.items, shown, design))


def _find_spread(calculated: pd.DataFrame, shown: ShownScores, design: Design) -> tuple[set[Key], set[Key]]:
    """Return where an element of a single item shows no interval, or one decimal only: `hiding` has the reason.

    Where roles that are hidden enter in steps of different size, the distribution goes, and a decimal of the score. Of
    fewer than eight answers the distribution goes anyway; there, roles of which only the item's mean is hidden count,
    too, and a score may lose a decimal that the reports show.
    """
    weighting = design.instrument.weighting
    if weighting.scheme == "respondents":
        return set(), set()
    single = _single_items(design)
    gone = ((shown.items["status"] == "suppressed") & (calculated["n"] > 0)).to_numpy(dtype=np.bool_)
    columns = [calculated.loc[gone, name].tolist() for name in ("organisation", "wave", "element", "group", "n")]
    steps: dict[Key, set[Fraction]] = {}
    for organisation, wave, element, group, n in zip(*columns, strict=True):
        if group != ALL and element in single[(organisation, wave) in design.pulse_waves]:
            weight = as_fraction(weighting.weights.get(group.removeprefix(ROLE), 1))
            steps.setdefault((organisation, wave, element), set()).add(weight / n)
    spread = shown.distributions[(shown.distributions["status"] == "scored").to_numpy(dtype=np.bool_)]
    of_item = {item.id: item.element for item in design.instrument.items}
    told = set(zip(spread["organisation"], spread["wave"], spread["item"].map(of_item), strict=True))
    return set(steps), {key for key, sizes in steps.items() if len(sizes) > 1 and key not in told}


def _single_items(design: Design) -> tuple[frozenset[str], frozenset[str]]:
    """Return the elements of which just one item is asked, on the full form and on the pulse form."""
    elements = np.array([element.id for element in design.instrument.elements], dtype=object)
    asked = design.asked.any(axis=0)
    forms = (asked, asked & design.pulse)
    full, pulse = (frozenset(elements[(design.membership[form].sum(axis=0) == 1)].tolist()) for form in forms)
    return full, pulse


def _by_wave(sums: ResponseSums) -> _Waves:
    parts, reach, design = sums.sums.parts, sums.sums.reach, sums.design
    pairs = list(zip(parts.cells["organisation"].tolist(), parts.cells["wave"].tolist(), strict=True))
    keys = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    place = (np.array([keys[pair] for pair in pairs], dtype=np.intp), parts.cells["role"].to_numpy(dtype=np.intp))
    shape = (len(keys), len(design.instrument.roles))
    people = np.zeros(shape, dtype=np.int64)
    answered = np.zeros((*shape, parts.answers.shape[1]), dtype=np.int64)
    scored = np.zeros((*shape, parts.pairs.shape[1]), dtype=np.int64)
    people[place], answered[place] = parts.people, parts.answers.sum(axis=2)
    scored[place] = np.diagonal(parts.pairs, axis1=1, axis2=2)
    lowest = np.full((len(keys), reach.lowest.shape[1]), np.iinfo(np.uint64).max, dtype=np.uint64)
    highest = np.zeros_like(lowest)
    items = np.zeros((len(keys), answered.shape[2]), dtype=np.bool_)
    np.minimum.at(lowest, place[0], reach.lowest)
    np.maximum.at(highest, place[0], reach.highest)
    np.logical_or.at(items, place[0], reach.items)
    on_pulse = np.array([key in design.pulse_waves for key in keys], dtype=np.bool_)
    asked = design.asked & (~on_pulse[:, None, None] | design.pulse)
    used = items.astype(np.int64) @ design.membership
    same = lowest == highest
    return _Waves(keys, people, asked, answered, scored, same[:, 0], same[:, 1:] & (highest[:, 1:] > 0), used < 2)
