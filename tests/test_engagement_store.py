"""The file of an engagement: made, opened, brought up to date, and refused when it is none."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from builders_engagement import HOMES, ORGANISATION, WAVE, Home, admitted, begin, first_items
from builders_instrument import SELF_SERVICE
from hypothesis import given
from hypothesis import strategies as st

from cxassess.engagement import (
    Change,
    Engagement,
    Refused,
    StorageError,
    create_engagement,
    is_engagement,
    open_engagement,
)
from cxassess.engagement.database import SqliteDatabase
from cxassess.engagement.files import APPLICATION_ID
from cxassess.engagement.respondents import PSEUDONYM_TABLES
from cxassess.engagement.schema import STEPS, VERSION, apply_steps
from cxassess.engagement.text import name_key
from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument
from cxassess.responses.words import normal_word


@pytest.fixture(params=sorted(HOMES))
def home(request: pytest.FixtureRequest, tmp_path: Path):
    with HOMES[request.param](tmp_path) as found:
        yield found


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def old_file(path: Path, version: int, value: str = "") -> None:
    """Make a file of an older version from the statements of that version alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number in range(1, version + 1):
            for statement in STEPS[number]:
                connection.execute(f"{statement} WITHOUT ROWID" if statement.startswith("CREATE") else statement)
        settings = {"schema": value or str(version), "id": "x" * 32, "organisation": ORGANISATION, "language": "da"}
        settings |= {"instrument": "eight_elements@1.0", "created_on": "2026-01-01"}
        connection.executemany("INSERT INTO setting VALUES (?, ?)", settings.items())
        connection.execute(
            "INSERT INTO wave (name, number, form, anonymous, state, instrument) "
            "VALUES ('2026-01', 1, 'full', 0, 'open', 'eight_elements@1.0')"
        )


def and_fail(made: Engagement, work: Callable[[], object]) -> None:
    """Work in a transaction that does not come to its end."""
    with made.transaction():
        work()
        raise RuntimeError("stop")


# ---------------------------------------------------------------- on every database


def test_what_is_made_is_there_when_it_is_opened_again(home: Home) -> None:
    made = home.create(organisation="Åse & Søn – “A/S”", language="sv")
    identity = made.id
    made.add_wave(WAVE, form="pulse", anonymous=True, closes_on=date(2026, 11, 1))
    with home.connect() as found:
        assert (found.id, found.organisation, found.language) == (identity, "Åse & Søn – “A/S”", "sv")
        assert found.instrument() == load_instrument("eight_elements", "sv")
        assert found.instrument("en", "eight_elements@1.0") == load_instrument("eight_elements", "en")
        (wave,) = found.waves()
        assert (wave.form, wave.anonymous, wave.state, wave.closes_on) == ("pulse", True, "planned", date(2026, 11, 1))
        assert [entry.event for entry in found.audit()] == ["engagement made", "wave added"]


def test_the_instrument_is_kept_word_for_word(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for path in SELF_SERVICE.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    names = sorted(path.name for path in folder.iterdir())
    language = load_instrument(folder).language
    made = home.create(instrument=str(folder), language=language)
    expected = load_instrument(folder, language)
    for path in folder.iterdir():
        assert made.instrument_files()[path.name] == path.read_bytes()
        path.unlink()
    assert sorted(made.instrument_files()) == names
    with home.connect() as found:
        assert found.instrument() == expected
    with pytest.raises(CxassessError, match="no instrument other@1"):
        made.instrument(reference="other@1")
    with pytest.raises(CxassessError, match=f'{made.path.name}: there is no language "xx"'):
        made.instrument("xx")


def test_waves_have_names_of_their_own(home: Home) -> None:
    made = home.create()
    made.add_wave("Wave 1")
    for name in ("wave  1", " Wave 2", "", "x" * 61, "a\nb"):
        with pytest.raises(CxassessError):
            made.add_wave(name)
    made.add_wave("Wave 2")
    assert [wave.name for wave in made.waves()] == ["Wave 1", "Wave 2"]
    with pytest.raises(CxassessError, match="Use one of: Wave 1, Wave 2"):
        made.wave("Wave 3")


def test_a_wave_whose_last_day_is_over_is_not_opened(home: Home) -> None:
    made = home.create()
    made.add_wave(WAVE, closes_on=date(2026, 10, 6))
    home.clock.move(days=2)
    with pytest.raises(CxassessError, match="last day was 2026-10-06"):
        made.open_wave(WAVE)


TEXTS = {
    "title": {"da": "Din del", "en": "Your part"},
    "lead": "Tak, fordi du svarer.",
    "contact": "Anna, anna@nordvand.dk",
    "next": ["Vi læser", {"sv": "Ni hör av oss"}],
    "did": {
        "title": "Siden sidst",
        "list": [{"said": "Klager ligger", "state": {"da": "Gjort"}, "done": "Nu tager vi dem"}],
    },
}


def test_texts_are_kept_as_they_are(home: Home) -> None:
    made = home.create()
    made.add_wave("1", texts=TEXTS)
    made.add_wave("2")
    assert made.texts("1") == TEXTS
    assert made.texts("2") == {}
    made.set_texts("2", {"title": "<script>alert(1)</script>"})
    assert made.texts("2") == {"title": "<script>alert(1)</script>"}
    made.set_texts("2", {})
    assert made.texts("2") == {}


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"headline": "x"}, ["headline"]),
        ({"title": 3, "lead": "", "next": "x", "did": []}, ["title", "lead", "next", "did"]),
        ({"title": {"no": "x"}}, ["'no'"]),
        ({"did": {"list": [{"said": "x"}]}}, ["lacks a text"]),
        ({"did": {"title": "x"}}, ["no list"]),
        ({"title": "x" * 2001}, ["longer"]),
    ],
)
def test_wrong_texts_are_all_named(home: Home, texts: dict[str, object], words: list[str]) -> None:
    made = home.create()
    made.add_wave("1", texts={"title": "before"})
    with pytest.raises(CxassessError) as caught:
        made.set_texts("1", texts)
    for word in words:
        assert any(word in str(problem) for problem in caught.value.problems), word
    assert made.texts("1") == {"title": "before"}


