"""From a file to everything that can be said of one organisation: the few lines that a notebook needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cxassess.context import OrganisationContext, read_contexts
from cxassess.engagement import is_engagement
from cxassess.engagement.reading import join_contexts, read_engagement
from cxassess.errors import CxassessError
from cxassess.findings import Findings, find
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.report.brand import load_brand
from cxassess.report.build import Report, build_report
from cxassess.responses import Source, order_waves, read_responses
from cxassess.scoring import ShownScores, apply_privacy, read_benchmark, score_responses
from cxassess.scoring.stored import read_shown

_DEFAULT: Final = "eight_elements"


@dataclass(frozen=True)
class Assessment:
    """One organisation's wave: its scores after the privacy gate, and what they mean.

    Parameters
    ----------
    instrument : Instrument
        In the language of the texts to come.
    organisation, wave : str
        What was assessed.
    shown : ShownScores
        The scores that may be shown, of this and all earlier waves.
    findings : Findings
        What they mean, data first.
    context : OrganisationContext or None
        What is known besides.
    source : Source
        The file that the responses came from.
    """

    instrument: Instrument
    organisation: str
    wave: str
    shown: ShownScores
    findings: Findings
    context: OrganisationContext | None
    source: Source

    def report(self, *, brand: str | Path = "") -> Report:
        """Build the report in the instrument's language; ``brand`` is the path of a brand file."""
        return build_report(
            self.shown,
            self.findings,
            instrument=self.instrument,
            organisation=self.organisation,
            wave=self.wave,
            language=self.instrument.language,
            context=self.context,
            brand=load_brand(brand) if brand else None,
            source=self.source,
        )


def assess(
    responses: str | Path = "",
    *,
    scores: str | Path = "",
    organisation: str = "",
    wave: str = "",
    language: str = "en",
    instrument: str | Path = "",
    context: str | Path = "",
    benchmark: str | Path = "",
    source: Mapping[str, Any] | None = None,
    lenient: bool = False,
) -> Assessment:
    """Read a responses file, an engagement, or stored scores, and assess one organisation.

    Parameters
    ----------
    responses : str or Path
        CSV or XLSX, wide or long; or an engagement, of which the newest snapshot of each wave is read.
    scores : str or Path
        Scores of one organisation that have passed the privacy gate, as ``write_shown`` stores them, instead of
        responses. Then ``benchmark`` and ``lenient`` have no meaning: what they change is in the scores.
    organisation : str
        As named in the file; may be left out when the file holds only one.
    wave : str
        The wave to assess, with all before it for comparison; the newest if left out.
    language : {"en", "da", "sv"}
        Language of the instrument's texts, the findings and the report.
    instrument : str or Path
        A shipped instrument, or the path of one; an engagement's own, or ``eight_elements``, if left out.
    context : str or Path
        YAML of invited people, targets and events. Of an engagement, how many were invited is known without.
    benchmark : str or Path
        CSV of scores to compare with.
    source : mapping, optional
        Fields of ``Source`` to print instead of the file's own, when it was made from another file.
    lenient : bool
        Leave bad answers out instead of refusing the file.

    Raises
    ------
    CxassessError
        With every problem in the file, or when it is not clear which organisation is meant.
    """
    contexts = read_contexts(Path(context), language) if context else {}
    if scores:
        loaded = load_instrument(instrument or _DEFAULT, language)
        shown = read_shown(Path(scores), loaded)
        name = _choose("organisation", organisation, tuple(shown.waves["organisation"].unique()), scores)
        waves = tuple(shown.waves.sort_values("order")["wave"])
        chosen = _choose("wave", wave or waves[-1], waves, scores)
        origin = Source(Path(scores).name, "", "mixed", 0)
    else:
        if is_engagement(responses):
            frozen = read_engagement(responses, instrument=instrument, language=language)
            everything, contexts = frozen.responses, join_contexts(contexts, frozen.contexts)
        else:
            everything = read_responses(
                Path(responses), load_instrument(instrument or _DEFAULT, language), lenient=lenient
            )
        loaded = everything.instrument
        name = _choose("organisation", organisation, everything.organisations, responses)
        own = everything.select(name)
        waves = order_waves(own.answers)
        chosen = _choose("wave", wave or waves[-1], waves, responses)
        own = own.until(chosen)
        compared = read_benchmark(benchmark) if benchmark else None
        shown = apply_privacy(score_responses(own, contexts=contexts, benchmark=compared), own)
        origin = everything.source
    found = find(shown, organisation=name, wave=chosen, context=contexts.get(name))
    return Assessment(loaded, name, chosen, shown, found, contexts.get(name), Source(**source) if source else origin)


def _choose(what: str, wanted: str, known: Sequence[str], where: str | Path) -> str:
    """Return the one that is wanted, or the only one there is."""
    if wanted in known:
        return wanted
    if not wanted and len(known) == 1:
        return known[0]
    found = f"there is no {what} {wanted!r} in it" if wanted else f"it holds {len(known)} {what}s"
    listed = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    raise CxassessError.single(str(where), found, f"choose one of them by name: {listed}")
