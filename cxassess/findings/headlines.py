"""The headline and lead of each page, the comment on a row of roles, and the line under an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cxassess.findings.headline_pages import (
    head_certainty,
    head_plan,
    head_role_gaps,
    head_root_causes,
    head_summary,
)
from cxassess.findings.headline_parts import head_element, head_waves
from cxassess.findings.model import Action, Findings
from cxassess.findings.roles import compare_roles
from cxassess.findings.say_roles import comment_roles
from cxassess.findings.view import View
from cxassess.findings.words import Said, Words
from cxassess.instrument.model import Instrument
from cxassess.language import Language

if TYPE_CHECKING:
    from cxassess.scoring import ShownScores

PAGES: Mapping[str, Callable[[Findings, Words], Said]] = {
    "summary": head_summary,
    "certainty": head_certainty,
    "role_gaps": head_role_gaps,
    "root_causes": head_root_causes,
    "waves": head_waves,
    "plan": head_plan,
}


def headline(
    page_id: str,
    findings: Findings,
    instrument: Instrument,
    language: Language | str,
    *,
    name: str,
    element: str = "",
) -> Said:
    """Return a page's title and lead: what the findings say on the page's matter, whatever that is.

    Parameters
    ----------
    page_id : str
        ``summary``, ``certainty``, ``role_gaps``, ``element``, ``root_causes``, ``waves`` or ``plan``.
    findings : Findings
        From ``find``.
    instrument : Instrument
        The instrument in the report's language.
    language : Language or str
        The report's language, or its code.
    name : str
        The organisation's short name.
    element : str
        Id of the element, for ``element``.

    Returns
    -------
    Said
        ``title`` without a full stop; ``text`` (also called ``lead``).

    Raises
    ------
    KeyError
        If there is no such page or element.
    """
    words = Words.of(instrument, language, name)
    said = head_element(findings, words, element) if page_id == "element" else PAGES[page_id](findings, words)
    return words.begin(said)


def row_comments(
    shown: ShownScores, organisation: str, wave: str, instrument: Instrument, language: Language | str
) -> dict[str, str]:
    """Return, by element, one sentence on how the roles see it: how the pair differs and where the others lie.

    Parameters
    ----------
    shown : ShownScores
        Scores behind the privacy gate.
    organisation, wave : str
        As written in the scores.
    instrument : Instrument
        The instrument in the report's language.
    language : Language or str
        The report's language, or its code.
    """
    words = Words.of(instrument, language)
    view = View(shown, organisation, wave)
    return {
        element.id: words.capital(comment_roles(compare_roles(view, element.id), words))
        for element in instrument.elements
    }


def action_line(action: Action, instrument: Instrument, language: Language | str) -> str:
    """Return the line under an action: from which level to which, its effort and impact, and whether it is quick."""
    words = Words.of(instrument, language)
    figures = {key: getattr(action, key) for key in ("from_level", "to_level", "effort", "impact")}
    return words.text("action_line.quick" if action.quick_win else "action_line.text", **figures)
