"""How the workbook looks: the brand's two colours, few kinds of cells, and each figure with its own decimals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from xlsxwriter import Workbook

from cxassess.deliverables.cells import Cell, Kind
from cxassess.document import Brand
from cxassess.language import Language
from cxassess.report.colours import WHITE, tint_of

QUIET: Final = "#5E6A72"
LINE: Final = "#DDE1E4"
BAND: Final = "#F4F5F6"
_CALCULATED: Final = ("=", "+", "-", "@", "\t", "\r")
_FIGURES: Final[Mapping[Kind, str]] = {
    "count": "#,##0",
    "score": "0.00",
    "signed": '"+"0.00;"\u2212"0.00;0.00',
    "p": "0.000",
    "date": "yyyy-mm-dd",
}


@dataclass
class Look:
    """The formats of one workbook, each made once.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        Where the formats go.
    brand : Brand
        Accent and ink.
    language : Language
        Decides how per cent are written.
    """

    book: Workbook
    brand: Brand
    language: Language
    _made: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict, init=False, repr=False)

    def make(self, **values: object) -> Any:
        """Return a format of these properties on top of the workbook's own type."""
        base: dict[str, object] = {"font_name": "Calibri", "font_size": 10, "font_color": self.brand.ink}
        wanted = {**base, "valign": "top", **values}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(wanted)
        return self._made[key]

    @property
    def title(self) -> Any:
        """The title of the first sheet."""
        return self.make(font_name="Georgia", font_size=22)

    @property
    def lead(self) -> Any:
        """The line under the title."""
        return self.make(font_size=12, font_color=QUIET)

    @property
    def heading(self) -> Any:
        """A heading on the first sheet."""
        return self.make(font_name="Georgia", font_size=14, font_color=self.brand.accent, valign="bottom")

    @property
    def prose(self) -> Any:
        """Running text."""
        return self.make(font_size=11, text_wrap=True)

    @property
    def strong(self) -> Any:
        """The first words of a text."""
        return self.make(font_size=11, bold=True, text_wrap=True)

    @property
    def big(self) -> Any:
        """The figure that counts most."""
        return self.make(font_name="Georgia", font_size=28, font_color=self.brand.accent, align="left")

    @property
    def head(self) -> Any:
        """The head of a column of texts."""
        return self.make(bold=True, font_color=WHITE, bg_color=self.brand.ink, valign="vcenter", indent=1)

    @property
    def head_figure(self) -> Any:
        """The head of a column of figures."""
        return self.make(
            bold=True, font_color=WHITE, bg_color=self.brand.ink, valign="vcenter", align="right", indent=1
        )

    @property
    def head_entry(self) -> Any:
        """The head of a column that people fill in."""
        return self.make(bold=True, font_color=WHITE, bg_color=self.brand.accent, valign="vcenter", indent=1)

    def entry(self, kind: Kind = "text", *, quiet: bool = False) -> Any:
        """Return the format of a cell to fill in; ``quiet`` for one that is better left alone."""
        values: dict[str, object] = {"text_wrap": True, "border": 1, "border_color": LINE, "align": "left", "indent": 1}
        values["num_format"] = self.number_format(kind) if kind in {"date", "count"} else "@"
        if quiet:
            return self.make(font_color=QUIET, font_size=8, **values)
        return self.make(bg_color=tint_of(self.brand.accent), **values)

    def of(self, cell: Cell, *, size: float = 10, strong: bool = False) -> Any:
        """Return the format of a cell of a table."""
        values: dict[str, object] = {"bottom": 1, "bottom_color": LINE, "font_size": size, "indent": 1}
        if strong:
            values |= {"bold": True, "font_color": self.brand.accent}
        if cell.hidden:
            align = "left" if cell.kind in {"text", "long"} else "right"
            return self.make(**values, italic=True, font_color=QUIET, align=align)
        if cell.kind in {"text", "long"}:
            if isinstance(cell.value, str) and cell.value.startswith(_CALCULATED):
                values["quote_prefix"] = True
            return self.make(**values, align="left", text_wrap=cell.kind == "long")
        return self.make(**values, num_format=self.number_format(cell.kind), align="right")

    def number_format(self, kind: Kind) -> str:
        """Return how a spreadsheet writes figures of a kind; it puts in its own decimal mark."""
        if kind == "flag":
            yes, no = (self.language.text(f"deliverables.flag_{word}") for word in ("yes", "no"))
            return f'"{yes}";"{yes}";"{no}"'
        if kind in {"share", "chance"}:
            percent = "0%" if self.language.code == "en" else '0"\u00a0"%'
            if kind == "share":
                return percent
            under, over = (self.language.text(f"report.chance.{side}", limit="") for side in ("under", "over"))
            low, high = self.language.percent(0.01), self.language.percent(0.99)
            return f'[<0.01]"{under}{low}";[>0.99]"{over}{high}";{percent}'
        return _FIGURES.get(kind, "General")
