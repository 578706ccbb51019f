"""The figures as a picture for the README, in the look of the reports' charts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from benchmarks.figures import Figure, Table
from benchmarks.table import COMPARED_WITH
from cxassess.charts.svg import chart_svg
from cxassess.charts.theme import ACCENT, CONFIG, FONT, INK, MARK, RULE

ROW: Final = 22
LABEL_WIDTH: Final = 190
#: A picture has no fonts of its own: whoever looks at it has one of these.
_FONTS: Final = f"{FONT}, 'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
_NAMES: Final = {
    "A": "papermill + nbconvert, Chromium",
    "A×": "papermill + nbconvert, {n} at once",
    "B": "papermill + our PDF",
    "B+": "the same on a forked kernel",
    "C": "cxassess report, 1 worker",
    "D": "cxassess report, {n} workers",
    "E": "without any notebook: the floor",
    "pandas": "pandas groupby",
    "ours": "cxassess",
    "ours, streamed": "cxassess, streamed",
    "ours, Dask": "cxassess on Dask, {n} processes",
}
_OURS: Final = ("C", "D", "ours", "ours, streamed", "ours, Dask")


@dataclass(frozen=True)
class _Panel:
    """A title with bars below it."""

    title: str
    bars: list[dict[str, Any]]

    def chart(self, width: int) -> alt.LayerChart:
        longest = max(bar["value"] for bar in self.bars)
        base = alt.Chart(alt.InlineData(values=self.bars)).encode(
            y=alt.Y("name:N", sort=None, title=None).axis(
                domain=False, ticks=False, labelPadding=6, labelLimit=LABEL_WIDTH, minExtent=LABEL_WIDTH
            ),
            x=alt.X("value:Q", title=None, axis=None).scale(domain=[0, longest * 1.6], nice=False),
        )
        bars = base.mark_bar(height=13).encode(color=alt.Color("color:N", scale=None))
        labels = base.mark_text(align="left", dx=5, fontSize=9.5).encode(text="label:N", color=alt.value(INK))
        title = alt.TitleParams(self.title, anchor="start", frame="group", fontSize=12, font=FONT, color=INK, offset=8)
        chart = alt.LayerChart(layer=[bars, labels])
        return chart.properties(width=width, height=ROW * len(self.bars), title=title)


def draw_picture(reports: Sequence[Table], scoring: Sequence[Table], cores: int) -> str:
    """Return reports and scoring beside each other as SVG text, on white."""
    panels = []
    if reports:
        panels.append(_report_panel(reports[0], ("A", "B", "B+", "C", "E"), "one at a time", cores))
        panels.append(_report_panel(reports[0], ("A×", "D"), f"on {cores} cores", cores))
    left = alt.vconcat(*(panel.chart(210) for panel in panels if panel.bars), spacing=22) if reports else None
    right = _scoring_chart(scoring, cores) if scoring else None
    charts = [chart for chart in (left, right) if chart is not None]
    config = {**CONFIG, "background": "white", "padding": 14, "axis": {**CONFIG["axis"], "labelFontSize": 10}}
    whole = alt.hconcat(*charts, spacing=30).configure(**config)
    svg = chart_svg(whole.to_dict())
    return re.sub(re.escape(FONT), _FONTS, svg)


def _report_panel(table: Table, keys: Sequence[str], how: str, cores: int) -> _Panel:
    bars = []
    for figure in (table.find(key) for key in keys):
        if figure is not None and figure.median:
            ratio = _ratio(table.ratio(figure, COMPARED_WITH.get(figure.key, "A")))
            bars.append(_bar(figure, f"{figure.median * 1000:,.0f} ms{ratio}", cores))
    return _Panel(f"A report, {how}", bars)


def _scoring_chart(tables: Sequence[Table], cores: int) -> alt.VConcatChart:
    panels = []
    for table in tables:
        bars = []
        for figure in (table.find(key) for key in ("pandas", "ours", "ours, streamed", "ours, Dask")):
            if figure is not None and figure.median:
                memory = f", {figure.memory / 1024:.1f} GB" if figure.memory else ""
                bars.append(_bar(figure, f"{_seconds(figure.median)}{memory}{_ratio(table.ratio(figure))}", cores))
        panels.append(_Panel(f"Scoring {table.title}", bars))
    return alt.vconcat(*(panel.chart(200) for panel in panels), spacing=22)


def _ratio(value: float | None) -> str:
    """Return how many times faster, in words; nothing for the slower way and for the one compared with."""
    if value is None or value < 1.05:
        return ""
    return f", {value:.0f} × faster" if value >= 9.5 else f", {value:.1f} × faster"


def _bar(figure: Figure, label: str, cores: int) -> dict[str, Any]:
    color = ACCENT if figure.key in _OURS else RULE if figure.key == "E" else MARK
    return {"name": _NAMES[figure.key].format(n=cores), "value": figure.median, "label": label, "color": color}


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 1 else f"{value * 1000:,.0f} ms"
