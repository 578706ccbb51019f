"""The tables of an engagement, as numbered steps: a file is brought up to date by the steps that it lacks.

``pseudonym`` is in every table that holds anything of one person. ``person`` is the only one with a name or an e-mail
address. In an anonymous wave, the pseudonym in ``invitation``, ``response``, ``answer`` and the snapshots is another
one than the person's, made for the invitation, and nothing links the two; ``contact`` then tells that a person was
asked, and no more. ``erased`` holds hashes of the pseudonyms of those who were erased. ``undo`` holds rows as they were
before the workshop's last steps; it is emptied when somebody is erased. Times are ISO texts, in UTC; flags are 0 or 1.
"""

from __future__ import annotations

from typing import Final

from cxassess.engagement.database import Database

#: Version → statements that lead to it from the version before.
STEPS: Final[dict[int, tuple[str, ...]]] = {
    1: (
        """CREATE TABLE setting (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL)""",
        """CREATE TABLE instrument_file (
            instrument TEXT NOT NULL,
            name TEXT NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (instrument, name))""",
        """CREATE TABLE wave (
            name TEXT NOT NULL PRIMARY KEY,
            number INTEGER NOT NULL UNIQUE,
            form TEXT NOT NULL,
            anonymous INTEGER NOT NULL,
            state TEXT NOT NULL,
            instrument TEXT NOT NULL,
            closes_on TEXT,
            opened_on TEXT,
            closed_on TEXT,
            texts TEXT)""",
        """CREATE TABLE person (
            pseudonym TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            email TEXT NOT NULL,
            email_key TEXT NOT NULL UNIQUE,
            language TEXT NOT NULL)""",
        """CREATE TABLE contact (
            pseudonym TEXT NOT NULL REFERENCES person,
            wave TEXT NOT NULL REFERENCES wave,
            asked_on TEXT NOT NULL,
            PRIMARY KEY (pseudonym, wave, asked_on))""",
        """CREATE TABLE invitation (
            wave TEXT NOT NULL REFERENCES wave,
            pseudonym TEXT NOT NULL,
            token_key TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            unit TEXT NOT NULL,
            expires_on TEXT NOT NULL,
            withdrawn INTEGER NOT NULL,
            joined INTEGER NOT NULL,
            PRIMARY KEY (wave, pseudonym))""",
        """CREATE TABLE join_code (
            wave TEXT NOT NULL PRIMARY KEY REFERENCES wave,
            code_key TEXT NOT NULL UNIQUE,
            expires_on TEXT NOT NULL,
            joined INTEGER NOT NULL)""",
        """CREATE TABLE response (
            wave TEXT NOT NULL,
            pseudonym TEXT NOT NULL,
            submitted_at TEXT,
            saved_at TEXT,
            seconds INTEGER,
            PRIMARY KEY (wave, pseudonym),
            FOREIGN KEY (wave, pseudonym) REFERENCES invitation)""",
        """CREATE TABLE answer (
            wave TEXT NOT NULL,
            pseudonym TEXT NOT NULL,
            item TEXT NOT NULL,
            level INTEGER,
            flag TEXT,
            why TEXT NOT NULL,
            comment TEXT NOT NULL,
            revision INTEGER NOT NULL,
            PRIMARY KEY (wave, pseudonym, item),
            FOREIGN KEY (wave, pseudonym) REFERENCES response)""",
        """CREATE TABLE snapshot (
            wave TEXT NOT NULL REFERENCES wave,
            number INTEGER NOT NULL,
            taken_on TEXT NOT NULL,
            respondents INTEGER NOT NULL,
            invited TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (wave, number))""",
        """CREATE TABLE snapshot_response (
            wave TEXT NOT NULL,
            number INTEGER NOT NULL,
            pseudonym TEXT NOT NULL,
            role TEXT NOT NULL,
            unit TEXT NOT NULL,
            answered_at TEXT NOT NULL,
            seconds INTEGER,
            PRIMARY KEY (wave, number, pseudonym),
            FOREIGN KEY (wave, number) REFERENCES snapshot)""",
        """CREATE TABLE snapshot_answer (
            wave TEXT NOT NULL,
            number INTEGER NOT NULL,
            pseudonym TEXT NOT NULL,
            item TEXT NOT NULL,
            level INTEGER,
            flag TEXT,
            comment TEXT NOT NULL,
            PRIMARY KEY (wave, number, pseudonym, item),
            FOREIGN KEY (wave, number, pseudonym) REFERENCES snapshot_response)""",
        """CREATE TABLE audit (
            number INTEGER NOT NULL PRIMARY KEY,
            at TEXT NOT NULL,
            event TEXT NOT NULL,
            wave TEXT NOT NULL,
            detail TEXT NOT NULL)""",
    ),
    2: (
        """CREATE TABLE consensus (
            wave TEXT NOT NULL REFERENCES wave,
            item TEXT NOT NULL,
            level INTEGER,
            reason TEXT NOT NULL,
            agreed_on TEXT NOT NULL,
            revision INTEGER NOT NULL,
            PRIMARY KEY (wave, item))""",
        """CREATE TABLE action (
            id TEXT NOT NULL PRIMARY KEY,
            wave TEXT NOT NULL REFERENCES wave,
            element TEXT NOT NULL,
            title TEXT NOT NULL,
            owner TEXT NOT NULL,
            pseudonym TEXT,
            due_on TEXT,
            metric TEXT NOT NULL,
            state TEXT NOT NULL,
            revision INTEGER NOT NULL)""",
        """CREATE TABLE note (
            id TEXT NOT NULL PRIMARY KEY,
            wave TEXT NOT NULL REFERENCES wave,
            item TEXT NOT NULL,
            text TEXT NOT NULL,
            pseudonym TEXT,
            revision INTEGER NOT NULL)""",
    ),
    3: (
        """CREATE TABLE erased (
            erasure_key TEXT NOT NULL PRIMARY KEY)""",
        """CREATE TABLE snapshot_erased (
            wave TEXT NOT NULL,
            number INTEGER NOT NULL,
            forms INTEGER NOT NULL,
            PRIMARY KEY (wave, number),
            FOREIGN KEY (wave, number) REFERENCES snapshot)""",
    ),
    4: (
        "ALTER TABLE wave ADD COLUMN elements TEXT",
        "ALTER TABLE consensus ADD COLUMN votes INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE consensus ADD COLUMN total INTEGER",
        "ALTER TABLE consensus ADD COLUMN dissent INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE action ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE action ADD COLUMN kind TEXT NOT NULL DEFAULT 'start'",
        "ALTER TABLE action ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        """CREATE TABLE workshop (
            wave TEXT NOT NULL PRIMARY KEY REFERENCES wave,
            step TEXT NOT NULL,
            item TEXT NOT NULL,
            revealed INTEGER NOT NULL,
            seconds_left INTEGER NOT NULL,
            ends_at TEXT,
            dots_shown INTEGER NOT NULL,
            revision INTEGER NOT NULL)""",
        """CREATE TABLE rating (
            wave TEXT NOT NULL REFERENCES wave,
            element TEXT NOT NULL,
            impact INTEGER NOT NULL,
            effort INTEGER NOT NULL,
            PRIMARY KEY (wave, element))""",
        """CREATE TABLE dot (
            wave TEXT NOT NULL,
            pseudonym TEXT NOT NULL,
            element TEXT NOT NULL,
            dots INTEGER NOT NULL,
            PRIMARY KEY (wave, pseudonym, element),
            FOREIGN KEY (wave, pseudonym) REFERENCES invitation)""",
        """CREATE TABLE target (
            element TEXT NOT NULL PRIMARY KEY,
            hundredths INTEGER NOT NULL,
            due_on TEXT NOT NULL)""",
        """CREATE TABLE undo (
            number INTEGER NOT NULL PRIMARY KEY,
            wave TEXT NOT NULL,
            code TEXT NOT NULL,
            before TEXT NOT NULL)""",
    ),
}
VERSION: Final = max(STEPS)
_VERSION: Final = "schema"


def read_version(database: Database) -> int:
    """Return the version of the tables that are there."""
    rows = database.execute("SELECT value FROM setting WHERE name = ?", (_VERSION,))
    return int(str(rows[0][0])) if rows else 0


def apply_steps(database: Database, version: int = 0, until: int = VERSION) -> None:
    """Bring the tables from one version to another, as part of a transaction."""
    for number in range(version + 1, until + 1):
        for statement in STEPS[number]:
            made = statement.startswith("CREATE TABLE")
            database.execute(f"{statement} {database.table_options}" if made else statement)
    upsert = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    database.execute(upsert, (_VERSION, str(until)))
