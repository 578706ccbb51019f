"""An instrument's files, merged into one frozen ``Instrument`` in one language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cxassess.errors import CxassessError
from cxassess.instrument.check import InstrumentFiles, read_files
from cxassess.instrument.files import ElementPart, ElementText, ItemPart, StructureFile, TextFile
from cxassess.instrument.model import (
    Anchor,
    Element,
    Instrument,
    Item,
    MaturityLevel,
    NextStep,
    Role,
    RoleGap,
    RootCause,
    Scale,
    Systematic,
    Weighting,
)
from cxassess.instrument.sources import list_shipped


def load_instrument(source: str | Path = "eight_elements", language: str = "en") -> Instrument:
    """Load an instrument in one language.

    All its files are checked, also those of the other languages. Shipped instruments are read once.

    Parameters
    ----------
    source : str or Path
        A shipped id, a folder with an ``instrument.yaml``, or the path of that file.
    language : str
        One of the instrument's languages.

    Returns
    -------
    Instrument

    Raises
    ------
    CxassessError
        With every problem of the instrument's files, or if it does not speak the language.
    """
    if isinstance(source, str) and source in list_shipped():
        return _load_shipped(source, language)
    return _build(read_files(source), source, language)


@cache
def _load_shipped(shipped_id: str, language: str) -> Instrument:
    return _build(read_files(shipped_id), shipped_id, language)


def _build(files: InstrumentFiles, source: str | Path, language: str) -> Instrument:
    if files.problems:
        raise CxassessError(files.problems)
    structure, texts = files.structure, files.texts.get(language)
    if structure is None or texts is None:
        what = f'there is no language "{language}" in this instrument'
        raise CxassessError.single(str(source), what, f"Choose one of {', '.join(sorted(files.texts))}.")
    return Instrument(
        id=structure.id,
        version=structure.version,
        language=language,
        languages=structure.languages,
        name=texts.name,
        description=texts.description,
        levels=tuple(
            MaturityLevel(level=level, **texts.levels[str(level)].model_dump())
            for level in range(1, structure.levels + 1)
        ),
        cutoffs=structure.cutoffs,
        headline_rule=structure.headline_rule,
        weighting=Weighting(scheme=structure.weighting.scheme, weights=dict(structure.weighting.weights)),
        systematic=_build_systematic(structure),
        role_gap=_build_role_gap(structure),
        roles=tuple(Role(id=role, **texts.roles[role].model_dump()) for role in structure.roles),
        root_causes=tuple(
            RootCause(id=cause, **texts.root_causes[cause].model_dump()) for cause in structure.root_causes
        ),
        elements=tuple(_build_element(element, texts) for element in structure.elements),
        scale=Scale(**texts.scale.model_dump()),
    )


def _build_systematic(structure: StructureFile) -> Systematic | None:
    part = structure.systematic
    return None if part is None else Systematic(level=part.level, elements=part.elements)


def _build_role_gap(structure: StructureFile) -> RoleGap | None:
    part = structure.role_gap
    return None if part is None else RoleGap(high=part.high, low=part.low)


def _build_element(part: ElementPart, texts: TextFile) -> Element:
    text = texts.elements[part.id]
    return Element(
        id=part.id,
        weight=part.weight,
        name=text.name,
        in_sentence=text.in_sentence,
        meaning=text.meaning,
        items=tuple(_build_item(item, part.id, texts) for item in part.items),
        steps=_build_steps(part, text),
    )


def _build_item(part: ItemPart, element_id: str, texts: TextFile) -> Item:
    text = texts.items[part.id]
    anchors = (Anchor(level=int(level), text=anchor) for level, anchor in text.anchors.items())
    return Item(
        **part.model_dump(),
        element=element_id,
        name=text.name,
        short=text.short,
        evidence=text.evidence,
        anchors=tuple(sorted(anchors, key=lambda anchor: anchor.level)),
    )


def _build_steps(part: ElementPart, text: ElementText) -> tuple[NextStep, ...]:
    steps = sorted(part.steps, key=lambda step: step.from_level)
    return tuple(NextStep(**step.model_dump(), **text.steps[str(step.from_level)].model_dump()) for step in steps)
