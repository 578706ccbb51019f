"""The questionnaire in a notebook: saved through the engagement, or shown without saving anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

import anywidget
import traitlets

from cxassess.engagement import Admission, Engagement, open_engagement
from cxassess.errors import CxassessError
from cxassess.instrument import load_instrument
from cxassess.questionnaire.exchange import describe_respondent, describe_wave, read_answers, receive
from cxassess.questionnaire.form import Form, build_form, count_items, estimate_minutes
from cxassess.questionnaire.page import build_page
from cxassess.questionnaire.words import build_words, read_static

Theme = Literal["", "light", "dark"]
_STATE_AFTER: Final = {"submit": "submitted", "reopen": "open"}
_STATE_AFTER_REFUSAL: Final = {"wave_closed": "closed", "not_admitted": "closed", "submitted": "submitted"}


class Component(anywidget.AnyWidget):
    """The browser component as a widget. What the browser can set here is never relied upon in Python."""

    _esm = read_static("component.js")
    _css = read_static("component.css")
    form = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    survey = traitlets.Dict().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode("en").tag(sync=True)
    token_key = traitlets.Unicode("").tag(sync=True)
    theme = traitlets.Unicode("").tag(sync=True)
    state = traitlets.Unicode("open").tag(sync=True)
    device = traitlets.Unicode("memory").tag(sync=True)
    #: Item → what is stored: level, flag, why, comment, revision. For ``observe``; changing it changes nothing.
    responses = traitlets.Dict()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {count_items(self.form)} items>"

    def _tell_stored(self, answers: dict[str, dict[str, Any]], state: str, reply: dict[str, Any]) -> None:
        """Pass on what is stored now, and then that it is."""
        self.answers = answers
        self.responses = answers
        self.state = state
        self.send(reply)


class Questionnaire(Component):
    """One respondent's questionnaire, saved in the engagement at every change.

    A message of the browser may arrive on any thread (JupyterLab uses several), and an engagement belongs to one: so
    each is saved through a connection of its own. It is acknowledged once it is committed.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    respondent : str or Admission
        The token of an invitation, or what ``engagement.admit`` made of it.
    language : str
        To begin with; empty for the respondent's own.
    theme : {"", "light", "dark"}
        Empty follows the browser.
    keep_on_device : bool
        Whether the browser may keep answers that could not be saved yet.

    Raises
    ------
    CxassessError
        If the token lets nobody in.

    Examples
    --------
    >>> questionnaire = Questionnaire(engagement, token)  # doctest: +SKIP
    >>> questionnaire.observe(lambda change: print(len(change.new)), "responses")  # doctest: +SKIP
    """

    def __init__(
        self,
        engagement: Engagement,
        respondent: str | Admission,
        *,
        language: str = "",
        theme: Theme = "",
        keep_on_device: bool = True,
    ) -> None:
        admission = engagement.admit(respondent) if isinstance(respondent, str) else respondent
        if admission is None:
            what = "this token lets nobody in: it is unknown, has run out, or was withdrawn"
            raise CxassessError.single("respondent", what, "Take a token from the list that invite made.")
        self._path = engagement.path
        self._admission = admission
        self._lock = Lock()
        traits = describe_respondent(engagement, admission, language=language)
        device = "store" if keep_on_device else "memory"
        super().__init__(**traits, responses=traits["answers"], theme=theme, device=device)
        self.on_msg(self._receive)

    def _receive(self, _: object, message: Mapping[str, Any], __: object) -> None:
        with self._lock, open_engagement(self._path) as engagement:
            reply = receive(engagement, self._admission, message)
            if reply is None:
                return
            answers = read_answers(engagement, self._admission)
        self._tell_stored(answers, _state_after(message["kind"], reply, self.state), reply)


class Preview(Component):
    """The questionnaire as a role sees it, to be tried out: answers stay in this notebook and are never saved.

    Parameters
    ----------
    source : Engagement, str or Path
        An engagement, of which ``wave`` is shown, or an instrument: a shipped id or a path.
    role : str
        Whose form is shown.
    wave : str
        A wave of the engagement.
    form : {"full", "pulse"}
        Of an instrument: which items are asked. A wave has its own.
    language : str
        To begin with; empty for the first.
    theme : {"", "light", "dark"}
        Empty follows the browser.
    """

    def __init__(
        self,
        source: Engagement | str | Path = "eight_elements",
        *,
        role: str,
        wave: str = "",
        form: Form = "full",
        language: str = "",
        theme: Theme = "",
    ) -> None:
        seen = describe_wave(source, wave, role) if isinstance(source, Engagement) else _describe(source, role, form)
        known = [spoken["code"] for spoken in seen["form"]["languages"]]
        super().__init__(**seen, lang=language if language in known else known[0], theme=theme)
        self.on_msg(self._receive)

    def _receive(self, _: object, message: Mapping[str, Any], __: object) -> None:
        if message.get("kind") == "answer":
            kept = {key: message.get(key) for key in ("level", "flag", "why", "comment")}
            revision = int(message.get("revision") or 0) + 1
            answers = {**self.responses, str(message["item"]): {**kept, "revision": revision}}
            self._tell_stored(answers, self.state, {"kind": "ack", "seq": message["seq"], "revision": revision})
        elif message.get("kind") in ("submit", "reopen"):
            self._tell_stored(self.responses, _STATE_AFTER[message["kind"]], {"kind": "ack", "seq": message["seq"]})


def _state_after(kind: str, reply: Mapping[str, Any], before: str) -> str:
    if reply["kind"] == "refused":
        return _STATE_AFTER_REFUSAL.get(reply["code"], before)
    return _STATE_AFTER.get(kind, before)


def _describe(source: str | Path, role: str, form: Form) -> dict[str, Any]:
    languages = load_instrument(source).languages
    built = build_form({code: load_instrument(source, code) for code in languages}, role=role, form=form)
    survey = build_page(
        None,
        organisation="",
        languages=languages,
        minutes=estimate_minutes(built),
        anonymous=False,
        closes_on=None,
        items=count_items(built),
    )
    return {"form": built, "survey": survey, "words": build_words(languages)}
