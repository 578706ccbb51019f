"""A deck in the making: each slide gets its title, its small line above, its footer and the speaker's notes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from pptx.util import Pt

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.geometry import KICKER, TITLE
from cxassess.deliverables.slides.paragraphs import Para, clean, fit, para
from cxassess.deliverables.slides.template import COVER, COVER_TITLE, FINDING, TITLE_SIZE, make_presentation


class Deck:
    """The presentation, slide by slide.

    Parameters
    ----------
    language : str
        Code of the language of all texts.
    footer : str
        What stands at the foot of each slide.
    """

    def __init__(self, language: str, footer: str) -> None:
        self.presentation = make_presentation()
        self.language = language
        self.footer = clean(footer)
        self.titles: set[str] = set()

    def add(self, kicker: str, title: str, notes: Sequence[str], *, subject: str = "") -> Canvas:
        """Add a slide that shows one finding; return where to put it.

        Parameters
        ----------
        kicker, title : str
            What it is about, and what it says. Should another slide say the same, ``subject`` is put before it.
        notes : sequence of str
            Paragraphs for the speaker.
        subject : str
            What tells slides with the same title apart.
        """
        slide = self._slide(FINDING, self._unique(title, subject), TITLE.width, TITLE.height, notes)
        canvas = Canvas(slide.shapes, self.language)
        if kicker:
            canvas.text(KICKER, [para(kicker, 12, bold=True, colour="accent")], name="Kicker")
        self._add_foot(slide)
        return canvas

    def add_cover(self, title: str, notes: Sequence[str]) -> Canvas:
        """Add the first slide, on the dark ground; return where to put the rest of it."""
        slide = self._slide(COVER, self._unique(title, ""), COVER_TITLE.width, COVER_TITLE.height, notes)
        return Canvas(slide.shapes, self.language)

    def _unique(self, title: str, subject: str) -> str:
        wanted = clean(title)
        if wanted in self.titles and subject:
            wanted = f"{clean(subject)}: {wanted}"
        place, unique = 1, wanted
        while unique in self.titles:
            place += 1
            unique = f"{wanted} ({place})"
        self.titles.add(unique)
        return unique

    def _slide(self, layout: int, title: str, width: float, height: float, notes: Sequence[str]) -> Any:
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[layout])
        size = TITLE_SIZE if layout == FINDING else 36.0
        set_, colour = (
            fit([para(title, size, bold=True)], width, height, least=16),
            "white" if layout == COVER else "ink",
        )
        frame = slide.shapes.title.text_frame
        one = Para(tuple(set_[0].spans), set_[0].size, colour)
        Canvas(slide.shapes, self.language).write(frame, [one])
        words = [clean(note) for note in notes if note]
        if one.text != title:
            words.insert(0, title)
        slide.notes_slide.notes_text_frame.text = "\n".join(words)
        return slide

    def _add_foot(self, slide: Any) -> None:
        """Give the slide its own footer and number, in the places of the layout."""
        for holder in slide.slide_layout.placeholders:
            kind = holder.element.xpath(".//p:nvPr/p:ph/@type")[0]
            if kind not in {"ftr", "sldNum"}:
                continue
            copy = deepcopy(holder.element)
            slide.shapes._spTree.append(copy)
            copy.xpath(".//p:cNvPr")[0].set("id", str(max(int(number) for number in copy.xpath("//p:cNvPr/@id")) + 1))
            for own in copy.xpath(".//p:spPr | .//a:lstStyle"):  # place and look come from the layout
                for child in list(own):
                    own.remove(child)
            if kind == "ftr":
                paragraph = slide.shapes[-1].text_frame.paragraphs[0]
                paragraph.text = fit([para(self.footer, 9)], 700, 12, least=9)[0].text
                paragraph.runs[0].font.size = Pt(9)

    def finish(self) -> None:
        """Put footer and number last on each slide, so that they are read last."""
        for slide in self.presentation.slides:
            tree = slide.shapes._spTree
            for foot in tree.xpath('./p:sp[.//p:ph[@type="ftr" or @type="sldNum"]]'):
                tree.append(foot)
