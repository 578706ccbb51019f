"""What the organisation decided: actions, what it stops doing, and targets with a date."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date

from cxassess.context import PlannedAction
from cxassess.engagement.plan_check import check_action, check_plan, find_owner, find_twice, latest_day
from cxassess.engagement.store import Store
from cxassess.engagement.text import clean_line, clean_text
from cxassess.engagement.undo import undoable
from cxassess.engagement.waves import waves
from cxassess.engagement.workshop_model import MOST_ACTIONS, NotYet, TargetSet
from cxassess.errors import CxassessError, Problem
from cxassess.instrument.structure_rules import OVERALL

_COLUMNS = "id, wave, kind, element, title, owner, due_on, metric, state, note, revision"


class Plan:
    """The plan of an engagement, over all its waves.

    Parameters
    ----------
    store : Store
        The engagement.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    # ------------------------------------------------------------ actions

    def actions(self, wave: str = "") -> tuple[PlannedAction, ...]:
        """Return the actions of a wave, or of all of them, in the order in which they were decided."""
        rows = self._store.rows(f"SELECT {_COLUMNS}, number FROM action")  # noqa: S608  (constants)
        order = [one.name for one in waves(self._store)]
        rows.sort(key=lambda row: (order.index(str(row[1])), int(row[-1] or 0), str(row[0])))
        names = _COLUMNS.split(", ")
        found = (PlannedAction.model_validate(dict(zip(names, row[:-1], strict=True))) for row in rows)
        return tuple(one for one in found if not wave or one.wave == wave)

    def put(self, action: PlannedAction) -> PlannedAction:
        """Store an action that is new (without an id), or was changed; return it as it is stored.

        Raises
        ------
        NotYet
            ``too_many_actions``: what a wave may decide to do is limited; to stop things is not.
        CxassessError
            With everything that is wrong in it, or if somebody else has changed it meanwhile.
        """
        with self._store.transaction():
            wanted = _clean(action)
            problems = check_action(self._store, wanted, wanted.title or "action")
            if problems:
                raise CxassessError(problems)
            others = [one for one in self.actions(wanted.wave) if one.id != wanted.id]
            if _is_counted(wanted) and sum(map(_is_counted, others)) >= MOST_ACTIONS:
                raise NotYet("too_many_actions")
            key = wanted.id or secrets.token_hex(8)
            with undoable(self._store, wanted.wave, "put", [("action", (key,))]):
                self._write(wanted.model_copy(update={"id": key}), is_new=not wanted.id)
        return self._find(key)

    def remove(self, key: str) -> None:
        """Forget an action; one that is given up is better kept, as dropped."""
        with self._store.transaction():
            found = next((one for one in self.actions() if one.id == key), None)
            if found is None:
                raise NotYet("unknown")
            with undoable(self._store, found.wave, "remove", [("action", (key,))]):
                self._store.run("DELETE FROM action WHERE id = ?", key)

    def replace_all(self, actions: Sequence[PlannedAction], *, keep_others: bool = False) -> tuple[PlannedAction, ...]:
        """Put a whole sheet in the place of the plan: all of it, or nothing.

        Those with an id must be in the plan, as they were when the sheet was made; those without are new.

        Parameters
        ----------
        actions : sequence of PlannedAction
            The sheet.
        keep_others : bool
            Keep what is in the plan and not in the sheet: it may have come later. Then nothing new may have the title
            of an action of its wave that is there: the same sheet would be read twice. Otherwise it is forgotten.

        Returns
        -------
        tuple of PlannedAction
            The plan.

        Raises
        ------
        CxassessError
            With everything that is wrong, each with the number and the title of its action.
        """
        with self._store.transaction():
            before = {one.id: one for one in self.actions()}
            wanted = [_clean(one) for one in actions]
            problems = find_twice(wanted, before) if keep_others else []
            if keep_others:
                wanted += [one for key, one in before.items() if key not in {given.id for given in wanted}]
            problems += check_plan(self._store, wanted, before)
            if problems:
                raise CxassessError(problems)
            keyed = [one if one.id else one.model_copy(update={"id": secrets.token_hex(8)}) for one in wanted]
            for key in before.keys() - {one.id for one in keyed}:
                self._store.run("DELETE FROM action WHERE id = ?", key)
            for one in keyed:
                self._write(one, is_new=one.id not in before)
            self._store.run("DELETE FROM undo")  # on no board: it concerns all of them
            self._store.record("plan replaced", detail=str(len(keyed)))
        return self.actions()

    def _find(self, key: str) -> PlannedAction:
        return next(one for one in self.actions() if one.id == key)

    def _write(self, action: PlannedAction, *, is_new: bool) -> None:
        """Insert or update an action, if it differs from what is stored; its revision must be the stored one."""
        due_on = action.due_on.isoformat() if action.due_on else None
        pseudonym = find_owner(self._store, action.owner)
        fixed = (action.wave, action.kind, action.element, action.title, action.owner, pseudonym, due_on)
        values = (*fixed, action.metric, action.state, action.note)
        columns = "wave, kind, element, title, owner, pseudonym, due_on, metric, state, note"
        if is_new:
            number = int(self._store.rows("SELECT COALESCE(MAX(number), 0) + 1 FROM action")[0][0] or 1)
            insert = f"INSERT INTO action (id, number, revision, {columns}) VALUES (?, ?, 1{', ?' * len(values)})"  # noqa: S608  (constants)
            self._store.run(insert, action.id, number, *values)
            return
        stored = next((one for one in self.actions() if one.id == action.id), None)
        if stored is not None and stored.model_copy(update={"revision": action.revision}) == action:
            return
        if stored is None or stored.revision != action.revision:
            what = "The action was changed by somebody else meanwhile." if stored else "The action is gone."
            raise CxassessError.single(f"action “{action.title}”", what, "Look at it as it is now, then change it.")
        changed = ", ".join(f"{column} = ?" for column in columns.split(", "))
        self._store.run(f"UPDATE action SET {changed}, revision = revision + 1 WHERE id = ?", *values, action.id)  # noqa: S608  (constants)

    # ------------------------------------------------------------ targets

    def targets(self) -> Mapping[str, TargetSet]:
        """Return the targets by element, in the instrument's order, and last the overall one."""
        rows = self._store.rows("SELECT element, hundredths, due_on FROM target")
        found = {str(row[0]): TargetSet(int(row[1] or 0) / 100, date.fromisoformat(str(row[2]))) for row in rows}
        return {one: found[one] for one in self._elements() if one in found}

    def set_target(self, element: str, level: float | None, due_on: date) -> None:
        """Set the score to be reached in an element, or ``overall``; None takes the target away.

        Raises
        ------
        CxassessError
            If there is no such element, the level is none, or the day is past or too far ahead.
        """
        top = self._store.instrument().level_count
        problems = []
        if element not in self._elements():
            remedy = f"Use one of {', '.join(self._elements())}."
            problems.append(Problem(f"target {element!r}", "There is no such element.", remedy))
        if level is not None and not 1 <= level <= top:
            problems.append(Problem(f"target {element!r}", f"{level} is no level.", f"Give one from 1 to {top}."))
        today, last = self._store.today(), latest_day(self._store.today())
        if level is not None and not today < due_on <= last:
            what = f"{due_on} is not within three years from today."
            problems.append(Problem(f"target {element!r}", what, f"Give a day after {today}, up to {last}."))
        if problems:
            raise CxassessError(problems)
        with self._store.transaction(), undoable(self._store, "", "target", [("target", (element,))]):
            self._store.run("DELETE FROM target WHERE element = ?", element)
            if level is not None:
                insert = "INSERT INTO target (element, hundredths, due_on) VALUES (?, ?, ?)"
                self._store.run(insert, element, round(level * 100), due_on.isoformat())

    def _elements(self) -> tuple[str, ...]:
        return (*(element.id for element in self._store.instrument().elements), OVERALL)


def _clean(action: PlannedAction) -> PlannedAction:
    lines = {name: clean_line(getattr(action, name)) for name in ("title", "owner", "metric")}
    return action.model_copy(update={**lines, "note": clean_text(action.note).strip()})


def _is_counted(action: PlannedAction) -> bool:
    return action.kind == "start" and action.state != "dropped"
