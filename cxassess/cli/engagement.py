"""The commands for engagements: making them, their waves, invitations, and how far a wave has come."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cxassess.cli.keeping import KEEPING
from cxassess.cli.shared import explain_errors, instrument_option, language_option

if TYPE_CHECKING:
    from cxassess.engagement import Closing, Engagement, GroupStatus, Snapshot
    from cxassess.engagement.model import Form

_FILE = click.argument("file", type=click.Path(path_type=Path))
_NAME = click.argument("name")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def engagement() -> None:
    """Make an engagement (one client, one file), look at it, run its waves, and keep it safe."""


for keeping in KEEPING:
    engagement.add_command(keeping)


@engagement.command("new")
@_FILE
@click.option("--organisation", required=True, help="The client, as in reports.")
@language_option
@instrument_option
@explain_errors
def new(file: Path, organisation: str, language: str, instrument: str) -> None:
    """Make the engagement FILE (….cxa); the instrument is kept in it, word for word."""
    from cxassess.engagement import create_engagement

    with create_engagement(file, organisation=organisation, language=language, instrument=instrument) as made:
        reference = made.instrument().reference
    click.echo(f"made: {file} ({organisation}, {reference}). Next: cxassess engagement wave add {file} NAME")


@engagement.command("show")
@_FILE
@explain_errors
def show(file: Path) -> None:
    """Show what is in the engagement FILE, and what was done to it."""
    from cxassess.engagement import open_engagement

    with open_engagement(file) as found:
        click.echo(f"{found.organisation}: {found.instrument().reference}, language {found.language}")
        for wave in found.waves():
            snapshots = found.snapshots(wave.name)
            parts = [wave.form, *(["anonymous"] if wave.anonymous else []), wave.state]
            parts += [f"last day {wave.closes_on}"] if wave.closes_on else []
            parts += [_say_snapshot(snapshots[-1])] if snapshots else ["not frozen"]
            click.echo(f"  {wave.name}: {', '.join(parts)}")
        click.echo("Done so far (UTC):")
        for entry in found.audit():
            click.echo(f"  {entry.at} {' · '.join(filter(None, (entry.event, entry.wave, entry.detail)))}")


@engagement.group("wave")
def wave_group() -> None:
    """Plan a wave, open it, close it, and freeze it for reports."""


@wave_group.command("add")
@_FILE
@_NAME
@click.option("--form", type=click.Choice(["full", "pulse"]), default="full", show_default=True, help="What is asked.")
@click.option("--elements", default="", metavar="ID,ID", help="Only these elements of it (`cxassess instrument show`).")
@click.option("--anonymous", is_flag=True, help="Keep no link between a person and their answers, ever.")
@click.option("--closes", type=_DAY, help="The last day on which answers are taken (UTC).")
@click.option("--texts", type=click.Path(path_type=Path), help="YAML: texts for the questionnaire's pages.")
@explain_errors
def wave_add(  # noqa: PLR0917  (the options of the command)
    file: Path, name: str, form: Form, elements: str, anonymous: bool, closes: datetime | None, texts: Path | None
) -> None:
    """Plan the wave NAME, e.g. 2026-10, in the engagement FILE."""
    from cxassess.engagement import open_engagement
    from cxassess.engagement.page_texts import read_texts_file

    written = read_texts_file(texts) if texts else None
    with open_engagement(file) as found:
        asked = [element.strip() for element in elements.split(",") if element.strip()]
        found.add_wave(name, form=form, elements=asked, anonymous=anonymous, closes_on=_day(closes), texts=written)
    click.echo(f"planned: {name}. Next: cxassess engagement wave open {file} {name}")


@wave_group.command("open")
@_FILE
@_NAME
@explain_errors
def wave_open(file: Path, name: str) -> None:
    """Take answers to the wave NAME from now on."""
    from cxassess.engagement import open_engagement

    with open_engagement(file) as found:
        found.open_wave(name)
    click.echo(f"open: {name}")


@wave_group.command("close")
@_FILE
@_NAME
@explain_errors
def wave_close(file: Path, name: str) -> None:
    """Take no more answers to the wave NAME, and freeze what was handed in, for reports.

    If the wave was frozen before and only one to four forms are new or changed since, the earlier snapshot stays as it
    is: a report that differs from an earlier one by so few people shows what they answered.
    """
    from cxassess.engagement import open_engagement

    with open_engagement(file) as found:
        click.echo(_say_closing(found.close_wave(name)))


@wave_group.command("freeze")
@_FILE
@_NAME
@explain_errors
def wave_freeze(file: Path, name: str) -> None:
    """Freeze what was handed in to the wave NAME so far, so that it can be reported while the wave is open.

    Again only when at least five forms are new or changed.
    """
    from cxassess.engagement import open_engagement

    with open_engagement(file) as found:
        click.echo(f"{name}: {_say_snapshot(found.freeze_wave(name))}. Reports read this.")


@engagement.command("texts")
@_FILE
@click.argument("wave")
@click.argument("texts", type=click.Path(path_type=Path))
@explain_errors
def set_texts(file: Path, wave: str, texts: Path) -> None:
    """Keep the texts in the file TEXTS (YAML) for the questionnaire's pages of a WAVE, in place of earlier ones.

    Keys, all optional: title, lead, contact, next (a list), did (title, and a list of said, state, done). Each text is
    a string in quotes, or one for each language.
    """
    from cxassess.engagement import open_engagement
    from cxassess.engagement.page_texts import read_texts_file

    written = read_texts_file(texts)
    with open_engagement(file) as found:
        found.set_texts(wave, written)
    click.echo(f"kept for {wave}: {', '.join(written) or 'nothing'}")


@click.command("invite")
@_FILE
@click.argument("people", type=click.Path(path_type=Path))
@click.option("--wave", required=True, help="The wave to invite to.")
@click.option("--base-url", required=True, help="Where respondents reach the questionnaire: https://….")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="CSV file to write, for mail merge.")
@click.option("--force", is_flag=True, help="Also people who were asked recently; who lost their link gets a new one.")
@click.option("--expires", type=_DAY, help="The last day of the links; the wave's last day, or in 60 days, otherwise.")
@explain_errors
def invite(  # noqa: PLR0917  (the options of the command)
    file: Path, people: Path, wave: str, base_url: str, out: Path, force: bool, expires: datetime | None
) -> None:
    """Invite the PEOPLE in a CSV or XLSX file (name, email, role, unit, language) to a wave of the engagement FILE.

    The file that is written is the only place where the links are. People who were asked within 90 days (pulse: 30)
    are refused, all of them listed, and nobody is invited then.
    """
    from cxassess.engagement import open_engagement
    from cxassess.engagement.merge import invite_file

    with open_engagement(file) as found:
        count = invite_file(found, people, wave, base_url=base_url, out=out, expires_on=_day(expires), force=force)
    click.echo(f"{count} invited to {wave}. Their links are in {out}, and nowhere else: keep it private.")


@click.command("status")
@_FILE
@click.option("--wave", default="", help="The wave; every wave otherwise.")
@click.option("--reminders", type=click.Path(path_type=Path), help="CSV file to write: whom to remind. Needs --wave.")
@explain_errors
def status(file: Path, wave: str, reminders: Path | None) -> None:
    """Say how many were invited, have begun and have answered, by role and unit; never who answered what."""
    from cxassess.engagement import open_engagement
    from cxassess.engagement.merge import write_people

    if reminders and not wave:
        raise click.UsageError("--reminders needs --wave.")
    with open_engagement(file) as found:
        for name in [wave] if wave else [one.name for one in found.waves()]:
            _show_status(found, name)
        if reminders:
            people = found.reminders(wave)
            write_people(reminders, people, found.language)
            everybody = " (everybody: nobody knows who has answered)" if found.wave(wave).anonymous else ""
            click.echo(f"{len(people)} to remind{everybody}: {reminders}")


def _show_status(found: Engagement, name: str) -> None:
    wave, known = found.wave(name), found.status(name)
    roles = {role.id: role.name for role in found.instrument().roles}
    click.echo(f"{name}: {wave.state}, {wave.form}{', anonymous' if wave.anonymous else ''}")
    click.echo(_row("everybody", known.total))
    for group in known.roles:
        click.echo(_row(" + ".join(roles.get(role, role) for role in group.groups), group))
    for group in known.units:
        click.echo(_row(" + ".join(unit or "(no unit)" for unit in group.groups), group))


def _row(label: str, group: GroupStatus) -> str:
    if group.started is None or group.submitted is None:
        return f"  {label}: {group.invited} invited (fewer than five: no more is shown)"
    rate = f" ({group.rate:.0%})" if group.rate is not None else ""
    return f"  {label}: {group.invited} invited, {group.started} begun, {group.submitted} answered{rate}"


def _say_snapshot(snapshot: Snapshot) -> str:
    forms = "1 form" if snapshot.respondents == 1 else f"{snapshot.respondents} forms"
    return f"snapshot {snapshot.number} of {snapshot.taken_on}, {forms}"


def _say_closing(closing: Closing) -> str:
    name, snapshot = closing.wave.name, closing.snapshot
    if snapshot is None:
        return f"closed: {name}. Nobody had handed in a form, so there is nothing to report."
    if closing.left_out:
        forms = "1 form that is" if closing.left_out == 1 else f"{closing.left_out} forms that are"
        return (
            f"closed: {name}. Reports go on reading {_say_snapshot(snapshot)}: the {forms} new or changed since "
            "are too few to be added, as a new report would show what was answered in them."
        )
    return f"closed: {name}. Frozen: {_say_snapshot(snapshot)}. Next: cxassess report"


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
