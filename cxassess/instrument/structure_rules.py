"""Rules within the structure file: what must fit together there, beyond the shape of each part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cxassess.errors import Problem
from cxassess.instrument.files import MAX_LEVELS, MAX_QUICK_WIN_EFFORT, MIN_LEVELS
from cxassess.instrument.yaml_nodes import Node, place

OVERALL: Final = "overall"
RESERVED_ITEMS: Final = frozenset(
    ("organisation", "wave", "respondent", "role", "unit", "answered_at", "seconds", "item", "answer", "comment")
)
RESERVED_PREFIXES: Final = ("comment_", "x_")

Fault = tuple[Node, str, str]
"""Where, what, remedy."""


def check_structure(root: Node, file: str) -> list[Problem]:
    """Check what a structure file must hold together.

    The rules read whatever is there, so that a file with a missing part still shows its other problems; parts of a
    wrong type are left to the file models.

    Parameters
    ----------
    root : Node
        Content of the structure file.
    file : str
        Its name, used in problems.

    Returns
    -------
    list of Problem
        In the order of the rules; empty if all is well.
    """
    rules: tuple[Callable[[Node], Iterator[Fault]], ...] = (
        _check_lists,
        _check_cutoffs,
        _check_weighting,
        _check_systematic,
        _check_role_gap,
        _check_elements,
        _check_items,
        _check_use,
        _check_steps,
    )
    faults = [fault for rule in rules for fault in rule(root)]
    return [Problem(place(file, node.line, node.path), what, remedy) for node, what, remedy in faults]


def get_level_count(root: Node) -> int | None:
    """Return the number of levels, or None if the file does not hold a usable one."""
    node = root.get("levels")
    levels = node.whole() if node is not None else None
    return levels if levels is not None and MIN_LEVELS <= levels <= MAX_LEVELS else None


def list_members(root: Node, *keys: str) -> list[Node]:
    """Return the members of the list under some keys; none if there is no such list."""
    node = root.get(*keys)
    return node.members() if node is not None else []


def list_texts(nodes: Iterable[Node]) -> list[str]:
    """Return the texts among some nodes."""
    return [text for node in nodes if (text := node.text()) is not None]


def list_elements(root: Node) -> list[Node]:
    """Return the elements."""
    return list_members(root, "elements")


def list_items(root: Node) -> list[Node]:
    """Return the items of all elements."""
    return [item for element in list_elements(root) for item in list_members(element, "items")]


def list_ids(nodes: Iterable[Node]) -> list[str]:
    """Return the ids of elements or items, where they are texts."""
    found = (node.get("id") for node in nodes)
    return list_texts(node for node in found if node is not None)


def _find_repeated(nodes: Iterable[Node], noun: str) -> Iterator[Fault]:
    first: dict[str, Node] = {}
    for node in nodes:
        text = node.text()
        if text is None:
            continue
        if text.casefold() in first:
            other = first[text.casefold()]
            yield node, f'the {noun} "{text}" stands already in line {other.line}', "Keep one, or rename one."
        first.setdefault(text.casefold(), node)


def _find_unknown(nodes: Iterable[Node], known: Iterable[str], noun: str) -> Iterator[Fault]:
    names = tuple(dict.fromkeys(known))
    for node in nodes:
        text = node.text()
        if text is not None and text not in names:
            remedy = f"Known are {', '.join(names)}." if names else f"Add the {noun} to the structure first."
            yield node, f'there is no {noun} "{text}"', remedy


def _check_lists(root: Node) -> Iterator[Fault]:
    for key, noun in (("languages", "language"), ("roles", "role"), ("root_causes", "root cause")):
        yield from _find_repeated(list_members(root, key), noun)


def _check_cutoffs(root: Node) -> Iterator[Fault]:
    levels, node = get_level_count(root), root.get("cutoffs")
    if levels is None or node is None or not isinstance(node.value, list):
        return
    if len(node.value) != levels - 1:
        what = f"{len(node.value)} cut-offs do not fit {levels} levels"
        yield node, what, f"Write {levels - 1}: the scores at which the levels 2 to {levels} begin."
    previous: float | None = None
    for member in node.value:
        cutoff = member.number()
        if cutoff is None:
            continue
        if not 1 < cutoff <= levels:
            yield member, f"the cut-off {cutoff:g} is outside the scale", f"Write a number above 1, at most {levels}."
        if previous is not None and cutoff <= previous:
            yield member, f"the cut-off {cutoff:g} does not lie above {previous:g}", "Write the cut-offs rising."
        previous = cutoff


def _check_weighting(root: Node) -> Iterator[Fault]:
    node = root.get("weighting")
    scheme = node.get("scheme") if node is not None else None
    if node is None or scheme is None:
        return
    weights = node.get("weights")
    given = weights.entries() if weights is not None else {}
    roles = list_texts(list_members(root, "roles"))
    if scheme.text() == "weights":
        for role in roles:
            if role not in given:
                yield weights or node, f"the role {role} has no weight", f"Add {role} with a number above 0."
    elif given and weights is not None:
        what = f"weights are given, but the scheme {scheme.text()} does not use them"
        yield weights, what, 'Delete them, or write scheme: "weights".'
    for role, entry in given.items():
        if role not in roles:
            yield entry, f'there is no role "{role}"', f"Known are {', '.join(roles)}."


def _check_systematic(root: Node) -> Iterator[Fault]:
    levels, node = get_level_count(root), root.get("systematic", "level")
    level = node.whole() if node is not None else None
    if node is not None and levels is not None and level is not None and level > levels:
        yield node, f"there is no level {level}", f"Write a level from 1 to {levels}."
    members = list_members(root, "systematic", "elements")
    yield from _find_repeated(members, "element")
    yield from _find_unknown(members, list_ids(list_elements(root)), "element")


def _check_role_gap(root: Node) -> Iterator[Fault]:
    ends = [node for key in ("high", "low") if (node := root.get("role_gap", key)) is not None]
    yield from _find_unknown(ends, list_texts(list_members(root, "roles")), "role")
    if len(ends) == 2 and ends[0].text() is not None and ends[0].text() == ends[1].text():
        yield ends[1], "high and low are the same role", "Write two different roles, or delete role_gap."


def _check_elements(root: Node) -> Iterator[Fault]:
    elements = list_elements(root)
    ids = [node for element in elements if (node := element.get("id")) is not None]
    yield from _find_repeated(ids, "element")
    for node in ids:
        if node.text() == OVERALL:
            yield node, f'"{OVERALL}" is the name of the overall score', "Give the element another id."
    for element in elements:
        items = list_members(element, "items")
        marks = [mark for item in items if (mark := item.get("pulse")) is not None]
        if items and len(marks) == len(items) and all(mark.value is False for mark in marks):
            yield element, "no item of the element is in the pulse form", "Write pulse: true at one item."


def _check_items(root: Node) -> Iterator[Fault]:
    items = list_items(root)
    ids = [node for item in items if (node := item.get("id")) is not None]
    yield from _find_repeated(ids, "item")
    for node in ids:
        text = (node.text() or "").casefold()
        if text in RESERVED_ITEMS or text.startswith(RESERVED_PREFIXES):
            yield node, f'"{node.text()}" is the name of another column in response files', "Give it another id."
    for key, known, noun in (("roles", "roles", "role"), ("root_causes", "root_causes", "root cause")):
        for item in items:
            members = list_members(item, key)
            yield from _find_repeated(members, noun)
            yield from _find_unknown(members, list_texts(list_members(root, known)), noun)


def _check_use(root: Node) -> Iterator[Fault]:
    items = list_items(root)
    if not items:
        return
    for key, what in (("roles", "is asked no item"), ("root_causes", "has no item that speaks to it")):
        used = {text for item in items for text in list_texts(list_members(item, key))}
        noun = key.removesuffix("s").replace("_", " ")
        for node in list_members(root, key):
            if (text := node.text()) is not None and text not in used:
                yield node, f"the {noun} {text} {what}", f"Name it in the {key} of an item, or delete it."


def _check_steps(root: Node) -> Iterator[Fault]:
    levels = get_level_count(root)
    for element in list_elements(root):
        node = element.get("steps")
        if node is None or not isinstance(node.value, list):
            continue
        first: dict[int, Node] = {}
        for step in node.value:
            start = step.get("from")
            level = start.whole() if start is not None else None
            if start is not None and level is not None:
                if levels is not None and not 1 <= level < levels:
                    yield start, f"there is no step from level {level}", f"Steps go from 1 to {levels - 1}."
                if level in first:
                    yield (
                        start,
                        f"a second step from level {level}",
                        f"Keep one; the other is in line {first[level].line}.",
                    )
                first.setdefault(level, start)
            yield from _check_step(step)
        for level in range(1, levels or 1):
            if level not in first:
                yield node, f"the step from level {level} is missing", f"Add a step with from: {level}."


def _check_step(step: Node) -> Iterator[Fault]:
    effort, quick_win = step.get("effort"), step.get("quick_win")
    if effort is not None and quick_win is not None and quick_win.value is True:
        cost = effort.whole()
        if cost is not None and cost > MAX_QUICK_WIN_EFFORT:
            what = f"a quick win takes an effort of {cost}"
            yield quick_win, what, f"Write quick_win: false, or an effort of at most {MAX_QUICK_WIN_EFFORT}."
    weeks = [member.whole() for member in list_members(step, "weeks")]
    if len(weeks) != 2 or weeks[0] is None or weeks[1] is None:
        return
    first, last = weeks[0], weeks[1]
    node = step.get("weeks") or step
    if first > last:
        yield node, f"the weeks {first} to {last} are reversed", "Write the first week, then the last."
    previous = 0
    for member in list_members(step, "milestones"):
        week = member.whole()
        if week is None:
            continue
        if first <= last and not first <= week <= last:
            yield member, f"the milestone in week {week} is outside the weeks {first}–{last}", "Move one or the other."
        if week <= previous:
            yield member, f"the milestone in week {week} does not come after week {previous}", "Write them rising."
        previous = week
