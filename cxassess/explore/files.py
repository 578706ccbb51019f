"""The report of what is on the screen, as a file beside the notebook."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

from cxassess.engagement.whole import write_new
from cxassess.report.build import Report
from cxassess.report.pdf import render_pdf

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ß": "ss"})


def name_report(organisation: str, wave: str, language: str) -> str:
    """Return a file name of lower-case ASCII letters, digits and hyphens, whatever the names are."""
    return "-".join([*(_slug(text) for text in (organisation, wave)), language]) + ".pdf"


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).casefold().translate(_LETTERS))
    plain = folded.encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].rstrip("-") or "x"


def write_report(report: Report, path: Path) -> Path:
    """Print a report, write it whole or not at all, and return its path; CxassessError if it can't be written there."""
    printed = render_pdf(report.document.to_dict())
    with write_new(path, replace=True) as part:
        part.write_bytes(printed)
    return path
