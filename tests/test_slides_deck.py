"""The deck as a file: titles, notes, alternative texts, native charts, brand, and the same bytes each time."""

from __future__ import annotations

import base64
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import builders_slides as builders
import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from cxassess.deliverables import slides
from cxassess.deliverables.slides import write_slides
from cxassess.deliverables.slides.write import build_slides
from cxassess.document import Brand
from cxassess.language import LANGUAGES, get_language

EVERY = pytest.mark.parametrize("case", builders.CASES)
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


@cache
def content_of(case: str) -> bytes:
    return build_slides(builders.CASES[case]())


def deck_of(case: str) -> Any:
    return Presentation(BytesIO(content_of(case)))


def leaves(shapes: Any) -> Iterator[Any]:
    """Yield shapes, those in groups too."""
    for shape in shapes:
        yield shape
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from leaves(shape.shapes)


def properties(shape: Any) -> Any:
    return shape._element.xpath(".//p:cNvPr")[0]


# ---------------------------------------------------------------- for everybody who reads it


@EVERY
def test_each_slide_has_its_own_title_and_notes(case: str) -> None:
    deck = deck_of(case)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert all(slide.has_notes_slide and slide.notes_slide.notes_text_frame.text.strip() for slide in deck.slides)


@EVERY
def test_the_title_is_read_first_and_the_footer_last(case: str) -> None:
    for slide in list(deck_of(case).slides)[1:]:
        shapes = list(slide.shapes)
        assert shapes[0] == slide.shapes.title
        kinds = [shape.element.xpath("./p:nvSpPr/p:nvPr/p:ph/@type") for shape in shapes[-2:]]
        assert kinds == [["ftr"], ["sldNum"]]
        assert shapes[-2].text_frame.text


@EVERY
def test_what_is_drawn_is_described_or_marked_as_decoration(case: str) -> None:
    for slide in deck_of(case).slides:
        grouped = {
            id(inner._element)
            for shape in slide.shapes
            if shape.shape_type == MSO_SHAPE_TYPE.GROUP
            for inner in shape.shapes
        }
        for shape in leaves(slide.shapes):
            if shape.is_placeholder or id(shape._element) in grouped:
                continue
            kind = shape.shape_type
            described = bool(properties(shape).get("descr"))
            decorative = bool(properties(shape).xpath(".//*[local-name()='decorative']"))
            if kind in {MSO_SHAPE_TYPE.CHART, MSO_SHAPE_TYPE.TABLE, MSO_SHAPE_TYPE.GROUP, MSO_SHAPE_TYPE.PICTURE}:
                assert described, (slide.shapes.title.text_frame.text, shape.name)
            elif not (shape.has_text_frame and shape.text_frame.text):
                assert described or decorative, (slide.shapes.title.text_frame.text, shape.name)


@EVERY
def test_texts_say_their_language_and_have_a_readable_size(case: str) -> None:
    language = {"en": "en-GB", "da": "da-DK", "sv": "sv-SE"}[builders.CASES[case]().instrument.language]
    for slide in deck_of(case).slides:
        for shape in leaves(slide.shapes):
            for run in shape._element.xpath(".//a:r/a:rPr"):
                if run.get("sz") and run.get("lang"):
                    assert run.get("lang") == language
                    assert int(run.get("sz")) >= 900
        assert not slide._element.xpath(".//a:latin")  # the theme's own face everywhere


@EVERY
def test_everything_stands_on_the_slide(case: str) -> None:
    deck = deck_of(case)
    for slide in deck.slides:
        for shape in leaves(slide.shapes):
            if shape.is_placeholder:
                continue
            assert shape.left >= 0, shape.name
            assert shape.top >= 0, shape.name
            assert shape.left + shape.width <= deck.slide_width, shape.name
            assert shape.top + shape.height <= deck.slide_height, shape.name


# ---------------------------------------------------------------- the file


@EVERY
def test_the_file_refers_to_nothing_outside_and_holds_no_pictures(case: str) -> None:
    with zipfile.ZipFile(BytesIO(content_of(case))) as package:
        names = package.namelist()
        assert len(names) == len(set(names))
        assert not [name for name in names if re.search(r"(png|jpe?g|svg|bin|emf)$", name)]
        for name in names:
            if name.endswith((".xml", ".rels")):
                text = package.read(name).decode()
                assert 'TargetMode="External"' not in text, name
                assert not re.search(r'(Target|href)="(https?|file|ftp):', text), name
        layouts = [name for name in names if re.fullmatch(r"ppt/slideLayouts/[^/]+\.xml", name)]
        assert len(layouts) == 2


