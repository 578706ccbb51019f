"""What the server does not do: let guessers in, store what is forged, tell what is private."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders_server import ROLE, WAVE, Visitor, ask, serve, write_engagement
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from cxassess.engagement import Person, create_engagement, open_engagement
from cxassess.questionnaire.server import make_application
from cxassess.questionnaire.server.handler import HEADERS

GUESSES = 10_000
CONNECTIONS = 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Serve two engagements; the tests' own address is not held back."""
    folder = tmp_path_factory.mktemp("safe")
    first, second, ended = folder / "first.cxa", folder / "second.cxa", folder / "ended.cxa"
    tokens = write_engagement(first, 40)
    others = write_engagement(second, 5, language="sv", organisation="Other")
    closed = write_engagement(ended, 5, language="da", organisation="Ended")
    with open_engagement(ended) as engagement:
        engagement.close_wave(WAVE)
    with serve([first, second, ended], folder / "server", "--no-limit", "127.0.0.0/8") as server:
        yield SimpleNamespace(
            server=server, port=server.port, first=first, second=second, ended=ended,
            tokens=tokens, others=others, closed=closed,
        )  # fmt: skip


@pytest.mark.slow
def test_ten_thousand_guesses_let_nobody_in_and_all_get_the_same_reply(served: SimpleNamespace) -> None:
    share = GUESSES // CONNECTIONS

    def guess(number: int) -> Counter[tuple[str, int, str]]:
        seen: Counter[tuple[str, int, str]] = Counter()
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        for place in range(share):
            token = secrets.token_urlsafe(24) if place % 4 else served.tokens[0][: place % 32] + "x"
            if place % 2:
                reply = ask(served.port, "GET", f"/i/{token}", connection=connection)
            else:
                path = Visitor(served.port).path or f"/q/{secrets.token_hex(10)}"
                reply = ask(served.port, "GET", path, headers={"Cookie": f"cxassess={token}"}, connection=connection)
            assert reply.headers["Set-Cookie"] is None
            seen["page", reply.status, reply.text] += 1
        connection.close()
        return seen

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        seen = sum(pool.map(guess, range(CONNECTIONS)), Counter[tuple[str, int, str]]())
    assert sum(seen.values()) == GUESSES
    assert len(seen) == 1
    assert next(iter(seen))[1] == 404
    assert Visitor.open(served.port, served.tokens[0]).load().status == 200, "whoever has a link still comes in"


def test_unknown_expired_and_withdrawn_links_cannot_be_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    past = datetime(2024, 3, 1, tzinfo=UTC)
    with create_engagement(path, organisation="Acme", clock=lambda: past) as engagement:
        engagement.add_wave(WAVE)
        engagement.open_wave(WAVE)
        people = [Person("A", "a@x.example", ROLE), Person("B", "b@x.example", ROLE)]
        expired, withdrawn = engagement.invite(people, WAVE, expires_on=date(2024, 4, 1))
        engagement.withdraw(["b@x.example"], WAVE)
    with serve([path], tmp_path / "server") as server:
        replies = [
            ask(server.port, "GET", f"/i/{token}")
            for token in (expired.token, withdrawn.token, secrets.token_urlsafe(24), "short", "", "a/b", "%00%ff")
        ]
    assert {reply.status for reply in replies} == {404}
    assert len({reply.body for reply in replies}) == 1
    headers = [{key: value for key, value in reply.headers.items() if key != "Date"} for reply in replies]
    assert all(found == headers[0] for found in headers)


