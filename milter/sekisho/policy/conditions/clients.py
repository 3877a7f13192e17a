"""Conditions on where a message comes from and which way it goes: client and direction."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictBool

from sekisho.core.facts import Facts
from sekisho.core.reason import Value
from sekisho.core.site import Network
from sekisho.core.truth import NOBODY, Truth
from sekisho.policy.asked import Asked, whole
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.word import ONE_OR_MANY, Scope, Texts, Word, written


class Direction(ConditionWord):
    """Which way the message goes to each recipient.

    Outbound: from a client of ours (by listener, authentication or network, never by sender address) to a recipient
    outside; internal: from a client of ours to one of ours; inbound: from another client to one of ours.
    """

    SCOPE = Scope.RECIPIENT
    direction: Literal["outbound", "inbound", "internal"] = Field(description="outbound, inbound or internal")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(Goes(self.direction))


@dataclass(frozen=True, slots=True, eq=False)
class Goes(Asked):
    CODE: ClassVar[str] = "direction"
    direction: str

    def ask(self, facts: Facts) -> Truth:
        if facts.trusted is (self.direction == "inbound"):
            return NOBODY
        return Truth(facts.external if self.direction == "outbound" else facts.everyone & ~facts.external)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {"test": self.direction, "trusted": "yes" if facts.trusted else "no"}


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address or network; write 192.0.2.7 or 192.0.2.0/24") from None
    return text


class ClientTest(Word):
    """All that is given must be true of the SMTP client."""

    EMPTY = False
    address: Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], *ONE_OR_MANY] | None = Field(
        default=None, description="Its IP address is one of these or in one of these networks"
    )
    authenticated: StrictBool | None = Field(default=None, description="It has logged in (true) or not (false)")
    user: Texts | None = Field(default=None, description="It has logged in as one of these users")
    tls: StrictBool | None = Field(default=None, description="The session is encrypted (true) or not (false)")
    listener: Texts | None = Field(default=None, description="It came by one of these listeners ({daemon_name})")


class Client(ConditionWord):
    """The SMTP client that hands the message in."""

    SCOPE = Scope.MESSAGE
    client: ClientTest = Field(description="What must be true of the client")

    def compiled(self, compiler: Compiler) -> Asked:
        test = self.client
        networks = tuple(ipaddress.ip_network(one, strict=False) for one in test.address or ())
        users = frozenset(user.lower() for user in test.user or ())
        wanted = (networks, test.authenticated, users, test.tls, frozenset(test.listener or ()))
        return compiler.share(ClientIs(*wanted, written(test)))


@dataclass(frozen=True, slots=True, eq=False)
class ClientIs(Asked):
    CODE: ClassVar[str] = "client"
    COST: ClassVar[int] = 2
    networks: tuple[Network, ...]
    authenticated: bool | None
    users: frozenset[str]
    tls: bool | None
    listeners: frozenset[str]
    test: str

    def ask(self, facts: Facts) -> Truth:
        client = facts.transaction.client
        passes = (
            (not self.networks or _within(client.address, self.networks))
            and self.authenticated in (None, bool(client.user))
            and (not self.users or client.user.lower() in self.users)
            and self.tls in (None, bool(client.tls))
            and (not self.listeners or client.listener in self.listeners)
        )
        return whole(facts, true=passes)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        client = facts.transaction.client
        return {
            "test": self.test,
            "address": client.address or "localhost",
            "user": client.user,
            "listener": client.listener,
        }


@lru_cache(maxsize=4096)
def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address.removeprefix("IPv6:"))
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in networks)
