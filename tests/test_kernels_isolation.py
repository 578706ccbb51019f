"""Nothing that one kernel has held can be found by another that was forked from the same zygote.

Each kernel plants a secret of its own wherever a notebook might leave something, then looks for any other's: in its
memory as a whole, in its modules, its environment and open files, and in what the system tells of other processes.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders_kernels import (
    LINUX,
    ask,
    install_kernels,
    kernel_environment,
    run_cells,
    started,
    write_kernelspec,
)

pytestmark = LINUX

PLANT = """
import atexit, builtins, functools, gc, logging, os, re, signal, socket, sys, tempfile, types, warnings
import numpy, pandas

own = os.environ["CX_SECRET"]
listed = [own, {own: own}]
builtins.left = pandas.DataFrame.left = numpy.left = own
pandas.set_option("display.date_dayfirst", True)
pandas.io.formats.format.fmt_left = own
sys.modules["left"] = types.ModuleType(own)
sys.path.append(own)
os.environ["CX_LEFT"] = own
warnings.filterwarnings("ignore", message=own)
logging.getLogger(own).addHandler(logging.NullHandler())
atexit.register(print, own, file=open(os.devnull, "w"))
signal.signal(signal.SIGUSR1, lambda *_: own)
functools.lru_cache(lambda text: text + own)(own)
frame = pandas.DataFrame({own: [own] * 1000})
written = open("left.txt", "w+")
written.write(own)
written.flush()
temporary = tempfile.NamedTemporaryFile(prefix=own)
listening = socket.socket(socket.AF_UNIX)
listening.bind("left.socket")
numpy.random.seed(1)
"""

LOOK = """
START = b"cx-sec" + b"ret-"

STEP = 2**20
block = bytearray(STEP)

def others(data):
    if data.find(START) < 0:
        return set()
    return {found for found in re.findall(START + b"[0-9a-f]{32}", data) if found != own.encode()}

def look():
    found = {"memory": set(), "processes": set()}
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        spans = [line.split()[0].split("-") for line in maps if line.split()[1] == "rw-p"]  # what can have been written
        for begin, end in ((int(begin, 16), int(end, 16)) for begin, end in spans):
            for place in range(begin, end, STEP - 64):  # with an overlap
                memory.seek(place)
                try:
                    memory.readinto(memoryview(block)[:min(STEP, end - place)])
                except OSError:
                    break
                found["memory"] |= others(block)
    names = [f"{name}.{key}={value[:200]}" for name, module in list(sys.modules.items())
             for key, value in list(vars(module).items()) if type(value) is str]
    found["modules"] = others("".join(names).encode(errors="replace"))
    found["objects"] = others("".join(one for held in gc.get_objects() if type(held) in (list, tuple)
                                      for one in held if type(one) is str).encode(errors="replace"))
    found["environment"] = others(repr(os.environ).encode())
    found["files"] = others("".join(os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                                    if os.path.islink(f"/proc/self/fd/{fd}")).encode())
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("environ", "cmdline"):
            try:
                found["processes"] |= others(open(f"/proc/{pid}/{name}", "rb").read())
            except OSError:
                pass
    return sorted(name for name, leaks in found.items() if leaks)
