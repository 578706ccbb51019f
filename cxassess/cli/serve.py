"""The command that serves the questionnaire to respondents."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cxassess.cli.shared import explain_errors

if TYPE_CHECKING:
    from socket import socket
    from ssl import SSLContext

    from tornado.web import Application

    from cxassess.questionnaire.server import House, Listening
    from cxassess.questionnaire.server.keeper import Desk
    from cxassess.questionnaire.server.limits import Network

_OPEN_TO_ALL = """\
Warning: {host} can be reached from other machines, and without TLS whoever is on the way reads every answer and link.
    → Give --certificate and --key, or put a proxy with TLS before it and use --behind-proxy: see docs/serving.md."""
_PROXY_OPEN = """\
Warning: with --behind-proxy, whoever reaches {host} directly can pretend to be the proxy.
    → Listen on 127.0.0.1, or let a firewall pass the proxy only: see docs/serving.md."""


@click.command("serve")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of this machine to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0: any that is free.")
@click.option("--certificate", type=click.Path(path_type=Path), help="For TLS: the certificate (chain), PEM.")
@click.option("--key", type=click.Path(path_type=Path), help="For TLS: its private key, PEM.")
@click.option("--behind-proxy", is_flag=True, help="A proxy before it speaks TLS, and tells who asks (X-Forwarded-…).")
@click.option(
    "--no-limit", "networks", multiple=True, metavar="NETWORK", help="Don't count wrong links from here: 10.0.0.0/8."
)
@explain_errors
def serve(  # noqa: PLR0917  (the options of the command)
    files: tuple[Path, ...],
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    behind_proxy: bool,
    networks: tuple[str, ...],
) -> None:
    """Serve the questionnaire of the engagement FILES (….cxa) to respondents, each file to its own links only.

    Ctrl-C stops it, and loses nothing. The log goes to standard error, and names neither people nor links.
    """
    from cxassess.questionnaire.server import House, Listening, make_application
    from cxassess.workshop.server import make_phone_routes, read_files

    if key and not certificate:
        raise click.UsageError("--key needs --certificate.")
    exempt = _read_networks(networks)
    listening = Listening(host, port, certificate, key)
    security = listening.secure()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("cxassess.server").setLevel(logging.INFO)
    house = House.open(files)
    try:
        sockets = listening.open()
        application = make_application(
            house,
            behind_proxy=behind_proxy,
            exempt=exempt,
            more=make_phone_routes(),  # for those who follow a board in a notebook
            files=read_files(),
        )
        address = f"{'https' if security else 'http'}://{_name(host)}:{sockets[0].getsockname()[1]}"
        _warn(listening, behind_proxy=behind_proxy)
        asyncio.run(_run(house, application, sockets, security, address))
    finally:
        house.close()
    click.echo("stopped; everything that was acknowledged is stored.")


async def _run(
    house: House, application: Application, sockets: list[socket], security: SSLContext | None, address: str
) -> None:
    from cxassess.questionnaire.server import serve as serve_application

    for served in house.served:
        for line in await served.keeper.read(_describe):
            click.echo(line)
    ready = f"serving at {address} (links: {address}/i/…, rooms: {address}/join). Ctrl-C stops it."
    await serve_application(application, sockets, security, on_ready=lambda: click.echo(ready))


def _describe(desk: Desk) -> list[str]:
    """Get an engagement ready, and say what is served of it: its waves, and how many are invited to them."""
    engagement = desk.engagement
    desk.library.prepare(engagement)
    today = datetime.now(UTC).date()
    lines = [f"{engagement.organisation} ({engagement.path.name})"]
    for wave in engagement.waves():
        if wave.state == "closed":
            continue
        invited = engagement.status(wave.name).total.invited
        late = "not open yet" if wave.state == "planned" else "past its last day"
        how = "open" if wave.takes_answers(today) else late
        until = f" until {wave.closes_on}" if wave.closes_on else ""
        lines.append(f"  {wave.name}: {how}{until}, {wave.form}, {invited} invited")
    if not any(wave.takes_answers(today) for wave in engagement.waves()):
        lines.append("  No wave is open: whoever comes with a link is told so. Next: cxassess engagement wave open")
    return lines


def _warn(listening: Listening, *, behind_proxy: bool) -> None:
    """Say so if the server can be reached from elsewhere and is not protected."""
    if _is_loopback(listening.host):
        return
    if behind_proxy:
        click.echo(_PROXY_OPEN.format(host=listening.host), err=True)
    elif listening.certificate is None:
        click.echo(_OPEN_TO_ALL.format(host=listening.host), err=True)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name(host: str) -> str:
    """Write a host as addresses do."""
    return f"[{host}]" if ":" in host else host


def _read_networks(given: tuple[str, ...]) -> list[Network]:
    try:
        return [ip_network(network) for network in given]
    except ValueError as error:
        raise click.UsageError(f"--no-limit: {error}") from error
