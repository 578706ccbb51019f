"""Frozen snapshots of waves: what reports read, so that no late answer can be told from two of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cxassess.engagement.database import Row
from cxassess.engagement.model import MINIMUM_GROUP, Closing, Snapshot
from cxassess.engagement.store import Store
from cxassess.engagement.waves import mark_closed, wave
from cxassess.errors import CxassessError

Given = tuple[int | None, str | None, str]


@dataclass(frozen=True)
class FrozenForm:
    """One respondent's form as it was handed in.

    Parameters
    ----------
    role, unit : str
        Of the respondent.
    answers : mapping
        Item → level, flag, comment.
    answered_at : str
        When, or on which day.
    seconds : int or None
        Time spent on it.
    """

    role: str
    unit: str
    answers: Mapping[str, Given]
    answered_at: str
    seconds: int | None

    def says_the_same(self, other: FrozenForm) -> bool:
        """Whether a report would show the same of both."""
        return (self.role, self.unit, self.answers) == (other.role, other.unit, other.answers)


def list_snapshots(store: Store, name: str) -> tuple[Snapshot, ...]:
    """Return a wave's snapshots, oldest first."""
    wave(store, name)
    select = "SELECT number, taken_on, respondents, digest FROM snapshot WHERE wave = ? ORDER BY number"
    return tuple(
        Snapshot(name, int(number or 0), date.fromisoformat(str(taken_on)), int(respondents or 0), str(digest))
        for number, taken_on, respondents, digest in store.rows(select, name)
    )


def freeze_wave(store: Store, name: str) -> Snapshot:
    """Freeze the forms handed in so far; if none is new or changed, the newest snapshot is returned.

    A second report that differs from the first by one to four people shows what they answered. So a wave is only
    frozen again when at least five forms are new, changed or taken back. A first snapshot of fewer than five people
    does not count: nothing of it was shown.

    Raises
    ------
    CxassessError
        If nobody has handed in a form, or too few since the last snapshot.
    """
    with store.transaction():
        now, last, differing = _compare(store, name)
        if last is not None and not differing:
            return last
        if not now:
            what = "Nobody has handed in a form with an answer yet."
            raise CxassessError.single(f"{store.name}, wave {name}", what, "Wait for answers, then freeze it.")
        if last is not None and _would_expose(store, last, differing):
            forms = "1 form is" if differing == 1 else f"{differing} forms are"
            what = (
                f"{forms} new or changed since the snapshot of {last.taken_on}; a new one would show what was answered "
                "in them."
            )
            remedy = f"Wait until there are {MINIMUM_GROUP}. Reports go on reading the snapshot that there is."
            raise CxassessError.single(f"{store.name}, wave {name}", what, remedy)
        return _take(store, name, now)


def close_wave(store: Store, name: str) -> Closing:
    """Take no more answers, and freeze what was handed in.

    If one to four forms are new or changed since an earlier snapshot, that one is kept, and these forms are in no
    report: it would show what was answered in them. Without an earlier snapshot (or with one of fewer than five
    people, of which nothing was shown), everything is frozen.
    """
    with store.transaction():
        mark_closed(store, name)
        now, last, differing = _compare(store, name)
        if last is not None and _would_expose(store, last, differing):
            store.record("snapshot kept", name, f"number {last.number}; too few forms are new or changed")
            return Closing(wave(store, name), last, differing)
        snapshot = _take(store, name, now) if now and (last is None or differing) else last
    return Closing(wave(store, name), snapshot)


def would_expose(store: Store, name: str) -> bool:
    """Whether showing the forms of a wave as they are would, beside its newest snapshot, show what few answered."""
    _, last, differing = _compare(store, name)
    return last is not None and _would_expose(store, last, differing)


def newest_snapshot(store: Store, name: str) -> Snapshot | None:
    """Return a wave's newest snapshot; None if there is none, or everybody in it was erased."""
    found = list_snapshots(store, name)
    return found[-1] if found and found[-1].respondents else None


def read_forms(store: Store, snapshot: Snapshot) -> dict[str, FrozenForm]:
    """Return the forms in a snapshot by pseudonym, sorted by it."""
    key = (snapshot.wave, snapshot.number)
    select = "SELECT pseudonym, role, unit, answered_at, seconds FROM snapshot_response WHERE wave = ? AND number = ?"
    forms = store.rows(select, *key)
    select = "SELECT pseudonym, item, level, flag, comment FROM snapshot_answer WHERE wave = ? AND number = ?"
    return _build(forms, store.rows(select, *key))


def read_invited(store: Store, snapshot: Snapshot) -> dict[str, int]:
    """Return how many had been invited when a snapshot was taken, by role, as far as that is known."""
    select = "SELECT invited FROM snapshot WHERE wave = ? AND number = ?"
    found: dict[str, int] = json.loads(str(store.rows(select, snapshot.wave, snapshot.number)[0][0]))
    return found


