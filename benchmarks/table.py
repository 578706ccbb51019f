"""The figures as markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from benchmarks.figures import Figure, Table
from benchmarks.machine import describe_in_words

#: Runs on all cores are compared with the other way on all cores.
COMPARED_WITH: Final = {"D": "A×", "D+": "A×", "A×": "A×"}
_NOTHING: Final = "–"


def write_tables(reports: Sequence[Table], scoring: Sequence[Table], machine: dict[str, Any]) -> str:
    """Return all tables, with what was measured and on which machine, as markdown."""
    parts = [_report_table(table) for table in reports] + [_scoring_table(table) for table in scoring]
    parts.append(f"Measured on: {describe_in_words(machine)}.")
    return "\n\n".join(parts) + "\n"


def _report_table(table: Table) -> str:
    head = ("", "", "ms a report", "quartiles", "reports/s", "times faster ¹", "memory, MiB ²", "of which, ms")
    rows = [
        (
            figure.key,
            figure.what,
            _milliseconds(figure.median),
            " – ".join(_milliseconds(value) for value in figure.quartiles or ()) or _NOTHING,
            _number(1 / figure.median if figure.median else None, 2),
            _ratio(table.ratio(figure, COMPARED_WITH.get(figure.key, "A"))),
            _number(figure.memory),
            figure.note or _phases(figure),
        )
        for figure in table.figures
    ]
    small, large = table.facts["reports_in_runs"]
    start = ", ".join(f"{key} {value:.1f} s" for key, value in table.facts["seconds_to_start"].items())
    same = (
        "All ways but A wrote the same bytes."
        if table.facts["same_bytes"]
        else "**The ways did not write the same bytes.**"
    )
    notes = [
        "¹ than A with as many processes: D than A×, the others than A.",
        "² Highest sum of all processes' memory, shared pages counted once (PSS).",
        f"C+ and D+ are the slope between runs of {small} and of {large} reports, without the start ({start}). {same}",
    ]
    return f"### Reports: {table.title}\n\n{_grid(head, rows)}\n\n" + "  \n".join(notes)


def _scoring_table(table: Table) -> str:
    head = ("", "ms", "quartiles", "times faster", "peak memory, MiB", "")
    rows = [
        (
            figure.what,
            _milliseconds(figure.median),
            " – ".join(_milliseconds(value) for value in figure.quartiles or ()) or _NOTHING,
            _ratio(table.ratio(figure)),
            _number(figure.memory),
            figure.note,
        )
        for figure in table.figures
    ]
    facts = table.facts
    note = (
        f"{facts['respondents']:,} filled-in forms of {facts['organisations']:,} organisations, in chunks of "
        f"{facts['respondents_in_chunk']:,}. Means, deviations and counts of every level, by organisation, wave and "
        "element or item; the same in all ways. One thread, but for Dask."
    )
    return f"### Scoring: {table.title}\n\n{_grid(head, rows)}\n\n{note}"


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    numeric = {"ms", "ms a report", "quartiles", "reports/s"}
    rule = ["---:" if name in numeric or "faster" in name or "memory" in name else "---" for name in head]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def _phases(figure: Figure) -> str:
    return " · ".join(f"{name} {_milliseconds(seconds)}" for name, seconds in figure.phases.items())


def _milliseconds(seconds: float | None) -> str:
    return _number(None if seconds is None else seconds * 1000)


def _ratio(value: float | None) -> str:
    return _number(value, 1 if value is None or value >= 1 else 2)


def _number(value: float | None, digits: int = 0) -> str:
    return _NOTHING if value is None else f"{value:,.{digits}f}"
