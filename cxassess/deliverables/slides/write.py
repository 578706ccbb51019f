"""Write the slide deck of an assessment."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from cxassess.assessment import Assessment
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.material import Material, gather
from cxassess.deliverables.slides.package import finish_package
from cxassess.deliverables.slides.pages.causes import add_causes
from cxassess.deliverables.slides.pages.elements import add_elements
from cxassess.deliverables.slides.pages.levels import add_levels
from cxassess.deliverables.slides.pages.method import add_method
from cxassess.deliverables.slides.pages.opening import add_cover, add_summary
from cxassess.deliverables.slides.pages.plan import add_plan
from cxassess.deliverables.slides.pages.priorities import add_priorities
from cxassess.deliverables.slides.pages.profile import add_profile
from cxassess.deliverables.slides.pages.roles import add_roles
from cxassess.deliverables.slides.pages.unshown import add_unshown
from cxassess.deliverables.slides.pages.waves import add_waves
from cxassess.deliverables.slides.pages.workshop import add_agreed, add_decided, add_followed
from cxassess.deliverables.slides.paragraphs import clean
from cxassess.deliverables.slides.theme import theme_xml
from cxassess.document import Brand
from cxassess.report.brand import load_brand

_NO_DATE: Final = date(2000, 1, 1)
_RESULTS: Final = (
    add_summary,
    add_profile,
    add_levels,
    add_roles,
    add_elements,
    add_causes,
    add_waves,
    add_followed,
    add_priorities,
    add_plan,
    add_agreed,
    add_decided,
)
_WITHOUT_RESULTS: Final = (add_unshown, add_followed, add_agreed, add_decided)


def write_slides(assessment: Assessment, path: str | Path, *, brand: Brand | str | Path | None = None) -> None:
    """Write an assessment as a slide deck (PPTX, 16 : 9).

    Parameters
    ----------
    assessment : Assessment
        What was assessed; the deck is in its instrument's language, with the words and figures of its report.
    path : str or Path
        The file to write; one that is there is replaced.
    brand : Brand, str or Path, optional
        How the sender looks: a brand, or the path of a brand file.

    Raises
    ------
    CxassessError
        If the brand file has a problem.
    """
    Path(path).write_bytes(build_slides(assessment, brand=brand))


def build_slides(assessment: Assessment, *, brand: Brand | str | Path | None = None) -> bytes:
    """Return the slide deck of an assessment as a file's bytes, always the same for the same assessment and brand."""
    look = brand if isinstance(brand, Brand) else load_brand(brand) if brand else Brand()
    material = gather(assessment, look)
    meta = material.report.meta
    footer = material.text(
        "deck.footer", organisation=meta.organisation, wave=meta.wave, confidential=meta.confidential
    )
    deck = Deck(meta.language, footer + (f" · {look.footer}" if look.footer else ""))
    add_cover(deck, material)
    for add in _RESULTS if material.report.certainty is not None else _WITHOUT_RESULTS:
        add(deck, material)
    add_method(deck, material)
    deck.finish()
    _set_properties(deck, material)
    written = BytesIO()
    deck.presentation.save(written)
    return finish_package(written.getvalue(), theme_xml(look))


def _set_properties(deck: Deck, material: Material) -> None:
    meta = material.report.meta
    made = date.fromisoformat(meta.iso_date) if meta.iso_date else _NO_DATE
    moment = datetime(made.year, made.month, made.day)
    properties = deck.presentation.core_properties
    properties.title = clean(meta.title)
    properties.subject = clean(f"{meta.organisation}, {meta.wave}")
    properties.author = properties.last_modified_by = clean(material.brand.name)
    properties.language = meta.language
    properties.comments = properties.keywords = properties.category = ""
    properties.created = properties.modified = moment
    properties.revision = 1
