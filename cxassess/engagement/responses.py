"""The engagement's responses and context, as everything that scores and reports takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxassess.context import OrganisationContext, Target
from cxassess.engagement.agreements import read_agreements
from cxassess.engagement.asked import list_asked
from cxassess.engagement.frozen import FrozenForm, newest_snapshot, read_forms, read_invited
from cxassess.engagement.model import Snapshot, Wave
from cxassess.engagement.plan import Plan
from cxassess.engagement.store import Store
from cxassess.engagement.waves import wave, waves
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import Instrument
from cxassess.instrument.structure_rules import OVERALL
from cxassess.responses import Responses, Source
from cxassess.responses.draft import Draft, build_frames
from cxassess.responses.words import DONT_KNOW, MISSING, NOT_APPLICABLE

_CODES = {"dont_know": DONT_KNOW, "not_applicable": NOT_APPLICABLE}


@dataclass(frozen=True)
class _Row:
    wave: Wave
    respondent: str
    form: FrozenForm


def read_responses(store: Store, names: Sequence[str] | None = None, *, language: str = "") -> Responses:
    """Return the responses of the newest snapshot of each wave; the same as read from a file.

    Parameters
    ----------
    store : Store
        The engagement.
    names : sequence of str, optional
        Which waves; all that have a snapshot if left out.
    language : str
        Of the instrument; the engagement's if empty.

    Raises
    ------
    CxassessError
        If a wave that is named, or every wave, has no snapshot.
    """
    chosen = [wave(store, name) for name in names] if names is not None else list(waves(store))
    newest = {one.name: newest_snapshot(store, one.name) for one in chosen}
    frozen = [one for one in chosen if newest[one.name] is not None]
    lacking = [one for one in chosen if newest[one.name] is None]
    if not frozen or (names is not None and lacking):
        raise CxassessError(_say_lacking(store, lacking))
    instruments = {one.instrument for one in frozen}
    if len(instruments) > 1:
        what = f"The waves were asked with {', '.join(sorted(instruments))}."
        raise CxassessError.single(store.name, what, "Report on waves with the same instrument.")
    instrument = store.instrument(instruments.pop(), language)
    snapshots = [(one, snapshot) for one in frozen if (snapshot := newest[one.name])]
    rows = [_Row(one, key, form) for one, snapshot in snapshots for key, form in read_forms(store, snapshot).items()]
    source = _source(store, snapshots, lacking, len(rows))
    answers, reasons, comments = build_frames(instrument, _draft(store, rows, instrument))
    return Responses(instrument, answers, _drop_not_asked(reasons, frozen, instrument), comments, source)


def read_contexts(store: Store) -> dict[str, OrganisationContext]:
    """Return what the engagement knows of its organisation besides the responses.

    How many had been invited when the newest snapshot of each wave was taken, by role: of a role in which somebody
    joined with the code for the room, nobody knows. Agreements, actions and targets are as they stand now.
    """
    invited = {}
    known_waves = waves(store)
    for one in known_waves:
        snapshot = newest_snapshot(store, one.name)
        known = read_invited(store, snapshot) if snapshot else {}
        if known:
            invited[one.name] = known
    plan = Plan(store)
    context = OrganisationContext(
        invited=invited,
        target=_read_target(plan),
        agreements=tuple(found for one in known_waves for found in read_agreements(store, one.name)),
        actions=plan.actions(),
    )
    return {store.setting("organisation"): context}


def _read_target(plan: Plan) -> Target | None:
    """Return the targets as a report takes them: one date for all, and those that differ from it."""
    targets = plan.targets()
    if not targets:
        return None
    latest = max(one.due_on for one in targets.values())
    overall = targets.get(OVERALL)
    return Target(
        date=latest,
        elements={element: one.level for element, one in targets.items() if element != OVERALL},
        overall=overall.level if overall else None,
        dates={element: one.due_on for element, one in targets.items() if one.due_on != latest},
    )


def _drop_not_asked(reasons: pd.DataFrame, frozen: Sequence[Wave], instrument: Instrument) -> pd.DataFrame:
    """Leave out what was not asked because the wave is about some elements only: it is not missing."""
    for one in frozen:
        if one.elements:
            asked = {item.id for item in list_asked(instrument, one)}
            reasons = reasons[(reasons["wave"] != one.name) | reasons["item"].isin(asked)]
    return reasons.reset_index(drop=True)


def _say_lacking(store: Store, lacking: Sequence[Wave]) -> list[Problem]:
    freeze = "Reports read frozen waves: close it (`cxassess engagement wave close`), or freeze what is there so far"
    remedy = f"{freeze} (`cxassess engagement wave freeze`)."
    if not lacking:
        remedy = "Add a wave, open it, and invite people: `cxassess engagement wave add`, `cxassess invite`."
        return [Problem(store.name, "There is no wave to report on.", remedy)]
    return [
        Problem(f"{store.name}, wave {one.name}", f"The wave is {one.state} and not frozen.", remedy)
        if one.state != "closed"
        else Problem(f"{store.name}, wave {one.name}", "Nobody had answered when the wave was closed.", "Ask again.")
        for one in lacking
    ]


def _source(store: Store, snapshots: Sequence[tuple[Wave, Snapshot]], lacking: Sequence[Wave], rows: int) -> Source:
    notes = [
        f"Wave {one.name} is open: as it was frozen on {snapshot.taken_on}"
        for one, snapshot in snapshots
        if one.state == "open"
    ]
    notes += [f"Wave {one.name} is {one.state} and not frozen: left out" for one in lacking if one.state == "open"]
    joined = "".join(snapshot.digest for _, snapshot in snapshots)
    digest = hashlib.sha256(joined.encode("ascii")).hexdigest()
    return Source(name=store.name, sha256=digest, shape="wide", rows=rows, notes="\n".join(notes))


def _draft(store: Store, rows: Sequence[_Row], instrument: Instrument) -> Draft:
    roles = {role.id: number for number, role in enumerate(instrument.roles)}
    items = {item_id: number for number, item_id in enumerate(instrument.item_ids)}
    answers = np.full((len(rows), len(items)), MISSING, dtype=np.int8)
    comments: dict[int, list[tuple[int, str]]] = {}
    for number, row in enumerate(rows):
        for item, (level, flag, comment) in row.form.answers.items():
            answers[number, items[item]] = _CODES.get(flag or "", MISSING) if level is None else level
            if comment:
                comments.setdefault(items[item], []).append((number, comment))
    organisation = store.setting("organisation")
    names = {
        "organisation": [organisation] * len(rows),
        "wave": [row.wave.name for row in rows],
        "respondent": [row.respondent for row in rows],
        "unit": [row.form.unit for row in rows],
    }
    return Draft(
        names={name: np.array(values, dtype=object) for name, values in names.items()},
        roles=np.array([roles[row.form.role] for row in rows], dtype=np.intp),
        answers=answers,
        pulse=np.array([row.wave.form == "pulse" for row in rows], dtype=np.bool_),
        answered_at=np.array([row.form.answered_at for row in rows], dtype="datetime64[us]"),
        seconds=np.array([row.form.seconds or 0 for row in rows], dtype=np.int64),
        no_seconds=np.array([row.form.seconds is None for row in rows], dtype=np.bool_),
        comments=[
            (np.array([number for number, _ in said], dtype=np.intp), item, [text for _, text in said])
            for item, said in sorted(comments.items())
        ],
    )
