"""The plan: which actions, in which order, and why."""

from __future__ import annotations

from datetime import date

import pytest
from builders_findings import ORGANISATION, SCORES, WAVE, hide, make_rows, to_shown

from cxassess.context import OrganisationContext, Target
from cxassess.findings import Action, find, word_actions
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument("eight_elements", "en")


def actions_of(
    instrument: Instrument, scores: dict[str, float] = SCORES, targets: dict[str, float] | None = None
) -> tuple[Action, ...]:
    context = OrganisationContext(target=Target(date=date(2027, 10, 1), elements=targets)) if targets else None
    shown = to_shown(instrument, make_rows(instrument, scores))
    return find(shown, organisation=ORGANISATION, wave=WAVE, context=context).actions


def test_priority_is_gap_times_weight_times_impact_by_effort(instrument: Instrument) -> None:
    action = next(action for action in actions_of(instrument) if action.element == "leadership_cadence")
    step = instrument.element("leadership_cadence").step_from(2)
    assert step is not None
    others = [score for element, score in SCORES.items() if element != "leadership_cadence"]
    gap = (4 - 2.44) + (sum(others) / 7 - 2.44)  # overall 2.92 is nearest to level 3, so the goal is 4
    assert action.priority == pytest.approx(gap * step.impact / step.effort, abs=1e-6)
    assert (action.from_level, action.to_level) == (2, 3)
    assert (action.title, action.who, action.after_90_days) == (step.title, step.who, step.after_90_days)


def test_own_target_replaces_the_next_level(instrument: Instrument) -> None:
    targets = dict.fromkeys(SCORES, 3.0)
    actions = {action.element: action for action in actions_of(instrument, targets=targets)}
    assert "customer_strategy" not in actions  # target met, and above the others
    step = instrument.element("persistence").step_from(3)
    assert step is not None
    assert actions["persistence"].priority == pytest.approx(0.05 * step.impact / step.effort, abs=1e-6)


def test_weight_counts(instrument: Instrument) -> None:
    heavy = instrument.model_copy(
        update={
            "elements": tuple(
                element.model_copy(update={"weight": 3.0 if element.id == "persistence" else 1.0})
                for element in instrument.elements
            )
        }
    )
    light = {action.element: action.priority for action in actions_of(instrument)}
    weighted = {action.element: action.priority for action in actions_of(heavy)}
    assert weighted["persistence"] == pytest.approx(3 * light["persistence"], abs=1e-5)


def test_order_quick_wins_first_then_priority_with_the_weakest_link_by_third(instrument: Instrument) -> None:
    actions = actions_of(instrument)
    assert [action.number for action in actions] == list(range(1, 8))
    assert [action.now for action in actions] == [True] * 5 + [False] * 2
    place = next(place for place, action in enumerate(actions) if action.element == "leadership_cadence")
    assert place <= 2
    rest = [action for action in actions if action.element != "leadership_cadence"]
    assert rest == sorted(rest, key=lambda action: (not action.quick_win, -action.priority))


def test_the_weakest_link_is_in_the_plan_even_with_a_low_priority(instrument: Instrument) -> None:
    scores = {element: 2.6 + place / 100 for place, element in enumerate(SCORES)}
    for weakest in SCORES:
        actions = actions_of(instrument, {**scores, weakest: 2.55})
        assert weakest in [action.element for action in actions[:3]]
        assert len(actions) == 7


def test_one_action_an_element_and_none_at_the_top_or_hidden(instrument: Instrument) -> None:
    rows = make_rows(instrument, {**SCORES, "customer_strategy": 4.8})
    hidden = next(row for row in rows["scores"] if (row["element"], row["group"]) == ("persistence", "all"))
    hide(hidden)
    actions = find(to_shown(instrument, rows), organisation=ORGANISATION, wave=WAVE).actions
    elements = [action.element for action in actions]
    assert len(set(elements)) == len(elements) == 6
    assert not {"customer_strategy", "persistence"} & set(elements)


def test_nothing_to_do_when_everything_is_at_the_top(instrument: Instrument) -> None:
    assert actions_of(instrument, dict.fromkeys(SCORES, 5.0)) == ()


def test_ties_keep_the_instruments_order(instrument: Instrument) -> None:
    same = instrument.model_copy(
        update={
            "elements": tuple(
                element.model_copy(
                    update={
                        "steps": tuple(
                            step.model_copy(update={"effort": 3, "impact": 3, "quick_win": False})
                            for step in element.steps
                        )
                    }
                )
                for element in instrument.elements
            )
        }
    )
    order = [action.element for action in actions_of(same, dict.fromkeys(SCORES, 2.0))]
    assert order == [element.id for element in instrument.elements][:7]


def test_texts_in_another_language(instrument: Instrument) -> None:
    danish = load_instrument("eight_elements", "da")
    actions = actions_of(instrument)
    worded = word_actions(actions, danish)
    shown = to_shown(instrument, make_rows(instrument))
    assert find(shown, organisation=ORGANISATION, wave=WAVE, instrument=danish).actions == worded
    step = danish.element(worded[0].element).step_from(worded[0].from_level)
    assert step is not None
    assert worded[0].title == step.title != actions[0].title
    assert [action.priority for action in worded] == [action.priority for action in actions]
