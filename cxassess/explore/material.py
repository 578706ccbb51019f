"""What is explored: responses read once, scored once an organisation and wave, and worded in any language at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from cxassess.assessment import Assessment
from cxassess.context import OrganisationContext, read_contexts
from cxassess.engagement import is_engagement, open_engagement
from cxassess.engagement.reading import join_contexts, read_engagement
from cxassess.errors import CxassessError
from cxassess.explore.changed import aim, decide_by, until
from cxassess.findings import find
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument, LevelRule
from cxassess.language import LANGUAGES
from cxassess.resources import sample_path
from cxassess.responses import Responses, order_waves, read_responses
from cxassess.scoring import ShownScores, apply_privacy, read_benchmark, score_responses
from cxassess.scoring.benchmark import Benchmark

SAMPLE: Final = "nordvand.csv"
_DEFAULT: Final = "eight_elements"
_COMPARED_ALONE: Final = 2  # of so many first waves, none is compared with more than the one before it


@dataclass
class Material:
    """Responses with what is known about their organisations.

    Scoring takes time on many responses, the rest does not: so scores are kept by organisation and wave, and what
    follows from them is made anew as often as somebody chooses something.

    Parameters
    ----------
    responses : Responses
        Of any number of organisations and waves.
    speak : callable
        Language → the instrument in it.
    know : callable
        Language → what is known about each organisation.
    benchmark : Benchmark, optional
        Scores to compare with.
    """

    responses: Responses
    speak: Callable[[str], Instrument]
    know: Callable[[str], Mapping[str, OrganisationContext]]
    benchmark: Benchmark | None = None
    _waves: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)
    _shown: dict[tuple[str, str], ShownScores] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def organisations(self) -> tuple[str, ...]:
        """Names of the organisations, as in the responses."""
        return self.responses.organisations

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the instrument and the report both speak."""
        return tuple(code for code in LANGUAGES if code in self.responses.instrument.languages)

    def waves(self, organisation: str) -> tuple[str, ...]:
        """Return an organisation's waves, oldest first."""
        if organisation not in self._waves:
            self._waves[organisation] = tuple(order_waves(self.responses.select(organisation).answers))
        return self._waves[organisation]

    def shown(self, organisation: str, wave: str) -> ShownScores:
        """Return what may be shown of an organisation up to a wave; scored when it is first asked for."""
        key = (organisation, wave)
        if key not in self._shown:
            waves = self.waves(organisation)
            newest = self._shown.get((organisation, waves[-1]))
            early = waves.index(wave) < _COMPARED_ALONE
            self._shown[key] = until(newest, waves, wave) if newest and early else self._score(organisation, wave)
        return self._shown[key]

    def _score(self, organisation: str, wave: str) -> ShownScores:
        own = self.responses.select(organisation).until(wave)
        contexts = self.know(self.responses.instrument.language)
        return apply_privacy(score_responses(own, contexts=contexts, benchmark=self.benchmark), own)

    def assess(
        self, organisation: str, wave: str, language: str, *, rule: LevelRule | str = "", target: str = ""
    ) -> Assessment:
        """Return the assessment of an organisation's wave, as ``cxassess.assess`` makes it.

        Parameters
        ----------
        organisation, wave : str
            As in the responses.
        language : str
            One of ``languages``.
        rule : {"nearest", "staged", "gated"}
            The rule that the level follows; the instrument's own if left out.
        target : str
            ``""`` for the organisation's own target, ``none`` for none, or a level that all elements are to reach.
        """
        shown, instrument = self.shown(organisation, wave), self.speak(language)
        if rule and rule != instrument.headline_rule:
            shown, instrument = decide_by(shown, rule), instrument.model_copy(update={"headline_rule": rule})
        shown = replace(shown, instrument=instrument)
        known = self.know(language).get(organisation)
        context = aim(known, target, shown, organisation, wave) if target else known
        found = find(shown, organisation=organisation, wave=wave, context=context)
        return Assessment(instrument, organisation, wave, shown, found, context, self.responses.source)


def open_material(
    source: str | Path = "",
    *,
    context: str | Path = "",
    instrument: str | Path = "",
    benchmark: str | Path = "",
    lenient: bool = False,
) -> Material:
    """Read what is to be explored.

    Parameters
    ----------
    source : str or Path
        An engagement (``.cxa``), a CSV or XLSX file of responses, or the name of a sample; the first sample if empty.
    context : str or Path
        YAML of invited people, targets and events; a sample brings its own.
    instrument : str or Path
        A shipped instrument, or the path of one; an engagement's own, or ``eight_elements``, if left out.
    benchmark : str or Path
        CSV of scores to compare with.
    lenient : bool
        Leave bad answers out instead of refusing the file.

    Raises
    ------
    CxassessError
        With every problem in the file.
    """
    path, context = _find(source, context)
    compared = read_benchmark(benchmark) if benchmark else None
    given = cache(lambda language: read_contexts(Path(context), language) if context else {})
    if not is_engagement(path):
        speak = cache(lambda language: load_instrument(instrument or _DEFAULT, language))
        return Material(read_responses(Path(path), speak("en"), lenient=lenient), speak, given, compared)
    frozen = read_engagement(path, instrument=instrument)
    first, reference = frozen.responses.instrument, frozen.responses.instrument.reference

    def speak_own(language: str) -> Instrument:
        if language == first.language:
            return first
        with open_engagement(path) as engagement:
            return engagement.instrument(language, reference)

    joined = cache(lambda language: join_contexts(given(language), frozen.contexts))
    return Material(frozen.responses, cache(speak_own), joined, compared)


def _find(source: str | Path, context: str | Path) -> tuple[str | Path, str | Path]:
    """Return the path or address of what is to be read, and the path of its context."""
    if source and is_engagement(source):
        return source, context
    name = str(source) or SAMPLE
    path = Path(name)
    if path.exists():
        return path, context
    try:
        path = sample_path(name)
    except FileNotFoundError as error:
        remedy = "Give the path of an engagement or of a file of responses, or leave it out to look at the sample."
        raise CxassessError.single(name, "there is no such file", remedy) from error
    beside = path.with_suffix(".context.yaml")
    return path, context or (beside if beside.exists() else "")
