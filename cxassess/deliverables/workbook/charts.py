"""The workbook's charts: native, so that they can be changed, over a sheet that holds nothing but their figures."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.utility import xl_range_abs

from cxassess.deliverables.cells import Cell, Row
from cxassess.deliverables.figures import Figures
from cxassess.deliverables.workbook.look import LINE, QUIET, Look
from cxassess.scoring.model import ALL, OVERALL

WIDTH: Final = 860
HEIGHT: Final = 440
_FONT: Final = "Calibri"
_PALE: Final = "#B9C0C5"


class ChartSheet:
    """The figures under the charts; a figure that is not shown is left out or leaves a gap, and never becomes zero.

    Parameters
    ----------
    sheet : xlsxwriter worksheet
        An empty one.
    figures : Figures
        What is shown.
    look : Look
        The workbook's formats.
    """

    def __init__(self, sheet: Any, figures: Figures, look: Look) -> None:
        self.sheet = sheet
        self.figures = figures
        self.look = look
        self.words = figures.view.language
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 30, 12)

    # ------------------------------------------------------------ profile

    def profile(self) -> tuple[Any, list[Row]] | None:
        """Write the elements from the highest score down; return their chart, and the rows that it leaves out."""
        rows = [row for row in self.figures.scores.find(group=ALL) if row["element"].value != OVERALL]
        shown = [row for row in rows if row["score"].value is not None]
        shown.sort(key=lambda row: -_number(row["score"]))
        if not shown:
            return None
        names = ("element_name", "score", "low", "high", "target")
        for column, name in enumerate((*names, "above", "below")):
            self.sheet.write_string(0, column, name, self.look.head)
        for number, row in enumerate(shown, start=1):
            for column, name in enumerate(names):
                self._write(number, column, row[name])
            self._write_ends(number, len(names), row)
        return self._profile_chart(shown), [row for row in rows if row not in shown]

    def _profile_chart(self, shown: list[Row]) -> Any:
        chart = self.look.book.add_chart({"type": "line"})
        last, name = len(shown), self.sheet.get_name()
        ink, accent = self.look.brand.ink, self.look.brand.accent
        weakest = self.figures.view.weakest
        colours = [accent if row["element"].value == weakest else ink for row in shown]
        chart.add_series(
            {
                "name": self._word("score"),
                "categories": [name, 1, 0, last, 0],
                "values": [name, 1, 1, last, 1],
                "line": {"none": True},
                "marker": {"type": "circle", "size": 7, "fill": {"color": ink}, "border": {"color": ink}},
                "points": [{"fill": {"color": colour}, "border": {"color": colour}} for colour in colours],
                "data_labels": self._labels(ink, "right"),
                "y_error_bars": self._interval(ink, 1, last, 5),
            }
        )
        if any(row["target"].value is not None for row in shown):
            chart.add_series(
                {
                    "name": self._word("target"),
                    "categories": [name, 1, 0, last, 0],
                    "values": [name, 1, 4, last, 4],
                    "line": {"none": True},
                    "marker": {"type": "diamond", "size": 8, "fill": {"color": QUIET}, "border": {"color": QUIET}},
                }
            )
        self._dress(chart, self._word("profile"))
        return chart

    # ------------------------------------------------------------ waves

    def waves(self) -> Any | None:
        """Write the scores of all waves, one column each; return their chart, or None for a single wave."""
        table = self.figures.waves
        waves = list(dict.fromkeys((str(row["wave"].value), row["wave_name"].text) for row in table))
        if len(waves) < 2:
            return None
        elements = list(dict.fromkeys((str(row["element"].value), row["element_name"].text) for row in table))
        top = len(self.figures.view.instrument.elements) + 4
        self.sheet.write_string(top, 0, "wave_name", self.look.head)
        for column, (_, label) in enumerate(elements, start=1):
            self.sheet.write_string(top, column, label, self.look.head)
        for number, (wave, label) in enumerate(waves, start=top + 1):
            self.sheet.write_string(number, 0, label, self.look.make())
            for column, (element, _) in enumerate(elements, start=1):
                for row in table.find(wave=wave, element=element):
                    self._write(number, column, row["score"])
                    if element == OVERALL:
                        self._write_ends(number, len(elements) + 1, row)
        return self._waves_chart(top, len(waves), [element for element, _ in elements])

    def _waves_chart(self, top: int, waves: int, elements: list[str]) -> Any:
        """Draw the overall score and the weakest link boldly, over the other elements in grey."""
        chart = self.look.book.add_chart({"type": "line"})
        name, width = self.sheet.get_name(), len(elements) + 1
        bold = {OVERALL: (self.look.brand.accent, "above"), self.figures.view.weakest: (self.look.brand.ink, "below")}
        ordered = sorted(range(len(elements)), key=lambda place: elements[place] in bold)
        for place in ordered:
            column = place + 1
            colour, side = bold.get(elements[place], (_PALE, ""))
            chart.add_series(
                {
                    "name": [name, top, column],
                    "categories": [name, top + 1, 0, top + waves, 0],
                    "values": [name, top + 1, column, top + waves, column],
                    "line": {"color": colour, "width": 2.5 if side else 1},
                    "marker": {
                        "type": "circle",
                        "size": 8 if side else 4,
                        "fill": {"color": colour},
                        "border": {"color": colour},
                    },
                    **({"data_labels": self._labels(colour, side)} if side else {}),
                    **(
                        {"y_error_bars": self._interval(colour, top + 1, top + waves, width)} if side == "above" else {}
                    ),
                }
            )
        self._dress(chart, self._word("waves"))
        pale = [number for number, place in enumerate(ordered) if elements[place] not in bold]
        chart.set_legend({"position": "bottom", "font": self._quiet, "delete_series": pale})
        chart.show_blanks_as("gap")
        return chart

    # ------------------------------------------------------------ both

    def _dress(self, chart: Any, title: str) -> None:
        quiet = self._quiet
        top = self.figures.view.instrument.level_count
        chart.set_title({"name": title, "name_font": {"name": "Georgia", "size": 13, "bold": False}, "overlay": False})
        chart.set_legend({"position": "bottom", "font": quiet})
        chart.set_x_axis({"num_font": {**quiet, "color": self.look.brand.ink}, "line": {"color": LINE}})
        chart.set_y_axis(
            {
                "min": 1,
                "max": top,
                "major_unit": 1,
                "num_format": "0",
                "num_font": quiet,
                "name": self._word("level_axis"),
                "name_font": quiet,
                "line": {"none": True},
                "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.75}},
            }
        )
        chart.set_chartarea({"border": {"none": True}})
        chart.set_size({"width": WIDTH, "height": HEIGHT})
        chart.show_hidden_data()

    @property
    def _quiet(self) -> dict[str, object]:
        return {"name": _FONT, "size": 10, "color": QUIET, "bold": False}

    def _labels(self, colour: str, side: str) -> dict[str, object]:
        font = {"name": _FONT, "size": 10, "bold": True, "color": colour}
        return {"value": True, "position": side, "num_format": "0.00", "font": font}

    def _interval(self, colour: str, first: int, last: int, column: int) -> dict[str, object]:
        """Return error bars over the lengths in two columns: how far the interval goes up, and down."""
        name = self.sheet.get_name()
        ends = ((xl_range_abs(first, place, last, place)) for place in (column, column + 1))
        above, below = (f"={name}!{cells}" for cells in ends)
        line = {"color": colour, "width": 1.5}
        return {"type": "custom", "plus_values": above, "minus_values": below, "line": line, "end_style": 0}

    def _write_ends(self, number: int, column: int, row: Row) -> None:
        """Write how far the interval goes up and down; nothing where there is none."""
        if row["low"].value is None or row["high"].value is None or row["score"].value is None:
            return
        for place, name in enumerate(("high", "low")):
            length = abs(_number(row[name]) - _number(row["score"]))
            self.sheet.write_number(number, column + place, round(length, 2), self.look.make(num_format="0.00"))

    def _write(self, row: int, column: int, cell: Cell) -> None:
        """Write a figure; where there is none the cell stays empty, as a text would be drawn as zero."""
        style = self.look.of(cell)
        if isinstance(cell.value, (int, float)):
            self.sheet.write_number(row, column, cell.value, style)
        elif isinstance(cell.value, str):
            self.sheet.write_string(row, column, cell.value, style)
        elif cell.hidden:
            self.sheet.write_blank(row, column, None, style)
            self.sheet.write_comment(row, column, cell.text, {"author": ""})

    def _word(self, key: str) -> str:
        return self.words.text(f"deliverables.charts.{key}")


def _number(cell: Cell) -> float:
    return float(cell.value) if isinstance(cell.value, (int, float)) else 0.0
