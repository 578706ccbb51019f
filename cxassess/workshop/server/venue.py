"""What one run of a workshop's server is about: the wave, the way in for phones, and the key of the board."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from cxassess.engagement import Engagement
from cxassess.workshop.joining import describe_join
from cxassess.workshop.view import build_board
from cxassess.workshop.words import build_board_words

_KEY_BYTES: Final = 24


def make_key() -> str:
    """Return a new key for a board: 192 random bits, good until the server is stopped."""
    return secrets.token_urlsafe(_KEY_BYTES)


@dataclass(frozen=True)
class View:
    """The board as it is sent.

    Parameters
    ----------
    tag : str
        Another one after every change.
    content : bytes
        JSON.
    """

    tag: str
    content: bytes


@dataclass
class Venue:
    """One run of a workshop.

    Parameters
    ----------
    wave : str
        Name of the wave.
    code : str
        With which people join.
    join_url : str
        Where a phone lands that reads the picture on the board.
    key : str
        Of the board.
    language : str
        Of the board, to begin with; empty for the engagement's.
    anywhere : bool
        Whether the board may be opened from other machines too, with its key.
    """

    wave: str
    code: str
    join_url: str
    key: str = field(default_factory=make_key, repr=False)
    language: str = ""
    anywhere: bool = False
    _run: str = field(default_factory=make_key, init=False, repr=False)
    _view: View | None = field(default=None, init=False, repr=False)

    def is_key(self, given: str) -> bool:
        """Whether somebody has the board's key."""
        return hmac.compare_digest(self.key.encode(), given.encode("utf-8", "replace"))

    @property
    def write_key(self) -> str:
        """What the board's page sends with every command, and no other site can know."""
        return hashlib.sha256(f"cxassess board:{self.key}".encode()).hexdigest()

    def is_write_key(self, given: str) -> bool:
        """Whether a command carries the page's own key."""
        return hmac.compare_digest(self.write_key.encode(), given.encode("utf-8", "replace"))

    def is_code(self, given: str) -> bool:
        """Whether somebody has typed this run's code, in whatever way."""
        return hmac.compare_digest(_letters(self.code), _letters(given[:40]))

    def lets_board_in(self, address: str, *, passed_on: bool = False) -> bool:
        """Whether the board may be opened from an address; never by what a proxy on this machine passes on."""
        return self.anywhere or (_is_loopback(address) and not passed_on)

    def view(self, engagement: Engagement) -> View:
        """Return the board as it stands; made anew only after something was stored. For one thread."""
        tag = f'"{self._run[:12]}.{engagement.workshop(self.wave).data_version()}"'
        if self._view is None or self._view.tag != tag:
            board = build_board(engagement, self.wave, self.language)
            self._view = View(tag, json.dumps({"board": board}, separators=(",", ":")).encode())
        return self._view

    def traits(self, engagement: Engagement) -> dict[str, Any]:
        """Return what the board's page begins with."""
        board = build_board(engagement, self.wave, self.language)
        codes = tuple(language["code"] for language in board["languages"])
        return {
            "board": board,
            "words": build_board_words(codes),
            "lang": board["language"],
            "join": describe_join(self.join_url, self.code),
        }


def _letters(code: str) -> bytes:
    return re.sub(r"[\s-]", "", code).upper().encode("utf-8", "replace")


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback
