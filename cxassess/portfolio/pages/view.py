"""What all pages of a portfolio share: its figures, and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import floor, log10
from typing import Final

from cxassess.document import HeatCell, ScaleLevel, ScoreScale
from cxassess.instrument.model import Element, Instrument
from cxassess.language import Language
from cxassess.portfolio.assessment import PortfolioAssessment
from cxassess.portfolio.bands import Band, BandGroup
from cxassess.portfolio.members import Member
from cxassess.scoring.model import OVERALL

_SPOKEN: Final = range(2, 13)
#: From so large an outcome on, so many decimals; smaller ones get three significant digits.
_DECIMALS: Final = ((1000, 0), (10, 1))
_MOST_DECIMALS: Final = 10
_REASONS: Final = ("too_few", "withheld", "no_answers", "low_coverage")


@dataclass(frozen=True)
class PortfolioView:
    """A portfolio with the words and number formats of one language.

    Parameters
    ----------
    portfolio : PortfolioAssessment
        The only source of figures.
    language : Language
        The report's language.
    title : str
        Name of the portfolio; may be empty.
    """

    portfolio: PortfolioAssessment
    language: Language
    title: str = ""

    # ------------------------------------------------------------ what there is

    @property
    def instrument(self) -> Instrument:
        """The instrument in the report's language."""
        return self.portfolio.instrument

    @cached_property
    def shown(self) -> tuple[Member, ...]:
        """The organisations whose overall score may be shown."""
        return tuple(member for member in self.portfolio.members if member.shown)

    @property
    def people(self) -> int:
        """How many people answered in the organisations that may be shown."""
        return sum(member.respondents or 0 for member in self.shown)

    @property
    def hidden_count(self) -> int:
        """How many organisations may not be shown."""
        return len(self.portfolio.members) - len(self.shown)

    @property
    def name(self) -> str:
        """The portfolio's name, or how many organisations it has."""
        return self.title or self.counted("name", len(self.portfolio.members))

    @cached_property
    def dates(self) -> tuple[date, date] | None:
        """The last answer's day in the first and in the last of the organisations."""
        known = [member.answered_on for member in self.portfolio.members if member.answered_on]
        return (min(known), max(known)) if known else None

    @property
    def middle(self) -> float:
        """The score at which the heat map turns: where the systematic level begins, or the middle of the scale."""
        rule = self.instrument.systematic
        if rule is not None and rule.level > 1:
            return float(self.instrument.cutoffs[rule.level - 2])
        return (1 + self.instrument.level_count) / 2

    @property
    def scale(self) -> ScoreScale:
        """The axis of the score exhibits."""
        levels = tuple(ScaleLevel(level.level, level.name) for level in self.instrument.levels)
        return ScoreScale(levels, self.instrument.cutoffs)

    # ------------------------------------------------------------ words

    def text(self, key: str, /, **values: object) -> str:
        """Return a message of the portfolio's texts."""
        return self.language.text(f"portfolio.{key}", **values)

    def shared(self, key: str, /, **values: object) -> str:
        """Return a message that the portfolio's report shares with an organisation's."""
        return self.language.text(f"report.{key}", **values)

    def count(self, number: int) -> str:
        """Write a small number as a word, a larger one in digits."""
        return self.shared(f"count.n{number}") if number in _SPOKEN else self.digits(number)

    def counted(self, key: str, number: int, *, sentence: bool = False, **values: object) -> str:
        """Return a message with plural forms, its number as a word; ``sentence`` gives it a capital."""
        text = self.text(key, n=number, count=self.count(number), **values)
        return text[:1].upper() + text[1:] if sentence else text

    def counted_digits(self, key: str, number: int, **values: object) -> str:
        """Return a message with plural forms, its number in digits."""
        return self.text(key, n=number, count=self.digits(number), **values)

    def element_name(self, element: str) -> str:
        """Return an element's name, or the word for the overall score."""
        return self.text("head.overall") if element == OVERALL else self.instrument.element(element).name

    def in_sentence(self, element: str) -> str:
        """Return an element's name as it stands in a sentence."""
        return self.text("overall") if element == OVERALL else self.instrument.element(element).in_sentence

    def number_of(self, element: Element | str) -> int:
        """Return an element's number, counted from 1; 0 for the overall score."""
        wanted = element if isinstance(element, str) else element.id
        return 0 if wanted == OVERALL else [known.id for known in self.instrument.elements].index(wanted) + 1

    def group_name(self, group: BandGroup, dimension: str) -> str:
        """Return the name of an industry or country, or of several small ones together."""
        names = [name or self.text(f"bands.unknown_{dimension}") for name in group.names]
        return self.text(f"bands.joined_{dimension}", names=", ".join(names)) if len(names) > 1 else names[0]

    def hidden(self, reason: str) -> str:
        """Say why a score is not shown."""
        return self.shared(f"hidden.{reason if reason in _REASONS else 'no_answers'}")

    def sentences(self, *parts: str) -> str:
        """Join sentences, leaving out empty ones."""
        return " ".join(part for part in parts if part)

    def named(self, interval: str) -> str:
        """Write what an interval is."""
        return self.shared("interval.named", interval=interval)

    def elements(self) -> str:
        """Write how many elements there are."""
        count = len(self.instrument.elements)
        return self.shared("cover.elements", n=count, count=self.count(count))

    # ------------------------------------------------------------ figures

    def digits(self, number: float) -> str:
        """Write a whole number."""
        return self.language.number(number, 0)

    def number(self, value: float | None, digits: int = 2) -> str:
        """Write a figure, or a dash where there is none."""
        return "–" if value is None else self.language.number(value, digits)

    def percent(self, share: float | None) -> str:
        """Write a share, or a dash where there is none."""
        return "–" if share is None else self.language.percent(share)

    def interval(self, low: float | None, high: float | None) -> str:
        """Write an interval, or that there is none."""
        if low is None or high is None:
            return self.shared("interval.none")
        return self.shared("interval.plain", low=self.number(low), high=self.number(high))

    def signed_interval(self, low: float | None, high: float | None) -> str:
        """Write the interval of a difference, which may cross zero."""
        if low is None or high is None:
            return self.shared("interval.none")
        return self.shared("interval.signed", low=self.number(low), high=self.number(high))

    def percent_interval(self, low: float | None, high: float | None) -> str:
        """Write the interval of a share, the sign of per cent once."""
        if low is None or high is None:
            return self.shared("interval.none")
        return self.shared("interval.plain", low=self.digits(100 * low), high=self.percent(high))

    def points(self, difference: float | None) -> str:
        """Write a difference of shares as a number of percentage points, with its sign."""
        return "–" if difference is None else self.language.signed(100 * difference, 0)

    def signed_score(self, difference: float) -> str:
        """Write a difference of scores, with its sign."""
        return self.language.signed(difference, 2)

    def figure(self, value: float | None) -> str:
        """Write an outcome, or a difference of outcomes, with the decimals that outcomes of their size need."""
        return "–" if value is None else self.language.number(value, self._decimals)

    def signed(self, value: float) -> str:
        """Write a difference of outcomes, with its sign."""
        return self.language.signed(value, self._decimals)

    @cached_property
    def _decimals(self) -> int:
        outcomes = self.portfolio.outcomes
        most = max(map(abs, outcomes.values.values()), default=0.0) if outcomes else 0.0
        needed = min(2 - floor(log10(most)), _MOST_DECIMALS) if most else 2
        return next((digits for least, digits in _DECIMALS if most >= least), needed)

    def within(self, band: Band) -> tuple[float, float] | tuple[None, None]:
        """Return the interval of a mean, cut off at the ends of the scale."""
        if band.low is None or band.high is None:
            return (None, None)
        return (max(band.low, 1.0), min(band.high, float(self.instrument.level_count)))

    def period(self) -> str:
        """Write from when to when the newest waves ended; empty if no answer has a date."""
        if self.dates is None:
            return ""
        begin, end = self.dates
        if begin == end:
            return self.language.date(end)
        pattern = self.shared("date.day_month")
        start = self.language.date(begin, pattern) if begin.year == end.year else self.language.date(begin)
        return self.shared("date.range", first=start, last=self.language.date(end))

    # ------------------------------------------------------------ the heat map's colours

    def heat(self, score: float | None) -> HeatCell:
        """Return a score as a cell: its figure, and how far from the middle it is."""
        if score is None:
            return HeatCell("–")
        away = round(score, 2) - self.middle
        room = self.instrument.level_count - self.middle if away > 0 else self.middle - 1
        return HeatCell(self.number(score), round(away / room, 3) if room else 0.0)

    def heat_key(self) -> Sequence[HeatCell]:
        """Return the key of the colours: one of each level."""
        edges = [1.0, *self.instrument.cutoffs, float(self.instrument.level_count)]
        cells = []
        for level, low, high in zip(self.instrument.levels, edges, edges[1:], strict=False):
            shade = self.heat((low + high) / 2).shade
            cells.append(HeatCell(f"{level.level} {level.name}", shade))
        return cells
