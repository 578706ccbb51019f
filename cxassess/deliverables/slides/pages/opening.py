"""The cover, and the summary on one slide."""

from __future__ import annotations

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.deck import Deck
from cxassess.deliverables.slides.geometry import CONTENT, LEFT, WIDTH, Box, split
from cxassess.deliverables.slides.logo import add_logo
from cxassess.deliverables.slides.material import Material, every, first
from cxassess.deliverables.slides.paragraphs import Para, Span, clean, para, plain
from cxassess.document import Cover, CoverDot, LevelNumeral, Numbered, NumberedEntry, Section, WhoAnswered

_PICTURE = Box(560, 96, 340, 340)
_TEXT_WIDTH = 440


def add_cover(deck: Deck, material: Material) -> None:
    """Add the cover: title, whose deck it is, and the profile as a picture."""
    cover = material.cover
    notes = [cover.subtitle, *(plain(line) for line in cover.lines), cover.alt, cover.caption, cover.note]
    canvas = deck.add_cover(cover.title, notes)
    add_logo(canvas, material.brand, Box(LEFT, 44, 200, 36))
    if not material.brand.logo:
        canvas.text(Box(LEFT, 44, _TEXT_WIDTH, 20), [para(material.brand.name, 13, bold=True, colour="accent_on_ink")])
    canvas.text(Box(LEFT, 124, _TEXT_WIDTH, 18), [para(cover.kicker, 13, colour="rule")], name="Kicker")
    canvas.text(Box(LEFT, 292, _TEXT_WIDTH, 44), [para(cover.subtitle, 16, colour="rule")], name="Subtitle")
    words = [
        para(cover.organisation, 18, bold=True, colour="white"),
        para(" · ".join(part for part in (cover.wave, cover.date) if part), 13, colour="rule", before=3),
        *(_line(line) for line in cover.lines),
        *([para(cover.note, 11, colour="rule", before=6)] if cover.note else []),
    ]
    canvas.text(Box(LEFT, 368, _TEXT_WIDTH, 130), words, name="Organisation")
    _draw_profile(canvas, cover)


def _line(rich: object) -> Para:
    return para(rich, 11.5, colour="rule", before=3)  # type: ignore[arg-type]


def _draw_profile(canvas: Canvas, cover: Cover) -> None:
    levels = [level.level for level in cover.levels]
    low, high = min(levels), max(levels)
    pitch = _PICTURE.height / max(1, len(cover.dots))

    def x(value: float) -> float:
        return _PICTURE.left + _PICTURE.width * (value - low) / (high - low)

    with canvas.group("Profile", cover.alt):
        room = min(80.0, _PICTURE.width / max(1, high - low) - 4)
        for level in cover.levels:
            canvas.line((x(level.level), _PICTURE.top), (x(level.level), _PICTURE.bottom), "text2", weight=0.75)
            box = Box(x(level.level) - room / 2, _PICTURE.bottom + 8, room, 38)
            words = para(f"{level.level} {level.name}", 10, colour="rule", align="center")
            canvas.text(box, [words], name="Level", least=9)
        for place, dot in enumerate(cover.dots):
            if dot.score is not None:
                _draw_dot(canvas, dot, x(dot.score), _PICTURE.top + pitch * (place + 0.5))


def _draw_dot(canvas: Canvas, dot: CoverDot, x: float, y: float) -> None:
    colour = "accent_on_ink" if dot.marked else "rule"
    canvas.line((_PICTURE.left, y), (x, y), colour, weight=2 if dot.marked else 1)
    canvas.dot(x, y, 7 if dot.marked else 5, fill="accent_on_ink" if dot.marked else "white")
    if dot.marked:
        _name_dot(canvas, dot, x, y)


def _name_dot(canvas: Canvas, dot: CoverDot, x: float, y: float) -> None:
    """Write the marked dot's name on the side where there is room."""
    spans = (Span(f"{clean(dot.name)} ", bold=True), Span(dot.score_text))
    right = x < _PICTURE.left + 0.55 * _PICTURE.width
    box = (
        Box(x + 14, y - 14, WIDTH - 24 - x - 14, 28) if right else Box(_PICTURE.left, y - 34, x - _PICTURE.left - 4, 28)
    )
    words = Para(spans, 12, "accent_on_ink", "left" if right else "right")
    canvas.text(box, [words], name="Weakest element", anchor="middle")


def add_summary(deck: Deck, material: Material) -> None:
    """Add the summary: the level, what was found, what to do."""
    page = material.report.summary
    numeral, who = first(page, LevelNumeral), first(page, WhoAnswered)
    sections = [section for section in every(page, Section) if any(isinstance(b, Numbered) for b in section.blocks)]
    answered = [f"{role.name}: {role.text}" for role in who.roles]
    notes = [f"{numeral.level} {numeral.name}. {numeral.text}"]
    for section in sections:
        notes += [section.title, *(_spoken(entry) for entry in _entries(section))]
    notes += [f"{who.title}: {'; '.join(answered)}."]
    canvas = deck.add(page.kicker, page.title, notes)
    level, *columns = split(CONTENT, 2.3, 4.4, 4.4)
    draw_level(canvas, level, numeral)
    for box, section in zip(columns, sections, strict=False):
        _draw_section(canvas, Box(box.left, box.top, box.width, box.height - 46), section)
    strip = Box(CONTENT.left, CONTENT.bottom - 32, CONTENT.width, 32)
    canvas.line((strip.left, strip.top), (strip.right, strip.top))
    words = para("   ·   ".join(answered), 11, colour="text2", lead=f"{who.title}:")
    canvas.text(Box(strip.left, strip.top + 8, strip.width, 24), [words], name="Who answered", least=9)


def draw_level(canvas: Canvas, box: Box, numeral: LevelNumeral) -> None:
    """Put the level as a large numeral, its name, and what to know about it."""
    canvas.text(Box(box.left, box.top - 14, box.width, 96), [para(numeral.level, 80, bold=True)], name="Level")
    words = [para(numeral.name, 20, bold=True), para(numeral.text, 12, colour="text2", before=6)]
    canvas.text(Box(box.left, box.top + 84, box.width, 170), words, name="What the level means")


def _entries(section: Section) -> list[NumberedEntry]:
    return [entry for block in section.blocks if isinstance(block, Numbered) for entry in block.entries]


def _spoken(entry: NumberedEntry) -> str:
    parts = [f"{part.label}: {plain(part.text)}" for part in entry.parts]
    return " ".join(part for part in (entry.title, entry.text, *parts) if part)


def _draw_section(canvas: Canvas, box: Box, section: Section) -> None:
    colour = "accent" if section.accent else "ink"
    canvas.line((box.left, box.top), (box.right, box.top), colour, weight=1.25)
    canvas.text(
        Box(box.left, box.top + 9, box.width, 20), [para(section.title, 14, bold=True)], name="Heading", least=11
    )
    entries = _entries(section)
    room = box.below(38)
    words: list[Para] = []
    for number, entry in enumerate(entries, 1):
        words.append(para(entry.title, 13, bold=True, before=10, mark=str(number)))
        if entry.text:
            words.append(_under(para(entry.text, 12, colour="text2", before=2)))
        words += [
            _under(para(plain(part.text), 11.5, colour="text2", before=2, lead=f"{part.label}:"))
            for part in entry.parts
        ]
    canvas.text(room, words, name=section.title)


def _under(one: Para) -> Para:
    """Return a paragraph that stands under a numbered one."""
    return Para(one.spans, one.size, one.colour, one.align, one.before, 1.6 * 13, "")
