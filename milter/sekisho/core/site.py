"""The organisation that the gateway belongs to: its domains, whom it trusts to send, its clock and languages."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import time, tzinfo
from functools import lru_cache

from sekisho.core.domains import DomainSet
from sekisho.core.message import Client, Path
from sekisho.core.worktime import HOURS, NO_HOLIDAYS, WEEKDAYS, Calendar, Holidays

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


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
    weekdays: frozenset[int] = WEEKDAYS
    """On which people work; Monday is 0."""
    hours: tuple[tuple[time, time], ...] = HOURS
    """At which people work, from and until."""

    @property
    def calendar(self) -> Calendar:
        """When the organisation works."""
        return Calendar(self.zone, self.weekdays, self.hours, self.holidays)

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
