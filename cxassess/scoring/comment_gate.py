"""The privacy gate for comments: they follow the rule of their writer's group."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cxassess.responses.model import Responses
from cxassess.scoring.frames import build_frame
from cxassess.scoring.hidden import Hidden
from cxassess.scoring.model import MINIMUM_GROUP, ROLE


def show_comments(responses: Responses, hidden: Mapping[tuple[str, str], Hidden]) -> pd.DataFrame:
    """Return the comments that may be shown, sorted by item and text.

    A role is named only where it may be shown, in the item too. Comments without one then come from the hidden roles
    that were asked: with fewer than five people in these, they are left out.
    """
    items = {item.id: item for item in responses.instrument.items}
    order = {item: place for place, item in enumerate(responses.instrument.item_ids)}
    keys = ["organisation", "wave", "respondent"]
    people = responses.answers.groupby(["organisation", "wave", "role"]).size().to_dict()
    told = responses.comments.merge(responses.answers[[*keys, "role"]], on=keys, how="inner")
    rows = []
    for row in told.to_dict("records"):
        key = (row["organisation"], row["wave"])
        state = hidden[key]
        item = "" if pd.isna(row["item"]) else row["item"]
        asked = items[item].roles if item else [role.id for role in responses.instrument.roles]
        unnamed = [role for role in {*asked, row["role"]} if _unnamed(state, item, role)]
        if state.everything or sum(people.get((*key, role), 0) for role in unnamed) < MINIMUM_GROUP * bool(unnamed):
            continue
        role = "" if row["role"] in unnamed else row["role"]
        rows.append((*key, item, items[item].element if item else "", role, row["text"]))
    rows.sort(key=lambda row: (row[0], row[1], order.get(row[2], -1), row[5], row[4]))
    return build_frame("comments", rows)


def _unnamed(state: Hidden, item: str, role: str) -> bool:
    return bool(state.groups.get(ROLE + role) or (item and state.item(item, ROLE + role)))
