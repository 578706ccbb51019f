"""Snapshots: what reports read, never so that one to four late answers can be told from two of them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from builders_engagement import (
    HOMES,
    ORGANISATION,
    WAVE,
    Home,
    admitted,
    answer_all,
    begin,
    first_items,
    make_people,
    sqlite_home,
)
from builders_instrument import SELF_SERVICE
from click.testing import CliRunner

from cxassess import assess
from cxassess.batch.inputs import hash_organisations
from cxassess.batch.source import open_inputs, open_responses
from cxassess.batch.tasks import plan_reports
from cxassess.cli import main
from cxassess.context import OrganisationContext
from cxassess.engagement import Change, Engagement, create_engagement
from cxassess.engagement.reading import join_contexts
from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument
from cxassess.responses import read_responses, write_responses
from cxassess.scoring import apply_privacy, score_responses


@pytest.fixture(params=sorted(HOMES))
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with HOMES[request.param](tmp_path) as found:
        yield found


def change_one(engagement: Engagement, token: str, *, submit: bool = True) -> None:
    admission = admitted(engagement, token)
    item, stored = next(iter(engagement.answers(admission).items()))
    engagement.reopen(admission)
    engagement.save(admission, Change(item, 1 if stored.level == 5 else 5, revision=stored.revision))
    if submit:
        engagement.submit(admission)


# ---------------------------------------------------------------- freezing


def test_a_snapshot_does_not_change_with_the_answers(home: Home) -> None:
    made = home.create()
    invited = begin(made, 16)
    with pytest.raises(CxassessError, match="Nobody has handed in"):
        made.freeze_wave(WAVE)
    for number, one in enumerate(invited[:6]):
        answer_all(made, one.token, number)
    answer_all(made, invited[6].token, 6, submit=False)
    snapshot = made.freeze_wave(WAVE)
    before = made.responses()
    assert (snapshot.number, snapshot.respondents, len(before.answers)) == (1, 6, 6)
    change_one(made, invited[0].token)
    change_one(made, invited[1].token, submit=False)
    for number, one in enumerate(invited[8:10]):
        answer_all(made, one.token, number)
    assert made.responses().equals(before)
    assert made.responses().source.sha256 == before.source.sha256


@pytest.mark.parametrize("late", range(1, 5))
def test_one_to_four_late_forms_are_not_added(home: Home, late: int) -> None:
    made = home.create()
    invited = begin(made, 16)
    for number, one in enumerate(invited[:6]):
        answer_all(made, one.token, number)
    first = made.freeze_wave(WAVE)
    for number, one in enumerate(invited[6 : 6 + late]):
        answer_all(made, one.token, number)
    before = made.responses()
    with pytest.raises(CxassessError, match="new or changed since the snapshot of 2026-10-05"):
        made.freeze_wave(WAVE)
    assert made.snapshots(WAVE) == (first,)
    closing = made.close_wave(WAVE)
    assert (closing.snapshot, closing.left_out, closing.wave.state) == (first, late, "closed")
    assert made.responses().equals(before)
    assert made.close_wave(WAVE) == closing


def test_five_late_forms_are_added(home: Home) -> None:
    made = home.create()
    invited = begin(made, 16)
    for number, one in enumerate(invited[:6]):
        answer_all(made, one.token, number)
    made.freeze_wave(WAVE)
    for number, one in enumerate(invited[6:11]):
        answer_all(made, one.token, number)
    assert made.freeze_wave(WAVE).respondents == 11
    assert len(made.responses().answers) == 11
    assert [snapshot.number for snapshot in made.snapshots(WAVE)] == [1, 2]


def test_changed_and_withdrawn_forms_count_as_well_as_new_ones(home: Home) -> None:
    made = home.create()
    invited = begin(made, 16)
    for number, one in enumerate(invited[:9]):
        answer_all(made, one.token, number)
    made.freeze_wave(WAVE)
    change_one(made, invited[0].token)
    change_one(made, invited[1].token)
    change_one(made, invited[2].token, submit=False)
    answer_all(made, invited[9].token, 3)
    with pytest.raises(CxassessError, match="4 forms are new or changed"):
        made.freeze_wave(WAVE)
    answer_all(made, invited[10].token, 4)
    assert made.freeze_wave(WAVE).respondents == 10
    assert admitted(made, invited[2].token).respondent not in set(made.responses().answers["respondent"])


def test_a_snapshot_is_only_taken_when_something_is_new(home: Home) -> None:
    made = home.create()
    invited = begin(made, 8)
    for number, one in enumerate(invited):
        answer_all(made, one.token, number)
    first = made.freeze_wave(WAVE)
    admission = admitted(made, invited[0].token)
    made.reopen(admission)
    made.submit(admission)
    assert made.freeze_wave(WAVE) == first
    assert made.close_wave(WAVE).snapshot == first


def test_a_first_snapshot_of_which_nothing_was_shown_holds_nothing_back(home: Home) -> None:
    made = home.create()
    invited = begin(made, 8)
    for number, one in enumerate(invited[:4]):
        answer_all(made, one.token, number)
    made.freeze_wave(WAVE)
    shown = apply_privacy(score_responses(made.responses()), made.responses())
    assert shown.scores["score"].isna().all()
    for number, one in enumerate(invited[4:7]):
        answer_all(made, one.token, number)
    closing = made.close_wave(WAVE)
    assert closing.snapshot is not None
    assert (closing.snapshot.respondents, closing.left_out) == (7, 0)


def test_closing_a_wave_without_answers_says_so(home: Home) -> None:
    made = home.create()
    invited = begin(made, 2)
    admission = admitted(made, invited[0].token)
    item = first_items(made, admission)[0]
    made.save(admission, Change(item, comment="no level at all"))
    made.submit(admission)
    assert made.close_wave(WAVE).snapshot is None
    with pytest.raises(CxassessError, match="Nobody had answered"):
        made.responses()


def test_an_open_wave_is_not_reported_and_it_is_said_how(home: Home) -> None:
    made = home.create()
    with pytest.raises(CxassessError, match="no wave to report on"):
        made.responses()
    invited = begin(made, 6, "1")
    begin(made, 6, "2")
    with pytest.raises(CxassessError) as caught:
        made.responses()
    assert len(caught.value.problems) == 2
    assert "wave close" in caught.value.problems[0].remedy
    assert "wave freeze" in caught.value.problems[0].remedy
    for number, one in enumerate(invited):
        answer_all(made, one.token, number)
    made.freeze_wave("1")
    found = made.responses()
    assert set(found.answers["wave"]) == {"1"}
    assert found.source.notes == (
        "Wave 1 is open: as it was frozen on 2026-10-05\nWave 2 is open and not frozen: left out"
    )
    with pytest.raises(CxassessError, match="wave 2"):
        made.responses(["1", "2"])


# ---------------------------------------------------------------- the same numbers


def run_engagement(home: Home, **options: object) -> Engagement:
    """Make an engagement of three waves: named, pulse, anonymous; with flags, comments, gaps and small groups."""
    made = home.create(**options)
    for number, (wave, form, anonymous, answered) in enumerate(
        [("2025-10", "full", False, 22), ("2026-04", "pulse", False, 17), (WAVE, "full", True, 21)]
    ):
        made.add_wave(wave, form=form, anonymous=anonymous)
        made.open_wave(wave)
        roles = [role.id for role in made.instrument().roles]
        invited = made.invite(make_people(26, roles=roles, units=("Salg", "Drift", "")), wave, force=True)
        for place, one in enumerate(invited[:answered]):
            home.clock.move(seconds=77)
            admission = answer_all(made, one.token, place + number, submit=False)
            if place % 5 == 4:
                item, stored = next(iter(made.answers(admission).items()))
                made.save(admission, Change(item, revision=stored.revision))
            made.submit(admission)
        made.close_wave(wave)
        home.clock.move(days=190)
    return made


def test_responses_are_the_same_through_a_file(home: Home, tmp_path: Path) -> None:
    made = run_engagement(home)
    direct = made.responses()
    write_responses(direct, tmp_path / "export.csv")
    read = read_responses(tmp_path / "export.csv", made.instrument())
    assert direct.equals(read)
    assert len(direct.comments) > 100
    assert set(direct.reasons["reason"]) == {"dont_know", "not_applicable", "missing"}
    assert direct.source.name == made.path.name
    pulse = {item.id for item in made.instrument().items if item.pulse}
    assert set(direct.reasons.loc[direct.reasons["wave"] == "2026-04", "item"]) <= pulse
    scored = [apply_privacy(score_responses(one, contexts=made.contexts()), one) for one in (direct, read)]
    for name in ("scores", "levels", "items", "distributions", "gaps", "changes", "comments", "responses_by_role"):
        pd.testing.assert_frame_equal(getattr(scored[0], name), getattr(scored[1], name))
    assert (scored[0].scores["status"] == "scored").any()


def test_why_and_comment_are_one_comment(home: Home) -> None:
    made = home.create()
    (invited,) = begin(made, 1)
    admission = admitted(made, invited.token)
    items = first_items(made, admission)
    made.save(admission, Change(items[0], 1, why="Fordi", comment="Og mere"))
    made.save(admission, Change(items[1], 5, why="Kun hvorfor"))
    made.save(admission, Change(items[2], comment="Uden niveau"))
    made.submit(admission)
    made.close_wave(WAVE)
    comments = made.responses().comments
    assert dict(zip(comments["item"], comments["text"], strict=True)) == {
        items[0]: "Fordi\nOg mere",
        items[1]: "Kun hvorfor",
        items[2]: "Uden niveau",
    }


def test_how_many_were_invited_is_known_as_of_the_snapshot(home: Home) -> None:
    made = home.create()
    invited = begin(made, 8)
    for number, one in enumerate(invited[:6]):
        answer_all(made, one.token, number)
    made.withdraw([invited[0].person.email, invited[7].person.email], WAVE)
    made.freeze_wave(WAVE)
    made.invite(make_people(12)[8:], WAVE)
    (context,) = made.contexts().values()
    expected = {"top_management": 2, "middle_management": 2, "front_line": 2, "back_office": 1}
    assert context.invited == {WAVE: expected}
    scores = score_responses(made.responses(), contexts=made.contexts()).scores
    everybody = scores[(scores["element"] == "overall") & (scores["group"] == "all")]
    assert everybody["n_invited"].tolist() == [7]


def test_of_a_room_nobody_knows_how_many_were_invited(home: Home) -> None:
    made = home.create()
    invited = begin(made, 8)
    token = made.join(made.join_code(WAVE), role="front_line")
    for number, one in enumerate([*(one.token for one in invited), str(token)]):
        answer_all(made, one, number)
    made.close_wave(WAVE)
    (context,) = made.contexts().values()
    assert set(context.invited[WAVE]) == {"top_management", "middle_management", "back_office"}
    score_responses(made.responses(), contexts=made.contexts())


def test_what_a_file_of_contexts_says_goes_first() -> None:
    given = {"A": OrganisationContext(short_name="a", invited={"1": {"x": 9}}), "B": OrganisationContext()}
    own = {"A": OrganisationContext(invited={"1": {"x": 1, "y": 2}, "2": {"x": 3}})}
    joined = join_contexts(given, own)
    assert joined["A"] == OrganisationContext(short_name="a", invited={"1": {"x": 9}, "2": {"x": 3}})
    assert joined["B"] == OrganisationContext()
    assert join_contexts({}, own) == own


# ---------------------------------------------------------------- the program


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an engagement with three closed waves, beside its export and its contexts."""
    folder = tmp_path_factory.mktemp("served")
    with sqlite_home(folder) as home:
        made = run_engagement(home)
        write_responses(made.responses(), folder / "export.csv")
        contexts = {name: one.model_dump(mode="json", exclude_defaults=True) for name, one in made.contexts().items()}
        (folder / "contexts.yaml").write_text(json.dumps(contexts))
        return made.path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_assess_takes_an_engagement(served: Path) -> None:
    one = assess(served, language="sv")
    other = assess(served.parent / "export.csv", context=served.parent / "contexts.yaml", language="sv")
    assert (one.organisation, one.wave) == (other.organisation, other.wave) == (ORGANISATION, WAVE)
    assert one.context == other.context
    pd.testing.assert_frame_equal(one.shown.scores, other.shown.scores)
    assert one.findings == other.findings
    assert assess(served, wave="2025-10").wave == "2025-10"
    assert one.source.name == served.name


