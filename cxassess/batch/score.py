"""Scores for the reports: a batch of organisations at a time, and of each only what may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Final

import pandas as pd

from cxassess.batch.tasks import ReportTask
from cxassess.context import OrganisationContext
from cxassess.responses import Responses
from cxassess.scoring import Benchmark, ShownScores, apply_privacy, score_responses
from cxassess.scoring.model import ALL
from cxassess.scoring.stored import dump_shown

#: Organisations scored together: enough to share the work, few enough to stay small.
BATCH: Final = 25


@dataclass(frozen=True)
class ScoreBatch:
    """Some organisations to score: their own responses and contexts, and nobody else's."""

    tasks: tuple[ReportTask, ...]
    responses: Responses
    contexts: Mapping[str, OrganisationContext]
    benchmark: Benchmark | None


def split_batches(
    part: Responses,
    tasks: Sequence[ReportTask],
    contexts: Mapping[str, OrganisationContext],
    benchmark: Benchmark | None,
) -> Iterator[ScoreBatch]:
    """Return the responses of a part in batches, with the waves that each organisation's report uses."""
    frames = (part.answers, part.reasons, part.comments)
    rows = [frame.groupby("organisation", sort=False).indices for frame in frames]
    for begin in range(0, len(tasks), BATCH):
        chosen = tuple(tasks[begin : begin + BATCH])
        names = {task.organisation for task in chosen}
        kept = [
            _keep_waves(frame, [position for name in names for position in found.get(name, ())], chosen)
            for frame, found in zip(frames, rows, strict=True)
        ]
        own = replace(part, answers=kept[0], reasons=kept[1], comments=kept[2])
        yield ScoreBatch(chosen, own, {name: contexts[name] for name in names if name in contexts}, benchmark)


def _keep_waves(frame: pd.DataFrame, rows: list[int], tasks: Sequence[ReportTask]) -> pd.DataFrame:
    own = frame.iloc[sorted(rows)]
    wanted = pd.MultiIndex.from_tuples([(task.organisation, wave) for task in tasks for wave in task.waves])
    return own[pd.MultiIndex.from_frame(own[["organisation", "wave"]]).isin(wanted)].reset_index(drop=True)


@dataclass(frozen=True)
class Scored:
    """What may be shown of an organisation: stored whole, and everybody's scores by wave and element, to compare."""

    content: bytes
    scores: tuple[tuple[str, str, float], ...]

    def of_wave(self, wave: str) -> dict[str, float]:
        """Return the scores of one wave."""
        return {element: score for own, element, score in self.scores if own == wave and not isnan(score)}


def score_batch(batch: ScoreBatch) -> list[Scored | Exception]:
    """Score some organisations, in a worker.

    Returns
    -------
    list of Scored or Exception
        One a task: the scores that may be shown, or why there are none. An organisation that can't be scored does not
        take the others with it.
    """
    try:
        scores = score_responses(batch.responses, contexts=batch.contexts, benchmark=batch.benchmark)
        shown = apply_privacy(scores, batch.responses).split()
        return [_keep(shown[task.organisation]) for task in batch.tasks]
    except Exception as error:
        if len(batch.tasks) == 1:
            return [error]
    alone = (replace(batch, tasks=(task,), responses=batch.responses.select(task.organisation)) for task in batch.tasks)
    return [score_batch(single)[0] for single in alone]


def _keep(shown: ShownScores) -> Scored:
    everyone = shown.scores[shown.scores["group"] == ALL]
    columns = (everyone[name].tolist() for name in ("wave", "element", "score"))
    return Scored(dump_shown(shown), tuple(zip(*columns, strict=True)))
