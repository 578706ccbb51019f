"""The form, the pages around it and the component's words: what a host hands to the browser."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from cxassess import CxassessError, load_instrument
from cxassess.engagement import Refused
from cxassess.engagement.model import RefusalCode
from cxassess.instrument import Instrument
from cxassess.language import LANGUAGES, get_language
from cxassess.questionnaire import (
    build_form,
    build_page,
    build_refusal,
    build_words,
    count_items,
    estimate_minutes,
    read_static,
)

INSTRUMENTS = {code: load_instrument(language=code) for code in ("da", "en", "sv")}
ROLES = [role.id for role in INSTRUMENTS["en"].roles]
SELF_SERVICE = Path(__file__).parent / "fixtures" / "instruments" / "self_service"


def page(texts: dict | None = None, **options: object) -> dict:
    plain = {"organisation": "Fjordvarme", "languages": ["da", "en"], "minutes": 18, "anonymous": False}
    return build_page(texts, **(plain | {"closes_on": None} | options))  # type: ignore[arg-type]


# ---------------------------------------------------------------- form


@pytest.mark.parametrize("form", ["full", "pulse"])
@pytest.mark.parametrize("role", ROLES)
def test_a_form_has_the_items_of_its_role_in_the_instruments_order(role: str, form: str) -> None:
    built = build_form(INSTRUMENTS, role=role, form=form)  # type: ignore[arg-type]
    asked = INSTRUMENTS["en"].items_for(role, pulse=form == "pulse")
    assert [item["id"] for element in built["elements"] for item in element["items"]] == [item.id for item in asked]
    assert all(element["items"] for element in built["elements"])
    assert count_items(built) == len(asked)
    assert json.loads(json.dumps(built)) == built


def test_every_text_of_a_form_is_there_in_every_language() -> None:
    built = build_form(INSTRUMENTS, role="front_line")
    assert built["levels"] == 5
    assert [spoken["name"] for spoken in built["languages"]] == ["Dansk", "English", "Svenska"]
    for element in built["elements"]:
        for item in element["items"]:
            for code, instrument in INSTRUMENTS.items():
                told = instrument.item(item["id"])
                assert element["name"][code] == instrument.element(element["id"]).name
                assert item["name"][code] == told.name
                assert item["why"][code] == instrument.scale.why
                assert item["anchors"][code] == [anchor.text for anchor in told.anchors]


def test_elements_without_items_for_the_role_are_left_out() -> None:
    spoken = {code: load_instrument(SELF_SERVICE, code) for code in load_instrument(SELF_SERVICE).languages}
    first = next(iter(spoken.values()))
    for role in first.roles:
        built = build_form(spoken, role=role.id)
        with_items = [each.id for each in first.elements if any(role.id in item.roles for item in each.items)]
        assert [element["id"] for element in built["elements"]] == with_items
        assert built["levels"] == first.level_count


def test_a_role_that_is_unknown_or_asked_nothing_is_refused() -> None:
    with pytest.raises(CxassessError, match=r'no role "janitor".*\n.*top_management'):
        build_form(INSTRUMENTS, role="janitor")
    elements = tuple(
        element.model_copy(
            update={"items": tuple(item.model_copy(update={"pulse": False}) for item in element.items)},
        )
        for element in INSTRUMENTS["en"].elements
    )
    fields = {name: getattr(INSTRUMENTS["en"], name) for name in Instrument.model_fields}
    silent = Instrument(**(fields | {"elements": elements}))
    with pytest.raises(CxassessError, match=r"pulse form .* asks nothing"):
        build_form({"en": silent}, role="front_line", form="pulse")


def test_minutes_follow_the_number_of_items() -> None:
    full, pulse = (build_form(INSTRUMENTS, role="front_line", form=form) for form in ("full", "pulse"))  # type: ignore[arg-type]
    assert (count_items(full), estimate_minutes(full)) == (24, 18)
    assert (count_items(pulse), estimate_minutes(pulse)) == (8, 6)


# ---------------------------------------------------------------- pages


def said(built: dict, code: str = "en") -> str:
    """Return everything that a page says in one language."""
    texts = [built["title"], built["lead"], *(fact[part] for fact in built["facts"] for part in ("term", "text"))]
    return "\n".join(text[code] for text in [*texts, *(step["text"] for step in built["next"])])


def test_without_texts_only_what_holds_everywhere_is_promised() -> None:
    linked, anonymous = said(page()), said(page(anonymous=True))
    for text in (linked, anonymous):
        assert "at least 5 people" in text
    assert "only those who run the questionnaire can connect" in linked
    assert "without your name" in anonymous
    assert "without your name" not in linked
    assert page()["did"] is None


def test_the_day_and_the_number_of_items_are_said_when_they_are_known() -> None:
    built = page(closes_on=date(2026, 12, 5), items=24)
    assert "senest den 5. december" in said(built, "da")
    assert "by 5 December" in said(built)
    assert "24 spørgsmål." in said(built, "da")
    assert "One question." in said(page(items=1))
    assert "december" not in said(page()).lower()
    assert not re.search(r"\b0\b", said(page()))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("anonymous", [True, False])
def test_no_field_is_left_open(code: str, anonymous: bool) -> None:
    built = page(languages=LANGUAGES, anonymous=anonymous, closes_on=date(2026, 1, 2), items=3)
    assert not re.search(r"[{}]", said(built, code))


def test_own_texts_replace_the_defaults_and_fall_back_to_what_was_written() -> None:
    built = page(
        {
            "title": {"da": "Vores kunder"},
            "lead": "Same everywhere",
            "contact": "anna@example.com",
            "next": ["First", {"en": "Then"}],
            "did": {"list": [{"said": "S", "state": "Done.", "done": "D"}]},
        }
    )
    assert built["title"] == {"da": "Vores kunder", "en": "Vores kunder"}
    assert built["lead"]["en"] == "Same everywhere"
    assert built["facts"][-1]["text"]["en"] == "anna@example.com"
    assert [step["text"]["en"] for step in built["next"]][:2] == ["First", "Then"]
    assert built["next"][-1]["icon"] == "pen"
    assert built["did"]["title"]["en"] == "What we did with your last answers"
    assert built["did"]["list"][0]["state"]["da"] == "Done."


def test_hostile_names_and_texts_are_passed_on_as_they_are() -> None:
    hostile = "{organisation}</script><img src=x onerror=alert(1)>{0}"
    built = page({"title": hostile}, organisation=hostile)
    assert built["title"]["en"] == hostile
    assert built["lead"]["en"].startswith(hostile + " would like")


def test_every_problem_of_the_texts_is_told_at_once() -> None:
    with pytest.raises(CxassessError) as caught:
        page({"titel": "x", "lead": 3, "next": "one", "did": {"list": [{"said": "x"}]}})
    assert len(caught.value.problems) >= 4


# ---------------------------------------------------------------- words


def test_the_component_says_nothing_that_the_words_lack() -> None:
    source = read_static("component.js")
    keys = set(re.findall(r'speak\("(\w+)"', source))
    chosen = re.findall(r"speak\(([^\"`][^;]*?)\)", source)
    keys |= {key for part in chosen for key in re.findall(r'"(\w+)"', part)} - {"submit"}
    words = build_words()["en"]
    assert keys - set(words) == set()
    unused = {key for key in words if f'"{key}"' not in source}
    assert unused == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_forms_are_the_ones_a_browser_asks_for(code: str) -> None:
    tags = set(get_language(code).locale.plural_form.tags) | {"other"}
    for key, message in build_words()[code].items():
        assert isinstance(message, str) or set(message) == tags, key


def test_a_language_of_an_instrument_that_is_not_spoken_here_falls_back_to_english() -> None:
    words = build_words(["de", "sv"])
    assert words["de"] == build_words()["en"]
    assert words["sv"]["start"] == "Börja"
    assert page(languages=["de"])["title"]["de"] == page()["title"]["en"]


@pytest.mark.parametrize("code", RefusalCode.__args__)  # type: ignore[attr-defined]
def test_every_refusal_is_told_in_every_language(code: str) -> None:
    told = build_refusal(Refused(code).code)  # type: ignore[arg-type]
    assert set(told) == set(LANGUAGES)
    assert len(set(told.values())) == len(LANGUAGES)


def test_no_other_file_can_be_read_as_static() -> None:
    for name in ("../words.py", "component.js/../../words.py", "", "x.js"):
        with pytest.raises(FileNotFoundError):
            read_static(name)


def test_the_component_sets_no_markup_and_fetches_nothing() -> None:
    source = read_static("component.js")
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "import "):
        assert forbidden not in source, forbidden
    for text in (source.replace("http://www.w3.org/2000/svg", ""), read_static("component.css")):
        assert "http" not in text
        assert "@import" not in text
