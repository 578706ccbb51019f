"""A document as one HTML file: no script, no network, readable on a phone, on a screen and on paper."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from cxassess.language import LANGUAGES, get_language
from cxassess.report import geometry
from cxassess.report.markdown import LINKS
from cxassess.report.prepare import prepare
from cxassess.resources import resource_path

FOLDER: Final = "templates/report/html"
_QUOTATION: Final = {"en": ("“", "”"), "da": ("»", "«"), "sv": ("”", "”")}
FALLBACK_FONTS: Final = (
    "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
)
_KEPT: Final = frozenset("\n\t\u200d\u200c\ufe0f")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource_path(FOLDER)),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        make_axis=geometry.make_axis,
        place_groups=geometry.place_groups,
        place_rungs=geometry.place_rungs,
        place_panels=geometry.place_panels,
        place_bars=geometry.place_bars,
        unknown_kind=_unknown_kind,
    )
    environment.filters.update(plain=_plain, safe_link=_safe_link)
    return environment


def _unknown_kind(kind: str) -> str:
    raise ValueError(f"unknown kind of block: {kind}")


def _plain(text: Any) -> str:
    return text if isinstance(text, str) else "".join(run["text"] for run in text)


def _safe_link(href: str) -> str:
    """Return a link's target if it leads to the web or to a mail address, else nothing."""
    return href if href.lower().startswith(LINKS) else ""


def _clean(text: str) -> str:
    """Return a text without control characters, which HTML does not allow; spaces of every width stay."""
    return text if text.isprintable() else "".join(c for c in text if _is_kept(c))


def _is_kept(character: str) -> bool:
    return character.isprintable() or character in _KEPT or unicodedata.category(character) == "Zs"


def _data_url(svg: str) -> str:
    """Return a picture as an address of its own; type falls back to what the reader's machine has."""
    svg = svg.replace('font-family="Source Sans Pro"', f'font-family="{FALLBACK_FONTS}"')
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _context(document: Mapping[str, Any], pictures: Sequence[str] | None = None) -> dict[str, Any]:
    prepared = prepare(document, clean=_clean, pictures=pictures)
    values = prepared.document
    code = values["meta"]["language"]
    words = get_language(code if code in LANGUAGES else "en")
    css = (resource_path(FOLDER) / "report.css").read_text(encoding="utf-8")
    return {
        **values,
        "pictures": {key: _data_url(svg) for key, svg in prepared.pictures.items()},
        "say": lambda key: words.text(f"render.{key}"),
        "quotation": _QUOTATION.get(code, _QUOTATION["en"]),
        "css": Markup(css),  # noqa: S704  (the project's own file)
    }


def render_html(document: Mapping[str, Any], pictures: Sequence[str] | None = None) -> str:
    """Return a document as one self-contained HTML file.

    Parameters
    ----------
    document : mapping
        As ``Document.to_dict`` returns it. All text in it is escaped; charts and pictures are embedded as images.
    pictures : sequence of str, optional
        The document's pictures, if ``draw_pictures`` has drawn them already.

    Raises
    ------
    ValueError
        If the template meets a kind of block that it does not know; the message names it.
    """
    return _environment().get_template("document.html.j2").render(_context(document, pictures))


def render_page_html(page: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    """Return one page as an HTML fragment with its own style, for a notebook's output."""
    return _environment().get_template("fragment.html.j2").render(_context({"meta": meta, "pages": [page]}))
