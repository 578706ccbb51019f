"""The sender's logo; office programs take PNG everywhere, SVG not, so an SVG is drawn once as a PNG."""

from __future__ import annotations

import base64
import struct
from io import BytesIO

from pptx.util import Pt

from cxassess.deliverables.slides.canvas import Canvas, describe
from cxassess.deliverables.slides.geometry import Box
from cxassess.document import Brand

_SCALE = 3


def add_logo(canvas: Canvas, brand: Brand, box: Box) -> None:
    """Put the brand's logo on a light ground at the upper left of a box; nothing for a brand without one."""
    content = read_logo(brand)
    if not content:
        return
    width, height = struct.unpack(">II", content[16:24])
    share = min((box.width - 16) / max(1, width), (box.height - 12) / max(1, height))
    ground = Box(box.left, box.top, width * share + 16, height * share + 12)
    canvas.rectangle(ground, "white", name="Ground of the logo")
    place = (Pt(box.left + 8), Pt(box.top + 6), Pt(width * share), Pt(height * share))
    picture = canvas.shapes.add_picture(BytesIO(content), *place)
    describe(picture, "Logo", brand.name)


def read_logo(brand: Brand) -> bytes:
    """Return the brand's logo as a PNG; empty where there is none."""
    if not brand.logo:
        return b""
    content = base64.b64decode(brand.logo)
    if brand.logo_kind == "svg":
        import vl_convert  # noqa: PLC0415  (heavy, and for SVG logos alone)

        return bytes(vl_convert.svg_to_png(content.decode("utf-8"), scale=_SCALE))
    return content
