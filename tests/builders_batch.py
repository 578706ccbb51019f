"""Many small organisations, and a notebook that costs next to nothing, for tests of the run itself."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd

from cxassess.instrument import load_instrument
from cxassess.resources import resource_path

SMALL_CODE = (
    "from cxassess import assess\nassessment = assess(scores=scores, organisation=organisation, wave=wave, "
    "language=language, context=context)\n"
    "print(organisation, wave, len(assessment.shown.scores), len(assessment.findings.findings))"
)


def write_organisations(path: Path, count: int, people: int = 6) -> list[str]:
    """Write responses of organisations with plain names; return the names."""
    instrument = load_instrument("eight_elements")
    rows = []
    for number in range(count):
        name = f"Firm {number:04d}"
        for person in range(people):
            role = instrument.roles[person % len(instrument.roles)]
            row = {"organisation": name, "wave": "2026-10", "respondent": f"p{person}", "role": role.id}
            for place, item in enumerate(instrument.items_for(role.id)):
                row[item.id] = 1 + (number * 7 + person * person + place * 3) % 5
            rows.append(row)
    pd.DataFrame(rows).convert_dtypes().to_csv(path, index=False)
    return [f"Firm {number:04d}" for number in range(count)]


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a report notebook: the house's parameters, then other cells."""
    notebook = nbformat.read(resource_path("notebooks/report.ipynb"), as_version=4)
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    notebook.cells = [parameters, *(nbformat.v4.new_code_cell(cell) for cell in cells)]
    nbformat.write(notebook, path)
    return path