@EVERY
def test_charts_are_native_and_their_workbooks_hold_plain_cells(case: str) -> None:
    found = 0
    for slide in deck_of(case).slides:
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            found += 1
            part = shape.chart.part
            assert part.content_type == CHART
            book = openpyxl.load_workbook(BytesIO(part.chart_workbook.xlsx_part.blob))
            sheet = book["Sheet1"]
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
            for reference in part._element.xpath(".//c:numRef"):
                where = reference.find(f"{C}f").text.removeprefix("Sheet1!").replace("$", "")
                cells = [cell.value for row in sheet[where] for cell in row]
                cached = {int(one.get("idx")): float(one.find(f"{C}v").text) for one in reference.iter(f"{C}pt")}
                assert [cached.get(place) for place in range(len(cells))] == pytest.approx(cells), where
            for reference in part._element.xpath(".//c:ser/c:tx/c:strRef"):
                where = reference.find(f"{C}f").text.removeprefix("Sheet1!").replace("$", "")
                assert sheet[where].value == next(reference.iter(f"{C}v")).text
    assert found or case.startswith("too small")


def test_the_same_assessment_gives_the_same_bytes(tmp_path) -> None:
    write_slides(builders.small("sv"), tmp_path / "one.pptx")
    assert (tmp_path / "one.pptx").read_bytes() == content_of("small, sv")
    with zipfile.ZipFile(tmp_path / "one.pptx") as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in package.namelist():
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(BytesIO(package.read(name))) as inner:
                    assert b"2000-01-01" in inner.read("docProps/core.xml")


def test_properties_name_the_report() -> None:
    known = deck_of("complete, en").core_properties
    assert known.title == "Where Nordvand stands"
    assert known.author == "cxassess"
    assert known.language == "en"
    assert known.created.isoformat().startswith("2026-11-12")


# ---------------------------------------------------------------- the brand


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x30\x60\x90" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20">'
    b'<rect width="80" height="20" fill="#123456"/></svg>'
)


@pytest.mark.parametrize(("kind", "logo"), [("png", png(90, 30)), ("svg", SVG), ("", b"")])
def test_the_brand_sets_colours_name_footer_and_logo(kind: Any, logo: bytes) -> None:
    brand = Brand("Example & Sons", "#0B5CAD", "#102030", base64.b64encode(logo).decode(), kind, "Example, Aarhus")
    content = build_slides(builders.too_small("da"), brand=brand)
    with zipfile.ZipFile(BytesIO(content)) as package:
        theme = package.read("ppt/theme/theme1.xml").decode()
    assert re.search(r'<a:accent1><a:srgbClr val="0B5CAD"/>', theme)
    assert re.search(r'<a:dk1><a:srgbClr val="102030"/>', theme)
    deck = Presentation(BytesIO(content))
    cover, *others = deck.slides
    pictures = [shape for shape in cover.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    names = [shape.text_frame.text for shape in cover.shapes if shape.has_text_frame]
    if logo:
        assert [properties(picture).get("descr") for picture in pictures] == ["Example & Sons"]
        assert pictures[0].image.blob.startswith(b"\x89PNG")
        assert pictures[0].width / pictures[0].height == pytest.approx(3 if kind == "png" else 4, rel=0.02)
    else:
        assert not pictures
        assert "Example & Sons" in names
    assert all("Example, Aarhus" in slide.shapes[-2].text_frame.text for slide in others)


def test_a_brand_file_is_read(tmp_path) -> None:
    (tmp_path / "brand.yaml").write_text('name: "From a file"\naccent: "#0B5CAD"\n', encoding="utf-8")
    write_slides(builders.too_small("da"), tmp_path / "deck.pptx", brand=tmp_path / "brand.yaml")
    assert Presentation(tmp_path / "deck.pptx").core_properties.author == "From a file"


# ---------------------------------------------------------------- words


def test_texts_agree_across_languages() -> None:
    def keys(node: Any, path: str = "") -> Iterator[tuple[str, frozenset[str]]]:
        if isinstance(node, dict) and not set(node) <= {"one", "other"}:
            for key, inner in node.items():
                yield from keys(inner, f"{path}.{key}")
        else:
            forms = node.values() if isinstance(node, dict) else [node]
            yield path, frozenset(field for form in forms for field in re.findall(r"\{(\w+)\}", form))

    english = dict(keys(get_language("en").raw("slides")))
    for language in LANGUAGES:
        assert dict(keys(get_language(language).raw("slides"))) == english


def test_every_text_is_used() -> None:
    package = Path(slides.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    for area, messages in get_language("en").raw("slides").items():
        for key in messages:
            assert f'"{area}.{key}"' in code, f"{area}.{key}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_field_is_left_unfilled(language: str) -> None:
    for slide in deck_of(f"complete, {language}").slides:
        for shape in leaves(slide.shapes):
            if shape.has_text_frame:
                assert not re.search(r"\{\w+\}", shape.text_frame.text)
        assert not re.search(r"\{\w+\}", slide.notes_slide.notes_text_frame.text)
