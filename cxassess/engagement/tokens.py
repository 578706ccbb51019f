"""Tokens and codes: made at random, given out once, and stored as hashes only."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

_TOKEN_BYTES: Final = 24
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that are mistaken for one another
_CODE_LENGTH: Final = 10
_GROUP: Final = 5
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def make_token() -> str:
    """Return a new token of 192 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def make_pseudonym() -> str:
    """Return a new pseudonym: 64 random bits that stand for nobody."""
    return f"r{secrets.token_hex(8)}"


def make_code() -> str:
    """Return a new code for a room, to be typed by hand: 49 random bits, as ``ABCDE-FGHJK``."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def token_key(token: str) -> str | None:
    """Return what is stored of a token, and tells it from all others; None if no token looks like this."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def code_key(code: str) -> str | None:
    """Return what is stored of a code, however it is typed; None if no code looks like this."""
    letters = re.sub(r"[\s-]", "", code[:40]).upper() if isinstance(code, str) else ""
    if len(letters) != _CODE_LENGTH or set(letters) - set(_LETTERS):
        return None
    return hashlib.sha256(b"join:" + letters.encode("ascii")).hexdigest()
