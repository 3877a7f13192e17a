"""The organisation that the gateway belongs to: its domains, whom it trusts to send, its clock and languages."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache

from sekisho.core.domains import DomainSet
from sekisho.core.message import Client, Path

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days on which the organisation does not work, besides its weekends."""

    days: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    """Month and day of those that come every year."""

    def __contains__(self, day: date) -> bool:
        return day in self.days or (day.month, day.day) in self.yearly

    def __bool__(self) -> bool:
        return bool(self.days or self.yearly)


NO_HOLIDAYS = Holidays()


@dataclass(frozen=True, slots=True)
class Site:
    """What facts need to know of the organisation. Trust never follows from a sender address."""

    domains: DomainSet
    networks: tuple[Network, ...]
    """Clients in them are ours."""
    listeners: frozenset[str]
    """Names of the MTA's listeners (``{daemon_name}``) whose clients are ours."""
    zone: tzinfo
    languages: tuple[str, ...] = ("en",)
    """Languages of messages to people, the first by default: ``ja``, ``en``, ``zh``."""
    invisible_copies: bool = False
    """The MTA adds copies a milter never sees (always_bcc): partial holds are made whole."""

    holidays: Holidays = NO_HOLIDAYS

    def is_external(self, path: Path) -> bool:
        """Whether any way of reading the path leads out of the organisation. A path without a domain is local."""
        if path.domain and path.domain not in self.domains:
            return True
        return any(domain not in self.domains for domain in path.routes)

    def trusts(self, client: Client) -> bool:
        """Whether the client is one of ours: by listener, by authentication, by network, or the gateway itself."""
        if client.user or client.listener in self.listeners or not client.address:
            return True
        return _within(client.address, self.networks)


@lru_cache(maxsize=4096)
def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address.removeprefix("IPv6:"))
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in networks)
