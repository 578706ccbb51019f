"""Root causes: each point of the rule, its cap, and what too few items do."""

from __future__ import annotations

import pytest
from builders_findings import GAPS, ORGANISATION, SCORES, WAVE, Rows, add_gaps, hide, make_rows, to_shown

from cxassess.findings import Finding, find
from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument

CAUSE = "distance"


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument("eight_elements", "en")


def rows_at(instrument: Instrument, cause: float, rest: float) -> Rows:
    """Return rows whose items have one mean where they speak to the cause, and another where they don't."""
    rows = make_rows(instrument)
    for row in rows["items"]:
        row["mean"] = cause if CAUSE in instrument.item(row["item"]).root_causes else rest
    return rows


def judged(instrument: Instrument, rows: Rows) -> Finding:
    findings = find(to_shown(instrument, rows), organisation=ORGANISATION, wave=WAVE)
    return next(finding for finding in findings.of("root_cause") if finding.word("cause") == CAUSE)


@pytest.mark.parametrize(
    ("cause", "rest", "gaps", "strength"),
    [
        (3.00, 3.00, False, 0),  # at the systematic level, no lower than the rest
        (2.99, 2.99, False, 1),  # below the systematic level
        (2.50, 2.50, False, 1),  # at the cut-off: not below it
        (2.49, 2.49, False, 2),  # below the cut-off
        (2.99, 3.08, False, 1),  # lower than the rest, but not clearly
        (2.99, 3.10, False, 2),  # clearly lower than the rest
        (3.00, 3.00, True, 1),  # real gaps
        (2.40, 2.60, False, 3),
        (2.40, 2.60, True, 3),  # never more than three
        (3.45, 3.90, True, 2),
        (3.50, 3.90, True, 1),  # capped where the next level begins
    ],
)
def test_points(instrument: Instrument, cause: float, rest: float, gaps: bool, strength: int) -> None:
    rows = rows_at(instrument, cause, rest)
    if gaps:
        add_gaps(rows)
    finding = judged(instrument, rows)
    assert finding.strength == strength
    assert finding.numbers["mean"] == pytest.approx(cause)
    assert finding.numbers["rest"] == pytest.approx(rest)


def test_gaps_count_only_from_half_of_the_elements_and_in_the_right_direction(instrument: Instrument) -> None:
    elements = {item.element for item in instrument.items if CAUSE in item.root_causes}
    rows = rows_at(instrument, 3.0, 3.0)
    few = dict.fromkeys(sorted(elements)[: (len(elements) - 1) // 2], (0.8, 0.4, 1.2))
    rest = {element: (0.1, -0.3, 0.5) for element in SCORES if element not in few}
    add_gaps(rows, {**few, **rest})
    assert judged(instrument, rows).strength == 0
    rows = rows_at(instrument, 3.0, 3.0)
    add_gaps(rows, {element: (-gap, -high, -low) for element, (gap, low, high) in GAPS.items()})
    assert judged(instrument, rows).numbers["n_real"] == 0


def test_evidence_runs_from_the_lowest_item(instrument: Instrument) -> None:
    rows = make_rows(instrument)
    finding = judged(instrument, rows)
    means = {row["item"]: row["mean"] for row in rows["items"]}
    assert [means[item] for item in finding.evidence] == sorted(means[item] for item in finding.evidence)
    assert all(CAUSE in instrument.item(item).root_causes for item in finding.evidence)
    assert finding.word("lowest_item") == finding.evidence[0]


def test_too_few_items_are_not_judged(instrument: Instrument) -> None:
    rows = rows_at(instrument, 1.5, 3.0)
    speaking = [row for row in rows["items"] if CAUSE in instrument.item(row["item"]).root_causes]
    for row in speaking[: len(speaking) // 2]:
        hide(row)
    assert judged(instrument, rows).numbers["judged"] == 1
    hide(speaking[len(speaking) // 2])
    finding = judged(instrument, rows)
    assert (finding.numbers["judged"], finding.strength) == (0, 0)
    assert finding.numbers["n_shown"] == len(speaking) - len(speaking) // 2 - 1


def test_every_cause_of_the_instrument_is_reported_strongest_first(instrument: Instrument) -> None:
    found = find(to_shown(instrument, rows_at(instrument, 2.0, 3.2)), organisation=ORGANISATION, wave=WAVE)
    causes = found.of("root_cause")
    assert {finding.word("cause") for finding in causes} == {cause.id for cause in instrument.root_causes}
    strengths = [finding.strength for finding in causes]
    assert strengths == sorted(strengths, reverse=True)
    assert causes[0].word("cause") == CAUSE
