"""Whatever is killed, nothing is left running, and the next kernel starts."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from builders_kernels import (
    FORKED,
    LINUX,
    ask,
    install_kernels,
    is_running,
    make_notebook,
    run,
    started,
    wait_for,
    write_kernelspec,
)
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from cxassess.kernels import adopt_zygote, folders, share_zygote
from cxassess.kernels.nursery import NURSERY

pytestmark = LINUX
ZYGOTE = "__import__('os').getppid()"

# Starts two kernels, one of which has a child, says which processes there are, and does what it was asked.
OWNER = """
import json, os, sys, time
sys.path.insert(0, sys.argv[1])
from builders_kernels import ask, started

with started() as (one, client), started() as (two, _):
    client.execute("import subprocess; child = subprocess.Popen(['sleep', '600'])", reply=True, timeout=30)
    found = {"zygote": ask(client, "__import__('os').getppid()"), "child": ask(client, "child.pid")}
    found |= {"one": one.provisioner.pid, "two": two.provisioner.pid, "folder": os.path.dirname(one.ip)}
    if sys.argv[2] == "fork" and os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    print(json.dumps(found), flush=True)
    if sys.argv[2] == "leave":
        sys.exit()
    time.sleep(60)
"""


@pytest.fixture(scope="module", autouse=True)
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with install_kernels(tmp_path_factory.mktemp("jupyter")) as data:
        yield data


@pytest.fixture
def private_tmp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give owners a folder of their own for temporary files: a short one, sockets are to be in it."""
    with tempfile.TemporaryDirectory(prefix="cxt-") as name:
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


