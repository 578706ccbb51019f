"""Responses as whole numbers: what comes of frames; `test_responses_stream` compares what reading gives with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from builders_responses import INSTRUMENT, ITEMS, ROLES, save_csv, wide_rows

from cxassess.responses import read_responses
from cxassess.responses.codes import Labels, code_frames
from cxassess.responses.stream import ResponseStream
from cxassess.responses.words import DONT_KNOW, NOT_APPLICABLE


def test_labels_keep_their_texts_when_sorted() -> None:
    labels = Labels.of(np.array(["b", "å", "a", "b"], dtype=object))
    assert labels.names.tolist() == ["b", "å", "a"]
    ordered = labels.sort()
    assert ordered.names.tolist() == ["a", "b", "å"]
    assert ordered.names[ordered.codes].tolist() == ["b", "å", "a", "b"]


def test_each_kind_of_answer_has_its_number(tmp_path: Path) -> None:
    rows = wide_rows(4)
    rows[0].update({ITEMS[0]: "don't know", ITEMS[1]: "not applicable", ITEMS[2]: "", "unit": ""})
    path = save_csv(tmp_path, rows)
    responses = read_responses(path, INSTRUMENT)
    (read,) = ResponseStream(path, INSTRUMENT).codes()
    for codes in (read, code_frames(responses.answers, responses.reasons, INSTRUMENT)):
        assert codes.answers[0, :4].tolist() == [DONT_KNOW, NOT_APPLICABLE, 0, int(rows[0][ITEMS[3]])]
        assert codes.unit.names[codes.unit.codes].tolist() == ["", *["Kundeservice"] * 3]
        assert codes.role.tolist() == [0, 1, 2, 3] == [ROLES.index(row["role"]) for row in rows]
        assert codes.respondent.tolist() == ["r0", "r1", "r2", "r3"]
        unasked = [ROLES[2] not in item.roles for item in INSTRUMENT.items]
        assert not codes.answers[2, unasked].any()


def test_what_is_bad_is_nothing(tmp_path: Path) -> None:
    rows = wide_rows(4)
    rows[1][ITEMS[0]] = "9"
    (read,) = ResponseStream(save_csv(tmp_path, rows), INSTRUMENT, lenient=True).codes()
    assert read.answers[:, 0].tolist() == [int(row[ITEMS[0]]) if row is not rows[1] else 0 for row in rows]


def test_reasons_find_their_respondents(tmp_path: Path) -> None:
    responses = read_responses(save_csv(tmp_path, wide_rows(4)), INSTRUMENT)
    told = [
        ("Nordvand A/S", "2026-10", "r2", ITEMS[0], "dont_know"),
        ("Nordvand A/S", "2026-10", "r9", ITEMS[1], "dont_know"),
        ("Nordvand A/S", "2025-10", "r1", ITEMS[1], "not_applicable"),
        ("Nordvand A/S", "2026-10", "r3", ITEMS[2], "missing"),
    ]
    reasons = pd.DataFrame(told, columns=list(responses.reasons.columns), dtype="str")
    answers = responses.answers.copy()
    plain = code_frames(answers, reasons[:0], INSTRUMENT).answers
    np.testing.assert_array_equal(code_frames(answers, reasons, INSTRUMENT).answers, plain)  # a number stands
    answers.loc[answers["respondent"] == "r2", ITEMS[0]] = pd.NA
    found = code_frames(answers.iloc[::-1], reasons, INSTRUMENT).answers[::-1]
    assert found[2, 0] == DONT_KNOW
    found[2, 0] = plain[2, 0]
    np.testing.assert_array_equal(found, plain)
    answers[ITEMS[1]] = pd.array([pd.NA] * 4, dtype="Int8")
    assert not code_frames(answers, reasons, INSTRUMENT).answers[:, 1].any()  # theirs are nobody's
