"""Headlines of an element's page and of the page on the waves."""

from __future__ import annotations

from collections.abc import Callable

from cxassess.findings.model import Finding, Findings, Kind
from cxassess.findings.say import say_between
from cxassess.findings.say_changes import say_movement
from cxassess.findings.say_roles import read_sides, say_role_gap
from cxassess.findings.words import Said, Words
from cxassess.scoring.model import OVERALL


def head_element(findings: Findings, words: Words, element: str) -> Said:
    """Say what stands out about an element, then where it stands.

    What stands out is, in this order: the weakest link, a setback, a rise, a real role gap, a clear strength, an item
    on which answers are split; otherwise the level and the lowest item.
    """
    words.instrument.element(element)
    placed = findings.first("element_level", element=element)
    if placed is None or placed.number("level") is None:
        hidden = findings.first("unknown", element=element)
        reason = words.text(f"unknown.reason.{hidden.word('reason')}") if hidden and hidden.word("reason") else ""
        return Said(words.text("headline.element.hidden"), reason)
    lead = words.sentences(_position(placed, words), _extra(findings, words, element), say_between(placed, words))
    return Said(_title(findings, words, placed), lead)


def _position(placed: Finding, words: Words) -> str:
    score, level, left = (placed.number(key) or 0.0 for key in ("score", "level", "to_next"))
    figures = {"score": words.number(score), "next": int(level) + 1, "distance": words.number(left)}
    if int(level) >= words.instrument.level_count:
        return words.text("headline.element.lead_top", **figures)
    return words.text(f"headline.element.{'lead' if round(left, 2) > 0 else 'lead_near'}", **figures)


def _title(findings: Findings, words: Words, placed: Finding) -> str:
    for kind, say_title in TITLES:
        found = findings.first(kind, element=placed.element)
        title = say_title(found, placed, words) if found is not None else ""
        if title:
            return title
    return _plain_title(placed, placed, words)


def _there(placed: Finding, words: Words) -> dict[str, object]:
    level = int(placed.number("level") or 0)
    return {"level": level, "level_name": words.level_name(level)}


def _with_item(key: str, side: str, placed: Finding, words: Words) -> str:
    item = placed.word(f"{side}_item")
    if item and placed.word("lowest_item") != placed.word("highest_item"):
        return words.text(f"headline.element.{key}", item=words.item(item), **_there(placed, words))
    return words.text(f"headline.element.{key}_plain", **_there(placed, words))


def _weakest_title(_: Finding, placed: Finding, words: Words) -> str:
    return _with_item("weakest", "lowest", placed, words)


def _setback_title(found: Finding, _: Finding, words: Words) -> str:
    before, now = found.number("from_score"), found.number("to_score")
    if before is None or now is None:
        return words.text("headline.element.setback_plain", since=words.wave(found))
    scores = {"from_score": words.number(before), "to_score": words.number(now)}
    return words.text("headline.element.setback", since=words.wave(found), **scores)


def _risen_title(found: Finding, placed: Finding, words: Words) -> str:
    change = words.number(found.number("change") or 0.0)
    return words.text("headline.element.up", change=change, since=words.wave(found), **_there(placed, words))


def _gap_title(found: Finding, _: Finding, words: Words) -> str:
    if not found.number("main"):
        return ""
    sides = read_sides(found, words)
    return words.text(f"headline.element.{'gap' if 'high_score' in sides else 'gap_plain'}", **sides)


def _strength_title(found: Finding, placed: Finding, words: Words) -> str:
    return _with_item("strength", "highest", placed, words) if found.number("clear") else ""


def _split_title(found: Finding, placed: Finding, words: Words) -> str:
    return words.text("headline.element.split", item=words.item(found.word("item")), **_there(placed, words))


def _plain_title(_: Finding, placed: Finding, words: Words) -> str:
    return _with_item("level", "lowest", placed, words)


TITLES: tuple[tuple[Kind, Callable[[Finding, Finding, Words], str]], ...] = (
    ("weakest_link", _weakest_title),
    ("setback", _setback_title),
    ("change_up", _risen_title),
    ("role_gap", _gap_title),
    ("strength", _strength_title),
    ("disagreement", _split_title),
)


