"""What is known about an organisation besides its responses: who was invited, targets, events on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.strict_yaml import parse_yaml
from cxassess.instrument.yaml_nodes import Node, Unquoted, place
from cxassess.language import LANGUAGES

_Day = date  # where a field is called date


class ContextModel(BaseModel):
    """Base of the context models: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(ContextModel):
    """Something that happened on the way and is marked on the time line."""

    date: date
    label: str = Field(min_length=1, max_length=60)


class Target(ContextModel):
    """The scores that the organisation wants to reach by a date.

    Parameters
    ----------
    date : date
        By when; the latest, where elements have dates of their own.
    elements : dict
        Element → score.
    overall : float, optional
        The overall score.
    dates : dict
        Element, or ``overall`` → its own date, where that is another.
    """

    date: date
    elements: dict[str, float]
    overall: float | None = None
    dates: dict[str, _Day] = {}

    def date_of(self, element: str) -> _Day:
        """Return by when an element, or ``overall``, is to be where it is aimed at."""
        return self.dates.get(element, self.date)


class Agreement(ContextModel):
    """What the people in a workshop agreed on about one item.

    Parameters
    ----------
    wave, item : str
        What it is about.
    level : int, optional
        The level agreed; None if the item was left open.
    mean : float, optional
        Mean of the individual votes before; None where too few voted to show it.
    votes : int
        How many people had chosen a level.
    dissent : int
        How many still disagreed.
    reason : str
        Why, in a sentence.
    agreed_on : date
        When.
    """

    wave: str
    item: str
    level: int | None = None
    mean: float | None = None
    votes: int
    dissent: int = 0
    reason: str = ""
    agreed_on: date


class PlannedAction(ContextModel):
    """Something that the organisation decided to do, or to stop doing.

    Parameters
    ----------
    id : str
        Random, and never another's; blank for one that is new.
    wave : str
        In the workshop of which wave it was decided.
    kind : {"start", "stop"}
        Whether it is to be done, or no longer done.
    element : str
        The element it serves; may be blank.
    title : str
        What.
    owner : str
        Who sees to it.
    due_on : date, optional
        By when.
    metric : str
        How everybody will see that it worked.
    state : {"planned", "started", "done", "dropped"}
        What has become of it.
    note : str
        More about that, e.g. why it was dropped.
    revision : int
        Counts the changes, from 1.
    """

    id: str
    wave: str
    kind: Literal["start", "stop"] = "start"
    element: str = ""
    title: str
    owner: str = ""
    due_on: date | None = None
    metric: str = ""
    state: Literal["planned", "started", "done", "dropped"] = "planned"
    note: str = ""
    revision: int = 0


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
    agreements : tuple of Agreement
        What was agreed in the workshops of all waves.
    actions : tuple of PlannedAction
        What was decided there, and what has become of it.
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
    agreements: tuple[Agreement, ...] = ()
    actions: tuple[PlannedAction, ...] = ()


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
