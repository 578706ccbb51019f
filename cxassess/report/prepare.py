"""Make a document ready for the templates: showable text, charts and pictures as SVG, palette, metadata."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

from cxassess import fonts
from cxassess.charts import chart_svg
from cxassess.document import Brand
from cxassess.report.colours import make_palette

_SIZE: Final = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)[^"]*"[^>]*?\bheight="([\d.]+)')
_PICTURED: Final = frozenset({"chart", "image"})
_RAW_KEYS: Final = frozenset({"spec", "logo", "data", "kind", "style", "href"})


@dataclass
class Prepared:
    """A document for the templates: plain values, and pictures by key."""

    document: dict[str, Any]
    pictures: dict[str, str] = field(default_factory=dict)

    def inputs(self) -> dict[str, str]:
        """Return what the Typst template reads as ``sys.inputs``."""
        return {"doc": json.dumps(self.document, ensure_ascii=False), **self.pictures}


def brand_of(meta: Mapping[str, Any]) -> Brand:
    """Return the brand in a document's metadata."""
    return Brand(**(meta.get("brand") or {}))


def draw_pictures(document: Mapping[str, Any]) -> list[str]:
    """Return a document's charts and pictures as SVG, in reading order.

    It takes longer than all else that ``prepare`` does, and is the same for every format.
    """
    language = str(document["meta"]["language"])
    palette = make_palette(brand_of(document["meta"]))
    return [
        chart_svg(block["spec"], language, palette)
        if block["kind"] == "chart"
        else picture_svg(block["data"], block["format"])
        for block in _pictured(document["pages"])
    ]


def _pictured(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if value.get("kind") in _PICTURED:
            yield value
        else:
            for inner in value.values():
                yield from _pictured(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _pictured(inner)


def prepare(
    document: Mapping[str, Any],
    *,
    clean: Callable[[str], str] = fonts.printable,
    pictures: Sequence[str] | None = None,
) -> Prepared:
    """Make a document ready for a template.

    Parameters
    ----------
    document : mapping
        As ``Document.to_dict`` returns it.
    clean : callable
        Applied to every text of the document.
    pictures : sequence of str, optional
        The document's pictures, if ``draw_pictures`` has drawn them already.
    """
    brand = brand_of(document["meta"])
    palette = make_palette(brand)
    prepared = Prepared({})
    drawn = iter(draw_pictures(document) if pictures is None else pictures)
    picture = partial(_keep_picture, prepared=prepared, drawn=drawn)
    meta = _walk(document["meta"], clean, picture)
    pages = [_walk(page, clean, picture) for page in document["pages"]]
    written = document_date(document["meta"])
    title = meta["title"] if not meta["organisation"] else f"{meta['title']} · {meta['organisation']}"
    prepared.document = {
        "title": title or "–",
        "author": brand.name,
        "description": " · ".join(part for part in (meta["organisation"], meta["wave"]) if part),
        "date": [written.year, written.month, written.day] if written else None,
        "meta": {**meta, "brand": {**meta["brand"], "logo": "logo" if brand.logo else ""}},
        "palette": palette,
        "fonts": {"sans": fonts.SANS, "serif": fonts.SERIF, "mono": fonts.MONO},
        "pages": pages,
    }
    if brand.logo:
        prepared.pictures["logo"] = picture_svg(brand.logo, brand.logo_kind or "png")
    return prepared


def document_date(meta: Mapping[str, Any]) -> date | None:
    """Return the date for a file's metadata: ``SOURCE_DATE_EPOCH`` if it is set, else the report's own, if known."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.fromtimestamp(int(epoch), tz=UTC).date()
    own = str(meta.get("iso_date") or "")
    return date.fromisoformat(own) if own else None


def picture_svg(content: str, kind: str) -> str:
    """Return a picture as SVG text: one that is SVG already, or a PNG or JPEG wrapped in an SVG of its size.

    Parameters
    ----------
    content : str
        The file's bytes in base64.
    kind : {"svg", "png", "jpeg"}
        What they are.
    """
    raw = base64.b64decode(content)
    if kind == "svg":
        return raw.decode("utf-8")
    width, height = pixel_size(raw, kind)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{content}"/></svg>'
    )


def pixel_size(raw: bytes, kind: str) -> tuple[int, int]:
    """Return width and height of a PNG or JPEG in pixels; ValueError if the file is broken."""
    if kind == "png" and len(raw) >= 24 and raw[12:16] == b"IHDR":
        return int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")
    place = 2
    while kind == "jpeg" and place + 9 < len(raw) and raw[place] == 0xFF:
        if 0xC0 <= raw[place + 1] <= 0xCF and raw[place + 1] not in {0xC4, 0xC8, 0xCC}:
            return int.from_bytes(raw[place + 7 : place + 9], "big"), int.from_bytes(raw[place + 5 : place + 7], "big")
        place += 2 + int.from_bytes(raw[place + 2 : place + 4], "big")
    raise ValueError(f"not a readable {kind.upper()} picture")


def svg_width(svg: str) -> float:
    """Return the width that an SVG states, in pixels; 0 if it states none."""
    match = _SIZE.search(svg[:2000])
    return float(match.group(1)) if match else 0.0


def _walk(value: Any, clean: Callable[[str], str], picture: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Return a value with its texts cleaned, and charts and images taken out by ``picture``."""
    if isinstance(value, Mapping):
        if value.get("kind") in _PICTURED:
            value = picture(dict(value))
        return {key: inner if key in _RAW_KEYS else _walk(inner, clean, picture) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walk(inner, clean, picture) for inner in value]
    return clean(value) if isinstance(value, str) else value


def _keep_picture(block: dict[str, Any], *, prepared: Prepared, drawn: Iterator[str]) -> dict[str, Any]:
    key = f"picture{len(prepared.pictures)}"
    svg = next(drawn)
    if block.pop("spec", None) is not None:
        block["width"] = svg_width(svg) or block["width"]
    block.pop("data", None)
    prepared.pictures[key] = svg
    return {**block, "key": key}
