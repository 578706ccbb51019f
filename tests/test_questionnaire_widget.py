"""The questionnaire as a notebook widget: saved through the engagement, whatever thread a message comes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cxassess import CxassessError
from cxassess.engagement import Change, Engagement, Person, create_engagement
from cxassess.questionnaire import Preview, Questionnaire, read_static
from cxassess.questionnaire.exchange import describe_respondent, receive
from cxassess.resources import resource_path

WAVE = "2026"
HOSTILE = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{7*7}}", "'; DROP TABLE answer; --", "\u202etxt.exe"]


@dataclass
class Client:
    """One client's engagement with one invited respondent, and what the widget says to the browser."""

    engagement: Engagement
    token: str
    sent: list[dict[str, Any]] = field(default_factory=list)

    def open(self, **options: Any) -> Questionnaire:
        questionnaire = Questionnaire(self.engagement, self.token, **options)
        questionnaire.send = lambda content, buffers=None: self.sent.append(content)  # type: ignore[method-assign]
        return questionnaire


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with create_engagement(tmp_path / "client.cxa", organisation="Fjordvarme", language="da") as engagement:
        engagement.add_wave(WAVE)
        engagement.open_wave(WAVE)
        person = Person("Anna", "anna@example.com", "front_line", "North", language="sv")
        yield Client(engagement, engagement.invite([person], WAVE)[0].token)


def answer(item: str = "LO1", **changes: Any) -> dict[str, Any]:
    whole = {
        "kind": "answer",
        "seq": 1,
        "item": item,
        "level": 3,
        "flag": None,
        "why": "",
        "comment": "",
        "revision": 0,
    }
    return whole | changes


def tell(widget: Any, message: dict[str, Any]) -> None:
    """Hand a message over as the comm does."""
    widget._handle_custom_msg(message, [])


def test_a_saved_answer_is_acknowledged_kept_and_observed(client: Client) -> None:
    questionnaire = client.open()
    seen: list[dict[str, Any]] = []
    questionnaire.observe(lambda change: seen.append(change.new), "responses")
    tell(questionnaire, answer(why="Ja"))
    assert client.sent == [{"kind": "ack", "seq": 1, "revision": 1}]
    stored = {"LO1": {"level": 3, "flag": None, "why": "Ja", "comment": "", "revision": 1}}
    assert questionnaire.responses == questionnaire.answers == stored
    assert seen == [stored]
    assert client.open().answers == stored


def test_messages_may_come_on_any_thread(client: Client) -> None:
    questionnaire = client.open()
    items = [item["id"] for element in questionnaire.form["elements"] for item in element["items"]]
    threads = [threading.Thread(target=tell, args=(questionnaire, answer(item, seq=n))) for n, item in enumerate(items)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reply["seq"] for reply in client.sent) == list(range(len(items)))
    assert all(reply["kind"] == "ack" for reply in client.sent)
    admission = client.engagement.admit(client.token)
    assert admission is not None
    assert set(client.engagement.answers(admission)) == set(items)
    assert set(questionnaire.responses) == set(items)


def test_nothing_is_acknowledged_that_could_not_be_stored(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    questionnaire = client.open()

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Engagement, "save", fail)
    with pytest.raises(OSError, match="no space"):
        questionnaire._receive(questionnaire, answer(), [])
    assert client.sent == []
    assert questionnaire.responses == {}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (answer("XX9"), "unknown_item"),
        (answer(item=["LO1"]), "unknown_item"),
        (answer("LO2"), "not_asked"),
        (answer(level=6), "out_of_range"),
        (answer(level=True), "out_of_range"),
        (answer(level="3"), "out_of_range"),
        (answer(flag="dont_know"), "out_of_range"),
        (answer(level=None, flag="maybe"), "out_of_range"),
        (answer(comment="x" * 4001), "too_long"),
        (answer(revision=7), "conflict"),
    ],
)
def test_refused_messages_are_told_in_every_language_and_store_nothing(
    client: Client, message: dict[str, Any], code: str
) -> None:
    questionnaire = client.open()
    tell(questionnaire, message)
    (reply,) = client.sent
    assert (reply["kind"], reply["code"], reply["seq"]) == ("refused", code, 1)
    assert set(reply["message"]) == {"da", "en", "sv"}
    assert questionnaire.responses == {}
    assert questionnaire.state == "open"


def test_a_conflict_brings_what_is_stored(client: Client) -> None:
    questionnaire = client.open()
    tell(questionnaire, answer(level=2))
    tell(questionnaire, answer(level=5, seq=2))
    assert client.sent[1]["answer"] == {"level": 2, "flag": None, "why": "", "comment": "", "revision": 1}


