"""The frames as others read them: gaps, changes, benchmarks, careless answers, units, waves."""

import numpy as np
import pandas as pd
import pytest
from builders_scoring import frames_to_responses, join_responses, make_instrument, make_responses

from cxassess.context import OrganisationContext
from cxassess.errors import CxassessError
from cxassess.instrument.model import Instrument
from cxassess.responses.model import Responses
from cxassess.responses.waves import order_waves
from cxassess.scoring import Benchmark, benchmark_from_scores, read_benchmark, score_responses
from cxassess.scoring.items import whole_counts
from cxassess.scoring.model import COLUMNS


def pick(frame, **keys):
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    return frame


def test_waves_of_one_day_are_in_the_order_that_reading_gives_them():
    small = make_instrument()
    hours = {"b": 9, "a": 15, "²": 18}
    responses = join_responses(*(make_responses(small, {"top": 6}, wave=wave) for wave in hours))
    responses.answers["answered_at"] = [pd.Timestamp(2026, 5, 4, hours[wave]) for wave in responses.answers["wave"]]
    waves = score_responses(responses).waves
    assert tuple(waves["wave"]) == order_waves(responses.answers) == ("b", "a", "²")
    assert waves["date"].nunique() == 1


@pytest.fixture(scope="module")
def three_waves():
    small = make_instrument(items=(3, 2), asked={"A1": ("top", "front"), "B2": ("middle", "front", "back")})
    people = {"top": 6, "middle": 12, "front": 30, "back": 20}
    return score_responses(
        join_responses(
            *(
                make_responses(
                    small,
                    people,
                    wave=wave,
                    seed=n,
                    units=("N", "S", "W"),
                    mean=2.2 + 0.5 * n,
                    date=f"{2022 + n}-05-01",
                )
                for n, wave in enumerate(("first", "2nd", "3rd"))
            )
        )
    )


def test_every_frame_has_the_columns_and_types_of_the_contract(three_waves):
    for name, columns in COLUMNS.items():
        if name == "comments":
            continue
        frame = getattr(three_waves, name)
        assert list(frame.columns) == list(columns), name
        assert {column: str(kind) for column, kind in frame.dtypes.items()} == dict(columns), name


def test_empty_frames_have_the_columns_too(three_waves):
    assert three_waves.benchmarks.empty
    assert list(three_waves.benchmarks.columns) == list(COLUMNS["benchmarks"])


def test_rows_are_complete(three_waves):
    assert len(pick(three_waves.scores, wave="first")) == 3 * (1 + 4 + 3)
    assert len(pick(three_waves.levels, wave="first")) == 5 * (2 * 2 + 3)
    assert len(three_waves.gaps) == 3 * 6 * 3
    assert len(three_waves.changes) == 3 * 3, "each against the one before, the newest against all"
    reached = three_waves.levels.groupby(["wave", "element", "rule"])["reached"].sum()
    assert (reached == 1).all()


def test_waves_are_ordered_by_date(three_waves):
    assert three_waves.waves["wave"].tolist() == ["first", "2nd", "3rd"]
    assert three_waves.waves["order"].tolist() == [0, 1, 2]


def test_waves_without_dates_are_ordered_by_their_numbers():
    small = make_instrument(items=(1,), roles=("front",))
    rows = [("O", wave, f"p{n}", "front", None, pd.NaT, None, 3) for wave in ("wave 10", "wave 9") for n in range(5)]
    assert score_responses(frames_to_responses(small, rows)).waves["wave"].tolist() == ["wave 9", "wave 10"]


def test_gaps_are_on_the_items_that_both_were_asked(three_waves):
    gap = pick(three_waves.gaps, wave="first", element="element_0", high_group="role:top", low_group="role:middle")
    assert gap["items"].tolist() == [2], "the middle isn't asked A1"
    assert pick(three_waves.gaps, wave="first", element="element_1", high_group="role:top")["items"].tolist() == [
        1,
        1,
        1,
    ]


