"""The explorer without a browser: its traits drive what is seen, which is the report's own; nothing hidden is in it."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import traitlets
from builders_engagement import WAVE, answer_all, begin, sqlite_home
from builders_explore import (
    LANGUAGES,
    NORDVAND,
    SMALL,
    browser_sees,
    explorer_of,
    hear,
    low_answers,
    make_explorer,
    printed,
    report_of,
    say,
    stage_of,
    view_of,
)

from cxassess import load_instrument, read_responses, sample_path, score_responses, write_responses
from cxassess.errors import CxassessError
from cxassess.explore import Explorer, open_material
from cxassess.explore.files import name_files
from cxassess.explore.pages import VIEWS
from cxassess.instrument.model import LEVEL_RULES
from cxassess.language import get_language
from cxassess.report.names import report_name
from cxassess.scoring.model import OVERALL

BY_VIEW = {"overview": "summary", "roles": "roles", "certainty": "certainty", "causes": "causes", "waves": "waves"}
ORGANISATION = "Nordforsyning A/S"  # of the portfolio: two of its roles are hidden


def choices(explorer: Explorer, key: str) -> dict[str, dict[str, Any]]:
    """Return what can be chosen in a field, by value."""
    field = next(one for one in explorer.screen["selects"] if one["key"] == key)
    return {choice["value"]: choice for group in field["groups"] for choice in group["choices"]}


def body(explorer: Explorer) -> str:
    """Return the page without its style."""
    return re.sub(r"<style>.*?</style>", "", explorer.page, flags=re.DOTALL)


# ---------------------------------------------------------------- the screen is the report


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_the_one_that_is_printed(language: str) -> None:
    explorer, report = make_explorer(language=language), report_of("nordvand.csv", language)
    for view, name in BY_VIEW.items():
        explorer.view = view
        assert explorer.page == printed(report, getattr(report, name)), view
    explorer.view = "plan"
    assert explorer.page == printed(report, *report.plan)
    explorer.view = "elements"
    for page in report.elements:
        explorer.element = page.id.removeprefix("element-")
        assert explorer.page == printed(report, page), page.id


def test_an_earlier_wave_is_the_report_of_that_wave() -> None:
    explorer, report = make_explorer(wave="2025-10"), report_of("nordvand.csv", "en", "2025-10")
    assert explorer.page == printed(report, report.summary)
    explorer.view = "waves"
    assert explorer.page == printed(report, report.waves)


def test_every_view_is_there_and_too_few_answers_leave_only_the_first() -> None:
    assert [view["key"] for view in make_explorer().screen["views"]["list"]] == [
        view for view in VIEWS if view != "workshop"
    ]
    responses = low_answers()
    few = type(responses)(
        responses.instrument, responses.answers.head(3), responses.reasons.head(0), responses.comments, responses.source
    )
    explorer = explorer_of(few)
    assert [view["key"] for view in explorer.screen["views"]["list"]] == ["overview"]
    assert explorer.report.summary.id == "unshown"
    with pytest.raises(traitlets.TraitError):
        explorer.view = "trial"


def test_an_item_has_its_ladder_its_comments_and_what_to_ask_for() -> None:
    explorer = make_explorer()
    explorer.element = "leadership_ownership"
    explorer.view = "elements"
    whole = explorer.page
    explorer.item = "LO1"
    view = view_of(explorer)
    item, row = view.instrument.item("LO1"), view.row("items", item="LO1", group="all")
    assert explorer.page != whole
    assert f"1.1: {item.name}" in explorer.page
    assert view.number(row["mean"]) in explorer.page
    for anchor in item.anchors:
        assert anchor.text in explorer.page
    assert item.evidence in explorer.page
    comments = [row["text"] for row in view.rows("comments", item="LO1")]
    assert comments
    assert all(" ".join(text.split()) in explorer.page for text in comments)
    others = [row["text"] for row in view.rows("comments") if row["item"] not in ("LO1", None)]
    assert not [text for text in others if text not in comments and text in explorer.page]


def test_only_the_lowest_item_is_said_to_be_the_lowest() -> None:
    explorer = make_explorer()
    explorer.view, explorer.element = "elements", "leadership_ownership"
    found = {}
    for item in ("LO2", "LO4"):
        explorer.item = item
        found[item] = "scores lowest" in explorer.page or "Holds it back most" in explorer.page
    assert found == {"LO2": False, "LO4": True}


def test_one_role_has_its_own_scores_as_they_are_shown() -> None:
    explorer = make_explorer()
    explorer.role = "front_line"
    view = view_of(explorer)
    for element in view.instrument.elements:
        row = view.score(element.id, "role:front_line")
        assert view.number(row["score"]) in explorer.page
        assert view.interval(row["low"], row["high"]) in explorer.page
    explorer.view, explorer.element = "elements", "employee_enablement"
    seen = body(explorer)
    texts = get_language("en").raw("explore.group")
    for item in view.instrument.element("employee_enablement").items:
        row = view.row("items", item=item.id, group="role:front_line")
        assert row is None or row["mean"] is None or view.number(row["mean"]) in seen
    assert texts["no_spread"] in seen
    explorer.element = "leadership_ownership"
    assert body(explorer).count(texts["not_asked"]) == 2


def test_a_unit_has_scores_but_no_items() -> None:
    explorer = make_explorer()
    explorer.unit = "Drift"
    row = view_of(explorer).score(OVERALL, "unit:Drift")
    assert view_of(explorer).number(row["score"]) in explorer.page
    explorer.view = "elements"
    assert "cxa-answers" not in body(explorer)
    assert explorer.screen["elements"]["items"] == []


def test_pages_about_everybody_say_so_when_a_group_is_chosen() -> None:
    explorer = make_explorer()
    explorer.role = "front_line"
    assert explorer.screen["note"] == ""
    explorer.view = "waves"
    assert "Front line" in explorer.screen["note"]


# ---------------------------------------------------------------- traits


def test_what_is_chosen_can_be_observed_and_set() -> None:
    explorer, seen = make_explorer(), []
    explorer.observe(lambda change: seen.append((change["name"], change["new"])), ["language", "page"])
    explorer.language = "da"
    assert sorted(name for name, _ in seen) == ["language", "page"]
    assert explorer.screen["lang"] == "da"
    assert explorer.report.meta.language == "da"


def test_each_choice_draws_the_screen_once() -> None:
    explorer, drawn = make_explorer("portfolio.csv"), []
    explorer.observe(lambda _: drawn.append(1), "screen")
    explorer.organisation = "Västkraft AB"
    assert len(drawn) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("organisation", "Nobody"),
        ("wave", "1999"),
        ("role", "nobody"),
        ("unit", "Nowhere"),
        ("language", "fr"),
        ("rule", "best"),
        ("target", "9"),
        ("view", "secrets"),
        ("element", "x"),
        ("item", "PP1"),
        ("moves", {"XX9": 1.0}),
    ],
)
def test_what_is_not_there_cannot_be_chosen(name: str, value: Any) -> None:
    explorer = make_explorer()
    before = (explorer.choice, explorer.page)
    with pytest.raises(traitlets.TraitError):
        setattr(explorer, name, value)
    assert (explorer.choice, explorer.page) == before


def test_choices_that_depend_on_each_other_stay_together() -> None:
    explorer = make_explorer()
    explorer.role = "front_line"
    explorer.unit = "Drift"
    assert (explorer.role, explorer.unit) == ("", "Drift")
    explorer.role = "front_line"
    assert (explorer.role, explorer.unit) == ("front_line", "")
    explorer.item = "LO2"
    explorer.element = "persistence"
    assert explorer.item == ""
    explorer.moves = {"PP1": 0.5}
    explorer.wave = "2024-10"
    assert explorer.moves == {}


def test_the_target_begins_with_the_own_one_where_there_is_one() -> None:
    assert make_explorer().target == "own"
    explorer = explorer_of(low_answers())
    assert explorer.target == "none"
    assert "own" not in choices(explorer, "target")
    explorer.target = "4"
    assert "4" in choices(explorer, "target")
    assert explorer.assessment.context.target.elements["persistence"] == 4


# ---------------------------------------------------------------- what is hidden


def test_a_hidden_group_is_listed_with_the_reason_and_cannot_be_chosen() -> None:
    explorer = make_explorer("portfolio.csv", organisation=ORGANISATION)
    assert set(explorer.hidden) == {"Top management", "Middle management"}
    listed = choices(explorer, "group")
    assert listed["role:top_management"]["hidden"]
    assert "too few answers" in listed["role:top_management"]["name"]
    assert not listed["role:front_line"]["hidden"]
    with pytest.raises(traitlets.TraitError, match="too few answers"):
        explorer.role = "top_management"


@pytest.mark.parametrize("name", ["portfolio.csv", SMALL])
def test_the_browser_never_gets_a_figure_of_a_hidden_group(name: str) -> None:
    material = open_material(name, context="")
    organisation = ORGANISATION if name != SMALL else material.organisations[0]
    explorer = Explorer(material, organisation=organisation)
    hidden = [one.key for one in stage_of(explorer).groups(explorer.choice) if one.hidden]
    assert hidden
    raw = score_responses(material.responses.select(organisation))
    secret = raw.scores[raw.scores["group"].isin(hidden)].dropna(subset=["score"])
    intervals = {f"{low:.2f}–{high:.2f}" for low, high in zip(secret["low"], secret["high"], strict=True) if low == low}
    seen = ""
    for view in stage_of(explorer).views(explorer.choice):
        explorer.view = view
        seen += browser_sees(explorer)
    for element in material.responses.instrument.elements:
        explorer.view, explorer.element = "elements", element.id
        seen += browser_sees(explorer)
    assert not [interval for interval in intervals if interval in seen]
    assert not re.search(r"role:(top|middle)_management[^}]*\d\.\d\d", seen)


def test_the_browser_holds_the_page_and_the_choices_only() -> None:
    explorer = make_explorer()
    own = {"screen", "page", "_esm", "_css", "_anywidget_id"}
    state = {key for key in explorer.get_state() if key not in own}
    assert not {key for key in state if key in explorer.class_own_traits()}
    explorer.view = "waves"
    texts = json.dumps(explorer.screen)
    view = view_of(explorer)
    figures = {view.number(row["score"]) for row in view.rows("scores") if row["score"] is not None}
    assert not {figure for figure in figures if figure in texts}


def test_names_and_comments_are_text() -> None:
    responses = low_answers()
    nasty = '<img src=x onerror="hit()">'
    answers = responses.answers.assign(organisation=nasty, unit=nasty)
    comments = responses.comments.assign(organisation=nasty, text=nasty)
    reasons = responses.reasons.assign(organisation=nasty)
    explorer = explorer_of(type(responses)(responses.instrument, answers, reasons, comments, responses.source))
    pages = []
    for view in stage_of(explorer).views(explorer.choice):
        explorer.view = view
        pages.append(explorer.page)
    explorer.view, explorer.unit = "overview", nasty
    pages.append(explorer.page)
    explorer.unit, explorer.view = "", "elements"
    for item in ("LO1", "LO2"):
        explorer.item = item
        pages.append(explorer.page)
    assert "&lt;img" in "".join(pages)
    assert "<img src=x" not in "".join(pages)


# ---------------------------------------------------------------- what if


def test_a_thought_experiment_is_marked_and_never_printed() -> None:
    explorer = make_explorer()
    before = explorer.report.document.to_dict()
    explorer.view = "trial"
    explorer.moves = {"leadership_cadence": 0.5, "LO1": 1.0}
    assert "Thought experiment" in explorer.page
    assert explorer.screen["trial"]["mark"] == "Thought experiment"
    assert "2.94" in explorer.page  # leadership cadence, 2.44 as it is
    assert explorer.report.document.to_dict() == before
    explorer.moves = {}
    assert "2.94" not in explorer.page


# ---------------------------------------------------------------- messages of the browser


def test_messages_choose_open_move_and_clear() -> None:
    explorer = make_explorer()
    heard = hear(explorer)
    say(explorer, kind="ready")
    say(explorer, kind="choose", key="group", value="role:front_line")
    assert explorer.role == "front_line"
    say(explorer, kind="choose", key="group", value="unit:Drift")
    assert (explorer.role, explorer.unit) == ("", "Drift")
    say(explorer, kind="choose", key="group", value="all")
    say(explorer, kind="choose", key="language", value="sv")
    say(explorer, kind="open", view="elements", element="persistence", item="PP2")
    assert (explorer.language, explorer.view, explorer.element, explorer.item) == (
        "sv", "elements", "persistence", "PP2",
    )  # fmt: skip
    say(explorer, kind="open", view="trial")
    say(explorer, kind="move", id="persistence", steps=1)
    say(explorer, kind="move", id="persistence", steps=50)
    assert explorer.moves == {"persistence": 0.5}
    say(explorer, kind="clear")
    assert explorer.moves == {}
    assert {message["kind"] for message, _ in heard} == {"done"}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"kind": "nothing"},
        {"kind": "choose"},
        {"kind": "choose", "key": "group", "value": "role:top_management"},
        {"kind": "choose", "key": "group", "value": "folder:/etc"},
        {"kind": "choose", "key": "_folder", "value": "/etc"},
        {"kind": "choose", "key": "moves", "value": "x"},
        {"kind": "choose", "key": "wave", "value": ["x"]},
        {"kind": "open", "view": "waves"},
        {"kind": "open", "item": "PP1"},
        {"kind": "move", "id": "XX", "steps": 1},
        {"kind": "move", "id": "PP1", "steps": "many"},
        {"kind": "move", "id": "PP1", "steps": float("inf")},
        {"kind": "files"},
    ],
)
def test_a_message_that_makes_no_sense_changes_nothing_and_is_told(message: dict[str, Any]) -> None:
    explorer = make_explorer("portfolio.csv", organisation=ORGANISATION)
    heard, before = hear(explorer), (explorer.choice, explorer.page, explorer.screen)
    say(explorer, **message)
    assert (explorer.choice, explorer.page, explorer.screen) == before
    assert [one["kind"] for one, _ in heard] == ["told"]


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(("language", "word"), [("en", "Saved"), ("da", "Gemt"), ("sv", "Sparad")])
def test_the_report_of_what_is_shown_is_printed(tmp_path: Path, language: str, word: str) -> None:
    explorer = make_explorer(language=language, wave="2025-10", folder=tmp_path)
    heard = hear(explorer)
    say(explorer, kind="print")
    ((message, buffers),) = heard
    path = tmp_path / f"{report_name(NORDVAND, '2025-10', language)}.pdf"
    assert (message["kind"], message["name"]) == ("file", path.name)
    assert message["text"].startswith(word)
    assert str(tmp_path) in message["text"]
    assert path.read_bytes() == buffers[0]
    assert buffers[0].startswith(b"%PDF-")
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert explorer.print_report() == path


def test_every_choice_has_files_of_its_own() -> None:
    explorer = make_explorer()
    choice, rule = explorer.choice, explorer.rule
    defaults = {"rule": rule, "target": choice.target}
    choices = [replace(choice, organisation=name) for name in ("日本", "中国", "x", "X", "../x", "a" * 60, "a" * 61)]
    choices += [replace(choice, rule=one) for one in LEVEL_RULES]
    choices += [replace(choice, target=one) for one in stage_of(explorer).targets(choice)[1:]]
    choices += [replace(choice, wave="2025-10"), replace(choice, language="da")]
    names = [name_files(one, **defaults) for one in choices]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]+", name) for name in names)
    assert name_files(choice, **defaults) == report_name(NORDVAND, choice.wave, "en")


def test_another_rule_or_target_does_not_replace_the_report(tmp_path: Path) -> None:
    made: list[Path] = []
    explorer = make_explorer(folder=tmp_path, hand_over=lambda _, folder: made.append(folder))
    explorer.hand_over()
    explorer.rule = next(rule for rule in LEVEL_RULES if rule != explorer.rule)
    explorer.hand_over()
    explorer.target = "4"
    explorer.hand_over()
    stem = report_name(NORDVAND, explorer.wave, "en")
    assert [path.name for path in made] == [stem, f"{stem}_{explorer.rule}", f"{stem}_{explorer.rule}_target-4"]


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    explorer = make_explorer(folder=tmp_path / "gone")
    heard = hear(explorer)
    say(explorer, kind="print")
    assert [one["kind"] for one, _ in heard] == ["told"]
    assert "no such folder" in heard[0][0]["text"].lower()


def test_all_files_are_handed_over_by_what_was_given(tmp_path: Path) -> None:
    made: list[tuple[str, str, Path]] = []
    explorer = make_explorer(
        folder=tmp_path, hand_over=lambda found, folder: made.append((found.organisation, found.wave, folder))
    )
    assert [button["key"] for button in explorer.screen["buttons"]] == ["print", "files"]
    explorer.wave = "2024-10"
    heard = hear(explorer)
    say(explorer, kind="files")
    folder = tmp_path / report_name(NORDVAND, "2024-10", "en")
    assert made == [(NORDVAND, "2024-10", folder)]
    assert folder.is_dir()
    assert str(folder) in heard[0][0]["text"]


def test_what_goes_wrong_meanwhile_is_told_and_not_swallowed(tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    explorer = make_explorer(folder=tmp_path, hand_over=fail)
    heard = hear(explorer)
    with pytest.raises(RuntimeError):
        explorer._receive(None, {"kind": "files"}, None)
    assert [one["kind"] for one, _ in heard] == ["told"]


def test_without_it_there_is_no_button(tmp_path: Path) -> None:
    explorer = make_explorer(folder=tmp_path)
    assert [button["key"] for button in explorer.screen["buttons"]] == ["print"]
    with pytest.raises(CxassessError):
        explorer.hand_over()


# ---------------------------------------------------------------- sources


def test_an_engagement_is_explored_in_all_its_languages(tmp_path: Path) -> None:
    with sqlite_home(tmp_path) as home, home.create() as engagement:
        invited = begin(engagement, 12)
        for number, person in enumerate(invited):
            answer_all(engagement, person.token, number)
        engagement.close_wave(WAVE)
        engagement.freeze_wave(WAVE)
        explorer = Explorer(engagement.path, folder=tmp_path)
        for language in choices(explorer, "language"):
            explorer.language = language
            assert f'lang="{language}"' in explorer.page
    assert explorer.wave == WAVE


def test_what_a_workshop_agreed_and_decided_is_there(tmp_path: Path) -> None:
    from builders_workshop import make_workshop

    from cxassess.context import PlannedAction

    engagement, wave, _ = make_workshop(tmp_path / "room.cxa")
    with engagement:
        workshop = engagement.workshop(wave)
        workshop.go("vote")
        workshop.reveal()
        workshop.go("consensus")
        workshop.agree(workshop.items()[0], 3, dissent=2, reason="We saw it last week")
        engagement.plan.put(PlannedAction(id="", wave=wave, title="A shared list", owner="Eva"))
        engagement.close_wave(wave)
        engagement.freeze_wave(wave)
        explorer = Explorer(engagement.path, folder=tmp_path)
        explorer.view = "workshop"
        assert explorer.page == printed(explorer.report, explorer.report.agreed, explorer.report.decided)
        assert "We saw it last week" in body(explorer)
        assert "A shared list" in body(explorer)


def test_a_file_is_explored(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    write_responses(read_responses(sample_path(SMALL), load_instrument()), path)
    assert Explorer(path).page
