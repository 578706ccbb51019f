"""File names that are safe everywhere, readable, and never the same for two organisations."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ß": "ss", "ð": "d", "þ": "th"})


def slugify(text: str, limit: int = 40) -> str:
    """Return a lower-case ASCII slug of letters, digits and hyphens; ``x`` where nothing is left.

    Parameters
    ----------
    text : str
        Any text, also one made to break paths.
    limit : int
        Longest slug.
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    ascii_only = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    return slug[:limit].rstrip("-") or "x"


def report_name(organisation: str, wave: str, language: str) -> str:
    """Return a report's file name without suffix: slugs of organisation and wave, language, and a short hash.

    The hash is of the exact names, so that names which share a slug get different files.
    """
    digest = hashlib.sha256("\0".join((organisation, wave, language)).encode()).hexdigest()[:8]
    return f"{slugify(organisation)}_{slugify(wave, 16)}_{language}_{digest}"
