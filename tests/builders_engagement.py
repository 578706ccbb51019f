"""Engagements for tests: on every database that there is, with a clock that stands still until it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cxassess.engagement import Admission, Change, Engagement, Invited, Person, create_engagement, open_engagement

ORGANISATION = "Nordvand A/S"
WAVE = "2026-10"
START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


@dataclass
class StillClock:
    """Returns the same time until it is moved."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def move(self, *, days: int = 0, seconds: int = 0) -> None:
        self.time += timedelta(days=days, seconds=seconds)


@dataclass
class Home:
    """Where an engagement is made and opened again, on one kind of database.

    ``apart`` opens it for another thread, which closes it itself.
    """

    create: Callable[..., Engagement]
    connect: Callable[[], Engagement]
    apart: Callable[[], Engagement]
    clock: StillClock = field(default_factory=StillClock)


@contextmanager
def home_at(place: Path | str) -> Iterator[Home]:
    """Make engagements at a place: a file, or an address."""
    clock = StillClock()
    opened: list[Engagement] = []

    def create(**options: str) -> Engagement:
        given = {"organisation": ORGANISATION, "language": "da", **options}
        opened.append(create_engagement(place, clock=clock, **given))
        return opened[-1]

    def apart() -> Engagement:
        return open_engagement(place, clock=clock)

    def connect() -> Engagement:
        opened.append(apart())
        return opened[-1]

    try:
        yield Home(create, connect, apart, clock)
    finally:
        for engagement in opened:
            engagement.close()


def sqlite_home(folder: Path) -> AbstractContextManager[Home]:
    """Make engagements as SQLite files."""
    return home_at(folder / "nordvand.cxa")


@contextmanager
def postgres_home(folder: Path) -> Iterator[Home]:
    """Make engagements on a PostgreSQL server of the tests' own; skip the test where there can't be one."""
    from builders_postgres import postgres_home

    with postgres_home(folder) as home:
        yield home


#: Every database that keeps the contract.
HOMES = {"postgres": postgres_home, "sqlite": sqlite_home}


def make_people(count: int, *, roles: Sequence[str] = (), units: Sequence[str] = ("Salg", "Drift")) -> list[Person]:
    chosen = roles or ("top_management", "middle_management", "front_line", "back_office")
    return [
        Person(f"Person {n}", f"person{n}@nordvand.dk", chosen[n % len(chosen)], units[n % len(units)] if units else "")
        for n in range(count)
    ]


def begin(engagement: Engagement, count: int = 8, wave: str = WAVE, **options: object) -> list[Invited]:
    """Add a wave, open it, and invite so many people."""
    engagement.add_wave(wave, **options)  # type: ignore[arg-type]
    engagement.open_wave(wave)
    return engagement.invite(make_people(count), wave, force=True)


def admitted(engagement: Engagement, token: str) -> Admission:
    admission = engagement.admit(token)
    assert admission is not None
    return admission


def first_items(engagement: Engagement, admission: Admission, *, pulse: bool = False) -> list[str]:
    return [item.id for item in engagement.instrument().items_for(admission.role, pulse=pulse)]


def answer_all(engagement: Engagement, token: str, seed: int = 0, *, submit: bool = True) -> Admission:
    """Fill in a form: levels, a flag here and there, words of the respondent's own."""
    admission = admitted(engagement, token)
    pulse = engagement.wave(admission.wave).form == "pulse"
    stored = engagement.answers(admission)
    with engagement.transaction():
        for place, item in enumerate(first_items(engagement, admission, pulse=pulse)):
            revision = stored[item].revision if item in stored else 0
            kind = (seed * 5 + place * 3) % 11
            change = Change(item, 1 + (seed * 7 + place * 3) % 5, revision=revision)
            if kind == 9:
                change = Change(item, flag="dont_know", comment="=1+1\nlinje to", revision=revision)
            elif kind == 10:
                change = Change(item, flag="not_applicable", revision=revision)
            elif kind == 1:
                change = Change(item, change.level, why="Fordi, “altid”", comment="'citat", revision=revision)
            engagement.save(admission, change)
        if submit:
            engagement.submit(admission)
    return admission
