"""Random damage to a valid instrument: understood as written, or refused with problems; never anything else."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from builders_instrument import SELF_SERVICE, assert_same, read_yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cxassess.errors import Problem
from cxassess.instrument import check_instrument, load_instrument

FILES = ("instrument.yaml", "en.yaml", "da.yaml")
TEXTS = {name: (SELF_SERVICE / name).read_text(encoding="utf-8") for name in FILES}
ODD_TEXTS = st.sampled_from(["", " ", "no", "1", "1.10", "x" * 3000, "a\nb", "{field}", "<b>", "\u202e", "æøå", "user"])
ODD_VALUES = st.one_of(
    ODD_TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-2, 20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just([]),
    st.just({}),
    st.lists(ODD_TEXTS, max_size=3),
    st.dictionaries(st.sampled_from(["1", "2", "name", "level"]), ODD_TEXTS, max_size=2),
)
MARKS = [*"\"'{}[]:,#&*!|>%@`-?~\\\0\x07\x85\ufeff\U0001f600", "<<", "---", "\r"]
LINE_CHANGES = ("delete", "repeat", "swap", "unquote", "indent", "insert", "cut")


def write_and_check(name: str, text: str) -> tuple[list[Problem], bool]:
    """Check the second instrument with one file replaced; where it is accepted, compare it with what stands there."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(SELF_SERVICE, Path(temporary) / "own"))
        (folder / name).write_text(text, encoding="utf-8", newline="")
        problems = check_instrument(folder)
        for problem in problems:
            assert re.match(r"(instrument|en|da)\.yaml", problem.where), problem
            assert problem.what
            assert problem.remedy
        if not problems:
            structure = read_yaml(folder / "instrument.yaml")
            for language in structure["languages"]:
                assert_same(load_instrument(folder, language), structure, read_yaml(folder / f"{language}.yaml"))
        return problems, not problems


def list_containers(value: Any) -> list[Any]:
    """Every mapping and list with something in it, from the root down."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [
        *([value] if isinstance(value, dict | list) and value else []),
        *(c for v in inner for c in list_containers(v)),
    ]


def change_container(data: st.DataObject, container: Any) -> None:
    """Drop, replace, swap or move one entry of a mapping or a list."""
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    key, other = data.draw(st.sampled_from(keys)), data.draw(st.sampled_from(keys))
    change = data.draw(st.sampled_from(["drop", "replace", "swap", "rename", "last"]))
    if change == "drop":
        del container[key]
    elif change == "replace":
        container[key] = data.draw(ODD_VALUES)
    elif change == "swap":
        container[key], container[other] = container[other], container[key]
    elif change == "rename" and isinstance(container, dict):
        container[data.draw(st.sampled_from(["1", "8", "name", "id", "zzz", str(other)]))] = container.pop(key)
    elif isinstance(container, dict):
        container[key] = container.pop(key)
    else:
        container.append(container.pop(key))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_changed_values_are_understood_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    content = read_yaml(SELF_SERVICE / name)
    for _ in range(data.draw(st.integers(1, 3))):
        containers = list_containers(content)
        assume(containers)
        change_container(data, data.draw(st.sampled_from(containers)))
    write_and_check(name, json.dumps(content, ensure_ascii=False, indent=1))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_changed_lines_are_understood_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    lines = TEXTS[name].split("\n")
    number, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    change = data.draw(st.sampled_from(LINE_CHANGES))
    if change == "delete":
        del lines[number]
    elif change == "repeat":
        lines.insert(number, lines[number])
    elif change == "swap":
        lines[number], lines[other] = lines[other], lines[number]
    elif change == "unquote":
        lines[number] = lines[number].replace('"', "")
    elif change == "indent":
        lines[number] = data.draw(st.sampled_from([" ", "  ", "\t", "- "])) + lines[number]
    elif change == "insert":
        place = data.draw(st.integers(0, len(lines[number])))
        mark = data.draw(st.sampled_from(MARKS))
        lines[number] = lines[number][:place] + mark + lines[number][place:]
    else:
        lines = lines[:number]
    write_and_check(name, "\n".join(lines))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_repeated_key_is_always_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    lines = TEXTS[name].split("\n")
    keyed = [number for number, line in enumerate(lines) if re.match(r'\s*"?\w+"?: *\S', line)]
    number = data.draw(st.sampled_from(keyed))
    problems, _ = write_and_check(name, "\n".join([*lines[: number + 1], lines[number], *lines[number + 1 :]]))
    line = number + 2
    assert any(f"{name}:{line} " in problem.where and "a second time" in problem.what for problem in problems)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_another_way_of_writing_the_same_is_accepted(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    content = read_yaml(SELF_SERVICE / name)
    mappings = [c for c in list_containers(content) if isinstance(c, dict) and not set(c) & set("123456789")]
    for mapping in data.draw(st.lists(st.sampled_from(mappings), max_size=5)):
        order = data.draw(st.permutations(list(mapping)))
        entries = {key: mapping.pop(key) for key in order}
        mapping.update(entries)
    indent = data.draw(st.sampled_from([None, 1, 4]))
    _, accepted = write_and_check(name, json.dumps(content, ensure_ascii=data.draw(st.booleans()), indent=indent))
    assert accepted
