"""Loading: what the files say is what the instrument holds, for any instrument."""

from __future__ import annotations

import shutil
from pathlib import Path

import jsonschema
import pytest
from builders_instrument import SELF_SERVICE, SHIPPED, assert_same, read_yaml

from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument, show_instrument
from cxassess.instrument.schema import SCHEMAS, make_schema, read_schema, write_schemas


@pytest.mark.parametrize(
    ("folder", "language"),
    [(SHIPPED, "en"), (SHIPPED, "da"), (SHIPPED, "sv"), (SELF_SERVICE, "en"), (SELF_SERVICE, "da")],
    ids=["eight en", "eight da", "eight sv", "own en", "own da"],
)
def test_an_instrument_holds_what_its_files_say(folder: Path, language: str) -> None:
    structure, texts = read_yaml(folder / "instrument.yaml"), read_yaml(folder / f"{language}.yaml")
    assert_same(load_instrument(folder, language), structure, texts)


def test_the_second_instrument_is_quite_different() -> None:
    instrument = load_instrument(SELF_SERVICE, "da")
    assert instrument.level_count == 7
    assert [len(element.items) for element in instrument.elements] == [2, 3, 5]
    assert [role.id for role in instrument.roles] == ["service_owner", "agent", "user"]
    assert instrument.systematic is None
    assert instrument.weighting.weights == {"service_owner": 1.0, "agent": 2.0, "user": 3.0}
    assert instrument.item("SO3").root_causes == ()
    assert instrument.elements[0].step_from(6) is not None
    assert instrument.elements[0].step_from(7) is None


def test_sources_that_mean_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    by_folder = load_instrument(SELF_SERVICE)
    assert load_instrument(str(SELF_SERVICE)) == by_folder
    assert load_instrument(SELF_SERVICE / "instrument.yaml") == by_folder
    assert load_instrument(SHIPPED) == load_instrument()
    shutil.copytree(SELF_SERVICE, tmp_path / "eight_elements")
    monkeypatch.chdir(tmp_path)
    assert load_instrument("eight_elements").id == "eight_elements"
    assert load_instrument("./eight_elements").id == "self_service"
    assert load_instrument(Path("eight_elements")).id == "self_service"


def test_the_structure_file_may_have_another_name(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SELF_SERVICE, tmp_path / "own"))
    (folder / "instrument.yaml").rename(folder / "desk.yaml")
    assert load_instrument(folder / "desk.yaml") == load_instrument(SELF_SERVICE)


def test_shipped_instruments_are_read_once() -> None:
    assert load_instrument("eight_elements", "sv") is load_instrument("eight_elements", "sv")


def test_an_own_instrument_is_read_anew(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SELF_SERVICE, tmp_path / "own"))
    before = load_instrument(folder)
    path = folder / "en.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Finding help", "Getting help"), encoding="utf-8")
    assert before.elements[0].name == "Finding help"
    assert load_instrument(folder).elements[0].name == "Getting help"


@pytest.mark.parametrize("source", ["eight_elements", SELF_SERVICE])
def test_an_unknown_language_names_those_that_exist(source: str | Path) -> None:
    with pytest.raises(CxassessError) as error:
        load_instrument(source, "fi")
    (problem,) = error.value.problems
    assert '"fi"' in problem.what
    assert "da, en" in problem.remedy


