"""An outcome of each organisation, such as growth or loyalty, to hold against its maturity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cxassess.errors import CxassessError, Problem
from cxassess.portfolio.files import read_table

_REMEDY: Final = "Give a CSV file with the columns organisation and outcome, one row an organisation."
_OUTCOME: Final = "outcome"


@dataclass(frozen=True)
class Outcomes:
    """Organisation → its outcome; ``label`` as printed, empty if the file only says ``outcome``."""

    label: str
    values: Mapping[str, float]

    @property
    def binary(self) -> bool:
        """Whether there are only zeros and ones, so that shares are compared instead of means."""
        return set(self.values.values()) <= {0.0, 1.0}


def read_outcomes(path: str | Path, organisations: Collection[str]) -> Outcomes:
    """Read a CSV file with the columns organisation and outcome.

    A file of two columns may call the second one what it is, e.g. ``Customer loyalty``; that name is printed. An
    empty outcome means that it is not known.

    Parameters
    ----------
    path : str or Path
        The file.
    organisations : collection of str
        Those of the portfolio; others are refused, as a misspelt name would be.

    Raises
    ------
    CxassessError
        With every problem.
    """
    table = read_table(path, ("organisation",), _REMEDY)
    others = [column for column in table.columns if column != "organisation"]
    wanted = _OUTCOME if _OUTCOME in others else others[0] if len(others) == 1 else ""
    if not wanted:
        raise CxassessError.single(table.name, "it is not clear which column is the outcome", _REMEDY)
    name_at, value_at = table.columns.index("organisation"), table.columns.index(wanted)
    values: dict[str, float] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for row, cells in table.rows:
        name, cell = cells[name_at], cells[value_at]
        if name not in organisations:
            what = f"there is no organisation {name!r} in the portfolio"
            problems.append(Problem(table.place(row, "organisation"), what, "Write it as in the responses."))
        elif name in seen:
            problems.append(
                Problem(table.place(row, "organisation"), f"{name!r} is there twice", "Keep one row an organisation.")
            )
        elif cell:
            number = table.number(row, wanted, cell)
            if isinstance(number, Problem):
                problems.append(number)
            else:
                values[name] = number
        seen.add(name)
    if problems:
        raise CxassessError(problems)
    label = "" if wanted == _OUTCOME else table.written[value_at]
    return Outcomes(label, values)
