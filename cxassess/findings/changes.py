"""What has moved since earlier waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from cxassess.findings.model import Finding, Kind, Value
from cxassess.findings.view import SHOWN, View, adds_up, known
from cxassess.scoring.model import OVERALL
from cxassess.scoring.rows import Row

KINDS: dict[str, Kind] = {"up": "change_up", "down": "change_down", "cannot_tell": "change_none"}


def find_changes(view: View, wave_names: Mapping[str, str]) -> Iterator[Finding]:
    """Yield changes since the wave before and since the first, setbacks, and best scores so far.

    A change is called up or down only where the scores call it so (its interval, adjusted for all elements, leaves
    out zero). ``since`` is ``previous`` or ``first``. The overall finding also counts the elements: ``n_up``,
    ``n_down``, ``n_none``. A setback is a real fall since the wave before, or a best score that still holds only for
    an earlier wave where the element now is really down. ``best_so_far`` is the highest of all waves measured, which
    by itself doesn't say that the change is real (``certain`` 1 if it is).
    """
    waves = view.waves
    if len(waves) < 2:
        return
    names = _WaveNames(waves, wave_names)
    bases = {"previous": waves[-2]["wave"], "first": waves[0]["wave"]}
    if len(waves) == 2:
        del bases["first"]
    found: list[Finding] = []
    for since, base in bases.items():
        found += _since(view, since, base, names)
    yield from found
    yield from _setbacks(view, found, names)
    yield from _best(view, found, names)


class _WaveNames:
    """How waves are called in a sentence: by year, else month, where that tells them apart; else by their own name."""

    def __init__(self, waves: list[Row], given: Mapping[str, str]) -> None:
        self._given = given
        self._dates: dict[str, date | None] = {row["wave"]: row["date"] for row in waves}
        known_dates = [day for day in self._dates.values() if day is not None]
        self._form = "label"
        if len(known_dates) == len(waves):
            if len({day.year for day in known_dates}) == len(waves):
                self._form = "year"
            elif len({(day.year, day.month) for day in known_dates}) == len(waves):
                self._form = "month"

    def numbers(self, wave: str, prefix: str = "wave_from") -> dict[str, Value]:
        day = self._dates.get(wave)
        numbers: dict[str, Value] = {prefix: wave, f"{prefix}_form": self._form}
        numbers[f"{prefix}_name"] = self._given.get(wave, wave)
        if day is not None:
            numbers[f"{prefix}_date"] = day.isoformat()
        return numbers


def _since(view: View, since: str, base: str, names: _WaveNames) -> list[Finding]:
    rows = {
        row["element"]: row
        for row in view.rows_of_waves(view.shown.changes, wave_from=base, wave_to=view.wave, status=SHOWN)
        if row["change"] is not None and row["verdict"] in KINDS
    }
    counts = {f"n_{name}": 0 for name in ("up", "down", "none")}
    for element in view.elements:
        if element in rows:
            counts[KINDS[rows[element]["verdict"]].replace("change_", "n_")] += 1
    found: list[Finding] = []
    for element in (OVERALL, *view.elements):
        row = rows.get(element)
        if row is None:
            continue
        numbers = known(change=row["change"], low=row["low"], high=row["high"], matched=int(bool(row["matched"])))
        numbers |= known(n_from=row["n_from"], n_to=row["n_to"]) | {"since": since} | names.numbers(base)
        before = _score_in(view, element, base)
        now = view.score(element)
        if before is not None and now and adds_up(before, float(now["score"]), float(row["change"])):
            numbers |= {"from_score": before, "to_score": float(now["score"])}
        if element == OVERALL:
            numbers |= counts
        kind = KINDS[row["verdict"]]
        found.append(Finding(kind, element, numbers, (), _strength(since, element, float(row["change"]))))
    return found


def _strength(since: str, element: str, change: float) -> float:
    return abs(change) + (100.0 if element == OVERALL else 0.0) + (50.0 if since == "first" else 0.0)


def _score_in(view: View, element: str, wave: str) -> float | None:
    for row in view.rows_of_waves(view.shown.scores, wave=wave, element=element, group="all", status=SHOWN):
        return None if row["score"] is None else float(row["score"])
    return None


def _earlier(view: View, element: str) -> dict[str, float]:
    scores = {row["wave"]: _score_in(view, element, row["wave"]) for row in view.waves[:-1]}
    return {wave: score for wave, score in scores.items() if score is not None}


def _setbacks(view: View, found: list[Finding], names: _WaveNames) -> Iterator[Finding]:
    for finding in found:
        if finding.kind != "change_down" or finding.word("since") != "previous" or finding.element == OVERALL:
            continue
        numbers = dict(finding.numbers)
        earlier = _earlier(view, finding.element)
        if earlier:
            best = max(earlier, key=lambda wave: earlier[wave])
            numbers |= {"best": earlier[best]} | names.numbers(best, "best_wave")
        first = next((one for one in found if one.element == finding.element and one.word("since") == "first"), None)
        if first is not None:
            numbers["since_first"] = {"change_up": "up", "change_down": "down"}.get(first.kind, "cannot_tell")
            numbers |= {
                key.replace("wave_from", "first_wave"): value
                for key, value in first.numbers.items()
                if key.startswith("wave_from")
            }
        yield Finding("setback", finding.element, numbers, (), abs(finding.number("change") or 0.0))


def _best(view: View, found: list[Finding], names: _WaveNames) -> Iterator[Finding]:
    for element in (OVERALL, *view.elements):
        row = view.score(element)
        earlier = _earlier(view, element)
        if row is None or not earlier:
            continue
        best = max(earlier, key=lambda wave: earlier[wave])
        score = float(row["score"])
        if score <= earlier[best]:
            continue
        rises = [one for one in found if one.element == element and one.kind == "change_up"]
        numbers: dict[str, Value] = {"score": score, "best_before": earlier[best], "waves": len(earlier) + 1}
        numbers |= names.numbers(best) | {"certain": int(bool(rises))}
        yield Finding("best_so_far", element, numbers, (), score - earlier[best] + (100 if element == OVERALL else 0))
