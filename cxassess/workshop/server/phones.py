"""What phones in the room ask for besides the questionnaire: how far the workshop is, and to give dots."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any, Final

from tornado.web import HTTPError

from cxassess.engagement import DOTS, Admission, Engagement, Refused
from cxassess.questionnaire.server.application import Route
from cxassess.questionnaire.server.handler import Common
from cxassess.questionnaire.server.joining import JoinHandler
from cxassess.questionnaire.server.keeper import Desk
from cxassess.questionnaire.server.pages import Beside, plain_page
from cxassess.questionnaire.server.respondents import QuestionnaireHandler, RespondentHandler
from cxassess.questionnaire.words import speak
from cxassess.workshop.server.venue import Venue

FILES: Final = ("room.css", "room.js")
_MOST_BYTES: Final = 4 * 1024
_MOST_NAMED: Final = 64


def read_room(engagement: Engagement, admission: Admission) -> dict[str, Any]:
    """Return what one phone is told of the workshop: where it is, and what is the person's own.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    admission : Admission
        Of the person.

    Returns
    -------
    dict
        ``step``, ``revealed``, ``state`` (of the person's form), ``counted`` (how many of their votes were, once the
        answers are shown; None before) and ``dots`` (their own).
    """
    state = engagement.workshop(admission.wave).state()
    is_over = engagement.wave(admission.wave).state == "closed"
    dots_are_over = state.step == "priorities" and state.dots_shown
    counted = None
    if state.revealed:
        answers = engagement.answers(admission).values()
        counted = sum(answer.level is not None or answer.flag is not None for answer in answers)
    return {
        "step": "close" if is_over else "actions" if dots_are_over else state.step,
        "revealed": state.revealed,
        "state": admission.state,
        "counted": counted,
        "dots": engagement.own_dots(admission),
    }


def describe_room(engagement: Engagement, admission: Admission) -> dict[str, Any]:
    """Return what a phone's page begins with: the room as it is, its words, and what can be given dots."""
    wave = engagement.wave(admission.wave)
    spoken = {
        code: engagement.instrument(language=code, reference=wave.instrument)
        for code in engagement.instrument(reference=wave.instrument).languages
    }
    return {
        "room": read_room(engagement, admission),
        "words": {code: dict(speak(code).raw("room.words")) for code in spoken},
        "most": DOTS,
        "elements": [
            {"id": element, "name": {code: instrument.element(element).name for code, instrument in spoken.items()}}
            for element in engagement.workshop(admission.wave).elements()
        ],
    }


def read_files() -> dict[str, str]:
    """Return the files of the phones' page, in the order in which they need one another."""
    folder = files("cxassess.workshop").joinpath("static")
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in FILES}


class RoomQuestionnaireHandler(QuestionnaireHandler):
    """A respondent's page; in the workshop's wave it follows the board."""

    def put_beside(self, desk: Desk, admission: Admission) -> Beside | None:
        """Return the room, for those who are in it."""
        if not is_in_room(desk.engagement, admission):
            return None
        return Beside("room", describe_room(desk.engagement, admission))


class RoomHandler(RespondentHandler):
    """How far the workshop is, for one phone."""

    route = "room"
    speaks_json = True

    async def get(self, session: str) -> None:
        """Send it."""
        found = await self.ask(self.session_token(session), _read)
        if found is None:
            raise HTTPError(404)
        self.send_json(found)


class DotsHandler(RoomHandler):
    """A person's dots."""

    route = "dots"

    async def get(self, session: str) -> None:
        """Refuse: they are sent with the room."""
        raise HTTPError(405)

    async def post(self, session: str) -> None:
        """Store them in place of those given before, and say which are stored."""
        token = self.writing_token(session)
        dots = parse_dots(self.request.body)
        if dots is None:
            raise HTTPError(400)

        def work(desk: Desk, admission: Admission) -> dict[str, Any] | None:
            if not is_in_room(desk.engagement, admission):
                return None
            try:
                desk.engagement.give_dots(admission, dots)
            except Refused as refused:
                return {"kind": "refused", "code": refused.code, "dots": desk.engagement.own_dots(admission)}
            return {"kind": "ack", "dots": desk.engagement.own_dots(admission)}

        reply = await self.ask(token, work, writes=True)
        if reply is None:
            raise HTTPError(403)
        self.send_json(reply)


class RoomJoinHandler(JoinHandler):
    """The pages on which people join; in a workshop everybody has a phone of their own, and stays who they are."""

    def initialize(self, common: Common, venue: Venue) -> None:  # type: ignore[override]
        """Take what all handlers work with, and the workshop."""
        super().initialize(common)
        self.venue, self.wave = venue, venue.wave

    async def begun(self) -> str:
        """Return the token of whoever has joined in this browser, also once they have handed in."""
        token = self.room_token()
        wave = await self.common.house.ask(token, lambda _, admission: admission.wave) if token else None
        return token if wave == self.venue.wave else ""

    async def refuse(self, code: str) -> None:
        """Say that a code lets nobody in; or, if it is the room's, that there is no voting any more."""
        if not self.venue.is_code(code):
            await super().refuse(code)
            return
        self.set_status(410)
        body = over_page(self.language, code, can_go_on=bool(await self.begun()))
        say = speak(self.language).text
        self.send_page(plain_page(self.language, say("room.over.title"), body, self.common.assets))


def over_page(language: str, code: str, *, can_go_on: bool) -> str:
    """Return the page for those who come after the answers were shown, as HTML."""
    say = speak(language).text
    again = (
        f'<form method="post" action="/join"><input type="hidden" name="code" value="{escape(code)}">'
        f'<input type="hidden" name="again" value="1"><p>{escape(say("room.over.begun"))}</p>'
        f"<button>{escape(say('room.over.continue'))}</button></form>"
    )
    return (
        f"<h1>{escape(say('room.over.title'))}</h1><p>{escape(say('room.over.text'))}</p>{again if can_go_on else ''}"
    )


def make_phone_routes() -> list[Route]:
    """Return the addresses with which phones follow a board, wherever that is: over the network, or in a notebook."""
    return [
        (r"/q/([0-9a-f]{20})", RoomQuestionnaireHandler, {}),
        (r"/q/([0-9a-f]{20})/room", RoomHandler, {}),
        (r"/q/([0-9a-f]{20})/dots", DotsHandler, {}),
    ]


def is_in_room(engagement: Engagement, admission: Admission) -> bool:
    """Whether somebody is in a workshop: one of their wave has begun."""
    return engagement.workshop(admission.wave).state().began


def _read(desk: Desk, admission: Admission) -> dict[str, Any] | None:
    return read_room(desk.engagement, admission) if is_in_room(desk.engagement, admission) else None


def parse_dots(body: bytes) -> Mapping[str, int] | None:
    """Return the dots in a request; None unless it is one object with a mapping of texts to whole numbers."""
    if len(body) > _MOST_BYTES:
        return None
    try:
        given = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    dots = given.get("dots") if isinstance(given, dict) else None
    if not isinstance(dots, dict) or len(dots) > _MOST_NAMED or any(type(count) is not int for count in dots.values()):
        return None
    return dots
