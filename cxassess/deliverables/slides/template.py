"""The blank deck: 16 : 9, a master with two layouts of our own (the cover, a finding), and no others."""

from __future__ import annotations

from typing import Any, Final

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.util import Pt

from cxassess.deliverables.slides.geometry import BOTTOM, HEIGHT, LEFT, RIGHT, TITLE, WIDTH, Box

COVER: Final = 0
FINDING: Final = 1
TITLE_SIZE: Final = 26.0
COVER_TITLE: Final = Box(LEFT, 150, 440, 130)
FOOTER: Final = Box(LEFT, BOTTOM + 15, 700, 14)
NUMBER: Final = Box(RIGHT - 60, BOTTOM + 15, 60, 14)
_NAMESPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_EMU: Final = 12700
_UNUSED: Final = (RT.PRINTER_SETTINGS,)
_KEPT: Final = ("Title Slide", "Title Only")
_LEVEL: Final = (
    '<a:{tag} marL="0" indent="0" algn="l"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>{run}</a:{tag}>'
)


def make_presentation() -> Any:
    """Return an empty presentation with the two layouts ``COVER`` and ``FINDING``."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    for layout in list(deck.slide_layouts):
        if layout.name not in _KEPT:
            deck.slide_layouts.remove(layout)
    _drop_leftovers(deck)
    master = deck.slide_master
    _replace(master, _tree(_title("title", TITLE) + _body() + _footer() + _number()), _ground("bg1"))
    _replace_styles(master)
    cover, finding = deck.slide_layouts[COVER], deck.slide_layouts[FINDING]
    cover.name, finding.name = "Cover", "Finding"
    _replace(cover, _tree(_title("ctrTitle", COVER_TITLE, 36, "bg1", "b")), _ground("tx1"))
    _replace(finding, _tree(_title("title", TITLE) + _footer() + _number() + _line()))
    for layout in (cover, finding):
        layout._element.set("preserve", "1")
    return deck


def _drop_leftovers(deck: Any) -> None:
    """Drop the thumbnail and printer settings of the library's own template."""
    package = deck.part.package
    for owner, kinds in ((package, (RT.THUMBNAIL,)), (deck.part, _UNUSED)):
        for name in [name for name, rel in owner._rels.items() if rel.reltype in kinds]:
            owner._rels.pop(name)


def _replace(page: Any, tree: Any, ground: Any = None) -> None:
    content = page._element.cSld
    content.replace(content.spTree, tree)
    old = content.find(f"{{{content.nsmap['p']}}}bg")
    if old is not None:
        content.remove(old)
    if ground is not None:
        content.insert(0, ground)


def _ground(colour: str) -> Any:
    return parse_xml(
        f'<p:bg {_NAMESPACES}><p:bgPr><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'
        "<a:effectLst/></p:bgPr></p:bg>"
    )


def _tree(shapes: str) -> Any:
    return parse_xml(
        f'<p:spTree {_NAMESPACES}><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/>'
        f"</a:xfrm></p:grpSpPr>{shapes}</p:spTree>"
    )


def _shape(number: int, name: str, kind: str, box: Box, *, style: str, content: str, anchor: str = "t") -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm>"
        f'<a:off x="{_emu(box.left)}" y="{_emu(box.top)}"/><a:ext cx="{_emu(box.width)}" cy="{_emu(box.height)}"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr vert="horz" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/>'
        f"</a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p>{content}</a:p></p:txBody></p:sp>"
    )


def _title(kind: str, box: Box, size: float = TITLE_SIZE, colour: str = "tx1", anchor: str = "t") -> str:
    style = _LEVEL.format(tag="lvl1pPr", run=_run(size, colour, bold=True))
    return _shape(2, "Title", f'type="{kind}"', box, style=style, content="<a:r><a:t>Title</a:t></a:r>", anchor=anchor)


def _body() -> str:
    box = Box(LEFT, TITLE.bottom + 12, RIGHT - LEFT, BOTTOM - TITLE.bottom - 12)
    return _shape(3, "Text", 'type="body" idx="1"', box, style="", content="<a:r><a:t>Text</a:t></a:r>")


def _footer() -> str:
    style = _LEVEL.format(tag="lvl1pPr", run=_run(9, "tx2"))
    return _shape(4, "Footer", 'type="ftr" sz="quarter" idx="11"', FOOTER, style=style, content="")


def _number() -> str:
    style = f'<a:lvl1pPr algn="r">{_run(9, "tx2")}</a:lvl1pPr>'
    field = '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:t>‹#›</a:t></a:fld>'
    return _shape(5, "Slide number", 'type="sldNum" sz="quarter" idx="12"', NUMBER, style=style, content=field)


def _line() -> str:
    y = _emu(BOTTOM + 8)
    return (
        '<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="6" name="Line above the footer"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvCxnSpPr><p:spPr><a:xfrm><a:off x="{_emu(LEFT)}" y="{y}"/>'
        f'<a:ext cx="{_emu(RIGHT - LEFT)}" cy="0"/></a:xfrm>'
        '<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="6350"><a:solidFill><a:schemeClr val="accent3"/>'
        "</a:solidFill></a:ln></p:spPr></p:cxnSp>"
    )


def _run(size: float, colour: str, *, bold: bool = False) -> str:
    return (
        f'<a:defRPr sz="{round(100 * size)}" b="{int(bold)}" kern="1200">'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'
        '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr>'
    )


def _replace_styles(master: Any) -> None:
    styles = master._element.find(f"{{{master._element.nsmap['p']}}}txStyles")
    title = _LEVEL.format(tag="lvl1pPr", run=_run(TITLE_SIZE, "tx1", bold=True))
    levels = "".join(_LEVEL.format(tag=f"lvl{level}pPr", run=_run(14, "tx1")) for level in range(1, 10))
    own = parse_xml(
        f"<p:txStyles {_NAMESPACES}><p:titleStyle>{title}</p:titleStyle><p:bodyStyle>{levels}</p:bodyStyle>"
        f"<p:otherStyle>{levels}</p:otherStyle></p:txStyles>"
    )
    master._element.replace(styles, own)


def _emu(points: float) -> int:
    return round(points * _EMU)