def test_calls_in_a_transaction_are_committed_together(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    admission = admitted(made, invited.token)
    items = first_items(made, admission)
    other = home.connect()
    with made.transaction():
        made.save(admission, Change(items[0], 1))
        with pytest.raises(Refused):
            made.save(admission, Change(items[0], 2, revision=9))
        made.save(admission, Change(items[1], 3))
        assert other.answers(admission) == {}
    assert {item: answer.level for item, answer in other.answers(admission).items()} == {items[0]: 1, items[1]: 3}
    with pytest.raises(RuntimeError, match="stop"):
        and_fail(made, lambda: made.save(admission, Change(items[2], 3)))
    assert items[2] not in made.answers(admission)


def test_a_call_that_fails_takes_back_only_its_own(home: Home) -> None:
    made = home.create()
    with made.transaction():
        made.add_wave("1")
        with pytest.raises(RuntimeError, match="stop"):
            and_fail(made, lambda: made.add_wave("2"))
        made.add_wave("3")
    assert [wave.name for wave in made.waves()] == ["1", "3"]


# ---------------------------------------------------------------- of SQLite


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.cxa"
    path.write_bytes(b"mine")
    with pytest.raises(CxassessError, match="there already"):
        create_engagement(path, organisation="A")
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("options", [{"organisation": " "}, {"organisation": "A", "instrument": "nothing"}])
def test_what_cannot_be_made_leaves_no_file(tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(CxassessError):
        create_engagement(tmp_path / "a.cxa", **options)
    with pytest.raises(CxassessError):
        create_engagement(tmp_path / "a.cxa", organisation="A", language="xx")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_private_and_durable(tmp_path: Path) -> None:
    with create_engagement(tmp_path / "a.cxa", organisation="A") as made:
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    database = SqliteDatabase(tmp_path / "a.cxa")
    with closing(database):
        values = {
            name: database.execute(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "application_id")
        }
        assert values == {
            "journal_mode": "delete",
            "synchronous": 3,
            "secure_delete": 1,
            "foreign_keys": 1,
            "application_id": APPLICATION_ID,
        }
        made_by = [str(sql) for (sql,) in database.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")]
    assert len(made_by) == sum(one.startswith("CREATE TABLE") for step in STEPS.values() for one in step)
    assert all(sql.endswith("WITHOUT ROWID") and "AUTOINCREMENT" not in sql for sql in made_by)


def test_only_engagements_are_taken_for_one(tmp_path: Path) -> None:
    create_engagement(tmp_path / "a.cxa", organisation="A").close()
    with closing(sqlite3.connect(tmp_path / "other.cxa")) as connection:
        connection.execute("CREATE TABLE x (y)")
    (tmp_path / "text.cxa").write_text("organisation,wave\n")
    (tmp_path / "empty.cxa").write_bytes(b"")
    assert is_engagement(tmp_path / "a.cxa")
    for name in ("other.cxa", "text.cxa", "empty.cxa"):
        assert not is_engagement(tmp_path / name)
        with pytest.raises(CxassessError, match="not an engagement"):
            open_engagement(tmp_path / name)
    assert not is_engagement(tmp_path)
    assert not is_engagement("")
    with pytest.raises(CxassessError, match="no such file"):
        open_engagement(tmp_path / "nothing.cxa")


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_damaged_file_is_said_to_be(tmp_path: Path, place: float) -> None:
    path = tmp_path / "a.cxa"
    with create_engagement(path, organisation="A") as made:
        begin(made, 20)
    content = bytearray(path.read_bytes())
    begin_at = int(len(content) * place)
    content[begin_at : begin_at + 6000] = b"\xff" * 6000
    path.write_bytes(content)
    with pytest.raises(CxassessError, match="backup") as caught:
        open_engagement(path)
    assert "damaged" in str(caught.value)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(CxassessError, match="damaged"):
        open_engagement(path)


def test_an_older_file_is_brought_up_to_date_and_a_copy_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.cxa"
    old_file(path, 1)
    before = tables(path)
    with open_engagement(path) as found:
        assert [wave.name for wave in found.waves()] == ["2026-01"]
        found.add_wave("2026-02")
    later = {"consensus", "action", "note", "erased", "snapshot_erased", "workshop", "rating", "dot", "target", "undo"}
    assert tables(path) - before == later
    copy = tmp_path / "a.cxa.version1"
    assert tables(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    open_engagement(path).close()
    assert sorted(tmp_path.iterdir()) == [path, copy]


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.cxa"
    old_file(path, 1)
    before = tables(path)
    monkeypatch.setitem(STEPS, 2, (*STEPS[2], "CREATE TABLE note (twice TEXT)"))
    with pytest.raises(StorageError):
        open_engagement(path)
    assert tables(path) == before
    monkeypatch.undo()
    open_engagement(path).close()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.cxa", "a.cxa.version1", "a.cxa.version1-1"]


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.cxa"
    old_file(path, VERSION, str(VERSION + 1))
    content = path.read_bytes()
    with pytest.raises(CxassessError, match="newer version of cxassess"):
        open_engagement(path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_steps_lead_to_what_is_made_at_once(tmp_path: Path) -> None:
    create_engagement(tmp_path / "new.cxa", organisation="A").close()
    old_file(tmp_path / "old.cxa", 1)
    open_engagement(tmp_path / "old.cxa").close()

    def schema(name: str) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            return connection.execute("SELECT name, sql FROM sqlite_master WHERE sql <> '' ORDER BY name").fetchall()

    assert schema("old.cxa") == schema("new.cxa")
    database = SqliteDatabase(tmp_path / "new.cxa")
    with closing(database), database.transaction():
        apply_steps(database, VERSION)


def test_everything_of_one_person_carries_a_pseudonym() -> None:
    """What erases a respondent deletes by pseudonym: a table with personal data and without one would be forgotten."""
    shared = {"setting", "instrument_file", "wave", "join_code", "snapshot", "audit", "consensus"}
    shared |= {"erased", "snapshot_erased", "workshop", "rating", "target", "undo"}
    own = set()
    for statements in STEPS.values():
        for statement in statements:
            name = statement.split()[2]
            if statement.startswith("CREATE TABLE"):
                assert ("pseudonym" in statement) != (name in shared), name
                own |= {name} - shared
            else:
                assert statement.startswith(f"ALTER TABLE {name} ADD COLUMN"), statement
    assert own == set(PSEUDONYM_TABLES)


def test_the_store_is_light() -> None:
    """A server that keeps answers needs nothing of what computes with them."""
    code = "import cxassess.engagement, sys; print([n for n in ('pandas', 'numpy', 'scipy') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("’‘`´ʼ' \t\u00a0ÅåßﬁǅΣς")))
def test_names_are_compared_as_in_response_files(text: str) -> None:
    assert name_key(text) == normal_word(text)


def test_another_thread_is_refused_loudly(tmp_path: Path) -> None:
    errors = []
    with create_engagement(tmp_path / "a.cxa", organisation="A") as made:

        def look() -> None:
            try:
                made.waves()
            except sqlite3.ProgrammingError as error:
                errors.append(error)

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert len(errors) == 1


def test_a_file_in_use_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxassess.engagement.database.BUSY_SECONDS", 0.05)
    with create_engagement(tmp_path / "a.cxa", organisation="A") as one, open_engagement(one.path) as other:
        with one.transaction(), pytest.raises(StorageError, match="in use"):
            other.add_wave("x")
        other.add_wave("x")