def start_owner(what: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    command = [sys.executable, "-c", OWNER, str(Path(__file__).parent), what]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert owner.stdout is not None
    return owner, json.loads(owner.stdout.readline())


def finish(owner: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(owner.pid, signal.SIGKILL)
    owner.wait()
    assert owner.stdout is not None
    owner.stdout.close()


@pytest.mark.parametrize("what", ["killed", "leave", "fork"])
def test_everything_ends_with_the_owner(what: str, private_tmp: Path) -> None:
    owner, found = start_owner(what)
    try:
        if what != "leave":
            os.kill(owner.pid, signal.SIGKILL)
        owner.wait()
        left = [found[name] for name in ("zygote", "one", "two", "child")]
        assert wait_for(lambda: not any(map(is_running, left)), 5)
        assert wait_for(lambda: not list(private_tmp.glob("cxk-*")), 5)
    finally:
        finish(owner)


def test_kernels_end_with_a_killed_zygote_and_the_next_start_tidies_up(private_tmp: Path) -> None:
    owner, found = start_owner("killed")
    try:
        os.kill(owner.pid, signal.SIGSTOP)  # so that it can't do anything about it
        os.kill(found["zygote"], signal.SIGKILL)
        assert wait_for(lambda: not is_running(found["one"]) and not is_running(found["two"]), 2)
        assert folders.remove_abandoned(private_tmp) == []  # the owner lives
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()
        assert Path(found["folder"]).is_dir()
        assert folders.remove_abandoned(private_tmp) == [Path(found["folder"])]
        assert not list(private_tmp.iterdir())
    finally:
        finish(owner)
        if is_running(found["child"]):  # it had lost its group's owner: as with any kernel that is killed
            os.kill(found["child"], signal.SIGKILL)


def test_only_own_abandoned_folders_are_removed(tmp_path: Path) -> None:
    for name in ("cxk-open", "cxk-new", "cxk-held", "cxk-left", "other"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / "cxk-open").chmod(0o755)
    for name in ("cxk-open", "cxk-held", "cxk-left", "other"):
        (tmp_path / name / "lock").touch()
    (tmp_path / "cxk-link").symlink_to(tmp_path / "other")
    (tmp_path / "cxk-old").mkdir(mode=0o700)
    os.utime(tmp_path / "cxk-old", (time.time() - 100,) * 2)
    with (tmp_path / "cxk-held" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        removed = folders.remove_abandoned(tmp_path)
    assert {path.name for path in removed} == {"cxk-left", "cxk-old"}
    assert {path.name for path in tmp_path.iterdir()} == {"cxk-open", "cxk-new", "cxk-held", "other", "cxk-link"}


def test_zygote_killed_in_the_middle_of_a_cell(tmp_path: Path) -> None:
    killer = make_notebook("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass", "1")
    with pytest.raises(DeadKernelError):
        NotebookClient(killer, kernel_name=FORKED).execute()
    assert run(make_notebook("1"), FORKED, tmp_path)[1] == ""


MODULE = "from pathlib import Path\nvalue = 1\ndata = Path(__file__).with_name('d.txt').read_text()"


def test_kernels_go_on_when_a_preloaded_file_changes(
    kernels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "cx_preloaded"
    package.mkdir()
    (package / "__init__.py").write_text(MODULE)
    (package / "d.txt").write_text("old")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    write_kernelspec(kernels, "changing", preload=["cx_preloaded"])
    seen = "__import__('cx_preloaded').value, __import__('cx_preloaded').data"
    with started("changing") as (_, first):
        old = ask(first, ZYGOTE)
        (package / "__init__.py").write_text(MODULE.replace("value = 1", "value = 22"))
        with started("changing") as (_, second):
            assert ask(second, ZYGOTE) != old
            assert ask(second, seen) == (22, "old")
        (package / "d.txt").write_text("newer")
        with started("changing") as (_, third):
            assert ask(third, seen) == (22, "newer")
        assert ask(first, seen) == (1, "old")
        assert is_running(old)
    assert wait_for(lambda: not is_running(old))


def use_shared(shared: Any, pipe: Any) -> None:
    """Start a kernel in a worker process, say who runs it, and go on when told to."""
    adopted = adopt_zygote(shared)
    manager, client = start_new_kernel(kernel_name=FORKED)
    pipe.send((adopted, ask(client, ZYGOTE), manager.provisioner.pid))
    pipe.recv()
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager, client = start_new_kernel(kernel_name=FORKED)
    pipe.send((ask(client, ZYGOTE), ask(client, "1 + 1")))
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def start_worker(method: str, shared: Any) -> tuple[Any, Any]:
    context = multiprocessing.get_context(method)
    mine, theirs = context.Pipe()
    worker = context.Process(target=use_shared, args=(shared, theirs))
    worker.start()
    theirs.close()
    return worker, mine


def test_workers_share_a_zygote_and_one_may_be_killed() -> None:
    shared = share_zygote(FORKED)
    assert shared is not None
    workers = [start_worker("spawn", shared) for _ in range(2)]
    told = [pipe.recv() for _, pipe in workers]
    with started() as (_, client):
        zygote = ask(client, ZYGOTE)
        assert [(adopted, parent) for adopted, parent, _ in told] == [(True, zygote)] * 2
        workers[0][0].kill()
        assert wait_for(lambda: not is_running(told[0][2]), 5)
        assert is_running(told[1][2])
        assert ask(client, "1 + 1") == 2
    workers[1][1].send("go on")
    assert workers[1][1].recv() == (zygote, 2)
    for worker, pipe in workers:
        worker.join()
        pipe.close()


def test_worker_starts_its_own_zygote_when_the_shared_one_dies() -> None:
    shared = share_zygote(FORKED)
    worker, pipe = start_worker("spawn", shared)
    _, zygote, kernel = pipe.recv()
    os.kill(zygote, signal.SIGKILL)
    assert wait_for(lambda: not is_running(kernel), 5)
    pipe.send("go on")
    own, answer = pipe.recv()
    assert (own != zygote, answer) == (True, 2)
    worker.join()
    pipe.close()
    assert wait_for(lambda: not is_running(own), 5)
    assert adopt_zygote(shared) is False


def test_nothing_to_share_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    assert share_zygote("no-such-kernel") is None
    assert adopt_zygote(None) is False
    assert "ordinary way" in caplog.text


def test_zygote_reaps_kernels_and_closes_what_it_opened() -> None:
    with started() as (_, client):
        zygote = ask(client, ZYGOTE)
    before = count_open(zygote), count_open(os.getpid())
    for _ in range(20):
        with started():
            pass
    assert (count_open(zygote), count_open(os.getpid())) == before
    assert children(zygote) == []


@pytest.mark.heavy
@pytest.mark.slow
def test_many_kernels_leave_nothing_behind() -> None:
    """``CXASSESS_KERNELS`` sets how many; the first hundred only warm everything up."""
    with started() as (_, client):
        zygote = ask(client, ZYGOTE)
    folder = Path(NURSERY.socket_folder())

    def state() -> tuple[int, int, int, int]:
        return count_open(zygote), count_open(os.getpid()), resident(zygote), resident(os.getpid())

    for _ in range(25):
        start_together(4)
    middle = state()
    for _ in range((int(os.environ.get("CXASSESS_KERNELS", "300")) - 100) // 4):
        start_together(4)
    end = state()
    assert end[:2] == middle[:2]
    assert end[2] - middle[2] < 4_000
    assert end[3] - middle[3] < 20_000
    assert children(zygote) == []
    assert {path.name.split("-")[0] for path in folder.iterdir()} <= {"lock", "zygote.log", "zygote"}


def start_together(number: int) -> None:
    all_of_them = [start_new_kernel(kernel_name=FORKED) for _ in range(number)]
    for manager, client in all_of_them:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def count_open(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def resident(pid: int) -> int:
    """Return a process's resident memory in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
