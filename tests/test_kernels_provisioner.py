"""Forked kernels under the managers that Jupyter's programs use: start, interrupt, restart, end, limits, fallbacks."""

from __future__ import annotations

import ast
import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_kernels import (
    ARGV,
    FORKED,
    LINUX,
    ask,
    install_kernels,
    is_running,
    kernel_environment,
    run_cells,
    started,
    wait_for,
    write_kernelspec,
)
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.ioloop import AsyncIOLoopKernelManager
from jupyter_client.manager import AsyncKernelManager, KernelManager

from cxassess.kernels import feasibility, provisioner
from cxassess.kernels.client import PromptClient
from cxassess.kernels.process import ForkedProcess

pytestmark = LINUX
IS_FORKED = "'kernels.zygote' in open(f'/proc/{__import__(\"os\").getppid()}/cmdline').read()"


@pytest.fixture(scope="module", autouse=True)
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with install_kernels(tmp_path_factory.mktemp("jupyter")) as data:
        yield data


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Let tests of the ordinary way say so, unheard by the other tests."""
    texts: set[str] = set()
    monkeypatch.setattr(provisioner, "_said", texts)
    return texts


def test_kernel_is_forked() -> None:
    with started() as (manager, client):
        assert ask(client, IS_FORKED) is True
        assert isinstance(manager.provisioner.process, ForkedProcess)
        assert manager.transport == "ipc"
        assert manager.provisioner.pid == ask(client, "__import__('os').getpid()")


def test_what_is_set_on_managers_exists() -> None:
    """These attributes are not in jupyter_client's documentation: without them a kernel would start, but slower."""
    for kind in (KernelManager, AsyncKernelManager, AsyncIOLoopKernelManager):
        assert {"transport", "ip", "cache_ports", "client_factory"} <= set(kind.class_trait_names())
        assert isinstance(kind.ports, property)
    assert AsyncKernelManager().client_factory is AsyncKernelClient
    assert asyncio.iscoroutinefunction(AsyncKernelClient.wait_for_ready)


def test_sockets_are_in_a_private_folder() -> None:
    with started() as (manager, client):
        folder = Path(manager.ip).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(list(folder.glob(f"{Path(manager.ip).name}-*"))) == 5
        assert ask(client, "open('/proc/net/tcp').read() != ''") is True
    assert not list(folder.glob(f"{Path(manager.ip).name}-*"))


def test_running_cell_can_be_interrupted() -> None:
    with started() as (manager, client):
        asked = client.execute("import time\nprint('begins', flush=True)\ntime.sleep(60)", stop_on_error=False)
        while client.get_iopub_msg(timeout=30)["content"].get("text") != "begins\n":
            pass
        manager.interrupt_kernel()
        reply = client._recv_reply(asked, timeout=30)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert ask(client, "1 + 1") == 2


@pytest.mark.parametrize("now", [True, False])
def test_restart_gives_a_fresh_kernel_at_the_same_address(now: bool) -> None:
    with started() as (manager, client):
        client.execute("x = 1", reply=True, timeout=30)
        address, pid = manager.ip, manager.provisioner.pid
        manager.restart_kernel(now=now)
        client.wait_for_ready(timeout=30)
        assert (manager.ip, ask(client, "'x' in globals()")) == (address, False)
        assert not is_running(pid)


def test_restarted_kernel_is_heard_by_clients_that_were_connected() -> None:
    with started() as (manager, client):
        for _ in range(5):
            manager.restart_kernel(now=True)
            client.wait_for_ready(timeout=30)
            asked = client.execute("print('heard')")
            heard = []
            while "idle" not in heard:
                message = client.get_iopub_msg(timeout=10)
                if message["parent_header"].get("msg_id") == asked:
                    heard.append(message["content"].get("execution_state", message["content"].get("text")))
            assert "heard\n" in heard


