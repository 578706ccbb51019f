"""From files of many organisations to everything that can be said of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cxassess.context import OrganisationContext, read_contexts
from cxassess.instrument.model import Instrument
from cxassess.portfolio.bands import (
    DIMENSIONS,
    BandGroup,
    BenchmarkTable,
    Dimension,
    group_members,
    read_benchmark_table,
)
from cxassess.portfolio.frames import build_frames
from cxassess.portfolio.league import League, build_league
from cxassess.portfolio.members import Member, list_members
from cxassess.portfolio.outcomes import Outcomes, read_outcomes
from cxassess.portfolio.reading import read_portfolio
from cxassess.portfolio.separation import Separation, separate
from cxassess.portfolio.shares import LevelShare, SystematicShare, count_levels, share_systematic
from cxassess.portfolio.trends import PortfolioTrends, find_trends
from cxassess.report.brand import load_brand
from cxassess.responses import Source
from cxassess.scoring import ShownScores, apply_privacy, score_responses

if TYPE_CHECKING:
    from cxassess.portfolio.report import PortfolioReport


@dataclass(frozen=True)
class PortfolioAssessment:
    """Many organisations: their scores after the privacy gate, and what they say together.

    Parameters
    ----------
    instrument : Instrument
        In the language of the texts to come.
    shown : ShownScores
        The scores of all organisations that may be shown; no figure comes from anywhere else.
    contexts : mapping
        Organisation → what is known besides.
    source : Source
        The files.
    outcomes : Outcomes or None
        An outcome of each organisation.
    table : BenchmarkTable or None
        Scores of other organisations.
    """

    instrument: Instrument
    shown: ShownScores
    contexts: Mapping[str, OrganisationContext]
    source: Source
    outcomes: Outcomes | None = None
    table: BenchmarkTable | None = None

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The organisations by name, each in its newest wave."""
        return list_members(self.shown, self.contexts)

    @cached_property
    def league(self) -> League:
        """The league table of the overall scores."""
        return build_league(self.members)

    def league_of(self, element: str, industry: str = "") -> League:
        """Return the league table of one element, or of the organisations of one industry only."""
        chosen = [member for member in self.members if not industry or member.industry == industry]
        return build_league(chosen, element)

    @cached_property
    def levels(self) -> tuple[LevelShare, ...]:
        """How many organisations have each level."""
        return count_levels(self.members, self.instrument)

    @cached_property
    def systematic(self) -> SystematicShare | None:
        """The share of systematic organisations."""
        return share_systematic(self.members)

    @cached_property
    def bands(self) -> Mapping[Dimension, tuple[BandGroup, ...]]:
        """Industry and country → their groups."""
        return {name: group_members(self.members, name, self.instrument, self.table) for name in DIMENSIONS}

    @cached_property
    def separation(self) -> Separation | None:
        """What separates the systematic organisations from the rest; None without an outcome."""
        return separate(self.members, self.outcomes, self.instrument) if self.outcomes else None

    @cached_property
    def trends(self) -> PortfolioTrends | None:
        """Changes between waves; None where every organisation has one."""
        return find_trends(self.shown, self.members, self.contexts)

    @cached_property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """Everything that the report prints, as tidy frames: see `build_frames`."""
        return build_frames(self)

    def report(self, *, title: str = "", brand: str | Path = "") -> PortfolioReport:
        """Build the report in the instrument's language.

        Parameters
        ----------
        title : str
            Name of the portfolio for cover and footers, e.g. ``Utilities 2026``.
        brand : str or Path
            A brand file.
        """
        from cxassess.portfolio.report import build_portfolio_report  # noqa: PLC0415  (it needs this class)

        return build_portfolio_report(self, title=title, brand=load_brand(brand) if brand else None)


def assess_portfolio(
    paths: str | Path | Iterable[str | Path],
    *,
    contexts: str | Path | Mapping[str, OrganisationContext] = "",
    language: str = "en",
    instrument: str | Path = "",
    outcome: str | Path = "",
    benchmark: str | Path = "",
    lenient: bool = False,
) -> PortfolioAssessment:
    """Read response files, engagements and folders of them, and assess all organisations together.

    Parameters
    ----------
    paths : path or iterable of paths
        Files and folders.
    contexts : str, Path or mapping
        YAML of invited people, industries and countries, or what was read from it.
    language : {"en", "da", "sv"}
        Language of the instrument's texts and of the report.
    instrument : str or Path
        A shipped instrument, or the path of one; the engagements' own, or ``eight_elements``, if left out.
    outcome : str or Path
        CSV: organisation, outcome.
    benchmark : str or Path
        CSV of scores to compare with: element, score, and perhaps industry and country.
    lenient : bool
        Leave bad answers out instead of refusing the files.

    Raises
    ------
    CxassessError
        With every problem of the files.
    """
    given = contexts if isinstance(contexts, Mapping) else read_contexts(Path(contexts), language) if contexts else {}
    inputs = read_portfolio(paths, instrument=instrument, language=language, contexts=given, lenient=lenient)
    responses = inputs.responses
    shown = apply_privacy(score_responses(responses, contexts=inputs.contexts), responses)
    return PortfolioAssessment(
        instrument=responses.instrument,
        shown=shown,
        contexts=inputs.contexts,
        source=responses.source,
        outcomes=read_outcomes(outcome, responses.organisations) if outcome else None,
        table=read_benchmark_table(benchmark, responses.instrument) if benchmark else None,
    )
