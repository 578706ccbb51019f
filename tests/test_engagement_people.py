"""People: invited once in a while, let in by a token that is nowhere else, and apart from what they answer."""

from __future__ import annotations

import csv
import hashlib
import re
import stat
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from builders_engagement import HOMES, START, WAVE, Home, admitted, answer_all, begin, first_items, make_people
from hypothesis import given, settings
from hypothesis import strategies as st

from cxassess.engagement import Change, Engagement, Person, StorageError
from cxassess.engagement.invitations import is_email
from cxassess.engagement.merge import invite_file, write_people
from cxassess.engagement.people import read_people
from cxassess.engagement.schema import STEPS
from cxassess.engagement.status import _Count, _join_small
from cxassess.engagement.tokens import code_key, make_code, make_token, token_key
from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument

INSTRUMENT = load_instrument("eight_elements", "en")


@pytest.fixture(params=sorted(HOMES))
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with HOMES[request.param](tmp_path) as found:
        yield found


@pytest.fixture
def file_home(tmp_path: Path) -> Iterator[Home]:
    """Return a home whose engagement is one file, to look into its bytes."""
    with HOMES["sqlite"](tmp_path) as found:
        yield found


def problems(call) -> list[str]:
    with pytest.raises(CxassessError) as caught:
        call()
    return [str(problem) for problem in caught.value.problems]


def dump(engagement: Engagement) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    tables = [statement.split()[2] for statements in STEPS.values() for statement in statements]
    return {name: engagement._store.rows(f"SELECT * FROM {name}") for name in tables}


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


# ---------------------------------------------------------------- tokens


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {make_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 32 for token in tokens), "192 bits"
    token = tokens.pop()
    assert token_key(token) == hashlib.sha256(token.encode()).hexdigest()


def test_codes_are_typed_as_people_type() -> None:
    code = make_code()
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", code)
    key = code_key(code)
    assert key == code_key(code.lower().replace("-", " ")) == code_key(f" {code} ")
    assert [code_key(wrong) for wrong in ("", code[:-1], code + "A", "OOOOO-IIIII", "é" * 10)] == [None] * 5


def test_tokens_expire_and_are_withdrawn_without_a_difference(home: Home) -> None:
    made = home.create()
    made.add_wave(WAVE)
    made.open_wave(WAVE)
    people = make_people(3)
    short = made.invite(people[:1], WAVE, expires_on=date(2026, 10, 6))
    usual = made.invite(people[1:], WAVE)
    home.clock.move(days=1)
    assert made.admit(short[0].token) is not None
    home.clock.move(days=1)
    assert made.admit(short[0].token) is None
    admission = answer_all(made, usual[0].token, submit=False)
    assert made.answers(admission)
    assert made.withdraw([people[1].email.upper(), "nobody@nordvand.dk"], WAVE) == 1
    assert made.admit(usual[0].token) is None
    assert made.answers(admission) == {}
    home.clock.move(days=58)
    assert made.admit(usual[1].token) is not None
    home.clock.move(days=1)
    assert made.admit(usual[1].token) is None
    with pytest.raises(CxassessError, match="good until 2026-01-01"):
        made.invite(make_people(9)[8:], WAVE, expires_on=date(2026, 1, 1))


# ---------------------------------------------------------------- whom to invite


def test_everything_wrong_with_people_is_said_at_once_and_nobody_is_invited(home: Home) -> None:
    made = home.create()
    made.add_wave(WAVE)
    good = make_people(1)[0]
    people = [
        good,
        Person("A", "PERSON0@nordvand.dk", "front_line"),
        Person("B", "b", "front_line"),
        Person("C", "", "chef"),
        Person("D", "d@x.dk", "", language="xx"),
        Person("E", "=1+1@x.dk", "front_line", where="people.csv, row 9"),
    ]
    found = problems(lambda: made.invite(people, WAVE))
    for words in ("same e-mail address as person 1", "“b” is no e-mail", "address is blank", "“chef”", "role is blank"):
        assert any(words in problem for problem in found), words
    assert any("xx" in problem for problem in found)
    assert any(problem.startswith("people.csv, row 9") for problem in found)
    assert dump(made)["person"] == dump(made)["invitation"] == []
    assert problems(lambda: made.invite([], WAVE))
    assert problems(lambda: made.invite([good], "other"))


