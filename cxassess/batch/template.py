"""The report notebook that a run executes for each organisation."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat

from cxassess.errors import CxassessError

PARAMETERS_TAG = "parameters"


def read_template(path: Path) -> nbformat.NotebookNode:
    """Read a report notebook.

    Raises
    ------
    CxassessError
        If it is not a notebook, no cell is tagged as the one with the parameters, or ``scores`` is not one of them.
    """
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except (ValueError, TypeError, AttributeError, nbformat.ValidationError) as error:
        remedy = "Give a notebook (.ipynb) that JupyterLab opens; begin with a copy of notebooks/report.ipynb."
        raise CxassessError.single(str(path), "this is not a notebook", remedy) from error
    tagged = [cell for cell in notebook.cells if PARAMETERS_TAG in cell.metadata.get("tags", ())]
    if not tagged:
        remedy = "Tag the cell that sets the parameters, as in notebooks/report.ipynb."
        raise CxassessError.single(str(path), f"no cell has the tag {PARAMETERS_TAG}", remedy)
    if "scores" not in _names_set(tagged[0].source):
        remedy = "Begin with a copy of notebooks/report.ipynb: a run hands each notebook its organisation's scores."
        raise CxassessError.single(str(path), "the cell with the parameters does not set scores", remedy)
    return notebook


def _names_set(code: str) -> set[str]:
    try:
        statements = ast.parse(code).body
    except SyntaxError:
        return set()
    return {
        target.id
        for statement in statements
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
