"""The answers of strata to each item, weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cxassess.scoring.strata import Stratum

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
        weight = stratum_weights(strata, n)
        shares = np.where(n[:, :, None] > 0, weight[:, :, None] * answers / n[:, :, None], 0.0).sum(axis=0)
        total = n.sum(axis=0)
        shares = np.where(total[:, None] > 0, shares, NAN)
        scale = np.arange(1, levels + 1, dtype=np.float64)
        mean = shares @ scale
        spread = (shares * (scale - mean[:, None]) ** 2).sum(axis=1)
        variance = np.where(total > 1, spread * total / (total - 1), NAN)
    return MixedAnswers(total.astype(np.int64), shares, mean, variance)


def stratum_weights(strata: Sequence[Stratum], n: Floats) -> Floats:
    """Return stratum × item: each stratum's share among those with an answer."""
    raw = np.array([float(stratum.weight) for stratum in strata])[:, None] * (n > 0)
    weights: Floats = raw / np.maximum(raw.sum(axis=0), 1e-300)
    return weights
