"""The privacy gate: nothing of fewer than five people is shown, and nothing can be worked out."""

import numpy as np
import pandas as pd
import pytest
from builders_scoring import ROLES, frames_to_responses, join_responses, make_instrument, make_responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxassess.responses.model import Responses
from cxassess.scoring import apply_privacy, score_responses
from cxassess.scoring.audit import Margins, solve_for, withhold_groups
from cxassess.scoring.model import COLUMNS

FRAMES = [name for name in COLUMNS if name != "comments"]


def gate(responses):
    scores = score_responses(responses)
    return scores, apply_privacy(scores, responses)


def status(frame, **keys):
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    return sorted(set(zip(frame["status"], frame["reason"], strict=True)))


def test_the_gate_keeps_every_frame_key_and_type():
    small = make_instrument()
    scores, shown = gate(
        join_responses(make_responses(small, {"top": 3, "front": 20}), make_responses(small, {"top": 2}, wave="2"))
    )
    for name in FRAMES:
        before, after = getattr(scores, name), getattr(shown, name)
        assert list(after.columns) == list(COLUMNS[name])
        assert (after.dtypes == before.dtypes).all(), name
        assert len(after) == len(before)


def test_a_small_role_takes_another_with_it():
    _, shown = gate(make_responses(make_instrument(), {"top": 3, "middle": 12, "front": 30, "back": 9}))
    assert status(shown.scores, group="role:top") == [("suppressed", "too_few")]
    assert status(shown.scores, group="role:back") == [("suppressed", "withheld")]
    assert status(shown.scores, group="role:middle") == [("scored", "")]
    assert status(shown.scores, group="all") == [("scored", "")]
    assert status(shown.items, group="role:back") == [("suppressed", "withheld")]


@pytest.mark.parametrize("scheme", ["roles", "respondents", "weights"])
def test_two_tiny_roles_are_not_shown_together_by_subtraction(scheme):
    _, shown = gate(
        make_responses(make_instrument(scheme=scheme), {"top": 1, "middle": 2, "front": 30, "back": 9, "extra": 0} | {})
    )
    hidden = shown.scores[(shown.scores["status"] == "suppressed")]["group"].unique()
    assert sorted(hidden) == ["role:back", "role:middle", "role:top"], "1 + 2 people are fewer than five"


def test_hidden_rows_hold_nothing():
    scores, shown = gate(make_responses(make_instrument(), {"top": 3, "middle": 12, "front": 30}, units=("N", "S")))
    figures = {
        "scores": ["score", "low", "high", "level", "n_respondents", "coverage", "agreement"],
        "items": ["mean", "low", "high", "n", "n_dont_know", "n_not_applicable", "n_missing", "r_wg", "a_wg", "ad"],
        "gaps": ["gap", "low", "high", "p", "p_holm", "n_high", "n_low"],
        "responses_by_role": ["n_respondents", "first_answer", "last_answer"],
    }
    for name, columns in figures.items():
        frame = getattr(shown, name)
        hidden = frame[frame["status"] == "suppressed"]
        assert len(hidden)
        assert hidden[columns].isna().all().all(), name
        assert getattr(scores, name).loc[hidden.index, columns[0]].notna().any()


def test_fewer_than_five_in_all_show_nothing():
    _, shown = gate(make_responses(make_instrument(), {"top": 2, "front": 2}, units=("N",)))
    for name in ("scores", "items", "distributions", "gaps", "responses_by_role", "reliability"):
        assert set(getattr(shown, name)["status"]) == {"suppressed"}, name
    for name in ("levels", "weakest", "systematic", "careless", "role_scores_common", "units", "waves"):
        frame = getattr(shown, name).select_dtypes(["float64", "boolean", "datetime64[us]"])
        assert frame.isna().all().all(), name
    assert shown.careless[["n_flagged", "n_long_run", "n_fast"]].isna().all().all()
    assert shown.weakest["element"].isna().all()
    assert shown.comments.empty


def test_distributions_need_eight_answers():
    _, shown = gate(make_responses(make_instrument(), {"front": 7}, gaps=0))
    assert status(shown.distributions) == [("suppressed", "too_few")]
    _, shown = gate(make_responses(make_instrument(), {"front": 8}, gaps=0))
    assert status(shown.distributions) == [("scored", "")]


