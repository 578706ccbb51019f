"""The PDF: every kind of block, its look, hostile text, determinism, accessibility."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import builders_render as builders
import pandas as pd
import pytest
import typst

from cxassess import document as d
from cxassess.charts import chart_block, impact_map, timeline
from cxassess.fonts import font_directories
from cxassess.report.pdf import PdfRenderer, render_pdf
from cxassess.report.prepare import prepare
from cxassess.resources import resource_path

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
HOSTILE = (
    "<script>alert(1)</script>",
    '#eval("1")',
    "*bold* _it_",
    "=cmd|x",
    "$x$ @ref",
    "back\\slash",
    "Grüße 😀 👩‍👩‍👧",
    "Александр",
    "Ελληνικά",
    "שלום עולם",
    "مرحبا بالعالم",
    "x" * 300,
)


@pytest.fixture(scope="module")
def charts() -> tuple[d.Chart, d.Chart]:
    line = pd.DataFrame(
        {
            "date": [date(2024, 10, 15), date(2025, 10, 15), date(2026, 10, 15)],
            "label": ["2024", "2025", "2026"],
            "average": [2.62, 2.84, 2.92],
            "average_low": [2.53, 2.76, 2.84],
            "average_high": [2.71, 2.92, 3.0],
            "weakest": [2.29, 2.41, 2.44],
            "weakest_low": [2.16, 2.29, 2.32],
            "weakest_high": [2.42, 2.53, 2.56],
        }
    )
    moved = timeline(
        line,
        step=2.5,
        step_label="Level 3 begins at 2.5",
        average_name="Average of the eight elements",
        weakest_name="Weakest link: leadership cadence",
        events=[(date(2025, 3, 1), "Strategy and promise agreed")],
        target=(date(2027, 10, 15), 3.25, "Target 2027"),
    )
    actions = pd.DataFrame(
        {
            "number": [1, 2, 3],
            "label": ["Customers beside sales", "Owners for three journeys", "Daily figures"],
            "effort": [1.6, 2.6, 4.5],
            "impact": [4.6, 4.2, 4.0],
            "now": [True, True, False],
        }
    )
    words = {"x": "Effort", "y": "Impact", "low_x": "little", "high_x": "much", "low_y": "small", "high_y": "large"}
    return (
        chart_block(moved, "The average rises", "Average 2.62, 2.84, 2.92."),
        chart_block(impact_map(actions, texts=words), "What first", "Three actions."),
    )


@pytest.fixture(scope="module")
def renderer() -> PdfRenderer:
    return PdfRenderer()


def words_by_page(pdf: bytes, folder: Path) -> list[list[tuple[float, float, float, float, str]]]:
    (folder / "r.pdf").write_bytes(pdf)
    command = ["pdftotext", "-bbox", str(folder / "r.pdf"), "-"]
    xml = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    word = re.compile(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', re.DOTALL
    )
    return [
        [(float(a), float(b), float(c), float(e), text) for a, b, c, e, text in word.findall(page)]
        for page in xml.split("<page ")[1:]
    ]


def pdf_text(pdf: bytes, folder: Path) -> str:
    (folder / "t.pdf").write_bytes(pdf)
    command = ["pdftotext", "-raw", str(folder / "t.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def faults(pdf: bytes, folder: Path) -> list[str]:
    """Return words outside the type area and pairs of words that overlap."""
    found = []
    for number, words in enumerate(words_by_page(pdf, folder), 1):
        for left, top, right, bottom, text in words:
            if left < 50 or right > 545.3 or top < 40 or bottom > 842 - 14:
                found.append(f"page {number}: outside: {text}")
        for i, one in enumerate(words):
            for other in words[i + 1 :]:
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                if wide > 1 and high > 0.3 * min(one[3] - one[1], other[3] - other[1]):
                    found.append(f"page {number}: overlap: {one[4]} / {other[4]}")
    return found


def longer(text: str) -> str:
    """Return a text about 30 % longer, with tails as Danish words have them."""

    def grow(match: re.Match[str]) -> str:
        word = match.group()
        tail = "erne" if len(word) > 7 else "et" if len(word) < 6 else "ene"
        return word if len(word) < 4 else word + tail[: max(1, round(len(word) * 0.42))]

    return re.sub(r"[A-Za-zæøåÆØÅ]+", grow, text)


def document_of(*blocks: d.Block, **page: object) -> dict[str, object]:
    return d.Document(builders.META, (d.Page("p", blocks, "Kicker", "A title", "A lead", **page),)).to_dict()  # type: ignore[arg-type]


@needs_poppler
def test_every_designed_page_is_one_sheet_without_overlap(
    renderer: PdfRenderer, charts: tuple[d.Chart, d.Chart], tmp_path: Path
) -> None:
    pdf = renderer.render(builders.full_document(*charts).to_dict())
    assert faults(pdf, tmp_path) == []
    pages = words_by_page(pdf, tmp_path)
    assert len(pages) == 8, "six designed pages and a text page of two sheets"
    first_words = [" ".join(word[4] for word in sorted(page, key=lambda w: (w[1], w[0]))[:2]) for page in pages[1:7]]
    assert [words.split()[0] for words in first_words] == [
        "Summary",
        "Role",
        "Element",
        "Three",
        "Priorities",
        "Method",
    ]


@needs_poppler
def test_long_danish_texts_keep_the_layout(
    renderer: PdfRenderer, charts: tuple[d.Chart, d.Chart], tmp_path: Path
) -> None:
    document = builders.full_document(*charts, meta=replace(builders.META, language="da")).to_dict()
    pages = [page for page in document["pages"] if page["id"] != "method"]
    stressed = builders.change_texts({"meta": document["meta"], "pages": pages}, longer)
    pdf = renderer.render(stressed)
    assert faults(pdf, tmp_path) == []
    assert len(words_by_page(pdf, tmp_path)) <= 7


def _profile(rows: int, levels: int) -> d.Profile:
    names = [
        "Not started at all",
        "In some departments",
        "Planned now and then",
        "Systematic",
        "Followed up",
        "Anchored",
        "A lifestyle",
    ]
    scale = d.ScoreScale(
        tuple(d.ScaleLevel(i + 1, names[i]) for i in range(levels)), tuple(i + 1.5 for i in range(levels - 1))
    )
    scores: list[float | None] = [1.0, float(levels), None, 2.0][:rows] + [
        1 + (levels - 1) * i / rows for i in range(4, rows)
    ]
    built = [
        d.ProfileRow(
            i + 1,
            f"Element {i + 1} with a name that is rather long",
            score,
            None if score is None or i == 3 else max(1.0, score - 0.3),
            None if score is None or i == 3 else min(float(levels), score + 0.3),
            "" if score is None else f"{score:.2f}",
            "no interval" if i == 3 else "1.00–2.00",
            band=(1.2, 1.8) if i % 2 else None,
            target=float(levels) if i == 1 else None,
            marked=i == rows - 1,
            tag="Weakest link" if i == rows - 1 else "",
            hidden_text="too few answers (n < 5)" if score is None else "",
        )
        for i, score in enumerate(scores)
    ]
    return d.Profile("A profile", scale, built, "Score", "95% interval", "alt", "middle half of 41", "target 2027")


@needs_poppler
@pytest.mark.parametrize(("rows", "levels"), [(1, 5), (3, 7), (20, 7), (8, 2)])
def test_a_profile_of_any_size_fits(renderer: PdfRenderer, tmp_path: Path, rows: int, levels: int) -> None:
    pdf = renderer.render(document_of(_profile(rows, levels)))
    assert faults(pdf, tmp_path) == []
    assert len(words_by_page(pdf, tmp_path)) == 1
    text = pdf_text(pdf, tmp_path)
    assert f"Element {rows} with" in text
    assert ("too few answers" in text) == (rows >= 3)


@needs_poppler
@pytest.mark.parametrize("waves", [1, 2, 3, 6])
def test_trends_of_any_number_of_waves_fit(renderer: PdfRenderer, tmp_path: Path, waves: int) -> None:
    pdf = renderer.render(document_of(builders.trends(waves)))
    assert faults(pdf, tmp_path) == []
    assert str(2024 + waves - 1) in pdf_text(pdf, tmp_path)


@needs_poppler
def test_a_page_is_as_roomy_as_it_can_be_on_one_sheet(renderer: PdfRenderer, tmp_path: Path) -> None:
    """The fuller, the tighter; every step is taken, and only a page that is too full for the last takes two sheets."""
    folder = resource_path("templates/report")
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(path) for path in font_directories()])
    row = builders.profile().rows[0]
    tried: list[int] = []
    for count in range(8, 40):
        document = document_of(replace(builders.profile(), rows=[row] * count), d.Bottom(), d.Text("The end"))
        compiler = typst.Compiler(
            str(folder / "report.typ"), root=str(folder), font_paths=fonts, sys_inputs=prepare(document).inputs()
        )
        place = json.loads(compiler.query("metadata", field="value"))[0]
        tried.append(place)
        sheets = len(words_by_page(renderer.render(document), tmp_path))
        assert (sheets == 1) == (place < 3)
        if place == 3:
            break
    assert tried == sorted(tried)
    assert set(tried) == {0, 1, 2, 3}


@needs_poppler
def test_a_page_that_cannot_hold_goes_on_without_loss(renderer: PdfRenderer, tmp_path: Path) -> None:
    rows = [
        replace(row, name=f"{row.name} {n}", text=row.text * 4) for n in range(4) for row in builders.dumbbell().rows
    ]
    pdf = renderer.render(document_of(replace(builders.dumbbell(), rows=rows), d.Bottom(), d.Text("The end")))
    assert faults(pdf, tmp_path) == []
    text = pdf_text(pdf, tmp_path)
    assert len(words_by_page(pdf, tmp_path)) > 1
    assert all(f"cadence {n}" in text for n in range(4))
    assert "The end" in text


@needs_poppler
def test_flow_pages_leave_no_heading_alone(renderer: PdfRenderer, tmp_path: Path) -> None:
    for lines in range(40, 48):
        blocks = [d.Text(f"Line {i}") for i in range(lines)] + [d.Heading("Alone"), d.Text("With its text")]
        pages = words_by_page(renderer.render(document_of(*blocks, flow=True)), tmp_path)
        with_heading = [page for page in pages if any(word[4] == "Alone" for word in page)]
        assert all(any(word[4] == "With" for word in page) for page in with_heading)


@needs_poppler
def test_text_of_people_is_shown_as_text(renderer: PdfRenderer, tmp_path: Path) -> None:
    quotes = d.Quotes([d.Quote(text, "Front line, 4.1") for text in HOSTILE])
    names = replace(
        builders.profile(), rows=[replace(row, name=HOSTILE[i]) for i, row in enumerate(builders.profile().rows)]
    )
    meta = replace(builders.META, organisation=HOSTILE[0], wave=HOSTILE[-1], title=HOSTILE[1])
    cover = builders.cover().blocks[0]
    assert isinstance(cover, d.Cover)
    covered = d.Page("cover", (replace(cover, organisation=HOSTILE[-1], title=HOSTILE[-1], wave=HOSTILE[9]),))
    pages = (covered, d.Page("p", (names, quotes), HOSTILE[2], HOSTILE[-1], HOSTILE[9]))
    pdf = renderer.render(d.Document(meta, pages).to_dict())
    assert faults(pdf, tmp_path) == []
    text = pdf_text(pdf, tmp_path).replace("\u200b", "")
    for piece in (
        "<script>alert(1)</script>",
        '#eval("1")',
        "*bold*",
        "=cmd|x",
        "$x$ @ref",
        "back\\slash",
        "Александр",
        "Ελληνικά",
        "😀",
    ):
        assert piece in text, piece
    assert "שלום" in text
    assert len(re.sub(r"[^x]", "", text)) >= 3 * 300


def test_characters_without_a_glyph_become_a_visible_box(renderer: PdfRenderer, tmp_path: Path) -> None:
    strange = "漢字 \ue000 \ufffe \x00\x07 \u202e \ud83d".encode("utf-8", "replace").decode("utf-8")
    pdf = renderer.render(
        document_of(d.Code(strange), d.Heading("漢字"), d.Table((d.TableColumn(strange),), ((strange,),)))
    )
    if shutil.which("pdftotext"):
        assert "□□" in pdf_text(pdf, tmp_path)


def test_the_same_document_gives_the_same_bytes(
    charts: tuple[d.Chart, d.Chart], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    document = builders.full_document(*charts).to_dict()
    first = render_pdf(document)
    assert first == PdfRenderer().render(document)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated = render_pdf(document)
    assert dated != first
    assert b"2023-11-14" in dated
    assert dated == PdfRenderer().render(document)


def test_the_file_is_tagged_named_and_self_contained(renderer: PdfRenderer) -> None:
    document = d.Document(replace(builders.META, iso_date="2026-11-12", language="sv"), (builders.roles(),)).to_dict()
    pdf = renderer.render(document)
    for piece in (b"pdfuaid:part", b"/StructTreeRoot", b"/Lang(sv)", b"/Outlines", b"/FontFile", b"2026-11-12"):
        assert piece in pdf, piece
    assert "Customer experience: where Nordvand stands · Nordvand Forsyning A/S".encode() in pdf


def test_an_unknown_kind_of_block_is_named(renderer: PdfRenderer) -> None:
    document = document_of(d.Text("fine"))
    document["pages"][0]["blocks"].append({"kind": "gauge"})  # type: ignore[index]
    with pytest.raises(typst.TypstError, match="gauge"):
        renderer.render(document)


def test_every_kind_of_block_is_known_to_the_template(renderer: PdfRenderer, charts: tuple[d.Chart, d.Chart]) -> None:
    def kinds(value: object) -> set[str]:
        if isinstance(value, dict):
            own = {value["kind"]} if "kind" in value else set()
            return own.union(*(kinds(inner) for inner in value.values())) if value else own
        return set().union(*(kinds(inner) for inner in value)) if isinstance(value, (list, tuple)) else set()

    picture = d.Image(
        "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI4IiBoZWlnaHQ9IjgiLz4=", "svg", "A picture", 40
    )
    full = builders.full_document(*charts)
    many = (builders.standings(), builders.heat_map())
    extra = d.Page(
        "extra", (picture, d.Code("print(1)"), d.Quotes((d.Quote("a", "b"),)), *many), title="More", flow=True
    )
    document = replace(full, pages=(*full.pages, extra)).to_dict()
    every = {block.kind for block in _blocks(d.Block)}
    assert kinds(document["pages"]) == every
    assert renderer.render(document).startswith(b"%PDF")


def _blocks(base: type[d.Block]) -> list[type[d.Block]]:
    return [*base.__subclasses__(), *(inner for below in base.__subclasses__() for inner in _blocks(below))]


def test_a_brand_changes_the_colours_of_pages_and_charts(charts: tuple[d.Chart, d.Chart]) -> None:
    brand = d.Brand("Acme", "#0B5CAD", "#102030", footer="Acme A/S")
    document = builders.full_document(*charts, meta=replace(builders.META, brand=brand)).to_dict()
    prepared = prepare(document)
    assert prepared.document["palette"]["accent"] == "#0B5CAD"
    chart = next(iter(prepared.pictures.values()))
    assert "#0B5CAD" in chart
    assert "#B8461A" not in chart
    assert render_pdf(document) != render_pdf(builders.full_document(*charts).to_dict())
