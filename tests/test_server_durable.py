"""What is acknowledged is stored: whoever kills the server, fills the disk, or writes from two windows."""

from __future__ import annotations

import asyncio
import http.client
import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from builders_server import ROLE, Server, Visitor, serve, write_engagement

from cxassess.engagement import Change, Engagement, Refused, Saved, StorageError, open_engagement
from cxassess.errors import CxassessError
from cxassess.questionnaire.server.keeper import Busy, Desk, Keeper
from cxassess.questionnaire.server.lock import FileLock

KILLS = int(os.environ.get("CXASSESS_KILLS", "3"))
WRITERS = 8


# -------------------------------------------------------------------------------------------------- killed under load


@dataclass
class Writer:
    """A respondent who changes answers as fast as they are acknowledged, and remembers what was."""

    visitor: Visitor
    count: int = 0
    acknowledged: dict[str, tuple[int, str]] = field(default_factory=dict)
    sent: dict[str, set[str]] = field(default_factory=dict)  # since the last acknowledgement

    def write(self, stop: threading.Event) -> None:
        """Write until told to stop, or until the server is gone."""
        self.visitor.connection = http.client.HTTPConnection("127.0.0.1", self.visitor.port, timeout=60)
        try:
            while not stop.is_set():
                self.count += 1
                item = self.visitor.items[self.count % len(self.visitor.items)]
                revision = self.acknowledged.get(item, (0, ""))[0]
                comment = f"number {self.count}"
                self.sent.setdefault(item, set()).add(comment)
                reply = self.visitor.save(item, 1 + self.count % 5, comment=comment, revision=revision)
                if reply["kind"] == "refused":  # an answer whose acknowledgement was lost is stored
                    assert reply["code"] == "conflict"
                    self.acknowledged[item] = (reply["answer"]["revision"], reply["answer"]["comment"])
                else:
                    self.acknowledged[item] = (reply["revision"], comment)
                self.sent[item].clear()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            self.visitor.connection.close()


def check(path: Path, tokens: list[str], writers: list[Writer]) -> None:
    """Fail unless all that was acknowledged is in the file, and the file is whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with open_engagement(path) as engagement:
        for token, writer in zip(tokens, writers, strict=True):
            admission = engagement.admit(token)
            assert admission is not None
            stored = engagement.answers(admission)
            for item, (revision, comment) in writer.acknowledged.items():
                found = stored[item]
                assert found.revision in (revision, revision + 1), item
                assert found.comment in ({comment} if found.revision == revision else writer.sent[item]), item


@pytest.mark.slow
def test_killed_under_load_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    tokens = write_engagement(path, WRITERS)
    chance = random.Random(4)
    folder = tmp_path / "server"
    folder.mkdir()
    server = Server([path], folder)
    writers: list[Writer] = []
    total = 0
    try:
        for _ in range(KILLS):
            server.start()
            if not writers:
                writers = [Writer(Visitor.open(server.port, token)) for token in tokens]
            before = sum(writer.count for writer in writers)
            stop = threading.Event()
            threads = [threading.Thread(target=writer.write, args=(stop,)) for writer in writers]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.1, 0.8))
            server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            total += sum(writer.count for writer in writers) - before - len(writers)
            check(path, tokens, writers)
        assert total > 5 * KILLS
        server.start()
        assert Visitor.open(server.port, tokens[0]).answers
    finally:
        server.kill()
    print(f"{KILLS} kills, {total} answers acknowledged, none lost")


# -------------------------------------------------------------------------------------------------------- a full disk


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a file system of a few bytes."""
    if os.getuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs the right to mount a small file system")
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("a file system can't be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(path: Path) -> None:
    """Write a file until the disk is full."""
    with path.open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(b"x" * 4096):
            pass


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4_000_000) as disk:
        path = disk / "acme.cxa"
        (token,) = write_engagement(path, 1)
        with serve([path], tmp_path / "server") as server:
            visitor = Visitor.open(server.port, token)
            first, second = visitor.items[:2]
            assert visitor.save(first, 3, comment="kept")["revision"] == 1
            fill(disk / "ballast")
            lost = [visitor.post([visitor.message(second, 2, comment="y" * 4000)]) for _ in range(3)]
            assert {reply.status for reply in lost} == {503}
            assert lost[0].json == {"code": "not_saved"}
            assert lost[0].headers["Retry-After"]
            assert "the disk is full" in server.log
            (disk / "ballast").unlink()
            assert Visitor.open(server.port, token).answers[first]["comment"] == "kept"
            assert second not in Visitor.open(server.port, token).answers
            assert visitor.save(second, 2, comment="y" * 4000)["revision"] == 1
            assert server.stop() == 0
            assert "Traceback" not in server.log
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# --------------------------------------------------------------------------------------------------------- two windows


