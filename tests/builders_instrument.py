"""Instruments to test with, and what their files say as an ordinary YAML reader understands them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from cxassess.instrument import Instrument

SELF_SERVICE = Path(__file__).parent / "fixtures" / "instruments" / "self_service"
SHIPPED = Path(__file__).parents[1] / "cxassess" / "instrument" / "eight_elements"


def read_yaml(path: Path) -> Any:
    """Read a file with all that YAML allows."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=loader)


def assert_same(instrument: Instrument, structure: Any, texts: Any) -> None:
    """Compare an instrument with its files as an ordinary YAML reader understands them."""
    assert (instrument.id, instrument.version) == (structure["id"], structure["version"])
    assert instrument.languages == tuple(structure["languages"])
    assert (instrument.language, instrument.name) == (texts["language"], texts["name"])
    assert instrument.description == texts["description"]
    assert instrument.level_count == structure["levels"]
    assert instrument.cutoffs == tuple(structure["cutoffs"])
    assert instrument.headline_rule == structure["headline_rule"]
    assert instrument.weighting.model_dump() == {"weights": {}, **structure["weighting"]}
    for name in ("systematic", "role_gap"):
        part = getattr(instrument, name)
        mine = None if part is None else json.loads(part.model_dump_json())
        assert mine == structure.get(name)
    for level in instrument.levels:
        assert {"name": level.name, "description": level.description} == texts["levels"][str(level.level)]
    assert [role.id for role in instrument.roles] == structure["roles"]
    assert [cause.id for cause in instrument.root_causes] == structure["root_causes"]
    for part in (*instrument.roles, *instrument.root_causes):
        mine = part.model_dump(exclude={"id"})
        assert mine in (texts["roles"].get(part.id), texts["root_causes"].get(part.id))
    assert instrument.scale.model_dump() == texts["scale"]
    assert [element.id for element in instrument.elements] == [part["id"] for part in structure["elements"]]
    for element, part in zip(instrument.elements, structure["elements"], strict=True):
        assert element.weight == part["weight"]
        words = texts["elements"][element.id]
        assert (element.name, element.in_sentence, element.meaning) == tuple(
            words[key] for key in ("name", "in_sentence", "meaning")
        )
        assert [item.id for item in element.items] == [item["id"] for item in part["items"]]
        for item, item_part in zip(element.items, part["items"], strict=True):
            expected = {**item_part, **texts["items"][item.id], "element": element.id}
            anchors = [{"level": int(level), "text": text} for level, text in expected.pop("anchors").items()]
            assert json.loads(item.model_dump_json()) == {**expected, "anchors": anchors}
        steps = {step["from"]: step for step in part["steps"]}
        assert [step.from_level for step in element.steps] == list(range(1, instrument.level_count))
        for step in element.steps:
            expected = {**steps[step.from_level], **words["steps"][str(step.from_level)]}
            expected["from_level"] = expected.pop("from")
            assert json.loads(step.model_dump_json()) == expected
