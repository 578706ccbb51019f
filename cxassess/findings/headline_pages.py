"""Headlines of the pages on the whole organisation: summary, certainty, role gaps, root causes, plan."""

from __future__ import annotations

from cxassess.findings.model import Finding, Findings
from cxassess.findings.say import SURE, say_overall
from cxassess.findings.say_certainty import say_unknown
from cxassess.findings.say_roles import say_role_agreement, say_role_gap
from cxassess.findings.words import Said, Words, lower_first
from cxassess.instrument.model import LEVEL_RULES
from cxassess.scoring.model import OVERALL

NEAR, FAIR = 0.99, 0.80
STANDS_OUT = 2


def head_summary(findings: Findings, words: Words) -> Said:
    """Say the overall level, or that it can't be given."""
    overall = findings.first("overall_level")
    if overall is None:
        return _no_level(findings, words)
    said = say_overall(overall, words)
    level, second, chance = (overall.number(key) for key in ("level", "second_level", "probability"))
    if chance is None or chance >= SURE or level is None or second is None or abs(level - second) != 1:
        return said
    between = {"level": int(min(level, second)), "second": int(max(level, second))}
    return Said(words.text("headline.summary.open", **between), said.text)


def _no_level(findings: Findings, words: Words) -> Said:
    shown = len(findings.of("element_level"))
    unknown = findings.first("unknown", element=OVERALL)
    reason = say_unknown(unknown, words).text if unknown and unknown.word("what") == "overall" else ""
    if not shown:
        return Said(words.text("headline.summary.hidden"), reason)
    total = words.count(len(words.instrument.elements))
    partly = words.counted("headline.summary.hidden_partly_lead", shown, total=total)
    return Said(words.text("headline.summary.hidden_partly"), words.sentences(reason, partly))


def head_certainty(findings: Findings, words: Words) -> Said:
    """Say how sure the level is, whether it depends on the rule, and on how many answers it rests."""
    overall = findings.first("overall_level")
    if overall is None:
        return Said(words.text("headline.certainty.hidden"), _no_level(findings, words).text)
    chance = overall.number("probability")
    title = words.text(f"headline.certainty.{_sureness(chance)}")
    levels = {rule: overall.number(f"level_{rule}") for rule in LEVEL_RULES}
    known = {rule: int(level) for rule, level in levels.items() if level is not None}
    by_rule = ""
    if len(known) == len(LEVEL_RULES) and len(findings.of("element_level")) > 1:
        agree = len(set(known.values())) == 1
        second = words.text(f"headline.certainty.rules_{'agree' if agree else 'differ'}")
        title = words.text("headline.certainty.joined", first=title, second=second)
        by_rule = "" if agree else words.text("headline.certainty.rules", **known)
    return Said(title, words.sentences(_chances(overall, words), by_rule, _answered(overall, words)))


def _sureness(chance: float | None) -> str:
    if chance is None:
        return "no_chance"
    return "near" if chance >= NEAR else "fair" if chance >= FAIR else "likely" if chance >= SURE else "open"


def _chances(overall: Finding, words: Words) -> str:
    chance, level = overall.number("probability"), overall.number("level")
    if chance is None or level is None:
        return ""
    there = {"level": int(level), "level_name": words.level_name(level), "chance": words.chance(chance)}
    lead = words.text("headline.certainty.lead", **there)
    second, second_chance = overall.number("second_level"), overall.number("second_probability")
    if second is None or second_chance is None or second_chance < 0.01:
        return lead
    after = words.text("headline.certainty.second", second=int(second), second_chance=words.chance(second_chance))
    return words.sentences(lead, after)


def _answered(overall: Finding, words: Words) -> str:
    n, invited = overall.number("n"), overall.number("invited")
    if n is None:
        return ""
    if invited is None or invited < n or invited <= 0:
        return words.counted("headline.certainty.answered", int(n))
    share = words.percent(n / invited)
    return words.text("headline.certainty.answered_of", n=int(n), invited=int(invited), share=share)


def head_role_gaps(findings: Findings, words: Words) -> Said:
    """Say whether the roles see different things, and where most."""
    for finding in findings.about(OVERALL, "role_gap", "role_agreement", "unknown"):
        if finding.kind == "role_gap":
            return say_role_gap(finding, words)
        if finding.kind == "role_agreement":
            return say_role_agreement(finding, words)
        if finding.word("what") == "gaps":
            return say_unknown(finding, words)
    return Said(words.text("headline.role_gaps.none"), words.text("headline.role_gaps.none_lead"))


def head_root_causes(findings: Findings, words: Words) -> Said:
    """Say which root causes stand out, if any does."""
    causes = findings.of("root_cause")
    if not causes:
        return Said(words.text("headline.root_causes.no_causes"), "")
    judged = [finding for finding in causes if finding.number("judged")]
    if not judged:
        unjudged = words.text("headline.root_causes.lead_unjudged")
        return Said(words.text("headline.root_causes.unjudged"), unjudged)
    most = max(finding.strength for finding in judged)
    top = [finding for finding in judged if finding.strength == most]
    names = words.language.join([lower_first(words.cause(finding.word("cause"))) for finding in top])
    if most < STANDS_OUT:
        lead = words.text("headline.root_causes.lead_some", causes=names) if most >= 1 else ""
        return Said(words.text("headline.root_causes.none"), lead or words.text("headline.root_causes.lead_none"))
    lead = words.text(f"headline.root_causes.lead_points.{int(most)}")
    if len(top) == 1:
        weaker = words.text("headline.root_causes.lead_weaker") if len(judged) == len(causes) > 1 else ""
        meaning = words.text("headline.root_causes.lead_meaning", meaning=words.cause_meaning(top[0].word("cause")))
        return Said(words.text("headline.root_causes.one", cause=names), words.sentences(lead, weaker, meaning))
    count = words.count(len(top))
    means = words.language.join([words.number(finding.number("mean") or 0.0) for finding in top])
    text = words.text("headline.root_causes.lead_means", means=means, of=words.instrument.level_count)
    form = "all" if len(top) == len(causes) else "several"
    title = words.text(f"headline.root_causes.{form}", count=count, causes=names)
    return Said(title, words.sentences(lead, text))


def head_plan(findings: Findings, words: Words) -> Said:
    """Say what to begin with, and how many actions begin now and later."""
    actions = findings.actions
    if not actions:
        reason = "none" if findings.of("element_level") else "hidden"
        return Said(words.text(f"headline.plan.{reason}"), words.text(f"headline.plan.{reason}_lead"))
    step = words.instrument.element(actions[0].element).step_from(actions[0].from_level)
    title = words.text("headline.plan.title", action=words.quote(step.title if step else actions[0].title))
    counts = {"now": sum(action.now for action in actions), "wait": sum(not action.now for action in actions)}
    counts["quick"] = sum(action.quick_win for action in actions)
    parts = [words.counted(f"headline.plan.lead_{key}", n) for key, n in counts.items() if n]
    weakest = findings.first("weakest_link")
    lifting = next((action for action in actions if weakest and action.element == weakest.element), None)
    if lifting is not None:
        element = words.element(lifting.element)
        parts.append(words.text("headline.plan.lead_weakest", number=lifting.number, element=element))
    return Said(title, words.sentences(*parts))
