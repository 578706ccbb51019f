"""Listening: the address, TLS, and an end that loses nothing."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from cxassess.errors import CxassessError
from cxassess.questionnaire.server.handler import MOST_BYTES, get_common

_HEADER_BYTES: Final = 16 * 1024
_IDLE_SECONDS: Final = 75.0
_BODY_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 10.0
_STOPS: Final = (signal.SIGINT, signal.SIGTERM)
#: What tornado would log by itself quotes addresses and requests.
_TALKATIVE: Final = ("tornado.access", "tornado.general", "tornado.application", "asyncio")


@dataclass(frozen=True)
class Listening:
    """Where to listen.

    Parameters
    ----------
    host : str
        Name or address of this machine.
    port : int
        0 for any that is free.
    certificate, key : Path or None
        PEM files, for TLS.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    certificate: Path | None = None
    key: Path | None = None

    def open(self) -> list[socket.socket]:
        """Take the address.

        Raises
        ------
        CxassessError
            If it can't be had.
        """
        try:
            return bind_sockets(self.port, self.host)
        except OSError as error:
            what = f"it can’t be listened to: {error.strerror or error}"
            remedy = "Stop what listens there, or choose another --port or --host."
            raise CxassessError.single(f"{self.host}:{self.port}", what, remedy) from error

    def secure(self) -> ssl.SSLContext | None:
        """Return what TLS needs; None without a certificate.

        Raises
        ------
        CxassessError
            If the certificate or its key can't be used.
        """
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except (OSError, ValueError) as error:
            what = f"the certificate or its key can’t be used: {error}"
            remedy = "Give PEM files that belong together, the key without a password, with --certificate and --key."
            raise CxassessError.single(str(self.certificate), what, remedy) from error
        return context


async def serve(
    application: Application,
    sockets: list[socket.socket],
    security: ssl.SSLContext | None = None,
    *,
    plain: Sequence[socket.socket] = (),
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until the process is asked to stop (SIGINT, SIGTERM), then finish what has been asked for.

    Parameters
    ----------
    application : Application
        From ``make_application``.
    sockets : list of socket
        From ``Listening.open``.
    security : SSLContext, optional
        From ``Listening.secure``.
    plain : sequence of socket
        Further ones that are served without TLS, on the loopback address.
    on_ready : callable, optional
        Called once requests are answered.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    stopped = asyncio.Event()
    _stop_when_told(stopped)
    servers = [_start(application, sockets, security)]
    if plain:
        servers.append(_start(application, plain, None))
    on_ready()
    await stopped.wait()
    for server in servers:
        server.stop()
    await _finish(application)
    for server in servers:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.close_all_connections(), _GRACE_SECONDS)


def _start(application: Application, sockets: Sequence[socket.socket], security: ssl.SSLContext | None) -> HTTPServer:
    server = HTTPServer(
        application,
        ssl_options=security,
        max_body_size=MOST_BYTES,
        max_buffer_size=2 * MOST_BYTES,
        max_header_size=_HEADER_BYTES,
        idle_connection_timeout=_IDLE_SECONDS,
        body_timeout=_BODY_SECONDS,
    )
    server.add_sockets(sockets)
    return server


async def _finish(application: Application) -> None:
    """Wait until what has been asked for is done, but not for ever."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _GRACE_SECONDS
    while get_common(application).under_way and loop.time() < end:
        await asyncio.sleep(0.02)


def _stop_when_told(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in _STOPS:
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))


def _no_password() -> str:
    raise ValueError("the key is locked with a password")
