"""The notebook of the questionnaire in Voilà, with the project's own template: no code, and no other machine asked."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from builders_voila import presented

pytest.importorskip("voila", reason="Voilà is not installed")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the notebook with Voilà from a folder of its own, and return its address."""
    with presented("01_questionnaire.ipynb", tmp_path_factory.mktemp("voila")) as served:
        yield served


@pytest.mark.parametrize("watched", [(390, 844), (1440, 900)], indirect=True, ids=["phone", "desktop"])
def test_the_notebook_is_presentable_offline(watched: Any, address: str) -> None:
    page = watched.page
    page.goto(address)
    page.wait_for_selector(".cxq h1", timeout=90_000)
    assert page.locator(".jp-InputArea-editor:visible, .jp-InputPrompt:visible").count() == 0
    page.locator(".cxq-start .cxq-first").click()
    page.locator(".cxq input[type=radio]").nth(1).click()
    page.wait_for_selector('.cxq-save[data-kind="saved"]')
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.get_by_text("still open").wait_for(timeout=60_000)
    assert page.locator("table").count() >= 2
    assert (watched.outside, watched.errors) == ([], [])


def test_nothing_in_the_page_links_to_another_machine(address: str) -> None:
    with urllib.request.urlopen(address, timeout=120) as reply:
        text = reply.read().decode()
    assert "cdn." not in text
    assert '<link rel="stylesheet" href="http' not in text
    assert '<script src="http' not in text
