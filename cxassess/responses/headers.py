"""What the columns of a response file mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from cxassess.instrument.model import Instrument
from cxassess.responses.collect import Collector
from cxassess.responses.table import Column, Table
from cxassess.responses.words import FIELDS, WordTable, did_you_mean, normal_name, normal_word

IGNORED_PREFIX: Final = "x_"
GUARD_COLUMN: Final = "x_text_guard"
Meaning = tuple[str, str]
TableShape = Literal["wide", "long"]


@dataclass(frozen=True)
class Layout:
    """The columns of a file by what they mean.

    Parameters
    ----------
    shape : {"wide", "long"}
        One row per respondent × wave, or one row per answer.
    fields : dict
        Field → column: organisation, wave, respondent, role, …, in a long file also item, answer and comment.
    items : dict
        Item id → column of answers (wide).
    comments : dict
        Item id, or an empty string for the general comment → column (wide).
    ignored : tuple of str
        Names of the columns that are left out on purpose.
    """

    shape: TableShape
    fields: dict[str, Column]
    items: dict[str, Column]
    comments: dict[str, Column]
    ignored: tuple[str, ...]


class Header:
    """Tells what a column name means for an instrument.

    Parameters
    ----------
    instrument : Instrument
        Its item ids are column names.
    words : WordTable
        Names of the other columns in every language.
    """

    def __init__(self, instrument: Instrument, words: WordTable) -> None:
        self.instrument = instrument
        self.words = words
        self._items: dict[str, list[str]] = {}
        for item_id in instrument.item_ids:
            self._items.setdefault(normal_word(item_id), []).append(item_id)

    def meanings(self, name: str) -> set[Meaning]:
        """Return everything that a name may mean: none if unknown, more than one if in doubt."""
        name = name.strip()
        if name in self.instrument.item_ids:
            return {("item", name)}
        found: set[Meaning] = {("item", item_id) for item_id in self._items.get(normal_word(name), ())}
        if normal_word(name).startswith(IGNORED_PREFIX):
            return found or {("ignored", name)}
        short = normal_name(name)
        if short in self.words.columns:
            found.add(("field", self.words.columns[short]))
        return found | self._comments(name)

    def known(self, names: Iterable[str]) -> int:
        """Count the names that mean something."""
        return sum(bool(self.meanings(name)) for name in names)

    def names(self) -> tuple[str, ...]:
        """All canonical names, for *did you mean*."""
        items = self.instrument.item_ids
        return (*FIELDS, *items, *(f"comment_{item}" for item in items))

    def item_id(self, text: str) -> str | None:
        """Return the item id that a text in a long file means; None if there is none or more than one."""
        if text.strip() in self.instrument.item_ids:
            return text.strip()
        found = self._items.get(normal_word(text), [])
        return found[0] if len(found) == 1 else None

    def _comments(self, name: str) -> set[Meaning]:
        word = normal_word(name)
        prefixes = [alias for alias, field in self.words.columns.items() if field == "comment"]
        found: set[Meaning] = set()
        for prefix in prefixes:
            if not word.startswith(prefix):
                continue
            rest = word[len(prefix) :]
            if rest[:1] in {"_", " ", "-"}:
                exact = name.strip()[len(prefix) + 1 :]
                matches = [exact] if exact in self.instrument.item_ids else self._items.get(rest[1:].strip(), [])
                found |= {("comment", item_id) for item_id in matches}
        return found


def read_layout(table: Table, header: Header, problems: Collector) -> Layout | None:
    """Understand the columns of a table; None if too little is there to read the rows.

    Parameters
    ----------
    table : Table
        The file.
    header : Header
        What names mean.
    problems : Collector
        Gets unknown, doubtful, doubled and missing columns.
    """
    found: dict[Meaning, Column] = {}
    guarded = any(column.name == GUARD_COLUMN for column in table.columns)
    for written in table.columns:
        column = _without_guard(written) if guarded else written
        if not column.name:
            if column.filled().any():
                problems.add(
                    f"{table.name}, column {column.label}",
                    "The column has values but no name.",
                    "Name it in the first row, or delete it; x_… is ignored.",
                    column=column.index,
                )
            continue
        meaning = _one_meaning(table, column, header, problems)
        if meaning is None:
            continue
        if meaning in found:
            _say_double(table, column, found[meaning], meaning, problems)
        else:
            found[meaning] = column
    shape = _shape(table, found, problems)
    if shape is None:
        return None
    layout = Layout(
        shape,
        {name: column for (kind, name), column in found.items() if kind == "field"},
        {name: column for (kind, name), column in found.items() if kind == "item"},
        _comment_columns(shape, found),
        tuple(name for kind, name in found if kind == "ignored" and name != GUARD_COLUMN),
    )
    complete = _check_required(table, layout, header.instrument, problems)
    if layout.ignored:
        problems.note(f"Ignored columns: {', '.join(layout.ignored)}")
    return layout if complete else None


def _without_guard(column: Column) -> Column:
    """Take away the apostrophe that stands before texts which a spreadsheet would calculate."""
    values = (value[1:] if isinstance(value, str) and value.startswith("'") else value for value in column.values)
    return replace(column, values=tuple(values))


def _one_meaning(table: Table, column: Column, header: Header, problems: Collector) -> Meaning | None:
    meanings = header.meanings(column.name)
    if len(meanings) == 1:
        return next(iter(meanings))
    where = f"{table.name}, column {column.label}"
    if not meanings:
        problems.add(
            where,
            f"No item of {header.instrument.reference} and no other column is called “{column.name}”.",
            f"{did_you_mean(column.name, header.names())}Rename it, or put x_ before the name to have it ignored.",
            column=column.index,
        )
    else:
        readings = " or ".join(sorted(_called(meaning) for meaning in meanings))
        remedy = "Write the id exactly as the instrument does, or the English name of the column."
        problems.add(where, f"“{column.name}” may mean {readings}.", remedy, column=column.index)
    return None


def _say_double(table: Table, column: Column, first: Column, meaning: Meaning, problems: Collector) -> None:
    problems.add(
        f"{table.name}, column {column.label}",
        f"Means the same as column {first.label}: {_called(meaning)}.",
        "Keep one of them; put x_ before the other’s name, or delete it.",
        column=column.index,
    )


def _called(meaning: Meaning) -> str:
    kind, name = meaning
    return {"item": f"item {name}", "comment": f"the comment on {name}"}.get(kind, name)


def _shape(table: Table, found: dict[Meaning, Column], problems: Collector) -> TableShape | None:
    wide = [name for kind, name in found if kind == "item"]
    long = [name for name in ("item", "answer") if ("field", name) in found]
    if wide and long:
        problems.add(
            f"{table.name}, row 1",
            f"Columns of both shapes: {wide[0]} (one row per respondent) and {long[0]} (one row per answer).",
            "Keep one shape: a column for each item, or the two columns item and answer.",
        )
        return None
    if wide:
        return "wide"
    if len(long) == 2:
        return "long"
    what = f"There is a column {long[0]} alone." if long else "No column holds answers."
    remedy = (
        "Give each item a column named by its id (LO1 …), or use the two columns item and answer, one row an answer."
    )
    problems.add(f"{table.name}, row 1", what, remedy)
    return None


def _comment_columns(shape: TableShape, found: dict[Meaning, Column]) -> dict[str, Column]:
    comments = {name: column for (kind, name), column in found.items() if kind == "comment"}
    if shape == "wide" and ("field", "comment") in found:
        comments[""] = found["field", "comment"]
    return comments


def _check_required(table: Table, layout: Layout, instrument: Instrument, problems: Collector) -> bool:
    """Report columns that are missing; return whether the rows can be read all the same."""
    where = f"{table.name}, row 1"
    remedies = {
        "organisation": "Add a column organisation with the same name in every row, also if there is only one.",
        "role": f"Add a column role; roles are {', '.join(role.id for role in instrument.roles)}.",
    }
    if layout.shape == "long":
        remedies["respondent"] = "Add a column respondent: the same id in all rows of one person."
        for name in layout.comments:
            problems.add(
                where, f"A column comment_{name} in a file with one row per answer.", "Use the column comment."
            )
    elif "wave" not in layout.fields and "respondent" not in layout.fields:
        remedies["wave"] = "Add a column wave, e.g. 2026-10; without it and without respondents, waves may be mixed."
    missing = [name for name in remedies if name not in layout.fields]
    for name in missing:
        problems.add(where, f"The column {name} is missing.", remedies[name])
    if layout.shape == "wide":
        _check_items(where, layout, instrument, problems)
    return not missing


def is_pulse_form(instrument: Instrument, items: Iterable[str]) -> bool:
    """Whether just the items of the pulse form are there, and the full form has more."""
    pulse = {item.id for item in instrument.items if item.pulse}
    return set(items) == pulse and len(pulse) < len(instrument.items)


def _check_items(where: str, layout: Layout, instrument: Instrument, problems: Collector) -> None:
    missing = [item.id for item in instrument.items if item.id not in layout.items]
    if missing and not is_pulse_form(instrument, layout.items):
        noun = "column is" if len(missing) == 1 else "columns are"
        problems.add(
            where,
            f"{len(missing)} item {noun} missing: {_list_some(missing)}.",
            "Add them, and leave them blank where an item wasn’t asked; a file may also hold just the pulse items.",
        )


def _list_some(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