@pytest.mark.parametrize("shift", [0.0, 0.6, 1.2])
def test_gap_intervals_agree_with_their_verdicts(shift):
    small = make_instrument(items=(2, 2, 1, 3, 2))
    parts = [make_responses(small, {"front": 25}, seed=n, mean=2.5, organisation=f"O{n}") for n in range(6)]
    tops = [make_responses(small, {"top": 9}, seed=n + 50, mean=2.5 + shift, organisation=f"O{n}") for n in range(6)]
    for top in tops:
        top.answers["respondent"] = "t" + top.answers["respondent"]
    gaps = score_responses(join_responses(*parts, *tops)).gaps
    gaps = gaps[gaps["status"] == "scored"]
    outside = (gaps["low"] > 0) | (gaps["high"] < 0)
    assert (outside == (gaps["verdict"] == "real")).all()
    assert (gaps["p_holm"] >= gaps["p"]).all()
    assert outside.any() == (shift > 0)


@pytest.mark.parametrize("matched", [True, False])
def test_changes_agree_with_their_verdicts(matched):
    small = make_instrument(items=(2, 2, 2))
    waves = []
    for organisation in range(5):
        for wave in range(2):
            part = make_responses(
                small,
                {"front": 20},
                organisation=f"O{organisation}",
                wave=str(wave),
                seed=10 * organisation + wave,
                mean=2.5 + wave * 0.3 * organisation,
            )
            if not matched:
                part.answers["respondent"] = f"w{wave}" + part.answers["respondent"]
                part.reasons["respondent"] = f"w{wave}" + part.reasons["respondent"]
            waves.append(part)
    changes = score_responses(join_responses(*waves)).changes
    assert (changes["matched"] == matched).all()
    up, down = changes["low"] > 0, changes["high"] < 0
    expected = np.where(up, "up", np.where(down, "down", "cannot_tell"))
    assert (changes["verdict"] == expected).all()
    assert set(changes["verdict"]) >= {"up", "cannot_tell"}


def test_systematic_names_what_is_missing():
    small = make_instrument(items=(1, 1, 1), roles=("front",))
    rows = [("O", "1", f"p{n}", "front", None, pd.NaT, None, 3, 2, 1 + n % 2) for n in range(6)]
    found = score_responses(frames_to_responses(small, rows))
    assert found.systematic["systematic"].tolist() == [False]
    assert found.systematic["missing"].tolist() == ["element_1"]
    assert found.weakest["element"].tolist() == ["element_2"]


def test_an_instrument_without_rules_about_roles_or_systematic():
    plain = make_instrument(items=(2,), roles=("staff",), levels=7).model_copy(update={"systematic": None})
    assert isinstance(plain, Instrument)
    found = score_responses(make_responses(plain, {"staff": 12}))
    assert found.systematic.empty
    assert found.gaps.empty
    assert len(found.levels) == 7 * (2 + 3)


def test_careless_answers_are_flagged_and_left_out():
    small = make_instrument(items=(4, 4), roles=("front",))
    rows = [("O", "1", "long", "front", None, pd.NaT, 400, 5, 5, 5, 5, 1, 2, 3, 4)]
    rows += [("O", "1", "fast", "front", None, pd.NaT, 15, 1, 2, 3, 4, 5, 4, 3, 2)]
    rows += [("O", "1", f"p{n}", "front", None, pd.NaT, 16, *[1 + (n + k) % 3 for k in range(8)]) for n in range(6)]
    found = score_responses(frames_to_responses(small, rows)).careless.iloc[0]
    assert (found["n_flagged"], found["n_long_run"], found["n_fast"]) == (2, 1, 1)
    without = score_responses(frames_to_responses(small, rows[2:])).scores
    assert found["score_without"] == pick(without, element="overall", group="all")["score"].iloc[0]


