"""The portfolio as it is presented: in Voilà, offline; three choices by keyboard, and nothing that axe objects to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from builders_voila import presented

pytest.importorskip("voila", reason="Voilà is not installed")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("CXASSESS_SHOTS", "")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the notebook with Voilà from a folder of its own, and return its address."""
    with presented("04_portfolio.ipynb", tmp_path_factory.mktemp("portfolio")) as served:
        yield served


@pytest.mark.parametrize("watched", [(1366, 768)], indirect=True, ids=["projector"])
def test_the_portfolio_is_presentable_and_follows_its_choices(watched: Any, address: str) -> None:
    page = watched.page
    page.goto(address, wait_until="commit", timeout=120_000)
    page.wait_for_selector(".widget-html .cxa-standings", timeout=120_000)
    page.wait_for_selector(".widget-html .cxa-heat", timeout=60_000)
    assert page.locator(".jp-InputArea-editor:visible, .jp-InputPrompt:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    element, industry, order = (
        page.get_by_label(name, exact=True) for name in ("Element", "Industry", "Order of the map")
    )
    element.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_text("League table: Top management’s ownership").wait_for()
    industry.select_option(label="energy")
    page.wait_for_function("document.querySelectorAll('.widget-html .cxa-standings tbody tr').length === 5")
    order.select_option(label="By country")
    page.wait_for_selector(".widget-html .cxa-heat .cxa-groupname")
    if SHOTS:
        page.locator(".widget-html").first.scroll_into_view_if_needed()
        page.screenshot(path=f"{SHOTS}/portfolio.png", full_page=True)
    assert (watched.outside, watched.errors) == ([], [])
