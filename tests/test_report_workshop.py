"""The report's pages on a workshop: what was agreed, what was decided, and what became of it."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from builders_report import ORGANISATION, blocks_of, full_context, make_responses, report_of, score, three_waves, walk

from cxassess.context import Agreement, OrganisationContext, PlannedAction, Target, read_contexts
from cxassess.document import Callout, Dumbbell, Facts, HowTo, Page, Profile, Section, Table
from cxassess.instrument import load_instrument
from cxassess.language import get_language
from cxassess.report.build import Report
from cxassess.report.pages.agreed import MOST_ROWS
from cxassess.report.pdf import render_pdf
from cxassess.scoring import ShownScores

LANGUAGES = ("en", "da", "sv")
DAY = date(2026, 11, 3)
HOSTILE = '#panic("x") *b* $1/0$ <script>alert(1)</script> {n} “‘ =1+1 \\ @a'


@cache
def shown_scores(roles: tuple[tuple[str, int], ...] = ()) -> ShownScores:
    instrument = load_instrument("eight_elements", "en")
    waves = three_waves(dict(roles)) if roles else three_waves()
    return score(make_responses(instrument, waves), full_context(instrument) if not roles else None)[1]


def agreed_on(item: str, level: int | None = 3, **more: Any) -> Agreement:
    return Agreement(wave="2026", item=item, level=level, mean=1.11, votes=20, agreed_on=DAY, **more)


def action(title: str = "Act", wave: str = "2026", **more: Any) -> PlannedAction:
    return PlannedAction.model_validate({"id": title, "wave": wave, "title": title, **more})


def make(language: str = "en", *, shown: ShownScores | None = None, plain: bool = False, **context: Any) -> Report:
    instrument = load_instrument("eight_elements", language)
    known = OrganisationContext() if plain else full_context(instrument)
    known = known.model_copy(update=context)
    return report_of(shown or shown_scores(), instrument, context=known)


def first_of(language: str = "en") -> list[str]:
    """Return the first item of each element."""
    return [element.items[0].id for element in load_instrument("eight_elements", language).elements]


def texts_of(page: Page | None) -> list[str]:
    assert page is not None
    return [str(value) for _, value in walk(page.to_dict()) if isinstance(value, str)]


def cells(page: Page | None, place: int = 0) -> list[list[str]]:
    """Return the cells of a page's table as plain texts."""
    assert page is not None
    found: Table = blocks_of(page, Table)[place]
    return [
        [cell if isinstance(cell, str) else "".join(run.text for run in cell) for cell in row] for row in found.rows
    ]


# ---------------------------------------------------------------- only when there is something


def test_without_a_workshop_nothing_is_added() -> None:
    report = make()
    assert (report.followed, report.agreed, report.decided) == (None, None, None)
    other = make(agreements=(Agreement(wave="2027", item="LO1", votes=9, agreed_on=DAY),), actions=(action(wave="x"),))
    assert other.document.to_dict() == report.document.to_dict()


def test_each_page_stands_where_it_belongs() -> None:
    report = make(agreements=(agreed_on("LO1"),), actions=(action(), action("Before", "2025")))
    ids = [page.id for page in report.pages]
    assert ids.index("waves") < ids.index("followed") < ids.index("plan") < ids.index("agreed") < ids.index("decided")
    assert ids[-2:] == ["decided", "method"]


def test_with_too_few_answers_what_was_done_is_still_told() -> None:
    few = shown_scores((("front_line", 3),))
    report = make(shown=few, plain=True, actions=(action("Before", "2025", state="done"),))
    assert [page.id for page in report.pages] == ["cover", "unshown", "followed", "method"]


# ---------------------------------------------------------------- what was agreed


def test_the_mean_is_that_of_the_scores_and_never_the_votes_own() -> None:
    """The votes' plain mean and the scores', in which roles count equally, would together give small groups away."""
    items = first_of()
    report = make(agreements=tuple(agreed_on(item, 4) for item in items))
    assert report.agreed is not None
    rows = shown_scores().items
    rows = rows[(rows["wave"] == "2026") & (rows["group"] == "all")].set_index("item")
    (exhibit,) = blocks_of(report.agreed, Dumbbell)
    for item, row in zip(items, exhibit.rows, strict=True):
        mean = float(rows.loc[item, "mean"])
        assert [point.score for point in row.points] == [mean, 4.0]
        assert row.gap_text == get_language("en").signed(4 - mean)
        assert row.interval_text == f"{get_language('en').number(mean)} to 4"
    assert not any("1.11" in text for text in texts_of(report.agreed))


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("roles", "Mean: that of the report, in which the roles count equally; it can differ from the plain mean"),
        ("weights", "Mean: that of the report, in which the roles count by given weights; it can differ"),
        ("respondents", "Mean: that of the report; it can differ from the plain mean of the votes."),
    ],
)
def test_whose_mean_it_is_is_said(scheme: str, said: str) -> None:
    shown = shown_scores()
    weights = {role.id: 1.0 for role in shown.instrument.roles} if scheme == "weights" else {}
    weighting = shown.instrument.weighting.model_copy(update={"scheme": scheme, "weights": weights})
    instrument = shown.instrument.model_copy(update={"weighting": weighting})
    context = OrganisationContext(agreements=(agreed_on(first_of()[0]),))
    page = report_of(shown, instrument, context=context).agreed
    assert page is not None
    assert blocks_of(page, HowTo)[0].text.startswith(said)


