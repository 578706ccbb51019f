"""Erasing respondents: no trace of them anywhere, nothing else touched, finished or not begun, and never undone."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from builders_engagement import ORGANISATION, WAVE, StillClock, answer_all, begin, make_people
from builders_keeping import Known, fill_wave, find_traces, make_known, read_tables
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxassess.cli import main
from cxassess.engagement import (
    Person,
    StorageError,
    back_up,
    create_engagement,
    open_engagement,
    restore,
    verify_engagement,
)
from cxassess.engagement.database import SqliteDatabase
from cxassess.engagement.ledger import add_to_ledger, find_ledger, make_erasure_key, read_ledger
from cxassess.engagement.respondents import PSEUDONYM_TABLES
from cxassess.engagement.schema import STEPS
from cxassess.errors import CxassessError

KILLS = int(os.environ.get("CXASSESS_KILLS", "8"))
SECOND = "2027-01"


def make(path: Path, people: list[Known], *, close: bool = True) -> None:
    """Make an engagement with two waves that everybody answers, and an anonymous one."""
    with create_engagement(path, organisation=ORGANISATION, language="da", clock=StillClock()) as made:
        fill_wave(made, people, WAVE)
        fill_wave(made, people, "anonym", anonymous=True, items=2)
        made.freeze_wave(WAVE)
        fill_wave(made, people, SECOND, items=3)
        for wave in (WAVE, SECOND, "anonym") if close else ():
            made.close_wave(wave)


def traces(people: list[Known]) -> list[str]:
    return [text for one in people for text in one.traces]


def pseudonyms(path: Path) -> set[object]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for table in PSEUDONYM_TABLES for row in connection.execute(f"SELECT pseudonym FROM {table}")}


def say(*arguments: object, code: int = 0, given: str | None = None) -> str:
    result = CliRunner().invoke(main, ["engagement", *map(str, arguments)], input=given)
    assert result.exit_code == code, result.output
    return result.output


def test_every_table_with_a_pseudonym_is_erased_from() -> None:
    statements = [statement for step in STEPS.values() for statement in step]
    assert {one.split()[2] for one in statements if "pseudonym" in one} == set(PSEUDONYM_TABLES)


# ------------------------------------------------------------------------------------------------------------ no trace


@pytest.mark.slow
def test_a_hundred_respondents_leave_no_trace(tmp_path: Path) -> None:
    """Byte search of all there is: file, journal, ledger, backups put back, reports, manifests and the server's log."""
    from builders_server import Visitor, serve

    folder = tmp_path / "keep"
    folder.mkdir()
    path = folder / "acme.cxa"
    people = make_known(112)
    make(path, people)
    gone, staying = people[:100], people[100:]
    with open_engagement(path) as found:
        found.add_wave("live")
        found.open_wave("live")
        (live,) = found.invite(make_people(1, roles=["front_line"]), "live", force=True)
        reported = found.responses([WAVE, SECOND])
    assert {text for text, _ in find_traces(traces(people), [path])} == set(traces(people)), "the search finds them"
    old = tmp_path / "old.cxa"
    back_up(path, old)
    with serve([path], tmp_path / "server") as server:
        visitor = Visitor.open(server.port, live.token)
        with open_engagement(path) as found:
            done = found.erase(*(one.email for one in gone))
        assert (done.respondents, done.scrubbed, done.removed) == (100, True, ())
        assert done.waves == done.reported == (WAVE, SECOND)
        assert done.unlinked == ("anonym",)
        assert visitor.save(visitor.items[0], 3)["kind"] == "ack", "others go on answering"
        assert server.stop() == 0
    lists = [path, find_ledger(path)]
    assert sorted(folder.iterdir()) == sorted(lists)
    assert find_traces(traces(gone), lists) == []
    assert {text for text, _ in find_traces(traces(staying), [path])} == set(traces(staying))
    assert verify_engagement(path).problems == verify_engagement(path).remarks == ()

    restored = folder / "again.cxa"
    with open_engagement(path) as found:
        before = {wave: found.responses([wave]).answers for wave in (WAVE, SECOND)}
    path.rename(tmp_path / "lost.cxa")
    assert restore(old, path).erased_again == 100
    assert find_traces(traces(gone), folder.iterdir()) == []
    assert restore(old, restored, ledgers=[find_ledger(path)]).erased_again == 100
    assert find_traces(traces(gone), folder.iterdir()) == []
    path.write_bytes(old.read_bytes())  # copied back by hand
    assert find_traces(traces(gone), [path]) != []
    with open_engagement(path) as found:
        assert find_traces(traces(gone), folder.iterdir()) == []
        for wave, answers in before.items():
            assert found.responses([wave]).answers.equals(answers)
            assert len(answers) == 12 < len(reported.answers)

    out = tmp_path / "reports"
    result = CliRunner().invoke(
        main, ["report", str(path), "--wave", SECOND, "--format", "pdf,html", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    made = [one for one in out.rglob("*") if one.is_file()]
    assert {one.name for one in made} >= {"manifest.json"}
    if shutil.which("pdftotext"):
        for number, pdf in enumerate([one for one in made if one.suffix == ".pdf"]):
            made.append(tmp_path / f"{number}.txt")
            subprocess.run(["pdftotext", pdf, made[-1]], check=True)
    server_files = [one for one in (tmp_path / "server").iterdir() if one.is_file()]
    assert server_files
    assert find_traces([*traces(gone), live.token], [*made, *server_files]) == []
    assert find_traces([one.pseudonym for one in people], made) == [], "reports name no pseudonym at all"


def test_what_sqlite_leaves_behind_is_gone_too(tmp_path: Path) -> None:
    """Answers changed, shortened and moved about leave pieces in pages that later pages do not write over."""
    path = tmp_path / "a.cxa"
    people = make_known(30)
    make(path, people)
    rng = random.Random(3)
    gone = rng.sample(people, 11)
    with open_engagement(path) as found:
        for one in gone:
            found.erase(one.pseudonym)
    assert find_traces(traces(gone), tmp_path.iterdir()) == []
    assert {one.pseudonym for one in people} - {one.pseudonym for one in gone} <= pseudonyms(path)


def test_copies_that_the_program_left_are_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.cxa"
    people = make_known(3)
    make(path, people)
    back_up(path, tmp_path / "copy.cxa")
    restore(tmp_path / "copy.cxa", path, replace=True)
    (tmp_path / "a.cxa.version2").write_bytes(path.read_bytes())
    (tmp_path / "b.cxa.version2").write_bytes(b"another's")
    with open_engagement(path) as found:
        done = found.erase(people[0].email)
    assert [one.name for one in done.removed] == ["a.cxa.replaced-1", "a.cxa.version2"]
    left = sorted(one.name for one in tmp_path.iterdir())
    assert left == ["a.cxa", "a.cxa.erased", "b.cxa.version2", "copy.cxa"]


# ---------------------------------------------------------------------------------------------------------- the others


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.integers(0, 8), min_size=1, max_size=9), one_by_one=st.booleans())
def test_nobody_else_is_touched(made: tuple[Path, list[Known]], chosen: set[int], one_by_one: bool, tmp_path_factory):
    source, people = made
    path = tmp_path_factory.mktemp("erase") / "a.cxa"
    path.write_bytes(source.read_bytes())
    gone = [people[number] for number in sorted(chosen)]
    before = read_tables(path)
    with open_engagement(path) as found:
        for names in [[one.email] for one in gone] if one_by_one else [[one.email for one in gone]]:
            found.erase(*names)
    after = read_tables(path)
    erased = {one.pseudonym for one in gone}
    for table in before:
        if table in ("audit", "snapshot", "erased", "snapshot_erased", "setting"):
            continue
        assert after[table] == {row for row in before[table] if not erased & set(row)}, table
    assert after["setting"] == before["setting"]
    assert before["audit"] < after["audit"]
    changed = {row[:2]: row for row in after["snapshot"]}
    for wave, number, taken_on, respondents, *_ in before["snapshot"]:
        row = changed[wave, number]
        assert row[2] == taken_on
        assert row[3] == respondents - (len(gone) if wave != "anonym" else 0)
    assert len(after["erased"]) == len(gone)
    assert verify_engagement(path).problems == verify_engagement(path).remarks == ()
    assert find_traces(traces(gone), [path]) == []


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, list[Known]]:
    path = tmp_path_factory.mktemp("made") / "a.cxa"
    people = make_known(9)
    make(path, people)
    return path, people


