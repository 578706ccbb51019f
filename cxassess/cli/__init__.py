"""The command line: thin commands over the library; everything here can be done in Python as well."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cxassess import __version__
from cxassess.cli.engagement import engagement, invite, status
from cxassess.cli.export import actions, export
from cxassess.cli.lab import lab, present, start
from cxassess.cli.portfolio import portfolio
from cxassess.cli.report import report
from cxassess.cli.room import room
from cxassess.cli.scores import scores
from cxassess.cli.serve import serve
from cxassess.cli.shared import (
    BAD_INPUT,
    asked_option,
    explain_errors,
    files_argument,
    instrument_option,
    language_option,
    lenient_option,
    show_problems,
)
from cxassess.cli.workshop import workshop


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cxassess")
def main() -> None:
    """Measure how mature a customer-experience transformation is, and what to do next."""


@main.command()
@files_argument
@asked_option
@lenient_option
@explain_errors
def check(files: tuple[Path, ...], instrument: str, lenient: bool) -> None:
    """Read responses FILES (CSV, XLSX, engagements, or a folder) and say what was understood, or every problem."""
    from cxassess.batch.source import open_inputs
    from cxassess.responses import describe

    with open_inputs(files, instrument=instrument) as inputs:
        click.echo(describe(inputs.read(lenient=lenient)))


for command in (lab, present, report, export, portfolio, scores, engagement, invite, serve, status, workshop):
    main.add_command(command)
engagement.add_command(room)
engagement.add_command(start)
engagement.add_command(actions)


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
