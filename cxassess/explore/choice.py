"""What is chosen on the screen, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cxassess.scoring.model import ALL, ROLE, UNIT

OWN_TARGET: Final = "own"


@dataclass(frozen=True)
class Choice:
    """What is looked at.

    Parameters
    ----------
    organisation, wave, language : str
        Whose assessment, and in which language.
    role, unit : str
        Id of a role or name of a unit whose own scores are shown; both empty for everybody's.
    rule : str
        The rule that the level follows.
    target : str
        ``own``, ``none``, or the number of a level.
    view, element, item : str
        The page, and what it is about.
    moves : tuple
        Of the thought experiment: pairs of an element or item and how far it is moved.
    """

    organisation: str
    wave: str
    language: str
    role: str
    unit: str
    rule: str
    target: str
    view: str
    element: str
    item: str
    moves: tuple[tuple[str, float], ...] = ()

    @property
    def group(self) -> str:
        """The group whose scores are shown, as in the scores."""
        return ROLE + self.role if self.role else UNIT + self.unit if self.unit else ALL
