"""The board without a browser: what may be shown, in which order, and what happens to commands out of their order."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders_engagement import HOMES, StillClock
from builders_workshop import ROLES, WORKSHOP_WAVE, fill_workshop, make_workshop
from hypothesis import given
from hypothesis import strategies as st

from cxassess import CxassessError
from cxassess.engagement import Engagement, StorageError, create_engagement, open_engagement
from cxassess.engagement.workshop_model import MOST_ACTIONS, STEPS, Votes
from cxassess.language import LANGUAGES
from cxassess.workshop import Board, build_board, build_board_words, describe_join, obey, read_static
from cxassess.workshop.commands import HINTS, UNDONE
from cxassess.workshop.gate import SMALLEST_GROUP, SMALLEST_SPLIT, Group, join_roles, show_groups
from cxassess.workshop.order import find_divide, find_middle, measure_disagreement, measure_spread

HOSTILE = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{level}", "'; DROP TABLE action; --", "\u202etxt.exe"]
VOTES = st.builds(
    Votes,
    levels=st.lists(st.integers(0, 12), min_size=5, max_size=5).map(tuple),
    dont_know=st.integers(0, 4),
    not_applicable=st.integers(0, 2),
)
CAST = st.dictionaries(st.sampled_from(ROLES), VOTES)


# ---------------------------------------------------------------- the gate


def total(votes: Mapping[str, Votes]) -> int:
    return sum(sum(cast.levels) for cast in votes.values())


@given(CAST, st.lists(CAST, max_size=3))
def test_no_group_under_eight_is_shown_and_none_is_left_to_subtract(votes: Any, others: Any) -> None:
    joined = join_roles(dict(enumerate([votes, *others])), ROLES)
    assert sorted(role for group in joined for role in group) == sorted(ROLES)
    for groups in (show_groups(votes, ROLES), show_groups(votes, ROLES, joined)):
        assert all(group.votes >= SMALLEST_GROUP for group in groups)
        if total(votes) < SMALLEST_GROUP:
            assert groups == ()
            continue
        for level in range(5):
            assert sum(group.levels[level] for group in groups) == sum(cast.levels[level] for cast in votes.values())
        assert sum(group.dont_know for group in groups) == sum(cast.dont_know for cast in votes.values())
        if total(votes) < SMALLEST_SPLIT or len(groups) == 1:
            assert [group.roles for group in groups] == [()]
        else:
            shown = [role for group in groups for role in group.roles]
            assert len(shown) == len(set(shown))
            assert all(role in shown for role, cast in votes.items() if sum(cast.levels))


def cast(**sizes: int) -> dict[str, Votes]:
    """Return so many votes of each role, all on its own level."""
    return {role: Votes((0, n, 0, 0, 0)) for role, n in sizes.items()}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((8, 8, 8, 8), [(0,), (1,), (2,), (3,)]),
        ((8, 8, 12, 3), [(0, 3), (1,), (2,)]),
        ((3, 9, 12, 3), [(0, 1, 3), (2,)]),
        ((4, 4, 9, 0), [(0, 1), (2,)]),
        ((2, 14, 0, 0), [()]),
        ((5, 5, 5, 0), [()]),
        ((7, 0, 0, 0), []),
    ],
)
def test_the_smallest_are_joined_with_the_next_smallest(
    sizes: tuple[int, ...], expected: list[tuple[int, ...]]
) -> None:
    groups = show_groups(cast(**dict(zip(ROLES, sizes, strict=True))), ROLES)
    assert [group.roles for group in groups] == [tuple(ROLES[place] for place in places) for places in expected]


def test_a_role_that_only_does_not_know_is_shown_with_another() -> None:
    votes = {**cast(top_management=9, middle_management=8, front_line=8), "back_office": Votes((0,) * 5, dont_know=3)}
    groups = show_groups(votes, ROLES)
    assert [(group.roles, group.votes, group.dont_know) for group in groups] == [
        (ROLES[:1], 9, 0), (("middle_management", "back_office"), 8, 3), (("front_line",), 8, 0),
    ]  # fmt: skip


def test_a_mark_means_the_same_on_every_item_on_which_enough_have_voted() -> None:
    items = {"A": cast(top_management=6, middle_management=6, front_line=6, back_office=6)}
    items["B"] = cast(top_management=6, middle_management=6, front_line=5, back_office=5)
    items["C"] = cast(top_management=6, middle_management=6, front_line=2, back_office=2)
    joined = join_roles(items, ROLES)
    assert joined == (ROLES[:2], ROLES[2:])
    assert [[group.roles for group in show_groups(items[item], ROLES, joined)] for item in items] == [
        [ROLES[:2], ROLES[2:]], [ROLES[:2], ROLES[2:]], [()],
    ]  # fmt: skip


# ---------------------------------------------------------------- the order


@pytest.mark.parametrize(
    ("levels", "middle"),
    [
        ((0, 0, 9, 0, 0), 3), ((5, 0, 0, 0, 5), 1), ((4, 0, 0, 4, 0), 1), ((0, 4, 0, 1, 3), 4), ((1, 2, 4, 4, 1), 3),
    ],
)  # fmt: skip
def test_the_middle_vote_is_one_that_was_cast(levels: tuple[int, ...], middle: int) -> None:
    assert find_middle(levels) == middle


@given(st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(any))
def test_half_the_votes_lie_on_either_side_of_the_middle_one(levels: list[int]) -> None:
    middle, votes = find_middle(levels), sum(levels)
    assert levels[middle - 1] > 0
    assert 2 * sum(levels[: middle - 1]) <= votes
    assert 2 * sum(levels[middle:]) <= votes


@given(st.lists(st.integers(0, 6), min_size=5, max_size=5))
def test_the_spread_is_the_mean_distance_of_two_votes(levels: list[int]) -> None:
    votes = [level for level, count in enumerate(levels) for _ in range(count)]
    apart = [abs(one - other) for place, one in enumerate(votes) for other in votes[:place]]
    assert measure_spread(levels) == pytest.approx(sum(apart) / len(apart) if apart else 0)


def test_what_divides_the_room() -> None:
    top, front = Group(("top",), (0, 1, 2, 5, 1), 0), Group(("front",), (5, 5, 1, 0, 0), 1)
    divide = find_divide([top, front])
    assert divide is not None
    assert (divide.steps, divide.low, divide.high, divide.levels) == (2, 1, 0, (2, 4))
    alone = find_divide([Group((), (0, 6, 1, 5, 0), 0)])
    assert alone is not None
    assert (alone.steps, alone.levels) == (0, (2, 4))
    united = find_divide([Group((), (0, 6, 5, 0, 0), 0)])
    assert united is not None
    assert united.levels == (2,)
    assert find_divide([]) is None


def test_weight_counts_and_nothing_shown_comes_last() -> None:
    near, far = Group((), (0, 5, 5, 0, 0), 0), Group((), (5, 0, 0, 0, 5), 0)
    ranked = sorted(
        [([], 9.0), ([near], 1.0), ([far], 1.0), ([near], 5.0)], key=lambda one: -measure_disagreement(*one)
    )
    assert ranked == [([near], 5.0), ([far], 1.0), ([near], 1.0), ([], 9.0)]


# ---------------------------------------------------------------- the view


@dataclass
class Room:
    """A workshop, and the board's way of talking to it."""

    engagement: Engagement
    tokens: list[str]
    seq: int = 0

    def view(self) -> dict[str, Any]:
        return build_board(self.engagement, WORKSHOP_WAVE)

    def tell(self, kind: str, **fields: Any) -> dict[str, Any]:
        self.seq += 1
        reply = obey(self.engagement, WORKSHOP_WAVE, {"kind": kind, "seq": self.seq, **fields})
        assert reply["seq"] == self.seq
        assert set(reply) <= {"kind", "seq", "hint", "what"}
        return reply

    def hint(self, kind: str, **fields: Any) -> str:
        """Tell something that isn't done, and return what the board says about it."""
        before = self.view()
        reply = self.tell(kind, **fields)
        assert reply["kind"] == "hint"
        assert self.view() == before
        return str(reply["hint"])


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    engagement, _, tokens = make_workshop(tmp_path / "room.cxa", voters=32)
    with engagement:
        yield Room(engagement, tokens)


