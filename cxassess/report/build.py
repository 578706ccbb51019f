"""The report: from shown scores and findings to pages of blocks, in the report's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxassess.context import OrganisationContext
from cxassess.document import Brand, Document, Meta, Page
from cxassess.errors import CxassessError
from cxassess.instrument.model import Instrument
from cxassess.language import get_language
from cxassess.report.pages.agreed import build_agreed
from cxassess.report.pages.causes import build_causes
from cxassess.report.pages.certainty import build_certainty
from cxassess.report.pages.cover import build_cover
from cxassess.report.pages.decided import build_decided
from cxassess.report.pages.elements import build_element
from cxassess.report.pages.followed import build_followed
from cxassess.report.pages.method import build_method
from cxassess.report.pages.plan import build_plan
from cxassess.report.pages.priorities import build_priorities
from cxassess.report.pages.roles import build_roles, takes_causes
from cxassess.report.pages.summary import build_summary
from cxassess.report.pages.unshown import build_unshown
from cxassess.report.pages.view import View
from cxassess.report.pages.waves import build_waves
from cxassess.responses.model import Source
from cxassess.scoring.model import OVERALL
from cxassess.scoring.rows import matching, read_rows

if TYPE_CHECKING:
    from cxassess.findings import Findings
    from cxassess.scoring import ShownScores


@dataclass(frozen=True)
class Report:
    """A report's pages by name, so that each can be shown, left out or moved.

    Parameters
    ----------
    meta : Meta
        Title, names and brand of the whole document.
    cover, summary, method : Page
        Always there. Where too few answered, ``summary`` says so and the pages with results are missing.
    certainty, roles, causes, waves : Page or None
        None where there is nothing to show: ``roles`` where no role may be shown, ``causes`` without root causes or
        where few elements leave room for them on ``roles``, ``waves`` without an earlier wave.
    followed, agreed, decided : Page or None
        What became of the actions of earlier waves; what a workshop agreed about this one, and what it decided. None
        where there was none of it.
    plan : tuple of Page
        Priorities and the 90-day plan: two pages, one where there are few actions, none without a next step.
    elements : tuple of Page
        One page an element, in the instrument's order.
    """

    meta: Meta
    cover: Page
    summary: Page
    method: Page
    certainty: Page | None = None
    roles: Page | None = None
    elements: tuple[Page, ...] = ()
    causes: Page | None = None
    waves: Page | None = None
    plan: tuple[Page, ...] = ()
    followed: Page | None = None
    agreed: Page | None = None
    decided: Page | None = None

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages in reading order."""
        found = (
            self.cover,
            self.summary,
            self.certainty,
            self.roles,
            *self.elements,
            self.causes,
            self.waves,
            self.followed,
            *self.plan,
            self.agreed,
            self.decided,
            self.method,
        )
        return tuple(page for page in found if page is not None)

    @property
    def document(self) -> Document:
        """The whole report as a document for the renderers."""
        return Document(self.meta, self.pages)


def build_report(
    shown: ShownScores,
    findings: Findings,
    *,
    instrument: Instrument,
    organisation: str,
    wave: str,
    language: str,
    context: OrganisationContext | None = None,
    brand: Brand | None = None,
    source: Source | None = None,
    notices: Sequence[str] = (),
) -> Report:
    """Build the report on one organisation and wave.

    Parameters
    ----------
    shown : ShownScores
        Scores behind the privacy gate; no figure comes from anywhere else.
    findings : Findings
        What the scores of this organisation and wave mean.
    instrument : Instrument
        The instrument in the report's language; ``shown.instrument`` may be in another.
    organisation, wave : str
        As in the responses.
    language : str
        Code of the report's language; the instrument must be in it.
    context : OrganisationContext, optional
        Names, invitations, target and events; agreements and actions.
    brand : Brand, optional
        How the sender looks.
    source : Source, optional
        The responses file, named on the method page.
    notices : sequence of str
        Finished sentences for the cover and the method page, e.g. that the figures are invented.

    Returns
    -------
    Report

    Raises
    ------
    CxassessError
        If the scores hold no such organisation and wave, or the instrument is in another language.
    ValueError
        If there is no such language.
    """
    words = get_language(language)
    _check(shown, instrument, organisation, wave, language)
    view = View(
        shown=shown,
        findings=findings,
        instrument=instrument,
        language=words,
        organisation=organisation,
        wave=wave,
        context=context or OrganisationContext(),
        source=source,
        notices=tuple(notices),
    )
    cover, method, meta = build_cover(view), build_method(view), _meta(view, brand or Brand())
    followed, agreed, decided = build_followed(view), build_agreed(view), build_decided(view)
    if view.score(OVERALL) is None:
        return Report(meta, cover, build_unshown(view), method, followed=followed, agreed=agreed, decided=decided)
    roles = build_roles(view)
    return Report(
        meta=meta,
        cover=cover,
        summary=build_summary(view),
        certainty=build_certainty(view),
        roles=roles,
        elements=tuple(build_element(view, element) for element in instrument.elements),
        causes=None if roles and takes_causes(view) else build_causes(view),
        waves=build_waves(view),
        plan=tuple(page for page in (build_priorities(view), build_plan(view)) if page is not None),
        method=method,
        followed=followed,
        agreed=agreed,
        decided=decided,
    )


def _check(shown: ShownScores, instrument: Instrument, organisation: str, wave: str, language: str) -> None:
    if not matching(read_rows(shown.scores, organisation), wave=wave):
        raise CxassessError.single(
            f"{organisation}, {wave}",
            "the scores hold no such organisation and wave",
            "Take the names from the responses, as they are written there.",
        )
    if instrument.language != language:
        raise CxassessError.single(
            instrument.reference,
            f"the instrument is loaded in {instrument.language!r}, the report is to be in {language!r}",
            "Load the instrument in the report's language.",
        )


def _meta(view: View, brand: Brand) -> Meta:
    made = view.report_date
    return Meta(
        title=view.text("cover.title", name=view.name),
        organisation=view.organisation,
        wave=view.wave_name,
        language=view.language.code,
        date=view.long_date(made) if made else "",
        confidential=view.text("meta.confidential"),
        page_of=view.text("meta.page_of"),
        brand=brand,
        contents_title=view.text("meta.contents"),
        iso_date=made.isoformat() if made else "",
    )
