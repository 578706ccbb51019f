"""The server's small parts by themselves: limits, sessions, messages, files."""

from __future__ import annotations

import json
from ipaddress import ip_network

import pytest

from cxassess.questionnaire.server import limits
from cxassess.questionnaire.server.assets import Assets
from cxassess.questionnaire.server.limits import Limiter
from cxassess.questionnaire.server.material import embed_json
from cxassess.questionnaire.server.respondents import parse_messages
from cxassess.questionnaire.server.sessions import is_write_key, lookup_key, session_id, write_key


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(limiter: Limiter, address: str, times: int) -> list[bool]:
    """Try wrong links, and return which were let through to be tried."""
    allowed = []
    for _ in range(times):
        allowed.append(limiter.allows(address))
        if allowed[-1]:
            limiter.note_failure(address)
    return allowed


def test_an_address_may_fail_so_often_and_then_now_and_again() -> None:
    clock = Clock()
    limiter = Limiter(clock=clock)
    most = limits.MOST_PER_ADDRESS
    assert fail(limiter, "198.51.100.1", most + 3) == [True] * most + [False] * 3
    assert limiter.allows("198.51.100.2"), "another address is not held back"
    clock.now += limits.PER_ADDRESS_SECONDS
    assert fail(limiter, "198.51.100.1", 2) == [True, False]
    clock.now += limits.PER_ADDRESS_SECONDS * most
    assert limiter.allows("198.51.100.1")


def test_a_household_is_one_address() -> None:
    limiter = Limiter(clock=Clock())
    fail(limiter, "2001:db8:1:2::1", limits.MOST_PER_ADDRESS)
    assert not limiter.allows("2001:db8:1:2:ffff::9")
    assert limiter.allows("2001:db8:1:3::1")
    fail(limiter, "::ffff:198.51.100.1", limits.MOST_PER_ADDRESS)
    assert not limiter.allows("198.51.100.1")


def test_when_too_many_fail_in_all_only_those_who_failed_are_held_back() -> None:
    clock = Clock()
    limiter = Limiter(clock=clock)
    for number in range(limits.MOST_IN_ALL):
        fail(limiter, f"198.51.{number // 200}.{number % 200}", 1)
    assert not limiter.allows("198.51.0.7")
    assert limiter.allows("203.0.113.9")
    clock.now += limits.IN_ALL_SECONDS
    assert limiter.allows("198.51.0.7")


def test_some_networks_are_never_held_back() -> None:
    limiter = Limiter([ip_network("10.0.0.0/8")], Clock())
    assert all(fail(limiter, "10.1.2.3", 500))
    assert limiter.allows("10.1.2.3")
    assert not all(fail(limiter, "11.1.2.3", 500))
    assert not all(fail(limiter, "no address", 500))


def test_memory_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ADDRESSES", 10)
    limiter = Limiter(clock=Clock())
    for number in range(100):
        limiter.note_failure(f"198.51.100.{number}")
    assert len(limiter._addresses) == 10


def test_a_session_tells_nothing_of_its_token() -> None:
    token = "a" * 32
    derived = [session_id(token), write_key(token), lookup_key(token)]
    assert len({part[:20] for part in derived}) == 3
    assert token not in "".join(derived)
    assert is_write_key(token, write_key(token))
    for wrong in ("", write_key(token)[:-1], write_key("b" * 32), "\udcff", "é"):
        assert not is_write_key(token, wrong)


@pytest.mark.parametrize(
    "value", ["</script>", "<!--", "&lt;", "\u2028", "\ud800", {"a<b": [1, None, True, 'x"\\']}, "ÆØÅ 🙂"]
)
def test_embedded_data_is_read_back_as_it_was(value: object) -> None:
    written = embed_json(value)
    assert json.loads(written) == value
    assert not set(written) & set("<>&")
    assert written.isascii()


def test_only_messages_of_the_right_shape_are_read() -> None:
    good = {"kind": "submit", "seq": 0}
    assert parse_messages(json.dumps({"messages": [good]}).encode()) == [good]
    assert parse_messages(json.dumps({"messages": [good, good | {"seq": -1}]}).encode()) is None
    assert parse_messages(b"\xff") is None


def test_files_are_named_after_what_is_in_them() -> None:
    first, second = Assets(), Assets()
    assert first.address == second.address
    assert first.get(first.address["host.js"].removeprefix("/assets/")) is not None
    assert first.get("host.js") is None
