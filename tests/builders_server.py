"""Engagements to serve, the server as its own process through the command line, and respondents without a browser."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxassess.engagement import Person, create_engagement

CLI = [sys.executable, "-c", "from cxassess.cli import main; main()"]
WAVE = "2026-11"
ROLE = "front_line"
SERVING = re.compile(r"^serving at (https?)://([^:]+):(\d+) ", re.MULTILINE)


def write_engagement(
    path: Path,
    people: int = 3,
    *,
    language: str = "en",
    organisation: str = "Nordvand A/S",
    languages: Sequence[str] = (),
    opened: bool = True,
    **wave: Any,
) -> list[str]:
    """Make an engagement with one wave and people of one role in it; return their tokens."""
    with create_engagement(path, organisation=organisation, language=language) as made:
        made.add_wave(WAVE, **wave)
        if opened:
            made.open_wave(WAVE)
        spoken = languages or [""] * people
        persons = [
            Person(f"P {number}", f"p{number}@{path.stem}.example", ROLE, "North", spoken[number])
            for number in range(people)
        ]
        return [invited.token for invited in made.invite(persons, WAVE)]


@dataclass
class Server:
    """The server's process.

    Parameters
    ----------
    files : sequence of Path
        What is served.
    folder : Path
        For its output.
    options : sequence of str
        Of the command.
    """

    files: Sequence[Path]
    folder: Path
    options: Sequence[str] = ()
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        """All it has printed so far, since it was first started."""
        return (self.folder / "out.txt").read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        """All it has logged so far, since it was first started."""
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def start(self) -> Server:
        """Start it, at the same port if it ran before, and wait until it serves."""
        before = len(self.printed) if (self.folder / "out.txt").exists() else 0
        command = [*CLI, "serve", *map(str, self.files), "--port", str(self.port), *self.options]
        with (self.folder / "out.txt").open("ab") as out, (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=out, stderr=log)
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            found = SERVING.search(self.printed, before)
            if found:
                self.port = int(found[3])
                return self
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(self.printed + self.log)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        """End it without a warning."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=60)


@contextmanager
def serve(files: Sequence[Path], folder: Path, *options: str) -> Iterator[Server]:
    """Serve until the block ends."""
    folder.mkdir(exist_ok=True)
    server = Server(files, folder, options)
    try:
        yield server.start()
    finally:
        server.kill()


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def ask(
    port: int,
    method: str,
    path: str,
    body: bytes | str | None = None,
    headers: dict[str, str] | None = None,
    *,
    connection: http.client.HTTPConnection | None = None,
) -> Reply:
    """Make one request; on a connection of its own unless one is given."""
    used = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        used.request(method, path, body, headers or {})
        response = used.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        if connection is None:
            used.close()


@dataclass
class Visitor:
    """A respondent's page, as ``host.js`` sees it."""

    port: int
    path: str = ""
    cookie: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)
    seq: int = 0
    connection: http.client.HTTPConnection | None = None

    @classmethod
    def open(cls, port: int, token: str, **headers: str) -> Visitor:
        """Come in by a link."""
        arrived = ask(port, "GET", f"/i/{token}", headers=headers)
        assert arrived.status == 303, arrived.text
        visitor = cls(port, arrived.headers["Location"], arrived.headers["Set-Cookie"].partition(";")[0])
        visitor.load(**headers)
        return visitor

    def load(self, **headers: str) -> Reply:
        """Load the page."""
        reply = ask(self.port, "GET", self.path, headers=headers | {"Cookie": self.cookie}, connection=self.connection)
        if reply.status == 200 and reply.headers["Content-Encoding"] is None:
            self.traits = read_block(reply.text, "cx-form")
            self.person = read_block(reply.text, "cx-person")
        return reply

    @property
    def items(self) -> list[str]:
        """Ids of the items that are asked."""
        return [item["id"] for element in self.traits["form"]["elements"] for item in element["items"]]

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """What was saved when the page was loaded."""
        found: dict[str, dict[str, Any]] = self.person["traits"]["answers"]
        return found

    def headers(self, **other: str) -> dict[str, str]:
        """Return what the page sends along; a blank takes one away."""
        own = {
            "Content-Type": "application/json",
            "Cookie": self.cookie,
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            "X-Write-Key": self.person["write_key"],
        }
        given = own | {name.replace("_", "-"): value for name, value in other.items()}
        return {name: value for name, value in given.items() if value}

    def post(self, messages: Any, **headers: str) -> Reply:
        """Send messages."""
        body = json.dumps({"messages": messages})
        return ask(self.port, "POST", f"{self.path}/changes", body, self.headers(**headers), connection=self.connection)

    def message(self, item: str, level: int | None = None, **other: Any) -> dict[str, Any]:
        """Make a message about an item."""
        self.seq += 1
        content = {"level": level, "flag": None, "why": "", "comment": "", "revision": 0}
        return {"kind": "answer", "seq": self.seq, "item": item} | content | other

    def save(self, item: str, level: int | None = None, **other: Any) -> dict[str, Any]:
        """Save one answer, and return the reply to it."""
        reply = self.post([self.message(item, level, **other)])
        assert reply.status in (200, 403), (reply.status, reply.text)
        found: dict[str, Any] = reply.json["replies"][0]
        return found

    def tell(self, kind: str) -> dict[str, Any]:
        """Submit or reopen, and return the reply."""
        self.seq += 1
        found: dict[str, Any] = self.post([{"kind": kind, "seq": self.seq}]).json["replies"][0]
        return found


def read_block(page: str, name: str) -> dict[str, Any]:
    """Return the data in a page's block."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read
