"""The command for workshops: one code for everybody in the room, in words and as a picture."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import click

from cxassess.cli.shared import explain_errors


@click.command("room")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("wave")
@click.option("--base-url", required=True, help="Where phones reach the server, e.g. http://192.168.1.20:8765")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day on which it lets anybody in.")
@click.option("--qr", type=click.Path(path_type=Path), help="Write the QR code here, too: .svg or .png.")
@explain_errors
def room(file: Path, wave: str, base_url: str, expires: datetime | None, qr: Path | None) -> None:
    """Make a new code with which everybody in a room joins WAVE of the engagement FILE; an older one ends."""
    import segno

    from cxassess.engagement import open_engagement
    from cxassess.errors import CxassessError

    if qr is not None and qr.suffix.lower() not in {".svg", ".png"}:
        raise CxassessError.single(str(qr), "a QR code is written as .svg or .png", "Give the file one of these names.")
    if not base_url.startswith(("http://", "https://")):
        raise CxassessError.single(base_url, "this is not a web address", "Begin it with http:// or https://.")
    with open_engagement(file) as engagement:
        code = engagement.join_code(wave, expires_on=expires.date() if expires else None)
    address = f"{base_url.rstrip('/')}/join/{code}"
    picture = segno.make(address, error="m", micro=False)
    if qr is not None:
        picture.save(str(qr), scale=10, border=4, kind=qr.suffix[1:].lower())
    drawn = io.StringIO()
    picture.terminal(drawn, compact=True)
    click.echo(f"{drawn.getvalue()}\n{address}\ncode: {code}" + (f"\nwritten: {qr}" if qr else ""))
