"""The HTML: self-contained, inert, readable without scripts, on a phone and on a screen."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import builders_render as builders
import pytest
from test_render_pdf import HOSTILE, charts, document_of  # noqa: F401  (a fixture)

from cxassess import document as d
from cxassess.report.html import render_html

_VOID = {"meta", "img", "br", "link", "input", "hr"}


class Tree(HTMLParser):
    """Collects tags with attributes, headings, and whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def parse(html: str) -> Tree:
    tree = Tree()
    tree.feed(html)
    tree.close()
    return tree


@pytest.fixture(scope="module")
def html(charts: tuple[d.Chart, d.Chart]) -> str:  # noqa: F811
    return render_html(builders.full_document(*charts).to_dict())


def test_nothing_is_fetched_and_nothing_runs(html: str) -> None:
    tree = parse(html)
    assert not tree.all("script")
    assert not tree.all("link")
    assert not tree.all("iframe")
    for tag, attributes in tree.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in {"src", "href", "xlink:href", "action", "srcset"}:
                assert (value or "").startswith(("data:image/svg+xml;base64,", "#")), (tag, name, value)
    assert "url(" not in html.partition("</head>")[0]
    policy = next(meta["content"] for meta in tree.all("meta") if meta.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy


def test_the_structure_is_sound(html: str) -> None:
    tree = parse(html)
    assert tree.crossed == []
    assert tree.open == []
    assert tree.all("html")[0]["lang"] == "en"
    assert len(tree.all("main")) == 1
    assert len(tree.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in tree.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    ids = [attributes["id"] for _, attributes in tree.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [link["href"] for link in tree.all("a")]
    assert targets
    assert all((target or "")[1:] in ids for target in targets)


def test_pictures_and_tables_speak(html: str) -> None:
    tree = parse(html)
    assert all(image.get("alt") for image in tree.all("img"))
    for svg in tree.all("svg"):
        named = svg.get("role") == "img" and svg.get("aria-label")
        assert named or svg.get("aria-hidden") == "true" or "x" in svg, svg
    assert len(tree.all("table")) >= 5
    assert all(head.get("scope") in {"col", "row"} for head in tree.all("th"))
    assert all(figure.get("aria-label") or html for figure in tree.all("figure"))


def test_every_figure_of_the_document_is_in_the_text(html: str) -> None:
    for text in (
        "2.44",
        "2.32–2.56",
        "+1.10",
        "0.74 to 1.46",
        "real",
        "too few answers (n &lt; 5)",
        "answers are split",
        "Quick win.",
    ):
        assert text in html, text


def test_text_of_people_stays_text() -> None:
    quotes = d.Quotes([d.Quote(text, HOSTILE[0]) for text in HOSTILE])
    table = d.Table(
        (d.TableColumn(HOSTILE[0]),), ((HOSTILE[0],), ((d.Run(HOSTILE[0], "strong", "javascript:alert(1)"),),))
    )
    rows = [d.ProfileRow(1, HOSTILE[0], 2.0, None, None, "2.00", '"><img src=x onerror=alert(1)>', tag=HOSTILE[0])]
    profile = d.Profile('" onmouseover="alert(1)', builders.SCALE, rows, "a", "b", "'\"><script>alert(2)</script>")
    image = d.Image(
        "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI4IiBoZWlnaHQ9IjgiLz4=", "svg", '"><script>', 9
    )
    html = render_html(document_of(quotes, table, profile, image, d.Heading(HOSTILE[0]), d.Code(HOSTILE[0])))
    tree = parse(html)
    assert not tree.all("script")
    assert not [name for _, attributes in tree.tags for name in attributes if name.startswith("on")]
    assert not [link for link in tree.all("a") if "javascript" in (link.get("href") or "")]
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6
    assert "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;" in html
    assert "مرحبا بالعالم" in html


def test_an_unknown_kind_of_block_is_named() -> None:
    document: dict[str, Any] = document_of(d.Text("fine"))
    document["pages"][0]["blocks"].append({"kind": "gauge"})
    with pytest.raises(ValueError, match="gauge"):
        render_html(document)


@pytest.mark.parametrize("language", ["da", "sv", "en", "nb"])
def test_the_language_is_the_documents_own(language: str) -> None:
    document: dict[str, Any] = document_of(d.Quotes((d.Quote("words", "by"),)))
    document["meta"]["language"] = language
    html = render_html(document)
    assert f'<html lang="{language}">' in html
    assert {"da": "»words«", "sv": "”words”"}.get(language, "“words”") in html


@pytest.mark.browser
@pytest.mark.parametrize("watched", [(390, 844), (1440, 900)], indirect=True, ids=["phone", "desktop"])
def test_nothing_is_wider_than_the_screen(html: str, tmp_path: Path, watched) -> None:
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    complaints: list[str] = []
    page = watched.page
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = """[...document.querySelectorAll('.cxa-page *')]
        .filter(node => !node.closest('.cxa-scroll, .cxa-wide, svg, .cxa-hidden'))
        .filter(node => node.getBoundingClientRect().right > innerWidth + 1).length"""
    assert page.evaluate(wide) == 0
    assert complaints == []


def test_spaces_that_hold_words_together_stay() -> None:
    page = d.Page("page", (d.Text("72\u00a0% of 1\u202f000"),), title="Title")
    meta = d.Meta("T", "O", "W", "da", "", "", "of")
    html = render_html(d.Document(meta, (page,)).to_dict())
    assert "72\u00a0% of 1\u202f000" in html
