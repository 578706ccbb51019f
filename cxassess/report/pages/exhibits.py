"""Exhibits that more than one page uses: the profile, and how sure a level is."""

from __future__ import annotations

from collections.abc import Sequence

from cxassess.document import Probabilities, Probability, Profile, ProfileRow, RoleAnswered, WhoAnswered
from cxassess.instrument.model import Element
from cxassess.report.pages.view import View
from cxassess.scoring.model import ALL
from cxassess.scoring.rows import Row


def build_profile(view: View, title: str) -> Profile:
    """Build the profile: elements by score, highest first, those not shown last."""
    rows = [_profile_row(view, element) for element in view.instrument.elements]
    rows.sort(key=lambda row: (row.score is None, -(row.score or 0.0), row.number))
    year = target_years(view)
    return Profile(
        title=title,
        scale=view.scale,
        rows=rows,
        score_head=view.text("head.score"),
        interval_head=view.text("head.interval"),
        alt=" ".join(_profile_words(view, row) for row in rows),
        band_label=benchmark_label(view) if any(row.band for row in rows) else "",
        target_label=view.text("profile.target", year=year) if any(row.target is not None for row in rows) else "",
    )


def benchmark_label(view: View) -> str:
    """Write what the benchmark's band stands for."""
    counts = [row["n"] for row in view.rows("benchmarks") if row["n"]]
    return view.counted_digits("profile.band", int(max(counts))) if counts else ""


def benchmark_row(view: View, element: str) -> Row | None:
    """Return an element's place in the benchmark, or None where there is none or the score is hidden."""
    row = view.row("benchmarks", element=element)
    known = row is not None and row["q25"] is not None and row["q75"] is not None
    return row if known and view.score(element) else None


def target_of(view: View, element: str) -> float | None:
    """Return the score aimed at, or None."""
    target = view.context.target
    return target.elements.get(element) if target else None


def target_years(view: View, *elements: str) -> str:
    """Write the year of the elements' targets, or from which to which; of all elements if none is named."""
    target = view.context.target
    if target is None:
        return ""
    years = sorted({target.date_of(element).year for element in elements or target.elements} or {target.date.year})
    return str(years[0]) if len(years) == 1 else view.text("interval.plain", low=years[0], high=years[-1])


def _profile_row(view: View, element: Element) -> ProfileRow:
    number = view.number_of(element)
    row = view.score(element.id)
    if row is None:
        hidden = view.hidden(view.row("scores", element=element.id, group=ALL))
        return ProfileRow(number, element.name, None, None, None, "", "", hidden_text=hidden)
    bench = benchmark_row(view, element.id)
    weakest = element.id == view.weakest
    return ProfileRow(
        number=number,
        name=element.name,
        score=row["score"],
        low=row["low"],
        high=row["high"],
        score_text=view.number(row["score"]),
        interval_text=view.interval(row["low"], row["high"]),
        band=(bench["q25"], bench["q75"]) if bench else None,
        target=target_of(view, element.id),
        tag=view.text("profile.weakest") if weakest else "",
        marked=weakest,
    )


def _profile_words(view: View, row: ProfileRow) -> str:
    if row.score is None:
        return view.text("alt.hidden", name=row.name, reason=row.hidden_text)
    return view.text("alt.score", name=row.name, score=row.score_text, interval=row.interval_text)


def build_probabilities(view: View, title: str, rows: Sequence[Row]) -> Probabilities:
    """Build the labelled bars of one rule's levels; the level reached is marked."""
    bars = [
        Probability(
            level=int(row["level"]),
            name=view.level_name(int(row["level"])),
            share=row["probability"] or 0.0,
            share_text=view.chance(row["probability"]),
            marked=bool(row["reached"]),
        )
        for row in rows
    ]
    alt = ", ".join(f"{bar.level} {bar.name} {bar.share_text}" for bar in bars)
    return Probabilities(title, bars, alt=f"{title}: {alt}.")


def build_who_answered(view: View) -> WhoAnswered:
    """Build the strip that says how many of each role answered."""
    roles = []
    for role in view.instrument.roles:
        row = view.row("responses_by_role", group=f"role:{role.id}")
        if row is None:
            roles.append(RoleAnswered(role.name, 0, 0, view.text("answered.none")))
            continue
        shown = row["n_respondents"] is not None and row["status"] != "suppressed"
        answered, invited = (int(row["n_respondents"]), int(row["n_invited"] or 0)) if shown else (0, 0)
        roles.append(RoleAnswered(role.name, answered, invited, view.answered(row)))
    return WhoAnswered(view.text("summary.who"), roles)
