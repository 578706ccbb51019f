"""A strict reading of YAML: every value keeps its line, and whatever YAML lets one misread is refused.

Only mappings, lists, texts in quotes, decimal numbers, ``true`` and ``false`` are understood. Aliases, anchors, tags,
merge keys, duplicate keys, block texts and further documents are problems, and so are files that are too large, too
deep or not UTF-8. Nothing is built from the file but these plain values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from cxassess.errors import Problem
from cxassess.instrument.yaml_nodes import Node, Path, Scalar, Unquoted, place

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 20
MAX_NODES: Final = 200_000
MAX_PROBLEMS: Final = 500

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TRAPS: Final = frozenset(
    ("y", "yes", "n", "no", "on", "off", "true", "false", "null", "~", "nan", "inf", ".nan", ".inf")
)
"""Bare words that YAML itself would turn into something else."""


def parse_yaml(content: bytes, file: str) -> tuple[Node | None, list[Problem]]:
    """Read YAML strictly.

    Parameters
    ----------
    content : bytes
        The file's bytes, of which more than 2 MB are refused.
    file : str
        Name of the file, used in problems.

    Returns
    -------
    tuple of (Node or None, list of Problem)
        The root, as far as it could be understood, and everything that is wrong. None if nothing is usable.
    """
    if len(content) > MAX_BYTES:
        remedy = "An instrument is a few hundred kilobytes at most; is this the right file?"
        return None, [Problem(file, f"the file is larger than {MAX_BYTES:,} bytes", remedy)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        return None, [Problem(f"{file}:{line}", f"byte 0x{byte:02X} is not UTF-8", "Save the file as UTF-8.")]
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        what = f"the control character U+{ord(control.group()):04X} stands here"
        return None, [Problem(place(file, line), what, "Delete the character.")]
    return _Composer(file).compose(text)


@dataclass
class _Open:
    """A mapping or list that is being filled, and the key that waits for its value."""

    node: Node
    key: str | None = None
    key_line: int = 0
    first_lines: dict[str, int] = field(default_factory=dict)


class _StopReadingError(Exception):
    """Raised inside when going on would be pointless or costly."""


class _Composer:
    """Builds nodes from PyYAML's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0
        self.documents = 0

    def compose(self, text: str) -> tuple[Node | None, list[Problem]]:
        try:
            for event in _events(text):
                self._take(event)
        except _StopReadingError:
            self.root = None
        except yaml.MarkedYAMLError as error:
            self._refuse_syntax(error)
        else:
            if self.root is None and not self.problems:
                self.add(1, "the file is empty", "Write the file's content; see the instrument that is shipped.")
        return self.root, self.problems

    def add(self, line: int, what: str, remedy: str, path: Iterable[str | int] = ()) -> None:
        self.problems.append(Problem(place(self.file, line, path), what, remedy))
        if len(self.problems) >= MAX_PROBLEMS:
            self.problems.append(
                Problem(self.file, f"{MAX_PROBLEMS} problems were found, the rest was not read", "Mend these first.")
            )
            raise _StopReadingError

    def _refuse_syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        what = " ".join(part for part in (error.context, error.problem) if part)
        remedy = "Mend the YAML here or just above: indentation, a missing colon, a quotation mark that is not closed."
        self.problems.append(Problem(place(self.file, line), f"not valid YAML: {what}", remedy))
        self.root = None

    def _take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.add(line, "a second document begins here (---)", "Keep one document a file.")
                raise _StopReadingError
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            self.add(line, f"the alias *{event.anchor} is not allowed", "Write the value out.", self._next_path())
            self._place(line, Unquoted(f"*{event.anchor}"), is_text=True)
        elif isinstance(event, yaml.NodeEvent):
            self._check_properties(event, line)
            self._take_node(event, line)

    def _check_properties(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self.add(line, f"the anchor &{event.anchor} is not allowed", "Delete it.", self._next_path())
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.add(line, f"the tag {tag} is not allowed", "Delete it.", self._next_path())

    def _take_node(self, event: yaml.NodeEvent, line: int) -> None:
        if isinstance(event, yaml.ScalarEvent):
            if event.style in ("|", ">"):
                remedy = "Write the text between double quotes; it may be long."
                self.add(line, f"a block text ({event.style}) is not allowed", remedy, self._next_path())
            self._place(line, _read_scalar(event), is_text=_is_quoted(event))
        elif isinstance(event, yaml.MappingStartEvent):
            self._open(line, {})
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open(line, [])

    def _open(self, line: int, value: list[Node] | dict[str, Node]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self.add(line, f"lists and mappings are nested more than {MAX_DEPTH} deep", "Flatten the file.")
            raise _StopReadingError
        if self.stack and isinstance(self.stack[-1].node.value, dict) and self.stack[-1].key is None:
            what = "a list or a mapping stands where a key is expected"
            self.add(line, what, "Use a word as the key.", self.stack[-1].node.path)
            raise _StopReadingError
        self.stack.append(_Open(self._place(line, value, is_text=False)))

    def _place(self, line: int, value: Any, *, is_text: bool) -> Node:
        """Put a value where it belongs: the root, the next member, a key, or a key's value."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.add(line, f"the file holds more than {MAX_NODES:,} values", "Is this the right file?")
            raise _StopReadingError
        node = Node(self._next_path(), line, value)
        if not self.stack:
            self.root = node
            return node
        parent = self.stack[-1]
        if isinstance(parent.node.value, list):
            parent.node.value.append(node)
        elif isinstance(parent.node.value, dict):
            if parent.key is None:
                self._take_key(parent, node, is_text=is_text)
            else:
                node.line = parent.key_line
                parent.node.value.setdefault(parent.key, node)
                parent.key = None
        return node

    def _take_key(self, parent: _Open, node: Node, *, is_text: bool) -> None:
        value = node.value
        key = value.text if isinstance(value, Unquoted) else str(value)
        path = (*parent.node.path, key)
        if not is_text and key == "<<":
            self.add(node.line, "the merge key << is not allowed", "Write the entries out.", path)
        elif not is_text and (not isinstance(value, Unquoted) or key.lower() in _TRAPS or not key):
            self.add(node.line, f"the key {key or '(nothing)'} is not in quotes", f'Write it as "{key}".', path)
        if key in parent.first_lines:
            what = f"the key {key} stands here a second time; the first is in line {parent.first_lines[key]}"
            self.add(node.line, what, "Keep one of the two.", path)
        parent.first_lines.setdefault(key, node.line)
        parent.key, parent.key_line = key, node.line

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        parent = self.stack[-1]
        if isinstance(parent.node.value, list):
            return (*parent.node.path, len(parent.node.value))
        return parent.node.path if parent.key is None else (*parent.node.path, parent.key)


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _is_quoted(event: yaml.ScalarEvent) -> bool:
    return bool(event.style)  # a bare word has the style None or "", depending on the loader


def _read_scalar(event: yaml.ScalarEvent) -> Scalar:
    text: str = event.value
    if _is_quoted(event):
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if text in ("true", "false"):
        return text == "true"
    return Unquoted(text)
