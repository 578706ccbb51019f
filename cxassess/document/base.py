"""What all blocks share: rich text, the base class, and their form in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

RunStyle = Literal["", "strong", "muted", "accent", "emph", "code"]


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style; ``href`` makes it a link (``https:``, ``http:`` and ``mailto:`` only)."""

    text: str
    style: RunStyle = ""
    href: str = ""


Rich = str | Sequence[Run]
"""Text of a block: a plain string, or runs in several styles."""


@dataclass(frozen=True)
class Block:
    """Base of all blocks."""

    kind: ClassVar[str]


def block_to_dict(block: Block) -> dict[str, Any]:
    """Return a block as plain JSON values with its ``kind``; nested blocks likewise."""
    values: dict[str, Any] = {"kind": block.kind}
    for name, value in vars(block).items():
        values[name] = _plain(value)
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Block):
        return block_to_dict(value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(inner) for name, inner in vars(value).items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
