"""What a respondent may ask to see: all of it, readable, and safe to open."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from builders_engagement import ORGANISATION, WAVE, StillClock, admitted, answer_all, begin, first_items, make_people
from builders_keeping import fill_wave, find_traces, make_known
from click.testing import CliRunner

from cxassess.cli import main
from cxassess.engagement import Change, Person, create_engagement, open_engagement, write_personal_data
from cxassess.engagement.respondents import PSEUDONYM_TABLES
from cxassess.errors import CxassessError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "acme.cxa"
    with create_engagement(path, organisation=ORGANISATION, language="da", clock=StillClock()) as made:
        people = make_known(6)
        people[2].comment = '=HYPERLINK("http://x";"y")\r\n+1; „tekst“'
        fill_wave(made, people, WAVE)
        fill_wave(made, people, "anonym", anonymous=True)
        made.close_wave(WAVE)
    return path


def read_csv(path: Path, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=delimiter))


def values(data: object) -> set[str]:
    """Return all values in nested data, as texts."""
    if isinstance(data, dict):
        return set().union(*map(values, data.values()))
    if isinstance(data, list):
        return set().union(*map(values, data))
    return {str(data)}


def test_everything_that_is_stored_is_in_it_and_nothing_of_others(path: Path, tmp_path: Path) -> None:
    people = make_known(6)
    with open_engagement(path) as found:
        data = found.personal_data(people[2].email)
        files = write_personal_data(data, tmp_path)
    assert [one.name for one in files] == ["personal-data.json", "personal-data.csv"]
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in files)
    told = values(json.loads(files[0].read_text("utf-8")))
    key = data["person"]["pseudonym"]
    stored = {"respondent": 0}
    with closing(sqlite3.connect(path)) as connection:
        for table in PSEUDONYM_TABLES:
            rows = connection.execute(f"SELECT * FROM {table} WHERE pseudonym = ?", (key,)).fetchall()
            stored[table] = len(rows)
            for value in {str(value) for row in rows for value in row if value is not None} - {"0", "1"}:
                assert value in told or value.casefold() in {one.casefold() for one in told}, (table, value)
        others = [row[0] for row in connection.execute("SELECT email FROM person WHERE pseudonym <> ?", (key,))]
        others += [
            row[0] for row in connection.execute("SELECT pseudonym FROM invitation WHERE pseudonym <> ?", (key,))
        ]
    assert {table for table, count in stored.items() if count} == set(PSEUDONYM_TABLES) - {"action", "note", "dot"}
    assert find_traces(others, files) == []
    assert data["not_included"] == ["anonym"]
    assert [wave["wave"] for wave in data["waves"]] == [WAVE]
    assert len(data["waves"][0]["answers"]) == len(data["waves"][0]["frozen"][0]["answers"]) == 4
    assert [one["wave"] for one in data["asked"]] == [WAVE, "anonym"]


def test_a_lay_person_can_read_it_and_a_spreadsheet_calculates_nothing(path: Path, tmp_path: Path) -> None:
    with open_engagement(path) as found:
        data = found.personal_data("aasa.0002@nordvand.dk")
        write_personal_data(data, tmp_path)
        instrument = found.instrument()
    rows = read_csv(tmp_path / "personal-data.csv")
    assert rows[0] == ["Afsnit", "Måling", "Hvad", "Indhold", "Hvorfor", "Kommentar", "Gange gemt"]
    assert {len(row) for row in rows} == {7}
    assert not [cell for row in rows for cell in row if cell[:1] in {*"=+-@\t\r"}]
    assert ["Dig", "", "E-mailadresse", "aasa.0002@nordvand.dk", "", "", ""] in rows
    answers = [row for row in rows if row[0] == "Dine svar"]
    assert len(answers) == 4
    first = data["waves"][0]["answers"][1]
    item = instrument.item(first["item"])
    said = f"{first['level']} · {item.anchors[first['level'] - 1].text}"
    assert answers[1][2:4] == [item.name, said]
    assert answers[1][5].startswith("'=HYPERLINK")
    assert answers[1][5][1:] == first["comment"]
    assert any(row[0].startswith("Som fastfrosset til rapporten den 2026-10-05") for row in rows)
    assert rows[-1][0] == "Ikke med"
    assert "Intet forbinder dig" in rows[-1][3]


def test_it_speaks_the_persons_language(tmp_path: Path) -> None:
    with create_engagement(tmp_path / "a.cxa", organisation="A", language="en") as made:
        made.add_wave(WAVE)
        made.open_wave(WAVE)
        people = [Person("Å", f"{code}@a.dk", "front_line", language=code) for code in ("da", "sv", "en")]
        for invited in made.invite(people, WAVE):
            answer_all(made, invited.token)
        heads = []
        for person, mark in zip(people, ";;,", strict=True):
            folder = tmp_path / person.language
            folder.mkdir()
            write_personal_data(made.personal_data(person.email), folder)
            heads.append(read_csv(folder / "personal-data.csv", mark)[0][2])
        assert heads == ["Hvad", "Vad", "What"]
        (tmp_path / "x").mkdir()
        write_personal_data(made.personal_data("da@a.dk"), tmp_path / "x", language="sv")
        assert read_csv(tmp_path / "x" / "personal-data.csv")[0][2] == "Vad"
        flags = {row[3] for row in read_csv(tmp_path / "sv" / "personal-data.csv") if row[0] == "Dina svar"}
        assert {"Vet inte", "Inte aktuellt"} <= flags


def test_what_was_taken_back_and_changed_is_told(tmp_path: Path) -> None:
    with create_engagement(tmp_path / "a.cxa", organisation="A") as made:
        (invited,) = begin(made, 1)
        admission = admitted(made, invited.token)
        item = first_items(made, admission)[0]
        made.save(admission, Change(item, 3, comment="x"))
        made.save(admission, Change(item, revision=1))
        data = made.personal_data(invited.token)
        assert data["person"]["email"] == make_people(1)[0].email
        (answer,) = data["waves"][0]["answers"]
        assert (answer["level"], answer["flag"], answer["comment"], answer["revision"]) == (None, None, "", 2)
        write_personal_data(data, tmp_path)
    rows = read_csv(tmp_path / "personal-data.csv", ",")
    assert ["Your answers", WAVE, answer["item_name"], "No answer (taken back)", "", "", "2"] in rows


def test_both_files_are_written_or_neither(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "personal-data.csv").write_text("mine")
    with open_engagement(path) as found, pytest.raises(CxassessError, match="there already"):
        write_personal_data(found.personal_data("aasa.0001@nordvand.dk"), out)
    assert [one.name for one in out.iterdir()] == ["personal-data.csv"]


def test_the_command_writes_both(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["engagement", "export", str(path), "aasa.0001@nordvand.dk", "--out", str(out), "--language", "en"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "Asked in anonymous waves as well (anonym)" in result.output
    assert sorted(one.name for one in out.iterdir()) == ["personal-data.csv", "personal-data.json"]
    assert CliRunner().invoke(main, arguments).exit_code == 2
    arguments[3] = "nobody"
    assert "There is no respondent “nobody”" in CliRunner().invoke(main, arguments).output
