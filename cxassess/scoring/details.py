"""The smaller frames: reliability, careless answers, consistency across units, who answered, the order of waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.responses.waves import sort_waves
from cxassess.scoring.changes import WavePeople
from cxassess.scoring.coding import Bools, Coded, Design, asked_rows
from cxassess.scoring.estimate import estimate
from cxassess.scoring.groups import Contexts, WaveGroups, collect_groups
from cxassess.scoring.model import ALL, MINIMUM_GROUP, ROLE
from cxassess.scoring.partials import partials
from cxassess.scoring.reliability import alpha_from_covariance, feldt_interval, icc_from_sums

Row = tuple[Any, ...]
NAN: Final = float("nan")
SECONDS_PER_ITEM: Final = 2
_MINIMUM_FOR_ALPHA: Final = 10


def longest_runs(numbers: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Return for each respondent the longest run of the same answer over consecutive answered items."""
    people = numbers.shape[0]
    last = np.zeros(people, dtype=np.int64)
    run = np.zeros(people, dtype=np.int64)
    longest = np.zeros(people, dtype=np.int64)
    for column in numbers.T.astype(np.int64):
        given = column > 0
        run = np.where(given, np.where(column == last, run + 1, 1), run)
        last = np.where(given, column, last)
        longest = np.maximum(longest, run)
    return longest


def flag_careless(coded: Coded, seconds: npt.NDArray[np.float64], design: Design) -> tuple[Bools, Bools]:
    """Return for each respondent whether the answers look careless: a long run of the same answer, or too fast.

    Long run: the longest run of the same answer over the items in their order is at least half of the items asked.
    Too fast: less than two seconds an item asked, where the time is known.

    Parameters
    ----------
    coded : Coded
        The responses.
    seconds : ndarray
        Time spent on the whole form; NaN where it is not known.
    design : Design
        Which items are asked of whom.

    Returns
    -------
    tuple of ndarray
        Long run, too fast.

    Notes
    -----
    Sources: Huang et al. (2012), Journal of Business and Psychology 27, 99–114; Curran (2016), Journal of Experimental
    Social Psychology 66, 4–19. A flag is a question to ask, never a reason to leave somebody out unsaid.
    """
    asked = asked_rows(coded, design)
    wanted = asked.sum(axis=1)
    runs = longest_runs(np.where(asked, coded.numbers, 0).astype(np.int8))
    long_run = (runs > 1) & (2 * runs >= wanted)
    with np.errstate(invalid="ignore"):
        fast = seconds < SECONDS_PER_ITEM * wanted
    return long_run, fast & ~np.isnan(seconds)


def careless_rows(
    coded: Coded, seconds: npt.NDArray[np.float64], design: Design, contexts: Contexts, waves: Sequence[WaveGroups]
) -> list[Row]:
    """Return the rows of ``careless``: numbers flagged, and the overall score with and without them."""
    long_run, fast = flag_careless(coded, seconds, design)
    flagged = long_run | fast
    kept = collect_groups(partials(coded.take(~flagged), design, with_items=False), design.instrument, contexts)
    without = {wave.key: _overall_score(wave, design) for wave in kept}
    key = coded.cells[["organisation", "wave"]].iloc[coded.cell].reset_index(drop=True)
    counted = (
        key.assign(flagged=flagged, long_run=long_run, fast=fast).groupby(["organisation", "wave"], sort=True).sum()
    )
    counts = dict(zip(counted.index.tolist(), counted.to_numpy(dtype=np.int64).tolist(), strict=True))
    return [
        (
            *wave.key,
            *counts[wave.key],
            _overall_score(wave, design),
            without.get(wave.key, NAN),
        )
        for wave in waves
    ]


def _overall_score(wave: WaveGroups, design: Design) -> float:
    found = estimate(wave.strata(design.instrument), design.instrument, design.unit_of_score)
    return NAN if found.overall is None else float(found.overall)


