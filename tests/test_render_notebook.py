"""Any notebook as a document: our pages as they are, everything else printed, nothing of it executed."""

from __future__ import annotations

import base64
import os
import shutil
import struct
import subprocess
import sys
import tomllib
import zlib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import builders_render as builders
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxassess import document as d
from cxassess.report.display import meta_bundle, page_bundle
from cxassess.report.exporter import HtmlExporter, PdfExporter
from cxassess.report.html_text import html_tables, html_text
from cxassess.report.notebook import notebook_document

ROOT = Path(__file__).resolve().parent.parent
TABLE = (
    "<table><thead><tr><th></th><th>name</th><th>score</th></tr></thead>"
    "<tbody><tr><th>0</th><td>Anna &lt;b&gt;</td><td>1.25</td></tr></tbody></table>"
)
MARKDOWN = """# An own notebook

Some **text** with `code`, a [link](https://example.org), a [bad one](javascript:alert) and
<b>raw</b> <script>alert(1)</script>.

### Too deep

- one
  - nested

| a | b |
|---|--:|
| 1 | 2 |

> A quotation

```python
print("x")
```
"""


def shown(data: dict[str, Any]) -> Any:
    return new_output("display_data", data=data)


def notebook(*cells: Any) -> Any:
    return new_notebook(cells=list(cells))


def blocks_of(*cells: Any, **options: Any) -> list[dict[str, Any]]:
    document = notebook_document(notebook(*cells), **options)
    return [block for page in document["pages"] for block in page["blocks"]]


def kinds(blocks: Sequence[dict[str, Any]]) -> list[str]:
    return [block["kind"] for block in blocks]


def png(width: int = 6, height: int = 4) -> str:
    rows = b"".join(b"\0" + b"\xff\x80\0" * width for _ in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(content).decode()


def our_pages() -> list[Any]:
    return [
        new_code_cell("show_meta(meta)", outputs=[shown(meta_bundle(builders.META))]),
        new_code_cell("show_page(cover, meta)", outputs=[shown(page_bundle(builders.cover(), builders.META))]),
        new_code_cell("show_page(roles, meta)", outputs=[shown(page_bundle(builders.roles(), builders.META))]),
    ]


def test_our_pages_come_back_as_they_were() -> None:
    document = notebook_document(notebook(*our_pages()))
    expected = d.Document(builders.META, (builders.cover(), builders.roles())).to_dict()
    assert document == expected


def test_a_cell_of_ones_own_stands_where_it_is() -> None:
    first, cover, roles = our_pages()
    own = new_markdown_cell("# My note\n\nMind the numbers.")
    document = notebook_document(notebook(first, cover, own, roles))
    assert [page["id"] for page in document["pages"]] == ["cover", "notebook-2", "role_gaps"]
    assert document["pages"][1]["title"] == "My note"
    assert document["pages"][1]["flow"]


def test_markdown_becomes_blocks_and_raw_html_does_not_pass() -> None:
    document = notebook_document(notebook(new_markdown_cell(MARKDOWN)))
    page = document["pages"][0]
    assert page["title"] == "An own notebook"
    assert kinds(page["blocks"]) == ["text", "heading", "bullets", "table", "callout", "code"]
    assert page["blocks"][1]["level"] == 2, "no level is left out"
    assert page["blocks"][2]["depths"] == [0, 1]
    runs = page["blocks"][0]["text"]
    assert [run["href"] for run in runs if run["href"]] == ["https://example.org"]
    text = "".join(run["text"] for run in runs)
    assert "<" not in text
    assert "raw" in text


def test_outputs_become_tables_charts_pictures_and_text() -> None:
    resource = {
        "schema": {"fields": [{"name": "index", "type": "integer"}, {"name": "share", "type": "number"}]},
        "data": [{"index": 0, "share": 1.25}, {"index": 1, "share": 2.0}, {"index": 2, "share": None}],
    }
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": "My chart",
        "data": {"values": [{"a": "x", "b": 1}]},
        "mark": "bar",
        "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}},
    }
    outputs = [
        shown({"text/html": TABLE, "text/plain": "table"}),
        shown({"application/vnd.dataresource+json": resource, "text/plain": "table"}),
        shown({"application/vnd.vegalite.v5+json": spec, "text/plain": "chart"}),
        shown({"image/png": png(), "text/plain": "<Figure>"}),
        shown({"text/html": "<script>alert(1)</script><div>x</div>", "text/plain": "plain form"}),
        new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m\n"),
        new_output("stream", name="stderr", text="a warning"),
        new_output("error", ename="ValueError", evalue="bad <x>", traceback=[]),
    ]
    blocks = blocks_of(new_code_cell("x", outputs=outputs), language="da")
    assert kinds(blocks) == ["table", "table", "image", "image", "code", "code", "code"]
    assert blocks[0]["rows"] == [["0", "Anna <b>", "1.25"]]
    assert blocks[0]["columns"][2]["align"] == "right"
    assert blocks[1]["rows"] == [["1,25"], ["2,00"], ["–"]]
    assert blocks[2]["alt"] == "My chart"
    assert [block["text"] for block in blocks[4:]] == ["plain form", "red", "ValueError: bad <x>"]
    assert blocks[-1]["error"]