def small_room(tmp_path: Path, voters: int) -> Room:
    engagement, _, tokens = make_workshop(tmp_path / f"{voters}.cxa", voters=voters)
    return Room(engagement, tokens)


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys(inner)}
    return {key for inner in value for key in keys(inner)} if isinstance(value, list) else set()


def test_before_the_reveal_only_counts_of_people_are_in_the_view(room: Room) -> None:
    for step in ("check_in", "vote", "priorities", "actions", "close"):
        assert room.tell("go", step=step)["kind"] == "ack" or step == "check_in"
        view = room.view()
        assert view["shown"]["groups"] == []
        assert {one["apart"] for one in view["items"]} == {None}
        assert {one["agreement"] for one in view["items"]} == {None}
        assert not keys(view) & {"counts", "votes", "middle"}
    assert [one["id"] for one in view["items"]] == list(room.engagement.workshop(WORKSHOP_WAVE).items())
    assert (view["here"], view["voted"]) == (32, view["items"][0]["voted"])


def test_two_rooms_that_voted_differently_look_the_same_before_the_reveal(tmp_path: Path) -> None:
    seen = []
    for seed in (1, 2):
        with create_engagement(tmp_path / f"{seed}.cxa", organisation="Nordvand", clock=StillClock()) as engagement:
            fill_workshop(engagement, 24, seed=seed)
            view = build_board(engagement, WORKSHOP_WAVE)
            seen.append(view)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("voters", [8, 13, 17, 24, 32, 40])
