"""The command that reports on many organisations together."""

from __future__ import annotations

from pathlib import Path

import click

from cxassess.cli.shared import asked_option, explain_errors, files_argument, language_option, lenient_option


@click.command("portfolio")
@files_argument
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write: .pdf, or .html to read on a screen.",
)
@language_option
@click.option("--context", type=click.Path(path_type=Path), help="YAML: invited people, industries, countries.")
@click.option("--outcome", type=click.Path(path_type=Path), help="CSV: organisation, outcome.")
@click.option(
    "--benchmark",
    type=click.Path(path_type=Path),
    help="CSV of other organisations' scores: element, score, and perhaps industry and country.",
)
@click.option("--title", default="", help="Name of the portfolio, for the cover.")
@click.option("--brand", type=click.Path(path_type=Path), help="YAML: name, colours, logo and footer of the sender.")
@asked_option
@lenient_option
@explain_errors
def portfolio(  # noqa: PLR0917  (the options of the command)
    files: tuple[Path, ...],
    out: Path,
    language: str,
    context: Path | None,
    outcome: Path | None,
    benchmark: Path | None,
    title: str,
    brand: Path | None,
    instrument: str,
    lenient: bool,
) -> None:
    """Report on all organisations in the responses or engagement FILES together.

    A league table with the places that can't be ruled out, the levels and the systematic share, a heat map, bands by
    industry and country, what goes with an outcome, and changes between waves.
    """
    from cxassess.batch.files import FolderError, write_whole
    from cxassess.errors import CxassessError
    from cxassess.portfolio import assess_portfolio
    from cxassess.report.files import render_files

    kind = out.suffix.lower().removeprefix(".")
    if kind not in {"pdf", "html"}:
        raise CxassessError.single(f"--out {out}", "the file is neither .pdf nor .html", "End its name in .pdf.")
    assessed = assess_portfolio(
        files,
        contexts=context or "",
        language=language,
        instrument=instrument,
        outcome=outcome or "",
        benchmark=benchmark or "",
        lenient=lenient,
    )
    report = assessed.report(title=title, brand=brand or "")
    content = render_files(report.document.to_dict(), (kind,))[kind]
    try:
        write_whole(out, content)
    except FolderError as error:
        remedy = "Make room, or give a folder that you may write to."
        raise CxassessError.single(error.folder, f"nothing can be written there: {error.reason}", remedy) from error
    count = len(assessed.members)
    click.echo(f"{count:,} organisation{'s' if count != 1 else ''} written to {out}")
