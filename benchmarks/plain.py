"""Scores as a competent analyst would write them, with pandas and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

WAVE: Final = ["organisation", "wave"]


@dataclass(frozen=True)
class Summary:
    """What both ways find, as arrays, sorted by organisation and wave.

    Parameters
    ----------
    people : ndarray
        Wave × element: people with a score.
    mean, deviation : ndarray
        Wave × element: mean and standard deviation of their scores.
    counts : ndarray
        Wave × item × level: how often the level was given.
    """

    people: npt.NDArray[np.int64]
    mean: npt.NDArray[np.float64]
    deviation: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]

    def save(self, path: Path) -> None:
        """Write the arrays to a file."""
        np.savez(path, **vars(self))

    @classmethod
    def load(cls, path: Path) -> Summary:
        """Read what ``save`` wrote."""
        with np.load(path) as arrays:
            return cls(**{name: arrays[name] for name in ("people", "mean", "deviation", "counts")})

    def check_same(self, other: Summary) -> None:
        """Raise AssertionError if the other differs: in a count at all, in a mean by more than rounding."""
        for name in ("people", "counts"):
            np.testing.assert_array_equal(getattr(self, name), getattr(other, name), err_msg=name)
        for name in ("mean", "deviation"):
            np.testing.assert_allclose(getattr(self, name), getattr(other, name), rtol=1e-9, err_msg=name)


def group_by(long: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Return scores by organisation, wave and element, and how often each level was given to each item.

    A person's score is the mean of the answered items of an element, if at least half of those asked are answered.

    Parameters
    ----------
    long : DataFrame
        One row per answer: organisation, wave, respondent, role, element, item, value.
    """
    person = long.groupby([*WAVE, "respondent", "element"], observed=True)["value"].agg(["mean", "count", "size"])
    score = person["mean"].where(2 * person["count"] >= person["size"])
    scores = score.groupby([*WAVE, "element"], observed=True).agg(["count", "mean", "std"])
    counts = long.groupby([*WAVE, "item", "value"], observed=True).size()
    return scores, counts


def summarise(
    scores: pd.DataFrame, counts: pd.Series[int], elements: Sequence[str], items: Sequence[str], levels: int
) -> Summary:
    """Return the frames of `group_by` as arrays in the instrument's order, so that they can be compared."""
    people, mean, deviation = (scores[name].unstack()[list(elements)].to_numpy() for name in ("count", "mean", "std"))
    wanted = pd.MultiIndex.from_product([list(items), [float(level + 1) for level in range(levels)]])
    given = (
        pd.DataFrame(counts.unstack(["item", "value"], fill_value=0)).reindex(columns=wanted, fill_value=0).to_numpy()
    )
    return Summary(
        people.astype(np.int64),
        mean.astype(np.float64),
        deviation.astype(np.float64),
        given.reshape(-1, len(items), levels).astype(np.int64),
    )
