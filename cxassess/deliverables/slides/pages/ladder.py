"""The ladder of levels in native shapes: the step one is on, the next one, and where the score stands between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.geometry import Box
from cxassess.deliverables.slides.paragraphs import Para, fit, para
from cxassess.document import Ladder, Rung

_NAME_WIDTH, _AXIS = 118.0, 136.0
_TALL = 2.3  # times as high as the other rungs


def draw_ladder(canvas: Canvas, box: Box, ladder: Ladder) -> None:
    """Draw a ladder into a box, the highest level on top; only today's and the next level say what they look like."""
    rungs = sorted(ladder.rungs, key=lambda rung: -rung.level)
    places = _places(rungs, box)
    axis = box.left + _AXIS
    with canvas.group("Ladder", ladder.alt):
        for rung, place in zip(rungs, places, strict=True):
            _draw_rung(canvas, rung, place)
        _tell(canvas, [pair for pair in zip(rungs, places, strict=True) if _is_told(pair[0], rungs)])
        canvas.line((axis, _middle(places[0])), (axis, _middle(places[-1])), "mark", weight=1)
        for place in places:
            canvas.dot(axis, _middle(place), 3, fill="white", line="mark")
        if ladder.score is not None:
            _draw_score(canvas, ladder, ladder.score, lambda value: _at(value, rungs, places), axis)


def _draw_score(canvas: Canvas, ladder: Ladder, score: float, at: Callable[[float], float], axis: float) -> None:
    if ladder.low is not None and ladder.high is not None and ladder.high > ladder.low:
        canvas.line((axis, at(ladder.low)), (axis, at(ladder.high)), "ink", weight=3)
    canvas.dot(axis, at(score), 5.5, fill="ink" if ladder.low is not None else "mark")
    label = Box(axis + 9, at(score) - 8, 34, 16)
    canvas.text(label, [para(ladder.score_text, 11, bold=True)], name="Score", anchor="middle")


def _is_told(rung: Rung, rungs: Sequence[Rung]) -> bool:
    known = any(other.state == "current" for other in rungs)
    return rung.state in {"current", "next"} or not known


def _places(rungs: Sequence[Rung], box: Box) -> list[Box]:
    told = [_is_told(rung, rungs) for rung in rungs]
    shares = [_TALL if one and not all(told) else 1.0 for one in told]
    places, top = [], box.top
    for share in shares:
        height = box.height * share / sum(shares)
        places.append(Box(box.left, top, box.width, height))
        top += height
    return places


def _middle(place: Box) -> float:
    return place.top + place.height / 2


def _at(score: float, rungs: Sequence[Rung], places: Sequence[Box]) -> float:
    """Return where a score stands: each level reaches half a point up and down, its own value is in the middle."""
    for rung, place in zip(rungs, places, strict=True):
        if score >= rung.level - 0.5 or rung is rungs[-1]:
            value = min(max(score, rungs[-1].level), rungs[0].level)
            return place.top + place.height * (0.5 - (value - rung.level))
    return places[-1].bottom


def _draw_rung(canvas: Canvas, rung: Rung, place: Box) -> None:
    ground = {"current": "wash", "next": "tint"}.get(rung.state, "")
    if ground:
        canvas.rectangle(place, ground)
    if rung.state == "next":
        canvas.rectangle(Box(place.left, place.top, 4, place.height), "accent")
    canvas.line((place.left, place.top), (place.right, place.top))
    canvas.line((place.left, place.bottom), (place.right, place.bottom))
    colour = {"current": "ink", "next": "accent"}.get(rung.state, "text2")
    words: list[Para] = [para(rung.name, 12.5, bold=True, colour="ink", lead=f"{rung.level} ")]
    if rung.tag:
        words.append(para(rung.tag, 10.5, colour="accent" if rung.state == "next" else "text2", before=1))
    if colour == "text2":
        words = [para(rung.name, 12.5, colour="text2", lead=f"{rung.level} ")]
    canvas.text(
        Box(place.left + 12, place.top, _NAME_WIDTH - 12, place.height),
        words,
        name=f"Level {rung.level}",
        anchor="middle",
    )


def _tell(canvas: Canvas, told: Sequence[tuple[Rung, Box]]) -> None:
    """Write what levels look like, all in the size in which the longest fits."""
    boxes = [Box(at.left + _AXIS + 48, at.top + 4, at.width - _AXIS - 58, at.height - 8) for _, at in told]
    texts = [para(rung.text, 12) for rung, _ in told]
    fitted = [fit([text], box.width, box.height, least=9)[0].size for text, box in zip(texts, boxes, strict=True)]
    for (rung, _), text, box in zip(told, texts, boxes, strict=True):
        words = [replace(text, size=min(fitted))]
        canvas.text(box, words, name=f"What level {rung.level} looks like", anchor="middle", least=9)
