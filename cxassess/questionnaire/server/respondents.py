"""What respondents ask for: to come in by their link, their page, what they have saved, and to save."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Final

from tornado.web import HTTPError

from cxassess.engagement import Admission
from cxassess.language import LANGUAGES
from cxassess.questionnaire.exchange import read_answers, receive, refuse
from cxassess.questionnaire.server.handler import Handler
from cxassess.questionnaire.server.keeper import Desk
from cxassess.questionnaire.server.material import Material
from cxassess.questionnaire.server.pages import Beside, message_page, questionnaire_page
from cxassess.questionnaire.server.sessions import (
    COOKIE,
    LANGUAGE_COOKIE,
    is_write_key,
    session_id,
    session_path,
    write_key,
)

MOST_MESSAGES: Final = 64
_KINDS: Final = ("answer", "submit", "reopen")
_LARGEST_SEQ: Final = 2**53
FAILURE_SECONDS: Final = 0.02  # every refusal takes so long, whatever is wrong with the link


class RespondentHandler(Handler):
    """A request that comes with a token."""

    async def hold_back(self) -> None:
        """Send away whoever has tried too many wrong links."""
        if not self.common.limiter.allows(self.address):
            raise HTTPError(429)

    async def refuse_token(self, began: float) -> None:
        """Count a token that is no good, and let the time that has passed tell nothing."""
        self.common.limiter.note_failure(self.address)
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, began + FAILURE_SECONDS - loop.time()))

    def let_in(self, token: str, language: str = "") -> None:
        """Set the session's cookie and go to its page."""
        path = session_path(token)
        self.set_cookie(self.cookie, token, path=path, httponly=True, secure=self.is_secure, samesite="Lax")
        if language:
            self.set_cookie(LANGUAGE_COOKIE, language, path=path, secure=self.is_secure, samesite="Lax")
        self.redirect(path, status=303)

    @property
    def cookie(self) -> str:
        """Name of the session's cookie; the prefix has browsers insist on TLS."""
        return f"__Secure-{COOKIE}" if self.is_secure else COOKIE

    def session_token(self, session: str) -> str:
        """Return the token of a session; empty if the browser has none for it."""
        token = self.get_cookie(self.cookie) or ""
        return token if session_id(token) == session else ""

    def writing_token(self, session: str) -> str:
        """Return the token of a session for a write: only our own page, with its key, may ask for one."""
        self.require_own_json()
        token = self.session_token(session)
        if not token or not is_write_key(token, self.request.headers.get("X-Write-Key", "")):
            raise HTTPError(403)
        return token

    async def ask(self, token: str, work: Any, *, writes: bool = False) -> Any:
        """Do something for a respondent; None, after the time that a refusal takes, if the token is no good."""
        began = asyncio.get_running_loop().time()
        if not self.common.house.knows(token):
            await self.hold_back()
        found = await self.common.house.ask(token, work, writes=writes) if token else None
        if found is None:
            await self.refuse_token(began)
        return found


class LinkHandler(RespondentHandler):
    """The link in an invitation."""

    route = "link"

    async def get(self, token: str) -> None:
        """Let a respondent in, or say that the link is no good."""
        if await self.ask(token, lambda desk, admission: admission.wave):
            self.let_in(token)
        else:
            self.set_status(404)
            self.send_page(message_page(self.language, "link", self.common.assets))


@dataclass(frozen=True)
class _Visit:
    """All that a respondent's page shows."""

    admission: Admission
    answers: dict[str, Any]
    material: Material
    is_anonymous: bool
    beside: Beside | None


class QuestionnaireHandler(RespondentHandler):
    """A respondent's page."""

    route = "questionnaire"

    async def get(self, session: str) -> None:
        """Send the page with everything on it."""
        token = self.session_token(session)
        visit: _Visit | None = await self.ask(token, self._read_visit)
        if visit is None:
            self.set_status(404)
            self.send_page(message_page(self.language, "link", self.common.assets))
            return
        language = self._choose(visit)
        person = {
            "path": session_path(token),
            "write_key": write_key(token),
            "titles": dict(visit.material.titles),
            "traits": {
                "answers": visit.answers,
                "lang": language,
                "state": visit.admission.state,
                "token_key": visit.admission.token_key,
            },
        }
        page = questionnaire_page(visit.material, person, language, self.common.assets, visit.beside)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Vary", "Accept-Language, Cookie")
        if self.takes_gzip():
            self.set_header("Content-Encoding", "gzip")
            self.finish(page.packed)
        else:
            self.finish(page.content)

    def put_beside(self, desk: Desk, admission: Admission) -> Beside | None:
        """Return what stands on the page besides the questionnaire; nothing, unless a handler of another part does."""
        return None

    def _read_visit(self, desk: Desk, admission: Admission) -> _Visit:
        return _Visit(
            admission,
            read_answers(desk.engagement, admission),
            desk.library.material(desk.engagement, admission.wave, admission.role),
            desk.engagement.wave(admission.wave).anonymous,
            self.put_beside(desk, admission),
        )

    def _choose(self, visit: _Visit) -> str:
        """Return the language chosen here before; else the person's; the browser's, if nobody knows who it is."""
        known = visit.material.languages
        chosen = self.get_cookie(LANGUAGE_COOKIE)
        own = visit.admission.language if visit.admission.language in known else known[0]
        if chosen in known:
            return str(chosen)
        return self.choose_language(known, own) if visit.is_anonymous else own


class AnswersHandler(RespondentHandler):
    """What a respondent has saved, from whichever device."""

    route = "answers"
    speaks_json = True

    async def get(self, session: str) -> None:
        """Send it."""
        found = await self.ask(self.session_token(session), _read_saved)
        if found is None:
            raise HTTPError(404)
        self.send_json(found)


class ChangesHandler(RespondentHandler):
    """What a respondent wants to be saved."""

    route = "changes"
    speaks_json = True

    async def post(self, session: str) -> None:
        """Save it, and acknowledge each message once all is committed."""
        token = self.writing_token(session)
        messages = parse_messages(self.request.body)
        if messages is None:
            raise HTTPError(400)

        def work(desk: Desk, admission: Admission) -> list[dict[str, Any] | None]:
            return [receive(desk.engagement, admission, message) for message in messages]

        replies = await self.ask(token, work, writes=True)
        if replies is None:
            self.set_status(403)
            replies = [refuse(message["seq"], "not_admitted", LANGUAGES) for message in messages]
        self.send_json({"replies": replies})


def parse_messages(body: bytes) -> list[dict[str, Any]] | None:
    """Return the messages in a request; None unless it is one object with a list of them, as our page sends it."""
    try:
        given = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    messages = given.get("messages") if isinstance(given, dict) else None
    if not isinstance(messages, list) or not 0 < len(messages) <= MOST_MESSAGES:
        return None
    return messages if all(map(_is_message, messages)) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict) or message.get("kind") not in _KINDS:
        return False
    seq = message.get("seq")
    return type(seq) is int and 0 <= seq < _LARGEST_SEQ


def _read_saved(desk: Desk, admission: Admission) -> dict[str, Any]:
    return {"answers": read_answers(desk.engagement, admission), "state": admission.state}
