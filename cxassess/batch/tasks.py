"""What there is to report on: one task an organisation, before anything is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

import pandas as pd

from cxassess.batch.inputs import hash_organisations
from cxassess.context import OrganisationContext
from cxassess.errors import CxassessError, Problem
from cxassess.instrument.model import Instrument
from cxassess.report.names import report_name
from cxassess.responses import Responses, Source
from cxassess.responses.waves import sort_waves

if TYPE_CHECKING:
    from cxassess.scoring import Benchmark

ReportFormat = Literal["pdf", "html"]
FORMATS: Final[tuple[ReportFormat, ...]] = ("pdf", "html")
MOST_NAMED: Final = 12


class ResponsesSource(Protocol):
    """Responses that are read part by part, all of an organisation in one part; a ``Spool`` is one."""

    @property
    def source(self) -> Source:
        """The file and what was understood of it."""

    @property
    def instrument(self) -> Instrument:
        """What was answered."""

    @property
    def organisations(self) -> Iterable[str]:
        """Names, in order of first appearance."""

    def parts(self) -> Iterator[Responses]:
        """Return the parts, one after the other."""


@dataclass(frozen=True)
class InMemory:
    """Responses that are in memory already: one part."""

    responses: Responses

    @property
    def source(self) -> Source:
        """The file and what was understood of it."""
        return self.responses.source

    @property
    def instrument(self) -> Instrument:
        """What was answered."""
        return self.responses.instrument

    @property
    def organisations(self) -> tuple[str, ...]:
        """Names, in order of first appearance."""
        return self.responses.organisations

    def parts(self) -> Iterator[Responses]:
        """Return the one part."""
        yield self.responses


@dataclass(frozen=True)
class ReportTask:
    """One report to make.

    Parameters
    ----------
    organisation : str
        As in the responses.
    waves : tuple of str
        The waves that it uses, oldest first; it is about the last of them.
    language : str
        Of the report; independent of the language that was answered in.
    inputs : str
        Hash of the organisation's responses and context.
    """

    organisation: str
    waves: tuple[str, ...]
    language: str
    inputs: str

    @property
    def wave(self) -> str:
        """The wave that the report is about."""
        return self.waves[-1]

    @property
    def name(self) -> str:
        """File name of the report, without suffix."""
        return report_name(self.organisation, self.wave, self.language)

    @property
    def key(self) -> tuple[str, str, str]:
        """Organisation, wave and language."""
        return (self.organisation, self.wave, self.language)


@dataclass(frozen=True)
class RunPlan:
    """A whole run: the reports to make, and what all of them share.

    Parameters
    ----------
    responses : ResponsesSource
        Everything that was answered.
    tasks : tuple of ReportTask
        In the order of the responses.
    language : str
        Of the reports.
    instrument : str
        Shipped id, or path of an instrument.
    contexts : mapping
        Organisation → what is known about it besides.
    benchmark : Benchmark, "portfolio" or None
        Scores to compare with: given ones, or those of all other organisations in the responses, without their names.
    brand : str
        Path of a brand file, or empty for the templates' own.
    """

    responses: ResponsesSource
    tasks: tuple[ReportTask, ...]
    language: str
    instrument: str = "eight_elements"
    contexts: Mapping[str, OrganisationContext] = field(default_factory=dict)
    benchmark: Benchmark | Literal["portfolio"] | None = None
    brand: str = ""


def parse_formats(text: str) -> tuple[ReportFormat, ...]:
    """Return the formats in a comma-separated list; CxassessError names those that are unknown."""
    kinds = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [kind for kind in kinds if kind not in FORMATS]
    if unknown or not kinds:
        what = f"{', '.join(unknown)} can't be written" if unknown else "no format is given"
        raise CxassessError.single("--format", what, f"use one or more of: {', '.join(FORMATS)}")
    return tuple(kind for kind in FORMATS if kind in kinds)


def plan_reports(
    responses: Responses | ResponsesSource,
    *,
    language: str,
    instrument: str = "eight_elements",
    organisation: str = "",
    wave: str = "",
    contexts: Mapping[str, OrganisationContext] | None = None,
    benchmark: Benchmark | Literal["portfolio"] | None = None,
    brand: str = "",
) -> RunPlan:
    """Return the reports to make from responses: one per organisation, of the wave asked for or its newest.

    ``benchmark="portfolio"`` compares each organisation with all others in the responses, without their names.

    Raises
    ------
    CxassessError
        If the organisation or the wave is not in the responses.
    """
    source = InMemory(responses) if isinstance(responses, Responses) else responses
    names = tuple(source.organisations)
    if organisation and organisation not in names:
        raise CxassessError.single(
            f"--organisation {organisation!r}",
            "no such organisation in the responses",
            f"use one of: {', '.join(names[:MOST_NAMED])}{' …' if len(names) > MOST_NAMED else ''}",
        )
    known = contexts or {}
    tasks: dict[str, ReportTask] = {}
    problems: list[Problem] = []
    for part in source.parts():
        waves = _choose_waves(part, organisation, wave, problems)
        inputs = hash_organisations(part, waves, known)
        tasks |= {name: ReportTask(name, waves[name], language, inputs[name]) for name in waves}
    if problems:
        raise CxassessError(problems)
    if benchmark == "portfolio":
        from cxassess.scoring.benchmark import check_size  # noqa: PLC0415  (slow to load)

        check_size(len(tasks) - 1, "--benchmark portfolio")
    ordered = tuple(tasks[name] for name in names if name in tasks)
    return RunPlan(source, ordered, language, instrument, known, benchmark, brand)


def _choose_waves(part: Responses, organisation: str, wave: str, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """Return organisation → the waves to use, the one to report on last, for those of a part."""
    answers = part.answers if not organisation else part.answers[part.answers["organisation"] == organisation]
    medians: dict[str, dict[str, pd.Timestamp]] = {}
    middle = answers.groupby(["organisation", "wave"], sort=False)["answered_at"].median().reset_index()
    for name, label, day in zip(middle["organisation"], middle["wave"], middle["answered_at"], strict=True):
        medians.setdefault(name, {})[label] = day
    chosen = {}
    for name, days in medians.items():
        waves = sort_waves(days)
        if wave and wave not in waves:
            problems.append(Problem(f"--wave {wave!r}", f"{name} has no such wave", f"use one of: {', '.join(waves)}"))
        else:
            chosen[name] = waves[: waves.index(wave) + 1] if wave else waves
    return chosen
