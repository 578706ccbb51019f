"""Role gaps: whether those at the top and those who meet the customers see the same organisation."""

from __future__ import annotations

from typing import Literal

from cxassess.document import (
    Block,
    Bottom,
    Dumbbell,
    DumbbellRow,
    GroupKey,
    GroupScore,
    HowTo,
    Page,
    Section,
    Table,
    TableColumn,
    Text,
)
from cxassess.findings import headline, row_comments
from cxassess.findings.words import lower_first
from cxassess.instrument.model import Element, Role
from cxassess.report.pages.causes import cause_blocks
from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.model import OVERALL
from cxassess.scoring.rows import Row

MOST_OTHER_GAPS, FEW_ELEMENTS, CAUSE_ROWS = 6, 4, 6


def build_roles(view: View) -> Page | None:
    """Build the page on role gaps; None for a single role, or where no role's score may be shown.

    With few elements there is room for the root causes too (see :func:`takes_causes`).
    """
    shown = any(_points(view, element)[0] for element in view.instrument.elements)
    if len(view.instrument.roles) < 2 or not shown:
        return None
    said = headline("role_gaps", view.findings, view.instrument, view.language, name=view.name)
    blocks: list[Block] = [_dumbbell(view), HowTo(view.text("how.label"), _how_to(view))]
    others = Section(view.text("roles.others"), (_other_gaps(view),))
    if takes_causes(view):
        blocks += [others] if len(view.instrument.roles) > 2 else []
        blocks += [Bottom(), Section(view.text("causes.section"), cause_blocks(view, CAUSE_ROWS))]
    elif len(view.instrument.roles) > 2:
        blocks += [Bottom(), others]
    return Page("roles", blocks, view.text("roles.kicker"), said.title, said.text)


def takes_causes(view: View) -> bool:
    """Say whether the root causes stand on this page: where few elements would leave two pages half empty."""
    return len(view.instrument.elements) <= FEW_ELEMENTS and bool(view.findings.of("root_cause"))


def _dumbbell(view: View) -> Dumbbell:
    rows = [(_gap(view, element), element) for element in view.instrument.elements]
    rows.sort(key=lambda pair: (pair[0] is None, -abs(pair[0]["gap"]) if pair[0] else 0, view.number_of(pair[1])))
    widest = next((element.id for gap, element in rows if gap and gap["verdict"] == "real"), "")
    said = row_comments(view.shown, view.organisation, view.wave, view.instrument, view.language)
    built = [_row(view, element, gap, said[element.id], marked=element.id == widest) for gap, element in rows]
    pair = view.instrument.role_gap
    title, head = view.text("roles.title_plain"), ""
    if pair and any(gap for gap, _ in rows):
        high, low = view.instrument.role(pair.high), view.instrument.role(pair.low)
        title = view.text("roles.title", high=lower_first(high.name), low=lower_first(low.name))
        head = view.text("roles.gap_head", high=high.letter, low=low.letter)
    keys = [_key(view, role) for role in view.instrument.roles]
    alt = " ".join(_words(view, row, keys) for row in built)
    return Dumbbell(title, view.scale, keys, built, head, alt)


def _key(view: View, role: Role) -> GroupKey:
    row = view.row("responses_by_role", group=f"role:{role.id}")
    pair = view.instrument.role_gap
    place: Literal["high", "low", "other"] = (
        "high" if pair and role.id == pair.high else "low" if pair and role.id == pair.low else "other"
    )
    note = view.answered(row) if row else view.text("answered.none")
    return GroupKey(role.id, role.letter, role.name, note, place)


def _gap(view: View, element: Element) -> Row | None:
    pair = view.instrument.role_gap
    if pair is None:
        return None
    row = view.row("gaps", element=element.id, high_group=f"role:{pair.high}", low_group=f"role:{pair.low}")
    return row if row and row["status"] == SCORED and row["gap"] is not None else None


