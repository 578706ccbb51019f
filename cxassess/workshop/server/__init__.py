"""The workshop over the network: phones that follow the board, and the board for whoever has its key."""

from cxassess.workshop.server.network import find_addresses
from cxassess.workshop.server.opening import Opened, WavePlan, open_workshop
from cxassess.workshop.server.phones import make_phone_routes, read_files
from cxassess.workshop.server.routes import make_workshop_application
from cxassess.workshop.server.venue import Venue, make_key

__all__ = [
    "Opened",
    "Venue",
    "WavePlan",
    "find_addresses",
    "make_key",
    "make_phone_routes",
    "make_workshop_application",
    "open_workshop",
    "read_files",
]
