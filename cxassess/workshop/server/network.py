"""Where phones in the room reach this machine."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, ip_address
from typing import Final

import psutil

#: Set apart for documentation: nobody is there, and nothing is sent to find the way.
_ELSEWHERE: Final = ("192.0.2.1", 9)


def find_addresses() -> list[str]:
    """Return this machine's own addresses in its networks, the likeliest to be reached first; empty without one."""
    found = [address for address in (_address_outwards(), *_addresses_of_cards()) if _is_of_use(address)]
    return list(dict.fromkeys(found))


def _address_outwards() -> str:
    """Return the address from which this machine would speak to others; empty if it would not."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)  # of a datagram socket: it only chooses the way
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _addresses_of_cards() -> list[str]:
    """Return the addresses of all network cards that are up, those of private networks first."""
    states = psutil.net_if_stats()
    found = [
        str(address.address)
        for card, addresses in psutil.net_if_addrs().items()
        if card in states and states[card].isup
        for address in addresses
        if address.family == socket.AF_INET
    ]
    return sorted(found, key=lambda address: not IPv4Address(address).is_private)


def _is_of_use(address: str) -> bool:
    if not address:
        return False
    known = ip_address(address)
    return not (known.is_loopback or known.is_link_local or known.is_unspecified)
