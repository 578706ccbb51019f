"""The instrument as the rest of the library sees it: structure and the texts of one language, merged and frozen."""

from __future__ import annotations

from functools import cached_property
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict

LevelRule = Literal["nearest", "staged", "gated"]
LEVEL_RULES: Final[tuple[LevelRule, ...]] = get_args(LevelRule)
WeightingScheme = Literal["roles", "respondents", "weights"]


class Model(BaseModel):
    """Base of all instrument models: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Anchor(Model):
    """What one would see in the organisation at one level of one item."""

    level: int
    text: str


class Item(Model):
    """One thing that a respondent places on the scale by recognising an anchor."""

    id: str
    element: str
    name: str
    short: str
    evidence: str
    anchors: tuple[Anchor, ...]
    roles: tuple[str, ...]
    pulse: bool
    practice: str
    source: str
    root_causes: tuple[str, ...]


class NextStep(Model):
    """What to do to get from one level of an element to the next."""

    from_level: int
    effort: int
    impact: int
    quick_win: bool
    weeks: tuple[int, int]
    milestones: tuple[int, ...]
    title: str
    action: str
    who: str
    after_90_days: str


class Element(Model):
    """One of the parts that the instrument measures; scored from its items."""

    id: str
    weight: float
    name: str
    in_sentence: str
    meaning: str
    items: tuple[Item, ...]
    steps: tuple[NextStep, ...]

    def step_from(self, level: int) -> NextStep | None:
        """Return the next step from a level, or None at the top of the scale."""
        return next((step for step in self.steps if step.from_level == level), None)


class MaturityLevel(Model):
    """A level of the scale, with its name."""

    level: int
    name: str
    description: str


class Role(Model):
    """A group of respondents by their place in the organisation."""

    id: str
    name: str
    letter: str
    description: str


class RootCause(Model):
    """A reason why the customer agenda fails, to which items speak."""

    id: str
    name: str
    meaning: str


class Weighting(Model):
    """How respondents are weighed together: roles equally, respondents equally, or by given weights per role."""

    scheme: WeightingScheme = "roles"
    weights: dict[str, float] = {}


class Systematic(Model):
    """When an organisation counts as systematic: these elements all at this level or above."""

    level: int
    elements: tuple[str, ...]


class RoleGap(Model):
    """The two roles whose difference is the headline role gap (high minus low)."""

    high: str
    low: str


class Scale(Model):
    """The words around the scale in the instrument's language."""

    dont_know: str
    not_applicable: str
    why: str


class Instrument(Model):
    """A complete instrument in one language.

    Everything here is data: nothing in the library knows how many elements, items, levels or roles there are.
    """

    id: str
    version: str
    language: str
    languages: tuple[str, ...]
    name: str
    description: str
    levels: tuple[MaturityLevel, ...]
    cutoffs: tuple[float, ...]
    headline_rule: LevelRule
    weighting: Weighting
    systematic: Systematic | None
    role_gap: RoleGap | None
    roles: tuple[Role, ...]
    root_causes: tuple[RootCause, ...]
    elements: tuple[Element, ...]
    scale: Scale

    @property
    def reference(self) -> str:
        """``id@version``, as written beside every score."""
        return f"{self.id}@{self.version}"

    @property
    def level_count(self) -> int:
        """Number of levels, which is also the highest answer."""
        return len(self.levels)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of the elements."""
        return tuple(item for element in self.elements for item in element.items)

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """Ids of all items in the order of the elements."""
        return tuple(item.id for item in self.items)

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> Item:
        """Return an item by id; KeyError if there is none."""
        return self._by_id[item_id]

    def element(self, element_id: str) -> Element:
        """Return an element by id; KeyError if there is none."""
        return {element.id: element for element in self.elements}[element_id]

    def role(self, role_id: str) -> Role:
        """Return a role by id; KeyError if there is none."""
        return {role.id: role for role in self.roles}[role_id]

    def level(self, level: int) -> MaturityLevel:
        """Return a maturity level by its number, counted from 1."""
        return self.levels[level - 1]

    def items_for(self, role_id: str, *, pulse: bool = False) -> tuple[Item, ...]:
        """Return the items that a role is asked, of the full or of the pulse form."""
        return tuple(item for item in self.items if role_id in item.roles and (item.pulse or not pulse))
