"""The questionnaire as respondents meet it: Chromium, and the server as a consultant starts it."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders_server import CLI, ROLE, WAVE, Server, Visitor, serve, write_engagement
from test_questionnaire_browser import PAYLOADS, axe, find_faults

from cxassess.engagement import open_engagement
from cxassess.language import get_language

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("server")]
PHONE, DESKTOP = (390, 844), (1440, 900)
SECONDS = 1000
__all__ = ["axe"]  # a fixture


def speak(language: str, key: str, **values: object) -> str:
    return get_language(language).text(f"questionnaire.words.{key}", **values)


def state_of_saving(page: Any, kind: str) -> str:
    """Wait for a state of saving, and return what the page says of it."""
    line = page.locator(f'.cxq-save[data-kind="{kind}"]')
    line.wait_for(state="attached", timeout=60 * SECONDS)
    return str(line.text_content())


def choose(page: Any, place: int, level: int = 3) -> None:
    """Choose a level of the item at a place on the page."""
    page.locator(".cxq-item").nth(place).locator("input[type=radio]").nth(level - 1).click()


def begin(page: Any) -> None:
    """Go from the welcome to the items."""
    page.locator(".cxq-welcome .cxq-first").click()
    page.locator(".cxq-item").first.wait_for()


def stored(path: Path, token: str) -> dict[str, Any]:
    """Return what the file holds of a respondent."""
    with open_engagement(path) as engagement:
        admission = engagement.admit(token)
        assert admission is not None
        return {item: answer.level for item, answer in engagement.answers(admission).items()} | {
            "state": admission.state
        }


def shoot(page: Any, name: str) -> None:
    """Take a picture, if somebody wants to look at it."""
    if os.environ.get("CXASSESS_SHOTS"):
        page.screenshot(path=f"{os.environ['CXASSESS_SHOTS']}/server-{name}.png")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: object) -> None:
    """Run one of the program's commands."""
    subprocess.run([*CLI, *map(str, arguments)], check=True, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("watched", "language"),
    [
        pytest.param(PHONE, "da", id="phone-da"),
        pytest.param(PHONE, "sv", id="phone-sv"),
        pytest.param(DESKTOP, "en", id="desktop-en"),
        pytest.param(PHONE, "en", id="phone-en", marks=pytest.mark.heavy),
        pytest.param(DESKTOP, "da", id="desktop-da", marks=pytest.mark.heavy),
        pytest.param(DESKTOP, "sv", id="desktop-sv", marks=pytest.mark.heavy),
    ],
    indirect=["watched"],
)
def test_from_the_invitation_to_the_thanks(watched: Any, browser: Any, language: str, tmp_path: Path) -> None:
    path, people, links, port = tmp_path / "acme.cxa", tmp_path / "people.csv", tmp_path / "links.csv", free_port()
    people.write_text(f"name,email,role,language\nMette,mette@acme.example,{ROLE},{language}\n", encoding="utf-8")
    command("engagement", "new", path, "--organisation", "Acme A/S")
    command("engagement", "wave", "add", path, WAVE)
    command("engagement", "wave", "open", path, WAVE)
    command("invite", path, people, "--wave", WAVE, "--base-url", f"http://127.0.0.1:{port}", "--out", links)
    text = links.read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ",")
    link = next(value for value in row.values() if value.startswith("http"))
    token = link.rpartition("/")[2]
    (tmp_path / "server").mkdir()
    server = Server([path], tmp_path / "server", port=port).start()
    page, size = watched.page, watched.page.viewport_size["width"]
    try:
        page.goto(link)
        begin(page)
        assert page.evaluate("document.documentElement.lang") == language
        assert token not in page.url + page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= size
        choose(page, 0, 4)
        assert state_of_saving(page, "saved") == speak(language, "saved")
        shoot(page, f"{language}-{size}-item")
        server.kill()
        choose(page, 1, 2)
        assert state_of_saving(page, "late") == speak(language, "late", n=1)
        shoot(page, f"{language}-{size}-late")
        server.start()
        assert state_of_saving(page, "saved") == speak(language, "saved")
        visitor = Visitor.open(port, token)
        assert [visitor.answers[item]["level"] for item in visitor.items[:2]] == [4, 2]
        resume(browser, link, language, size, len(visitor.items))
        finish(page, everything=(size, language) == (390, "da"))
        page.locator(".cxq-send").click()
        page.get_by_role("heading", name=speak(language, "thanks_title")).wait_for(timeout=60 * SECONDS)
        shoot(page, f"{language}-{size}-thanks")
        assert page.evaluate("Object.keys(localStorage)") == []
        assert (watched.outside, watched.errors) == ([], [])
        assert server.stop() == 0
        found = stored(path, token)
        assert found["state"] == "submitted"
        assert len(found) > 10 or language != "da" or size != 390
        assert token not in server.log + server.printed
    finally:
        server.kill()


