"""Finding the one respondent who is meant: by e-mail address, name, pseudonym, or the link that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cxassess.engagement.invitations import email_key
from cxassess.engagement.store import Store
from cxassess.engagement.text import name_key
from cxassess.engagement.tokens import token_key
from cxassess.errors import CxassessError

_MAX_SHOWN: Final = 80
_MOST_LISTED: Final = 10
#: Every table in which somebody's pseudonym may stand, those that refer to others first.
PSEUDONYM_TABLES: Final = (
    "snapshot_answer",
    "snapshot_response",
    "answer",
    "response",
    "dot",
    "invitation",
    "contact",
    "action",
    "note",
    "person",
)


@dataclass(frozen=True)
class Respondent:
    """Whose data it is.

    Parameters
    ----------
    pseudonym : str
        Under which everything about them is kept.
    name, email, language : str
        Blank for whoever joined without a name, or answered an anonymous wave.
    """

    pseudonym: str
    name: str = ""
    email: str = ""
    language: str = ""


def find_respondent(store: Store, wanted: str) -> Respondent:
    """Return the respondent who is meant.

    Parameters
    ----------
    store : Store
        The engagement.
    wanted : str
        E-mail address, name, pseudonym, or (also of an anonymous wave) the link or token that they were sent.

    Raises
    ------
    CxassessError
        If there is nobody like that, or more than one.
    """
    people = [Respondent(*map(str, row)) for row in store.rows("SELECT pseudonym, name, email, language FROM person")]
    for key, read in (
        (email_key(wanted), lambda one: email_key(one.email)),
        (wanted.strip(), lambda one: one.pseudonym),
        (name_key(wanted), lambda one: name_key(one.name)),
    ):
        found = [one for one in people if key and read(one) == key]
        if len(found) == 1:
            return found[0]
        if found:
            listed = sorted(one.email for one in found)
            more = f" … and {len(listed) - _MOST_LISTED} more" if len(listed) > _MOST_LISTED else ""
            addresses = ", ".join(listed[:_MOST_LISTED]) + more
            what = f"{len(found)} people are called “{wanted[:_MAX_SHOWN]}”."
            raise CxassessError.single(store.name, what, f"Name one of them by the e-mail address: {addresses}.")
    pseudonym = _by_token(store, wanted) or (wanted.strip() if wanted.strip() in list_pseudonyms(store) else "")
    if pseudonym:
        return next((one for one in people if one.pseudonym == pseudonym), Respondent(pseudonym))
    remedy = (
        "Check the spelling, and write the e-mail address as in the invitation. What was answered in an anonymous wave "
        "is found only by the link that the respondent was sent."
    )
    raise CxassessError.single(store.name, f"There is no respondent “{wanted[:_MAX_SHOWN]}”.", remedy)


def list_pseudonyms(store: Store) -> set[str]:
    """Return every pseudonym in the engagement."""
    found = set()
    for table in PSEUDONYM_TABLES:
        if table == "dot" and store.version < 4:
            continue
        found |= {str(row[0]) for row in store.rows(f"SELECT DISTINCT pseudonym FROM {table}") if row[0]}  # noqa: S608  (constants)
    return found


def list_unlinked(store: Store, pseudonym: str) -> tuple[str, ...]:
    """Return the anonymous waves that somebody was asked in: nothing links them to what was answered there."""
    rows = store.rows(
        "SELECT DISTINCT w.number, w.name FROM contact c JOIN wave w ON w.name = c.wave "
        "WHERE c.pseudonym = ? AND w.anonymous = 1 ORDER BY w.number",
        pseudonym,
    )
    return tuple(str(name) for _, name in rows)


def _by_token(store: Store, wanted: str) -> str:
    key = token_key(wanted.strip().rstrip("/").rpartition("/")[2])
    rows = store.rows("SELECT pseudonym FROM invitation WHERE token_key = ?", key) if key else []
    return str(rows[0][0]) if rows else ""