def test_restart_works_after_the_zygote_was_killed() -> None:
    with started() as (manager, client):
        address = manager.ip
        os.kill(ask(client, "__import__('os').getppid()"), signal.SIGKILL)
        assert wait_for(lambda: not manager.is_alive())
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=30)
        assert (manager.ip, ask(client, IS_FORKED)) == (address, True)


def test_asynchronous_manager_as_in_jupyterlab(tmp_path: Path) -> None:
    async def use() -> list[object]:
        manager = AsyncIOLoopKernelManager(kernel_name=FORKED)
        manager.connection_file = str(tmp_path / "kernel.json")
        await manager.start_kernel(cwd=str(tmp_path), env={**os.environ, "CX_ASKED": "yes"})
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)
        reply = await client.execute(
            "import os", user_expressions={"it": "os.environ['CX_ASKED'], os.getcwd()"}, reply=True, timeout=30
        )
        await manager.restart_kernel()
        await client.wait_for_ready(timeout=30)
        alive = await manager.is_alive()
        client.stop_channels()
        await manager.shutdown_kernel()
        told = ast.literal_eval(reply["content"]["user_expressions"]["it"]["data"]["text/plain"])
        return [type(client), told, alive]

    assert asyncio.run(use()) == [PromptClient, ("yes", str(tmp_path)), True]


def test_client_may_ask_the_kernel_to_shut_down() -> None:
    with started() as (manager, client):
        client.shutdown()
        assert wait_for(lambda: not manager.is_alive())
        assert manager.provisioner.process.returncode == 0


def test_kernel_that_is_shut_down_can_tidy_up(tmp_path: Path) -> None:
    source = f"""
import time
print('begins', flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    open({str(tmp_path / "tidy")!r}, 'w').close()
"""
    with started() as (manager, client):
        client.execute(source)
        while client.get_iopub_msg(timeout=30)["content"].get("text") != "begins\n":
            pass
        manager.shutdown_kernel()
    assert (tmp_path / "tidy").exists()


