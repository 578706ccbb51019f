"""Paragraphs of a slide: words with their weight and colour, measured, and made to fit a box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from cxassess.deliverables.slides.measure import LEADING, break_word, measure
from cxassess.document import Rich
from cxassess.fonts import printable

LEAST_SIZE: Final = 10.0
_STEP: Final = 0.96
_SLACK: Final = 0.98  # lines are broken a little before the edge, as no two programs break at the same place
_ELLIPSIS: Final = "…"
_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")  # those that don't break stay
_STYLES: Final = {"muted": "text2", "accent": "accent"}


@dataclass(frozen=True)
class Span:
    """A stretch of text in one weight and colour (a name of the palette; empty: the paragraph's own)."""

    text: str
    bold: bool = False
    colour: str = ""


@dataclass(frozen=True)
class Para:
    """A paragraph: its spans, size in points, and the space before it."""

    spans: tuple[Span, ...]
    size: float = 14
    colour: str = "ink"
    align: Literal["left", "right", "center"] = "left"
    before: float = 0
    indent: float = 0
    mark: str = ""

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


def clean(text: str) -> str:
    """Return a text on one line that can stand in a file: no control characters, none that fonts have no sign for."""
    return _SPACES.sub(" ", printable(text).replace("\u200b", "")).strip(" ")


def plain(rich: Rich) -> str:
    """Return the words of rich text."""
    return rich if isinstance(rich, str) else "".join(run.text for run in rich)


def para(
    text: Rich,
    size: float = 14,
    *,
    bold: bool = False,
    colour: str = "ink",
    align: Literal["left", "right", "center"] = "left",
    before: float = 0,
    lead: str = "",
    mark: str = "",
) -> Para:
    """Make a paragraph.

    Parameters
    ----------
    text : Rich
        The words; runs keep whether they are strong.
    size : float
        In points.
    bold, colour, align, before
        How it is set.
    lead : str
        Words in bold before the text.
    mark : str
        A number or a sign that hangs at the left of the paragraph.
    """
    spans = [Span(f"{clean(lead)} ", bold=True)] if lead and clean(lead) else []
    if isinstance(text, str):
        spans.append(Span(clean(text), bold))
    else:
        spans += [Span(_inner(run.text), bold or run.style == "strong", _STYLES.get(run.style, "")) for run in text]
    return Para(tuple(spans), size, colour, align, before, 1.6 * size if mark else 0, mark)


def _inner(text: str) -> str:
    """Clean a run, keeping the spaces that part it from its neighbours."""
    words = clean(text)
    return f"{' ' if text[:1].isspace() else ''}{words}{' ' if text[-1:].isspace() else ''}" if words else " "


def count_lines(paragraph: Para, width: float) -> int:
    """Return how many lines a paragraph takes in a column of this width."""
    room = _SLACK * (width - paragraph.indent)
    lines, used = 1, 0.0
    for word, bold, spaces in _words(paragraph):
        wide = measure(word, paragraph.size, bold=bold)
        gap = spaces * measure(" ", paragraph.size) if used else 0.0
        if used + gap + wide <= room:
            used += gap + wide
            continue
        lines += 1 if used else 0
        pieces = break_word(word, room, paragraph.size, bold=bold)
        lines += len(pieces) - 1
        used = measure(pieces[-1], paragraph.size, bold=bold)
    return lines


def _words(paragraph: Para) -> Iterator[tuple[str, bool, int]]:
    """Yield each word, whether it is bold, and how many spaces stand before it."""
    spaces = 0
    for span in paragraph.spans:
        for place, word in enumerate(span.text.split(" ")):
            spaces += 1 if place else 0
            if word:
                yield word, span.bold, spaces
                spaces = 0


def height_of(paragraphs: Sequence[Para], width: float) -> float:
    """Return how high paragraphs stand in a column of this width, in points."""
    return sum(
        count_lines(one, width) * one.size * LEADING + (one.before if place else 0)
        for place, one in enumerate(paragraphs)
    )


def fit(paragraphs: Sequence[Para], width: float, height: float, *, least: float = LEAST_SIZE) -> tuple[Para, ...]:
    """Return the paragraphs set so that they stay within a box.

    All get smaller together, down to ``least`` points; what is still too long then loses its last words, the longest
    paragraph first.
    """
    fitted = tuple(paragraphs)
    while fitted and height_of(fitted, width) > height:
        if all(one.size <= least for one in fitted):
            return _cut(fitted, width, height)
        fitted = tuple(_smaller(one, least) for one in fitted)
    return fitted


def _smaller(paragraph: Para, least: float) -> Para:
    size = max(min(least, paragraph.size), round(2 * paragraph.size * _STEP - 0.01) / 2)
    if size == paragraph.size and size > least:
        size = max(least, size - 0.5)
    share = size / paragraph.size
    return replace(paragraph, size=size, before=paragraph.before * share, indent=paragraph.indent * share)


def _cut(paragraphs: tuple[Para, ...], width: float, height: float) -> tuple[Para, ...]:
    cut = list(paragraphs)
    while height_of(cut, width) > height:
        longest = max(range(len(cut)), key=lambda place: count_lines(cut[place], width))
        if count_lines(cut[longest], width) <= 1:
            if len(cut) == 1:
                break
            cut.pop()
        else:
            cut[longest] = shorten(cut[longest], width, count_lines(cut[longest], width) - 1)
    return tuple(cut)


def shorten(paragraph: Para, width: float, lines: int) -> Para:
    """Return a paragraph of at most so many lines; what is left out is marked by an ellipsis."""
    if count_lines(paragraph, width) <= lines:
        return paragraph
    low, high = 0, len(paragraph.text)
    while low < high:
        middle = (low + high + 1) // 2
        if count_lines(_head(paragraph, middle), width) <= lines:
            low = middle
        else:
            high = middle - 1
    return _head(paragraph, low)


def _head(paragraph: Para, letters: int) -> Para:
    spans = []
    for span in paragraph.spans:
        part = span.text[:letters]
        letters -= len(part)
        spans.append(replace(span, text=part))
        if letters <= 0:
            break
    kept = spans[-1].text
    head, gap, _ = kept.rpartition(" ")
    kept = head if gap and len(head) > len(kept) - 24 else kept
    spans[-1] = replace(spans[-1], text=kept.rstrip(" ,;:.–-") + _ELLIPSIS)
    return replace(paragraph, spans=tuple(spans))
