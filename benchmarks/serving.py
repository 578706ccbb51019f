"""``python -m benchmarks.serving [--people 100] [--seconds 20]``: the questionnaire's server under load, on loopback.

The server runs as its own process, as ``cxassess serve`` starts it; the respondents are another. Each respondent has a
connection of their own and sends what the page sends: one request an answer, with cookie, key and origin.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from benchmarks.machine import describe_in_words, describe_machine
from cxassess.engagement import Person, create_engagement

WAVE: Final = "2026-11"
ROLE: Final = "front_line"
SESSIONS: Final = 200
CLI: Final = [sys.executable, "-c", "from cxassess.cli import main; main()"]
MIB: Final = 2**20
#: A phone on a slow network, as page-speed tools imitate it.
SLOW: Final = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER_PROCESSOR: Final = 4
ROUNDS_IN_BROWSER: Final = 7
#: Notes when the first button and then, having pressed it, the first item are there: ms since the link was opened.
WATCH: Final = """
window.seen = {};
new MutationObserver(() => {
  const button = document.querySelector(".cxq-welcome .cxq-first");
  if (button && !seen.page) { seen.page = performance.now(); button.click(); }
  const item = document.querySelector(".cxq-item input");
  if (item && !seen.item) requestAnimationFrame(() => setTimeout(() => { seen.item ??= performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""


@dataclass
class Respondent:
    """Somebody who opens their link and answers, over one connection."""

    port: int
    token: str
    path: str = ""
    cookie: str = ""
    write_key: str = ""
    items: list[str] = field(default_factory=list)
    count: int = 0
    revisions: dict[str, int] = field(default_factory=dict)
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> float:
        """Open the link, and return the seconds until the page with everything on it is there."""
        began = time.perf_counter()
        head, _ = await self._ask(f"GET /i/{self.token} HTTP/1.1")
        self.path = find(rb"Location: (\S+)", head)
        self.cookie = find(rb"Set-Cookie: ([^;]+)", head)
        _, page = await self._ask(f"GET {self.path} HTTP/1.1", "Accept-Encoding: identity")
        took = time.perf_counter() - began
        self.write_key = find(rb'"write_key":"(\w+)"', page)
        form = json.loads(find(rb'id="cx-form">(.*?)</script>', page))["form"]
        self.items = [item["id"] for element in form["elements"] for item in element["items"]]
        return took

    async def answer(self) -> float:
        """Answer an item, and return the seconds until that is acknowledged."""
        self.count += 1
        item = self.items[self.count % len(self.items)]
        level = 1 + (self.count // len(self.items) + self.count) % 5
        message = {"kind": "answer", "seq": self.count, "item": item, "level": level, "flag": None, "why": ""}
        message |= {"comment": f"{self.count}", "revision": self.revisions.get(item, 0)}
        body = json.dumps({"messages": [message]})
        began = time.perf_counter()
        _, content = await self._ask(
            f"POST {self.path}/changes HTTP/1.1",
            "Content-Type: application/json",
            f"Origin: http://127.0.0.1:{self.port}",
            f"X-Write-Key: {self.write_key}",
            body=body,
        )
        took = time.perf_counter() - began
        reply = json.loads(content)["replies"][0]
        if reply["kind"] != "ack":
            raise RuntimeError(f"not acknowledged: {reply}")
        self.revisions[item] = reply["revision"]
        return took

    async def _ask(self, first: str, *headers: str, body: str = "") -> tuple[bytes, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        lines = [first, f"Host: 127.0.0.1:{self.port}", f"Cookie: {self.cookie}", *headers]
        lines += [f"Content-Length: {len(body)}"] if body else []
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        return head, await reader.readexactly(int(find(rb"Content-Length: (\d+)", head)))


def find(pattern: bytes, text: bytes) -> str:
    """Return what a pattern's group matches."""
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise RuntimeError(f"{pattern!r} is not in {text[:200]!r}")
    return found[1].decode()


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--people", type=int, default=100, help="respondents who answer at once")
    parser.add_argument("--seconds", type=float, default=20, help="how long each load lasts")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "load.cxa"
        tokens = make_engagement(path, max(SESSIONS, chosen.people) + 2 * ROUNDS_IN_BROWSER)
        with serving(path, Path(folder)) as (process, port):
            rows = measure(process, port, tokens, chosen.people, chosen.seconds)
    lines = ["| | median | p99 | most | |", "|---|---:|---:|---:|---|", *rows]
    text = f"Measured on: {describe_in_words(describe_machine())}; the respondents on the same machine as the server."
    sys.stdout.write("\n".join([*lines, "", text]) + "\n")


def measure(process: psutil.Process, port: int, tokens: Sequence[str], people: int, seconds: float) -> list[str]:
    """Return the lines of the table."""
    spare = list(tokens[max(SESSIONS, people) :])
    rows = []
    for slow in (False, True):
        page, item = open_in_browser(port, [spare.pop() for _ in range(ROUNDS_IN_BROWSER)], slow=slow)
        how = "4 × slower processor, 1.6 Mbit/s, 150 ms" if slow else "this machine"
        rows.append(row("link opened → first page, phone-sized Chromium", page, how))
        rows.append(row("link opened → first item can be answered", item, how))
    idle = process.memory_info().rss / MIB
    opened, brisk, fast, used = asyncio.run(load(process, port, tokens, people, seconds))
    rows += [
        row(f"link opened → page sent, {people} at the same moment", opened, f"{len(opened)} pages"),
        row(f"click → acknowledged, {people} people, one answer a second each", brisk, rate(brisk, seconds)),
        row(f"click → acknowledged, {people} people, without a pause", fast, rate(fast, seconds)),
        f"| memory of the server with {SESSIONS} open sessions | {used:.0f} MiB | | | {idle:.0f} MiB before |",
    ]
    return rows


async def load(
    process: psutil.Process, port: int, tokens: Sequence[str], people: int, seconds: float
) -> tuple[list[float], list[float], list[float], float]:
    """Return the times of opening, of answering calmly and without a pause, and the memory with many sessions open."""
    everybody = [Respondent(port, token) for token in tokens[: max(SESSIONS, people)]]
    active = everybody[:people]
    opened = list(await asyncio.gather(*(one.open() for one in active)))
    loads = []
    for pause in (1.0, 0.0):
        end = time.perf_counter() + seconds
        loads.append(
            [took for times in await asyncio.gather(*(keep_on(one, end, pause) for one in active)) for took in times]
        )
    for one in everybody[people:]:
        await one.open()
    for one in everybody:
        await one.answer()
    used = process.memory_info().rss / MIB
    for one in everybody:
        if one.streams is not None:
            one.streams[1].close()
    return opened, loads[0], loads[1], used


async def keep_on(one: Respondent, end: float, pause: float) -> list[float]:
    """Answer until the end, and return the times."""
    times = []
    await asyncio.sleep(random.uniform(0, pause))
    while time.perf_counter() < end:
        times.append(await one.answer())
        await asyncio.sleep(max(0.0, pause - times[-1]))
    return times


def open_in_browser(port: int, tokens: Sequence[str], *, slow: bool) -> tuple[list[float], list[float]]:
    """Return the times until the first page and the first item are there, each in a fresh browser profile."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return [], []
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    seen: list[dict[str, float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for token in tokens:
            context = browser.new_context(viewport={"width": 390, "height": 844})
            page = context.new_page()
            page.add_init_script(WATCH)
            if slow:
                session = context.new_cdp_session(page)
                session.send("Network.enable")
                session.send("Network.emulateNetworkConditions", SLOW)
                session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
            page.goto(f"http://127.0.0.1:{port}/i/{token}")
            page.wait_for_function("window.seen.item")
            seen.append(page.evaluate("window.seen"))
            context.close()
        browser.close()
    warm = seen[1:]  # the first one starts parts of the browser as well
    return [one["page"] / 1000 for one in warm], [one["item"] / 1000 for one in warm]


def row(what: str, seconds: Sequence[float], note: str) -> str:
    """Return a line of the table."""
    if not seconds:
        return f"| {what} | – | – | – | Chromium is not installed |"
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    cells = (f"{1000 * value:,.0f} ms" for value in (statistics.median(ordered), p99, ordered[-1]))
    return f"| {what} | {' | '.join(cells)} | {note} |"


def rate(times: Sequence[float], seconds: float) -> str:
    """Say how many answers there were."""
    return f"{len(times):,} answers, {len(times) / seconds:,.0f} a second"


def make_engagement(path: Path, people: int) -> list[str]:
    """Make an engagement with invited people, and return their tokens."""
    with create_engagement(path, organisation="Load") as made:
        made.add_wave(WAVE)
        made.open_wave(WAVE)
        persons = [Person(f"P {number}", f"p{number}@load.example", ROLE) for number in range(people)]
        return [invited.token for invited in made.invite(persons, WAVE)]


@contextmanager
def serving(path: Path, folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """Serve the engagement until the block ends."""
    printed = folder / "out.txt"
    with printed.open("wb") as out, (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen([*CLI, "serve", str(path), "--port", "0"], stdout=out, stderr=log)
    try:
        while True:
            found = re.search(r"^serving at http://127\.0\.0\.1:(\d+)", printed.read_text(), re.MULTILINE)
            if found:
                break
            if process.poll() is not None:
                raise RuntimeError((folder / "log.txt").read_text())
            time.sleep(0.05)
        yield psutil.Process(process.pid), int(found[1])
    finally:
        process.terminate()
        process.wait(timeout=60)


if __name__ == "__main__":
    main()
