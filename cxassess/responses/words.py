"""The words that response files use: for columns, roles and answers, in every language at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from cxassess.instrument.model import Instrument
from cxassess.language import LANGUAGES, get_language

FIELDS: Final = (
    "organisation",
    "wave",
    "respondent",
    "role",
    "unit",
    "answered_at",
    "seconds",
    "form",
    "item",
    "answer",
    "comment",
)
DONT_KNOW: Final = -1
NOT_APPLICABLE: Final = -2
MISSING: Final = 0
BAD: Final = -3

_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_GAPS = re.compile(r"[\s_\-]+")

Form = Literal["full", "pulse"]


def normal_word(text: str) -> str:
    """Return a word as it is compared: without case, with single spaces and one kind of apostrophe."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold().split())


def normal_name(text: str) -> str:
    """Return a column name as it is compared: as a word, and without spaces, underscores and hyphens."""
    return _GAPS.sub("", normal_word(text))


@dataclass(frozen=True)
class WordTable:
    """Everything that may be written in a response file for one instrument.

    Parameters
    ----------
    columns : mapping
        Normal name → field.
    answers : mapping
        Normal word → ``DONT_KNOW`` or ``NOT_APPLICABLE``.
    roles : mapping
        Normal word → role id.
    forms : mapping
        Normal word → ``full`` or ``pulse``.
    """

    columns: Mapping[str, str]
    answers: Mapping[str, int]
    roles: Mapping[str, str]
    forms: Mapping[str, str]


def word_table(
    instrument: Instrument,
    others: Iterable[Instrument] = (),
    extra_roles: Mapping[str, str] | None = None,
    extra_answers: Mapping[str, str] | None = None,
) -> WordTable:
    """Gather the words of all languages and of the instrument.

    Parameters
    ----------
    instrument : Instrument
        The instrument; its own names go before those of the language files.
    others : iterable of Instrument
        The same instrument in other languages.
    extra_roles : mapping, optional
        Role name → role id, as an intake workbook carries it.
    extra_answers : mapping, optional
        Word → ``dont_know`` or ``not_applicable``, as an intake workbook carries it.
    """
    columns = {normal_name(name): name for name in FIELDS}
    answers: dict[str, int] = {}
    roles: dict[str, str] = {}
    forms: dict[str, str] = {}
    known = {role.id for role in instrument.roles}
    for code in LANGUAGES:
        aliases = get_language(code).raw("aliases")
        for name, words in aliases["columns"].items():
            columns.update({normal_name(word): name for word in words})
        answers.update({normal_word(word): DONT_KNOW for word in aliases["answers"]["dont_know"]})
        answers.update({normal_word(word): NOT_APPLICABLE for word in aliases["answers"]["not_applicable"]})
        for form, words in aliases["forms"].items():
            forms.update({normal_word(word): form for word in words})
        for role, words in aliases["roles"].items():
            if role in known:
                roles.update({normal_word(word): role for word in words})
    for version in (*others, instrument):
        answers[normal_word(version.scale.dont_know)] = DONT_KNOW
        answers[normal_word(version.scale.not_applicable)] = NOT_APPLICABLE
        roles.update({normal_word(role.name): role.id for role in version.roles})
    reasons = {"dont_know": DONT_KNOW, "not_applicable": NOT_APPLICABLE}
    answers.update({normal_word(word): reasons[reason] for word, reason in (extra_answers or {}).items()})
    roles.update({normal_word(name): role for name, role in (extra_roles or {}).items()})
    roles.update({normal_word(role.id): role.id for role in instrument.roles})
    roles.update({normal_word(role.id.replace("_", " ")): role.id for role in instrument.roles})
    return WordTable(columns, answers, roles, forms)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names near matches, or an empty string."""
    by_normal = {normal_name(name): name for name in known}
    near = get_close_matches(normal_name(word), list(by_normal), n=3, cutoff=0.65)
    return f"Did you mean {' or '.join(by_normal[match] for match in near)}? " if near else ""
