"""Answers: what is stored is what was allowed, once, and under the revision that was acknowledged."""

from __future__ import annotations

import random
import tempfile
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders_engagement import HOMES, WAVE, Home, admitted, answer_all, begin, first_items, make_people
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cxassess.engagement import Admission, Change, Engagement, Refused, Saved, SavedAnswer, StorageError


@pytest.fixture(params=sorted(HOMES))
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with HOMES[request.param](tmp_path) as found:
        yield found


def refusal(engagement: Engagement, admission: Admission, change: Change) -> Refused:
    with pytest.raises(Refused) as caught:
        engagement.save(admission, change)
    return caught.value


def everything(engagement: Engagement) -> list[Any]:
    """Return all that is stored of answers and forms, as it stands in the tables."""
    rows = engagement._store.rows
    tables = [sorted(rows(f"SELECT * FROM {name}"), key=repr) for name in ("invitation", "response", "answer")]
    return [row for table in tables for row in table]


# ---------------------------------------------------------------- saving


def test_an_answer_is_saved_changed_and_taken_back(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    admission = admitted(made, invited.token)
    assert (admission.wave, admission.role, admission.unit, admission.state) == (WAVE, "top_management", "Salg", "open")
    assert made.answers(admission) == {}
    item = first_items(made, admission)[0]
    assert made.save(admission, Change(item, 2, why="Fordi", comment="a\r\nb")) == Saved(item, 1)
    assert made.answers(admission) == {item: SavedAnswer(2, None, "Fordi", "a\nb", 1)}
    assert made.save(admission, Change(item, flag="dont_know", revision=1)) == Saved(item, 2)
    assert made.answers(admission) == {item: SavedAnswer(flag="dont_know", revision=2)}
    assert made.save(admission, Change(item, revision=2)) == Saved(item, 3)
    assert made.answers(admission) == {item: SavedAnswer(revision=3)}
    with home.connect() as other:
        assert other.answers(admitted(other, invited.token)) == {item: SavedAnswer(revision=3)}


def test_a_retried_message_is_acknowledged_again(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    admission = admitted(made, invited.token)
    item = first_items(made, admission)[0]
    change = Change(item, 3, comment=" tom \x00linje ")
    assert made.save(admission, change).revision == 1
    for revision in (0, 1, 7):
        assert made.save(admission, Change(item, 3, comment=change.comment, revision=revision)) == Saved(item, 1)
    assert made.save(admission, Change(item, 4, revision=1)).revision == 2
    late = refusal(made, admission, change)
    assert (late.code, late.stored) == ("conflict", SavedAnswer(4, revision=2))


def test_two_windows_do_not_overwrite_each_other(home: Home) -> None:
    one = home.create()
    (invited,) = begin(one, 1)
    other = home.connect()
    first, second = admitted(one, invited.token), admitted(other, invited.token)
    item = first_items(one, first)[0]
    one.save(first, Change(item, 1, comment="mine"))
    late = refusal(other, second, Change(item, 5))
    assert (late.code, late.item) == ("conflict", item)
    assert late.stored == SavedAnswer(1, comment="mine", revision=1)
    assert other.save(second, Change(item, 5, revision=1)).revision == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        (" \n ", ""),
        ("  to  \n linjer ", "  to  \n linjer "),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("tab\there\x00\x07\x1b[31m\x9d\ud800\uffff", "tab here[31m"),
        ("=1+1 <script> ${x} '; DROP TABLE answer; -- 😀 æøå", "=1+1 <script> ${x} '; DROP TABLE answer; -- 😀 æøå"),
        ("x" * 4000, "x" * 4000),
    ],
)
def test_texts_are_kept_without_control_characters(home: Home, given: str, kept: str) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    admission = admitted(made, invited.token)
    item = first_items(made, admission)[0]
    made.save(admission, Change(item, 1, why=given, comment=given))
    assert made.answers(admission) == {item: SavedAnswer(1, None, kept, kept, 1)}