def reliability_rows(coded: Coded, design: Design, waves: Sequence[WaveGroups]) -> list[Row]:
    """Return the rows of ``reliability``: Cronbach's alpha of each element, with Feldt's interval.

    Over the items that every role in the wave was asked, and the respondents who answered all of them; at least two
    items and ten respondents, otherwise insufficient.
    """
    row_keys = coded.cells[["organisation", "wave"]].iloc[coded.cell].reset_index(drop=True)
    index = row_keys.groupby(["organisation", "wave"], sort=False).indices
    rows: list[Row] = []
    for wave in waves:
        numbers = coded.numbers[index[wave.key]].astype(np.int64)
        asked = design.asked[list(wave.roles)].all(axis=0)
        if wave.key in design.pulse_waves:
            asked = asked & design.pulse
        for column, element in enumerate(design.instrument.elements):
            chosen = numbers[:, asked & (design.membership[:, column] == 1)]
            rows.append((*wave.key, element.id, *_alpha(chosen)))
    return rows


def _alpha(numbers: npt.NDArray[np.int64]) -> Row:
    complete = numbers[(numbers > 0).all(axis=1)]
    n, k = complete.shape
    if k < 2 or n < _MINIMUM_FOR_ALPHA:
        return (NAN, NAN, NAN, n, "insufficient")
    total = complete.sum(axis=0)
    covariance = (n * (complete.T @ complete) - np.multiply.outer(total, total)) / (n * (n - 1))
    alpha = alpha_from_covariance(covariance)
    return (alpha, *feldt_interval(alpha, n, k), n, "insufficient" if np.isnan(alpha) else "scored")


def unit_rows(people: WavePeople, design: Design) -> list[Row]:
    """Return the rows of ``units`` of one wave: how far units of at least five respondents differ.

    The unit's sums give the elements' ICC(1) and standard deviation between units (`icc`). Overall has no row of its
    own. No rows where fewer than two units have five scored respondents.
    """
    rows: list[Row] = []
    for column, element in enumerate(design.instrument.elements):
        sums = [
            (int(unit.pairs[column, column]), int(unit.sums[column, column]), int(unit.products[column, column]))
            for unit in people.groups.units.values()
            if unit.pairs[column, column] >= MINIMUM_GROUP
        ]
        if len(sums) < 2:
            continue
        n, total, square = (np.array(part, dtype=np.float64) for part in zip(*sums, strict=True))
        scale = design.unit_of_score
        found = icc_from_sums(n, total / scale, square / scale**2)
        rows.append((*people.groups.key, element.id, found.n_units, found.icc1, found.between_sd))
    return rows


def response_rows(answers: pd.DataFrame, waves: Sequence[WaveGroups], design: Design) -> list[Row]:
    """Return the rows of ``responses_by_role``: how many answered of how many invited, and when."""
    dates = pd.to_datetime(answers["answered_at"])
    keys = [answers[name].astype("str") for name in ("organisation", "wave", "role")]
    spans = _spans(dates, keys[:2]) | _spans(dates, keys)
    rows: list[Row] = []
    for wave in waves:
        for group, strata, invited in wave.groups(design.instrument):
            if group != ALL and not group.startswith(ROLE):
                continue
            people = sum(stratum.sums.people for stratum in strata)
            index = wave.key if group == ALL else (*wave.key, group.removeprefix(ROLE))
            span = spans.get(index, (pd.NaT, pd.NaT))
            rows.append((*wave.key, group, people, invited, *span, "scored" if people else "insufficient"))
    return rows


def _spans(dates: pd.Series[Any], keys: list[pd.Series[Any]]) -> dict[tuple[str, ...], tuple[Any, Any]]:
    found = dates.groupby(keys).agg(["min", "max"])
    return dict(zip(found.index.tolist(), zip(found["min"], found["max"], strict=True), strict=True))


def order_waves(answers: pd.DataFrame) -> tuple[list[Row], Mapping[str, list[str]]]:
    """Return the rows of ``waves`` and, for each organisation, its waves in order.

    By the median date of the answers where every wave has one; otherwise by label, numbers in the label by size.
    """
    dates = pd.to_datetime(answers["answered_at"])
    keys = [answers["organisation"].astype("str"), answers["wave"].astype("str")]
    medians = dates.groupby(keys).median()
    order: dict[str, list[str]] = {}
    rows: list[Row] = []
    for organisation, group in medians.groupby(level=0, sort=True):
        labels = [str(label) for label in group.index.get_level_values(1)]
        days = dict(zip(labels, group.dt.normalize().tolist(), strict=True))
        labels = list(sort_waves(dict(zip(labels, group, strict=True))))
        order[str(organisation)] = labels
        rows += [(str(organisation), label, days[label], place) for place, label in enumerate(labels)]
    return rows, order
