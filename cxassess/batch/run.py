"""The report run: score every organisation, make every report, and write down what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from cxassess import __version__
from cxassess.batch.destination import LocalFolder, RemoteFolder, open_destination
from cxassess.batch.files import FolderError
from cxassess.batch.handover import shared_files
from cxassess.batch.inputs import hash_shared, hash_values
from cxassess.batch.journal import Journal, Key, RemoteJournal, find_valid
from cxassess.batch.manifest import Manifest, ReportEntry
from cxassess.batch.options import Executor, RunOptions
from cxassess.batch.stages import Stages
from cxassess.batch.tasks import RunPlan
from cxassess.batch.template import read_template
from cxassess.errors import CxassessError

_DEFAULTS: Final = RunOptions()


def run_reports(
    plan: RunPlan,
    out: str | Path,
    options: RunOptions = _DEFAULTS,
    *,
    executor: AbstractContextManager[Executor] | None = None,
    on_scored: Callable[[int], None] | None = None,
    on_done: Callable[[ReportEntry], None] | None = None,
) -> Manifest:
    """Make reports and write them, with ``manifest.json``, into a folder.

    One report that fails does not stop the others: its executed notebook is kept under ``failed/`` and the manifest
    names the cell and the error. Interrupted (KeyboardInterrupt), the run stops at once and writes the manifest; what
    was not made is listed there as ``not_run``. Killed, it leaves whole reports and a journal, from which the next
    run with ``resume`` goes on.

    Parameters
    ----------
    plan : RunPlan
        As ``plan_reports`` returns it.
    out : str or Path
        Output folder, made if it does not exist, or an fsspec URL.
    options : RunOptions
        How to do it.
    executor : context manager of Executor, optional
        Who does it; a pool of processes on this machine otherwise.
    on_scored : callable, optional
        Called with the number of organisations scored so far.
    on_done : callable, optional
        Called with each finished entry, those that are kept from an earlier run first.

    Returns
    -------
    Manifest
        What was written; the same is in ``manifest.json``. ``stopped`` says why a run could not go on.

    Raises
    ------
    CxassessError
        If the notebook can't be used, or nothing can be written to the folder, not even the manifest.
    """
    template = read_template(options.notebook_path)
    files = shared_files(plan)
    destination = open_destination(out)
    inputs = _hash_inputs(plan, options, files)
    entries = {
        task.key: ReportEntry(task.organisation, task.wave, task.language, "not_run", inputs[task.key])
        for task in plan.tasks
    }
    stopped = ""

    def manifest() -> Manifest:
        reference, source = plan.responses.instrument.reference, asdict(plan.responses.source)
        return Manifest(__version__, reference, source, tuple(entries.values()), stopped)

    try:
        _make_folder(destination)
        kept = find_valid(destination, inputs, options.formats) if options.resume else {}
        stages = Stages(plan, str(out), options, template, files, entries, kept, executor, on_scored)
        with _open_journal(destination, len(entries), options, manifest) as journal:
            try:
                for entry in stages.run():
                    entries[entry.key] = entry
                    journal.add(entry)
                    if on_done:
                        on_done(entry)
            except FolderError as fault:
                stopped = str(fault)
            except KeyboardInterrupt:
                stopped = "interrupted"
                raise
            finally:
                journal.close(manifest())
    except FolderError as fault:
        raise _folder_error(fault) from fault
    return manifest()


def _make_folder(destination: LocalFolder | RemoteFolder) -> None:
    if isinstance(destination, LocalFolder):
        try:
            destination.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FolderError(str(destination.path), error.strerror or str(error)) from error


def _open_journal(
    destination: LocalFolder | RemoteFolder, reports: int, options: RunOptions, manifest: Callable[[], Manifest]
) -> Journal | RemoteJournal:
    if isinstance(destination, LocalFolder):
        return Journal(destination.path, reports, keep=options.resume)
    return RemoteJournal(destination, manifest)


def _folder_error(fault: FolderError) -> CxassessError:
    remedy = "Make room, or give a folder that you may write to; then run again with --resume."
    return CxassessError.single(fault.folder, f"nothing can be written there: {fault.reason}", remedy)


def _hash_inputs(plan: RunPlan, options: RunOptions, files: Mapping[str, bytes]) -> dict[Key, str]:
    """Return, for every report, the hash of all that goes into it."""
    benchmark: Any = plan.benchmark
    if benchmark == "portfolio":
        benchmark = hash_values(task.inputs for task in plan.tasks)
    elif benchmark is not None:
        benchmark = [benchmark.name, benchmark.scores.to_csv(index=False)]
    shared = hash_shared(
        plan.responses.instrument,
        plan.responses.source,
        options.notebook_path.read_bytes(),
        *(content for _, content in sorted(files.items())),
        benchmark=benchmark,
    )
    return {task.key: f"{shared}-{task.inputs}" for task in plan.tasks}
