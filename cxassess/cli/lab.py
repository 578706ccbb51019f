"""The commands that open JupyterLab, and lay out a client's folder for it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cxassess.cli.shared import explain_errors, instrument_option, language_option

if TYPE_CHECKING:
    from cxassess.lab import LabCall


@click.command("lab", context_settings={"ignore_unknown_options": True})
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTERLAB OPTIONS]...")
@click.option("--port", default=8888, show_default=True, type=click.IntRange(1, 65535), help="Or the next free one.")
@click.option("--no-browser", is_flag=True, help="Print the address only.")
@explain_errors
def lab(folder: Path, options: tuple[str, ...], port: int, no_browser: bool) -> None:
    """Open JupyterLab at the start notebook of FOLDER, offline, for this machine only. Ctrl-C ends it."""
    from cxassess.lab import plan_lab

    _run(plan_lab(folder, port=port, browser=not no_browser, options=options))


@click.command("present")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--port", default=8866, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-browser", is_flag=True, help="Print the address only.")
@explain_errors
def present(notebook: Path, port: int, no_browser: bool) -> None:
    """Show NOTEBOOK without its code, on this machine only (Voilà: pip install "cxassess[voila]"). Ctrl-C ends it."""
    from cxassess.lab import plan_presentation

    _run(plan_presentation(notebook, port=port, browser=not no_browser))


@click.command("start")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--organisation", default="", help="The client, as in reports: makes the engagement as well.")
@language_option
@instrument_option
@explain_errors
def start(folder: Path, organisation: str, language: str, instrument: str) -> None:
    """Lay out a client's working FOLDER: notebooks, brand, data, output and, with a name, the engagement."""
    from cxassess.lab import make_folder

    made = make_folder(folder, organisation=organisation, language=language, instrument=instrument)
    click.echo(f"made: {made}. Next: cxassess lab {folder}")


def _run(call: LabCall) -> None:
    """Become the server; where one program can't become another, run it, and end as it did."""
    if sys.platform != "win32":
        sys.stdout.flush()
        os.execve(call.arguments[0], call.arguments, call.environment)  # noqa: S606  (our own command)
    with subprocess.Popen(call.arguments, env=call.environment) as running:  # noqa: S603  (our own command)
        while running.poll() is None:
            with suppress(KeyboardInterrupt):  # it has got it too, and asks before it ends
                running.wait()
    sys.exit(running.returncode)
