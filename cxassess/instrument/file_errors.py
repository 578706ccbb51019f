"""What pydantic says about a file, turned into problems with line, value and remedy."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cxassess.errors import Problem
from cxassess.instrument.files import ID_PATTERN, LANGUAGE_PATTERN, LEVEL_PATTERN, MAX_TEXT, VERSION_PATTERN
from cxassess.instrument.yaml_nodes import Node, Unquoted, place, written

FileModel = TypeVar("FileModel", bound=BaseModel)

_BAD_KEY: Final = "[key]"

_PATTERNS: Final = {
    ID_PATTERN: ("an id", "Begin with a letter; then at most 31 letters a–z, digits and underscores."),
    LANGUAGE_PATTERN: ("a language code", 'Write the code in small letters, such as "en" or "da".'),
    VERSION_PATTERN: ("a version", 'Write digits, letters, dots and dashes, such as "1.0".'),
    LEVEL_PATTERN: ("a level", 'Write the number of a level in quotes, such as "1".'),
}

_EXPECTED: Final = {
    "string_type": ("a text in quotes", "Write a text between double quotes here."),
    "int_type": ("a whole number", "Write a whole number without quotes here."),
    "float_type": ("a number", "Write a number without quotes here, with a decimal point if it has decimals."),
    "bool_type": ("true or false", "Write true or false without quotes here."),
    "model_type": ("a mapping", "Write keys and values here, one pair a line."),
    "dict_type": ("a mapping", "Write keys and values here, one pair a line."),
    "tuple_type": ("a list", "Write a list here: [ … ], or one entry a line with a dash."),
}

_FIXED: Final = {
    "text_empty": ("the text is empty", "Write the text."),
    "text_control": ("{value} holds a line break or a control character", "Write it as one line."),
    "text_spaces": ("{value} starts or ends with a space", "Delete the space."),
    "letter": ("{value} is not one letter", 'Write one capital letter in quotes, such as "T".'),
    "string_too_long": (f"the text is longer than {MAX_TEXT} characters", "Shorten it."),
}

_LIMITS: Final = {
    "greater_than": ("gt", "is not above {limit}", "Write a number above {limit}."),
    "greater_than_equal": ("ge", "is below {limit}", "Write a number of at least {limit}."),
    "less_than_equal": ("le", "is above {limit}", "Write a number of at most {limit}."),
}


def validate_file(model: type[FileModel], root: Node, file: str) -> tuple[FileModel | None, list[Problem]]:
    """Validate a file's content against its model.

    Parameters
    ----------
    model : type of BaseModel
        What the file may hold.
    root : Node
        The file's content.
    file : str
        Name of the file, used in problems.

    Returns
    -------
    tuple of (BaseModel or None, list of Problem)
        The validated content, or None and everything that does not fit the model.
    """
    try:
        return model.model_validate(root.plain()), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        fields = _collect_fields(model)
        return None, [_make_problem(detail, root, file, fields) for detail in details if not _is_echo(detail)]


def _is_echo(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only because its members were refused."""
    short, given = detail["type"] == "too_short", detail["input"]
    return short and isinstance(given, list) and len(given) >= detail.get("ctx", {}).get("min_length", 0)


def _make_problem(detail: ErrorDetails, root: Node, file: str, fields: frozenset[str]) -> Problem:
    path = tuple(step for step in detail["loc"] if step != _BAD_KEY)
    what, remedy = _describe(detail, fields)
    return Problem(place(file, root.nearest(path).line, path), what, remedy)


def _describe(detail: ErrorDetails, fields: frozenset[str]) -> tuple[str, str]:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "missing":
        words = (f"{name} is missing", f"Add {name} here.")
    elif kind == "extra_forbidden":
        words = _describe_unknown(name, fields)
    elif kind in _EXPECTED:
        words = _describe_type(kind, value)
    elif kind in _FIXED:
        what, remedy = _FIXED[kind]
        words = (what.format(value=written(value)), remedy)
    elif kind in _LIMITS:
        key, what, remedy = _LIMITS[kind]
        limit = context.get(key)
        limit = int(limit) if isinstance(limit, float) and limit.is_integer() else limit
        words = (f"{written(value)} {what.format(limit=limit)}", remedy.format(limit=limit))
    elif kind == "string_pattern_mismatch":
        expected, remedy = _PATTERNS[str(context.get("pattern"))]
        words = (f"{written(value)} is not {expected}", remedy)
    elif kind == "literal_error":
        words = (f"{written(value)} is not allowed here", f"Write one of {context.get('expected')}.")
    elif kind in ("too_short", "too_long"):
        words = _describe_length(context)
    else:
        words = (f"{written(value)} is refused: {detail['msg']}", "Compare with the shipped instrument.")
    return words


def _describe_unknown(name: str, fields: frozenset[str]) -> tuple[str, str]:
    near = get_close_matches(name, sorted(fields), n=1)
    remedy = f"Did you mean {near[0]}? Otherwise delete it." if near else "Delete it, or correct its spelling."
    return f"the key {name} is not known here", remedy


def _describe_type(kind: str, value: Any) -> tuple[str, str]:
    expected, remedy = _EXPECTED[kind]
    shown = written(value)
    if kind == "string_type" and isinstance(value, Unquoted | int | float | bool):
        bare = value.text if isinstance(value, Unquoted) else str(value).lower()
        if bare:
            return f"{shown} stands without quotes", f'Write "{bare}" if it is meant as a text.'
        return "nothing stands here", remedy
    if kind in ("int_type", "float_type") and isinstance(value, str):
        return f"{shown} is a text, but {expected} is expected", "Write the number without quotes."
    return f"{expected} is expected, not {shown}", remedy


def _describe_length(context: dict[str, Any]) -> tuple[str, str]:
    actual = context.get("actual_length")
    if "min_length" in context:
        least = context["min_length"]
        return f"{actual} entries are too few", f"Write at least {least}."
    most = context.get("max_length")
    return f"{actual} entries are too many", f"Write at most {most}."


def _collect_fields(model: type[BaseModel]) -> frozenset[str]:
    """Collect every key that the model or a part of it knows, for near matches."""
    definitions = model.model_json_schema(by_alias=True)
    parts = [definitions, *definitions.get("$defs", {}).values()]
    return frozenset(key for part in parts for key in part.get("properties", {}))