def test_after_the_reveal_no_shown_group_has_fewer_than_eight_votes(tmp_path: Path, voters: int) -> None:
    room = small_room(tmp_path, voters)
    with room.engagement:
        assert room.tell("reveal") == {"kind": "ack", "seq": 1}
        for one in room.view()["items"]:
            room.tell("choose", item=one["id"])
            shown = room.view()["shown"]
            counted = [sum(group["counts"]) for group in shown["groups"]]
            assert all(count >= SMALLEST_GROUP for count in counted)
            votes = room.engagement.workshop(WORKSHOP_WAVE).votes()[one["id"]]
            assert sum(counted) in (0, total(votes))
            assert all(group["pooled"] == group["mark"].startswith("pool") for group in shown["groups"])
            assert (one["apart"] is None) == (not counted)


def test_the_view_is_plain_and_stays_the_same_while_nothing_changes(room: Room) -> None:
    room.tell("reveal")
    room.tell("timer", action="start")
    clock = room.engagement._store.clock
    assert isinstance(clock, StillClock)
    before = room.view()
    clock.move(seconds=90)
    assert room.view() == before
    assert json.loads(json.dumps(before)) == before
    assert before["timer"]["seconds_left"] is None
    with open_engagement(room.engagement.path, clock=clock) as again:
        assert build_board(again, WORKSHOP_WAVE) == before


def test_the_reveal_begins_with_what_divides_the_room_most(room: Room) -> None:
    room.tell("reveal")
    view = room.view()
    assert view["step"] == "reveal"
    assert view["item"] == view["items"][0]["id"]
    workshop = room.engagement.workshop(WORKSHOP_WAVE)

    def spread(item: str) -> float:
        cast = [sum(column) for column in zip(*(v.levels for v in workshop.votes()[item].values()), strict=True)]
        return measure_spread(cast)

    spreads = [spread(one["id"]) for one in view["items"]]
    assert spreads == sorted(spreads, reverse=True)


def test_a_language_that_is_not_the_instruments_falls_back(room: Room) -> None:
    assert build_board(room.engagement, WORKSHOP_WAVE, "da")["language"] == "da"
    assert build_board(room.engagement, WORKSHOP_WAVE, "xx")["language"] == "en"
    assert set(room.view()["shown"]["name"]) == set(LANGUAGES)


