"""The profile: each element's score and interval on the scale, with its target and its place among others."""

from __future__ import annotations

from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, Box
from cxassess.deliverables.slides.material import Material, first
from cxassess.deliverables.slides.pages.scale import Strip, draw_note, note_height
from cxassess.deliverables.slides.paragraphs import para
from cxassess.deliverables.slides.scatter import Dots, Lines, Mark, Series
from cxassess.deliverables.slides.tables import Column, Row, add_table, cell, lay_out
from cxassess.document import Profile, ProfileRow
from cxassess.report.pages.exhibits import target_years

SCALE = 2  # the column under the chart


def add_profile(deck: Deck, material: Material) -> None:
    """Add the profile, as a table with a chart over it."""
    page = material.report.summary
    profile = first(page, Profile)
    reading = _reading(material, profile)
    alt = " ".join([profile.alt, *_besides(material, profile)])
    method = [material.view.text(f"method.{key}") for key in ("scores", "certain")]
    canvas = deck.add(material.view.text("profile.title"), profile.title, [alt, reading, *method])
    columns = [
        Column(material.view.text("head.number"), 0.55),
        Column(material.view.text("head.element"), 4.3),
        Column("", 7.4),
        Column(profile.score_head, 1.1, "right"),
        Column(profile.interval_head, 1.9, "right"),
    ]
    room = Box(CONTENT.left, CONTENT.top - 8, CONTENT.width, CONTENT.height - note_height([reading]))
    layout = lay_out(columns, [_row(columns, row) for row in profile.rows], room, most=60)
    marked = [place for place, row in enumerate(profile.rows) if row.marked]
    rows = add_table(canvas, room, columns, layout, name="Profile, figures", alt=alt, tinted=marked)
    left = room.left + sum(layout.widths[:SCALE])
    strip = Strip(profile.scale, left, layout.widths[SCALE], rows)
    strip.draw_heads(canvas, layout.head)
    ground = [strip.cut_offs(material.text("chart.cut_offs")), *_bands(profile, strip)]
    strip.draw(canvas, _series(material, profile, strip), ground=ground, name="Profile, chart", alt=alt)
    draw_note(canvas, [reading])


def _besides(material: Material, profile: Profile) -> list[str]:
    """Say in words where the targets and the others' middle halves lie."""
    view = material.view
    aims = [f"{row.name} {view.number(row.target)}" for row in profile.rows if row.target is not None]
    bands = [
        f"{row.name} {view.text('interval.plain', low=view.number(row.band[0]), high=view.number(row.band[1]))}"
        for row in profile.rows
        if row.band is not None
    ]
    told = ((profile.target_label, aims), (profile.band_label, bands))
    return [f"{label[:1].upper()}{label[1:]}: {'; '.join(parts)}." for label, parts in told if parts]


def _reading(material: Material, profile: Profile) -> str:
    """Say what the marks of the chart are."""
    parts = [material.view.text("profile.how", name=material.view.name)]
    if any(row.score is not None and row.low is None for row in profile.rows):
        parts.append(material.text("profile.grey"))
    if profile.band_label:
        parts.append(material.view.text("profile.how_band", band=profile.band_label))
    if profile.target_label:
        parts.append(material.text("profile.diamond", year=target_years(material.view)))
    return " ".join([*parts, material.view.text("profile.how_steps")])


def _row(columns: list[Column], row: ProfileRow) -> Row:
    colour = "accent" if row.marked else "ink"
    name = (*cell(row.name, columns[1], size=14, bold=row.marked, colour=colour),)
    if row.tag:
        name += (para(row.tag, 10, colour="accent"),)
    if row.hidden_text:
        name += (para(row.hidden_text, 10, colour="text2"),)
    return (
        cell(str(row.number), columns[0], colour="text2"),
        name,
        (),
        cell(row.score_text or "–", columns[3], size=14, bold=True, colour=colour),
        cell(row.interval_text, columns[4], colour="text2"),
    )


def _bands(profile: Profile, strip: Strip) -> list[Series]:
    rows = enumerate(profile.rows)
    bands = [strip.interval(place, *row.band, row.name) for place, row in rows if row.band is not None]
    return [Lines(profile.band_label, bands, "band", 12)] if bands else []


def _series(material: Material, profile: Profile, strip: Strip) -> list[Series]:
    shown = [(place, row) for place, row in enumerate(profile.rows) if row.score is not None]
    targets = [Mark(row.target, strip.y(place), row.name) for place, row in shown if row.target is not None]
    series: list[Series] = [
        Dots(profile.target_label, targets, "diamond", 10, "mark"),
    ]
    for marked in (False, True):
        rows = [(place, row) for place, row in shown if row.marked is marked]
        lines = [
            strip.interval(place, row.low, row.high, row.name)
            for place, row in rows
            if row.low is not None and row.high is not None
        ]
        dots = [
            Mark(row.score, strip.y(place), row.name, hollow=row.low is None)
            for place, row in rows
            if row.score is not None
        ]
        colour = "accent" if marked else "ink"
        names = (profile.score_head, profile.interval_head)
        if marked:
            names = (
                f"{names[0]}, {material.view.text('profile.weakest')}",
                f"{names[1]}, {material.view.text('profile.weakest')}",
            )
        series += [Lines(names[1], lines, colour, 2.25), Dots(names[0], dots, "circle", 10, colour)]
    return series