def resume(browser: Any, link: str, language: str, width: int, items: int) -> None:
    """Open the link on another device, and find what was answered."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto(link)
    page.get_by_text(speak(language, "answered", n=2, total=items), exact=True).wait_for()
    assert page.locator(".cxq-welcome .cxq-first").inner_text() == speak(language, "resume")
    context.close()


def finish(page: Any, *, everything: bool) -> None:
    """Go to the last page, and answer everything on the way if so wished."""
    while not page.locator(".cxq-send").count():
        if everything:
            for place in range(page.locator(".cxq-item").count()):
                choose(page, place, 1 + place % 5)
        heading = page.locator("h1").inner_text()
        page.locator(".cxq-page .cxq-foot .cxq-first").click()
        page.wait_for_function("before => document.querySelector('h1').innerText !== before", arg=heading)


# ------------------------------------------------------------------------------------------------ a server for the rest


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Serve an engagement with a code for the room, whose organisation has a hostile name."""
    folder = tmp_path_factory.mktemp("served")
    path = folder / "acme.cxa"
    tokens = write_engagement(path, 12, organisation='"><script>hit()</script>')
    with open_engagement(path) as engagement:
        engagement.set_texts(WAVE, {"lead": PAYLOADS[0], "title": PAYLOADS[1], "contact": PAYLOADS[2]})
        code = engagement.join_code(WAVE)
    with serve([path], folder / "server") as server:
        yield SimpleNamespace(server=server, port=server.port, path=path, tokens=tokens, code=code)


def open_link(page: Any, served: SimpleNamespace, token: str) -> None:
    page.goto(f"{served.server.address}/i/{token}")
    page.locator(".cxq h1").wait_for()


@pytest.mark.parametrize("watched", [PHONE], indirect=True, ids=["phone"])
def test_fifty_hostile_comments_are_shown_as_text(watched: Any, served: SimpleNamespace) -> None:
    page, token = watched.page, served.tokens.pop()
    visitor = Visitor.open(served.port, token)
    texts = iter((PAYLOADS * 2)[: 2 * len(visitor.items)])
    for item in visitor.items:
        assert visitor.save(item, 1, why=next(texts), comment=next(texts))["kind"] == "ack"
    visitor.load()
    page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1; }")
    open_link(page, served, token)
    for shown in ('"><script>hit()</script>', *PAYLOADS[:3]):
        assert page.get_by_text(shown, exact=True).count() >= 1, shown
    page.locator(".cxq-welcome .cxq-first").click()  # everything is answered, and so the review comes first
    page.locator(".cxq-send").wait_for()
    seen = {}
    while not page.locator(".cxq-welcome").count():
        for place in range(page.locator(".cxq-item").count()):
            field = page.locator(".cxq-item").nth(place)
            boxes = field.locator("textarea")
            item = field.get_attribute("data-item")
            seen[item] = [boxes.nth(number).input_value() for number in range(boxes.count())]
        heading = page.locator("h1").inner_text()
        page.locator(".cxq-page .cxq-foot .cxq-second").first.click()
        page.wait_for_function("before => document.querySelector('h1').innerText !== before", arg=heading)
    assert len(PAYLOADS) >= 50
    assert seen == {item: [visitor.answers[item][part] for part in ("why", "comment")] for item in visitor.items}
    assert page.evaluate("window.hits") == 0
    assert (watched.outside, watched.errors) == ([], [])


def test_no_contact_is_told_and_what_waits_is_sent_when_it_is_back(watched: Any, served: SimpleNamespace) -> None:
    page, token = watched.page, served.tokens.pop()
    open_link(page, served, token)
    begin(page)
    page.context.set_offline(True)
    for place in range(2):
        choose(page, place)
    assert state_of_saving(page, "late") == speak("en", "late", n=2)
    page.context.set_offline(False)
    state_of_saving(page, "saved")
    full = {"status": 503, "content_type": "application/json", "body": json.dumps({"code": "not_saved"})}
    page.route("**/changes", lambda route: route.fulfill(**full))
    choose(page, 0, 5)
    assert state_of_saving(page, "late") == speak("en", "late", n=1)
    page.unroute("**/changes")
    state_of_saving(page, "saved")
    visitor = Visitor.open(served.port, token)
    assert [visitor.answers[item]["level"] for item in visitor.items[:2]] == [5, 3]


