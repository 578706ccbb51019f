"""The instrument's files as they are written: one for the structure, one for the texts of each language.

These models say what each file may hold and give the JSON Schemas. What concerns several places at once (ids that
must agree, numbers that must fit the levels) stands in ``structure_rules`` and ``text_rules``.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from cxassess.instrument.model import LevelRule, WeightingScheme

STRUCTURE_FILE: Final = "instrument.yaml"
ID_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9_]{0,31}$"
LANGUAGE_PATTERN: Final = r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$"
VERSION_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"
LEVEL_PATTERN: Final = r"^([1-9]|10)$"
MIN_LEVELS: Final = 2
MAX_LEVELS: Final = 10
LAST_WEEK: Final = 13
MAX_QUICK_WIN_EFFORT: Final = 2
MAX_TEXT: Final = 2000


def _check_text(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("text_empty", "the text is empty")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise PydanticCustomError("text_control", "the text holds a line break or a control character")
    if text != text.strip():
        raise PydanticCustomError("text_spaces", "the text starts or ends with a space")
    return text


def _check_letter(text: str) -> str:
    if len(text) != 1 or not text.isalpha():
        raise PydanticCustomError("letter", "one letter is expected")
    return text


Text = Annotated[
    str,
    Strict(),
    Field(max_length=MAX_TEXT, json_schema_extra={"minLength": 1, "pattern": r"^\S(.*\S)?$"}),
    AfterValidator(_check_text),
]
Letter = Annotated[
    str, Strict(), Field(json_schema_extra={"minLength": 1, "maxLength": 1}), AfterValidator(_check_letter)
]
Id = Annotated[str, Strict(), Field(pattern=ID_PATTERN)]
LanguageCode = Annotated[str, Strict(), Field(pattern=LANGUAGE_PATTERN)]
LevelKey = Annotated[str, Field(pattern=LEVEL_PATTERN)]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Weight = Annotated[float, Strict(), Field(gt=0)]
Flag = Annotated[bool, Strict()]
Rating = Annotated[int, Strict(), Field(ge=1, le=5)]
Week = Annotated[int, Strict(), Field(ge=1, le=LAST_WEEK)]
LevelNumber = Annotated[int, Strict(), Field(ge=1, le=MAX_LEVELS)]


class FilePart(BaseModel):
    """Base of everything that stands in a file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---------------------------------------------------------------- the structure


class WeightingPart(FilePart):
    """How respondents are weighed together."""

    scheme: WeightingScheme = Field(
        description="roles: every role counts the same; respondents: every person; weights: each role by its weight."
    )
    weights: dict[Id, Weight] = Field(default={}, description="Role → weight; only for the scheme weights.")


class SystematicPart(FilePart):
    """When an organisation counts as systematic."""

    level: LevelNumber = Field(description="The level that all of the elements must have reached.")
    elements: tuple[Id, ...] = Field(min_length=1)


class RoleGapPart(FilePart):
    """The two roles whose difference is the headline role gap: high minus low."""

    high: Id
    low: Id


class ItemPart(FilePart):
    """An item's place in the structure."""

    id: Id = Field(description="Permanent: a changed meaning is a new id and a new version.")
    pulse: Flag = Field(description="Whether the item is in the short pulse form; at least one of an element is.")
    roles: tuple[Id, ...] = Field(min_length=1, description="Roles that are asked this item.")
    practice: Text = Field(description="The practice that the item looks at.")
    source: Text = Field(description="Where the practice comes from.")
    root_causes: tuple[Id, ...] = Field(description="Root causes that the item speaks to.")


class StepPart(FilePart):
    """What the step from one level to the next takes."""

    from_level: LevelNumber = Field(alias="from", description="The level that the step starts from.")
    effort: Rating = Field(description="1 (a few hours) to 5 (a large piece of work).")
    impact: Rating = Field(description="1 (hardly noticed) to 5 (felt by every customer).")
    quick_win: Flag = Field(description="Little effort (1 or 2), and seen within about four weeks.")
    weeks: tuple[Week, Week] = Field(description="First and last week in the 90-day plan.")
    milestones: tuple[Week, ...] = Field(description="Weeks, rising, at which something is shown.")


class ElementPart(FilePart):
    """An element with its items and steps."""

    id: Id
    weight: Weight = Field(description="Weight of the element in the overall score.")
    items: tuple[ItemPart, ...] = Field(min_length=1)
    steps: tuple[StepPart, ...] = Field(description="One step from each level but the highest.")


class StructureFile(FilePart):
    """``instrument.yaml``: what is asked, of whom, and how it counts."""

    id: Id = Field(description="Permanent name of the instrument.")
    version: Annotated[str, Strict(), Field(pattern=VERSION_PATTERN)]
    languages: tuple[LanguageCode, ...] = Field(min_length=1, description="Each has a file of texts beside this one.")
    levels: Annotated[int, Strict(), Field(ge=MIN_LEVELS, le=MAX_LEVELS)]
    cutoffs: tuple[Number, ...] = Field(description="Scores at which the next level begins; one less than levels.")
    headline_rule: LevelRule = Field(description="The rule that gives the level printed first.")
    weighting: WeightingPart
    systematic: SystematicPart | None = None
    role_gap: RoleGapPart | None = None
    roles: tuple[Id, ...] = Field(min_length=1)
    root_causes: tuple[Id, ...]
    elements: tuple[ElementPart, ...] = Field(min_length=1)


# ---------------------------------------------------------------- the texts of one language


class LevelText(FilePart):
    """A maturity level in words."""

    name: Text
    description: Text = Field(description="How an organisation at this level works.")


class RoleText(FilePart):
    """A role in words."""

    name: Text
    letter: Letter = Field(description="One letter for charts; different for each role.")
    description: Text = Field(description="Who belongs here.")


class RootCauseText(FilePart):
    """A root cause in words."""

    name: Text
    meaning: Text


class ScaleText(FilePart):
    """The words around the scale."""

    dont_know: Text
    not_applicable: Text
    why: Text = Field(description="Prompt asking why; shown on the lowest and the highest answers.")


class StepText(FilePart):
    """What to do to get to the next level."""

    title: Text = Field(description="The action as a short label.")
    action: Text = Field(description="The first action for next week.")
    who: Text = Field(description="The title of the person who does it.")
    after_90_days: Text = Field(description="What will be visible after 90 days.")


class ElementText(FilePart):
    """An element in words."""

    name: Text
    in_sentence: Text = Field(description="The name as it stands in the middle of a sentence.")
    meaning: Text
    steps: dict[LevelKey, StepText] = Field(description='Keyed by the level the step starts from: "1", "2" …')


class ItemText(FilePart):
    """An item in words."""

    name: Text = Field(description="What the respondent reads above the anchors.")
    short: Text = Field(description="Short name for charts and tables.")
    evidence: Text = Field(description="What one would show a visitor.")
    anchors: dict[LevelKey, Text] = Field(description='What one would see at each level: "1", "2" …')


class TextFile(FilePart):
    """``en.yaml`` and the like: every text of one language."""

    language: LanguageCode = Field(description="The same as the file's name.")
    name: Text
    description: Text
    levels: dict[LevelKey, LevelText]
    roles: dict[Id, RoleText]
    root_causes: dict[Id, RootCauseText]
    scale: ScaleText
    elements: dict[Id, ElementText]
    items: dict[Id, ItemText]
