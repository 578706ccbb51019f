"""What was acknowledged is there: after kill −9 at any moment, and on a full disk."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from builders_engagement import WAVE, admitted, answer_all, begin, first_items

from cxassess.engagement import Change, SavedAnswer, StorageError, create_engagement, open_engagement
from cxassess.engagement.database import SqliteDatabase

#: How often the writer is killed; more by hand, e.g. CXASSESS_KILLS=200.
KILLS = int(os.environ.get("CXASSESS_KILLS", "6"))

WRITER = """
import sys
from cxassess.engagement import Change, SavedAnswer, open_engagement

path, token = sys.argv[1:]
with open_engagement(path) as engagement:
    admission = engagement.admit(token)
    items = [item.id for item in engagement.instrument().items_for(admission.role)]
    stored = {item: engagement.answers(admission).get(item, SavedAnswer()) for item in items}
    revisions = {item: answer.revision for item, answer in stored.items()}
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        item = items[number % len(items)]
        seen = revisions[item]
        change = Change(item, 1 + seen % 5, comment="x" * 900 + str(seen + 1), revision=seen)
        revisions[item] = engagement.save(admission, change).revision
        print(item, revisions[item], flush=True)
"""


def check_whole(path: Path) -> None:
    database = SqliteDatabase(path)
    with closing(database):
        assert database.execute("PRAGMA integrity_check") == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check") == []


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.cxa"
    with create_engagement(path, organisation="A") as made:
        (invited,) = begin(made, 1)
    rng = random.Random(5)
    acknowledged: dict[str, int] = {}
    total = in_the_middle = 0
    for _ in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), invited.token], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.005, 0.4))
        writer.send_signal(signal.SIGKILL)
        lines = [line.split() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
        in_the_middle += Path(f"{path}-journal").exists()
        for item, revision in lines:
            acknowledged[item] = max(int(revision), acknowledged.get(item, 0))
        total += len(lines)
        check_whole(path)
        with open_engagement(path) as found:
            answers = found.answers(admitted(found, invited.token))
        for item, revision in acknowledged.items():
            stored = answers[item]
            assert stored.revision in {revision, revision + 1}, "the last one may not have been acknowledged any more"
            assert stored == SavedAnswer(
                1 + (stored.revision - 1) % 5, comment="x" * 900 + str(stored.revision), revision=stored.revision
            )
            acknowledged[item] = stored.revision
    assert total > KILLS, "the writers got round to writing"
    print(f"{KILLS} kills, {in_the_middle} in the middle of a commit, {total} acknowledged, 0 lost")


@pytest.fixture
def small_disk(tmp_path: Path):
    if os.getuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs the right to mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk], check=False).returncode:
        pytest.skip("a file system can't be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_said_and_nothing_is_lost(small_disk: Path) -> None:
    path = small_disk / "a.cxa"
    with create_engagement(path, organisation="A") as made:
        invited = begin(made, 40)
        saved: dict[tuple[str, str], SavedAnswer] = {}
        told: StorageError | None = None
        for number, one in enumerate(invited):
            admission = admitted(made, one.token)
            for item in first_items(made, admission):
                change = Change(item, 1 + number % 5, comment=f"{number} {item} " + "å" * 1200)
                try:
                    revision = made.save(admission, change).revision
                except StorageError as error:
                    told = error
                    break
                saved[one.token, item] = SavedAnswer(change.level, None, "", change.comment, revision)
            if told:
                break
        assert told is not None, "the disk was not full"
        assert "the disk is full" in str(told)
        assert "Nothing that was saved before is lost" in told.problems[0].remedy
        assert len(saved) > 20
        with pytest.raises(StorageError, match="full"):
            made.add_wave("x", texts={"lead": "x" * 2000, "contact": "y" * 2000, "next": ["z" * 2000] * 20})

        def look(engagement) -> dict[tuple[str, str], SavedAnswer]:
            return {
                (one.token, item): answer
                for one in invited
                for item, answer in engagement.answers(admitted(engagement, one.token)).items()
            }

        assert look(made) == saved
        check_whole(path)
        with open_engagement(path) as other:
            assert look(other) == saved
        subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
        answer_all(made, invited[-1].token)
        made.close_wave(WAVE)
        assert len(made.responses().answers) == 1
    check_whole(path)


def test_a_transaction_that_the_full_disk_ended_stores_nothing_more(small_disk: Path) -> None:
    """Whoever goes on after a fault within a group would store halves: that is refused until the group is done anew."""
    with create_engagement(small_disk / "a.cxa", organisation="A") as made:
        invited = begin(made, 4)
        admissions = [admitted(made, one.token) for one in invited]
        items = first_items(made, admissions[0])
        faults: list[StorageError] = []
        made._store.database.execute("PRAGMA cache_size = 5")  # so that the disk is needed before the end

        def save_all() -> None:
            with made.transaction():
                for admission in admissions:
                    for item in items:
                        if item not in first_items(made, admission):
                            continue
                        try:
                            made.save(admission, Change(item, 2, comment="å" * 4000))
                        except StorageError as error:
                            faults.append(error)

        with pytest.raises(StorageError):
            save_all()
        assert len(faults) > 1
        assert [made.answers(admission) for admission in admissions] == [{}] * 4
        made.save(admissions[0], Change(items[0], 2))
    check_whole(small_disk / "a.cxa")


def test_an_engagement_is_not_half_made_on_a_full_disk(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 500_000)
    with pytest.raises(StorageError, match="full"):
        create_engagement(small_disk / "a.cxa", organisation="A")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
