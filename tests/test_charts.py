"""The charts: what is drawn, where labels stand, locale, brand, no network."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

import pandas as pd
import pytest

from cxassess.charts import chart_block, chart_svg, impact_map, profile_chart, timeline
from cxassess.charts.theme import Box, free_choice, text_box
from cxassess.fonts import printable, text_width, wrap_text

WORDS = {"x": "Effort", "y": "Impact", "low_x": "little", "high_x": "much", "low_y": "small", "high_y": "large"}


def line(waves: int, *, dated: bool = True) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": [date(2021 + i, 10, 15) if dated else pd.NaT for i in range(waves)],
            "label": [f"Wave {i + 1}" for i in range(waves)],
            "average": [2.6 + 0.1 * i for i in range(waves)],
            "average_low": [2.5 + 0.1 * i for i in range(waves)],
            "average_high": [2.7 + 0.1 * i for i in range(waves)],
            "weakest": [2.2 + 0.05 * i for i in range(waves)],
            "weakest_low": [2.1 + 0.05 * i for i in range(waves)],
            "weakest_high": [2.3 + 0.05 * i for i in range(waves)],
        }
    )


def draw(frame: pd.DataFrame, **more: Any) -> str:
    options: dict[str, Any] = {
        "step": 2.5,
        "step_label": "Level 3 begins",
        "average_name": "Average",
        "weakest_name": "Weakest link",
    }
    options.update(more)
    return chart_svg(timeline(frame, **options).to_dict(), options.get("language", "en"))


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def label_boxes(svg: str) -> list[tuple[str, Box]]:
    """Return the labels of a chart with their boxes, from where the SVG puts them."""
    found = []
    pattern = (
        r'<text[^>]*text-anchor="(\w+)" transform="translate\(([\d.e-]+),([\d.e-]+)\)"'
        r'[^>]*font-size="([\d.]+)px"[^>]*>(.*?)</text>'
    )
    for anchor, x, y, size, inside in re.findall(pattern, svg):
        for number, text in enumerate(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", inside) or [inside]):
            width = text_width(text, float(size))
            left = {"start": 0.0, "middle": -width / 2, "end": -width}[anchor] + float(x)
            base = float(y) + 10 * number
            box = (text, Box(left, base - 0.7 * float(size), left + width, base))
            if box not in found:  # a halo draws the same words twice
                found.append(box)
    return found


@pytest.mark.parametrize("waves", [1, 2, 3, 6])
@pytest.mark.parametrize("dated", [True, False])
def test_a_timeline_of_any_number_of_waves_names_its_lines_and_ends(waves: int, dated: bool) -> None:
    shown = texts(
        draw(
            line(waves, dated=dated), events=[(date(2022, 3, 1), "New plan")], target=(date(2030, 1, 1), 3.5, "Target")
        )
    )
    for word in ("Average", "Weakest link", "Level 3 begins", "Wave 1", f"Wave {waves}", "2.60", "2.20"):
        assert word in shown, word
    assert ("Target: 3.50" in shown) is dated
    assert ("New plan" in shown) is (dated and waves > 1)


def test_labels_of_a_timeline_do_not_meet() -> None:
    events = [
        (date(2022, 3, 1), "Strategy and promise agreed"),
        (date(2022, 6, 1), "A new chief executive comes"),
        (date(2023, 2, 1), "Reorganisation: 6 of 18 middle managers new"),
    ]
    svg = draw(line(4), events=events, target=(date(2025, 10, 15), 3.25, "Target 2025"))
    boxes = [(text, box) for text, box in label_boxes(svg) if text]
    assert len(boxes) > 12
    meeting = [(a, b) for i, (a, one) in enumerate(boxes) for b, other in boxes[i + 1 :] if one.hits(other)]
    assert meeting == []
    width = float(re.findall(r'<svg[^>]*width="([\d.]+)"', svg)[0])
    assert width <= 494
    assert all(box.left >= -6 and box.right <= width for _, box in boxes)


def test_figures_follow_the_language() -> None:
    assert "2,60" in texts(draw(line(2), language="da"))
    assert "2,60" in texts(draw(line(2), language="sv"))
    assert "2.60" in texts(draw(line(2), language="en"))


def test_what_is_not_known_is_not_drawn() -> None:
    frame = line(3)
    frame.loc[0, ["average_low", "average_high"]] = math.nan
    frame["weakest"] = math.nan
    svg = draw(frame)
    assert "Weakest link" not in texts(svg)
    assert "NaN" not in svg
    assert len(re.findall(r'stroke="#1E272D"[^>]*fill="white"|fill="white"[^>]*stroke="#1E272D"', svg)) >= 1


def test_a_scale_of_seven_levels_shows_its_ticks() -> None:
    frame = line(2)
    for column in frame.columns[2:]:
        frame[column] += 3.5
    shown = texts(draw(frame, levels=7, step=5.5, step_label="Level 6 begins"))
    assert "6.0" in shown
    assert "8.0" not in shown


def actions(efforts: list[float], impacts: list[float], label: str = "An action with a name") -> pd.DataFrame:
    count = len(efforts)
    return pd.DataFrame(
        {
            "number": range(1, count + 1),
            "label": [f"{label} {i}" for i in range(1, count + 1)],
            "effort": efforts,
            "impact": impacts,
            "now": [i < 4 for i in range(count)],
        }
    )


@pytest.mark.parametrize(
    ("efforts", "impacts"),
    [
        ([2.0] * 7, [4.0] * 7),
        ([1, 2, 3, 4, 5, 1, 5], [5, 4, 3, 2, 1, 1, 5]),
        ([1.6, 2.6, 2.9], [4.6, 4.2, 3.6]),
        ([3], [3]),
    ],
)
def test_marks_and_labels_of_the_map_do_not_meet(efforts: list[float], impacts: list[float]) -> None:
    svg = chart_svg(impact_map(actions(efforts, impacts), texts=WORDS).to_dict())
    shown = texts(svg)
    assert all(str(i) in shown for i in range(1, len(efforts) + 1))
    boxes = [(text, box) for text, box in label_boxes(svg) if text]
    assert len(boxes) >= 5 + 2 * len(efforts) - (len(efforts) == 7)
    meeting = [(a, b) for i, (a, one) in enumerate(boxes) for b, other in boxes[i + 1 :] if one.hits(other)]
    assert meeting == []


def test_hostile_labels_are_text() -> None:
    frame = actions([1.0, 5.0], [5.0, 1.0], "<script>alert(1)</script> ' \" \\ {datum.x} 😀 漢")
    svg = chart_svg(impact_map(frame, texts=WORDS).to_dict())
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def test_a_block_carries_the_chart_and_its_size() -> None:
    block = chart_block(timeline(line(2), step=2.5, step_label="s", average_name="a", weakest_name="b"), "Title", "Alt")
    assert (block.title, block.alt) == ("Title", "Alt")
    assert block.width > 400
    assert 150 < block.height < 260


def test_a_brand_and_only_a_brand_recolours() -> None:
    spec = timeline(line(2), step=2.5, step_label="s", average_name="a", weakest_name="b").to_dict()
    assert "#B8461A" in chart_svg(spec)
    assert "#B8461A" not in chart_svg(spec, "en", {"accent": "#0B5CAD", "ink": "#000000"})


def test_the_profile_draws_any_names() -> None:
    frame = pd.DataFrame(
        {"label": ["Ax'\\|y", "B"], "score": [2.0, math.nan], "low": [1.5, math.nan], "high": [2.5, math.nan]}
    )
    svg = chart_svg(profile_chart(frame, levels=["Ad 'hoc'", "On | way", "Three"], language="da").to_dict(), "da")
    assert "2,00" in texts(svg)
    assert "1 Ad 'hoc'" in texts(svg) or "1 Ad &#39;hoc&#39;" in texts(svg)


def test_texts_are_measured_and_wrapped() -> None:
    assert text_width("Systematic", 8.5) == pytest.approx(40, abs=3)
    assert text_width("Systematic", 8.5, bold=True) > text_width("Systematic", 8.5)
    lines = wrap_text("one two three " + "x" * 80, 60, 8.5)
    assert all(text_width(text, 8.5) <= 60 for text in lines)
    assert "".join(lines).replace(" ", "") == "onetwothree" + "x" * 80
    assert wrap_text("", 60, 8.5) == [""]


def test_the_first_free_place_is_taken() -> None:
    places = [text_box(["label"], x, 10, "left") for x in (0, 50, 100)]
    assert free_choice(places, [Box(0, 0, 40, 20)], 200, 20) == 1
    assert free_choice(places, [], 200, 20) == 0
    assert free_choice([Box(-5, 0, 5, 5), Box(0, 0, 5, 5)], [Box(0, 0, 5, 5)], 10, 10) == 1


def test_printable_text_keeps_what_can_be_shown() -> None:
    assert printable("Grüße – “x” ’ 2 − 1") == "Grüße – “x” ’ 2 − 1"
    assert printable("a\x00b\u202ec") == "abc"
    assert printable("漢") == "□"
    assert printable("line\nline") == "line\nline"
    word = printable("x" * 100)
    assert word.replace("\u200b", "") == "x" * 100
    assert max(len(part) for part in word.split("\u200b")) <= 24
    family = "👩‍👩‍👧" * 20
    assert "\u200d\u200b" not in printable(family)
    assert "\u200b\u200d" not in printable(family)


def test_a_specification_is_what_altair_makes_of_the_chart() -> None:
    events = [(date(2022, 3, 1), "New plan")]
    drawn = [
        timeline(line(3), step=2.5, step_label="s", average_name="a", weakest_name="b", events=events),
        impact_map(actions([1, 2, 3, 4], [5, 4, 3, 2]), texts=WORDS),
    ]
    for chart in drawn:
        made = chart.altair().to_dict()  # checked against altair's own schema
        own = chart.to_dict()
        assert made.pop("$schema").split(".")[0] == own.pop("$schema").split(".")[0]
        assert own == made


@pytest.mark.parametrize("url", ["file:///etc/hostname", "/etc/hostname", "https://example.invalid/a.csv"])
def test_no_file_and_no_address_is_read(url: str) -> None:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"url": url, "format": {"type": "csv"}},
        "mark": "point",
    }
    with pytest.raises(ValueError, match="DENIED"):
        chart_svg(spec)
