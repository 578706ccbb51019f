"""Everything that is handed over, once: the tables that the workbook, the CSV files and the slides all show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxassess.context import OrganisationContext
from cxassess.deliverables.cells import Table, Writer
from cxassess.deliverables.comparisons import (
    build_certainty,
    build_changes,
    build_gaps,
    build_respondents,
    build_waves,
)
from cxassess.deliverables.plans import build_actions, build_agreements, build_priorities
from cxassess.deliverables.scores import build_distributions, build_items, build_levels, build_scores
from cxassess.deliverables.summary import build_findings, build_summary
from cxassess.language import get_language
from cxassess.report.pages.view import View

if TYPE_CHECKING:
    from cxassess.assessment import Assessment

#: In the order in which they are handed over.
TABLES: Final = (
    "summary",
    "findings",
    "scores",
    "levels",
    "items",
    "distributions",
    "gaps",
    "waves",
    "changes",
    "certainty",
    "respondents",
    "priorities",
    "agreements",
    "actions",
)


@dataclass(frozen=True)
class Figures:
    """The figures of one assessment as tables, each cell with its number and the text that the report prints for it.

    Parameters
    ----------
    view : View
        The report's own view of the assessment: names, words and number formats.
    summary, findings, scores, levels, items, distributions, gaps, waves, changes, certainty, respondents, priorities,
    agreements, actions : Table
        A hidden figure is a cell without a value whose text says why.
    """

    view: View
    summary: Table
    findings: Table
    scores: Table
    levels: Table
    items: Table
    distributions: Table
    gaps: Table
    waves: Table
    changes: Table
    certainty: Table
    respondents: Table
    priorities: Table
    agreements: Table
    actions: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables in the order in which they are handed over."""
        return tuple(getattr(self, name) for name in TABLES)


def build_figures(assessment: Assessment) -> Figures:
    """Build the tables of an assessment, in its language; no figure comes from anywhere but its shown scores."""
    view = View(
        shown=assessment.shown,
        findings=assessment.findings,
        instrument=assessment.instrument,
        language=get_language(assessment.instrument.language),
        organisation=assessment.organisation,
        wave=assessment.wave,
        context=assessment.context or OrganisationContext(),
        source=assessment.source,
    )
    writer = Writer(view)
    return Figures(
        view=view,
        summary=build_summary(writer),
        findings=build_findings(writer),
        scores=build_scores(writer),
        levels=build_levels(writer),
        items=build_items(writer),
        distributions=build_distributions(writer),
        gaps=build_gaps(writer),
        waves=build_waves(writer),
        changes=build_changes(writer),
        certainty=build_certainty(writer),
        respondents=build_respondents(writer),
        priorities=build_priorities(writer),
        agreements=build_agreements(writer),
        actions=build_actions(writer),
    )