"""


@pytest.fixture(scope="module", autouse=True)
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with install_kernels(tmp_path_factory.mktemp("jupyter")) as data:
        yield data


def secret() -> str:
    return f"cx-secret-{uuid.uuid4().hex}"


def prepare(client: Any) -> None:
    reply = client.execute(PLANT + LOOK, reply=True, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]


def leaks_of_pairs(pairs: int, folder: Path) -> list[list[str]]:
    """Run kernels two at a time, so that each meets one that runs beside it and all that were before."""
    leaks = []
    for number in range(pairs):
        own = [folder / f"{number}-{name}" for name in ("one", "two")]
        for path in own:
            path.mkdir()
        environments = [{**kernel_environment(), "CX_SECRET": secret()} for _ in own]
        with (
            started(env=environments[0], cwd=str(own[0])) as (_, one),
            started(env=environments[1], cwd=str(own[1])) as (_, two),
        ):
            for client in (one, two):
                prepare(client)
            leaks += [ask(client, "look()") for client in (one, two)]
    return [found for found in leaks if found]


def test_kernels_find_nothing_of_each_other(tmp_path: Path) -> None:
    assert leaks_of_pairs(3, tmp_path) == []


@pytest.mark.slow
def test_many_kernels_find_nothing_of_each_other(tmp_path: Path) -> None:
    """``CXASSESS_CANARIES`` sets how many kernels; with 500 it takes some minutes."""
    assert leaks_of_pairs(int(os.environ.get("CXASSESS_CANARIES", "60")) // 2, tmp_path) == []


def test_what_a_zygote_holds_would_be_found(kernels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search finds something when there is something."""
    (tmp_path / "cx_leaky.py").write_text(f"import os\nheld = {secret()!r}\nfile = open(__file__)\nkept = [held]\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    write_kernelspec(kernels, "leaky", preload=["cx_leaky", "pandas"])
    environment = {**kernel_environment(), "CX_SECRET": secret()}
    with started("leaky", env=environment, cwd=str(tmp_path)) as (_, client):
        prepare(client)
        assert {"memory", "modules", "objects"} <= set(ask(client, "look()"))


def test_kernel_shows_nothing_of_its_environment_to_other_processes() -> None:
    environment = {**kernel_environment(), "CX_SECRET": secret()}
    with started(env=environment) as (manager, client):
        shown = Path(f"/proc/{manager.provisioner.pid}/environ").read_bytes().split(b"\0")
        names = {entry.partition(b"=")[0].decode() for entry in shown if entry}
        assert ask(client, "__import__('os').environ['CX_SECRET']") == environment["CX_SECRET"]
    assert "CX_SECRET" not in names
    assert not {name for name in names if "TOKEN" in name or "KEY" in name or "PASSWORD" in name}
    assert names < set(environment) | {name for name in names if name.endswith("_NUM_THREADS")} | {
        "JE_ARROW_MALLOC_CONF",
        "PYDEVD_DISABLE_FILE_VALIDATION",
    }


DESCRIPTORS = (
    "{fd: __import__('os').readlink(f'/proc/self/fd/{fd}') for fd in __import__('os').listdir('/proc/self/fd')[:-1]}"
)


def test_kernels_share_no_descriptors(kernels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = tmp_path / "held.txt"
    (tmp_path / "cx_holding.py").write_text(
        f"import socket\nfile = open({str(held)!r}, 'w')\npair = socket.socketpair()\nnumber = file.fileno()"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    write_kernelspec(kernels, "holding", preload=["cx_holding"])
    with started("holding") as (_, one), started("holding") as (_, two):
        first, second = ask(one, DESCRIPTORS), ask(two, DESCRIPTORS)
        zygote = Path(f"/proc/{ask(two, '__import__(chr(111) + chr(115)).getppid()')}/fd")
        of_zygote = {str(path.readlink()) for path in zygote.iterdir()}
        assert ask(two, "__import__('cx_holding').number") > 2
    mine = {str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()}
    own = {link for link in first.values() if link.startswith(("socket:", "/", "pipe:"))} - {"/dev/null"}
    assert str(held) not in own | set(second.values())
    assert second["0"] == "/dev/null"
    sockets = {link for link in own if link.startswith("socket:")}
    assert not sockets & set(second.values())
    assert not sockets & of_zygote
    assert not {link for link in second.values() if link.startswith("socket:")} & of_zygote
    assert not sockets & mine


def test_program_that_forks_has_not_loaded_what_starts_threads() -> None:
    """vl-convert and Typst start threads, which a forked process doesn't have: a kernel that used them would hang."""
    import_state = "import sys\nprint([name for name in ('vl_convert', 'typst') if name in sys.modules])"
    shown, parent = run_cells(
        import_state, "print(open(f'/proc/{__import__(\"os\").getppid()}/cmdline').read())", kernel="cxassess"
    )
    assert shown == "[]\n"
    assert "kernels.zygote" in parent
