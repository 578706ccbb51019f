"""A finding in words: a headline and a few sentences, in any of the languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cxassess.findings.model import Finding, Kind
from cxassess.findings.say_certainty import (
    say_benchmark,
    say_careless,
    say_consistency,
    say_disagreement,
    say_root_cause,
    say_unknown,
)
from cxassess.findings.say_changes import say_best, say_change, say_setback
from cxassess.findings.say_roles import say_role_agreement, say_role_gap
from cxassess.findings.words import Said, Words
from cxassess.instrument.model import Instrument
from cxassess.language import Language
from cxassess.scoring.model import OVERALL

SURE = 0.60
"""Probability below which another level is named beside the nearest one."""


def say(finding: Finding, instrument: Instrument, language: Language | str, *, name: str) -> Said:
    """Put a finding into words.

    Parameters
    ----------
    finding : Finding
        From ``find``.
    instrument : Instrument
        The instrument in the report's language.
    language : Language or str
        The report's language, or its code.
    name : str
        The organisation's short name.

    Returns
    -------
    Said
        A headline without a full stop, and one to four sentences.
    """
    words = Words.of(instrument, language, name)
    return words.begin(SAYERS[finding.kind](finding, words))


def say_overall(finding: Finding, words: Words) -> Said:
    """Say the overall level, with its probability and the weakest link."""
    numbers = finding.numbers
    level = int(numbers["level"])
    rule = finding.word("rule")
    weakest = finding.word("weakest")
    there: dict[str, object] = {"level": level, "level_name": words.level_name(level)}
    if weakest:
        there["weakest"] = words.element(weakest)
    title = words.text(f"overall_level.title.{_overall_variant(finding, rule)}", **there)
    chance = finding.number("probability")
    if chance is None:
        placed = words.text(f"overall_level.text.{rule}_unsure", **there)
    else:
        placed = words.text(f"overall_level.text.{rule}", chance=words.chance(chance), **there)
    held = ""
    if weakest and rule != "gated":
        score = words.number(finding.number("weakest_score") or 0.0)
        held = words.text("overall_level.text.weakest", weakest=words.element(weakest), weakest_score=score)
    scored = words.text("overall_level.text.score", score=words.score(numbers), of=int(numbers["of"]))
    return Said(title, words.sentences(scored, placed, _other_level(finding, words), held))


def _overall_variant(finding: Finding, rule: str) -> str:
    if rule == "gated":
        return "gated"
    if not finding.word("weakest"):
        return f"{rule}_plain"
    if rule == "staged":
        return "staged"
    level, weakest_level = finding.number("level"), finding.number("weakest_level")
    unsure = level is not None and (weakest_level or level) < level and not finding.number("weakest_clear")
    if level is None or weakest_level is None or unsure:
        return "nearest_plain"
    if weakest_level < level:
        return "nearest_held_back"
    return "nearest_even" if finding.numbers["elements_shown"] == finding.numbers["elements"] else "nearest_plain"


def _other_level(finding: Finding, words: Words) -> str:
    chance, second = finding.number("probability"), finding.number("second_level")
    if chance is None or second is None or chance >= SURE:
        return ""
    second_chance = words.chance(finding.number("second_probability") or 0.0)
    return words.text("overall_level.text.open", second=int(second), second_chance=second_chance)


def say_weakest(finding: Finding, words: Words) -> Said:
    """Say which element is the weakest, and whether it can be told from the next."""
    variant = "clear" if finding.number("clear") else "close"
    names = {"element": words.element(finding.element), "second": words.element(finding.word("second"))}
    text = words.text(
        f"weakest_link.text.{variant}",
        score=words.score(finding.numbers),
        second_score=words.number(finding.number("second_score") or 0.0),
        **names,
    )
    lowest = ""
    if finding.word("lowest_item"):
        mean = words.number(finding.number("lowest_item_mean") or 0.0)
        lowest = words.text("weakest_link.text.item", item=words.item(finding.word("lowest_item")), mean=mean, **names)
    return Said(words.text(f"weakest_link.title.{variant}", **names), words.sentences(text, lowest))


def say_systematic(finding: Finding, words: Words) -> Said:
    """Say whether the elements that decide are all at the systematic level."""
    level = int(finding.number("level") or 0)
    chance = finding.number("probability")
    missing = [element for element in finding.word("missing").split(",") if element]
    fields = {"level": level, "elements": words.elements(finding.word("elements"))}
    kind = finding.kind
    sure = words.text(f"{kind}.chance", chance=words.chance(chance)) if chance is not None else ""
    if kind == "systematic":
        title, text = words.text("systematic.title", **fields), words.text("systematic.text", **fields)
    elif missing:
        title = words.counted("not_systematic.title", len(missing), **fields)
        text = words.text("not_systematic.text", missing=words.elements(finding.word("missing")), **fields)
    else:
        title, text = words.text("not_systematic.title_plain"), words.text("not_systematic.text_plain", **fields)
    return Said(title, words.sentences(text, sure))


def say_strength(finding: Finding, words: Words) -> Said:
    """Say what the organisation is strongest at."""
    variant = "clear" if finding.number("clear") else "highest"
    overall = finding.number("overall")
    score = words.score(finding.numbers)
    if overall is None:
        text = words.text("strength.text.alone", score=score)
    else:
        text = words.text(f"strength.text.{variant}", score=score, overall=words.number(overall))
    return Said(words.text(f"strength.title.{variant}", element=words.element(finding.element)), text)


def say_coherence(finding: Finding, words: Words) -> Said:
    """Say how far the elements lie apart, or which one is ahead of the rest."""
    lowest = {
        "lowest": words.element(finding.word("lowest")),
        "lowest_score": words.number(finding.number("lowest_score") or 0.0),
    }
    if finding.element != OVERALL:
        own = words.group("coherence.ahead.titles").get(finding.element)
        title = own or words.text("coherence.ahead.title", element=words.element(finding.element))
        others = words.number(finding.number("others") or 0.0)
        score = words.number(finding.number("score") or 0.0)
        return Said(title, words.text("coherence.ahead.text", score=score, others=others, **lowest))
    spread = finding.number("spread") or 0.0
    text = words.text(
        "coherence.text_levels" if round(spread, 2) > 1 else "coherence.text",
        highest=words.element(finding.word("highest")),
        highest_score=words.number(finding.number("highest_score") or 0.0),
        spread=words.number(spread),
        **lowest,
    )
    return Said(words.text(f"coherence.title.{int(finding.strength)}"), text)


def say_element(finding: Finding, words: Words) -> Said:
    """Say where an element stands, how far it is to go, and its lowest and highest item."""
    level = finding.number("level")
    if level is None:
        return Said(words.element_name(finding.element), words.score(finding.numbers))
    there = {"level": int(level), "level_name": words.level_name(level)}
    title = words.text("element_level.title", element=words.element_name(finding.element), **there)
    placed = words.text("element_level.text", score=words.score(finding.numbers), **there)
    return Said(title, words.sentences(placed, _ahead(finding, words), say_between(finding, words)))


def _ahead(finding: Finding, words: Words) -> str:
    target, score, step = (finding.number(key) for key in ("target", "score", "to_next"))
    if target is not None and score is not None:
        left = words.number(target - score)
        if round(target - score, 2) <= 0:
            return words.text("element_level.target_met", target=words.number(target))
        return words.text("element_level.to_target", target=words.number(target), distance=left)
    if step is not None and round(step, 2) > 0:
        return words.text("element_level.to_next", distance=words.number(step))
    return ""


def say_between(finding: Finding, words: Words) -> str:
    """Say which of an element's items is lowest and which highest, if that is known."""
    lowest, highest = finding.word("lowest_item"), finding.word("highest_item")
    if not lowest or lowest == highest:
        return ""
    means = {f"{side}_mean": words.number(finding.number(f"{side}_item_mean") or 0.0) for side in ("lowest", "highest")}
    return words.text("element_level.items", lowest=words.item(lowest), highest=words.item(highest), **means)


SAYERS: Mapping[Kind, Callable[[Finding, Words], Said]] = {
    "overall_level": say_overall,
    "weakest_link": say_weakest,
    "systematic": say_systematic,
    "not_systematic": say_systematic,
    "role_gap": say_role_gap,
    "role_agreement": say_role_agreement,
    "setback": say_setback,
    "change_up": say_change,
    "change_down": say_change,
    "change_none": say_change,
    "best_so_far": say_best,
    "root_cause": say_root_cause,
    "strength": say_strength,
    "coherence": say_coherence,
    "benchmark_ahead": say_benchmark,
    "benchmark_behind": say_benchmark,
    "disagreement": say_disagreement,
    "consistency": say_consistency,
    "element_level": say_element,
    "unknown": say_unknown,
    "careless": say_careless,
}