@pytest.mark.parametrize(("form", "days"), [("full", 90), ("pulse", 30)])
def test_nobody_is_asked_too_often(home: Home, form: str, days: int) -> None:
    made = home.create()
    begin(made, 3, "first")
    made.add_wave("second", form=form)
    people = make_people(4)
    home.clock.move(days=days - 1)
    found = problems(lambda: made.invite(people, "second"))
    assert len(found) == 3, "all who were asked, and nobody else"
    assert f"Asked on 2026-10-05 (wave first), within {days} days" in found[0]
    assert dump(made)["contact"] == [row for row in dump(made)["contact"] if row[1] == "first"]
    assert len(made.invite(people[3:], "second")) == 1
    home.clock.move(days=1)
    assert len(made.invite(people[:2], "second")) == 2
    assert problems(lambda: made.invite(people[2:3], "second", within_days=days + 1))
    assert len(made.invite(people[2:3], "second", within_days=0)) == 1


@pytest.mark.parametrize(
    ("email", "good"),
    [
        ("o'brien@x.ie", True),
        ("å.ø+mærke@øl.dk", True),
        ("a@b", False),
        ("@x.dk", False),
        ("a b@x.dk", False),
        ("'a@x.dk", False),
        ("-a@x.dk", False),
        ("<a@x.dk>", False),
        ("a@x.dk,b@x.dk", False),
    ],
)
def test_what_can_be_an_address(email: str, good: bool) -> None:
    assert is_email(email) is good


def test_force_asks_all_the_same(home: Home) -> None:
    made = home.create()
    begin(made, 3, "first")
    made.add_wave("second")
    assert len(made.invite(make_people(3), "second", force=True)) == 3


def test_a_lost_link_is_replaced_and_the_answers_stay(home: Home) -> None:
    made = home.create()
    (before,) = begin(made, 1)
    item = first_items(made, admitted(made, before.token))[0]
    made.save(admitted(made, before.token), Change(item, 4))
    moved = Person("Person 0", "Person0@Nordvand.dk", "front_line", "Andre")
    assert "already" in problems(lambda: made.invite([moved], WAVE))[0]
    (after,) = made.invite([moved], WAVE, force=True)
    assert made.admit(before.token) is None
    admission = admitted(made, after.token)
    assert made.answers(admission)[item].level == 4
    assert (after.role, after.unit) == (admission.role, admission.unit) == ("top_management", "Salg")
    assert made.status(WAVE).total.invited == 1


def test_units_keep_their_first_spelling(home: Home) -> None:
    made = home.create()
    made.add_wave(WAVE)
    people = [
        Person(str(n), f"{n}@x.dk", "front_line", unit) for n, unit in enumerate(["Salg", " SALG", "salg ", "Drift"])
    ]
    assert [one.unit for one in made.invite(people, WAVE)] == ["Salg", "Salg", "Salg", "Drift"]


def test_the_same_person_is_the_same_respondent_in_every_wave(home: Home) -> None:
    made = home.create()
    first, second = begin(made, 2, "1"), begin(made, 2, "2")
    for one, other in zip(first, second, strict=True):
        assert admitted(made, one.token).respondent == admitted(made, other.token).respondent


# ---------------------------------------------------------------- the room


def test_everybody_in_the_room_joins_with_one_code(home: Home) -> None:
    made = home.create()
    begin(made, 6)
    code = made.join_code(WAVE)
    tokens = [made.join(code.lower(), role="front_line", unit="salg") for _ in range(3)]
    assert len({admitted(made, str(token)).respondent for token in tokens}) == 3
    assert admitted(made, str(tokens[0])).unit == "Salg"
    assert made.join("ABCDE-FGHJK", role="front_line") is None
    with pytest.raises(CxassessError, match="no role"):
        made.join(code, role="chef")
    newer = made.join_code(WAVE)
    assert made.join(code, role="front_line") is None
    home.clock.move(days=2)
    assert made.join(newer, role="front_line") is None
    assert not any(code.replace("-", "") in str(row) for rows in dump(made).values() for row in rows)
    code = made.join_code(WAVE)
    made.close_wave(WAVE)
    assert made.join(code, role="front_line") is None


