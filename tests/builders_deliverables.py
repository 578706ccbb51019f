"""Assessments of the samples, ready to be handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from cxassess.assessment import Assessment, assess
from cxassess.context import Agreement, OrganisationContext, PlannedAction, read_contexts
from cxassess.findings import find
from cxassess.instrument import load_instrument
from cxassess.resources import sample_path
from cxassess.responses import read_responses
from cxassess.scoring import apply_privacy, score_responses

NORDVAND = "nordvand"
SMALL_TEAM = "small_team"
PORTFOLIO = "portfolio"
HOSTILE = (
    '=HYPERLINK("http://x.example","x")',
    "+1+1",
    "@SUM(A1)",
    "-2",
    "\tTab",
    "https://x.example/",
    "007",
    "2026-10-31",
    "TRUE",
    "_x0041_ and _x005F_",
    "'apostrophe",
    "a\nb",
    "  spaces  ",
    "Ærø ”Å” 😀 שלום",
    "<b>&amp;</b>",
    "x" * 190,
)


@cache
def assessed(sample: str = NORDVAND, language: str = "en", organisation: str = "") -> Assessment:
    """Return an assessment of a sample's newest wave."""
    context = sample_path(f"{sample}.context.yaml")
    return assess(sample_path(f"{sample}.csv"), language=language, organisation=organisation, context=context)


@cache
def organisation_with_few() -> str:
    """Return the organisation of the portfolio in which fewer than five answered."""
    answers = read_responses(sample_path(f"{PORTFOLIO}.csv"), load_instrument()).answers
    sizes = answers.groupby("organisation").size()
    return str(sizes[sizes < 5].index[0])


def with_context(assessment: Assessment, **values: object) -> Assessment:
    """Return an assessment with other things known besides the responses."""
    context = assessment.context or OrganisationContext()
    return replace(assessment, context=context.model_copy(update=values))


def make_actions(wave: str = "2026-10") -> tuple[PlannedAction, ...]:
    """Return actions with everything that a person may write."""
    states = ("planned", "started", "done", "dropped")
    return tuple(
        PlannedAction(
            id=f"id{number}",
            wave=wave,
            kind="stop" if number % 5 == 4 else "start",
            element=("leadership_cadence", "", "back_office")[number % 3],
            title=text,
            owner=HOSTILE[-1 - number],
            due_on=date(2026, 12, number + 1) if number % 4 else None,
            metric=HOSTILE[(number + 3) % len(HOSTILE)],
            state=states[number % 4],  # type: ignore[arg-type]
            note=HOSTILE[(number + 7) % len(HOSTILE)],
            revision=number,
        )
        for number, text in enumerate(HOSTILE)
    )


def make_agreements(wave: str = "2026-10") -> tuple[Agreement, ...]:
    """Return agreements: one with dissent, one left open, one of few votes."""
    day = date(2026, 11, 4)
    return (
        Agreement(wave=wave, item="LC1", level=3, mean=2.42, votes=16, dissent=2, reason="=1+1", agreed_on=day),
        Agreement(wave=wave, item="BO2", level=None, mean=2.9, votes=16, agreed_on=day),
        Agreement(wave=wave, item="LO1", level=4, mean=None, votes=6, reason="Seen by all", agreed_on=day),
    )


@cache
def assess_all(sample: str, language: str) -> tuple[Assessment, ...]:
    """Return an assessment of every organisation of a sample, read and scored once."""
    instrument = load_instrument("eight_elements", language)
    everything = read_responses(sample_path(f"{sample}.csv"), instrument)
    contexts = read_contexts(sample_path(f"{sample}.context.yaml"), language)
    shown = apply_privacy(score_responses(everything, contexts=contexts), everything)
    assessments = []
    for name, own in shown.split().items():
        wave = str(own.waves.sort_values("order")["wave"].iloc[-1])
        found = find(own, organisation=name, wave=wave, context=contexts.get(name))
        assessments.append(Assessment(instrument, name, wave, own, found, contexts.get(name), everything.source))
    return tuple(assessments)
