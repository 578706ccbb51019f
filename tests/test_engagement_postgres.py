"""PostgreSQL beside files: addresses, isolation, faults, and what it shares with no file."""

from __future__ import annotations

import threading
from pathlib import Path

import pandas as pd
import pytest
from builders_engagement import ORGANISATION, WAVE, admitted, answer_all, begin, first_items
from builders_keeping import fill_wave, find_traces, make_known
from builders_postgres import PASSWORD, USER, make_address, start_server
from click.testing import CliRunner

from cxassess import assess
from cxassess.cli import main
from cxassess.engagement import (
    Change,
    StorageError,
    back_up,
    create_engagement,
    is_engagement,
    open_engagement,
    restore,
    verify_engagement,
)
from cxassess.engagement.address import read_address
from cxassess.engagement.respondents import PSEUDONYM_TABLES
from cxassess.errors import CxassessError

# ---------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("postgresql://u@h:99/d?engagement=a", ("u", "h", 99, "d", "a", False)),
        ("postgresql://u@h/d?engagement=a_2", ("u", "h", 5432, "d", "a_2", False)),
        ("postgresql://u@localhost/d?engagement=a", ("u", "localhost", 5432, "d", "a", True)),
        ("postgresql:///d?engagement=a", ("me", "", 5432, "d", "a", True)),
        ("postgresql://u%40x:p%2Fw@/d?engagement=a&host=/run/pg", ("u@x", "/run/pg", 5432, "d", "a", True)),
    ],
)
def test_an_address_is_read_also_as_a_path(text: str, found: tuple[object, ...], monkeypatch) -> None:
    monkeypatch.setenv("PGUSER", "me")
    monkeypatch.setenv("PGPASSWORD", "from-outside")
    for given in (text, Path(text)):
        one = read_address(given)
        assert (one.user, one.host, one.port, one.database, one.engagement, one.is_local) == found
        assert one.password == ("p/w" if "p%2F" in text else "from-outside")
        assert is_engagement(given)
        assert "p/w" not in f"{one}{one!r}"
        assert "from-outside" not in f"{one}{one!r}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("postgresql://u:secret@h/d", "name is missing"),
        ("postgresql://u:secret@h/d?engagement=A-b", "name is missing"),
        ('postgresql://u:secret@h/d?engagement=a"; DROP', "name is missing"),
        ("postgresql://u:secret@h/?engagement=a", "no database"),
        ("postgresql://u:secret@h/d/e?engagement=a", "no database"),
        ("postgresql://u:secret@h:x/d?engagement=a", "no usable host or port"),
        ("postgresql://u:secret@h/d?engagement=a&sslmode=disable", "no option 'sslmode'"),
    ],
)
def test_a_bad_address_is_refused_without_showing_it(text: str, said: str) -> None:
    with pytest.raises(CxassessError, match=said) as told:
        open_engagement(text)
    assert "secret" not in str(told.value)


# ------------------------------------------------------------------------------------------------------------- faults


def test_the_password_is_in_no_message(tmp_path: Path) -> None:
    good = make_address("password")
    wrong = good.replace(PASSWORD, "wrong-pw")
    messages = []
    for address in (wrong, good, good.replace("/postgres?", "/nowhere?"), good.replace("host=/", "host=/nowhere/")):
        with pytest.raises(CxassessError) as told:
            open_engagement(address)
        error: BaseException | None = told.value
        while error is not None:
            messages.append(f"{error} {error!r} {error.args}")
            error = error.__cause__
    result = CliRunner().invoke(main, ["engagement", "show", wrong])
    assert result.exit_code == 2
    everything = "".join([*messages, result.output])
    assert PASSWORD not in everything
    assert "wrong-pw" not in everything
    assert "let the user in" in messages[0]
    assert "no engagement of this name" in messages[1]
    assert "no such database" in messages[2]
    assert "can’t be reached" in messages[3]
    assert PASSWORD not in (start_server() / "log").read_text(errors="replace")


def test_engagements_do_not_see_one_another(tmp_path: Path) -> None:
    with (
        create_engagement(make_address("one"), organisation="One") as one,
        create_engagement(make_address("two"), organisation="Two") as two,
    ):
        token = begin(one, 2)[0].token
        begin(two, 3)
        assert two.admit(token) is None
        assert one.admit(token) is not None
        assert (one.organisation, two.organisation) == ("One", "Two")
        assert one.id != two.id
        with one.transaction():
            two.add_wave("meanwhile")  # does not wait: each has a lock of its own
        with pytest.raises(CxassessError, match="of this name already"):
            create_engagement(make_address("two"), organisation="Three")
        assert two.organisation == "Two"