def compute_digest(name: str, invited: Mapping[str, int], forms: Mapping[str, FrozenForm]) -> str:
    """Return what stands for all that is in a snapshot: SHA-256, in hex."""
    whole = [
        [key, form.role, form.unit, form.answered_at, form.seconds, sorted(form.answers.items())]
        for key, form in forms.items()
    ]
    return hashlib.sha256(json.dumps([name, invited, whole], sort_keys=True).encode()).hexdigest()


def _would_expose(store: Store, last: Snapshot, differing: int) -> bool:
    """Whether a new snapshot would show what few people answered; forms that were erased since may have been shown."""
    select = "SELECT COALESCE(SUM(forms), 0) FROM snapshot_erased WHERE wave = ? AND number = ?"
    erased = int(store.rows(select, last.wave, last.number)[0][0] or 0)
    return last.respondents + erased >= MINIMUM_GROUP and 0 < differing < MINIMUM_GROUP


def _compare(store: Store, name: str) -> tuple[dict[str, FrozenForm], Snapshot | None, int]:
    """Return the forms as they are, the newest snapshot, and in how many forms the two differ."""
    now, last = _read_live(store, name), newest_snapshot(store, name)
    before = read_forms(store, last) if last else {}
    both = now.keys() & before.keys()
    changed = sum(not now[one].says_the_same(before[one]) for one in both)
    return now, last, changed + len(now.keys() ^ before.keys())


def _read_live(store: Store, name: str) -> dict[str, FrozenForm]:
    """Return the forms that are handed in, and have an answer."""
    forms = store.rows(
        "SELECT r.pseudonym, i.role, i.unit, r.submitted_at, r.seconds FROM response r "
        "JOIN invitation i ON i.wave = r.wave AND i.pseudonym = r.pseudonym "
        "WHERE r.wave = ? AND r.submitted_at IS NOT NULL",
        name,
    )
    answers: list[Row] = [
        (pseudonym, item, level, flag, "\n".join(filter(None, (str(why), str(comment)))))
        for pseudonym, item, level, flag, why, comment in store.rows(
            "SELECT pseudonym, item, level, flag, why, comment FROM answer WHERE wave = ?", name
        )
    ]
    found = _build(forms, [row for row in answers if any(row[2:])])
    return {key: form for key, form in found.items() if any(level or flag for level, flag, _ in form.answers.values())}


def _build(forms: Sequence[Row], answers: Sequence[Row]) -> dict[str, FrozenForm]:
    given: dict[str, dict[str, Given]] = {str(row[0]): {} for row in forms}
    for pseudonym, item, level, flag, comment in answers:
        if str(pseudonym) in given:
            known = None if level is None else int(level)
            given[str(pseudonym)][str(item)] = (known, str(flag) if flag else None, str(comment))
    return {
        str(pseudonym): FrozenForm(
            str(role), str(unit), given[str(pseudonym)], str(at), None if seconds is None else int(seconds)
        )
        for pseudonym, role, unit, at, seconds in sorted(forms, key=lambda row: str(row[0]))
    }


def _take(store: Store, name: str, forms: Mapping[str, FrozenForm]) -> Snapshot:
    number = len(list_snapshots(store, name)) + 1
    invited = _count_invited(store, name)
    digest = compute_digest(name, invited, forms)
    snapshot = Snapshot(name, number, store.today(), len(forms), digest)
    store.run(
        "INSERT INTO snapshot (wave, number, taken_on, respondents, invited, digest) VALUES (?, ?, ?, ?, ?, ?)",
        name,
        number,
        snapshot.taken_on.isoformat(),
        len(forms),
        json.dumps(invited),
        digest,
    )
    for key, form in forms.items():
        store.run(
            "INSERT INTO snapshot_response (wave, number, pseudonym, role, unit, answered_at, seconds) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(name, number, key, form.role, form.unit, form.answered_at, form.seconds),
        )
        for item, answer in form.answers.items():
            store.run(
                "INSERT INTO snapshot_answer (wave, number, pseudonym, item, level, flag, comment) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(name, number, key, item, *answer),
            )
    store.record("wave frozen", name, f"snapshot {number}")
    return snapshot


def _count_invited(store: Store, name: str) -> dict[str, int]:
    """Return how many were invited, by role; not of roles in which people joined with the code for the room."""
    rows = store.rows(
        "SELECT i.role, COUNT(*), SUM(i.joined) FROM invitation i "
        "LEFT JOIN response r ON r.wave = i.wave AND r.pseudonym = i.pseudonym "
        "WHERE i.wave = ? AND (i.withdrawn = 0 OR r.submitted_at IS NOT NULL) GROUP BY i.role",
        name,
    )
    return {str(role): int(count or 0) for role, count, joined in sorted(rows, key=str) if not joined}