def test_who_tries_many_wrong_links_has_to_wait_and_who_is_in_does_not(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    tokens = write_engagement(path, 2)
    with serve([path], tmp_path / "server") as server:
        inside = Visitor.open(server.port, tokens[0])
        statuses = [ask(server.port, "GET", f"/i/{secrets.token_urlsafe(24)}").status for _ in range(60)]
        assert statuses[:40] == [404] * 40
        assert statuses[-1] == 429
        assert ask(server.port, "GET", f"/i/{tokens[1]}").status == 429
        assert ask(server.port, "GET", "/join/AAAAA-AAAAA").status == 429
        assert inside.save(inside.items[0], 3)["kind"] == "ack"
        assert inside.load().status == 200


# ------------------------------------------------------------------------------------------------------ forged writes


def forge_messages(visitor: Visitor, asked_elsewhere: list[str]) -> Iterator[Any]:
    """Yield messages that no page of ours would send, or that must not be stored."""
    item = visitor.items[0]
    for level in (0, 6, -1, 99, 1.5, "3", True, [3], {"level": 3}, 2**70, -(2**70), "", "1; DROP TABLE answer"):
        yield visitor.message(item, level)
    for flag in ("maybe", "DONT_KNOW", 1, True, [], ["dont_know"], {}, "dont_know\u0000", "", "missing"):
        yield visitor.message(item, None, flag=flag)
    for level in (1, 3, 5):
        yield visitor.message(item, level, flag="dont_know")
        yield visitor.message(item, level, flag="not_applicable")
    for other in asked_elsewhere:
        yield visitor.message(other, 3)
    for other in ("", "no_such", item.lower(), item + " ", "../x", "'; --", "𝒳", "\ud800", None, 7, [item], {"x": 1}):
        yield visitor.message(other, 3)  # type: ignore[arg-type]
    for text in ("x" * 4001, 7, None, ["x"], {"x": 1}, True):
        yield visitor.message(item, 3, comment=text)
        yield visitor.message(item, 3, why=text)
    for revision in (1, -1, 2**60, "0", None, [0], 0.5):
        yield visitor.message(item, 3, revision=revision)


def forge_bodies(visitor: Visitor) -> Iterator[bytes]:
    """Yield bodies that are not what our page sends."""
    good = visitor.message(visitor.items[0], 3)
    for body in (
        None, [], {}, [good], "messages", 7, {"messages": None}, {"messages": good}, {"messages": []},
        {"messages": [good] * 65}, {"messages": [[good]]}, {"messages": [None, good]}, {"message": [good]},
    ):  # fmt: skip
        yield json.dumps(body).encode()
    for change in (
        {"kind": None}, {"kind": "erase"}, {"kind": ["answer"]}, {"seq": None}, {"seq": -1}, {"seq": True},
        {"seq": "1"}, {"seq": 1.0}, {"seq": 2**60},
    ):  # fmt: skip
        yield json.dumps({"messages": [good, good | change]}).encode()
    whole = json.dumps({"messages": [good]}).encode()
    yield from (whole[:-1], whole + b"x", b"\xff" + whole, b"[" * 100_000, b"", b"\x00", whole.replace(b"3", b"NaN"))
    yield from (whole.decode().encode("utf-16"), b'{"messages":' * 5_000 + b"1" + b"}" * 5_000)


def forge_headers(visitor: Visitor, other: Visitor, stranger: Visitor) -> Iterator[dict[str, str]]:
    """Yield headers that do not belong to the visitor's page."""
    own = visitor.headers()
    key = own["X-Write-Key"]
    for name, values in {
        "X-Write-Key": ["", key[:-1], key.upper(), key + "0", "0" * 64, other.person["write_key"], "\xe9"],
        "Cookie": ["", other.cookie, stranger.cookie, "cxassess=", "cxassess=x", visitor.cookie[:-1], "language=da"],
        "Origin": ["", "null", "https://evil.example", f"http://127.0.0.1:{visitor.port + 1}", "http://localhost",
                   f"http://127.0.0.1:{visitor.port}.evil.example", "file://"],
        "Sec-Fetch-Site": ["cross-site", "same-site", "none", "same-origin, cross-site"],
        "Content-Type": ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                         "application/jsonp", "text/plain; application/json"],
    }.items():  # fmt: skip
        for value in values:
            yield {key: kept for key, kept in (own | {name: value}).items() if kept}
    both = own | {"Cookie": other.cookie, "X-Write-Key": other.person["write_key"]}
    yield both


