"""What the parent of all kernels does once, so that no kernel has to: a whole report on the sample, pages included.

No chart is drawn and no PDF is made here: their engines start threads, and a process with threads must not fork.
"""

from __future__ import annotations

from cxassess.assessment import assess
from cxassess.language import LANGUAGES
from cxassess.resources import sample_path


def warm_up() -> None:
    """Go the whole way from the sample's file to its pages, in every language."""
    for language in LANGUAGES:
        assessment = assess(
            sample_path("nordvand.csv"), context=sample_path("nordvand.context.yaml"), language=language
        )
        assessment.report().document.to_dict()
