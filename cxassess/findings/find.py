"""From scores to findings: everything that is found for one organisation and wave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cxassess.context import OrganisationContext
from cxassess.findings.causes import find_root_causes
from cxassess.findings.certainty import (
    find_benchmarks,
    find_careless,
    find_consistency,
    find_disagreements,
    find_unknowns,
)
from cxassess.findings.changes import find_changes
from cxassess.findings.levels import find_levels, find_profile
from cxassess.findings.model import KINDS, Finding, Findings
from cxassess.findings.priorities import choose_actions, word_actions
from cxassess.findings.roles import find_role_gaps
from cxassess.findings.view import View
from cxassess.instrument.model import Instrument

if TYPE_CHECKING:
    from cxassess.scoring import ShownScores


def find(
    shown: ShownScores,
    *,
    organisation: str,
    wave: str,
    context: OrganisationContext | None = None,
    instrument: Instrument | None = None,
) -> Findings:
    """Find what the scores of one organisation and wave mean.

    Parameters
    ----------
    shown : ShownScores
        Scores behind the privacy gate.
    organisation, wave : str
        As written in the scores.
    context : OrganisationContext, optional
        Targets and wave names.
    instrument : Instrument, optional
        The same instrument in the report's language, for the actions' texts; the scores' own if not given.

    Returns
    -------
    Findings
        Findings by kind (in the order of ``KINDS``), then by strength, then in the instrument's order; and actions.

    Raises
    ------
    CxassessError
        If the scores hold no such organisation and wave.
    """
    view = View(shown, organisation, wave)
    context = context or OrganisationContext()
    targets = context.target.elements if context.target else {}
    gaps = tuple(find_role_gaps(view))
    found = [
        *find_levels(view),
        *gaps,
        *find_changes(view, context.wave_names),
        *find_root_causes(view, gaps),
        *find_profile(view, targets),
        *find_benchmarks(view),
        *find_disagreements(view),
        *find_consistency(view),
        *find_unknowns(view),
        *find_careless(view),
    ]
    actions = choose_actions(view, context)
    worded = word_actions(actions, instrument) if instrument else actions
    return Findings(_in_order(view, found), worded, max(1, len(view.waves)))


def _in_order(view: View, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(
        sorted(
            findings,
            key=lambda one: (KINDS.index(one.kind), -round(one.strength, 9), view.order(one.element)),
        )
    )
