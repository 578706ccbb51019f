"""Checks of a whole instrument: every problem of every file at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.file_errors import validate_file
from cxassess.instrument.files import StructureFile, TextFile
from cxassess.instrument.sources import InstrumentSource, find_source, list_shipped, read_bytes
from cxassess.instrument.strict_yaml import parse_yaml
from cxassess.instrument.structure_rules import check_structure, list_members, list_texts
from cxassess.instrument.text_rules import check_texts
from cxassess.instrument.yaml_nodes import Node, place


@dataclass(frozen=True)
class InstrumentFiles:
    """An instrument's files as read and checked.

    Parameters
    ----------
    structure : StructureFile or None
        None if it has problems of shape.
    texts : dict
        Language → texts, of those that have no problems of shape.
    problems : tuple of Problem
        Everything wrong in any file. Where it is empty, ``structure`` and the texts of all languages are there.
    """

    structure: StructureFile | None
    texts: dict[str, TextFile]
    problems: tuple[Problem, ...]


def check_instrument(source: str | Path) -> list[Problem]:
    """Check an instrument, its structure and the texts of all its languages.

    Parameters
    ----------
    source : str or Path
        A shipped id, a folder with an ``instrument.yaml``, or the path of that file.

    Returns
    -------
    list of Problem
        Every problem with its file and line; empty if the instrument can be used.
    """
    try:
        return list(read_files(source).problems)
    except CxassessError as error:
        return list(error.problems)


def read_files(source: str | Path) -> InstrumentFiles:
    """Read and check the files of an instrument; shipped ones are read once.

    Raises
    ------
    CxassessError
        If there is no such instrument. Problems within the files are returned, not raised.
    """
    if isinstance(source, str) and source in list_shipped():
        return _read_shipped(source)
    return _read(find_source(source))


@cache
def _read_shipped(shipped_id: str) -> InstrumentFiles:
    return _read(find_source(shipped_id))


def _read(source: InstrumentSource) -> InstrumentFiles:
    file = source.structure.name
    root, problems = _parse(source.structure)
    if root is None:
        return InstrumentFiles(None, {}, tuple(problems))
    structure, shape = validate_file(StructureFile, root, file)
    problems += _merge(shape, check_structure(root, file))
    problems += _check_languages(root, source)
    texts = {}
    for language in dict.fromkeys(list_texts(list_members(root, "languages"))):
        if language in source.texts:
            text, found = _read_texts(source.texts[language], root, language)
            problems += found
            if text is not None:
                texts[language] = text
    return InstrumentFiles(structure, texts, tuple(problems))


def _read_texts(path: Traversable, structure: Node, language: str) -> tuple[TextFile | None, list[Problem]]:
    root, problems = _parse(path)
    if root is None:
        return None, problems
    text, shape = validate_file(TextFile, root, path.name)
    return text, problems + _merge(shape, check_texts(root, structure, path.name, language))


def _parse(path: Traversable) -> tuple[Node | None, list[Problem]]:
    content = read_bytes(path)
    return (None, [content]) if isinstance(content, Problem) else parse_yaml(content, path.name)


def _merge(shape: list[Problem], rules: list[Problem]) -> list[Problem]:
    """Put the two kinds of problems together, and say only one thing about one place."""
    places = {problem.where for problem in shape}
    return shape + [problem for problem in rules if problem.where not in places]


def _check_languages(root: Node, source: InstrumentSource) -> list[Problem]:
    file = source.structure.name
    nodes = list_members(root, "languages")
    problems = []
    for node in nodes:
        code = node.text()
        if code is not None and code not in source.texts:
            what, remedy = f"there is no file {code}.yaml beside {file}", "Write the file, or delete the language."
            problems.append(Problem(place(file, node.line, node.path), what, remedy))
    listed = list_texts(nodes)
    for code, path in source.texts.items():
        if code not in listed:
            what = f'the language "{code}" is not listed in the languages of {file}'
            problems.append(Problem(f"{path.name}:1", what, f'Add "{code}" to languages, or move the file away.'))
    return problems
