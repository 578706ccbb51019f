"""A workshop over the network: the server as its own process through the command line, people, and the board."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders_server import CLI, Reply, Server, Visitor, ask

from cxassess.engagement import create_engagement

PHONES = re.compile(r"^phones: (https?)://(\S+):(\d+)/join  code: (\S+)$", re.MULTILINE)
BOARD = re.compile(r"^board:  (https?://\S+?)/board/(\S+)$", re.MULTILINE)
ROLES = ("top_management", "middle_management", "front_line", "back_office")


@dataclass
class WorkshopServer(Server):
    """The process of ``cxassess workshop``; on the loopback address only, unless options say otherwise."""

    code: str = ""
    key: str = ""
    board: str = ""

    def start(self) -> WorkshopServer:
        """Start it, at the same port if it ran before, and wait until it serves."""
        before = len(self.printed) if (self.folder / "out.txt").exists() else 0
        given = [*map(str, self.files), "--port", str(self.port), *(self.options or ("--host", "127.0.0.1"))]
        with (self.folder / "out.txt").open("ab") as out, (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen([*CLI, "workshop", *given], stdout=out, stderr=log)
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            phones, board = PHONES.search(self.printed, before), BOARD.search(self.printed, before)
            if phones and board and "Ctrl-C" in self.printed[before:]:
                self.port, self.code, self.board, self.key = int(phones[3]), phones[4], board[1], board[2]
                return self
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(self.printed + self.log)

    @property
    def door(self) -> str:
        """The address of the board with its key."""
        return f"{self.board}/board/{self.key}"


@contextmanager
def hold_workshop(path: Path, folder: Path, *options: str) -> Iterator[WorkshopServer]:
    """Serve a workshop until the block ends; on an engagement that is made if there is none."""
    folder.mkdir(exist_ok=True)
    if not path.exists():
        with create_engagement(path, organisation="Nordvand A/S"):
            pass
    server = WorkshopServer([path], folder, options)
    try:
        yield server.start()
    finally:
        server.kill()


def join(server: WorkshopServer, role: str = "front_line") -> Visitor:
    """Join with the code, as a phone does."""
    headers = {"Origin": server.address, "Content-Type": "application/x-www-form-urlencoded"}
    reply = ask(server.port, "POST", "/join", f"code={server.code}&role={role}", headers)
    assert reply.status == 303, (reply.status, reply.text)
    cookie = next(value for value in reply.headers.get_all("Set-Cookie") or [] if value.startswith("cxassess="))
    visitor = Visitor(server.port, reply.headers["Location"], cookie.partition(";")[0])
    visitor.load()
    return visitor


def vote(visitor: Visitor, level: int) -> None:
    """Vote the same on everything."""
    replies = visitor.post([visitor.message(item, level) for item in visitor.items]).json["replies"]
    assert [reply["kind"] for reply in replies] == ["ack"] * len(visitor.items), replies


def look(visitor: Visitor, what: str = "room") -> Reply:
    """Ask how far the room is."""
    return ask(visitor.port, "GET", f"{visitor.path}/{what}", headers=visitor.headers())


def give_dots(visitor: Visitor, dots: Any, **headers: str) -> Reply:
    """Give dots."""
    return ask(visitor.port, "POST", f"{visitor.path}/dots", json.dumps({"dots": dots}), visitor.headers(**headers))


@dataclass
class BoardPage:
    """The board's page, as ``stage.js`` sees it."""

    port: int
    cookie: str = ""
    write_key: str = ""
    traits: dict[str, Any] = field(default_factory=dict)
    seq: int = 0

    @classmethod
    def open(cls, server: WorkshopServer) -> BoardPage:
        """Come in by the address that was printed."""
        port = int(server.board.rpartition(":")[2])
        arrived = ask(port, "GET", f"/board/{server.key}")
        assert arrived.status == 200, arrived.text
        page = cls(port, arrived.headers["Set-Cookie"].partition(";")[0])
        page.load()
        return page

    def load(self) -> Reply:
        """Load the page."""
        reply = self.get("/board")
        found = re.search(r'<script type="application/json" id="cx-board">(.*?)</script>', reply.text, re.DOTALL)
        if found:
            block = json.loads(found[1])
            self.traits, self.write_key = block["traits"], block["host"]["write_key"]
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        """Ask for something of the board."""
        return ask(self.port, "GET", path, headers={"Cookie": self.cookie, **headers})

    @property
    def view(self) -> dict[str, Any]:
        """What the board shows now."""
        found: dict[str, Any] = self.get("/board/view").json["board"]
        return found

    def headers(self, **other: str) -> dict[str, str]:
        """Return what the page sends along; a blank takes one away."""
        own = {
            "Content-Type": "application/json",
            "Cookie": self.cookie,
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            "X-Write-Key": self.write_key,
        }
        given = own | {name.replace("_", "-"): value for name, value in other.items()}
        return {name: value for name, value in given.items() if value}

    def post(self, body: str, **headers: str) -> Reply:
        """Send whatever to be done."""
        return ask(self.port, "POST", "/board/commands", body, self.headers(**headers))

    def tell(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Give a command, and return the reply."""
        self.seq += 1
        reply = self.post(json.dumps({"kind": kind, "seq": self.seq, **fields}))
        assert reply.status == 200, (reply.status, reply.text)
        found: dict[str, Any] = reply.json
        return found
