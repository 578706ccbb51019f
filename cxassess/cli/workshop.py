"""The command that runs a workshop: phones and the board, from one server."""

from __future__ import annotations

import asyncio
import io
import logging
import webbrowser
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from cxassess.cli.shared import explain_errors
from cxassess.language import LANGUAGES

if TYPE_CHECKING:
    from socket import socket

    from cxassess.engagement.model import Form
    from cxassess.questionnaire.server import House, Listening
    from cxassess.workshop.server import Opened, Venue, WavePlan

_ALL: str = "0.0.0.0"  # noqa: S104  (phones in the room have to reach it)
_LOOPBACK = ("127.0.0.1", "localhost")
_NO_NETWORK = """\
Warning: phones can’t reach {phones}: this is the machine’s address for itself.
    → Join the room’s network, or make a hotspot, and start again without --host: see docs/workshop.md."""
_NO_TLS = """\
Warning: without TLS, whoever listens in this network reads the answers.
    → Use a network of your own, such as a hotspot; or give --certificate and --key: see docs/workshop.md."""
_ANYWHERE = """\
Warning: with --board-anywhere, whoever has the board’s address can run the workshop from any machine in the network,
and without TLS whoever listens there can read that address."""


@dataclass(frozen=True)
class _Doors:
    """Where it is reached: the sockets, and the addresses for phones and for the board."""

    sockets: list[socket]
    plain: list[socket]
    phones: str
    board: str
    others: tuple[str, ...]

    def close(self) -> None:
        """Give the sockets back, if they were not served."""
        for one in (*self.sockets, *self.plain):
            one.close()


@click.command("workshop")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--wave", default="", help="Its name.  [default: the workshop that goes on; else a new wave, of today]")
@click.option("--form", type=click.Choice(["pulse", "full"]), help="What a new wave asks.  [default: pulse]")
@click.option("--elements", default="", metavar="ID,ID", help="A new wave asks about these elements only.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the board to begin with.  [default: the client’s]")
@click.option("--host", default=_ALL, show_default=True, help="Address of this machine to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0: any that is free.")
@click.option("--base-url", default="", help="Where phones reach it, if not at the address that is found.")
@click.option("--certificate", type=click.Path(path_type=Path), help="For TLS: the certificate (chain), PEM.")
@click.option("--key", type=click.Path(path_type=Path), help="For TLS: its private key, PEM.")
@click.option("--open", "opens", is_flag=True, help="Open the board in the browser.")
@click.option("--board-anywhere", is_flag=True, help="Let the board be opened on other machines, too.")
@explain_errors
def workshop(  # noqa: PLR0917  (the options of the command)
    file: Path,
    wave: str,
    form: Form | None,
    elements: str,
    language: str | None,
    host: str,
    port: int,
    base_url: str,
    certificate: Path | None,
    key: Path | None,
    opens: bool,
    board_anywhere: bool,
) -> None:
    """Run a workshop on the engagement FILE (….cxa): phones join and vote, and you lead from the board.

    It prints where phones join, as a picture too, and where you open the board. Ctrl-C stops it and loses nothing: the
    same command goes on from there, with a new code and a new address of the board.
    """
    from cxassess.questionnaire.server import House, Listening
    from cxassess.workshop.server import WavePlan

    if key and not certificate:
        raise click.UsageError("--key needs --certificate.")
    if base_url and not base_url.startswith(("http://", "https://")):
        raise click.UsageError("--base-url begins with http:// or https://.")
    listening = Listening(host, port, certificate, key)
    chosen = tuple(part.strip() for part in elements.split(",") if part.strip())
    plan = WavePlan(wave, form, chosen)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("cxassess.server").setLevel(logging.INFO)
    house = House.open([file])
    try:
        with closing(_open_doors(listening, base_url, anywhere=board_anywhere)) as doors:
            run = _run(house, listening, doors, plan, language=language or "", anywhere=board_anywhere, opens=opens)
            asyncio.run(run)
    finally:
        house.close()
    click.echo("stopped; everything that was acknowledged is stored. The same command goes on from here.")


async def _run(
    house: House,
    listening: Listening,
    doors: _Doors,
    plan: WavePlan,
    *,
    language: str,
    anywhere: bool,
    opens: bool,
) -> None:
    from cxassess.questionnaire.server import serve
    from cxassess.workshop.server import Venue, make_workshop_application, open_workshop

    keeper = house.served[0].keeper
    opened = await keeper.write(lambda desk: open_workshop(desk.engagement, plan))
    await keeper.read(lambda desk: desk.library.prepare(desk.engagement))
    venue = Venue(opened.wave, opened.code, f"{doors.phones}/join/{opened.code}", language=language, anywhere=anywhere)
    board = f"{doors.board}/board/{venue.key}"

    def say_ready() -> None:
        _say(opened, venue, doors, board, secure=listening.certificate is not None)
        if opens:
            asyncio.get_running_loop().run_in_executor(None, webbrowser.open, board)

    application = make_workshop_application(house, venue)
    await serve(application, doors.sockets, listening.secure(), plain=doors.plain, on_ready=say_ready)


def _open_doors(listening: Listening, base_url: str, *, anywhere: bool) -> _Doors:
    """Take the addresses; the board gets one of its own on this machine where the phones' does not serve it."""
    from cxassess.questionnaire.server import Listening as Listen
    from cxassess.workshop.server import find_addresses

    listening.secure()  # a certificate that can't be used is told before anything else
    sockets = listening.open()
    port = sockets[0].getsockname()[1]
    scheme = "https" if listening.certificate else "http"
    everywhere = listening.host in (_ALL, "::", "")
    own = find_addresses() if everywhere else [listening.host]
    phones = base_url.rstrip("/") or f"{scheme}://{_name(own[0] if own else '127.0.0.1')}:{port}"
    others = tuple(f"{scheme}://{address}:{port}/join" for address in own[1:]) if not base_url else ()
    if anywhere:
        return _Doors(sockets, [], phones, phones, others)
    if scheme == "http" and (everywhere or listening.host in _LOOPBACK):
        return _Doors(sockets, [], phones, f"http://127.0.0.1:{port}", others)
    plain = Listen("127.0.0.1", 0).open()
    return _Doors(sockets, plain, phones, f"http://127.0.0.1:{plain[0].getsockname()[1]}", others)


def _say(opened: Opened, venue: Venue, doors: _Doors, board: str, *, secure: bool) -> None:
    """Say how to join, and where the board is."""
    import segno

    how = "a new wave" if opened.is_new else "goes on"
    items = f"{opened.items} item{'s' if opened.items != 1 else ''}"
    drawn = io.StringIO()
    segno.make(venue.join_url, error="m", micro=False).terminal(drawn, compact=True)
    click.echo(f"{opened.organisation}, wave {opened.wave}: {how}, {items}\n\n{drawn.getvalue()}")
    click.echo(f"phones: {doors.phones}/join  code: {opened.code}")
    for address in doors.others:
        click.echo(f"        or {address}, where that one does not open")
    click.echo(f"board:  {board}")
    click.echo("Ctrl-C stops it, and loses nothing.")
    if urlsplit(doors.phones).hostname in _LOOPBACK:
        click.echo(_NO_NETWORK.format(phones=doors.phones), err=True)
    elif not secure and not doors.phones.startswith("https://"):
        click.echo(_NO_TLS, err=True)
    if venue.anywhere:
        click.echo(_ANYWHERE, err=True)


def _name(host: str) -> str:
    """Write a host as addresses do."""
    return f"[{host}]" if ":" in host else host
