"""Findings on really scored responses, through the privacy gate: nothing hidden comes out in a sentence."""

from __future__ import annotations

import re

import pytest
from builders_scoring import join_responses, make_responses
from test_findings_say import check

from cxassess.context import OrganisationContext
from cxassess.findings import Findings, Said, find, headline, row_comments, say
from cxassess.findings.headlines import PAGES
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.language import LANGUAGES
from cxassess.scoring import ShownScores, apply_privacy, score_responses

INSTRUMENTS = {code: load_instrument("eight_elements", code) for code in LANGUAGES}
ORGANISATION = "Nordlys"
PEOPLE = {"top_management": 6, "middle_management": 12, "front_line": 24, "back_office": 15}


def shown_scores(*waves: tuple[str, dict[str, int], float], invited: bool = False) -> ShownScores:
    instrument = INSTRUMENTS["en"]
    parts = [
        make_responses(
            instrument, people, wave=wave, seed=place, mean=mean, date=f"{wave}-05-04", units=("A", "B", "C")
        )
        for place, (wave, people, mean) in enumerate(waves, start=1)
    ]
    responses = join_responses(*parts)
    context = OrganisationContext(invited={wave: dict.fromkeys(people, 40) for wave, people, _ in waves})
    return apply_privacy(score_responses(responses, contexts={ORGANISATION: context} if invited else None), responses)


def said_of(shown: ShownScores, findings: Findings, wave: str, code: str, instrument: Instrument) -> list[Said]:
    said = [say(finding, instrument, code, name="Nordlys") for finding in findings.findings]
    said += [headline(page, findings, instrument, code, name="Nordlys") for page in PAGES]
    for element in instrument.elements:
        said.append(headline("element", findings, instrument, code, name="Nordlys", element=element.id))
        comment = row_comments(shown, ORGANISATION, wave, instrument, code)[element.id]
        said.append(Said(comment.rstrip("."), comment))
    return said


@pytest.mark.parametrize("code", LANGUAGES)
def test_two_waves_end_to_end(code: str) -> None:
    shown = shown_scores(("2025", PEOPLE, 2.4), ("2026", PEOPLE, 3.3), invited=True)
    findings = find(shown, organisation=ORGANISATION, wave="2026")
    kinds = {finding.kind for finding in findings.findings}
    assert {"overall_level", "weakest_link", "change_up", "best_so_far", "root_cause", "element_level"} <= kinds
    assert {"careless", "consistency"} <= kinds
    assert len(findings.actions) == 7
    for said in said_of(shown, findings, "2026", code, INSTRUMENTS[code]):
        check("scored", said)


def test_findings_do_not_depend_on_the_language_of_the_scores() -> None:
    english, danish = (shown_scores(("2026", PEOPLE, 3.0)) for _ in range(2))
    danish = ShownScores(
        INSTRUMENTS["da"], **{name: frame for name, frame in vars(danish).items() if name != "instrument"}
    )
    ours, theirs = (find(shown, organisation=ORGANISATION, wave="2026") for shown in (english, danish))
    assert ours.findings == theirs.findings
    assert [action.element for action in ours.actions] == [action.element for action in theirs.actions]
    assert ours.actions[0].title != theirs.actions[0].title


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_team_of_four_gets_no_figure(code: str) -> None:
    shown = shown_scores(("2026", {"top_management": 4}, 3.0))
    findings = find(shown, organisation=ORGANISATION, wave="2026")
    assert not findings.actions
    for said in said_of(shown, findings, "2026", code, INSTRUMENTS[code]):
        check("hidden", said)
        assert not re.search(r"\d[.,]\d", said.title + said.text), said


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_small_role_and_its_companion_are_not_spoken_of(code: str) -> None:
    shown = shown_scores(("2026", {**PEOPLE, "top_management": 3}, 3.0))
    findings = find(shown, organisation=ORGANISATION, wave="2026")
    hidden = {row.group.removeprefix("role:") for row in shown.scores.itertuples() if row.status == "suppressed"}
    assert "top_management" in hidden
    for finding in findings.findings:
        for role in hidden:
            assert f"score.{role}" not in finding.numbers
        groups = {finding.word("high_group"), finding.word("low_group")} - {""}
        assert finding.kind != "role_gap" or not groups & hidden
    for said in said_of(shown, findings, "2026", code, INSTRUMENTS[code]):
        check("small role", said)
