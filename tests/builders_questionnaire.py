"""A small host for the questionnaire: a page under a strict content security policy, and a store that forgets."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cxassess import load_instrument
from cxassess.questionnaire.form import build_form, count_items, estimate_minutes
from cxassess.questionnaire.page import build_page
from cxassess.questionnaire.words import build_refusal, build_words, read_static

LANGUAGES = ("da", "en", "sv")
ROLE = "front_line"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
OWN_TEXTS = {
    "lead": {
        "en": "Mette Holm, our customer director, asks 140 colleagues. Your answers decide what we change first.",
        "da": "Kundedirektør Mette Holm spørger 140 kolleger. Jeres svar afgør, hvad vi laver om først.",
        "sv": "Kunddirektör Mette Holm frågar 140 kollegor. Era svar avgör vad vi ändrar först.",
    },
    "contact": "mette@fjordvarme.example",
    "did": {
        "list": [
            {
                "said": {"en": "You said: complaints lie waiting.", "da": "I sagde: Klager ligger og venter."},
                "state": {"en": "Done.", "da": "Gjort.", "sv": "Gjort."},
                "done": {"en": "Each complaint has one name on it.", "da": "Hver klage har ét navn."},
            }
        ]
    },
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Questionnaire</title><link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/component.css"><link rel="stylesheet" href="/host.css">
<script type="module" src="/host.js"></script></head><body><main id="app"></main></body></html>"""
HOST_CSS = "html, body { margin: 0; min-height: 100%; } main { min-height: 100vh; display: grid; }"
HOST_JS = """
import component from "/component.js";
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
const listeners = {};
const state = await (await fetch("/start" + location.search)).json();
document.documentElement.lang = state.lang;
const tell = (name, value) => (listeners[name] ?? []).forEach((listener) => listener(value));
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
  send(message) {
    fetch("/send", { method: "POST", body: JSON.stringify(message) })
      .then((reply) => reply.ok && reply.json()).then((reply) => reply && tell("msg:custom", reply)).catch(() => {});
  },
};
window.tell = tell;
window.remove = component.render({ model, el: document.getElementById("app") });
"""
EMPTY = {"level": None, "flag": None, "why": "", "comment": "", "revision": 0}


def make_traits(
    *, texts: dict[str, Any] | None = None, form: str = "full", organisation: str = "Fjordvarme"
) -> dict[str, Any]:
    """Return what a host gives the component, in three languages."""
    built = build_form({code: load_instrument(language=code) for code in LANGUAGES}, role=ROLE, form=form)  # type: ignore[arg-type]
    survey = build_page(
        OWN_TEXTS if texts is None else texts,
        organisation=organisation,
        languages=LANGUAGES,
        minutes=estimate_minutes(built),
        anonymous=False,
        closes_on=date(2026, 12, 5),
        items=count_items(built),
    )
    return {
        "form": built, "survey": survey, "words": build_words(LANGUAGES), "token_key": "0" * 64, "device": "store",
    }  # fmt: skip


@dataclass
class Host:
    """What the server behind the page knows, and how it behaves."""

    traits: dict[str, Any] = field(default_factory=make_traits)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    state: str = "open"
    away: bool = False
    refuse: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""

    @property
    def items(self) -> list[str]:
        """Ids of the items in their order."""
        return [item["id"] for element in self.traits["form"]["elements"] for item in element["items"]]

    def start(self, query: dict[str, str]) -> dict[str, Any]:
        """Return the traits of a new window."""
        lang = query.get("lang", "da")
        return self.traits | {
            "answers": self.answers, "state": self.state, "lang": lang, "theme": query.get("theme", ""),
        } | ({"device": query["device"]} if "device" in query else {})  # fmt: skip

    def receive(self, message: dict[str, Any]) -> dict[str, Any]:
        """Reply as the store does: only the newest revision may be changed, and nothing once it is closed."""
        self.messages.append(message)
        seq, kind = message["seq"], message["kind"]
        code = self.refuse or {"closed": "wave_closed", "submitted": "submitted"}.get(self.state, "")
        if code and not (kind == "reopen" and self.state == "submitted"):
            return {"kind": "refused", "seq": seq, "code": code, "message": build_refusal(code, LANGUAGES)}
        if kind != "answer":
            self.state = "submitted" if kind == "submit" else "open"
            return {"kind": "ack", "seq": seq}
        stored = self.answers.get(message["item"], EMPTY)
        content = {key: message[key] for key in ("level", "flag", "why", "comment")}
        if content == {key: stored[key] for key in content}:
            return {"kind": "ack", "seq": seq, "revision": stored["revision"]}
        if message["revision"] != stored["revision"]:
            refused = {"kind": "refused", "seq": seq, "code": "conflict"}
            return refused | {"message": build_refusal("conflict", LANGUAGES), "answer": stored}
        self.answers[message["item"]] = content | {"revision": stored["revision"] + 1}
        return {"kind": "ack", "seq": seq, "revision": stored["revision"] + 1}


@contextmanager
def serve(host: Host) -> Iterator[Host]:
    """Serve a host on a free port of this machine until the block ends."""
    static = {
        "/": (PAGE, "text/html"), "/host.js": (HOST_JS, "text/javascript"), "/host.css": (HOST_CSS, "text/css"),
        "/component.js": (read_static("component.js"), "text/javascript"),
        "/component.css": (read_static("component.css"), "text/css"),
        "/favicon.svg": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
    }  # fmt: skip
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == "/start":
                with lock:
                    given = host.start(dict(part.split("=") for part in query.split("&") if part))
                self.reply(json.dumps(given), "application/json")
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
                reply = host.receive(message)
            self.reply(json.dumps(reply), "application/json")

        def reply(self, text: str, kind: str) -> None:
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