def test_what_is_changed_in_the_last_moment_arrives(watched: Any, served: SimpleNamespace) -> None:
    page, token = watched.page, served.tokens.pop()
    open_link(page, served, token)
    begin(page)
    choose(page, 0, 1)
    page.locator(".cxq-why textarea").first.fill("written just before the page was left")
    page.goto("about:blank")
    for _ in range(100):
        visitor = Visitor.open(served.port, token)
        if visitor.answers.get(visitor.items[0], {}).get("why"):
            break
        page.wait_for_timeout(100)
    assert visitor.answers[visitor.items[0]]["why"] == "written just before the page was left"


def test_two_people_in_one_browser_stay_apart(watched: Any, served: SimpleNamespace) -> None:
    first, second = served.tokens.pop(), served.tokens.pop()
    page, other = watched.page, watched.page.context.new_page()
    open_link(page, served, first)
    open_link(other, served, second)
    for place, one in enumerate((page, other)):
        begin(one)
        choose(one, 0, 2 + place)
        state_of_saving(one, "saved")
    levels = [
        [level for item, level in stored(served.path, token).items() if item != "state"] for token in (first, second)
    ]
    assert levels == [[2], [3]]


def test_a_page_that_comes_back_shows_what_another_device_saved(watched: Any, served: SimpleNamespace) -> None:
    page, token = watched.page, served.tokens.pop()
    open_link(page, served, token)
    begin(page)
    visitor = Visitor.open(served.port, token)
    visitor.save(visitor.items[0], 4)
    hide = "Object.defineProperty(document, 'visibilityState', {{ value: '{}', configurable: true }});"
    turn = "document.dispatchEvent(new Event('visibilitychange'));"
    page.evaluate(hide.format("hidden") + turn)
    page.evaluate("const now = Date.now; Date.now = () => now() + 60000;")
    page.evaluate(hide.format("visible") + turn)
    page.locator(".cxq-item").first.locator("input:checked").wait_for(state="attached")
    assert page.locator(".cxq-item").first.locator("input:checked").get_attribute("value") == "4"


def test_the_language_that_was_chosen_stays(watched: Any, served: SimpleNamespace) -> None:
    page, token = watched.page, served.tokens.pop()
    open_link(page, served, token)
    page.locator('.cxq-welcome [data-language="sv"]').click()
    assert page.title().startswith("Enkät")
    page.reload()
    page.locator(".cxq h1").wait_for()
    assert page.evaluate("document.documentElement.lang") == "sv"
    assert page.locator(".cxq-welcome .cxq-first").inner_text() == speak("sv", "start")


@pytest.mark.parametrize("watched", [PHONE], indirect=True, ids=["phone"])
def test_people_in_a_room_join_by_phone(watched: Any, served: SimpleNamespace) -> None:
    page = watched.page
    page.goto(f"{served.server.address}/join")
    page.get_by_label("The code on the screen").fill("wrong")
    page.get_by_role("button").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("The code on the screen").fill(served.code.lower().replace("-", " "))
    page.get_by_role("button").click()
    page.get_by_role("radio", name="Front line").check()
    shoot(page, "join")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Begin").click()
    begin(page)
    choose(page, 0, 5)
    state_of_saving(page, "saved")
    page.goto(f"{served.server.address}/join/{served.code}")
    page.get_by_role("button", name="Continue there").click()
    page.locator(".cxq-welcome").wait_for()
    assert re.search(r"\b1 of \d+ answered", page.locator(".cxq-welcome").inner_text())
    assert (watched.outside, watched.errors) == ([], [])


def test_pages_for_wrong_links_are_plain_and_whole(watched: Any, served: SimpleNamespace) -> None:
    page = watched.page
    page.goto(f"{served.server.address}/i/nothing")
    assert page.locator("h1").inner_text() == "This link does not work"
    shoot(page, "wrong-link")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "672px"
    assert watched.outside == []


@pytest.mark.parametrize("language", ["da", "sv", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_plain_pages(
    browser: Any, served: SimpleNamespace, language: str, theme: str, axe: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale=language, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    for path in ("", "i/nothing", "nothing", "join", "join/AAAAA-AAAAA", f"join/{served.code}"):
        page.goto(f"{served.server.address}/{path}")
        assert page.evaluate("document.documentElement.lang") == language
        assert find_faults(page, axe) == [], path
        shoot(page, f"{language}-{theme}-{path.partition('/')[0] or 'start'}")
    context.close()
