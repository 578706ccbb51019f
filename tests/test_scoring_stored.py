"""Shown scores narrowed to one organisation, stored and read back: not a bit is lost."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from builders_scoring import join_responses, make_instrument, make_responses

from cxassess.errors import CxassessError
from cxassess.scoring import ShownScores, apply_privacy, benchmark_from_scores, portfolio_benchmarks, score_responses
from cxassess.scoring.benchmark import benchmark_rows
from cxassess.scoring.frames import build_frame
from cxassess.scoring.model import COLUMNS
from cxassess.scoring.portfolio import Portfolio
from cxassess.scoring.rounding import round_shown
from cxassess.scoring.rows import read_rows
from cxassess.scoring.stored import dump_shown, load_shown, read_shown, write_shown

PEOPLE = {"top": 5, "middle": 6, "front": 9, "back": 3}


def make_shown(organisations=3, waves=("1", "2")) -> ShownScores:
    small = make_instrument(scheme="weights")
    parts = [
        make_responses(small, PEOPLE, organisation=f"Org {n}", wave=wave, seed=10 * n + place, units=("North", "South"))
        for n in range(organisations)
        for place, wave in enumerate(waves[: 1 + n % 2])
    ]
    responses = join_responses(*parts)
    return apply_privacy(score_responses(responses), responses)


def assert_same(found: ShownScores, expected: ShownScores) -> None:
    assert found.instrument == expected.instrument
    for name, frame in expected.frames.items():
        pd.testing.assert_frame_equal(found.frames[name], frame, check_exact=True)
        assert isinstance(found.frames[name].index, pd.RangeIndex)


def test_one_organisation_is_scored_and_shown_as_among_others():
    small = make_instrument()
    parts = [make_responses(small, PEOPLE, organisation=name, seed=n) for n, name in enumerate("ABC")]
    responses = join_responses(*parts)
    together = apply_privacy(score_responses(responses), responses)
    alone = apply_privacy(score_responses(parts[1]), parts[1])
    assert_same(together.select("B"), alone)
    split = together.split()
    assert list(split) == ["A", "B", "C"]
    assert_same(split["B"], alone)


def test_rows_that_do_not_follow_each_other_are_taken_in_order():
    shown = make_shown()
    mixed = replace(shown, items=shown.items.sort_values(["item", "organisation"], kind="stable", ignore_index=True))
    own = mixed.items[mixed.items["organisation"] == "Org 1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mixed.select("Org 1").items, own)
    pd.testing.assert_frame_equal(mixed.split()["Org 1"].items, own)
    assert [row["item"] for row in read_rows(mixed.items, "Org 1")] == own["item"].tolist()


def test_rows_are_plain_values():
    rows = [("Org", "1", pd.NaT, 0), ("Other", "1", pd.NaT, 0), ("Org", "2", pd.Timestamp("2026-05-04 07:08"), None)]
    found = read_rows(build_frame("waves", rows), "Org")
    assert found[0] == {"organisation": "Org", "wave": "1", "date": None, "order": 0}
    assert found[1] == {"organisation": "Org", "wave": "2", "date": date(2026, 5, 4), "order": None}
    assert type(found[0]["order"]) is int
    alone = read_rows(build_frame("weakest", [("Org", "1", None, float("nan"))]), "Org")
    assert alone == [{"organisation": "Org", "wave": "1", "element": None, "score": None}]


def test_a_narrowed_frame_can_be_changed_without_changing_the_whole():
    shown = make_shown()
    before = shown.scores.copy()
    own = shown.select("Org 0").scores
    own.loc[0, "score"] = 99.0
    pd.testing.assert_frame_equal(shown.scores, before)


def test_an_unknown_organisation_is_refused():
    with pytest.raises(KeyError):
        make_shown().select("Org 9")


def test_stored_scores_come_back_to_the_bit(tmp_path):
    shown = make_shown()
    for one in shown.split().values():
        write_shown(one, tmp_path / "scores.json")
        assert_same(read_shown(tmp_path / "scores.json", one.instrument), one)


def test_every_kind_of_nothing_and_infinity_comes_back():
    shown = make_shown(1)
    rows = {
        "changes": [
            (
                *("Æble \"ø\" 'å'\n", "overall", "1", "2"),
                *(0.1 + 0.2, -np.inf, np.inf, np.nan, 5e-324),
                *("up", None, None, 3, "scored", ""),
            )
        ],
        "weakest": [("Org 0", "1", None, -0.0)],
        "systematic": [("Org 0", "1", None, np.nan, ""), ("Org 0", "2", True, 1.0, "a,b")],
        "waves": [("Org 0", "1", pd.NaT, 0), ("Org 0", "2", pd.Timestamp("2026-05-04 07:08:09.123456"), None)],
    }
    odd = replace(shown, **{name: build_frame(name, values) for name, values in rows.items()})
    found = load_shown(dump_shown(odd), odd.instrument)
    assert_same(found, odd)
    assert np.signbit(found.weakest["score"].iloc[0])
    for name, frame in found.frames.items():
        assert {column: str(kind) for column, kind in frame.dtypes.items()} == dict(COLUMNS[name])


def test_it_is_plain_json():
    def refuse(constant):
        raise AssertionError(constant)

    stored = json.loads(dump_shown(make_shown(1)), parse_constant=refuse)
    assert list(stored) == ["format", "version", "instrument", "frames"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"format": "other"}, "no file of scores"),
        ({"version": 2}, "format version 2"),
        ({"instrument": "other@1.0"}, r"other@1\.0, not of small@1\.0"),
        ({"frames": {}}, "damaged"),
        ({"frames": []}, "damaged"),
    ],
)
def test_other_files_are_refused(tmp_path, change, what):
    shown = make_shown(1)
    stored = json.loads(dump_shown(shown))
    (tmp_path / "scores.json").write_text(json.dumps(stored | change), encoding="utf-8")
    with pytest.raises(CxassessError, match=what) as caught:
        read_shown(tmp_path / "scores.json", shown.instrument)
    assert caught.value.problems[0].where == "scores.json"


def test_a_truncated_or_missing_file_is_refused(tmp_path):
    shown = make_shown(1)
    path = tmp_path / "scores.json"
    path.write_bytes(dump_shown(shown)[:-100])
    with pytest.raises(CxassessError, match="not JSON"):
        read_shown(path, shown.instrument)
    with pytest.raises(CxassessError, match="can't be read"):
        read_shown(tmp_path / "other.json", shown.instrument)


def test_damaged_columns_are_refused():
    shown = make_shown(1)
    stored = json.loads(dump_shown(shown))
    del stored["frames"]["scores"]["score"][0]
    with pytest.raises(CxassessError, match="damaged"):
        load_shown(json.dumps(stored).encode(), shown.instrument)


def test_the_portfolio_is_the_benchmark_of_all_others():
    shown = make_shown(14)
    scores = shown.scores.copy()
    scores.loc[(scores["organisation"] == "Org 3") & (scores["element"] == "element_1"), "score"] = np.nan
    shown = replace(shown, scores=scores)
    found = portfolio_benchmarks(shown)
    everyone = scores[scores["group"] == "all"]
    for organisation in shown.waves["organisation"].unique():
        others = benchmark_from_scores(shown, leave_out=organisation, name="others")
        rows = []
        for wave, own in everyone[everyone["organisation"] == organisation].groupby("wave", sort=False):
            rows += benchmark_rows((organisation, wave), list(zip(own["element"], own["score"], strict=True)), others)
        expected = round_shown("benchmarks", build_frame("benchmarks", rows))
        pd.testing.assert_frame_equal(found[organisation], expected, check_exact=True)


def test_places_among_many_ties_are_those_of_the_benchmark():
    rng = np.random.default_rng(3)
    for size in (11, 12, 13, 14, 57):
        scores = {f"{n}": {"overall": round(float(rng.normal(3, 0.3)), 1)} for n in range(size)}
        portfolio = Portfolio.of(scores)
        for name, own in scores.items():
            others = np.array([one["overall"] for other, one in scores.items() if other != name])
            row = portfolio.rows(name, "1", own.items())[0]
            assert row[3:7] == (size - 1, *np.quantile(others, [0.25, 0.5, 0.75]))
            assert (
                row[7] == 100 * ((others < own["overall"]).sum() + 0.5 * (others == own["overall"]).sum()) / others.size
            )


def test_too_few_others_are_refused():
    with pytest.raises(CxassessError, match="9 organisations are too few"):
        portfolio_benchmarks(make_shown(10))