def test_two_hundred_forged_writes_store_nothing(served: SimpleNamespace) -> None:
    used = {name: served.tokens.pop() for name in ("own", "other", "done")}
    visitor, other, done = (Visitor.open(served.port, token) for token in used.values())
    stranger = Visitor.open(served.port, served.others[0])
    closed = [Visitor.open(served.port, token) for token in served.closed[:3]]
    with open_engagement(served.first) as engagement:
        instrument = engagement.instrument()
    elsewhere = [item.id for item in instrument.items if item.id not in visitor.items]
    assert elsewhere
    assert done.tell("submit")["kind"] == "ack"
    forged, address = 0, f"{visitor.path}/changes"
    for message in forge_messages(visitor, elsewhere):
        reply = visitor.post([message])
        assert reply.status == 200
        assert reply.json["replies"][0]["kind"] == "refused", message
        forged += 1
    for body in forge_bodies(visitor):
        assert ask(served.port, "POST", address, body, visitor.headers()).status == 400, body[:100]
        forged += 1
    good = json.dumps({"messages": [visitor.message(visitor.items[0], 3)]})
    for headers in forge_headers(visitor, other, stranger):
        assert ask(served.port, "POST", address, good, headers).status in (400, 403, 415), headers
        forged += 1
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"):
        assert ask(served.port, method, address, good, visitor.headers()).status == 405
        forged += 1
    for path in ("/", "/changes", visitor.path, f"{visitor.path}/answers", f"{visitor.path}/changes/", f"{address}/x"):
        assert ask(served.port, "POST", path, good, visitor.headers()).status in (404, 405)
        forged += 1
    for late in closed:
        for place in range(10):
            assert late.save(late.items[place], 3)["code"] == "wave_closed"
            forged += 1
        assert late.tell("submit")["code"] == "wave_closed"
    for place in range(30):
        assert done.save(done.items[place % len(done.items)], 1 + place % 5)["code"] == "submitted"
        forged += 1
    large = b'{"messages": [' + b" " * 300_000 + b"]}"
    with suppress(OSError):  # the server hangs up before all of it has come
        assert ask(served.port, "POST", address, large, visitor.headers()).status == 400
    assert forged >= 200
    for path, tokens in ((served.first, used.values()), (served.second, served.others), (served.ended, served.closed)):
        with open_engagement(path) as engagement:
            for token in tokens:
                admission = engagement.admit(token)
                assert admission is None or engagement.answers(admission) == {}
    assert visitor.save(visitor.items[0], 3)["revision"] == 1, "what the page itself sends is stored"


def test_texts_of_other_people_come_back_as_they_were_and_nothing_in_them_ends_a_block(served: SimpleNamespace) -> None:
    token = served.tokens.pop()
    visitor = Visitor.open(served.port, token)
    texts = ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028\u2029", "&quot;", "\\u003c", "{{1}}"]
    for item, text in zip(visitor.items, texts, strict=False):
        visitor.save(item, 1, comment=text, why=text)
    again = Visitor.open(served.port, token)
    page = again.load().text
    assert page.count("<script") == 3
    assert "<!--" not in page
    for item, text in zip(visitor.items, texts, strict=False):
        assert again.answers[item]["comment"] == text.replace("\u2028", "\n").replace("\u2029", "\n").strip("\n")


# ------------------------------------------------------------------------------------------------- headers and routes


