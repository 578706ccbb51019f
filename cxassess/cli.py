"""The command line: thin commands over the library; everything here can be done in Python as well.

Exit codes: 0 all went well; 1 a report failed; 2 the input or the call cannot be used as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click
from tqdm import tqdm

from cxassess import __version__
from cxassess.errors import CxassessError, Problem
from cxassess.language import LANGUAGES

if TYPE_CHECKING:
    from cxassess.report.manifest import ReportEntry
    from cxassess.scoring import Benchmark

MOST_SHOWN = 40
BAD_INPUT = 2


def show_problems(problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Print problems to standard error, the first forty in full, and how many there are."""
    for problem in problems[:MOST_SHOWN]:
        click.echo(str(problem), err=True)
    if len(problems) > MOST_SHOWN:
        click.echo(f"… and {len(problems) - MOST_SHOWN:,} more", err=True)
    click.echo(f"{len(problems):,} problem{'s' if len(problems) != 1 else ''}", err=True)


def explain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the library's errors, and the file system's, into messages and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except CxassessError as error:
            show_problems(error.problems)
        except OSError as error:
            where = str(error.filename or "file system")
            show_problems(
                [Problem(where, error.strerror or str(error), "check the path, its rights and the free space")]
            )
        sys.exit(BAD_INPUT)

    return run


def show_progress(bar: tqdm[NoReturn], entry: ReportEntry) -> None:
    """Move the bar, or print a line where the output is not a terminal."""
    bar.update()
    if bar.disable:
        click.echo(f"{entry.status} in {entry.seconds:.1f} s: {entry.organisation}, {entry.wave}", err=True)


def find_benchmark(given: str) -> Benchmark | Literal["portfolio"] | None:
    """Return what to compare with: the file's scores, the other organisations, or nothing."""
    if not given or given == "portfolio":
        return "portfolio" if given else None
    from cxassess.scoring import read_benchmark

    return read_benchmark(given)


instrument_option = click.option(
    "--instrument", default="eight_elements", show_default=True, help="A shipped instrument, or the path of one."
)
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of what is written."
)
lenient_option = click.option(
    "--lenient", is_flag=True, help="Leave out bad answers, and say how many, instead of refusing."
)
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cxassess")
def main() -> None:
    """Measure how mature a customer-experience transformation is, and what to do next."""


@main.command()
@files_argument
@instrument_option
@lenient_option
@explain_errors
def check(files: tuple[Path, ...], instrument: str, lenient: bool) -> None:
    """Read responses FILES (CSV, XLSX, or a folder of them) and say what was understood, or every problem."""
    from cxassess.instrument import load_instrument
    from cxassess.responses import describe, read_many

    click.echo(describe(read_many(files, load_instrument(instrument), lenient=lenient)))


@main.command()
@files_argument
@click.option("--organisation", default="", help="Report on this organisation only; all of them otherwise.")
@click.option("--wave", default="", help="Report on this wave; the newest of each organisation otherwise.")
@language_option
@click.option("--format", "formats", default="pdf", show_default=True, help="pdf, html, or pdf,html.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write to.")
@click.option("--context", type=click.Path(path_type=Path), help="YAML: invited people, targets, events.")
@click.option("--benchmark", default="", help="CSV of scores to compare with, or 'portfolio': the other organisations.")
@click.option("--brand", type=click.Path(path_type=Path), help="YAML: name, colours, logo and footer of the sender.")
@click.option("--notebook", type=click.Path(path_type=Path), help="A report notebook of your own.")
@instrument_option
@lenient_option
@explain_errors
def report(  # noqa: PLR0917  (the options of the command)
    files: tuple[Path, ...],
    organisation: str,
    wave: str,
    language: str,
    formats: str,
    out: Path,
    context: Path | None,
    benchmark: str,
    brand: Path | None,
    notebook: Path | None,
    instrument: str,
    lenient: bool,
) -> None:
    """Make a report of each organisation in the responses FILES, and a manifest of what was made."""
    from cxassess.context import read_contexts
    from cxassess.instrument import load_instrument
    from cxassess.report.brand import load_brand
    from cxassess.report.run import run_reports
    from cxassess.report.tasks import parse_formats, plan_reports
    from cxassess.responses import describe, read_many

    kinds = parse_formats(formats)
    contexts = read_contexts(context, language) if context else {}
    if brand:
        load_brand(brand)
    loaded = load_instrument(instrument, language)
    responses = read_many(files, loaded, lenient=lenient)
    click.echo(describe(responses))
    tasks = plan_reports(
        responses,
        language=language,
        instrument=instrument,
        organisation=organisation,
        wave=wave,
        contexts=contexts,
        benchmark=find_benchmark(benchmark),
        brand=str(brand) if brand else "",
    )
    with tqdm(total=len(tasks), unit="report", disable=None, file=sys.stderr) as bar:
        manifest = run_reports(tasks, out, formats=kinds, notebook=notebook, on_done=partial(show_progress, bar))
    click.echo(f"{len(manifest.reports) - len(manifest.failed)} of {len(manifest.reports)} reports written to {out}")
    for entry in manifest.failed:
        failure = entry.failure
        if failure:
            cell = f"cell {failure.cell}: " if failure.cell else ""
            click.echo(
                f"failed: {entry.organisation}: {cell}{failure.error}: {failure.message} ({failure.notebook})", err=True
            )
    if manifest.failed:
        sys.exit(1)


@main.group()
def instrument() -> None:
    """Look at instruments, and check your own."""


@instrument.command("check")
@click.argument("file", default="eight_elements")
@explain_errors
def instrument_check(file: str) -> None:
    """Check the instrument FILE: its structure and the texts of every language, every problem at once."""
    from cxassess.instrument import check_instrument, load_instrument

    problems = check_instrument(file)
    if problems:
        show_problems(problems)
        sys.exit(BAD_INPUT)
    loaded = load_instrument(file)
    click.echo(
        f"{loaded.reference}: {len(loaded.elements)} elements, {len(loaded.items)} items, "
        f"{loaded.level_count} levels, languages {', '.join(loaded.languages)}: no problems"
    )


@instrument.command("show")
@click.argument("file", default="eight_elements")
@click.option("--language", default="en", show_default=True, help="One of the instrument's languages.")
@explain_errors
def instrument_show(file: str, language: str) -> None:
    """Show the instrument FILE with all its texts."""
    from cxassess.instrument import load_instrument, show_instrument

    click.echo(show_instrument(load_instrument(file, language)))


@main.group()
def intake() -> None:
    """Make what respondents fill in without a server."""


@intake.command("workbook")
@click.argument("out", type=click.Path(path_type=Path))
@language_option
@instrument_option
@explain_errors
def intake_workbook(out: Path, language: str, instrument: str) -> None:
    """Write a blank workbook to OUT (.xlsx), to fill in offline and read back with `cxassess check` and `report`."""
    from cxassess.instrument import load_instrument
    from cxassess.responses import write_intake

    write_intake(load_instrument(instrument, language), out)
    click.echo(f"written: {out}")
