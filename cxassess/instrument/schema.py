"""JSON Schemas of the instrument's files, for editors and other tools.

``python -m cxassess.instrument.schema`` writes them anew after the file models have changed.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from cxassess.instrument.files import StructureFile, TextFile

SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "structure.schema.json": StructureFile,
    "texts.schema.json": TextFile,
}
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def make_schema(file_name: str) -> dict[str, Any]:
    """Make a JSON Schema from the file models.

    Parameters
    ----------
    file_name : str
        ``structure.schema.json`` or ``texts.schema.json``; KeyError for any other.

    Returns
    -------
    dict
        The schema, draft 2020-12.
    """
    schema = SCHEMAS[file_name].model_json_schema(by_alias=True)
    _mend(schema)
    return {"$schema": _DIALECT, **schema}


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder and return their paths."""
    paths = []
    for file_name in SCHEMAS:
        path = folder / file_name
        content = json.dumps(make_schema(file_name), indent=2, ensure_ascii=False) + "\n"
        path.write_text(content, encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


def read_schema(file_name: str) -> dict[str, Any]:
    """Return a schema as it is shipped with the package."""
    shipped = files("cxassess.instrument").joinpath("schemas", file_name)
    schema: dict[str, Any] = json.loads(shipped.read_text(encoding="utf-8"))
    return schema


def _mend(schema: Any) -> None:
    """Say what pydantic leaves out: keys that match no pattern are refused, and an optional part is never null."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        if {"type": "null"} in schema.get("anyOf", []):
            choices = [part for part in schema.pop("anyOf") if part != {"type": "null"}]
            schema.pop("default", None)
            schema.update(*choices)
        for part in schema.values():
            _mend(part)
    elif isinstance(schema, list):
        for part in schema:
            _mend(part)


if __name__ == "__main__":
    write_schemas(Path(__file__).parent / "schemas")
