"""Rules for a file of texts: complete for its structure, nothing surplus, and nothing that reads the same twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from cxassess.errors import Problem
from cxassess.instrument.structure_rules import (
    Fault,
    get_level_count,
    list_elements,
    list_ids,
    list_items,
    list_members,
    list_texts,
)
from cxassess.instrument.yaml_nodes import Node, place


def check_texts(root: Node, structure: Node, file: str, language: str) -> list[Problem]:
    """Check a file of texts against its structure.

    Parameters
    ----------
    root : Node
        Content of the file of texts.
    structure : Node
        Content of the structure file; parts that are missing there are not compared.
    file : str
        Name of the file of texts, used in problems.
    language : str
        Language that the file's name stands for.

    Returns
    -------
    list of Problem
        Empty if the file is complete, has nothing surplus, and names differ where they stand side by side.
    """
    faults = [
        *_check_language(root, language),
        *_check_ids(root, structure),
        *_check_levels(root, structure),
        *_check_anchors(root),
        *_check_names(root),
    ]
    return [Problem(place(file, node.line, node.path), what, remedy) for node, what, remedy in faults]


def _check_language(root: Node, language: str) -> Iterator[Fault]:
    node = root.get("language")
    if node is not None and node.text() not in (None, language):
        remedy = f'Write "{language}", or rename the file to {node.text()}.yaml.'
        yield node, f'the language "{node.text()}" is not the one of the file\'s name', remedy


def _check_ids(root: Node, structure: Node) -> Iterator[Fault]:
    expected = {
        "roles": list_texts(list_members(structure, "roles")),
        "root_causes": list_texts(list_members(structure, "root_causes")),
        "elements": list_ids(list_elements(structure)),
        "items": list_ids(list_items(structure)),
    }
    nouns = {"roles": "role", "root_causes": "root cause", "elements": "element", "items": "item"}
    for key, ids in expected.items():
        node = root.get(key)
        if node is None or not isinstance(node.value, dict) or structure.get("elements") is None:
            continue
        for missing in dict.fromkeys(ids):
            if missing not in node.value:
                yield node, f"the {nouns[key]} {missing} has no text", f"Add {missing} here."
        for surplus, entry in node.value.items():
            if surplus not in ids:
                what = f"the structure has no {nouns[key]} {surplus}"
                yield entry, what, "Delete it, correct its spelling, or add it to the structure."


def _check_levels(root: Node, structure: Node) -> Iterator[Fault]:
    count = get_level_count(structure)
    if count is None:
        return
    levels = tuple(str(level) for level in range(1, count + 1))
    yield from _check_numbers(root.get("levels"), levels, "level")
    for element in _entries(root, "elements"):
        yield from _check_numbers(element.get("steps"), levels[:-1], "step")
    for item in _entries(root, "items"):
        yield from _check_numbers(item.get("anchors"), levels, "anchor")


def _check_numbers(node: Node | None, expected: Sequence[str], noun: str) -> Iterator[Fault]:
    if node is None or not isinstance(node.value, dict):
        return
    for number in expected:
        if number not in node.value:
            yield node, f"the {noun} {number} is missing", f'Add "{number}" with its text.'
    for key, entry in node.value.items():
        if key not in expected:
            yield entry, f"there is no {noun} {key}", f"Write the {noun}s {expected[0]} to {expected[-1]}."
    found = [key for key in node.value if key in expected]
    for before, key in pairwise(found):
        if int(key) < int(before):
            what = f"the {noun} {key} stands after {before}"
            yield node.value[key], what, "Write them in rising order, each text at its own number."


def _check_anchors(root: Node) -> Iterator[Fault]:
    for item in _entries(root, "items"):
        anchors = item.get("anchors")
        yield from _find_same(_texts(anchors.entries().values() if anchors is not None else ()), "anchor")


def _check_names(root: Node) -> Iterator[Fault]:
    for key, field, noun in (
        ("levels", "name", "level's name"),
        ("roles", "name", "role's name"),
        ("roles", "letter", "role's letter"),
        ("root_causes", "name", "root cause's name"),
        ("elements", "name", "element's name"),
        ("items", "name", "item's name"),
        ("items", "short", "item's short name"),
    ):
        fields = (entry.get(field) for entry in _entries(root, key))
        yield from _find_same(_texts(field for field in fields if field is not None), noun)
    answers = (root.get("scale", key) for key in ("dont_know", "not_applicable"))
    yield from _find_same(_texts(node for node in answers if node is not None), "answer")


def _find_same(texts: Iterable[tuple[str, Node]], noun: str) -> Iterator[Fault]:
    first: dict[str, Node] = {}
    for text, node in texts:
        same = normalise(text)
        if same in first:
            what = f"the {noun} reads the same as the one in line {first[same].line}"
            yield node, what, "Write what is different."
        first.setdefault(same, node)


def normalise(text: str) -> str:
    """Return a text without the differences of case, spacing and character composition."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _entries(root: Node, key: str) -> list[Node]:
    node = root.get(key)
    return list(node.entries().values()) if node is not None else []


def _texts(nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    for node in nodes:
        text = node.text()
        if text is not None and text.strip():
            yield text, node