def _main_gap(findings: Findings, element: str) -> Finding | None:
    gaps = findings.about(element, "role_gap")
    return next((finding for finding in gaps if finding.number("main")), None)


def _extra(findings: Findings, words: Words, element: str) -> str:
    moved = findings.first("setback", element=element) or findings.first("change_up", "change_down", element=element)
    if moved is not None:
        kind = "change_down" if moved.kind == "setback" else moved.kind
        return say_movement(Finding(kind, element, moved.numbers), words)
    gap = _main_gap(findings, element)
    if gap is not None:
        return say_role_gap(gap, words).text
    split = findings.first("disagreement", element=element)
    return words.text("element_level.split", item=words.item(split.word("item"))) if split else ""


def head_waves(findings: Findings, words: Words) -> Said:
    """Say what has risen and fallen: since the first wave, and since the one before."""
    changes = findings.of("change_up", "change_down", "change_none")
    if not changes:
        key = "first" if findings.waves < 2 else "cannot_compare"
        return Said(words.text(f"headline.waves.{key}"), words.text(f"headline.waves.{key}_lead"))
    bases = ("first", "previous") if any(one.word("since") == "first" for one in changes) else ("previous",)
    risen = _moved(changes, "change_up", bases)
    fallen = _moved(changes, "change_down", bases[::-1])
    lead = words.sentences(_overall_moved(changes, bases, words), _weakest_moved(findings, changes, bases, words))
    if risen and fallen:
        up = words.counted("headline.waves.up", len(risen), since=words.wave(risen[0]))
        fell = words.counted("headline.waves.fell", len(fallen), since=words.wave(fallen[0]))
        return Said(words.text("headline.waves.up_down", up=up, down=fell), lead)
    for key, moved in (("up", risen), ("down", fallen)):
        if moved:
            return Said(words.counted(f"headline.waves.{key}", len(moved), since=words.wave(moved[0])), lead)
    return Said(_nothing_moved(changes, bases, words), lead)


def _moved(changes: tuple[Finding, ...], kind: str, bases: tuple[str, ...]) -> list[Finding]:
    for base in bases:
        moved = [one for one in changes if one.kind == kind and one.word("since") == base and one.element != OVERALL]
        if moved:
            return moved
    return []


def _overall(changes: tuple[Finding, ...], bases: tuple[str, ...]) -> Finding | None:
    found = [one for base in bases for one in changes if one.word("since") == base and one.element == OVERALL]
    return found[0] if found else None


def _nothing_moved(changes: tuple[Finding, ...], bases: tuple[str, ...], words: Words) -> str:
    overall = _overall(changes, bases)
    if overall is None:
        return words.text("headline.waves.none", since=words.wave(changes[0]))
    kinds = {"change_up": "none_overall_up", "change_down": "none_overall_down"}
    return words.text(f"headline.waves.{kinds.get(overall.kind, 'none')}", since=words.wave(overall))


def _overall_moved(changes: tuple[Finding, ...], bases: tuple[str, ...], words: Words) -> str:
    overall = _overall(changes, bases)
    if overall is None:
        return ""
    change, low, high = (overall.number(key) for key in ("change", "low", "high"))
    fields = {"change": words.difference(change or 0.0, low, high, signed=True), "since": words.wave(overall)}
    before, now = overall.number("from_score"), overall.number("to_score")
    doubt = words.text("headline.waves.lead_none") if overall.kind == "change_none" else ""
    if before is None or now is None:
        form = "lead_matched" if overall.number("matched") else "lead_change"
        return words.sentences(words.text(f"headline.waves.{form}", **fields), doubt)
    scores = {"from_score": words.number(before), "to_score": words.number(now)}
    return words.sentences(words.text("headline.waves.lead", **fields, **scores), doubt)


def _weakest_moved(findings: Findings, changes: tuple[Finding, ...], bases: tuple[str, ...], words: Words) -> str:
    weakest = findings.first("weakest_link")
    if weakest is None:
        return ""
    moves = [one for base in bases for one in changes if one.element == weakest.element and one.word("since") == base]
    if not moves:
        return ""
    suffix = {"change_up": "_up", "change_down": "_down"}.get(moves[0].kind, "")
    element = words.element(weakest.element)
    return words.text(f"headline.waves.weakest{suffix}", element=element, since=words.wave(moves[0]))