def test_distributions_are_weighed_like_the_means():
    scores, _ = gate(make_responses(make_instrument(), {"top": 5, "front": 40}, gaps=0))
    frame = scores.distributions
    means = (frame["share"] * frame["level"]).groupby(frame["item"]).sum()
    items = scores.items[scores.items["group"] == "all"].set_index("item")["mean"]
    assert np.allclose(means, items.loc[means.index])
    assert (frame.groupby("item")["n"].sum() == 45).all()


def test_comments_lose_the_role_of_a_hidden_group_and_never_name_anybody():
    responses = make_responses(make_instrument(), {"top": 3, "middle": 12, "front": 30})
    _, shown = gate(responses)
    assert set(shown.comments["role"]) == {"", "front"}
    assert "respondent" not in shown.comments.columns
    assert len(shown.comments) == 45
    assert list(shown.comments["text"]) == sorted(shown.comments["text"])
    shuffled = frames_of(responses, seed=4)
    assert gate(shuffled)[1].comments.equals(shown.comments)


def frames_of(responses, seed):
    parts = [
        frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        for frame in (responses.answers, responses.reasons, responses.comments)
    ]
    return type(responses)(responses.instrument, *parts, responses.source)


def test_an_element_that_few_could_judge_is_hidden_alone():
    small = make_instrument(items=(2, 2))
    rows = [
        ("O", "1", f"t{n}", "top", None, pd.NaT, None, 3, 3, *((2, 2) if n < 3 else (None, None))) for n in range(6)
    ]
    rows += [("O", "1", f"f{n}", "front", None, pd.NaT, None, 2, 3, 4, 4) for n in range(9)]
    rows += [("O", "1", f"m{n}", "middle", None, pd.NaT, None, 2, 2, 3, 4) for n in range(7)]
    _, shown = gate(frames_to_responses(small, rows))
    assert status(shown.scores, group="role:top", element="element_1") == [("suppressed", "too_few")]
    assert status(shown.scores, group="role:middle", element="element_1") == [("suppressed", "withheld")]
    assert status(shown.scores, group="role:middle", element="overall") == [("suppressed", "withheld")]
    assert status(shown.scores, group="role:top", element="element_0") == [("scored", "")]
    assert status(shown.scores, group="role:front", element="element_1") == [("scored", "")]


def test_a_newcomer_cannot_be_worked_out_from_the_change():
    small = make_instrument()
    first = make_responses(small, {"front": 30}, wave="1", seed=1, gaps=0)
    second = make_responses(small, {"front": 31}, wave="2", seed=2, gaps=0)
    scores, _ = gate(join_responses(first, second))
    assert set(scores.changes["n_to"]) == {25}, "five set aside"
    assert scores.changes["matched"].all()


def test_careless_score_needs_five_flagged():
    small = make_instrument(items=(4, 4))
    steady = [("O", "1", f"s{n}", "front", None, pd.NaT, None, *([3] * 8)) for n in range(2)]
    varied = [("O", "1", f"v{n}", "front", None, pd.NaT, None, *[1 + (n + k) % 5 for k in range(8)]) for n in range(10)]
    scores, shown = gate(frames_to_responses(small, steady + varied))
    assert scores.careless["n_flagged"].tolist() == [2]
    assert shown.careless["n_flagged"].tolist() == [2]
    assert scores.careless["score_without"].notna().all()
    assert shown.careless["score_without"].isna().all()


def test_small_parts_in_a_role_and_a_unit_are_protected():
    # unit S is role front, and three of the back office: front and S shown would give those three
    margins = Margins(
        ("role:back", "role:front"), ("unit:N", "unit:S"), np.array([[20, 3, 0], [0, 30, 0]]), np.array([0.5, 0.5])
    )
    sizes = {"role:back": 23, "role:front": 30, "unit:N": 20, "unit:S": 33}
    assert withhold_groups(margins, sizes, [])


def rows_of(role, answers, prefix, unit=None):
    """Rows for `frames_to_responses`: one person for each list of answers."""
    return [("O", "1", f"{prefix}{n}", role, unit, pd.NaT, None, *one) for n, one in enumerate(answers)]


def test_an_items_distribution_does_not_give_a_hidden_role_away():
    # three and five people, weighed equally: shares are (5a + 3b)/30, which gives a and b
    small = make_instrument(items=(2, 2))
    uneven = make_responses(small, {"top": 3, "front": 5}, gaps=0)
    _, shown = gate(uneven)
    assert status(shown.distributions) == [("suppressed", "withheld")]
    everybody = shown.items[shown.items["group"] == "all"]
    assert set(everybody["status"]) == {"scored"}
    assert everybody[["low", "high", "r_wg", "a_wg", "ad"]].isna().all().all()
    assert (everybody["mean"] * 10 % 1).round(6).isin([0, 1]).all(), "two decimals would tell the three's sum modulo 3"
    assert status(shown.scores, group="all") == [("scored", "")]
    assert shown.scores.loc[shown.scores["group"] == "all", "low"].notna().all()