@pytest.mark.slow
def test_two_windows_lose_none_of_800_increments(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    (token,) = write_engagement(path, 1)
    with serve([path], tmp_path / "server") as server:
        windows = [Visitor.open(server.port, token) for _ in range(2)]
        item = windows[0].items[0]
        conflicts = []

        def increment(window: Visitor, name: str) -> None:
            window.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            count = revision = done = 0
            while done < 400:
                reply = window.save(item, 3, comment=f"{count + 1} {name}", revision=revision)
                if reply["kind"] == "ack":
                    count, revision, done = count + 1, reply["revision"], done + 1
                else:
                    conflicts.append(reply["code"])
                    count, revision = int(reply["answer"]["comment"].split()[0]), reply["answer"]["revision"]
            window.connection.close()

        threads = [threading.Thread(target=increment, args=pair) for pair in zip(windows, "ab", strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(conflicts) == {"conflict"}
        stored = Visitor.open(server.port, token).answers[item]
    assert stored["revision"] == 800
    assert stored["comment"].split()[0] == "800"


# ---------------------------------------------------------------------------------------------------- the one thread


@dataclass
class Kept:
    """A keeper, its file, and the token of one respondent."""

    keeper: Keeper
    path: Path
    token: str

    def stored(self) -> dict[str, int | None]:
        """Return what is in the file."""
        with open_engagement(self.path) as engagement:
            admission = engagement.admit(self.token)
            assert admission is not None
            return {item: answer.level for item, answer in engagement.answers(admission).items()}

    def save(self, item: str, level: int) -> Work:
        """Return the work of saving an answer."""

        def work(desk: Desk) -> Saved:
            admission = desk.engagement.admit(self.token)
            assert admission is not None
            return desk.engagement.save(admission, Change(item, level))

        return work


Work = Callable[[Desk], Any]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    path = tmp_path / "acme.cxa"
    (token,) = write_engagement(path, 1)
    keeper = Keeper(path)
    yield Kept(keeper, path, token)
    keeper.stop()


def together(kept: Kept, *works: tuple[Work, bool]) -> list[Any]:
    """Have works wait until all are there, and return their results or errors in order."""
    gate = threading.Event()

    async def give() -> list[Any]:
        asyncio.get_running_loop().call_later(0.05, gate.set)
        waiting = kept.keeper.read(lambda desk: gate.wait(60))
        calls = [kept.keeper.write(work) if writes else kept.keeper.read(work) for work, writes in works]
        return (await asyncio.gather(waiting, *calls, return_exceptions=True))[1:]

    return asyncio.run(give())


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the transactions that the keeper begins."""
    begun: list[int] = []
    plain = Engagement.transaction

    def counted(self: Engagement) -> AbstractContextManager[None]:
        begun.append(1)
        return plain(self)

    monkeypatch.setattr(Engagement, "transaction", counted)
    return begun


def items_of(kept: Kept) -> list[str]:
    with open_engagement(kept.path) as engagement:
        return [item.id for item in engagement.instrument().items_for(ROLE)]


def test_what_waits_is_committed_together_and_a_refusal_touches_no_other(kept: Kept, commits: list[int]) -> None:
    items = items_of(kept)

    def fault(desk: Desk) -> None:
        kept.save(items[9], 1)(desk)
        raise ValueError("a fault of ours")

    works = [(kept.save(item, 2), True) for item in items[:8]]
    works[3:3] = [(kept.save("no_such", 2), True), (fault, True), (kept.save(items[0], 99), True)]
    results = together(kept, *works)
    assert len(commits) == 1
    assert [type(result) for result in results[3:6]] == [Refused, ValueError, Refused]
    assert [result.revision for result in results[:3] + results[6:]] == [1] * 8
    assert set(items[:8]) <= set(kept.stored())


def test_when_the_disk_fails_nothing_is_acknowledged_and_nobody_is_shown_it(kept: Kept) -> None:
    items = items_of(kept)

    def full(desk: Desk) -> None:
        raise StorageError.single("disk", "the disk is full", "Make room.")

    def look(desk: Desk) -> dict[str, Any]:
        admission = desk.engagement.admit(kept.token)
        assert admission is not None
        return desk.engagement.answers(admission)

    results = together(
        kept, (kept.save(items[0], 2), True), (look, False), (full, True), (kept.save(items[1], 2), True)
    )
    assert [type(result) for result in results] == [StorageError, dict, StorageError, StorageError]
    assert results[1] == {}
    assert kept.stored() == {}
    assert together(kept, (kept.save(items[0], 2), True))[0].revision == 1


def test_the_end_finishes_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    (token,) = write_engagement(path, 1)
    kept = Kept(Keeper(path), path, token)
    items = items_of(kept)

    async def give() -> None:
        calls = [asyncio.ensure_future(kept.keeper.write(kept.save(item, 4))) for item in items[:20]]
        await asyncio.sleep(0)
        await asyncio.to_thread(kept.keeper.stop)
        await asyncio.gather(*calls)

    asyncio.run(give())
    assert kept.stored() == dict.fromkeys(items[:20], 4)
    with pytest.raises(Busy):
        asyncio.run(kept.keeper.write(kept.save(items[0], 5)))


def test_a_lock_is_one_holders_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    lock = FileLock(path)
    with pytest.raises(CxassessError, match="another server"):
        FileLock(path)
    lock.release()
    FileLock(path).release()
    assert not list(tmp_path.iterdir())
    with pytest.raises(CxassessError, match="can’t be locked"):
        FileLock(tmp_path / "none" / "acme.cxa")
