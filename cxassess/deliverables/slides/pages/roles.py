"""Role gaps: each role's score as a letter on the scale, the widest gap first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box
from cxassess.deliverables.slides.material import Material, every, first, how_to_read
from cxassess.deliverables.slides.pages.scale import Strip, draw_note, note_height
from cxassess.deliverables.slides.paragraphs import Para, Span, clean, para, plain
from cxassess.deliverables.slides.scatter import Dots, Lines, Mark, Series, Stretch
from cxassess.deliverables.slides.tables import Column, Row, add_table, cell, lay_out
from cxassess.document import Dumbbell, DumbbellRow, GroupKey, Text

Hidden = tuple[tuple[str, str], ...]
SCALE = 2  # the column under the chart
_PILL = 14.0  # points across a letter


def add_roles(deck: Deck, material: Material) -> None:
    """Add the slide on role gaps; nothing where no role's score may be shown."""
    page = material.report.roles
    if page is None:
        return
    dumbbell = first(page, Dumbbell)
    notes = [page.lead, dumbbell.alt, *(row.text for row in dumbbell.rows), *how_to_read(page)]
    notes += [plain(text.text) for text in every(page, Text)]
    canvas = deck.add(page.kicker, page.title, notes)
    _draw_key(canvas, Box(CONTENT.left, CONTENT.top - 4, CONTENT.width, 18), dumbbell.groups)
    columns = [
        Column(material.view.text("head.number"), 0.55),
        Column(material.view.text("head.element"), 4.6),
        Column("", 6.2),
        Column(dumbbell.gap_head, 1.6, "right"),
        Column(material.view.text("head.interval") if dumbbell.gap_head else "", 1.9, "right"),
        Column("", 1.4),
    ]
    common = _most_common(dumbbell.rows)
    reading = [*([_hidden_words(common)] if common else []), *how_to_read(page)[:1]]
    room = Box(CONTENT.left, CONTENT.top + 18, CONTENT.width, CONTENT.height - 26 - note_height(reading))
    layout = lay_out(columns, [_row(columns, row, common) for row in dumbbell.rows], room, most=56)
    marked = [place for place, row in enumerate(dumbbell.rows) if row.marked]
    rows = add_table(canvas, room, columns, layout, name="Roles, figures", alt=dumbbell.alt, tinted=marked)
    strip = Strip(dumbbell.scale, room.left + sum(layout.widths[:SCALE]), layout.widths[SCALE], rows)
    strip.draw_heads(canvas, layout.head)
    ground = [strip.cut_offs(material.text("chart.cut_offs"))]
    strip.draw(canvas, _series(material, dumbbell, strip), ground=ground, name="Roles, chart", alt=dumbbell.alt)
    draw_note(canvas, reading)


def _draw_key(canvas: Canvas, box: Box, groups: Sequence[GroupKey]) -> None:
    """Say which letter is which role, and how many of it answered."""
    spans: list[Span] = []
    for group in groups:
        note = f" ({clean(group.note)})" if group.note else ""
        spans += [
            Span(clean(group.letter), bold=True, colour=_colour(group)),
            Span(f"  {clean(group.name)}{note}      "),
        ]
    canvas.text(box, [Para(tuple(spans), 11.5, "text2")], name="Key to the letters", least=9)


def _colour(group: GroupKey) -> str:
    return {"high": "ink", "low": "accent"}.get(group.place, "text2")


def _most_common(rows: Sequence[DumbbellRow]) -> Hidden:
    """Return which roles are hidden in most rows, and why: it is said once for all of them."""
    found = Counter(tuple(row.hidden) for row in rows if row.hidden)
    return found.most_common(1)[0][0] if found else ()


def _hidden_words(hidden: Sequence[tuple[str, str]]) -> str:
    by_reason: dict[str, list[str]] = {}
    for letter, reason in hidden:
        by_reason.setdefault(reason, []).append(letter)
    return "; ".join(f"{', '.join(letters)}: {reason}" for reason, letters in by_reason.items())


def _row(columns: Sequence[Column], row: DumbbellRow, common: Hidden) -> Row:
    colour = "accent" if row.marked else "ink"
    name = (*cell(row.name, columns[1], size=13, bold=row.marked, colour=colour),)
    if row.hidden and tuple(row.hidden) != common:
        name += (para(_hidden_words(row.hidden), 9.5, colour="text2"),)
    return (
        cell(str(row.number), columns[0], colour="text2"),
        name,
        (),
        cell(row.gap_text or ("–" if columns[3].title else ""), columns[3], size=13, bold=True, colour=colour),
        cell(row.interval_text, columns[4], colour="text2"),
        cell(row.verdict_text, columns[5], bold=row.real, colour=colour if row.real else "text2", size=11.5),
    )


def _series(material: Material, dumbbell: Dumbbell, strip: Strip) -> list[Series]:
    known = {group.id: group for group in dumbbell.groups}
    joined: dict[bool, list[Stretch]] = {True: [], False: []}
    marks: dict[str, list[Mark]] = {group.id: [] for group in dumbbell.groups}
    for place, row in enumerate(dumbbell.rows):
        lanes = _lanes(row, known, strip)
        scores = {point.group: point.score for point in row.points}
        pair = [scores.get(group.id) for group in dumbbell.groups if group.place != "other"]
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            ends = sorted(value for value in pair if value is not None)
            edge = 0.5 * _PILL * (strip.axis.high - strip.axis.low) / strip.width  # lines end where the marks begin
            if ends[1] - ends[0] > 2 * edge:
                joined[row.real].append(strip.interval(place, ends[0] + edge, ends[1] - edge, row.name))
        for group, score in scores.items():
            y = strip.y(place) + lanes[group] * _PILL / strip.unit
            marks[group].append(Mark(score, round(y, 4), row.name, known[group].letter))
    bars: list[Series] = [
        Lines(f"{dumbbell.gap_head}, {material.view.text(f'verdict.{verdict}')}", joined[real], colour, 3)
        for verdict, real, colour in (("cannot_tell", False, "rule"), ("real", True, "accent"))
    ]
    order = sorted(dumbbell.groups, key=lambda group: group.place != "other")
    return bars + [Dots(group.name, marks[group.id], "circle", round(_PILL), _colour(group), 8) for group in order]


def _lanes(row: DumbbellRow, known: Mapping[str, GroupKey], strip: Strip) -> dict[str, float]:
    """Return how far each letter stands above or below its row, so that letters don't hide each other."""
    order = sorted(row.points, key=lambda point: known[point.group].place == "other")
    placed: list[tuple[float, float]] = []
    lanes: dict[str, float] = {}
    for point in order:
        x = strip.x(point.score)
        free = (lane for lane in (0.0, -0.9, 0.9, -1.8, 1.8) if _is_free(x, lane, placed))
        lane = next(free, 0.0)
        placed.append((x, lane))
        lanes[point.group] = lane
    return lanes


def _is_free(x: float, lane: float, placed: Sequence[tuple[float, float]]) -> bool:
    return all(abs(other - x) >= _PILL or abs(height - lane) >= 0.7 for other, height in placed)
