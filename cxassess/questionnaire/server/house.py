"""The engagements that one server serves, each opened only by its own tokens."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from cxassess.engagement import Admission, is_engagement, open_engagement
from cxassess.engagement.asked import list_asked
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import Role
from cxassess.questionnaire.server.keeper import Desk, Keeper
from cxassess.questionnaire.server.lock import FileLock
from cxassess.questionnaire.server.sessions import lookup_key

Result = TypeVar("Result")
_MOST_REMEMBERED: Final = 20_000


@dataclass(frozen=True)
class Served:
    """An engagement that is open.

    Parameters
    ----------
    path : Path
        Its file.
    organisation : str
        The client.
    language : str
        To begin with.
    keeper : Keeper
        Its thread.
    lock : FileLock
        The right to serve it.
    """

    path: Path
    organisation: str
    language: str
    keeper: Keeper
    lock: FileLock

    def close(self) -> None:
        """Finish what waits, and close the file."""
        self.keeper.stop()
        self.lock.release()


class House:
    """All engagements of a server.

    Parameters
    ----------
    served : sequence of Served
        At least one; `close` closes them.
    """

    def __init__(self, served: Sequence[Served]) -> None:
        self.served = tuple(served)
        self._known: OrderedDict[str, Served] = OrderedDict()  # hash of a token that was good → where

    @classmethod
    def open(cls, paths: Iterable[Path]) -> House:
        """Open engagements for serving.

        Raises
        ------
        CxassessError
            With everything that is wrong; then none of them stays open.
        """
        served: list[Served] = []
        problems: list[Problem] = []
        ids: dict[str, Path] = {}
        for path in dict.fromkeys(path.resolve() for path in paths):
            try:
                number, opened = _open(path)
            except CxassessError as error:
                problems += error.problems
                continue
            served.append(opened)
            if number in ids:
                what = f"it is a copy of the same engagement as {ids[number]}"
                problems.append(Problem(str(path), what, "Serve one of the two: answers in both would part."))
            ids.setdefault(number, path)
        if problems or not served:
            for one in served:
                one.close()
            raise CxassessError(problems or [Problem("files", "there is nothing to serve", "Name an engagement.")])
        return cls(served)

    def close(self) -> None:
        """Finish everything that waits, and close all files."""
        for one in self.served:
            one.close()

    def knows(self, token: str) -> bool:
        """Whether a token was good before: whoever is in is not guessing."""
        return lookup_key(token) in self._known

    async def find(self, token: str) -> Served | None:
        """Return the engagement that a token opens; None if none, in about the same time for whatever reason."""
        key = lookup_key(token)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        found = await self.ask_all(lambda desk: desk.engagement.admit(token))
        for served, admission in found:
            if admission is not None:
                self._remember(key, served)
                return served
        return None

    async def ask(
        self, token: str, work: Callable[[Desk, Admission], Result], *, writes: bool = False
    ) -> Result | None:
        """Do something for a respondent in their engagement; None if the token is no good, or no longer."""
        served = await self.find(token)
        if served is None:
            return None

        def admit_and_work(desk: Desk) -> Result | None:
            admission = desk.engagement.admit(token)
            return None if admission is None else work(desk, admission)

        keeper = served.keeper
        return await (keeper.write(admit_and_work) if writes else keeper.read(admit_and_work))

    async def ask_all(self, work: Callable[[Desk], Result], *, writes: bool = False) -> list[tuple[Served, Result]]:
        """Ask every engagement the same; one whose file can't be read right now counts if no other knows better."""
        keepers = [served.keeper for served in self.served]
        asked = [keeper.write(work) if writes else keeper.read(work) for keeper in keepers]
        replies = await asyncio.gather(*asked, return_exceptions=True)
        found: list[tuple[Served, Result]] = []
        failed: list[BaseException] = []
        for served, reply in zip(self.served, replies, strict=True):
            if isinstance(reply, BaseException):
                failed.append(reply)
            else:
                found.append((served, reply))
        if failed and not any(reply is not None for _, reply in found):
            raise failed[0]
        return found

    def _remember(self, key: str, served: Served) -> None:
        self._known[key] = served
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)


def list_roles(desk: Desk, language: str, only: str = "") -> list[Role] | None:
    """Return the roles that open waves ask, in a language if the instrument speaks it; None if no wave is open.

    Parameters
    ----------
    desk : Desk
        With the engagement.
    language : str
        Of the names.
    only : str
        The wave that counts; all if empty.
    """
    engagement = desk.engagement
    waves = [wave for wave in engagement.waves() if wave.state == "open" and (wave.name == only or not only)]
    if not waves:
        return None
    spoken = language if language in engagement.instrument().languages else engagement.language
    instruments = [(engagement.instrument(spoken, wave.instrument), wave) for wave in waves]
    roles = {
        role.id: role
        for instrument, wave in instruments
        for role in instrument.roles
        if list_asked(instrument, wave, role.id)
    }
    return list(roles.values())


def _open(path: Path) -> tuple[str, Served]:
    """Return an engagement's id, and the engagement, open."""
    if not is_engagement(path):
        there = path.is_file()
        what = "this is not an engagement" if there else "there is no such file"
        raise CxassessError.single(str(path), what, "Name a file made by `cxassess engagement new`.")
    lock = FileLock(path)
    try:
        with open_engagement(path) as engagement:
            number, organisation, language = engagement.id, engagement.organisation, engagement.language
        return number, Served(path, organisation, language, Keeper(path), lock)
    except BaseException:
        lock.release()
        raise