def test_a_code_lets_in_no_more_than_a_room(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxassess.engagement.admission.MOST_JOINED", 3)
    made = home.create()
    begin(made, 1)
    code = made.join_code(WAVE)
    assert [made.join(code, role="front_line") is None for _ in range(5)] == [False] * 3 + [True] * 2


# ---------------------------------------------------------------- apart


def test_nothing_links_a_person_to_an_anonymous_answer(home: Home) -> None:
    made = home.create()
    people = make_people(40, units=("Salg",))
    begin(made, 40, "named")
    made.add_wave(WAVE, anonymous=True)
    made.open_wave(WAVE)
    invited = made.invite(people, WAVE, force=True)
    home.clock.move(seconds=4321)
    for number, one in enumerate(invited):
        home.clock.move(seconds=61)
        answer_all(made, one.token, number)
    tables = dump(made)
    persons = {str(row[0]) for row in tables["person"]}
    own = {admitted(made, one.token).respondent for one in invited}
    assert len(own) == 40
    assert not own & persons
    for name, rows in tables.items():
        for row in rows:
            found = {value for value in row if isinstance(value, str)}
            assert not (found & own and found & persons), name
            if name in ("invitation", "response", "answer") and WAVE in found:
                assert not any("@" in value or "Person" in value for value in found)
    times = [value for row in tables["response"] if row[0] == WAVE for value in row[2:]]
    assert set(times) == {"2026-10-05", None}, "the day, and no more"
    assert {row[2] for row in tables["contact"]} == {"2026-10-05"}
    made.close_wave(WAVE)
    frozen = [row for row in dump(made)["snapshot_response"] if row[0] == WAVE]
    assert {row[5:] for row in frozen} == {("2026-10-05", None)}
    assert made.responses([WAVE]).answers["seconds"].isna().all()
    with pytest.raises(CxassessError, match="anonymous"):
        made.withdraw([people[0].email], WAVE)


def test_the_order_of_a_list_is_in_no_table(file_home: Home) -> None:
    """Rows come by their random keys, also in the bytes of the file: not as people stood in the list."""
    made = file_home.create()
    made.add_wave(WAVE, anonymous=True)
    people = make_people(60, units=())
    made.invite(people, WAVE)
    given = [person.email for person in people]
    stored = [str(row[2]) for row in dump(made)["person"]]
    assert sorted(stored) == sorted(given)
    assert stored != given
    content = made.path.read_bytes()
    places = [content.index(email.encode()) for email in given]
    rising = sum(one < other for one, other in pairwise(places))
    assert 15 < rising < 45, "of 59: shuffled"


def test_tokens_are_never_in_the_file(file_home: Home) -> None:
    made = file_home.create()
    invited = begin(made, 20)
    code = made.join_code(WAVE)
    joined = str(made.join(code, role="front_line"))
    for number, one in enumerate(invited):
        answer_all(made, one.token, number)
    made.close_wave(WAVE)
    content = made.path.read_bytes()
    for token in (*(one.token for one in invited), joined, code, code.replace("-", "")):
        assert token.encode() not in content
        assert token not in repr(invited) + repr(made.audit()) + repr(made.admit(token))
    assert admitted(made, joined).token_key.encode() in content


def test_the_audit_trail_names_nobody(home: Home) -> None:
    made = home.create()
    invited = begin(made, 8)
    for number, one in enumerate(invited):
        answer_all(made, one.token, number)
    made.invite(make_people(1), WAVE, force=True)
    made.withdraw([invited[0].person.email], WAVE)
    made.join_code(WAVE)
    made.close_wave(WAVE)
    told = repr(made.audit())
    for one in invited:
        for text in (one.person.name, one.person.email, one.token):
            assert text not in told
    for pseudonym, *_rest in dump(made)["person"]:
        assert str(pseudonym) not in told
    assert [entry.detail for entry in made.audit() if entry.event == "invited"] == [
        "8 (forced), tokens good until 2026-12-04",
        "1 (forced), tokens good until 2026-12-04",
    ]
    events = [entry.event for entry in made.audit()]
    assert events[-3:] == ["join code made", "wave closed", "wave frozen"]


def test_who_was_invited_later_is_not_told_by_a_last_day(home: Home) -> None:
    made = home.create()
    made.add_wave(WAVE, anonymous=True)
    people = make_people(9)
    made.invite(people[:8], WAVE)
    home.clock.move(days=3)
    made.invite(people[8:], WAVE)
    assert {row[5] for row in dump(made)["invitation"]} == {"2026-12-07"}


# ---------------------------------------------------------------- how far it has come


def test_status_counts_by_role_and_unit(home: Home) -> None:
    made = home.create()
    invited = begin(made, 24)
    for number, one in enumerate(invited[:12]):
        answer_all(made, one.token, number, submit=number < 6)
    known = made.status(WAVE)
    assert (known.total.invited, known.total.started, known.total.submitted) == (24, 12, 6)
    assert known.total.rate == 0.25
    assert [(group.groups, group.invited) for group in known.roles] == [((role.id,), 6) for role in INSTRUMENT.roles]
    assert [(group.groups, group.started, group.submitted) for group in known.units] == [
        (("Drift",), 6, 3),
        (("Salg",), 6, 3),
    ]


def test_small_groups_are_counted_together_or_not_shown(home: Home) -> None:
    made = home.create()
    made.add_wave(WAVE)
    made.open_wave(WAVE)
    people = [
        Person(str(n), f"{n}@x.dk", "front_line", unit) for n, unit in enumerate(["A"] * 6 + ["B"] * 4 + ["C"] * 7)
    ]
    invited = made.invite(people, WAVE)
    answer_all(made, invited[7].token)
    units = made.status(WAVE).units
    assert [(group.groups, group.invited, group.submitted) for group in units] == [
        (("C",), 7, 0),
        (("A", "B"), 10, 1),
    ]
    made.add_wave("small")
    made.invite(people[:4], "small", force=True)
    few = made.status("small")
    assert (few.total.invited, few.total.started, few.total.submitted, few.total.rate) == (4, None, None, None)
    assert few.roles == few.units == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 12), max_size=8))
