"""What is explored: scored once, equal to what is assessed from the file, and derived without calculating anew."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from builders_explore import NORDVAND, SMALL, low_answers, shared_material
from builders_instrument import SELF_SERVICE
from builders_report import WavePlan, make_responses

from cxassess import assess, sample_path
from cxassess.errors import CxassessError
from cxassess.explore import Explorer, Material, open_material
from cxassess.explore import material as module
from cxassess.explore.changed import decide_by, narrow, until
from cxassess.instrument import load_instrument
from cxassess.instrument.model import LEVEL_RULES
from cxassess.responses import Responses
from cxassess.scoring import apply_privacy, score_responses
from cxassess.scoring.model import ALL, OVERALL, ShownScores

WAVES = ("2024-10", "2025-10", "2026-10")


def same(one: ShownScores, other: ShownScores) -> None:
    for name, frame in one.frames.items():
        pd.testing.assert_frame_equal(frame, other.frames[name], obj=name)


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_an_assessment_is_the_one_from_the_file(wave: str, language: str) -> None:
    context = sample_path("nordvand.context.yaml")
    expected = assess(sample_path("nordvand.csv"), context=context, wave=wave, language=language)
    found = shared_material().assess(NORDVAND, wave, language)
    same(found.shown, expected.shown)
    assert found.findings == expected.findings
    assert found.context == expected.context
    assert found.report().document.to_dict() == expected.report().document.to_dict()


@pytest.mark.parametrize("wave", WAVES[:2])
def test_early_waves_follow_from_the_newest(wave: str) -> None:
    responses, known = shared_material().responses, shared_material().know("en")
    own = responses.select(NORDVAND).until(wave)
    expected = apply_privacy(score_responses(own, contexts=known), own)
    whole = apply_privacy(score_responses(responses, contexts=known), responses)
    same(until(whole, WAVES, wave), expected)


def four_waves() -> Responses:
    instrument = load_instrument(SELF_SERVICE, "en")
    roles = {role.id: 9 for role in instrument.roles}
    plans = [WavePlan(str(year), datetime(year, 10, 5), roles, 0.1 * (year - 2023)) for year in range(2023, 2027)]
    return make_responses(instrument, plans)


@pytest.mark.parametrize("wave", ["2023", "2024", "2025", "2026"])
def test_every_wave_of_another_instrument_is_what_its_own_scoring_gives(wave: str) -> None:
    responses = four_waves()
    material = Material(responses, lambda language: load_instrument(SELF_SERVICE, language), lambda _: {})
    organisation = responses.organisations[0]
    own = responses.until(wave)
    expected = apply_privacy(score_responses(own), own)
    material.shown(organisation, "2026")
    same(material.shown(organisation, wave), expected)


def test_another_instrument_has_all_the_pages_that_its_report_has() -> None:
    responses = four_waves()
    explorer = Explorer(Material(responses, lambda language: load_instrument(SELF_SERVICE, language), lambda _: {}))
    for language in explorer._stage.material.languages:
        explorer.language = language
        for view in [one["key"] for one in explorer.screen["views"]["list"]]:
            explorer.view = view
            assert explorer.page
    explorer.view, explorer.moves = "trial", {explorer.element: 1.0}
    assert "Thought experiment" in explorer.page or explorer.language != "en"


def test_a_benchmark_is_compared_with(tmp_path: Path) -> None:
    path = tmp_path / "others.csv"
    elements = [element.id for element in load_instrument().elements]
    path.write_text(
        "\n".join(["organisation,element,score", *(f"O{n},{e},{2 + n / 10}" for n in range(12) for e in elements)])
    )
    expected = assess(sample_path("nordvand.csv"), context=sample_path("nordvand.context.yaml"), benchmark=path)
    found = open_material("nordvand.csv", benchmark=path).assess(NORDVAND, WAVES[-1], "en")
    assert not found.shown.benchmarks.empty
    assert found.report().document.to_dict() == expected.report().document.to_dict()


def test_each_wave_is_scored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scored = []
    monkeypatch.setattr(module, "score_responses", lambda own, **_: scored.append(1) or score_responses(own))
    material = open_material("nordvand.csv", context="")
    for wave in reversed(WAVES):
        for language in ("en", "da"):
            material.assess(NORDVAND, wave, language)
            material.assess(NORDVAND, wave, language, rule="staged", target="4")
    assert len(scored) == 1


@pytest.mark.parametrize("rule", LEVEL_RULES)
def test_another_rule_gives_what_an_instrument_with_it_gives(rule: str) -> None:
    responses = shared_material().responses
    instrument = responses.instrument.model_copy(update={"headline_rule": rule})
    own = type(responses)(instrument, responses.answers, responses.reasons, responses.comments, responses.source)
    expected = apply_privacy(score_responses(own), own)
    found = decide_by(apply_privacy(score_responses(responses), responses), rule)
    everybody = [
        frame[~((frame["element"] == OVERALL) & (frame["group"] != ALL))] for frame in (expected.scores, found.scores)
    ]
    pd.testing.assert_frame_equal(*everybody)
    assert found.instrument.headline_rule == rule


def test_the_rule_decides_the_level_in_the_report() -> None:
    material = shared_material()
    levels = {}
    for rule in LEVEL_RULES:
        assessment = material.assess(NORDVAND, WAVES[-1], "en", rule=rule)
        frame = assessment.shown.scores
        row = frame[(frame["element"] == OVERALL) & (frame["group"] == ALL) & (frame["wave"] == WAVES[-1])].iloc[0]
        levels[rule] = int(row["level"])
        numeral = assessment.report().summary.blocks[0].columns[0].blocks[0]
        assert numeral.level == str(levels[rule])
    assert levels["staged"] < levels["nearest"]


@pytest.mark.parametrize(("target", "aim"), [("", 3.5), ("none", None), ("4", 4.0)])
def test_a_target_is_the_own_one_none_or_a_level(target: str, aim: float | None) -> None:
    context = shared_material().assess(NORDVAND, WAVES[-1], "en", target=target).context
    assert context is not None
    assert (context.target.elements["leadership_ownership"] if context.target else None) == aim


def test_a_level_aimed_at_without_a_date_is_three_years_away() -> None:
    material = Material(low_answers(), lambda language: load_instrument("eight_elements", language), lambda _: {})
    context = material.assess(NORDVAND, WAVES[-1], "en", target="4").context
    assert context is not None
    assert context.target is not None
    assert context.target.date.year == 2029


@pytest.mark.parametrize("group", ["role:front_line", "unit:Drift"])
def test_one_group_alone_holds_its_own_rows_and_nothing_of_others(group: str) -> None:
    shown = shared_material().shown(NORDVAND, WAVES[-1])
    alone = narrow(shown, group)
    for name in ("scores", "items"):
        frame = getattr(shown, name)
        expected = frame[frame["group"] == group].drop(columns="group").reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(alone, name).drop(columns="group"), expected)
    assert set(alone.comments["role"]) <= {group.removeprefix("role:")}
    for name in ("levels", "gaps", "role_scores_common", "changes", "distributions", "weakest", "benchmarks"):
        assert getattr(alone, name).empty, name


def test_a_sample_is_found_by_name_and_brings_its_context() -> None:
    assert shared_material(SMALL).know("en")


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CxassessError, match="no such file"):
        open_material(tmp_path / "nobody.csv")
