"""The smaller frames: reliability, careless answers, consistency across units, who answered, the order of waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxassess.responses.waves import sort_waves
from cxassess.scoring.coding import Coded, asked_rows
from cxassess.scoring.design import Bools, Design
from cxassess.scoring.estimate import estimate_groups
from cxassess.scoring.groups import Contexts, WaveGroups, collect_groups
from cxassess.scoring.model import ALL, MINIMUM_GROUP, ROLE
from cxassess.scoring.partials import partials
from cxassess.scoring.reliability import alpha_from_covariance, feldt_interval, icc_from_sums

Row = tuple[Any, ...]
Dates = npt.NDArray[np.datetime64]
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
    coded: Coded,
    seconds: npt.NDArray[np.float64],
    design: Design,
    contexts: Contexts,
    overall: Mapping[tuple[str, str], float],
) -> list[Row]:
    """Return the rows of ``careless``: numbers flagged, and the overall score with and without them.

    ``overall`` holds the overall score of every organisation and wave, in the order of the rows.
    """
    long_run, fast = flag_careless(coded, seconds, design)
    flagged = long_run | fast
    concerned = [rows for rows in coded.waves.values() if flagged[rows].any()]
    kept = np.concatenate([np.zeros(0, dtype=np.int64), *(rows[~flagged[rows]] for rows in concerned)])
    waves = collect_groups(partials(coded.take(kept), design, with_items=False), design.instrument, contexts)
    strata = [wave.strata(design.instrument) for wave in waves]
    estimates = estimate_groups(strata, design.instrument, design.unit_of_score)
    without = {
        wave.key: NAN if found.overall is None else float(found.overall)
        for wave, found in zip(waves, estimates, strict=True)
    }
    rows: list[Row] = []
    for key, score in overall.items():
        own = coded.waves[key]
        counts = [int(flags[own].sum()) for flags in (flagged, long_run, fast)]
        rows.append((*key, *counts, score, without.get(key, NAN) if counts[0] else score))
    return rows


def reliability_rows(coded: Coded, design: Design, waves: Sequence[WaveGroups]) -> list[Row]:
    """Return the rows of ``reliability``: Cronbach's alpha of each element, with Feldt's interval.

    Over the items that every role in the wave was asked, and the respondents who answered all of them; at least two
    items and ten respondents, otherwise insufficient.
    """
    rows: list[Row] = []
    for wave in waves:
        numbers = coded.numbers[coded.waves[wave.key]].astype(np.int64)
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


def unit_rows(wave: WaveGroups, design: Design) -> list[Row]:
    """Return the rows of ``units`` of one wave: how far units of at least five respondents differ.

    The unit's sums give the elements' ICC(1) and standard deviation between units (`icc`). Overall has no row of its
    own. No rows where fewer than two units have five scored respondents.
    """
    rows: list[Row] = []
    for column, element in enumerate(design.instrument.elements):
        sums = [
            (int(unit.pairs[column, column]), int(unit.sums[column, column]), int(unit.products[column, column]))
            for unit in wave.units.values()
            if unit.pairs[column, column] >= MINIMUM_GROUP
        ]
        if len(sums) < 2:
            continue
        n, total, square = (np.array(part, dtype=np.float64) for part in zip(*sums, strict=True))
        scale = design.unit_of_score
        found = icc_from_sums(n, total / scale, square / scale**2)
        rows.append((*wave.key, element.id, found.n_units, found.icc1, found.between_sd))
    return rows


def response_rows(coded: Coded, dates: Dates, waves: Sequence[WaveGroups], design: Design) -> list[Row]:
    """Return the rows of ``responses_by_role``: how many answered of how many invited, and when."""
    roles = {ROLE + role.id: number for number, role in enumerate(design.instrument.roles)}
    rows: list[Row] = []
    for wave in waves:
        own = coded.waves[wave.key]
        for group, strata, invited in wave.groups(design.instrument):
            if group != ALL and group not in roles:
                continue
            people = sum(stratum.sums.people for stratum in strata)
            inside = own if group == ALL else own[coded.role[own] == roles[group]]
            state = "scored" if people else "insufficient"
            rows.append((*wave.key, group, people, invited, *_span(dates[inside]), state))
    return rows


def _span(dates: Dates) -> tuple[Any, Any]:
    """Return the first and the last of some times, leaving out those that are not known."""
    if not dates.size:
        return (pd.NaT, pd.NaT)
    return (pd.Timestamp(np.fmin.reduce(dates)), pd.Timestamp(np.fmax.reduce(dates)))


def order_waves(coded: Coded, dates: Dates) -> tuple[list[Row], Mapping[str, list[str]]]:
    """Return the rows of ``waves`` and, for each organisation, its waves in order.

    By the median date of the answers where every wave has one; otherwise by label, numbers in the label by size.
    """
    medians: dict[str, dict[str, Any]] = {}
    for (organisation, wave), rows in coded.waves.items():
        medians.setdefault(organisation, {})[wave] = _median(dates[rows])
    order = {organisation: list(sort_waves(times)) for organisation, times in medians.items()}
    found = [
        (organisation, wave, medians[organisation][wave].floor("D"), place)
        for organisation, labels in order.items()
        for place, wave in enumerate(labels)
    ]
    return found, order


def _median(dates: Dates) -> Any:
    known = np.sort(dates[~np.isnat(dates)]).view(np.int64)
    if not known.size:
        return pd.NaT
    middle = (int(known[(known.size - 1) // 2]) + int(known[known.size // 2])) // 2
    return pd.Timestamp(np.datetime64(middle, "us"))
