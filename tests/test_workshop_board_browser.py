"""The board in a real browser: all eight steps in three languages, by keyboard alone, with bad contact and reloads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders_board import BoardHost, serve_board
from builders_workshop import make_workshop
from test_questionnaire_browser import axe, find_faults  # noqa: F401  (a fixture)

from cxassess.context import PlannedAction
from cxassess.engagement import create_engagement, open_engagement
from cxassess.engagement.store import read_clock
from cxassess.engagement.workshop_model import STEPS
from cxassess.language import LANGUAGES
from cxassess.workshop import build_board_words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WALL, LAPTOP, SMALL = (1920, 1080), (1366, 768), (1280, 720)
WORDS = build_board_words()
REASON = (
    "The figures are shared with units every Monday, but as averages; only logistics has a share within the promise."
)
#: What is drawn outside the board or its own box, of everything but what scrolls.
CLIPPED = """() => {
  const board = document.querySelector('.cxb-board');
  const frame = board.getBoundingClientRect();
  const scrolls = (node) => node.closest('.cxb-scroll, .cxb-agenda, .cxb-stops, select, svg, .cxb-vh, .cxb-note');
  return [...board.querySelectorAll('*')].filter((node) => {
    if (node instanceof SVGElement && node.nodeName !== 'svg') return false;
    const box = node.getBoundingClientRect();
    if (!box.width || scrolls(node)) return false;
    const outside = box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.left < frame.left - 1;
    const style = getComputedStyle(node);
    const block = style.display !== 'inline' && node.clientHeight > 0;
    const fuller = block && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 2);
    return outside || fuller;
  }).map((node) => `${node.nodeName} ${node.getAttribute('class')} ${node.textContent.slice(0, 40)}`);
}"""
#: What has to be scrolled; an ordinary room should not have to.
SCROLLS = """() => [...document.querySelectorAll('.cxb-scroll, .cxb-stops, .cxb-agenda')]
  .filter((node) => node.scrollHeight > node.clientHeight + 1).map((node) => node.textContent.slice(0, 40))"""
#: Texts smaller than 18 pixels of the drawing for 1920 × 1080.
SMALLER = """() => {
  const board = document.querySelector('.cxb-board');
  const unit = board.getBoundingClientRect().width / 1920;
  const found = [];
  const walk = document.createTreeWalker(board, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const svg = parent.closest('svg');
    const scale = svg ? svg.getBoundingClientRect().width / (svg.viewBox.baseVal.width || 1) : 1;
    const size = parseFloat(getComputedStyle(parent).fontSize) * scale;
    if (walk.currentNode.data.trim() && !parent.closest('.cxb-vh') && size < 18 * unit - 0.01) {
      found.push(`${size} ${walk.currentNode.data}`);
    }
  }
  for (const field of board.querySelectorAll('input, select, textarea')) {
    if (parseFloat(getComputedStyle(field).fontSize) < 18 * unit - 0.01) found.push(field.dataset.id);
  }
  return found;
}"""


@pytest.fixture
def host(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[BoardHost]:
    """Serve a workshop of as many voters as the test's parameter says."""
    engagement, wave, _ = make_workshop(tmp_path / "room.cxa", voters=getattr(request, "param", 32), clock=read_clock)
    engagement.close()
    with serve_board(BoardHost(tmp_path / "room.cxa", wave)) as served:
        yield served


def open_board(watched: Any, host: BoardHost, **query: str) -> Any:
    watched.page.goto(f"{host.address}/?" + "&".join(f"{key}={value}" for key, value in query.items()))
    watched.page.wait_for_selector(".cxb h1")
    return watched.page


def do(page: Any, name: str) -> None:
    """Press what has an id on the board."""
    page.locator(f'.cxb [data-id="{name}"]').click()


def at_step(page: Any, step: str) -> None:
    page.wait_for_selector(f'.cxb [data-id="go-{step}"][aria-current="step"]')


def go(page: Any, step: str) -> None:
    do(page, f"go-{step}")
    at_step(page, step)


def reveal(page: Any) -> None:
    go(page, "vote")
    do(page, "next")
    at_step(page, "reveal")


