"""Addresses of engagements that are kept in PostgreSQL: ``postgresql://user@host:port/database?engagement=name``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from cxassess.errors import CxassessError, Problem

_ADDRESS = re.compile(r"postgresql:(/{1,3})(.*)", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PORT: Final = 5432
_LOOPBACK: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
_KEYS: Final = frozenset({"engagement", "host", "ledger", "sslrootcert"})
_EXAMPLE: Final = "Write postgresql://user@host:port/database?engagement=name."


@dataclass(frozen=True)
class Address:
    """Where an engagement is in PostgreSQL.

    Parameters
    ----------
    engagement : str
        Its name, of which the schema's is made.
    user, host, database : str
        As for every client; a host that begins with a slash is the folder of a socket.
    port : int
        Of the server.
    ledger : str
        File of the ledger of erasures; blank for none.
    root_certificate : str
        File with the certificate of whoever vouches for the server's; blank for the system's.
    password : str
        From the address, or from ``PGPASSWORD``; it is never shown.
    """

    engagement: str
    user: str
    host: str
    database: str
    port: int = _PORT
    ledger: str = ""
    root_certificate: str = ""
    password: str = field(default="", repr=False)

    @property
    def schema(self) -> str:
        """The schema that holds the engagement."""
        return f"cxassess_{self.engagement}"

    @property
    def is_local(self) -> bool:
        """Whether the way to the server does not leave this machine."""
        return self.host in _LOOPBACK or self.host.startswith("/")

    def __str__(self) -> str:
        return f"{self.engagement} (PostgreSQL, {self.database} on {self.host or 'localhost'})"


def is_address(path: str | Path) -> bool:
    """Whether this is the address of an engagement in PostgreSQL, and not a file; also once it went through `Path`."""
    return str(path).startswith("postgresql:/")


def refuse_address(path: str | Path) -> None:
    """Refuse an engagement in PostgreSQL for what is done with files; CxassessError with the remedy."""
    if is_address(path):
        found = read_address(path)
        remedy = f"Use PostgreSQL’s own tools: pg_dump --schema={found.schema} {found.database}, and pg_restore."
        raise CxassessError.single(str(found), "This engagement is in PostgreSQL, and is no file.", remedy)


def read_address(path: str | Path) -> Address:
    """Take an address apart.

    Raises
    ------
    CxassessError
        With everything that is wrong; the address itself, which may hold a password, is not shown.
    """
    matched = _ADDRESS.fullmatch(str(path))
    slashes, rest = matched.groups() if matched else ("", "")
    place, _, query = rest.partition("?")
    where, slash, database = ("", "/", place) if slashes == "///" or "/" not in place else place.partition("/")
    try:
        parts = urlsplit(f"postgresql://{where}{slash}")
        host, port = unquote(parts.hostname or ""), parts.port or _PORT
    except ValueError:
        raise CxassessError.single("PostgreSQL", "The address has no usable host or port.", _EXAMPLE) from None
    pairs = parse_qsl(query)
    options = dict(pairs)
    name = options.get("engagement", "")
    problems = []
    if not database or "/" in database:
        problems.append(Problem("PostgreSQL", "The address names no database.", _EXAMPLE))
    if not _NAME.fullmatch(name):
        what = "The engagement’s name is missing, or not of small letters a–z, digits and _ (40 at most)."
        problems.append(Problem("PostgreSQL", what, _EXAMPLE))
    remedy = f"Use {', '.join(sorted(_KEYS))}."
    problems += [Problem("PostgreSQL", f"There is no option {key!r}.", remedy) for key in sorted(set(options) - _KEYS)]
    if problems:
        raise CxassessError(problems)
    return Address(
        engagement=name,
        user=unquote(parts.username or "") or os.environ.get("PGUSER", "") or os.environ.get("USER", ""),
        host=options.get("host", host),
        database=unquote(database),
        port=port,
        ledger=options.get("ledger", ""),
        root_certificate=options.get("sslrootcert", ""),
        password=unquote(parts.password or "") or os.environ.get("PGPASSWORD", ""),
    )