def test_hidden_roles_of_one_size_only_show_together():
    _, shown = gate(make_responses(make_instrument(), {"top": 4, "front": 4}, gaps=0))
    assert status(shown.distributions) == [("scored", "")], "only the sum of both enters"
    assert shown.items.loc[shown.items["group"] == "all", "low"].isna().all(), "it would give their difference"


def test_where_everybody_counts_equally_the_distribution_stays():
    _, shown = gate(make_responses(make_instrument(scheme="respondents"), {"top": 3, "front": 5}, gaps=0))
    assert status(shown.distributions) == [("scored", "")]
    assert shown.items.loc[shown.items["group"] == "all", "low"].notna().all()


def test_fewer_than_eight_answers_have_a_mean_but_no_interval():
    _, shown = gate(make_responses(make_instrument(), {"front": 7}, gaps=0))
    assert set(shown.items["status"]) == {"scored"}
    assert shown.items[["low", "high", "a_wg", "ad"]].isna().all().all(), "they all but list seven answers"


def test_an_element_of_one_item_is_treated_like_its_item():
    _, shown = gate(make_responses(make_instrument(items=(1, 3)), {"top": 3, "front": 5}, gaps=0))
    one = shown.scores[(shown.scores["group"] == "all") & (shown.scores["element"] == "element_0")]
    assert one[["low", "high"]].isna().all().all()
    assert one["score"].tolist() == one["score"].round(1).tolist()
    assert shown.levels.loc[shown.levels["element"] == "element_0", "probability"].isna().all()
    assert shown.levels.loc[shown.levels["element"] == "element_1", "probability"].notna().any()


def test_shown_figures_have_no_more_decimals_than_are_printed():
    scores, shown = gate(make_responses(make_instrument(), {"top": 8, "front": 30}, gaps=0.1))
    for name, column in (("scores", "score"), ("levels", "probability"), ("distributions", "share"), ("gaps", "low")):
        before, after = getattr(scores, name)[column], getattr(shown, name)[column]
        assert not np.allclose(before, after, atol=1e-6, equal_nan=True)
        assert np.allclose(before, after, atol=0.0051, equal_nan=True)
        assert np.allclose(after.dropna() * 100, (after.dropna() * 100).round())


def test_one_person_with_a_gap_cannot_be_worked_out_in_a_small_group():
    # n · score − the sum of the items' means · n / k is the twelfth part of that one person's answers
    small = make_instrument(items=(4,))
    answers = [[3, 4, 2, 3], [2, 2, 3, 3], [4, 4, 5, 3], [3, 3, 3, 2], [2, 3, 4, 4], [5, 1, 2, None]]
    _, shown = gate(frames_to_responses(small, rows_of("front", answers, "f")))
    assert status(shown.scores, element="element_0", group="all") == [("scored", "")]
    assert status(shown.items, group="all") == [("scored", ""), ("suppressed", "withheld")]
    _, shown = gate(frames_to_responses(small, rows_of("front", [*answers[:5], [5, 1, 2, 2]], "f")))
    assert status(shown.items, group="all") == [("scored", "")]


def test_that_a_hidden_role_gave_no_answers_is_hidden():
    # A1 is asked of top and front only: everybody's don't knows less the front line's would be the top's
    small = make_instrument(items=(1, 3), asked={"A1": ("top", "front")})
    rows = rows_of("top", [[None, 3, 3, 3]] * 3, "t") + rows_of("front", [[n % 5 + 1, 2, 3, 4] for n in range(9)], "f")
    rows += rows_of("back", [[None, 4, 3, 4]] * 12, "b") + rows_of("middle", [[None, 4, 2, 4]] * 14, "m")
    reasons = [("O", "1", f"t{n}", "A1", "dont_know") for n in range(3)]
    _, shown = gate(frames_to_responses(small, rows, reasons))
    assert status(shown.items, item="A1", group="role:front") == [("suppressed", "withheld")]
    assert status(shown.scores, element="element_0", group="role:front") == [("suppressed", "withheld")]
    only = make_instrument(items=(1, 3), asked={"A1": ("top",)})
    _, shown = gate(frames_to_responses(only, rows, reasons))
    alone = shown.items[(shown.items["item"] == "A1") & (shown.items["group"] == "all")]
    assert alone["n_dont_know"].isna().all()


