"""Changes over the waves, in words."""

from __future__ import annotations

from cxassess.findings.model import Finding
from cxassess.findings.words import Said, Words
from cxassess.scoring.model import OVERALL


def say_change(finding: Finding, words: Words) -> Said:
    """Say that something has risen, has fallen, or can't be said to have moved."""
    since = words.wave(finding)
    if finding.element == OVERALL:
        title = words.text(f"{finding.kind}.title_overall", since=since)
    else:
        title = words.text(f"{finding.kind}.title", since=since, element=words.element(finding.element))
    counts = ""
    if finding.element == OVERALL:
        figures = {part: int(finding.number(f"n_{part}") or 0) for part in ("up", "down", "none")}
        counts = words.text("change.counts", **figures) if any(figures.values()) else ""
    return Said(title, words.sentences(say_movement(finding, words), counts))


def say_movement(finding: Finding, words: Words) -> str:
    """Say from where to where a score went, by how much, and how sure that is."""
    change, low, high = (finding.number(key) for key in ("change", "low", "high"))
    written = words.difference(change or 0.0, low, high, signed=True)
    before, now = finding.number("from_score"), finding.number("to_score")
    if before is None or now is None:
        form = "text_matched" if finding.number("matched") else "text_change"
        return words.text(f"{finding.kind}.{form}", change=written)
    scores = {"from_score": words.number(before), "to_score": words.number(now)}
    return words.text(f"{finding.kind}.text", change=written, **scores)


def say_setback(finding: Finding, words: Words) -> Said:
    """Say what fell back, the best score so far, and where it stands against the first wave."""
    title = words.text("setback.title", since=words.wave(finding), element=words.element(finding.element))
    before, now = finding.number("from_score"), finding.number("to_score")
    if before is None or now is None:
        fell = words.text("setback.text_change", change=words.number(abs(finding.number("change") or 0.0)))
    else:
        fell = words.text("setback.text", from_score=words.number(before), to_score=words.number(now))
    best = finding.number("best")
    so_far = ""
    if best is not None:
        wave = words.wave(finding, "best_wave")
        so_far = words.text("setback.best", best=words.number(best), best_wave=wave)
    first = finding.word("since_first")
    if first:
        first = words.text(f"setback.first.{first}", first_wave=words.wave(finding, "first_wave"))
    return Said(title, words.sentences(fell, so_far, first))


def say_best(finding: Finding, words: Words) -> Said:
    """Say that a score is the best of all waves so far."""
    if finding.element == OVERALL:
        title = words.text("best_so_far.title_overall")
    else:
        title = words.text("best_so_far.title", element=words.element(finding.element))
    text = words.text(
        "best_so_far.text",
        score=words.number(finding.number("score") or 0.0),
        best=words.number(finding.number("best_before") or 0.0),
        count=words.count(int(finding.number("waves") or 0)),
        wave=words.wave(finding),
    )
    doubt = "" if finding.number("certain") else words.text("best_so_far.uncertain")
    return Said(title, words.sentences(text, doubt))
