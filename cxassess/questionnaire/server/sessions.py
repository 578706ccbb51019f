"""A respondent's session: derived from their token, so that a server keeps nothing and can be started anew.

The token itself is the cookie (HttpOnly, for the session's own address only). The address shows a hash of it, and so
does the word that a page must send along with everything it writes.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

COOKIE: Final = "cxassess"
LANGUAGE_COOKIE: Final = "language"
_ID_LENGTH: Final = 20


def session_id(token: str) -> str:
    """Return what stands in the address of a respondent's page: it opens nothing by itself."""
    return _derive("session", token)[:_ID_LENGTH]


def session_path(token: str) -> str:
    """Return the address of a respondent's page."""
    return f"/q/{session_id(token)}"


def write_key(token: str) -> str:
    """Return what a page sends with everything it writes, and no other site can know."""
    return _derive("write", token)


def is_write_key(token: str, given: str) -> bool:
    """Whether a request carries the session's own key."""
    return hmac.compare_digest(write_key(token).encode(), given.encode("utf-8", "replace"))


def lookup_key(token: str) -> str:
    """Return what the server remembers of a token that was good."""
    return _derive("seen", token)


def _derive(purpose: str, token: str) -> str:
    return hashlib.sha256(f"cxassess {purpose}:{token}".encode("utf-8", "replace")).hexdigest()
