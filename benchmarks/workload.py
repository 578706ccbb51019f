"""What reports are made of in the benchmark: the project's samples, as files that every pipeline is given alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final

import pandas as pd

from cxassess import (
    Instrument,
    OrganisationContext,
    Responses,
    load_instrument,
    read_contexts,
    read_responses,
    sample_path,
    write_responses,
)

LANGUAGE: Final = "en"


@dataclass(frozen=True)
class Job:
    """One report: the parameters of the report notebook."""

    organisation: str
    responses: str
    context: str
    source: Mapping[str, Any]
    language: str = LANGUAGE

    @property
    def parameters(self) -> dict[str, Any]:
        """The notebook's parameters."""
        return asdict(self)


@dataclass(frozen=True)
class Workload:
    """Reports of one kind, and the files that whole runs are made of.

    Parameters
    ----------
    name, title : str
        Of the table.
    jobs : tuple of Job
        One for each organisation, each with a file of its own.
    runs : dict
        Number of organisations → responses file with the first so many of them.
    context : Path
        What is known about all of them.
    """

    name: str
    title: str
    jobs: tuple[Job, ...]
    runs: dict[int, Path]
    context: Path


def portfolio(folder: Path, sizes: Sequence[int]) -> Workload:
    """Return the organisations of the portfolio sample: one wave each, about 45 respondents."""
    instrument = load_instrument("eight_elements", LANGUAGE)
    responses = read_responses(sample_path("portfolio.csv"), instrument)
    contexts = read_contexts(sample_path("portfolio.context.yaml"), LANGUAGE)
    return _write(
        "portfolio",
        "an organisation of the portfolio sample",
        folder / "portfolio",
        responses,
        contexts=contexts,
        sizes=sizes,
    )


def long(folder: Path, sizes: Sequence[int]) -> Workload:
    """Return variants of the long sample, each under a name of its own: three waves, 17 pages."""
    instrument = load_instrument("eight_elements", LANGUAGE)
    one = read_responses(sample_path("nordvand.csv"), instrument)
    context = next(iter(read_contexts(sample_path("nordvand.context.yaml"), LANGUAGE).values()))
    names = [f"{one.organisations[0]} {number + 1}" for number in range(max(sizes))]
    responses = _copies(one, names, instrument)
    return _write(
        "long",
        "an organisation with three waves",
        folder / "long",
        responses,
        contexts=dict.fromkeys(names, context),
        sizes=sizes,
    )


def _copies(responses: Responses, names: Sequence[str], instrument: Instrument) -> Responses:
    """Return copies without a tenth of the people each, another one each time, so that no two reports are the same."""
    people = sorted(responses.answers["respondent"].unique())
    kept = {name: set(Random(name).sample(people, len(people) * 9 // 10)) for name in names}
    answers, reasons, comments = (
        pd.concat(
            [frame[frame["respondent"].isin(kept[name])].assign(organisation=name) for name in names], ignore_index=True
        ).astype(frame.dtypes.to_dict())
        for frame in (responses.answers, responses.reasons, responses.comments)
    )
    return Responses(instrument, answers, reasons, comments, responses.source)


def _write(
    name: str,
    title: str,
    home: Path,
    responses: Responses,
    *,
    contexts: Mapping[str, OrganisationContext],
    sizes: Sequence[int],
) -> Workload:
    home.mkdir(parents=True)
    chosen = responses.organisations[: max(sizes)]
    runs = {}
    for size in sizes:
        runs[size] = home / f"{size}.csv"
        write_responses(_first(responses, chosen[:size]), runs[size])
    known = {one: contexts[one].model_dump(mode="json", exclude_defaults=True) for one in chosen if one in contexts}
    context = home / "context.json"
    context.write_text(json.dumps(known), encoding="utf-8")
    whole = read_responses(runs[max(sizes)], responses.instrument)
    jobs = []
    for number, organisation in enumerate(chosen):
        path = home / f"one-{number}.csv"
        write_responses(whole.select(organisation), path)
        own = home / f"one-{number}.json"
        own.write_text(
            json.dumps({one: value for one, value in known.items() if one == organisation}), encoding="utf-8"
        )
        jobs.append(Job(organisation, str(path), str(own), asdict(whole.source)))
    return Workload(name, title, tuple(jobs), runs, context)


def _first(responses: Responses, names: Sequence[str]) -> Responses:
    kept = (
        frame[frame["organisation"].isin(names)].reset_index(drop=True)
        for frame in (responses.answers, responses.reasons, responses.comments)
    )
    answers, reasons, comments = kept
    return replace(responses, answers=answers, reasons=reasons, comments=comments)
