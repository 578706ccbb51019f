"""What is known about an organisation besides its responses: who was invited, targets, events on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.strict_yaml import parse_yaml
from cxassess.instrument.yaml_nodes import Node, Unquoted, place
from cxassess.language import LANGUAGES


class ContextModel(BaseModel):
    """Base of the context models: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(ContextModel):
    """Something that happened on the way and is marked on the time line."""

    date: date
    label: str = Field(min_length=1, max_length=60)


class Target(ContextModel):
    """The scores that the organisation wants to reach by a date."""

    date: date
    elements: dict[str, float]
    overall: float | None = None


class OrganisationContext(ContextModel):
    """Everything about one organisation that does not come from respondents.

    Parameters
    ----------
    short_name : str, optional
        Name to use in running text; the full name if not given.
    audience : str
        For whom the report is meant; printed on the cover.
    report_date : date, optional
        Date on the cover; the last answer's date if not given.
    wave_names : dict
        Wave → the name printed for it, e.g. ``{"2026-10": "Wave 3, autumn 2026"}``.
    invited : dict
        Wave → role → number of people invited; gives response rates and the finite-population correction.
    target : Target, optional
        Scores aimed at, by element.
    events : tuple of Event
        Events for the time line.
    industry, country : str
        For benchmarks.
    """

    short_name: str = ""
    audience: str = ""
    report_date: date | None = None
    wave_names: dict[str, str] = {}
    invited: dict[str, dict[str, int]] = {}
    target: Target | None = None
    events: tuple[Event, ...] = ()
    industry: str = ""
    country: str = ""


def read_contexts(path: Path, language: str = "en") -> dict[str, OrganisationContext]:
    """Read a YAML file of contexts, one entry an organisation, named as in its responses.

    Wherever a text is expected, there may be one text for all languages, or a mapping of language to text.

    Parameters
    ----------
    path : Path
        The file; JSON is YAML too.
    language : str
        Which of several texts to take; English or the first given, where the language is missing.

    Raises
    ------
    CxassessError
        With every problem, each with file and line.
    """
    root, problems = parse_yaml(path.read_bytes(), path.name)
    if root is None or not isinstance(root.value, dict) or problems:
        remedy = "Begin each organisation with its name in quotes, and indent what belongs to it."
        raise CxassessError(problems or [Problem(path.name, "this is not a mapping of organisations", remedy)])
    contexts: dict[str, OrganisationContext] = {}
    for name, node in root.value.items():
        try:
            contexts[name] = OrganisationContext.model_validate(_in_language(node, language))
        except ValidationError as error:
            for found in error.errors():
                where = node.nearest(found["loc"])
                remedy = "See the sample contexts, and put dates and texts in quotes."
                problems.append(Problem(place(path.name, where.line, (name, *found["loc"])), found["msg"], remedy))
    if problems:
        raise CxassessError(problems)
    return contexts


def _in_language(node: Node, language: str) -> Any:
    """Return plain values, with one text taken wherever several languages are given."""
    if isinstance(node.value, dict):
        if node.value and set(node.value) <= set(LANGUAGES):
            chosen = next(code for code in (language, "en", *node.value) if code in node.value)
            return node.value[chosen].plain()
        return {key: _in_language(inner, language) for key, inner in node.value.items()}
    if isinstance(node.value, list):
        return [_in_language(inner, language) for inner in node.value]
    return node.value.text if isinstance(node.value, Unquoted) else node.value
