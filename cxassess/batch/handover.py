"""What a notebook is handed: files in its own folder, and parameters that name them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from cxassess.batch.tasks import ReportTask, RunPlan
from cxassess.errors import CxassessError
from cxassess.instrument import list_shipped
from cxassess.instrument.files import STRUCTURE_FILE
from cxassess.instrument.sources import find_source, read_bytes
from cxassess.report.brand import load_brand

SCORES_NAME: Final = "scores.json"
_CONTEXT: Final = "context.json"
_BRAND: Final = "brand/brand.yaml"
_INSTRUMENT: Final = "instrument"


def shared_files(plan: RunPlan) -> dict[str, bytes]:
    """Return the files that all reports of a run need, so that a worker needs none of this machine's.

    Returns
    -------
    dict of str to bytes
        Path in the notebook's folder → content: an instrument of one's own, a brand with its logo.
    """
    files = {}
    if plan.instrument not in list_shipped():
        source = find_source(plan.instrument)
        named = {STRUCTURE_FILE: source.structure, **{f"{code}.yaml": path for code, path in source.texts.items()}}
        for name, path in named.items():
            content = read_bytes(path)
            if not isinstance(content, bytes):
                raise CxassessError([content])
            files[f"{_INSTRUMENT}/{name}"] = content
    if plan.brand:
        brand = asdict(load_brand(plan.brand))
        logo, kind = base64.b64decode(brand.pop("logo")), brand.pop("logo_kind")
        if logo:
            brand["logo"] = f"logo.{kind}"
            files[f"brand/logo.{kind}"] = logo
        files[_BRAND] = json.dumps({key: value for key, value in brand.items() if value}).encode()
    return files


def own_files(plan: RunPlan, task: ReportTask) -> dict[str, bytes]:
    """Return the files of one report besides its scores: what is known about the organisation."""
    context = plan.contexts.get(task.organisation)
    if context is None:
        return {}
    known = {task.organisation: context.model_dump(mode="json", exclude_defaults=True)}
    return {_CONTEXT: json.dumps(known).encode()}


def parameters(plan: RunPlan, task: ReportTask, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the notebook's parameters; paths are relative to its folder."""
    return {
        "scores": SCORES_NAME,
        "organisation": task.organisation,
        "wave": task.wave,
        "language": task.language,
        "instrument": plan.instrument if plan.instrument in list_shipped() else _INSTRUMENT,
        "context": _CONTEXT if _CONTEXT in files else "",
        "brand": _BRAND if _BRAND in files else "",
        "source": asdict(plan.responses.source),
    }
