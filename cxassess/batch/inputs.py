"""Hashes of what goes into a report, so that a run that resumes knows which reports are still right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cxassess import __version__
from cxassess.context import OrganisationContext
from cxassess.instrument.model import Instrument
from cxassess.resources import resource_path
from cxassess.responses import Responses, Source

#: What draws the pages: another version of these may draw other bytes.
_RENDERERS: Final = ("typst", "vl-convert-python")
_PROGRAM_FILES: Final = frozenset({".py", ".yaml", ".typ", ".j2", ".css", ".ttf", ".otf"})


def hash_organisations(
    part: Responses, waves: Mapping[str, tuple[str, ...]], contexts: Mapping[str, OrganisationContext]
) -> dict[str, str]:
    """Return organisation → hash of its responses in some waves, and of its context.

    Parameters
    ----------
    part : Responses
        All rows of the organisations.
    waves : mapping
        Organisation → the waves that count; organisations that are not named are left out.
    contexts : mapping
        Organisation → what is known about it besides.
    """
    digests = {name: hashlib.sha256(_context_bytes(contexts.get(name))) for name in waves}
    wanted = pd.MultiIndex.from_tuples([(name, wave) for name, own in waves.items() for wave in own] or [("", "")])
    for frame in (part.answers, part.reasons, part.comments):
        kept = frame[pd.MultiIndex.from_frame(frame[["organisation", "wave"]]).isin(wanted)]
        rows = pd.util.hash_pandas_object(kept, index=False).to_numpy()
        for name, positions in kept.groupby("organisation", sort=False).indices.items():
            digests[str(name)].update(b"|" + rows[positions].tobytes())
    return {name: digest.hexdigest()[:32] for name, digest in digests.items()}


def _context_bytes(context: OrganisationContext | None) -> bytes:
    return context.model_dump_json().encode() if context else b""


def hash_shared(instrument: Instrument, source: Source, *files: bytes, **values: Any) -> str:
    """Return a hash of what all reports of a run share.

    Parameters
    ----------
    instrument : Instrument
        With its texts, in the reports' language.
    source : Source
        Printed on the method page.
    files : bytes
        Files that go into the reports: the notebook, a brand.
    values : dict
        Whatever else does, as JSON values.
    """
    digest = hashlib.sha256(_program().encode())
    digest.update(instrument.model_dump_json().encode())
    digest.update(json.dumps([asdict(source), values], sort_keys=True, ensure_ascii=False).encode())
    for file in files:
        digest.update(hashlib.sha256(file).digest())
    return digest.hexdigest()[:32]


def hash_values(values: Iterable[str]) -> str:
    """Return one hash of several."""
    return hashlib.sha256("|".join(values).encode()).hexdigest()


@cache
def _program() -> str:
    """Return a hash of the program and its templates, and the versions of what draws for it."""
    digest = hashlib.sha256(__version__.encode())
    for name in _RENDERERS:
        digest.update(f"{name} {version(name)}".encode())
    package = Path(__file__).resolve().parents[1]
    for folder in (package, resource_path("templates/report")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in _PROGRAM_FILES and path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode() + b"|" + path.read_bytes())
    return digest.hexdigest()
