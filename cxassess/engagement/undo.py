"""Undo: rows as they were before each step on the board, kept in the order in which they were changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from cxassess.engagement.database import Value
from cxassess.engagement.store import Store
from cxassess.engagement.workshop_model import NotYet

_REVISION: Final = "revision"


@dataclass(frozen=True)
class _Table:
    """The columns of a table that tell its rows apart, and those that are put back."""

    key: tuple[str, ...]
    columns: tuple[str, ...]
    has_revision: bool = False


_TABLES: Final = {
    "workshop": _Table(("wave",), ("step", "item"), has_revision=True),
    "consensus": _Table(
        ("wave", "item"), ("level", "votes", "total", "dissent", "reason", "agreed_on"), has_revision=True
    ),
    "rating": _Table(("wave", "element"), ("impact", "effort")),
    "target": _Table(("element",), ("hundredths", "due_on")),
    "action": _Table(
        ("id",),
        (
            *("wave", "number", "kind", "element", "title", "owner", "pseudonym"),
            *("due_on", "metric", "state", "note"),
        ),
        has_revision=True,
    ),
}

#: A table, and the key of one of its rows.
Place = tuple[str, tuple[str, ...]]
_Image = list[Value] | None


@contextmanager
def undoable(store: Store, wave: str, code: str, places: Sequence[Place]) -> Iterator[None]:
    """Keep rows as they are, so that what is done to them can be undone; as part of a transaction.

    Parameters
    ----------
    store : Store
        The engagement.
    wave : str
        On whose board it is done; blank for what concerns all of them.
    code : str
        What is done.
    places : sequence of Place
        The rows that may change. If none does, nothing is kept.
    """
    before = [(table, key, _read(store, table, key)) for table, key in places]
    yield
    changed = [one for one in before if _read(store, one[0], one[1]) != one[2]]
    if changed:
        number = int(store.rows("SELECT COALESCE(MAX(number), 0) + 1 FROM undo")[0][0] or 1)
        insert = "INSERT INTO undo (number, wave, code, before) VALUES (?, ?, ?, ?)"
        store.run(insert, number, wave, code, json.dumps(changed, ensure_ascii=False))


def undo_last(store: Store, wave: str) -> str:
    """Put back the rows that the last step changed, and return what it was.

    Raises
    ------
    NotYet
        ``nothing_to_undo``.
    """
    with store.transaction():
        select = "SELECT number, code, before FROM undo WHERE wave IN (?, '') ORDER BY number DESC LIMIT 1"
        rows = store.rows(select, wave)
        if not rows:
            raise NotYet("nothing_to_undo")
        number, code, before = rows[0]
        for table, key, image in json.loads(str(before)):
            _put_back(store, table, tuple(key), image)
        store.run("DELETE FROM undo WHERE number = ?", number)
    return str(code)


def forget_steps(store: Store, wave: str) -> None:
    """Let nothing be undone that was done so far, as part of a transaction."""
    store.run("DELETE FROM undo WHERE wave IN (?, '')", wave)


def _read(store: Store, table: str, key: tuple[str, ...]) -> _Image:
    kind = _TABLES[table]
    select = f"SELECT {', '.join(kind.columns)} FROM {table} WHERE {_where(kind)}"  # noqa: S608  (constants)
    rows = store.rows(select, *key)
    return list(rows[0]) if rows else None


def _put_back(store: Store, table: str, key: tuple[str, ...], image: _Image) -> None:
    """Put a row back. Its revision goes on counting: nobody may take it for the one that was undone."""
    kind = _TABLES[table]
    if image is None:
        store.run(f"DELETE FROM {table} WHERE {_where(kind)}", *key)  # noqa: S608  (constants)
    elif _read(store, table, key) is not None:
        own = ", ".join(f"{column} = ?" for column in kind.columns)
        more = f", {_REVISION} = {_REVISION} + 1" if kind.has_revision else ""
        store.run(f"UPDATE {table} SET {own}{more} WHERE {_where(kind)}", *image, *key)  # noqa: S608  (constants)
    else:
        columns = [*kind.key, *kind.columns, *([_REVISION] if kind.has_revision else [])]
        values = [*key, *image, *([1] if kind.has_revision else [])]
        marks = ", ".join("?" * len(values))
        store.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", *values)  # noqa: S608  (constants)


def _where(kind: _Table) -> str:
    return " AND ".join(f"{column} = ?" for column in kind.key)
