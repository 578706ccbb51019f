"""Assessments to make slides of: complete, small, too small, of another instrument, and with texts that bite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import builders_report as reports
import pandas as pd
from builders_instrument import SELF_SERVICE

from cxassess.assessment import Assessment
from cxassess.context import Agreement, OrganisationContext, PlannedAction
from cxassess.findings import find
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.scoring import Benchmark

COMPOUND = "Kundeoplevelsesmodenhedsvurderingsgennemførelsesansvarlighedsplanlægningsudvalgsformandskab"
HOSTILE = (
    "=1+2*cmd|' /C calc'!A0",
    "<a:t>&lt;script&gt;\"quoted\" 'single'</a:t>",
    "bell \x07 and null \x00 and escape \x1b[31m",
    "left-to-right \u202e override, zero\u200bwidth",
    "emoji 👩‍👩‍👧 🚀 and ∑ ≠ ∞",
    "العربية עברית ไทย 日本語 Ελληνικά",
    "word " * 60,
    "x" * 300,
    COMPOUND,
    "{curly} [0>1]0% __dunder__ %s %(name)s",
)


def make_assessment(
    instrument: Instrument,
    context: OrganisationContext | None,
    *,
    waves: list[Any] | None = None,
    organisation: str = reports.ORGANISATION,
    texts: Instrument | None = None,
) -> Assessment:
    """Score made-up answers and find what they mean; ``texts`` is the instrument in other words."""
    plans = waves or reports.three_waves()
    responses = reports.make_responses(instrument, plans, organisation=organisation)
    _, shown = reports.score(responses, context)
    wave = plans[-1].label
    found = find(shown, organisation=organisation, wave=wave, context=context)
    return Assessment(texts or instrument, organisation, wave, shown, found, context, responses.source)


def decided(instrument: Instrument) -> dict[str, Any]:
    """Return what a workshop agreed and decided, and what became of earlier decisions."""
    items = [element.items[0].id for element in instrument.elements]
    day = date(2026, 11, 3)
    agreements = [
        Agreement(
            wave="2026",
            item=item,
            level=3,
            mean=2.6,
            votes=18,
            reason="We have seen it on three visits.",
            agreed_on=day,
        )
        for item in items[:5]
    ]
    agreements.append(Agreement(wave="2026", item=items[5], level=None, mean=3.1, votes=17, dissent=6, agreed_on=day))
    actions = [
        PlannedAction(
            id=f"a{number}",
            wave="2026" if number < 5 else "2025",
            element=instrument.elements[number % len(instrument.elements)].id,
            title=f"Action {number}: look at ten cases every Monday and write down what customers met",
            owner="Head of customer service" if number != 2 else "",
            due_on=date(2027, 1, 10 + number),
            metric="Nine out of ten cases have a note",
            state=("planned", "started", "done", "dropped")[number % 4],
            note="Held back by the move." if number == 7 else "",
        )
        for number in range(9)
    ]
    actions.append(
        PlannedAction(id="s", wave="2026", kind="stop", title="The weekly slide deck on call times", owner="Operations")
    )
    return {"agreements": tuple(agreements), "actions": tuple(actions)}


@cache
def complete(language: str = "en") -> Assessment:
    """Return three waves with everything that can be known beside the answers, and a workshop."""
    instrument = load_instrument("eight_elements", language)
    context = reports.full_context(instrument).model_copy(update=decided(instrument))
    return make_assessment(instrument, context)


@cache
def one_wave(language: str = "en") -> Assessment:
    """Return one wave of which nothing else is known."""
    return make_assessment(load_instrument("eight_elements", language), None, waves=reports.three_waves()[-1:])


@cache
def small(language: str = "en") -> Assessment:
    """Return a team of which little may be shown."""
    plans = reports.three_waves({"top_management": 3, "front_line": 4})
    return make_assessment(load_instrument("eight_elements", language), None, waves=plans[-1:])


@cache
def hidden_element(language: str = "en") -> Assessment:
    """Return an element that nobody could answer, roles that are too small, and others to compare with."""
    instrument = load_instrument("eight_elements", language)
    roles = {"top_management": 3, "middle_management": 9, "front_line": 12, "back_office": 7}
    responses = reports.make_responses(instrument, [reports.WavePlan("2026", datetime(2026, 10, 5), roles)])
    responses.answers.loc[:, [item.id for item in instrument.elements[2].items]] = pd.NA
    scores = [
        (element, base + step / 10)
        for element, base in zip(
            [*(one.id for one in instrument.elements), "overall"], (*reports.BASE, 2.8), strict=True
        )
        for step in range(-12, 13)
    ]
    others = Benchmark("25 organisations", pd.DataFrame(scores, columns=["element", "score"]))
    context = reports.full_context(instrument).model_copy(update={"invited": {}})
    _, shown = reports.score(responses, context, others)
    found = find(shown, organisation=reports.ORGANISATION, wave="2026", context=context)
    return Assessment(instrument, reports.ORGANISATION, "2026", shown, found, context, responses.source)


@cache
def too_small(language: str = "en") -> Assessment:
    """Return three people, of whom nothing may be shown."""
    plans = reports.three_waves({"front_line": 3})
    return make_assessment(load_instrument("eight_elements", language), None, waves=plans[-1:])


@cache
def other_instrument(language: str = "en") -> Assessment:
    """Return another instrument, with other levels and roles."""
    instrument = load_instrument(SELF_SERVICE, language)
    plans = reports.three_waves({instrument.roles[0].id: 9, instrument.roles[-1].id: 12})
    return make_assessment(instrument, None, waves=plans)


@cache
def hostile(language: str = "da") -> Assessment:
    """Return texts that are long, of other alphabets, or look like code, wherever somebody may have written one."""
    instrument = load_instrument("eight_elements", language)
    texts = iter(HOSTILE * 40)
    context = reports.full_context(instrument, HOSTILE[1]).model_copy(update=decided(instrument))
    agreements = tuple(one.model_copy(update={"reason": next(texts)}) for one in context.agreements)
    actions = tuple(
        one.model_copy(update={"title": next(texts), "owner": next(texts), "metric": next(texts), "note": next(texts)})
        for one in context.actions
    )
    names = {"2024": "=2+3", "2025": "a\tb", "2026": HOSTILE[3]}
    context = context.model_copy(
        update={"agreements": agreements, "actions": actions, "wave_names": names, "audience": HOSTILE[6]}
    )
    return make_assessment(instrument, context, organisation=f"{HOSTILE[0]} {COMPOUND}", texts=long_worded(instrument))


def long_worded(instrument: Instrument) -> Instrument:
    """Return an instrument whose names and texts are far longer than any of ours."""
    elements = tuple(
        element.model_copy(
            update={
                "name": f"{element.name} {COMPOUND}",
                "in_sentence": f"{element.in_sentence} {HOSTILE[place % len(HOSTILE)]}",
                "items": tuple(
                    item.model_copy(
                        update={
                            "name": f"{item.name} {item.name} {COMPOUND}",
                            "short": f"{item.short} {HOSTILE[place % len(HOSTILE)]}",
                            "anchors": tuple(
                                anchor.model_copy(update={"text": f"{anchor.text} {anchor.text}"})
                                for anchor in item.anchors
                            ),
                        }
                    )
                    for item in element.items
                ),
            }
        )
        for place, element in enumerate(instrument.elements)
    )
    roles = tuple(role.model_copy(update={"name": f"{role.name} {COMPOUND[:40]}"}) for role in instrument.roles)
    return instrument.model_copy(update={"elements": elements, "roles": roles})


CASES: Mapping[str, Callable[[], Assessment]] = {
    "complete, en": lambda: complete("en"),
    "complete, da": lambda: complete("da"),
    "complete, sv": lambda: complete("sv"),
    "one wave": one_wave,
    "small, sv": lambda: small("sv"),
    "hidden element": hidden_element,
    "too small, da": lambda: too_small("da"),
    "other instrument": other_instrument,
    "hostile": hostile,
}
