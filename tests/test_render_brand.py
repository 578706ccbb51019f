"""The brand file: what it changes, and what is refused, with the reason."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from test_render_notebook import png

from cxassess.document import Brand
from cxassess.errors import CxassessError
from cxassess.report.brand import LARGEST_LOGO, load_brand, svg_fault
from cxassess.report.colours import accent_on, contrast, make_palette, tint_of
from cxassess.resources import resource_path, sample_path

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10" fill="#0B5CAD"/></svg>'
)


def brand_file(folder: Path, text: str) -> Path:
    path = folder / "brand.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(CxassessError) as caught:
        load_brand(path)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_file_is_the_default_look() -> None:
    assert load_brand(resource_path("templates/report/brand.yaml")) == Brand()


def test_all_settings_arrive(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    path = brand_file(
        tmp_path, 'name: "Acme"\naccent: "#0b5cad"\nink: "#102030"\nlogo: "logo.svg"\nfooter: "acme.example"\n'
    )
    brand = load_brand(path)
    assert (brand.name, brand.accent, brand.ink, brand.footer) == ("Acme", "#0B5CAD", "#102030", "acme.example")
    assert brand.logo_kind == "svg"
    assert base64.b64decode(brand.logo).decode() == SVG


def test_a_png_logo_is_taken(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(base64.b64decode(png()))
    assert load_brand(brand_file(tmp_path, 'logo: "logo.png"')).logo_kind == "png"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('accent: "#F0925F"', "contrast of 2.3"),
        ('accent: "#C75B2E"', "its own tint"),
        ('accent: "red"', "is not a colour"),
        ("accent: 123456", "is not a colour"),
        ('ink: "#999999"', "contrast of 2.8"),
        ('logo: "missing.svg"', "is not a file"),
        ("name: 12", "is not a text"),
        ('colour: "#000000"', "no such setting"),
        (f'footer: "{"x" * 90}"', "90 characters"),
        ("- a\n- b", "is not a list of settings"),
        ("name: [", "is not valid YAML"),
        ("a: &x 1\nname: *x", "anchors or aliases"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in problem for problem in problems_of(brand_file(tmp_path, text)))


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    text = 'accent: "#FFFF00"\nink: "blue"\nlogo: "missing.png"\nsize: "A4"'
    assert len(problems_of(brand_file(tmp_path, text))) == 5


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    assert "no such file" in problems_of(tmp_path / "none.yaml")[0]
    assert "not a readable text file" in problems_of(tmp_path)[0]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<image href="http://example.org/x.png"/>',
        '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="file:///etc/passwd"/>',
        '<rect fill="url(http://example.org/x#a)"/>',
        "<foreignObject/>",
        "<style>@import 'x'</style>",
    ],
)
def test_a_logo_that_is_not_a_plain_picture_is_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / "logo.svg").write_text(SVG.replace("<rect", inside + "<rect", 1), encoding="utf-8")
    assert problems_of(brand_file(tmp_path, 'logo: "logo.svg"'))


def test_entities_text_and_huge_logos_are_refused(tmp_path: Path) -> None:
    assert svg_fault(b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>')
    assert svg_fault(b"GIF89a")
    assert svg_fault(b"<html/>")
    assert not svg_fault(SVG.encode())
    (tmp_path / "logo.png").write_bytes(base64.b64decode(png()) + b"0" * LARGEST_LOGO)
    assert "kB" in problems_of(brand_file(tmp_path, 'logo: "logo.png"'))[0]


def test_contrast_has_the_published_values() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert contrast("#B8461A", "#FFFFFF") == pytest.approx(5.3, abs=0.05)


@pytest.mark.parametrize("accent", ["#B8461A", "#0B5CAD", "#00695C", "#6A1B9A", "#000000"])
def test_colours_that_follow_from_a_brand_can_be_read(accent: str) -> None:
    palette = make_palette(Brand(accent=accent))
    assert contrast(palette["accent_on_ink"], palette["ink"]) >= 4.5
    assert contrast(palette["text2"], palette["tint"]) >= 4.5
    assert contrast(palette["ink"], tint_of(accent)) >= 4.5
    assert accent_on("#FFFFFF", "#FFFFFF") == "#FFFFFF"


def test_a_missing_resource_is_said() -> None:
    with pytest.raises(FileNotFoundError, match="install it again"):
        sample_path("no-such-file.csv")


def test_a_colour_without_quotes_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "brand.yaml").write_text("accent: #0B5C8A\n", encoding="utf-8")
    with pytest.raises(CxassessError, match="double quotes"):
        load_brand(tmp_path / "brand.yaml")
