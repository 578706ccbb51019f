"""What all requests share: headers, limits, errors without a trace, and a log without anything private."""

from __future__ import annotations

import json
import logging
import traceback
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from tornado.web import Application, HTTPError, RequestHandler

from cxassess.engagement import StorageError
from cxassess.language import LANGUAGES
from cxassess.questionnaire.server.assets import Assets
from cxassess.questionnaire.server.house import House
from cxassess.questionnaire.server.keeper import Busy
from cxassess.questionnaire.server.limits import Limiter
from cxassess.questionnaire.server.pages import message_page

LOG: Final = logging.getLogger("cxassess.server")
MOST_UNDER_WAY: Final = 512
MOST_BYTES: Final = 256 * 1024
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_HSTS: Final = "max-age=31536000"
_PAGES: Final = {404: "not_found", 405: "not_found", 429: "too_often", 500: "fault", 503: "later"}


@dataclass
class Common:
    """What all handlers work with.

    Parameters
    ----------
    house : House
        The engagements.
    assets : Assets
        The files of the pages.
    limiter : Limiter
        Of wrong links.
    behind_proxy : bool
        Whether to believe what a proxy says about the address and the protocol.
    under_way : int
        How many requests are being worked on.
    """

    house: House
    assets: Assets
    limiter: Limiter
    behind_proxy: bool = False
    under_way: int = field(default=0, init=False)


class Handler(RequestHandler):
    """A request."""

    #: What stands in the log: never the path, which may hold a token.
    route: ClassVar[str] = "unknown"
    #: Whether errors are told as JSON.
    speaks_json: ClassVar[bool] = False
    #: What other pages may learn of this one's address.
    referrer: ClassVar[str] = "no-referrer"
    SUPPORTED_METHODS = ("GET", "POST")

    def initialize(self, common: Common) -> None:
        """Take what all handlers work with."""
        self.common = common
        self._counted = False

    def set_default_headers(self) -> None:
        """Give every response the same headers, errors included."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Referrer-Policy", self.referrer)
        self.clear_header("Server")

    async def prepare(self) -> None:
        """Count the request, or send it away if too many are under way."""
        self._insist_on_tls()
        self.common.under_way += 1
        self._counted = True
        if self.common.under_way > MOST_UNDER_WAY:
            raise HTTPError(503)

    def _insist_on_tls(self) -> None:
        if self.is_secure:
            self.set_header("Strict-Transport-Security", _HSTS)

    def on_finish(self) -> None:
        """Count the request as done."""
        if self._counted:
            self.common.under_way -= 1
            self._counted = False

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """Read a part of the address as text; what is no text is no good either, and is told in the same way."""
        return value.decode("utf-8", "replace")

    def compute_etag(self) -> str | None:
        """Return nothing: what is private is not stored, and what is stored has a name of its own."""
        return None

    @property
    def is_secure(self) -> bool:
        """Whether the browser speaks TLS, with us or with the proxy before us."""
        if self.common.behind_proxy and self.request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https":
            return True
        return self.request.protocol == "https"

    @property
    def address(self) -> str:
        """Who asks. Behind a proxy: whom the proxy saw, which is the last one listed; all others can be made up."""
        forwarded = self.request.headers.get("X-Forwarded-For", "") if self.common.behind_proxy else ""
        return forwarded.rpartition(",")[2].strip() or self.request.remote_ip or ""

    @property
    def language(self) -> str:
        """The language that the browser asks for; the first engagement's if it asks for none that we speak."""
        own = self.common.house.served[0].language
        return self.choose_language(LANGUAGES, own if own in LANGUAGES else "en")

    def choose_language(self, known: tuple[str, ...], otherwise: str) -> str:
        """Return the one of some languages that the browser likes best."""
        wished = []
        for part in self.request.headers.get("Accept-Language", "")[:500].split(","):
            code, _, quality = part.strip().partition(";q=")
            try:
                wished.append((-float(quality or 1), code.strip().lower().partition("-")[0]))
            except ValueError:
                continue
        return next(
            (code for weight, code in sorted(wished, key=lambda one: one[0]) if weight < 0 and code in known), otherwise
        )

    def require_own_json(self) -> None:
        """Refuse a write that is not JSON from a page of ours."""
        if not self.is_from_own_page():
            raise HTTPError(403)
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPError(415)

    def is_from_own_page(self) -> bool:
        """Whether a request comes from one of our own pages, as far as the browser tells."""
        site = self.request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = urlsplit(self.request.headers.get("Origin", ""))
        return site == "same-origin" and bool(origin.netloc) and origin.netloc.lower() == self.request.host.lower()

    def send_page(self, content: bytes) -> None:
        """Send a page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Vary", "Accept-Language")
        self.finish(content)

    def send_json(self, value: Any) -> None:
        """Send data."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(value, separators=(",", ":")))

    def takes_gzip(self) -> bool:
        """Whether the browser reads what is compressed; notes that the response depends on it."""
        self.add_header("Vary", "Accept-Encoding")
        return "gzip" in self.request.headers.get("Accept-Encoding", "")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong, in the reader's language, and nothing of how it came about."""
        self._insist_on_tls()  # an error begins with new headers
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, StorageError | Busy):
            status_code = 503
            self.set_status(status_code)
        if status_code in (429, 503):
            self.set_header("Retry-After", "5")
        if self.speaks_json:
            code = "not_saved" if status_code == 503 else "refused"
            self.send_json({"code": code})
        else:
            key = _PAGES.get(status_code, "not_possible")
            self.send_page(message_page(self.language, key, self.common.assets))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log where something went wrong, without what it was about: messages may quote what people wrote."""
        if isinstance(value, HTTPError):
            return
        if isinstance(value, Busy):
            LOG.warning("too much is waiting (%s)", self.route)
        elif isinstance(value, StorageError):
            LOG.error("not stored (%s): %s", self.route, "; ".join(problem.what for problem in value.problems))
        else:
            LOG.error("fault (%s): %s\n%s", self.route, typ.__name__, "".join(traceback.format_tb(tb)))


class UnknownHandler(Handler):
    """Any other address."""

    async def prepare(self) -> None:
        """Say that there is nothing."""
        await super().prepare()
        raise HTTPError(404)


def log_request(handler: RequestHandler) -> None:
    """Log a request: what was asked for, how it ended and how long it took; not by whom, and not the address."""
    route = getattr(handler, "route", "unknown")
    method = handler.request.method if handler.request.method in ("GET", "POST") else "other"
    LOG.info("%s %s %d %.0f ms", method, route, handler.get_status(), 1000 * handler.request.request_time())


def get_common(application: Application) -> Common:
    """Return what the handlers of an application work with."""
    found: Common = application.settings["common"]
    return found
