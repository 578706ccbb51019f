"""What a workshop leaves behind: erased with a person, told to them, verified, copied, and brought up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from builders_engagement import HOMES, WAVE, Home, admitted, answer_all, begin, make_people
from builders_keeping import find_traces, read_tables
from builders_workshop import WORKSHOP_WAVE, fill_workshop, make_workshop

from cxassess.context import Agreement, PlannedAction
from cxassess.engagement import (
    Engagement,
    back_up,
    create_engagement,
    open_engagement,
    restore,
    verify_engagement,
    write_personal_data,
)
from cxassess.engagement.files import APPLICATION_ID
from cxassess.engagement.schema import STEPS


@pytest.fixture(params=sorted(HOMES))
def home(request: pytest.FixtureRequest, tmp_path: Path):
    with HOMES[request.param](tmp_path) as found:
        yield found


def decided(one: Agreement) -> tuple[object, ...]:
    return (one.item, one.level, one.dissent, one.reason, one.agreed_on)


def hold(made: Engagement, wave: str, tokens: list[str]) -> None:
    """Go through a workshop to its end."""
    board = made.workshop(wave)
    board.reveal()
    for number, item in enumerate(board.items()[:4]):
        board.agree(item, None if number == 2 else 3, dissent=number, reason=f"Reason {number}")
    board.go("priorities")
    for number, token in enumerate(tokens):
        made.give_dots(admitted(made, token), {board.elements()[number % 3]: 2, board.elements()[4]: 1})
    board.show_dots()
    board.rate(board.elements()[0], 5, 2)
    board.go("actions")
    action = {"id": "", "wave": wave, "element": board.elements()[0], "title": "Act", "owner": "Ann Agreed"}
    made.plan.put(PlannedAction.model_validate(action))
    made.plan.set_target("overall", 3.5, date(2028, 1, 1))
    board.go("close")


def test_erasing_a_voter_takes_votes_and_dots_and_leaves_what_was_decided(home: Home) -> None:
    made = home.create()
    tokens = fill_workshop(made, 12)
    hold(made, WORKSHOP_WAVE, tokens)
    board = made.workshop(WORKSHOP_WAVE)
    agreed, dots, votes = dict(board.agreements()), dict(board.dots()), board.votes()
    gone = admitted(made, tokens[0])
    item = board.items()[0]
    level = made.answers(gone)[item].level
    assert level is not None
    made.erase(tokens[0])
    assert made.admit(tokens[0]) is None
    board = home.connect().workshop(WORKSHOP_WAVE)
    assert [decided(one) for one in board.agreements().values()] == [decided(one) for one in agreed.values()]
    assert board.agreements()[item].votes == agreed[item].votes - 1
    assert board.dots()[board.elements()[0]] == dots[board.elements()[0]] - 2
    assert (board.counts().dots, board.counts().here) == (11, 11)
    assert board.votes()[item][gone.role].levels[level - 1] == votes[item][gone.role].levels[level - 1] - 1
    made.erase(*tokens[1:8])
    assert board.dots() == {}  # four are left
    assert [decided(one) for one in board.agreements().values()] == [decided(one) for one in agreed.values()]
    assert {one.mean for one in board.agreements().values()} == {None}


def test_nothing_of_who_was_erased_is_left_in_what_can_be_undone(tmp_path: Path) -> None:
    path = tmp_path / "a.cxa"
    with create_engagement(path, organisation="A") as made:
        invited = begin(made, 10, form="pulse")
        for number, one in enumerate(invited):
            answer_all(made, one.token, number)
        person = make_people(1)[0]
        action = PlannedAction(id="", wave=WAVE, title="Act", owner=person.email)
        stored = made.plan.put(action)
        made.plan.put(stored.model_copy(update={"owner": "Somebody else"}))  # the first owner can be brought back
        assert find_traces([person.email], [path])
        made.erase(person.email)
        assert made.plan.actions()[0].owner == "Somebody else"
    assert find_traces([person.email], [path]) == []
    assert read_tables(path)["undo"] == set()


def test_a_name_in_a_reason_or_an_action_is_told_to_whoever_erases(tmp_path: Path) -> None:
    with create_engagement(tmp_path / "a.cxa", organisation="A") as made:
        invited = begin(made, 10, form="pulse")
        for number, one in enumerate(invited):
            answer_all(made, one.token, number)
        board = made.workshop(WAVE)
        board.reveal()
        name = make_people(1)[0].name
        board.agree(board.items()[0], 3, reason=f"{name} said so")
        made.plan.put(PlannedAction(id="", wave=WAVE, title="Act", note=f"Ask {name}"))
        found = made.erase(make_people(1)[0].email)
        assert found.mentions == (f"a reason for a consensus (wave {WAVE})", f"an action (wave {WAVE})")


def test_dots_are_told_to_whoever_gave_them(tmp_path: Path) -> None:
    made, wave, tokens = make_workshop(tmp_path / "a.cxa", 9, language="da")
    with made:
        hold(made, wave, tokens)
        data = made.personal_data(tokens[1])
        write_personal_data(data, tmp_path)
        board = made.workshop(wave)
        assert data["waves"][0]["dots"] == [
            {"element": element, "element_name": made.instrument().element(element).name, "dots": dots}
            for element, dots in ((board.elements()[1], 2), (board.elements()[4], 1))
        ]
    assert "Dine prikker i workshoppen" in (tmp_path / "personal-data.csv").read_text("utf-8-sig")


def test_a_copy_of_it_all_is_whole(tmp_path: Path) -> None:
    made, wave, tokens = make_workshop(tmp_path / "a.cxa", 9)
    with made:
        hold(made, wave, tokens)
        made.close_wave(wave)
        erased = admitted(made, tokens[8]).respondent
        assert not back_up(made.path, tmp_path / "copy.cxa").problems
        made.erase(tokens[8])
        expected = made.contexts(), dict(made.workshop(wave).dots()), made.workshop(wave).state()
    found = restore(tmp_path / "copy.cxa", tmp_path / "a.cxa", replace=True)
    assert (found.erased_again, found.verification.problems) == (1, ())
    with open_engagement(tmp_path / "a.cxa") as again:
        board = again.workshop(wave)
        assert (again.contexts(), dict(board.dots()), board.state()) == expected
    assert find_traces([erased], [tmp_path / "a.cxa"]) == []


TAMPERED = {
    "UPDATE workshop SET step = 'dance'": "at no step",
    "UPDATE workshop SET item = 'LO2'": "at no item",
    "UPDATE workshop SET revealed = 0": "against the audit trail",
    "UPDATE consensus SET level = 6 WHERE level = 3": "nothing that could have been",
    "UPDATE consensus SET total = 900": "nothing that could have been",
    "UPDATE consensus SET item = 'XX' WHERE level IS NULL": "nothing that could have been",
    "UPDATE rating SET effort = 9": "a rating of",
    "UPDATE dot SET dots = 3": "dots were given that nobody has",
    "UPDATE dot SET element = 'love' WHERE dots = 1": "dots were given that nobody has",
    "UPDATE action SET state = 'lost'": "An action is none",
    "UPDATE action SET element = 'love'": "There is no element 'love'",
    "UPDATE target SET hundredths = 9000": "target for overall",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, wave, tokens = make_workshop(tmp_path_factory.mktemp("whole") / "a.cxa", 9)
    with made:
        hold(made, wave, tokens)
    return made.path


def test_a_whole_file_has_no_problems(whole: Path) -> None:
    assert verify_engagement(whole).problems == ()


@pytest.mark.parametrize("statement", TAMPERED)
def test_what_somebody_else_wrote_is_found(whole: Path, tmp_path: Path, statement: str) -> None:
    path = tmp_path / "a.cxa"
    path.write_bytes(whole.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement).rowcount > 0
    said = [problem.what for problem in verify_engagement(path).problems]
    assert said
    assert all(TAMPERED[statement] in one for one in said), said


def test_a_file_of_the_version_before_keeps_what_it_has(tmp_path: Path) -> None:
    """One with an action, an agreement and an answer, as version 3 stored them."""
    path = tmp_path / "a.cxa"
    create_engagement(tmp_path / "new.cxa", organisation="A").close()
    with closing(sqlite3.connect(tmp_path / "new.cxa")) as connection:
        files = connection.execute("SELECT instrument, name, content FROM instrument_file").fetchall()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number in (1, 2, 3):
            for statement in STEPS[number]:
                connection.execute(f"{statement} WITHOUT ROWID")
        given = {"schema": "3", "id": "x" * 32, "organisation": "A", "language": "da"}
        given |= {"instrument": files[0][0], "created_on": "2026-01-01"}
        connection.executemany("INSERT INTO setting VALUES (?, ?)", given.items())
        connection.executemany("INSERT INTO instrument_file VALUES (?, ?, ?)", files)
        connection.execute(
            "INSERT INTO wave (name, number, form, anonymous, state, instrument) VALUES ('w', 1, 'full', 0, ?, ?)",
            ("planned", files[0][0]),
        )
        connection.execute("INSERT INTO audit VALUES (1, '2026-01-01T00:00:00', 'wave added', 'w', 'full')")
        connection.execute("INSERT INTO consensus VALUES ('w', 'LO1', 3, 'Because', '2026-02-01', 1)")
        action = "('a', 'w', '', 'Old', 'Ann', NULL, '2026-05-01', 'm', 'planned', 4)"
        connection.execute(f"INSERT INTO action VALUES {action}")
    assert verify_engagement(path).problems == ()  # looked at as it is
    with open_engagement(path) as found:
        assert found.wave("w").elements == ()
        (agreed,) = found.workshop("w").agreements().values()
        assert (agreed.level, agreed.mean, agreed.votes, agreed.reason) == (3, None, 0, "Because")
        (old,) = found.plan.actions()
        assert (old.title, old.kind, old.note, old.due_on, old.revision) == ("Old", "start", "", date(2026, 5, 1), 4)
        assert [action.title for action in (*found.plan.actions(), found.plan.put(_new()))] == ["Old", "New"]
        assert found.workshop("w").state().began is False
    assert verify_engagement(path).problems == ()


def _new() -> PlannedAction:
    return PlannedAction(id="", wave="w", title="New")


def test_any_database_of_the_version_before_is_brought_up_to_date(home: Home) -> None:
    made = home.create()
    tokens = fill_workshop(made, 8)
    store = made._store
    with made.transaction():  # what version 4 has brought, taken away again
        for statement in STEPS[4]:
            _, _, table, *more = statement.split()
            column = more[2] if statement.startswith("ALTER") else ""
            store.run(f"ALTER TABLE {table} DROP COLUMN {column}" if column else f"DROP TABLE {table}")
        store.run("UPDATE setting SET value = '3' WHERE name = 'schema'")
    made.close()
    found = home.connect()
    assert found.wave(WORKSHOP_WAVE).elements == ()
    hold(found, WORKSHOP_WAVE, tokens)
    assert len(home.connect().workshop(WORKSHOP_WAVE).agreements()) == 4
