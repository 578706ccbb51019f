"""The tables of what is compared: roles, waves, other organisations; and how sure each element's score is."""

from __future__ import annotations

from cxassess.deliverables.cells import Row, Table, Writer, make_table
from cxassess.deliverables.scores import (
    KEY,
    STATE,
    element_cells,
    elements_of,
    gated,
    group_name,
    key_cells,
    state_cells,
)
from cxassess.report.pages.certainty import said_agreement
from cxassess.report.pages.history import wave_labels
from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.model import ALL, OVERALL, ROLE
from cxassess.scoring.rows import Row as ScoreRow

GAPS = (
    *KEY,
    "element",
    "element_name",
    "high_group",
    "high_group_name",
    "low_group",
    "low_group_name",
    "gap",
    "low",
    "high",
    "interval",
    "p_holm",
    "verdict",
    "verdict_word",
    "n_high",
    "n_low",
    "n_items",
    *STATE,
)
WAVES = (
    *KEY,
    "wave_name",
    "wave_date",
    "element",
    "element_name",
    "score",
    "low",
    "high",
    "interval",
    "level",
    "n_respondents",
    "n_invited",
    *STATE,
)
CHANGES = (
    "organisation",
    "element",
    "element_name",
    "wave_from",
    "wave_to",
    "change",
    "low",
    "high",
    "interval",
    "p_holm",
    "verdict",
    "verdict_word",
    "matched",
    "n_from",
    "n_to",
    *STATE,
)
CERTAINTY = (
    *KEY,
    "element",
    "element_name",
    "n_respondents",
    "coverage",
    "agreement",
    "agreement_word",
    "reliability",
    "reliability_low",
    "reliability_high",
    "benchmark_n",
    "benchmark_q25",
    "benchmark_median",
    "benchmark_q75",
    "percentile",
    "percentile_low",
    "percentile_high",
    *STATE,
)
RESPONDENTS = (*KEY, "group", "group_name", "n_respondents", "n_invited", "response_rate", *STATE)


def build_gaps(writer: Writer) -> Table:
    """Build the differences between roles, the instrument's own pair first, then by element."""
    view = writer.view
    pair = view.instrument.role_gap
    own = (f"{ROLE}{pair.high}", f"{ROLE}{pair.low}") if pair else ()
    order = {element: place for place, element in enumerate(elements_of(view))}
    rows = sorted(
        view.rows("gaps"), key=lambda row: ((row["high_group"], row["low_group"]) != own, order[row["element"]])
    )
    return make_table("gaps", GAPS, [_gap(writer, row) for row in rows])


def _gap(writer: Writer, row: ScoreRow) -> Row:
    view = writer.view
    return {
        **key_cells(writer, view.wave),
        **element_cells(writer, row["element"]),
        "high_group": writer.text(row["high_group"]),
        "high_group_name": writer.text(group_name(view, row["high_group"])),
        "low_group": writer.text(row["low_group"]),
        "low_group_name": writer.text(group_name(view, row["low_group"])),
        **gated(
            writer,
            row,
            shown=row["gap"] is not None,
            gap=writer.signed(row["gap"]),
            low=writer.score(row["low"]),
            high=writer.score(row["high"]),
            interval=writer.signed_interval(row["low"], row["high"]),
            p_holm=writer.p(row["p_holm"]),
            verdict=writer.text(row["verdict"]),
            verdict_word=writer.text(view.text(f"verdict.{row['verdict']}")),
            n_high=writer.count(row["n_high"]),
            n_low=writer.count(row["n_low"]),
            n_items=writer.count(row["items"]),
        ),
        **state_cells(writer, row),
    }


def build_waves(writer: Writer) -> Table:
    """Build the scores of all respondents in every wave up to this one, oldest first."""
    view = writer.view
    rows = []
    for wave in view.waves:
        for element in elements_of(view):
            rows += [
                _wave(writer, wave, row)
                for row in view.rows_over_time("scores", wave=wave["wave"], element=element, group=ALL)
            ]
    return make_table("waves", WAVES, rows)


def _wave(writer: Writer, wave: ScoreRow, row: ScoreRow) -> Row:
    name = wave["wave"]
    return {
        **key_cells(writer, name),
        "wave_name": writer.text(writer.view.context.wave_names.get(name, name)),
        "wave_date": writer.date(wave["date"]),
        **element_cells(writer, row["element"]),
        **gated(
            writer,
            row,
            shown=row["score"] is not None,
            score=writer.score(row["score"]),
            low=writer.score(row["low"]),
            high=writer.score(row["high"]),
            interval=writer.interval(row["low"], row["high"]),
            level=writer.count(row["level"]),
            n_respondents=writer.count(row["n_respondents"]),
            n_invited=writer.count(row["n_invited"]),
        ),
        **state_cells(writer, row),
    }


