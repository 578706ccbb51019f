"""Copies: made while others write, found whole or not, and put back."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest
from builders_engagement import ORGANISATION, WAVE, StillClock, admitted, answer_all, begin, first_items
from builders_keeping import fill_wave, make_known, read_tables
from click.testing import CliRunner

from cxassess.cli import main
from cxassess.engagement import (
    Admission,
    Change,
    Engagement,
    StorageError,
    back_up,
    create_engagement,
    open_engagement,
    restore,
    verify_engagement,
)
from cxassess.errors import CxassessError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "acme.cxa"
    with create_engagement(path, organisation=ORGANISATION, language="da", clock=StillClock()) as made:
        fill_wave(made, make_known(8), WAVE)
        made.close_wave(WAVE)
    return path


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def say(*arguments: object, code: int = 0, given: str | None = None) -> str:
    result = CliRunner().invoke(main, ["engagement", *map(str, arguments)], input=given)
    assert result.exit_code == code, result.output
    return result.output


# ------------------------------------------------------------------------------------------------------------- backup


def test_a_backup_is_the_same_private_and_alone(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.cxa"
    found = back_up(path, out)
    assert (found.organisation, found.waves, found.people, found.snapshots, found.problems) == (
        ORGANISATION,
        1,
        8,
        1,
        (),
    )
    assert found.answers == 32
    assert read_tables(out) == read_tables(path)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert names(tmp_path) == ["acme.cxa", "copy.cxa"]
    with open_engagement(out) as copy, open_engagement(path) as own:
        assert copy.id == own.id
        assert copy.responses().answers.equals(own.responses().answers)


def test_nothing_is_overwritten_or_left_half_made(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.cxa"
    out.write_text("mine")
    with pytest.raises(CxassessError, match="there already"):
        back_up(path, out)
    with pytest.raises(CxassessError, match="no such folder"):
        back_up(path, tmp_path / "nowhere" / "copy.cxa")
    assert out.read_text() == "mine"
    assert names(tmp_path) == ["acme.cxa", "copy.cxa"]


def test_a_backup_that_would_not_be_whole_is_not_made(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE snapshot_answer SET level = 1 + level % 5 WHERE item = (SELECT MIN(item) FROM answer)"
        )
    with pytest.raises(CxassessError, match=r"acme.cxa: Snapshot 1 .* not as it was frozen"):
        back_up(path, tmp_path / "copy.cxa")
    assert names(tmp_path) == ["acme.cxa"]


def test_a_backup_while_a_thousand_answers_are_written_is_of_one_moment(tmp_path: Path) -> None:
    """Each respondent's two answers are always changed together: a copy between the two would tell them apart."""
    path = tmp_path / "acme.cxa"
    with create_engagement(path, organisation=ORGANISATION) as made:
        tokens = [one.token for one in begin(made, 10)]
    faults: list[BaseException] = []
    written = 0
    enough = threading.Event()

    def save_both(engagement: Engagement, admission: Admission, items: list[str], revision: int) -> None:
        while True:
            with suppress(StorageError), engagement.transaction():  # the disk was slow: said, and tried again
                for item in items:
                    change = Change(item, 1 + revision % 5, comment=f"nr. {revision}", revision=revision)
                    engagement.save(admission, change)
                return

    def write() -> None:
        nonlocal written
        try:
            with open_engagement(path) as engagement:
                admissions = [admitted(engagement, token) for token in tokens]
                items = {one.role: first_items(engagement, one)[:2] for one in admissions}
                for revision in count():
                    for admission in admissions:
                        save_both(engagement, admission, items[admission.role], revision)
                        written += 2
                    if enough.is_set():
                        return
        except BaseException as error:  # told by the test
            faults.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    copies = []
    try:
        while (written < 1000 or len(copies) < 5) and writer.is_alive():
            copies.append(tmp_path / f"copy{len(copies)}.cxa")
            assert back_up(path, copies[-1]).problems == ()
    finally:
        enough.set()
        writer.join()
    assert not faults
    seen = set()
    for copy in copies:
        rows = read_tables(copy)["answer"]
        by_person: dict[object, set[tuple[object, ...]]] = {}
        for _, pseudonym, _, level, _, _, comment, revision in rows:
            by_person.setdefault(pseudonym, set()).add((level, comment, revision))
        assert all(len(said) == 1 for said in by_person.values())
        revisions = sorted(revision for said in by_person.values() for _, _, revision in said)
        assert not revisions or revisions[-1] - revisions[0] <= 1, "everybody in turn"
        seen.add(sum(revisions))
    assert len(seen) > 2, "the copies were made in the middle of it"


# ------------------------------------------------------------------------------------------------------------- verify


