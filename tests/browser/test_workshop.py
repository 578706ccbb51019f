"""A whole workshop as a room lives it: twelve phones and a board, from `cxassess workshop` to the report."""

from __future__ import annotations

import html
import os
import subprocess
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from builders_room import ROLES, BoardPage, WorkshopServer, hold_workshop, vote
from builders_room import join as join_plainly
from builders_server import CLI
from test_questionnaire_browser import axe, find_faults

from cxassess.context import Agreement, PlannedAction
from cxassess.engagement import Engagement, open_engagement
from cxassess.language import get_language

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("workshop")]
PHONE, BOARD = {"width": 390, "height": 844}, {"width": 1920, "height": 1080}
LANGUAGES = ("da", "sv", "en")
PHONES = 12
SECONDS = 1000
ORGANISATION = "Nordvand A/S"
REASON, ACTION = "Vi har sett det på tre ställen.", "Visit one customer a month"
__all__ = ["axe"]  # a fixture
LOCAL = ("http://127.0.0.1", "data:", "blob:", "about:")
WATCH = (
    "window.violations = []; addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective))"
)
#: Answers what is still open as fast as a browser takes it, by the same clicks as a hand would make.
VOTE = """async ([level, from]) => {
  const pause = () => new Promise((done) => setTimeout(done, 20));
  const send = () => document.querySelector(".cxq-send");
  while (!send()) {
    for (const field of document.querySelectorAll(".cxq-item")) {
      field.querySelectorAll("input[type=radio]")[(level + from++) % 5].click();
    }
    document.querySelector(".cxq-page .cxq-foot .cxq-first").click();
    await pause();
  }
}"""


def speak(language: str, key: str, **values: object) -> str:
    return get_language(language).text(key, **values)


@dataclass
class Screen:
    """A page in a browser of its own, with what went wrong on it."""

    page: Any
    language: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def shoot(self, name: str) -> None:
        """Take a picture, if somebody wants to look at it."""
        if os.environ.get("CXASSESS_SHOTS"):
            self.page.screenshot(path=f"{os.environ['CXASSESS_SHOTS']}/workshop-{name}.png")

    def say(self, key: str, **values: object) -> str:
        """Say something in the language of the screen."""
        return speak(self.language, key, **values)

    def heading(self, key: str, **values: object) -> None:
        """Wait for a heading of the room's pages."""
        name = self.say(f"room.words.{key}", **values)
        self.page.get_by_role("heading", name=name, exact=True).wait_for(timeout=30 * SECONDS)

    def check(self) -> None:
        """Check that nothing went wrong, and nothing was asked of other machines."""
        assert (self.outside, self.errors) == ([], [])
        assert self.page.evaluate("window.violations") == []


@dataclass
class Stage(Screen):
    """The board."""

    def press(self, what: str, arg: str = "") -> None:
        """Press a button of the board by what it does."""
        chosen = f'[data-do="{what}"]' + (f'[data-arg="{arg}"]' if arg else "")
        self.page.locator(chosen).first.click()

    def go(self, step: str) -> None:
        """Go to a step by the bar, and wait until it is shown."""
        self.page.locator(f'[data-do="go"][data-arg="{step}"]').first.click()
        self.page.locator(f'[data-do="go"][data-arg="{step}"][aria-current="step"]').wait_for(timeout=30 * SECONDS)

    def change_language(self, language: str) -> None:
        """Change the language."""
        self.press("lang", language)
        self.language = language
        self.page.wait_for_function("code => document.documentElement.lang === code", arg=language)

    def wait_for_text(self, text: str) -> None:
        """Wait until a text is shown."""
        self.page.get_by_text(text, exact=False).first.wait_for(timeout=30 * SECONDS)

    def count(self) -> int:
        """Return how many have voted on the item that is shown."""
        return int(self.page.locator(".cxb-count b").inner_text())


def watch(browser: Any, kind: type[Screen], language: str, viewport: dict[str, int], **options: Any) -> Any:
    """Open an empty page in a browser of its own and watch it."""
    context = browser.new_context(viewport=viewport, locale=language, **options)
    context.set_default_timeout(60 * SECONDS)
    context.add_init_script(WATCH)
    page = context.new_page()
    screen = kind(page, language)
    page.on("request", lambda asked: None if asked.url.startswith(LOCAL) else screen.outside.append(asked.url))
    page.on("pageerror", lambda error: screen.errors.append(str(error)))
    return screen


