"""What the native charts share: the workbook behind them, intervals, and a frame without decoration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.oxml import parse_xml
from pptx.util import Pt

from cxassess.deliverables.slides.canvas import Canvas, describe
from cxassess.deliverables.slides.geometry import Box
from cxassess.deliverables.slides.theme import COLOURS, SCHEME

NAMESPACES: Final = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_CREATED: Final = datetime(2000, 1, 1)
_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Value = float | int | str | None
#: The library does not say the types of these.
CATEGORY_DATA: Final[Any] = CategoryChartData
XY_DATA: Final[Any] = XyChartData


def make_workbook(rows: Sequence[Sequence[Value]]) -> bytes:
    """Return the workbook behind a chart: plain cells, texts never read as formulas, always the same bytes."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as workbook:
        workbook.set_properties({"created": _CREATED})
        sheet = workbook.add_worksheet("Sheet1")
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                elif value is not None:
                    sheet.write_number(line, column, value)
    return content.getvalue()


def add_chart(
    canvas: Canvas, kind: Any, box: Box, data: Any, *, cells: Sequence[Sequence[Value]], name: str, alt: str
) -> Any:
    """Put a native chart without title, legend and grounds; return it."""
    frame = canvas.shapes.add_chart(kind, Pt(box.left), Pt(box.top), Pt(box.width), Pt(box.height), data)
    describe(frame, name, alt)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(make_workbook(cells))
    chart.has_legend = False
    chart.has_title = False
    chart.font.size = Pt(11)
    chart.font.color.theme_color = COLOURS["ink"]
    space = chart._chartSpace
    space.chart.addnext(parse_xml(f"<c:spPr {NAMESPACES}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"))
    space.insert(1 if space.find(f"{{{space.nsmap['c']}}}date1904") is not None else 0, _square())
    plot = space.chart.plotArea
    plot.append(parse_xml(f"<c:spPr {NAMESPACES}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"))
    return chart


def _square() -> Any:
    return parse_xml(f'<c:roundedCorners {NAMESPACES} val="0"/>')


def place_plot(chart: Any, left: float, top: float, width: float, height: float) -> None:
    """Fix where the axes of a chart stand, as shares of its frame."""
    plot = chart._chartSpace.chart.plotArea
    old = plot.find(f"{{{plot.nsmap['c']}}}layout")
    if old is not None:
        plot.remove(old)
    parts = "".join(
        f'<c:{tag} val="{value:.5f}"/>' for tag, value in zip("xywh", (left, top, width, height), strict=True)
    )
    plot.insert(
        0,
        parse_xml(
            f'<c:layout {NAMESPACES}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/>{parts}</c:manualLayout></c:layout>'
        ),
    )


def add_error_bars(
    series: Any,
    direction: str,
    minus: Sequence[float | None],
    plus: Sequence[float | None],
    *,
    colour: str,
    weight: float,
    columns: tuple[str, str],
) -> None:
    """Draw lines about the points of a series, of these lengths, which stand in two columns of the workbook."""
    lengths = "".join(
        f"<c:{side}>{_numbers(values, column)}</c:{side}>"
        for side, values, column in (("plus", plus, columns[1]), ("minus", minus, columns[0]))
    )
    bars = parse_xml(
        f'<c:errBars {NAMESPACES}><c:errDir val="{direction}"/><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="1"/>{lengths}<c:spPr><a:ln w="{round(12700 * weight)}" cap="flat"><a:solidFill>'
        f'<a:schemeClr val="{SCHEME[colour]}"/></a:solidFill><a:round/></a:ln></c:spPr></c:errBars>'
    )
    before = next(child for child in series._element if child.tag.rpartition("}")[2] in {"xVal", "cat", "val"})
    before.addprevious(bars)


def _numbers(values: Sequence[float | None], column: str) -> str:
    known = ((place, value) for place, value in enumerate(values) if value is not None)
    points = "".join(f'<c:pt idx="{place}"><c:v>{value}</c:v></c:pt>' for place, value in known)
    cache = f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}'
    where = f"Sheet1!${column}$2:${column}${len(values) + 1}"
    return f"<c:numRef><c:f>{where}</c:f><c:numCache>{cache}</c:numCache></c:numRef>"


def set_label(label: Any, text: str, *, size: float, colour: str, bold: bool = False, position: Any = None) -> None:
    """Give a point of a chart a label of its own."""
    frame = label.text_frame
    frame.text = text
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(size), bold
    font.color.theme_color = COLOURS[colour]
    if position is not None:
        label.position = position
