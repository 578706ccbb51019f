"""The board over the network: for whoever has its key, on this machine unless it was opened to others."""

from __future__ import annotations

import asyncio
import json
from importlib.resources import files
from typing import Any, ClassVar, Final

from tornado.web import HTTPError

from cxassess.questionnaire.server.handler import Common, Handler
from cxassess.questionnaire.server.keeper import Desk
from cxassess.questionnaire.server.respondents import FAILURE_SECONDS
from cxassess.workshop.commands import obey
from cxassess.workshop.server.board_page import board_page, door_page, no_key_page
from cxassess.workshop.server.venue import Venue
from cxassess.workshop.words import STATIC_FILES, read_static

COOKIE: Final = "cxassess-board"
LANGUAGE_COOKIE: Final = "language"
PATH: Final = "/board"
MOST_BYTES: Final = 16 * 1024
_LARGEST_SEQ: Final = 2**53


def read_board_files() -> dict[str, str]:
    """Return the files of the board's page, in the order in which they need one another."""
    folder = files("cxassess.workshop").joinpath("static")
    host = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in ("stage.css", "stage.js")}
    return {name: read_static(name) for name in STATIC_FILES} | host


class BoardHandler(Handler):
    """A request about the board."""

    route = "board"
    #: Whether this is where one comes in with the key itself.
    is_door: ClassVar[bool] = False

    def initialize(self, common: Common, venue: Venue) -> None:  # type: ignore[override]
        """Take what all handlers work with, and the workshop."""
        super().initialize(common)
        self.venue = venue

    @property
    def is_let_in(self) -> bool:
        """Whether the request comes from where the board may be."""
        passed_on = any(name in self.request.headers for name in ("Forwarded", "X-Forwarded-For"))
        return self.venue.lets_board_in(self.address, passed_on=passed_on)

    async def prepare(self) -> None:
        """Let nobody further who is elsewhere, or has no key."""
        await super().prepare()
        if not self.is_let_in:
            raise HTTPError(404)
        if not self.is_door and not self.venue.is_key(self.get_cookie(self.cookie) or ""):
            await self.refuse_key()

    async def refuse_key(self) -> None:
        """Count a wrong key, and say that there is nothing."""
        if not self.common.limiter.allows(self.address):
            raise HTTPError(429)
        self.common.limiter.note_failure(self.address)
        await asyncio.sleep(FAILURE_SECONDS)
        raise HTTPError(404)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say on the machine itself where to find the key: the server may have been started anew."""
        if status_code == 404 and not self.speaks_json and self.is_let_in:
            self.send_page(no_key_page(self.language, self.common.assets))
        else:
            super().write_error(status_code, **kwargs)

    @property
    def cookie(self) -> str:
        """Name of the cookie; the prefix has browsers insist on TLS."""
        return f"__Secure-{COOKIE}" if self.is_secure else COOKIE

    async def read(self, work: Any) -> Any:
        """Have something read from the workshop's engagement."""
        return await self.common.house.served[0].keeper.read(work)


class DoorHandler(BoardHandler):
    """The address that is printed, with the key in it."""

    route = "board door"
    is_door = True

    async def get(self, key: str) -> None:
        """Keep the key as a cookie, and go to the board's own address, which tells nothing."""
        if not self.venue.is_key(key):
            await self.refuse_key()
        self.set_cookie(self.cookie, key, path=PATH, httponly=True, secure=self.is_secure, samesite="Strict")
        # A redirect would still count as coming from the page that held the link, and the cookie would not be sent.
        self.send_page(door_page(self.language, PATH, self.common.assets))


class BoardPageHandler(BoardHandler):
    """The board's page."""

    async def get(self) -> None:
        """Send it with everything that it shows."""
        traits = await self.read(lambda desk: self.venue.traits(desk.engagement))
        chosen = self.get_cookie(LANGUAGE_COOKIE)
        if chosen in traits["words"]:
            traits["lang"] = chosen
        page = board_page(traits, {"path": PATH, "write_key": self.venue.write_key}, self.common.assets)
        self.send_page(page)


class ViewHandler(BoardHandler):
    """What the board shows."""

    route = "board view"
    speaks_json = True

    async def get(self) -> None:
        """Send it, unless the page has it already."""
        view = await self.read(lambda desk: self.venue.view(desk.engagement))
        self.set_header("ETag", view.tag)
        if self.request.headers.get("If-None-Match") == view.tag:
            self.set_status(304)
            self.finish()
            return
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(view.content)


class CommandsHandler(BoardHandler):
    """What the facilitator does on the board."""

    route = "board commands"
    speaks_json = True

    async def post(self) -> None:
        """Do it, and reply once all of it is stored."""
        self.require_own_json()
        if not self.venue.is_write_key(self.request.headers.get("X-Write-Key", "")):
            raise HTTPError(403)
        if len(self.request.body) > MOST_BYTES:
            raise HTTPError(413)
        message = parse_command(self.request.body)
        if message is None:
            raise HTTPError(400)

        def work(desk: Desk) -> dict[str, Any]:
            return obey(desk.engagement, self.venue.wave, message, self.venue.language)

        self.send_json(await self.common.house.served[0].keeper.write(work))


def parse_command(body: bytes) -> dict[str, Any] | None:
    """Return the message in a request; None unless it is an object with a kind and a number, as our page sends it."""
    try:
        given = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or not isinstance(given.get("kind"), str):
        return None
    seq = given.get("seq")
    return given if type(seq) is int and 0 <= seq < _LARGEST_SEQ else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
