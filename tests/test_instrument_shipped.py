"""The shipped instrument: complete, within its lengths, and the same in the three languages."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest

from cxassess.instrument import Instrument, Item, check_instrument, list_shipped, load_instrument
from cxassess.instrument.text_rules import normalise

LANGUAGES = ("en", "da", "sv")
FINISHED = {
    (
        "LO1",
        "en",
        3,
    ): "Every member of top management meets customers or sits with the front line at least once a quarter",
    ("LO1", "da", 3): "Alle i topledelsen møder kunder eller sidder med hos frontlinjen mindst én gang i kvartalet",
    ("LO1", "sv", 3): "Alla i högsta ledningen träffar kunder eller sitter med i frontlinjen minst en gång i kvartalet",
}
TARGETS = {
    "en": "How we set targets for what customers experience",
    "da": "Sådan sætter vi mål for det, kunderne oplever",
    "sv": "Så sätter vi mål för det som kunderna upplever",
}
NUMBER_WORDS = {
    "en": "one two three four five six seven eight nine ten eleven twelve",
    "da": "en,én,et,ét to tre fire fem seks syv otte ni ti elleve tolv",
    "sv": "en,ett två tre fyra fem sex sju åtta nio tio elva tolv",
}
TURNS = {  # other ways of saying a number
    "en": {r"\btwice\b": "two"},
    "da": {r"\bhver anden\b": "two", r"\b(to|tre|fire|fem)(?=års|dages|ugers|måneders)": r"\1 "},
    "sv": {r"\bvarannan\b": "two", r"\b(två|tre|fyra|fem)(?=års|dagars|veckors|månaders)": r"\1 "},
}


@pytest.fixture(scope="module", params=LANGUAGES)
def instrument(request: pytest.FixtureRequest) -> Instrument:
    return load_instrument("eight_elements", request.param)


def list_texts(instrument: Instrument) -> list[tuple[str, str]]:
    """Every text of an instrument with a name that says where it stands."""
    found: list[tuple[str, str]] = [("name", instrument.name), ("description", instrument.description)]
    found += [(f"level {level.level}", text) for level in instrument.levels for text in (level.name, level.description)]
    found += [(role.id, text) for role in instrument.roles for text in (role.name, role.description)]
    found += [(cause.id, text) for cause in instrument.root_causes for text in (cause.name, cause.meaning)]
    found += [("scale", text) for text in instrument.scale.model_dump().values()]
    for element in instrument.elements:
        found += [(element.id, text) for text in (element.name, element.in_sentence, element.meaning)]
        for step in element.steps:
            texts = (step.title, step.action, step.who, step.after_90_days)
            found += [(f"{element.id} {step.from_level}", text) for text in texts]
    for item in instrument.items:
        found += [(item.id, text) for text in (item.name, item.short, item.evidence)]
        found += [(f"{item.id} {anchor.level}", anchor.text) for anchor in item.anchors]
    return found


def count_words(text: str) -> int:
    """Words as a person counts them: a number and its % sign are one."""
    return len(re.sub(r"(\d)\s+%", r"\1%", text).split())


def test_it_has_no_problems() -> None:
    assert list_shipped() == ("eight_elements",)
    assert check_instrument("eight_elements") == []


def test_it_has_eight_elements_of_four_items_and_five_levels(instrument: Instrument) -> None:
    assert [element.id for element in instrument.elements] == [
        "leadership_ownership",
        "customer_strategy",
        "data_transparency",
        "leadership_cadence",
        "back_office",
        "employee_enablement",
        "middle_managers",
        "persistence",
    ]
    assert [len(element.items) for element in instrument.elements] == [4] * 8
    assert len(set(instrument.item_ids)) == 32
    assert instrument.level_count == 5
    assert instrument.cutoffs == (1.5, 2.5, 3.5, 4.5)
    assert instrument.reference == "eight_elements@1.0"
    assert instrument.weighting.scheme == "roles"
    for item in instrument.items:
        assert [anchor.level for anchor in item.anchors] == [1, 2, 3, 4, 5]
    for element in instrument.elements:
        assert [step.from_level for step in element.steps] == [1, 2, 3, 4]


def test_the_pulse_form_has_one_item_of_every_element(instrument: Instrument) -> None:
    assert [sum(item.pulse for item in element.items) for element in instrument.elements] == [1] * 8
    assert len([item for item in instrument.items if item.pulse]) == 8


def test_every_role_is_asked_enough_of_every_element(instrument: Instrument) -> None:
    high, low = "top_management", "front_line"
    assert instrument.role_gap is not None
    assert (instrument.role_gap.high, instrument.role_gap.low) == (high, low)
    for element in instrument.elements:
        for role in instrument.roles:
            asked = [item.id for item in element.items if role.id in item.roles]
            assert len(asked) >= 2, (element.id, role.id, asked)
        assert sum(high in item.roles and low in item.roles for item in element.items) >= 2, element.id
    for role in instrument.roles:
        assert 20 <= len(instrument.items_for(role.id)) <= 32, role.id
        assert instrument.items_for(role.id, pulse=True), role.id


def test_every_root_cause_has_items_in_several_elements(instrument: Instrument) -> None:
    for cause in instrument.root_causes:
        elements = {item.element for item in instrument.items if cause.id in item.root_causes}
        assert len(elements) >= 3, cause.id
    assert all(item.root_causes for item in instrument.items)


def test_lengths_hold(instrument: Instrument) -> None:
    long = []
    for item in instrument.items:
        long += [f"{item.id} {a.level}: {count_words(a.text)}" for a in item.anchors if count_words(a.text) > 35]
        long += [f"{item.id} short: {len(item.short)}"] * (len(item.short) > 38)
    for element in instrument.elements:
        words = count_words(element.meaning)
        long += [f"{element.id} meaning: {words}"] * (not 45 <= words <= 80)
        for step in element.steps:
            where = f"{element.id} {step.from_level}"
            long += [f"{where} title: {len(step.title)}"] * (len(step.title) > 46)
            long += [f"{where} who: {len(step.who)}"] * (len(step.who) > 40)
            long += [f"{where} action: {count_words(step.action)}"] * (count_words(step.action) > 30)
            long += [f"{where} after: {count_words(step.after_90_days)}"] * (count_words(step.after_90_days) > 28)
    long += [f"level {level.level}" for level in instrument.levels if not 25 <= count_words(level.description) <= 45]
    long += ["why"] * (len(instrument.scale.why) > 60)
    assert long == []


def test_steps_are_honest(instrument: Instrument) -> None:
    steps = [step for element in instrument.elements for step in element.steps]
    assert all(step.effort <= 2 and step.weeks[0] <= 4 for step in steps if step.quick_win)
    assert any(step.quick_win for step in steps)
    assert len({step.effort for step in steps}) >= 3
    assert len({step.impact for step in steps}) >= 3
    assert all(step.milestones for step in steps)


def test_no_text_says_the_same_as_another(instrument: Instrument) -> None:
    anchors = Counter(normalise(anchor.text) for item in instrument.items for anchor in item.anchors)
    assert [text for text, count in anchors.items() if count > 1] == []
    steps = [step for element in instrument.elements for step in element.steps]
    for field in ("title", "action", "after_90_days"):
        texts = Counter(normalise(getattr(step, field)) for step in steps)
        assert [text for text, count in texts.items() if count > 1] == [], field


def test_texts_are_clean(instrument: Instrument) -> None:
    straight = [text for _, text in list_texts(instrument) if re.search("[\"']|\\.\\.\\.| - |  | ,|--", text)]
    assert straight == []
    no_space = [
        text
        for _, text in list_texts(instrument)
        if re.search(r"\d +%" if instrument.language == "en" else r"\d%", text)
    ]
    assert no_space == []
    foreign = {"en": "æøåäöÆØÅÄÖ", "da": "äöÄÖ", "sv": "æøÆØ"}[instrument.language]
    assert [text for _, text in list_texts(instrument) if set(text) & set(foreign)] == []


def test_sentences_end_with_a_full_stop(instrument: Instrument) -> None:
    for item in instrument.items:
        assert all(anchor.text.endswith(".") for anchor in item.anchors), item.id
        assert item.evidence.endswith("."), item.id
        assert not item.name.endswith((".", ":")), item.id
        assert not item.short.endswith("."), item.id
    for element in instrument.elements:
        assert element.meaning.endswith(".")
        for step in element.steps:
            assert step.action.endswith("."), (element.id, step.from_level)
            assert step.after_90_days.endswith("."), (element.id, step.from_level)
            assert not step.title.endswith("."), (element.id, step.from_level)
            assert not step.who.endswith("."), (element.id, step.from_level)


def test_the_finished_items_stand_as_they_were_written(instrument: Instrument) -> None:
    language = instrument.language
    for (item_id, code, level), text in FINISHED.items():
        if code == language:
            assert instrument.item(item_id).anchors[level - 1].text.startswith(text)
    data = instrument.element("data_transparency")
    assert TARGETS[language] in [item.name for item in data.items]


def _read_numbers(text: str, language: str) -> list[str]:
    """Numerals in a text, and number words from two upwards; *one* is an article too often to be compared."""
    words = {
        word: str(number)
        for number, spellings in enumerate(NUMBER_WORDS[language].split(), start=1)
        for word in spellings.split(",")
        if number > 1
    }
    text = text.casefold()
    for pattern, turn in TURNS[language].items():
        text = re.sub(pattern, turn, text)
    words["two"] = "2"
    found = re.findall(r"\d+(?:[.,]\d+)?|\w+", text)
    return sorted(words.get(word, word) for word in found if word in words or word[0].isdigit())


@pytest.mark.parametrize("language", ["da", "sv"])
def test_numbers_are_the_same_in_all_languages(language: str) -> None:
    english, other = load_instrument("eight_elements", "en"), load_instrument("eight_elements", language)
    different = []
    for (where, text), (_, theirs) in zip(list_texts(english), list_texts(other), strict=True):
        numbers, their_numbers = _read_numbers(text, "en"), _read_numbers(theirs, language)
        if numbers != their_numbers:
            different.append((where, numbers, their_numbers, text, theirs))
    assert different == []


@pytest.mark.parametrize("language", ["da", "sv"])
def test_only_the_texts_differ_between_languages(language: str) -> None:
    texts = {"name", "short", "evidence", "anchors"}
    english, other = load_instrument("eight_elements", "en"), load_instrument("eight_elements", language)

    def structure(item: Item) -> dict[str, object]:
        return item.model_dump(exclude=texts)

    assert [structure(item) for item in english.items] == [structure(item) for item in other.items]
    for mine, theirs in zip(english.items, other.items, strict=True):
        assert mine.name != theirs.name
        for anchor, their_anchor in zip(mine.anchors, theirs.anchors, strict=True):
            assert anchor.text != their_anchor.text


def test_neighbouring_anchors_differ_in_their_words(instrument: Instrument) -> None:
    for item in instrument.items:
        for lower, upper in pairwise(item.anchors):
            one, two = (set(normalise(anchor.text).split()) for anchor in (lower, upper))
            assert len(one & two) / len(one | two) < 0.6, (item.id, lower.level)
