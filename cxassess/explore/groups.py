"""Whose scores can be looked at: everybody's, a role's, a unit's; those that are hidden say why."""

from __future__ import annotations

from dataclasses import dataclass

from cxassess.report.pages.view import View, is_shown
from cxassess.scoring.model import ALL, OVERALL, ROLE, UNIT


@dataclass(frozen=True)
class Group:
    """A group of people that can be chosen, or that is hidden.

    Parameters
    ----------
    key : str
        ``all``, ``role:<id>`` or ``unit:<name>``, as in the scores.
    name : str
        In the language of the screen.
    hidden : str
        Why it can't be chosen; empty if it can.
    """

    key: str
    name: str
    hidden: str = ""


def list_groups(view: View, everybody: str) -> tuple[Group, ...]:
    """Return all groups of the wave: everybody, the instrument's roles, then units as they stand in the scores.

    A role in which nobody answered is listed too. What is hidden comes without any figure, not even how many answered.
    """
    rows = {row["group"]: row for row in view.rows("scores", element=OVERALL)}
    roles = [ROLE + role.id for role in view.instrument.roles]
    units = [group for group in rows if group.startswith(UNIT)]
    found = [Group(ALL, everybody)]
    for key in (*roles, *units):
        row = rows.get(key)
        found.append(Group(key, view.group_name(key), "" if is_shown(row) else view.hidden(row)))
    return tuple(found)
