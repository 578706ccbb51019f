"""What the board can be told to do; whatever arrives, the reply is a word for the facilitator and never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from cxassess.context import PlannedAction
from cxassess.engagement import Engagement, Refused, StorageError
from cxassess.engagement.workshop_model import STEPS, NotYet, Step, WorkshopState
from cxassess.errors import CxassessError
from cxassess.workshop.view import MINUTES, Room, enter_room

#: What the hints of the board are called; anything else is said as ``unknown``.
HINTS: Final = frozenset(
    {
        "reveal_first", "too_few_votes", "too_few_dots", "frozen", "revealed_already", "too_many_actions",
        "nothing_to_undo", "undone",
        "nothing_chosen", "no_title", "too_long", "bad_date", "conflict", "closed", "unknown", "recorded", "saved",
    }
)  # fmt: skip
#: What can be said of a step that was undone; of any other, that it was the last.
UNDONE: Final = frozenset({"agree", "rate", "choose", "go", "put", "remove", "target"})
_LONGEST: Final = {"reason": 500, "title": 200, "owner": 100, "metric": 200, "id": 64}  # characters
_MINUTE: Final = 60
_MOST_SECONDS: Final = 3 * 60 * _MINUTE
_RATED: Final = range(1, 6)

Message = Mapping[str, Any]


class _Hint(Exception):  # noqa: N818  (an outcome, with a code for each reason)
    """A command that asks for something else first."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def obey(engagement: Engagement, wave: str, message: Message, language: str = "") -> dict[str, Any]:
    """Do what a message of the board asks for, and return the reply.

    The reply acknowledges only what is committed. An error of the storage is let through: without a reply the board
    says that nothing was saved.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    wave : str
        Name of the wave.
    message : Mapping
        As it came from the browser: ``kind``, ``seq`` and what belongs to the kind. Nothing in it is trusted.
    language : str
        Unused by the commands themselves: a hint is a code, which the board words.

    Returns
    -------
    dict
        ``kind`` (``ack``, ``hint``, or ``refused`` for a message that is none), ``seq``, ``hint``, a code of the
        words' ``hints``, and after an undo ``what``, a code of the words' ``undone``.
    """
    kind, seq = message.get("kind"), message.get("seq")
    number = seq if type(seq) is int else 0
    if kind == "look":
        return {"kind": "ack", "seq": number}
    command = _COMMANDS.get(kind) if isinstance(kind, str) else None
    if command is None or type(seq) is not int:
        return {"kind": "refused", "seq": number, "hint": "unknown"}
    try:
        room = enter_room(engagement, wave)
        with engagement.transaction():
            said = command(room, message)
    except (NotYet, _Hint) as early:
        return {"kind": "hint", "seq": seq, "hint": early.code if early.code in HINTS else "unknown"}
    except Refused as refused:
        return {"kind": "hint", "seq": seq, "hint": "closed" if refused.code == "wave_closed" else "unknown"}
    except StorageError:
        raise
    except CxassessError:
        return {"kind": "hint", "seq": seq, "hint": "conflict" if kind in _SHARED else "unknown"}
    hint, _, what = said.partition(" ")
    return {"kind": "ack", "seq": seq} | ({"hint": hint} if hint else {}) | ({"what": what} if what else {})


# ------------------------------------------------------------------------------------------------ moving about


def _go(room: Room, message: Message) -> str:
    wanted = _one_of(message.get("step"), STEPS)
    step = next(one for one in STEPS if one == wanted)
    before = room.workshop.state()
    if step == before.step:
        return ""
    room.workshop.go(step)
    _give_time(room, step, before)
    return ""


def _choose(room: Room, message: Message) -> str:
    """Put an item on the board, and go to a step if one is named."""
    item = _one_of(message.get("item"), room.workshop.items())
    wanted = _one_of(message["step"], STEPS) if "step" in message else ""
    before = room.workshop.state()
    step = next((one for one in STEPS if one == wanted != before.step), None)
    room.workshop.choose(item, step)
    if step is not None:
        _give_time(room, step, before)
    return ""


def _give_time(room: Room, step: Step, before: WorkshopState) -> None:
    """Set the clock to a step's minutes; it goes on running if it ran."""
    room.workshop.set_timer(MINUTES[step] * _MINUTE, running=before.timer.ends_at is not None)


def _reveal(room: Room, _: Message) -> str:
    """Show the answers, beginning with what the room is furthest apart on."""
    running = room.workshop.state().timer.ends_at is not None
    room.workshop.reveal()
    room.workshop.choose(room.agenda(room.groups())[0])
    room.workshop.set_timer(MINUTES["reveal"] * _MINUTE, running=running)
    return ""


