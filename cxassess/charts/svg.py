"""Charts as SVG, through vl-convert and the report's own fonts.

vl-convert runs a JavaScript engine with threads of its own: never call it in a process that forks later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from cxassess.charts.theme import ACCENT, INK
from cxassess.document import Chart
from cxassess.fonts import font_directories

_LOCALES: Final = {"da": "da-DK", "sv": "sv-SE", "en": "en-GB"}
_SCHEMA: Final = re.compile(r"/vega-lite/v(\d+)")


@cache
def _converter() -> Any:
    import vl_convert  # noqa: PLC0415  (slow to load, and not wanted where no chart is drawn)

    vl_convert.configure(allowed_base_urls=[], base_url=False)
    for folder in font_directories():
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def chart_svg(spec: Mapping[str, Any], language: str = "en", palette: Mapping[str, str] | None = None) -> str:
    """Return a Vega-Lite chart as SVG text, 1 px = 1 pt.

    Nothing is fetched: data must stand in the specification itself.

    Parameters
    ----------
    spec : mapping
        Vega-Lite of version 5 or 6, with its data inside.
    language : str
        For the numbers that the chart writes itself: decimal comma in Danish and Swedish.
    palette : mapping, optional
        Colours of a brand (``accent``, ``ink``) in place of the theme's own.

    Returns
    -------
    str
        SVG text.

    Raises
    ------
    ValueError
        If the specification can't be drawn.
    """
    converter = _converter()
    locale = _LOCALES.get(language, "en-GB")
    try:
        svg = converter.vegalite_to_svg(
            dict(spec),
            vl_version=_version(str(spec.get("$schema", "")), converter.get_vegalite_versions()),
            format_locale=locale,
            time_format_locale=locale,
        )
    except PermissionError as error:  # it names a file or an address
        raise ValueError(str(error)) from error
    for name, own in (("accent", ACCENT), ("ink", INK)):
        if palette and palette[name] != own:
            svg = re.sub(re.escape(own), palette[name], svg, flags=re.IGNORECASE)
    return str(svg)


def _version(schema: str, known: list[str]) -> str | None:
    """Return the newest version that the converter has of the major version a specification names."""
    match = _SCHEMA.search(schema)
    fitting = [version for version in known if match and version.split(".")[0] == match.group(1)]
    return max(fitting, key=lambda version: [int(part) for part in version.split(".")]) if fitting else None


def chart_block(chart: Any, title: str, alt: str) -> Chart:
    """Return a chart as a block of a report.

    Parameters
    ----------
    chart : Canvas or altair chart
        In this theme; its data travels in the block.
    title : str
        The exhibit's title, a finding where possible.
    alt : str
        What a reader who can't see it should know, with the main numbers.
    """
    spec = chart.to_dict()
    return Chart(
        title, spec, alt, float(spec["width"]), float(spec["height"]) if _is_number(spec.get("height")) else 200.0
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))
