"""The component's own words in each language, and its two static files."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

from cxassess.language import LANGUAGES, Language, get_language

STATIC_FILES: Final = ("component.js", "component.css")
_FALLBACK: Final = "en"


def speak(code: str) -> Language:
    """Return the language of an instrument, or English where this package does not speak it."""
    return get_language(code if code in LANGUAGES else _FALLBACK)


def build_words(languages: Iterable[str] = LANGUAGES) -> dict[str, dict[str, Any]]:
    """Return the words of the component: language → key → message.

    A message is a text with ``{fields}``, or a mapping of plural forms chosen by the field ``n``.
    """
    return {code: dict(speak(code).raw("questionnaire.words")) for code in languages}


def build_refusal(code: str, languages: Iterable[str] = LANGUAGES) -> dict[str, str]:
    """Return what a respondent is told when a change is refused, language → text.

    Parameters
    ----------
    code : str
        Why it was refused, as the engagement says it, e.g. ``wave_closed``.
    languages : iterable of str
        The languages of the form.
    """
    return {language: speak(language).text(f"questionnaire.refused.{code}") for language in languages}


def read_static(name: str) -> str:
    """Return the text of ``component.js`` or ``component.css``; FileNotFoundError for any other name."""
    if name not in STATIC_FILES:
        raise FileNotFoundError(f"{name}: the component consists of {' and '.join(STATIC_FILES)}")
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")