def _timer(room: Room, message: Message) -> str:
    """Start, pause or lengthen the time, from what the file says is left of it."""
    state = room.workshop.state()
    running = state.timer.ends_at is not None
    left = state.timer.seconds_left if running or state.timer.seconds_left else MINUTES[state.step] * _MINUTE
    action = _one_of(message.get("action"), ("start", "pause", "plus"))
    if action == "plus":
        room.workshop.set_timer(min(left + _MINUTE, _MOST_SECONDS), running=running)
    else:
        room.workshop.set_timer(min(left, _MOST_SECONDS), running=action == "start")
    return ""


# ------------------------------------------------------------------------------------------------ what is agreed


def _agree(room: Room, message: Message) -> str:
    item = _one_of(message.get("item"), room.workshop.items())
    level = message.get("level")
    if level is not None and (type(level) is not int or not 1 <= level <= room.instrument.level_count):
        raise _Hint("nothing_chosen")
    dissent = message.get("dissent", 0)
    if type(dissent) is not int or not 0 <= dissent <= room.workshop.counts().here:
        raise _Hint("unknown")
    room.workshop.agree(item, level, dissent=dissent, reason=_text(message, "reason"))
    return "recorded"


# ------------------------------------------------------------------------------------------------ what is planned


def _rate(room: Room, message: Message) -> str:
    impact, effort = message.get("impact"), message.get("effort")
    if type(impact) is not int or type(effort) is not int or impact not in _RATED or effort not in _RATED:
        raise _Hint("unknown")
    room.workshop.rate(_one_of(message.get("element"), room.workshop.elements()), impact, effort)
    return ""


def _show_dots(room: Room, _: Message) -> str:
    room.workshop.show_dots()
    return ""


def _target(room: Room, message: Message) -> str:
    element, level = _one_of(message.get("element"), room.workshop.elements()), message.get("level")
    if level is not None and (type(level) not in (int, float) or not 1 <= level <= room.instrument.level_count):
        raise _Hint("unknown")
    due = _date(message.get("due_on"))
    if due is None:
        raise _Hint("bad_date")
    try:
        room.engagement.plan.set_target(element, level, due)
    except StorageError:
        raise
    except CxassessError as error:
        raise _Hint("bad_date") from error
    return ""


def _put_action(room: Room, message: Message) -> str:
    title, written = _text(message, "title"), message.get("due_on")
    if not title:
        raise _Hint("no_title")
    due = _date(written)
    if written and due is None:
        raise _Hint("bad_date")
    revision = message.get("revision", 0)
    known = {action.id: action for action in room.engagement.plan.actions(room.wave)}
    before = known.get(_text(message, "id"))
    if _text(message, "id") and before is None:
        raise _Hint("conflict")
    fields = {
        "wave": room.wave,
        "kind": _one_of(message.get("action"), ("start", "stop")),
        "element": _one_of(message.get("element", ""), ("", *(element.id for element in room.instrument.elements))),
        "title": title,
        "owner": _text(message, "owner"),
        "due_on": due,
        "metric": _text(message, "metric"),
        "revision": revision if type(revision) is int else 0,
    }
    action = before.model_copy(update=fields) if before else PlannedAction(id="", **fields)
    room.engagement.plan.put(action)
    return "saved"


def _remove_action(room: Room, message: Message) -> str:
    known = [action.id for action in room.engagement.plan.actions(room.wave)]
    room.engagement.plan.remove(_one_of(message.get("id"), known))
    return ""


def _undo(room: Room, _: Message) -> str:
    """Take back the last step; the board says which kind it was."""
    code = room.workshop.undo()
    return f"undone {code if code in UNDONE else 'last'}"


_COMMANDS: Final[Mapping[str, Callable[[Room, Message], str]]] = {
    "go": _go,
    "choose": _choose,
    "reveal": _reveal,
    "timer": _timer,
    "agree": _agree,
    "rate": _rate,
    "dots": _show_dots,
    "target": _target,
    "action": _put_action,
    "remove_action": _remove_action,
    "undo": _undo,
}
_SHARED: Final = ("action", "remove_action")

# ------------------------------------------------------------------------------------------------ what is read


def _one_of(value: object, known: tuple[str, ...] | list[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise _Hint("unknown")
    return value


def _text(message: Message, key: str) -> str:
    """Return a text of a message in one line, without spaces around it."""
    value = message.get(key, "")
    if not isinstance(value, str):
        raise _Hint("unknown")
    text = " ".join(value.split())
    if len(text) > _LONGEST[key]:
        raise _Hint("too_long")
    return text


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
