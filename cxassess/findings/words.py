"""How figures, names and dates are put into the sentences of a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cxassess.findings.model import Finding, Value
from cxassess.instrument.model import Instrument
from cxassess.language import Language, get_language

AREA = "findings."


@dataclass(frozen=True)
class Said:
    """A finding in words.

    Parameters
    ----------
    title : str
        The finding as a headline, without a full stop.
    text : str
        One to four sentences with figures and intervals; may be empty.
    """

    title: str
    text: str

    @property
    def lead(self) -> str:
        """The text, as it is called under a page's title."""
        return self.text


@dataclass(frozen=True)
class Words:
    """The words of one report: the instrument in its language, the language, and the organisation's short name."""

    instrument: Instrument
    language: Language
    name: str = ""

    @classmethod
    def of(cls, instrument: Instrument, language: Language | str, name: str = "") -> Words:
        """Make words from a language or its code."""
        return cls(instrument, get_language(language) if isinstance(language, str) else language, name)

    # ------------------------------------------------------------ messages

    def text(self, key: str, /, **values: object) -> str:
        """Return a message of the area ``findings`` with its fields filled in."""
        return self.language.text(AREA + key, **{"name": self.name, **values})

    def counted(self, key: str, n: int, /, **values: object) -> str:
        """Return a message with plural forms; ``{count}`` is the count, as a word up to twelve."""
        return self.text(key, **{"n": n, "count": self.count(n), **values})

    def group(self, key: str) -> Mapping[str, Any]:
        """Return a group of messages."""
        group = self.language.raw(AREA + key)
        return group if isinstance(group, Mapping) else {}

    def count(self, n: int) -> str:
        """Write a count, as a word from one to twelve."""
        return str(self.group("words.numbers").get(str(n), self.language.number(n, 0)))

    def capital(self, sentence: str) -> str:
        """Return a sentence with a capital first letter; the organisation's name is left as it is written."""
        named = bool(self.name) and sentence.startswith(self.name)
        return sentence if named else sentence[:1].upper() + sentence[1:]

    def sentences(self, *parts: str) -> str:
        """Join sentences that are not empty, each with a capital first letter."""
        return " ".join(self.capital(part) for part in parts if part)

    def begin(self, said: Said) -> Said:
        """Return a title and a text that both begin with a capital letter."""
        return Said(self.capital(said.title), self.capital(said.text))

    # ------------------------------------------------------------ figures

    def number(self, value: float, digits: int = 2) -> str:
        """Write a score or a difference; what rounds to zero has no sign."""
        return self.language.number(round(value, digits) + 0.0, digits)

    def signed(self, value: float) -> str:
        """Write a change with its sign."""
        return self.language.signed(round(value, 2) + 0.0)

    def percent(self, share: float) -> str:
        """Write a share 0–1 as a percentage."""
        return self.language.percent(share)

    def chance(self, probability: float) -> str:
        """Write a probability: never as 0 or 100 %."""
        if probability > 0.99:
            return self.text("words.more_than", percent=self.percent(0.99))
        if probability < 0.01:
            return self.text("words.less_than", percent=self.percent(0.01))
        return self.percent(probability)

    def score(self, numbers: Mapping[str, Value], *, first: bool = True) -> str:
        """Write a score with its interval, if there is one with a width; ``first`` says what the interval is."""
        score, low, high = (_float(numbers, key) for key in ("score", "low", "high"))
        written = self.number(score or 0.0)
        if low is None or high is None or low == high:
            return written
        key = "words.score_first" if first else "words.score_next"
        return self.text(key, score=written, low=self.number(low), high=self.number(high))

    def difference(self, gap: float, low: float | None, high: float | None, *, signed: bool = False) -> str:
        """Write a difference with its interval, if there is one."""
        written = self.signed(gap) if signed else self.number(gap)
        if low is None or high is None or low == high:
            return written
        return self.text("words.gap_first", gap=written, low=self.number(low), high=self.number(high))

    # ------------------------------------------------------------ names

    def element(self, element: str) -> str:
        """Return an element's name as it stands in the middle of a sentence."""
        return self.instrument.element(element).in_sentence

    def elements(self, ids: str) -> str:
        """Return the names of comma-joined elements, joined as a sentence does."""
        known = {element.id for element in self.instrument.elements}
        return self.language.join([self.element(element) for element in ids.split(",") if element in known])

    def element_name(self, element: str) -> str:
        """Return an element's name as a label."""
        return self.instrument.element(element).name

    def role(self, role: str) -> str:
        """Return a role's name in the middle of a sentence."""
        return lower_first(self.instrument.role(role).name)

    def level_name(self, level: float) -> str:
        """Return the name of a level."""
        return self.instrument.level(int(level)).name

    def cause(self, cause: str) -> str:
        """Return the name of a root cause."""
        return next((known.name for known in self.instrument.root_causes if known.id == cause), cause)

    def cause_meaning(self, cause: str) -> str:
        """Return what a root cause means, in the instrument's words."""
        return next((known.meaning for known in self.instrument.root_causes if known.id == cause), "")

    def item(self, item: str) -> str:
        """Return an item's short name, in quotation marks."""
        return self.quote(self.instrument.item(item).short)

    def quote(self, text: str) -> str:
        """Put quotation marks around a name."""
        return self.text("words.quote", text=text)

    def wave(self, finding: Finding, prefix: str = "wave_from") -> str:
        """Return a wave as it is called after *since*: its year or month, or its own name."""
        form, day = finding.word(f"{prefix}_form"), finding.word(f"{prefix}_date")
        if day and form == "year":
            return day[:4]
        if day and form == "month":
            return self.language.date(date.fromisoformat(day), "MMMM y")
        return finding.word(f"{prefix}_name") or finding.word(prefix)


def lower_first(text: str) -> str:
    """Return a name with a small first letter, unless it begins with an abbreviation such as *IT* or *HR*."""
    return text if text[1:2].isupper() or not text[1:2].isalpha() else text[:1].lower() + text[1:]


def _float(numbers: Mapping[str, Value], key: str) -> float | None:
    value = numbers.get(key)
    return float(value) if isinstance(value, (int, float)) else None
