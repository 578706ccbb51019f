"""A simple profile for notebooks: a dot and an interval an element, on the levels of the scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cxassess.charts.theme import ACCENT, BAND, CONFIG, INK

if TYPE_CHECKING:
    import altair as alt


def profile_chart(profile: pd.DataFrame, *, levels: Sequence[str], language: str = "en") -> alt.LayerChart:
    """Draw scores with their intervals, the highest on top and the lowest in the accent.

    Parameters
    ----------
    profile : DataFrame
        One row per element: ``label``, ``score``, ``low``, ``high`` (missing: no interval). Rows without a score are
        left out.
    levels : sequence of str
        Names of the levels, from 1 up.
    language : str
        For the figures: decimal comma or point.

    Returns
    -------
    altair.LayerChart
        In the theme of the reports.
    """
    import altair as alt  # noqa: PLC0415  (slow to import)

    shown = profile.dropna(subset=["score"]).sort_values("score", ascending=False, kind="stable")
    shown = shown.assign(weakest=shown["score"] == shown["score"].min())
    names = "|".join(f"{i} {name}" for i, name in enumerate(levels, 1))
    axis = alt.Axis(
        title=None,
        orient="top",
        values=list(range(1, len(levels) + 1)),
        labelExpr=f"split({_quoted(names)}, '|')[datum.value - 1]",
        gridColor=BAND,
        domain=False,
        ticks=False,
    )
    x = alt.X("score:Q", scale=alt.Scale(domain=[0.8, len(levels) + 0.2], nice=False), axis=axis)
    y = alt.Y(
        "label:N",
        sort=list(shown["label"]),
        axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=280, labelColor=INK),
    )
    color = alt.condition("datum.weakest", alt.value(ACCENT), alt.value(INK))
    base = alt.Chart(shown).encode(y=y)
    figures = alt.Text("score:Q", format=".2f")
    layers = (
        base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", axis=axis), x2="high:Q", color=color),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x, color=color),
        base.mark_text(dy=-9, fontWeight="bold").encode(x=x, text=figures, color=color),
    )
    chart = alt.layer(*layers).properties(width=420, height=alt.Step(34), usermeta={"language": language})
    themed: alt.LayerChart = chart.configure(**CONFIG)
    return themed


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
