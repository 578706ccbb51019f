"""The command that makes reports."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import click
from tqdm import tqdm

from cxassess.cli.shared import asked_option, explain_errors, files_argument, language_option, lenient_option

if TYPE_CHECKING:
    from cxassess.batch.cluster import DaskExecutor
    from cxassess.batch.manifest import Manifest, ReportEntry
    from cxassess.batch.options import RunOptions
    from cxassess.batch.tasks import RunPlan
    from cxassess.scoring import Benchmark

FAILED = 1
INTERRUPTED = 130
TERMINATED = 143
MOST_LISTED = 20


@click.command()
@files_argument
@click.option("--organisation", default="", help="Report on this organisation only; all of them otherwise.")
@click.option("--wave", default="", help="Report on this wave; the newest of each organisation otherwise.")
@language_option
@click.option("--format", "formats", default="pdf", show_default=True, help="pdf, html, or pdf,html.")
@click.option("--out", required=True, help="Folder to write to, or an fsspec URL.")
@click.option("--context", type=click.Path(path_type=Path), help="YAML: invited people, targets, events.")
@click.option("--benchmark", default="", help="CSV of scores to compare with, or 'portfolio': the other organisations.")
@click.option("--brand", type=click.Path(path_type=Path), help="YAML: name, colours, logo and footer of the sender.")
@click.option("--notebook", type=click.Path(path_type=Path), help="A report notebook of your own.")
@click.option("--workers", type=click.IntRange(0), default=0, help="Processes to use; one a core otherwise.")
@click.option("--resume", is_flag=True, help="Keep the reports in the folder that are still right.")
@click.option("--timeout", type=click.IntRange(1), default=300, show_default=True, help="Seconds a cell may take.")
@click.option(
    "--memory", type=click.IntRange(0), default=4096, show_default=True, help="MiB a notebook has; 0 for no limit."
)
@click.option("--scheduler", default="", help="Address of a Dask scheduler whose workers do it.")
@asked_option
@lenient_option
@explain_errors
def report(  # noqa: PLR0917  (the options of the command)
    files: tuple[Path, ...],
    organisation: str,
    wave: str,
    language: str,
    formats: str,
    out: str,
    context: Path | None,
    benchmark: str,
    brand: Path | None,
    notebook: Path | None,
    workers: int,
    resume: bool,
    timeout: int,
    memory: int,
    scheduler: str,
    instrument: str,
    lenient: bool,
) -> None:
    """Make a report of each organisation in the responses or engagement FILES, and a manifest of what was made.

    Stopped, or killed, it goes on from there with --resume: what is valid is not made again.
    """
    from cxassess.batch.worker import skip_grammars

    skip_grammars()
    from cxassess.batch.cluster import DaskExecutor
    from cxassess.batch.options import RunOptions
    from cxassess.batch.source import open_inputs, open_responses
    from cxassess.batch.tasks import parse_formats, plan_reports
    from cxassess.context import read_contexts
    from cxassess.report.brand import load_brand

    options = RunOptions(parse_formats(formats), notebook, workers, resume, timeout, memory)
    given = read_contexts(context, language) if context else {}
    if brand:
        load_brand(brand)
    with (
        open_inputs(files, instrument=instrument, language=language, contexts=given) as inputs,
        open_responses(inputs, lenient=lenient) as (responses, understood),
    ):
        click.echo(understood)
        plan = plan_reports(
            responses,
            language=language,
            instrument=inputs.instrument_source,
            organisation=organisation,
            wave=wave,
            contexts=inputs.contexts,
            benchmark=find_benchmark(benchmark),
            brand=str(brand) if brand else "",
        )
        executor = DaskExecutor(scheduler) if scheduler else None
        sys.exit(make_reports(plan, out, options, executor))


def make_reports(plan: RunPlan, out: str, options: RunOptions, executor: DaskExecutor | None) -> int:
    """Run with a progress bar, say what became of it, and return the exit code."""
    from cxassess.batch.run import run_reports

    progress = Progress(len(plan.tasks))
    with stop_when_told() as told, progress:
        try:
            manifest = run_reports(
                plan, out, options, executor=executor, on_scored=progress.scored, on_done=progress.done
            )
        except KeyboardInterrupt:
            click.echo(f"stopped; {out} holds what was made. Go on with the same command and --resume.", err=True)
            return TERMINATED if told[:1] == [signal.SIGTERM] else INTERRUPTED
    return summarise(manifest, out)


class Progress:
    """A bar with rate and time left, or plain lines where the output is not a terminal."""

    def __init__(self, reports: int) -> None:
        self._bar: tqdm[Any] = tqdm(total=reports, unit="report", disable=None, file=sys.stderr, smoothing=0.05)
        self._done = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def scored(self, organisations: int) -> None:
        """Say how many organisations have been scored."""
        self._bar.set_postfix_str(f"{organisations} scored", refresh=True)

    def done(self, entry: ReportEntry) -> None:
        """Say that one report is done."""
        self._done += 1
        self._bar.update()
        if self._bar.disable:
            where = f"[{self._done}/{self._bar.total}]"
            click.echo(f"{where} {entry.status} in {entry.seconds:.2f} s: {entry.organisation}, {entry.wave}", err=True)


@contextmanager
def stop_when_told() -> Iterator[list[int]]:
    """Let Ctrl-C and the system's request to end (SIGTERM) stop the work once; the list says which of them came.

    Whoever asks again while the manifest is being written does not stop that.
    """
    told: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        told.append(number)
        if len(told) == 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def summarise(manifest: Manifest, out: str) -> int:
    """Say what became of a run, and return its exit code."""
    written = manifest.with_status("written")
    click.echo(f"{len(written)} of {len(manifest.reports)} reports written to {out}")
    for entry in manifest.failed[:MOST_LISTED]:
        if entry.failure:
            failure = entry.failure
            cell = f"cell {failure.cell}: " if failure.cell else ""
            kept = f" ({failure.notebook})" if failure.notebook else ""
            click.echo(f"failed: {entry.organisation}: {cell}{failure.error}: {failure.message}{kept}", err=True)
    if len(manifest.failed) > MOST_LISTED:
        click.echo(f"… and {len(manifest.failed) - MOST_LISTED} more failed: see manifest.json", err=True)
    if manifest.stopped:
        left = len(manifest.with_status("not_run"))
        click.echo(f"The run could not go on: {manifest.stopped}. {left} reports were not made.", err=True)
        click.echo("Mend that, then run the same command with --resume.", err=True)
    return FAILED if manifest.failed or manifest.stopped else 0


def find_benchmark(given: str) -> Benchmark | Literal["portfolio"] | None:
    """Return what to compare with: the file's scores, the other organisations, or nothing."""
    if not given or given == "portfolio":
        return "portfolio" if given else None
    from cxassess.scoring import read_benchmark

    return read_benchmark(given)