# ---------------------------------------------------------------- commands


@pytest.mark.parametrize("step", ["reveal", "discuss", "consensus"])
def test_steps_that_show_votes_come_after_the_reveal(room: Room, step: str) -> None:
    assert room.hint("go", step=step) == "reveal_first"


def test_too_few_votes_leave_the_reveal_shut(tmp_path: Path) -> None:
    room = small_room(tmp_path, 7)
    with room.engagement:
        assert room.hint("reveal") == "too_few_votes"
        assert not room.view()["can_reveal"]


def test_what_is_out_of_order_is_a_hint(room: Room) -> None:
    item, element = room.view()["item"], room.view()["priorities"]["elements"][0]["id"]
    assert room.hint("agree", item=item, level=3) == "reveal_first"
    assert room.hint("undo") == "nothing_to_undo"
    room.tell("reveal")
    assert room.hint("reveal") == "revealed_already"
    assert room.hint("agree", item=item, level=0) == "nothing_chosen"
    assert room.hint("agree", item=item, level=6) == "nothing_chosen"
    assert room.hint("agree", item=item, level=True) == "nothing_chosen"
    assert room.hint("agree", item=item, level=3, dissent=33) == "unknown"
    assert room.hint("agree", item=item, level=3, reason="x" * 501) == "too_long"
    assert room.hint("rate", element=element, impact=0, effort=3) == "unknown"
    assert room.hint("target", element=element, level=3, due_on="2019-01-01") == "bad_date"
    assert room.hint("target", element=element, level=3, due_on="soon") == "bad_date"
    assert room.hint("target", element=element, level=3, due_on="2036-10-05") == "bad_date"
    assert room.hint("action", action="start", title="  ") == "no_title"
    assert room.hint("action", action="start", title="x", due_on="32/13") == "bad_date"
    assert room.hint("action", action="start", title="x", owner="y" * 101) == "too_long"
    assert room.hint("action", action="start", title="x", id="gone", revision=1) == "conflict"
    assert room.hint("remove_action", id="gone") == "unknown"


