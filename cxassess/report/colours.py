"""Colours of a report: contrast between two of them, and the palette that follows from a brand's two."""

from __future__ import annotations

import colorsys
import re
from typing import Final

from cxassess.document import Brand

WHITE: Final = "#FFFFFF"
LEAST_CONTRAST: Final = 4.5
_HEX: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_GREYS: Final = {"text2": "#566069", "mark": "#8C959B", "rule": "#C9CED2", "band": "#E4E7E9", "wash": "#F4F5F6"}


def is_colour(value: object) -> bool:
    """Tell whether a value is a colour written as ``#RRGGBB``."""
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [channel / 255 for channel in _channels(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21.

    (L₁ + 0.05) / (L₂ + 0.05), with L the relative luminance of the lighter and of the darker colour
    (Web Content Accessibility Guidelines 2.2, success criterion 1.4.3).

    Parameters
    ----------
    one, other : str
        Colours as ``#RRGGBB``.
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(colour: str, ground: str, share: float) -> str:
    """Return ``share`` of a colour (0–1) mixed into a ground, channel by channel."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(share * part + (1 - share) * base):02X}" for part, base in pairs)


def tint_of(accent: str) -> str:
    """Return the light ground that stands under an accent."""
    return mix(accent, WHITE, 0.09)


def accent_on(ground: str, accent: str) -> str:
    """Return the accent, lightened until it can be read on a dark ground."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(accent)))
    for step in range(20):
        raised = lightness + (1 - lightness) * step / 20
        parts = colorsys.hls_to_rgb(hue, raised, saturation)
        lighter = "#" + "".join(f"{round(255 * part):02X}" for part in parts)
        if contrast(lighter, ground) >= 1.4 * LEAST_CONTRAST:
            return lighter
    return WHITE


def make_palette(brand: Brand) -> dict[str, str]:
    """Return all colours of a report by name: the greys of the design and what follows from the brand."""
    return {
        **_GREYS,
        "ink": brand.ink,
        "accent": brand.accent,
        "tint": tint_of(brand.accent),
        "accent_on_ink": accent_on(brand.ink, brand.accent),
    }
