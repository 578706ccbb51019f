"""The summary on one page: the level and how sure it is, the profile, three findings, three actions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxassess.document import (
    Block,
    Bottom,
    Column,
    Columns,
    HowTo,
    Labelled,
    LevelNumeral,
    Numbered,
    NumberedEntry,
    Page,
    Section,
    Table,
    TableColumn,
)
from cxassess.findings import headline, say, word_actions
from cxassess.instrument.model import LEVEL_RULES
from cxassess.report.pages.exhibits import build_probabilities, build_profile, build_who_answered, target_years
from cxassess.report.pages.view import View
from cxassess.scoring.model import OVERALL
from cxassess.scoring.rows import Row

ENTRIES, MOST_LETTERS = 3, 680
SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[^\Wa-zæøåäö\d_])")


def build_summary(view: View) -> Page:
    """Build the summary page; needs an overall score that may be shown."""
    said = headline("summary", view.findings, view.instrument, view.language, name=view.name)
    blocks: list[Block] = [
        _level_row(view),
        build_profile(view, _profile_title(view)),
        HowTo(view.text("how.label"), _how_to(view)),
        Bottom(),
        Columns(
            (
                Column(6, (Section(view.text("summary.found"), (Numbered(_findings(view)),)),)),
                Column(6, (Section(view.text("summary.next"), (Numbered(_actions(view), accent=True),), accent=True),)),
            )
        ),
        build_who_answered(view),
    ]
    return Page("summary", blocks, view.text("summary.kicker"), said.title)


def _level_row(view: View) -> Columns:
    headline_rule = view.instrument.headline_rule
    reached: dict[str, Row | None] = {rule: view.reached(OVERALL, rule) for rule in LEVEL_RULES}
    own = reached[headline_rule]
    score = view.score(OVERALL)
    level = int(own["level"]) if own else int(score["level"]) if score and score["level"] else 0
    numeral = LevelNumeral(
        level=str(level) if level else "–",
        name=view.level_name(level) if level else "",
        text=view.sentences(view.text(f"rule_says.{headline_rule}"), _chances(view, own)),
    )
    sure = build_probabilities(view, view.text("summary.sure"), view.levels(OVERALL, headline_rule))
    blocks: list[Column] = [Column(4, (numeral,)), Column(4, (sure,)), Column(4, (_rules(view, reached),))]
    return Columns(blocks)


def _chances(view: View, own: Row | None) -> str:
    if own is None or own["probability"] is None:
        return ""
    others = [row for row in view.levels(OVERALL, own["rule"]) if not row["reached"] and row["probability"] >= 0.01]
    likely = max(others, key=lambda row: float(row["probability"]), default=None)
    first = view.text("summary.chance", level=own["level"], chance=view.chance(own["probability"]))
    if likely is None:
        return f"{first}."
    return view.text(
        "summary.chance_two", first=first, level=likely["level"], chance=view.chance(likely["probability"])
    )


def rule_name(view: View, rule: str) -> str:
    """Return a level rule's name, with the score it is decided on where that is the average."""
    score = view.score(OVERALL)
    return view.text(f"rule.{rule}", score=view.number(score["score"] if score else None))


def _rules(view: View, reached: dict[str, Row | None]) -> Table:
    own = view.instrument.headline_rule
    order = (own, *(rule for rule in LEVEL_RULES if rule != own))
    rows = [
        (rule_name(view, rule), str(row["level"]), view.chance(row["probability"]))
        for rule in order
        if (row := reached[rule]) is not None
    ]
    levels = {row["level"] for row in reached.values() if row is not None}
    return Table(
        columns=(
            TableColumn(view.text("head.rule"), width=1),
            TableColumn(view.text("head.level"), "right"),
            TableColumn(view.text("head.chance"), "right"),
        ),
        rows=rows,
        title=view.text("summary.rules_differ" if len(levels) > 1 else "summary.rules_agree"),
        marked=(0,),
    )


def _profile_title(view: View) -> str:
    scored = [(element, row) for element in view.instrument.elements if (row := view.score(element.id))]
    if len(scored) < 2:
        return view.text("profile.title")
    high = max(scored, key=lambda pair: float(pair[1]["score"]))
    low = next((pair for pair in scored if pair[0].id == view.weakest), min(scored, key=lambda p: float(p[1]["score"])))
    return view.text(
        "profile.title_range",
        high=high[0].in_sentence,
        high_score=view.number(high[1]["score"]),
        low=low[0].in_sentence,
        low_score=view.number(low[1]["score"]),
    )


def _how_to(view: View) -> str:
    profile = build_profile(view, "")
    parts = [view.text("profile.how", name=view.name)]
    if profile.band_label:
        parts.append(view.text("profile.how_band", band=profile.band_label))
    if profile.target_label:
        parts.append(view.text("profile.how_target", year=target_years(view)))
    parts.append(view.text("profile.how_steps"))
    return view.sentences(*parts)


def _findings(view: View) -> list[NumberedEntry]:
    said = [say(finding, view.instrument, view.language, name=view.name) for finding in view.findings.main(ENTRIES)]
    if not said:
        return [NumberedEntry(view.text("summary.nothing"))]
    titles = [f"{words.title}." for words in said]
    texts = keep_first_sentences([words.text for words in said], MOST_LETTERS - sum(map(len, titles)))
    return [NumberedEntry(title, text) for title, text in zip(titles, texts, strict=True)]


def keep_first_sentences(texts: Sequence[str], most: int) -> list[str]:
    """Return texts of ``most`` characters together: last sentences are left out, the longest text's first.

    The first sentence of each text always stays.
    """
    parts = [SENTENCE_END.split(text) for text in texts]
    while sum(len(" ".join(part)) for part in parts) > most:
        longest = max((part for part in parts if len(part) > 1), key=lambda part: len(" ".join(part)), default=None)
        if longest is None:
            break
        longest.pop()
    return [" ".join(part) for part in parts]


def _actions(view: View) -> list[NumberedEntry]:
    return [
        NumberedEntry(
            action.title,
            parts=(
                Labelled(view.text("plan.who"), action.who),
                Labelled(view.text("plan.visible"), action.after_90_days),
            ),
        )
        for action in word_actions(view.findings.actions, view.instrument)[:ENTRIES]
    ]
