"""The last step of scoring: the frames that follow from whole-number sums alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxassess.responses.waves import natural_key
from cxassess.scoring.design import Design
from cxassess.scoring.elements import level_rows, score_rows, systematic_row, weakest_row
from cxassess.scoring.frames import build_frame
from cxassess.scoring.group_scores import GroupScores, score_groups
from cxassess.scoring.groups import Contexts, WaveGroups, collect_groups
from cxassess.scoring.items import distribution_rows, item_rows
from cxassess.scoring.partials import Partials

Row = tuple[Any, ...]
Grouped = Mapping[tuple[str, str], list[GroupScores]]


def finish(
    parts: Partials, design: Design, contexts: Contexts, order: Mapping[str, Sequence[str]] | None = None
) -> dict[str, pd.DataFrame]:
    """Return the frames that follow from the sums: scores, levels, weakest, systematic, items, distributions.

    The same bits as `score_responses` gives, however the responses were split.

    Parameters
    ----------
    parts : Partials
        The sums of all responses, from `combine`.
    design : Design
        The design that the sums were made with.
    contexts : mapping
        Organisation → what is known about it.
    order : mapping, optional
        Organisation → its waves, oldest first; by their labels if not given.

    Returns
    -------
    dict
        Name → frame, as in ``COLUMNS``, sorted by organisation and wave.
    """
    waves = sort_groups(collect_groups(parts, design.instrument, contexts), order)
    grouped = score_groups(waves, design)
    return {name: build_frame(name, rows) for name, rows in finish_rows(waves, grouped, design).items()}


def sort_groups(waves: Sequence[WaveGroups], order: Mapping[str, Sequence[str]] | None) -> list[WaveGroups]:
    """Return the waves sorted by organisation, then in the order given, or by their labels."""
    if order is None:
        return sorted(waves, key=lambda wave: (wave.organisation, natural_key(wave.wave)))
    place = {(organisation, wave): at for organisation, labels in order.items() for at, wave in enumerate(labels)}
    return sorted(waves, key=lambda wave: (wave.organisation, place[wave.key]))


def finish_rows(waves: Sequence[WaveGroups], grouped: Grouped, design: Design) -> dict[str, list[Row]]:
    """Return the rows of the frames of `finish`."""
    rows: dict[str, list[Row]] = {
        name: [] for name in ("scores", "levels", "weakest", "systematic", "items", "distributions")
    }
    for wave in waves:
        scored = grouped[wave.key]
        systematic = systematic_row(wave, scored[0])
        rows["scores"] += score_rows(wave, scored)
        rows["levels"] += level_rows(wave, scored[0])
        rows["weakest"].append(weakest_row(wave, scored[0]))
        rows["systematic"] += [] if systematic is None else [systematic]
        rows["items"] += item_rows(wave, scored, design)
        rows["distributions"] += distribution_rows(wave, scored[0], design)
    return rows
