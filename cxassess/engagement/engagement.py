"""An engagement: everything of one client, in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxassess.context import OrganisationContext
from cxassess.engagement import (
    admission,
    answers,
    erasure,
    frozen,
    invitations,
    personal_data,
    status,
    votes,
    waves,
)
from cxassess.engagement.erasure import Erasure
from cxassess.engagement.model import (
    Admission,
    AuditEntry,
    Change,
    Closing,
    Form,
    Invited,
    Person,
    Saved,
    SavedAnswer,
    Snapshot,
    Wave,
)
from cxassess.engagement.plan import Plan
from cxassess.engagement.status import Status
from cxassess.engagement.store import Store
from cxassess.engagement.workshop import Workshop
from cxassess.instrument import Instrument

if TYPE_CHECKING:
    from cxassess.responses import Responses


class Engagement:
    """One client's engagement, open: one connection, for one thread.

    Parameters
    ----------
    path : Path
        The file.
    store : Store
        What is in it.
    """

    def __init__(self, path: Path, store: Store) -> None:
        self.path = path
        self._store = store

    def __enter__(self) -> Engagement:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Engagement {self.path.name}: {self.organisation}>"

    def close(self) -> None:
        """Close the file."""
        self._store.database.close()

    @property
    def id(self) -> str:
        """Random, and the engagement's own wherever it is copied to."""
        return self._store.setting("id")

    @property
    def organisation(self) -> str:
        """The client."""
        return self._store.setting("organisation")

    @property
    def language(self) -> str:
        """The language to begin with."""
        return self._store.setting("language")

    def instrument(self, language: str = "", reference: str = "") -> Instrument:
        """Return the instrument as it is kept in the file; in the engagement's language if none is given."""
        return self._store.instrument(reference, language)

    def instrument_files(self, reference: str = "") -> dict[str, bytes]:
        """Return the instrument's files as they are kept, by name."""
        return self._store.instrument_files(reference)

    def transaction(self) -> AbstractContextManager[None]:
        """Put several calls into one commit; only after it are they to be acknowledged.

        A call that fails takes back what it has done itself, and no other call's.
        """
        return self._store.transaction()

    # ------------------------------------------------------------ waves

    def add_wave(
        self,
        name: str,
        *,
        form: Form = "full",
        anonymous: bool = False,
        closes_on: date | None = None,
        texts: Mapping[str, Any] | None = None,
        elements: Sequence[str] = (),
    ) -> Wave:
        """Plan a wave: see `waves.add_wave`."""
        options: dict[str, Any] = {"closes_on": closes_on, "texts": texts, "elements": elements}
        return waves.add_wave(self._store, name, form=form, anonymous=anonymous, **options)

    def waves(self) -> tuple[Wave, ...]:
        """Return all waves, in the order in which they were planned."""
        return waves.waves(self._store)

    def wave(self, name: str) -> Wave:
        """Return a wave by its name; CxassessError if there is none."""
        return waves.wave(self._store, name)

    def open_wave(self, name: str) -> Wave:
        """Take answers from now on."""
        return waves.open_wave(self._store, name)

    def close_wave(self, name: str) -> Closing:
        """Take no more answers, and freeze what was handed in: see `frozen.close_wave`."""
        return frozen.close_wave(self._store, name)

    def freeze_wave(self, name: str) -> Snapshot:
        """Freeze what was handed in so far, for reports: see `frozen.freeze_wave`."""
        return frozen.freeze_wave(self._store, name)

    def texts(self, wave: str) -> dict[str, Any]:
        """Return what the consultant wrote for the questionnaire's pages."""
        return waves.read_texts(self._store, wave)

    def set_texts(self, wave: str, texts: Mapping[str, Any]) -> None:
        """Keep what the consultant wrote for the questionnaire's pages: see `waves.set_texts`."""
        waves.set_texts(self._store, wave, texts)

    # ------------------------------------------------------------ people

    def invite(
        self,
        people: Sequence[Person],
        wave: str,
        *,
        expires_on: date | None = None,
        within_days: int | None = None,
        force: bool = False,
    ) -> list[Invited]:
        """Invite people to a wave, each with a token of their own: see `invitations.invite`."""
        return invitations.invite(
            self._store, people, wave, expires_on=expires_on, within_days=within_days, force=force
        )

    def withdraw(self, emails: Sequence[str], wave: str) -> int:
        """Withdraw people's invitations to a wave; return how many it were."""
        return invitations.withdraw(self._store, emails, wave)

    def join_code(self, wave: str, *, expires_on: date | None = None) -> str:
        """Return a new code with which everybody in a room can join a wave."""
        return admission.make_join_code(self._store, wave, expires_on=expires_on)

    def join(self, code: str, *, role: str, unit: str = "") -> str | None:
        """Return a token for somebody in the room; None if the code is no good."""
        return admission.join(self._store, code, role=role, unit=unit)

    def status(self, wave: str) -> Status:
        """Return how many were invited, have begun and have answered: see `status.read_status`."""
        return status.read_status(self._store, wave)

    def reminders(self, wave: str) -> tuple[Person, ...]:
        """Return who may be reminded: see `invitations.list_reminders`."""
        return invitations.list_reminders(self._store, wave)

    # ------------------------------------------------------------ respondents

    def admit(self, token: str) -> Admission | None:
        """Let a respondent in; None for a token that is unknown, expired or withdrawn."""
        return admission.admit(self._store, token)

    def answers(self, admission: Admission) -> dict[str, SavedAnswer]:
        """Return what a respondent has saved: item → answer."""
        return answers.read_answers(self._store, admission)

    def save(self, admission: Admission, change: Change) -> Saved:
        """Store one change; it returns once that is committed, or raises ``Refused``: see `answers.save`."""
        return answers.save(self._store, admission, change)

    def submit(self, admission: Admission) -> None:
        """Hand the form in."""
        answers.submit(self._store, admission)

    def reopen(self, admission: Admission) -> None:
        """Take the form back, to change an answer while the wave is open."""
        answers.reopen(self._store, admission)

    # ------------------------------------------------------------ workshop

    def workshop(self, wave: str) -> Workshop:
        """Return the workshop of a wave, whether it has begun or not."""
        return Workshop(self._store, wave)

    @property
    def plan(self) -> Plan:
        """Actions and targets, over all waves."""
        return Plan(self._store)

    def give_dots(self, admission: Admission, dots: Mapping[str, int]) -> None:
        """Store a respondent's dots for the elements that matter most: see `votes.give_dots`."""
        votes.give_dots(self._store, admission, dots)

    def own_dots(self, admission: Admission) -> dict[str, int]:
        """Return the dots that a respondent has given: element → how many."""
        return votes.read_own_dots(self._store, admission)

    # ------------------------------------------------------------ what comes of it

    def responses(self, waves: Sequence[str] | None = None, *, language: str = "") -> Responses:
        """Return the responses of the newest frozen snapshot of each wave: see `responses.read_responses`."""
        from cxassess.engagement.responses import read_responses  # noqa: PLC0415  (slow to load)

        return read_responses(self._store, waves, language=language)

    def contexts(self) -> dict[str, OrganisationContext]:
        """Return what the engagement knows besides: people invited, targets, agreements and actions."""
        from cxassess.engagement.responses import read_contexts  # noqa: PLC0415  (slow to load)

        return read_contexts(self._store)

    def snapshots(self, wave: str) -> tuple[Snapshot, ...]:
        """Return a wave's snapshots, oldest first."""
        return frozen.list_snapshots(self._store, wave)

    def personal_data(self, respondent: str) -> dict[str, Any]:
        """Return everything that is stored about one respondent: see `personal_data.collect_personal_data`."""
        return personal_data.collect_personal_data(self._store, respondent)

    def erase(self, *respondents: str) -> Erasure:
        """Erase respondents for good: see `erasure.erase_respondents`."""
        return erasure.erase_respondents(self._store, respondents)

    def audit(self) -> tuple[AuditEntry, ...]:
        """Return what was done, and when; no personal data."""
        rows = self._store.rows("SELECT at, event, wave, detail FROM audit ORDER BY number")
        return tuple(AuditEntry(*map(str, row)) for row in rows)
