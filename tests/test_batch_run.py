"""The run as a whole: stopped, killed and resumed; bad organisations alone in their fate; a manifest that is true."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from builders_batch import SMALL_CODE, write_notebook, write_organisations

CLI = [sys.executable, "-c", "from cxassess.cli import main; main()", "report"]
SETTLE = 20


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [*CLI, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, **options)


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([*CLI, *map(str, arguments)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def manifest(out: Path) -> dict[str, Any]:
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def statuses(out: Path) -> dict[str, str]:
    return {entry["organisation"]: entry["status"] for entry in manifest(out)["reports"]}


def pdfs(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob("*.pdf")}


def wait_for_reports(process: subprocess.Popen[str], count: int) -> None:
    """Read the run's progress until it has made some reports."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(f"[{count}/"):
            return
    raise AssertionError(f"the run ended before it had made {count} reports")


def finish(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    process.stderr.read()
    process.stderr.close()
    return process.wait(60)


def nothing_runs(marker: str) -> bool:
    """Wait until no process has the marker in its command line or folder any more."""
    deadline = time.monotonic() + SETTLE
    while time.monotonic() < deadline:
        left = [found for found in psutil.process_iter(["cmdline"]) if marker in " ".join(found.info["cmdline"] or ())]
        if not left:
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("twenty") / "twenty.csv"
    write_organisations(path, 20)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_notebook(tmp_path_factory.mktemp("small") / "small.ipynb", SMALL_CODE)


@pytest.fixture(scope="module")
def undisturbed(twenty: Path, small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed")
    result = run(twenty, "--notebook", small, "--out", out, "--workers", 2)
    assert result.returncode == 0, result.stderr
    return pdfs(out)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_stops_when_it_is_told_and_goes_on(
    number: int, twenty: Path, small: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    process = start(twenty, "--notebook", small, "--out", tmp_path, "--workers", 2)
    wait_for_reports(process, 3)
    process.send_signal(number)
    assert finish(process) == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    found = statuses(tmp_path)
    assert len(found) == 20, "the manifest is complete"
    written = sorted(name for name, status in found.items() if status == "written")
    assert 3 <= len(written) < 20
    assert manifest(tmp_path)["stopped"] == "interrupted"
    assert len(pdfs(tmp_path)) >= len(written)
    assert not (tmp_path / "manifest.journal").exists()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.pdf")}
    listed = {file["name"] for entry in manifest(tmp_path)["reports"] for file in entry["files"]}
    result = run(twenty, "--notebook", small, "--out", tmp_path, "--workers", 2, "--resume")
    assert result.returncode == 0, result.stderr
    assert pdfs(tmp_path) == undisturbed
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.pdf")}
    assert {name for name in before if before[name] == after[name]} >= listed, "what was valid is not made again"
    assert set(statuses(tmp_path).values()) == {"written"}


def test_killed_at_random_moments_a_run_loses_nothing(tmp_path: Path) -> None:
    """Every report that is there is whole at every moment; ``CXASSESS_KILLS`` and ``CXASSESS_FIRMS`` set how many."""
    kills, firms = int(os.environ.get("CXASSESS_KILLS", "4")), int(os.environ.get("CXASSESS_FIRMS", "20"))
    moments = random.Random(7)
    responses, out, calm = tmp_path / "many.csv", tmp_path / "out", tmp_path / "calm"
    names = write_organisations(responses, firms)
    bad = {names[3], names[-2]}
    notebook = write_notebook(tmp_path / "bad.ipynb", SMALL_CODE, f"assert organisation not in {sorted(bad)}")
    arguments = (responses, "--notebook", notebook, "--workers", 2, "--out")
    assert run(*arguments, calm).returncode == 1
    undisturbed = pdfs(calm)
    assert len(undisturbed) == firms - len(bad)
    for _ in range(kills):
        process = start(*arguments, out, "--resume")
        time.sleep(moments.uniform(1.0, 9.0 + firms / 30))
        process.kill()
        finish(process)
        for name, content in pdfs(out).items():
            assert content == undisturbed[name]
    assert nothing_runs(str(tmp_path)), "workers and kernels end with the run"
    result = run(*arguments, out, "--resume")
    assert result.returncode == 1, result.stderr
    assert pdfs(out) == undisturbed
    assert {name for name, status in statuses(out).items() if status == "failed"} == bad
    kept = {path.name for path in out.iterdir()} - set(undisturbed)
    assert kept == {path.name for path in calm.iterdir()} - set(undisturbed), "nothing half-written is left"


def test_a_changed_input_is_made_again_and_only_it(twenty: Path, small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(twenty, folder / "a.csv")
    out = tmp_path / "out"
    arguments = (folder / "a.csv", "--notebook", small, "--out", out, "--workers", 2, "--resume")
    context = tmp_path / "context.yaml"
    assert run(*arguments).returncode == 0
    stamps = {path.name: path.stat().st_mtime_ns for path in out.glob("*.pdf")}

    def remade(*more: object) -> set[str]:
        nonlocal stamps
        assert run(*arguments, *more).returncode == 0
        before, stamps = stamps, {path.name: path.stat().st_mtime_ns for path in out.glob("*.pdf")}
        return {name for name in stamps if before.get(name) != stamps[name]}

    assert remade() == set()
    context.write_text('"Firm 0003":\n  audience: "The board"\n', encoding="utf-8")
    assert {name.partition("_")[0] for name in remade("--context", context)} == {"firm-0003"}
    victim = next(out.glob("firm-0005*.pdf"))
    victim.write_bytes(victim.read_bytes()[:-1])
    assert {name.partition("_")[0] for name in remade("--context", context)} == {"firm-0005"}
    victim.unlink()
    assert {name.partition("_")[0] for name in remade("--context", context)} == {"firm-0005"}
    assert len(remade("--context", context, "--language", "da")) == 20


BAD_CELLS = {
    "raises": "raise RuntimeError('the meter is broken')",
    "exits": "import os\nos._exit(3)",
    "is killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "hangs": "import time\ntime.sleep(600)",
    "spins": "while True:\n    pass",
    "eats memory": "hoard = []\nwhile True:\n    hoard.append(bytearray(10_000_000))",
}


def test_bad_organisations_are_alone_in_their_fate(tmp_path: Path) -> None:
    names = write_organisations(tmp_path / "in.csv", 9)
    cases = dict(zip(names[1:], BAD_CELLS.items(), strict=False))
    conditions = "\n".join(
        f"if organisation == {name!r}:\n    " + code.replace("\n", "\n    ") for name, (_, code) in cases.items()
    )
    notebook = write_notebook(tmp_path / "bad.ipynb", SMALL_CODE, conditions, "print('after')")
    out = tmp_path / "out"
    result = run(
        tmp_path / "in.csv", "--notebook", notebook, "--out", out, "--workers", 2, "--timeout", 8, "--memory", 700
    )
    assert result.returncode == 1
    found = statuses(out)
    assert [name for name in names if found[name] != "written"] == list(cases)
    for entry in manifest(out)["reports"]:
        if entry["organisation"] not in cases:
            continue
        kind = cases[entry["organisation"]][0]
        failure = entry["failure"]
        assert failure["cell"] == 4, kind  # parameters, the injected ones, the assessment, and then this
        kept = nbformat.read(out / failure["notebook"], as_version=4)
        assert entry["organisation"] in "".join(cell.source for cell in kept.cells)
        assert entry["organisation"] in result.stderr
        expected = {"raises": "the meter is broken", "hangs": "imed out", "spins": "imed out", "eats memory": "Memory"}
        text = failure["error"] + failure["message"]
        assert expected.get(kind, "died") in text, (kind, text)
    assert nothing_runs(str(tmp_path))


def test_the_kernel_sees_nothing_but_its_own_scores(tmp_path: Path) -> None:
    names = write_organisations(tmp_path / "in.csv", 4)
    peek = (
        "import os, pathlib\n"
        "own = pathlib.Path.cwd()\n"
        "seen = [path.read_text() for path in own.rglob('*') if path.is_file()]\n"
        "seen += [str(path) for path in own.parent.rglob('*')] if os.access(own.parent, os.R_OK) else []\n"
        "seen += [str(value) for value in os.environ.values()]\n"
        "raise RuntimeError('|'.join(seen))"
    )
    out = tmp_path / "out"
    assert run(tmp_path / "in.csv", "--notebook", write_notebook(tmp_path / "n.ipynb", peek), "--out", out).returncode
    for entry in manifest(out)["reports"]:
        seen = entry["failure"]["message"]
        assert seen.count(entry["organisation"])
        assert not [name for name in names if name != entry["organisation"] and name in seen]
        # counted, since a text this long takes pytest an hour to explain
        assert seen.replace("n_respondents", "").count("respondent") == 0, "the notebook gets scores, not answers"


def test_a_full_disk_is_said_and_the_manifest_is_true(
    twenty: Path, small: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    """Files may grow to a limit only: the system refuses what comes after, as a full disk does."""
    if os.getuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs the right to mount a small file system")
    size = 110_000 + sum(map(len, undisturbed.values())) // 2
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", tmp_path], check=False)
    if mounted.returncode:
        pytest.skip("a file system can't be mounted here")
    try:
        result = run(twenty, "--notebook", small, "--out", tmp_path / "out", "--workers", 2)
        assert result.returncode == 1
        assert "No space left on device" in result.stderr
        assert "Traceback" not in result.stderr
        found = manifest(tmp_path / "out")
        assert "No space left" in found["stopped"]
        written = {file["name"] for entry in found["reports"] for file in entry["files"]}
        assert len(found["reports"]) == 20
        assert 0 < len(written) < 20
        for name in written:
            assert (tmp_path / "out" / name).read_bytes() == undisturbed[name]
        subprocess.run(["mount", "-o", f"remount,size={size * 4}", tmp_path], check=True)
        assert run(twenty, "--notebook", small, "--out", tmp_path / "out", "--resume").returncode == 0
        assert pdfs(tmp_path / "out") == undisturbed
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_folder_that_cannot_be_written_is_said_at_once(twenty: Path, small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(twenty, "--notebook", small, "--out", tmp_path / "file" / "out")
    assert result.returncode == 2
    assert "nothing can be written there" in result.stderr
    assert "Traceback" not in result.stderr


def test_two_runs_in_one_folder_are_refused(twenty: Path, tmp_path: Path) -> None:
    slow = write_notebook(tmp_path / "slow.ipynb", SMALL_CODE, "import time\ntime.sleep(5)")
    out = tmp_path / "out"
    first = start(twenty, "--notebook", slow, "--out", out, "--workers", 1)
    wait_for_reports(first, 1)
    second = run(twenty, "--notebook", slow, "--out", out)
    assert second.returncode == 2
    assert "another run" in second.stderr
    first.terminate()
    finish(first)


def test_a_worker_that_is_killed_costs_one_report(twenty: Path, small: Path, tmp_path: Path) -> None:
    process = start(twenty, "--notebook", small, "--out", tmp_path, "--workers", 2)
    wait_for_reports(process, 2)
    workers = [found for found in psutil.Process(process.pid).children() if "cxassess.batch.worker" in found.cmdline()]
    assert len(workers) == 2
    workers[0].kill()
    code = finish(process)
    lost = [entry for entry in manifest(tmp_path)["reports"] if entry["status"] != "written"]
    assert len(lost) <= 1
    assert code == (1 if lost else 0)
    assert all("SIGKILL" in entry["failure"]["message"] for entry in lost)


def test_the_zygote_that_is_killed_costs_little(twenty: Path, small: Path, tmp_path: Path) -> None:
    process = start(twenty, "--notebook", small, "--out", tmp_path, "--workers", 2)
    wait_for_reports(process, 2)
    zygotes = [
        found
        for found in psutil.Process(process.pid).children(recursive=True)
        if any("kernels.zygote" in part for part in found.cmdline())
    ]
    for zygote in zygotes:
        zygote.kill()
    finish(process)
    lost = [entry for entry in manifest(tmp_path)["reports"] if entry["status"] != "written"]
    assert len(lost) <= 2, "only the reports that were running"
