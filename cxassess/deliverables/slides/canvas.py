"""What is put on a slide: texts, flat shapes, lines and groups, each with its words for those who can't see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.util import Pt

from cxassess.deliverables.slides.geometry import Box
from cxassess.deliverables.slides.paragraphs import LEAST_SIZE, Para, clean, fit
from cxassess.deliverables.slides.theme import COLOURS

_LANGUAGES: Final[Mapping[str, Any]] = {
    "en": MSO_LANGUAGE_ID.ENGLISH_UK,
    "da": MSO_LANGUAGE_ID.DANISH,
    "sv": MSO_LANGUAGE_ID.SWEDISH,
}
_ALIGN: Final = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}
_ANCHOR: Final = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
_NAMESPACE: Final = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_DECORATIVE: Final = (
    f"<a:extLst {_NAMESPACE}>"
    '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


class Canvas:
    """A slide to put things on; places are in points.

    Parameters
    ----------
    shapes : pptx shapes
        Of the slide.
    language : str
        In which the texts are, for spelling and for screen readers.
    """

    def __init__(self, shapes: Any, language: str) -> None:
        self.shapes = shapes
        self.language = language

    def text(
        self,
        box: Box,
        paragraphs: Sequence[Para],
        *,
        name: str = "Text",
        anchor: str = "top",
        least: float = LEAST_SIZE,
    ) -> tuple[Para, ...]:
        """Set paragraphs in a box, smaller or shorter where they would not fit; return them as they were set."""
        shape = self.shapes.add_textbox(*_place(box))
        shape.name = name
        fitted = fit(paragraphs, box.width, box.height, least=least)
        self.fill(shape.text_frame, fitted, anchor)
        return fitted

    def fill(self, frame: Any, paragraphs: Sequence[Para], anchor: str = "top") -> None:
        """Put paragraphs into a text frame that has none yet, without margins."""
        frame.word_wrap = True
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = _ANCHOR[anchor]
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        self.write(frame, paragraphs)

    def write(self, frame: Any, paragraphs: Sequence[Para]) -> None:
        """Write paragraphs into a text frame that has none yet."""
        for place, one in enumerate(paragraphs):
            target = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            target.alignment = _ALIGN[one.align]
            target.space_before = Pt(one.before if place else 0)
            target.space_after = Pt(0)
            if one.indent:
                _hang(target, one)
            if not one.text:
                end = f'<a:endParaRPr {_NAMESPACE} sz="{round(100 * one.size)}"/>'
                target._p.append(parse_xml(end))
                continue
            for span in one.spans:
                run = target.add_run()
                run.text = span.text
                run.font.size = Pt(one.size)
                run.font.bold = span.bold
                run.font.color.theme_color = COLOURS[span.colour or one.colour]
                run.font.language_id = _LANGUAGES[self.language]

    def shape(
        self, kind: Any, box: Box, *, fill: str = "", line: str = "", weight: float = 1.0, name: str, alt: str = ""
    ) -> Any:
        """Put a flat shape; without words for it, it is marked as decoration."""
        shape = self.shapes.add_shape(kind, *_place(box))
        shape.shadow.inherit = False
        if fill:
            shape.fill.solid()
            shape.fill.fore_color.theme_color = COLOURS[fill]
        else:
            shape.fill.background()
        if line:
            shape.line.color.theme_color = COLOURS[line]
            shape.line.width = Pt(weight)
        else:
            shape.line.fill.background()
        describe(shape, name, alt)
        return shape

    def rectangle(self, box: Box, fill: str, *, name: str = "Ground", alt: str = "") -> Any:
        """Put a filled rectangle."""
        return self.shape(MSO_SHAPE.RECTANGLE, box, fill=fill, name=name, alt=alt)

    def dot(self, x: float, y: float, radius: float, *, fill: str = "", line: str = "", weight: float = 1.0) -> Any:
        """Put a round mark with its centre at a place."""
        box = Box(x - radius, y - radius, 2 * radius, 2 * radius)
        return self.shape(MSO_SHAPE.OVAL, box, fill=fill, line=line, weight=weight, name="Mark")

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str = "rule", *, weight: float = 0.75
    ) -> None:
        """Draw a straight line."""
        ends = (Pt(value) for value in (*start, *end))
        line = self.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *ends)
        line.line.color.theme_color = COLOURS[colour]
        line.line.width = Pt(weight)
        describe(line, "Line", "")

    @contextmanager
    def group(self, name: str, alt: str) -> Iterator[None]:
        """Group what is put within the ``with`` block, as things that belong together, described by one text."""
        before = len(self.shapes)
        yield
        describe(self.shapes.add_group_shape(list(self.shapes)[before:]), name, alt)


def describe(shape: Any, name: str, alt: str) -> None:
    """Name a shape, and say what it shows; without words for it, mark it as decoration."""
    shape.name = name
    properties = shape._element.xpath(".//p:cNvPr")[0]
    if alt:
        properties.set("descr", clean(alt))
    else:
        properties.append(parse_xml(_DECORATIVE))


def _place(box: Box) -> tuple[Any, Any, Any, Any]:
    return Pt(box.left), Pt(box.top), Pt(box.width), Pt(box.height)


def _hang(paragraph: Any, one: Para) -> None:
    """Indent a paragraph, with its number or sign at the left, as a list does."""
    properties = paragraph._p.get_or_add_pPr()
    indent = round(12700 * one.indent)
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent if one.mark else 0))
    if not one.mark:
        return
    number = one.mark.rstrip(".").isdigit()
    kind = (
        f'<a:buAutoNum {_NAMESPACE} type="arabicPlain" startAt="{one.mark.rstrip(".")}"/>'
        if number
        else (f'<a:buChar {_NAMESPACE} char="{one.mark}"/>')
    )
    properties.append(parse_xml(kind))
