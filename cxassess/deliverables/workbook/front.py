"""The first sheet: the figures that count, what was found, and the charts."""

from __future__ import annotations

from typing import Any, Final

from cxassess.deliverables.figures import Figures
from cxassess.deliverables.workbook.charts import HEIGHT, ChartSheet
from cxassess.deliverables.workbook.look import Look
from cxassess.deliverables.workbook.tidy import comment_size, define_range, describe, write_cell
from cxassess.report.pages.exhibits import build_profile
from cxassess.responses.intake_look import height

FIRST_ROW: Final = 3
_WIDTHS: Final = (20, 44, 20, 30, 3)
_TEXT_WIDTH: Final = 112
_STRONG: Final = ("score", "level")
_CHART_COLUMN: Final = 5
_CHART_GAP: Final = 24


class Front:
    """Writes the first sheet from the top down.

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
        self.row = 0

    def write(self, charts: ChartSheet) -> None:
        """Write everything, the charts at the right."""
        view = self.figures.view
        self.sheet.hide_gridlines(2)
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width)
        self.sheet.set_row(0, 34)
        self.sheet.write_string(0, 0, view.organisation, self.look.title)
        made = view.long_date(view.report_date) if view.report_date else ""
        parts = [view.wave_name, made, view.text("meta.confidential")]
        self.sheet.set_row(1, 22)
        self.sheet.write_string(1, 0, " · ".join(part for part in parts if part), self.look.lead)
        self._key_figures()
        self._findings()
        left_out = self._charts(charts)
        if left_out:
            self._prose(left_out)

    def _key_figures(self) -> None:
        table = self.figures.summary
        self.sheet.set_row(FIRST_ROW, 22)
        for column, name in enumerate(table.columns):
            self.sheet.write_string(FIRST_ROW, column, name, self.look.head)
            note = describe(self.look, table.name, name)
            self.sheet.write_comment(FIRST_ROW, column, note, comment_size(note))
        for number, row in enumerate(table.rows, start=FIRST_ROW + 1):
            for column, name in enumerate(table.columns):
                cell = row[name]
                strong = row["key"].value in _STRONG and not cell.hidden and name != "key"
                style = self.look.of(cell, size=8 if name == "key" else 10, strong=strong)
                write_cell(self.sheet, number, column, cell, style)
            self.sheet.set_row(number, height([(row["label"].text, _WIDTHS[1]), (row["value"].text, _WIDTHS[2])]))
        last = FIRST_ROW + len(table)
        define_range(self.look, self.sheet, table.name, (FIRST_ROW, 0, last, len(table.columns) - 1))
        self.row = last + 2

    def _findings(self) -> None:
        main = len(self.figures.view.findings.main())
        rows = self.figures.findings.rows[:main]
        if not rows:
            return
        self._heading("findings")
        for row in rows:
            self._prose(row["headline"].text, strong=True)
            self._prose(row["text"].text)

    def _charts(self, charts: ChartSheet) -> str:
        """Put in the charts; return the sentence on what they leave out."""
        view = self.figures.view
        profile, waves = charts.profile(), charts.waves()
        if profile is not None:
            options = {"description": build_profile(view, "").alt, "object_position": 3}
            self.sheet.insert_chart(FIRST_ROW, _CHART_COLUMN, profile[0], options)
        if waves is not None:
            alt = [
                f"{row['wave_name'].text}, {row['element_name'].text}: {row['score'].text}."
                for row in self.figures.waves
            ]
            below = {"y_offset": HEIGHT + _CHART_GAP} if profile else {}
            options = {"description": " ".join(alt), "object_position": 3, **below}
            self.sheet.insert_chart(FIRST_ROW, _CHART_COLUMN, waves, options)
        if profile is None or not profile[1]:
            return ""
        names = [f"{row['element_name'].text} ({row['score'].text})" for row in profile[1]]
        return view.language.text("deliverables.charts.not_shown", names=view.language.join(names))

    def _heading(self, key: str) -> None:
        self.sheet.set_row(self.row, 30)
        text = self.figures.view.language.text(f"deliverables.front.{key}")
        self.sheet.write_string(self.row, 0, text, self.look.heading)
        self.row += 1

    def _prose(self, text: str, *, strong: bool = False) -> None:
        style = self.look.strong if strong else self.look.prose
        self.sheet.set_row(self.row, height([(text, _TEXT_WIDTH)], size=11))
        self.sheet.merge_range(self.row, 0, self.row, 3, "", style)
        self.sheet.write_string(self.row, 0, text, style)
        self.row += 1