@pytest.mark.parametrize(
    ("html", "rows"),
    [
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", [["1", "2"]]),
        ("<table><tr><th>a</th></tr><tr><td>x<table><tr><td>in</td></tr></table></td></tr></table>", [["xin"]]),
        ("<table><tr><th>a</th></tr><tr><td>x<table></td></tr>", []),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td colspan='²'>1</td><td>2</td></tr></table>", [["1", "2"]]),
    ],
)
def test_html_tables_of_any_make_are_read(html: str, rows: list[list[str]]) -> None:
    assert [list(row) for row in html_tables(html)[0].rows] == rows


def test_text_after_a_table_is_not_lost() -> None:
    assert html_text("before<table><tr><td>x</td></tr></table>after") == "beforeafter"


def test_a_chart_that_needs_the_network_is_not_fetched() -> None:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"url": "http://127.0.0.1:9/x.csv"},
        "mark": "bar",
    }
    blocks = blocks_of(new_code_cell("x", outputs=[shown({"application/vnd.vegalite.v5+json": spec})]))
    assert kinds(blocks) in (["code"], ["image"])
    for local in ("file:///etc/passwd", "/etc/passwd"):
        spec["data"] = {"url": local, "format": {"type": "csv"}}  # type: ignore[assignment]
        spec["encoding"] = {"x": {"field": "root:x:0:0:root:/root:/bin/bash"}}  # type: ignore[assignment]
        (block,) = blocks_of(new_code_cell("x", outputs=[shown({"application/vnd.vegalite.v5+json": spec})]))
        assert "daemon" not in base64.b64decode(block.get("data", "")).decode()


def test_wide_and_long_tables_are_split_and_say_so() -> None:
    names = [f"c{i}" for i in range(21)]
    html = (
        "<table><tr>"
        + "".join(f"<th>{name}</th>" for name in names)
        + "</tr>"
        + ("<tr>" + "<td>1</td>" * 21 + "</tr>") * 130
        + "</table>"
    )
    blocks = blocks_of(new_code_cell("x", outputs=[shown({"text/html": html})]))
    tables = [block for block in blocks if block["kind"] == "table"]
    assert [column["title"] for table in tables for column in table["columns"][1:]] == names[1:]
    assert all(table["columns"][0]["title"] == "c0" for table in tables)
    assert {len(table["rows"]) for table in tables} == {120}
    assert blocks[-1]["text"] == "10 more rows are not shown."


def test_tags_hide_cells_and_outputs() -> None:
    output = new_output("stream", name="stdout", text="SECRET")
    hidden = [
        new_code_cell("x", outputs=[output], metadata={"tags": [tag]})
        for tag in ("remove-cell", "hide", "remove-output")
    ]
    hidden.append(new_code_cell("x", outputs=[output], metadata={"jupyter": {"outputs_hidden": True}}))
    hidden.append(new_markdown_cell("SECRET", metadata={"tags": ["remove-cell"]}))
    document = notebook_document(notebook(*hidden, new_markdown_cell("Shown")))
    assert "SECRET" not in str(document)
    assert "Shown" in str(document)


def test_code_is_printed_only_when_asked() -> None:
    cell = new_code_cell("total = 1 + 1")
    assert "total" not in str(blocks_of(cell))
    assert "total" in str(blocks_of(cell, show_code=True))


def test_an_empty_notebook_makes_a_pdf_that_says_so() -> None:
    content, resources = PdfExporter().from_notebook_node(notebook())
    assert content.startswith(b"%PDF")
    assert resources["output_extension"] == ".pdf"


def test_exporters_print_errors_and_hostile_text_without_running_it() -> None:
    cells = [*our_pages(), new_markdown_cell(MARKDOWN), new_code_cell("x", outputs=[shown({"text/html": TABLE})])]
    html, _ = HtmlExporter().from_notebook_node(notebook(*cells))
    assert "<script" not in html
    assert "Anna &lt;b&gt;" in html
    assert 'class="cxa-cover"' in html
    content, _ = PdfExporter().from_notebook_node(notebook(*cells))
    assert content.startswith(b"%PDF")


def test_bundles_are_valid_outputs_and_hold_three_forms() -> None:
    bundle = page_bundle(builders.roles(), builders.META)
    assert set(bundle) == {d.PAGE_MIME, "text/html", "text/plain"}
    assert "<html" not in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert "Top management sees a company further ahead" in bundle["text/plain"]
    nbformat.validate(notebook(*our_pages()))


def test_the_registered_exporters_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    entries = project["entry-points"]["nbconvert.exporters"]
    assert set(entries) == {"cxassess-pdf", "cxassess-html"}
    for entry in entries.values():
        module, _, name = entry.partition(":")
        exporter = getattr(import_module(module), name)
        assert exporter.export_from_notebook


@pytest.mark.parametrize(
    ("exporter", "suffix", "start"), [("PdfExporter", ".pdf", b"%PDF"), ("HtmlExporter", ".html", b"<!DOCTYPE")]
)
def test_nbconvert_writes_the_file(tmp_path: Path, exporter: str, suffix: str, start: bytes) -> None:
    path = tmp_path / "my_notebook.ipynb"
    nbformat.write(notebook(new_markdown_cell("Text alone")), path)
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", f"cxassess.report.exporter.{exporter}", str(path)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "JUPYTER_CONFIG_DIR": str(tmp_path),
    }
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    content = (tmp_path / f"my_notebook{suffix}").read_bytes()
    assert content.lstrip().startswith(start)
    if suffix == ".pdf" and shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", str(tmp_path / "my_notebook.pdf"), "-"], capture_output=True, text=True, check=True
        )
        assert text.stdout.startswith("my notebook")