def test_no_status_of_fewer_than_five_can_be_worked_out(sizes: list[int]) -> None:
    groups = {f"g{number}": _Count(size, size // 2, size // 3) for number, size in enumerate(sizes)}
    shown = _join_small(groups)
    assert sorted(name for group in shown for name in group.groups) == sorted(groups)
    assert sum(group.invited for group in shown) == sum(sizes)
    for group in shown:
        if sum(sizes) >= 5:
            assert group.invited >= 5, "and no group is left out, so that nothing is left to subtract"
        else:
            assert group.started is group.submitted is None


def test_those_are_reminded_who_have_not_answered(home: Home) -> None:
    made = home.create()
    invited = begin(made, 6)
    answer_all(made, invited[0].token)
    answer_all(made, invited[1].token, submit=False)
    made.withdraw([invited[2].person.email], WAVE)
    assert [person.name for person in made.reminders(WAVE)] == ["Person 1", "Person 3", "Person 4", "Person 5"]
    assert made.reminders(WAVE)[0].language == "da"
    home.clock.move(days=61)
    assert made.reminders(WAVE) == ()


def test_of_an_anonymous_wave_everybody_is_reminded(home: Home) -> None:
    made = home.create()
    invited = begin(made, 3, anonymous=True)
    answer_all(made, invited[0].token)
    assert [(person.name, person.role, person.unit) for person in made.reminders(WAVE)] == [
        (f"Person {n}", "", "") for n in range(3)
    ]
    assert "answer twice" in problems(lambda: made.invite(make_people(1), WAVE, force=True))[0]


# ---------------------------------------------------------------- lists in files

LIST = "Navn;E-mail;Rolle;Afdeling;Sprog\r\nÅse Øst;aase@x.dk;topleder;Salg;sv\r\n=1+1;b@x.dk;frontlinje;;\r\n"


def write_list(path: Path, text: str = LIST, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_lists_are_read_in_every_language_and_shape(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["e-post", "roll", "namn", "telefon"],
        ["aase@x.dk", "ledningsgrupp", "Åse Øst", 12],
        ["b@x.dk", "front_line", "=1+1", 13],
    ):
        book.active.append(row)
    book.active["C3"].data_type = "s"
    book.save(tmp_path / "list.xlsx")
    for path in (
        write_list(tmp_path / "list.csv"),
        write_list(tmp_path / "old.csv", encoding="cp1252"),
        tmp_path / "list.xlsx",
    ):
        people, found = read_people(path, INSTRUMENT)
        assert not found
        assert [(one.name, one.email, one.role) for one in people] == [
            ("Åse Øst", "aase@x.dk", "top_management"),
            ("=1+1", "b@x.dk", "front_line"),
        ]
        assert people[0].where.endswith("row 2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,email\nA,a@x.dk\n", "column role is missing"),
        ("name,email,role,mail\nA,a@x.dk,front_line,b@x.dk\n", "the same as column B"),
        ("x,y\n1,2\n", "name, email, role"),
        ("", "empty"),
        ("name,email,role\n", "no people"),
        ("name,email,role\nA,a@x.dk\n", "2 fields"),
    ],
)
def test_lists_that_are_none_are_refused(tmp_path: Path, text: str, words: str) -> None:
    def read() -> None:
        people, found = read_people(write_list(tmp_path / "list.csv", text), INSTRUMENT)
        assert people is not None
        raise CxassessError(found)

    found = problems(read)
    assert any(words in problem for problem in found), found
    assert not any("responses" in problem or "organisation" in problem for problem in found)


def test_links_are_written_for_mail_merge_once_and_for_one_user(home: Home, tmp_path: Path) -> None:
    made = home.create()
    made.add_wave(WAVE)
    made.open_wave(WAVE)
    out = tmp_path / "links.csv"
    people = write_list(tmp_path / "list.csv")
    assert invite_file(made, people, WAVE, base_url="https://svar.nordvand.dk/", out=out) == 2
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = read_rows(out)
    assert [{key: value for key, value in row.items() if key != "link"} for row in rows] == [
        {"name": "Åse Øst", "email": "aase@x.dk", "role": "top_management", "unit": "Salg", "language": "sv"},
        {"name": "'=1+1", "email": "b@x.dk", "role": "front_line", "unit": "", "language": "da"},
    ]
    for row in rows:
        base, token = row["link"].rsplit("/", 1)
        assert base == "https://svar.nordvand.dk/i"
        assert admitted(made, token).role == row["role"]
    assert {path.name for path in tmp_path.iterdir()} - {made.path.name} == {"links.csv", "list.csv"}


def test_nothing_is_stored_if_the_links_cannot_be_written(home: Home, tmp_path: Path, monkeypatch) -> None:
    made = home.create()
    made.add_wave(WAVE)
    people, out = write_list(tmp_path / "list.csv"), tmp_path / "links.csv"
    out.write_text("mine")
    bad = write_list(tmp_path / "bad.csv", "email,role\nb,chef\n")
    found = problems(lambda: invite_file(made, bad, WAVE, base_url="ftp://x", out=out))
    for words in ("there already", "no web address", "“chef” is no role", "“b” is no e-mail"):
        assert any(words in problem for problem in found), words
    assert out.read_text() == "mine"
    for place in (tmp_path / "no" / "links.csv", Path("/proc/links.csv")):
        assert problems(lambda place=place: invite_file(made, people, WAVE, base_url="https://x.dk", out=place))
    assert dump(made)["person"] == dump(made)["invitation"] == []

    def fail(*_: object) -> None:
        raise StorageError.single("file", "the disk is full", "Make room.")

    monkeypatch.setattr(made._store, "record", fail)
    out.unlink()
    assert problems(lambda: invite_file(made, people, WAVE, base_url="https://x.dk", out=out))
    monkeypatch.undo()
    commit = made._store.database.execute
    monkeypatch.setattr(
        made._store.database, "execute", lambda sql, values=(): fail() if sql == "COMMIT" else commit(sql, values)
    )
    assert problems(lambda: invite_file(made, people, WAVE, base_url="https://x.dk", out=out))
    monkeypatch.undo()
    assert not out.exists(), "links that lead nowhere are not left behind"
    assert dump(made)["person"] == dump(made)["invitation"] == []
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


def test_hostile_names_are_data(home: Home, tmp_path: Path) -> None:
    made = home.create()
    made.add_wave(WAVE)
    names = [
        "=HYPERLINK(1)",
        "@SUM(A1)",
        "+1",
        "-1",
        "'; DROP TABLE person; --",
        "<b>x</b>",
        '"quoted", comma',
        "{0}%s",
    ]
    people = [Person(name, f"p{n}@x.dk", "front_line", name) for n, name in enumerate(names)]
    made.invite(people, WAVE)
    write_people(tmp_path / "out.csv", made.reminders(WAVE), "da")
    rows = read_rows(tmp_path / "out.csv")
    assert {row["name"].removeprefix("'") for row in rows} == {name.removeprefix("'") for name in names}
    assert not any(row[key].startswith(("=", "+", "-", "@")) for row in rows for key in row)
    assert {person.name for person in made.reminders(WAVE)} == set(names)


def test_the_day_is_the_clock_s(home: Home) -> None:
    made = home.create()
    begin(made, 1)
    assert {row[2] for row in dump(made)["contact"]} == {START.date().isoformat()}
