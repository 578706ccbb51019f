"""The form of one role: its elements and items in every language, ready to be sent to a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, Final, Literal

from babel import Locale, UnknownLocaleError

from cxassess.errors import CxassessError
from cxassess.instrument import Instrument, Item

Form = Literal["full", "pulse"]
_SECONDS_PER_ITEM: Final = 45  # five descriptions of about 25 words, read once, and a moment to think


def build_form(
    instruments: Mapping[str, Instrument], *, role: str, form: Form = "full", elements: Sequence[str] = ()
) -> dict[str, Any]:
    """Build the form that one role is asked, in every language at once.

    Parameters
    ----------
    instruments : Mapping
        Language → the instrument in that language; all of one instrument and version. The order is that of the
        buttons which change the language.
    role : str
        The respondent's role.
    form : {"full", "pulse"}
        Which items are asked.
    elements : sequence of str
        Only of these elements; of all if empty.

    Returns
    -------
    dict
        JSON-able: ``languages``, ``levels`` (how many anchors an item has), and ``elements`` with the items of this
        role in the instrument's order. Elements without any are left out.

    Raises
    ------
    CxassessError
        If there is no such role, or it is asked nothing.
    """
    first = next(iter(instruments.values()))
    roles = [known.id for known in first.roles]
    if role not in roles:
        raise CxassessError.single("role", f'there is no role "{role}"', f"Choose one of {', '.join(roles)}.")
    wanted = {item.id for one in first.elements if not elements or one.id in elements for item in one.items}
    asked = {item.id for item in first.items_for(role, pulse=form == "pulse")} & wanted
    if not asked:
        what = f'the {form} form of {first.reference} asks nothing of the role "{role}"'
        raise CxassessError.single("role", what, "Ask this role with another form, or leave it out of the wave.")
    chosen = [
        {
            "id": element.id,
            "name": {code: instrument.element(element.id).name for code, instrument in instruments.items()},
            "items": [_build_item(item, instruments) for item in element.items if item.id in asked],
        }
        for element in first.elements
        if any(item.id in asked for item in element.items)
    ]
    languages = [{"code": code, "name": _name_language(code)} for code in instruments]
    return {"languages": languages, "levels": first.level_count, "elements": chosen}


def count_items(form: Mapping[str, Any]) -> int:
    """Return how many items a form has."""
    return sum(len(element["items"]) for element in form["elements"])


def estimate_minutes(form: Mapping[str, Any]) -> int:
    """Return about how many minutes a form takes: 45 seconds an item, rounded up."""
    return ceil(count_items(form) * _SECONDS_PER_ITEM / 60)


def _build_item(item: Item, instruments: Mapping[str, Instrument]) -> dict[str, Any]:
    spoken = {code: instrument.item(item.id) for code, instrument in instruments.items()}
    return {
        "id": item.id,
        "name": {code: told.name for code, told in spoken.items()},
        "why": {code: instrument.scale.why for code, instrument in instruments.items()},
        "anchors": {code: [anchor.text for anchor in told.anchors] for code, told in spoken.items()},
    }


def _name_language(code: str) -> str:
    """Return a language's name for itself, as a respondent looks for it."""
    try:
        name = Locale.parse(code).get_display_name()
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code
