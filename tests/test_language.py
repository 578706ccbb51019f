"""The texts of the three languages: complete, alike in keys and fields, and written as the language writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.numbers import format_decimal

from cxassess.language import LANGUAGES, LOCALES, Language, get_language

FOLDER = Path(__file__).parents[1] / "cxassess" / "language"
AREAS = sorted({path.name for code in LANGUAGES for path in (FOLDER / code).glob("*.yaml")})
WORD_LISTS = {"aliases.yaml"}
TEXT_AREAS = [area for area in AREAS if area not in WORD_LISTS]
CATEGORIES = {"zero", "one", "two", "few", "many", "other"}
FIELD = re.compile(r"\{(\w+)\}")


def read(code: str, area: str) -> Any:
    return yaml.safe_load((FOLDER / code / area).read_text(encoding="utf-8"))


def is_plural(node: Any) -> bool:
    return isinstance(node, dict) and "other" in node and set(node) <= CATEGORIES


def messages(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each message under its dotted key; plural forms stay together."""
    if isinstance(node, dict) and not is_plural(node):
        for key, inner in node.items():
            yield from messages(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from messages(inner, f"{path}[{place}]")
    else:
        yield path, node


def texts(node: Any) -> list[str]:
    return [text for _, message in messages(node) for text in (message.values() if is_plural(message) else [message])]


def fields(message: Any) -> set[str]:
    forms = message.values() if is_plural(message) else [message]
    return {field for form in forms for field in FIELD.findall(str(form))}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_area_exists_in_every_language(code: str, area: str) -> None:
    assert isinstance(read(code, area), dict)


@pytest.mark.parametrize("area", TEXT_AREAS)
@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_same_keys_and_fields_as_english(code: str, area: str) -> None:
    english, other = dict(messages(read("en", area))), dict(messages(read(code, area)))
    assert list(other) == list(english)
    # A form for one may spell out the number, so that plural forms are compared together, without the count itself.
    count = {"n", "count"}
    differing = {key for key in english if fields(english[key]) - count != fields(other[key]) - count}
    assert not differing


@pytest.mark.parametrize("area", TEXT_AREAS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_forms_are_those_of_the_locale(code: str, area: str) -> None:
    rule = get_language(code).locale.plural_form
    needed = set(rule.tags) | {"other"}
    for key, message in messages(read(code, area)):
        if is_plural(message):
            assert set(message) == needed, key
            assert "n" in FIELD.findall(message["other"]) or fields(message["other"]), key


@pytest.mark.parametrize("area", TEXT_AREAS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_texts_are_clean(code: str, area: str) -> None:
    for text in texts(read(code, area)):
        assert isinstance(text, str), f"{text!r} is not quoted in {code}/{area}"
        assert "'" not in text, text
        assert '"' not in text, text
        assert "  " not in text, text
        assert "..." not in text, text
        rest = FIELD.sub("", text)
        assert "{" not in rest, text
        assert "}" not in rest, text


@pytest.mark.parametrize("code", LANGUAGES)
def test_quotation_marks_are_the_same_throughout_a_language(code: str) -> None:
    everything = "".join(text for area in TEXT_AREAS for text in texts(read(code, area)))
    allowed = {"en": "“”", "da": "»«", "sv": "”"}[code]
    assert {mark for mark in everything if mark in "“”„»«"} <= set(allowed)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_key_twice(code: str, area: str) -> None:
    def check(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), f"{code}/{area}: {sorted(keys)}"
        for inner in node.value if not isinstance(node, yaml.ScalarNode) else ():
            for part in inner if isinstance(inner, tuple) else (inner,):
                check(part)

    check(yaml.compose((FOLDER / code / area).read_text(encoding="utf-8"), Loader=yaml.SafeLoader))


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_findings_are_translated(code: str) -> None:
    english, other = dict(messages(read("en", "findings.yaml"))), dict(messages(read(code, "findings.yaml")))
    same = {
        key
        for key in english
        if english[key] == other[key] and re.search(r"[a-z]{4}", FIELD.sub("", str(english[key])))
    }
    assert not same


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize(
    ("code", "number", "thousands", "signed", "minus", "percent", "day", "joined"),
    [
        ("en", "2.44", "1,234,567.9", "+0.30", "−0.38", "84%", "12 November 2026", "a, b and c"),
        ("da", "2,44", "1.234.567,9", "+0,30", "−0,38", "84\u00a0%", "12. november 2026", "a, b og c"),
        ("sv", "2,44", "1\u00a0234\u00a0567,9", "+0,30", "−0,38", "84\u00a0%", "12 november 2026", "a, b och c"),
    ],
)
def test_numbers_dates_and_lists(
    code: str, number: str, thousands: str, signed: str, minus: str, percent: str, day: str, joined: str
) -> None:
    language = get_language(code)
    assert language.number(2.44) == number
    assert language.number(1234567.89, 1) == thousands
    assert language.signed(0.3) == signed
    assert language.signed(-0.38) == minus
    assert language.signed(0.001) == language.number(0)
    assert language.percent(0.84) == percent
    assert language.date(date(2026, 11, 12)) == day
    assert language.join(["a", "b", "c"]) == joined


@pytest.mark.parametrize("code", ["en", "da", "sv"])
def test_small_numbers_are_written_as_babel_writes_them(code: str) -> None:
    language = get_language(code)
    numbers = [0, -0.0, 2.5, 0.005, -0.005, 2.675, 1e-9, -1e-20, 998.999, -998.9996, 999, 1000]
    numbers += [step / 16 - 40 for step in range(1300)]
    for number in numbers:
        for digits in range(4):
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            written = format_decimal(number, pattern, locale=language.locale)
            expected = written.replace("-", "\u2212" if re.search("[1-9]", written) else "")
            assert language.number(float(number), digits) == expected, (number, digits)


def language_of(**messages: Any) -> Language:
    english = get_language("en")
    return Language("en", english.locale, {"area": messages})


def test_values_are_never_read_as_messages() -> None:
    language = language_of(greeting="Hello {name}")
    assert language.text("area.greeting", name="{other} {name}") == "Hello {other} {name}"


def test_plural_is_chosen_by_n() -> None:
    language = language_of(files={"one": "One file", "other": "{n} files"})
    assert [language.text("area.files", n=n) for n in (0, 1, 2)] == ["0 files", "One file", "2 files"]


def test_unknown_keys_and_languages_are_named() -> None:
    with pytest.raises(KeyError, match=r"en: area\.nothing"):
        language_of(greeting="Hello").text("area.nothing")
    with pytest.raises(ValueError, match="'no' is not one of en, da, sv"):
        get_language("no")
    assert set(LOCALES) == set(LANGUAGES)