def test_check_and_scores_take_an_engagement(served: Path, tmp_path: Path) -> None:
    told = run("check", served)
    assert f"{served.name}: one row per respondent, 60 rows" in told
    assert f"{ORGANISATION}: 2025-10 (22), 2026-04 (17), {WAVE} (21)" in told
    run("scores", served, "--out", tmp_path / "one.csv")
    run(
        "scores",
        served.parent / "export.csv",
        "--context",
        served.parent / "contexts.yaml",
        "--out",
        tmp_path / "two.csv",
    )
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert b"scored" in (tmp_path / "one.csv").read_bytes()


def test_another_instrument_is_refused(served: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", str(served), "--instrument", str(SELF_SERVICE)])
    assert result.exit_code == 2
    assert "asked with eight_elements@" in result.stderr
    run("check", served, "--instrument", "eight_elements")
    with pytest.raises(CxassessError, match="keeps its own"):
        assess(served, instrument=SELF_SERVICE)


def test_what_is_not_frozen_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with sqlite_home(tmp_path) as home:
        begin(home.create(), 6)
        result = CliRunner().invoke(main, ["report", str(tmp_path / "nordvand.cxa"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "wave close" in result.stderr
    assert not (tmp_path / "out").exists()


def test_engagements_and_files_go_into_one_list(served: Path, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "nordvand.cxa").write_bytes(served.read_bytes())
    with create_engagement(folder / "other.cxa", organisation="Other") as other:
        for number, one in enumerate(begin(other, 6)):
            answer_all(other, one.token, number)
        other.close_wave(WAVE)
    text = (served.parent / "export.csv").read_text().replace(ORGANISATION, "Third")
    with open_inputs([folder]) as inputs:
        assert inputs.read().organisations == (ORGANISATION, "Other")
    (folder / "third.csv").write_text(text)
    with open_inputs([folder]) as inputs, open_responses(inputs) as (responses, told):
        assert set(responses.organisations) == {ORGANISATION, "Other", "Third"}
        assert set(inputs.contexts) == {ORGANISATION, "Other"}
        assert "3 files" in told
        with open_responses(inputs, large=0) as (spooled, _):
            assert set(spooled.organisations) == set(responses.organisations)
            sizes = {name: len(part.select(name).answers) for part in spooled.parts() for name in part.organisations}
            assert sizes == {ORGANISATION: 60, "Other": 6, "Third": 60}


def test_an_instrument_of_one_s_own_comes_out_of_the_file(tmp_path: Path) -> None:
    own = load_instrument(SELF_SERVICE)
    with sqlite_home(tmp_path) as home:
        made = run_engagement(home, instrument=str(SELF_SERVICE), language=own.language)
        path = made.path
    with open_inputs([path], language=own.language) as inputs:
        assert inputs.instrument == own
        assert load_instrument(inputs.instrument_source, own.language) == own
        source = inputs.instrument_source
    assert not Path(source).exists()
    assert assess(path).instrument == own


def test_a_changed_engagement_is_seen_by_resume(tmp_path: Path) -> None:
    def plan(path: Path) -> tuple[str, str]:
        with open_inputs([path]) as inputs, open_responses(inputs) as (responses, _):
            tasks = plan_reports(responses, language="en", contexts=inputs.contexts).tasks
            return tasks[0].inputs, responses.source.sha256

    with sqlite_home(tmp_path) as home:
        made = home.create()
        invited = begin(made, 16)
        for number, one in enumerate(invited[:6]):
            answer_all(made, one.token, number)
        made.freeze_wave(WAVE)
        first = plan(made.path)
        answer_all(made, invited[6].token, 6)
        assert plan(made.path) == first, "not frozen, so nothing of it is in a report"
        for number, one in enumerate(invited[7:12]):
            answer_all(made, one.token, number)
        made.freeze_wave(WAVE)
        second = plan(made.path)
        assert all(one != other for one, other in zip(first, second, strict=True))
        responses = made.responses()
        hashes = [
            hash_organisations(responses, {ORGANISATION: (WAVE,)}, contexts) for contexts in ({}, made.contexts())
        ]
        assert hashes[0] != hashes[1], "how many were invited is in the report"


@pytest.mark.slow
def test_a_report_is_made_of_an_engagement(served: Path, tmp_path: Path) -> None:
    """The command itself, from the engagement and from its export: the same document but for the name of the source."""
    texts = []
    before = hashlib.sha256(served.read_bytes()).hexdigest()
    export = tmp_path / served.name
    export.write_bytes((served.parent / "export.csv").read_bytes())
    for source, more in ((served, []), (export, ["--context", str(served.parent / "contexts.yaml")])):
        out = tmp_path / f"out{len(texts)}"
        command = [
            sys.executable,
            "-c",
            "from cxassess.cli import main; main()",
            "report",
            str(source),
            "--language",
            "da",
        ]
        done = subprocess.run(
            [*command, "--format", "html", "--out", str(out), *more],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        (page,) = out.glob("*.html")
        texts.append(page.read_text(encoding="utf-8"))
    assert len(texts[0]) > 50_000
    differing = [
        (one, other) for one, other in zip(texts[0].splitlines(), texts[1].splitlines(), strict=True) if one != other
    ]
    assert len(differing) <= 3, differing
    assert hashlib.sha256(served.read_bytes()).hexdigest() == before