def test_units_need_five_each():
    small = make_instrument(items=(2,), roles=("front",))
    found = score_responses(make_responses(small, {"front": 40}, units=("N", "S")))
    assert found.units["n_units"].tolist() == [2]
    assert score_responses(make_responses(small, {"front": 6}, units=("N", "S"))).units.empty


def test_responses_by_role_counts_those_who_did_not_answer():
    responses = make_responses(make_instrument(), {"top": 6})
    context = OrganisationContext(invited={"1": {"top": 8, "front": 30}})
    found = score_responses(responses, contexts={"Nordlys": context}).responses_by_role
    assert found["group"].tolist() == ["all", "role:top", "role:front"]
    assert found["n_respondents"].tolist() == [6, 6, 0]
    assert found["n_invited"].tolist() == [38, 8, 30]
    assert found["first_answer"].notna().tolist() == [True, True, False]


def portfolio(count):
    small = make_instrument(items=(2, 2))
    return join_responses(
        *(make_responses(small, {"top": 6, "front": 9}, organisation=f"O{n:02}", seed=n) for n in range(count))
    )


def test_a_benchmark_leaves_the_organisation_out():
    responses = portfolio(12)
    scores = score_responses(responses)
    others = benchmark_from_scores(scores, leave_out="O03", name="11 others")
    assert len(others.values("overall")) == 11
    found = score_responses(responses.select("O03"), benchmark=others).benchmarks
    assert found["n"].tolist() == [11, 11, 11]
    assert found["percentile"].between(0, 100).all()
    assert (found["low"] <= found["percentile"]).all()
    with pytest.raises(CxassessError, match="9 organisations are too few"):
        benchmark_from_scores(score_responses(portfolio(10)), leave_out="O01", name="too few")


def test_a_benchmark_file(tmp_path):
    path = tmp_path / "41 utilities.csv"
    path.write_text("element,score\n" + "".join(f"overall,{2 + n / 10}\n" for n in range(10)), encoding="utf-8")
    found = read_benchmark(path)
    assert isinstance(found, Benchmark)
    assert (found.name, len(found.values("overall"))) == ("41 utilities", 10)
    path.write_text("element,score\noverall,2,5\n", encoding="utf-8")
    with pytest.raises(CxassessError):
        read_benchmark(path)
    path.write_text("element,score\noverall,high\noverall,inf\noverall,0\n", encoding="utf-8")
    with pytest.raises(CxassessError) as caught:
        read_benchmark(path)
    assert len(caught.value.problems) == 3
    path.write_text("element;score\n", encoding="utf-8")
    with pytest.raises(CxassessError, match="missing"):
        read_benchmark(path)
    with pytest.raises(CxassessError, match="can't be read"):
        read_benchmark(tmp_path / "absent.csv")


def test_a_pulse_wave_is_compared_on_the_pulse_items():
    small = make_instrument(items=(3, 2), roles=("front",))
    full = make_responses(small, {"front": 20}, wave="1", gaps=0)
    pulse = make_responses(small, {"front": 20}, wave="2", gaps=0, seed=1, date="2027-01-01")
    same = {
        item.id: full.answers[item.id] if item.pulse else pd.array([pd.NA] * 20, dtype="Int8") for item in small.items
    }
    answers = pulse.answers.assign(**same)
    both = join_responses(full, Responses(small, answers, pulse.reasons, pulse.comments, pulse.source))
    changes = score_responses(both).changes
    assert (changes["change"] == 0).all()


def test_whole_counts_add_up():
    assert whole_counts(np.array([1 / 3, 1 / 3, 1 / 3]), 10).tolist() == [4, 3, 3]
    assert whole_counts(np.array([0.25, 0.75]), 8).tolist() == [2, 6]
    several = whole_counts(np.array([[1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]), np.array([11, 3, 0]))
    assert several.tolist() == [[4, 4, 3], [2, 1, 0], [0, 0, 0]]