def test_a_comment_without_a_role_is_not_of_a_small_one_by_elimination():
    asked = make_instrument(items=(2, 2), asked={"A1": ("top",), "A2": ("top", "front")})
    people = make_responses(asked, {"top": 3, "middle": 12, "front": 30, "back": 9}, gaps=0)
    told = people.comments.assign(item=["A1"] * 3 + ["A2"] * (len(people.comments) - 3))
    told.loc[0, "item"] = "A2"
    _, shown = gate(Responses(people.instrument, people.answers, people.reasons, told, people.source))
    assert set(shown.comments["item"]) == {"A2"}, "only three were asked A1"
    by_item = shown.comments[shown.comments["text"].isin(told.loc[told["item"] == "A2", "text"])]
    assert "front" not in set(by_item["role"]), "those without a role would be the top's"


def test_who_answered_when_is_shown_by_the_day():
    _, shown = gate(make_responses(make_instrument(), {"front": 9}, date="2026-05-04T13:07:31"))
    last = shown.responses_by_role["last_answer"]
    assert last.notna().all()
    assert (last == last.dt.normalize()).all()


def test_without_careless_answers_no_role_can_be_left_alone():
    small = make_instrument(items=(4, 4))
    varied = [[1 + (n + k) % 5 for k in range(8)] for n in range(10)]
    rows = rows_of("top", varied[:3], "t") + rows_of("back", [[3] * 8] * 6, "b") + rows_of("front", varied, "f")
    scores, shown = gate(frames_to_responses(small, rows))
    assert scores.careless["n_flagged"].tolist() == [6]
    assert scores.careless["score_without"].notna().all()
    assert shown.careless["score_without"].isna().all(), "the score without the back office would give the top's"


def test_people_set_aside_are_five_in_every_comparison():
    small = make_instrument()
    waves = [
        make_responses(small, {"front": n}, wave=str(w), seed=w, gaps=0, date=f"202{w}-05-04")
        for w, n in ((1, 30), (2, 31), (3, 30))
    ]
    scores, _ = gate(join_responses(*waves))
    compared = sorted(
        int(n) for _, n in {(row.wave_from + row.wave_to, row.n_to) for row in scores.changes.itertuples()}
    )
    assert compared == [25, 25, 30], "the same five are left out twice"


