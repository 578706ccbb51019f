"""Values of a YAML file that know their place, and how places and values are written in problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A bare word such as ``no`` or ``2026-10-01``: never a text, because YAML may read something else into it."""

    text: str


Scalar = str | int | float | bool | Unquoted


@dataclass(slots=True)
class Node:
    """A value of the file with its place.

    Parameters
    ----------
    path : tuple
        Keys and list positions from the root.
    line : int
        Line of the value, counted from 1; for an entry of a mapping the line of its key.
    value : str, int, float, bool, Unquoted, list of Node or dict of str to Node
        What stands there.
    """

    path: Path
    line: int
    value: Scalar | list[Node] | dict[str, Node]

    def get(self, *keys: str) -> Node | None:
        """Follow keys downwards; None where one is missing or something else than a mapping stands in the way."""
        node: Node | None = self
        for key in keys:
            node = node.value.get(key) if node is not None and isinstance(node.value, dict) else None
        return node

    def entries(self) -> dict[str, Node]:
        """Return the entries of a mapping; none if it is something else."""
        return self.value if isinstance(self.value, dict) else {}

    def members(self) -> list[Node]:
        """Return the members of a list; none if it is something else."""
        return self.value if isinstance(self.value, list) else []

    def text(self) -> str | None:
        """Return the text; None if it is something else."""
        return self.value if isinstance(self.value, str) else None

    def number(self) -> float | None:
        """Return the number; None if it is something else."""
        return self.value if isinstance(self.value, int | float) and not isinstance(self.value, bool) else None

    def whole(self) -> int | None:
        """Return the whole number; None if it is something else."""
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    def plain(self) -> Any:
        """Return the value as plain dicts, lists and scalars; bare words stay ``Unquoted``."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def nearest(self, path: Iterable[str | int]) -> Node:
        """Follow a path as far as it exists and return the last node on it."""
        node = self
        for step in path:
            below = node.value
            if isinstance(below, dict) and isinstance(step, str):
                found = below.get(step)
            elif isinstance(below, list) and isinstance(step, int):
                found = below[step] if 0 <= step < len(below) else None
            else:
                found = None
            if found is None:
                break
            node = found
        return node


def write_path(path: Iterable[str | int]) -> str:
    """Write a path as ``elements[0].items[2].roles``; list positions count from 0."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return written.removeprefix(".")


def place(file: str, line: int, path: Iterable[str | int] = ()) -> str:
    """Write a place as ``en.yaml:123 (items.LO1.short)``."""
    written = write_path(path)
    return f"{file}:{line} ({written})" if written else f"{file}:{line}"


def written(value: Any, *, limit: int = 60) -> str:
    """Show a value of a file in a problem: short, and on one line."""
    if isinstance(value, Unquoted):
        return _shorten(value.text, limit) or "(nothing)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{_shorten(value, limit)}"'
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, Sequence):
        return "a list"
    return str(value)


def _shorten(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
