"""Seeded responses and ready reports for the tests of the report's pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from cxassess.context import Event, OrganisationContext, Target
from cxassess.document import Block, Page
from cxassess.findings import find
from cxassess.instrument.model import Instrument
from cxassess.report.build import Report, build_report
from cxassess.responses.model import COMMENT_COLUMNS, ID_COLUMNS, REASON_COLUMNS, Responses, Source
from cxassess.scoring import Scores, ShownScores, apply_privacy, score_responses

ORGANISATION = "Nordvand Forsyning A/S"
SOURCE = Source("responses.csv", "0123456789abcdef" * 4, "wide", 183, "utf-8", ";", ",", 3)
ROLES = {"top_management": 7, "middle_management": 14, "front_line": 26, "back_office": 17}
INVITED = {"top_management": 8, "middle_management": 18, "front_line": 40, "back_office": 24}
LEAN = {"top_management": 0.7, "middle_management": 0.1, "front_line": -0.25, "back_office": 0.0}
BASE = (3.1, 3.4, 2.6, 2.2, 2.8, 3.2, 2.6, 2.9)
GROWTH = (0.5, 0.7, 0.3, 0.1, 0.2, 0.3, -0.2, 0.0)
REMARKS = (
    "We go through sales line by line. When we get to the customers, people have started packing up.",
    "Nobody has asked me what customers say when I answer the phone, though I have had four one-to-ones this year.",
    "Short.",
    "A word and another word, and so it goes on for long. " * 12,
)


@dataclass(frozen=True)
class WavePlan:
    """One wave to make up: label, first day (None: no dates), answers per role."""

    label: str
    start: datetime | None
    roles: Mapping[str, int]
    step: float = 0.0


def make_responses(
    instrument: Instrument,
    waves: Sequence[WavePlan],
    *,
    organisation: str = ORGANISATION,
    seed: int = 7,
    comments: bool = True,
    unknown: float = 0.06,
) -> Responses:
    """Make seeded responses: element levels, each role's view, personal leaning and noise."""
    rng = np.random.default_rng(seed)
    rows, reasons, remarks = [], [], []
    for wave in waves:
        for role, count in wave.roles.items():
            for place in range(count):
                key = (organisation, wave.label, f"{role}-{place}")
                answered = wave.start + timedelta(days=int(rng.integers(0, 18))) if wave.start else pd.NaT
                leaning = LEAN.get(role, 0.4 if role == instrument.roles[0].id else -0.2) + rng.normal(0, 0.3)
                given: dict[str, Any] = {}
                for number, element in enumerate(instrument.elements):
                    level = BASE[number % 8] * instrument.level_count / 5 + wave.step * GROWTH[number % 8] + leaning
                    for item in element.items:
                        if role not in item.roles:
                            given[item.id] = pd.NA
                        elif rng.random() < unknown:
                            given[item.id] = pd.NA
                            reasons.append((*key, item.id, "dont_know"))
                        else:
                            spread = 1.6 if item is element.items[-1] and number == 3 else 0.75
                            value = round(level + rng.normal(0, spread))
                            given[item.id] = int(np.clip(value, 1, instrument.level_count))
                rows.append((*key, role, pd.NA, answered, 400, *(given[item] for item in instrument.item_ids)))
                if comments and place < 3:
                    item = instrument.item_ids[(place * 5 + len(remarks)) % len(instrument.item_ids)]
                    remarks.append((*key, item, REMARKS[len(remarks) % len(REMARKS)]))
    answers = pd.DataFrame(rows, columns=[*ID_COLUMNS, *instrument.item_ids])
    types = {"answered_at": "datetime64[us]", "seconds": "Int64", **dict.fromkeys(instrument.item_ids, "Int8")}
    return Responses(
        instrument,
        answers.astype(types),
        pd.DataFrame(reasons, columns=list(REASON_COLUMNS)).astype("str"),
        pd.DataFrame(remarks, columns=list(COMMENT_COLUMNS)).astype("str"),
        SOURCE,
    )


def three_waves(roles: Mapping[str, int] = ROLES) -> list[WavePlan]:
    """Return three waves, a year apart."""
    return [
        WavePlan("2024", datetime(2024, 10, 5), roles, -1.0),
        WavePlan("2025", datetime(2025, 10, 5), roles, -0.3),
        WavePlan("2026", datetime(2026, 10, 5), roles, 0.0),
    ]


def full_context(instrument: Instrument, organisation: str = "Nordvand") -> OrganisationContext:
    """Return everything that can be known besides the responses."""
    return OrganisationContext(
        short_name=organisation,
        audience="Top management and middle managers of Nordvand",
        report_date=datetime(2026, 11, 12).date(),
        wave_names={"2026": "Wave 3, autumn 2026"},
        invited=dict.fromkeys(("2024", "2025", "2026"), INVITED),
        target=Target(
            date=datetime(2027, 10, 15).date(),
            elements={element.id: 3.5 for element in instrument.elements},
            overall=3.4,
        ),
        events=(Event(date=datetime(2026, 2, 1).date(), label="Reorganisation: 6 of 18 middle managers new"),),
    )


def score(
    responses: Responses, context: OrganisationContext | None = None, benchmark: Any = None
) -> tuple[Scores, ShownScores]:
    """Score responses, before and after the privacy gate."""
    contexts = dict.fromkeys(responses.organisations, context) if context else None
    scores = score_responses(responses, contexts=contexts, benchmark=benchmark)
    return scores, apply_privacy(scores, responses)


def report_of(
    shown: ShownScores,
    instrument: Instrument,
    *,
    wave: str = "2026",
    organisation: str = ORGANISATION,
    context: OrganisationContext | None = None,
    **options: Any,
) -> Report:
    """Find and build."""
    found = find(shown, organisation=organisation, wave=wave, context=context)
    return build_report(
        shown,
        found,
        instrument=instrument,
        organisation=organisation,
        wave=wave,
        language=instrument.language,
        context=context,
        **options,
    )


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of every leaf of a JSON value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from walk(inner, f"{path}[{place}]")
    else:
        yield path, value


def blocks_of(page: Page, kind: type[Block]) -> list[Any]:
    """Return the blocks of a kind on a page, nested ones too."""

    def inside(blocks: Sequence[Any]) -> Iterator[Any]:
        for block in blocks:
            yield block
            yield from inside(
                [inner for column in getattr(block, "columns", ()) for inner in getattr(column, "blocks", ())]
            )
            yield from inside(getattr(block, "blocks", ()))

    return [block for block in inside(page.blocks) if isinstance(block, kind)]
