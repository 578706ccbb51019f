"""What all pages share: the scores of one organisation and wave, and how its figures are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from cxassess.context import Agreement, OrganisationContext
from cxassess.document import ScaleLevel, ScoreScale
from cxassess.instrument.model import Element, Instrument
from cxassess.language import Language
from cxassess.responses.model import Source
from cxassess.scoring.model import ALL
from cxassess.scoring.rows import Row, first, matching, read_rows

if TYPE_CHECKING:
    from cxassess.findings import Findings
    from cxassess.scoring import ShownScores

SPOKEN_NUMBERS: Final = range(2, 13)
SCORED: Final = "scored"


@dataclass(frozen=True)
class View:
    """The shown scores of one organisation and wave, with the words and number formats of one language.

    Parameters
    ----------
    shown : ShownScores
        Scores behind the privacy gate; the only source of figures.
    findings : Findings
        What the scores mean.
    instrument : Instrument
        The instrument in the report's language; the only source of instrument texts.
    language : Language
        The report's language.
    organisation, wave : str
        Whose report it is.
    context : OrganisationContext
        What is known besides the responses. The means beside what was agreed become those of the shown scores: with
        the votes' own, which weigh the roles otherwise, what a small group answered could be worked out.
    source : Source, optional
        The file that the responses came from.
    notices : tuple of str
        Sentences that the reader must see, e.g. that the figures are invented.
    """

    shown: ShownScores
    findings: Findings
    instrument: Instrument
    language: Language
    organisation: str
    wave: str
    context: OrganisationContext
    source: Source | None = None
    notices: tuple[str, ...] = ()
    _read: dict[str, list[Row]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.context.agreements:
            agreements = tuple(self._with_shown_mean(one) for one in self.context.agreements)
            object.__setattr__(self, "context", self.context.model_copy(update={"agreements": agreements}))

    def _with_shown_mean(self, agreed: Agreement) -> Agreement:
        row = first(self.rows_over_time("items", wave=agreed.wave, item=agreed.item, group=ALL))
        return agreed.model_copy(update={"mean": row["mean"] if row and is_shown(row) else None})

    # ------------------------------------------------------------ rows

    def rows(self, frame: str, **equal: object) -> list[Row]:
        """Return the rows of a frame, by its name, for this wave and with these values."""
        return matching(self._here(frame), **equal)

    def row(self, frame: str, **equal: object) -> Row | None:
        """Return the first row of a frame for this wave, or None."""
        return first(self.rows(frame, **equal))

    def rows_over_time(self, frame: str, **equal: object) -> list[Row]:
        """Return the rows of a frame over all waves."""
        return matching(self._all(frame), **equal)

    def _all(self, frame: str) -> list[Row]:
        if frame not in self._read:
            self._read[frame] = read_rows(getattr(self.shown, frame), self.organisation)
        return self._read[frame]

    def _here(self, frame: str) -> list[Row]:
        key = f"{frame}, {self.wave}"
        if key not in self._read:
            self._read[key] = matching(self._all(frame), wave=self.wave)
        return self._read[key]

    def score(self, element: str, group: str = ALL) -> Row | None:
        """Return the row of an element's score if it may be shown, or None."""
        row = self.row("scores", element=element, group=group)
        return row if is_shown(row) else None

    def levels(self, element: str, rule: str) -> list[Row]:
        """Return the levels of an element by a rule, lowest first; empty if it has no level.

        The probability is None where there is no interval, as when all answer alike.
        """
        found = self.rows("levels", element=element, rule=rule)
        reached = any(row["reached"] for row in found)
        return sorted(found, key=lambda row: int(row["level"])) if reached else []

    def reached(self, element: str, rule: str) -> Row | None:
        """Return the row of the level that an element has by a rule, or None."""
        return next((row for row in self.levels(element, rule) if row["reached"]), None)

    @property
    def waves(self) -> list[Row]:
        """The organisation's waves up to this one, oldest first."""
        found = list(self._all("waves"))
        found.sort(key=lambda row: int(row["order"]))
        here = next((row["order"] for row in found if row["wave"] == self.wave), None)
        return [row for row in found if here is not None and row["order"] <= here]

    @property
    def weakest(self) -> str:
        """Id of the weakest element, or an empty string."""
        row = self.row("weakest")
        return str(row["element"]) if row and row["element"] else ""

    # ------------------------------------------------------------ names

    @property
    def name(self) -> str:
        """The organisation's name in running text."""
        return self.context.short_name or self.organisation

    @property
    def wave_name(self) -> str:
        """The wave's printed name."""
        return self.context.wave_names.get(self.wave, self.wave)

    @property
    def report_date(self) -> date | None:
        """The date on the cover: as given, else the date of the last answer."""
        if self.context.report_date:
            return self.context.report_date
        answered = self.row("responses_by_role", group=ALL)
        return answered["last_answer"] if answered else None

    def number_of(self, element: Element | str) -> int:
        """Return an element's number, counted from 1."""
        wanted = element if isinstance(element, str) else element.id
        return [known.id for known in self.instrument.elements].index(wanted) + 1

    def item_number(self, item_id: str) -> str:
        """Return an item's number within its element, e.g. ``4.2``."""
        item = self.instrument.item(item_id)
        within = [known.id for known in self.instrument.element(item.element).items].index(item_id) + 1
        return f"{self.number_of(item.element)}.{within}"

    def group_name(self, group: str) -> str:
        """Return the name of a role group (``role:<id>``); other groups by what follows the colon."""
        kind, _, name = group.partition(":")
        return self.instrument.role(name).name if kind == "role" else name

    def level_name(self, level: int) -> str:
        """Return a maturity level's name."""
        return self.instrument.level(level).name

    @property
    def scale(self) -> ScoreScale:
        """The axis of the score exhibits."""
        levels = tuple(ScaleLevel(level.level, level.name) for level in self.instrument.levels)
        return ScoreScale(levels, self.instrument.cutoffs)

    # ------------------------------------------------------------ words and figures

    def text(self, key: str, /, **values: object) -> str:
        """Return a message of the report's texts."""
        return self.language.text(f"report.{key}", **values)

    def count(self, number: int) -> str:
        """Write a small number as a word, a larger one in digits."""
        return self.text(f"count.n{number}") if number in SPOKEN_NUMBERS else self.language.number(number, 0)

    def counted(self, key: str, number: int, *, sentence: bool = False, **values: object) -> str:
        """Return a message with plural forms, its number as a word; ``sentence`` gives it a capital."""
        text = self.text(key, n=number, count=self.count(number), **values)
        return text[:1].upper() + text[1:] if sentence else text

    def number(self, value: float | None, digits: int = 2) -> str:
        """Write a figure, or a dash where there is none."""
        return "–" if value is None else self.language.number(value, digits)

    def level_number(self, value: float) -> str:
        """Write a score that stands for a whole or half level, without needless zeros."""
        return self.language.number(value, 0 if float(value).is_integer() else 1 if (value * 10) % 1 == 0 else 2)

    def chance(self, probability: float | None) -> str:
        """Write a probability in per cent, very small and very large ones as bounds; a dash where there is none."""
        if probability is None:
            return "–"
        if probability < 0.01:
            return self.text("chance.under", limit=self.language.percent(0.01))
        if probability > 0.99:
            return self.text("chance.over", limit=self.language.percent(0.99))
        return self.language.percent(probability)

    def interval(self, low: float | None, high: float | None) -> str:
        """Write the interval of a score, or that there is none; without a width, that everybody answered."""
        if low is None or high is None:
            return self.text("interval.none")
        if low == high:
            return self.text("interval.all_answered")
        return self.text("interval.plain", low=self.number(low), high=self.number(high))

    def signed_interval(self, low: float | None, high: float | None) -> str:
        """Write the interval of a difference, or that there is none."""
        if low is None or high is None:
            return self.text("interval.none")
        return self.text("interval.signed", low=self.number(low), high=self.number(high))

    def hidden(self, row: Row | None) -> str:
        """Say why a row is not shown."""
        reason = str(row["reason"] or "") if row else ""
        known = ("too_few", "withheld", "no_answers", "low_coverage")
        return self.text(f"hidden.{reason if reason in known else 'no_answers'}")

    def answered(self, row: Row) -> str:
        """Write how many answered, of how many invited where that is known."""
        if row["n_respondents"] is None or row["status"] == "suppressed":
            return self.text("answered.few")
        if row["n_invited"] is None:
            return self.counted_digits("answered.alone", int(row["n_respondents"]))
        return self.text("answered.of", n=row["n_respondents"], invited=row["n_invited"])

    def counted_digits(self, key: str, number: int, **values: object) -> str:
        """Return a message with plural forms, its number in digits."""
        return self.text(key, n=number, count=self.language.number(number, 0), **values)

    def long_date(self, value: date) -> str:
        """Write a date in full."""
        return self.language.date(value)

    def date_range(self, first: date, last: date) -> str:
        """Write two dates as a range, the year once where it is the same."""
        if first == last:
            return self.long_date(last)
        pattern = self.text("date.day_month")
        start = self.language.date(first, pattern) if first.year == last.year else self.long_date(first)
        return self.text("date.range", first=start, last=self.long_date(last))

    def sentences(self, *parts: str) -> str:
        """Join sentences, leaving out empty ones."""
        return " ".join(part for part in parts if part)


def is_shown(row: Row | None) -> bool:
    """Say whether a row has a figure that may be shown."""
    return bool(row) and row is not None and row["status"] == SCORED and row.get("score", 0) is not None
