"""The benchmarks run, measure what they say, and write every line of their tables. No figure is judged here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not part of the installed package

from benchmarks import answers, engine, pipelines, plain  # noqa: E402
from benchmarks.figures import Figure, Table, median_phases  # noqa: E402
from benchmarks.memory import TreeMemory, own_peak  # noqa: E402
from benchmarks.picture import draw_picture  # noqa: E402
from benchmarks.table import write_tables  # noqa: E402
from cxassess import load_instrument  # noqa: E402
from cxassess.scoring.design import Design  # noqa: E402

INSTRUMENT = load_instrument("eight_elements", "en")
MACHINE = {"processor": "P", "cores": 2, "memory_gib": 8.0, "system": "S", "python": "3", "packages": {"numpy": "2"}}


def drawn_by_hand() -> answers.Drawn:
    """Three people of one organisation, who answer all, one, and two of the four items of each element."""
    numbers = np.full((3, len(INSTRUMENT.items)), 4, dtype=np.int8)
    numbers[0] = 2
    numbers[1:, ::4] = 0
    numbers[1:, 1::4] = -1
    numbers[1, 2::4] = -2
    first = np.zeros(3, dtype=np.int64)
    return answers.Drawn(first, first, np.ones(3, dtype=np.int64), numbers)


def test_plain_scores_follow_the_half_rule() -> None:
    scores, counts = plain.group_by(answers.as_long(drawn_by_hand(), INSTRUMENT, 1))
    elements = [element.id for element in INSTRUMENT.elements]
    found = plain.summarise(scores, counts, elements, INSTRUMENT.item_ids, 5)
    assert found.people.tolist() == [[2] * 8]
    assert found.mean.tolist() == [[3.0] * 8]
    assert found.counts[0, 0].tolist() == [0, 1, 0, 0, 0]
    assert found.counts[0, 3].tolist() == [0, 1, 0, 2, 0]


def test_the_engine_and_plain_pandas_find_the_same(tmp_path: Path) -> None:
    design = Design.of(INSTRUMENT)
    drawn = [answers.draw(number, 3, INSTRUMENT) for number in range(2)]
    ours = engine.finish_plainly([engine.add_up(answers.as_codes(one, INSTRUMENT), design) for one in drawn], design)
    frames = [engine.add_up_frames(answers.as_frames(one, INSTRUMENT), design) for one in drawn]
    for name, found in vars(engine.finish_plainly(frames, design)).items():
        np.testing.assert_array_equal(found, getattr(ours, name))
    everyone = 2 * answers.ORGANISATIONS_IN_CHUNK
    long = pd.concat([answers.as_long(one, INSTRUMENT, everyone) for one in drawn], ignore_index=True)
    elements = [element.id for element in INSTRUMENT.elements]
    theirs = plain.summarise(*plain.group_by(long), elements, INSTRUMENT.item_ids, INSTRUMENT.level_count)
    theirs.check_same(ours)
    ours.save(tmp_path / "found.npz")
    plain.Summary.load(tmp_path / "found.npz").check_same(ours)
    assert ours.mean.shape == (2 * 3 * len(answers.WAVES), 8)
    ours.counts[0, 0, 0] += 1
    with pytest.raises(AssertionError, match="counts"):
        theirs.check_same(ours)


def test_as_many_answers_are_made_as_asked_for() -> None:
    sizes = answers.count_chunks(10**6, INSTRUMENT)
    assert sizes[0] == answers.ORGANISATIONS_IN_CHUNK
    rows = sum(len(answers.as_long(answers.draw(n, size, INSTRUMENT), INSTRUMENT, 999)) for n, size in enumerate(sizes))
    assert abs(rows - 10**6) < 20_000


def test_figures_compare_with_the_first_or_a_named_one() -> None:
    table = Table("t", "T", (Figure("A", "a", (2.0, 4.0, 9.0)), Figure("A×", "a", (1.0,)), Figure("D", "d", (0.5,))))
    assert table.figures[0].quartiles == (3.0, 6.5)
    assert table.ratio(table.figures[2]) == 8
    assert table.ratio(table.figures[2], "A×") == 2
    assert table.ratio(Figure("x", "left out")) is None
    assert median_phases([{"a": 1.0}, {"a": 3.0, "b": 2.0}]) == {"a": 2.0, "b": 1.0}


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux says how much memory is shared")
def test_memory_of_descendants_is_counted() -> None:
    hold = "x = bytearray(60 << 20); print(flush=True); input()"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    with subprocess.Popen([sys.executable, "-c", nested], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdin
        process.stdout.readline()
        with TreeMemory([process.pid]) as tree:
            while not tree.peak:
                time.sleep(0.01)
        process.stdin.write(b"\n")
    assert tree.peak
    assert 60 < tree.peak < 400
    assert own_peak() > 60


def example(*, same_bytes: bool = True) -> tuple[list[Table], list[Table]]:
    figures = (
        Figure("A", "user's way", note="left out: Chromium is not installed"),
        Figure("B", "theirs and ours", (3.0, 4.0, 5.0), 300.0, {"cells": 2.0}),
        Figure("C", "ours", (0.2, 0.25, 0.3), 200.0),
    )
    facts = {"reports_in_runs": (10, 40), "seconds_to_start": {"C": 2.0}, "same_bytes": same_bytes}
    sums = {"answers": 1, "respondents": 1, "organisations": 1, "respondents_in_chunk": 1}
    scoring = (Figure("pandas", "plain", (0.4,), 300.0), Figure("ours", "ours", (0.02,), 200.0))
    return [Table("portfolio", "a sample", figures, facts)], [Table("1e6", "1,000,000 answers", scoring, sums)]


def test_what_was_left_out_is_said() -> None:
    text = write_tables(*example(), MACHINE)
    assert "left out: Chromium is not installed |" in text
    assert "| B | theirs and ours | 4,000 | 3,500 – 4,500 | 0.25 | – | 300 | cells 2,000 |" in text
    assert "Measured on: P, 2 cores, 8 GB; S; Python 3, numpy 2." in text


def test_reports_that_differ_are_pointed_out() -> None:
    assert "wrote the same bytes" in write_tables(*example(), MACHINE)
    assert "**The ways did not write the same bytes.**" in write_tables(*example(same_bytes=False), MACHINE)


def test_the_picture_shows_what_was_measured() -> None:
    svg = draw_picture(*example(), 2)
    assert svg.startswith("<svg")
    assert "20 ms, 0.2 GB, 20 × faster" in svg
    assert "papermill + nbconvert, Chromium" not in svg


@pytest.mark.heavy
@pytest.mark.slow
def test_a_quick_run_fills_every_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--out", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ})
    assert ran.returncode == 0, ran.stderr[-3000:]
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    left_out = set(pipelines.missing())
    wanted = {"portfolio": {"A", "A×", "B", "B+", "C", "C+", "D", "D+", "E"}, "long": {"A", "B", "B+", "C", "C+", "E"}}
    for table in results["reports"]:
        keys = {figure["key"] for figure in table["figures"]}
        assert keys == wanted.pop(table["name"])
        for figure in table["figures"]:
            assert figure["seconds"] or figure["note"].startswith("left out")
            assert bool(figure["seconds"]) == (figure["key"].rstrip("×") not in left_out)
        assert table["facts"]["same_bytes"]
    assert not wanted
    assert [len(table["figures"]) for table in results["scoring"]] == [7, 5]
    assert all(table["facts"]["same_results"] for table in results["scoring"])
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert text == ran.stdout
    for table in (*results["reports"], *results["scoring"]):
        assert all(figure["what"] in text for figure in table["figures"])
    assert (tmp_path / "benchmark.svg").read_text(encoding="utf-8").startswith("<svg")