def test_time_spent_leaves_long_pauses_out(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    admission = admitted(made, invited.token)
    items = first_items(made, admission)
    for pause, item in zip((0, 30, 45, 3600), items, strict=False):
        home.clock.move(seconds=pause)
        made.save(admission, Change(item, 3))
    home.clock.move(seconds=5)
    made.submit(admission)
    made.close_wave(WAVE)
    (row,) = made.responses().answers.to_dict("records")
    assert row["seconds"] == 30 + 45 + 120 + 5
    assert str(row["answered_at"]) == "2026-10-05 09:01:20"


# ---------------------------------------------------------------- refusals


def forged(made: Engagement, admission: Admission) -> dict[str, list[Change]]:
    """Return changes that may not be stored, by the code that says why."""
    items = first_items(made, admission)
    others = [item for item in made.instrument().item_ids if item not in items]
    assert others, "the role is not asked everything"
    item = items[0]
    odd: list[Any] = [None, 7, "lo1", "", "' OR 1=1 --", "x" * 10_000, "../answer", item + " "]
    wrong: list[Any] = [0, 6, -1, 10**30, 2.0, "3", True, float("nan")]
    flags: list[Any] = ["missing", "DONT_KNOW", 1, "", "null"]
    texts: list[Any] = [None, 3, ["x"], b"x"]
    return {
        "unknown_item": [Change(name, 3) for name in odd],
        "not_asked": [Change(name, 3) for name in others],
        "out_of_range": [Change(item, level) for level in wrong]
        + [Change(item, flag=flag) for flag in flags]
        + [Change(item, 3, "dont_know")]
        + [Change(item, 3, comment=text) for text in texts]
        + [Change(item, 3, why=text) for text in texts],
        "too_long": [Change(item, 3, comment="x" * 4001), Change(item, 3, why="\x00" * 4001)],
        "conflict": [Change(item, 3, revision=revision) for revision in (1, -1, 99)],
    }


def test_forged_writes_store_nothing(home: Home) -> None:
    made = home.create()
    first, second, third, *_ = begin(made, 8)
    answer_all(made, second.token)
    front_line = answer_all(made, third.token, submit=False)
    admission = admitted(made, first.token)
    before = everything(made)
    tried = 0
    for forger in (admission, front_line):
        for code, changes in forged(made, front_line if forger is front_line else admission).items():
            for change in changes:
                if forger is front_line and code == "conflict":
                    continue
                assert refusal(made, forger, change).code == code, change
                tried += 1
    assert tried > 60
    assert everything(made) == before


def test_only_the_token_lets_a_write_in(home: Home) -> None:
    """Whatever an admission claims: role, respondent and state are those of its token."""
    made = home.create()
    mine, theirs, *_ = begin(made, 8)
    own, other = admitted(made, mine.token), admitted(made, theirs.token)
    item = first_items(made, own)[0]
    liar = Admission(other.wave, other.role, other.unit, other.respondent, "open", own.token_key)
    made.save(liar, Change(item, 2))
    assert made.answers(own)[item].level == 2
    assert made.answers(other) == {}
    before = everything(made)
    for key in ("", "0" * 64, mine.token, own.token_key[:-1], own.token_key.upper() + " ", other.respondent):
        stranger = Admission(own.wave, own.role, own.unit, own.respondent, "open", key)
        assert refusal(made, stranger, Change(item, 3)).code == "not_admitted"
        assert made.answers(stranger) == {}
        for call in (made.submit, made.reopen):
            with pytest.raises(Refused, match="not_admitted"):
                call(stranger)
    assert everything(made) == before


def test_guessed_tokens_let_nobody_in(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    rng = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    guesses = ["".join(rng.choices(letters, k=32)) for _ in range(500)]
    token = invited.token
    guesses += [
        token[:-1],
        token + "A",
        token.swapcase(),
        f" {token}",
        f"{token}\n",
        f"{token}é",
        "",
        "%",
        "é" * 32,
        "A" * 10**6,
    ]
    assert [made.admit(guess) for guess in guesses] == [None] * len(guesses)
    assert made.admit(None) is None  # type: ignore[arg-type]
    assert made.admit(token) is not None


def test_a_closed_wave_takes_nothing(home: Home) -> None:
    made = home.create()
    made.add_wave(WAVE, closes_on=date(2026, 10, 7))
    made.add_wave("next")
    (invited,) = made.invite(make_people(1), WAVE)
    planned = admitted(made, invited.token)
    item = first_items(made, planned)[0]
    assert planned.state == "closed"
    assert refusal(made, planned, Change(item, 1)).code == "wave_closed"
    made.open_wave(WAVE)
    made.save(planned, Change(item, 1))
    home.clock.move(days=2)
    made.save(planned, Change(item, 2, revision=1))
    home.clock.move(days=1)
    assert made.admit(invited.token) is None, "the token goes with the wave’s last day"
    assert refusal(made, planned, Change(item, 3, revision=2)).code == "not_admitted"
    (invited,) = made.invite(make_people(1), WAVE, force=True, expires_on=date(2026, 12, 1))
    late = admitted(made, invited.token)
    assert late.state == "closed"
    assert made.answers(late)[item].level == 2
    for call in (made.submit, made.reopen):
        with pytest.raises(Refused, match="wave_closed"):
            call(late)
    assert refusal(made, late, Change(item, 3, revision=2)).code == "wave_closed"


def test_a_form_that_was_handed_in_is_changed_only_after_it_is_taken_back(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    admission = answer_all(made, invited.token)
    item = first_items(made, admission)[0]
    stored = made.answers(admission)[item]
    assert admitted(made, invited.token).state == "submitted"
    made.submit(admission)
    change = Change(item, 5, comment="ny", revision=stored.revision)
    assert refusal(made, admission, change).code == "submitted"
    made.reopen(admission)
    made.reopen(admission)
    assert admitted(made, invited.token).state == "open"
    assert made.save(admission, change).revision == stored.revision + 1
    made.submit(admission)
    made.close_wave(WAVE)
    assert admitted(made, invited.token).state == "closed"


def test_a_pulse_asks_its_own_items_only(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1, form="pulse")
    admission = admitted(made, invited.token)
    pulse = first_items(made, admission, pulse=True)
    for item in first_items(made, admission):
        if item in pulse:
            made.save(admission, Change(item, 2))
        else:
            assert refusal(made, admission, Change(item, 2)).code == "not_asked"
    assert list(made.answers(admission)) == sorted(pulse)


# ---------------------------------------------------------------- at once


def test_800_increments_of_two_windows_lose_none(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    item = first_items(made, admitted(made, invited.token))[0]
    acknowledged: list[int] = []
    faults: list[BaseException] = []
    refused: list[str] = []
    both_have_read = threading.Barrier(2)

    def count_up(window: str, times: int) -> None:
        try:
            with home.apart() as own:
                admission = admitted(own, invited.token)
                done = 0
                while done < times:
                    stored = own.answers(admission).get(item, SavedAnswer())
                    if not stored.revision:
                        both_have_read.wait(60)
                    counted = int((stored.comment or "0").split()[0]) + 1
                    change = Change(item, comment=f"{counted} by {window}", revision=stored.revision)
                    try:
                        acknowledged.append(own.save(admission, change).revision)
                        done += 1
                    except Refused as late:
                        refused.append(late.code)
                    except StorageError:
                        continue  # the other was quicker for five seconds: said, and tried again
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=count_up, args=(window, 400)) for window in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sorted(acknowledged) == list(range(1, 801))
    stored = made.answers(admitted(made, invited.token))[item]
    assert (stored.comment.split()[0], stored.revision) == ("800", 800)
    assert set(refused) == {"conflict"}


class Windows(RuleBasedStateMachine):
    """Two windows of one respondent, messages that come late or twice: the store against a model in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.home = HOMES["sqlite"](Path(self.folder.name))
        self.stored: dict[str, SavedAnswer] = {}
        self.sent: list[Change] = []
        self.submitted = False

    @initialize()
    def make(self) -> None:
        made = self.home.__enter__()
        self.engagements = [made.create(), made.connect()]
        (invited,) = begin(self.engagements[0], 1)
        self.admission = admitted(self.engagements[0], invited.token)
        self.items = first_items(self.engagements[0], self.admission)[:3]

    def teardown(self) -> None:
        self.home.__exit__(None, None, None)
        self.folder.cleanup()

    def send(self, window: int, change: Change) -> None:
        before = self.stored.get(change.item, SavedAnswer())
        content = (change.level, change.flag, change.why, change.comment)
        same = content == (before.level, before.flag, before.why, before.comment)
        if self.submitted or (not same and change.revision != before.revision):
            late = refusal(self.engagements[window], self.admission, change)
            assert (late.code, late.stored) == (("submitted", None) if self.submitted else ("conflict", before))
            return
        saved = self.engagements[window].save(self.admission, change)
        revision = before.revision if same else before.revision + 1
        assert saved == Saved(change.item, revision)
        if revision:
            self.stored[change.item] = SavedAnswer(*content, revision)
        self.sent.append(change)

    @rule(
        window=st.integers(0, 1),
        item=st.integers(0, 2),
        level=st.sampled_from([None, 1, 2, 5]),
        flag=st.sampled_from([None, "dont_know", "not_applicable"]),
        comment=st.sampled_from(["", "a", "b\nc"]),
        behind=st.integers(0, 2),
    )
    def change(self, window: int, item: int, level: int | None, flag: Any, comment: str, behind: int) -> None:
        name = self.items[item]
        revision = max(self.stored.get(name, SavedAnswer()).revision - behind, 0)
        self.send(window, Change(name, None if flag else level, flag, comment=comment, revision=revision))

    @rule(window=st.integers(0, 1), data=st.data())
    def again(self, window: int, data: st.DataObject) -> None:
        if self.sent:
            self.send(window, data.draw(st.sampled_from(self.sent)))

    @rule(window=st.integers(0, 1))
    def submit(self, window: int) -> None:
        self.engagements[window].submit(self.admission)
        self.submitted = True

    @rule(window=st.integers(0, 1))
    def reopen(self, window: int) -> None:
        self.engagements[window].reopen(self.admission)
        self.submitted = False

    @invariant()
    def both_see_what_is_stored(self) -> None:
        for engagement in getattr(self, "engagements", ()):
            assert engagement.answers(self.admission) == self.stored


TestWindows = Windows.TestCase
TestWindows.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
