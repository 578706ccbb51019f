"""The waves: the line over time, each element's own, and what to make of a setback."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cxassess.charts import chart_block, timeline
from cxassess.document import Block, Bottom, Callout, Change, Chart, HowTo, Page, TrendPanel, Trends
from cxassess.findings import headline, say
from cxassess.instrument.model import Element
from cxassess.report.pages.history import shown_changes, wave_labels
from cxassess.report.pages.view import View, is_shown
from cxassess.scoring.model import ALL, OVERALL
from cxassess.scoring.rows import Row, first

NOTED = ("setback", "best_so_far", "change_none")


def build_waves(view: View) -> Page | None:
    """Build the page on the waves; None where there is no earlier wave whose total may be shown."""
    shown = [wave for wave in wave_labels(view) if wave != view.wave and is_shown(score_in(view, wave, OVERALL))]
    if not shown:
        return None
    said = headline("waves", view.findings, view.instrument, view.language, name=view.name)
    blocks: list[Block] = [
        _chart(view),
        _trends(view),
        HowTo(view.text("how.label"), _how_to(view)),
        Bottom(),
        _callout(view),
    ]
    labels = list(wave_labels(view).values())
    kicker = view.counted("waves.kicker", len(labels), first=labels[0], last=labels[-1])
    return Page("waves", blocks, kicker, said.title, said.text)


def score_in(view: View, wave: str, element: str) -> Row | None:
    """Return an element's row in a wave, all groups together, or None."""
    return first(view.rows_over_time("scores", wave=wave, element=element, group=ALL))


# ---------------------------------------------------------------- the line


def _chart(view: View) -> Chart:
    weakest = view.weakest
    average_name = view.counted("waves.average", len(view.instrument.elements))
    weakest_name = ""
    if weakest:
        weakest_name = view.text("waves.weakest", element=view.instrument.element(weakest).in_sentence)
    step, level = reference_step(view)
    chart = timeline(
        pd.DataFrame([_point(view, wave, label, weakest) for wave, label in wave_labels(view).items()]),
        step=step,
        step_label=view.text("waves.step", level=level, step=view.level_number(step)),
        average_name=average_name,
        weakest_name=weakest_name,
        events=[(event.date, event.label) for event in view.context.events],
        target=_target(view),
        language=view.language.code,
        levels=view.instrument.level_count,
    )
    alt = _line_words(view, average_name, OVERALL)
    if weakest:
        alt = view.sentences(alt, _line_words(view, weakest_name, weakest))
    return chart_block(chart, view.text("waves.line_title" if weakest else "waves.line_title_alone"), alt)


def reference_step(view: View) -> tuple[float, int]:
    """Return the cut-off drawn in the charts and the level that begins there.

    It is where the systematic level begins; without such a rule, the next level above the overall score.
    """
    cutoffs = view.instrument.cutoffs
    if view.instrument.systematic:
        level = view.instrument.systematic.level
    else:
        score = view.score(OVERALL)
        above = [place for place, cut in enumerate(cutoffs) if score and cut > score["score"]]
        level = (above[0] if above else len(cutoffs) - 1) + 2
    level = min(max(level, 2), len(cutoffs) + 1)
    return cutoffs[level - 2], level


def _point(view: View, wave: str, label: str, weakest: str) -> dict[str, object]:
    when = next((row["date"] for row in view.waves if row["wave"] == wave), None)
    point: dict[str, object] = {"date": when, "label": label}
    for name, element in (("average", OVERALL), ("weakest", weakest)):
        row = score_in(view, wave, element)
        shown = row if row is not None and is_shown(row) else None
        point[name] = shown["score"] if shown else None
        point[f"{name}_low"] = shown["low"] if shown else None
        point[f"{name}_high"] = shown["high"] if shown else None
    return point


def _target(view: View) -> tuple[date, float, str] | None:
    target = view.context.target
    if target is None or target.overall is None:
        return None
    day = target.date_of(OVERALL)
    return day, target.overall, view.text("waves.target", year=day.year)


def _line_words(view: View, name: str, element: str) -> str:
    parts = [f"{label} {_value_text(view, wave, element)}" for wave, label in wave_labels(view).items()]
    return f"{name}: {', '.join(parts)}."


def _value_text(view: View, wave: str, element: str) -> str:
    row = score_in(view, wave, element)
    return view.number(row["score"]) if row and is_shown(row) else "–"


# ---------------------------------------------------------------- each element


def _trends(view: View) -> Trends:
    panels = [_panel(view, element) for element in view.instrument.elements]
    return Trends(
        title=view.text("waves.trends_title"),
        labels=list(wave_labels(view).values()),
        panels=panels,
        step=reference_step(view)[0],
        alt=" ".join(_panel_words(panel) for panel in panels),
    )


def _panel(view: View, element: Element) -> TrendPanel:
    rows = [score_in(view, wave, element.id) for wave in wave_labels(view)]
    shown = [row if row is not None and is_shown(row) else None for row in rows]
    setbacks = {finding.element for finding in view.findings.findings if finding.kind == "setback"}
    return TrendPanel(
        number=view.number_of(element),
        name=element.name,
        values=[row["score"] if row else None for row in shown],
        lows=[row["low"] if row else None for row in shown],
        highs=[row["high"] if row else None for row in shown],
        value_texts=[view.number(row["score"]) if row else "" for row in shown],
        changes=_changes(view, element),
        note=view.hidden(rows[-1]) if shown[-1] is None else "",
        marked=element.id in setbacks,
    )


def _changes(view: View, element: Element) -> list[Change]:
    """Return the change since the first wave and since the one before."""
    rows = {row["wave_from"]: row for row in shown_changes(view, element.id)}
    labels = wave_labels(view)
    earlier = [wave for wave in labels if wave != view.wave]
    changes = []
    for wave in dict.fromkeys((earlier[0], earlier[-1])):
        row, since = rows.get(wave), view.text("waves.since", wave=labels[wave])
        if row is None:
            changes.append(Change(since, "cannot_tell", view.text("verdict.cannot_tell"), "–"))
        else:
            change = view.language.signed(row["change"])
            changes.append(Change(since, row["verdict"], view.text(f"verdict.{row['verdict']}"), change))
    return changes


def _panel_words(panel: TrendPanel) -> str:
    values = ", ".join(text or "–" for text in panel.value_texts)
    changes = ", ".join(f"{change.since} {change.verdict_text} {change.change_text}" for change in panel.changes)
    return f"{panel.name}: {values}; {changes}."


def _how_to(view: View) -> str:
    step, level = reference_step(view)
    compared = len(view.instrument.elements)
    how = view.counted("waves.how", compared, step=view.level_number(step), level=level)
    return view.sentences(how, view.text("waves.how_answers", answers=view.language.join(_answers(view))))


def _answers(view: View) -> list[str]:
    parts = []
    for wave, label in wave_labels(view).items():
        row = first(view.rows_over_time("responses_by_role", wave=wave, group=ALL))
        if row is not None and row["n_respondents"] is not None:
            parts.append(view.text("waves.answers", answered=view.answered(row), wave=label))
    return parts


def _callout(view: View) -> Callout:
    for kind in NOTED:
        found = next((finding for finding in view.findings.findings if finding.kind == kind), None)
        if found:
            words = say(found, view.instrument, view.language, name=view.name)
            text = view.sentences(f"{words.title}.", words.text, view.text("waves.patience"))
            return Callout(view.text(f"waves.callout_{kind}"), text)
    return Callout(view.text("waves.callout_patience"), view.text("waves.patience"))
