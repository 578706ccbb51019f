"""The commands around what is handed over: the files, and the sheet of actions that comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cxassess.cli.shared import asked_option, explain_errors, language_option, lenient_option
from cxassess.language import LANGUAGES

if TYPE_CHECKING:
    from cxassess.context import PlannedAction

_PATH = click.Path(path_type=Path)


@click.command("export")
@click.argument("file", type=_PATH)
@click.option("--out", required=True, type=_PATH, help="Folder to write to; made if it isn't there.")
@click.option("--xlsx", is_flag=True, help="The workbook.")
@click.option("--pptx", is_flag=True, help="The slides.")
@click.option("--csv", is_flag=True, help="Each table as a CSV file.")
@click.option("--pdf", is_flag=True, help="The report.")
@click.option("--organisation", default="", help="Which one, where the file holds several.")
@click.option("--wave", default="", help="The wave to hand over; the newest otherwise.")
@language_option
@click.option("--context", type=_PATH, help="YAML: invited people, targets, events.")
@click.option("--brand", type=_PATH, help="YAML: name, colours, logo and footer of the sender.")
@click.option("--benchmark", type=_PATH, help="CSV of scores to compare with.")
@click.option(
    "--locale", type=click.Choice(LANGUAGES), help="Whose spreadsheet opens the CSV files; --language otherwise."
)
@asked_option
@lenient_option
@explain_errors
def export(  # noqa: PLR0917  (the options of the command)
    file: Path,
    out: Path,
    xlsx: bool,
    pptx: bool,
    csv: bool,
    pdf: bool,
    organisation: str,
    wave: str,
    language: str,
    context: Path | None,
    brand: Path | None,
    benchmark: Path | None,
    locale: str | None,
    instrument: str,
    lenient: bool,
) -> None:
    """Hand over one organisation of the responses or engagement FILE: workbook, slides, CSV files and report.

    All four, if none is named. A file of the same name is replaced.
    """
    from cxassess.assessment import assess
    from cxassess.deliverables import FORMATS, export_assessment

    named = {"xlsx": xlsx, "pptx": pptx, "csv": csv, "pdf": pdf}
    formats = [wanted for wanted in FORMATS if named[wanted]] or list(FORMATS)
    assessment = assess(
        file,
        organisation=organisation,
        wave=wave,
        language=language,
        instrument=instrument,
        context=context or "",
        benchmark=benchmark or "",
        lenient=lenient,
    )
    written = export_assessment(assessment, out, formats, brand=brand or "", locale=locale or "")
    for path in [one for one in written if one.suffix != ".csv"]:
        click.echo(f"written: {path}")
    tables = [one for one in written if one.suffix == ".csv"]
    if tables:
        click.echo(f"written: {len(tables)} CSV files in {tables[0].parent}")


@click.command("actions")
@click.argument("file", type=_PATH)
@click.option("--import", "sheet", type=_PATH, help="A workbook of `cxassess export` with the changed actions.")
@click.option("--forget", is_flag=True, help="Forget the actions that are not in the sheet any more; they are named.")
@click.option("--list", "listed", is_flag=True, help="List the actions.")
@explain_errors
def actions(file: Path, sheet: Path | None, forget: bool, listed: bool) -> None:
    """List the actions of the engagement FILE, or read them in from a changed sheet.

    All of the sheet is read, or nothing. Actions that are not in it stay as they are, unless --forget is given.
    """
    from cxassess.deliverables import read_actions
    from cxassess.engagement import open_engagement

    if sheet is None and not listed:
        raise click.UsageError("Say what to do: --list, or --import WORKBOOK.xlsx.")
    with open_engagement(file) as found:
        if sheet is not None:
            instruments = [found.instrument(code) for code in found.instrument().languages]
            before = found.plan.actions()
            read = read_actions(sheet, instruments[0], others=instruments[1:])
            kept = found.plan.replace_all(read, keep_others=not forget)
            gone = {action.id for action in before} - {action.id for action in kept}
            for action in before:
                if action.id in gone:
                    click.echo(f"forgotten: {_say(action)}")
            click.echo(f"{len(kept)} action{'s' if len(kept) != 1 else ''} in {file}")
        if listed:
            for action in found.plan.actions():
                click.echo(_say(action))


def _say(action: PlannedAction) -> str:
    due = f"by {action.due_on}" if action.due_on else ""
    stop = "stop" if action.kind == "stop" else ""
    parts = [action.wave, action.state, stop, action.title, action.owner, due, action.element]
    return " · ".join(part for part in parts if part)
