"""The report as a slide deck: native, editable charts and tables, one message a slide, speaker's notes on each."""

from __future__ import annotations

from cxassess.deliverables.slides.write import write_slides

__all__ = ["write_slides"]
