"""Cells, and rows sorted by them: the same whether few or many cells could be, and whatever the sizes of the cells."""

from __future__ import annotations

import numpy as np
import pytest
from builders_scoring import make_instrument, make_responses

from cxassess.responses.codes import AnswerCodes, Labels, code_frames
from cxassess.scoring.by_cell import sort_by_cell
from cxassess.scoring.coding import assign_cells, encode, person_scores
from cxassess.scoring.design import Design
from cxassess.scoring.partials import Partials, combine, partials

SMALL = make_instrument()


def random_codes(rows: int, names: int, seed: int) -> AnswerCodes:
    rng = np.random.default_rng(seed)

    def labels(prefix: str) -> Labels:
        return Labels.of(np.array([f"{prefix}{n}" for n in rng.integers(names, size=rows)], dtype=object))

    return AnswerCodes(
        labels("O"),
        labels("w"),
        labels("Unit "),
        np.array([f"p{n}" for n in range(rows)], dtype=object),
        rng.integers(len(SMALL.roles), size=rows),
        rng.integers(-2, 6, size=(rows, len(SMALL.items))).astype(np.int8),
        np.full(rows, "NaT", dtype="datetime64[us]"),
    )


@pytest.mark.parametrize(("rows", "names"), [(400, 3), (60, 40), (1, 1), (0, 1)])
@pytest.mark.parametrize("by_unit", [True, False])
def test_cells_are_told_apart_and_sorted(rows: int, names: int, by_unit: bool) -> None:
    codes = random_codes(rows, names, seed=rows)
    coded = assign_cells(codes, by_unit=by_unit)
    texts = [one.names[one.codes].tolist() for one in (codes.organisation, codes.wave, codes.unit)]
    own = list(zip(texts[0], texts[1], codes.role.tolist(), texts[2] if by_unit else [""] * rows, strict=True))
    cells = list(zip(*(coded.cells[name].tolist() for name in ("organisation", "wave", "role", "unit")), strict=True))
    assert cells == sorted(set(own))
    assert [cells[cell] for cell in coded.cell.tolist()] == own


def test_rows_sorted_by_cell_are_those_of_the_chunk() -> None:
    coded = assign_cells(random_codes(300, 3, seed=5)).take(np.arange(0, 300, 7))
    design = Design.of(make_instrument(asked={"A1": ["top"]}))
    rows = sort_by_cell(coded, design)
    assert rows.present[rows.place].tolist() == sorted(coded.cell.tolist()) == coded.cell[rows.order].tolist()
    assert rows.sizes.sum() == len(rows.order) == 43
    scaled, scored = person_scores(coded, design)
    np.testing.assert_array_equal(rows.scaled, scaled[rows.order])
    np.testing.assert_array_equal(rows.scored, scored[rows.order])
    unasked = coded.role[rows.order] != 0
    assert not rows.answers[unasked, 0].any()
    np.testing.assert_array_equal(rows.answers[:, 1:], coded.answers[rows.order][:, 1:])
    lots = [lot.tolist() for lot in rows.alike()]
    assert sorted(place for lot in lots for place in lot) == list(range(len(rows.sizes)))
    assert all(rows.sizes[lot].max() < 1.5 * rows.sizes[lot].min() for lot in lots)


def test_sums_are_those_of_the_people_whatever_the_sizes_of_the_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    people = {"top": 1, "middle": 2, "front": 230, "back": 17}
    responses = make_responses(SMALL, people, gaps=0.3)
    coded = encode(responses.answers, responses.reasons, SMALL)
    design = Design.of(SMALL)
    found = partials(coded, design)
    scaled, scored = person_scores(coded, design)
    for cell, size in enumerate(people.values()):
        own = coded.cell == cell
        assert found.people[cell] == size == own.sum()
        np.testing.assert_array_equal(found.products[cell], scaled[own].T @ scaled[own])
        np.testing.assert_array_equal(found.sums[cell], scaled[own].T @ scored[own])
        np.testing.assert_array_equal(found.pairs[cell], scored[own].T.astype(int) @ scored[own])
        for level in range(1, SMALL.level_count + 1):
            assert found.answers[cell, :, level - 1].tolist() == (coded.answers[own] == level).sum(axis=0).tolist()
        for place, code in enumerate((-1, -2)):
            assert found.no_number[cell, :, place].tolist() == (coded.answers[own] == code).sum(axis=0).tolist()
    monkeypatch.setattr("cxassess.scoring.partials._ROWS_AT_ONCE", 3)
    assert_equal(partials(coded, design), found)


def assert_equal(one: Partials, other: Partials) -> None:
    for mine, yours in zip(one.arrays, other.arrays, strict=True):
        np.testing.assert_array_equal(mine, yours)


def test_parts_already_in_order_add_up_as_any_others() -> None:
    parts = [
        partials(encode(one.answers, one.reasons, SMALL), Design.of(SMALL))
        for one in (make_responses(SMALL, {"top": 3, "front": 4}, organisation=name) for name in "ABC")
    ]
    ordered = combine(parts)
    assert_equal(ordered, combine(parts[::-1]))
    assert ordered.cells["organisation"].tolist() == ["A", "A", "B", "B", "C", "C"]
    twice = combine([*parts, parts[1]])
    assert twice.people.tolist() == [3, 4, 6, 8, 3, 4]


def test_frames_with_units_and_without_code_alike() -> None:
    responses = make_responses(SMALL, {"top": 5}, units=("North", "South"))
    codes = code_frames(responses.answers, responses.reasons, SMALL)
    assert codes.unit.names[codes.unit.codes].tolist() == responses.answers["unit"].tolist()
    none = make_responses(SMALL, {"top": 5})
    codes = code_frames(none.answers, none.reasons, SMALL)
    assert codes.unit.names[codes.unit.codes].tolist() == [""] * 5
