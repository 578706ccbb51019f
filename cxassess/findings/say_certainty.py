"""Root causes, comparisons, and what can't be said or trusted, in words."""

from __future__ import annotations

from cxassess.findings.model import Finding
from cxassess.findings.words import Said, Words, lower_first
from cxassess.scoring.model import OVERALL

EVEN_UNITS, MARKED_UNITS = 0.05, 0.15


def say_root_cause(finding: Finding, words: Words) -> Said:
    """Say how strong the evidence for a root cause is, and on what it rests."""
    cause = words.cause(finding.word("cause"))
    count = int(finding.number("n_items") or 0)
    if not finding.number("judged"):
        shown = int(finding.number("n_shown") or 0)
        return Said(
            words.text("root_cause.title_unjudged", cause=cause),
            words.text("root_cause.unjudged", shown=shown, count=count),
        )
    rest = finding.number("rest")
    shown = int(finding.number("n_shown") or 0)
    fields = {"count": words.count(shown), "mean": words.number(finding.number("mean") or 0.0)}
    if rest is None:
        text = words.text("root_cause.text_alone", **fields)
    else:
        text = words.text("root_cause.text", rest=words.number(rest), **fields)
    lowest = ""
    if finding.word("lowest_item"):
        mean = words.number(finding.number("lowest_item_mean") or 0.0)
        lowest = words.text("root_cause.lowest", item=words.item(finding.word("lowest_item")), mean=mean)
    title = words.text(f"root_cause.title.{int(finding.strength)}", cause=cause)
    return Said(title, words.sentences(text, _cause_gaps(finding, words), lowest))


def _cause_gaps(finding: Finding, words: Words) -> str:
    compared, real = int(finding.number("n_compared") or 0), int(finding.number("n_real") or 0)
    if compared < 2:
        return ""
    if real == 0:
        return words.text("root_cause.gaps_none")
    if real == compared:
        return words.text("root_cause.gaps_all")
    return words.counted("root_cause.gaps", real, compared=words.count(compared))


def say_benchmark(finding: Finding, words: Words) -> Said:
    """Say that a score is clearly ahead of or behind the middle of the benchmark."""
    figures = {key: words.percent((finding.number(key) or 0.0) / 100) for key in ("percentile", "low", "high")}
    figures["low"] = figures["low"].rstrip("%").rstrip()
    text = words.text(
        f"{finding.kind}.text",
        score=words.number(finding.number("score") or 0.0),
        median=words.number(finding.number("median") or 0.0),
        n=int(finding.number("n") or 0),
        **figures,
    )
    if finding.element == OVERALL:
        return Said(words.text(f"{finding.kind}.title_overall"), text)
    return Said(words.text(f"{finding.kind}.title", element=words.element(finding.element)), text)


def say_disagreement(finding: Finding, words: Words) -> Said:
    """Say on which item the answers are split, and how."""
    title = words.text("disagreement.title", item=words.item(finding.word("item")))
    fields = {"n": int(finding.number("n") or 0), "r_wg": words.number(finding.number("r_wg") or 0.0)}
    low, high = finding.number("low_share"), finding.number("high_share")
    if low is None or high is None:
        mean = words.number(finding.number("mean") or 0.0)
        return Said(title, words.text("disagreement.text_plain", mean=mean, **fields))
    levels = {key: int(finding.number(key) or 0) for key in ("low_level", "high_level")}
    shares = {"low_share": words.percent(low), "high_share": words.percent(high)}
    return Said(title, words.text("disagreement.text", **fields, **levels, **shares))


def say_consistency(finding: Finding, words: Words) -> Said:
    """Say how alike the units are."""
    icc = max(0.0, finding.number("icc1") or 0.0)
    variant = "even" if icc < EVEN_UNITS else "some" if icc < MARKED_UNITS else "marked"
    n = int(finding.number("n_units") or 0)
    if finding.element == OVERALL:
        title = words.text(f"consistency.title.{variant}")
    else:
        title = words.text("consistency.title_element", element=words.element(finding.element))
    if round(icc, 2) <= 0:
        return Said(title, words.text("consistency.text_none", n=n))
    return Said(title, words.text("consistency.text", share=words.percent(icc), n=n))


def say_careless(finding: Finding, words: Words) -> Said:
    """Say how many forms look hastily filled in, and whether they matter."""
    flagged = int(finding.number("n_flagged") or 0)
    if flagged == 0:
        return Said(words.text("careless.title_none"), words.text("careless.text_none"))
    runs, fast = finding.number("n_long_run"), finding.number("n_fast")
    kinds = ""
    if runs is not None and fast is not None:
        kinds = words.text("careless.runs", runs=int(runs), fast=int(fast))
    without, everything = finding.number("score_without"), finding.number("score_all")
    effect = ""
    if without is not None and everything is not None:
        scores = {"score_without": words.number(without), "score_all": words.number(everything)}
        effect = words.text("careless.without", **scores)
    return Said(words.counted("careless.title", flagged), words.sentences(kinds, effect))


def say_unknown(finding: Finding, words: Words) -> Said:
    """Say what can't be said, and why; or that many don't know."""
    what = finding.word("what")
    if what == "dont_know":
        return _say_dont_know(finding, words)
    if what == "overall":
        return Said(words.text("unknown.overall"), _reason(finding, words))
    if what == "gaps":
        return Said(words.text("unknown.gaps"), words.text("unknown.gaps_text"))
    if what == "role":
        role = words.instrument.role(finding.word("role")).name
        title = words.text("unknown.role", role=lower_first(role))
        return Said(title, words.text("unknown.role_text", role=role, reason=_reason(finding, words)))
    fields = {"element": words.element_name(finding.element), "reason": _reason(finding, words)}
    if what == "coverage":
        fields["coverage"] = words.percent(finding.number("coverage") or 0.0)
    title = words.text(f"unknown.{what}", element=words.element(finding.element))
    return Said(title, words.text(f"unknown.{what}_text", **fields))


def _reason(finding: Finding, words: Words) -> str:
    reasons = words.group("unknown.reason")
    reason = finding.word("reason")
    return words.text(f"unknown.reason.{reason if reason in reasons else 'too_few'}")


def _say_dont_know(finding: Finding, words: Words) -> Said:
    item = words.item(finding.word("item"))
    fields = {"item": item, "share": words.percent(finding.number("share") or 0.0)}
    title = words.text("unknown.dont_know", **fields)
    role_share = finding.number("role_share")
    if role_share is None:
        return Said(title, words.text("unknown.dont_know_text", **fields))
    fields |= {"role": words.role(finding.word("role")), "role_share": words.percent(role_share)}
    return Said(title, words.text("unknown.dont_know_role_text", **fields))
