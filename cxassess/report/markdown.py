"""Markdown as blocks of a report: what a consultant writes in a cell of their own prints like the rest.

Raw HTML is never passed on: tags go, and the text between them stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import mistune

from cxassess.document import Block, BulletList, Callout, Code, Heading, Rich, Run, RunStyle, Table, TableColumn, Text
from cxassess.report.html_text import html_text

_PLUGINS: Final = ["table", "strikethrough", "url", "math", "task_lists"]
_STYLES: Final[dict[str, RunStyle]] = {"strong": "strong", "emphasis": "emph", "strikethrough": "muted"}
LINKS: Final = ("https://", "http://", "mailto:")
_Node = dict[str, Any]


def markdown_blocks(source: str) -> list[Block]:
    """Return the blocks of a Markdown text.

    Headings, paragraphs, lists (also nested), tables, quotations, code and links are kept; pictures show as their
    alternative text, formulas as they are written.
    """
    parse = mistune.create_markdown(renderer=None, plugins=_PLUGINS)
    nodes = parse(source)
    return _blocks(nodes if isinstance(nodes, list) else [])


def _blocks(nodes: Sequence[_Node]) -> list[Block]:
    found: list[Block] = []
    for node in nodes:
        kind = node["type"]
        if kind == "heading":
            found.append(Heading(plain_text(_runs(node["children"])), int(node["attrs"]["level"])))
        elif kind in {"paragraph", "block_text"}:
            runs = _runs(node["children"])
            if plain_text(runs).strip():
                found.append(Text(runs))
        elif kind == "list":
            found.append(_list(node))
        elif kind == "block_quote":
            found += _quotation(node)
        elif kind == "block_code":
            found.append(Code(node["raw"].rstrip("\n")))
        elif kind == "block_math":
            found.append(Text((Run(node["raw"].strip(), "code"),)))
        elif kind == "table":
            found.append(_table(node))
        elif kind == "block_html":
            text = html_text(node["raw"])
            if text:
                found.append(Text(text))
    return found


def _quotation(node: _Node) -> list[Block]:
    inner = _blocks(node["children"])
    if len(inner) == 1 and isinstance(inner[0], Text):
        return [Callout("", inner[0].text)]
    return inner


def _list(node: _Node) -> BulletList:
    items: list[Rich] = []
    depths: list[int] = []
    _collect_items(node, 0, items, depths)
    tasks = all(child["type"] == "task_list_item" for child in node["children"])
    nested = any(depths)
    ordered = bool(node["attrs"].get("ordered")) and not nested
    return BulletList(items, ordered=ordered, checkboxes=tasks and not nested, depths=depths if nested else ())


def _collect_items(node: _Node, depth: int, items: list[Rich], depths: list[int]) -> None:
    for item in node["children"]:
        runs: list[Run] = []
        lists = []
        for child in item["children"]:
            if child["type"] == "list":
                lists.append(child)
            elif "children" in child:
                runs += ([Run(" ")] if runs else []) + _runs(child["children"])
            elif child.get("raw"):
                runs.append(Run(child["raw"].rstrip("\n"), "code"))
        items.append(runs or "–")
        depths.append(depth)
        for inner in lists:
            _collect_items(inner, depth + 1, items, depths)


def _table(node: _Node) -> Table:
    head, *bodies = node["children"]
    columns = [
        TableColumn(plain_text(_runs(cell["children"])), cell["attrs"].get("align") or "left")
        for cell in head["children"]
    ]
    rows = [[_runs(cell["children"]) or "" for cell in row["children"]] for body in bodies for row in body["children"]]
    width = len(columns)
    return Table(columns, [[*row[:width], *[""] * (width - len(row))] for row in rows])


def _runs(nodes: Sequence[_Node], style: RunStyle = "", href: str = "") -> list[Run]:
    runs: list[Run] = []
    for node in nodes:
        kind = node["type"]
        if kind in {"inline_html"}:
            continue
        if kind == "linebreak":
            runs.append(Run("\n", style, href))
        elif kind == "softbreak":
            runs.append(Run(" ", style, href))
        elif kind in {"codespan", "inline_math"}:
            runs.append(Run(node["raw"], "code", href))
        elif kind == "link":
            target = str(node["attrs"]["url"])
            runs += _runs(node["children"], style, target if target.lower().startswith(LINKS) else "")
        elif "children" in node:
            runs += _runs(node["children"], _STYLES.get(kind, style), href)
        else:
            runs.append(Run(str(node.get("raw", "")), style, href))
    return runs


def plain_text(text: Rich) -> str:
    """Return a text without its styles."""
    return text if isinstance(text, str) else "".join(run.text for run in text)
