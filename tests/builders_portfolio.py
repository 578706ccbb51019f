"""Portfolios for tests: the sample, many times over, with hostile names, with several waves, and very small ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from cxassess import sample_path
from cxassess.context import OrganisationContext
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.portfolio import PortfolioAssessment, assess_portfolio
from cxassess.portfolio.outcomes import Outcomes
from cxassess.responses.model import Source
from cxassess.scoring import ShownScores
from cxassess.scoring.frames import build_frame
from cxassess.scoring.model import ALL, COLUMNS, OVERALL

HIDDEN = "Götaförsäkring AB"
HOSTILE = (
    "<script>alert(1)</script>",
    '#eval("1")',
    "*bold* _it_ $x$ @ref",
    "=cmd|' /C calc'!A0",
    "back\\slash {n} {name}",
    "Grüße 😀 Александр",
    "שלום עולם",
    "x" * 120,
    "Kundeserviceafdelingsforeningen for Sammensatte Ordbestanddele A/S",
)


@cache
def sample(language: str = "en") -> PortfolioAssessment:
    """Return the sample portfolio of forty organisations, with its outcome."""
    return assess_portfolio(
        sample_path("portfolio.csv"),
        contexts=sample_path("portfolio.context.yaml"),
        outcome=sample_path("portfolio.outcome.csv"),
        language=language,
    )


def contexts_of(names: Sequence[str], industries: Sequence[str] = (), **more: str) -> dict[str, OrganisationContext]:
    """Return contexts that give industries in turn."""
    return {
        name: OrganisationContext(industry=industries[i % len(industries)] if industries else "", **more)
        for i, name in enumerate(names)
    }


def in_language(portfolio: PortfolioAssessment, language: str) -> PortfolioAssessment:
    """Return the same portfolio with its texts in another language."""
    instrument = load_instrument(portfolio.instrument.id, language)
    return replace(portfolio, instrument=instrument, shown=replace(portfolio.shown, instrument=instrument))


def rename(portfolio: PortfolioAssessment, names: Mapping[str, str]) -> PortfolioAssessment:
    """Return the portfolio with other names of organisations; those not named are left out."""
    frames = {}
    for name, frame in portfolio.shown.frames.items():
        kept = frame[frame["organisation"].isin(names)]
        frames[name] = kept.assign(organisation=kept["organisation"].map(names).astype("str")).reset_index(drop=True)
    contexts = {new: portfolio.contexts[old] for old, new in names.items() if old in portfolio.contexts}
    outcomes = portfolio.outcomes
    if outcomes:
        values = {new: outcomes.values[old] for old, new in names.items() if old in outcomes.values}
        outcomes = replace(outcomes, values=values)
    shown = ShownScores(portfolio.instrument, **frames)
    return PortfolioAssessment(portfolio.instrument, shown, contexts, portfolio.source, outcomes, portfolio.table)


def many(portfolio: PortfolioAssessment, times: int) -> PortfolioAssessment:
    """Return the portfolio so many times over, under numbered names."""
    names = [member.organisation for member in portfolio.members]
    copies = [rename(portfolio, {name: f"{name} {number}" for name in names}) for number in range(times)]
    frames = {name: pd.concat([copy.shown.frames[name] for copy in copies], ignore_index=True) for name in COLUMNS}
    contexts = {name: context for copy in copies for name, context in copy.contexts.items()}
    outcomes = {name: value for copy in copies if copy.outcomes for name, value in copy.outcomes.values.items()}
    shown = ShownScores(portfolio.instrument, **frames)
    label = portfolio.outcomes.label if portfolio.outcomes else ""
    return PortfolioAssessment(
        portfolio.instrument, shown, contexts, portfolio.source, Outcomes(label, outcomes), portfolio.table
    )


def made_up(
    instrument: Instrument,
    scores: Mapping[str, float],
    *,
    half: float = 0.1,
    contexts: Mapping[str, OrganisationContext] | None = None,
    outcomes: Mapping[str, float] | None = None,
    waves: Sequence[str] = ("2026",),
    step: float = 0.0,
    systematic: Mapping[str, bool] | None = None,
) -> PortfolioAssessment:
    """Return a portfolio of organisations with these overall scores in their newest wave, the same on each element.

    ``step`` is the rise from wave to wave; ``half`` half the width of the intervals (0: everybody answered).
    """
    elements = [*(element.id for element in instrument.elements), OVERALL]
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in COLUMNS}
    for organisation, newest in scores.items():
        for order, wave in enumerate(waves):
            score = newest - step * (len(waves) - 1 - order)
            for element in elements:
                ends = (score - half, score + half)
                state = (3, 20, None, 0.9, 0.9, "scored", "")
                rows["scores"].append((instrument.reference, organisation, wave, element, ALL, score, *ends, *state))
            flag = (systematic or {}).get(organisation, score >= 2.5)
            rows["systematic"].append((organisation, wave, flag, 0.99 if flag else 0.01, ""))
            for rule in ("nearest", "staged", "gated"):
                level = int(np.clip(np.floor(score + 0.5), 1, instrument.level_count))
                rows["levels"] += [
                    (organisation, wave, OVERALL, rule, n, n == level, float(n == level))
                    for n in range(1, instrument.level_count + 1)
                ]
            day = pd.Timestamp(f"{wave}-10-01")
            rows["waves"].append((organisation, wave, day, order))
            rows["responses_by_role"].append((organisation, wave, ALL, 20, None, day, day, "scored"))
        for early in range(len(waves) - 1):
            for element in elements:
                change = step * (len(waves) - 1 - early)
                rows["changes"].append(
                    (organisation, element, waves[early], waves[-1], change, change - half, change + half,
                     0.001 if step else 0.9, 0.001 if step else 0.9, "up" if step else "cannot_tell", True, 20, 20,
                     "scored", "")
                )  # fmt: skip
    frames = {name: build_frame(name, found) for name, found in rows.items()}
    found = Outcomes("", dict(outcomes)) if outcomes is not None else None
    return PortfolioAssessment(
        instrument,
        ShownScores(instrument, **frames),
        dict(contexts or {}),
        Source("made up.csv", "0" * 64, "wide", 0),
        found,
    )
