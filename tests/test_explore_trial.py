"""What if: against scores calculated anew from answers that have really moved, and from shown figures only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from builders_explore import SMALL, explorer_of, low_answers, make_explorer, moved_up, view_of

from cxassess.explore import Explorer
from cxassess.explore.answers import move_shares
from cxassess.explore.trial import Trial
from cxassess.explore.trial_page import next_move
from cxassess.instrument.model import LEVEL_RULES
from cxassess.scoring.model import OVERALL

CLOSE, CHANCE = 0.02, 0.08


@pytest.fixture(scope="module")
def low() -> Explorer:
    """Return an explorer of answers that all have room to move up."""
    return explorer_of(low_answers())


def truth(items: list[str], by: int = 1) -> Trial:
    """Return what is shown when the answers to some items have really moved."""
    return Trial(view_of(explorer_of(moved_up(low_answers(), items, by))), {})


def items_of(explorer: Explorer, element: str) -> list[str]:
    return [item.id for item in view_of(explorer).instrument.element(element).items]


def compare(found: Trial, real: Trial) -> None:
    for element in (OVERALL, *(one.id for one in real.elements)):
        assert found.score(element)[1] == pytest.approx(real.score(element)[0], abs=CLOSE), element
    for rule in LEVEL_RULES:
        then, now = found.then(OVERALL, rule), real.now(OVERALL, rule)
        assert then.level == now.level, rule
        assert then.chances == pytest.approx(now.chances, abs=CHANCE), rule


@pytest.mark.parametrize("element", ["leadership_cadence", "persistence"])
@pytest.mark.parametrize("by", [1, 2])
def test_an_element_moved_is_as_if_all_its_answers_had_moved(low: Explorer, element: str, by: int) -> None:
    compare(Trial(view_of(low), {element: float(by)}), truth(items_of(low, element), by))


@pytest.mark.parametrize("item", ["LO1", "LO2", "LO3", "BO4"])
def test_an_item_moves_its_element_by_its_part_among_the_roles_that_were_asked(low: Explorer, item: str) -> None:
    found, real = Trial(view_of(low), {item: 1.0}), truth([item])
    element = view_of(low).instrument.item(item).element
    assert found.score(element)[1] != found.score(element)[0]
    assert found.score(element)[1] == pytest.approx(real.score(element)[0], abs=CLOSE)


def test_everything_moved_together(low: Explorer) -> None:
    view = view_of(low)
    moves = {element.id: 1.0 for element in view.instrument.elements}
    compare(Trial(view, moves), truth(list(view.instrument.item_ids)))


@pytest.mark.parametrize("rule", LEVEL_RULES)
def test_a_small_move_changes_the_chances_little(rule: str) -> None:
    view = view_of(make_explorer())
    trial = Trial(view, {"persistence": 0.001})
    now, then = trial.now(OVERALL, rule), trial.then(OVERALL, rule)
    assert then.level == now.level
    assert then.chances == pytest.approx(now.chances, abs=0.04)


def test_nothing_moved_is_what_is_shown() -> None:
    view = view_of(make_explorer())
    for moves in ({}, {"persistence": 0.0}):
        trial = Trial(view, moves)
        for rule in LEVEL_RULES:
            assert trial.then(OVERALL, rule) == trial.now(OVERALL, rule)
        for element in (OVERALL, *(one.id for one in trial.elements)):
            now, then = trial.score(element)
            assert now == then == view.score(element)["score"]


def test_a_score_stays_on_the_scale() -> None:
    view = view_of(make_explorer())
    assert Trial(view, {"persistence": 9.0}).score("persistence")[1] == 5
    assert Trial(view, {"persistence": -9.0}).score("persistence")[1] == 1
    item = view.instrument.item("PP1")
    assert Trial(view, {"PP1": 9.0}).mean(item)[1] == 5


def test_only_the_overall_part_of_the_weights_moves(low: Explorer) -> None:
    view = view_of(low)
    trial = Trial(view, {"persistence": 0.8})
    now, then = trial.score(OVERALL)
    assert then - now == pytest.approx(0.8 / len(view.instrument.elements))


def test_where_spreads_are_hidden_the_rule_on_answers_cannot_be_said() -> None:
    explorer = make_explorer(SMALL)
    trial = Trial(view_of(explorer), {"persistence": 1.0})
    assert trial.then(OVERALL, "nearest").level is not None
    gated = trial.then(OVERALL, "gated")
    assert (gated.level, gated.chances) == (None, None)


def test_where_an_element_is_withheld_the_weakest_cannot_be_said() -> None:
    explorer = make_explorer()
    view = view_of(explorer)
    scores = view.shown.scores.copy()
    hidden = (scores["element"] == "back_office") & (scores["group"] == "all")
    scores.loc[hidden, ["status", "reason"]] = ["suppressed", "withheld"]
    scores.loc[hidden, ["score", "low", "high"]] = np.nan
    trial = Trial(replace(view, shown=replace(view.shown, scores=scores)), {"persistence": 1.0})
    assert trial.then(OVERALL, "staged").level is None
    now, then = trial.score(OVERALL)
    assert then - now == pytest.approx(1 / 8)  # the withheld element is in the overall score all the same


@pytest.mark.parametrize("by", [-2.0, -0.3, 0.0, 0.25, 1.0, 1.4])
def test_shares_moved_have_the_mean_that_is_wanted(by: float) -> None:
    shares = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    moved = move_shares(shares, by)
    levels = np.arange(1, 6)
    assert moved.sum() == pytest.approx(1)
    assert moved @ levels == pytest.approx(max(1.0, 3 + by))
    assert (moved >= 0).all()


def test_steps_that_cancel_out_leave_nothing() -> None:
    moves = next_move({}, "LO1", 1)
    assert moves == {"LO1": 0.25}
    assert next_move(moves, "LO1", -1) == {}
