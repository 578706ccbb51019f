"""The questionnaire in a real browser: by mouse and by keyboard, in three languages, on a phone and on a desktop."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders_questionnaire import EMPTY, LANGUAGES, Host, make_traits, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = "axe-core@4"
PHONE, DESKTOP = (390, 844), (1440, 900)
SIZES = {"phone": PHONE, "desktop": DESKTOP}
PAYLOADS = [
    *(f"<{tag} onload=hit() onerror=hit() src=x>" for tag in ("img", "svg", "iframe", "video", "audio", "body")),
    *(f"<{tag} onfocus=hit() autofocus tabindex=0>" for tag in ("input", "select", "textarea", "button", "a", "div")),
    *(f"<{tag}>hit()</{tag}>" for tag in ("script", "SCRIPT", "script type=module", "ScRiPt")),
    *(f"{end}<script>hit()</script>" for end in ("</textarea>", "</title>", "</style>", "</script>", "-->", "]]>")),
    *(f"{quote} onmouseover=hit() x={quote}" for quote in ('"', "'", "`")),
    *(f"{scheme}:hit()" for scheme in ("javascript", "JaVaScRiPt", "vbscript")),
    "data:text/html,<script>hit()</script>",
    "<a href='javascript:hit()'>x</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=hit()>",
    "<svg><script>hit()</script></svg>",
    "<svg/onload=hit()>",
    "<embed src=javascript:hit()>",
    "<details open ontoggle=hit()>",
    "<marquee onstart=hit()>",
    "<object data=javascript:hit()>",
    "<meta http-equiv=refresh content='0;url=javascript:hit()'>",
    "<base href=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "${hit()}",
    "{{constructor.constructor('hit()')()}}",
    "{n}{total}{answered}",
    "{__proto__}",
    "__proto__",
    "$& $1 $` $$",
    "\\u003cscript\\u003ehit()\\u003c/script\\u003e",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "%3Cscript%3Ehit()%3C/script%3E",
    "\u202e<img src=x onerror=hit()>",
]


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return axe-core's source; it is fetched by npm into a folder of the tests, unless AXE_CORE names the file."""
    given = os.environ.get("AXE_CORE")
    if given:
        return Path(given).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so axe-core cannot be fetched; AXE_CORE may name its file")
    folder = tmp_path_factory.mktemp("axe")
    fetch = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), AXE]
    done = subprocess.run(fetch, capture_output=True, text=True, check=False, timeout=180)
    if done.returncode:
        pytest.skip(f"npm cannot fetch {AXE}: {done.stderr[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def host() -> Iterator[Host]:
    with serve(Host()) as served:
        yield served


def open_page(watched: Any, host: Host, **query: str) -> Any:
    """Open the questionnaire in the watched page."""
    watched.page.goto(f"{host.address}/?" + "&".join(f"{key}={value}" for key, value in query.items()))
    watched.page.wait_for_selector(".cxq h1")
    return watched.page


def press(page: Any, name: str) -> None:
    """Press a button of the component by its class."""
    page.locator(f".cxq-page .cxq-{name}").last.click()


def open_element(page: Any, place: int) -> None:
    """Go to an element through the list of sections."""
    if page.locator(".cxq-menu").is_visible():
        page.locator(".cxq-menu").click()
    page.locator(f'.cxq-sections [data-element="{place}"]').click()


def open_review(page: Any) -> None:
    """Go to the page where answers are sent."""
    if page.locator(".cxq-menu").is_visible():
        page.locator(".cxq-menu").click()
    page.locator(".cxq-sections li:last-child button").click()


def saved(page: Any) -> None:
    """Wait until the page says that everything is saved."""
    page.wait_for_selector('.cxq-save[data-kind="saved"]', state="attached")


def choose(page: Any, item: str, place: int) -> None:
    """Choose an option of an item: 0–4 the anchors, 5 and 6 what is set apart."""
    page.locator(f'[data-item="{item}"] input[type=radio]').nth(place).click()


def clean(watched: Any) -> None:
    """Check that nothing was asked of other machines, refused by the policy, or failed."""
    assert watched.outside == []
    assert watched.errors == []
    assert watched.page.evaluate("window.violations") == []


def find_faults(page: Any, axe: str) -> list[str]:
    """Return what axe finds on the page as it is."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(axe)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found]


def wanted(place: int) -> dict[str, Any]:
    """Return the answer that is given to the item at a place."""
    option = place % 7
    level = option + 1 if option < 5 else None
    flag = {5: "dont_know", 6: "not_applicable"}.get(option)
    return EMPTY | {
        "level": level,
        "flag": flag,
        "why": f"Because {place}" if level in (1, 5) else "",
        "revision": None,
    }


def content(answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return answers without their revisions."""
    return {item: answer | {"revision": None} for item, answer in answers.items()}


# ---------------------------------------------------------------- the full form


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_full_form_by_mouse(watched: Any, host: Host, lang: str) -> None:
    page = open_page(watched, host, lang=lang)
    press(page, "first")
    place = 0
    for element in host.traits["form"]["elements"]:
        assert page.locator("h1").inner_text() == element["name"][lang]
        for item in element["items"]:
            field = page.locator(f'[data-item="{item["id"]}"]')
            assert field.locator("h2").inner_text() == item["name"][lang]
            field.locator(".cxq-option").nth(place % 7).click()
            if wanted(place)["why"]:
                field.locator("textarea").fill(wanted(place)["why"])
            place += 1
        press(page, "first")
    assert page.locator("h1").inner_text() == host.traits["words"][lang]["done_title"]
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.evaluate("key => localStorage.setItem(key, '{}')", f"cxq:{host.traits['token_key']}:of-a-dead-window")
    press(page, "send")
    page.wait_for_selector(".cxq-rows")
    assert page.locator("h1").inner_text() == host.traits["words"][lang]["thanks_title"]
    assert content(host.answers) == {item: wanted(n) for n, item in enumerate(host.items)}
    assert page.evaluate("localStorage.length") == 0
    clean(watched)


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_full_form_by_keyboard_alone(watched: Any, host: Host, lang: str) -> None:
    page = open_page(watched, host, lang=lang)
    key = page.keyboard.press
    focused = "document.activeElement"

    def tab_to(selector: str, most: int = 40) -> None:
        for _ in range(most):
            if page.evaluate(f"{focused}.matches({selector!r})"):
                return
            key("Tab")
        pytest.fail(f"{selector} cannot be reached by Tab")

    tab_to(".cxq-start .cxq-first")
    key("Enter")
    place = 0
    for element in host.traits["form"]["elements"]:
        assert page.evaluate(f"{focused}.tagName") == "H1"
        for item in element["items"]:
            tab_to(f'[data-item="{item["id"]}"] input')
            key("Space")
            for _ in range(place % 7):
                key("ArrowDown")
            if wanted(place)["why"]:
                key("Tab")
                page.keyboard.type(wanted(place)["why"])
            else:
                key("Tab")
                assert page.evaluate(f"{focused}.tagName") == "BUTTON", "an item is one tab stop"
            place += 1
        tab_to(".cxq-foot .cxq-first")
        key("Enter")
    tab_to(".cxq-send")
    key("Enter")
    page.wait_for_selector(".cxq-rows")
    assert page.evaluate(f"{focused}.tagName") == "H1"
    # the arrows pass over other levels on their way: only the last one counts
    assert content(host.answers) == {item: wanted(n) for n, item in enumerate(host.items)}
    clean(watched)


# ---------------------------------------------------------------- for everybody

#: The dark colours are the same in every language: two of the three are looked at now and then.
LOOKS = [
    ("en", "light"),
    ("en", "dark"),
    *[(code, "light") for code in LANGUAGES if code != "en"],
    *[pytest.param(code, "dark", marks=pytest.mark.heavy) for code in LANGUAGES if code != "en"],
]


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
@pytest.mark.parametrize(("lang", "theme"), LOOKS)
def test_axe_finds_nothing_on_any_page(watched: Any, host: Host, lang: str, theme: str, axe: str) -> None:
    faults: dict[str, list[str]] = {}
    watched.page.emulate_media(reduced_motion="reduce")  # axe would measure contrasts of what is still fading in
    page = open_page(watched, host, lang=lang, theme=theme)
    faults["welcome"] = find_faults(page, axe)
    press(page, "first")
    for n in range(len(host.traits["form"]["elements"])):
        choose(page, host.traits["form"]["elements"][n]["items"][0]["id"], 0 if n % 2 else 4)
        faults[f"element {n}"] = find_faults(page, axe)
        press(page, "first")
    faults["review"] = find_faults(page, axe)
    if page.locator(".cxq-menu").is_visible():
        page.locator(".cxq-menu").click()
        faults["sections"] = find_faults(page, axe)
        page.keyboard.press("Escape")
    saved(page)
    host.answers["LO1"] = host.answers["LO1"] | {"level": 2, "revision": 9}
    open_element(page, 0)
    choose(page, "LO1", 2)
    page.wait_for_selector(".cxq-notes .cxq-note")
    faults["conflict"] = find_faults(page, axe)
    host.away = True
    choose(page, "LO1", 3)
    page.wait_for_selector('.cxq-save[data-kind="late"]')
    faults["not saved"] = find_faults(page, axe)
    open_review(page)
    press(page, "send")
    page.wait_for_selector(".cxq-waiting")
    faults["waiting"] = find_faults(page, axe)
    host.away = False
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(".cxq-rows")
    faults["thanks"] = find_faults(page, axe)
    page.evaluate("tell('msg:custom', { kind: 'state', state: 'closed' })")
    faults["closed"] = find_faults(page, axe)
    assert {name: found for name, found in faults.items() if found} == {}
    assert len(faults) >= 15


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_item_is_a_named_group_in_the_accessibility_tree(watched: Any, host: Host, lang: str) -> None:
    page = open_page(watched, host, lang=lang)
    press(page, "first")
    for element in host.traits["form"]["elements"]:
        for item in element["items"]:
            group = page.get_by_role("group", name=item["name"][lang], exact=True)
            assert group.count() == 1
            assert group.get_by_role("radio").count() == host.traits["form"]["levels"] + 2
            first = group.get_by_role("radio", name=item["anchors"][lang][0], exact=True)
            assert first.count() == 1
        press(page, "first")
    bar = page.get_by_role("progressbar")
    assert bar.get_attribute("aria-valuetext").startswith("0 ")


@pytest.mark.parametrize("watched", [(320, 640), (640, 480)], indirect=True, ids=["narrow", "zoomed"])
def test_nothing_scrolls_sideways_in_a_narrow_window(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="da")
    width = page.viewport_size["width"]
    press(page, "first")
    for n in range(len(host.traits["form"]["elements"])):
        choose(page, host.traits["form"]["elements"][n]["items"][0]["id"], 4)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        press(page, "first")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_the_list_of_sections_opens_where_one_is_and_closes_again(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    page.evaluate("scrollTo(0, 700)")
    page.locator(".cxq-menu").click()
    assert page.evaluate("scrollY") == 700
    assert page.evaluate("document.activeElement.getAttribute('aria-current')") == "step"
    box = page.locator(".cxq-panel").bounding_box()
    assert 0 < box["y"] < 200
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.cxq-menu')")
    assert not page.locator(".cxq-panel").is_visible()
    page.locator(".cxq-menu").click()
    page.mouse.click(380, 830)
    assert not page.locator(".cxq-panel").is_visible()


@pytest.mark.parametrize("watched", [(640, 450), (1440, 450)], indirect=True, ids=["zoomed", "low"])
def test_the_end_of_the_list_of_sections_can_be_reached_in_a_low_window(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="da")
    press(page, "first")
    if page.locator(".cxq-menu").is_visible():
        page.locator(".cxq-menu").click()
    page.locator('.cxq-nav [data-language="sv"]').click(timeout=5_000)
    assert page.evaluate("document.documentElement.lang") == "sv"


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
def test_another_language_in_the_middle_keeps_everything(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="da")
    press(page, "first")
    choose(page, "LO1", 4)
    page.locator('[data-item="LO1"] textarea').fill("Fordi")
    page.locator('[data-item="LO1"] [data-part="add"]').click()
    page.keyboard.type("Kun halvt skrevet")
    page.evaluate("tell('change:lang')")  # a host that repeats itself changes nothing
    if page.locator(".cxq-menu").is_visible():
        page.locator(".cxq-menu").click()
    page.locator('.cxq-nav [data-language="sv"]').click()
    assert page.evaluate("document.activeElement.dataset.language") == "sv"
    assert page.evaluate("document.documentElement.lang") == "sv"
    assert page.locator("h1").inner_text() == host.traits["form"]["elements"][0]["name"]["sv"]
    field = page.locator('[data-item="LO1"]')
    assert field.locator("input:checked").get_attribute("value") == "5"
    assert [box.input_value() for box in field.locator("textarea").all()] == ["Fordi", "Kun halvt skrevet"]
    saved(page)
    assert content(host.answers)["LO1"] == EMPTY | {
        "level": 5, "why": "Fordi", "comment": "Kun halvt skrevet", "revision": None,
    }  # fmt: skip


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_reload_and_another_device_show_what_was_saved(watched: Any, host: Host, browser: Any) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    choose(page, "LO1", 2)
    choose(page, "LO4", 5)
    page.locator('[data-item="LO4"] [data-part="add"]').click()
    page.keyboard.type("A comment")
    saved(page)
    page.reload()
    page.wait_for_selector("h1")
    assert "2 of 24" in page.locator(".cxq-start .cxq-hint").inner_text()
    context = browser.new_context()
    other = context.new_page()
    other.goto(f"{host.address}/?lang=sv")
    other.locator(".cxq-start .cxq-first").click()
    assert other.locator("h1").inner_text() == host.traits["form"]["elements"][1]["name"]["sv"], "where one stopped"
    open_element(other, 0)
    assert other.locator('[data-item="LO1"] input:checked').get_attribute("value") == "3"
    assert other.locator('[data-item="LO4"] textarea').input_value() == "A comment"
    context.close()


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
def test_why_is_asked_below_the_lowest_and_the_highest_and_moves_nothing(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    field = page.locator('[data-item="LO1"]')
    where = (
        "[...document.querySelectorAll('.cxq-option')].slice(0, 7).map(n => n.getBoundingClientRect().top + scrollY)"
    )
    tops = page.evaluate(where)
    for place, asked in ((0, 1), (1, 0), (4, 1), (5, 0)):
        choose(page, "LO1", place)
        assert field.locator(".cxq-why").count() == asked
        assert page.evaluate(where) == tops
    choose(page, "LO1", 0)
    assert page.get_by_role("status").first.inner_text() == host.traits["words"]["en"]["why_shown"]
    field.locator("textarea").fill("Seen it")
    choose(page, "LO1", 2)
    assert field.locator("textarea").input_value() == "Seen it", "what was written stays"
    field.locator('[data-part="clear"]').click()
    assert field.locator("input:checked").count() == 0
    assert page.evaluate("document.activeElement.type") == "radio"
    saved(page)
    assert content(host.answers)["LO1"] == EMPTY | {"why": "Seen it", "revision": None}


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
def test_only_one_message_of_an_item_is_under_way(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    page.evaluate(
        "[0, 1, 2, 3, 2, 1, 0, 3].forEach(n => document.querySelectorAll('[data-item=LO1] input')[n].click())"
    )
    saved(page)
    revisions = [message["revision"] for message in host.messages]
    assert revisions == list(range(len(revisions)))
    assert host.answers["LO1"]["level"] == 4
    assert len(revisions) == 2


# ---------------------------------------------------------------- when something is in the way


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
def test_unsaved_answers_are_told_kept_and_replayed(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    host.away = True
    choose(page, "LO1", 2)
    choose(page, "LO4", 1)
    assert page.locator(".cxq-save").get_attribute("data-kind") == "saving"
    page.wait_for_selector('.cxq-save[data-kind="late"]')
    assert page.locator(".cxq-save").inner_text() == "Not saved yet (2), kept on this device"
    assert page.locator('.cxq > [role="status"]').inner_text() == "Not saved yet (2), kept on this device"
    page.reload()
    press(page, "first")
    page.wait_for_selector('.cxq-save[data-kind="late"]')
    open_element(page, 0)
    assert page.locator('[data-item="LO1"] input:checked').get_attribute("value") == "3"
    assert host.answers == {}
    host.away = False
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page)
    assert page.locator('.cxq > [role="status"]').inner_text() == "Saved"
    assert (host.answers["LO1"]["level"], host.answers["LO4"]["level"]) == (3, 2)
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_device_that_keeps_nothing_is_told_to_stay(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="da", device="memory")
    press(page, "first")
    host.away = True
    choose(page, "LO1", 2)
    page.wait_for_selector('.cxq-save[data-kind="late"]')
    assert page.locator(".cxq-save").inner_text() == "Ikke gemt endnu (1), hold siden åben"
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
def test_rubbish_on_the_device_does_no_harm(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    prefix = f"cxq:{host.traits['token_key']}:"
    page.evaluate(
        "([prefix]) => { localStorage.setItem(prefix + 'LO1', '{'); localStorage.setItem(prefix + 'XX', '{}');"
        " localStorage.setItem(prefix + 'LO4', JSON.stringify({answer: {level: 99, flag: 'x', why: 7, revision: -1}}));"
        " localStorage.setItem('other', 'stays'); }",
        [prefix],
    )
    page.reload()
    press(page, "first")
    assert page.locator("input:checked").count() == 0
    assert host.answers == {}
    assert page.evaluate("Object.keys(localStorage)") == ["other"]
    clean(watched)


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
def test_two_windows_cannot_overwrite_each_other(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    other = page.context.new_page()
    other.goto(f"{host.address}/?lang=en")
    other.locator(".cxq-start .cxq-first").click()
    choose(page, "LO1", 1)
    saved(page)
    choose(other, "LO1", 3)
    other.wait_for_selector(".cxq-notes .cxq-note")
    field = other.locator('[data-item="LO1"]')
    assert field.locator("input:checked").get_attribute("value") == "2", "the stored one is shown"
    assert host.answers["LO1"]["level"] == 2
    field.locator(".cxq-note button").click()
    saved(other)
    assert field.locator("input:checked").get_attribute("value") == "4"
    assert host.answers["LO1"] == EMPTY | {"level": 4, "revision": 2}
    assert field.locator(".cxq-note").count() == 0
    choose(page, "LO4", 0)
    saved(page)
    assert host.answers["LO4"]["level"] == 1, "other items are untouched"


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
def test_a_conflict_holds_back_the_sending(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    host.away = True
    choose(page, "LO1", 1)
    open_review(page)
    press(page, "send")
    page.wait_for_selector(".cxq-waiting")
    host.answers["LO1"] = EMPTY | {"level": 5, "revision": 3}
    host.away = False
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(".cxq-send")
    assert host.state == "open"
    page.locator(".cxq-note button").click()
    assert page.locator("h1").inner_text() == host.traits["form"]["elements"][0]["name"]["en"]
    assert page.locator('[data-item="LO1"] .cxq-note').is_visible()


@pytest.mark.parametrize("code", ["out_of_range", "not_asked", "unknown_item", "too_long"])
@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_refused_answer_is_never_called_saved(watched: Any, host: Host, code: str) -> None:
    page = open_page(watched, host, lang="sv")
    press(page, "first")
    host.refuse = code
    choose(page, "LO1", 1)
    page.wait_for_selector(".cxq-notes .cxq-note")
    assert page.locator(".cxq-save").inner_text() == "Inte sparat (1)"
    host.refuse = ""
    choose(page, "LO1", 2)
    saved(page)
    assert page.locator(".cxq-note").count() == 0


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
def test_a_closed_wave_says_so_and_what_did_not_arrive(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    host.state = "closed"
    choose(page, "LO1", 1)
    page.wait_for_selector(".cxq-note")
    assert page.locator("h1").inner_text() == "The questionnaire is closed"
    assert page.locator(".cxq-note").inner_text() == "One answer on this device did not arrive before then."
    host.answers = {}
    page.evaluate("localStorage.clear()")
    page.reload()
    page.wait_for_selector("h1")
    assert page.locator("h1").inner_text() == "The questionnaire is not open"
    assert page.locator("input").count() == 0


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
def test_sent_answers_can_be_taken_back_and_sent_again(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    choose(page, "LO1", 1)
    open_review(page)
    press(page, "send")
    page.wait_for_selector(".cxq-rows")
    page.reload()
    page.wait_for_selector(".cxq-rows")
    press(page, "second")
    page.wait_for_selector(".cxq-send")
    assert host.state == "open"
    assert page.locator(".cxq-note").inner_text() == host.traits["words"]["en"]["reopened"]
    open_element(page, 0)
    choose(page, "LO1", 2)
    open_review(page)
    press(page, "send")
    page.wait_for_selector(".cxq-rows")
    assert (host.state, host.answers["LO1"]["level"]) == ("submitted", 3)
    host.away = True
    press(page, "second")
    page.get_by_text(host.traits["words"]["en"]["no_contact"]).wait_for()
    assert page.locator("h1").inner_text() == "Thank you. Your answers have arrived."


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
def test_a_form_that_was_sent_from_another_window_keeps_the_change(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    press(page, "first")
    host.state = "submitted"
    choose(page, "LO1", 2)
    page.wait_for_selector(".cxq-note")
    assert "One change you made here" in page.locator(".cxq-note").inner_text()
    press(page, "second")
    page.wait_for_selector(".cxq-send")
    saved(page)
    assert host.answers["LO1"]["level"] == 3


# ---------------------------------------------------------------- hostile texts


@pytest.mark.parametrize("watched", SIZES.values(), indirect=True, ids=SIZES)
def test_fifty_hostile_texts_are_shown_as_text(watched: Any, browser: Any) -> None:
    assert len(PAYLOADS) >= 50
    watched.page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1; };")
    for start in range(0, len(PAYLOADS), 10):
        given = PAYLOADS[start : start + 10]
        joined = " | ".join(given)
        did = [{"said": text, "state": text, "done": text} for text in given]
        texts = {"title": joined, "lead": joined, "contact": joined, "next": given, "did": {"list": did}}
        traits = make_traits(texts=texts, organisation=joined)
        for element in traits["form"]["elements"]:
            element["name"] = dict.fromkeys(element["name"], joined)
            for item in element["items"]:
                item["name"] = dict.fromkeys(item["name"], joined)
                item["anchors"] = dict.fromkeys(item["anchors"], (given * 5)[:5])
        host = Host(traits=traits)
        for item, text in zip(host.items, given, strict=False):
            host.answers[item] = {"level": 1, "flag": None, "why": text, "comment": text, "revision": 1}
        with serve(host):
            page = open_page(watched, host, lang="en")
            shown = page.locator(".cxq").inner_text()
            assert all(" ".join(text.split()) in " ".join(shown.split()) for text in given)
            press(page, "first")
            for place in range(len(traits["form"]["elements"])):
                open_element(page, place)
                for box in page.locator("textarea").all():
                    assert box.input_value() in given
            choose(page, host.items[-1], 4)
            page.locator("textarea").last.fill(given[0])
            open_review(page)
            press(page, "send")
            page.wait_for_selector(".cxq-rows")
            page.wait_for_timeout(100)
            assert page.evaluate("window.hits") == 0
            assert page.locator(".cxq script, .cxq img, .cxq iframe, .cxq a, .cxq style, .cxq object").count() == 0
            clean(watched)


# ---------------------------------------------------------------- the component leaves as it came


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
def test_two_copies_on_one_page_do_not_share_their_radios(watched: Any, host: Host) -> None:
    page = open_page(watched, host, lang="en")
    names = "[...new Set([...document.querySelectorAll('.cxq input')].map(input => input.name))]"
    press(page, "first")
    first = set(page.evaluate(names))
    page.reload()
    press(page, "first")
    assert first.isdisjoint(page.evaluate(names))
    page.evaluate("window.remove()")
    assert page.locator(".cxq").count() == 0
    page.evaluate("tell('msg:custom', { kind: 'state', state: 'closed' })")
    page.wait_for_timeout(700)
    clean(watched)


@pytest.mark.parametrize("watched", [DESKTOP], indirect=True)
def test_preferences_of_the_system_are_followed(host: Host, browser: Any, watched: Any) -> None:
    for options, check in (
        ({"color_scheme": "dark"}, "getComputedStyle(document.querySelector('.cxq')).colorScheme === 'dark'"),
        ({"reduced_motion": "reduce"}, "getComputedStyle(document.querySelector('.cxq-why')).animationName === 'none'"),
        ({"forced_colors": "active"}, "matchMedia('(forced-colors: active)').matches"),
    ):
        context = browser.new_context(**options)
        page = context.new_page()
        page.goto(f"{host.address}/?lang=en")
        page.locator(".cxq-start .cxq-first").click()
        page.locator("input[type=radio]").first.click()
        page.wait_for_selector(".cxq-why")
        assert page.evaluate(check)
        context.close()
    assert open_page(watched, host, lang="en", theme="dark").evaluate("document.querySelector('.cxq').dataset.theme")