def test_every_reply_has_the_safe_headers(served: SimpleNamespace) -> None:
    token = served.tokens.pop()
    visitor = Visitor.open(served.port, token)
    good = json.dumps({"messages": [visitor.message(visitor.items[0], 3)]})
    calls: list[tuple[str, str, str | None, dict[str, str], int]] = [
        ("GET", "/", None, {}, 200),
        ("GET", f"/i/{token}", None, {}, 303),
        ("GET", "/i/wrong", None, {}, 404),
        ("GET", visitor.path, None, {"Cookie": visitor.cookie}, 200),
        ("GET", visitor.path, None, {}, 404),
        ("GET", f"{visitor.path}/answers", None, {"Cookie": visitor.cookie}, 200),
        ("GET", f"{visitor.path}/answers", None, {}, 404),
        ("POST", f"{visitor.path}/changes", good, visitor.headers(), 200),
        ("POST", f"{visitor.path}/changes", good, {}, 403),
        ("POST", f"{visitor.path}/changes", "{", visitor.headers(), 400),
        ("GET", "/join", None, {}, 200),
        ("GET", "/join/AAAAA-AAAAA", None, {}, 404),
        ("POST", "/join", "code=x", {}, 403),
    ]
    missing = (
        "/favicon.ico", "/robots.txt", "/assets", "/assets/", "/assets/..%2f..%2fetc%2fpasswd", "/assets/host.js",
        "/q/", "/i", "/q/0000", "/../../etc/passwd", "/%2e%2e/x", "//evil.example/", "/static/host.js", "/admin",
        "/.git/config",
        "/q/" + "0" * 20 + "/", "/q/" + "g" * 20,
    )  # fmt: skip
    calls += [("GET", path, None, {}, 404) for path in missing]
    calls += [(method, "/", None, {}, 405) for method in ("POST", "PUT", "DELETE", "HEAD")]
    for method, path, body, headers, status in calls:
        reply = ask(served.port, method, path, body, headers)
        assert reply.status == status, (method, path)
        wanted = HEADERS | {"Referrer-Policy": "same-origin" if path.startswith("/join") else "no-referrer"}
        for name, value in wanted.items():
            assert reply.headers[name] == value, (method, path, name)
        assert reply.headers["Server"] is None
        assert reply.headers["Etag"] is None
        assert reply.headers["Access-Control-Allow-Origin"] is None
        assert token not in reply.text
        if path.startswith("/i/") or status >= 400:
            assert "Traceback" not in reply.text
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("language", "words"), [("da", "Her er ikke noget"), ("sv", "Här finns ingenting"), ("en", "There is nothing here")]
)
def test_error_pages_speak_three_languages(served: SimpleNamespace, language: str, words: str) -> None:
    reply = ask(served.port, "GET", "/nothing/here", headers={"Accept-Language": language})
    assert words in reply.text
    assert f'<html lang="{language}">' in reply.text
    assert "nothing/here" not in reply.text


def test_pages_bring_no_style_or_script_of_their_own(served: SimpleNamespace) -> None:
    page = Visitor.open(served.port, served.tokens.pop()).load().text
    for forbidden in ("style=", "<style", "onclick", "javascript:", "http://", "https://"):
        assert forbidden not in page.partition('id="cx-form"')[0]


def test_logs_hold_no_link_no_name_and_no_word_of_an_answer(served: SimpleNamespace) -> None:
    token = served.tokens.pop()
    visitor = Visitor.open(served.port, token)
    visitor.save(visitor.items[0], 4, comment="Zimtstern")
    visitor.save(visitor.items[0], 77, comment="Zimtstern")
    guessed = secrets.token_urlsafe(24)
    ask(served.port, "GET", f"/i/{guessed}")
    ask(served.port, "GET", f"/q/{'0' * 20}?token={guessed}", headers={"Referer": f"http://x/{guessed}"})
    ask(served.port, guessed.replace("_", "").replace("-", "").upper()[:12], f"/{guessed}")
    ask(served.port, "POST", f"{visitor.path}/changes", b"{" + guessed.encode(), visitor.headers())
    with suppress(OSError):
        ask(served.port, "POST", f"{visitor.path}/changes", b" " * 300_000, visitor.headers())
    written = served.server.log + served.server.printed
    assert "GET link 303" in written
    assert "POST changes 200" in written
    secret = (token, guessed, visitor.path[3:], visitor.person["write_key"], visitor.person["traits"]["token_key"])
    for private in (*secret, "Zimtstern", '127.0.0.1" ', "Traceback", visitor.items[0]):
        assert private not in written, private
    assert "P 0" not in written


def test_a_fault_is_told_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        """An engagement that breaks, and quotes what it was given."""

        served = (SimpleNamespace(language="da"),)

        def knows(self, token: str) -> bool:
            return False

        async def ask(self, token: str, work: Callable[..., Any], *, writes: bool = False) -> None:
            raise ValueError(f"broken by {token}")

    async def call() -> tuple[int, str]:
        server = HTTPServer(make_application(Broken()))  # type: ignore[arg-type]
        socket, port = bind_unused_port()
        server.add_sockets([socket])
        reply = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/i/tell-nobody", raise_error=False)
        server.stop()
        await server.close_all_connections()
        return reply.code, reply.body.decode()

    with caplog.at_level(logging.INFO):
        code, text = asyncio.run(call())
    assert code == 500
    assert "Noget gik galt hos os" in text
    assert "tell-nobody" not in text + caplog.text
    assert "ValueError" not in text
    assert "fault (link): ValueError" in caplog.text
