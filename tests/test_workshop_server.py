"""The workshop over the network: what phones and the board are told and may do, and what nobody may."""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from builders_instrument import SELF_SERVICE
from builders_room import ROLES, BoardPage, WorkshopServer, give_dots, hold_workshop, join, look, vote
from builders_server import WAVE, Visitor, ask, serve, write_engagement
from click.testing import CliRunner

from cxassess.cli import main
from cxassess.engagement import Engagement, NotYet, Person, create_engagement, open_engagement
from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument
from cxassess.language import LANGUAGES
from cxassess.workshop.server import Venue, WavePlan, find_addresses, open_workshop
from cxassess.workshop.server.board import MOST_BYTES, parse_command
from cxassess.workshop.server.phones import parse_dots

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Serve a workshop with ten people in it who have voted."""
    folder = tmp_path_factory.mktemp("workshop")
    path = folder / "acme.cxa"
    with hold_workshop(path, folder / "server") as server:
        people = [join(server, ROLES[number % 4]) for number in range(10)]
        for number, visitor in enumerate(people):
            vote(visitor, 1 + number % 5)
        yield SimpleNamespace(server=server, port=server.port, path=path, people=people)


def open_board(served: SimpleNamespace) -> BoardPage:
    return BoardPage.open(served.server)


# ------------------------------------------------------------------------------------------- who the board is for


def test_the_board_comes_with_its_key_and_keeps_it_out_of_the_address(served: SimpleNamespace) -> None:
    key = served.server.key
    assert len(key) >= 32, "192 bits, six to a letter"
    door = ask(served.port, "GET", f"/board/{key}")
    assert door.status == 200
    cookie = door.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/board"} <= set(cookie.split("; "))
    assert door.headers["Referrer-Policy"] == "no-referrer"
    assert key not in door.text
    page = open_board(served).load()
    assert page.status == 200
    assert key not in page.text
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}


@pytest.mark.parametrize("path", ["/board", "/board/", "/board/view"])
def test_without_the_key_there_is_no_board(served: SimpleNamespace, path: str) -> None:
    token = served.people[0].cookie.partition("=")[2]
    for cookie in (
        "",
        f"cxassess-board={token}",
        served.people[0].cookie,
        f"cxassess-board={served.server.key[:-1]}",
        f"cxassess-board={served.server.key}x",
        f"cxassess-board={served.server.code}",
        "cxassess-board=%F0%9F%92%A9",
    ):
        reply = ask(served.port, "GET", path, headers={"Cookie": cookie} if cookie else {})
        assert (reply.status, reply.headers["Set-Cookie"]) == (404, None), cookie
        assert "Nordvand" not in reply.text


def test_guessing_the_key_gets_nowhere_and_holds_nobody_back(tmp_path: Path) -> None:
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server") as server:
        page, visitor = BoardPage.open(server), join(server)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        seen = set()
        token = visitor.cookie.partition("=")[2]
        for number in range(60):
            guess = (secrets.token_urlsafe(24), token, server.code, server.key[:20])[number % 4]
            reply = ask(server.port, "GET", f"/board/{guess}", connection=connection)
            assert reply.headers["Set-Cookie"] is None
            seen.add(reply.status)
        connection.close()
        assert seen == {404, 429}
        assert page.load().status == 200, "whoever has the key is in"
        assert BoardPage.open(server).load().status == 200
        assert look(visitor).status == 200


def test_the_board_is_for_this_machine_unless_it_is_opened_to_others(tmp_path: Path) -> None:
    own = find_addresses()
    if not own:
        pytest.skip("this machine is in no network")
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server", "--host", "0.0.0.0") as server:
        page = BoardPage.open(server)

        def from_elsewhere(method: str, path: str, body: str | None = None, **headers: str) -> int:
            connection = http.client.HTTPConnection(own[0], server.port, timeout=60)
            connection.request(method, path, body, page.headers(Origin=f"http://{own[0]}:{server.port}", **headers))
            status = connection.getresponse().status
            connection.close()
            return status

        assert f"phones: http://{own[0]}:{server.port}/join" in server.printed
        assert server.board.startswith("http://127.0.0.1:")
        assert from_elsewhere("GET", "/join") == 200
        for forged in ({}, {"X-Forwarded-For": "127.0.0.1"}, {"Host": f"127.0.0.1:{server.port}"}):
            for path in (f"/board/{server.key}", "/board", "/board/view"):
                assert from_elsewhere("GET", path, **forged) == 404, (path, forged)
            assert from_elsewhere("POST", "/board/commands", json.dumps({"kind": "look", "seq": 1}), **forged) == 404
        assert page.view["step"] == "check_in"
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server", "--host", "0.0.0.0", "--board-anywhere") as server:
        assert server.board == f"http://{own[0]}:{server.port}"
        connection = http.client.HTTPConnection(own[0], server.port, timeout=60)
        connection.request("GET", f"/board/{server.key}")
        assert connection.getresponse().status == 200
        connection.close()


@pytest.mark.parametrize(
    ("address", "is_let_in"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.168.1.7", False),
        ("::ffff:192.168.1.7", False),
        ("fe80::1%eth0", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_what_counts_as_this_machine(address: str, is_let_in: bool) -> None:
    assert Venue("w", "AAAAA-AAAAA", "http://x/join").lets_board_in(address) is is_let_in
    assert Venue("w", "AAAAA-AAAAA", "http://x/join", anywhere=True).lets_board_in(address)


def test_a_specific_address_leaves_the_board_on_the_loopback_one(tmp_path: Path) -> None:
    own = find_addresses()
    if not own:
        pytest.skip("this machine is in no network")
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server", "--host", own[0]) as server:
        assert server.board.startswith("http://127.0.0.1:")
        assert BoardPage.open(server).view["step"] == "check_in"


# ------------------------------------------------------------------------------------------------ what is refused


def test_forged_commands_are_refused_and_change_nothing(served: SimpleNamespace) -> None:
    page = open_board(served)
    before = page.view
    good = json.dumps({"kind": "go", "seq": 1, "step": "close"})
    other = served.people[0]
    forged: list[tuple[int, str, dict[str, str]]] = [
        (403, good, {"X_Write_Key": ""}),
        (403, good, {"X_Write_Key": "0" * 64}),
        (403, good, {"X_Write_Key": other.person["write_key"]}),
        (403, good, {"Origin": "http://evil.example"}),
        (403, good, {"Origin": "null"}),
        (403, good, {"Origin": ""}),
        (403, good, {"Sec_Fetch_Site": "cross-site"}),
        (403, good, {"Sec_Fetch_Site": "same-site"}),
        (403, good, {"Origin": f"http://127.0.0.1:{served.port + 1}"}),
        (404, good, {"Cookie": ""}),
        (404, good, {"Cookie": other.cookie}),
        (415, good, {"Content_Type": "text/plain"}),
        (415, good, {"Content_Type": "application/x-www-form-urlencoded"}),
        (413, json.dumps({"kind": "go", "seq": 1, "step": "close", "x": "x" * MOST_BYTES}), {}),
        (400, "[]", {}),
        (400, "{}", {}),
        (400, "null", {}),
        (400, '{"kind": "go", "step": "close"}', {}),
        (400, '{"kind": "go", "seq": true, "step": "close"}', {}),
        (400, '{"kind": "go", "seq": -1, "step": "close"}', {}),
        (400, '{"kind": ["go"], "seq": 1, "step": "close"}', {}),
        (400, '{"kind": "go", "seq": 1, "step": NaN}', {}),
        (400, "[" * 10_000, {}),
        (400, "kind=go", {}),
    ]
    for status, body, headers in forged:
        assert page.post(body, **headers).status == status, (body[:80], headers)
    assert ask(served.port, "GET", "/board/commands", headers=page.headers()).status in (404, 405)
    assert page.tell("explode") == {"kind": "refused", "seq": 1, "hint": "unknown"}
    assert page.tell("go", step="nowhere")["kind"] == "hint"
    assert page.view == before


def test_a_body_beyond_the_servers_limit_is_cut_off(served: SimpleNamespace) -> None:
    page = open_board(served)
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as raw:
        lines = [f"{name}: {value}" for name, value in page.headers().items()]
        head = "\r\n".join(["POST /board/commands HTTP/1.1", "Host: x", "Content-Length: 90000000", *lines, "", ""])
        raw.sendall(head.encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 4") or raw.recv(100) == b""


def test_dots_are_taken_from_the_persons_own_page_only(served: SimpleNamespace) -> None:
    visitor = served.people[0]
    element = visitor.traits["form"]["elements"][0]["id"]
    for status, headers in (
        (403, {"X_Write_Key": ""}),
        (403, {"X_Write_Key": served.people[1].person["write_key"]}),
        (403, {"Cookie": ""}),
        (403, {"Cookie": served.people[1].cookie}),
        (403, {"Origin": "http://evil.example"}),
        (415, {"Content_Type": "text/plain"}),
    ):
        assert give_dots(visitor, {element: 1}, **headers).status == status, headers
    for wrong in ([], None, {element: "1"}, {element: 1.0}, {element: True}, {"x" * 5000: 1}):
        assert give_dots(visitor, wrong).status == 400, wrong
    assert give_dots(visitor, {element: 1}).json == {"kind": "refused", "code": "wave_closed", "dots": {}}
    assert look(visitor, "dots").status in (404, 405)


def test_messages_are_read_strictly() -> None:
    assert parse_command(b'{"kind": "go", "seq": 4, "step": "vote"}') == {"kind": "go", "seq": 4, "step": "vote"}
    assert parse_command(b"\xff") is None
    assert parse_command(b'{"kind": "go", "seq": 1e3}') is None
    assert parse_dots(b'{"dots": {}}') == {}
    assert parse_dots(b'{"dots": {"a": 2}}') == {"a": 2}
    assert parse_dots(b'{"dots": {"a": 2}' + b" " * 5000 + b"}") is None
    assert parse_dots(json.dumps({"dots": dict.fromkeys(map(str, range(65)), 0)}).encode()) is None


# --------------------------------------------------------------------------------------------- what is kept secret


def test_before_the_reveal_nothing_that_is_sent_depends_on_what_was_voted(served: SimpleNamespace) -> None:
    page = open_board(served)
    assert page.tell("go", step="vote")["kind"] == "ack"

    def everything() -> list[Any]:
        told = [page.view, page.load() and page.traits, *(look(visitor).json for visitor in served.people)]
        return json.loads(json.dumps(told))

    before = everything()
    assert before[0]["here"] == 10
    assert before[0]["voted"] > 0
    assert look(served.people[0]).json["counted"] is None
    for visitor in served.people:
        visitor.load()
        for item in visitor.items:
            saved = visitor.answers[item]
            assert visitor.save(item, 6 - saved["level"], revision=saved["revision"])["kind"] == "ack"
    assert everything() == before


def test_the_log_names_no_key_code_token_or_client(served: SimpleNamespace) -> None:
    served.people[0].load()
    open_board(served).tell("go", step="vote")
    ask(served.port, "GET", f"/board/{served.server.key}x")
    for _ in range(200):  # a request is logged after it was answered
        if "GET board door 404" in served.server.log:
            break
        time.sleep(0.05)
    log = served.server.log
    assert "POST board commands 200" in log
    assert "GET board door 404" in log
    tokens = [visitor.cookie.partition("=")[2] for visitor in served.people]
    sessions = [visitor.path for visitor in served.people]
    for secret in (served.server.key, served.server.code, "Nordvand", *tokens, *sessions):
        assert secret not in log


# ----------------------------------------------------------------------------------------- what phones are told


def test_a_phone_follows_the_board_to_the_end(tmp_path: Path) -> None:
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server") as server:
        page = BoardPage.open(server)
        people = [join(server, ROLES[number % 4]) for number in range(9)]
        late, silent = people[0], people[1]
        for number, visitor in enumerate(people[2:] + people[:1]):
            vote(visitor, 1 + number % 5)
        assert look(late).json == {
            "step": "check_in", "revealed": False, "state": "open", "counted": None, "dots": {},
        }  # fmt: skip
        assert late.tell("submit")["kind"] == "ack"
        assert look(late).json["state"] == "submitted"
        assert page.tell("go", step="reveal") == {"kind": "hint", "seq": 1, "hint": "reveal_first"}
        assert page.tell("reveal")["kind"] == "ack"
        assert look(people[2]).json["counted"] == len(people[2].items), "also of those who had not handed in"
        assert look(silent).json["counted"] == 0
        assert people[2].save(people[2].items[0], 5, revision=1)["code"] == "wave_closed"
        element = people[2].traits["form"]["elements"][0]["id"]
        assert give_dots(late, {element: 3}).json["code"] == "wave_closed"
        assert page.tell("go", step="priorities")["kind"] == "ack"
        assert give_dots(late, {element: 4}).json["code"] == "out_of_range"
        assert give_dots(late, {"nothing": 1}).json["code"] == "unknown_item"
        assert give_dots(late, {element: 3}).json == {"kind": "ack", "dots": {element: 3}}
        assert give_dots(late, {element: 1}).json == {"kind": "ack", "dots": {element: 1}}
        assert look(late).json["dots"] == {element: 1}
        assert give_dots(silent, {element: 2}).json["kind"] == "ack", "those who did not vote may still weigh"
        assert page.tell("go", step="close")["kind"] == "ack"
        assert give_dots(late, {}).json == {"kind": "refused", "code": "wave_closed", "dots": {element: 1}}
        assert look(late).json["step"] == "close"
        assert page.tell("go", step="actions")["kind"] == "ack"
        with open_engagement(tmp_path / "acme.cxa") as engagement:  # from the command line, while phones still look
            engagement.close_wave(page.traits["board"]["wave"])
        assert look(late).json["step"] == "close"
        assert page.view["revealed"] is True


def test_whoever_comes_late_may_vote_until_the_reveal_and_is_told_afterwards(tmp_path: Path) -> None:
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server") as server:
        page = BoardPage.open(server)
        people = [join(server, ROLES[number % 4]) for number in range(8)]
        for visitor in people:
            vote(visitor, 3)
        page.tell("go", step="vote")
        people[0].tell("submit")
        again = {"Cookie": people[0].cookie.replace("cxassess=", "cxassess-room=")}
        offered = ask(server.port, "GET", f"/join/{server.code}", headers=again)
        assert 'name="again"' in offered.text, "one phone, one person: not asked to vote twice"
        assert page.tell("reveal")["kind"] == "ack"
        for language, words in (("en", "The voting is over"), ("da", "Afstemningen er slut"), ("sv", "är slut")):
            said = ask(server.port, "GET", f"/join/{server.code}", headers={"Accept-Language": language})
            assert said.status == 410
            assert words in said.text
            assert 'name="again"' not in said.text
        typed = {"Origin": server.address, "Content-Type": "application/x-www-form-urlencoded"}
        said = ask(server.port, "POST", "/join", f"code={server.code.lower().replace('-', '')}", typed)
        assert said.status == 410
        joined = ask(server.port, "POST", "/join", f"code={server.code}&role=front_line", typed)
        assert (joined.status, joined.headers["Set-Cookie"]) == (410, None)
        assert ask(server.port, "GET", "/join/AAAAA-AAAAA").status == 404
        back = ask(server.port, "GET", f"/join/{server.code}", headers=again)
        assert 'name="again"' in back.text
        entered = ask(server.port, "POST", "/join", f"code={server.code}&again=1", typed | again)
        assert (entered.status, entered.headers["Location"]) == (303, people[0].path)


def test_a_phone_of_another_wave_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    with create_engagement(path, organisation="Nordvand A/S") as engagement:
        engagement.add_wave("by mail")
        engagement.open_wave("by mail")
        token = engagement.invite([Person("A", "a@x.example", "front_line")], "by mail")[0].token
    with hold_workshop(path, tmp_path / "server") as server:
        visitor = Visitor.open(server.port, token)
        assert look(visitor).status == 404
        assert "cx-room" not in visitor.load().text
        assert "cx-room" in join(server).load().text


def test_the_phones_page_has_the_room_in_every_language(served: SimpleNamespace) -> None:
    page = served.people[3].load().text
    block = json.loads(page.partition('id="cx-room">')[2].partition("</script>")[0])
    assert set(block["words"]) == set(LANGUAGES)
    assert block["most"] == 3
    asked = {element["id"] for element in served.people[3].traits["form"]["elements"]}
    assert asked <= {element["id"] for element in block["elements"]}
    assert all(set(element["name"]) == set(LANGUAGES) for element in block["elements"])


def test_only_the_roles_that_the_workshop_asks_are_offered(tmp_path: Path) -> None:
    own, path = tmp_path / "instrument", tmp_path / "acme.cxa"
    shutil.copytree(SELF_SERVICE, own)
    structure = (own / "instrument.yaml").read_text(encoding="utf-8")
    changed = structure.replace('roles: ["service_owner", "user"]', 'roles: ["service_owner"]', 1)
    assert changed != structure
    (own / "instrument.yaml").write_text(changed, encoding="utf-8")  # the pulse asks users nothing about learning
    with create_engagement(path, organisation="Nordvand A/S", instrument=own) as engagement:
        engagement.add_wave("by mail")
        engagement.open_wave("by mail")
    with hold_workshop(path, tmp_path / "server", "--host", "127.0.0.1", "--elements", "learning") as server:
        page = ask(server.port, "GET", f"/join/{server.code}").text
        assert [role for role in ("service_owner", "agent", "user") if f'value="{role}"' in page] == [
            "service_owner",
            "agent",
        ]
        typed = {"Origin": server.address, "Content-Type": "application/x-www-form-urlencoded"}
        assert ask(server.port, "POST", "/join", f"code={server.code}&role=user", typed).status == 400
        assert [element["id"] for element in join(server, "agent").traits["form"]["elements"]] == ["learning"]


def test_phones_of_the_questionnaires_own_server_follow_a_board_in_a_notebook(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    tokens = write_engagement(path, 1)
    with serve([path], tmp_path / "server") as server:
        visitor = Visitor.open(server.port, tokens[0])
        assert look(visitor).status == 404
        assert "cx-room" not in visitor.load().text
        with open_engagement(path) as engagement:
            engagement.workshop(WAVE).go("priorities")
        assert "cx-room" in visitor.load().text
        element = visitor.traits["form"]["elements"][0]["id"]
        assert give_dots(visitor, {element: 2}).json == {"kind": "ack", "dots": {element: 2}}
        assert ask(server.port, "GET", "/board").status == 404
        assert "There is nothing here" in ask(server.port, "GET", "/board/view").text, "the board itself is not there"


# ---------------------------------------------------------------------------------------- the view, and starting anew


def test_the_view_is_sent_only_when_something_has_changed(served: SimpleNamespace) -> None:
    page = open_board(served)
    first = page.get("/board/view")
    tag = first.headers["ETag"]
    again = page.get("/board/view", **{"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert page.get("/board/view", **{"If-None-Match": '"other"'}).status == 200
    page.tell("timer", action="plus")
    changed = page.get("/board/view", **{"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag
    with open_engagement(served.path) as engagement:  # another program, such as a notebook
        engagement.workshop(page.traits["board"]["wave"]).choose(served.people[0].items[-1])
    assert page.get("/board/view", **{"If-None-Match": changed.headers["ETag"]}).status == 200


def test_killed_and_started_anew_it_goes_on_where_it_was(tmp_path: Path) -> None:
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server") as server:
        page = BoardPage.open(server)
        people = [join(server, ROLES[number % 4]) for number in range(9)]
        for number, visitor in enumerate(people):
            vote(visitor, 1 + number % 5)
        assert page.tell("reveal")["kind"] == "ack"
        item = page.view["item"]
        assert page.tell("agree", item=item, level=2, dissent=1, reason="Seen it")["kind"] == "ack"
        before, key, code = page.view, server.key, server.code
        server.kill()
        server.start()
        assert server.key != key
        assert server.code != code
        assert "goes on" in server.printed.rpartition("Nordvand")[2]
        assert page.get("/board/view").status == 404, "the old key ended with the server that made it"
        found = page.load()
        assert found.status == 404
        assert "full address" in found.text
        assert "full address" in ask(server.port, "GET", f"/board/{key}").text
        assert BoardPage.open(server).view == before
        assert look(people[0]).json["counted"] == len(people[0].items), "phones stay who they are"
        assert server.stop() == 0
        assert "everything that was acknowledged is stored" in server.printed
    with open_engagement(tmp_path / "acme.cxa") as engagement:
        (wave,) = engagement.waves()
        assert engagement.workshop(wave.name).agreements()[item].reason == "Seen it"


def test_with_tls_phones_are_safe_and_the_board_stays_on_this_machine(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, *name, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    options = ("--host", "127.0.0.1", "--certificate", str(certificate), "--key", str(key))
    base = ("--base-url", "https://room.example.org:8443/")
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server", *options, *base) as server:
        board = BoardPage.open(server)
        assert board.port != server.port
        assert board.cookie.startswith("cxassess-board=")
        assert board.traits["join"]["url"] == f"https://room.example.org:8443/join/{server.code}"
        assert board.tell("go", step="vote")["kind"] == "ack"
        secure = http.client.HTTPSConnection(
            "127.0.0.1", port_of(server), context=ssl.create_default_context(cafile=str(certificate)), timeout=30
        )
        assert ask(0, "GET", f"/join/{server.code}", connection=secure).status == 200
        door = ask(0, "GET", f"/board/{server.key}", connection=secure)
        secure.close()
        assert door.headers["Set-Cookie"].startswith("__Secure-cxassess-board=")
        assert server.stop() == 0


def port_of(server: WorkshopServer) -> int:
    """Return the port that phones reach, whatever they are told."""
    assert server.process is not None
    listening = psutil.Process(server.process.pid).net_connections("tcp")
    ports = {one.laddr.port for one in listening if one.status == psutil.CONN_LISTEN}
    (port,) = ports - {int(server.board.rpartition(":")[2])}
    return int(port)


def test_the_board_is_opened_in_the_browser_if_so_wished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, script = tmp_path / "opened.txt", tmp_path / "browser.py"
    script.write_text(f"import sys; open({str(opened)!r}, 'w').write(sys.argv[1])", encoding="utf-8")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {script} %s")
    with hold_workshop(tmp_path / "acme.cxa", tmp_path / "server", "--host", "127.0.0.1", "--open") as server:
        for _ in range(200):
            if opened.exists() and opened.read_text(encoding="utf-8"):
                break
            time.sleep(0.05)
        assert opened.read_text(encoding="utf-8") == server.door
        assert server.stop() == 0


# ------------------------------------------------------------------------------------------------ opening the wave


@pytest.fixture
def engagement(tmp_path: Path) -> Iterator[Engagement]:
    with create_engagement(tmp_path / "acme.cxa", organisation="Nordvand A/S") as made:
        yield made


def plan(**given: Any) -> WavePlan:
    return WavePlan(**{"today": TODAY} | given)


def test_a_new_workshop_is_a_nameless_pulse_of_today(engagement: Engagement) -> None:
    opened = open_workshop(engagement, plan())
    wave = engagement.wave("2026-11-22")
    assert (opened.wave, opened.is_new, opened.organisation) == (wave.name, True, "Nordvand A/S")
    assert (wave.form, wave.state, wave.anonymous, wave.elements) == ("pulse", "open", True, ())
    pulse = [item for item in load_instrument("eight_elements").items if item.pulse]
    assert opened.items == len(pulse)
    assert engagement.join(opened.code, role="front_line") is not None
    workshop = engagement.workshop(wave.name)
    assert (workshop.state().began, workshop.state().step) == (True, "check_in")
    with pytest.raises(NotYet, match="nothing_to_undo"):
        workshop.undo()


def test_the_same_command_goes_on_with_a_new_code(engagement: Engagement) -> None:
    first = open_workshop(engagement, plan())
    second = open_workshop(engagement, plan(today=date(2026, 11, 23)))
    assert (second.wave, second.is_new) == (first.wave, False)
    assert engagement.join(first.code, role="front_line") is None
    assert engagement.join(second.code, role="front_line") is not None
    assert len(engagement.waves()) == 1


def test_a_wave_by_mail_is_not_taken_for_the_workshop(engagement: Engagement) -> None:
    engagement.add_wave("by mail")
    engagement.open_wave("by mail")
    assert open_workshop(engagement, plan()).wave == "2026-11-22"
    assert open_workshop(engagement, plan(name="by mail")).wave == "by mail"


def test_a_planned_wave_is_opened_with_what_it_asks(engagement: Engagement) -> None:
    engagement.add_wave("autumn", form="full")
    opened = open_workshop(engagement, plan(name="autumn"))
    assert (opened.is_new, engagement.wave("autumn").state) == (False, "open")
    assert opened.items > 8


def test_elements_are_chosen_for_a_new_wave_only(engagement: Engagement) -> None:
    elements = [element.id for element in engagement.instrument().elements]
    opened = open_workshop(engagement, plan(name="few", form="full", elements=elements[:2]))
    assert set(engagement.wave("few").elements) == set(elements[:2])
    assert opened.items == sum(len(engagement.instrument().element(one).items) for one in elements[:2])
    for other in ({"form": "pulse"}, {"elements": elements[2:]}, {"form": "pulse", "elements": elements[2:]}):
        with pytest.raises(CxassessError) as raised:
            open_workshop(engagement, plan(name="few", **other))
        assert len(raised.value.problems) == len(other)
    assert not open_workshop(engagement, plan(name="few", form="full", elements=elements[:2])).is_new


def test_a_closed_wave_stays_closed(engagement: Engagement) -> None:
    name = open_workshop(engagement, plan()).wave
    engagement.close_wave(name)
    with pytest.raises(CxassessError, match="closed"):
        open_workshop(engagement, plan())
    assert engagement.wave(name).state == "closed"
    assert open_workshop(engagement, plan(name="second")).is_new


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--key", "k.pem"], "--key needs --certificate"),
        (["--base-url", "room.example"], "begins with http"),
        (["--elements", "nonsense"], "nonsense"),
        (["--certificate", "none.pem"], "can’t be used"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_opened(
    engagement: Engagement, options: list[str], said: str
) -> None:
    result = CliRunner().invoke(main, ["workshop", str(engagement.path), "--port", "0", *options])
    assert result.exit_code == 2
    assert said in result.output
    assert engagement.waves() == ()


def test_the_addresses_that_are_found_are_of_use_to_phones() -> None:
    for address in find_addresses():
        assert not address.startswith(("127.", "169.254.", "0."))


def test_a_workshop_server_needs_an_engagement(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["workshop", str(tmp_path / "none.cxa")])
    assert result.exit_code == 2
    assert "no such file" in result.output


def test_the_process_prints_what_a_consultant_needs(served: SimpleNamespace) -> None:
    server: WorkshopServer = served.server
    assert "Nordvand A/S, wave" in server.printed
    assert "█" in server.printed
    assert f"code: {server.code}" in server.printed
    assert server.log.count("phones can’t reach") == 1, "it listens on the loopback address only"
