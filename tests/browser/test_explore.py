"""The interactive assessment as it is presented: in Voilà, offline, by mouse and by keyboard, in three languages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders_voila import presented

from cxassess.report.names import report_name

pytest.importorskip("voila", reason="Voilà is not installed")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = ("overview", "elements", "roles", "certainty", "causes", "waves", "plan", "trial")
PROJECTORS = [(1366, 768), (1920, 1080)]
#: The smallest letters on the screen, in pixels: of all elements that hold text of their own and can be seen.
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.cxe *')].filter((node) =>
    node.checkVisibility() && !node.closest('.cxa-hidden, option') &&
    [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) &&
    node.tagName !== 'STYLE').map((node) =>
    parseFloat(getComputedStyle(node).fontSize) * (node.currentCSSZoom ?? 1)))"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the notebook is presented."""
    return tmp_path_factory.mktemp("explore")


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    """Serve the notebook with Voilà, and return its address."""
    with presented("03_assessment.ipynb", root) as served:
        yield served


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return axe-core's source, as the tests of the questionnaire get it."""
    given = os.environ.get("AXE_CORE")
    if given:
        return Path(given).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so axe-core cannot be fetched; AXE_CORE may name its file")
    folder = tmp_path_factory.mktemp("axe")
    fetch = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), "axe-core@4"]
    done = subprocess.run(fetch, capture_output=True, text=True, check=False, timeout=180)
    if done.returncode:
        pytest.skip(f"npm cannot fetch axe-core: {done.stderr[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def open_page(watched: Any, address: str) -> Any:
    page = watched.page
    watched.said = []
    page.on("console", lambda message: watched.said.append(message.text) if message.type == "error" else None)
    page.goto(address, timeout=120_000)
    page.wait_for_selector(".cxe .cxa-title", timeout=90_000)
    settle(page)
    return page


def settle(page: Any) -> None:
    page.wait_for_function("!document.querySelector('.cxe').hasAttribute('aria-busy')")
    page.wait_for_timeout(50)


def go(page: Any, view: str) -> None:
    page.locator(f".cxe-tab[data-key={view}]").click()
    page.wait_for_selector(f".cxe-tab[data-key={view}][aria-selected=true]")
    settle(page)


def title(page: Any) -> str:
    return page.locator(".cxe .cxa-title").first.inner_text()


@pytest.mark.parametrize("watched", PROJECTORS, indirect=True, ids=["1366", "1920"])
def test_every_page_is_accessible_and_large_enough(watched: Any, address: str, axe: str) -> None:
    page = open_page(watched, address)
    page.evaluate(axe)
    for language in ("en", "da", "sv"):
        page.locator("select[data-key=language]").select_option(language)
        page.wait_for_selector(f".cxe[lang={language}]")
        for view in VIEWS:
            go(page, view)
            found = page.evaluate("axe.run(document.querySelector('.cxe'), { resultTypes: ['violations'] })")
            bad = [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")]
            assert bad == [], (language, view)
            assert page.evaluate(SMALLEST) >= 16, (language, view)
            wide = page.evaluate(
                "(() => { const e = document.querySelector('.cxe'); return e.scrollWidth - e.clientWidth; })()"
            )
            assert wide <= 0, (language, view)
    assert (watched.outside, watched.errors, watched.said) == ([], [], [])


def test_choose_click_try_out_and_print(watched: Any, address: str, root: Path) -> None:
    page = open_page(watched, address)
    page.locator("select[data-key=wave]").select_option("2025-10")
    page.wait_for_function("document.querySelector('.cxe .cxe-page').textContent.includes('2.59')")
    page.locator("select[data-key=group]").select_option("role:front_line")
    page.get_by_role("heading", name="Front line: the profile").wait_for()
    page.locator("select[data-key=group]").select_option("all")
    page.locator("select[data-key=wave]").select_option("2026-10")
    page.wait_for_selector(".cxe .cxa-profile .cxa-marked")
    settle(page)

    page.locator(".cxe .cxa-profile .cxe-link", has_text="Leadership cadence").click()
    page.wait_for_selector(".cxe-chip[aria-pressed=true] >> text=Leadership cadence")
    settle(page)
    assert page.evaluate("document.activeElement.classList.contains('cxa-title')")
    ladder = page.locator(".cxe .cxa-ladder").inner_text()
    page.locator(".cxe .cxa-answers .cxe-link").first.click()
    page.wait_for_selector(".cxe-row >> nth=1 >> .cxe-chip[aria-pressed=true] >> text=4.1")
    settle(page)
    assert page.locator(".cxe .cxa-ladder").inner_text() != ladder

    go(page, "trial")
    page.get_by_role("button", name="4 Leadership cadence: 0.25 up").click()
    page.wait_for_selector(".cxe-moved")
    settle(page)
    assert "2.69" in page.locator(".cxe-moved").first.inner_text()
    assert "Thought experiment" in page.locator(".cxe-outcome").inner_text()
    assert title(page) == "The overall score would go from 2.96 to 2.99"
    page.get_by_role("button", name="Move everything back").click()
    page.wait_for_function("!document.querySelector('.cxe-moved')")

    page.locator("select[data-key=language]").select_option("da")
    page.wait_for_selector(".cxe[lang=da]")
    settle(page)
    page.get_by_role("button", name="Udskriv rapporten (PDF)").click()
    link = page.locator(".cxe-file")
    link.wait_for(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    saved = root / f"{report_name('Nordvand Forsyning A/S', '2026-10', 'da')}.pdf"
    assert download.value.suggested_filename == saved.name
    assert Path(download.value.path()).read_bytes() == saved.read_bytes()
    assert saved.name in page.locator(".cxe-status").inner_text()
    assert (watched.outside, watched.errors, watched.said) == ([], [], [])


def test_everything_works_by_keyboard(watched: Any, address: str) -> None:
    page = open_page(watched, address)
    page.locator(".cxe-tab[aria-selected=true]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".cxe-tab[data-key=elements][aria-selected=true]")
    settle(page)
    assert page.evaluate("document.activeElement.dataset.key") == "elements"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.cxe-chip')[1].getAttribute('aria-pressed') === 'true'")
    settle(page)
    assert re.match(r"2\s", page.evaluate("document.activeElement.textContent"))
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.locator(".cxe-tab[data-key=elements]").focus()
    page.keyboard.press("End")
    page.wait_for_selector(".cxe-tab[data-key=trial][aria-selected=true]")
    settle(page)
    more = page.get_by_role("button", name="1 Top management’s ownership: 0.25 up")
    more.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        settle(page)
    page.wait_for_function("document.querySelector('.cxe-moved')?.textContent.includes('4.04')")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").endswith("up")
    assert (watched.outside, watched.errors) == ([], [])


def test_no_code_is_seen_and_nothing_comes_from_elsewhere(watched: Any, address: str) -> None:
    page = open_page(watched, address)
    assert page.locator(".jp-InputArea-editor:visible, .jp-InputPrompt:visible").count() == 0
    assert watched.outside == []
