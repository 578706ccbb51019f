"""The figures of a portfolio: reference values, properties, and what small groups must not give away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import builders_portfolio as builders
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxassess.instrument import load_instrument
from cxassess.portfolio.bands import BenchmarkTable, are_apart, band_of, group_members, make_band
from cxassess.portfolio.league import CERTAIN, build_league, chance_higher
from cxassess.portfolio.members import Member, MemberScore
from cxassess.portfolio.outcomes import Outcomes
from cxassess.portfolio.separation import many_shares, separate, varies
from cxassess.portfolio.shares import count_levels, list_unsure, share_systematic
from cxassess.portfolio.trends import find_trends
from cxassess.scoring import lmg_shares, shrink
from cxassess.scoring.model import OVERALL

INSTRUMENT = load_instrument("eight_elements")
ELEMENTS = [element.id for element in INSTRUMENT.elements]
UNEQUAL = ((0, 1), (6, 30), (-6, 30), (9, 1.5))
SCHOOLS = ((28, 15), (8, 10), (-3, 16), (7, 11), (-1, 9), (1, 11), (18, 10), (12, 18))


def member(
    name: str, score: float | None, half: float | None = 0.1, *, systematic: bool | None = None, **more: object
) -> Member:
    """Return an organisation with one score on everything."""
    own = MemberScore(score, None if half is None else score - half, None if half is None else score + half)  # type: ignore[operator]
    values: dict[str, object] = {
        "organisation": name, "wave": "2026", "wave_name": "2026", "answered_on": date(2026, 10, 1), "industry": "",
        "country": "", "respondents": 20, "invited": None, "scores": dict.fromkeys([*ELEMENTS, OVERALL], own),
        "levels": dict.fromkeys(("nearest", "staged", "gated"), None if score is None else round(score)),
        "chances": {}, "systematic": systematic, "chance_systematic": None,
    }  # fmt: skip
    return Member(**{**values, **more})  # type: ignore[arg-type]


def hidden(name: str) -> Member:
    return replace(member(name, 3.0), scores=dict.fromkeys([*ELEMENTS, OVERALL], MemberScore(None, reason="too_few")))


# ---------------------------------------------------------------- the league table


def test_eight_schools_are_shrunk_as_published() -> None:
    members = [member(f"School {i}", y, 1.96 * s) for i, (y, s) in enumerate(SCHOOLS)]
    league = build_league(members)
    found = {one.member.organisation: one.score for one in league.standings}
    for i, published in enumerate((10, 8, 7, 8, 5, 6, 10, 8)):
        assert found[f"School {i}"] == pytest.approx(published, abs=1)
    assert league.shrunken
    assert league.apart == 0, "none of the eight schools can be told from another"
    assert all((one.best, one.worst) == (1, 8) for one in league.standings)


@pytest.mark.parametrize("groups", [SCHOOLS, UNEQUAL], ids=["eight schools", "unequal errors"])
def test_the_chance_to_be_ahead_is_that_of_the_models_draws(groups: Sequence[tuple[float, float]]) -> None:
    y, s = (np.array(column, dtype=float) for column in zip(*groups, strict=True))
    rng = np.random.default_rng(1)
    top = 4 * max(y.std(ddof=1), s.mean())
    tau = (np.arange(2000) + 0.5) * top / 2000
    v = 1 / (s**2 + tau[:, None] ** 2)
    mean = (v * y).sum(1) / v.sum(1)
    density = np.sqrt(1 / v.sum(1)) * np.prod(np.sqrt(v) * np.exp(-0.5 * v * (y - mean[:, None]) ** 2), axis=1)
    picked = rng.choice(tau.size, 40_000, p=density / density.sum())
    mu = mean[picked] + rng.normal(size=picked.size) / np.sqrt(v.sum(1)[picked])
    precision = 1 / s**2 + 1 / tau[picked, None] ** 2
    centre = (y / s**2 + mu[:, None] / tau[picked, None] ** 2) / precision
    drawn = centre + rng.normal(size=centre.shape) / np.sqrt(precision)
    expected = (drawn[:, :, None] > drawn[:, None, :]).mean(axis=0)
    found = chance_higher(y, s)
    assert np.abs(found - expected).max() < 0.01
    off = ~np.eye(y.size, dtype=bool)
    np.testing.assert_allclose((found + found.T)[off], 1.0, atol=1e-9)
    np.testing.assert_allclose(np.median(drawn, axis=0), shrink(y, s).median, atol=0.05 * s.mean())


def test_places_that_are_not_ruled_out_hold_the_true_place() -> None:
    rng = np.random.default_rng(7)
    inside = total = 0
    for _ in range(60):
        truth = rng.normal(3, 0.3, 15)
        errors = rng.uniform(0.05, 0.3, 15)
        certain = chance_higher(truth + rng.normal(0, errors), errors) >= CERTAIN
        place = 15 - truth.argsort().argsort()
        best, worst = certain.sum(axis=0) + 1, 15 - certain.sum(axis=1)
        inside += int(((best <= place) & (place <= worst)).sum())
        total += 15
    assert inside / total >= 0.95


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 5), st.floats(0, 0.8)), min_size=1, max_size=9), st.randoms())
def test_places_agree_with_each_other(values: list[tuple[float, float]], shuffle: object) -> None:
    members = [member(f"{i:02}", round(score, 2), round(half, 2)) for i, (score, half) in enumerate(values)]
    league = build_league(members)
    n = len(members)
    assert [one.place for one in league.standings] == list(range(1, n + 1))
    for one in league.standings:
        assert one.best is not None
        assert one.worst is not None
        assert 1 <= one.best <= one.worst <= n
        assert (one.best, one.worst) == (one.behind + 1, n - one.ahead)
        assert one.low <= one.score <= one.high  # type: ignore[operator]
    assert sum(one.ahead for one in league.standings) == sum(one.behind for one in league.standings) == league.apart
    assert league.pairs == n * (n - 1) // 2
    shuffle.shuffle(members)  # type: ignore[attr-defined]
    assert build_league(members) == league


def test_the_fewer_answers_the_further_a_score_is_drawn_in() -> None:
    others = [member(f"{i}", 3 + i / 10, 0.1) for i in range(-4, 5)]
    league = build_league([*others, member("sure", 4.5, 0.05), member("unsure", 4.5, 0.9)])
    found = {one.member.organisation: one for one in league.standings}
    assert 3.5 < found["unsure"].score < found["sure"].score < 4.5  # type: ignore[operator]
    assert found["sure"].score == pytest.approx(4.5, abs=0.01)


def test_who_has_no_interval_or_no_score_has_no_place() -> None:
    league = build_league([hidden("a"), member("b", 4.0, None), member("c", 2.0), member("d", 3.0), member("e", 3.5)])
    assert [(one.member.organisation, one.place) for one in league.standings] == [
        ("e", 1), ("d", 2), ("c", 3), ("b", None), ("a", None),
    ]  # fmt: skip
    last = league.standings[-1]
    assert (last.score, last.low, last.best, last.worst) == (None, None, None, None)


def test_two_organisations_stay_as_they_were_measured() -> None:
    league = build_league([member("a", 3.0), member("b", 4.0), hidden("c")])
    assert not league.shrunken
    assert [(one.score, one.best, one.worst) for one in league.ranked] == [(4.0, 1, 1), (3.0, 2, 2)]
    assert [one.low for one in league.ranked] == pytest.approx([3.9, 2.9])


def test_everybody_answering_leaves_a_score_that_cannot_move() -> None:
    league = build_league([member("a", 3.0, 0.0), member("b", 2.0, 0.3), member("c", 4.0, 0.3)])
    assert next(one.score for one in league.standings if one.member.organisation == "a") == pytest.approx(
        3.0, abs=0.001
    )


def test_an_interval_is_shown_within_the_scale_and_ranked_by_all_of_it() -> None:
    scores = {"a": 4.9, "b": 4.8, "c": 1.2, "d": 1.1}
    portfolio = builders.made_up(INSTRUMENT, scores, half=0.6)
    standings = portfolio.league.standings
    assert max(one.high for one in standings) > 5  # type: ignore[type-var]
    assert min(one.low for one in standings) < 1  # type: ignore[type-var]
    frame = portfolio.frames["league"]
    assert (frame["high"].max(), frame["low"].min()) == (5, 1)
    assert hidden("h").overall.score is build_league([hidden("h")]).standings[0].within(5)[0] is None


def test_an_interval_cut_off_at_the_end_of_the_scale_is_as_wide_as_its_other_half() -> None:
    own = MemberScore(4.9, 4.4, 5.0)
    cut = replace(member("cut", 4.9), scores={**member("cut", 4.9).scores, OVERALL: own})
    whole = member("cut", 4.9, 0.5)
    others = [member("b", 3.0), member("c", 2.0)]
    assert build_league([cut, *others]).standings[0].score == build_league([whole, *others]).standings[0].score


# ---------------------------------------------------------------- levels and the systematic share


def test_the_systematic_share_has_wilsons_interval() -> None:
    members = [member(f"{i}", 3.0, systematic=i < 81) for i in range(263)]
    share = share_systematic([*members, hidden("h")])
    assert share is not None
    assert (share.count, share.known) == (81, 263)
    assert (share.low, share.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (share.study_low, share.study_high) == pytest.approx((0.4038, 0.5962), abs=5e-5)
    assert share.difference == pytest.approx((81 / 263 - 0.5, -0.302, -0.080), abs=0.002)
    assert share_systematic([hidden("h")]) is None


def test_levels_are_counted_once_and_expected_by_their_chances() -> None:
    chances = ({2: 0.4, 3: 0.6}, {3: 1.0}, {})
    members = [member(f"{i}", 3.0, chances=found) for i, found in enumerate(chances)]
    rows = {
        row.level: row
        for row in count_levels(
            [*members, replace(hidden("h"), levels=dict.fromkeys(("nearest", "staged", "gated")))], INSTRUMENT
        )
    }
    assert [row.count for row in rows.values()] == [0, 0, 3, 0, 0]
    assert (rows[2].expected, rows[3].expected) == pytest.approx((0.4, 2.6))
    assert count_levels([], INSTRUMENT) == ()


def test_who_is_close_to_the_limit_is_named_likeliest_first() -> None:
    members = [member(str(p), 3.0, systematic=p > 0.5, chance_systematic=p) for p in (0.02, 0.3, 0.9, 0.97, 0.05)]
    assert [one.organisation for one in list_unsure(members)] == ["0.9", "0.3"]


# ---------------------------------------------------------------- bands


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["", "a", "b", "c", "d", "e"]), st.integers(1, 9)))
def test_no_group_of_fewer_than_five_is_shown_or_left_over(sizes: Mapping[str, int]) -> None:
    members = [member(f"{name}{i}", 2 + (i % 3), industry=name) for name, count in sizes.items() for i in range(count)]
    groups = group_members([*members, hidden("h")], "industry", INSTRUMENT)
    assert all(len(group.members) >= 5 for group in groups)
    assert len(groups) != 1
    if groups:
        assert sorted(one.organisation for group in groups for one in group.members) == sorted(
            one.organisation for one in members
        )
        assert sum(group.joined for group in groups) <= 1
        assert all(group.joined or group.names[0] for group in groups), "unknown never stands as an industry"
    for group in groups:
        assert group.bands[OVERALL].n == len(group.members)


def test_a_band_is_quartiles_and_a_t_interval() -> None:
    values = [2.1, 2.6, 3.4, 3.0, 2.2, 3.9]
    band = make_band(values)
    assert band is not None
    assert (band.q25, band.median, band.q75) == pytest.approx(tuple(np.quantile(values, (0.25, 0.5, 0.75))))
    expected = stats.t.interval(0.95, 5, np.mean(values), stats.sem(values))
    assert (band.low, band.high) == pytest.approx(expected)
    assert make_band(values[:4]) is None


def test_imported_bands_are_of_the_same_group_where_there_are_five() -> None:
    rows = tuple([(3.0 + i / 10, "Energy", "") for i in range(6)] + [(2.0, "Water", "")] * 4)
    table = BenchmarkTable("others", {OVERALL: rows})
    members = [member(f"{name}{i}", 3.0, industry=name) for name in ("energy", "Water") for i in range(5)]
    energy, water = sorted(
        group_members(members, "industry", INSTRUMENT, table), key=lambda group: group.names[0].lower()
    )
    assert (energy.own_reference, water.own_reference) == (True, False)
    assert energy.reference[OVERALL].median == pytest.approx(3.25)
    assert water.reference[OVERALL].n == 10


def test_industries_are_apart_only_after_correction_for_all_pairs() -> None:
    def groups(step: float) -> bool:
        members = [
            member(f"{g}{i}", 2.5 + step * g + spread, industry=str(g))
            for g in range(4)
            for i, spread in enumerate((-0.2, -0.1, 0.0, 0.1, 0.2))
        ]
        return are_apart(group_members(members, "industry", INSTRUMENT))

    assert not groups(0.08), "p is 0.04 for the two furthest, but there are six pairs"
    assert groups(0.4)


# ---------------------------------------------------------------- an outcome


def test_shares_of_two_halves_differ_as_newcombe_published() -> None:
    members = [member(f"s{i}", 3.0, systematic=True) for i in range(70)]
    members += [member(f"r{i}", 2.0, systematic=False) for i in range(80)]
    values = {f"s{i}": float(i < 56) for i in range(70)} | {f"r{i}": float(i < 48) for i in range(80)}
    found = separate(members, Outcomes("", values), INSTRUMENT)
    assert found.binary
    assert (found.difference, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_means_of_two_halves_differ_by_the_more_cautious_t_test() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(50, 12, 9), rng.normal(40, 4, 30)
    members = [member(f"s{i}", 3.0, systematic=True) for i in range(9)]
    members += [member(f"r{i}", 2.0, systematic=False) for i in range(30)]
    values = {f"s{i}": v for i, v in enumerate(first)} | {f"r{i}": v for i, v in enumerate(second)}
    found = separate(members, Outcomes("", values), INSTRUMENT)
    both = [stats.ttest_ind(first, second, equal_var=equal).confidence_interval(0.95) for equal in (True, False)]
    assert found.low == pytest.approx(min(one.low for one in both))
    assert found.high == pytest.approx(max(one.high for one in both))
    few = [one for one in members if one.organisation.startswith("r") or one.organisation in {"s0", "s1", "s2", "s3"}]
    assert separate(few, Outcomes("", values), INSTRUMENT).difference is None


def test_correlations_have_fishers_interval_and_are_screened_together() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(3, 0.5, (30, 8))
    outcome = scores[:, 0] * 10 + rng.normal(0, 5, 30)
    members = [
        replace(
            member(f"{i}", 3.0, systematic=bool(i % 2)),
            scores={name: MemberScore(value, 1, 5) for name, value in zip(ELEMENTS, row, strict=True)}
            | {OVERALL: MemberScore(3.0, 1, 5)},
        )
        for i, row in enumerate(scores)
    ]
    found = separate(members, Outcomes("", {f"{i}": v for i, v in enumerate(outcome)}), INSTRUMENT)
    for column, one in enumerate(found.drivers):
        expected = stats.pearsonr(scores[:, column], outcome)
        assert one.correlation == pytest.approx(expected.statistic)
        assert (one.low, one.high) == pytest.approx(tuple(expected.confidence_interval()), abs=1e-6)
        assert one.p == pytest.approx(expected.pvalue)
    screened = stats.false_discovery_control([one.p for one in found.drivers])
    assert [one.p_screened for one in found.drivers] == pytest.approx(list(screened))
    shares = lmg_shares(scores, outcome)
    assert [one.share for one in found.drivers] == pytest.approx(list(shares))
    assert found.explained == pytest.approx(shares.sum())
    assert all(one.share_low <= one.share_high for one in found.drivers)  # type: ignore[operator]
    assert found.drivers[0].share_low > 0.2  # type: ignore[operator]


def test_many_samples_at_once_are_each_as_lmg_has_them() -> None:
    rng = np.random.default_rng(11)
    drivers, outcomes = rng.normal(size=(3, 20, 4)), rng.normal(size=(3, 20))
    together = many_shares(drivers, outcomes)
    for found, x, y in zip(together, drivers, outcomes, strict=True):
        np.testing.assert_allclose(found, lmg_shares(x, y), atol=1e-9)


def test_too_few_organisations_have_no_shares_of_explained_variance() -> None:
    found = builders.sample().separation
    assert found is not None
    assert (found.n_least, found.n_wanted, found.n_complete) == (24, 80, 37)
    few = [one for one in builders.sample().members if one.shown][:23]
    outcomes = builders.sample().outcomes
    assert outcomes is not None
    less = separate(few, outcomes, INSTRUMENT)
    assert less.explained is None
    assert all(one.share is None for one in less.drivers)


def test_an_outcome_that_never_varies_explains_nothing() -> None:
    members = [one for one in builders.sample().members if one.shown]
    found = separate(members, Outcomes("", {one.organisation: 5.0 for one in members}), INSTRUMENT)
    assert (found.difference, found.low, found.explained) == (0.0, None, None)
    assert all(one.correlation is None for one in found.drivers)


def test_an_outcome_that_varies_by_rounding_alone_is_constant() -> None:
    assert np.full(30, 0.1).std() > 0
    assert not varies(np.full(30, 0.1))
    assert not varies(np.array([3e9, 3e9 + 1e-3]))
    assert varies(np.array([0.001, 0.0011]))
    members = [one for one in builders.sample().members if one.shown]
    values = {one.organisation: 0.1 + i * 1e-17 for i, one in enumerate(members)} | {members[0].organisation: 0.3 - 0.2}
    found = separate(members, Outcomes("", values), INSTRUMENT)
    assert (found.low, found.high, found.explained) == (None, None, None)
    assert all(one.correlation is None for one in found.drivers)


def test_a_draw_without_an_outcome_that_varies_is_left_out() -> None:
    """Of forty organisations one differs: more than a third of the draws miss it, and explain nothing."""
    members = [one for one in builders.sample().members if one.shown]
    ends = []
    for rest in (0.0, 0.1):
        values = dict.fromkeys((one.organisation for one in members), rest) | {members[0].organisation: rest + 1}
        found = separate(members, Outcomes("", values), INSTRUMENT)
        assert found.explained is not None
        ends.append([end for one in found.drivers for end in (one.share_low, one.share_high)])
    assert np.full(len(members) - 2, 0.1).std() > 0
    assert ends[0] == pytest.approx(ends[1]), "a constant 0.1 is as constant as a constant 0"


# ---------------------------------------------------------------- waves


@pytest.mark.parametrize(("organisations", "overall"), [(5, "cannot_tell"), (6, "up"), (12, "up")])
def test_a_common_change_needs_enough_organisations(organisations: int, overall: str) -> None:
    """Of n organisations that all rise, 2 of 2^n flips are as extreme: 0.0625 of five, 0.03125 of six."""
    scores = {f"Org {i}": 2 + i * 0.1 for i in range(organisations)}
    portfolio = builders.made_up(INSTRUMENT, scores, waves=("2024", "2025", "2026"), step=0.2)
    found = portfolio.trends
    assert found is not None
    means = {one.element: one for one in found.means}
    assert means[OVERALL].verdict == overall
    assert means[OVERALL].change == pytest.approx(0.4)
    assert means[ELEMENTS[0]].verdict == ("up" if organisations == 12 else "cannot_tell"), "Holm over eight elements"
    assert len(found.own) == organisations
    assert all(one.verdict == "up" and one.change == pytest.approx(0.4) for one in found.own)
    assert all(one.before == pytest.approx(one.after - 0.4) for one in found.own)  # type: ignore[operator]


def test_fewer_than_five_have_no_common_change_and_one_wave_none_at_all() -> None:
    scores = {f"Org {i}": 2 + i * 0.1 for i in range(4)}
    found = builders.made_up(INSTRUMENT, scores, waves=("2025", "2026"), step=0.2).trends
    assert found is not None
    assert found.means == ()
    assert len(found.own) == 4
    assert builders.made_up(INSTRUMENT, scores).trends is None


def test_a_change_that_may_not_be_shown_is_said_so() -> None:
    portfolio = builders.made_up(INSTRUMENT, {"a": 3.0, "b": 3.0}, waves=("2025", "2026"), step=0.2)
    changes = portfolio.shown.changes
    withheld = changes.assign(status=changes["status"].where(changes["organisation"] != "a", "suppressed"))
    shown = replace(portfolio.shown, changes=withheld)
    found = find_trends(shown, portfolio.members, {})
    assert found is not None
    assert [(one.member.organisation, one.change is None) for one in found.own] == [("b", False), ("a", True)]


def test_a_change_is_hidden_for_its_own_reason_and_not_counted() -> None:
    portfolio = builders.made_up(INSTRUMENT, {"a": 3.0, "b": 3.0}, waves=("2025", "2026"), step=0.2)
    changes, own = portfolio.shown.changes, portfolio.shown.changes["organisation"] == "a"
    withheld = changes.assign(status=changes["status"].mask(own, "suppressed"), reason=own.map({True: "withheld"}))
    hiding = replace(portfolio, shown=replace(portfolio.shown, changes=withheld))
    assert hiding.trends is not None
    assert [(one.member.organisation, one.reason) for one in hiding.trends.own] == [("b", ""), ("a", "withheld")]
    page = hiding.report().waves
    assert page is not None
    assert page.title == "Measured again: 1 up, 0 down, 0 cannot tell"
    assert "withheld, so that a small group cannot be worked out" in str(page.to_dict())


# ---------------------------------------------------------------- privacy


def test_a_hidden_organisation_is_nothing_but_a_name() -> None:
    portfolio = builders.sample()
    own = next(one for one in portfolio.members if one.organisation == builders.HIDDEN)
    assert not own.shown
    assert own.respondents is None
    assert own.systematic is None
    assert all(score == MemberScore(None, reason="too_few") for score in own.scores.values())
    assert all(level is None for level in own.levels.values())
    for name, frame in portfolio.frames.items():
        if "organisation" in frame:
            row = frame[frame["organisation"] == builders.HIDDEN]
            figures = row.drop(
                columns=["organisation", "wave", "industry", "country", "n_invited", "reason", "outcome", "element"],
                errors="ignore",
            )
            assert figures.isna().all(axis=None), name
    band = band_of(portfolio.members, OVERALL)
    assert band is not None
    assert band.n == 39


def test_an_organisation_without_an_overall_score_enters_no_mean() -> None:
    """Elements may be shown where overall is not; means and bands are of the same organisations throughout."""
    members = builders.made_up(INSTRUMENT, {f"{i}": 2 + i / 10 for i in range(7)})
    scores = members.shown.scores
    off = (scores["organisation"] == "6") & (scores["element"] == OVERALL)
    withheld = scores.assign(
        status=scores["status"].mask(off, "suppressed"),
        reason=scores["reason"].mask(off, "withheld"),
        score=scores["score"].mask(off),
    )
    portfolio = replace(members, shown=replace(members.shown, scores=withheld))
    bands = portfolio.frames["bands"]
    assert set(bands["n"]) == {6}
    assert portfolio.members[-1].known(ELEMENTS[0]) == pytest.approx(2.6)
    assert portfolio.frames["league"]["reason"].tolist()[-1] == "withheld"


def test_an_organisations_change_is_that_of_its_own_report_under_its_own_waves() -> None:
    from cxassess import sample_path
    from cxassess.portfolio import assess_portfolio

    portfolio = assess_portfolio(
        [sample_path("nordvand.csv"), sample_path("small_team.csv")],
        contexts=sample_path("nordvand.context.yaml"),
        language="sv",
    )
    (row,) = portfolio.frames["changes"].to_dict("records")
    own = portfolio.shown.changes.query("element == 'overall' and wave_from == '2024-10' and wave_to == '2026-10'")
    assert (row["wave_from"], row["wave_to"], row["verdict"]) == ("2024-10", "2026-10", "up")
    assert [row[name] for name in ("change", "low", "high")] == own[["change", "low", "high"]].iloc[0].tolist()
    page = portfolio.report().waves
    assert page is not None
    assert page.title == "Ny mätning: 1 upp, 0 ner, 0 oklara"
    assert "Hösten 2024 till Hösten 2026" in str(page.to_dict())
