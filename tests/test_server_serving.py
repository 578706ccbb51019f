"""The server as respondents and consultants meet it: links, pages, saving, rooms, and the command's own words."""

from __future__ import annotations

import gzip
import http.client
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders_server import CLI, ROLE, WAVE, Server, Visitor, ask, read_block, serve, write_engagement

from cxassess.engagement import open_engagement


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Serve two engagements: a Danish one, and an anonymous Swedish one with a code for a room."""
    folder = tmp_path_factory.mktemp("served")
    first, second = folder / "first.cxa", folder / "second.cxa"
    tokens = write_engagement(first, 30, language="da", languages=["", "sv", "en"] + [""] * 27)
    hidden = write_engagement(second, 12, language="sv", organisation="Älvkraft & <Co>", anonymous=True)
    with open_engagement(second) as engagement:
        code = engagement.join_code(WAVE)
    with serve([first, second], folder / "server") as server:
        yield SimpleNamespace(
            server=server, first=first, second=second, tokens=tokens, hidden=hidden, code=code, port=server.port
        )


@pytest.fixture
def token(served: SimpleNamespace) -> str:
    """Return a link that nobody has used."""
    found: str = served.tokens.pop()
    return found


def test_a_link_leads_to_a_clean_address_and_back_to_what_was_answered(served: SimpleNamespace, token: str) -> None:
    arrived = ask(served.port, "GET", f"/i/{token}")
    assert arrived.status == 303
    assert token not in arrived.headers["Location"]
    cookie = arrived.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Path={arrived.headers['Location']}" in cookie
    assert "expires" not in cookie.lower()
    visitor = Visitor.open(served.port, token)
    item = visitor.items[0]
    saved = visitor.save(item, 4, why="We saw it on Monday.", comment="æøå </script>")
    assert saved == {"kind": "ack", "seq": 1, "revision": 1}
    again = Visitor.open(served.port, token)
    assert again.answers == {
        item: {"level": 4, "flag": None, "why": "We saw it on Monday.", "comment": "æøå </script>", "revision": 1}
    }
    assert again.person["traits"]["state"] == "open"
    page = again.load().text
    assert token not in page
    assert page.count("</script>") == 3


def test_every_answer_is_acknowledged_by_its_number_and_several_at_once(served: SimpleNamespace, token: str) -> None:
    visitor = Visitor.open(served.port, token)
    sent = [visitor.message(item, 1 + place % 5) for place, item in enumerate(visitor.items)]
    replies = visitor.post(sent).json["replies"]
    assert replies == [{"kind": "ack", "seq": message["seq"], "revision": 1} for message in sent]
    assert visitor.post(sent).json["replies"] == replies, "a message that comes twice is stored once"
    assert visitor.tell("submit")["kind"] == "ack"
    assert visitor.save(visitor.items[0], 5, revision=1)["code"] == "submitted"
    assert visitor.tell("reopen")["kind"] == "ack"
    assert visitor.save(visitor.items[0], 5, revision=1)["revision"] == 2
    stale = visitor.save(visitor.items[0], 2, revision=1)
    assert stale["code"] == "conflict"
    assert stale["answer"]["level"] == 5
    assert set(stale["message"]) == {"da", "en", "sv"}
    seen = ask(served.port, "GET", f"{visitor.path}/answers", headers={"Cookie": visitor.cookie}).json
    assert seen["state"] == "open"
    assert seen["answers"][visitor.items[0]]["level"] == 5


def test_the_page_speaks_the_persons_language_else_the_browsers(served: SimpleNamespace) -> None:
    swedish = {"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.5"}
    for token, expected in zip(served.tokens[:3], ("da", "sv", "en"), strict=True):
        visitor = Visitor.open(served.port, token, **swedish)
        assert visitor.person["traits"]["lang"] == expected
    anonymous = served.hidden[0]
    for header, expected in {
        "da;q=0.4, en;q=0.9": "en", "de, da-DK;q=0.8": "da", "de": "sv", "": "sv", "en;q=x, da;q=0": "sv",
    }.items():  # fmt: skip
        visitor = Visitor.open(served.port, anonymous, **{"Accept-Language": header})
        assert visitor.person["traits"]["lang"] == expected
    visitor.cookie += "; language=da"
    visitor.load()
    assert visitor.person["traits"]["lang"] == "da", "what was chosen on the page comes first"
    page = visitor.load().text
    assert '<html lang="da">' in page
    assert "<title>Spørgeskema · Älvkraft &amp; &lt;Co&gt;</title>" in page


def test_the_page_is_the_same_when_compressed(served: SimpleNamespace, token: str) -> None:
    visitor = Visitor.open(served.port, token)
    visitor.save(visitor.items[0], 2, comment="Ø" * 3000)
    plain = visitor.load()
    packed = visitor.load(**{"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 3


def test_files_have_names_that_change_with_them_and_may_be_kept(served: SimpleNamespace, token: str) -> None:
    page = Visitor.open(served.port, token).load().text
    names = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))
    assert len(names) == 5
    for name in names:
        plain = ask(served.port, "GET", name)
        packed = ask(served.port, "GET", name, headers={"Accept-Encoding": "gzip"})
        assert plain.status == 200
        assert "immutable" in plain.headers["Cache-Control"]
        assert gzip.decompress(packed.body) == plain.body
    host = next(ask(served.port, "GET", name).text for name in names if "/host." in name)
    component = next(name for name in names if name.startswith("/assets/component") and name.endswith(".js"))
    assert f'from "{component}"' in host
    assert ask(served.port, "GET", "/assets/host.0000000000000000.js").status == 404


def test_each_engagement_is_opened_by_its_own_links_only(served: SimpleNamespace, token: str) -> None:
    own, other = Visitor.open(served.port, token), Visitor.open(served.port, served.hidden[1])
    assert own.traits["survey"]["organisation"] == "Nordvand A/S"
    assert other.traits["survey"]["organisation"] == "Älvkraft & <Co>"
    own.save(own.items[0], 3)
    mixed = Visitor(served.port, own.path, other.cookie, own.person, own.traits)
    assert mixed.load().status == 404
    assert mixed.post([mixed.message(own.items[0], 5)]).status == 403
    assert Visitor.open(served.port, token).answers[own.items[0]]["level"] == 3
    assert not Visitor.open(served.port, served.hidden[1]).answers


def test_people_in_a_room_join_with_a_code(served: SimpleNamespace) -> None:
    own = {"Origin": f"http://127.0.0.1:{served.port}", "Content-Type": "application/x-www-form-urlencoded"}
    assert "<form" in ask(served.port, "GET", "/join").text
    asked = ask(served.port, "GET", f"/join/{served.code.lower()}", headers={"Accept-Language": "da"})
    assert asked.status == 200
    assert f'value="{ROLE}"' in asked.text
    wrong = ask(served.port, "GET", "/join/AAAAA-AAAAA")
    assert wrong.status == 404
    assert wrong.text == ask(served.port, "POST", "/join", "code=AAAAA-AAAAA&role=front_line", own).text
    for headers in (
        own | {"Origin": "https://evil.example"}, own | {"Origin": "null"}, own | {"Sec-Fetch-Site": "cross-site"},
        {"Content-Type": own["Content-Type"]},
    ):  # fmt: skip
        assert ask(served.port, "POST", "/join", f"code={served.code}&role={ROLE}", headers).status == 403
    assert ask(served.port, "POST", "/join", f"code={served.code}&role=nobody", own).status == 400
    with open_engagement(served.second) as engagement:
        before = engagement.status(WAVE).total.invited
    joined = ask(served.port, "POST", "/join", f"code={served.code}&role={ROLE}", own | {"Accept-Language": "en"})
    assert joined.status == 303
    cookies = [value.partition(";")[0] for value in joined.headers.get_all("Set-Cookie", [])]
    visitor = Visitor(served.port, joined.headers["Location"], "; ".join(cookies))
    assert visitor.load().status == 200
    assert visitor.person["traits"]["lang"] == "en"
    assert visitor.save(visitor.items[0], 3)["kind"] == "ack"
    room = {"Cookie": next(cookie for cookie in cookies if cookie.startswith("cxassess-room="))}
    assert 'name="again"' in ask(served.port, "GET", f"/join/{served.code}", headers=room).text
    again = ask(served.port, "POST", "/join", f"code={served.code}&again=1", own | room)
    assert again.headers["Location"] == joined.headers["Location"]
    with open_engagement(served.second) as engagement:
        assert engagement.status(WAVE).total.invited == before + 1


def test_who_comes_before_or_after_the_wave_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "early.cxa"
    (token,) = write_engagement(path, 1, opened=False)
    with serve([path], tmp_path / "server") as server:
        assert "No wave is open" in server.printed
        visitor = Visitor.open(server.port, token)
        assert visitor.person["traits"]["state"] == "closed"
        assert visitor.save(visitor.items[0], 3)["code"] == "wave_closed"
        with open_engagement(path) as engagement:
            engagement.open_wave(WAVE)
        visitor.load()
        assert visitor.person["traits"]["state"] == "open", "an engagement may be worked on while it is served"
        assert visitor.save(visitor.items[0], 3)["kind"] == "ack"
        with open_engagement(path) as engagement:
            engagement.withdraw(["p0@early.example"], WAVE)
        gone = visitor.post([visitor.message(visitor.items[1], 3)])
        assert (gone.status, gone.json["replies"][0]["code"]) == (403, "not_admitted")
        assert visitor.load().status == 404
        assert ask(server.port, "GET", f"{visitor.path}/answers", headers={"Cookie": visitor.cookie}).status == 404


def test_a_session_outlives_the_server_and_a_stop_finishes_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    (token,) = write_engagement(path, 1)
    with serve([path], tmp_path / "server") as server:
        visitor = Visitor.open(server.port, token)
        visitor.save(visitor.items[0], 3)
        assert server.stop() == 0
        assert server.printed.endswith("stopped; everything that was acknowledged is stored.\n")
        assert sorted(file.name for file in tmp_path.iterdir()) == ["acme.cxa", "server"], "nothing is left behind"
        server.start()
        assert visitor.save(visitor.items[0], 4, revision=1)["revision"] == 2
        assert "Traceback" not in server.log


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*CLI, "serve", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_what_cannot_be_served_is_said_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "text.cxa").write_text("no engagement")
    path = tmp_path / "acme.cxa"
    write_engagement(path, 1)
    shutil.copy(path, tmp_path / "copy.cxa")
    result = run(tmp_path / "none.cxa", tmp_path / "text.cxa", path, tmp_path / "copy.cxa", path)
    assert result.returncode == 2
    for words in ("none.cxa: there is no such file", "text.cxa: this is not an engagement", "copy of the same"):
        assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert "3 problems" in result.stderr
    assert not list(tmp_path.glob("*.serving"))


def test_one_server_a_file_and_one_a_port(tmp_path: Path) -> None:
    path, other = tmp_path / "acme.cxa", tmp_path / "other.cxa"
    write_engagement(path, 1)
    write_engagement(other, 1)
    with serve([path], tmp_path / "server") as server:
        second = run(path, "--port", 0)
        assert second.returncode == 2
        assert "another server has this engagement open" in second.stderr
        taken = run(other, "--port", server.port)
        assert taken.returncode == 2
        assert f"127.0.0.1:{server.port}" in taken.stderr
        assert "Traceback" not in taken.stderr
        server.kill()  # the lock ends with its holder
        assert Server([path], tmp_path / "server").start().stop() == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--certificate", "none.pem"], "can’t be used"),
        (["--key", "none.pem"], "--key needs --certificate"),
        (["--no-limit", "everywhere"], "--no-limit"),
        (["--host", "203.0.113.7"], "can’t be listened to"),
    ],
)
def test_bad_options_are_explained(arguments: list[str], words: str, tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    write_engagement(path, 1)
    result = run(path, "--port", 0, *arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_other_machines_without_tls_bring_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    write_engagement(path, 1)
    with serve([path], tmp_path / "server", "--host", "0.0.0.0") as server:
        assert "Warning: 0.0.0.0 can be reached from other machines" in server.log
        assert "docs/serving.md" in server.log
    with serve([path], tmp_path / "proxied", "--host", "0.0.0.0", "--behind-proxy") as server:
        assert "pretend to be the proxy" in server.log


def test_behind_a_proxy_cookies_are_secure(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    (token,) = write_engagement(path, 1)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1"}
    with serve([path], tmp_path / "server", "--behind-proxy") as server:
        arrived = ask(server.port, "GET", f"/i/{token}", headers=headers)
        assert "Secure" in arrived.headers["Set-Cookie"]
        assert arrived.headers["Set-Cookie"].startswith("__Secure-cxassess=")
        assert arrived.headers["Strict-Transport-Security"]
        assert ask(server.port, "GET", "/").headers["Strict-Transport-Security"] is None
    with serve([path], tmp_path / "plain") as server:
        assert "Secure" not in ask(server.port, "GET", f"/i/{token}", headers=headers).headers["Set-Cookie"]


def test_tls_of_its_own(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path, certificate, key = tmp_path / "acme.cxa", tmp_path / "cert.pem", tmp_path / "key.pem"
    (token,) = write_engagement(path, 1)
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, *name, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    options = ("--certificate", str(certificate), "--key", str(key))
    with serve([path], tmp_path / "server", *options) as server:
        context = ssl.create_default_context(cafile=str(certificate))
        secure = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=30)
        arrived = ask(server.port, "GET", f"/i/{token}", connection=secure)
        secure.close()
        assert arrived.headers["Set-Cookie"].startswith("__Secure-cxassess=")
        assert "Secure" in arrived.headers["Set-Cookie"]
        assert arrived.headers["Strict-Transport-Security"]
        with pytest.raises((http.client.HTTPException, OSError)):
            ask(server.port, "GET", "/")
        assert server.stop() == 0
        assert token not in server.log


def test_a_page_holds_what_the_component_needs(served: SimpleNamespace, token: str) -> None:
    page = Visitor.open(served.port, token).load().text
    assert set(read_block(page, "cx-form")) == {"form", "survey", "words"}
    assert set(read_block(page, "cx-person")["traits"]) == {"answers", "lang", "state", "token_key"}
