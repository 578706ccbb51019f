"""The report of what is on the screen, as a file beside the notebook."""

from __future__ import annotations

from pathlib import Path

from cxassess.engagement.whole import write_new
from cxassess.explore.choice import Choice
from cxassess.report.build import Report
from cxassess.report.names import report_name
from cxassess.report.pdf import render_pdf


def name_files(choice: Choice, *, rule: str, target: str) -> str:
    """Return the name, without suffix, of what is made of a choice: no other choice has the same.

    Parameters
    ----------
    choice : Choice
        What is looked at.
    rule, target : str
        Those to begin with; another level rule or target is named.
    """
    parts = [report_name(choice.organisation, choice.wave, choice.language)]
    parts += [choice.rule] if choice.rule != rule else []
    parts += [f"target-{choice.target}"] if choice.target != target else []
    return "_".join(parts)


def write_report(report: Report, path: Path) -> Path:
    """Print a report, write it whole or not at all, and return its path; CxassessError if it can't be written there."""
    printed = render_pdf(report.document.to_dict())
    with write_new(path, replace=True) as part:
        part.write_bytes(printed)
    return path
