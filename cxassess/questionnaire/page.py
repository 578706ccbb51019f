"""What stands around the items: the welcome, what is promised, and what happens after the answers are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from babel.dates import format_skeleton

from cxassess.engagement.model import MINIMUM_GROUP
from cxassess.engagement.page_texts import check_texts
from cxassess.errors import CxassessError
from cxassess.questionnaire.words import speak

_DID_PARTS: Final = ("said", "state", "done")


def build_page(
    texts: Mapping[str, Any] | None,
    *,
    organisation: str,
    languages: Sequence[str],
    minutes: int,
    anonymous: bool,
    closes_on: date | None,
    items: int = 0,
) -> dict[str, Any]:
    """Build the pages before and after the items, in every language at once.

    Without texts of the consultant's own the pages promise only what holds of every installation: results from
    ``MINIMUM_GROUP`` people upwards, answers kept apart from the name, changes as long as the wave is open.

    Parameters
    ----------
    texts : Mapping or None
        What the consultant wrote: optional ``title``, ``lead``, ``contact``, ``next`` (a list) and ``did`` (``title``
        and a ``list`` of ``said``, ``state``, ``done``); each text is a string, or a mapping by language.
    organisation : str
        The name that respondents know; may be empty.
    languages : sequence of str
        The languages of the form.
    minutes : int
        About how long the form takes.
    anonymous : bool
        Whether the wave keeps no link between a person and the answers.
    closes_on : date or None
        The day until which answers are asked for.
    items : int
        How many items are asked; 0 leaves the number out.

    Returns
    -------
    dict
        JSON-able: ``organisation``, ``minutes``, ``title``, ``lead``, ``facts`` (``icon``, ``term``, ``text``),
        ``did`` or None, ``next`` (``icon``, ``text``); every text by language.

    Raises
    ------
    CxassessError
        With everything that is wrong with the texts.
    """
    given, problems = check_texts("texts", texts or {})
    if problems:
        raise CxassessError(problems)

    def say(key: str, **values: object) -> dict[str, str]:
        return {code: speak(code).text(f"questionnaire.page.{key}", **values) for code in languages}

    def own(key: str, default: dict[str, str]) -> dict[str, str]:
        return _by_language(given[key], languages) if given.get(key) else default

    promise = "anonymous" if anonymous else "linked"
    pause = say("time.counted", n=items) if items else say("time.text")
    facts = [
        {"icon": "clock", "term": say("time.term", n=minutes), "text": pause},
        {"icon": "lock", "term": say(f"{promise}.term"), "text": say(f"{promise}.text", n=MINIMUM_GROUP)},
        {"icon": "speech", "term": say("free.term"), "text": say("free.text")},
    ]
    if closes_on is not None:
        days = {code: format_skeleton("MMMMd", closes_on, locale=speak(code).locale) for code in languages}
        term = {code: speak(code).text("questionnaire.page.closes.term", date=days[code]) for code in languages}
        facts.insert(1, {"icon": "calendar", "term": term, "text": say("closes.text")})
    if given.get("contact"):
        facts.append({"icon": "person", "term": say("contact"), "text": _by_language(given["contact"], languages)})
    after = [{"icon": "calendar", "text": _by_language(text, languages)} for text in given.get("next") or ()]
    after = after or [{"icon": "lock", "text": say("gathered", n=MINIMUM_GROUP)}]
    return {
        "organisation": organisation,
        "minutes": minutes,
        "title": own("title", say("title")),
        "lead": own("lead", say("lead", organisation=organisation) if organisation else say("lead_plain")),
        "facts": facts,
        "did": _build_did(given.get("did"), languages, say("did")),
        "next": [*after, {"icon": "pen", "text": say("change")}],
    }


def _by_language(value: str | Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """Return a text for every language; one that was not written is replaced by the first that was."""
    if isinstance(value, str):
        return dict.fromkeys(languages, value)
    fallback = next(iter(value.values()))
    return {code: value.get(code, fallback) for code in languages}


def _build_did(
    did: Mapping[str, Any] | None, languages: Sequence[str], title: Mapping[str, str]
) -> dict[str, Any] | None:
    if not did or not did["list"]:
        return None
    entries = [{part: _by_language(entry[part], languages) for part in _DID_PARTS} for entry in did["list"]]
    return {"title": _by_language(did.get("title") or title, languages), "list": entries}
