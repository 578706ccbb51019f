"""The addresses of a workshop: the questionnaire's, a few in place of them, and the board's."""

from __future__ import annotations

from tornado.web import Application

from cxassess.questionnaire.server import House, Route, make_application
from cxassess.workshop.server.board import (
    BoardPageHandler,
    CommandsHandler,
    DoorHandler,
    ViewHandler,
    read_board_files,
)
from cxassess.workshop.server.phones import RoomJoinHandler, make_phone_routes, read_files
from cxassess.workshop.server.venue import Venue


def make_workshop_application(house: House, venue: Venue) -> Application:
    """Make the tornado application that serves a workshop: to phones, and to the board.

    Parameters
    ----------
    house : House
        With one engagement.
    venue : Venue
        The workshop.
    """
    given = {"venue": venue}
    routes: list[Route] = [
        *make_phone_routes(),
        (r"/join/?", RoomJoinHandler, given),
        (r"/join/([^/]{1,40})", RoomJoinHandler, given),
        (r"/board/?", BoardPageHandler, given),
        (r"/board/view", ViewHandler, given),
        (r"/board/commands", CommandsHandler, given),
        (r"/board/([A-Za-z0-9_-]{1,100})", DoorHandler, given),
    ]
    return make_application(house, more=routes, files=read_files() | read_board_files())