@pytest.fixture
def room(browser: Any, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Make an engagement and serve its workshop, by the commands that the README names; twelve phones lie ready."""
    path, folder = tmp_path / "acme.cxa", tmp_path / "server"
    command("engagement", "new", path, "--organisation", ORGANISATION)
    folder.mkdir()
    server = WorkshopServer([path], folder)
    try:
        server.start()
        board = watch(browser, Stage, "en", BOARD)
        phones = [
            watch(browser, Screen, LANGUAGES[number % 3], PHONE, color_scheme=("light", "dark")[number % 2])
            for number in range(PHONES)
        ]
        yield SimpleNamespace(server=server, path=path, folder=tmp_path, board=board, phones=phones, browser=browser)
    finally:
        server.kill()
        for context in browser.contexts:
            context.close()


def command(*arguments: object) -> str:
    """Run one of the program's commands, and return what it says."""
    done = subprocess.run([*CLI, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_workshop_from_the_first_phone_to_the_report(room: SimpleNamespace, axe: str, record_property: Any) -> None:
    server, board, phones = room.server, room.board, room.phones
    judge = Judge(room, axe)

    open_board(room)
    judge.look_at_board("check_in")
    for number, phone in enumerate(phones):
        join(phone, server, ROLES[number % 4], typed=number == 1)
    board.wait_for_text(speak("en", "workshop.board.here", n=PHONES))
    board.shoot("1-check-in")

    board.change_language("da")
    board.go("vote")
    reactions = vote_by_hand(phones[0], board)
    record_property("reaction_ms", reactions)
    board.page.reload()
    board.wait_for_text(speak("da", "workshop.board.show") if board.count() >= 8 else board.say("workshop.board.today"))
    board.shoot("2-vote")
    lose_the_server_while_voting(room)
    for number, phone in enumerate(phones[2:], start=2):
        begin(phone)
        phone.page.evaluate(VOTE, [number % 3, number])
    for phone in phones[:10]:  # two do not hand in
        hand_in(phone)
    phones[3].shoot("2-waiting")
    judge.look_at_phone(phones[0], "waiting")
    phones[2].page.get_by_role("button", name=phones[2].say("room.words.change")).click()
    phones[2].page.locator(".cxq-send").click()
    phones[2].heading("waiting_title")
    board.page.wait_for_function("() => document.querySelector('.cxb-count b')?.textContent === '12'")
    board.shoot("2-voted")
    judge.look_at_board("vote")

    board.press("reveal")
    for phone in phones:
        phone.heading("look_title")
    phones[11].shoot("3-look")
    assert phones[11].page.get_by_text(phones[11].say("room.words.counted", n=8)).count() == 1, "without handing in"
    late(room)
    board.page.locator(".cxb-grid").wait_for()
    board.shoot("3-reveal")
    judge.look_at_board("reveal")
    board.change_language("sv")
    board.go("discuss")
    board.shoot("4-discuss")
    judge.look_at_board("discuss")

    agreed, opened = find_consensus(room, judge)
    weigh(room, judge)
    decide(room, judge)

    board.go("close")
    for phone in phones:
        phone.heading("thanks_title")
    phones[1].shoot("8-thanks")
    board.shoot("8-close")
    judge.look_at_board("close")

    for screen in (board, *phones):
        screen.check()
    assert judge.faults == []
    assert server.stop() == 0
    secrets = [server.key, server.code, *(token_of(phone, server) for phone in phones)]
    assert not [secret for secret in secrets if secret and secret in server.log]
    check_stored(room, agreed, opened)
    check_handed_over(room)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_without_contact_says_so_and_loses_no_dot(
    browser: Any, tmp_path: Path, axe: str, language: str
) -> None:
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server") as server:
        facilitator = BoardPage.open(server)
        for number in range(8):
            vote(join_plainly(server, ROLES[number % 4]), 1 + number % 5)
        phone = watch(browser, Screen, language, {"width": 320, "height": 640}, color_scheme="dark", bypass_csp=True)
        page = phone.page
        join(phone, server, ROLES[2], typed=False)
        assert facilitator.tell("reveal")["kind"] == "ack"
        phone.heading("look_title")
        assert page.get_by_text(phone.say("room.words.not_counted")).count() == 1
        judged = find_faults(page, axe)
        page.context.set_offline(True)
        page.evaluate("() => { const now = Date.now; Date.now = () => now() + 60000; }")
        page.get_by_text(phone.say("room.words.no_contact")).first.wait_for()
        judged += find_faults(page, axe)
        phone.shoot(f"{language}-no-contact")
        assert facilitator.tell("go", step="priorities")["kind"] == "ack"
        page.context.set_offline(False)
        phone.heading("dots_title")
        page.context.set_offline(True)
        page.locator(".cxr-step[data-step$=' 1']").nth(7).click()
        page.get_by_text(phone.say("room.words.late")).first.wait_for()
        judged += find_faults(page, axe)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        phone.shoot(f"{language}-dots-late")
        other = LANGUAGES[LANGUAGES.index(language) - 1]
        page.locator(f'.cxr [lang="{other}"]').click()
        page.get_by_role("heading", name=speak(other, "room.words.dots_title")).wait_for()
        assert page.title() == speak(other, "server.title", organisation=ORGANISATION)
        page.context.set_offline(False)
        page.locator('.cxr-line[data-kind="saved"]').wait_for()
        page.reload()
        page.get_by_text(speak(other, "room.words.dots_left", n=2)).first.wait_for()
        page.locator(".cxr-step[data-step$=' -1']").nth(7).click()
        page.get_by_text(speak(other, "room.words.dots_left", n=3)).first.wait_for()
        assert facilitator.tell("go", step="close")["kind"] == "ack"
        page.get_by_role("heading", name=speak(other, "room.words.thanks_title")).wait_for()
        judged += find_faults(page, axe)
        assert (judged, phone.outside, phone.errors) == ([], [], [])
        page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_before_the_board_and_after_the_voting_is_plain(
    browser: Any, tmp_path: Path, axe: str, language: str
) -> None:
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server") as server:
        facilitator = BoardPage.open(server)
        person = join_plainly(server, ROLES[0])
        vote(person, 3)
        for number in range(7):
            vote(join_plainly(server, ROLES[number % 4]), 1 + number % 5)
        assert facilitator.tell("reveal")["kind"] == "ack"
        screen = watch(browser, Screen, language, PHONE, bypass_csp=True)
        name, _, value = person.cookie.partition("=")
        room = {"name": f"{name}-room", "value": value, "url": f"{server.address}/join"}
        pages = {"board": "room.board.no_key.title", f"join/{server.code}": "room.over.title"}
        for cookies in ([], [room]):
            screen.page.context.add_cookies(cookies)
            for path, title in pages.items():
                screen.page.goto(f"{server.address}/{path}")
                screen.page.get_by_role("heading", name=speak(language, title)).wait_for()
                assert find_faults(screen.page, axe) == [], path
        screen.shoot(f"{language}-over")
        screen.page.get_by_role("button", name=speak(language, "room.over.continue")).click()
        screen.heading("look_title")
        screen.page.context.close()


# ------------------------------------------------------------------------------------------------------ the room


class Judge:
    """Looks for what keeps people out, on pages of its own where axe may run."""

    def __init__(self, room: SimpleNamespace, axe: str) -> None:
        self.faults: list[str] = []
        self._axe = axe
        self._room = room
        self._board: Any = None
        self._door = ""

    def look_at_board(self, step: str) -> None:
        """Look at the board as it is: on a second one, which follows the first, in the same language."""
        if self._board is None:
            self._board = watch(self._room.browser, Stage, "en", BOARD, bypass_csp=True)
        page, board, door = self._board.page, self._room.board, self._room.server.door
        if door != self._door:
            page.goto(door)
            page.wait_for_url("**/board")
            self._door = door
        page.locator(f'[data-do="go"][data-arg="{step}"][aria-current="step"]').wait_for()
        page.locator(f'[data-do="lang"][data-arg="{board.language}"]').click()
        self._note(page, f"board, {step}, {board.language}")

    def look_at_phone(self, phone: Screen, name: str) -> None:
        """Look at a phone's page as it is: the same cookies, in another browser."""
        context = self._room.browser.new_context(
            viewport=PHONE, locale=phone.language, bypass_csp=True, storage_state=phone.page.context.storage_state()
        )
        page = context.new_page()
        page.goto(phone.page.url)
        page.locator(".cxr h1").wait_for(timeout=30 * SECONDS)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        self._note(page, f"phone, {name}, {phone.language}")
        context.close()

    def _note(self, page: Any, where: str) -> None:
        self.faults += [f"{where}: {fault}" for fault in find_faults(page, self._axe)]


def open_board(room: SimpleNamespace) -> None:
    """Open the board at the address that was printed; the key does not stay in the address."""
    page = room.board.page
    page.goto(room.server.door)
    page.wait_for_url("**/board")
    page.locator(".cxb-board").wait_for()
    assert room.server.key not in page.url + page.content()
    assert page.evaluate("document.cookie").find("cxassess") < 0, "no script sees the key"


def join(phone: Screen, server: WorkshopServer, role: str, *, typed: bool) -> None:
    """Join as the picture leads, or by typing the address and the code."""
    page = phone.page
    if typed:
        page.goto(f"{server.address}/join")
        page.locator("#code").fill(server.code.lower())
        page.get_by_role("button").click()
    else:
        page.goto(f"{server.address}/join/{server.code}")
    page.locator(f'input[value="{role}"]').check()
    page.locator("form button").last.click()
    page.locator(".cxq-welcome").wait_for()
    assert page.evaluate("document.documentElement.lang") == phone.language


def begin(phone: Screen) -> None:
    phone.page.locator(".cxq-welcome .cxq-first").click()
    phone.page.locator(".cxq-item").first.wait_for()


def vote_by_hand(phone: Screen, board: Stage) -> list[int]:
    """Answer the whole form by clicks, and return after how many ms the board has counted each vote."""
    begin(phone)
    counted = []
    while not phone.page.locator(".cxq-send").count():
        board.page.locator('[data-do="choose"][aria-current="true"]').wait_for()
        shown = board.count()
        asked = board.page.locator('[data-do="choose"][aria-current="true"]').get_attribute("data-arg")
        if asked == phone.page.locator(".cxq-item").first.get_attribute("data-item"):
            began = time.monotonic()
            phone.page.locator(".cxq-item input[type=radio]").nth(1).click()
            board.page.wait_for_function(
                "before => Number(document.querySelector('.cxb-count b')?.textContent) > before", arg=shown
            )
            counted.append(round(1000 * (time.monotonic() - began)))
        heading = phone.page.locator("h1").inner_text()
        phone.page.locator(".cxq-page .cxq-foot .cxq-first").click()
        phone.page.wait_for_function("before => document.querySelector('h1').innerText !== before", arg=heading)
        board.page.locator(".cxb-agenda button").nth(len(counted) % 8).click()
        board.page.wait_for_timeout(100)
    assert counted
    return counted


def lose_the_server_while_voting(room: SimpleNamespace) -> None:
    """Kill the server while somebody votes, start it anew: what was not saved goes out by itself, nothing is lost."""
    server, board, phone = room.server, room.board, room.phones[1]
    begin(phone)
    phone.page.locator(".cxq-item input[type=radio]").nth(0).click()
    phone.page.locator('.cxq-save[data-kind="saved"]').wait_for(state="attached")
    server.kill()
    phone.page.locator(".cxq-page .cxq-foot .cxq-first").click()
    phone.page.locator(".cxq-item input[type=radio]").nth(4).click()
    phone.page.locator('.cxq-save[data-kind="late"]').wait_for(state="attached")
    board.page.wait_for_function("() => document.querySelector('.cxb-note')?.innerText.trim()")
    board.shoot("2-no-contact")
    server.start()
    phone.page.locator('.cxq-save[data-kind="saved"]').wait_for(state="attached")
    board.page.get_by_role("heading", name=speak("en", "room.board.no_key.title")).wait_for()
    open_board(room)
    assert board.page.evaluate("document.documentElement.lang") == board.language
    phone.page.evaluate(VOTE, [1, 0])


def hand_in(phone: Screen) -> None:
    phone.page.locator(".cxq-send").click()
    phone.heading("waiting_title")


def late(room: SimpleNamespace) -> None:
    """Come after the answers were shown: it is said in words, and there is no way to vote."""
    screen = watch(room.browser, Screen, "sv", PHONE)
    screen.page.goto(f"{room.server.address}/join/{room.server.code}")
    screen.page.get_by_role("heading", name=speak("sv", "room.over.title")).wait_for()
    assert screen.page.locator("input[type=radio]").count() == 0
    screen.shoot("3-late")
    screen.check()
    screen.page.context.close()


def find_consensus(room: SimpleNamespace, judge: Judge) -> tuple[str, str]:
    """Agree on one item with somebody against it, leave another open, undo; a reload in between loses nothing."""
    board, page = room.board, room.board.page
    board.go("consensus")
    agreed = page.locator('[data-do="choose"][aria-current="true"]').get_attribute("data-arg")
    page.locator('[data-id="level-2"]').click()
    page.locator('[data-id="reason"]').fill(REASON)
    page.locator('[data-id="more"]').click()
    board.shoot("5-consensus")
    judge.look_at_board("consensus")
    board.press("record")
    page.locator(".cxb-recorded").wait_for()
    page.reload()
    page.locator(".cxb-recorded").wait_for()
    board.wait_for_text(REASON)
    board.shoot("5-recorded")
    items = [button.get_attribute("data-arg") for button in page.locator(".cxb-agenda button").all()]
    opened, taken_back = [item for item in items if item != agreed][:2]
    for item in (opened, taken_back):
        page.locator(f'.cxb-agenda [data-arg="{item}"]').click()
        page.locator(f'.cxb-agenda [data-arg="{item}"][aria-current="true"]').wait_for()
        page.locator('[data-do="leave_open"]').click()
        page.locator(".cxb-recorded").wait_for()
    board.press("undo")
    page.locator('[data-do="leave_open"]').wait_for()
    return str(agreed), str(opened)


def weigh(room: SimpleNamespace, judge: Judge) -> None:
    """Give dots from the phones, and weigh the elements on the board."""
    board, page, phones = room.board, room.board.page, room.phones
    board.change_language("en")
    board.go("priorities")
    for number, phone in enumerate(phones):
        phone.heading("dots_title")
        place_dots(phone, number)
    phones[4].shoot("6-dots")
    judge.look_at_phone(phones[4], "dots")
    phones[5].page.reload()
    phones[5].heading("dots_title")
    assert phones[5].page.get_by_text(phones[5].say("room.words.dots_none_left")).first.is_visible()
    phones[6].page.locator(".cxr-step[data-step$=' -1']:not([aria-disabled=true])").first.click()
    phones[6].page.locator('.cxr-line[data-kind="saved"]').wait_for()
    given = "() => [...document.querySelectorAll('.cxb-dots')].reduce((sum, one) => sum + Number(one.textContent), 0)"
    shown = page.locator('[data-do="dots"]')
    assert page.locator(".cxb-dots").first.inner_text() == "–", "sums that grow would tell whose the last dots were"
    shown.click()
    page.wait_for_function(f"() => ({given})() === {3 * PHONES - 1}")
    assert shown.count() == 0
    phones[7].heading("look_title")
    for _ in range(3):
        page.locator('[data-do="rate"]').nth(1).click()
        page.wait_for_timeout(200)
    page.locator('[data-field="target_level"]').first.select_option(index=3)
    page.wait_for_timeout(700)
    board.shoot("6-priorities")
    judge.look_at_board("priorities")


def place_dots(phone: Screen, number: int) -> None:
    """Place three dots, two of them on one element; by keyboard, and as fast as fingers go."""
    plus = phone.page.locator(".cxr-step[data-step$=' 1']")
    for place in (number % 3, number % 3, 4):
        plus.nth(place).focus()
        phone.page.keyboard.press("Enter")
    plus.nth(0).focus()
    phone.page.keyboard.press("Enter")  # a fourth is not taken
    phone.page.get_by_text(phone.say("room.words.dots_none_left")).first.wait_for()
    phone.page.locator('.cxr-line[data-kind="saved"]').wait_for()
    assert phone.page.evaluate("document.activeElement.dataset.step") == plus.nth(0).get_attribute("data-step")


def decide(room: SimpleNamespace, judge: Judge) -> None:
    """Decide what to start and what to stop."""
    board, page = room.board, room.board.page
    board.go("actions")
    for key, text in (("title", ACTION), ("owner", "Anna"), ("metric", "12 visits")):
        page.locator(f'[data-id="action-{key}"]').fill(text)
    page.locator('[data-id="action-due_on"]').fill("2027-02-01")
    page.locator('[data-id="save_action"]').click()
    page.locator(".cxb-planned tbody tr").first.wait_for()
    page.locator('[data-id="stop"]').fill("=the monthly 60-page report")
    page.locator('[data-id="add_stop"]').click()
    page.locator(".cxb-stops li").first.wait_for()
    for phone in room.phones[:2]:
        phone.heading("look_title")
    room.phones[0].shoot("7-look")
    board.shoot("7-actions")
    judge.look_at_board("actions")


def token_of(phone: Screen, server: WorkshopServer) -> str:
    found = [one["value"] for one in phone.page.context.cookies(phone.page.url) if one["name"] == "cxassess"]
    assert found
    return str(found[0])


# ---------------------------------------------------------------------------------------------------- what is left


def check_stored(room: SimpleNamespace, agreed: str, opened: str) -> None:
    """Check that the file holds all that the room did."""
    with open_engagement(room.path) as engagement:
        (wave,) = engagement.waves()
        workshop = engagement.workshop(wave.name)
        counts = workshop.counts()
        assert (counts.here, counts.finished, counts.dots) == (PHONES, PHONES, PHONES)
        assert set(counts.voted.values()) == {PHONES}, "no vote was lost"
        found: dict[str, Agreement] = dict(workshop.agreements())
        assert set(found) == {agreed, opened}
        assert (found[agreed].level, found[agreed].dissent) == (2, 1)
        assert found[agreed].reason == REASON
        assert found[opened].level is None
        assert sum(workshop.dots().values()) == 3 * PHONES - 1
        assert len(workshop.ratings()) == 1
        assert len(engagement.plan.targets()) == 1
        check_actions(engagement)


def check_actions(engagement: Engagement) -> None:
    actions: tuple[PlannedAction, ...] = engagement.plan.actions()
    assert [(one.kind, one.title, one.owner, str(one.due_on)) for one in actions] == [
        ("start", ACTION, "Anna", "2027-02-01"),
        ("stop", "=the monthly 60-page report", "", "None"),
    ]


def check_handed_over(room: SimpleNamespace) -> None:
    """Close the wave, and hand over what came of it: report, workbook and slides, each with what the room decided."""
    with open_engagement(room.path) as engagement:
        (wave,) = engagement.waves()
    command("engagement", "wave", "close", room.path, wave.name)
    out = room.folder / "out"
    calls = (
        ("report", room.path, "--out", out, "--format", "pdf,html"),
        ("export", room.path, "--out", out, "--xlsx", "--pptx"),
    )
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda call: command(*call), calls))
    (report,) = out.glob("*.pdf")
    assert report.read_bytes().startswith(b"%PDF")
    for ending, text in (("html", read_html), ("xlsx", read_cells), ("pptx", read_slides)):
        (path,) = out.glob(f"*.{ending}")
        said = text(path)
        assert REASON in said or ending == "pptx", ending
        assert ACTION in said, ending


def read_html(path: Path) -> str:
    return html.unescape(path.read_text(encoding="utf-8"))


def read_cells(path: Path) -> str:
    book = openpyxl.load_workbook(path, read_only=True)
    cells = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value]
    book.close()
    return "\n".join(cells)


def read_slides(path: Path) -> str:
    """Return the texts on the slides, those of tables as well."""
    with zipfile.ZipFile(path) as package:
        slides = [name for name in package.namelist() if name.startswith("ppt/slides/slide")]
        return html.unescape("\n".join(package.read(name).decode() for name in slides))
