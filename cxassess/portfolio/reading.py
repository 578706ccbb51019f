"""What a portfolio is made of: response files, engagements, and folders of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cxassess.context import OrganisationContext
from cxassess.engagement import is_engagement
from cxassess.engagement.reading import FrozenEngagement, join_contexts, read_engagement
from cxassess.errors import CxassessError, Problem
from cxassess.instrument import load_instrument
from cxassess.responses import Responses, combine_responses, read_many
from cxassess.responses.read import SUFFIXES
from cxassess.responses.waves import find_unordered_waves

_DEFAULT: Final = "eight_elements"
_ENGAGEMENT: Final = ".cxa"


@dataclass(frozen=True)
class PortfolioInputs:
    """All responses, and what is known of the organisations besides."""

    responses: Responses
    contexts: Mapping[str, OrganisationContext]


def read_portfolio(
    paths: str | Path | Iterable[str | Path],
    *,
    instrument: str | Path = "",
    language: str = "en",
    contexts: Mapping[str, OrganisationContext] | None = None,
    lenient: bool = False,
) -> PortfolioInputs:
    """Read response files, engagements (their frozen waves), and folders of them, as one set of responses.

    Parameters
    ----------
    paths : path or iterable of paths
        Files and folders.
    instrument : str or Path
        A shipped instrument, or the path of one; the engagements' own, or ``eight_elements``, if left out.
    language : str
        Of the instrument's texts.
    contexts : mapping, optional
        Organisation → what is known; an engagement's own numbers of invited people are added.
    lenient : bool
        Leave bad answers out instead of refusing the files.

    Raises
    ------
    CxassessError
        With every problem of all files.
    """
    files, engagements = _sort_out([paths] if isinstance(paths, str | Path) else paths)
    frozen: list[FrozenEngagement] = []
    problems: list[Problem] = []
    for path in engagements:
        try:
            frozen.append(read_engagement(path, instrument=instrument, language=language))
        except CxassessError as error:
            problems += error.problems
    asked = frozen[0].responses.instrument if frozen else load_instrument(instrument or _DEFAULT, language)
    parts = [one.responses for one in frozen]
    if files or not frozen:
        try:
            parts.append(read_many(files, asked, lenient=lenient))
        except CxassessError as error:
            problems += error.problems
    if problems:
        raise CxassessError(problems)
    known = dict(contexts or {})
    for one in frozen:
        known = join_contexts(known, one.contexts)
    together = combine_responses(parts) if len(parts) > 1 else parts[0]
    unordered = find_unordered_waves(together.answers, together.source.name) if len(parts) > 1 else []
    if unordered:
        raise CxassessError(unordered)
    return PortfolioInputs(together, known)


def _sort_out(paths: Iterable[str | Path]) -> tuple[list[Path], list[Path]]:
    """Return response files and folders, and engagements, those in folders, too, by name."""
    files: list[Path] = []
    engagements: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            (engagements if is_engagement(path) else files).append(path)
            continue
        inside = sorted(path.iterdir())
        own = [one for one in inside if one.suffix.lower() == _ENGAGEMENT and is_engagement(one)]
        engagements += own
        if not own or any(one.suffix.lower() in SUFFIXES and not one.name.startswith((".", "~$")) for one in inside):
            files.append(path)
    return files, engagements
