"""The addresses that the server answers; there are no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tornado.web import Application, HTTPError

from cxassess.questionnaire.server.assets import Assets
from cxassess.questionnaire.server.handler import Common, Handler, UnknownHandler, log_request
from cxassess.questionnaire.server.house import House
from cxassess.questionnaire.server.joining import JoinHandler
from cxassess.questionnaire.server.limits import Limiter, Network
from cxassess.questionnaire.server.pages import message_page
from cxassess.questionnaire.server.respondents import (
    AnswersHandler,
    ChangesHandler,
    LinkHandler,
    QuestionnaireHandler,
)


class StartHandler(Handler):
    """The server's bare address."""

    route = "start"

    def get(self) -> None:
        """Say that one needs a link."""
        self.send_page(message_page(self.language, "start", self.common.assets))


class AssetHandler(Handler):
    """A file that pages are made of."""

    route = "asset"

    def get(self, name: str) -> None:
        """Send it, to be kept: another version has another name."""
        asset = self.common.assets.get(name)
        if asset is None:
            raise HTTPError(404)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Content-Type", asset.kind)
        if self.takes_gzip():
            self.set_header("Content-Encoding", "gzip")
            self.finish(asset.packed)
        else:
            self.finish(asset.content)


#: An address (a regular expression), what answers it, and what that is given besides ``common``.
Route = tuple[str, type[Handler], dict[str, Any]]


def make_application(
    house: House,
    *,
    behind_proxy: bool = False,
    exempt: Iterable[Network] = (),
    more: Iterable[Route] = (),
    files: Mapping[str, str] | None = None,
) -> Application:
    """Make the tornado application that serves some engagements.

    Parameters
    ----------
    house : House
        The engagements.
    behind_proxy : bool
        Whether to believe what a proxy says about the address and the protocol of a request.
    exempt : iterable of network
        Addresses whose wrong links are not counted.
    more : iterable of Route
        Addresses besides the questionnaire's, or in place of some of them.
    files : Mapping, optional
        Name → text of the files of their pages.
    """
    common = Common(house, Assets(files), Limiter(exempt), behind_proxy)
    given = {"common": common}
    return Application(
        [
            *((pattern, handler, given | own) for pattern, handler, own in more),
            (r"/", StartHandler, given),
            (r"/i/(.*)", LinkHandler, given),
            (r"/q/([0-9a-f]{20})", QuestionnaireHandler, given),
            (r"/q/([0-9a-f]{20})/answers", AnswersHandler, given),
            (r"/q/([0-9a-f]{20})/changes", ChangesHandler, given),
            (r"/join/?", JoinHandler, given),
            (r"/join/([^/]{1,40})", JoinHandler, given),
            (r"/assets/([a-z]+\.[0-9a-f]{16}\.[a-z]+)", AssetHandler, given),
        ],
        default_handler_class=UnknownHandler,
        default_handler_args=given,
        log_function=log_request,
        common=common,
    )
