"""An instrument as text for a terminal: what a consultant reads before using it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from cxassess.instrument.model import Element, Instrument, Item, NextStep
from cxassess.language import LANGUAGES, Language, get_language

_FALLBACK = "en"


def show_instrument(instrument: Instrument, *, width: int = 100) -> str:
    """Write an instrument as plain text, in its own language.

    Parameters
    ----------
    instrument : Instrument
        Already loaded in the language to show. The few words around its texts are English where the instrument
        speaks a language that the reports do not.
    width : int
        Width of the lines in characters, at least 40.

    Returns
    -------
    str
        Levels, roles, root causes and elements with all their items, anchors and steps; ends without a line break.
    """
    language = get_language(instrument.language if instrument.language in LANGUAGES else _FALLBACK)
    lines = list(_Writer(instrument, language, max(width, 40)).write())
    return "\n".join(line.rstrip() for line in lines).strip("\n")


class _Writer:
    """Writes one instrument, line by line."""

    def __init__(self, instrument: Instrument, language: Language, width: int) -> None:
        self.instrument = instrument
        self.language = language
        self.width = width

    def write(self) -> Iterator[str]:
        yield from self._write_head()
        yield from self._write_levels()
        yield from self._write_roles()
        yield from self._write_root_causes()
        for number, element in enumerate(self.instrument.elements, start=1):
            yield from self._write_element(number, element)

    def _say(self, key: str, /, **values: object) -> str:
        return self.language.text(f"instrument.{key}", **values)

    def _wrap(self, text: str, indent: int = 0, label: str = "") -> Iterator[str]:
        """Wrap a text below its label, which hangs out to the left of it."""
        first, rest = " " * indent + label, " " * (indent + len(label))
        yield from wrap(text, self.width, initial_indent=first, subsequent_indent=rest) or [first]

    def _title(self, text: str, mark: str) -> Iterator[str]:
        lines = list(self._wrap(text))
        yield ""
        yield from lines
        yield mark * max(len(line) for line in lines)

    def _write_head(self) -> Iterator[str]:
        instrument = self.instrument
        yield from self._title(f"{instrument.name} ({instrument.reference})", "=")
        yield from self._wrap(instrument.description)
        yield ""
        yield from self._wrap(
            self._say(
                "counts",
                elements=len(instrument.elements),
                items=len(instrument.items),
                levels=instrument.level_count,
                languages=", ".join(instrument.languages),
            )
        )
        yield from self._wrap(self._say(f"headline_rule.{instrument.headline_rule}"))
        yield from self._wrap(self._say("cutoffs", cutoffs=" · ".join(map(self._number, instrument.cutoffs))))
        yield from self._wrap(self._say_weighting())
        if instrument.systematic is not None:
            names = [instrument.element(element).in_sentence for element in instrument.systematic.elements]
            values = {"elements": self.language.join(names), "level": instrument.systematic.level}
            yield from self._wrap(self._say("systematic", **values))
        if instrument.role_gap is not None:
            high, low = instrument.role(instrument.role_gap.high), instrument.role(instrument.role_gap.low)
            yield from self._wrap(self._say("role_gap", high=high.name, low=low.name))

    def _say_weighting(self) -> str:
        weighting = self.instrument.weighting
        parts = [
            f"{role.name} {self._number(weighting.weights[role.id])}"
            for role in self.instrument.roles
            if role.id in weighting.weights
        ]
        return self._say(f"weighting.{weighting.scheme}", weights=", ".join(parts))

    def _number(self, value: float) -> str:
        """Write a number with the decimals it has."""
        return self.language.number(value, len(f"{value:.6f}".rstrip("0").partition(".")[2]))

    def _write_levels(self) -> Iterator[str]:
        yield from self._title(self._say("levels"), "-")
        for level in self.instrument.levels:
            yield from self._wrap(f"{level.name}. {level.description}", label=f"{level.level:>2}  ")

    def _write_roles(self) -> Iterator[str]:
        yield from self._title(self._say("roles"), "-")
        for role in self.instrument.roles:
            pulse = len(self.instrument.items_for(role.id, pulse=True))
            count = self._say("items_asked", n=len(self.instrument.items_for(role.id)), pulse=pulse)
            yield from self._wrap(f"{role.name} ({count}). {role.description}", label=f" {role.letter}  ")

    def _write_root_causes(self) -> Iterator[str]:
        if not self.instrument.root_causes:
            return
        yield from self._title(self._say("root_causes"), "-")
        for cause in self.instrument.root_causes:
            yield from self._wrap(f"{cause.name}. {cause.meaning}", label=" •  ")

    def _write_element(self, number: int, element: Element) -> Iterator[str]:
        weight = self._say("element_weight", weight=self._number(element.weight))
        yield ""
        yield from self._title(f"{number}. {element.name} ({weight})", "=")
        yield from self._wrap(element.meaning)
        for item in element.items:
            yield from self._write_item(item)
        yield from self._title(self._say("steps"), "-")
        for step in element.steps:
            yield from self._write_step(step)

    def _write_item(self, item: Item) -> Iterator[str]:
        mark = f" [{self._say('pulse')}]" if item.pulse else ""
        yield from self._title(f"{item.id}  {item.name}{mark}", "-")
        for anchor in item.anchors:
            yield from self._wrap(anchor.text, label=f"{anchor.level:>2}  ")
        roles = (self.instrument.role(role).name for role in item.roles)
        yield from self._wrap(self._say("asked_of", roles=", ".join(roles)), indent=4)
        yield from self._wrap(self._say("evidence", evidence=item.evidence), indent=4)
        names = {cause.id: cause.name for cause in self.instrument.root_causes}
        if item.root_causes:
            causes = ", ".join(names[cause] for cause in item.root_causes)
            yield from self._wrap(self._say("speaks_to", causes=causes), indent=4)

    def _write_step(self, step: NextStep) -> Iterator[str]:
        first, last = step.weeks
        facts = self._say("step_facts", effort=step.effort, impact=step.impact, first=first, last=last)
        if step.quick_win:
            facts = f"{facts}, {self._say('quick_win')}"
        title = self._say("step", from_level=step.from_level, to_level=step.from_level + 1, title=step.title)
        yield from self._wrap(f"{title} ({facts})")
        yield from self._wrap(step.action, indent=4)
        yield from self._wrap(self._say("who", who=step.who), indent=4)
        yield from self._wrap(self._say("after_90_days", text=step.after_90_days), indent=4)
