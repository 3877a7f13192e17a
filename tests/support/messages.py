"""A small site, messages and rules, for tests that need facts without any input or output."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from sekisho.core.actions import Action
from sekisho.core.content import Octets
from sekisho.core.domains import DomainSet
from sekisho.core.facts import Facts
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.parts import Addresses, Mailbox, Part, Structure
from sekisho.core.path import parse_path
from sekisho.core.reason import Reason
from sekisho.core.rule import Mode, OnError, Rule
from sekisho.core.site import Site
from sekisho.core.truth import Truth

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


class PlainReader:
    """Reads ``a@b, c@d`` and nothing else; ``protected`` is told."""

    def __init__(self, protected: bool) -> None:
        self.protected = protected

    def addresses(self, value: bytes) -> Addresses:
        boxes = [one.strip().partition("@") for one in value.decode().split(",") if "@" in one]
        return Addresses(tuple(Mailbox("", local, domain) for local, _, domain in boxes))

    def decoded(self, value: bytes) -> str:
        return value.decode().strip()

    def structure(self, transaction: Transaction) -> Structure:
        return Structure((), (), self.protected)

    def text(self, part: Part) -> str:
        return part.content.read().decode()

    def detect(self, part: Part) -> str:
        return ""


class NoLists:
    """None of the lists is asked together with others."""

    def holding(self, names: Collection[str], local: str, domain: str) -> Collection[str]:
        return names

    def labels(self, local: str, domain: str) -> frozenset[str]:
        return frozenset()

    def contains(self, name: str, local: str, domain: str) -> bool:
        return False


class Constant:
    """A condition that is already decided."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth

    def truth(self, facts: Facts) -> Truth:
        return self._truth

    def reason(self, facts: Facts) -> Reason:
        return Reason("constant")


def make_rule(name: str, *actions: Action, mode: Mode = Mode.ENFORCE, on_error: OnError = OnError.TEMPFAIL) -> Rule:
    return Rule(name, mode, Constant(Truth(0)), actions, on_error)


def make_facts(
    fields: Sequence[tuple[str, str]],
    recipients: Sequence[str],
    *,
    sender: str = "<sato@example.co.jp>",
    client: str = "10.0.0.1",
    protected: bool = False,
    copies: bool = False,
    params: Mapping[str, tuple[str, ...]] | None = None,
    body: bytes = b"hello\r\n",
    macros: Mapping[str, str] | None = None,
) -> Facts:
    """Facts of a message given as header pairs and forward-paths, with ESMTP parameters by forward-path."""
    domains = DomainSet(["example.co.jp", ".example.co.jp"])
    site = Site(domains, (ipaddress.ip_network("10.0.0.0/8"),), frozenset(), UTC, invisible_copies=copies)
    transaction = Transaction(
        Client(address=client),
        parse_path(sender.encode()),
        tuple(parse_path(one.encode(), (params or {}).get(one, ())) for one in recipients),
        tuple(Field(name.encode(), b" " + value.encode()) for name, value in fields),
        Octets(body),
        macros or {"i": "4ABC"},
        NOW,
    )
    return Facts(transaction, site, PlainReader(protected), NoLists(), {}, {})
