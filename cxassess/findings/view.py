"""One organisation and wave of the shown scores, as plain rows: a hidden or missing figure is None."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from cxassess.errors import CxassessError
from cxassess.findings.model import Value
from cxassess.instrument.model import Instrument
from cxassess.scoring.model import ALL, OVERALL
from cxassess.scoring.rows import Row, matching, read_rows

if TYPE_CHECKING:
    from cxassess.scoring import ShownScores

SHOWN = "scored"


def known(**values: Value | None) -> dict[str, Value]:
    """Return the figures that are known; None is left out."""
    return {key: value for key, value in values.items() if value is not None}


def adds_up(before: float, after: float, difference: float) -> bool:
    """Tell whether two scores and their difference agree as printed with two decimals.

    They may not, where the difference is worked out on the items or respondents that both sides have in common; then
    the scores are better left out beside it.
    """
    return abs(round(after, 2) - round(before, 2) - round(difference, 2)) < 0.005


@dataclass(frozen=True)
class View:
    """The rows of one organisation and wave.

    Parameters
    ----------
    shown : ShownScores
        Scores behind the privacy gate.
    organisation, wave : str
        Which ones.
    """

    shown: ShownScores
    organisation: str
    wave: str

    def __post_init__(self) -> None:
        if not self.scores:
            raise CxassessError.single(
                f"{self.organisation}, {self.wave}",
                "the scores hold no such organisation and wave",
                "Take the names from the responses, as they are written there.",
            )

    @property
    def instrument(self) -> Instrument:
        """The instrument of the scores."""
        return self.shown.instrument

    @cached_property
    def _read(self) -> dict[int, list[Row]]:
        return {}

    def rows(self, frame: pd.DataFrame, **equals: str) -> list[Row]:
        """Return this organisation's and wave's rows of a frame, narrowed further by columns."""
        return self.rows_of_waves(frame, wave=self.wave, **equals)

    def rows_of_waves(self, frame: pd.DataFrame, **equals: str) -> list[Row]:
        """Return this organisation's rows of a frame in all waves, narrowed further by columns."""
        if id(frame) not in self._read:
            self._read[id(frame)] = read_rows(frame, self.organisation)
        return matching(self._read[id(frame)], **equals)

    @cached_property
    def scores(self) -> list[Row]:
        """Rows of the scores frame: all groups of this wave."""
        return self.rows(self.shown.scores)

    @cached_property
    def _scores(self) -> dict[tuple[str, str], Row]:
        return {(row["element"], row["group"]): row for row in self.scores}

    def row(self, element: str, group: str = ALL) -> Row | None:
        """Return the scores row of an element and group, shown or not, or None."""
        return self._scores.get((element, group))

    def score(self, element: str, group: str = ALL) -> Row | None:
        """Return the scores row of an element and group, if it may be shown and holds a score."""
        row = self.row(element, group)
        return row if row and row["status"] == SHOWN and row["score"] is not None else None

    @cached_property
    def elements(self) -> dict[str, Row]:
        """Elements that have a score, in the instrument's order."""
        rows = {element.id: self.score(element.id) for element in self.instrument.elements}
        return {element: row for element, row in rows.items() if row is not None}

    @cached_property
    def items(self) -> dict[str, Row]:
        """Items that have a mean in the group ``all``, in the instrument's order."""
        rows = {row["item"]: row for row in self.rows(self.shown.items, group=ALL)}
        return {
            item: rows[item]
            for item in self.instrument.item_ids
            if item in rows and rows[item]["status"] == SHOWN and rows[item]["mean"] is not None
        }

    @cached_property
    def waves(self) -> list[Row]:
        """The organisation's waves up to and including this one, oldest first."""
        rows = sorted(self.rows_of_waves(self.shown.waves), key=lambda row: row["order"])
        places = [place for place, row in enumerate(rows) if row["wave"] == self.wave]
        return rows[: places[0] + 1] if places else []

    def role_scores(self, element: str) -> dict[str, float]:
        """Return the roles' scores of an element: on the items that all of them were asked, else on their own items."""
        common = {
            row["group"]: row["score"]
            for row in self.rows(self.shown.role_scores_common, element=element)
            if row["score"] is not None
        }
        found: dict[str, float] = {}
        for role in self.instrument.roles:
            row = self.score(element, f"role:{role.id}")
            if row is not None:
                found[role.id] = float(row["score"])
        if found and all(f"role:{role}" in common for role in found):
            return {role: float(common[f"role:{role}"]) for role in found}
        return found

    def order(self, element: str) -> int:
        """Return an element's place in the instrument; ``overall`` comes first."""
        ids = [part.id for part in self.instrument.elements]
        return ids.index(element) if element in ids else -1

    @property
    def total(self) -> Row | None:
        """The overall row, if it may be shown."""
        return self.score(OVERALL)