def _row(view: View, element: Element, gap: Row | None, said: str, *, marked: bool) -> DumbbellRow:
    points, hidden = _points(view, element)
    number = view.number_of(element)
    if gap is None:
        text = view.text("roles.not_shown") if view.instrument.role_gap else ""
        return DumbbellRow(number, element.name, said, points, "", "", text, real=False, hidden=hidden)
    return DumbbellRow(
        number=number,
        name=element.name,
        text=said,
        points=points,
        gap_text=view.language.signed(gap["gap"]),
        interval_text=view.signed_interval(gap["low"], gap["high"]),
        verdict_text=view.text(f"verdict.{gap['verdict']}"),
        real=gap["verdict"] == "real",
        marked=marked,
        hidden=hidden,
    )


def _points(view: View, element: Element) -> tuple[list[GroupScore], list[tuple[str, str]]]:
    """Return the roles' scores, on common items where every role shown has one, and why others are not shown."""
    scores, hidden = {}, []
    for role in view.instrument.roles:
        group = f"role:{role.id}"
        asked = any(role.id in item.roles for item in element.items)
        row = view.score(element.id, group)
        if row is not None:
            scores[role.id] = row["score"]
        elif asked:
            hidden.append((role.letter, view.hidden(view.row("scores", element=element.id, group=group))))
    common = {row["group"].removeprefix("role:"): row["score"] for row in _common(view, element)}
    if all(common.get(role) is not None for role in scores):
        scores = {role: common[role] for role in scores}
    return [GroupScore(role, score) for role, score in scores.items()], hidden


def _common(view: View, element: Element) -> list[Row]:
    return view.rows("role_scores_common", element=element.id)


def _words(view: View, row: DumbbellRow, keys: list[GroupKey]) -> str:
    names = {key.id: key.name for key in keys}
    parts = [f"{names[point.group]} {view.number(point.score)}" for point in row.points]
    parts += [f"{letter}: {reason}" for letter, reason in row.hidden]
    if row.gap_text:
        parts.append(view.text("roles.alt_gap", gap=row.gap_text, verdict=row.verdict_text))
    return f"{row.name}: {', '.join(parts) or view.text('roles.not_shown')}."


def _how_to(view: View) -> str:
    pair = view.instrument.role_gap
    compared = sum(1 for element in view.instrument.elements if _gap(view, element))
    parts = [view.text("roles.how_letters")]
    if pair and compared:
        high, low = (lower_first(view.instrument.role(role).name) for role in (pair.high, pair.low))
        parts += [view.text("roles.how_bar", high=high, low=low), view.counted("roles.how_gap", compared)]
    parts.append(view.text("roles.how_hidden"))
    return view.sentences(*parts)


# ---------------------------------------------------------------- the other pairs of roles


def _other_gaps(view: View) -> Table | Text:
    found = [row for row in view.rows("gaps", verdict="real", status=SCORED) if _is_other(view, row)]
    found.sort(key=lambda row: (-abs(row["gap"]), view.number_of(row["element"])))
    if not found:
        compared = [row for row in view.rows("gaps", status=SCORED) if _is_other(view, row)]
        return Text(view.text("roles.others_none" if compared else "roles.others_hidden"))
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(view.text("head.element"), width=4),
        TableColumn(view.text("roles.higher"), width=3),
        TableColumn(view.text("roles.lower"), width=3),
        TableColumn(view.text("roles.gap"), "right", width=1),
        TableColumn(view.text("head.interval"), "right", width=2),
    )
    return Table(columns, [_other_row(view, row) for row in found[:MOST_OTHER_GAPS]])


def _is_other(view: View, row: Row) -> bool:
    pair = view.instrument.role_gap
    own = pair and {row["high_group"], row["low_group"]} == {f"role:{pair.high}", f"role:{pair.low}"}
    return not own and row["element"] != OVERALL and row["gap"] is not None


def _other_row(view: View, row: Row) -> tuple[str, ...]:
    up = row["gap"] >= 0
    higher, lower = (row["high_group"], row["low_group"]) if up else (row["low_group"], row["high_group"])
    ends = (row["low"], row["high"])
    if not up:
        ends = tuple(None if end is None else -end for end in reversed(ends))  # type: ignore[assignment]
    element = view.instrument.element(row["element"])
    return (
        str(view.number_of(element)),
        element.name,
        view.group_name(higher),
        view.group_name(lower),
        view.language.signed(abs(row["gap"])),
        view.signed_interval(*ends),
    )
