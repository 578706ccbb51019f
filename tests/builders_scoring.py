"""A small instrument and seeded responses to score in tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxassess.instrument.model import (
    Anchor,
    Element,
    Instrument,
    Item,
    MaturityLevel,
    NextStep,
    Role,
    RoleGap,
    RootCause,
    Scale,
    Systematic,
    Weighting,
)
from cxassess.responses.model import COMMENT_COLUMNS, ID_COLUMNS, REASON_COLUMNS, Responses, Source

ROLES = ("top", "middle", "front", "back")
SOURCE = Source("made up", "0" * 64, "wide", 0)


def make_instrument(
    *,
    items: Sequence[int] = (4, 3, 2),
    levels: int = 5,
    roles: Sequence[str] = ROLES,
    scheme: str = "roles",
    weights: Sequence[float] | None = None,
    rule: str = "nearest",
    asked: dict[str, Sequence[str]] | None = None,
) -> Instrument:
    """Make an instrument with so many items an element, asked of all roles unless `asked` says otherwise."""
    asked = asked or {}
    elements = tuple(_element(number, count, levels, roles, weights, asked) for number, count in enumerate(items))
    return Instrument(
        id="small",
        version="1.0",
        language="en",
        languages=("en",),
        name="Small",
        description="A small instrument.",
        levels=tuple(MaturityLevel(level=n, name=f"Level {n}", description="…") for n in range(1, levels + 1)),
        cutoffs=tuple(n + 0.5 for n in range(1, levels)),
        headline_rule=rule,
        weighting=Weighting(
            scheme=scheme, weights={role: 1.0 + n for n, role in enumerate(roles)} if scheme == "weights" else {}
        ),
        systematic=Systematic(level=min(3, levels), elements=tuple(element.id for element in elements[:2])),
        role_gap=RoleGap(high=roles[0], low=roles[2]) if len(roles) > 2 else None,
        roles=tuple(Role(id=role, name=role.title(), letter=role[0].upper(), description="…") for role in roles),
        root_causes=(RootCause(id="distance", name="Distance", meaning="…"),),
        elements=elements,
        scale=Scale(dont_know="Don’t know", not_applicable="Not applicable", why="Why?"),
    )


def _element(
    number: int,
    count: int,
    levels: int,
    roles: Sequence[str],
    weights: Sequence[float] | None,
    asked: dict[str, Sequence[str]],
) -> Element:
    element = f"element_{number}"
    prefix = chr(ord("A") + number)
    return Element(
        id=element,
        weight=weights[number] if weights else 1.0,
        name=f"Element {number}",
        in_sentence=f"element {number}",
        meaning="…",
        items=tuple(
            Item(
                id=f"{prefix}{n}",
                element=element,
                name=f"Item {prefix}{n}",
                short=f"{prefix}{n}",
                evidence="…",
                anchors=tuple(Anchor(level=k, text=f"{prefix}{n} at {k}") for k in range(1, levels + 1)),
                roles=tuple(asked.get(f"{prefix}{n}", roles)),
                pulse=n == 1,
                practice="…",
                source="002",
                root_causes=("distance",),
            )
            for n in range(1, count + 1)
        ),
        steps=tuple(
            NextStep(
                from_level=k,
                effort=2,
                impact=3,
                quick_win=False,
                weeks=(1, 6),
                milestones=(2,),
                title="…",
                action="…",
                who="…",
                after_90_days="…",
            )
            for k in range(1, levels)
        ),
    )


def make_responses(
    instrument: Instrument,
    people: dict[str, int],
    *,
    organisation: str = "Nordlys",
    wave: str = "1",
    seed: int = 1,
    gaps: float = 0.05,
    units: Sequence[str] = (),
    mean: float | None = None,
    date: str = "2026-05-04",
) -> Responses:
    """Make seeded responses of so many people a role, with some gaps and reasons for them."""
    rng = np.random.default_rng(seed)
    centre = mean if mean is not None else (1 + instrument.level_count) / 2
    rows, reasons, comments = [], [], []
    number = 0
    for role, count in people.items():
        for _ in range(count):
            number += 1
            key = (organisation, wave, f"p{number:03}")
            own = rng.normal(centre, 0.6)
            answers = {}
            for item in instrument.items:
                if role not in item.roles:
                    answers[item.id] = None
                    continue
                if rng.random() < gaps:
                    answers[item.id] = None
                    kind = ("dont_know", "not_applicable", "missing")[int(rng.integers(3))]
                    reasons.append((*key, item.id, kind))
                else:
                    answers[item.id] = int(np.clip(np.round(rng.normal(own, 0.7)), 1, instrument.level_count))
            unit = units[int(rng.integers(len(units)))] if units else None
            day = pd.Timestamp(date) + pd.Timedelta(days=int(rng.integers(10)))
            rows.append((*key, role, unit, day, int(rng.integers(120, 900)), *answers.values()))
            comments.append((*key, instrument.items[0].id, f"Comment of person {number}"))
    return frames_to_responses(instrument, rows, reasons, comments)


def frames_to_responses(
    instrument: Instrument, rows: Sequence[Sequence], reasons: Sequence = (), comments: Sequence = ()
) -> Responses:
    """Make responses from rows: the id columns, then one number or None an item."""
    answers = pd.DataFrame(list(rows), columns=[*ID_COLUMNS, *instrument.item_ids], dtype=object)
    answers = answers.astype(
        dict.fromkeys(("organisation", "wave", "respondent", "role", "unit"), "str")
        | {"answered_at": "datetime64[us]", "seconds": "Int64"}
        | dict.fromkeys(instrument.item_ids, "Int8")
    )
    return Responses(
        instrument,
        answers,
        pd.DataFrame(list(reasons), columns=list(REASON_COLUMNS), dtype="str"),
        pd.DataFrame(list(comments), columns=list(COMMENT_COLUMNS), dtype="str"),
        SOURCE,
    )


def join_responses(*parts: Responses) -> Responses:
    """Put responses of several organisations or waves together."""
    frames = [
        pd.concat([getattr(part, name) for part in parts], ignore_index=True)
        for name in ("answers", "reasons", "comments")
    ]
    return Responses(parts[0].instrument, *frames, SOURCE)
