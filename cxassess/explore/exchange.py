"""What the browser asks for, and what it is told: one message, one reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import traitlets

from cxassess.errors import CxassessError
from cxassess.explore.trial_page import next_move
from cxassess.language import get_language
from cxassess.scoring.model import ALL

if TYPE_CHECKING:
    from cxassess.explore.widget import Explorer

Reply = tuple[dict[str, Any], list[bytes]]
_FIELDS: Final = ("organisation", "wave", "rule", "target", "language")
_GROUPS: Final = ("role", "unit")
_OPENED: Final = ("view", "element", "item")
_NONSENSE: Final = (traitlets.TraitError, KeyError, TypeError, ValueError, ArithmeticError)


def answer(explorer: Explorer, message: Mapping[str, Any]) -> Reply:
    """Do what a message asks, and return the reply with the files that go with it.

    Messages are ``ready``, ``choose`` (``key``, ``value``), ``open`` (``view``, ``element``, ``item``), ``move``
    (``id``, ``steps``), ``clear``, ``print`` and ``files``. To one that makes no sense, or asks for what is hidden, the
    reply says so.
    """
    kind = message.get("kind")
    try:
        if kind == "print":
            return _print(explorer)
        if kind == "files":
            return told(explorer, "handed", folder=explorer.hand_over()), []
        _change(explorer, str(kind), message)
    except _NONSENSE:
        return told(explorer, "unknown"), []
    except (CxassessError, OSError) as error:
        return told(explorer, "failed", reason=error), []
    return {"kind": "done"}, []


def told(explorer: Explorer, key: str, **values: object) -> dict[str, Any]:
    """Return a reply that is read by people."""
    return {"kind": "told", "text": get_language(explorer.language).text(f"explore.message.{key}", **values)}


def _change(explorer: Explorer, kind: str, message: Mapping[str, Any]) -> None:
    if kind == "ready":
        explorer.prepare()
    elif kind == "choose":
        _choose(explorer, str(message["key"]), str(message["value"]))
    elif kind == "open":
        explorer.choose(**{name: str(message[name]) for name in _OPENED if name in message})
    elif kind == "move":
        steps = max(-1, min(1, int(message["steps"])))
        explorer.moves = next_move(explorer.moves, str(message["id"]), steps)
    elif kind == "clear":
        explorer.moves = {}
    else:
        raise ValueError(kind)


def _choose(explorer: Explorer, key: str, value: str) -> None:
    if key == "group":
        kind, _, name = value.partition(":")
        if value != ALL and kind not in _GROUPS:
            raise ValueError(value)
        explorer.choose(**({"role": "", "unit": ""} if value == ALL else {kind: name}))
    elif key in _FIELDS:
        explorer.choose(**{key: value})
    else:
        raise ValueError(key)


def _print(explorer: Explorer) -> Reply:
    path = explorer.print_report()
    words = get_language(explorer.language)
    text = words.text("explore.message.printed", name=path.name, folder=path.parent)
    link = words.text("explore.message.open", name=path.name)
    return {"kind": "file", "text": text, "name": path.name, "link": link}, [path.read_bytes()]
