"""What there is to report on: one task an organisation, complete, before anything is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from cxassess.context import OrganisationContext
from cxassess.errors import CxassessError, Problem
from cxassess.report.names import report_name
from cxassess.responses import Responses, order_waves

if TYPE_CHECKING:
    from cxassess.scoring import Benchmark

ReportFormat = Literal["pdf", "html"]
FORMATS: Final[tuple[ReportFormat, ...]] = ("pdf", "html")


@dataclass(frozen=True)
class ReportTask:
    """One report to make, complete: what to hand to the notebook, and under which name to write the result.

    Parameters
    ----------
    responses : Responses
        Of one organisation only, all its waves up to ``wave``.
    wave : str
        The wave that the report is about.
    language : str
        Of the report; independent of the language that was answered in.
    instrument : str
        Shipped id, or path of an instrument.
    context : OrganisationContext or None
        What is known about the organisation besides.
    benchmark : Benchmark or None
        Anonymous scores to compare with.
    brand : str
        Path of a brand file, or empty for the templates' own.
    """

    responses: Responses
    wave: str
    language: str
    instrument: str
    context: OrganisationContext | None = None
    benchmark: Benchmark | None = None
    brand: str = ""

    @property
    def organisation(self) -> str:
        """The one organisation in the responses."""
        return self.responses.organisations[0]

    @property
    def name(self) -> str:
        """File name of the report, without suffix."""
        return report_name(self.organisation, self.wave, self.language)


def parse_formats(text: str) -> tuple[ReportFormat, ...]:
    """Return the formats in a comma-separated list; CxassessError names those that are unknown."""
    kinds = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [kind for kind in kinds if kind not in FORMATS]
    if unknown or not kinds:
        what = f"{', '.join(unknown)} can't be written" if unknown else "no format is given"
        raise CxassessError.single("--format", what, f"use one or more of: {', '.join(FORMATS)}")
    return tuple(kind for kind in FORMATS if kind in kinds)


def plan_reports(
    responses: Responses,
    *,
    language: str,
    instrument: str = "eight_elements",
    organisation: str = "",
    wave: str = "",
    contexts: dict[str, OrganisationContext] | None = None,
    benchmark: Benchmark | Literal["portfolio"] | None = None,
    brand: str = "",
) -> list[ReportTask]:
    """Return the reports to make from responses: one per organisation, of the wave asked for or its newest.

    ``benchmark="portfolio"`` compares each organisation with all others in the responses, without their names.

    Raises
    ------
    CxassessError
        If the organisation or the wave is not in the responses.
    """
    known = responses.organisations
    if organisation and organisation not in known:
        raise CxassessError.single(
            f"--organisation {organisation!r}",
            "no such organisation in the responses",
            f"use one of: {', '.join(known[:12])}{' …' if len(known) > 12 else ''}",
        )
    tasks, problems = [], []
    for name in (organisation,) if organisation else known:
        own = responses.select(name)
        waves = order_waves(own.answers)
        if wave and wave not in waves:
            problems.append(Problem(f"--wave {wave!r}", f"{name} has no such wave", f"use one of: {', '.join(waves)}"))
            continue
        chosen = wave or waves[-1]
        tasks.append(
            ReportTask(
                own.until(chosen),
                chosen,
                language,
                instrument,
                (contexts or {}).get(name),
                None if benchmark == "portfolio" else benchmark,
                brand,
            )
        )
    if problems:
        raise CxassessError(problems)
    if benchmark == "portfolio":
        tasks = _compare_with_each_other(tasks, responses, contexts or {})
    return tasks


def _compare_with_each_other(
    tasks: Sequence[ReportTask], responses: Responses, contexts: dict[str, OrganisationContext]
) -> list[ReportTask]:
    """Give each task the scores of all other organisations, without their names."""
    # slow to import, and a report without a benchmark scores in its own kernel only
    from cxassess.scoring import apply_privacy, benchmark_from_scores, score_responses  # noqa: PLC0415

    shown = apply_privacy(score_responses(responses, contexts=contexts), responses)
    return [
        replace(task, benchmark=benchmark_from_scores(shown, leave_out=task.organisation, name="portfolio"))
        for task in tasks
    ]
