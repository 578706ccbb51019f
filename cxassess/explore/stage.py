"""From what is chosen to what is on the screen: the page as the report's HTML, and everything around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from cxassess.assessment import Assessment
from cxassess.context import OrganisationContext
from cxassess.document import Brand, Page
from cxassess.explore.changed import NO_TARGET, narrow
from cxassess.explore.choice import OWN_TARGET, Choice
from cxassess.explore.groups import Group, list_groups
from cxassess.explore.material import Material
from cxassess.explore.pages import (
    BY_GROUP,
    group_element,
    group_overview,
    item_page,
    list_views,
    report_pages,
)
from cxassess.explore.spread import Spread
from cxassess.explore.trial import Trial
from cxassess.explore.trial_page import build_trial, list_controls, list_outcome
from cxassess.instrument.model import LEVEL_RULES
from cxassess.language import Language, get_language
from cxassess.report.build import Report, build_report
from cxassess.report.html import render_page_html
from cxassess.report.pages.view import View
from cxassess.scoring.model import ALL, ROLE, UNIT

_KEPT_ASSESSMENTS: Final = 48
_KEPT_PAGES: Final = 256
_WITH_CHARTS: Final = ("waves", "plan")


@dataclass(frozen=True)
class Known:
    """An assessment with its report, the rows that both are written from, and how sure its scores are."""

    assessment: Assessment
    report: Report
    view: View
    spreads: dict[str, Spread] = field(default_factory=dict, compare=False)

    def try_out(self, choice: Choice) -> Trial:
        """Return the thought experiment that is chosen."""
        return Trial(self.view, dict(choice.moves), self.spreads)


class Stage:
    """What can be shown of some responses; everything is made when it is first asked for, and kept.

    Parameters
    ----------
    material : Material
        The responses.
    brand : Brand, optional
        How the sender looks, on the screen and in print.
    """

    def __init__(self, material: Material, brand: Brand | None = None) -> None:
        self.material = material
        self.brand = brand or Brand()
        self._know = lru_cache(_KEPT_ASSESSMENTS)(self._assess)
        self._draw = lru_cache(_KEPT_PAGES)(self._render)

    # ------------------------------------------------------------ what there is

    def know(self, choice: Choice) -> Known:
        """Return the assessment and the report of what is chosen."""
        return self._know(choice.organisation, choice.wave, choice.language, choice.rule, choice.target)

    def _assess(self, organisation: str, wave: str, language: str, rule: str, target: str) -> Known:
        aimed = "" if target == OWN_TARGET else target
        found = self.material.assess(organisation, wave, language, rule=rule, target=aimed)
        report = build_report(
            found.shown,
            found.findings,
            instrument=found.instrument,
            organisation=organisation,
            wave=wave,
            language=language,
            context=found.context,
            brand=self.brand,
            source=found.source,
        )
        return Known(found, report, _view(found, found.shown))

    def groups(self, choice: Choice) -> tuple[Group, ...]:
        """Return the groups of the wave, hidden ones with the reason."""
        return list_groups(self.know(choice).view, _words(choice).text("explore.group.all"))

    def views(self, choice: Choice) -> tuple[str, ...]:
        """Return the pages that there are."""
        return list_views(self.know(choice).report)

    def targets(self, choice: Choice) -> tuple[str, ...]:
        """Return the targets to choose from; the first is the one to begin with."""
        own = self.material.know(choice.language).get(choice.organisation)
        levels = tuple(str(level) for level in range(2, self.material.responses.instrument.level_count + 1))
        return (*((OWN_TARGET,) if own and own.target else ()), NO_TARGET, *levels)

    # ------------------------------------------------------------ the page

    def draw(self, choice: Choice) -> str:
        """Return the page as HTML, with its own style."""
        return self._draw(choice)

    def prepare(self, choice: Choice) -> None:
        """Draw the pages with charts, so that they are there when they are asked for."""
        for view in self.views(choice):
            if view in _WITH_CHARTS:
                self._draw(replace(choice, view=view))

    def _render(self, choice: Choice) -> str:
        meta = self.know(choice).report.meta.to_dict()
        return "\n".join(render_page_html(page.to_dict(), meta) for page in self.pages(choice))

    def pages(self, choice: Choice) -> tuple[Page, ...]:
        """Return the pages on the screen."""
        known, words = self.know(choice), _words(choice)
        if choice.view == "trial":
            return (build_trial(known.view, known.try_out(choice), words, moved=bool(choice.moves)),)
        if choice.group != ALL and choice.view in BY_GROUP:
            own = _view(known.assessment, narrow(known.assessment.shown, choice.group))
            name = known.view.group_name(choice.group)
            if choice.view == "overview":
                return (group_overview(own, name, words),)
            element = known.assessment.instrument.element(choice.element)
            return (group_element(own, element, words, group=choice.group, name=name, item_id=choice.item),)
        found = report_pages(known.report, choice.view, choice.element)
        if choice.view == "elements" and choice.item:
            return tuple(item_page(page, known.view, choice.item, words) for page in found)
        return found

    # ------------------------------------------------------------ around the page

    def describe(self, choice: Choice, *, can_hand_over: bool = False) -> dict[str, Any]:
        """Return what stands around the page: what can be chosen, the pages, the elements, and the words."""
        known, words = self.know(choice), _words(choice)
        texts = words.raw("explore")
        buttons = [("print", texts["button"]["print"])]
        buttons += [("files", texts["button"]["files"])] if can_hand_over else []
        elsewhere = choice.group != ALL and choice.view not in BY_GROUP
        group = known.view.group_name(choice.group) if elsewhere else ""
        return {
            "lang": choice.language,
            "colours": {"accent": self.brand.accent, "ink": self.brand.ink},
            "label": texts["bar"]["label"],
            "selects": self._selects(choice, words),
            "views": {
                "label": texts["view"]["label"],
                "chosen": choice.view,
                "list": [{"key": view, "name": texts["view"][view]} for view in self.views(choice)],
            },
            "elements": self._elements(choice, words),
            "trial": self._trial(choice, words),
            "note": words.text("explore.group.not_here", group=group) if elsewhere else "",
            "buttons": [{"key": key, "name": name} for key, name in buttons],
            "messages": {key: texts["message"][key] for key in ("working", "printing", "handing", "open")},
        }

    def _selects(self, choice: Choice, words: Language) -> list[dict[str, Any]]:
        view = self.know(choice).view
        groups = self.groups(choice)
        own = view.context.target or None
        year = own.date.year if own else ""
        waves = self.material.waves(choice.organisation)
        names = view.context.wave_names
        targets = {
            OWN_TARGET: words.text("explore.target.own", year=year),
            NO_TARGET: words.text("explore.target.none"),
        }
        plain: dict[str, list[tuple[str, str]]] = {
            "organisation": [(name, name) for name in self.material.organisations],
            "wave": [(wave, names.get(wave, wave)) for wave in waves],
            "rule": [(str(rule), words.text(f"explore.rule.{rule}")) for rule in LEVEL_RULES],
            "target": [
                (key, targets.get(key) or words.text("explore.target.level", level=key)) for key in self.targets(choice)
            ],
            "language": [(code, words.text(f"explore.language.{code}")) for code in self.material.languages],
        }
        chosen = {key: str(getattr(choice, key)) for key in plain}
        built = {key: _select(words, key, chosen[key], choices) for key, choices in plain.items()}
        built["group"] = _select_group(words, choice.group, groups)
        return [built[key] for key in ("organisation", "wave", "group", "rule", "target", "language")]

    def _elements(self, choice: Choice, words: Language) -> dict[str, Any]:
        view = self.know(choice).view
        shown = choice.view == "elements"
        elements = [
            {
                "id": one.id,
                "number": str(view.number_of(one)),
                "name": one.name,
                "open": words.text("explore.element.open", name=one.name),
            }
            for one in view.instrument.elements
        ]
        items = [] if not shown or choice.unit else view.instrument.element(choice.element).items
        return {
            "shown": shown,
            "label": words.text("explore.element.label"),
            "chosen": choice.element,
            "list": elements,
            "items_label": words.text("explore.element.items"),
            "whole": words.text("explore.element.whole"),
            "item": choice.item,
            "items": [{"id": one.id, "number": view.item_number(one.id), "name": one.short} for one in items],
        }

    def _trial(self, choice: Choice, words: Language) -> dict[str, Any] | None:
        if choice.view != "trial":
            return None
        known, moves = self.know(choice), dict(choice.moves)
        texts, view, trial = words.raw("explore.trial"), known.view, known.try_out(choice)
        return {
            "label": texts["move"],
            "clear": texts["clear"],
            "mark": texts["mark"],
            "outcome": list_outcome(view, trial, words, moved=bool(moves)),
            "rows": list_controls(view, trial, moves, choice.element, words),
        }


def _words(choice: Choice) -> Language:
    return get_language(choice.language)


def _view(found: Assessment, shown: Any) -> View:
    return View(
        shown=shown,
        findings=found.findings,
        instrument=found.instrument,
        language=get_language(found.instrument.language),
        organisation=found.organisation,
        wave=found.wave,
        context=found.context or OrganisationContext(),
        source=found.source,
    )


def _select(words: Language, key: str, value: str, choices: Sequence[tuple[str, str]]) -> dict[str, Any]:
    listed = [{"value": one, "name": name, "hidden": False} for one, name in choices]
    groups = [{"label": "", "choices": listed}]
    return {"key": key, "label": words.text(f"explore.bar.{key}"), "value": value, "groups": groups}


def _select_group(words: Language, value: str, groups: tuple[Group, ...]) -> dict[str, Any]:
    """Return the choice of a group: hidden ones stand there with the reason, and cannot be chosen."""
    parts = (("", (ALL,)), (words.text("explore.bar.roles"), (ROLE,)), (words.text("explore.bar.units"), (UNIT,)))
    listed = []
    for label, begins in parts:
        choices = [
            {
                "value": group.key,
                "name": words.text("explore.bar.hidden", name=group.name, reason=group.hidden)
                if group.hidden
                else group.name,
                "hidden": bool(group.hidden),
            }
            for group in groups
            if group.key.startswith(begins)
        ]
        listed += [{"label": label, "choices": choices}] if choices else []
    return {"key": "group", "label": words.text("explore.bar.group"), "value": value, "groups": listed}