def build_changes(writer: Writer) -> Table:
    """Build what has changed from each earlier wave to this one."""
    view = writer.view
    order = list(wave_labels(view))
    found = [row for row in view.rows_over_time("changes", wave_to=view.wave) if row["wave_from"] in order]
    elements = elements_of(view)
    found.sort(key=lambda row: (order.index(row["wave_from"]), elements.index(row["element"])))
    return make_table("changes", CHANGES, [_change(writer, row) for row in found])


def _change(writer: Writer, row: ScoreRow) -> Row:
    view = writer.view
    return {
        "organisation": writer.text(view.organisation),
        **element_cells(writer, row["element"]),
        "wave_from": writer.text(row["wave_from"]),
        "wave_to": writer.text(row["wave_to"]),
        **gated(
            writer,
            row,
            shown=row["change"] is not None,
            change=writer.signed(row["change"]),
            low=writer.score(row["low"]),
            high=writer.score(row["high"]),
            interval=writer.signed_interval(row["low"], row["high"]),
            p_holm=writer.p(row["p_holm"]),
            verdict=writer.text(row["verdict"]),
            verdict_word=writer.text(view.text(f"verdict.{row['verdict']}")),
            matched=writer.flag(row["matched"]),
            n_from=writer.count(row["n_from"]),
            n_to=writer.count(row["n_to"]),
        ),
        **state_cells(writer, row),
    }


def build_certainty(writer: Writer) -> Table:
    """Build what each element rests on: answers, agreement, reliability, and its place among other organisations."""
    view = writer.view
    rows = [
        _certainty(writer, element, row)
        for element in elements_of(view)
        if (row := view.row("scores", element=element, group=ALL)) is not None
    ]
    return make_table("certainty", CERTAINTY, rows)


def _certainty(writer: Writer, element: str, row: ScoreRow) -> Row:
    view = writer.view
    alpha: ScoreRow = _scored(view, "reliability", element)
    other: ScoreRow = view.row("benchmarks", element=element) or {}
    place = {name: other.get(column) for name, column in _PLACES.items()}
    return {
        **key_cells(writer, view.wave),
        **element_cells(writer, element),
        **gated(
            writer,
            row,
            shown=row["score"] is not None,
            n_respondents=writer.count(row["n_respondents"]),
            coverage=writer.share(row["coverage"]),
            agreement=writer.score(row["agreement"]),
            agreement_word=writer.text(said_agreement(view, row)),
            reliability=writer.score(alpha.get("alpha")),
            reliability_low=writer.score(alpha.get("low")),
            reliability_high=writer.score(alpha.get("high")),
            benchmark_n=writer.count(other.get("n")),
            benchmark_q25=writer.score(other.get("q25")),
            benchmark_median=writer.score(other.get("median")),
            benchmark_q75=writer.score(other.get("q75")),
            **{name: writer.share(None if value is None else value / 100) for name, value in place.items()},
        ),
        **state_cells(writer, row),
    }


_PLACES = {"percentile": "percentile", "percentile_low": "low", "percentile_high": "high"}


def _scored(view: View, frame: str, element: str) -> ScoreRow:
    row = view.row(frame, element=element)
    return row if row is not None and row["status"] == SCORED else {}


def build_respondents(writer: Writer) -> Table:
    """Build how many of each role answered, and of how many invited."""
    view = writer.view
    rows = [
        _respondents(writer, group)
        for group in (ALL, *(f"{ROLE}{role.id}" for role in view.instrument.roles))
        if view.row("responses_by_role", group=group) is not None
    ]
    return make_table("respondents", RESPONDENTS, rows)


def _respondents(writer: Writer, group: str) -> Row:
    view = writer.view
    row: ScoreRow = view.row("responses_by_role", group=group) or {}
    shown = row["n_respondents"] is not None and row["status"] != "suppressed"
    invited = row["n_invited"] if shown else None
    rate = row["n_respondents"] / invited if invited else None
    cells = {
        "n_respondents": writer.count(row["n_respondents"] if shown else None),
        "n_invited": writer.count(invited),
        "response_rate": writer.share(rate),
    }
    reason = "" if shown else view.text("answered.few")
    if not shown:
        cells = {name: writer.hidden(cell.kind, reason) for name, cell in cells.items()}
    return {
        **key_cells(writer, view.wave),
        "group": writer.text(group),
        "group_name": writer.text(group_name(view, group)),
        **cells,
        "status": writer.text(row["status"]),
        "reason": writer.text(reason),
    }


def overall_row(view: View) -> ScoreRow | None:
    """Return the overall score's row, shown or not."""
    return view.row("scores", element=OVERALL, group=ALL)
