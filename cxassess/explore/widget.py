"""The interactive assessment as a widget: what is chosen in traits, what is seen from the report's own pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from threading import RLock
from typing import Any, Final

import anywidget
import traitlets

from cxassess.assessment import Assessment
from cxassess.errors import CxassessError
from cxassess.explore.choice import Choice
from cxassess.explore.exchange import answer, told
from cxassess.explore.files import name_files, write_report
from cxassess.explore.material import Material, open_material
from cxassess.explore.stage import Stage
from cxassess.instrument.model import LEVEL_RULES
from cxassess.report.brand import load_brand
from cxassess.report.build import Report
from cxassess.scoring.model import ROLE, UNIT

HandOver = Callable[[Assessment, Path], object]
_CHOSEN: Final = ("organisation", "wave", "role", "unit", "language", "rule", "target", "view", "element", "item")
_STATIC: Final = files(__package__).joinpath("static")


class Explorer(anywidget.AnyWidget):
    """The assessment of one organisation and wave, to be looked through and tried out.

    What is chosen stands in traits that can be set and observed; an unknown or hidden choice is refused. The browser
    gets the page that is shown and nothing else: no scores that are not on it, and none that are hidden.

    Parameters
    ----------
    source : str, Path or Material
        An engagement, a CSV or XLSX file of responses, or the name of a sample; the first sample if left out.
    context : str or Path
        YAML of invited people, targets and events; a sample brings its own.
    organisation, wave : str
        To begin with; the first one, and its newest wave, if left out.
    language : {"en", "da", "sv"}
        To begin with.
    instrument : str or Path
        A shipped instrument, or the path of one; an engagement's own, or ``eight_elements``, if left out.
    benchmark, brand : str or Path
        CSV of scores to compare with; YAML of name, colours and logo.
    folder : str or Path
        Where printed reports go; beside the notebook if left out.
    hand_over : callable, optional
        Makes all the client's files of an assessment in a folder; without it there is no such button.
    lenient : bool
        Leave bad answers out instead of refusing the file.

    Raises
    ------
    CxassessError
        With every problem in the file.

    Examples
    --------
    >>> explorer = Explorer(language="da")  # doctest: +SKIP
    >>> explorer.view = "waves"  # doctest: +SKIP
    """

    _esm = _STATIC.joinpath("explore.js").read_text(encoding="utf-8")
    _css = _STATIC.joinpath("explore.css").read_text(encoding="utf-8")
    screen = traitlets.Dict().tag(sync=True)
    page = traitlets.Unicode("").tag(sync=True)

    organisation = traitlets.Unicode("")
    wave = traitlets.Unicode("")
    role = traitlets.Unicode("")
    unit = traitlets.Unicode("")
    language = traitlets.Unicode("en")
    rule = traitlets.Unicode("")
    target = traitlets.Unicode("")
    view = traitlets.Unicode("overview")
    element = traitlets.Unicode("")
    item = traitlets.Unicode("")
    #: Of the thought experiment: element or item → levels to move it.
    moves = traitlets.Dict(key_trait=traitlets.Unicode(), value_trait=traitlets.Float())

    def __init__(
        self,
        source: str | Path | Material = "",
        *,
        context: str | Path = "",
        organisation: str = "",
        wave: str = "",
        language: str = "en",
        instrument: str | Path = "",
        benchmark: str | Path = "",
        brand: str | Path = "",
        folder: str | Path = "",
        hand_over: HandOver | None = None,
        lenient: bool = False,
    ) -> None:
        self._lock = RLock()
        self._settled = False
        self._hand_over = hand_over
        self._folder = Path(folder).resolve()
        if not isinstance(source, Material):
            source = open_material(source, context=context, instrument=instrument, benchmark=benchmark, lenient=lenient)
        self._stage = Stage(source, load_brand(brand) if brand else None)
        super().__init__()
        first = organisation or source.organisations[0]
        self.rule = source.responses.instrument.headline_rule
        self.element = source.responses.instrument.elements[0].id
        self.language = language
        self.organisation = first
        if wave:
            self.wave = wave
        self._settled = True
        self._show()
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"<Explorer: {self.organisation}, {self.wave}>"

    # ------------------------------------------------------------ what is chosen

    @property
    def choice(self) -> Choice:
        """Everything that is chosen, as one value."""
        moves = tuple(sorted(self.moves.items()))
        return Choice(**{name: getattr(self, name) for name in _CHOSEN}, moves=moves)

    @property
    def assessment(self) -> Assessment:
        """The assessment that is shown: the scores, the findings, the context."""
        return self._stage.know(self.choice).assessment

    @property
    def report(self) -> Report:
        """The report of what is shown, as it is printed."""
        return self._stage.know(self.choice).report

    @property
    def hidden(self) -> dict[str, str]:
        """Roles and units that may not be shown, each with the reason."""
        return {group.name: group.hidden for group in self._stage.groups(self.choice) if group.hidden}

    @traitlets.validate(*_CHOSEN)
    def _check(self, proposal: Any) -> str:
        """Refuse what cannot be chosen."""
        name, value = proposal["trait"].name, proposal["value"]
        if value not in self._allowed(name):
            raise traitlets.TraitError(self._why_not(name, value))
        return str(value)

    @traitlets.validate("moves")
    def _check_moves(self, proposal: Any) -> dict[str, float]:
        instrument = self._stage.material.responses.instrument
        known = {*instrument.item_ids, *(element.id for element in instrument.elements)}
        unknown = set(proposal["value"]) - known
        if unknown:
            raise traitlets.TraitError(f"moves: there is no element or item {', '.join(sorted(unknown))}")
        return {key: by for key, by in proposal["value"].items() if by}

    def _allowed(self, name: str) -> tuple[str, ...]:
        material = self._stage.material
        instrument = material.responses.instrument
        if name in ("role", "unit"):
            kind = ROLE if name == "role" else UNIT
            groups = self._stage.groups(self.choice) if self.wave else ()
            return ("", *(one.key.removeprefix(kind) for one in groups if one.key.startswith(kind) and not one.hidden))
        if name == "item":
            return ("", *(item.id for item in instrument.element(self.element).items))
        fixed: Mapping[str, Callable[[], tuple[str, ...]]] = {
            "organisation": lambda: material.organisations,
            "wave": lambda: material.waves(self.organisation),
            "language": lambda: material.languages,
            "rule": lambda: LEVEL_RULES,
            "target": lambda: self._stage.targets(self.choice),
            "view": lambda: self._stage.views(self.choice) if self.wave else ("overview",),
            "element": lambda: tuple(element.id for element in instrument.elements),
        }
        return fixed[name]()

    def _why_not(self, name: str, value: str) -> str:
        hidden = self._stage.groups(self.choice) if name in ("role", "unit") and self.wave else ()
        reason = next((one.hidden for one in hidden if one.key == f"{name}:{value}" and one.hidden), "")
        if reason:
            return f"{name}: {value!r} is hidden: {reason}"
        known = ", ".join(repr(one) for one in self._allowed(name)[:12])
        return f"{name}: {value!r} is not one of {known}"

    def choose(self, **values: str) -> None:
        """Choose several things at once, and draw the screen once: ``choose(view="elements", element="persistence")``.

        Raises
        ------
        traitlets.TraitError
            For the first that cannot be chosen; those before it are.
        """
        unknown = set(values) - set(_CHOSEN)
        if unknown:
            raise traitlets.TraitError(f"there is nothing to choose called {', '.join(sorted(unknown))}")
        with self._lock:
            settled, self._settled = self._settled, False
            try:
                for name, value in values.items():
                    setattr(self, name, value)
            finally:
                self._settled = settled
                self._show()

    def prepare(self) -> None:
        """Draw the pages with charts now, so that they are there when they are asked for."""
        self._stage.prepare(self.choice)

    # ------------------------------------------------------------ what follows

    @traitlets.observe(*_CHOSEN, "moves")
    def _changed(self, change: Any) -> None:
        with self._lock:
            settled, self._settled = self._settled, False
            try:
                self._follow(change["name"])
            finally:
                self._settled = settled
            if settled:
                self._show()

    def _follow(self, name: str) -> None:
        """Set what depends on a choice, so that all choices fit together."""
        if name == "organisation":
            self.role = self.unit = ""
            self.target = self._stage.targets(self.choice)[0]
            self.wave = self._stage.material.waves(self.organisation)[-1]
        if name in ("organisation", "wave"):
            self.moves = {}
            for kind in ("role", "unit"):
                if getattr(self, kind) not in self._allowed(kind):
                    setattr(self, kind, "")
            if self.view not in self._allowed("view"):
                self.view = "overview"
        if name == "role" and self.role:
            self.unit = ""
        if name == "unit" and self.unit:
            self.role = ""
        if name == "element":
            self.item = ""

    def _show(self) -> None:
        choice = self.choice
        screen = self._stage.describe(choice, can_hand_over=self._hand_over is not None)
        page = self._stage.draw(choice)
        with self.hold_sync():
            self.screen, self.page = screen, page

    # ------------------------------------------------------------ files

    def print_report(self) -> Path:
        """Print the report of what is shown: same organisation, wave, language, level rule and target.

        Returns
        -------
        Path
            Where the PDF is: beside the notebook, or in the ``folder`` given.
        """
        return write_report(self.report, self._folder / f"{self._name_files()}.pdf")

    def hand_over(self) -> Path:
        """Make all the client's files of what is shown, and return the folder they are in."""
        if self._hand_over is None:
            raise CxassessError.single("hand_over", "nothing was given that makes the files", "Give it to Explorer.")
        folder = self._folder / self._name_files()
        folder.mkdir(parents=True, exist_ok=True)
        self._hand_over(self.assessment, folder)
        return folder

    def _name_files(self) -> str:
        choice = self.choice
        rule = self._stage.material.responses.instrument.headline_rule
        return name_files(choice, rule=rule, target=self._stage.targets(choice)[0])

    # ------------------------------------------------------------ the browser

    def _receive(self, _: object, message: Mapping[str, Any], __: object) -> None:
        """Obey a message of the browser; whatever comes of it, it is told."""
        with self._lock:
            try:
                reply, content = answer(self, message)
            except Exception as error:
                self.send(told(self, "failed", reason=type(error).__name__))
                raise
            self.send(reply, buffers=content)
