"""One respondent's data, all of it: what a person may ask to see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cxassess.engagement.respondents import Respondent, find_respondent, list_unlinked
from cxassess.engagement.store import Store
from cxassess.engagement.whole import write_new
from cxassess.errors import CxassessError
from cxassess.instrument import Instrument
from cxassess.language import LANGUAGES, Language, get_language
from cxassess.spreadsheets import guard_formula

JSON_NAME: Final = "personal-data.json"
CSV_NAME: Final = "personal-data.csv"
_ACTION: Final = (
    *("id", "wave", "number", "kind", "element", "title", "owner"),
    *("due_on", "metric", "state", "note", "revision"),
)
_SEMICOLON: Final = ("da", "sv")


def collect_personal_data(store: Store, wanted: str) -> dict[str, Any]:
    """Return everything that is stored about one respondent, as plain data.

    Parameters
    ----------
    store : Store
        The engagement.
    wanted : str
        As for `respondents.find_respondent`.

    Returns
    -------
    dict
        ``person``; ``asked`` (the log of who was asked when); ``waves`` with the invitation, ``answers`` as they are
        now, ``frozen`` copies of them and ``dots`` given in a workshop; ``actions``; ``notes``; and ``not_included``,
        the anonymous waves in which nothing links the person to what was answered.

    Raises
    ------
    CxassessError
        If there is nobody like that, or more than one.
    """
    found = find_respondent(store, wanted)
    language = _choose_language(store, found)
    key = found.pseudonym
    asked = store.rows("SELECT wave, asked_on FROM contact WHERE pseudonym = ? ORDER BY asked_on, wave", key)
    return {
        "organisation": store.setting("organisation"),
        "engagement": store.setting("id"),
        "written_at": store.now(),
        "language": language,
        "person": {"pseudonym": key, "name": found.name, "email": found.email, "language": found.language},
        "asked": [{"wave": wave, "on": day} for wave, day in asked],
        "waves": list(_collect_waves(store, key, language)),
        "actions": _collect(store, key, "action", _ACTION),
        "notes": _collect(store, key, "note", ("id", "wave", "item", "text", "revision")),
        "not_included": list(list_unlinked(store, key)),
    }


def write_personal_data(data: dict[str, Any], folder: str | Path, *, language: str = "") -> tuple[Path, Path]:
    """Write one respondent's data as JSON and as CSV for a spreadsheet, for this user only.

    Parameters
    ----------
    data : dict
        From `collect_personal_data`.
    folder : str or Path
        An existing one; files that are there are refused.
    language : str
        Of the CSV file's words; the respondent's if empty. The names in the JSON file are always English.

    Returns
    -------
    tuple of Path
        The two files.

    Raises
    ------
    CxassessError
        If they can't be written; then neither is.
    """
    folder = Path(folder)
    code = language or str(data["language"])
    contents = {
        folder / JSON_NAME: (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode(),
        folder / CSV_NAME: _write_csv(data, get_language(code)).encode("utf-8-sig"),
    }
    written: list[Path] = []
    try:
        for path, content in contents.items():
            with write_new(path) as part:
                part.write_bytes(content)
            written.append(path)
    except CxassessError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return folder / JSON_NAME, folder / CSV_NAME


def list_texts(data: dict[str, Any]) -> list[str]:
    """Return what tells the respondent from others: name, address, pseudonym, and all they have written."""
    texts = [data["person"][field] for field in ("pseudonym", "name", "email")]
    for wave in data["waves"]:
        given = [*wave["answers"], *(answer for frozen in wave["frozen"] for answer in frozen["answers"])]
        texts += [answer.get(field, "") for answer in given for field in ("why", "comment")]
    texts += [note["text"] for note in data["notes"]]
    return sorted({text for text in texts if text})


def _choose_language(store: Store, found: Respondent) -> str:
    own = found.language or store.setting("language")
    return own if own in LANGUAGES and own in store.instrument().languages else store.setting("language")


def _collect_waves(store: Store, key: str, language: str) -> Iterator[dict[str, Any]]:
    rows = store.rows(
        "SELECT w.name, w.form, w.anonymous, w.instrument, i.role, i.unit, i.token_key, i.expires_on, i.withdrawn, "
        "i.joined, r.saved_at, r.submitted_at, r.seconds FROM invitation i JOIN wave w ON w.name = i.wave "
        "LEFT JOIN response r ON r.wave = i.wave AND r.pseudonym = i.pseudonym WHERE i.pseudonym = ? ORDER BY w.number",
        key,
    )
    for (
        wave,
        form,
        anonymous,
        reference,
        role,
        unit,
        token_key,
        expires,
        withdrawn,
        joined,
        saved,
        handed,
        spent,
    ) in rows:
        instrument = store.instrument(str(reference), language)
        yield {
            "wave": wave,
            "form": form,
            "anonymous": bool(anonymous),
            "role": role,
            "role_name": next((one.name for one in instrument.roles if one.id == role), str(role)),
            "unit": unit,
            "link": {"sha256": token_key, "good_until": expires, "withdrawn": bool(withdrawn)},
            "joined_with_room_code": bool(joined),
            "last_saved_at": saved,
            "handed_in_at": handed,
            "seconds_spent": spent,
            "answers": _collect_answers(store, key, str(wave), instrument),
            "frozen": list(_collect_frozen(store, key, str(wave), instrument)),
            "dots": _collect_dots(store, key, str(wave), instrument),
        }


def _collect_answers(store: Store, key: str, wave: str, instrument: Instrument) -> list[dict[str, Any]]:
    select = "SELECT item, level, flag, why, comment, revision FROM answer WHERE wave = ? AND pseudonym = ?"
    found = {str(row[0]): row for row in store.rows(select, wave, key)}
    return [
        {**_describe(instrument, item, *found[item][1:3]), "why": found[item][3], "comment": found[item][4]}
        | {"revision": found[item][5]}
        for item in instrument.item_ids
        if item in found
    ]


def _collect_frozen(store: Store, key: str, wave: str, instrument: Instrument) -> Iterator[dict[str, Any]]:
    rows = store.rows(
        "SELECT s.number, s.taken_on, f.role, f.unit, f.answered_at, f.seconds FROM snapshot_response f "
        "JOIN snapshot s ON s.wave = f.wave AND s.number = f.number WHERE f.wave = ? AND f.pseudonym = ? "
        "ORDER BY s.number",
        wave,
        key,
    )
    select = "SELECT item, level, flag, comment FROM snapshot_answer WHERE wave = ? AND number = ? AND pseudonym = ?"
    for number, taken_on, role, unit, answered_at, seconds in rows:
        found = {str(row[0]): row for row in store.rows(select, wave, number, key)}
        yield {
            "snapshot": number,
            "taken_on": taken_on,
            "role": role,
            "unit": unit,
            "answered_at": answered_at,
            "seconds_spent": seconds,
            "answers": [
                {**_describe(instrument, item, *found[item][1:3]), "comment": found[item][3]}
                for item in instrument.item_ids
                if item in found
            ],
        }


def _collect_dots(store: Store, key: str, wave: str, instrument: Instrument) -> list[dict[str, Any]]:
    rows = store.rows("SELECT element, dots FROM dot WHERE wave = ? AND pseudonym = ?", wave, key)
    given = {str(element): dots for element, dots in rows}
    return [
        {"element": one.id, "element_name": one.name, "dots": given[one.id]}
        for one in instrument.elements
        if one.id in given
    ]


def _describe(instrument: Instrument, item_id: str, level: object, flag: object) -> dict[str, Any]:
    item = instrument.item(item_id)
    said = next((anchor.text for anchor in item.anchors if anchor.level == level), None)
    return {"item": item_id, "item_name": item.name, "level": level, "level_text": said, "flag": flag}


def _collect(store: Store, key: str, table: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = store.rows(f"SELECT {', '.join(columns)} FROM {table} WHERE pseudonym = ? ORDER BY id", key)  # noqa: S608  (constants)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _write_csv(data: dict[str, Any], words: Language) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";" if words.code in _SEMICOLON else ",", lineterminator="\r\n")
    columns = ("section", "wave", "what", "value", "why", "comment", "revision")
    writer.writerow([words.text(f"personal_data.columns.{column}") for column in columns])
    for row in _list_rows(data, words):
        cells = ["" if cell is None else str(cell) for cell in row]
        writer.writerow([guard_formula(cell) for cell in cells] + [""] * (len(columns) - len(cells)))
    return stream.getvalue()


def _list_rows(data: dict[str, Any], words: Language) -> Iterator[tuple[object, ...]]:
    """Return the lines of the CSV file: section, wave, what, value, why, comment, revision."""

    def say(key: str, **values: object) -> str:
        return words.text(f"personal_data.{key}", **values)

    def answer_value(answer: dict[str, Any]) -> str:
        if answer["flag"]:
            return say(f"flags.{answer['flag']}")
        return f"{answer['level']} · {answer['level_text']}" if answer["level"] else say("taken_back")

    person = say("sections.person")
    yield person, "", say("fields.organisation"), data["organisation"]
    for field in ("name", "email", "language", "pseudonym"):
        if data["person"][field]:
            yield person, "", say(f"fields.{field}"), data["person"][field]
    for asked in data["asked"]:
        yield say("sections.asked"), asked["wave"], say("fields.asked_on"), asked["on"]
    for wave in data["waves"]:
        name, section = wave["wave"], say("sections.invitation")
        values = {
            "role": wave["role_name"],
            "unit": wave["unit"],
            "link": wave["link"]["sha256"],
            "good_until": wave["link"]["good_until"],
            "withdrawn": say("yes") if wave["link"]["withdrawn"] else "",
            "joined": say("yes") if wave["joined_with_room_code"] else "",
            "saved_at": wave["last_saved_at"],
            "handed_in_at": wave["handed_in_at"],
            "seconds": wave["seconds_spent"],
        }
        yield from ((section, name, say(f"fields.{field}"), value) for field, value in values.items() if value)
        for answer in wave["answers"]:
            shown = (answer_value(answer), answer["why"], answer["comment"], answer["revision"])
            yield say("sections.answers"), name, answer["item_name"], *shown
        for frozen in wave["frozen"]:
            section = say("sections.frozen", number=frozen["snapshot"], day=frozen["taken_on"])
            values = {"role": wave["role_name"], "unit": frozen["unit"], "handed_in_at": frozen["answered_at"]}
            values |= {"seconds": frozen["seconds_spent"]}
            yield from ((section, name, say(f"fields.{field}"), value) for field, value in values.items() if value)
            for answer in frozen["answers"]:
                yield section, name, answer["item_name"], answer_value(answer), "", answer["comment"]
        for dot in wave["dots"]:
            yield say("sections.dots"), name, dot["element_name"], dot["dots"]
    for action in data["actions"]:
        yield (
            say("sections.actions"),
            action["wave"],
            action["title"],
            action["owner"],
            action["metric"],
            action["note"],
        )
    for note in data["notes"]:
        yield say("sections.notes"), note["wave"], say("fields.note"), note["text"]
    for wave_name in data["not_included"]:
        yield say("sections.not_included"), wave_name, "", say("unlinked")