def until(page: Any, expression: str) -> None:
    """Wait until an expression holds in the page, whose policy lets nothing wait for it there."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never: {expression}")


def hint(page: Any) -> str:
    page.wait_for_selector(".cxb-note[data-on] button")
    return str(page.locator('.cxb [role="status"]').inner_text())


def clean(watched: Any) -> None:
    """Check that nothing was asked of other machines, refused by the policy, or failed."""
    assert watched.outside == []
    assert watched.errors == []
    assert watched.page.evaluate("window.violations") == []
    assert watched.page.locator(".cxb [style]").count() == 0


def stored(host: BoardHost) -> dict[str, Any]:
    with open_engagement(host.path) as engagement:
        return dict(engagement.workshop(host.wave).agreements())


def decide_everything(host: BoardHost) -> None:
    """Fill the later steps as a room does that has used everything."""
    with open_engagement(host.path) as engagement:
        workshop = engagement.workshop(host.wave)
        for place, item in enumerate(workshop.items()):
            workshop.agree(item, None if place == 3 else 1 + place % 5, dissent=place % 3, reason=REASON)
        elements = workshop.elements()
        for place, element in enumerate(elements[:7]):
            workshop.rate(element, 5 - place % 3, 1 + place % 2 * 3)
            engagement.plan.set_target(element, 3 + place % 3 / 2, date.today() + timedelta(days=200 + 90 * place))
        for place in range(7):
            engagement.plan.put(
                PlannedAction(
                    id="", wave=host.wave, element=elements[place], owner="Karen, logistics",
                    title="Write the promise for delivery as a share: “95% within two days”",
                    due_on=date.today() + timedelta(days=30 + place), metric="The share hangs in the stockroom",
                )
            )  # fmt: skip
        engagement.plan.put(PlannedAction(id="", wave=host.wave, kind="stop", title="The monthly report of averages"))


def check_looks(page: Any, source: str, name: str) -> None:
    """Check what the eye would: nothing clipped, nothing small, nothing that axe finds."""
    assert page.evaluate(CLIPPED) == [], name
    assert page.evaluate(SMALLER) == [], name
    assert find_faults(page, source) == [], name
    if folder := os.environ.get("CXASSESS_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"board-{name}.png"))


@pytest.mark.parametrize("watched", [WALL], indirect=True)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_is_readable_whole_and_without_a_fault(watched: Any, host: BoardHost, axe: str, lang: str) -> None:  # noqa: F811
    page = open_board(watched, host, lang=lang)
    check_looks(page, axe, f"{lang}-check_in")
    go(page, "vote")
    check_looks(page, axe, f"{lang}-vote")
    do(page, "next")
    for step in ("reveal", "discuss", "consensus"):
        at_step(page, step)
        check_looks(page, axe, f"{lang}-{step}")
        if step != "consensus":
            do(page, "next")
    do(page, "level-2")
    page.locator('.cxb [data-field="reason"]').fill(REASON)
    do(page, "more")
    check_looks(page, axe, f"{lang}-consensus-chosen")
    do(page, "next")
    page.wait_for_selector(".cxb-recorded")
    check_looks(page, axe, f"{lang}-recorded")
    go(page, "priorities")
    check_looks(page, axe, f"{lang}-priorities-empty")
    go(page, "actions")
    check_looks(page, axe, f"{lang}-actions-empty")
    decide_everything(host)
    for step in ("priorities", "actions", "close"):
        go(page, step)
        until(page, "window.model.get('board').actions.start.length === 7")
        check_looks(page, axe, f"{lang}-{step}")
        assert page.evaluate(SCROLLS) == [], step
    assert [one["kind"] for one in host.replies if one["kind"] != "ack"] == []
    clean(watched)


@pytest.mark.parametrize(
    ("watched", "host", "lang"),
    [(LAPTOP, 12, "sv"), (SMALL, 130, "da"), (WALL, 20, "en")],
    indirect=["watched", "host"],
)
def test_other_rooms_and_smaller_windows(watched: Any, host: BoardHost, axe: str, lang: str) -> None:  # noqa: F811
    page = open_board(watched, host, lang=lang)
    go(page, "vote")
    check_looks(page, axe, f"{page.viewport_size['width']}-vote")
    do(page, "next")
    for step in ("reveal", "discuss", "consensus"):
        at_step(page, step)
        check_looks(page, axe, f"{page.viewport_size['width']}-{step}")
        if step != "consensus":
            do(page, "next")
    decide_everything(host)
    for step in ("priorities", "actions", "close"):
        go(page, step)
        check_looks(page, axe, f"{page.viewport_size['width']}-{step}")
    clean(watched)


@pytest.mark.parametrize("watched", [WALL], indirect=True)
def test_a_whole_consensus_by_keyboard_alone(watched: Any, host: BoardHost) -> None:
    page = open_board(watched, host)
    key = page.keyboard.press

    def tab_to(name: str, most: int = 60) -> None:
        for _ in range(most):
            if page.evaluate(f"document.activeElement.dataset.id === {name!r}"):
                return
            key("Tab")
        pytest.fail(f"{name} cannot be reached by Tab")

    for step in ("vote", "reveal", "discuss", "consensus"):
        tab_to("next")
        key("Enter")
        at_step(page, step)
    first = page.evaluate("window.model.get('board').item")
    key("ArrowRight")
    until(page, f"window.model.get('board').item !== {first!r}")
    assert page.locator('.cxb-item[aria-current="true"]').count() == 1
    key("ArrowLeft")
    until(page, f"window.model.get('board').item === {first!r}")
    tab_to("level-3")
    key("Space")
    assert page.locator('.cxb [aria-pressed="true"][data-id^="level"]').get_attribute("data-id") == "level-3"
    assert page.evaluate("document.activeElement.dataset.id") == "level-3"
    tab_to("reason")
    page.keyboard.type("We saw the minutes")
    key("ArrowLeft")  # moves the caret, not the item
    tab_to("more")
    key("Enter")
    key("Enter")
    tab_to("next")
    key("Enter")
    page.wait_for_selector(".cxb-recorded")
    agreed = stored(host)[first]
    assert (agreed.level, agreed.dissent, agreed.reason) == (3, 2, "We saw the minutes")
    assert page.evaluate("document.activeElement.dataset.id") == "next"
    verdict = page.locator(".cxb-verdict").inner_text()
    shown = round(agreed.mean, 1)
    delta = f"{3 - shown:+.1f}".replace("-", "−")
    assert f"{shown}" in verdict
    assert (delta in verdict) or shown == 3
    key("Enter")
    at_step(page, "reveal")
    assert page.evaluate("window.model.get('board').item") != first
    clean(watched)


@pytest.mark.parametrize("watched", [WALL], indirect=True)
def test_a_reload_in_the_middle_keeps_what_was_recorded(watched: Any, host: BoardHost) -> None:
    page = open_board(watched, host)
    reveal(page)
    do(page, "timer")
    go(page, "consensus")
    do(page, "level-4")
    do(page, "next")
    page.wait_for_selector(".cxb-recorded")
    page.reload()
    page.wait_for_selector(".cxb-recorded")
    at_step(page, "consensus")
    assert page.locator('[data-id="level-4"]').get_attribute("aria-pressed") == "true"
    assert page.locator('[data-id="timer"]').inner_text() == WORDS["en"]["pause"]
    do(page, "undo")
    page.wait_for_selector(".cxb-recess textarea")
    assert stored(host) == {}


@pytest.mark.parametrize("watched", [WALL], indirect=True)
def test_a_click_out_of_order_gets_a_hint_and_the_language_changes_at_any_time(watched: Any, host: BoardHost) -> None:
    page = open_board(watched, host)
    for step in ("reveal", "discuss", "consensus"):
        do(page, f"go-{step}")
        assert hint(page) == WORDS["en"]["hints"]["reveal_first"]
        do(page, "close_hint")
    do(page, "undo")
    assert hint(page) == WORDS["en"]["hints"]["nothing_to_undo"]
    for lang in ("sv", "da", "en"):
        do(page, f"lang-{lang}")
        assert hint(page) == WORDS[lang]["hints"]["nothing_to_undo"]
        assert page.locator(".cxb-board").get_attribute("lang") == lang
        assert page.locator(f'[data-id="lang-{lang}"]').get_attribute("aria-pressed") == "true"
        assert page.locator('[data-id="go-close"]').inner_text().endswith(WORDS[lang]["steps"]["close"])
    reveal(page)
    go(page, "consensus")
    do(page, "next")
    assert hint(page) == WORDS["en"]["hints"]["nothing_chosen"]
    do(page, "leave_open")
    page.wait_for_selector(".cxb-recorded")
    assert next(iter(stored(host).values())).level is None
    clean(watched)


@pytest.mark.parametrize("watched", [WALL], indirect=True)
@pytest.mark.parametrize("host", [7], indirect=True)
def test_under_eight_the_reveal_stays_shut_and_says_why(watched: Any, host: BoardHost) -> None:
    page = open_board(watched, host)
    go(page, "vote")
    assert page.locator('[data-id="next"]').get_attribute("aria-disabled") == "true"
    assert page.locator('[data-id="next"]').inner_text() == WORDS["en"]["opens_at"].format(least=8)
    page.locator('[data-id="next"]').click(force=True)
    assert hint(page) == WORDS["en"]["hints"]["too_few_votes"].format(least=8)


@pytest.mark.parametrize("watched", [WALL], indirect=True)
@pytest.mark.parametrize("polls", ["0", "1"])
def test_without_contact_the_age_is_shown_and_all_goes_on_afterwards(watched: Any, host: BoardHost, polls: str) -> None:
    page = open_board(watched, host, polls=polls)
    go(page, "vote")
    host.away = True
    text = page.locator('.cxb [role="status"]')
    start = WORDS["en"]["no_contact"]["other"].split("{n}")[0]
    until(page, f"document.querySelector('.cxb [role=status]').textContent.startsWith({start!r})")
    do(page, "item-LC2")
    host.away = False
    until(page, "document.querySelector('.cxb [role=status]').textContent === ''")
    do(page, "item-LC2")
    page.wait_for_selector('[data-id="item-LC2"][aria-current="true"]')
    assert text.count() == 1
    assert watched.errors == []


@pytest.mark.parametrize("watched", [WALL], indirect=True)
def test_priorities_actions_and_the_close(watched: Any, host: BoardHost) -> None:
    page = open_board(watched, host)
    reveal(page)
    element = json.loads(host.view())["priorities"]["elements"][0]["id"]
    with open_engagement(host.path) as engagement:
        item = next(one.id for one in engagement.instrument().element(element).items if one.pulse)
        engagement.workshop(host.wave).agree(item, 2)
    go(page, "priorities")
    rows = page.locator(".cxb-ratings tbody tr")
    first = rows.first.locator("output")
    do(page, f"more_impact-{element}")
    page.wait_for_selector(".cxb-dot")
    assert first.all_inner_texts() == ["3", "3"]
    for name in ("more_impact", "more_impact", "less_effort", "less_impact"):
        do(page, f"{name}-{element}")
    assert first.all_inner_texts() == ["4", "2"]
    page.wait_for_selector(".cxb-quick")
    until(page, "window.model.get('board').priorities.elements[0].impact === 4")
    assert [message["impact"] for message in host.messages if message["kind"] == "rate"] == [3, 4, 5, 5, 4]
    assert page.locator(".cxb-quick text").all_text_contents() == ["1"]
    page.locator(f'[data-id="target-{element}"]').select_option("4")
    until(page, "window.model.get('board').priorities.elements[0].target?.level === 4")
    due = page.locator(f'[data-id="due-{element}"]')
    options = [option.get_attribute("value") for option in due.locator("option").all()]
    assert max(options) <= (date.today() + timedelta(days=3 * 366)).isoformat()
    due.select_option(options[1])
    until(page, f"window.model.get('board').priorities.elements[0].target.due_on === {options[1]!r}")
    do(page, "undo")
    until(page, f"window.model.get('board').priorities.elements[0].target.due_on === {options[3]!r}")
    go(page, "actions")
    do(page, "save_action")
    assert hint(page) == WORDS["en"]["hints"]["no_title"]
    page.locator('[data-id="action-element"]').select_option(element)
    do(page, "suggest")
    assert page.locator('[data-id="action-title"]').input_value() == "A name beside every customer target"
    page.locator('[data-id="action-title"]').fill("<b>One</b> & {n}")
    page.locator('[data-id="action-due_on"]').fill((date.today() + timedelta(days=40)).isoformat())
    page.keyboard.press("Enter")
    page.wait_for_selector(".cxb-planned tbody tr")
    assert page.locator(".cxb-planned tbody th").inner_text().startswith("<b>One</b> & {n}")
    assert page.locator('[data-id="action-title"]').input_value() == ""
    page.locator(".cxb-planned [data-do='edit_action']").click()
    assert page.evaluate("document.activeElement.dataset.id") == "action-title"
    page.locator('[data-id="action-title"]').fill("Two")
    do(page, "save_action")
    until(page, "window.model.get('board').actions.start[0].title === 'Two'")
    page.locator('[data-id="stop"]').fill("Averages")
    do(page, "add_stop")
    page.wait_for_selector(".cxb-stops li")
    go(page, "close")
    text = page.locator(".cxb-closing").inner_text()
    for part in ("Two", "Averages", "2 Under way", "4 by ", WORDS["en"]["close"]["steps"]["measure"]):
        assert part in text
    page.locator('[data-id="go-actions"]').click()
    page.locator(".cxb-planned [data-do='remove_action']").click()
    page.wait_for_selector(".cxb-none")
    clean(watched)


@pytest.mark.parametrize("watched", [WALL], indirect=True)
def test_the_browser_never_holds_what_may_not_be_shown(watched: Any, host: BoardHost) -> None:
    page = open_board(watched, host)
    for step in ("vote", "priorities", "vote"):
        go(page, step)
    assert all('"counts"' not in view and '"middle"' not in view for view in host.views)
    reveal(page)
    for item in json.loads(host.view())["items"]:
        do(page, f"item-{item['id']}")
        page.wait_for_selector(f'[data-id="item-{item["id"]}"][aria-current="true"]')
    for view in map(json.loads, host.views):
        assert all(sum(group["counts"]) >= 8 for group in view["shown"]["groups"])
        assert view["step"] in STEPS


@pytest.mark.parametrize("watched", [WALL], indirect=True)
def test_a_long_agenda_scrolls_to_the_item_on_the_board(watched: Any, tmp_path: Path) -> None:
    with create_engagement(tmp_path / "full.cxa", organisation="Nordvand") as engagement:
        engagement.add_wave("2026", form="full")
        engagement.open_wave("2026")
    seen = """() => {
      const list = document.querySelector('.cxb-agenda').getBoundingClientRect();
      const item = document.querySelector('.cxb-item[aria-current]').getBoundingClientRect();
      return item.top >= list.top && item.bottom <= list.bottom;
    }"""
    with serve_board(BoardHost(tmp_path / "full.cxa", "2026", join=None)) as host:
        page = open_board(watched, host)
        go(page, "vote")
        items = [one["id"] for one in json.loads(host.view())["items"]]
        for item in (items[-1], items[0], items[len(items) // 2]):
            do(page, f"item-{item}")
            page.wait_for_selector(f'[data-id="item-{item}"][aria-current="true"]')
            assert page.evaluate(seen)
        assert page.evaluate(CLIPPED) == []
        do(page, f"item-{items[-1]}")
        page.wait_for_selector(f'[data-id="item-{items[-1]}"][aria-current="true"]')
        page.keyboard.press("PageDown")
        assert hint(page) == WORDS["en"]["hints"]["last_item"]
        clean(watched)
        page.evaluate("window.remove()")


@pytest.mark.parametrize("watched", [WALL], indirect=True)
def test_removed_it_leaves_nothing_behind(watched: Any, host: BoardHost) -> None:
    page = open_board(watched, host, polls="1")
    page.evaluate("window.remove()")
    assert page.locator(".cxb").count() == 0
    page.evaluate("window.model.set('lang', 'da')")
    clean(watched)
