"""Scoring in chunks: the same bits however the responses are split, and hidden as the whole gate hides it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders_responses import INSTRUMENT, save_csv, wide_rows
from builders_scoring import ROLES, join_responses, make_instrument, make_responses

from cxassess.context import OrganisationContext
from cxassess.errors import CxassessError
from cxassess.instrument.model import Instrument
from cxassess.responses import Responses, read_many
from cxassess.responses.stream import ResponseStream
from cxassess.scoring import apply_privacy, score_responses
from cxassess.scoring.chunks import score_chunks, sum_chunks
from cxassess.scoring.finish import finish
from cxassess.scoring.given import gather
from cxassess.scoring.listing import LIST_COLUMNS, format_scores, list_scores
from cxassess.scoring.sums_gate import find_doubtful, gate_everybody

SAMPLES = Path(__file__).parents[1] / "data_samples"
SMALL = make_instrument()


def everything() -> Responses:
    """Make organisations of several waves, one of them on the pulse form, with units and gaps."""
    parts = [
        make_responses(
            SMALL,
            dict(zip(ROLES, (3 + n, 6, 9, 5), strict=True)),
            organisation=f"Firm {n}",
            wave=wave,
            seed=10 * n + place,
            gaps=0.2,
            units=("North", "South")[: n % 3],
            date=f"202{place}-05-04",
        )
        for n in range(5)
        for place, wave in enumerate(("2025", "2026"))
    ]
    parts[3] = on_pulse(parts[3])
    return join_responses(*parts)


def on_pulse(responses: Responses) -> Responses:
    pulse = {item.id for item in responses.instrument.items if item.pulse}
    blank = {item: pd.array([pd.NA] * len(responses.answers), dtype="Int8") for item in responses.instrument.item_ids}
    answers = responses.answers.assign(**{item: values for item, values in blank.items() if item not in pulse})
    return replace(responses, answers=answers, reasons=responses.reasons[responses.reasons["item"].isin(pulse)])


def split(responses: Responses, count: int, seed: int = 1) -> list[Responses]:
    """Deal the respondents out to so many chunks, and shuffle the chunks."""
    rng = np.random.default_rng(seed)
    owner = rng.integers(count, size=len(responses.answers))
    chunks = [replace(responses, answers=responses.answers[owner == n].reset_index(drop=True)) for n in range(count)]
    return [chunks[place] for place in rng.permutation(count) if len(chunks[place].answers)]


def assert_same(found: dict[str, pd.DataFrame], whole: Responses) -> None:
    scores = score_responses(whole)
    for name, frame in found.items():
        expected = getattr(scores, name)
        if "group" in expected:
            expected = expected[~expected["group"].str.startswith("unit:")].reset_index(drop=True)
        pd.testing.assert_frame_equal(frame, expected, check_exact=True)


@pytest.mark.parametrize("count", [1, 3, 10])
def test_the_same_bits_for_any_split(count: int) -> None:
    whole = everything()
    for seed in (1, 2):
        assert_same(score_chunks(split(whole, count, seed), SMALL), whole)


def test_the_same_bits_in_threads() -> None:
    whole = everything()
    with ThreadPoolExecutor(3) as pool:
        assert_same(score_chunks(split(whole, 6), SMALL, map=pool.map), whole)


def test_the_same_bits_from_a_file(tmp_path: Path) -> None:
    path = SAMPLES / "nordvand.csv"
    assert_same(
        score_chunks(ResponseStream(path, INSTRUMENT, chunk_rows=37).chunks(), INSTRUMENT), read_many(path, INSTRUMENT)
    )


@pytest.mark.slow
def test_the_same_bits_on_a_cluster_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    monkeypatch.chdir(tmp_path)
    whole = everything()
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=tmp_path
        ) as cluster,
        distributed.Client(cluster) as client,
    ):

        def on_cluster(function: Callable[[Any], Any], chunks: Iterable[Any]) -> Iterable[Any]:
            return client.gather(client.map(function, list(chunks)))

        assert_same(score_chunks(split(whole, 5), SMALL, map=on_cluster), whole)


def test_nothing_to_score() -> None:
    with pytest.raises(CxassessError, match="nothing to score"):
        sum_chunks([], SMALL)


def test_blocks_hold_each_organisation_once() -> None:
    sums = sum_chunks(split(everything(), 3), SMALL)
    blocks = list(sums.blocks(2))
    assert [list(block.order) for block in blocks] == [["Firm 0", "Firm 1"], ["Firm 2", "Firm 3"], ["Firm 4"]]
    frames = [finish(block.sums.parts, block.design, {}, block.order)["scores"] for block in blocks]
    whole = finish(sums.sums.parts, sums.design, {}, sums.order)["scores"]
    pd.testing.assert_frame_equal(pd.concat(frames, ignore_index=True), whole, check_exact=True)
    assert sums.design.pulse_waves == blocks[0].design.pulse_waves == {("Firm 1", "2026")}


# ---------------------------------------------------------------- what may be shown


def random_wave(seed: int) -> Responses:
    """Make a small organisation of an odd instrument, with whole roles and units missing here and there."""
    rng = np.random.default_rng(seed)
    items = [(4, 3, 2), (1, 2, 1), (2, 2), (1,), (3, 1, 4)][int(rng.integers(5))]
    names = [f"{chr(65 + element)}{n}" for element, count in enumerate(items) for n in range(1, count + 1)]
    asked = {}
    if rng.random() < 0.5:
        asked = {name: [role for role in ROLES if rng.random() < 0.6] or [ROLES[0]] for name in names[1:]}
    instrument = make_instrument(items=items, scheme=("roles", "respondents", "weights")[seed % 3], asked=asked)
    people = {role: int(rng.choice([0, 1, 3, 4, 5, 6, 9, 12])) for role in ROLES}
    if rng.random() < 0.3:
        people = {role: n for role, n in people.items() if n == 0 or n >= 5}
    people[ROLES[1]] = max(people.get(ROLES[1], 0), 4)
    units = [(), ("U",), ("U", "V"), ("U", "V", "W")][int(rng.integers(4))]
    made = make_responses(instrument, people, seed=seed, gaps=float(rng.choice([0, 0.1, 0.4, 0.7])), units=units)
    answers = made.answers
    for name in names:
        if rng.random() < 0.3:
            answers.loc[answers["role"] == ROLES[int(rng.integers(4))], name] = pd.NA
        if units and rng.random() < 0.25:
            answers.loc[answers["unit"] == units[-1], name] = pd.NA
    made = on_pulse(made) if rng.random() < 0.2 else made
    told = made.answers[names].notna().any(axis=1)
    return replace(made, answers=made.answers[told].reset_index(drop=True))


def gate(chunks: list[Responses], instrument: Instrument) -> tuple[pd.DataFrame, int]:
    sums = sum_chunks(chunks, instrument)
    doubtful = find_doubtful(sums)
    rows = gather(sums.given, doubtful, instrument)
    return gate_everybody(finish(sums.sums.parts, sums.design, {}, sums.order)["scores"], sums, rows), len(doubtful)


@pytest.mark.parametrize("block", range(5))
def test_the_sums_hide_what_the_whole_gate_hides(block: int) -> None:
    doubted = hidden = coarser = 0
    for seed in range(block * 12, block * 12 + 12):
        responses = random_wave(seed)
        if responses.answers.empty:
            continue
        shown = apply_privacy(score_responses(responses), responses).scores
        expected = shown[shown["group"] == "all"].reset_index(drop=True)
        found, doubts = gate(split(responses, 3, seed), responses.instrument)
        less = (found["score"] != expected["score"]) & expected["score"].notna()
        assert (expected.loc[less, "n_respondents"] < 8).all()
        expected.loc[less, "score"] = expected.loc[less, "score"].round(1)
        coarser += int(less.sum())
        pd.testing.assert_frame_equal(found, expected, check_exact=True)
        doubted += doubts
        hidden += int((expected["status"] == "suppressed").sum())
    assert doubted
    assert hidden > 2 * coarser


def test_most_waves_need_no_second_look() -> None:
    responses = make_responses(SMALL, dict.fromkeys(ROLES, 3), units=("U", "V"))
    _, doubts = gate([responses], SMALL)
    assert doubts == 0


# ---------------------------------------------------------------- the list


def test_the_list_is_what_the_reports_show() -> None:
    path = SAMPLES / "portfolio.csv"
    responses = read_many(path, INSTRUMENT)
    shown = apply_privacy(score_responses(responses), responses).scores
    expected = shown[shown["group"] == "all"].reset_index(drop=True)[list(LIST_COLUMNS)]
    read: list[int] = []
    done: list[tuple[int, int]] = []
    found = list_scores(
        path, INSTRUMENT, chunk_rows=300, on_chunk=read.append, on_organisations=lambda *at: done.append(at)
    )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert read[-1] == len(responses.answers)
    assert done[-1] == (40, 40)


def test_contexts_narrow_the_intervals_and_are_checked(tmp_path: Path) -> None:
    path = save_csv(tmp_path, wide_rows(24))
    people = dict.fromkeys((role.id for role in INSTRUMENT.roles), 6)
    context = OrganisationContext(invited={"2026-10": people})
    found = list_scores(path, INSTRUMENT, contexts={"Nordvand A/S": context, "Other": OrganisationContext()})
    assert (found["low"] == found["high"]).all()
    assert (list_scores(path, INSTRUMENT)["low"] < found["low"]).any()
    wrong = OrganisationContext(invited={"2026-10": people | {INSTRUMENT.roles[0].id: 5}})
    with pytest.raises(CxassessError, match="5 invited, but 6 answered"):
        list_scores(path, INSTRUMENT, contexts={"Nordvand A/S": wrong})


def test_bad_files_are_refused_whole(tmp_path: Path) -> None:
    rows = wide_rows(24)
    rows[-1]["LO1"] = "6"
    with pytest.raises(CxassessError, match="row 25"):
        list_scores(save_csv(tmp_path, rows), INSTRUMENT, chunk_rows=5)
    assert len(list_scores(save_csv(tmp_path, rows), INSTRUMENT, chunk_rows=5, lenient=True)) == 9


def test_the_file_is_safe_for_spreadsheets(tmp_path: Path) -> None:
    path = save_csv(tmp_path, [*wide_rows(6, organisation="=1+1, Ærø"), *wide_rows(3, organisation='+"A"')])
    frame = list_scores(path, INSTRUMENT)
    rows = list(csv.DictReader(io.StringIO(format_scores(frame).decode("utf-8"), newline="")))
    assert list(rows[0]) == list(LIST_COLUMNS)
    assert {row["organisation"] for row in rows} == {"'=1+1, Ærø", '\'+"A"'}
    few = [row for row in rows if row["organisation"].startswith("'+")]
    assert all((row["score"], row["n_respondents"], row["status"]) == ("", "", "suppressed") for row in few)
    scored = next(row for row in rows if row["status"] == "scored")
    assert float(scored["score"]) == frame["score"].dropna().iloc[0]
    assert scored["n_respondents"] == str(frame["n_respondents"].dropna().iloc[0])
