"""The thought experiment as a page of the report's blocks, always marked as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxassess.document import (
    Block,
    Callout,
    Column,
    Columns,
    HowTo,
    Page,
    Probabilities,
    Probability,
    Profile,
    ProfileRow,
    Table,
    TableColumn,
)
from cxassess.explore.trial import STEP, Standing, Trial
from cxassess.instrument.model import LEVEL_RULES
from cxassess.language import Language
from cxassess.report.pages.view import View
from cxassess.scoring.model import OVERALL


def build_trial(view: View, trial: Trial, words: Language, *, moved: bool) -> Page:
    """Return the page of a thought experiment: level by the three rules, how likely, and the profile, now and then."""
    rule = view.instrument.headline_rule
    now, then = trial.score(OVERALL)
    lead = words.text("explore.trial.lead_moved" if moved else "explore.trial.lead", name=view.name)
    blocks: list[Block] = [
        Callout(words.text("explore.trial.mark"), words.text("explore.trial.marked")),
        _rules(view, trial, words),
        Columns(
            (
                Column(6, (_chances(view, words.text("explore.trial.now"), trial.now(OVERALL, rule)),)),
                Column(6, (_chances(view, words.text("explore.trial.then"), trial.then(OVERALL, rule)),)),
            )
        ),
        _profile(view, trial, words),
        HowTo(view.text("how.label"), words.text("explore.trial.how")),
    ]
    title = words.text("explore.trial.title", now=view.number(now), then=view.number(then))
    if not moved:
        title = words.text("explore.trial.title_still", now=view.number(now))
    return Page("trial", blocks, words.text("explore.trial.kicker"), title, lead)


def _rules(view: View, trial: Trial, words: Language) -> Table:
    rows = []
    for rule in rule_order(view):
        now, then = trial.now(OVERALL, rule), trial.then(OVERALL, rule)
        name = words.text(f"explore.rule.{rule}")
        rows.append((name, *_cells(view, now), *_cells(view, then)))
    columns = (
        TableColumn(view.text("head.rule"), width=4),
        TableColumn(words.text("explore.trial.level_now"), width=3),
        TableColumn(view.text("head.chance"), "right"),
        TableColumn(words.text("explore.trial.level_then"), width=3),
        TableColumn(view.text("head.chance"), "right"),
    )
    return Table(columns, rows, title=words.text("explore.trial.rules"), marked=(0,))


def _cells(view: View, standing: Standing) -> tuple[str, str]:
    if standing.level is None:
        return "–", "–"
    level = view.text("fact.level_value", level=standing.level, name=view.level_name(standing.level))
    return level, view.chance(standing.chance)


def _chances(view: View, title: str, standing: Standing) -> Probabilities:
    found = standing.chances or (None,) * view.instrument.level_count
    bars = [
        Probability(level, view.level_name(level), share or 0.0, view.chance(share), marked=level == standing.level)
        for level, share in enumerate(found, start=1)
    ]
    alt = ", ".join(f"{bar.level} {bar.name} {bar.share_text}" for bar in bars)
    return Probabilities(title, bars, alt=f"{title}: {alt}.")


def _profile(view: View, trial: Trial, words: Language) -> Profile:
    rows = [_profile_row(view, trial, element.id, words) for element in trial.elements]
    return Profile(
        title=words.text("explore.trial.profile"),
        scale=view.scale,
        rows=rows,
        score_head=words.text("explore.trial.score_then"),
        interval_head=words.text("explore.trial.score_now"),
        alt=" ".join(f"{row.name}: {row.interval_text} → {row.score_text}." for row in rows),
        target_label=words.text("explore.trial.diamond"),
    )


def _profile_row(view: View, trial: Trial, element: str, words: Language) -> ProfileRow:
    now, then = trial.score(element)
    moved = now != then
    return ProfileRow(
        number=view.number_of(element),
        name=view.instrument.element(element).name,
        score=then,
        low=None,
        high=None,
        score_text=view.number(then),
        interval_text=view.number(now),
        target=now if moved else None,
        tag=words.text("explore.trial.moved", by=view.language.signed(then - now)) if moved else "",
        marked=moved,
    )


def list_outcome(view: View, trial: Trial, words: Language, *, moved: bool) -> list[dict[str, str]]:
    """Return the overall score and the level by each rule, now and, if anything is moved, then."""
    now, then = trial.score(OVERALL)
    found = [_outcome(view.text("head.score"), view.number(now), view.number(then) if moved else "")]
    for rule in rule_order(view):
        before, after = trial.now(OVERALL, rule), trial.then(OVERALL, rule)
        chances = [view.chance(before.chance), *([view.chance(after.chance)] if moved else [])]
        chance = f"{view.text('head.chance')} {' → '.join(chances)}"
        name = words.text(f"explore.rule.{rule}")
        found.append(_outcome(name, _level(before), _level(after) if moved else "", chance))
    return found


def rule_order(view: View) -> list[str]:
    """Return the level rules, the one that is used first."""
    own = view.instrument.headline_rule
    return [own, *(rule for rule in LEVEL_RULES if rule != own)]


def _outcome(name: str, now: str, then: str, chance: str = "") -> dict[str, str]:
    return {"name": name, "now": now, "then": then, "chance": chance}


def _level(standing: Standing) -> str:
    return str(standing.level) if standing.level else "–"


def list_controls(
    view: View, trial: Trial, moves: Mapping[str, float], element: str, words: Language
) -> list[dict[str, Any]]:
    """Return what can be moved: every element that is shown, and the items of the one chosen.

    Only figures that are shown or follow from the moves; ``less`` and ``more`` say whether there is room on the scale.
    """
    rows = []
    for one in trial.elements:
        number = str(view.number_of(one))
        rows.append(
            _control(view, one.id, f"{number} {one.name}", trial.score(one.id), by=moves.get(one.id, 0.0), words=words)
        )
        if one.id == element:
            for item in trial.items(one):
                name = f"{view.item_number(item.id)} {item.short}"
                rows.append(
                    {
                        **_control(view, item.id, name, trial.mean(item), by=moves.get(item.id, 0.0), words=words),
                        "kind": "item",
                    }
                )
    return rows


def _control(
    view: View, key: str, name: str, values: tuple[float, float], *, by: float, words: Language
) -> dict[str, Any]:
    now, then = values
    step = view.number(STEP)
    return {
        "id": key,
        "kind": "element",
        "name": name,
        "now": view.number(now),
        "then": view.number(then),
        "by": view.language.signed(by) if by else "",
        "less": words.text("explore.trial.less", name=name, step=step) if then > 1 else "",
        "more": words.text("explore.trial.more", name=name, step=step) if then < view.instrument.level_count else "",
    }


def next_move(moves: Mapping[str, float], key: str, steps: int) -> dict[str, float]:
    """Return the moves with one of them a number of steps further; one that comes back to nothing is dropped."""
    by = round(moves.get(key, 0.0) + steps * STEP, 9)
    return {**{one: move for one, move in moves.items() if one != key}, **({key: by} if by else {})}