@given(
    st.dictionaries(
        st.sampled_from(["step", "item", "element", "level", "impact", "effort", "action", "title", "id", "due_on"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.integers()),
    ),
    st.sampled_from(["go", "choose", "timer", "agree", "rate", "target", "action", "remove_action"]),
)
def test_nothing_that_arrives_is_a_traceback(fields: dict[str, Any], kind: str) -> None:
    engagement = _shared_room()
    reply = obey(engagement, WORKSHOP_WAVE, {**fields, "kind": kind, "seq": 1})
    assert reply["kind"] in ("ack", "hint")
    assert reply.get("hint", "unknown") in HINTS


_SHARED: list[Engagement] = []


def _shared_room() -> Engagement:
    return _SHARED[0]


@pytest.fixture(autouse=True, scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    engagement, _, _ = make_workshop(tmp_path_factory.mktemp("shared") / "shared.cxa", voters=9)
    engagement.workshop(WORKSHOP_WAVE).reveal()
    _SHARED.append(engagement)
    yield
    _SHARED.pop().close()


@pytest.mark.parametrize(
    "message",
    [{}, {"kind": "nothing", "seq": 1}, {"kind": "go"}, {"kind": "go", "seq": "1"}, {"kind": ["go"], "seq": 1}],
)
def test_a_message_that_is_none_is_refused(room: Room, message: dict[str, Any]) -> None:
    assert obey(room.engagement, WORKSHOP_WAVE, message)["kind"] == "refused"


def test_a_whole_workshop(room: Room) -> None:
    room.tell("go", step="vote")
    room.tell("reveal")
    for step in ("discuss", "consensus"):
        assert room.tell("go", step=step) == {"kind": "ack", "seq": room.seq}
    item = room.view()["item"]
    reply = room.tell("agree", item=item, level=2, dissent=3, reason="  Only\n averages ")
    assert reply["hint"] == "recorded"
    told = room.view()["items"][0]["agreement"]
    mean = room.engagement.workshop(WORKSHOP_WAVE).agreements()[item].mean
    assert mean is not None
    assert (told["level"], told["dissent"], told["reason"]) == (2, 3, "Only averages")
    assert told["mean"] == mean, "rounded once, where it is shown"
    other = room.view()["items"][1]["id"]
    room.tell("choose", item=other, step="reveal")
    assert (room.view()["item"], room.view()["step"]) == (other, "reveal")
    room.tell("agree", item=other, level=None)
    assert room.view()["items"][1]["agreement"]["level"] is None
    room.tell("go", step="priorities")
    element = room.view()["priorities"]["elements"][0]["id"]
    due = (room.engagement._store.today() + timedelta(days=300)).isoformat()
    room.tell("rate", element=element, impact=4, effort=2)
    room.tell("target", element=element, level=4, due_on=due)
    row = room.view()["priorities"]["elements"][0]
    assert (row["impact"], row["effort"], row["quick"], row["target"]) == (4, 2, True, {"level": 4.0, "due_on": due})
    room.tell("rate", element=element, impact=4, effort=3)
    assert not room.view()["priorities"]["elements"][0]["quick"]
    room.tell("rate", element=element, impact=3, effort=1)
    assert not room.view()["priorities"]["elements"][0]["quick"]
    room.tell("target", element=element, level=None, due_on=due)
    assert room.view()["priorities"]["elements"][0]["target"] is None
    room.tell("go", step="actions")
    for number in range(MOST_ACTIONS):
        fields = {"title": f"Do {number}", "owner": "Karen", "element": element, "due_on": due, "metric": "Seen"}
        assert room.tell("action", action="start", **fields)["hint"] == "saved"
    assert room.hint("action", action="start", title="One too many") == "too_many_actions"
    room.tell("action", action="stop", title="Averages")
    actions = room.view()["actions"]
    assert [one["title"] for one in actions["stop"]] == ["Averages"]
    first = actions["start"][0]
    room.tell("action", action="start", id=first["id"], revision=first["revision"], title="Do it well")
    assert room.hint("action", action="start", id=first["id"], revision=first["revision"], title="x") == "conflict"
    room.tell("remove_action", id=room.view()["actions"]["start"][1]["id"])
    assert [one["title"] for one in room.view()["actions"]["start"]][:2] == ["Do it well", "Do 2"]


@pytest.mark.parametrize("kind", HOMES)
def test_every_home_keeps_the_board(kind: str, tmp_path: Path) -> None:
    with HOMES[kind](tmp_path) as home:
        engagement = home.create(language="da")
        room = Room(engagement, fill_workshop(engagement, 20))
        assert room.view()["language"] == "da"
        assert room.tell("reveal")["kind"] == "ack"
        before = room.view()
        room.tell("agree", item=before["item"], level=3, dissent=1, reason="Set på tavlen")
        other = home.connect()
        assert build_board(other, WORKSHOP_WAVE) == room.view() != before
        assert obey(other, WORKSHOP_WAVE, {"kind": "undo", "seq": 1})["what"] == "agree"
        assert room.view() == before


def test_undo_takes_back_the_last_step_only(room: Room) -> None:
    room.tell("reveal")
    room.tell("go", step="consensus")
    item = room.view()["item"]
    before = room.view()
    room.tell("agree", item=item, level=4)
    assert room.view() != before
    assert room.tell("undo") == {"kind": "ack", "seq": room.seq, "hint": "undone", "what": "agree"}
    assert room.view() == before
    room.tell("agree", item=item, level=4)
    room.tell("agree", item=item, level=2, dissent=1)
    room.tell("undo")
    assert room.view()["items"][0]["agreement"]["level"] == 4


def test_dots_show_when_they_are_shown_and_not_as_they_come(room: Room) -> None:
    room.tell("go", step="priorities")
    element = room.view()["priorities"]["elements"][2]["id"]
    for number, token in enumerate(room.tokens[:5], 1):
        admission = room.engagement.admit(token)
        assert admission is not None
        room.engagement.give_dots(admission, {element: 2})
        told = room.view()["priorities"]
        assert (told["given"], told["dots_shown"]) == (number, False)
        assert {row["dots"] for row in told["elements"]} == {None}
        if number < 5:
            assert room.hint("dots") == "too_few_dots"
    room.tell("dots")
    told = room.view()["priorities"]
    assert told["dots_shown"]
    assert [row["dots"] for row in told["elements"]][:3] == [0, 0, 10]


def test_the_clock_starts_from_the_minutes_that_it_shows(room: Room) -> None:
    """Nothing has been set at check-in; the board shows five minutes."""
    clock = room.engagement._store.clock
    room.tell("timer", action="plus")
    assert room.view()["timer"] == {"seconds_left": 360, "ends_at": None}
    room.tell("timer", action="start")
    clock.move(seconds=400)  # type: ignore[attr-defined]
    room.tell("timer", action="pause")
    room.tell("timer", action="start")
    assert room.engagement.workshop(WORKSHOP_WAVE).state().timer.seconds_left == 300


def test_a_file_that_somebody_holds_is_not_told_as_something_else(room: Room) -> None:
    """Without a reply the board says that nothing was saved."""
    path = room.engagement.path
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for kind, fields in (
            ("action", {"action": "start", "title": "A"}),
            ("target", {"element": "back_office", "level": 3, "due_on": "2027-01-01"}),
        ):  # fmt: skip
            with pytest.raises(StorageError):
                obey(room.engagement, WORKSHOP_WAVE, {"kind": kind, "seq": 1, **fields})
        other.execute("ROLLBACK")


def test_the_time_goes_on_in_the_file(room: Room) -> None:
    clock = room.engagement._store.clock
    assert isinstance(clock, StillClock)
    room.tell("go", step="vote")
    assert room.view()["timer"] == {"seconds_left": 600, "ends_at": None}
    room.tell("timer", action="start")
    clock.move(seconds=70)
    room.tell("timer", action="plus")
    assert room.view()["timer"]["ends_at"] is not None
    room.tell("timer", action="pause")
    assert room.view()["timer"] == {"seconds_left": 590, "ends_at": None}
    room.tell("timer", action="start")
    room.tell("go", step="priorities")
    assert room.view()["timer"]["ends_at"] is not None
    clock.move(seconds=10_000)
    room.tell("timer", action="plus")
    assert room.engagement.workshop(WORKSHOP_WAVE).state().timer.seconds_left == 60
    assert room.hint("timer", action="stop") == "unknown"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_is_kept_as_it_is(room: Room, text: str) -> None:
    room.tell("reveal")
    room.tell("agree", item=room.view()["item"], level=1, reason=text)
    room.tell("action", action="start", title=text, owner=text, metric=text)
    view = room.view()
    kept = view["items"][0]["agreement"]["reason"]
    assert kept in (text, text.replace("\u202e", ""))
    assert {view["actions"]["start"][0][key] for key in ("title", "owner", "metric")} == {kept}


# ---------------------------------------------------------------- words and the way in


def test_every_word_is_used_and_every_word_that_is_used_exists() -> None:
    source = read_static("board.js")
    words = build_board_words()["en"]
    written = set(re.findall(r'"([a-z_.]+)"', source))
    groups = set(re.findall(r"`([a-z_.]+)\.\$\{", source))

    def paths(messages: dict[str, Any], before: str = "") -> Iterator[str]:
        for key, message in messages.items():
            if isinstance(message, dict) and "other" not in message:
                yield from paths(message, f"{before}{key}.")
            else:
                yield before + key

    known = set(paths(words)) - {"everybody"}  # the name of a group, which comes with the view
    assert {path for path in known if path not in written and path.rpartition(".")[0] not in groups} == set()
    assert set(re.findall(r'say\(\s*"([a-z_.]+)"', source)) - known == set()


def test_every_hint_has_its_words_in_every_language() -> None:
    for language, words in build_board_words().items():
        assert set(words["hints"]) >= HINTS, language
        assert set(words["undone"]) == UNDONE | {"last"}
        assert set(words["steps"]) == set(words["purpose"]) == set(STEPS)


def test_how_people_join() -> None:
    join = describe_join("https://cx.example/join/KAJ482", "KAJ482")
    assert (join["short"], join["code"]) == ("cx.example/join", "KAJ482")
    size, path = join["qr"]["size"], join["qr"]["path"]
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", path)
    assert size > 21
    assert path.startswith(f"M2 2h7v1h-7zM{size - 9} 2h7") or "h7v1h-7z" in path


def test_the_static_files_need_nothing_from_elsewhere() -> None:
    source, style = read_static("board.js"), read_static("board.css")
    for text in (source, style):
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(|innerHTML|insertAdjacent|eval\(", text)
    assert "import " not in re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    with pytest.raises(FileNotFoundError):
        read_static("../board.js")


# ---------------------------------------------------------------- the widget


def test_the_widget_obeys_and_shows_what_is_in_the_file(room: Room) -> None:
    board = Board(room.engagement, WORKSHOP_WAVE, language="sv", join=describe_join("http://x.example/join/A", "A"))
    sent: list[dict[str, Any]] = []
    board.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    board._handle_custom_msg({"kind": "reveal", "seq": 7}, [])
    assert sent == [{"kind": "ack", "seq": 7}]
    assert (board.lang, board.board["step"], board.join["code"]) == ("sv", "reveal", "A")
    board._handle_custom_msg({"kind": "go", "seq": 8, "step": "nowhere"}, [])
    assert sent[-1] == {"kind": "hint", "seq": 8, "hint": "unknown"}
    room.tell("go", step="discuss")
    board._handle_custom_msg({"kind": "look", "seq": 9}, [])
    assert board.board["step"] == "discuss"
    assert "discuss" in repr(board)
    board.close()


def test_a_kernel_that_starts_anew_loses_nothing(room: Room) -> None:
    first = Board(room.engagement.path)
    for seq, message in enumerate([{"kind": "reveal"}, {"kind": "go", "step": "consensus"}]):
        first._handle_custom_msg({**message, "seq": seq}, [])
    first._handle_custom_msg({"kind": "agree", "seq": 3, "item": first.board["item"], "level": 2, "dissent": 1}, [])
    seen = first.board
    first.close()
    second = Board(str(room.engagement.path))
    assert second.board == seen
    assert second.board["items"][0]["agreement"]["level"] == 2
    second.close()


def test_messages_may_come_on_any_thread(room: Room) -> None:
    import threading

    board = Board(room.engagement)
    items = [one["id"] for one in board.board["items"]]
    sent: list[dict[str, Any]] = []
    board.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    messages = [{"kind": "choose", "seq": seq, "item": item} for seq, item in enumerate(items)]
    threads = [threading.Thread(target=board._handle_custom_msg, args=(message, [])) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reply["seq"] for reply in sent) == list(range(len(items)))
    assert {reply["kind"] for reply in sent} == {"ack"}
    board.close()


def test_a_wave_that_is_not_there_is_named(tmp_path: Path, room: Room) -> None:
    with pytest.raises(CxassessError, match="2031"):
        Board(room.engagement, "2031")
    create_engagement(tmp_path / "empty.cxa", organisation="Nordvand").close()
    with pytest.raises(CxassessError, match="no wave"):
        Board(tmp_path / "empty.cxa")


def test_targets_may_be_set_up_to_36_months_ahead(room: Room) -> None:
    element = room.view()["priorities"]["elements"][0]["id"]
    today = room.engagement._store.today()
    last = date(today.year + 3, today.month, today.day)
    assert room.tell("target", element=element, level=3, due_on=last.isoformat())["kind"] == "ack"
    assert room.hint("target", element=element, level=3, due_on=(last + timedelta(days=1)).isoformat()) == "bad_date"
