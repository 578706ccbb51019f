"""The cover: whose report it is, who answered, and the profile as a picture."""

from __future__ import annotations

from cxassess.document import Cover, CoverDot, Page, Rich, Run
from cxassess.report.pages.view import View
from cxassess.scoring.model import ALL


def build_cover(view: View) -> Page:
    """Build the cover page; elements that may not be shown have no dot."""
    instrument = view.instrument
    dots = [_dot(view, element.id, element.name) for element in instrument.elements]
    seen = [dot for dot in dots if dot.score is not None]
    marked = next((dot for dot in seen if dot.marked), None)
    top = instrument.level_count
    alt = view.text("cover.alt_none")
    if seen:
        profile = "; ".join(f"{dot.name} {dot.score_text}" for dot in seen)
        alt = view.counted("cover.alt", len(seen), top=top, profile=profile)
    caption = view.counted("cover.caption", len(dots), top=top) if seen else ""
    if marked:
        caption = view.sentences(caption, view.text("cover.caption_marked"))
    cover = Cover(
        kicker=instrument.name,
        title=view.text("cover.title", name=view.name),
        subtitle=_subtitle(view),
        organisation=view.organisation,
        wave=view.wave_name,
        date=view.long_date(view.report_date) if view.report_date else "",
        lines=_lines(view),
        dots=dots,
        levels=view.scale.levels,
        caption=caption,
        note=view.sentences(*view.notices),
        alt=alt,
    )
    return Page(id="cover", blocks=(cover,))


def _dot(view: View, element: str, name: str) -> CoverDot:
    row = view.score(element)
    if row is None:
        return CoverDot(name, None, "")
    return CoverDot(name, row["score"], view.number(row["score"]), marked=element == view.weakest)


def _subtitle(view: View) -> str:
    answered = [role for role in view.instrument.roles if view.row("responses_by_role", group=f"role:{role.id}")]
    parts = [
        view.counted("cover.elements", len(view.instrument.elements)),
        view.counted("cover.roles", len(answered)),
    ]
    if len(view.waves) > 1:
        parts.append(view.counted("cover.waves", len(view.waves)))
    return view.text("cover.subtitle", parts=view.language.join(parts))


def _lines(view: View) -> list[Rich]:
    lines: list[Rich] = []
    answered = view.row("responses_by_role", group=ALL)
    if answered:
        lines.append(response_line(view))
        if answered["first_answer"] and answered["last_answer"]:
            period = view.date_range(answered["first_answer"], answered["last_answer"])
            lines.append(view.text("cover.collected", period=period))
    confidential = Run(view.text("meta.confidential"), "strong")
    if view.context.audience:
        lines.append((confidential, Run(f": {view.context.audience}")))
    else:
        lines.append((confidential,))
    return lines


def response_line(view: View) -> str:
    """Write how many answered in all, with the response rate where the number invited is known."""
    row = view.row("responses_by_role", group=ALL)
    if row is None or row["n_respondents"] is None or row["status"] == "suppressed":
        return view.text("response.few")
    if not row["n_invited"]:
        return view.counted_digits("response.alone", int(row["n_respondents"]))
    share = view.language.percent(row["n_respondents"] / row["n_invited"])
    return view.text("response.of", n=row["n_respondents"], invited=row["n_invited"], share=share)
