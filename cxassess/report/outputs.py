"""Outputs of any notebook's cells as blocks of a report: tables, charts, pictures, text, errors."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cxassess.charts import chart_svg
from cxassess.document import Block, Code, Image, Table, TableColumn, Text
from cxassess.language import Language
from cxassess.report.brand import svg_fault
from cxassess.report.html_text import html_tables, html_text
from cxassess.report.markdown import markdown_blocks
from cxassess.report.prepare import pixel_size, svg_width

MOST_ROWS: Final = 120
MOST_COLUMNS: Final = 9
MOST_LINES: Final = 200
_VEGA: Final = re.compile(r"application/vnd\.vegalite\.v\d+[+.]json")
_TABLE: Final = "application/vnd.dataresource+json"
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_PER_PIXEL: Final = 0.75  # points in a pixel of a screen


def output_blocks(output: Mapping[str, Any], language: Language) -> list[Block]:
    """Return the blocks of one output of a code cell, from the richest form that can be printed.

    Streams print what was written to stdout; an error prints its name and message, marked.
    """
    if output["output_type"] == "stream":
        return _lines(str(output["text"]), language) if output.get("name") == "stdout" else []
    if output["output_type"] == "error":
        return [Code(_ANSI.sub("", f"{output['ename']}: {output['evalue']}"), error=True)]
    return bundle_blocks(output.get("data", {}), language)


def bundle_blocks(data: Mapping[str, Any], language: Language) -> list[Block]:
    """Return the blocks of a MIME bundle."""
    for reader in (_chart, _dataresource, _html_tables, _markdown, _picture, _html_text):
        blocks = reader(data, language)
        if blocks:
            return blocks
    return _lines(str(data["text/plain"]), language) if data.get("text/plain") else []


def _lines(text: str, language: Language) -> list[Block]:
    lines = _ANSI.sub("", text).rstrip("\n").split("\n")
    if not any(line.strip() for line in lines):
        return []
    if len(lines) > MOST_LINES:
        left_out = language.text("render.lines_left_out", n=len(lines) - MOST_LINES)
        lines = [*lines[:MOST_LINES], left_out]
    return [Code("\n".join(lines))]


def _chart(data: Mapping[str, Any], language: Language) -> list[Block]:
    spec = next((value for key, value in data.items() if _VEGA.fullmatch(key)), None)
    if not isinstance(spec, Mapping):
        return []
    title = _chart_title(spec) or language.text("render.chart")
    try:
        svg = chart_svg(spec, language.code)
    except ValueError:
        return [Code(language.text("render.chart_failed"), error=True)]
    picture = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return [Image(picture, "svg", str(spec.get("description") or title), svg_width(svg) * _PER_PIXEL)]


def _chart_title(spec: Mapping[str, Any]) -> str:
    title = spec.get("title", "")
    if isinstance(title, Mapping):
        title = title.get("text", "")
    return " ".join(str(line) for line in title) if isinstance(title, list) else str(title)


def _dataresource(data: Mapping[str, Any], language: Language) -> list[Block]:
    resource = data.get(_TABLE)
    if not isinstance(resource, Mapping) or "schema" not in resource:
        return []
    fields = [field for field in resource["schema"]["fields"] if field["name"] != "index"]
    records = list(resource.get("data", []))
    columns = [
        TableColumn(str(field["name"]), "right" if field.get("type") in {"number", "integer"} else "left")
        for field in fields
    ]
    written = [_column([record.get(field["name"]) for record in records], language) for field in fields]
    return split_table(Table(columns, [list(row) for row in zip(*written, strict=True)]), language)


def _column(values: Sequence[Any], language: Language) -> list[str]:
    """Write a column's values; numbers with as many decimals as the column needs, three at most."""
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    digits = max((_decimals(value) for value in numbers), default=0)
    return [_value(value, digits, language) for value in values]


def _decimals(value: float) -> int:
    return next((digits for digits in range(3) if abs(round(value, digits) - value) < 1e-9), 3)


def _value(value: Any, digits: int, language: Language) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return language.number(value, digits)


def _html_tables(data: Mapping[str, Any], language: Language) -> list[Block]:
    html = data.get("text/html")
    if not isinstance(html, str) or "<table" not in html:
        return []
    return [part for table in html_tables(html) for part in split_table(table, language)]


def split_table(table: Table, language: Language) -> list[Block]:
    """Return a table as tables that fit a page's width, the first column on each; long ones are cut and say so."""
    rows = table.rows[:MOST_ROWS]
    parts: list[Block] = []
    step = MOST_COLUMNS - 1
    count = len(table.columns)
    starts = [1] if count <= MOST_COLUMNS else list(range(1, count, step))
    for start in starts:
        own = [0, *range(start, min(start + step, count))] if count > 1 else [0]
        parts.append(Table([table.columns[i] for i in own], [[row[i] for i in own] for row in rows], table.title))
    if len(table.rows) > MOST_ROWS:
        parts.append(Text(language.text("render.rows_left_out", n=len(table.rows) - MOST_ROWS), "note"))
    return parts if count else []


def _markdown(data: Mapping[str, Any], language: Language) -> list[Block]:
    return markdown_blocks(str(data["text/markdown"])) if data.get("text/markdown") else []


def _picture(data: Mapping[str, Any], language: Language) -> list[Block]:
    alt = str(data.get("text/plain", "")) if not str(data.get("text/plain", "")).startswith("<") else ""
    alt = alt[:200] or language.text("render.picture")
    for kind in ("png", "jpeg"):
        content = data.get(f"image/{kind}")
        if isinstance(content, str):
            content = "".join(content.split())
            try:
                width, _ = pixel_size(base64.b64decode(content), kind)
            except ValueError:
                continue
            return [Image(content, "png" if kind == "png" else "jpeg", alt, width * _PER_PIXEL)]
    svg = data.get("image/svg+xml")
    if isinstance(svg, str) and not svg_fault(svg.encode("utf-8")):
        content = base64.b64encode(svg.encode("utf-8")).decode("ascii")
        return [Image(content, "svg", alt, (svg_width(svg) or 480) * _PER_PIXEL)]
    return []


def _html_text(data: Mapping[str, Any], language: Language) -> list[Block]:
    html = data.get("text/html")
    if not isinstance(html, str) or "<script" in html.lower():
        return []
    text = html_text(html)
    return [Text(text)] if text else []