def test_steps_may_stand_in_any_order(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SELF_SERVICE, tmp_path / "own"))
    path = folder / "instrument.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if "{from: 1" in line)
    lines[first : first + 6] = reversed(lines[first : first + 6])
    path.write_text("\n".join(lines), encoding="utf-8")
    assert load_instrument(folder) == load_instrument(SELF_SERVICE)


# ---------------------------------------------------------------- JSON Schemas


@pytest.mark.parametrize("file_name", SCHEMAS)
def test_shipped_schemas_are_not_stale(file_name: str) -> None:
    remedy = "run python -m cxassess.instrument.schema"
    assert read_schema(file_name) == make_schema(file_name), remedy
    jsonschema.Draft202012Validator.check_schema(read_schema(file_name))


def test_schemas_are_written_as_they_are_shipped(tmp_path: Path) -> None:
    for path in write_schemas(tmp_path):
        assert path.read_bytes() == (SHIPPED.parent / "schemas" / path.name).read_bytes()


@pytest.mark.parametrize("folder", [SHIPPED, SELF_SERVICE], ids=["eight", "own"])
def test_instruments_validate_against_the_schemas(folder: Path) -> None:
    structure = jsonschema.Draft202012Validator(read_schema("structure.schema.json"))
    texts = jsonschema.Draft202012Validator(read_schema("texts.schema.json"))
    structure.validate(read_yaml(folder / "instrument.yaml"))
    for language in read_yaml(folder / "instrument.yaml")["languages"]:
        texts.validate(read_yaml(folder / f"{language}.yaml"))


@pytest.mark.parametrize(
    ("file_name", "path", "value"),
    [
        ("structure", ["levels"], 11),
        ("structure", ["levels"], "7"),
        ("structure", ["extra"], "x"),
        ("structure", ["systematic"], None),
        ("structure", ["role_gap", "high"], "1 role"),
        ("structure", ["elements", 0, "weight"], 0),
        ("structure", ["elements", 0, "steps", 0, "weeks"], [1, 14]),
        ("structure", ["elements", 0, "steps", 0, "weeks"], [1]),
        ("structure", ["elements", 0, "items", 0, "roles"], []),
        ("texts", ["language"], "English"),
        ("texts", ["items", "FH1", "short"], ""),
        ("texts", ["items", "FH1", "short"], " x"),
        ("texts", ["items", "FH1", "anchors", "11"], "x"),
        ("texts", ["items", "F H"], {}),
        ("texts", ["roles", "user", "letter"], "AB"),
    ],
)
def test_the_schemas_refuse_what_the_check_refuses(file_name: str, path: list[str | int], value: object) -> None:
    data = read_yaml(SELF_SERVICE / ("instrument.yaml" if file_name == "structure" else "en.yaml"))
    node = data
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    validator = jsonschema.Draft202012Validator(read_schema(f"{file_name}.schema.json"))
    assert not validator.is_valid(data)


# ---------------------------------------------------------------- showing


@pytest.mark.parametrize(
    ("source", "language", "words"),
    [
        ("eight_elements", "en", ["pulse", "Next steps", "Top management’s ownership", "1.5 · 2.5"]),
        ("eight_elements", "da", ["puls", "Næste skridt", "Topledelsens ejerskab", "1,5 · 2,5"]),
        ("eight_elements", "sv", ["puls", "Nästa steg", "Högsta ledningens ägarskap", "1,5 · 2,5"]),
        (SELF_SERVICE, "da", ["Tjenesteejere 1, Medarbejdere i servicedesken 2, Brugere 3"]),
    ],
)
def test_everything_is_shown_in_the_instruments_language(source: str | Path, language: str, words: list[str]) -> None:
    instrument = load_instrument(source, language)
    shown = show_instrument(instrument, width=200)
    running = " ".join(shown.split())
    for word in words:
        assert word in running
    texts = [anchor.text for item in instrument.items for anchor in item.anchors]
    texts += [text for item in instrument.items for text in (item.id, item.name, item.evidence)]
    texts += [text for element in instrument.elements for text in (element.name, element.meaning)]
    texts += [step.action for element in instrument.elements for step in element.steps]
    texts += [level.description for level in instrument.levels]
    assert [text for text in texts if text not in running] == []
    assert "{" not in shown
    pulse = {"en": "[pulse]", "da": "[puls]", "sv": "[puls]"}[language]
    assert shown.count(pulse) == sum(item.pulse for item in instrument.items)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_line_is_wider_than_asked(width: int) -> None:
    lines = show_instrument(load_instrument(language="da"), width=width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert not any(line != line.rstrip() for line in lines)


def test_a_language_that_reports_do_not_speak_is_shown_with_english_words() -> None:
    instrument = load_instrument(SELF_SERVICE).model_copy(update={"language": "fi"})
    assert "Next steps" in show_instrument(instrument)