def test_who_writes_waits_for_the_other_and_says_so_in_the_end(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("cxassess.engagement.postgres.BUSY_SECONDS", 0.3)
    address = make_address("busy")
    with create_engagement(address, organisation="A") as one, open_engagement(address) as two:
        with one.transaction():
            one.add_wave("a")
            with pytest.raises(StorageError, match="in use"):
                two.add_wave("b")
        two.add_wave("b")
        assert [wave.name for wave in one.waves()] == ["a", "b"]


def test_a_fault_that_is_swallowed_does_not_become_a_silent_rollback(tmp_path: Path) -> None:
    with create_engagement(make_address("broken"), organisation="A") as made:
        database = made._store.database

        def work() -> None:
            with made.transaction():
                made.add_wave("lost")
                with pytest.raises(StorageError):
                    database.execute("SELECT nothing FROM nowhere")

        with pytest.raises(StorageError, match="ended the transaction"):
            work()
        assert made.waves() == ()
        made.add_wave("kept")
        assert [wave.name for wave in made.waves()] == ["kept"]


def test_a_lost_connection_is_said(tmp_path: Path) -> None:
    address = make_address("lost")
    with create_engagement(address, organisation="A") as made, open_engagement(address) as other:
        token = begin(made, 1)[0].token
        admission = admitted(made, token)
        item = first_items(made, admission)[0]
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = ?"
        other._store.database.execute(others, (USER,))
        with pytest.raises(StorageError):
            made.save(admission, Change(item, 3))
        assert other.answers(admission) == {}


def test_another_thread_is_refused_loudly(tmp_path: Path) -> None:
    with create_engagement(make_address("thread"), organisation="A") as made:
        told: list[str] = []

        def look() -> None:
            try:
                made.waves()
            except RuntimeError as error:
                told.append(str(error))

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert "open the engagement again" in told[0]


# ----------------------------------------------------------------------------------------------------- all the way


def test_what_is_done_with_files_is_refused_with_the_remedy(tmp_path: Path) -> None:
    address = make_address("files")
    with create_engagement(address, organisation="A"):
        pass
    for refused in (
        lambda: back_up(address, tmp_path / "x"),
        lambda: restore(tmp_path / "x", address),
        lambda: verify_engagement(address),
    ):
        with pytest.raises(CxassessError, match="pg_dump --schema=cxassess_files postgres") as told:
            refused()
        assert PASSWORD not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_erased_is_erased_and_the_ledger_holds(tmp_path: Path) -> None:
    ledger = tmp_path / "erased.txt"
    address = make_address("erasing", ledger=str(ledger))
    people = make_known(7)
    with create_engagement(address, organisation=ORGANISATION) as made:
        fill_wave(made, people, WAVE)
        made.close_wave(WAVE)
        store = made._store
        kept = {
            table: store.rows(f"SELECT * FROM {table} WHERE pseudonym = ?", people[0].pseudonym)
            for table in ("person", "contact", "invitation", "response", "answer")
        }
        data = made.personal_data(people[0].email)
        assert len(data["waves"][0]["answers"]) == 4
        done = made.erase(people[0].email)
        assert (done.respondents, done.reported, done.scrubbed) == (1, (WAVE,), True)
        assert len(made.responses().answers) == 6
        for table in PSEUDONYM_TABLES:
            assert store.rows(f"SELECT 1 FROM {table} WHERE pseudonym = ?", people[0].pseudonym) == []
        with made.transaction():  # as a dump would that is older
            store.run("DELETE FROM erased")
            for table, rows in kept.items():
                for row in rows:
                    store.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
    assert find_traces(people[0].traces, [ledger]) == []
    with open_engagement(address) as found:
        for table in PSEUDONYM_TABLES:
            assert found._store.rows(f"SELECT 1 FROM {table} WHERE pseudonym = ?", people[0].pseudonym) == []
        assert len(found.responses().answers) == 6


def test_a_report_has_the_same_numbers_as_from_a_file(tmp_path: Path) -> None:
    found = []
    for place in (make_address("numbers"), tmp_path / "a.cxa"):
        with create_engagement(place, organisation=ORGANISATION) as made:
            for seed, one in enumerate(begin(made, 12)):
                answer_all(made, one.token, seed)
            made.close_wave(WAVE)
        found.append(assess(Path(place)).shown)
    frames = [{name: one for name, one in vars(shown).items() if isinstance(one, pd.DataFrame)} for shown in found]
    assert len(frames[0]) > 3
    for name, frame in frames[0].items():
        pd.testing.assert_frame_equal(frame, frames[1][name])
    shown = CliRunner().invoke(main, ["status", make_address("numbers")])
    assert shown.exit_code == 0, shown.output
    assert "12 invited, 12 begun, 12 answered" in shown.output
