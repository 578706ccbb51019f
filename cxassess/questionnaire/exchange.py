"""What the component and an engagement say to each other; the same in a notebook and on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from cxassess.engagement import Admission, Change, Engagement, Refused, SavedAnswer
from cxassess.questionnaire.form import build_form, count_items, estimate_minutes
from cxassess.questionnaire.page import build_page
from cxassess.questionnaire.words import build_refusal, build_words

_KINDS: Final = ("answer", "submit", "reopen")


def describe_wave(engagement: Engagement, wave: str, role: str) -> dict[str, Any]:
    """Return what one role sees of a wave: the traits ``form``, ``survey`` and ``words`` of the component.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    wave : str
        Name of the wave.
    role : str
        The role that is asked.
    """
    asked = engagement.wave(wave)
    languages = engagement.instrument(reference=asked.instrument).languages
    instruments = {code: engagement.instrument(language=code, reference=asked.instrument) for code in languages}
    form = build_form(instruments, role=role, form=asked.form, elements=asked.elements)
    survey = build_page(
        engagement.texts(wave),
        organisation=engagement.organisation,
        languages=languages,
        minutes=estimate_minutes(form),
        anonymous=asked.anonymous,
        closes_on=asked.closes_on,
        items=count_items(form),
    )
    return {"form": form, "survey": survey, "words": build_words(languages)}


def describe_respondent(engagement: Engagement, admission: Admission, *, language: str = "") -> dict[str, Any]:
    """Return what one respondent sees: also the traits ``answers``, ``state``, ``lang`` and ``token_key``.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    admission : Admission
        Of the respondent.
    language : str
        To begin with; empty for the respondent's own.
    """
    seen = describe_wave(engagement, admission.wave, admission.role)
    known = [spoken["code"] for spoken in seen["form"]["languages"]]
    wished = (language, admission.language, engagement.language)
    return seen | {
        "answers": read_answers(engagement, admission),
        "state": admission.state,
        "lang": next((code for code in wished if code in known), known[0]),
        "token_key": admission.token_key,
    }


def read_answers(engagement: Engagement, admission: Admission) -> dict[str, dict[str, Any]]:
    """Return a respondent's stored answers as the component reads them: item → plain values."""
    return {item: asdict(answer) for item, answer in engagement.answers(admission).items()}


def receive(engagement: Engagement, admission: Admission, message: Mapping[str, Any]) -> dict[str, Any] | None:
    """Do what a message of the component asks for, and return the reply; None if it asks for nothing known.

    The reply acknowledges only what is committed, so inside ``engagement.transaction()`` it may be sent only once
    that has ended. An error of the storage is let through: without a reply the component tries again.

    Parameters
    ----------
    engagement : Engagement
        The client's engagement.
    admission : Admission
        Of the respondent; the engagement relies on its token only.
    message : Mapping
        As it came from the browser. Nothing in it is trusted.
    """
    kind, seq = message.get("kind"), message.get("seq")
    if kind not in _KINDS or type(seq) is not int:
        return None
    try:
        if kind == "submit":
            engagement.submit(admission)
        elif kind == "reopen":
            engagement.reopen(admission)
        else:
            saved = engagement.save(admission, _read_change(message))
            return {"kind": "ack", "seq": seq, "revision": saved.revision}
    except Refused as refused:
        languages = engagement.instrument(reference=engagement.wave(admission.wave).instrument).languages
        return refuse(seq, refused.code, languages, refused.stored)
    return {"kind": "ack", "seq": seq}


def refuse(seq: int, code: str, languages: tuple[str, ...], stored: SavedAnswer | None = None) -> dict[str, Any]:
    """Return the reply to a message that was refused."""
    reply: dict[str, Any] = {"kind": "refused", "seq": seq, "code": code, "message": build_refusal(code, languages)}
    return reply if stored is None else reply | {"answer": asdict(stored)}


def _read_change(message: Mapping[str, Any]) -> Change:
    item = message.get("item")
    if not isinstance(item, str):
        raise Refused("unknown_item")
    return Change(
        item,
        level=message.get("level"),
        flag=message.get("flag"),
        why=message.get("why", ""),
        comment=message.get("comment", ""),
        revision=message.get("revision", 0),
    )
