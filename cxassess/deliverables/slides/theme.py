"""Colours of the slides: each name of the palette is a colour of the theme, so that a deck can be recoloured whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pptx.enum.dml import MSO_THEME_COLOR

from cxassess.document import Brand
from cxassess.report.colours import WHITE, make_palette

FACE: Final = "Arial"
COLOURS: Final[Mapping[str, MSO_THEME_COLOR]] = {
    "ink": MSO_THEME_COLOR.TEXT_1,
    "white": MSO_THEME_COLOR.BACKGROUND_1,
    "text2": MSO_THEME_COLOR.TEXT_2,
    "wash": MSO_THEME_COLOR.BACKGROUND_2,
    "accent": MSO_THEME_COLOR.ACCENT_1,
    "mark": MSO_THEME_COLOR.ACCENT_2,
    "rule": MSO_THEME_COLOR.ACCENT_3,
    "band": MSO_THEME_COLOR.ACCENT_4,
    "tint": MSO_THEME_COLOR.ACCENT_5,
    "accent_on_ink": MSO_THEME_COLOR.ACCENT_6,
}
SCHEME: Final[Mapping[str, str]] = {
    "ink": "tx1",
    "white": "bg1",
    "text2": "tx2",
    "wash": "bg2",
    "accent": "accent1",
    "mark": "accent2",
    "rule": "accent3",
    "band": "accent4",
    "tint": "accent5",
    "accent_on_ink": "accent6",
}
_SLOTS: Final = (
    ("dk1", "ink"),
    ("lt1", "white"),
    ("dk2", "text2"),
    ("lt2", "wash"),
    ("accent1", "accent"),
    ("accent2", "mark"),
    ("accent3", "rule"),
    ("accent4", "band"),
    ("accent5", "tint"),
    ("accent6", "accent_on_ink"),
    ("hlink", "accent"),
    ("folHlink", "text2"),
)
_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"


def theme_xml(brand: Brand) -> str:
    """Return the theme of the deck: the brand's colours, Arial, flat fills and plain lines."""
    palette = {**make_palette(brand), "white": WHITE}
    colours = "".join(f'<a:{slot}><a:srgbClr val="{palette[name][1:]}"/></a:{slot}>' for slot, name in _SLOTS)
    font = f'<a:latin typeface="{FACE}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525" cap="flat" cmpd="sng" algn="ctr">{fill}<a:prstDash val="solid"/></a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<a:theme xmlns:a="{_DRAWING}" name="cxassess"><a:themeElements>'
        f'<a:clrScheme name="cxassess">{colours}</a:clrScheme>'
        f'<a:fontScheme name="cxassess"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont>'
        f'</a:fontScheme><a:fmtScheme name="cxassess"><a:fillStyleLst>{3 * fill}</a:fillStyleLst>'
        f"<a:lnStyleLst>{3 * line}</a:lnStyleLst>"
        f"<a:effectStyleLst>{3 * effect}</a:effectStyleLst><a:bgFillStyleLst>{3 * fill}</a:bgFillStyleLst>"
        "</a:fmtScheme></a:themeElements><a:objectDefaults/><a:extraClrSchemeLst/></a:theme>"
    )
