"""Read how the sender looks: one YAML file with name, accent colour, dark ground, logo and footer."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any, Final, Literal
from xml.etree import ElementTree as ET

import yaml

from cxassess.document import Brand
from cxassess.errors import CxassessError, Problem
from cxassess.report.colours import LEAST_CONTRAST, WHITE, contrast, is_colour, tint_of

KEYS: Final = ("name", "accent", "ink", "logo", "footer")
LARGEST_LOGO: Final = 500_000
LONGEST_TEXT: Final = 80
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SVG_REFUSED: Final = frozenset({"script", "foreignObject", "iframe", "animate", "set", "handler", "style"})
_HREF: Final = re.compile(r"(^|\})href$")
_URL: Final = re.compile(r"url\(\s*['\"]?(?!#)", re.IGNORECASE)


def load_brand(path: str | Path) -> Brand:
    """Read a brand file.

    Parameters
    ----------
    path : str or Path
        YAML with any of ``name``, ``accent`` and ``ink`` (colours ``"#RRGGBB"``), ``logo`` (SVG or PNG file, relative
        to the brand file) and ``footer``. What is left out keeps the project's own look.

    Returns
    -------
    Brand
        Ready for ``document.Meta``; the logo's bytes are in it.

    Raises
    ------
    CxassessError
        Every problem found: unknown keys, colours that can't be read on their ground (with the measured contrast),
        a logo that is missing, too large, or not a plain picture.
    """
    path = Path(path)
    values = _read_mapping(path)
    problems = [
        Problem(f"{path}: {key}", "no such setting", f"use only: {', '.join(KEYS)}")
        for key in values
        if key not in KEYS
    ]
    empty = [key for key in KEYS if key in values and values[key] is None]
    remedy = "put the value in double quotes (a bare # begins a comment), or delete the line"
    problems += [Problem(f"{path}: {key}", "is empty", remedy) for key in empty]
    problems += _check_texts(values, path)
    problems += _check_colours(values, path)
    logo, kind, logo_problems = _read_logo(values.get("logo") or "", path)
    problems += logo_problems
    if problems:
        raise CxassessError(problems)
    default = Brand()
    return Brand(
        name=values.get("name") or default.name,
        accent=(values.get("accent") or default.accent).upper(),
        ink=(values.get("ink") or default.ink).upper(),
        logo=logo,
        logo_kind=kind,
        footer=values.get("footer") or "",
    )


def _read_mapping(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CxassessError.single(str(path), "no such file", "give the path of a brand.yaml") from None
    except (OSError, UnicodeDecodeError):
        raise CxassessError.single(str(path), "is not a readable text file", "give a YAML file in UTF-8") from None
    try:
        if any(isinstance(token, (yaml.AliasToken, yaml.AnchorToken)) for token in yaml.scan(text)):
            raise CxassessError.single(str(path), "has YAML anchors or aliases", "write each value out")
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise CxassessError.single(where, "is not valid YAML", 'write one setting a line, as in name: "Acme"') from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise CxassessError.single(str(path), "is not a list of settings", 'write one setting a line: name: "Acme"')
    return {str(key): value for key, value in values.items()}


def _check_texts(values: dict[str, Any], path: Path) -> list[Problem]:
    problems = []
    for key in ("name", "footer", "logo"):
        value = values.get(key)
        if value is not None and not isinstance(value, str):
            problems.append(Problem(f"{path}: {key}", f"{value!r} is not a text", "put it in double quotes"))
            values[key] = ""
        elif value and key != "logo" and len(value) > LONGEST_TEXT:
            what = f"is {len(value)} characters long"
            problems.append(Problem(f"{path}: {key}", what, f"use at most {LONGEST_TEXT} characters"))
    return problems


def _check_colours(values: dict[str, Any], path: Path) -> list[Problem]:
    problems = []
    for key in ("accent", "ink"):
        value = values.get(key)
        if value is None:
            continue
        if not is_colour(value):
            remedy = 'write it as "#RRGGBB" in double quotes, e.g. "#0B5CAD"'
            problems.append(Problem(f"{path}: {key}", f"{value!r} is not a colour", remedy))
            values[key] = ""
            continue
        grounds = {"white": WHITE}
        if key == "accent":
            grounds[f"its own tint {tint_of(value)}"] = tint_of(value)
        for name, ground in grounds.items():
            ratio = contrast(value, ground)
            if ratio < LEAST_CONTRAST:
                what = f"{value} on {name} has a contrast of {ratio:.2f} : 1"
                remedy = f"take a darker shade, with at least {LEAST_CONTRAST} : 1, so that text in it can be read"
                problems.append(Problem(f"{path}: {key}", what, remedy))
    return problems


def _read_logo(name: str, brand: Path) -> tuple[str, Literal["", "svg", "png"], list[Problem]]:
    if not name:
        return "", "", []
    where = f"{brand}: logo"
    path = brand.parent / name
    if not path.is_file():
        return "", "", [Problem(where, f"{name} is not a file", "give its path from the brand file's own folder")]
    if path.stat().st_size > LARGEST_LOGO:
        what = f"{name} has {path.stat().st_size / 1000:.0f} kB"
        return "", "", [Problem(where, what, f"use a file of at most {LARGEST_LOGO / 1000:.0f} kB")]
    content = path.read_bytes()
    if content.startswith(_PNG):
        return base64.b64encode(content).decode("ascii"), "png", []
    fault = svg_fault(content)
    if fault:
        return "", "", [Problem(where, f"{name} {fault}", "export it again as a plain SVG or as a PNG")]
    return base64.b64encode(content).decode("ascii"), "svg", []


def svg_fault(content: bytes) -> str:
    """Return why a file can't be used as a plain SVG picture, or an empty string if it can.

    Refused are document types and entities, scripts, styles, event handlers, and references to anything outside the
    picture itself.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<?xml-stylesheet" in content:
        return "declares a document type, an entity or a style sheet"
    try:
        root = ET.fromstring(content)  # noqa: S314  (no document type, so no entities to expand)
    except ET.ParseError:
        return "is neither SVG nor PNG"
    if root.tag.rpartition("}")[2] != "svg":
        return "is neither SVG nor PNG"
    return next((fault for node in root.iter() if (fault := _node_fault(node))), "")


def _node_fault(node: ET.Element) -> str:
    tag = str(node.tag).rpartition("}")[2]
    if tag in _SVG_REFUSED:
        return f"holds <{tag}>"
    for key, value in node.attrib.items():
        if key.rpartition("}")[2].lower().startswith("on"):
            return f"holds the event handler {key}"
        foreign = _HREF.search(key) and not value.startswith(("#", "data:image/png;base64,", "data:image/jpeg;base64,"))
        if foreign or _URL.search(value):
            return f"refers to {value[:60]!r}"
    return ""
