"""Engagements with people whose every trace can be told, for tests of copies and erasures."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from builders_engagement import admitted, first_items

from cxassess.engagement import Change, Engagement, Person

ROLES = ("top_management", "middle_management", "front_line", "back_office")


@dataclass
class Known:
    """Somebody, and every text by which they could be found again."""

    name: str
    email: str
    token: str = ""
    pseudonym: str = ""
    token_key: str = ""
    comment: str = ""
    why: str = ""

    @property
    def traces(self) -> list[str]:
        return [
            text for text in (self.name, self.email, self.pseudonym, self.token_key, self.comment, self.why) if text
        ]


def make_word(one: Known) -> str:
    return hashlib.sha256(one.email.encode()).hexdigest()[:12]


def make_known(count: int, start: int = 0) -> list[Known]:
    return [Known(f"Åsa Ødegård-{n:04d}", f"aasa.{n:04d}@nordvand.dk") for n in range(start, start + count)]


def fill_wave(
    engagement: Engagement, people: Collection[Known], wave: str, *, items: int = 4, **options: object
) -> None:
    """Add a wave in which everybody answers, each in words of their own."""
    engagement.add_wave(wave, **options)  # type: ignore[arg-type]
    engagement.open_wave(wave)
    persons = [Person(one.name, one.email, ROLES[n % 4], f"Enhed {n % 3}") for n, one in enumerate(people)]
    anonymous = engagement.wave(wave).anonymous
    with engagement.transaction():
        for number, (one, invited) in enumerate(zip(people, engagement.invite(persons, wave, force=True), strict=True)):
            admission = admitted(engagement, invited.token)
            one.token = invited.token
            if not anonymous:
                one.pseudonym, one.token_key = admission.respondent, admission.token_key
                one.comment = one.comment or f"Kommentar {make_word(one)}: vi gør det “sådan” – {number}"
                one.why = one.why or f"Fordi {make_word(one)[::-1]} så det"
            for place, item in enumerate(first_items(engagement, admission)[:items]):
                own = not anonymous and place == 1
                change = Change(item, 1 + (number + place) % 5, why=one.why * own, comment=one.comment * own)
                engagement.save(admission, change)
            engagement.submit(admission)


def find_traces(texts: Iterable[str], files: Iterable[Path]) -> list[tuple[str, str]]:
    """Return which texts stand in which files, as bytes, in UTF-8 or UTF-16."""
    needles = [(text, text.encode(code)) for text in texts for code in ("utf-8", "utf-16-le", "utf-16-be")]
    contents = [(path.name, path.read_bytes()) for path in files]
    return [(text, name) for text, needle in needles for name, content in contents if needle in content]


def read_tables(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return all rows of all tables."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: set(connection.execute(f"SELECT * FROM {name}")) for name in names}
