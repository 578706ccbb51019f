"""Method and sources: what was measured, how the figures are made, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence

from cxassess.document import Block, Column, Columns, Heading, Page, Rich, Run, Text
from cxassess.report.pages.view import View
from cxassess.scoring.model import MINIMUM_DISTRIBUTION, MINIMUM_GROUP


def build_method(view: View) -> Page:
    """Build the page on method, data and sources."""
    left = [
        *_part(view, "measured", _measured(view)),
        *_part(view, "data", _data(view)),
        *_part(view, "scores", view.text("method.scores"), _weighting(view)),
        *_part(view, "levels", *_levels(view)),
        *_part(view, "names", *_level_names(view)),
    ]
    right = [
        *_part(view, "certain", view.text("method.certain")),
        *_part(view, "agreement", view.text("method.agreement")),
        *_part(view, "compared", view.text("method.compared"), *_benchmark(view)),
        *_part(view, "privacy", view.text("method.privacy", minimum=MINIMUM_GROUP, spread=MINIMUM_DISTRIBUTION)),
        *_part(view, "careless", view.text("method.careless")),
        *_quoted(view),
        *_part(view, "sources", view.text("method.sources")),
    ]
    blocks = (Columns((Column(6, left), Column(6, right))),)
    return Page("method", blocks, view.text("method.kicker"), view.text("method.title"), view.text("method.lead"))


def _part(view: View, key: str, *paragraphs: Rich) -> list[Block]:
    texts = [paragraph for paragraph in paragraphs if paragraph]
    if not texts:
        return []
    return [Heading(view.text(f"method.head.{key}")), *(Text(text, "small") for text in texts)]


def _measured(view: View) -> str:
    instrument = view.instrument
    return view.sentences(
        view.text(
            "method.measured",
            instrument=instrument.name,
            reference=instrument.reference,
            elements=view.counted("cover.elements", len(instrument.elements)),
            items=view.counted_digits("method.items", len(instrument.items)),
            levels=view.counted("method.level_count", instrument.level_count),
        ),
        view.text("method.asked"),
    )


def _data(view: View) -> list[Run] | str:
    source = view.source
    if source is None:
        return view.sentences(*view.notices)
    few = source.rows < MINIMUM_GROUP
    rows = view.text("answered.few") if few else view.counted_digits("method.rows", source.rows)
    runs = [Run(view.text("method.file", name=source.name, rows=rows) + " "), Run(_spaced(source.sha256), "code")]
    if source.dropped:
        runs.append(Run(" " + view.counted_digits("method.dropped", source.dropped), "strong"))
    runs += [Run(f" {notice}") for notice in view.notices]
    return runs


def _spaced(digest: str) -> str:
    """Write a hash in groups of eight, so that it can be compared by eye and breaks across lines."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def _weighting(view: View) -> str:
    instrument = view.instrument
    scheme = instrument.weighting.scheme
    equal = len({element.weight for element in instrument.elements}) == 1
    weights = ""
    if not equal:
        listed = [f"{part.name} {view.level_number(part.weight)}" for part in instrument.elements]
        weights = view.text("method.element_weights", weights=view.language.join(listed))
    given = ""
    if scheme == "weights":
        named = [
            f"{role.name} {view.level_number(instrument.weighting.weights.get(role.id, 0))}"
            for role in instrument.roles
        ]
        given = view.language.join(named)
    return view.sentences(
        view.text(f"method.weighting_{scheme}", weights=given), view.text("method.equal") if equal else weights
    )


def _levels(view: View) -> list[Rich]:
    instrument = view.instrument
    cutoffs = view.language.join([view.level_number(cut) for cut in instrument.cutoffs])
    texts = [
        view.text("method.rule_nearest", cutoffs=cutoffs),
        view.text("method.rule_staged"),
        view.text("method.rule_gated"),
        view.text("method.rule_used", rule=view.text(f"method.rule_name_{instrument.headline_rule}")),
    ]
    return [view.sentences(*texts)]


def _level_names(view: View) -> list[Rich]:
    return [
        (Run(f"{level.level} {level.name}: ", "strong"), Run(level.description)) for level in view.instrument.levels
    ]


def _benchmark(view: View) -> list[str]:
    counts = [row["n"] for row in view.rows("benchmarks") if row["n"]]
    return [view.counted_digits("method.benchmark", int(max(counts)))] if counts else []


def _quoted(view: View) -> Sequence[Block]:
    """Return the caveats on quoted figures, for instruments that build on the study behind the systematic level."""
    if view.instrument.systematic is None:
        return ()
    keys = ("study", "distribution", "switchers", "spending")
    return _part(
        view, "quoted", *(view.text(f"method.quoted_{key}", level=view.instrument.systematic.level) for key in keys)
    )