def test_kernel_that_is_shut_down_at_once_does_not_complain(capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(10):
        with started() as (manager, client):
            client.execute("1", reply=True, timeout=30)
            manager.shutdown_kernel()
    assert capfd.readouterr().err == ""


def test_exit_code_is_reported() -> None:
    with started() as (manager, client):
        client.execute("import os\nos._exit(7)")
        assert wait_for(lambda: not manager.is_alive())
        assert manager.provisioner.process.returncode == 7
        manager.provisioner.process.send_signal(signal.SIGTERM)  # nobody is there any more; nobody else is meant


def test_grandchildren_end_with_the_kernel() -> None:
    with started() as (_, client):
        client.execute("import subprocess\nchild = subprocess.Popen(['sleep', '600'])", reply=True, timeout=30)
        pid = ask(client, "child.pid")
        client.execute("import os\nos._exit(0)")
        assert wait_for(lambda: not is_running(pid))


def test_exit_functions_run_and_threads_are_waited_for(tmp_path: Path) -> None:
    source = f"""
import atexit, threading, time
from pathlib import Path

def late():
    time.sleep(0.3)
    Path({str(tmp_path)!r}, 'thread').touch()

atexit.register(lambda: Path({str(tmp_path)!r}, 'exit').touch())
threading.Thread(target=late).start()
"""
    run_cells(source)
    assert {path.name for path in tmp_path.iterdir()} == {"thread", "exit"}


@pytest.mark.parametrize(
    "greedy",
    ["found = []\nwhile True:\n    found.append('x' * 100)", "import numpy\nnumpy.ones(10**9)", "bytearray(10**9)"],
)
def test_memory_limit_is_an_error_in_the_cell(greedy: str, tmp_path: Path) -> None:
    environment = {**kernel_environment(), "KERNEL_MEMORY_LIMIT": "200"}
    with started(env=environment) as (manager, client):
        reply = client.execute(greedy, stop_on_error=False, reply=True, timeout=60)
        assert "MemoryError" in reply["content"]["ename"]
        client.execute("found = None", reply=True, timeout=30)
        assert ask(client, "len(bytearray(10**8))") == 10**8
        assert manager.is_alive()


def test_kernel_is_the_first_to_go_when_memory_runs_out() -> None:
    assert run_cells("print(open('/proc/self/oom_score_adj').read())")[0].strip() == "500"


def test_chance_differs_between_kernels() -> None:
    source = (
        "import multiprocessing, random, uuid, numpy as np\n"
        "(random.random(), np.random.rand(), uuid.uuid4().hex, bytes(multiprocessing.current_process().authkey))"
    )
    first, second = (ast.literal_eval(run_cells(source)[0]) for _ in range(2))
    assert not set(first) & set(second)


def test_output_goes_where_the_manager_wants_it(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out, started(stdout=out, stderr=subprocess.STDOUT) as (_, client):
        client.execute(
            "import os, sys\nos.write(sys.stdout._original_stdstream_copy, b'direct')", reply=True, timeout=30
        )
        assert ask(client, IS_FORKED) is True
    assert "direct" in (tmp_path / "out").read_text()


def test_missing_working_folder_is_an_error_as_for_any_process(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KernelManager(kernel_name=FORKED).start_kernel(cwd=str(tmp_path / "nowhere"))


BROKEN = [{"preload": ["no_such_module"]}, {"preload": [], "warm_up": "kernel_faults:threads"}]
THREAD = """
import threading, time

def threads():
    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
"""


@pytest.mark.parametrize("config", BROKEN, ids=["module", "threads"])
def test_zygote_that_cannot_start_is_said_once(
    config: dict,
    kernels: Path,
    tmp_path: Path,
    said: set,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "kernel_faults.py").write_text(THREAD)
    name = f"broken-{len(config)}"
    write_kernelspec(kernels, name, **config)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    for _ in range(2):
        assert run_cells(IS_FORKED, kernel=name) == ["False"]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len([text for text in warnings if "ordinary way" in text]) == 1
    assert ("no_such_module" if len(config) == 1 else "1 thread") in "".join(warnings)


def test_other_systems_start_kernels_as_usual(
    said: set, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feasibility.sys, "platform", "darwin")
    caplog.set_level(logging.INFO)
    for _ in range(2):
        assert run_cells(IS_FORKED) == ["False"]
    told = [record for record in caplog.records if "ordinary way" in record.getMessage()]
    assert [(record.levelno, "darwin" in record.getMessage()) for record in told] == [(logging.INFO, True)]


@pytest.mark.parametrize(
    ("argv", "options", "reason"),
    [
        (ARGV, {}, ""),
        (["python3", *ARGV[1:]], {"cwd": "/", "env": {}}, ""),
        (["/usr/bin/python3", *ARGV[1:]], {}, "not an ipykernel of this interpreter"),
        (["python", "-m", "xeus_python"], {}, "not an ipykernel of this interpreter"),
        (ARGV, {"stdout": subprocess.PIPE}, "pipe"),
        (ARGV, {"stdin": 0}, "standard input"),
        (ARGV, {"independent": True}, "independent"),
    ],
)
def test_obstacles(argv: list[str], options: dict, reason: str) -> None:
    found = feasibility.find_obstacle(argv, options)
    assert (reason in found) if reason else (found == "")


def test_kernels_of_differing_startup_environment_have_zygotes_of_their_own() -> None:
    environment = {**os.environ, "PYTHONPATH": "/tmp/elsewhere", "PYTHONHASHSEED": "7"}
    with started() as (_, one), started(env=environment) as (_, two):
        assert ask(one, "__import__('os').getppid()") != ask(two, "__import__('os').getppid()")
        assert ask(two, "'/tmp/elsewhere' in __import__('sys').path, hash('x')") == (True, _hash_of_x("7"))


def _hash_of_x(seed: str) -> int:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", "print(hash('x'))"]
    return int(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
