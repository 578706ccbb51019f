"""What the consultant writes for the pages of the questionnaire: checked as a whole, kept as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from cxassess.engagement.text import clean_text
from cxassess.errors import CxassessError, Problem
from cxassess.instrument.strict_yaml import parse_yaml
from cxassess.language import LANGUAGES

_TEXTS: Final = ("title", "lead", "contact")
_DID: Final = ("said", "state", "done")
_MAX: Final = 2_000
_MOST: Final = 20


def check_texts(where: str, texts: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the texts as they are kept, and everything that is wrong with them.

    Parameters
    ----------
    where : str
        The file, for the problems.
    texts : mapping
        As ``set_texts`` takes them.
    """
    problems: list[Problem] = []
    if not isinstance(texts, Mapping):
        return {}, [Problem(where, "The texts are no mapping.", "Begin with a key such as title.")]
    _check_keys(where, texts, (*_TEXTS, "next", "did"), problems)
    kept: dict[str, Any] = {}
    for key in _TEXTS:
        if key in texts:
            kept[key] = _check_text(f"{where}: {key}", texts[key], problems)
    if "next" in texts:
        steps = _check_list(f"{where}: next", texts["next"], problems)
        kept["next"] = [_check_text(f"{where}: next, {n}", step, problems) for n, step in enumerate(steps, 1)]
    if "did" in texts:
        kept["did"] = _check_did(f"{where}: did", texts["did"], problems)
    return kept, problems


def _check_did(where: str, did: Any, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(did, Mapping):
        problems.append(Problem(where, "It is no mapping.", "Write title and list below it."))
        return {}
    _check_keys(where, did, ("title", "list"), problems)
    kept: dict[str, Any] = {}
    if "title" in did:
        kept["title"] = _check_text(f"{where}, title", did["title"], problems)
    kept["list"] = []
    for number, entry in enumerate(_check_list(f"{where}, list", did.get("list"), problems), 1):
        place = f"{where}, list, {number}"
        if not isinstance(entry, Mapping) or set(_DID) - set(entry):
            problems.append(Problem(place, "An entry lacks a text.", f"Write {', '.join(_DID)} in each entry."))
            continue
        _check_keys(place, entry, _DID, problems)
        kept["list"].append({key: _check_text(f"{place}, {key}", entry[key], problems) for key in _DID})
    return kept


def _check_keys(where: str, found: Mapping[str, Any], known: Iterable[str], problems: list[Problem]) -> None:
    names = tuple(known)
    problems += [
        Problem(where, f"Nothing is called {key!r}.", f"Use some of {', '.join(names)}.")
        for key in found
        if key not in names
    ]


def _check_list(where: str, found: Any, problems: list[Problem]) -> list[Any]:
    if not isinstance(found, list | tuple) or not 0 < len(found) <= _MOST:
        problems.append(Problem(where, f"It is no list of 1 to {_MOST} entries.", "Begin each entry with a hyphen."))
        return []
    return list(found)


def _check_text(where: str, found: Any, problems: list[Problem]) -> str | dict[str, str]:
    """Check a text, or a mapping of language to text."""
    if isinstance(found, Mapping):
        unknown = [key for key in found if key not in LANGUAGES]
        if unknown or not found:
            what = f"{', '.join(map(repr, unknown)) or 'Nothing'} is no language."
            problems.append(Problem(where, what, f"Use some of {', '.join(LANGUAGES)}."))
        return {str(key): _check_string(f"{where}, {key}", text, problems) for key, text in found.items()}
    return _check_string(where, found, problems)


def _check_string(where: str, found: Any, problems: list[Problem]) -> str:
    if not isinstance(found, str) or not clean_text(found):
        problems.append(Problem(where, "There is no text.", "Write one, in quotes, or leave the key out."))
        return ""
    if len(found) > _MAX:
        problems.append(Problem(where, f"The text is longer than {_MAX:,} characters.", "Shorten it."))
    return clean_text(found).strip()


def read_texts_file(path: str | Path) -> dict[str, Any]:
    """Read texts from a YAML file, strictly: every text in quotes, no key twice.

    Raises
    ------
    CxassessError
        With every problem of the file; what the texts say is checked by ``set_texts``.
    """
    path = Path(path)
    root, problems = parse_yaml(path.read_bytes(), path.name)
    if root is None or problems or not isinstance(root.value, dict):
        remedy = "Begin with a key such as title, and put each text in quotes."
        raise CxassessError(problems or [Problem(path.name, "This is no mapping of texts.", remedy)])
    found: dict[str, Any] = root.plain()
    _, problems = check_texts(path.name, found)
    if problems:
        raise CxassessError(problems)
    return found
