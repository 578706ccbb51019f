"""From responses to scores: every frame of one or more organisations and waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from cxassess.context import OrganisationContext
from cxassess.errors import CxassessError, Problem
from cxassess.instrument.model import Instrument
from cxassess.responses.model import KEYS, Responses
from cxassess.scoring import details
from cxassess.scoring.benchmark import Benchmark, benchmark_rows
from cxassess.scoring.changes import change_rows, gather_people
from cxassess.scoring.coding import Coded, encode, find_pulse_waves
from cxassess.scoring.design import Design
from cxassess.scoring.finish import finish_rows, sort_groups
from cxassess.scoring.frames import build_frame
from cxassess.scoring.gaps import common_rows, gap_rows
from cxassess.scoring.group_scores import GroupScores, score_groups
from cxassess.scoring.groups import Contexts, WaveGroups, collect_groups
from cxassess.scoring.model import OVERALL, Scores
from cxassess.scoring.partials import partials

Row = tuple[Any, ...]
NAN: Final = float("nan")


def score_responses(
    responses: Responses,
    *,
    contexts: Mapping[str, OrganisationContext] | None = None,
    benchmark: Benchmark | None = None,
) -> Scores:
    """Score responses.

    Pure: the same responses give the same bits, whatever the order of the rows and of the organisations in the file.

    Parameters
    ----------
    responses : Responses
        Any number of organisations and waves.
    contexts : mapping, optional
        Organisation → what is known about it; the numbers invited give the finite-population correction.
    benchmark : Benchmark, optional
        Scores of other organisations.

    Returns
    -------
    Scores
        Everything that was calculated; `apply_privacy` makes of it what may be shown.

    Raises
    ------
    CxassessError
        If a context names a role or an element that the instrument lacks, fewer people invited than answered, or a
        target outside the levels.
    """
    contexts = contexts or {}
    instrument = responses.instrument
    answers = responses.answers.sort_values(list(KEYS), kind="stable").reset_index(drop=True)
    coded = encode(answers, responses.reasons, instrument)
    design = Design.of(instrument)
    design = Design.of(instrument, find_pulse_waves(coded, design))
    waves = collect_groups(partials(coded, design), instrument, contexts)
    check_contexts(contexts, waves, design)
    dates = pd.to_datetime(answers["answered_at"]).to_numpy(dtype="datetime64[us]")
    wave_rows, order = details.order_waves(coded, dates)
    waves = sort_groups(waves, order)
    grouped = score_groups(waves, design)
    overall = {key: _overall(scored[0]) for key, scored in grouped.items()}
    by_role = coded.by_role()
    seconds = answers["seconds"].to_numpy(dtype=np.float64, na_value=np.nan)
    rows: dict[str, list[Row]] = {
        **finish_rows(waves, grouped, design),
        "gaps": gap_rows(by_role, design, waves),
        "role_scores_common": common_rows(by_role, design, waves),
        "changes": _changes(coded, design, contexts, waves, order),
        "benchmarks": _benchmarks(grouped, waves, design, benchmark),
        "reliability": details.reliability_rows(coded, design, waves),
        "careless": details.careless_rows(coded, seconds, design, contexts, overall),
        "units": [row for wave in waves for row in details.unit_rows(wave, design)],
        "responses_by_role": details.response_rows(coded, dates, waves, design),
        "waves": wave_rows,
    }
    return Scores(instrument=instrument, **{name: build_frame(name, found) for name, found in rows.items()})


def check_contexts(contexts: Contexts, waves: Sequence[WaveGroups], design: Design) -> None:
    """Raise CxassessError with everything in the contexts that does not fit the instrument or the responses."""
    roles = {role.id: number for number, role in enumerate(design.instrument.roles)}
    problems = []
    for wave in waves:
        context = contexts.get(wave.organisation)
        given = context.invited.get(wave.wave, {}) if context else {}
        for role, invited in given.items():
            where = f"{wave.organisation}: invited, wave {wave.wave}, {role}"
            if role not in roles:
                problems.append(Problem(where, "the instrument has no such role", f"Use one of {', '.join(roles)}."))
                continue
            answered = wave.roles[roles[role]].people if roles[role] in wave.roles else 0
            if invited < answered:
                problems.append(
                    Problem(where, f"{invited} invited, but {answered} answered", "Correct the number or leave it out.")
                )
    for organisation in dict.fromkeys(wave.organisation for wave in waves):
        problems += _check_target(organisation, contexts.get(organisation), design.instrument)
    if problems:
        raise CxassessError(problems)


def _check_target(organisation: str, context: OrganisationContext | None, instrument: Instrument) -> list[Problem]:
    if context is None or context.target is None:
        return []
    known, top = [element.id for element in instrument.elements], instrument.level_count
    aims = {**context.target.elements, OVERALL: context.target.overall}
    problems = []
    for element, aim in aims.items():
        where = f"{organisation}: target, {element}"
        if element not in (*known, OVERALL):
            problems.append(Problem(where, "the instrument has no such element", f"Use some of {', '.join(known)}."))
        elif aim is not None and not 1 <= aim <= top:
            problems.append(Problem(where, f"{aim:g} is not on the scale", f"Write a score from 1 to {top}."))
    return problems


def _overall(everyone: GroupScores) -> float:
    return NAN if everyone.found.overall is None else float(everyone.found.overall)


def _changes(
    coded: Coded,
    design: Design,
    contexts: Contexts,
    waves: Sequence[WaveGroups],
    order: Mapping[str, list[str]],
) -> list[Row]:
    """Return the rows of ``changes``: each wave against the one before, and the newest against every earlier one.

    A wave on the pulse form is compared on the pulse items only.
    """
    several = {organisation for organisation, labels in order.items() if len(labels) > 1}
    repeated = [wave for wave in waves if wave.organisation in several]
    people = gather_people(coded, design, repeated)
    on_pulse = people
    if repeated and design.pulse_waves:
        pulse = design.only(design.pulse)
        sums = partials(coded, pulse, with_items=False)
        groups = collect_groups(sums, design.instrument, contexts)
        on_pulse = gather_people(coded, pulse, groups)
    rows: list[Row] = []
    for organisation, labels in order.items():
        last = len(labels) - 1
        pairs = {(place - 1, place) for place in range(1, last + 1)} | {(place, last) for place in range(last)}
        for first, second in sorted(pairs):
            keys = ((organisation, labels[first]), (organisation, labels[second]))
            mixed = (keys[0] in design.pulse_waves) != (keys[1] in design.pulse_waves)
            chosen = on_pulse if mixed else people
            rows += change_rows(chosen[keys[0]], chosen[keys[1]], design.instrument)
    return rows


def _benchmarks(
    grouped: Mapping[tuple[str, str], list[GroupScores]],
    waves: Sequence[WaveGroups],
    design: Design,
    benchmark: Benchmark | None,
) -> list[Row]:
    if benchmark is None:
        return []
    rows: list[Row] = []
    for wave in waves:
        found = grouped[wave.key][0].found
        scores = [(e.id, score) for e, score in zip(design.instrument.elements, found.values.tolist(), strict=True)]
        rows += benchmark_rows(wave.key, [*scores, (OVERALL, _overall(grouped[wave.key][0]))], benchmark)
    return rows
