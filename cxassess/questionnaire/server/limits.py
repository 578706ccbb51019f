"""How many wrong links one address, and all together, may try.

Guessing a token is hopeless (192 random bits), guessing a room's code nearly so; the limits keep those who try from
being a burden. People behind one address share it, so that only failures count, and whoever is in stays in.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

Network = IPv4Network | IPv6Network
MOST_PER_ADDRESS: Final = 40
PER_ADDRESS_SECONDS: Final = 6.0  # after so long, one more may be tried
MOST_IN_ALL: Final = 400
IN_ALL_SECONDS: Final = 0.2
MOST_ADDRESSES: Final = 10_000
_HOME_BITS: Final = 64  # of an IPv6 address: the rest is one household's or one machine's to choose


@dataclass
class _Bucket:
    left: float
    at: float

    def fill(self, now: float, most: int, seconds: float) -> _Bucket:
        self.left = min(most, self.left + (now - self.at) / seconds)
        self.at = now
        return self


class Limiter:
    """Counts failures.

    Parameters
    ----------
    exempt : iterable of network
        Addresses that are never held back, such as a company's own.
    clock : callable, optional
        Returns seconds.
    """

    def __init__(self, exempt: Iterable[Network] = (), clock: Callable[[], float] = time.monotonic) -> None:
        self._exempt = tuple(exempt)
        self._clock = clock
        self._all = _Bucket(MOST_IN_ALL, clock())
        self._addresses: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Whether somebody may try a link now.

        When too many fail in all, those who have not failed lately may still come in.
        """
        bucket = self._addresses.get(_group(address))
        if bucket is None or self._is_exempt(address):
            return True
        now = self._clock()
        bucket.fill(now, MOST_PER_ADDRESS, PER_ADDRESS_SECONDS)
        if bucket.left >= MOST_PER_ADDRESS:
            del self._addresses[_group(address)]
            return True
        return bucket.left >= 1 and self._all.fill(now, MOST_IN_ALL, IN_ALL_SECONDS).left >= 1

    def note_failure(self, address: str) -> None:
        """Count a link that was no good."""
        if self._is_exempt(address):
            return
        now, group = self._clock(), _group(address)
        bucket = self._addresses.setdefault(group, _Bucket(MOST_PER_ADDRESS, now))
        bucket.fill(now, MOST_PER_ADDRESS, PER_ADDRESS_SECONDS).left -= 1
        self._addresses.move_to_end(group)
        everybody = self._all.fill(now, MOST_IN_ALL, IN_ALL_SECONDS)
        everybody.left = max(0.0, everybody.left - 1)
        while len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)

    def _is_exempt(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._exempt)
        except ValueError:
            return False


def _group(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        found = found.ipv4_mapped or found
    return str(ip_network((found, _HOME_BITS), strict=False)) if found.version == 6 else str(found)
