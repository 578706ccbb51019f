"""From a file to everything that can be said of one organisation: the few lines that a notebook needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxassess.context import OrganisationContext, read_contexts
from cxassess.errors import CxassessError
from cxassess.findings import Findings, find
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.report.brand import load_brand
from cxassess.report.build import Report, build_report
from cxassess.responses import Source, order_waves, read_responses
from cxassess.scoring import Benchmark, ShownScores, apply_privacy, read_benchmark, score_responses


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
    responses: str | Path,
    *,
    organisation: str = "",
    wave: str = "",
    language: str = "en",
    instrument: str | Path = "eight_elements",
    context: str | Path = "",
    benchmark: str | Path = "",
    source: Mapping[str, Any] | None = None,
    lenient: bool = False,
) -> Assessment:
    """Read a responses file and assess one organisation.

    Parameters
    ----------
    responses : str or Path
        CSV or XLSX, wide or long.
    organisation : str
        As named in the file; may be left out when the file holds only one.
    wave : str
        The wave to assess, with all before it for comparison; the newest if left out.
    language : {"en", "da", "sv"}
        Language of the instrument's texts, the findings and the report.
    instrument : str or Path
        A shipped instrument, or the path of one.
    context : str or Path
        YAML of invited people, targets and events.
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
    loaded = load_instrument(instrument, language)
    everything = read_responses(Path(responses), loaded, lenient=lenient)
    names = everything.organisations
    if (organisation and organisation not in names) or (not organisation and len(names) > 1):
        what = f"there is no {organisation!r} in it" if organisation else f"it holds {len(names)} organisations"
        listed = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        raise CxassessError.single(str(responses), what, f"choose one of them by name: {listed}")
    own = everything.select(organisation or names[0])
    waves = order_waves(own.answers)
    if wave and wave not in waves:
        raise CxassessError.single(str(responses), f"there is no wave {wave!r}", f"use one of: {', '.join(waves)}")
    chosen = wave or waves[-1]
    own = own.until(chosen)
    name = own.organisations[0]
    contexts = read_contexts(Path(context), language) if context else {}
    compared: Benchmark | None = read_benchmark(benchmark) if benchmark else None
    shown = apply_privacy(score_responses(own, contexts=contexts, benchmark=compared), own)
    found = find(shown, organisation=name, wave=chosen, context=contexts.get(name))
    origin = Source(**source) if source else everything.source
    return Assessment(loaded, name, chosen, shown, found, contexts.get(name), origin)