def test_messages_that_mean_nothing_are_left_unanswered(client: Client) -> None:
    questionnaire = client.open()
    for message in ({}, {"kind": "answer"}, answer(seq="1"), answer(seq=True), {"kind": "erase", "seq": 1}):
        tell(questionnaire, message)
    assert client.sent == []


def test_submit_and_reopen_change_the_state_once_they_are_stored(client: Client) -> None:
    questionnaire = client.open()
    tell(questionnaire, {"kind": "submit", "seq": 1})
    assert questionnaire.state == "submitted"
    assert client.open().state == "submitted"
    tell(questionnaire, answer(seq=2))
    assert client.sent[-1]["code"] == "submitted"
    tell(questionnaire, {"kind": "reopen", "seq": 3})
    assert questionnaire.state == "open"
    client.engagement.close_wave(WAVE)
    tell(questionnaire, answer(seq=4))
    assert client.sent[-1]["code"] == "wave_closed"
    assert questionnaire.state == "closed"


def test_what_the_browser_sets_is_not_believed(client: Client) -> None:
    client.engagement.close_wave(WAVE)
    questionnaire = client.open()
    questionnaire.set_state({"state": "open", "answers": {"LO1": {"level": 5}}, "token_key": "1" * 64})
    tell(questionnaire, answer())
    assert client.sent[-1]["code"] == "wave_closed"
    assert questionnaire.responses == {}


def test_hostile_texts_come_back_as_they_were_written(client: Client) -> None:
    questionnaire = client.open()
    for n, text in enumerate(HOSTILE):
        tell(questionnaire, answer(comment=text, revision=n, seq=n))
        assert questionnaire.responses["LO1"]["comment"] == text


def test_the_language_is_the_respondents_unless_another_is_asked_for(client: Client) -> None:
    assert client.open().lang == "sv"
    assert client.open(language="en").lang == "en"
    assert client.open(language="xx").lang == "sv"


def test_the_token_is_in_nothing_that_reaches_the_browser(client: Client) -> None:
    questionnaire = client.open()
    assert client.token not in repr(questionnaire.get_state())
    assert repr(questionnaire) == "<Questionnaire: 24 items>"
    assert questionnaire.token_key == client.engagement.admit(client.token).token_key  # type: ignore[union-attr]


def test_a_token_that_lets_nobody_in_is_refused(client: Client) -> None:
    with pytest.raises(CxassessError, match="lets nobody in"):
        Questionnaire(client.engagement, "nonsense")


def test_the_files_of_the_component_are_the_ones_that_are_served(client: Client) -> None:
    questionnaire = client.open(keep_on_device=False)
    assert questionnaire._esm == read_static("component.js")
    assert questionnaire._css == read_static("component.css")
    assert questionnaire.device == "memory"


def test_a_preview_of_a_wave_saves_nothing(client: Client) -> None:
    client.engagement.set_texts(WAVE, {"title": {"da": "Vores kunder"}})
    preview = Preview(client.engagement, wave=WAVE, role="back_office", language="da")
    assert preview.survey["title"]["da"] == "Vores kunder"
    assert (preview.lang, preview.device, preview.token_key) == ("da", "memory", "")
    sent: list[dict[str, Any]] = []
    preview.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    tell(preview, answer())
    tell(preview, {"kind": "submit", "seq": 2})
    assert [reply["kind"] for reply in sent] == ["ack", "ack"]
    assert preview.responses["LO1"]["level"] == 3
    assert preview.state == "submitted"
    assert client.engagement.status(WAVE).total.started in (0, None)


def test_a_preview_of_an_instrument_needs_no_engagement() -> None:
    preview = Preview(role="front_line", form="pulse", language="sv")
    assert len(preview.form["elements"]) == 8
    assert preview.lang == "sv"


def test_a_host_of_its_own_gets_the_same(client: Client) -> None:
    admission = client.engagement.admit(client.token)
    assert admission is not None
    client.engagement.save(admission, Change("LO1", level=2))
    traits = describe_respondent(client.engagement, admission)
    questionnaire = client.open()
    assert {name: getattr(questionnaire, name) for name in traits} == traits
    assert receive(client.engagement, admission, answer(level=2)) == {"kind": "ack", "seq": 1, "revision": 1}


def test_the_voila_template_asks_nothing_of_other_machines() -> None:
    folder = resource_path("templates/voila")
    assert sorted(path.name for path in folder.iterdir()) == ["conf.json", "index.html.j2"]
    for path in folder.iterdir():
        assert "http" not in path.read_text(encoding="utf-8")
