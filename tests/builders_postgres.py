"""A PostgreSQL server of the tests' own: in a temporary folder, reached by a socket only, gone when they end."""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from contextlib import AbstractContextManager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from builders_engagement import Home, home_at

USER = "cx"
PASSWORD = f"pw-{secrets.token_hex(6)}"
_numbers = itertools.count()


@cache
def find_programs() -> Path | None:
    """Return the folder with PostgreSQL's programs, the newest of Debian's or that on the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name.split(".")[0]))
    found = shutil.which("initdb")
    places = [*folders[::-1], *([Path(found).parent] if found else [])]
    return next((one for one in places if (one / "initdb").exists() and (one / "pg_ctl").exists()), None)


def find_user() -> str | None:
    """Return whom the server has to run as: nobody in particular, unless the tests run as root."""
    if os.getuid():
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


@cache
def start_server() -> Path:
    """Start the server once, and return the folder with its socket; skip the test if there can't be one."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    if find_spec("pg8000") is None:
        pytest.skip("pg8000 is not installed (cxassess[postgres])")
    user = find_user()
    folder = Path(tempfile.mkdtemp(prefix="cxpg-", dir="/tmp"))
    data, secret = folder / "data", folder / "secret"
    secret.write_text(PASSWORD)
    if user:
        for path in (folder, secret):
            shutil.chown(path, user)

    def run(*command: object) -> None:
        subprocess.run(
            [*map(str, command)], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def stop() -> None:
        command = [programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]
        subprocess.run(command, user=user, cwd="/", capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    try:
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync", f"--pwfile={secret}")
        run(programs / "initdb", "-D", data, f"--username={USER}", *options)
        settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB -c log_statement=all"
        run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", settings, "start")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"PostgreSQL can't be started here: {error.stderr.decode(errors='replace')[-300:]}")
    return folder


def make_address(name: str, **options: str) -> str:
    """Return the address of an engagement on the server."""
    more = "".join(f"&{key}={value}" for key, value in options.items())
    return f"postgresql://{USER}:{PASSWORD}@/postgres?engagement={name}&host={start_server()}{more}"


def postgres_home(folder: Path) -> AbstractContextManager[Home]:
    """Make engagements as schemas of a PostgreSQL database."""
    return home_at(make_address(f"home{next(_numbers)}", ledger=str(folder / "ledger")))
