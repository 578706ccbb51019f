"""The alias table: every word means one thing, in all languages together."""

from __future__ import annotations

import pytest
from builders_responses import INSTRUMENT, SECOND

from cxassess.instrument import Instrument, load_instrument
from cxassess.language import LANGUAGES, get_language
from cxassess.responses.headers import Header
from cxassess.responses.words import FIELDS, normal_name, normal_word, word_table

AREAS = {"columns": normal_name, "answers": normal_word, "roles": normal_word, "forms": normal_word}


@pytest.mark.parametrize("area", AREAS)
def test_no_word_means_two_things(area: str) -> None:
    meanings: dict[str, set[str]] = {}
    for code in LANGUAGES:
        for meaning, words in get_language(code).raw(f"aliases.{area}").items():
            for word in words:
                meanings.setdefault(AREAS[area](word), set()).add(meaning)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("area", AREAS)
def test_languages_know_the_same_meanings(area: str) -> None:
    groups = [set(get_language(code).raw(f"aliases.{area}")) for code in LANGUAGES]
    assert groups[0] == groups[1] == groups[2]
    if area == "columns":
        assert groups[0] == set(FIELDS)


def test_shipped_role_names_and_scale_words_are_known_in_every_language() -> None:
    versions = [load_instrument("eight_elements", code) for code in ("en", "da", "sv")]
    words = word_table(versions[0], versions[1:])
    for version in versions:
        for role in version.roles:
            assert words.roles[normal_word(role.name)] == role.id
        assert words.answers[normal_word(version.scale.dont_know)] == -1
        assert words.answers[normal_word(version.scale.not_applicable)] == -2


@pytest.mark.parametrize("instrument", [INSTRUMENT, SECOND], ids=lambda instrument: instrument.id)
def test_every_canonical_column_means_itself_alone(instrument: Instrument) -> None:
    header = Header(instrument, word_table(instrument))
    for name in header.names():
        kind = "field" if name in FIELDS else "comment" if name.startswith("comment_") else "item"
        expected = {(kind, name.removeprefix("comment_"))}
        assert header.meanings(name) == expected
        assert header.meanings(f" {name.upper()} ") == expected
    assert header.meanings("nonsense") == set()
    assert header.meanings("kommentar " + instrument.item_ids[0]) == {("comment", instrument.item_ids[0])}


def test_ids_that_differ_only_in_case_must_be_written_exactly() -> None:
    values = INSTRUMENT.model_dump()
    values["elements"] = values["elements"][:1]
    values["elements"][0]["items"][1]["id"] = "lo1"
    instrument = Instrument.model_validate(values)
    header = Header(instrument, word_table(instrument))
    assert header.meanings("LO1") == {("item", "LO1")}
    assert header.meanings("lo1") == {("item", "lo1")}
    assert len(header.meanings("Lo1")) == 2
    assert header.meanings("comment_LO1") == {("comment", "LO1")}
