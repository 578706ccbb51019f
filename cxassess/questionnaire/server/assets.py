"""The files that a page is made of, under names that change with their contents, so that browsers may keep them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from cxassess.questionnaire.words import read_static

_TYPES: Final = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
_OWN: Final = ("page.css", "icon.svg", "host.js")
_COMPONENT: Final = ("component.js", "component.css")


@dataclass(frozen=True)
class Asset:
    """A file as it is sent.

    Parameters
    ----------
    kind : str
        Its content type.
    content, packed : bytes
        As it is, and compressed (gzip).
    """

    kind: str
    content: bytes
    packed: bytes


class Assets:
    """All files, read once.

    Parameters
    ----------
    more : Mapping
        Name → text of files beyond the questionnaire's own. A module finds those that stand before it, and the
        questionnaire's, as ``./name``.
    """

    def __init__(self, more: Mapping[str, str] | None = None) -> None:
        self.address: dict[str, str] = {}
        self._found: dict[str, Asset] = {}
        for name in _COMPONENT:
            self._add(name, read_static(name))
        for name in _OWN:
            self._add(name, files(__package__).joinpath("static", name).read_text(encoding="utf-8"))
        for name, text in (more or {}).items():
            self._add(name, text)

    def get(self, name: str) -> Asset | None:
        """Return a file by the last part of its address."""
        return self._found.get(name)

    def _add(self, name: str, text: str) -> None:
        for known, address in self.address.items():
            text = text.replace(f'"./{known}"', f'"{address}"')
        content = text.encode()
        stem, ending = name.split(".")
        hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
        self._found[hashed] = Asset(_TYPES[ending], content, gzip.compress(content, 9, mtime=0))
        self.address[name] = f"/assets/{hashed}"
