"""A wave about some elements only: asked, answered, frozen, scored and reported without the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_engagement import HOMES, Home, admitted, answer_all, begin
from builders_workshop import make_workshop

from cxassess.assessment import assess
from cxassess.engagement import Change, Refused, verify_engagement
from cxassess.errors import CxassessError
from cxassess.questionnaire.exchange import describe_wave
from cxassess.scoring import apply_privacy, score_responses

ONLY = ("persistence", "data_transparency")


@pytest.fixture(params=sorted(HOMES))
def home(request: pytest.FixtureRequest, tmp_path: Path):
    with HOMES[request.param](tmp_path) as found:
        yield found


def test_only_its_elements_are_asked(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1, elements=[*ONLY, ONLY[0]])
    wave = made.waves()[0]
    assert wave.elements == ONLY
    admission = admitted(made, invited.token)
    form = describe_wave(made, wave.name, admission.role)["form"]
    assert [element["id"] for element in form["elements"]] == ["data_transparency", "persistence"]
    asked = {item["id"] for element in form["elements"] for item in element["items"]}
    for item in made.instrument().items:
        change = Change(item.id, 3)
        if item.id in asked:
            made.save(admission, change)
        elif admission.role in item.roles:
            with pytest.raises(Refused) as caught:
                made.save(admission, change)
            assert caught.value.code == "not_asked"
    assert set(made.answers(admission)) == asked
    board = made.workshop(wave.name)
    assert set(board.elements()) == set(ONLY)
    assert asked <= set(board.items())


def test_a_pulse_asks_its_own_items_of_them(home: Home) -> None:
    made = home.create()
    begin(made, 1, form="pulse", elements=ONLY)
    pulse = {item.id for item in made.instrument().items if item.pulse and item.element in ONLY}
    assert set(made.workshop(made.waves()[0].name).items()) == pulse


def test_elements_that_are_none_are_refused(home: Home) -> None:
    made = home.create()
    with pytest.raises(CxassessError, match="no element 'love', 'hate'"):
        made.add_wave("1", elements=["love", "persistence", "hate"])
    assert made.waves() == ()


def test_what_was_not_asked_is_not_missing(tmp_path: Path) -> None:
    made, wave, tokens = make_workshop(tmp_path / "a.cxa", 20, elements=ONLY)
    with made:
        silent = admitted(made, tokens[0])
        answer = made.answers(silent)["PP4"]
        made.save(silent, Change("PP4", revision=answer.revision))  # taken back: this one is missing
        made.workshop(wave).reveal()
        made.close_wave(wave)
        responses, contexts = made.responses(), made.contexts()
    assert verify_engagement(made.path).problems == ()
    reasons = responses.reasons
    assert reasons[reasons["reason"] == "missing"][["respondent", "item"]].to_numpy().tolist() == [
        [silent.respondent, "PP4"]
    ]
    assert set(reasons["item"]) <= {"DT2", "PP4"}
    scores = score_responses(responses, contexts=contexts)
    shown = apply_privacy(scores, responses).scores
    everybody = shown[shown["group"] == "all"].set_index("element")
    assert set(everybody.index[everybody["status"] == "scored"]) == {*ONLY, "overall"}
    assert everybody.loc["overall", "coverage"] > 0.85
    items = scores.items[scores.items["group"] == "all"].set_index("item")
    assert set(items.index) == {"DT2", "PP4"}
    assert items["n_missing"].to_dict() == {"DT2": 0, "PP4": 1}


def test_other_waves_are_asked_in_full(tmp_path: Path) -> None:
    made, wave, _ = make_workshop(tmp_path / "a.cxa", 12, elements=ONLY)
    with made:
        for number, invited in enumerate(begin(made, 8, "full")):
            answer_all(made, invited.token, number)
        made.workshop(wave).reveal()
        made.close_wave(wave)
        made.close_wave("full")
        responses = made.responses()
        items = made.instrument().item_ids
    scores = score_responses(responses).items
    assert set(scores[(scores["wave"] == "full") & (scores["group"] == "all")]["item"]) == set(items)
    assert set(responses.reasons[responses.reasons["wave"] == wave]["item"]) <= {"DT2", "PP4"}


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_its_report_says_of_the_others_that_there_are_no_answers(tmp_path: Path, language: str) -> None:
    made, wave, _ = make_workshop(tmp_path / "a.cxa", 20, elements=ONLY)
    with made:
        made.workshop(wave).reveal()
        made.workshop(wave).agree("PP4", 3)
        made.close_wave(wave)
    report = assess(made.path, language=language).report()
    assert report.agreed is not None
    assert len(report.elements) == 8
