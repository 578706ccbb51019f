"""An engagement as a source of responses, for everything that scores and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cxassess.context import OrganisationContext
from cxassess.engagement.opening import open_engagement
from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument
from cxassess.responses import Responses


@dataclass(frozen=True)
class FrozenEngagement:
    """What scoring needs of an engagement.

    Parameters
    ----------
    responses : Responses
        Of the newest snapshot of every wave.
    contexts : mapping
        The organisation → how many were invited, targets, agreements and actions.
    instrument_files : mapping
        Name → content of the files of its instrument.
    """

    responses: Responses
    contexts: Mapping[str, OrganisationContext]
    instrument_files: Mapping[str, bytes]


def read_engagement(path: str | Path, *, instrument: str | Path = "", language: str = "") -> FrozenEngagement:
    """Read what is frozen in an engagement.

    Parameters
    ----------
    path : str or Path
        The file.
    instrument : str or Path
        What is thought to have been asked; not checked if empty.
    language : str
        Of the instrument's texts; the engagement's if empty.

    Raises
    ------
    CxassessError
        If nothing is frozen, or another instrument was asked.
    """
    with open_engagement(path) as engagement:
        responses = engagement.responses(language=language)
        own = responses.instrument.reference
        wanted = load_instrument(instrument, responses.instrument.language).reference if instrument else own
        if wanted != own:
            remedy = "Leave --instrument out: an engagement keeps its own."
            raise CxassessError.single(str(path), f"It was asked with {own}, not with {wanted}.", remedy)
        return FrozenEngagement(responses, engagement.contexts(), engagement.instrument_files(own))


def join_contexts(
    given: Mapping[str, OrganisationContext], own: Mapping[str, OrganisationContext]
) -> dict[str, OrganisationContext]:
    """Return what is known from a file of contexts, and from an engagement where the file says nothing.

    Parameters
    ----------
    given : mapping
        From the file; what it says goes before the engagement's: of the numbers invited, wave by wave.
    own : mapping
        From the engagement.
    """
    joined = dict(given)
    for name, context in own.items():
        known = joined.get(name, OrganisationContext())
        update: dict[str, object] = {"invited": {**context.invited, **known.invited}}
        for field in ("target", "agreements", "actions"):
            if not getattr(known, field):
                update[field] = getattr(context, field)
        joined[name] = known.model_copy(update=update)
    return joined
