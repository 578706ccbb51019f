"""The pool of processes: a call that dies or hangs costs itself only, and nothing outlives the pool."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cxassess.batch.pool import WorkerPool, describe_exit

BEHAVIOUR = """
import os, signal, sys, time
from pathlib import Path

def behave(item):
    kind, value = item
    if kind == "square":
        return value * value
    if kind == "pid":
        return os.getpid()
    if kind == "raise":
        raise ValueError(value)
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "exit":
        os._exit(value)
    if kind == "print":
        print("noise")
        os.write(1, b"noise")
        return value
    if kind == "read":
        return sys.stdin.read()
    if kind == "sleep":
        time.sleep(value)
        return value
"""


@pytest.fixture
def behave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "behaviour.py").write_text(BEHAVIOUR)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("behaviour", None)
    import behaviour

    return behaviour.behave


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def test_every_call_has_one_outcome(behave) -> None:
    with WorkerPool(2) as pool:
        outcomes = list(pool.run(behave, [("square", n) for n in range(50)]))
        again = list(pool.run(behave, [("square", 7)]))
    assert sorted(outcome.result for outcome in outcomes) == [n * n for n in range(50)]
    assert [outcome.result for outcome in again] == [49]
    assert not children()


def test_items_are_taken_only_when_a_worker_is_free(behave) -> None:
    taken = []

    def items():
        for n in range(20):
            taken.append(n)
            yield ("square", n)

    with WorkerPool(1) as pool:
        for done, _ in enumerate(pool.run(behave, items()), 1):
            assert len(taken) <= done + 1


def test_what_goes_wrong_in_a_call_stays_in_it(behave) -> None:
    items = [("square", 2), ("raise", "no meter"), ("die", 0), ("exit", 7), ("print", 5), ("read", 0), ("square", 3)]
    with WorkerPool(2) as pool:
        outcomes = {outcome.item: outcome for outcome in pool.run(behave, items)}
    assert outcomes["square", 2].result == 4
    assert outcomes["square", 3].result == 9
    assert outcomes["print", 5].result == 5
    assert outcomes["read", 0].result == ""
    assert (outcomes["raise", "no meter"].fault.error, outcomes["raise", "no meter"].fault.message) == (
        "ValueError",
        "no meter",
    )
    assert "SIGKILL" in outcomes["die", 0].fault.message
    assert "exit code 7" in outcomes["exit", 7].fault.message
    assert not children()


def test_a_call_that_hangs_is_killed(behave) -> None:
    with WorkerPool(2) as pool:
        items = [("sleep", 60), ("square", 2), ("square", 3)]
        outcomes = {outcome.item: outcome for outcome in pool.run(behave, items, timeout=2)}
        assert outcomes["sleep", 60].fault.error == "Timeout"
        assert outcomes["square", 3].result == 9
        assert [outcome.result for outcome in pool.run(behave, [("square", 4)] * 5)] == [16] * 5
    assert not children()


def test_leaving_in_the_midst_ends_the_work(behave) -> None:
    begun = time.monotonic()
    with WorkerPool(2) as pool:
        next(pool.run(behave, [("square", 1), ("sleep", 60), ("sleep", 60)]))
    assert time.monotonic() - begun < 30
    assert not children()


def test_workers_end_with_their_parent(tmp_path: Path, behave) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import behaviour\nfrom cxassess.batch.pool import WorkerPool\n"
        "with WorkerPool(2) as pool:\n"
        "    for outcome in pool.run(behaviour.behave, [('pid', 0), ('pid', 1), ('sleep', 120), ('sleep', 120)]):\n"
        "        print(outcome.result, flush=True)\n"
    )
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pids = {int(parent.stdout.readline()) for _ in range(2)}
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=20)
    assert not alive


def test_a_pool_that_cannot_start_says_so() -> None:
    with pytest.raises(RuntimeError, match="exit code 1"), WorkerPool(2, modules=["no_such_module"]) as pool:
        list(pool.run(len, ["x"]))


def test_exit_codes_are_said_in_words() -> None:
    assert describe_exit(3) == "exit code 3"
    assert describe_exit(-9) == "killed by SIGKILL"
    assert describe_exit(-99) == "killed by signal 99"
