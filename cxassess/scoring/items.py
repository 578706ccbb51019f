"""The frames about items: means with intervals, agreement, and the distribution of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from cxassess.scoring import agreement
from cxassess.scoring.coding import Design
from cxassess.scoring.estimate import OWN_SPREAD_FROM, Stratum
from cxassess.scoring.groups import WaveGroups
from cxassess.scoring.model import ALL, UNIT

Row = tuple[Any, ...]
Floats = npt.NDArray[np.float64]
NAN: Final = float("nan")


@dataclass(frozen=True)
class MixedAnswers:
    """The answers of all strata, weighed together; one row an item.

    Parameters
    ----------
    n : ndarray
        Number of answers.
    shares : ndarray
        Item × level: share of the answers, the strata weighed together; NaN without answers.
    mean, variance : ndarray
        Mean of that distribution, and its variance times n/(n − 1); NaN below two answers.
    """

    n: npt.NDArray[np.int64]
    shares: Floats
    mean: Floats
    variance: Floats


def mix_answers(strata: Sequence[Stratum], levels: int) -> MixedAnswers:
    """Weigh the strata's answers together.

    Everything said about all respondents uses the same weights: means, distributions and agreement belong together,
    and no second weighting lets a hidden group be worked out.
    """
    answers = np.array([stratum.sums.answers for stratum in strata], dtype=np.float64)
    n = answers.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = _weights(strata, n)
        shares = np.where(n[:, :, None] > 0, weight[:, :, None] * answers / n[:, :, None], 0.0).sum(axis=0)
        total = n.sum(axis=0)
        shares = np.where(total[:, None] > 0, shares, NAN)
        scale = np.arange(1, levels + 1, dtype=np.float64)
        mean = shares @ scale
        spread = (shares * (scale - mean[:, None]) ** 2).sum(axis=1)
        variance = np.where(total > 1, spread * total / (total - 1), NAN)
    return MixedAnswers(total.astype(np.int64), shares, mean, variance)


def _weights(strata: Sequence[Stratum], n: Floats) -> Floats:
    raw = np.array([float(stratum.weight) for stratum in strata])[:, None] * (n > 0)
    weights: Floats = raw / np.maximum(raw.sum(axis=0), 1e-300)
    return weights


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
        variance = np.where((n > 0) & (open_share > 0), _weights(strata, n) ** 2 * open_share * s2 / n, 0.0)
        total = variance.sum(axis=0)
        lent = np.where(small, variance, 0.0).sum(axis=0)
        ratio = np.where((variance > 0) & ~small, variance**2 / spare, 0.0).sum(axis=0)
        ratio += np.where(lent > 0, lent**2 / free, 0.0)
        half = special.stdtrit(total**2 / ratio, 0.975) * np.sqrt(total)
        census = ((n == 0) | (open_share == 0)).all(axis=0) & (mixed.n > 0)
        half = np.where(census, 0.0, np.where(total > 0, half, NAN))
    return np.clip(mixed.mean - half, 1, levels), np.clip(mixed.mean + half, 1, levels)


def item_rows(wave: WaveGroups, design: Design) -> list[Row]:
    """Return the rows of ``items`` of one wave: for everybody and for each role that is asked the item."""
    rows: list[Row] = []
    for group, strata, _ in wave.groups(design.instrument):
        if group.startswith(UNIT) or not strata:
            continue
        rows += _group_rows(wave, group, strata, design)
    return rows


def _group_rows(wave: WaveGroups, group: str, strata: Sequence[Stratum], design: Design) -> list[Row]:
    levels = design.instrument.level_count
    mixed = mix_answers(strata, levels)
    low, high = _intervals(strata, mixed, levels)
    asked = sum(stratum.sums.asked for stratum in strata)
    without = sum(stratum.sums.no_number for stratum in strata)
    single = agreement.r_wg(mixed.variance, levels)
    adjusted = agreement.a_wg(mixed.mean, mixed.variance, mixed.n, levels)
    deviation = agreement.average_deviation(mixed.shares)
    rows: list[Row] = []
    for number, item in enumerate(design.instrument.items):
        people = int(np.asarray(asked)[number])
        if not people:
            continue
        n = int(mixed.n[number])
        dont_know, not_applicable = (int(count) for count in np.asarray(without)[number])
        absent = (dont_know, not_applicable, people - n - dont_know - not_applicable)
        key = (*wave.key, group, item.id, item.element)
        if not n:
            rows.append((*key, NAN, NAN, NAN, 0, *absent, NAN, NAN, NAN, "too_few", "insufficient", "no_answers"))
            continue
        enough = n >= agreement.MINIMUM_FOR_AGREEMENT
        said = (
            float(single[number]) if enough else NAN,
            float(adjusted[number]),
            float(deviation[number]) if n > 1 else NAN,
            agreement.agreement_word(float(single[number]), n),
        )
        value = (float(mixed.mean[number]), float(low[number]), float(high[number]))
        rows.append((*key, *value, n, *absent, *said, "scored", ""))
    return rows


def distribution_rows(wave: WaveGroups, design: Design) -> list[Row]:
    """Return the rows of ``distributions`` of one wave: share of everybody's answers at each level.

    Shares are weighed as the mean is. ``n`` is the share of the number of answers, in whole numbers that add up to it:
    with equal weights it is the plain count.
    """
    levels = design.instrument.level_count
    mixed = mix_answers(wave.strata(design.instrument), levels)
    rows: list[Row] = []
    for number, item in enumerate(design.instrument.items):
        n = int(mixed.n[number])
        counts = whole_counts(mixed.shares[number], n) if n else [0] * levels
        state = ("scored", "") if n else ("insufficient", "no_answers")
        rows += [
            (*wave.key, ALL, item.id, level, counts[level - 1], float(mixed.shares[number, level - 1]), *state)
            for level in range(1, levels + 1)
            if wave.everyone.asked[number]
        ]
    return rows


def whole_counts(shares: Floats, n: int) -> list[int]:
    """Return shares of n as whole numbers that add up to n (largest remainders; the lower level first in a tie)."""
    exact = np.round(shares * n, 9)
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: n - int(counts.sum())]] += 1
    return [int(count) for count in counts]
