"""The commands that keep engagements safe: copies, checks, and what a respondent may ask for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cxassess.cli.shared import BAD_INPUT, explain_errors, show_problems
from cxassess.language import LANGUAGES

if TYPE_CHECKING:
    from cxassess.engagement import Engagement, Erasure, Verification

_FILE = click.argument("file", type=click.Path(path_type=Path))
_LEDGER: Final = "The ledger of erasures (….cxa.erased); the one beside the file otherwise."


@click.command("backup")
@_FILE
@click.argument("out", type=click.Path(path_type=Path))
@explain_errors
def backup(file: Path, out: Path) -> None:
    """Copy the engagement FILE, also while it is served, into the new file OUT, and verify the copy."""
    from cxassess.engagement import back_up

    click.echo(f"backed up: {out} ({_say_content(back_up(file, out))})")


@click.command("verify")
@_FILE
@click.option("--ledger", type=click.Path(path_type=Path, exists=True, dir_okay=False), help=_LEDGER)
@explain_errors
def verify(file: Path, ledger: Path | None) -> None:
    """Check that the engagement FILE, or a backup, is whole, and that what is in it belongs together.

    Nothing is changed. The exit code is 0 if all is well, and 2 if there is a problem.
    """
    from cxassess.engagement import verify_engagement

    found = verify_engagement(file, ledger=ledger)
    for remark in found.remarks:
        click.echo(f"Note: {remark}", err=True)
    if found.problems:
        show_problems(found.problems)
        sys.exit(BAD_INPUT)
    click.echo(f"whole: {file} ({_say_content(found)})")


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path))
@_FILE
@click.option("--replace", is_flag=True, help="Put it in the place of FILE, which is kept beside under another name.")
@click.option("--ledger", "ledgers", multiple=True, type=click.Path(path_type=Path), help=f"Also: {_LEDGER}")
@explain_errors
def restore(backup: Path, file: Path, replace: bool, ledgers: tuple[Path, ...]) -> None:
    """Make the engagement FILE from a BACKUP. Whoever was erased since it was made is erased from it first."""
    from cxassess.engagement import restore as put_back
    from cxassess.engagement.address import refuse_address
    from cxassess.questionnaire.server.lock import FileLock

    refuse_address(file)
    if not file.parent.is_dir():
        raise click.UsageError(f"There is no folder {file.parent}.")
    lock = FileLock(file)  # while it is served, what is acknowledged would go into the file that is put aside
    try:
        done = put_back(backup, file, replace=replace, ledgers=ledgers)
    finally:
        lock.release()
    click.echo(f"restored: {file} ({_say_content(done.verification)})")
    if done.kept:
        click.echo(f"What was there is in {done.kept}: delete it once you don't need it. An erasure deletes it too.")
    if done.erased_again:
        click.echo(f"Erased again: {_count(done.erased_again, 'person')} whom the backup still held.")
    if not done.ledger:
        click.echo("There is no ledger of erasures. If anybody was erased since the backup was made, erase them again.")


@click.command("export")
@_FILE
@click.argument("respondent")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write to; it may be new.")
@click.option("--language", default="", type=click.Choice(["", *LANGUAGES]), help="Of the CSV; the respondent's own.")
@explain_errors
def export(file: Path, respondent: str, out: Path, language: str) -> None:
    """Write everything that the engagement FILE holds about one RESPONDENT, as JSON and as CSV.

    RESPONDENT is an e-mail address, a name, a pseudonym, or the link that was sent.
    """
    from cxassess.engagement import open_engagement, write_personal_data

    with open_engagement(file) as found:
        data = found.personal_data(respondent)
    out.mkdir(mode=0o700, exist_ok=True)
    for path in write_personal_data(data, out, language=language):
        click.echo(f"written: {path}")
    _say_unlinked(data["not_included"])


@click.command("erase")
@_FILE
@click.argument("respondents", nargs=-1, required=True, metavar="RESPONDENT...")
@click.option("--reports", multiple=True, type=click.Path(path_type=Path), help="Folder of reports to look through.")
@click.option("--yes", is_flag=True, help="Don't ask first.")
@explain_errors
def erase(file: Path, respondents: tuple[str, ...], reports: tuple[Path, ...], yes: bool) -> None:
    """Erase RESPONDENTS from the engagement FILE for good: who they are, invitations, answers, also frozen ones.

    Each is an e-mail address, a name, a pseudonym, or the link that was sent. Reports that were made before are not
    changed: the command says which are to be made again, and --reports in which files their words stand.
    """
    from cxassess.batch.outdated import find_outdated
    from cxassess.engagement import open_engagement
    from cxassess.engagement.address import is_address, read_address
    from cxassess.engagement.personal_data import list_texts

    with open_engagement(file) as found:
        everything = [found.personal_data(one) for one in respondents]
        for data in everything:
            person = data["person"]
            click.echo(f"  {person['name'] or '(no name)'} · {person['email'] or person['pseudonym']}")
        if not yes:
            click.confirm("Erase them for good?", abort=True)
        done = found.erase(*respondents)
        _say_erased(done)
        if is_address(file) and not read_address(file).ledger:
            click.echo(
                "No ledger is named (&ledger=FILE): after putting an older dump back, erase them again.", err=True
            )
        texts = [text for data in everything for text in list_texts(data)]
        concerned = _concerned(found, done)
        for folder in reports:
            outdated = find_outdated(folder, found.organisation, concerned, texts)
            for name in outdated.reports:
                click.echo(f"  made from what was erased; make it again, and withdraw this one: {folder / name}")
            for name in outdated.quoting:
                click.echo(f"  holds their words, name or pseudonym: {folder / name}")
            if not outdated.reports and not outdated.quoting:
                click.echo(f"  nothing of theirs was found in {folder}")


def _concerned(found: Engagement, done: Erasure) -> list[str]:
    """Return the waves whose reports show what has changed: from the first such wave on."""
    names = [wave.name for wave in found.waves()]
    first = min((names.index(name) for name in done.reported), default=len(names))
    return names[first:]


def _say_erased(done: Erasure) -> None:
    click.echo(
        f"erased: {_count(done.respondents, 'person')}; answers or invitations in: {', '.join(done.waves) or 'no wave'}"
    )
    if done.reported:
        click.echo(
            f"Frozen snapshots of {', '.join(done.reported)} are without them now. Make these reports, and all that "
            "compare with them, again, and withdraw the earlier ones: the difference shows what was erased."
        )
    _say_unlinked(done.unlinked)
    for place in done.mentions:
        click.echo(f"Named by others, and left as it is: {place}. Read it, and decide.")
    for path in done.removed:
        click.echo(f"deleted, as it held them too: {path}")
    if not done.scrubbed:
        click.echo("The file was in use, or the disk full: it is written anew when it is opened next.", err=True)
    click.echo("Lists and files that were made elsewhere (links, CSV, backups out of reach) are yours to delete.")


def _say_unlinked(waves: list[str] | tuple[str, ...]) -> None:
    if waves:
        click.echo(
            f"Asked in anonymous waves as well ({', '.join(waves)}): nothing links people to what was answered there, "
            "so it can't be found by name. With the link that they were sent, it can."
        )


def _say_content(found: Verification) -> str:
    counts = ((found.waves, "wave"), (found.people, "person"), (found.answers, "answer"), (found.snapshots, "snapshot"))
    parts = [_count(count, word) for count, word in counts]
    erased = f", {found.erased} erased" if found.erased else ""
    return f"{found.organisation}: {', '.join(parts)}{erased}"


def _count(count: int, word: str) -> str:
    several = "people" if word == "person" else f"{word}s"
    return f"{count:,} {word if count == 1 else several}"


KEEPING: Final = (backup, verify, restore, export, erase)
