"""How people in a room come in: the room's code, their role, and they have a questionnaire of their own."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from tornado.web import HTTPError

from cxassess.engagement import Admission, StorageError
from cxassess.errors import CxassessError
from cxassess.instrument import Role
from cxassess.questionnaire.server.house import Served, list_roles
from cxassess.questionnaire.server.keeper import Desk
from cxassess.questionnaire.server.pages import code_page, role_page
from cxassess.questionnaire.server.respondents import RespondentHandler

_ROOM_COOKIE: Final = "cxassess-room"
_ROOM_DAYS: Final = 2
_LONGEST: Final = 100


class JoinHandler(RespondentHandler):
    """The pages for a room."""

    route = "join"
    #: The wave whose roles are offered; those of all open ones if empty.
    wave = ""
    referrer = "same-origin"  # without any, browsers do not say either where a form comes from

    async def get(self, code: str = "") -> None:
        """Ask for the code, or for the role of whoever has one."""
        if code:
            await self._ask_role(code)
        else:
            self.send_page(code_page(self.language, self.common.assets))

    async def post(self, _: str = "") -> None:
        """Take the code, or the role and let somebody in."""
        if not self.is_from_own_page():
            raise HTTPError(403)
        code = self._field("code")
        if self._field("again"):
            await self._go_on(code)
        elif self._field("role"):
            await self._join(code, self._field("role"))
        else:
            await self._ask_role(code)

    async def _ask_role(self, code: str) -> None:
        found = await self._find_room(code)
        if found is None:
            await self.refuse(code)
            return
        roles = found[1]
        begun = await self.begun()
        self.send_page(role_page(self.language, roles, code, self.common.assets, can_go_on=bool(begun)))

    async def _join(self, code: str, role: str) -> None:
        found = await self._find_room(code)
        if found is None:
            await self.refuse(code)
            return
        served, roles = found
        if role not in [known.id for known in roles]:
            raise HTTPError(400)
        token = await served.keeper.write(lambda desk: desk.engagement.join(code, role=role))
        if token is None:
            await self.refuse(code)
            return
        self._remember(token)
        self.let_in(token, self.language)

    async def _go_on(self, code: str) -> None:
        """Let in whoever has begun in this browser before."""
        token = await self.begun()
        if token:
            self.let_in(token)
        else:
            await self._ask_role(code)

    async def _find_room(self, code: str) -> tuple[Served, list[Role]] | None:
        """Return the engagement that a code is for, with the roles to choose from; None if it is no good."""
        began = asyncio.get_running_loop().time()
        await self.hold_back()
        work = partial(_read_room, code=code, language=self.language, wave=self.wave)
        rooms = await self.common.house.ask_all(work, writes=True)
        found = next(((served, roles) for served, roles in rooms if roles), None)
        if found is None:
            await self.refuse_token(began)
        return found

    async def begun(self) -> str:
        """Return the token of whoever has joined in this browser and not sent their answers; empty if nobody has."""
        token = self.room_token()
        is_open: bool | None = await self.common.house.ask(token, _is_open) if token else None
        return token if is_open else ""

    def room_token(self) -> str:
        """Return the token of whoever joined in this browser last; empty if nobody did."""
        return self.get_cookie(_ROOM_COOKIE) or ""

    def _remember(self, token: str) -> None:
        """Keep the token in the browser for the room's days: a phone forgets its pages, and nobody here has a link."""
        self.set_cookie(
            _ROOM_COOKIE,
            token,
            path="/join",
            expires_days=_ROOM_DAYS,
            httponly=True,
            secure=self.is_secure,
            samesite="Lax",
        )

    async def refuse(self, code: str) -> None:
        """Say that a code lets nobody in."""
        self.set_status(404)
        self.send_page(code_page(self.language, self.common.assets, failed=True))

    def _field(self, name: str) -> str:
        return self.get_body_argument(name, "")[:_LONGEST]


def _is_open(desk: Desk, admission: Admission) -> bool:
    return admission.state == "open"


def _read_room(desk: Desk, *, code: str, language: str, wave: str) -> list[Role] | None:
    """Return the roles to choose from if a code is good: nobody joins without one, so a blank one is refused last."""
    try:
        desk.engagement.join(code, role="")
    except StorageError:
        raise
    except CxassessError:
        return list_roles(desk, language, wave)
    return None
