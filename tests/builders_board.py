"""A small host for the board: a page under a strict content security policy, on the file of a real engagement."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cxassess.engagement import open_engagement
from cxassess.engagement.store import read_clock
from cxassess.workshop import build_board, build_board_words, describe_join, obey, read_static

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
JOIN = describe_join("http://192.168.1.20:8765/join/KAJ482", "KAJ482")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Board</title><link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/board.css"><link rel="stylesheet" href="/host.css">
<script type="module" src="/host.js"></script></head><body><div id="app"></div></body></html>"""
HOST_CSS = "html, body { margin: 0; background: #FBFAF6; }"
HOST_JS = """
import component from "/board.js";
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
const listeners = {};
const query = location.search;
const state = await (await fetch("/start" + query)).json();
const tell = (name, value) => (listeners[name] ?? []).forEach((listener) => listener(value));
let heard = Date.now();
const model = {
  get: (key) => state[key],
  set(key, value) {
    state[key] = value;
    if (key === "lang") document.documentElement.lang = value;
    tell("change:" + key);
  },
  save_changes() {},
  on: (name, listener) => { (listeners[name] ??= []).push(listener); },
  off: (name, listener) => { listeners[name] = (listeners[name] ?? []).filter((other) => other !== listener); },
  async send(message) {
    try {
      const reply = await (await fetch("/send", { method: "POST", body: JSON.stringify(message) })).json();
      await look();
      tell("msg:custom", reply);
    } catch {}
  },
};
document.documentElement.lang = state.lang;
let last = JSON.stringify(state.board);
async function look() {
  try {
    const answer = await fetch("/view");
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    heard = Date.now();
    if (text !== last) { last = text; model.set("board", JSON.parse(text)); }
  } catch {}
  model.set("age", Math.floor((Date.now() - heard) / 1000));
}
if (!state.polls) setInterval(look, 300);
window.tell = tell;
window.model = model;
window.remove = component.render({ model, el: document.getElementById("app") });
"""


@dataclass
class BoardHost:
    """The server behind the page: it keeps nothing, everything is in the file.

    ``away`` lets it refuse every request; ``replies`` are those it gave.
    """

    path: Path
    wave: str
    join: dict[str, Any] | None = field(default_factory=lambda: JOIN)
    away: bool = False
    clock: Any = read_clock
    messages: list[dict[str, Any]] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    address: str = ""

    def view(self) -> str:
        with open_engagement(self.path, clock=self.clock) as engagement:
            self.views.append(json.dumps(build_board(engagement, self.wave), sort_keys=True))
        return self.views[-1]

    def start(self, query: dict[str, str]) -> str:
        board = json.loads(self.view())
        traits = {
            "board": board, "words": build_board_words(), "lang": query.get("lang", "en"), "join": self.join,
            "polls": query.get("polls") == "1", "age": 0, "theme": "",
        }  # fmt: skip
        return json.dumps(traits)

    def receive(self, message: dict[str, Any]) -> str:
        with open_engagement(self.path, clock=self.clock) as engagement:
            reply = obey(engagement, self.wave, message)
        if message["kind"] != "look":
            self.messages.append(message)
            self.replies.append(reply)
        return json.dumps(reply)


@contextmanager
def serve_board(host: BoardHost) -> Iterator[BoardHost]:
    """Serve a host on a free port of this machine until the block ends."""
    static = {
        "/": (PAGE, "text/html"), "/host.js": (HOST_JS, "text/javascript"), "/host.css": (HOST_CSS, "text/css"),
        "/board.js": (read_static("board.js"), "text/javascript"), "/board.css": (read_static("board.css"), "text/css"),
        "/favicon.svg": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
    }  # fmt: skip
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if host.away:
                self.send_error(503)
            elif path == "/start":
                with lock:
                    self.reply(host.start(dict(part.split("=") for part in query.split("&") if part)))
            elif path == "/view":
                with lock:
                    self.reply(host.view())
            elif path in static:
                self.reply(*static[path])
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if host.away:
                self.send_error(503)
                return
            with lock:
                self.reply(host.receive(message))

        def reply(self, text: str, kind: str = "application/json") -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    host.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
