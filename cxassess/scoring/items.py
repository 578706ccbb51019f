"""The frames about items: means with intervals, agreement, and the distribution of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from cxassess.scoring import agreement
from cxassess.scoring.design import Design
from cxassess.scoring.group_scores import GroupScores
from cxassess.scoring.groups import WaveGroups
from cxassess.scoring.mixed import MixedAnswers, stratum_weights
from cxassess.scoring.model import ALL, UNIT
from cxassess.scoring.strata import OWN_SPREAD_FROM, Stratum

Row = tuple[Any, ...]
Floats = npt.NDArray[np.float64]
NAN: Final = float("nan")


def _intervals(strata: Sequence[Stratum], mixed: MixedAnswers, levels: int) -> tuple[Floats, Floats]:
    """Return the limits of the items' means: the stratified estimator of `estimate`, one variable at a time."""
    answers = np.array([stratum.sums.answers for stratum in strata], dtype=np.float64)
    scale = np.arange(1, levels + 1, dtype=np.float64)
    n = answers.sum(axis=2)
    spare = np.maximum(n - 1, 0)
    invited = np.array([NAN if stratum.invited is None else stratum.invited for stratum in strata])[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = answers @ scale / n
        squares = np.where(n > 0, answers @ scale**2 - n * mean**2, 0.0)
        own = np.where(n > 1, squares / spare, NAN)
        own = np.where(np.abs(own) < 1e-12, 0.0, own)
        free = spare.sum(axis=0)
        pooled = np.where(free > 0, np.where(n > 1, own * spare, 0.0).sum(axis=0) / free, NAN)
        small = n < OWN_SPREAD_FROM
        s2 = np.where(small, pooled, own)
        open_share = np.where(np.isnan(invited), 1.0, np.maximum(0.0, (invited - n) / invited))
        variance = np.where((n > 0) & (open_share > 0), stratum_weights(strata, n) ** 2 * open_share * s2 / n, 0.0)
        total = variance.sum(axis=0)
        lent = np.where(small, variance, 0.0).sum(axis=0)
        ratio = np.where((variance > 0) & ~small, variance**2 / spare, 0.0).sum(axis=0)
        ratio += np.where(lent > 0, lent**2 / free, 0.0)
        half = special.stdtrit(total**2 / ratio, 0.975) * np.sqrt(total)
        census = ((n == 0) | (open_share == 0)).all(axis=0) & (mixed.n > 0)
        half = np.where(census, 0.0, np.where(total > 0, half, NAN))
    return np.clip(mixed.mean - half, 1, levels), np.clip(mixed.mean + half, 1, levels)


def item_rows(wave: WaveGroups, scored: Sequence[GroupScores], design: Design) -> list[Row]:
    """Return the rows of ``items`` of one wave: for everybody and for each role that is asked the item."""
    chosen = [one for one in scored if one.strata and not one.group.startswith(UNIT)]
    return [row for one in chosen for row in _group_rows(wave, one, design)]


def _group_rows(wave: WaveGroups, one: GroupScores, design: Design) -> list[Row]:
    levels, mixed = design.instrument.level_count, one.mixed
    limits = _intervals(one.strata, mixed, levels)
    without = sum(stratum.sums.no_number for stratum in one.strata)
    single = agreement.r_wg(mixed.variance, levels)
    adjusted = agreement.a_wg(mixed.mean, mixed.variance, mixed.n, levels)
    deviation = agreement.average_deviation(mixed.shares)
    figures = zip(
        design.instrument.items,
        one.asked.tolist(),
        mixed.n.tolist(),
        np.asarray(without).tolist(),
        zip(mixed.mean.tolist(), *(limit.tolist() for limit in limits), strict=True),
        zip(single.tolist(), adjusted.tolist(), deviation.tolist(), strict=True),
        strict=True,
    )
    rows: list[Row] = []
    for item, people, n, told, value, (r_wg, a_wg, ad) in figures:
        if not people:
            continue
        absent = (*told, people - n - sum(told))
        key = (*wave.key, one.group, item.id, item.element)
        if not n:
            rows.append((*key, NAN, NAN, NAN, 0, *absent, NAN, NAN, NAN, "too_few", "insufficient", "no_answers"))
            continue
        enough = n >= agreement.MINIMUM_FOR_AGREEMENT
        said = (r_wg if enough else NAN, a_wg, ad if n > 1 else NAN, agreement.agreement_word(r_wg, n))
        rows.append((*key, *value, n, *absent, *said, "scored", ""))
    return rows


def distribution_rows(wave: WaveGroups, everyone: GroupScores, design: Design) -> list[Row]:
    """Return the rows of ``distributions`` of one wave: share of everybody's answers at each level.

    Shares are weighed as the mean is. ``n`` is the share of the number of answers, in whole numbers that add up to it:
    with equal weights it is the plain count.
    """
    mixed = everyone.mixed
    counts = whole_counts(np.nan_to_num(mixed.shares), mixed.n)
    figures = zip(
        design.instrument.items,
        wave.everyone.asked.tolist(),
        mixed.n.tolist(),
        counts.tolist(),
        mixed.shares.tolist(),
        strict=True,
    )
    rows: list[Row] = []
    for item, asked, n, count, share in figures:
        state = ("scored", "") if n else ("insufficient", "no_answers")
        pairs = enumerate(zip(count, share, strict=True), start=1) if asked else ()
        rows += [(*wave.key, ALL, item.id, level, *pair, *state) for level, pair in pairs]
    return rows


def whole_counts(shares: Floats, n: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return shares of n as whole numbers that add up to n (largest remainders; the lower level first in a tie).

    Shares lie along the last axis, each row with a total n of its own.
    """
    total = np.asarray(n)[..., None]
    exact = np.round(shares * total, 9)
    counts = np.floor(exact).astype(np.int64)
    place = np.argsort(np.argsort(-(exact - counts), axis=-1, kind="stable"), axis=-1, kind="stable")
    return np.asarray(counts + (place < total - counts.sum(axis=-1, keepdims=True)), dtype=np.int64)
