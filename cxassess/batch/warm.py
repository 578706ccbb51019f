"""What the parent of all kernels does once, so that no kernel has to: a whole report on the sample, pages included.

No chart is drawn and no PDF is made here: their engines start threads, and a process with threads must not fork.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from cxassess.assessment import assess
from cxassess.language import LANGUAGES
from cxassess.resources import sample_path
from cxassess.scoring.stored import write_shown


def warm_up() -> None:
    """Score the sample once, then go from the stored scores to their pages in every language, as reports do."""
    context = sample_path("nordvand.context.yaml")
    with tempfile.TemporaryDirectory() as folder:
        scores = Path(folder) / "scores.json"
        write_shown(assess(sample_path("nordvand.csv"), context=context).shown, scores)
        for language in LANGUAGES:
            assess(scores=scores, context=context, language=language).report().document.to_dict()
