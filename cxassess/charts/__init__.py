"""Charts with free axes: the line over the waves, the map of effort and impact, a simple profile.

One frame in, one chart out, in one theme; 1 px is 1 pt. What must line up with rows of text is drawn by the report's
templates instead.
"""

from __future__ import annotations

from cxassess.charts.impact import impact_map
from cxassess.charts.profile import profile_chart
from cxassess.charts.svg import chart_block, chart_svg
from cxassess.charts.timeline import timeline

__all__ = ["chart_block", "chart_svg", "impact_map", "profile_chart", "timeline"]
