"""Differences between roles, in words."""

from __future__ import annotations

from collections.abc import Mapping

from cxassess.findings.model import Finding
from cxassess.findings.words import Said, Words
from cxassess.scoring.model import OVERALL


def say_role_gap(finding: Finding, words: Words) -> Said:
    """Say which roles see an element differently, or on how many elements they do."""
    if finding.element == OVERALL:
        return _gap_summary(finding, words)
    sides = read_sides(finding, words)
    name = words.element_name(finding.element)
    if "high_score" in sides:
        title = words.text("role_gap.title", element=name, **sides)
    else:
        title = words.text("role_gap.title_gap", element=name, **sides)
    return Said(title, words.text("role_gap.text", **{**sides, "gap": _interval(finding, words)}))


def say_role_agreement(finding: Finding, words: Words) -> Said:
    """Say that roles see much the same, or that it can't be told whether they do."""
    if finding.element == OVERALL:
        return _agreement_summary(finding, words)
    verdict = "same" if finding.word("verdict") == "same" else "cannot_tell"
    sides = {**read_sides(finding, words), "gap": _interval(finding, words)}
    title = words.text(f"role_agreement.title.{verdict}", element=words.element(finding.element), **sides)
    return Said(title, words.text(f"role_agreement.text.{verdict}", **sides))


def read_sides(finding: Finding, words: Words, prefix: str = "", digits: int = 1) -> dict[str, str]:
    """Return the two roles of a gap, the higher one first, with their scores if known and the size of the gap."""
    gap = finding.number(f"{prefix}gap") or 0.0
    names = ("high", "low") if gap >= 0 else ("low", "high")
    sides = {"gap": words.number(abs(gap), digits)}
    for side, given in zip(("high", "low"), names, strict=True):
        sides[side] = words.role(finding.word(f"{prefix}{given}_group"))
    scores = [finding.number(f"{prefix}{given}_score") for given in names]
    if scores[0] is not None and scores[1] is not None:
        sides |= {"high_score": words.number(scores[0], digits), "low_score": words.number(scores[1], digits)}
    return sides


def _interval(finding: Finding, words: Words, prefix: str = "") -> str:
    gap, low, high = (finding.number(prefix + key) for key in ("gap", "low", "high"))
    if gap is not None and gap < 0:
        gap, low, high = -gap, None if high is None else -high, None if low is None else -low
    return words.difference(gap or 0.0, low, high)


def _pair(finding: Finding, words: Words) -> Mapping[str, str]:
    if not finding.word("high_group"):
        return {}
    turned = (finding.number("n_real") or 0) > 0 and (finding.number("n_higher") or 0) == 0
    high, low = ("low_group", "high_group") if turned else ("high_group", "low_group")
    return {"high": words.role(finding.word(high)), "low": words.role(finding.word(low))}


def _gap_summary(finding: Finding, words: Words) -> Said:
    real, total = int(finding.number("n_real") or 0), int(finding.number("n_compared") or 0)
    pair = _pair(finding, words)
    key = "role_gap.summary.title" + ("" if pair else "_roles")
    if total == 1:
        title = words.text(f"role_gap.summary.title{'' if pair else '_roles'}_only", **pair)
    elif real == total:
        title = words.text(f"{key}_all", **pair)
    else:
        title = words.counted(key, real, total=words.count(total), **pair)
    sides = {**read_sides(finding, words, "widest_", 2), "gap": _interval(finding, words, "widest_")}
    form = "text" if "high_score" in sides else "text_gap"
    text = words.text(f"role_gap.summary.{form}", widest=words.element(finding.word("widest")), **sides)
    return Said(title, words.sentences(text, _direction(finding, words, pair, real)))


def _direction(finding: Finding, words: Words, pair: Mapping[str, str], real: int) -> str:
    higher = int(finding.number("n_higher") or 0)
    if not pair or real < 2 or higher not in (0, real):
        return ""
    return words.text("role_gap.summary.direction", **pair)


def _agreement_summary(finding: Finding, words: Words) -> Said:
    total, same = int(finding.number("n_compared") or 0), int(finding.number("n_same") or 0)
    pair = _pair(finding, words)
    agreed = "_same" if same == total else ""
    title = words.text(f"role_agreement.summary.title{agreed}{'' if pair else '_roles'}", **pair)
    text = words.counted("role_agreement.summary.text", total)
    widest = ""
    if total > 1:
        gap = _interval(finding, words, "widest_")
        widest = words.text("role_agreement.summary.widest", widest=words.element(finding.word("widest")), gap=gap)
    doubt = "" if same == total else words.text("role_agreement.summary.unsure")
    return Said(title, words.sentences(text, widest, doubt))


def comment_roles(finding: Finding, words: Words) -> str:
    """Comment an element's row among the roles: how the pair differs, and where the other roles lie."""
    if finding.kind == "unknown":
        pair = words.instrument.role_gap
        if pair is None:
            return words.text("row_comment.single", first=words.text("row_comment.hidden_roles"))
        first = words.text("row_comment.hidden", high=words.role(pair.high), low=words.role(pair.low))
        return words.text("row_comment.single", first=first)
    first = words.text(f"row_comment.{finding.word('verdict')}", **read_sides(finding, words))
    others = _others(finding, words)
    return words.text("row_comment.joined" if others else "row_comment.single", first=first, second=others)


def _others(finding: Finding, words: Words) -> str:
    scores = {
        key.removeprefix("score."): value
        for key, value in finding.numbers.items()
        if key.startswith("score.") and isinstance(value, (int, float))
    }
    pair = {finding.word("high_group"), finding.word("low_group")}
    if not pair <= set(scores):
        return ""
    top, bottom = (pick(scores[role] for role in pair) for pick in (max, min))
    others = {role: score for role, score in scores.items() if role not in pair}
    if not others:
        return ""
    highest, lowest = max(others, key=lambda role: others[role]), min(others, key=lambda role: others[role])
    over, under = others[highest] - top, bottom - others[lowest]
    if round(max(over, under), 1) > 0:
        side, role = ("highest", highest) if over >= under else ("lowest", lowest)
        return words.text(f"row_comment.{side}", role=words.role(role), score=words.number(others[role], 1))
    if finding.word("verdict") != "real":
        return ""
    if len(others) == 1:
        return words.text("row_comment.other_between", role=words.role(highest))
    return words.text("row_comment.others_between")
