"""The command that lists the scores of many organisations."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from tqdm import tqdm

from cxassess.cli.shared import asked_option, explain_errors, files_argument, lenient_option


@click.command("scores")
@files_argument
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="CSV file to write.")
@click.option("--context", type=click.Path(path_type=Path), help="YAML: invited people, targets, events.")
@asked_option
@lenient_option
@explain_errors
def scores(files: tuple[Path, ...], out: Path, context: Path | None, instrument: str, lenient: bool) -> None:
    """List the scores of every organisation and wave in the responses or engagement FILES, of any size, as CSV."""
    from cxassess.batch.files import FolderError, write_whole
    from cxassess.batch.source import open_inputs
    from cxassess.context import read_contexts
    from cxassess.errors import CxassessError
    from cxassess.scoring.listing import format_scores, list_scores

    given = read_contexts(context) if context else {}
    with (
        open_inputs(files, instrument=instrument, contexts=given) as inputs,
        inputs.as_files() as paths,
        tqdm(unit=" respondents", disable=None, file=sys.stderr) as bar,
    ):
        frame = list_scores(
            paths,
            inputs.instrument,
            contexts=inputs.contexts,
            lenient=lenient,
            on_chunk=lambda rows: bar.update(rows - bar.n),
        )
    try:
        write_whole(out, format_scores(frame))
    except FolderError as error:
        remedy = "Make room, or give a folder that you may write to."
        raise CxassessError.single(error.folder, f"nothing can be written there: {error.reason}", remedy) from error
    click.echo(f"{frame['organisation'].nunique():,} organisations written to {out}")