def copy_of(made: tuple[Path, list[Known]], folder: Path) -> tuple[Path, list[Known]]:
    path = folder / "a.cxa"
    path.write_bytes(made[0].read_bytes())
    return path, made[1]


def test_counts_of_snapshots_go_down_and_an_empty_one_is_none(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    with open_engagement(path) as found:
        before = found.contexts()[ORGANISATION].invited[SECOND]
        digests = {one.digest for one in found.snapshots(SECOND)}
        found.erase(people[0].email)
        after = found.contexts()[ORGANISATION].invited[SECOND]
        assert sum(before.values()) - sum(after.values()) == 1
        assert not digests & {one.digest for one in found.snapshots(SECOND)}
        assert found.responses([SECOND]).source.sha256
        found.erase(*(one.email for one in people[1:]))
        assert [one.respondents for one in found.snapshots(SECOND)] == [0]
        with pytest.raises(CxassessError, match=SECOND):
            found.responses([SECOND])
        assert len(found.responses(["anonym"]).answers) == 9
        assert found.responses().organisations == (ORGANISATION,)


def test_a_snapshot_that_was_shown_still_guards_newcomers(tmp_path: Path) -> None:
    """Five were shown; with one erased there are four. One newcomer must not be told from the difference."""
    path = tmp_path / "a.cxa"
    people = make_known(5)
    with create_engagement(path, organisation=ORGANISATION) as made:
        fill_wave(made, people, WAVE)
        made.freeze_wave(WAVE)
        made.erase(people[0].email)
        (late,) = made.invite(make_people(1), WAVE)
        answer_all(made, late.token)
        with pytest.raises(CxassessError, match="1 form is new or changed"):
            made.freeze_wave(WAVE)
        closing = made.close_wave(WAVE)
        assert (closing.left_out, closing.snapshot and closing.snapshot.respondents) == (1, 4)


# ------------------------------------------------------------------------------------------------------------ whom


def test_somebody_is_found_by_whatever_is_known(made, tmp_path: Path) -> None:
    for number, ask in enumerate(
        (
            lambda one: one.email.upper(),
            lambda one: one.name,
            lambda one: f"  {one.name.swapcase()} ",
            lambda one: one.pseudonym,
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        path, people = copy_of(made, folder)
        with open_engagement(path) as found:
            assert found.erase(ask(people[number])).respondents == 1
        assert find_traces(people[number].traces, folder.iterdir()) == []


def test_nobody_is_erased_if_one_is_not_found(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    before = path.read_bytes()
    with open_engagement(path) as found:
        with pytest.raises(CxassessError) as told:
            found.erase(people[0].email, "nobody@nordvand.dk", "", "r0000000000000000")
        assert len(told.value.problems) == 3
        assert "only by the link" in told.value.problems[0].remedy
    assert path.read_bytes() == before
    assert not find_ledger(path).exists()


def test_several_of_the_same_name_are_asked_about(tmp_path: Path) -> None:
    people = make_known(14)
    for one in people:
        one.name = people[0].name
    path = tmp_path / "a.cxa"
    make(path, people)
    with open_engagement(path) as found:
        with pytest.raises(CxassessError, match="14 people are called") as told:
            found.erase(people[0].name)
        assert people[0].email in str(told.value)
        assert people[9].email in str(told.value)
        assert "… and 4 more" in str(told.value)


def test_an_anonymous_form_is_erased_by_its_link_only(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    with open_engagement(path) as found:
        rows = len(read_tables(path)["invitation"])
        done = found.erase(people[2].email)
        assert done.unlinked == ("anonym",)
        assert len(found.responses(["anonym"]).answers) == 9
        assert rows - len(read_tables(path)["invitation"]) == 2
    path = tmp_path / "b.cxa"
    with create_engagement(path, organisation=ORGANISATION) as found:
        tokens = [one.token for one in begin(found, 6, anonymous=True)]
        for token in tokens:
            answer_all(found, token)
        found.freeze_wave(WAVE)
        done = found.erase(f"https://answers.example.org/i/{tokens[3]}")
        assert (done.respondents, done.reported) == (1, (WAVE,))
        assert found.admit(tokens[3]) is None
        assert len(found.responses().answers) == 5
        assert len(found.reminders(WAVE)) == 6, "who was asked is as it was"


def test_whoever_was_erased_can_be_invited_anew(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    with open_engagement(path) as found:
        found.erase(people[0].email)
        found.add_wave("next")
        found.open_wave("next")
        (again,) = found.invite([Person(people[0].name, people[0].email, "front_line")], "next")
        answer_all(found, again.token)
    with open_engagement(path) as found:
        assert found.admit(again.token) is not None


def test_what_others_wrote_is_told_and_left(tmp_path: Path) -> None:
    path = tmp_path / "a.cxa"
    people = make_known(6)
    people[1].comment = f"Spørg {people[0].name.upper()}, hun ved det"
    people[2].comment = f"{people[0].name}x er en anden"
    make(path, people)
    with open_engagement(path) as found:
        places = found.erase(people[0].name).mentions
        assert places == (
            f"what another respondent wrote (wave {WAVE})",
            f"what another respondent wrote (wave {SECOND})",
            f"what another respondent wrote, as frozen (wave {WAVE})",
            f"what another respondent wrote, as frozen (wave {SECOND})",
        )
    assert find_traces([people[1].comment], [path]) != []


def test_actions_stay_without_their_owner_and_notes_go(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        action = (WAVE, "Ansæt en til", people[0].name, people[0].pseudonym)
        columns = "(id, wave, element, title, owner, pseudonym, metric, state, revision)"
        connection.execute(f"INSERT INTO action {columns} VALUES ('a', ?, 'e', ?, ?, ?, 'm', 'open', 1)", action)
        note = (WAVE, people[0].pseudonym)
        connection.execute("INSERT INTO note VALUES ('n', ?, 'i', 'En note', ?, 1)", note)
        connection.execute("INSERT INTO note VALUES ('o', ?, 'i', 'En anden', NULL, 1)", (WAVE,))
    with open_engagement(path) as found:
        assert found.erase(people[0].email).mentions == ()
    after = read_tables(path)
    assert [row[3:6] for row in after["action"]] == [("Ansæt en til", "", None)]
    assert [row[3] for row in after["note"]] == ["En anden"]


# ---------------------------------------------------------------------------------------------- finished or not begun

ERASER = """
import sys
from cxassess.engagement import open_engagement

with open_engagement(sys.argv[1]) as engagement:
    print("ready", flush=True)
    for email in sys.argv[2:]:
        engagement.erase(email)
        print(email, flush=True)
"""


@pytest.mark.slow
def test_killed_in_the_middle_it_is_finished_or_not_begun(made, tmp_path: Path) -> None:
    rng = random.Random(11)
    reached = set()
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        path, people = copy_of(made, folder)
        before = read_tables(path)
        eraser = subprocess.Popen(
            [sys.executable, "-c", ERASER, str(path), *(one.email for one in people)], stdout=subprocess.PIPE, text=True
        )
        assert eraser.stdout is not None
        assert eraser.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.0, 0.12))
        eraser.send_signal(signal.SIGKILL)
        told = eraser.stdout.read().split()
        eraser.stdout.close()
        eraser.wait()
        with open_engagement(path):
            pass
        assert verify_engagement(path).problems == verify_engagement(path).remarks == ()
        after, files = read_tables(path), list(folder.iterdir())
        left = {one.pseudonym for one in people} & pseudonyms(path)
        for one in people:
            if one.pseudonym in left:
                assert one.email not in told
                for table in PSEUDONYM_TABLES:
                    assert {row for row in after[table] if one.pseudonym in row} == {
                        row for row in before[table] if one.pseudonym in row
                    }
            else:
                assert find_traces(one.traces, files) == [], "nor in a journal that was not needed"
        reached.add(len(people) - len(left))
    assert KILLS < 8 or len(reached) > 1, "they were killed at different moments"


@pytest.mark.parametrize("place", ["ledger", "commit", "scrub"])
def test_wherever_it_stops_it_goes_on_when_opened_next(made, tmp_path: Path, place: str, monkeypatch) -> None:
    from cxassess.engagement import erasure

    path, people = copy_of(made, tmp_path)
    original = SqliteDatabase.execute

    def stop(database: SqliteDatabase, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        if statement == {"commit": "COMMIT", "scrub": "VACUUM"}.get(place):
            raise StorageError.single("a.cxa", "stopped", "")
        return original(database, statement, values)  # type: ignore[arg-type, return-value]

    def refuse(*_: object) -> None:
        raise StorageError.single("a.cxa.erased", "stopped", "")

    with open_engagement(path) as found, monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "execute", stop)
        if place == "ledger":
            patch.setattr(erasure, "add_to_ledger", refuse)
        if place == "scrub":
            assert not found.erase(people[0].email).scrubbed
        else:
            with pytest.raises(StorageError, match="stopped"):
                found.erase(people[0].email)
    assert (find_traces(people[0].traces, [path]) == []) <= (place == "scrub")
    with open_engagement(path) as found:
        assert not found._store.rows("SELECT value FROM setting WHERE name = 'unscrubbed'")
    assert (find_traces(people[0].traces, [path]) == []) == (place != "ledger")
    assert verify_engagement(path).problems == verify_engagement(path).remarks == ()


# ---------------------------------------------------------------------------------------------------------- the ledger


def test_the_ledger_holds_nothing_but_hashes(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    with open_engagement(path) as found:
        found.erase(people[0].email)
        identity = found.id
    text = find_ledger(path).read_text("ascii")
    entries = [line for line in text.splitlines() if not line.startswith("#")]
    assert entries == [make_erasure_key(identity, people[0].pseudonym)]
    assert find_ledger(path).stat().st_mode & 0o077 == 0


def test_a_torn_ledger_is_read_and_a_strange_one_is_refused(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    ledger = find_ledger(path)
    add_to_ledger(ledger, ["a" * 64])
    with ledger.open("ab") as stream:
        stream.write(b"b" * 30)
    assert read_ledger(ledger) == {"a" * 64}
    add_to_ledger(ledger, ["a" * 64, "c" * 64])
    assert read_ledger(ledger) == {"a" * 64, "c" * 64}
    assert ledger.read_text("ascii").splitlines()[-2:] == ["b" * 30, "c" * 64]
    with ledger.open("ab") as stream:
        stream.write("Ægte tekst\n".encode())
    with pytest.raises(CxassessError, match="damaged"):
        open_engagement(path)
    assert people[0].pseudonym in pseudonyms(path)


def test_a_lost_ledger_is_told_and_written_anew_by_a_backup(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    with open_engagement(path) as found:
        found.erase(people[0].email, people[1].email)
    kept = find_ledger(path).read_bytes()
    find_ledger(path).unlink()
    assert "not beside the file, or not complete" in say("verify", path)
    back_up(path, tmp_path / "copy.cxa")
    assert find_ledger(path).read_bytes() == kept
    assert "Note" not in say("verify", path)


def test_without_a_ledger_the_replaced_file_tells_who_was_erased(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    back_up(path, tmp_path / "old.cxa")
    with open_engagement(path) as found:
        found.erase(people[0].email)
    find_ledger(path).unlink()
    assert "Erased again: 1 person" in say("restore", tmp_path / "old.cxa", path, "--replace")
    assert find_traces(people[0].traces, [path, find_ledger(path)]) == []


def test_a_ledger_of_another_engagement_erases_nobody(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    add_to_ledger(find_ledger(path), [make_erasure_key("0" * 32, one.pseudonym) for one in people])
    before = read_tables(path)
    with open_engagement(path):
        pass
    after = read_tables(path)
    assert {table for table in after if after[table] != before[table]} == {"erased"}


# ---------------------------------------------------------------------------------------------------------- the command


def test_the_command_asks_erases_and_says_what_is_left_to_do(made, tmp_path: Path) -> None:
    path, people = copy_of(made, tmp_path)
    out = tmp_path / "reports"
    out.mkdir()
    files = [{"name": "acme.pdf", "sha256": "", "bytes": 1}, {"name": "acme.html", "sha256": "", "bytes": 1}]
    entry = {"organisation": ORGANISATION, "wave": SECOND, "language": "da", "status": "written"}
    entry |= {"inputs": "", "seconds": 0.0, "failure": None, "timing": {}}
    entries = [entry | {"files": files}, entry | {"wave": "2020-01", "files": [files[0] | {"name": "old.pdf"}]}]
    entries.append(entry | {"organisation": "Other", "files": [files[0] | {"name": "other.pdf"}]})
    manifest = {"version": "1", "instrument": "i", "source": {}, "reports": entries}
    (out / "manifest.json").write_text(json.dumps(manifest))
    (out / "acme.html").write_text(f"<p>{people[0].comment.replace('“', '&#8220;').replace(' ', chr(10))}</p>")
    (out / "old.html").write_text("<p>Kommentar</p>")
    (out / "run.log").write_text(people[1].email)
    before = path.read_bytes()
    say("erase", path, people[0].email, code=1, given="n\n")
    assert path.read_bytes() == before
    said = say("erase", path, people[0].email, people[1].name, "--reports", out, given="y\n")
    assert f"{people[0].name} · {people[0].email}" in said
    assert "erased: 2 people" in said
    assert f"Frozen snapshots of {WAVE}, {SECOND} are without them now" in said
    assert "Asked in anonymous waves as well (anonym)" in said
    again = {line.rpartition("/")[2] for line in said.splitlines() if "make it again" in line}
    assert again == {"acme.pdf", "acme.html"}
    words = {line.rpartition("/")[2] for line in said.splitlines() if "holds their words" in line}
    assert words == {"acme.html", "run.log"}
    assert "no respondent" in say("erase", path, people[0].email, "--yes", code=2)