def damage(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE answer SET level = 9 WHERE item = (SELECT MIN(item) FROM answer)", "none that could have been given"),
        ("UPDATE answer SET flag = 'dont_know'", "none that could have been given"),
        ("UPDATE answer SET revision = 0", "no revision"),
        ("UPDATE snapshot SET respondents = 7", "not as it was frozen"),
        ("DELETE FROM snapshot_answer WHERE pseudonym = (SELECT MIN(pseudonym) FROM person)", "not as it was frozen"),
        ("UPDATE snapshot SET digest = 'x'", "not as it was frozen"),
        ("DELETE FROM audit WHERE event = 'invited'", "Entries are missing from the audit trail"),
        ("UPDATE audit SET event = 'wave opened' WHERE event = 'wave frozen'", "not those of the audit trail"),
        ("UPDATE wave SET state = 'open', name = name WHERE 0 = (SELECT 0)", ""),
        ("UPDATE wave SET anonymous = 1", "somebody is linked"),
        ("UPDATE wave SET instrument = 'other@2'", "instrument other@2 can’t be read"),
        ("DELETE FROM setting WHERE name = 'id'", "The setting id is missing"),
        ("DELETE FROM invitation WHERE pseudonym = (SELECT MIN(pseudonym) FROM person)", "rows refer to rows"),
        ("UPDATE setting SET value = '99' WHERE name = 'schema'", "Install a newer cxassess"),
    ],
)
def test_what_is_wrong_is_found(path: Path, statement: str, said: str) -> None:
    assert "whole: " in say("verify", path)
    before = path.read_bytes()
    damage(path, statement)
    changed = path.read_bytes()
    if said:
        assert said in say("verify", path, code=2)
    else:
        assert "whole: " in say("verify", path)
    assert path.read_bytes() == changed != before or not said


def test_damage_of_the_file_is_found(path: Path) -> None:
    whole = path.read_bytes()
    page = 4096
    found = 0
    for number in range(1, len(whole) // page):
        path.write_bytes(whole[: number * page] + os.urandom(page) + whole[(number + 1) * page :])
        found += bool(verify_engagement(path).problems)
    assert found == len(whole) // page - 1
    path.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in say("verify", path, code=2)
    path.write_bytes(b"SQLite format 3\0 or not")
    assert "This is not an engagement" in say("verify", path, code=2)
    path.unlink()
    assert "no such file" in say("verify", path, code=2)


# ------------------------------------------------------------------------------------------------------------ restore


def test_what_is_restored_is_what_was_backed_up(path: Path, tmp_path: Path) -> None:
    back_up(path, tmp_path / "copy.cxa")
    then = read_tables(path)
    with open_engagement(path) as own:
        own.add_wave("later")
    assert "there already" in say("restore", tmp_path / "copy.cxa", path, code=2)
    said = say("restore", tmp_path / "copy.cxa", path, "--replace")
    assert "acme.cxa.replaced-1" in said
    assert "no ledger" in said
    now = read_tables(path)
    assert {event for _, _, event, *_ in now.pop("audit") - then.pop("audit")} == {"restored from a backup"}
    assert now == then
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_engagement(tmp_path / "acme.cxa.replaced-1") as kept:
        assert [wave.name for wave in kept.waves()] == [WAVE, "later"]
    assert names(tmp_path) == ["acme.cxa", "acme.cxa.replaced-1", "copy.cxa"]
    assert verify_engagement(path).problems == ()


def test_a_damaged_file_is_replaced_and_its_journal_does_not_stay(path: Path, tmp_path: Path) -> None:
    """A journal that stays would be taken for that of the restored file, and played back into it."""
    back_up(path, tmp_path / "copy.cxa")
    path.write_bytes(os.urandom(8192))
    journal = tmp_path / "acme.cxa-journal"
    journal.write_bytes(os.urandom(512))
    restore(tmp_path / "copy.cxa", path, replace=True)
    assert not journal.exists()
    assert names(tmp_path) == ["acme.cxa", "acme.cxa.replaced-1", "copy.cxa"]
    assert verify_engagement(path).problems == ()


def test_a_backup_that_is_no_good_is_not_restored(path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    back_up(path, tmp_path / "copy.cxa")
    damage(tmp_path / "copy.cxa", "UPDATE snapshot SET digest = 'x'")
    assert "not as it was frozen" in say("restore", tmp_path / "copy.cxa", path, "--replace", code=2)
    with create_engagement(tmp_path / "other.cxa", organisation="B") as other:
        begin(other, 1)
    assert "another engagement" in say("restore", tmp_path / "other.cxa", path, "--replace", code=2)
    assert path.read_bytes() == before
    assert names(tmp_path) == ["acme.cxa", "copy.cxa", "other.cxa"]


def test_an_engagement_that_is_served_is_not_replaced(path: Path, tmp_path: Path) -> None:
    from cxassess.questionnaire.server.lock import FileLock

    back_up(path, tmp_path / "copy.cxa")
    lock = FileLock(path)
    try:
        assert "another server has this engagement open" in say(
            "restore", tmp_path / "copy.cxa", path, "--replace", code=2
        )
    finally:
        lock.release()


def test_whoever_answers_goes_on_after_a_restore(path: Path, tmp_path: Path) -> None:
    with open_engagement(path) as own:
        token = begin(own, 1, "next")[0].token
        answer_all(own, token, submit=False)
    back_up(path, tmp_path / "copy.cxa")
    path.unlink()
    restore(tmp_path / "copy.cxa", path)

    def look(engagement: Engagement) -> object:
        return engagement.answers(admitted(engagement, token))

    with open_engagement(path) as own, open_engagement(tmp_path / "copy.cxa") as copy:
        assert look(own) == look(copy) != {}
        own.submit(admitted(own, token))
