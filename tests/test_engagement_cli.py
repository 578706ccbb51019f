"""The commands: from a new engagement to whom to remind, as a consultant types them."""

from __future__ import annotations

import csv
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders_engagement import answer_all
from click.testing import CliRunner, Result

from cxassess.cli import main
from cxassess.engagement import create_engagement, open_engagement

PEOPLE = "name,email,role,unit,language\n" + "".join(
    f"P{n},p{n}@x.dk,{('front line', 'topleder', 'mellanchef')[n % 3]},{'Salg' if n % 2 else 'Drift'},sv\n"
    for n in range(12)
)
TEXTS = 'title: {da: "Din del", en: "Your part"}\nnext: ["Vi læser", "Vi svarer"]\n'
NOW = datetime.now(UTC).date()


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def run(*arguments: object) -> str:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.stderr


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "acme.cxa"
    run("engagement", "new", path, "--organisation", "Acme A/S", "--language", "da")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "texts.yaml").write_text(TEXTS, encoding="utf-8")
    return path


def tokens(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [row["link"].rsplit("/", 1)[1] for row in csv.DictReader(stream)]


def test_a_wave_from_beginning_to_end(made: Path, tmp_path: Path) -> None:
    closes = NOW + timedelta(days=20)
    told = run("engagement", "wave", "add", made, "2026-10", "--closes", closes, "--texts", tmp_path / "texts.yaml")
    assert "wave open" in told
    assert "open" in run("engagement", "wave", "open", made, "2026-10")
    links = tmp_path / "links.csv"
    ask = ("invite", made, tmp_path / "people.csv", "--wave", "2026-10", "--base-url", "https://svar.acme.dk")
    assert "12 invited to 2026-10" in run(*ask, "--out", links)
    assert stat.S_IMODE(links.stat().st_mode) == 0o600
    with open_engagement(made) as engagement:
        for number, token in enumerate(tokens(links)[:7]):
            answer_all(engagement, token, number)
    told = run("status", made, "--wave", "2026-10", "--reminders", tmp_path / "remind.csv")
    assert "everybody: 12 invited, 7 begun, 7 answered (58%)" in told
    assert "5 to remind" in told
    remind = (tmp_path / "remind.csv").read_text(encoding="utf-8-sig")
    assert "p11@x.dk" in remind
    assert "p0@x.dk" not in remind
    assert "link" not in remind
    assert "snapshot 1" in run("engagement", "wave", "freeze", made, "2026-10")
    with open_engagement(made) as engagement:
        answer_all(engagement, tokens(links)[7], 7)
    assert "1 form is new or changed" in refused("engagement", "wave", "freeze", made, "2026-10")
    told = run("engagement", "wave", "close", made, "2026-10")
    assert "the 1 form that is new or changed" in told
    told = run("engagement", "show", made)
    assert "2026-10: full, closed, last day" in told
    assert "snapshot 1 of" in told
    assert "P0" not in told
    assert "7 forms to eight_elements" in run("check", made)


def test_who_was_asked_recently_is_listed_in_full(made: Path, tmp_path: Path) -> None:
    for wave in ("1", "2"):
        run("engagement", "wave", "add", made, wave)
    ask = ("invite", made, tmp_path / "people.csv", "--base-url", "https://svar.acme.dk", "--out")
    run(*ask, tmp_path / "1.csv", "--wave", "1", "--expires", NOW + timedelta(days=3))
    told = refused(*ask, tmp_path / "2.csv", "--wave", "2")
    assert told.count("within 90 days") == 12
    assert "people.csv, row 13 (p11@x.dk)" in told
    assert not (tmp_path / "2.csv").exists()
    assert "12 invited" in run(*ask, tmp_path / "2.csv", "--wave", "2", "--force")


def test_texts_are_kept_or_refused(made: Path, tmp_path: Path) -> None:
    run("engagement", "wave", "add", made, "1")
    assert "title, next" in run("engagement", "texts", made, "1", tmp_path / "texts.yaml")
    with open_engagement(made) as engagement:
        assert engagement.texts("1") == {
            "title": {"da": "Din del", "en": "Your part"},
            "next": ["Vi læser", "Vi svarer"],
        }
    for text, words in (
        ("title: no\n", "title"),
        ('title: "a"\ntitle: "b"\n', "title"),
        ("- 1\n", "mapping"),
        ('headline: "x"\n', "headline"),
    ):
        (tmp_path / "bad.yaml").write_text(text)
        assert words in refused("engagement", "texts", made, "1", tmp_path / "bad.yaml")
    assert "no wave" in refused("engagement", "texts", made, "3", tmp_path / "texts.yaml")
    refused("engagement", "texts", made, "1", tmp_path / "nothing.yaml")


def test_faults_are_said_in_words(made: Path, tmp_path: Path) -> None:
    assert "there already" in refused("engagement", "new", made, "--organisation", "X")
    (tmp_path / "text.cxa").write_text("x")
    for command in ("show",):
        assert "not an engagement" in refused("engagement", command, tmp_path / "text.cxa")
    assert "no such file" in refused("status", tmp_path / "none.cxa")
    assert "needs --wave" in call("status", made, "--reminders", tmp_path / "x.csv").stderr
    assert "no wave" in refused("engagement", "wave", "close", made, "x")


def test_an_anonymous_wave_reminds_everybody(made: Path, tmp_path: Path) -> None:
    run("engagement", "wave", "add", made, "pulse", "--form", "pulse", "--anonymous")
    run("engagement", "wave", "open", made, "pulse")
    ask = ("invite", made, tmp_path / "people.csv", "--base-url", "https://svar.acme.dk", "--out", tmp_path / "l.csv")
    run(*ask, "--wave", "pulse")
    told = run("status", made, "--wave", "pulse", "--reminders", tmp_path / "r.csv")
    assert "nobody knows who has answered" in told
    assert "pulse, anonymous" in told
    assert "Frozen" not in run("engagement", "wave", "close", made, "pulse")


def test_every_command_has_help() -> None:
    for command in (
        ("engagement",),
        *(("engagement", name) for name in ("new", "show", "wave", "texts")),
        *(("engagement", "wave", name) for name in ("add", "open", "close", "freeze")),
        ("invite",),
        ("status",),
    ):
        assert "Usage" in run(*command, "--help")


def test_a_wave_may_ask_chosen_elements_only(tmp_path: Path) -> None:
    path = tmp_path / "acme.cxa"
    create_engagement(path, organisation="Acme").close()
    bad = CliRunner().invoke(main, ["engagement", "wave", "add", str(path), "a", "--elements", "persistence,nonsense"])
    assert bad.exit_code == 2
    assert "'nonsense'" in bad.output
    good = CliRunner().invoke(
        main, ["engagement", "wave", "add", str(path), "a", "--elements", "persistence, back_office"]
    )
    assert good.exit_code == 0
    with open_engagement(path) as engagement:
        assert engagement.wave("a").elements == ("persistence", "back_office")
