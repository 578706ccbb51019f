"""Native bar charts: how likely each level is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.util import Pt

from cxassess.deliverables.slides.canvas import Canvas
from cxassess.deliverables.slides.chart_parts import CATEGORY_DATA, Value, add_chart
from cxassess.deliverables.slides.geometry import Box
from cxassess.deliverables.slides.paragraphs import clean
from cxassess.deliverables.slides.theme import COLOURS


def add_bars(
    canvas: Canvas,
    box: Box,
    names: Sequence[str],
    values: Sequence[float],
    *,
    series: str,
    marked: Sequence[int],
    number_format: str,
    alt: str,
) -> Any:
    """Put lying bars of shares from 0 to 1, the first on top.

    Parameters
    ----------
    canvas, box
        Where.
    names, values : sequence
        One a bar.
    series : str
        What the values are; also the chart's name.
    marked : sequence of int
        Bars in the darkest colour.
    number_format : str
        Of the figures at the bars, as spreadsheets write it.
    alt : str
        For those who can't see it.
    """
    shown = [clean(name) for name in names]
    data = CATEGORY_DATA(number_format="0%")
    data.categories = shown
    data.add_series(clean(series), values)
    cells: list[list[Value]] = [["", clean(series)]]
    cells += [[name, value] for name, value in zip(shown, values, strict=True)]
    chart = add_chart(canvas, XL_CHART_TYPE.BAR_CLUSTERED, box, data, cells=cells, name=series, alt=alt)
    plot = chart.plots[0]
    plot.gap_width = 70
    plot.vary_by_categories = False
    drawn = plot.series[0]
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.theme_color = COLOURS["mark"]
    for place in marked:
        point = drawn.points[place].format.fill
        point.solid()
        point.fore_color.theme_color = COLOURS["ink"]
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = number_format, False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.show_value = True
    labels.font.size, labels.font.bold = Pt(12), True
    labels.font.color.theme_color = COLOURS["ink"]
    across = chart.category_axis
    across.reverse_order = True
    across.major_tick_mark = XL_TICK_MARK.NONE
    across.has_major_gridlines = False
    across.format.line.color.theme_color = COLOURS["rule"]
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.tick_labels.font.size = Pt(12)
    up = chart.value_axis
    up.minimum_scale, up.maximum_scale = 0, 1.18
    up.has_major_gridlines = False
    up.visible = False
    return chart