def test_a_mean_that_is_hidden_stays_so() -> None:
    few = shown_scores((("front_line", 3),))
    page = make(shown=few, plain=True, agreements=(agreed_on("LO1"),)).agreed
    assert page is not None
    ((row,),) = (exhibit.rows for exhibit in blocks_of(page, Dumbbell))
    assert ([point.score for point in row.points], row.gap_text, row.interval_text) == ([3.0], "–", "– to 3")
    assert row.hidden == [("M", "mean not shown")]
    assert "the mean is not shown" in blocks_of(page, HowTo)[0].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stays_open_is_said_plainly(language: str) -> None:
    items = first_of()
    words = get_language(language)
    instrument = load_instrument("eight_elements", language)
    agreements = (agreed_on(items[0], None, dissent=6, reason="Two camps."), agreed_on(items[1], 2, dissent=1))
    page = make(language, agreements=agreements).agreed
    assert page is not None
    (exhibit,) = blocks_of(page, Dumbbell)
    opened, closed = exhibit.rows
    assert (opened.gap_text, opened.marked, opened.text) == ("–", True, "Two camps.")
    assert opened.verdict_text.startswith(words.text("report.agreed.open"))
    assert "6" in opened.verdict_text
    assert len(opened.points) == 1
    assert (closed.marked, len(closed.points)) == (False, 2)
    (callout,) = blocks_of(page, Callout)
    assert instrument.item(items[0]).name in callout.text
    assert instrument.item(items[1]).name not in callout.text
    assert page.title == words.text("report.agreed.title_some", n=1, agreed="1", total=words.text("report.count.n2"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("opened", range(4))
def test_every_title_reads_well(language: str, opened: int) -> None:
    items = first_of()
    for total in (1, 3):
        agreements = tuple(agreed_on(item, None if n < opened else 3) for n, item in enumerate(items[:total]))
        page = make(language, agreements=agreements).agreed
        assert page is not None
        assert not re.search(r"[{}]|None|\b0\b", page.title), page.title
        assert page.title[0].isupper()
        assert bool(blocks_of(page, Callout)) == (opened > 0)


def test_many_items_and_long_reasons_run_over_several_sheets() -> None:
    items = load_instrument("eight_elements", "en").item_ids
    many = make(agreements=tuple(agreed_on(item, reason="Because.") for item in items))
    assert many.agreed is not None
    assert many.agreed.flow
    assert [row[0] for row in cells(many.agreed)][:5] == ["1.1", "1.2", "1.3", "1.4", "2.1"]
    long = make(agreements=tuple(agreed_on(item, reason="word " * 90) for item in first_of()))
    assert long.agreed is not None
    assert long.agreed.flow
    assert len(first_of()) <= MOST_ROWS


# ---------------------------------------------------------------- what was decided


@pytest.mark.parametrize("language", LANGUAGES)
def test_actions_have_an_owner_and_a_date_or_it_is_said(language: str) -> None:
    words = get_language(language)
    actions = (
        action("First", element="persistence", owner="Ann", due_on=date(2027, 1, 31), metric="Ten visits"),
        action("Second"),
        action("No more of this", kind="stop", owner="Bo"),
    )
    page = make(language, actions=actions, target=None).decided
    first, second = cells(page)
    name = load_instrument("eight_elements", language).element("persistence").name
    assert first == ["1", f"First · {name}", "Ann", words.date(date(2027, 1, 31)), "Ten visits"]
    assert second[2:] == [words.text("report.decided.no_owner"), words.text("report.decided.no_date"), "–"]
    assert page is not None
    (stopped,) = blocks_of(page, Section)
    assert stopped.title == words.text("report.decided.stop")
    assert "No more of this" in json.dumps(page.to_dict(), ensure_ascii=False)
    assert page.title.endswith(words.text("report.decided.titles_lack", n=1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("owned", [0, 1, 3])
@pytest.mark.parametrize("total", [0, 1, 3])
def test_every_title_of_decisions_reads_well(language: str, total: int, owned: int) -> None:
    start = [action(f"Do {n}", owner="Ann" * (n < owned)) for n in range(total)]
    page = make(language, actions=(*start, action("Stop", kind="stop"))).decided
    assert page is not None
    assert not re.search(r"[{}]|None|\b0\b", page.title), page.title
    assert page.title[0].isupper()


def test_targets_are_told_with_their_own_dates() -> None:
    target = Target(
        date=date(2029, 3, 1),
        elements={"persistence": 4.0, "back_office": 1.0},
        overall=3.5,
        dates={"persistence": date(2028, 6, 1), "overall": date(2028, 12, 1)},
    )
    report = make(actions=(action(),), target=target)
    rows = cells(report.decided, 1)
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("An engaged back office", "1.00", "1 March 2029"),
        ("Patience and persistence", "4.00", "1 June 2028"),
        ("Overall", "3.50", "1 December 2028"),
    ]
    assert rows[0][2] == "0.00"
    (profile,) = blocks_of(report.summary, Profile)
    assert profile.target_label == "target 2028–2029"
    facts = {
        page.id: [fact.label for block in blocks_of(page, Facts) for fact in block.facts] for page in report.elements
    }
    assert "Own target, 2028" in facts["element-persistence"]
    assert "Own target, 2029" in facts["element-back_office"]
    assert report.waves is not None
    assert "Target 2028" in json.dumps(report.waves.to_dict())


# ---------------------------------------------------------------- what became of it


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_done_and_not_done_is_said_plainly(language: str) -> None:
    words = get_language(language)
    actions = (
        action("Dropped", "2024", state="dropped", note="Nobody had\ntime."),
        action("Late", "2025", state="started", due_on=date(2026, 1, 1), owner="Bo"),
        action("Not begun", "2025"),
        action("Done", "2025", state="done"),
        action("Gone", "2025", kind="stop", state="done"),
        action("This time", "2026"),
    )
    page = make(language, actions=actions).followed
    rows = cells(page)
    assert [row[0] for row in rows] == ["Done", "Gone", "Late", "Not begun", "Dropped"]

    def state(key: str) -> str:
        return words.text(f"report.state.{key}")

    late = words.text("report.followed.late", state=state("start_started"))
    keys = [state("start_done"), state("stop_done"), late, state("start_planned"), state("start_dropped")]
    assert [row[2] for row in rows] == keys
    assert rows[4][1] == "2024"
    assert rows[4][5] == "Nobody had time."
    assert page is not None
    (facts,) = blocks_of(page, Facts)
    assert [fact.value for fact in facts.facts] == ["2", "1", "2"]
    assert not re.search(r"[{}]|None", page.title)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "states", [("done",), ("started",), ("planned",), ("dropped",), ("done", "done"), ("planned",) * 2]
)
def test_titles_are_plain_when_all_went_the_same_way(language: str, states: tuple[str, ...]) -> None:
    page = make(language, actions=tuple(action(f"A {n}", "2025", state=one) for n, one in enumerate(states))).followed
    assert page is not None
    assert not re.search(r"[{}]|None", page.title)
    kind = {"done": "done", "started": "started"}.get(states[0], "not")
    words = get_language(language)
    assert (
        page.title[1:] == words.text(f"report.followed.title_{kind}", n=len(states), count=_count(language, states))[1:]
    )


def _count(language: str, states: tuple[str, ...]) -> str:
    return get_language(language).text("report.count.n2") if len(states) == 2 else "1"


# ---------------------------------------------------------------- text is data


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_wrote_is_printed_as_it_is(language: str) -> None:
    agreements = tuple(agreed_on(item, None if n == 2 else 3, reason=HOSTILE) for n, item in enumerate(first_of()))
    actions = (
        action(HOSTILE, owner=HOSTILE, metric=HOSTILE, element="persistence"),
        action(HOSTILE, kind="stop", owner=HOSTILE),
        action(HOSTILE, "2025", note=HOSTILE, state="dropped"),
    )
    report = make(language, agreements=agreements, actions=actions)
    for page in (report.agreed, report.decided, report.followed):
        assert HOSTILE in texts_of(page)
    assert len(render_pdf(report.document.to_dict())) > 50_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_hold_on_a_sheet_each(language: str) -> None:
    """Pages that are fitted say how they are read only where they have an exhibit."""
    report = make(language, agreements=tuple(agreed_on(item) for item in first_of()), actions=(action(),))
    assert report.agreed is not None
    assert not report.agreed.flow
    assert len(blocks_of(report.agreed, HowTo)) == 1


def test_a_file_of_contexts_can_carry_it_all(tmp_path: Path) -> None:
    context = OrganisationContext(
        target=Target(date=DAY, elements={"persistence": 3.5}, dates={"overall": date(2026, 1, 1)}, overall=3.0),
        agreements=(agreed_on("LO1", None, reason="no"), agreed_on("CS3", 3, dissent=2)),
        actions=(action("no", note="1.10", due_on=DAY), action("2", kind="stop", state="dropped", revision=4)),
    )
    path = tmp_path / "contexts.json"
    path.write_text(json.dumps({ORGANISATION: context.model_dump(mode="json", exclude_defaults=True)}))
    assert read_contexts(path) == {ORGANISATION: context}


def test_the_report_notebook_shows_every_page() -> None:
    """A page that it does not name would be on the screen, and not in the report that is printed."""
    notebook = Path(__file__).parents[1] / "notebooks" / "report.ipynb"
    report = make(agreements=(agreed_on("LO1"),), actions=(action(), action("Before", "2025")))
    source = "".join("".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"])
    named = re.findall(r'"(\w+)"', " ".join(re.findall(r"show\(report, (.*)\)", source)))
    shown = [getattr(report, name) for name in named]
    pages = [page for one in shown for page in (one if isinstance(one, tuple) else (one,)) if page]
    assert [page.id for page in pages] == [page.id for page in report.pages]
