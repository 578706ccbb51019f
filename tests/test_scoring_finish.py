"""Sums of chunks, added up and finished, give the very frames of the whole; groups together, the estimates of each."""

import numpy as np
import pandas as pd
import pytest
from builders_scoring import frames_to_responses, join_responses, make_instrument, make_responses

from cxassess.context import OrganisationContext
from cxassess.scoring import score_responses
from cxassess.scoring.coding import combine_pulse, encode, find_pulse_waves, person_scores, pulse_use
from cxassess.scoring.design import Design
from cxassess.scoring.estimate import estimate, estimate_groups
from cxassess.scoring.finish import finish
from cxassess.scoring.groups import collect_groups
from cxassess.scoring.partials import combine, partials, role_sums
from cxassess.scoring.strata import equal_spread

PEOPLE = {"top": 3, "middle": 6, "front": 11, "back": 4}
CONTEXTS = {"Org 1": OrganisationContext(invited={"1": {"top": 3, "front": 30}, "2": {"middle": 6}})}


def only_pulse(responses):
    """Return the responses with answers to the pulse items only."""
    others = [item.id for item in responses.instrument.items if not item.pulse]
    rows = responses.answers.assign(**dict.fromkeys(others, pd.array([pd.NA] * len(responses.answers), dtype="Int8")))
    return frames_to_responses(responses.instrument, rows.astype(object).to_numpy().tolist())


def many(**options):
    small = make_instrument(**options)
    parts = [
        make_responses(small, PEOPLE, organisation=f"Org {n}", wave=wave, seed=n * 7 + int(wave), units=("A", "B 2"))
        for n in range(3)
        for wave in ("1", "2")[: 1 + (n < 2)]
    ]
    parts[1] = only_pulse(parts[1])
    return join_responses(*parts)


@pytest.mark.parametrize("scheme", ["roles", "respondents", "weights"])
@pytest.mark.parametrize("chunks", [1, 3, 10])
def test_chunks_in_any_order_finish_to_the_same_bits(scheme, chunks):
    responses = many(scheme=scheme)
    whole = score_responses(responses, contexts=CONTEXTS)
    order = {name: own["wave"].tolist() for name, own in whole.waves.groupby("organisation")}
    shuffled = np.random.default_rng(chunks).permutation(len(responses.answers))
    coded = [
        encode(responses.answers.iloc[rows], responses.reasons, responses.instrument)
        for rows in np.array_split(shuffled, chunks)
    ]
    plain = Design.of(responses.instrument)
    pulse = combine_pulse(pulse_use(part, plain) for part in coded)
    assert pulse == {("Org 0", "2")}
    design = Design.of(responses.instrument, pulse)
    frames = finish(combine([partials(part, design) for part in coded]), design, CONTEXTS, order)
    assert list(frames) == ["scores", "levels", "weakest", "systematic", "items", "distributions"]
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, getattr(whole, name), check_exact=True)


def test_without_an_order_waves_follow_their_labels():
    small = make_instrument()
    parts = [make_responses(small, PEOPLE, wave=f"wave {n}", seed=n) for n in (10, 9)]
    responses = join_responses(*parts)
    design = Design.of(small)
    sums = partials(encode(responses.answers, responses.reasons, small), design)
    assert finish(sums, design, {})["weakest"]["wave"].tolist() == ["wave 9", "wave 10"]


def test_something_told_outside_the_pulse_form_in_any_chunk_counts():
    design = Design.of(make_instrument())
    key = ("Org", "1")
    assert combine_pulse([{key: (False, True)}, {key: (False, False)}]) == {key}
    assert combine_pulse([{key: (False, True)}, {key: (True, False)}]) == frozenset()
    assert combine_pulse([{key: (False, False)}]) == frozenset()
    assert combine_pulse([]) == frozenset()
    responses = many()
    coded = encode(responses.answers, responses.reasons, responses.instrument)
    assert find_pulse_waves(coded, design) == combine_pulse([pulse_use(coded, design)]) == {("Org 0", "2")}


def test_groups_together_have_the_estimates_of_each():
    responses = many(scheme="weights", weights=(1, 2, 0.5))
    instrument = responses.instrument
    design = Design.of(instrument)
    coded = encode(responses.answers, responses.reasons, instrument)
    waves = collect_groups(partials(coded, design), instrument, CONTEXTS)
    groups = [strata for wave in waves for _, strata, _ in wave.groups(instrument)] + [[]]
    together = estimate_groups(groups, instrument, design.unit_of_score)
    for group, found in zip(groups, together, strict=True):
        alone = estimate(group, instrument, design.unit_of_score)
        assert found.ratios == alone.ratios
        for name in ("covariance", "known", "degrees", "enters", "counts", "pieces", "free", "borrowed"):
            np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))
        figures = [(one.overall, one.overall_variance, one.overall_degrees) for one in (found, alone)]
        assert repr(figures[0]) == repr(figures[1])
    nobody = together[-1]
    assert nobody.scores == (None,) * 3
    assert nobody.overall is None
    assert np.isnan(nobody.values).all()
    assert nobody.enters == (False,) * 3


