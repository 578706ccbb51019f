"""Files that are whole or not there, a journal that survives a kill, and a resumed run that trusts no one blindly."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cxassess.batch import files
from cxassess.batch.destination import LocalFolder, RemoteFolder, open_destination
from cxassess.batch.files import FolderError, remove_parts, write_whole
from cxassess.batch.journal import JOURNAL_NAME, Journal, find_valid, read_entries
from cxassess.batch.manifest import Manifest, ReportEntry, ReportFailure, describe_files
from cxassess.batch.scratch import scratch_folder
from cxassess.errors import CxassessError

CONTENT = b"%PDF report"


def entry(name: str, status: str = "written", inputs: str = "a") -> ReportEntry:
    files = describe_files([(f"{name}.pdf", CONTENT)]) if status == "written" else ()
    failure = ReportFailure(3, "ValueError", "no\nmeter", "failed/x.ipynb") if status == "failed" else None
    return ReportEntry(name, "2026-10", "da", status, inputs, 1.5, files, failure, {"export": 0.5})  # type: ignore[arg-type]


def manifest(*entries: ReportEntry) -> Manifest:
    return Manifest("1.0", "x@1", {"name": "æøå.csv"}, entries)


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_whole(tmp_path / "report.pdf", b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(FolderError, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["report.pdf"]


def test_what_concerns_one_file_is_not_the_folders_fault(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").mkdir()
    with pytest.raises(OSError, match=r"report\.pdf"):
        write_whole(tmp_path / "report.pdf", b"new")
    assert [found.name for found in tmp_path.iterdir()] == ["report.pdf"]


def test_part_files_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    for name in (".a.pdf.123.part", "b.pdf", ".hidden"):
        (tmp_path / name).write_bytes(b"x")
    remove_parts(tmp_path)
    assert sorted(found.name for found in tmp_path.iterdir()) == [".hidden", "b.pdf"]


def test_the_journal_becomes_the_manifest(tmp_path: Path) -> None:
    entries = (entry("a"), entry("b", "failed"), entry("c", "not_run"))
    with Journal(tmp_path, 3) as journal:
        journal.add(entries[0])
        journal.add(entries[1])
        assert read_entries(LocalFolder(tmp_path)) == {found.key: found for found in entries[:2]}
        journal.close(manifest(*entries))
    assert [found.name for found in tmp_path.iterdir()] == ["manifest.json"]
    assert read_entries(LocalFolder(tmp_path)) == {found.key: found for found in entries}


def test_a_journal_cut_short_at_any_byte_keeps_all_whole_lines(tmp_path: Path) -> None:
    with Journal(tmp_path, 2) as journal:
        journal.add(entry("a"))
        length = (tmp_path / JOURNAL_NAME).stat().st_size
        journal.add(entry("b"))
    content = (tmp_path / JOURNAL_NAME).read_bytes()
    for cut in range(length, len(content) - 1):
        (tmp_path / JOURNAL_NAME).write_bytes(content[:cut])
        assert list(read_entries(LocalFolder(tmp_path))) == [entry("a").key]
        with Journal(tmp_path, 2, keep=True) as journal:
            journal.add(entry("c"))
        assert list(read_entries(LocalFolder(tmp_path))) == [entry("a").key, entry("c").key]


def test_a_new_run_forgets_and_a_resumed_one_does_not(tmp_path: Path) -> None:
    with Journal(tmp_path, 1) as journal:
        journal.add(entry("a"))
    with Journal(tmp_path, 1, keep=True):
        assert read_entries(LocalFolder(tmp_path))
    with Journal(tmp_path, 1):
        assert not read_entries(LocalFolder(tmp_path))


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"reports": 3}', b'{"reports": [{}]}', b"\xff\xfe"])
def test_a_damaged_manifest_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(damage)
    assert read_entries(LocalFolder(tmp_path)) == {}


def test_only_what_is_unchanged_is_valid(tmp_path: Path) -> None:
    names = ["same", "inputs", "truncated", "missing", "failed", "not_run", "not_planned"]
    entries = {name: entry(name) for name in names}
    entries["failed"] = entry("failed", "failed")
    entries["not_run"] = entry("not_run", "not_run")
    manifest(*entries.values()).write(tmp_path)
    for name in names:
        (tmp_path / f"{name}.pdf").write_bytes(CONTENT)
    (tmp_path / "truncated.pdf").write_bytes(CONTENT[:-1])
    (tmp_path / "missing.pdf").unlink()
    inputs = {found.key: "a" for name, found in entries.items() if name != "not_planned"}
    inputs[entries["inputs"].key] = "b"
    assert set(find_valid(LocalFolder(tmp_path), inputs, ["pdf"])) == {entries["same"].key}
    assert not find_valid(LocalFolder(tmp_path), inputs, ["pdf", "html"])


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with Journal(tmp_path, 1) as journal:
        journal.add(entry("a"))
        with pytest.raises(CxassessError, match="another run"):
            Journal(tmp_path, 1)
        assert read_entries(LocalFolder(tmp_path)), "the second run must not damage the first one's journal"


def test_the_manifest_can_be_written_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reserve holds as many bytes as the manifest of the run will need."""
    entries = tuple(replace(entry(f"{n}" * 40), organisation="Ø" * 100) for n in range(30))
    with Journal(tmp_path, len(entries)) as journal:
        reserve = next(found for found in tmp_path.iterdir() if "reserve" in found.name).stat().st_size
        assert reserve > len(manifest(*entries).to_bytes())
        journal.close(manifest(*entries))


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="No such file"):
        Journal(tmp_path / "gone", 1)


def test_what_a_killed_run_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code = (
        "import os, sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from cxassess.batch.scratch import scratch_folder\n"
        "with scratch_folder() as folder:\n    (folder / 'answers').write_text('secret')\n    os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    left = next(tmp_path.iterdir())
    assert (left / "answers").exists()
    with scratch_folder() as folder:
        assert list(tmp_path.iterdir()) == [folder]
        assert folder.stat().st_mode & 0o777 == 0o700
        with scratch_folder() as other:
            assert folder.exists(), "a run that is alive keeps its folder"
            assert other != folder
    assert list(tmp_path.iterdir()) == []


def test_entries_survive_their_own_text(tmp_path: Path) -> None:
    found = entry("b", "failed")
    values = json.loads(manifest(found).to_bytes())["reports"][0]
    assert ReportEntry.from_dict(values) == found


def test_folder_faults_survive_the_way_between_processes() -> None:
    import pickle

    fault = pickle.loads(pickle.dumps(FolderError("/out", "full")))
    assert (fault.folder, fault.reason, str(fault)) == ("/out", "full", "/out: full")
    assert files.FolderError is FolderError


def test_a_url_takes_whole_files_too(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    folder = open_destination(f"file://{tmp_path}/reports")
    assert isinstance(folder, RemoteFolder)
    folder.write("a.pdf", b"one")
    folder.write("failed/b.ipynb", b"two")
    folder.write("a.pdf", b"three")
    assert (folder.read("a.pdf"), folder.read("failed/b.ipynb"), folder.read("c")) == (b"three", b"two", None)
    found = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["a.pdf", "b.ipynb"]


def test_an_unknown_kind_of_url_is_refused() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(CxassessError, match="nonsense"):
        open_destination("nonsense://reports")
