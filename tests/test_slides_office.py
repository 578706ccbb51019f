"""The deck as an office program shows it: LibreOffice opens it, and every word stands in the shape it belongs to."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import builders_slides as builders
import pytest
from pptx import Presentation
from test_slides_deck import content_of, leaves

OFFICE = shutil.which("libreoffice") or shutil.which("soffice")
POINT = 12700
SLACK = 2.0
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')

pytestmark = [pytest.mark.heavy, pytest.mark.slow, pytest.mark.pdf_tools, pytest.mark.xdist_group("office")]


def missing() -> str:
    """Return what is not installed here, or an empty string."""
    if OFFICE is None or not (Path(OFFICE).resolve().parent / "libsdlo.so").exists():
        return "LibreOffice Impress is not installed"
    return "" if shutil.which("pdftotext") else "poppler's pdftotext is not installed"


@dataclass(frozen=True)
class Word:
    """A word on a page and where it stands, in points."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Frame:
    """Where a text should stand, in points."""

    left: float
    top: float
    right: float
    bottom: float
    text: str
    name: str

    def holds(self, word: Word) -> bool:
        """Say whether a word stands within; what is given as its height is that of the face, a little more."""
        more = 0.13 * (word.bottom - word.top)
        inside = word.left >= self.left - SLACK and word.right <= self.right + SLACK
        return inside and word.top + more >= self.top - 1 and word.bottom - more <= self.bottom + 1


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, list[list[Word]]]:
    """Return the words of each page of each deck, all turned into PDF by one LibreOffice."""
    if missing():
        pytest.skip(missing())
    folder = tmp_path_factory.mktemp("office")
    names = {case: f"deck{place}" for place, case in enumerate(builders.CASES)}
    for case, name in names.items():
        (folder / f"{name}.pptx").write_bytes(content_of(case))
    own = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    decks = [str(folder / f"{name}.pptx") for name in names.values()]
    command = [str(OFFICE), own, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *decks]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {case: read_words(folder / f"{name}.pdf") for case, name in names.items()}


def read_words(path: Path) -> list[list[Word]]:
    out = subprocess.run(["pdftotext", "-bbox", str(path), "-"], check=True, capture_output=True, timeout=60).stdout
    found = []
    for page in re.split(r"<page ", out.decode())[1:]:
        assert page.startswith('width="960.')
        words = _WORD.findall(page)
        found.append([Word(*map(float, places), html.unescape(text)) for *places, text in words])
    return found


def frames(slide: Any) -> Iterator[Frame]:
    """Yield every text of a slide with the box it should stand in; of a table, each cell with its own."""
    for shape in leaves(slide.shapes):
        left, top = shape.left / POINT, shape.top / POINT
        if shape.has_text_frame and shape.text_frame.text.strip():
            yield Frame(
                left, top, left + shape.width / POINT, top + shape.height / POINT, shape.text_frame.text, shape.name
            )
        if getattr(shape, "has_table", False) and shape.has_table:
            down = top
            for row in shape.table.rows:
                across = left
                for column, cell in zip(shape.table.columns, row.cells, strict=True):
                    right = across + column.width / POINT
                    yield Frame(across, down, right, down + row.height / POINT, cell.text_frame.text, shape.name)
                    across = right
                down += row.height / POINT


def letters(text: str) -> Counter[str]:
    """Count the letters that every font has, so that breaks and other alphabets don't matter."""
    return Counter(character for character in text if character.isascii() and character.isalnum())


@pytest.mark.parametrize("case", builders.CASES)
def test_each_slide_is_one_page(case: str, pages: dict[str, list[list[Word]]]) -> None:
    from io import BytesIO

    assert len(pages[case]) == len(Presentation(BytesIO(content_of(case))).slides)


@pytest.mark.parametrize("case", builders.CASES)
def test_no_word_stands_outside_its_shape_or_is_lost(case: str, pages: dict[str, list[list[Word]]]) -> None:
    from io import BytesIO

    problems = []
    for number, (slide, words) in enumerate(
        zip(Presentation(BytesIO(content_of(case))).slides, pages[case], strict=True), 1
    ):
        outside = [
            word.text for word in words if word.left < -1 or word.right > 961 or word.top < -1 or word.bottom > 541
        ]
        problems += [f"slide {number}: {text!r} is off the slide" for text in outside]
        for frame in frames(slide):
            if "‹#›" in frame.text:
                continue
            seen = letters("".join(word.text for word in words if frame.holds(word)))
            lost = letters(frame.text) - seen
            if sum(lost.values()):
                problems.append(
                    f"slide {number}, {frame.name}: {frame.text[:50]!r} lacks {''.join(lost.elements())[:30]!r}"
                )
    assert not problems, "\n".join(problems[:40])


def test_texts_do_not_run_into_each_other(pages: dict[str, list[list[Word]]]) -> None:
    for case, deck in pages.items():
        for number, words in enumerate(deck, 1):
            written = [word for word in words if re.search(r"[A-Za-z0-9]", word.text)]
            for place, one in enumerate(written):
                for other in written[place + 1 :]:
                    across = min(one.right, other.right) - max(one.left, other.left)
                    down = min(one.bottom, other.bottom) - max(one.top, other.top)
                    # a glyph's box is higher than the glyph: lines may touch by a quarter of their height
                    least = 0.45 * min(one.bottom - one.top, other.bottom - other.top)
                    assert across < 2 or down < least, f"{case}, slide {number}: {one.text!r} over {other.text!r}"