def test_pairs_together_have_the_equal_spread_of_each():
    responses = many()
    instrument = responses.instrument
    design = Design.of(instrument)
    coded = encode(responses.answers, responses.reasons, instrument)
    waves = collect_groups(partials(coded, design), instrument, CONTEXTS)
    cases = [[wave.strata(instrument), wave.strata(instrument)[:2]] for wave in waves]
    together = equal_spread(cases, 3, design.unit_of_score)
    for case, (covariances, free) in zip(cases, together, strict=True):
        [(alone, alone_free)] = equal_spread([case], 3, design.unit_of_score)
        np.testing.assert_array_equal(covariances, alone)
        np.testing.assert_array_equal(free, alone_free)


def test_role_sums_are_those_of_the_groups():
    responses = many()
    design = Design.of(responses.instrument)
    coded = encode(responses.answers, responses.reasons, responses.instrument)
    found = role_sums(coded.by_role(), design)
    waves = collect_groups(partials(coded, design), responses.instrument, {})
    assert list(found) == [wave.key for wave in waves]
    for wave in waves:
        assert list(found[wave.key]) == list(wave.roles)
        for role, sums in wave.roles.items():
            own = found[wave.key][role]
            assert own.people == sums.people
            for name in ("pairs", "sums", "products"):
                np.testing.assert_array_equal(getattr(own, name), getattr(sums, name))


def test_long_elements_and_great_numbers_stay_exact():
    wide = make_instrument(items=(14, 1), levels=9)
    responses = make_responses(wide, {"top": 40, "middle": 7}, gaps=0.3, seed=5)
    design = Design.of(wide)
    coded = encode(responses.answers, responses.reasons, wide)
    scaled, scored = person_scores(coded, design)
    answers = responses.answers[list(wide.item_ids[:14])].astype("float64").to_numpy()
    given = (~np.isnan(answers)).sum(axis=1)
    exact = [
        (2 * int(np.nansum(row)) * design.unit_of_score + n) // (2 * n) if 2 * n >= 14 else 0
        for row, n in zip(answers, given.tolist(), strict=True)
    ]
    assert scaled[:, 0].tolist() == exact
    assert scored[:, 0].tolist() == (2 * given >= 14).tolist()
    sums = partials(coded, design)
    assert int(sums.products[:, 0, 0].sum()) == sum(x * x for x in exact)


def test_sums_beyond_what_floats_hold_are_whole(monkeypatch):
    responses = many()
    design = Design.of(responses.instrument)
    coded = encode(responses.answers, responses.reasons, responses.instrument)
    usual = partials(coded, design)
    for kinds in ({np.float64: 2**53}, {}):
        monkeypatch.setattr("cxassess.scoring.partials._EXACT", kinds)
        for one, other in zip(partials(coded, design).arrays, usual.arrays, strict=True):
            np.testing.assert_array_equal(one, other)
    monkeypatch.setattr("cxassess.scoring.strata._EXACT_FLOATS", 1)
    groups = collect_groups(usual, responses.instrument, {})
    slow = estimate_groups([wave.strata(design.instrument) for wave in groups], design.instrument, 12)
    monkeypatch.undo()
    fast = estimate_groups([wave.strata(design.instrument) for wave in groups], design.instrument, 12)
    for one, other in zip(slow, fast, strict=True):
        np.testing.assert_array_equal(one.covariance, other.covariance)


def test_counts_of_items_are_those_of_the_rows():
    responses = many()
    coded = encode(responses.answers, responses.reasons, responses.instrument)
    sums = partials(coded, Design.of(responses.instrument))
    items = list(responses.instrument.item_ids)
    numbers = responses.answers[items]
    for level in range(1, 6):
        assert sums.answers[:, :, level - 1].sum(axis=0).tolist() == (numbers == level).sum().tolist()
    told = responses.reasons.groupby(["item", "reason"]).size()
    for place, reason in enumerate(("dont_know", "not_applicable")):
        assert sums.no_number[:, :, place].sum(axis=0).tolist() == [told.get((item, reason), 0) for item in items]
    assert sums.asked.sum(axis=0).tolist() == [len(responses.answers)] * len(items)


def test_the_highest_and_the_lowest_answers_count_in_full():
    small = make_instrument(items=(4, 2))
    days = pd.Timestamp("2026-05-04")
    rows = [("Org", "1", f"p{n}", "top", None, days, 300, *([level] * 6)) for n, level in enumerate((1, 5, 5))]
    responses = frames_to_responses(small, rows)
    design = Design.of(small)
    scaled, scored = person_scores(encode(responses.answers, responses.reasons, small), design)
    assert (scaled / design.unit_of_score).tolist() == [[1, 1], [5, 5], [5, 5]]
    assert scored.all()


def test_without_careless_answers_the_score_is_everybodys():
    small = make_instrument()
    careful, rushed = (
        make_responses(small, {"top": 9, "front": 8}, organisation=name, seed=5, mean=3) for name in "AB"
    )
    seconds = rushed.answers.assign(seconds=pd.array([1] * 6 + [900] * 11, dtype="Int64"))
    rows = seconds.astype(object).to_numpy().tolist()
    found = score_responses(join_responses(careful, frames_to_responses(small, rows))).careless
    first, second = found.to_dict("records")
    assert (first["n_flagged"], second["n_flagged"]) == (0, 6)
    assert first["score_without"] == first["score_all"]
    assert second["score_without"] != second["score_all"]
