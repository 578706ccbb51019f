"""A real browser for what is seen in one: Debian's Chromium, driven by Playwright, cut off from the internet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Watched:
    """A page, the requests it made to other machines, and the errors in its console."""

    page: object
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Start Chromium for one module only: Playwright keeps an event loop running, which other tests must not meet."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield started
        started.close()


@pytest.fixture
def watched(browser, request) -> Iterator[Watched]:
    """Return a page of the size that the test's parameter names (width, height); 1440 × 900 if none."""
    width, height = getattr(request, "param", (1440, 900))
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    found = Watched(page)

    def look(request) -> None:
        local = ("http://127.0.0.1", "http://localhost", "ws://127.0.0.1", "ws://localhost", "file:", "data:", "blob:")
        if not request.url.startswith(local):
            found.outside.append(request.url)

    page.on("request", look)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    yield found
    context.close()
