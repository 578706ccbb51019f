"""Errors that tell a person what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input.

    Parameters
    ----------
    where : str
        The place: a file with row and column, a YAML path with line, or an option.
    what : str
        What is wrong there, with the offending value.
    remedy : str
        What the reader can do about it.
    """

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n    → {self.remedy}"


class CxassessError(Exception):
    """Input that cannot be used as it is; carries every problem found, not only the first.

    Parameters
    ----------
    problems : iterable of Problem
        At least one problem.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def single(cls, where: str, what: str, remedy: str) -> CxassessError:
        """Make an error of one problem."""
        return cls([Problem(where, what, remedy)])