class Attack:
    """Every figure as a combination of single answers, worked out independently of the library."""

    def __init__(self, responses):
        self.instrument = responses.instrument
        self.roles, self.units, self.owners, self.index = {}, {}, [], {}
        columns = ["respondent", "role", "unit", *self.instrument.item_ids]
        for person, role, unit, *values in responses.answers[columns].itertuples(index=False):
            self.roles[person], self.units[person] = role, unit
            for item, value in zip(self.instrument.item_ids, values, strict=True):
                if value is not pd.NA:
                    self.index[(person, item)] = len(self.owners)
                    self.owners.append(person)
        self.groups = {}
        for person, role in self.roles.items():
            self.groups.setdefault(f"role:{role}", []).append(person)
            if isinstance(self.units[person], str):
                self.groups.setdefault(f"unit:{self.units[person]}", []).append(person)

    def vector(self, places):
        row = np.zeros(len(self.owners))
        row[places] = 1 / max(len(places), 1)
        return row

    def own(self, person, element, common):
        asked = [i.id for i in element.items if {self.roles[person], *common} <= set(i.roles)]
        given = [self.index[(person, item)] for item in asked if (person, item) in self.index]
        return self.vector(given) if given and 2 * len(given) >= len(asked) else None

    def group(self, who, element, common=()):
        rows = [row for row in (self.own(person, element, common) for person in who) if row is not None]
        return (np.mean(rows, axis=0), len(rows)) if rows else (None, 0)

    def everybody(self, parts):
        known = {role: part for role, part in parts.items() if part[0] is not None}
        if not known:
            return None
        scheme, weights = self.instrument.weighting.scheme, self.instrument.weighting.weights
        raw = {
            r: {"roles": 1.0, "respondents": n, "weights": weights.get(r, 1.0)}[scheme] for r, (_, n) in known.items()
        }
        return sum(raw[role] / sum(raw.values()) * row for role, (row, _) in known.items())

    def by_role(self, measure):
        return {role.id: measure(self.groups.get(f"role:{role.id}", [])) for role in self.instrument.roles}

    def figures(self):
        """Key → row, for scores (element × group) and items (item × group)."""
        rows = {}
        for group, who in [*self.groups.items(), ("all", list(self.roles))]:
            enter = []
            for element in self.instrument.elements:
                row, n = self.group(who, element)
                if group == "all":
                    row = self.everybody(self.by_role(lambda who, element=element: self.group(who, element)))
                if row is not None:
                    rows[("score", element.id, group)] = row
                    if n >= min(5, len(who)):
                        enter.append((element.weight, row))
            if enter:
                whole = sum(weight for weight, _ in enter)
                rows[("score", "overall", group)] = sum(weight * row for weight, row in enter) / whole
        for item in self.instrument.item_ids:
            parts = self.by_role(lambda who, item=item: self.answers(who, item))
            rows |= {("item", item, f"role:{role}"): row for role, (row, _) in parts.items() if row is not None}
            row = self.everybody(parts)
            if row is not None:
                rows[("item", item, "all")] = row
        return rows

    def answers(self, who, item):
        given = [self.index[(person, item)] for person in who if (person, item) in self.index]
        return (self.vector(given), len(given)) if given else (None, 0)

    def differences(self, shown):
        """Rows of the shown gaps (elements and overall) and of the shown scores on common items."""
        rows = []
        seen = shown.gaps[shown.gaps["status"] == "scored"]
        for element, high, low in zip(seen["element"], seen["high_group"], seen["low_group"], strict=True):
            pair = (high.removeprefix("role:"), low.removeprefix("role:"))
            names = [e for e in self.instrument.elements if element in {e.id, "overall"}]
            parts = [(self.group(self.groups[high], e, pair), self.group(self.groups[low], e, pair)) for e in names]
            enough = [min(5, len(self.groups[group])) for group in (high, low)]
            used = [
                (e.weight, a[0] - b[0])
                for e, (a, b) in zip(names, parts, strict=True)
                if (a[1] >= enough[0] and b[1] >= enough[1]) or (element != "overall" and a[1] and b[1])
            ]
            rows.append(sum(weight * row for weight, row in used) / sum(weight for weight, _ in used))
        return rows


def shown_keys(shown):
    scored = shown.scores[shown.scores["status"] == "scored"]
    items = shown.items[shown.items["status"] == "scored"]
    return {("score", e, g) for e, g in zip(scored["element"], scored["group"], strict=True)} | {
        ("item", i, g) for i, g in zip(items["item"], items["group"], strict=True)
    }


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sizes=st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(lambda n: sum(n) >= 5),
    units=st.sampled_from([(), ("N", "S"), ("N", "S", "W", "E")]),
    scheme=st.sampled_from(["roles", "respondents", "weights"]),
    gaps=st.sampled_from([0.0, 0.1, 0.35]),
    asked=st.lists(st.sets(st.sampled_from(ROLES), min_size=1), min_size=5, max_size=5),
    seed=st.integers(0, 1000),
)
def test_nothing_hidden_can_be_solved_for(sizes, units, scheme, gaps, asked, seed):
    names = ["A1", "A2", "A3", "B1", "B2"]
    small = make_instrument(items=(3, 2), scheme=scheme, asked=dict(zip(names, asked, strict=True)))
    responses = make_responses(small, dict(zip(ROLES, sizes, strict=True)), units=units, gaps=gaps, seed=seed)
    _, shown = gate(responses)
    attack = Attack(responses)
    rows, visible = attack.figures(), shown_keys(shown)
    assert visible <= set(rows)
    known = np.array([rows[key] for key in sorted(visible)] + attack.differences(shown))
    whole = set(shown.responses_by_role.loc[shown.responses_by_role["status"] == "scored", "group"])
    for key in sorted(set(rows) - visible):
        behind = {person for person, used in zip(attack.owners, rows[key], strict=True) if used}
        if key[0] == "item" and key[2] in whole and len(behind) >= 5:
            continue  # hidden for the sake of others; five people's mean may be shown
        assert solve_for(rows[key], known) is None, f"{key} can be worked out"
    for key in visible:
        behind = {person for person, used in zip(attack.owners, rows[key], strict=True) if used}
        assert len(behind) >= 5, f"{key} stands for {len(behind)} people"
